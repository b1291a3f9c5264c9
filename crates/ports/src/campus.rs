//! Learning platforms: what a connector does for a learner, through what the platform publishes for that and in no other way.
//!
//! A connector never answers a quiz, hands in an assignment, or reports that something was watched which was not delivered.
//! To add one: implement [`Campus`] in a folder of `outside/src/campus/`, and name it in `app/src/campuses.rs`.

use std::time::Duration;

use domain::course::{Course, Item};

/// A learner's token at a platform.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// The platform's address; empty where the connector has only one.
    pub site: String,
    /// What the platform gave for name and password, or what the learner pasted.
    pub secret: String,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Token for {}", self.site)
    }
}

/// What goes wrong at a platform. The texts are for the learner, in Chinese, and carry no key and no body of the platform's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CampusError {
    /// Name and password, or the way of signing in, are refused: asking again changes nothing and may lock the account.
    #[error("{0}")]
    SignInRefused(String),
    /// The platform no longer accepts the token.
    #[error("登录凭证已失效")]
    TokenRejected,
    /// The platform has shut the account until its owner does something there: nothing else it is asked for can be had.
    #[error("{0}")]
    AccountBlocked(String),
    /// Nothing of this course can be had any more; other courses may.
    #[error("{0}")]
    CourseUnavailable(String),
    /// This one thing cannot be had; others may.
    #[error("{0}")]
    Unavailable(String),
    /// A refusal that the connector does not know: it may be meant for one thing or for all.
    #[error("{0}")]
    UnknownRefusal(String),
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

impl CampusError {
    /// A platform that does not answer.
    pub fn away(text: impl Into<String>) -> Self {
        Self::Away { text: text.into(), retry_after: None }
    }
}

/// How old a list may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// One that was read within the last minutes will do.
    Recent,
    /// It is read now.
    Now,
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
    /// The platform has it no more: there is nothing left to do.
    Deleted,
}

/// Keeps time while something is played.
#[async_trait::async_trait]
pub trait Playing: Send + Sync {
    /// Returns once `at_s` of `of_s` seconds were played at the learner's speed, and says so. What is delivered after that was watched.
    ///
    /// # Errors
    /// [`CampusError::Stopped`].
    async fn played(&self, at_s: i64, of_s: i64) -> Result<(), CampusError>;
}

/// A sort of learning platform.
#[async_trait::async_trait]
pub trait Campus: Send + Sync {
    /// Its name in the configuration, as `moodle`.
    fn name(&self) -> &'static str;

    /// What learners call it.
    fn title(&self) -> &'static str;

    /// Whether it exchanges a name and password for a token; otherwise a learner pastes a token that they made there.
    fn takes_passwords(&self) -> bool {
        true
    }

    /// The site that is used if none is named; empty where the connector has only one, or there is no usual one.
    fn usual_site(&self) -> String {
        String::new()
    }

    /// A platform's address in the form in which it is kept, by its text alone.
    ///
    /// # Errors
    /// What is wrong with it, in Chinese.
    fn site(&self, text: &str) -> Result<String, String>;

    /// The address by which a site, given as [`Campus::site`] returned it, wants to be called. It is asked when a configuration is saved.
    ///
    /// # Errors
    /// [`CampusError::Unavailable`] where this is no address of such a platform; [`CampusError::Away`] where the site does not say.
    async fn confirm_site(&self, site: &str) -> Result<String, CampusError> {
        Ok(site.to_owned())
    }

    /// How many calls wait for their turn at a site.
    fn waiting(&self, _site: &str) -> usize {
        0
    }

    /// Exchanges name and password for a token.
    ///
    /// # Errors
    /// [`CampusError::SignInRefused`], which must not be tried again with the same password; [`CampusError::Away`].
    async fn sign_in(&self, site: &str, name: &str, password: &str) -> Result<String, CampusError>;

    /// The learner's courses. What the platform lists and cannot be read is named, never left out in silence.
    ///
    /// # Errors
    /// [`CampusError`].
    async fn courses(&self, token: &Token, freshness: Freshness) -> Result<Listing, CampusError>;

    /// The items of a course in their order as they stand now, without those that are not counted; what cannot be read is left to the
    /// learner.
    ///
    /// # Errors
    /// [`CampusError`].
    async fn items(&self, token: &Token, course: &str) -> Result<Vec<Item>, CampusError>;

    /// Works through one item of a course that is open, or ticks one that its learner wants ticked.
    ///
    /// # Errors
    /// [`CampusError`].
    async fn work(&self, token: &Token, course: &str, item: &Item, playing: &dyn Playing) -> Result<Worked, CampusError>;
}
