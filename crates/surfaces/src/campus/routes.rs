//! The routes of this surface in the order of its document, and what the OpenAPI text says of each.

use aide::{
    axum::{
        ApiRouter,
        routing::{delete_with, get_with, post_with, put_with},
    },
    openapi::OpenApi,
    transform::TransformOperation,
};
use axum::Router;

use super::{account, admin, study, system, user, wire};
use crate::{
    docs,
    http::{self, App},
};

type Op<'t> = TransformOperation<'t>;

const PAGES: [(&str, &str, &str); 2] = [("page", "页码，默认 1", "integer"), ("page_size", "每页数量，默认 20，最多 100", "integer")];
const STATUS: (&str, &str, &str) = ("status", "pending, running, paused, completed, failed, cancelled", "string");

/// The OpenAPI text of this surface and its routes.
pub(super) fn api() -> (Router<App>, OpenApi) {
    aide::generate::infer_responses(false);
    let api = ApiRouter::new().merge(accounts()).merge(users()).merge(tasks()).merge(administration()).merge(settings());
    let mut open = docs::head(
        "campus",
        "课程学习任务：启动、暂停、恢复、实时进度，用户与管理。进度通过 WebSocket `/ws/connect?token={jwt_token}` 推送：发送 \
         `{\"type\":\"subscribe_task\",\"task_id\":1}`，接收 `task_update`。不代答测验，不伪造观看记录。\n\n\
                 Courses studied as tasks: start, pause, resume, live progress over the WebSocket `/ws/connect?token={jwt_token}`.",
        &[
            ("auth", "认证接口"),
            ("user", "用户接口"),
            ("tasks", "任务接口"),
            ("courses", "课程接口"),
            ("admin", "管理员接口"),
            ("system", "系统设置"),
        ],
    );
    let router = api.finish_api(&mut open);
    // Told by the listener, together with what its other surfaces say.
    let told = ApiRouter::<App>::new()
        .api_route(http::HEALTH, get_with(async || (), |op| describe::<200, wire::Health>(op, "campus_health", "system", "健康检查")));
    drop(told.finish_api(&mut open));
    (router, open)
}

fn describe<'t, const STATUS: u16, T: serde::Serialize + schemars::JsonSchema>(op: Op<'t>, id: &str, tag: &str, summary: &str) -> Op<'t> {
    docs::describe::<STATUS, T, wire::Failure>(op, id, tag, summary)
}

fn done<'t>(op: Op<'t>, id: &str, tag: &str, summary: &str) -> Op<'t> {
    describe::<200, wire::Done>(op, id, tag, summary)
}

/// Something that is never done through the API.
fn docs_refused<'t>(op: Op<'t>, id: &str, summary: &str) -> Op<'t> {
    describe::<400, wire::Failure>(op, id, "system", summary)
}

/// Something that is done with the task that a path names.
fn action<'t>(op: Op<'t>, id: &str, summary: &str) -> Op<'t> {
    numbered(done(op, id, "tasks", summary))
}

fn numbered(op: Op<'_>) -> Op<'_> {
    docs::path_number(op, "id", "ID")
}

fn accounts() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route(
            "/api/auth/register",
            post_with(account::register, |op| describe::<201, wire::Token>(op, "campus_register", "auth", "注册新用户")),
        )
        .api_route(
            "/api/auth/login",
            post_with(account::login, |op| {
                describe::<200, wire::Token>(op, "campus_login", "auth", "用户登录（JSON 或表单，用户名或邮箱）")
            }),
        )
        .api_route("/api/auth/logout", post_with(account::logout, |op| done(op, "campus_logout", "auth", "退出登录")))
        .api_route("/api/auth/me", get_with(account::me, |op| describe::<200, wire::User>(op, "campus_me", "auth", "获取当前用户信息")))
        .api_route(
            "/api/auth/forgot-password",
            post_with(account::forgot_password, |op| done(op, "campus_forgot_password", "auth", "忘记密码")),
        )
        .api_route(
            "/api/auth/reset-password",
            post_with(account::reset_password, |op| done(op, "campus_reset_password", "auth", "重置密码")),
        )
        .api_route(
            "/api/auth/refresh",
            post_with(account::refresh, |op| describe::<200, wire::Token>(op, "campus_refresh", "auth", "延长登录")),
        )
        .api_route("/api/auth/verify-email", post_with(account::verify_email, |op| done(op, "campus_verify_email", "auth", "验证邮箱")))
        .api_route(
            "/api/auth/resend-verification",
            post_with(account::resend_verification, |op| done(op, "campus_resend_verification", "auth", "重新发送验证邮件")),
        )
}

fn users() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route(
            "/api/user/config",
            get_with(user::config, |op| describe::<200, wire::OwnConfig>(op, "campus_config", "user", "获取用户配置"))
                .put_with(user::configure, |op| {
                    describe::<200, wire::OwnConfig>(op, "campus_configure", "user", "更新用户配置（只改给出的字段）")
                })
                .post_with(user::configure, |op| describe::<200, wire::OwnConfig>(op, "campus_configure_alias", "user", "同 PUT")),
        )
        .route("/api/user/config/test-tiku", axum::routing::post(user::no_quizzes))
        .api_route(
            "/api/user/password",
            put_with(user::password, |op| {
                let op = docs::without_body(done(op, "campus_password", "user", "修改密码"));
                docs::query(op, &[("old_password", "同请求体", "string"), ("new_password", "同请求体", "string")])
            }),
        )
        .api_route(
            "/api/user/profile",
            get_with(user::profile, |op| describe::<200, wire::Profile>(op, "campus_profile", "user", "获取用户资料和统计")),
        )
        .api_route(
            "/api/user/account",
            delete_with(user::close, |op| {
                docs::query(docs::without_body(done(op, "campus_close", "user", "注销账号")), &[("password", "当前密码", "string")])
            }),
        )
        .api_route(
            "/api/users/{user_id}/tasks",
            get_with(user::tasks, |op| {
                let op = describe::<200, wire::List<wire::Task>>(op, "campus_user_tasks", "user", "某用户的任务（本人或管理员）");
                docs::query(docs::query(docs::path_number(op, "user_id", "用户ID"), &PAGES), &[STATUS])
            }),
        )
        .api_route(
            "/api/users/{user_id}/statistics",
            get_with(user::statistics, |op| {
                let op = describe::<200, wire::Statistics>(op, "campus_user_statistics", "user", "某用户的统计（本人或管理员）");
                docs::path_number(op, "user_id", "用户ID")
            }),
        )
}

fn tasks() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route(
            "/api/tasks",
            get_with(study::list, |op| {
                docs::query(
                    docs::query(describe::<200, wire::List<wire::Task>>(op, "campus_tasks", "tasks", "获取任务列表（分页）"), &PAGES),
                    &[STATUS],
                )
            })
            .post_with(study::create, |op| describe::<201, wire::TaskDetail>(op, "campus_create_task", "tasks", "创建新任务")),
        )
        .api_route(
            "/api/tasks/{id}",
            get_with(study::read, |op| numbered(describe::<200, wire::TaskDetail>(op, "campus_task", "tasks", "获取任务详情（包含日志）")))
                .put_with(study::rename, |op| {
                    numbered(describe::<200, wire::TaskDetail>(op, "campus_rename_task", "tasks", "修改任务名称"))
                })
                .delete_with(study::remove, |op| action(op, "campus_delete_task", "删除任务")),
        )
        .api_route("/api/tasks/{id}/start", post_with(study::start, |op| action(op, "campus_start_task", "启动任务")))
        .api_route("/api/tasks/{id}/pause", post_with(study::pause, |op| action(op, "campus_pause_task", "暂停任务")))
        .api_route("/api/tasks/{id}/resume", post_with(study::resume, |op| action(op, "campus_resume_task", "恢复任务")))
        .api_route("/api/tasks/{id}/cancel", post_with(study::cancel, |op| action(op, "campus_cancel_task", "取消任务")))
        .api_route("/api/tasks/{id}/retry", post_with(study::retry, |op| action(op, "campus_retry_task", "重试失败的任务")))
        .api_route(
            "/api/tasks/{id}/logs",
            get_with(study::logs, |op| {
                let op = numbered(describe::<200, Vec<wire::Log>>(op, "campus_task_logs", "tasks", "获取任务日志（新的在前）"));
                docs::query(op, &[("limit", "1-1000，默认 100", "integer")])
            }),
        )
        .api_route(
            "/api/courses/list",
            get_with(study::courses, |op| describe::<200, Vec<wire::Course>>(op, "campus_courses", "courses", "获取超星课程列表")),
        )
}

fn administration() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route(
            "/api/admin/users",
            get_with(admin::users, |op| {
                let op = docs::query(describe::<200, wire::List<wire::User>>(op, "campus_admin_users", "admin", "获取所有用户"), &PAGES);
                docs::query(
                    op,
                    &[
                        ("search", "用户名或邮箱的一部分", "string"),
                        ("role", "user, admin", "string"),
                        ("is_active", "是否启用", "boolean"),
                    ],
                )
            }),
        )
        .api_route(
            "/api/admin/users/{id}",
            get_with(admin::user, |op| numbered(describe::<200, wire::AdminUser>(op, "campus_admin_user", "admin", "获取用户详情")))
                .put_with(admin::update_user, |op| {
                    numbered(describe::<200, wire::AdminUser>(op, "campus_admin_update_user", "admin", "更新用户"))
                })
                .delete_with(admin::delete_user, |op| numbered(done(op, "campus_admin_delete_user", "admin", "删除用户"))),
        )
        .api_route(
            "/api/admin/tasks",
            get_with(admin::tasks, |op| {
                let op =
                    docs::query(describe::<200, wire::List<wire::AdminTask>>(op, "campus_admin_tasks", "admin", "监控所有任务"), &PAGES);
                docs::query(op, &[STATUS, ("user_id", "按用户过滤", "integer")])
            }),
        )
        .api_route(
            "/api/admin/tasks/{id}/force-stop",
            post_with(study::force_stop, |op| numbered(done(op, "campus_force_stop", "admin", "强制停止任务"))),
        )
        .api_route(
            "/api/admin/tasks/{id}/cancel",
            post_with(study::force_stop, |op| numbered(done(op, "campus_admin_cancel", "admin", "同 force-stop"))),
        )
        .api_route(
            "/api/admin/statistics",
            get_with(admin::statistics, |op| describe::<200, wire::AdminStatistics>(op, "campus_statistics", "admin", "系统统计数据")),
        )
        .api_route(
            "/api/admin/logs",
            get_with(admin::logs, |op| {
                docs::query(describe::<200, wire::List<wire::AdminLog>>(op, "campus_admin_logs", "admin", "操作日志"), &PAGES)
            }),
        )
        .api_route(
            "/api/admin/recover-tasks",
            post_with(admin::recover_tasks, |op| done(op, "campus_recover_tasks", "admin", "恢复失去处理进程的任务")),
        )
}

fn settings() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route(
            "/api/system-config/smtp",
            get_with(system::smtp, |op| describe::<200, wire::Smtp>(op, "campus_smtp", "system", "邮件服务器设置（密码已掩码）"))
                .put_with(system::set_smtp, |op| describe::<200, wire::Smtp>(op, "campus_set_smtp", "system", "修改邮件服务器设置")),
        )
        .api_route(
            "/api/system-config/smtp/test",
            post_with(system::test_smtp, |op| done(op, "campus_test_smtp", "system", "发送测试邮件")),
        )
        .api_route(
            "/api/system-config/smtp-templates",
            get_with(system::templates, |op| {
                describe::<200, wire::Templates>(op, "campus_smtp_templates", "system", "常用邮件服务器与邮件内容")
            }),
        )
        .api_route(
            "/api/system-config/system-params",
            get_with(system::params, |op| describe::<200, wire::SystemParams>(op, "campus_system_params", "system", "系统参数")),
        )
        .api_route(
            "/api/system-config/editable-configs",
            get_with(system::editable, |op| describe::<200, wire::Editables>(op, "campus_editable_configs", "system", "可修改的设置")),
        )
        .api_route(
            "/api/system-config/editable-config",
            put_with(system::set_editable, |op| done(op, "campus_set_editable_config", "system", "修改一项设置")),
        )
        .api_route(
            "/api/system-config/init-editable-configs",
            post_with(system::init, |op| done(op, "campus_init_editable_configs", "system", "初始化可修改的设置")),
        )
        .api_route(
            "/api/system-config/init-defaults",
            post_with(system::init, |op| done(op, "campus_init_defaults", "system", "初始化默认设置")),
        )
        .api_route(
            "/api/migration/current-config",
            get_with(system::data_place, |op| describe::<200, wire::DataPlace>(op, "campus_migration_config", "system", "数据存放位置")),
        )
        .api_route(
            "/api/migration/status",
            get_with(system::move_status, |op| describe::<200, wire::MoveStatus>(op, "campus_migration_status", "system", "数据迁移状态")),
        )
        .api_route(
            "/api/migration/start",
            post_with(system::no_move, |op| docs_refused(op, "campus_migration_start", "迁移数据（只能由运维人员进行）")),
        )
        .api_route(
            "/api/migration/test-postgresql",
            post_with(system::no_move, |op| docs_refused(op, "campus_migration_test_postgresql", "测试数据库（只能由运维人员进行）")),
        )
        .api_route(
            "/api/migration/test-redis",
            post_with(system::no_move, |op| docs_refused(op, "campus_migration_test_redis", "测试消息队列（只能由运维人员进行）")),
        )
        .api_route(
            "/api/migration/reset-status",
            post_with(system::no_move, |op| docs_refused(op, "campus_migration_reset", "重置迁移状态（只能由运维人员进行）")),
        )
}
