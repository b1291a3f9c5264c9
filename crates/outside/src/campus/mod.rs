//! Connectors to learning platforms, one file or folder each. None of them answers a quiz, submits an assignment, or reports anything
//! that was not done.

mod canvas;
mod demo;
mod kept;
mod moodle;
mod sites;
mod words;

use domain::course::{Item, Sort, Stand};
use ports::{campus::CampusError, fault::Fault};

pub use self::{
    canvas::Canvas,
    demo::Demo,
    moodle::Moodle,
    sites::{Manner, Parts},
};

/// An entry of a site that cannot be read, as an item that is left to its learner.
fn unreadable(id: String, title: String) -> Item {
    let why = "学习平台返回的数据无法识别，请本人查看".to_owned();
    Item { id, title, sort: Sort::Other, stand: Stand::Left(why), played: None }.plain()
}

/// A fault of the guarded client, worded for learners.
fn failed(fault: Fault) -> CampusError {
    match fault {
        Fault::Passing { text, retry_after } => {
            tracing::info!(text, "a learning platform does not answer");
            CampusError::Away { text: "学习平台暂时无法访问".to_owned(), retry_after }
        }
        Fault::Lasting { text } => {
            tracing::warn!(text, "a learning platform cannot be reached");
            CampusError::Unavailable("学习平台的地址无法访问，请检查站点设置".to_owned())
        }
        Fault::Stopped => CampusError::Stopped,
    }
}
