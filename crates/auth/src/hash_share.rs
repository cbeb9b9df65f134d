//! What one user may take of the [`HashPool`](crate::hash_pool::HashPool).
//!
//! A password is asked for once more where somebody is signed in already. Such requests are many in ten seconds, and
//! without a limit one account's could fill the places of everybody who wants to sign in.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::UserId;

use crate::hash_pool::Busy;

/// Hashes of one user that run or wait: one, and one more for another page.
const MOST: u32 = 2;

/// How many hashes each user has under way; users with none are not in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct HashShares(Arc<Mutex<HashMap<UserId, u32>>>);

/// One of a user's hashes, from asking for it to its end.
#[derive(Debug)]
pub(crate) struct HashShare {
    shares: HashShares,
    user: UserId,
}

impl HashShares {
    /// # Errors
    /// [`Busy`] while the user has two under way.
    pub(crate) fn take(&self, user: &UserId) -> Result<HashShare, Busy> {
        let mut shares = self.lock();
        let taken = shares.entry(user.clone()).or_default();
        if *taken >= MOST {
            return Err(Busy);
        }
        *taken += 1;
        Ok(HashShare { shares: self.clone(), user: user.clone() })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for HashShare {
    fn drop(&mut self) {
        let mut shares = self.shares.lock();
        match shares.get_mut(&self.user) {
            Some(taken) if *taken > 1 => *taken -= 1,
            _ => _ = shares.remove(&self.user),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_are_a_users_share_and_nobody_is_remembered() {
        let shares = HashShares::default();
        let (ada, eve) = (UserId("ada".to_owned()), UserId("eve".to_owned()));
        let (one, two) = (shares.take(&ada).unwrap(), shares.take(&ada).unwrap());
        assert_eq!(shares.take(&ada).err(), Some(Busy));
        drop(shares.take(&eve).unwrap());
        drop(one);
        let three = shares.take(&ada).unwrap();
        assert_eq!(shares.take(&ada).err(), Some(Busy));
        drop((two, three));
        assert!(shares.lock().is_empty());
    }
}
