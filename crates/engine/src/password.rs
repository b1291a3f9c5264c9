//! Passwords: Argon2id, off the async threads, as many at once as there are cores.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use crate::{Error, Fault};

/// How many may wait for their turn; a further one is told to come back.
const WAITING: usize = 256;

/// A hash of a password nobody has: names that do not exist take as long as those that do.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRmb3Jub2JvZHk$mcmQ2yJrgIbxHHqMEA9iTQgl3ypBmJmv5vEfY4zmEmQ";

/// Bounds how many passwords are worked on at once.
#[derive(Debug)]
pub struct Gate {
    turns: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Gate {
    /// A gate for so many cores.
    #[must_use]
    pub fn new(cores: usize) -> Self {
        Self { turns: Arc::new(Semaphore::new(cores.max(1))), waiting: Arc::new(Semaphore::new(WAITING)) }
    }

    /// The hash of a password, as a PHC string, with `salt`.
    ///
    /// # Errors
    /// [`Fault::Overloaded`] where too many wait already.
    pub async fn hash(&self, password: String, salt: [u8; 16]) -> Result<String, Error> {
        self.turn(move || hash(&password, salt)).await?.ok_or_else(|| Fault::Corrupt("password").into())
    }

    /// Whether `password` is the one of `hash`. Without a hash it takes as long and is not.
    ///
    /// # Errors
    /// [`Fault::Overloaded`] where too many wait already.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, Error> {
        self.turn(move || {
            let known = hash.is_some();
            verify(&password, hash.as_deref().unwrap_or(NOBODY)) && known
        })
        .await
    }

    async fn turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let _place = self.waiting.clone().try_acquire_owned().map_err(|_| Fault::Overloaded)?;
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| Fault::Closed)?;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(|error| Fault::Panicked(error.to_string()).into())
    }
}

/// The hash of a password; for commands, which have no other work.
#[must_use]
pub fn hash(password: &str, salt: [u8; 16]) -> Option<String> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19_456, 2, 1, None).ok()?);
    let hash: PasswordHash = argon2::PasswordHasher::hash_password_with_salt(&argon2, password.as_bytes(), &salt).ok()?;
    Some(hash.to_string())
}

/// Whether `password` is the one of `hash`.
#[must_use]
pub fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_of_one_password() {
        let hash = hash("test123", [1; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify("test123", &hash) && !verify("test124", &hash) && !verify("", &hash));
    }

    #[test]
    fn nobodys_hash_is_worked_on_like_any_other() {
        assert!(PasswordHash::new(NOBODY).is_ok(), "it must be well-formed, or unknown names answer at once");
    }
}
