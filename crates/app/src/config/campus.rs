//! The keys of the campus surface and of the learning platforms behind it.

use serde::{Deserialize, Serialize};

use super::sections::section;

section! {
    /// The campus surface and its kind of task.
    Campus {
        /// Yuan a task costs.
        price: String = "0",
        /// Seconds a session lasts, from 3600 to 2592000; administrators may set it through the API.
        session_s: i64 = 86_400,
        /// Tasks of one account that may wait and go on at once, from 1 to 10; administrators may set it through the API.
        active_tasks: i64 = 3,
        /// Seconds a task may take, from 600 to 28800; administrators may set it through the API.
        timeout_s: i64 = 7200,
        /// Tasks worked on at once.
        concurrency: i64 = 64,
        /// The sorts of learning platform, the first being what a new learner has: `demo` (development only), `moodle` and
        /// `canvas`.
        platforms: Vec<String> = vec!["demo".to_owned(), "moodle".to_owned(), "canvas".to_owned()],
        /// The only Moodle sites there are, the usual one first; any public one where empty. They may also stand in private networks.
        moodle_sites: Vec<String> = Vec::new(),
        /// Whether Moodle sites must be reached by https.
        moodle_https: bool = false,
        /// The only Canvas sites there are, the usual one first; any public one where empty. They may also stand in private networks.
        canvas_sites: Vec<String> = Vec::new(),
        /// Whether Canvas sites must be reached by https.
        canvas_https: bool = false,
        /// Calls to one site that go on at once, from 1 to 64; the others wait for their turn.
        site_calls: i64 = 8,
        /// Where links in letters lead: your front end's address; `public_url` where empty.
        front_url: String = "",
        /// Sign-ins a minute of one network.
        logins_per_minute: i64 = 5,
        /// Registrations an hour of one network.
        registrations_per_hour: i64 = 3,
        /// Password resets an hour of one network.
        resets_per_hour: i64 = 3,
        /// Requests a minute of one account; of one network without a token.
        requests_per_minute: i64 = 200,
        /// Whether administrators may name a mail server through the API.
        mail_settings: bool = true,
    }
}
