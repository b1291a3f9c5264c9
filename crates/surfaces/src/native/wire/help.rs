//! Upload keys, looks at pictures, courses.

use domain::course::{Course, Term};
use engine::upload::Granted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::time;

/// Keys to upload files with.
#[derive(Serialize, JsonSchema)]
pub(in crate::native) struct UploadGrant {
    /// The key's id.
    access_key: String,
    /// The key.
    secret_key: String,
    /// What goes with every request.
    session_token: String,
    /// Until when they are good.
    expires_at: String,
    /// The bucket.
    bucket: String,
    /// Its region.
    region: String,
    /// Where its server is.
    endpoint: String,
    /// What the names of objects begin with.
    prefix: String,
}

impl UploadGrant {
    pub(in crate::native) fn of(granted: &Granted) -> Self {
        let grant = &granted.grant;
        Self {
            access_key: grant.access_key.clone(),
            secret_key: grant.secret_key.clone(),
            session_token: grant.session_token.clone(),
            expires_at: time(grant.expires_at),
            bucket: grant.bucket.clone(),
            region: grant.region.clone(),
            endpoint: grant.endpoint.clone(),
            prefix: granted.prefix.clone(),
        }
    }
}

/// A picture to look at.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct Look {
    /// Where the picture is.
    pub(in crate::native) url: String,
    /// A template's name or number, or `custom`.
    pub(in crate::native) template: String,
    /// What to write, for `custom`.
    #[serde(default)]
    pub(in crate::native) prompt: String,
}

/// What was seen.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct Seen {
    /// What the template asks for.
    pub(in crate::native) text: String,
}

/// A course.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Course")]
pub(in crate::native) struct CourseShown {
    /// The platform's id of it.
    id: String,
    /// Its name.
    name: String,
    /// Who teaches it.
    teacher: Option<String>,
    /// Percent done.
    progress: i64,
    /// Whether the platform counts it as completed.
    completed: bool,
    /// `ahead`, `running` or `over`.
    term: &'static str,
}

impl CourseShown {
    pub(in crate::native) fn of(course: &Course) -> Self {
        Self {
            id: course.id.clone(),
            name: course.name.clone(),
            teacher: Some(course.teacher.clone()).filter(|name| !name.is_empty()),
            progress: course.progress,
            completed: course.completed,
            term: match course.term {
                Term::Ahead => "ahead",
                Term::Running => "running",
                Term::Over => "over",
            },
        }
    }
}
