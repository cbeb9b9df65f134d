//! Limits how many password hashes run at once: each takes 32 MiB and a processor.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task,
};

/// Callers that may wait for a permit.
const WAITING: usize = 64;
/// How long one of them waits, for its turn and for the hash.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs hashes on tokio's blocking threads, a few at a time.
///
/// Source: `better-auth.md`, section 8.
#[derive(Debug)]
pub(crate) struct HashPool {
    permits: Arc<Semaphore>,
    places: Semaphore,
}

/// So many callers wait that another would not be served in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Busy;

impl HashPool {
    pub(crate) fn new(parallel: usize) -> Self {
        let permits = parallel.clamp(1, Semaphore::MAX_PERMITS);
        Self { permits: Arc::new(Semaphore::new(permits)), places: Semaphore::new(WAITING) }
    }

    /// Runs `hash` when it is its turn. A caller that goes away gives up its place, but a hash once begun keeps its permit
    /// to the end, because its memory is taken until then.
    ///
    /// # Errors
    /// [`Busy`] when 64 callers already wait, after 5 s without a permit or the hash, or when the request has no patience
    /// left.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        hash: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let permit = self.permit().await?;
        let hashed = task::spawn_blocking(move || {
            let value = hash();
            drop(permit);
            value
        });
        let hashed = storage::in_time(PATIENCE, hashed).await.ok_or(Busy)?;
        Ok(hashed.expect("hashing does not panic, and nobody aborts it"))
    }

    async fn permit(&self) -> Result<OwnedSemaphorePermit, Busy> {
        if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            return Ok(permit);
        }
        let _place = self.places.try_acquire().map_err(|_| Busy)?;
        let turn = storage::in_time(PATIENCE, Arc::clone(&self.permits).acquire_owned()).await;
        turn.ok_or(Busy)?.map_err(|_| Busy)
    }
}

#[cfg(test)]
mod tests {
    use std::{future::Future, pin::pin, sync::mpsc, task::Poll};

    use tokio::time;

    use super::*;

    /// A pool of one permit, taken until the sender is dropped.
    async fn taken() -> (Arc<HashPool>, mpsc::Sender<()>) {
        let pool = Arc::new(HashPool::new(1));
        let (release, wait) = mpsc::channel::<()>();
        let holder = Arc::clone(&pool);
        tokio::spawn(async move { holder.run(move || wait.recv().is_err()).await });
        while pool.permits.available_permits() > 0 {
            task::yield_now().await;
        }
        (pool, release)
    }

    #[tokio::test]
    async fn the_sixty_fifth_waiting_caller_is_refused() {
        let (pool, release) = taken().await;
        let waiting: Vec<_> = (0..WAITING)
            .map(|_| {
                let pool = Arc::clone(&pool);
                tokio::spawn(async move { pool.run(|| ()).await })
            })
            .collect();
        while pool.places.available_permits() > 0 {
            task::yield_now().await;
        }

        assert_eq!(pool.run(|| ()).await, Err(Busy));

        drop(release);
        for caller in waiting {
            assert_eq!(caller.await.unwrap(), Ok(()));
        }
    }

    #[tokio::test]
    async fn a_caller_that_goes_away_frees_its_place() {
        let (pool, _release) = taken().await;
        {
            let mut caller = pin!(pool.run(|| ()));
            let polled = std::future::poll_fn(|cx| Poll::Ready(caller.as_mut().poll(cx))).await;
            assert!(polled.is_pending());
            assert_eq!(pool.places.available_permits(), WAITING - 1);
        }
        assert_eq!(pool.places.available_permits(), WAITING);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_longer_than_five_seconds() {
        let pool = HashPool::new(1);
        let _taken = Arc::clone(&pool.permits).try_acquire_owned().unwrap();
        let before = time::Instant::now();

        assert_eq!(pool.run(|| ()).await, Err(Busy));

        assert!(before.elapsed() >= PATIENCE);
    }
}
