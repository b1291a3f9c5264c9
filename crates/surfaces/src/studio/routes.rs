//! The routes of this surface in the order of its document, and what the OpenAPI text says of each.

use aide::{
    axum::{
        ApiRouter,
        routing::{get_with, patch_with, post_with, put_with},
    },
    openapi::OpenApi,
    transform::TransformOperation,
};
use axum::{Router, response::Redirect, routing::get};

use super::{account, admin, assistant, ledger, model, payment, task, wire};
use crate::{docs, http::App};

type Answer<T> = wire::Answer<T>;
type Op<'t> = TransformOperation<'t>;

const PAGES: [(&str, &str, &str); 2] = [("page", "页码，默认 1", "integer"), ("limit", "每页数量，最多 100", "integer")];
const ENTRIES: [(&str, &str, &str); 6] = [
    ("user_id", "按用户ID过滤", "integer"),
    ("type", "admin_adjustment, system_auto, user_consume, user_refund, user_topup, manual_topup", "string"),
    ("start_time", "开始时间 (RFC3339)", "string"),
    ("end_time", "结束时间 (RFC3339)", "string"),
    ("min_amount", "最小金额", "number"),
    ("max_amount", "最大金额", "number"),
];

/// The OpenAPI text of this surface and its routes.
pub(super) fn api() -> (Router<App>, OpenApi) {
    aide::generate::infer_responses(false);
    let api =
        ApiRouter::new().merge(accounts()).merge(models()).merge(tasks()).merge(payments()).merge(assistance()).merge(administration());
    let mut open = docs::head(
        "studio",
        "AI 模型登记、审批与计费任务、充值、上传凭证、图片转提示词、管理。花钱或动钱的 POST 可带 Idempotency-Key。\n\n\
                 Models, approved tasks, money, uploads, the assistant, administration.",
        &[
            ("auth", "认证模块"),
            ("models", "AI模型管理"),
            ("tasks", "任务管理"),
            ("payment", "支付模块"),
            ("upload", "文件上传"),
            ("assistant", "AI 助手"),
            ("admin", "管理员接口"),
        ],
    );
    let router = api.finish_api(&mut open);
    // The original's page; ours shows the same text.
    (router.route("/swagger/index.html", get(|| async { Redirect::temporary("/docs") })), open)
}

fn describe<'t, const STATUS: u16, T: serde::Serialize + schemars::JsonSchema>(op: Op<'t>, id: &str, tag: &str, summary: &str) -> Op<'t> {
    docs::describe::<STATUS, T, wire::Failure>(op, id, tag, summary)
}

fn numbered<'t>(op: TransformOperation<'t>) -> TransformOperation<'t> {
    docs::path_number(op, "id", "ID")
}

fn named<'t>(op: TransformOperation<'t>, name: &'static str) -> TransformOperation<'t> {
    docs::path_text(op, name)
}

fn accounts() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route(
            "/api/v1/auth/register",
            post_with(account::register, |op| describe::<201, Answer<wire::SignedIn>>(op, "studio_register", "auth", "用户注册")),
        )
        .api_route(
            "/api/v1/auth/login",
            post_with(account::login, |op| describe::<200, Answer<wire::SignedIn>>(op, "studio_login", "auth", "用户登录")),
        )
        .api_route(
            "/api/v1/auth/logout",
            post_with(account::logout, |op| describe::<200, Answer<Option<()>>>(op, "studio_logout", "auth", "用户登出")),
        )
        .api_route(
            "/api/v1/auth/user",
            get_with(account::user, |op| describe::<200, Answer<wire::User>>(op, "studio_user", "auth", "获取当前用户信息")),
        )
}

fn models() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route(
            "/api/v1/models",
            get_with(model::list, |op| {
                let op = docs::query(describe::<200, Answer<wire::Models>>(op, "models", "models", "获取模型列表"), &PAGES);
                docs::query(op, &[("name", "按名称过滤", "string"), ("status", "open, closed, draft", "string")])
            }),
        )
        .api_route(
            "/api/v1/models/names",
            get_with(model::names, |op| describe::<200, Answer<Vec<wire::ModelName>>>(op, "model_names", "models", "获取模型名称列表")),
        )
        .api_route(
            "/api/v1/models/{id}/parameters",
            get_with(model::parameters, |op| {
                numbered(describe::<200, Answer<wire::ParametersShown>>(op, "model_parameters", "models", "获取模型参数"))
            }),
        )
        .api_route(
            "/api/v1/models/create",
            post_with(model::create, |op| describe::<201, Answer<wire::Model>>(op, "create_model", "models", "创建模型")),
        )
        .api_route(
            "/api/v1/models/{id}",
            put_with(model::update, |op| numbered(describe::<200, Answer<wire::Model>>(op, "update_model", "models", "更新模型"))),
        )
        .api_route(
            "/api/v1/models/{id}/status",
            patch_with(model::set_status, |op| {
                numbered(describe::<200, Answer<Option<()>>>(op, "update_model_status", "models", "更新模型状态"))
            }),
        )
}

fn tasks() -> ApiRouter<App> {
    fn one<'t>(op: Op<'t>, id: &'static str, summary: &'static str) -> Op<'t> {
        numbered(describe::<200, Answer<wire::Task>>(op, id, "tasks", summary))
    }
    ApiRouter::new()
        .api_route(
            "/api/v1/tasks",
            post_with(task::submit, |op| describe::<200, Answer<wire::Task>>(op, "submit_task", "tasks", "提交任务")).get_with(
                task::list,
                |op| {
                    docs::query(
                        describe::<200, Answer<wire::Tasks>>(op, "studio_tasks", "tasks", "获取任务列表"),
                        &[
                            PAGES[0],
                            ("page_size", "每页数量，默认 10，最多 100", "integer"),
                            ("creator_id", "按创建者过滤 (仅管理员可用)", "integer"),
                            ("status", "按状态过滤 (1-6)", "integer"),
                        ],
                    )
                },
            ),
        )
        .api_route(
            "/api/v1/tasks/{id}",
            get_with(task::get, |op| one(op, "studio_task", "获取任务详情"))
                .put_with(task::update, |op| one(op, "update_task", "更新任务")),
        )
        .api_route("/api/v1/tasks/{id}/approve", patch_with(task::approve, |op| one(op, "approve_task", "审批任务")))
        .api_route("/api/v1/tasks/{id}/retry", post_with(task::retry, |op| one(op, "retry_task", "重试任务")))
        .api_route("/api/v1/tasks/{id}/cancel", post_with(task::cancel, |op| one(op, "cancel_task", "取消任务")))
}

fn payments() -> ApiRouter<App> {
    fn told<'t>(op: Op<'t>, id: &'static str) -> Op<'t> {
        named(op, "uuid")
            .id(id)
            .tag("payment")
            .summary("支付回调 (公开)：text/plain，success 或 fail")
            .response_with::<200, String, _>(|answer| answer.description("success"))
            .response_with::<400, String, _>(|answer| answer.description("fail"))
    }
    ApiRouter::new()
        .api_route(
            "/api/v1/payment/methods",
            get_with(payment::methods, |op| describe::<200, Answer<Vec<wire::Method>>>(op, "payment_methods", "payment", "获取支付方式")),
        )
        .api_route(
            "/api/v1/payment/create",
            post_with(payment::create, |op| describe::<200, Answer<wire::Jumped>>(op, "create_payment", "payment", "创建支付订单")),
        )
        .api_route(
            "/api/v1/payment/notify/{uuid}",
            get_with(payment::notify, |op| told(op, "notify_by_get"))
                .post_with(payment::notify, |op| told(op, "notify_by_post"))
                .put_with(payment::notify, |op| told(op, "notify_by_put"))
                .patch_with(payment::notify, |op| told(op, "notify_by_patch"))
                .delete_with(payment::notify, |op| told(op, "notify_by_delete")),
        )
}

fn assistance() -> ApiRouter<App> {
    fn template<'t>(op: Op<'t>, id: &'static str, summary: &'static str) -> Op<'t> {
        numbered(describe::<200, Answer<wire::Template>>(op, id, "assistant", summary))
    }
    fn prompt<'t>(op: Op<'t>, id: &'static str, summary: &'static str) -> Op<'t> {
        named(describe::<200, Answer<wire::Prompt>>(op, id, "assistant", summary), "code")
    }
    ApiRouter::new()
        .api_route(
            "/api/v1/common/upload/token",
            get_with(assistant::upload_token, |op| {
                describe::<200, Answer<wire::UploadToken>>(op, "upload_token", "upload", "获取 OSS 上传凭证")
            }),
        )
        .api_route(
            "/api/v1/ai-assistant/analyze",
            post_with(assistant::analyze, |op| describe::<200, Answer<wire::Analyzed>>(op, "analyze", "assistant", "分析图片生成提示词")),
        )
        .api_route(
            "/api/v1/ai-assistant/templates",
            get_with(assistant::templates, |op| {
                let op =
                    docs::query(describe::<200, Answer<wire::Templates>>(op, "templates", "assistant", "模板列表：公开的与自己的"), &PAGES);
                docs::query(op, &[("type", "public, private", "string"), ("search", "按名称过滤", "string")])
            })
            .post_with(assistant::create_template, |op| {
                describe::<201, Answer<wire::Template>>(op, "create_template", "assistant", "创建模板；公开的仅管理员")
            }),
        )
        .api_route(
            "/api/v1/ai-assistant/templates/{id}",
            get_with(assistant::template, |op| template(op, "template", "模板详情"))
                .put_with(assistant::update_template, |op| template(op, "update_template", "更新模板"))
                .delete_with(assistant::delete_template, |op| {
                    numbered(describe::<200, Answer<Option<()>>>(op, "delete_template", "assistant", "删除模板"))
                }),
        )
        .api_route(
            "/api/v1/ai-assistant/prompts",
            get_with(assistant::prompts, |op| {
                docs::query(describe::<200, Answer<wire::Prompts>>(op, "prompts", "assistant", "提示词列表 (仅管理员)"), &PAGES)
            })
            .post_with(assistant::create_prompt, |op| {
                describe::<201, Answer<Option<wire::Prompt>>>(op, "create_prompt", "assistant", "创建提示词 (仅管理员)")
            }),
        )
        .api_route(
            "/api/v1/ai-assistant/prompts/batch",
            post_with(assistant::create_prompts, |op| {
                describe::<201, Answer<Vec<wire::Prompt>>>(op, "create_prompts", "assistant", "批量创建提示词 (仅管理员)")
            }),
        )
        .api_route(
            "/api/v1/ai-assistant/prompts/{code}",
            get_with(assistant::prompt, |op| prompt(op, "prompt", "提示词详情 (仅管理员)"))
                .put_with(assistant::update_prompt, |op| prompt(op, "update_prompt", "更新提示词 (仅管理员)"))
                .delete_with(assistant::delete_prompt, |op| {
                    named(describe::<200, Answer<Option<()>>>(op, "delete_prompt", "assistant", "删除提示词 (仅管理员)"), "code")
                }),
        )
}

fn administration() -> ApiRouter<App> {
    fn done<'t>(op: Op<'t>, id: &'static str, summary: &'static str) -> Op<'t> {
        numbered(describe::<200, Answer<Option<()>>>(op, id, "admin", summary))
    }
    fn order<'t>(op: Op<'t>, id: &'static str, summary: &'static str) -> Op<'t> {
        named(describe::<200, Answer<wire::OrderMade>>(op, id, "admin", summary), "id")
    }
    fn detail<'t>(op: Op<'t>, id: &'static str, summary: &'static str) -> Op<'t> {
        named(describe::<200, Answer<wire::OrderDetail>>(op, id, "admin", summary), "id")
    }
    ApiRouter::new()
        .api_route(
            "/api/v1/admin/users",
            get_with(admin::users, |op| {
                let op = docs::query(describe::<200, Answer<wire::Users>>(op, "users", "admin", "获取用户列表"), &PAGES);
                docs::query(
                    op,
                    &[
                        ("is_active", "按激活状态过滤", "boolean"),
                        ("created_after", "创建时间起始 (RFC3339)", "string"),
                        ("created_before", "创建时间结束 (RFC3339)", "string"),
                        ("username", "按名称过滤", "string"),
                        ("role", "admin, user", "string"),
                    ],
                )
            }),
        )
        .api_route(
            "/api/v1/admin/users/{id}",
            patch_with(admin::update_user, |op| numbered(describe::<200, Answer<wire::UserItem>>(op, "update_user", "admin", "更新用户")))
                .delete_with(admin::delete_user, |op| done(op, "delete_user", "删除用户")),
        )
        .api_route(
            "/api/v1/admin/users/{id}/balance",
            post_with(admin::adjust, |op| numbered(describe::<200, Answer<wire::UserItem>>(op, "adjust_balance", "admin", "调整用户余额"))),
        )
        .api_route(
            "/api/v1/admin/transactions",
            get_with(ledger::list, |op| {
                docs::query(
                    docs::query(describe::<200, Answer<wire::Transactions>>(op, "transactions", "admin", "获取交易列表"), &PAGES),
                    &ENTRIES,
                )
            }),
        )
        .api_route(
            "/api/v1/admin/transactions/export",
            get_with(ledger::export, |op| {
                let op = docs::describe_refusals::<wire::Failure>(op, "export_transactions", "admin", "导出交易记录：CSV 文件下载");
                docs::query(docs::download(op, "text/csv", "CSV"), &ENTRIES)
            }),
        )
        .api_route(
            "/api/v1/admin/payment/config",
            get_with(admin::methods, |op| {
                describe::<200, Answer<Vec<wire::PaymentConfig>>>(op, "payment_configs", "admin", "获取支付配置列表")
            })
            .post_with(admin::create_method, |op| {
                describe::<200, Answer<wire::PaymentConfigMade>>(op, "create_payment_config", "admin", "创建支付配置")
            }),
        )
        .api_route(
            "/api/v1/admin/payment/config/{id}",
            put_with(admin::update_method, |op| {
                numbered(describe::<200, Answer<wire::PaymentConfig>>(op, "update_payment_config", "admin", "更新支付配置"))
            })
            .delete_with(admin::delete_method, |op| done(op, "delete_payment_config", "删除支付配置")),
        )
        .api_route(
            "/api/v1/admin/orders",
            get_with(admin::orders, |op| {
                let op = docs::query(describe::<200, Answer<wire::Orders>>(op, "orders", "admin", "订单列表"), &PAGES);
                docs::query(
                    op,
                    &[
                        ENTRIES[0],
                        ("status", "pending, paid, cancelled, expired", "string"),
                        ("order_type", "payment, manual", "string"),
                        ENTRIES[2],
                        ENTRIES[3],
                        ENTRIES[4],
                        ENTRIES[5],
                    ],
                )
            })
            .post_with(admin::create_order, |op| describe::<200, Answer<wire::OrderMade>>(op, "create_order", "admin", "手动创建订单")),
        )
        .api_route("/api/v1/admin/orders/{id}", get_with(admin::order, |op| detail(op, "order", "订单详情与时间线")))
        .api_route("/api/v1/admin/orders/{id}/complete", post_with(admin::complete_order, |op| order(op, "complete_order", "手动完成订单")))
        .api_route("/api/v1/admin/orders/{id}/cancel", post_with(admin::cancel_order, |op| order(op, "cancel_order", "取消订单")))
        .api_route("/api/v1/admin/orders/{id}/recheck", post_with(admin::recheck_order, |op| detail(op, "recheck_order", "再次询问网关")))
        .api_route(
            "/api/v1/admin/audit",
            get_with(admin::acts, |op| {
                let op = docs::query(describe::<200, Answer<wire::Acts>>(op, "audit", "admin", "审计日志：谁做了什么"), &PAGES);
                docs::query(op, &[("user_id", "按操作者过滤", "integer")])
            }),
        )
}
