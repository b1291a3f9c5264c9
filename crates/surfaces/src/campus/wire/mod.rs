//! The words of the campus document on the wire, and how the core's values become them.

mod account;
mod admin;
mod system;
mod task;

use schemars::JsonSchema;
use serde::Serialize;

pub(super) use self::{account::*, admin::*, system::*, task::*};
use crate::http::{self, FieldError, Options, Page};

/// Every error.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Failure {
    /// 一句话说明，前端直接显示
    pub(super) detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<&'static str>,
    /// 需等待的秒数
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) retry_after: Option<u64>,
    /// 出错的字段（面向开发者）
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) errors: Option<Vec<FieldError>>,
}

/// What was done.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Done {
    pub(super) message: String,
    pub(super) detail: Option<String>,
}

impl Done {
    pub(super) fn new(message: impl Into<String>) -> axum::Json<Self> {
        axum::Json(Self { message: message.into(), detail: None })
    }
}

/// A page of a list.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct List<T> {
    items: Vec<T>,
    total: i64,
    page: i64,
    page_size: i64,
    total_pages: i64,
}

impl<T> List<T> {
    pub(super) fn of(items: Vec<T>, total: i64, page: Page) -> axum::Json<Self> {
        axum::Json(Self { items, total, page: page.number, page_size: page.size, total_pages: page.pages(total) })
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Health {
    status: &'static str,
    database: &'static str,
}

fn time(options: &Options, at: domain::time::Timestamp) -> String {
    http::local_time(&options.zone, at, http::Fraction::None)
}

/// This document's name of a field that the core calls otherwise.
pub(super) fn field(core: &str) -> &str {
    match core {
        "campus_username" => "cx_username",
        "campus_password" => "cx_password",
        "campus_token" => "cx_token",
        "not_open" => "notopen_action",
        "questions" => "tiku_config",
        "notifications" => "notification_config",
        "mail_host" => "smtp_host",
        "mail_port" => "smtp_port",
        "mail_username" => "smtp_username",
        "mail_from" => "smtp_from",
        other => other,
    }
}
