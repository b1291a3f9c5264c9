//! Storage of files, and the keys with which browsers upload directly.

mod folder;
mod s3;
mod sts;

pub use folder::Folder;
pub use s3::{Bucket, S3};
pub use sts::{AliyunSts, AwsSts, Role};
