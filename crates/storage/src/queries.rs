//! How many statements a request costs.

use std::sync::atomic::{AtomicU32, Ordering};

tokio::task_local! {
    static QUERIES: AtomicU32;
}

/// Runs `work` and returns its result with the number of statements it sent to the database. Whoever counts around it
/// counts them too: a page's request contains the API's when both are in one process.
pub async fn count_queries<T>(work: impl Future<Output = T>) -> (T, u32) {
    let counted = async {
        let result = work.await;
        (result, QUERIES.with(|queries| queries.load(Ordering::Relaxed)))
    };
    let (result, queries) = QUERIES.scope(AtomicU32::new(0), counted).await;
    note_queries(queries);
    (result, queries)
}

/// Notes one statement, if someone counts.
pub(crate) fn note_query() {
    note_queries(1);
}

/// Notes statements that were counted elsewhere, in a task of their own, if someone counts here.
pub fn note_queries(queries: u32) {
    // Outside a request (a test, a migration) nobody counts.
    let _ = QUERIES.try_with(|counted| counted.fetch_add(queries, Ordering::Relaxed));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_counts_outside_counts_what_is_counted_inside() {
        let inner = async {
            note_query();
            count_queries(async { note_query() }).await.1
        };
        assert_eq!(count_queries(inner).await, (1, 2));
    }
}
