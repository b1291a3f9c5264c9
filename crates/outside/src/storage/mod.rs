//! Storage made real.

mod folder;

pub use folder::Folder;
