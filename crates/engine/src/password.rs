//! Passwords: Argon2id, off the async threads, at most as many at once as there are cores.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordVerifier, phc::PasswordHash},
};
use domain::{account, problem::Problem, refusal::Refusal};
use tokio::sync::Semaphore;

use crate::{Error, Fault, settings::Settings};

/// How many may wait for their turn; further ones are told to come back.
const WAITING: usize = 256;

/// The hash of a password that nobody has, so that unknown names take as long as existing ones.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRmb3Jub2JvZHk$mcmQ2yJrgIbxHHqMEA9iTQgl3ypBmJmv5vEfY4zmEmQ";

/// Passwords of eight and more characters that attackers try first, in lower case.
const COMMONEST: &[&str] = &[
    "12345678",
    "123456789",
    "1234567890",
    "0123456789",
    "87654321",
    "987654321",
    "11111111",
    "00000000",
    "88888888",
    "66666666",
    "12341234",
    "11223344",
    "12344321",
    "123123123",
    "147258369",
    "password",
    "password1",
    "password12",
    "password123",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "qwertyui",
    "qwertyuiop",
    "qwerty123",
    "qwerty12",
    "1qaz2wsx",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "qazwsxedc",
    "asdfghjk",
    "asdfghjkl",
    "zxcvbnm1",
    "abcd1234",
    "abc12345",
    "a1234567",
    "a12345678",
    "a123456789",
    "aa123456",
    "aa12345678",
    "abc123456",
    "q123456789",
    "woaini1314",
    "woaini520",
    "5201314520",
    "1314520520",
    "iloveyou",
    "iloveyou1",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "trustno1",
    "welcome1",
    // Published with this program.
    "admin123456",
    "letmein1",
    "dragon12",
    "monkey12",
    "michelle",
    "computer",
    "internet",
    "whatever",
    "starwars",
    "admin123",
    "admin1234",
    "admin123456",
    "administrator",
    "changeme",
    "test1234",
    "root1234",
];

/// Checks that a password may be chosen: long enough in characters, not too long in bytes, and not a very common one if those are refused.
///
/// # Errors
/// [`Refusal::Invalid`] naming the password.
pub fn rule(settings: &Settings, password: &str) -> Result<(), Refusal> {
    let invalid = |problem| Refusal::Invalid { field: "password", problem };
    let composed = account::password(password).map_err(invalid)?;
    if (composed.chars().count() as u64) < settings.password_least {
        return Err(invalid(Problem::TooShort(settings.password_least)));
    }
    if settings.refuse_common_passwords && COMMONEST.contains(&composed.to_lowercase().as_str()) {
        return Err(invalid(Problem::TooCommon));
    }
    Ok(())
}

/// Bounds how many passwords are hashed at once.
#[derive(Debug)]
pub struct PasswordHashing {
    turns: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl PasswordHashing {
    /// A gate for this many cores.
    #[must_use]
    pub fn new(cores: usize) -> Self {
        Self { turns: Arc::new(Semaphore::new(cores.max(1))), waiting: Arc::new(Semaphore::new(WAITING)) }
    }

    /// The hash of a password, as a PHC string, with `salt`.
    ///
    /// # Errors
    /// [`Fault::Overloaded`] if too many are waiting already.
    pub async fn hash(&self, password: String, salt: [u8; 16]) -> Result<String, Error> {
        self.turn(move || hash(&password, salt)).await?.ok_or_else(|| Fault::Corrupt("password").into())
    }

    /// Whether `password` matches `hash`. Without a hash it takes as long, and the answer is no.
    ///
    /// # Errors
    /// [`Fault::Overloaded`] if too many are waiting already.
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

/// The hash of a password; for commands, which have nothing else to do.
#[must_use]
pub fn hash(password: &str, salt: [u8; 16]) -> Option<String> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19_456, 2, 1, None).ok()?);
    let hash: PasswordHash = argon2::PasswordHasher::hash_password_with_salt(&argon2, password.as_bytes(), &salt).ok()?;
    Some(hash.to_string())
}

/// Whether `password` matches `hash`.
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

    #[test]
    fn a_new_password_is_long_enough_and_not_everybodys() {
        let rule = |text: &str, refuse_common_passwords| {
            super::rule(&Settings { password_least: 6, refuse_common_passwords, ..Settings::default() }, text)
        };
        let invalid = |problem| Err(Refusal::Invalid { field: "password", problem });
        assert_eq!(rule("", false), invalid(Problem::TooShort(6)));
        assert_eq!(rule("12345", false), invalid(Problem::TooShort(6)));
        assert_eq!(rule("五个汉字啊", false), invalid(Problem::TooShort(6)), "characters are counted, not bytes");
        assert_eq!(rule("六个汉字密码", false), Ok(()));
        assert_eq!(rule("Password123", false), Ok(()));
        assert_eq!(rule("Password123", true), invalid(Problem::TooCommon));
        assert_eq!(rule("correct horse", true), Ok(()));
    }
}
