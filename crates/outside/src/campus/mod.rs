//! Connectors to learning platforms, one file each. None of them answers a quiz, hands in an assignment, or reports what was not done.

mod demo;
mod moodle;

use ports::{campus::Trouble, fault::Fault};

pub use self::{
    demo::Demo,
    moodle::{Manner, Memory, Moodle},
};

/// What the guarded client says, as a learner reads it.
fn trouble(fault: Fault) -> Trouble {
    match fault {
        Fault::Passing { text, retry_after } => {
            tracing::info!(text, "a learning platform does not answer");
            Trouble::Away { text: "学习平台暂时无法访问".to_owned(), retry_after }
        }
        Fault::Lasting { text } => {
            tracing::warn!(text, "a learning platform cannot be reached");
            Trouble::Closed("学习平台的地址无法访问，请检查站点设置".to_owned())
        }
        Fault::Stopped => Trouble::Stopped,
    }
}
