//! Refusals: what the engine answers when a request is understood but must not be done. A surface words each for its readers.

use crate::{problem::Problem, task::State};

/// The type of thing that was not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Noun {
    /// An account.
    Account,
    /// A task.
    Task,
    /// A batch of redemption codes.
    Batch,
    /// A worker token.
    WorkerToken,
    /// A registered model.
    Model,
    /// An order.
    Order,
    /// A payment method.
    Method,
    /// An API key.
    Key,
    /// A template of the assistant.
    Template,
    /// A prompt of the administrators.
    Prompt,
    /// A login session.
    Session,
    /// The queue of a kind of tasks.
    Queue,
    /// A webhook endpoint.
    Webhook,
    /// A delivery to a webhook endpoint.
    Delivery,
    /// An identity provider.
    IdentityProvider,
    /// An identity at such a provider.
    Identity,
    /// An action on many tasks.
    Bulk,
}

/// The state of a rolling limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// How many are allowed in the window.
    pub allowed: u32,
    /// How many are left now.
    pub remaining: u32,
    /// Seconds until one more is allowed; 0 while some remain.
    pub retry_after_s: u64,
    /// Unix seconds at which one more is allowed, or, while some remain, at which all are available again.
    pub resets_at_s: i64,
}

/// A refusal, with what the asker needs to know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No valid token.
    #[error("not signed in")]
    Unauthorized,
    /// The token was valid, but its session has been ended.
    #[error("the session has ended")]
    SessionEnded,
    /// Name and password are right, but the account may not sign in. It is revealed only to somebody who knows the password.
    #[error("the account is deactivated")]
    Deactivated,
    /// The name or the password is wrong.
    #[error("wrong user name or password")]
    WrongCredentials,
    /// Name and password are right, and the account asks for a code of its authenticator, too.
    #[error("a code of the authenticator is missing")]
    SecondFactor,
    /// The code of the authenticator is wrong, or was used.
    #[error("wrong code of the authenticator")]
    WrongSecondFactor,
    /// Administrators sign in by the identity provider alone.
    #[error("administrators sign in by the identity provider")]
    StaffElsewhere,
    /// The account has an authenticator already, or none, so that this cannot be done.
    #[error("not with {}", if *.0 { "an authenticator" } else { "no authenticator" })]
    SecondFactorState(bool),
    /// It takes a fresh proof of who is asking.
    #[error("prove again who you are")]
    StepUp,
    /// The verification code is not the one that was sent, or none was sent.
    #[error("wrong verification code")]
    WrongVerification,
    /// The verification code has expired.
    #[error("the verification code has expired")]
    ExpiredVerification,
    /// There is no such redemption code, or it was redeemed, revoked, or has expired: the asker cannot tell which.
    #[error("the redemption code cannot be redeemed")]
    UnusableCode,
    /// The message could not be sent.
    #[error("the message could not be sent")]
    Undeliverable,
    /// Signed in, but not for this.
    #[error("not allowed")]
    Forbidden,
    /// An API key that may not do this: the scope that it needs, or none if no key may.
    #[error("the key may not do this{}", .0.as_ref().map_or_else(String::new, |scope| format!(": it needs {scope}")))]
    KeyScope(Option<crate::api_key::Scope>),
    /// The API key has reached what it may spend in a day.
    #[error("the key has spent what it may in a day")]
    KeySpent,
    /// The account has too many good API keys: this many.
    #[error("{0} keys are good")]
    TooManyKeys(i64),
    /// The account has this many webhook endpoints, and may have no more.
    #[error("there are {0} endpoints")]
    TooManyWebhooks(i64),
    /// The account has this many actions on many tasks going on, and may have no more.
    #[error("{0} are going on")]
    TooManyBulks(i64),
    /// The action on many tasks has ended.
    #[error("it has ended")]
    BulkEnded,
    /// The webhook endpoint is off, and nothing is sent to it.
    #[error("the endpoint is off")]
    WebhookOff,
    /// There is no such thing, or it is somebody else's: the asker cannot tell which.
    #[error("not found: {0:?}")]
    NotFound(Noun),
    /// Too often.
    #[error("too many requests, try again in {} s", .0.retry_after_s)]
    TooOften(Limit),
    /// A message was sent a moment ago, or too many were.
    #[error("too many messages, try again in {} s", .0.retry_after_s)]
    SentTooOften(Limit),
    /// A value is invalid.
    #[error("invalid {field}: {problem}")]
    Invalid {
        /// The field, by its internal name.
        field: &'static str,
        /// What is wrong with it.
        problem: Problem,
    },
    /// The name is taken.
    #[error("{field} is taken")]
    Taken {
        /// The field whose value is taken.
        field: &'static str,
    },
    /// The task has ended and cannot do this any more.
    #[error("the task has ended: {}", .0.word())]
    TaskEnded(State),
    /// The task is no longer held by whoever works on it: it was cancelled, paused, or given to somebody else.
    #[error("the task is no longer yours")]
    LeaseLost,
    /// The task has no result (yet).
    #[error("the task has no result: {}", .0.word())]
    TaskUnfinished(State),
    /// The task is not in a state for this.
    #[error("the task is {}", .0.word())]
    TaskState(State),
    /// The account has reached its limit of active tasks, which is this number.
    #[error("{0} tasks are going on")]
    TooManyTasks(i64),
    /// The link was used, has expired, or was never sent: the asker cannot tell which.
    #[error("the link cannot be used")]
    UnusableTicket,
    /// The address is verified already.
    #[error("the address is verified")]
    AlreadyVerified,
    /// No learning platform is configured yet, or there is nothing to sign in to it with.
    #[error("no account at {platform}: {lack:?}")]
    NoCampus {
        /// The platform's display name.
        platform: &'static str,
        /// What is lacking.
        lack: crate::course::Lack,
    },
    /// The learning platform does not let the account in, or does not answer; the text tells the learner why.
    #[error("{platform}: {why}")]
    CampusRefused {
        /// The platform's display name.
        platform: &'static str,
        /// What it says, in Chinese.
        why: String,
    },
    /// The wallet holds too little.
    #[error("not enough: need {need}, have {have}")]
    Unaffordable {
        /// What it costs, in the asset's units.
        need: i64,
        /// What could be spent.
        have: i64,
    },
    /// The asker may see the task, but only its owner may do this.
    #[error("not the owner of the task")]
    NotOwner,
    /// An administrator may not do this to their own account.
    #[error("not to one's own account")]
    OwnAccount,
    /// Somebody else changed it since it was read.
    #[error("changed by somebody else meanwhile")]
    Stale,
    /// The idempotency key was already used for another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// No model was named, and there is none to fall back to; or the one that was named may not be used.
    #[error("the model cannot be used")]
    UnusableModel,
    /// The payment method does not exist or is off.
    #[error("the payment method is off")]
    MethodOff,
    /// The account has too many unpaid orders: this many.
    #[error("{0} orders wait to be paid")]
    TooManyOrders(i64),
    /// The order is not in a state for this.
    #[error("the order is {}", .0.word())]
    OrderState(crate::order::Status),
    /// The picture is at a forbidden address, is not available, or is not a usable picture. Which of these is not revealed.
    #[error("the picture cannot be had")]
    UnusablePicture,
    /// There is no such template here.
    #[error("no template {0}")]
    UnknownTemplate(String),
    /// An outside provider failed.
    #[error("a provider failed")]
    Upstream,
    /// This kind of task cannot be run here, as things are.
    #[error("not available: {reason}")]
    Unavailable {
        /// What is missing, for the operator.
        reason: String,
    },
}
