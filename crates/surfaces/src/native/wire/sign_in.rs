//! Signing in on the wire.

use domain::{
    delivery::Channel,
    problem::Problem,
    refusal::Refusal,
    verification::{LIFETIME, Purpose},
};
use engine::{
    account::{Credentials, Proof},
    oidc::Linked,
    second_factor::{Begun, Status},
    session::{Caller, OpenSession},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Items, id, time};

fn missing(field: &'static str) -> Refusal {
    Refusal::Invalid { field, problem: Problem::Missing }
}

/// A phone or a mailbox, of which one is named.
fn target(phone: Option<String>, email: Option<String>) -> Result<(Channel, String), Refusal> {
    match (phone, email) {
        (Some(phone), None) => Ok((Channel::Sms, phone)),
        (None, Some(email)) => Ok((Channel::Mail, email)),
        (None, None) => Err(missing("phone")),
        (Some(_), Some(_)) => Err(Refusal::Invalid { field: "email", problem: Problem::Malformed }),
    }
}

/// Who signs in: a name and a password, or a phone or a mailbox and the code that was sent there.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct SignIn {
    /// A user name or an e-mail address, with `password`.
    #[serde(default)]
    name: Option<String>,
    /// The password.
    #[serde(default)]
    password: Option<String>,
    /// A phone number, with `code`.
    #[serde(default)]
    phone: Option<String>,
    /// An e-mail address, with `code`.
    #[serde(default)]
    email: Option<String>,
    /// The code that was sent, for `sign_in`.
    #[serde(default)]
    code: Option<String>,
    /// Whether a browser came back from the identity provider: its cookie says who that is.
    #[serde(default)]
    pub(in crate::native) oidc: bool,
    /// A code of the authenticator, or a recovery code, where the account asks for one.
    #[serde(default)]
    pub(in crate::native) totp: Option<String>,
    /// Whether the session is for a browser: a cookie that no script reads, and no token in the answer.
    #[serde(default)]
    pub(in crate::native) cookie: bool,
}

impl SignIn {
    /// What somebody signs in with.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming the field that is missing or too many.
    pub(in crate::native) fn credentials(self, kept: Option<String>) -> Result<Credentials, Refusal> {
        if self.oidc {
            return Ok(Credentials::Identity(kept.ok_or(Refusal::UnusableTicket)?));
        }
        match (self.name, self.code) {
            (Some(name), None) => Ok(Credentials::Password(name, self.password.ok_or(missing("password"))?)),
            (None, code) => {
                let (channel, to) = target(self.phone, self.email).map_err(|_| missing("name"))?;
                Ok(Credentials::Code(channel, to, code.ok_or(missing("code"))?))
            }
            (Some(_), Some(_)) => Err(Refusal::Invalid { field: "code", problem: Problem::Malformed }),
        }
    }
}

/// In which ways one can sign in.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct SignInMethods {
    /// `password`, `phone_code`, `email_code`, and `oidc` where there is an identity provider.
    pub(in crate::native) methods: Vec<&'static str>,
    /// The identity provider.
    pub(in crate::native) oidc: Option<Provider>,
}

/// An identity provider.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "IdentityProvider")]
pub(in crate::native) struct Provider {
    /// What people call it.
    pub(in crate::native) name: String,
    /// Where a browser goes to sign in there.
    pub(in crate::native) url: &'static str,
}

/// Who one is at the identity provider.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Identity")]
pub(in crate::native) struct IdentityShown {
    /// Its id, as `identity_3`.
    id: String,
    /// The provider.
    issuer: String,
    /// One's id there.
    subject: String,
    /// The address that it named.
    email: Option<String>,
    /// When it was linked.
    created_at: String,
    /// When one last signed in with it.
    used_at: String,
}

impl IdentityShown {
    fn of(linked: &Linked) -> Self {
        Self {
            id: id("identity", linked.id),
            issuer: linked.issuer.clone(),
            subject: linked.subject.clone(),
            email: linked.email.clone(),
            created_at: time(linked.created_at),
            used_at: time(linked.used_at),
        }
    }
}

/// One's identities.
pub(in crate::native) fn identities(linked: &[Linked]) -> Items<IdentityShown> {
    Items { items: linked.iter().map(IdentityShown::of).collect() }
}

/// What a code is sent for.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::native) enum CodePurpose {
    SignIn,
    Register,
}

/// Where a code is to be sent.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct NewVerification {
    /// `sign_in`, also for a fresh proof of who is asking, or `register`.
    purpose: CodePurpose,
    /// A phone number; either this or `email`.
    #[serde(default)]
    phone: Option<String>,
    /// An e-mail address.
    #[serde(default)]
    email: Option<String>,
}

impl NewVerification {
    /// What it is for, over which channel, and to whom.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] unless one of `phone` and `email` is named; accounts are registered with a mailbox.
    pub(in crate::native) fn read(self) -> Result<(Purpose, Channel, String), Refusal> {
        let (channel, to) = target(self.phone, self.email)?;
        match self.purpose {
            CodePurpose::SignIn => Ok((Purpose::SignIn, channel, to)),
            CodePurpose::Register if channel == Channel::Mail => Ok((Purpose::Register, channel, to)),
            CodePurpose::Register => Err(missing("email")),
        }
    }
}

/// A code that was sent.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct Verification {
    /// Seconds that it is good.
    expires_in: u64,
    /// The code, on a server that is set to tell it, for development.
    code: Option<String>,
}

impl Verification {
    pub(in crate::native) fn of(code: Option<String>) -> Self {
        Self { expires_in: LIFETIME.as_secs(), code }
    }
}

/// A new account: with a mailbox and the code that was sent there, or under a user name.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct NewRegistration {
    /// A user name, where no `code` is named.
    #[serde(default)]
    pub(in crate::native) username: Option<String>,
    /// An e-mail address. Without a `code` a link is sent there, which proves that it is theirs.
    #[serde(default)]
    pub(in crate::native) email: Option<String>,
    /// The code that was sent to the address, for `register`.
    #[serde(default)]
    pub(in crate::native) code: Option<String>,
    /// A password.
    pub(in crate::native) password: String,
    /// Whether the session is for a browser.
    #[serde(default)]
    pub(in crate::native) cookie: bool,
}

/// Whether the first administrator is still to be made.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct SetupState {
    /// Whether nobody administers yet.
    pub(in crate::native) needed: bool,
}

/// The first administrator.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct Setup {
    /// What stands in the link that `gongfang serve` and `gongfang setup-link` print.
    pub(in crate::native) secret: String,
    /// A user name.
    pub(in crate::native) username: String,
    /// A password.
    pub(in crate::native) password: String,
    /// Whether the session is for a browser.
    #[serde(default)]
    pub(in crate::native) cookie: bool,
}

/// A fresh proof of who is asking: one of these.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct StepUp {
    /// The password.
    #[serde(default)]
    password: Option<String>,
    /// A code of the authenticator, or a recovery code.
    #[serde(default)]
    totp: Option<String>,
    /// A code for `sign_in` that was sent to one's phone, or to one's mailbox if one has no phone.
    #[serde(default)]
    code: Option<String>,
    /// Whether the session is for a browser.
    #[serde(default)]
    pub(in crate::native) cookie: bool,
}

impl StepUp {
    /// The proof.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] unless there is one of them.
    pub(in crate::native) fn proof(self) -> Result<Proof, Refusal> {
        match (self.password, self.totp, self.code) {
            (Some(password), None, None) => Ok(Proof::Password(password)),
            (None, Some(totp), None) => Ok(Proof::SecondFactor(totp)),
            (None, None, Some(code)) => Ok(Proof::Code(code)),
            (None, None, None) => Err(missing("password")),
            _ => Err(Refusal::Invalid { field: "password", problem: Problem::Malformed }),
        }
    }
}

/// An open session.
#[derive(Serialize, JsonSchema)]
pub(in crate::native) struct Session {
    /// What goes into `Authorization: Bearer`; `null` where the session is a cookie.
    pub(in crate::native) token: Option<String>,
    /// Seconds it lasts.
    pub(in crate::native) expires_in: u64,
    /// Whose it is, as `acct_3`.
    pub(in crate::native) account: String,
}

/// A session that is open.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenSession")]
pub(in crate::native) struct SessionShown {
    /// Its id, as `session_...`.
    id: String,
    /// The surface that it was opened on.
    surface: String,
    /// Whether it is the one that asks.
    current: bool,
    /// When it was opened.
    created_at: String,
    /// When it ends.
    expires_at: String,
}

impl SessionShown {
    pub(in crate::native) fn of(open: &OpenSession, caller: &Caller) -> Self {
        Self {
            id: format!("session_{}", open.id),
            surface: open.surface.clone(),
            current: open.id == caller.session,
            created_at: time(open.created_at),
            expires_at: time(open.expires_at),
        }
    }
}

/// A mailbox to which a link is to be sent.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct Mailbox {
    /// The e-mail address.
    pub(in crate::native) email: String,
}

/// A link to a new password.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct PasswordReset {
    /// What stands in the link.
    pub(in crate::native) token: String,
    /// The new password.
    pub(in crate::native) password: String,
}

/// A link that proves a mailbox.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct MailboxProof {
    /// What stands in the link.
    pub(in crate::native) token: String,
}

/// One's second factor.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SecondFactor")]
pub(in crate::native) struct SecondFactorShown {
    /// Since when signing in asks for it; `null` while it is off.
    on_since: Option<String>,
    /// How many recovery codes are left.
    recovery_codes_left: i64,
}

impl From<Status> for SecondFactorShown {
    fn from(status: Status) -> Self {
        Self { on_since: status.on_since.map(time), recovery_codes_left: status.codes_left }
    }
}

/// An authenticator that is being set up. Nothing asks for it until a code that it shows was sent.
#[derive(Serialize, JsonSchema)]
pub(in crate::native) struct NewSecondFactor {
    /// Its secret, to be typed in.
    secret: String,
    /// The same for a camera, as `otpauth://totp/..`.
    uri: String,
}

impl From<Begun> for NewSecondFactor {
    fn from(begun: Begun) -> Self {
        Self { secret: begun.secret, uri: begun.uri }
    }
}

/// A code that an authenticator shows.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct SecondFactorCode {
    /// The six digits.
    pub(in crate::native) totp: String,
}

/// Recovery codes, each good once. They are not shown again.
#[derive(Serialize, JsonSchema)]
pub(in crate::native) struct RecoveryCodes {
    /// The codes.
    pub(in crate::native) recovery_codes: Vec<String>,
}
