//! How many statements a request costs.

use std::sync::atomic::{AtomicU32, Ordering};

tokio::task_local! {
    static QUERIES: AtomicU32;
}

/// Runs `work` and returns its result with the number of statements it sent to the database.
pub async fn count_queries<T>(work: impl Future<Output = T>) -> (T, u32) {
    let counted = async {
        let result = work.await;
        (result, QUERIES.with(|queries| queries.load(Ordering::Relaxed)))
    };
    QUERIES.scope(AtomicU32::new(0), counted).await
}

/// Notes one statement, if someone counts.
pub(crate) fn note_query() {
    // Outside a request (a test, a migration) nobody counts.
    let _ = QUERIES.try_with(|queries| queries.fetch_add(1, Ordering::Relaxed));
}
