//! Who wants to hear of whose changes, within this process.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use domain::{ChangeNumber, UserId};
use tokio::{
    sync::{Notify, watch},
    time::timeout,
};

/// How long the way to other processes is kept open when nobody listens any more: a page that is left for another one
/// comes back at once.
const LINGER: Duration = Duration::from_secs(30);

/// Passes on that a user's log has grown: to whoever listens here, and through the outbox to other processes. Holds a
/// number per user, however many changes and listeners there are.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    /// For each user with a listener the highest number heard of.
    heard: Mutex<HashMap<UserId, watch::Sender<ChangeNumber>>>,
    /// How many users have listeners.
    followed: watch::Sender<usize>,
    /// What other processes were not told yet.
    outbox: Mutex<HashMap<UserId, ChangeNumber>>,
    /// Whether somebody takes what is in the outbox.
    is_sent: AtomicBool,
    written: Notify,
}

impl Feed {
    /// From now on nothing is missed: read the log after this.
    pub(crate) fn subscribe(self: &Arc<Self>, user: &UserId) -> News {
        let mut heard = lock(&self.heard);
        let sender = heard.entry(user.clone());
        let heard_here = sender.or_insert_with(|| watch::channel(ChangeNumber(0)).0).subscribe();
        self.count(&heard);
        News {
            feed: self.clone(),
            user: user.clone(),
            heard: Some(heard_here),
            answered: ChangeNumber(0),
        }
    }

    /// From now on what is committed here waits until it is sent to other processes.
    pub(crate) fn keep_mail(&self) {
        self.is_sent.store(true, Ordering::Relaxed);
    }

    /// After a commit of this process.
    pub(crate) fn committed(&self, user: &UserId, number: ChangeNumber) {
        self.tell(user, number);
        if !self.is_sent.load(Ordering::Relaxed) {
            return;
        }
        let mut outbox = lock(&self.outbox);
        let waiting = outbox.entry(user.clone()).or_insert(number);
        *waiting = number.max(*waiting);
        self.written.notify_one();
    }

    /// The user's log has reached this number.
    pub(crate) fn tell(&self, user: &UserId, number: ChangeNumber) {
        if let Some(sender) = lock(&self.heard).get(user) {
            sender.send_if_modified(|last| {
                let is_news = number > *last;
                *last = number.max(*last);
                is_news
            });
        }
    }

    /// The users with listeners, and how far their logs were heard to be.
    pub(crate) fn users(&self) -> Vec<(UserId, ChangeNumber)> {
        let heard = lock(&self.heard);
        heard.iter().map(|(user, sender)| (user.clone(), *sender.borrow())).collect()
    }

    /// The user's log ends before where it was heard to be: the database was taken back to an older state. Who listens is
    /// told to begin anew.
    pub(crate) fn taken_back(&self, user: &UserId) {
        let mut heard = lock(&self.heard);
        heard.remove(user);
        self.count(&heard);
    }

    /// Waits until somebody listens.
    pub(crate) async fn somebody(&self) {
        // An error would mean that this feed is gone.
        let _ = self.followed.subscribe().wait_for(|&users| users > 0).await;
    }

    /// Waits until nobody has listened for a while.
    pub(crate) async fn nobody(&self) {
        let mut followed = self.followed.subscribe();
        loop {
            let _ = followed.wait_for(|&users| users == 0).await;
            if timeout(LINGER, followed.wait_for(|&users| users > 0)).await.is_err() {
                return;
            }
        }
    }

    /// Waits until there is something to tell other processes.
    pub(crate) async fn mail(&self) {
        self.written.notified().await;
    }

    /// There is something left to tell.
    pub(crate) fn remind(&self) {
        self.written.notify_one();
    }

    /// Empties the outbox.
    pub(crate) fn take_mail(&self) -> Vec<(UserId, ChangeNumber)> {
        lock(&self.outbox).drain().collect()
    }

    /// What could not be sent goes back.
    pub(crate) fn put_back(&self, mail: Vec<(UserId, ChangeNumber)>) {
        let mut outbox = lock(&self.outbox);
        for (user, number) in mail {
            let waiting = outbox.entry(user).or_insert(number);
            *waiting = number.max(*waiting);
        }
    }

    /// Takes the one that leaves, so that of two that leave together the second sees that nobody is left.
    fn leave(&self, user: &UserId, listener: Option<watch::Receiver<ChangeNumber>>) {
        let mut heard = lock(&self.heard);
        drop(listener);
        if heard.get(user).is_some_and(|sender| sender.receiver_count() == 0) {
            heard.remove(user);
        }
        self.count(&heard);
    }

    fn count(&self, heard: &HashMap<UserId, watch::Sender<ChangeNumber>>) {
        self.followed.send_if_modified(|users| {
            let before = std::mem::replace(users, heard.len());
            before != *users
        });
    }
}

/// Nothing panics while it holds one of these locks, and what they guard is whole at any time.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// News of one user's log: that it has grown, not how. Whoever reads the log after each piece of news, from the last
/// number they saw, misses nothing and holds nothing in memory.
#[derive(Debug)]
pub struct News {
    feed: Arc<Feed>,
    user: UserId,
    /// There until it leaves.
    heard: Option<watch::Receiver<ChangeNumber>>,
    /// The number that the reader was last sent to read for.
    answered: ChangeNumber,
}

/// The log no longer reaches what was seen of it: the database was taken back to an older state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the log was taken back")]
pub struct TakenBack;

impl News {
    /// Waits until the log may hold something behind `seen`. Each number heard of is told once. May be abandoned and
    /// called again.
    ///
    /// # Errors
    /// [`TakenBack`]: nothing more comes.
    pub async fn behind(&mut self, seen: ChangeNumber) -> Result<(), TakenBack> {
        let known = seen.max(self.answered);
        let heard = self.heard.as_mut().ok_or(TakenBack)?;
        self.answered = *heard.wait_for(|&number| number > known).await.map_err(|_| TakenBack)?;
        Ok(())
    }

    /// Says how far the log was read to be, so that it is noticed when it is taken back.
    pub fn reached(&self, number: ChangeNumber) {
        self.feed.tell(&self.user, number);
    }

    /// How many listen to this user's log in this process, this one included.
    #[must_use]
    pub fn listeners(&self) -> usize {
        lock(&self.feed.heard).get(&self.user).map_or(1, watch::Sender::receiver_count)
    }
}

impl Drop for News {
    fn drop(&mut self) {
        self.feed.leave(&self.user, self.heard.take());
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Barrier, thread};

    use super::*;

    fn user(name: &str) -> UserId {
        UserId(name.to_owned())
    }

    /// Whether there is news at once.
    async fn is_told(news: &mut News, seen: i64) -> bool {
        timeout(Duration::ZERO, news.behind(ChangeNumber(seen))).await == Ok(Ok(()))
    }

    #[tokio::test]
    async fn listeners_hear_each_number_once_and_only_of_their_user() {
        let feed = Arc::new(Feed::default());
        let [mut one, mut two] = [(); 2].map(|()| feed.subscribe(&user("ada")));
        let mut other = feed.subscribe(&user("bob"));
        feed.committed(&user("ada"), ChangeNumber(7));
        feed.tell(&user("ada"), ChangeNumber(5)); // late news of something earlier
        assert!(is_told(&mut one, 6).await);
        assert!(!is_told(&mut one, 6).await, "a number that was read for and not found");
        assert!(!is_told(&mut two, 7).await, "read already");
        assert!(!is_told(&mut other, 0).await);
        feed.tell(&user("ada"), ChangeNumber(8));
        assert!(is_told(&mut one, 7).await && is_told(&mut two, 7).await);
    }

    #[tokio::test(start_paused = true)]
    async fn who_leaves_leaves_nothing_behind() {
        let feed = Arc::new(Feed::default());
        let [one, two] = [(); 2].map(|()| feed.subscribe(&user("ada")));
        feed.somebody().await;
        assert_eq!((one.listeners(), two.listeners()), (2, 2));
        drop(one);
        assert_eq!(feed.users(), [(user("ada"), ChangeNumber(0))]);
        drop(two);
        assert_eq!(feed.users(), []);
        feed.nobody().await;
    }

    #[test]
    fn listeners_that_leave_together_leave_nothing_behind() {
        for _ in 0..1_000 {
            let feed = Arc::new(Feed::default());
            let listeners = [(); 4].map(|()| feed.subscribe(&user("ada")));
            let start = Barrier::new(listeners.len());
            thread::scope(|scope| {
                for listener in listeners {
                    scope.spawn(|| {
                        start.wait();
                        drop(listener);
                    });
                }
            });
            assert_eq!(feed.users(), []);
        }
    }

    #[tokio::test]
    async fn who_listens_to_a_log_that_is_taken_back_is_told() {
        let feed = Arc::new(Feed::default());
        let mut old = feed.subscribe(&user("ada"));
        old.reached(ChangeNumber(7));
        assert_eq!(feed.users(), [(user("ada"), ChangeNumber(7))]);
        feed.taken_back(&user("ada"));
        assert_eq!(old.behind(ChangeNumber(7)).await, Err(TakenBack));
        let mut new = feed.subscribe(&user("ada"));
        drop(old);
        feed.tell(&user("ada"), ChangeNumber(3));
        assert!(is_told(&mut new, 2).await, "the one before takes nothing along");
    }

    #[test]
    fn the_outbox_holds_the_highest_number_of_each_user() {
        let feed = Feed::default();
        feed.committed(&user("bob"), ChangeNumber(1));
        assert_eq!(feed.take_mail(), [], "nobody would ever take it");
        feed.keep_mail();
        for number in [1, 3, 2] {
            feed.committed(&user("ada"), ChangeNumber(number));
        }
        let mail = feed.take_mail();
        assert_eq!(mail, [(user("ada"), ChangeNumber(3))]);
        feed.committed(&user("ada"), ChangeNumber(4));
        feed.put_back(mail);
        assert_eq!(feed.take_mail(), [(user("ada"), ChangeNumber(4))]);
    }
}
