//! What operators and users tell the assistant to write: templates by name, and prompts by code.

use crate::{
    id::{AccountId, TemplateId},
    time::Timestamp,
};

/// Instructions under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its number.
    pub id: TemplateId,
    /// Whose.
    pub account: AccountId,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The instructions.
    pub content: String,
    /// Whether everybody may use it.
    pub public: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A text that administrators keep under a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The code.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// The text.
    pub content: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}
