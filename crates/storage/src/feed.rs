//! Who wants to hear of whose changes, within this process.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
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
            heard: heard_here,
            answered: ChangeNumber(0),
        }
    }

    /// After a commit of this process.
    pub(crate) fn committed(&self, user: &UserId, number: ChangeNumber) {
        self.tell(user, number);
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

    /// The users with listeners.
    pub(crate) fn users(&self) -> Vec<UserId> {
        lock(&self.heard).keys().cloned().collect()
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

    fn leave(&self, user: &UserId) {
        let mut heard = lock(&self.heard);
        // The one that leaves still counts.
        if heard.get(user).is_some_and(|sender| sender.receiver_count() <= 1) {
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
    heard: watch::Receiver<ChangeNumber>,
    /// The number that the reader was last sent to read for.
    answered: ChangeNumber,
}

impl News {
    /// Waits until the log may hold something behind `seen`. Each number heard of is told once. May be abandoned and
    /// called again.
    pub async fn behind(&mut self, seen: ChangeNumber) {
        let known = seen.max(self.answered);
        let heard = self.heard.wait_for(|&number| number > known).await.map(|number| *number);
        match heard {
            Ok(number) => self.answered = number,
            Err(_) => std::future::pending().await, // cannot be: we hold the feed
        }
    }
}

impl Drop for News {
    fn drop(&mut self) {
        self.feed.leave(&self.user);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> UserId {
        UserId(name.to_owned())
    }

    /// Whether there is news at once.
    async fn is_told(news: &mut News, seen: i64) -> bool {
        timeout(Duration::ZERO, news.behind(ChangeNumber(seen))).await.is_ok()
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
        drop(one);
        assert_eq!(feed.users(), [user("ada")]);
        drop(two);
        assert_eq!(feed.users(), []);
        feed.nobody().await;
    }

    #[test]
    fn the_outbox_holds_the_highest_number_of_each_user() {
        let feed = Feed::default();
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
