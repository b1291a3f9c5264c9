//! The keys of the campus surface and of the learning platforms behind it.

use config::{Address, Count, Seconds, Yuan, section};

use super::types::Platform;

section! {
    /// The campus surface and its kind of task.
    pub(crate) Campus {
        /// Yuan a task costs.
        price: Yuan = "0",
        /// Seconds a session lasts, from 3600 to 2592000; administrators may set it through the API.
        session_s: Seconds<3_600, 2_592_000> = 86_400,
        /// Tasks of one account that may wait and go on at once, from 1 to 10; administrators may set it through the API.
        active_tasks: Count<1, 10> = 3,
        /// Seconds a task may take, from 600 to 28800; administrators may set it through the API.
        timeout_s: Seconds<600, 28_800> = 7200,
        /// Tasks worked on at once.
        concurrency: Count<1, 100_000> = 64,
        /// The sorts of learning platform, the first being what a new learner has: `demo` (development only), `moodle` and
        /// `canvas`.
        platforms: Vec<Platform> = ["demo", "moodle", "canvas"] => ["moodle", "canvas"],
        /// The only Moodle sites there are, the usual one first; any public one where empty. They may also stand in private networks.
        moodle_sites: Vec<Address> = [],
        /// Whether Moodle sites must be reached by https.
        moodle_https: bool = false => true,
        /// The only Canvas sites there are, the usual one first; any public one where empty. They may also stand in private networks.
        canvas_sites: Vec<Address> = [],
        /// Whether Canvas sites must be reached by https.
        canvas_https: bool = false => true,
        /// Calls to one site that go on at once, from 1 to 64; the others wait for their turn.
        site_calls: Count<1, 64> = 8,
        /// Where links in letters lead: your front end's address; `public_url` where empty.
        front_url: Address = "",
        /// Whether administrators may name a mail server through the API.
        mail_settings: bool = true => false,
    }
}
