//! Instructions for the assistant by operators and users: templates with a name, and prompts with a code.

use crate::{
    id::{AccountId, TemplateId},
    time::Timestamp,
};

/// Instructions with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its id.
    pub id: TemplateId,
    /// The account that owns it.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The instructions.
    pub content: String,
    /// Whether everybody may use it.
    pub public: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A text that administrators store under a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The text.
    pub content: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}
