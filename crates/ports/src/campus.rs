//! Learning platforms: what a connector does for a learner, through what the platform publishes for that and in no other way.
//!
//! A connector never answers a quiz, hands in an assignment, or reports that something was watched which was not delivered.
//! To add one: implement [`Campus`] in one file of `outside/src/campus/`, and name it in `app/src/campuses.rs`.

use std::time::Duration;

use domain::course::{Course, Item};

/// What lets a learner in.
#[derive(Clone, PartialEq, Eq)]
pub struct Pass {
    /// The platform's address; empty where the connector has only one.
    pub site: String,
    /// What the platform gave for name and password.
    pub token: String,
}

impl std::fmt::Debug for Pass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pass to {}", self.site)
    }
}

/// What goes wrong at a platform. The texts are for the learner, in Chinese, and carry no key and no body of the platform's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Name and password, or the way of signing in, are refused: asking again changes nothing and may lock the account.
    #[error("{0}")]
    Refused(String),
    /// The pass is good no more.
    #[error("{0}")]
    Ended(String),
    /// This one thing cannot be had; others may.
    #[error("{0}")]
    Closed(String),
    /// Nothing of this course can be had any more; other courses may.
    #[error("{0}")]
    Shut(String),
    /// The platform does not answer, or not with sense: it may later.
    #[error("{text}")]
    Away {
        /// What happened.
        text: String,
        /// How long the platform asked us to wait.
        retry_after: Option<Duration>,
    },
    /// The task was paused, cancelled or lost meanwhile.
    #[error("stopped")]
    Stopped,
}

impl Trouble {
    /// A platform that does not answer.
    pub fn away(text: impl Into<String>) -> Self {
        Self::Away { text: text.into(), retry_after: None }
    }
}

/// The courses of a learner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Those that could be read.
    pub courses: Vec<Course>,
    /// What else the platform listed and could not be read, as far as it can be named.
    pub unread: Vec<String>,
}

/// What became of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Worked {
    /// It was delivered or ticked, and the platform knows.
    Done,
    /// It may not be opened yet: why.
    Locked(String),
    /// Only its learner can do it: why.
    Left(String),
}

/// Keeps time while something is played.
#[async_trait::async_trait]
pub trait Playing: Send + Sync {
    /// Returns once `at_s` of `of_s` seconds were played at the learner's speed, and says so. What is delivered after that was watched.
    ///
    /// # Errors
    /// [`Trouble::Stopped`].
    async fn played(&self, at_s: i64, of_s: i64) -> Result<(), Trouble>;
}

/// A sort of learning platform.
#[async_trait::async_trait]
pub trait Campus: Send + Sync {
    /// Its name in the configuration, as `moodle`.
    fn name(&self) -> &'static str;

    /// The platform of whoever names none; empty where the connector has only one, or there is no usual one.
    fn usual_site(&self) -> String {
        String::new()
    }

    /// A platform's address in the form in which it is kept.
    ///
    /// # Errors
    /// What is wrong with it, in Chinese.
    fn site(&self, text: &str) -> Result<String, String>;

    /// Exchanges name and password for a token.
    ///
    /// # Errors
    /// [`Trouble::Refused`], which must not be tried again with the same password; [`Trouble::Away`].
    async fn sign_in(&self, site: &str, name: &str, password: &str) -> Result<String, Trouble>;

    /// The learner's courses. What the platform lists and cannot be read is named, never left out in silence.
    ///
    /// # Errors
    /// [`Trouble`].
    async fn courses(&self, pass: &Pass) -> Result<Listing, Trouble>;

    /// The items of a course in their order, without those that are not counted; what cannot be read is left to the learner.
    ///
    /// # Errors
    /// [`Trouble`].
    async fn items(&self, pass: &Pass, course: &str) -> Result<Vec<Item>, Trouble>;

    /// Works through one item that is open, or ticks one that its learner wants ticked.
    ///
    /// # Errors
    /// [`Trouble`].
    async fn work(&self, pass: &Pass, item: &Item, playing: &dyn Playing) -> Result<Worked, Trouble>;
}
