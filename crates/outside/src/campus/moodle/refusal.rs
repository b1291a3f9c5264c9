//! What a site's refusals mean (docs/surfaces/campus.md, What an answer means; seen on Moodle 4.4).

use ports::campus::CampusError;

use super::wire::Refusal;

/// The message about a site without web services.
pub(super) const OFF: &str = "该站点没有开放 Moodle 网络服务，请联系站点管理员";
const MAINTENANCE: &str = "学习平台正在维护";

/// The error for an answer that does not come from the web services.
pub(super) fn nonsense() -> CampusError {
    CampusError::away("学习平台返回了无法识别的数据，可能正在维护")
}

/// The error for a site that refused before it checked name and password, which may still be right.
pub(super) fn unjudged(error: CampusError) -> CampusError {
    match error {
        CampusError::SignInRefused(why) => CampusError::Unavailable(why),
        other => other,
    }
}

/// Why a sign-in was refused (docs/surfaces/campus.md, What an answer means).
pub(super) fn sign_in(refusal: &Refusal) -> CampusError {
    let refused = |text: &str| CampusError::SignInRefused(text.to_owned());
    match refusal.errorcode.as_str() {
        "invalidlogin" => refused("用户名或密码错误，或账号已被锁定"),
        "missingparam" => refused("用户名或密码为空"),
        "servicenotavailable" | "enablewsdescription" => CampusError::Unavailable(OFF.to_owned()),
        "sitemaintenance" => CampusError::away(MAINTENANCE),
        "requirecorrectaccess" | "redirecterrordetected" => wrong_address(),
        "usernotconfirmed" => refused("该账号尚未通过邮件确认"),
        "passwordisexpired" | "restoredaccountresetpassword" => refused("密码已过期，请先在学习平台上修改"),
        "noguest" => refused("访客账号不能使用"),
        "cannotcreatetoken" => refused("该账号没有使用网络服务的权限"),
        _ => blocked(refusal).map_or_else(|| refused("学习平台拒绝了登录"), refused),
    }
}

/// The error for a site that is called by an address other than its own.
pub(super) fn wrong_address() -> CampusError {
    CampusError::Unavailable("该站点的正式地址与所填的不同，请填写在浏览器中打开它时地址栏显示的地址".to_owned())
}

/// What the account's owner must do first, if a refusal says that the account is blocked: for every function, or for every course.
pub(super) fn blocked(refusal: &Refusal) -> Option<&'static str> {
    let told = |word: &str| refusal.errorcode == word || [&refusal.message, &refusal.error].iter().any(|text| text.contains(word));
    let inside = refusal.errorcode == "errorcoursecontextnotvalid";
    match refusal.errorcode.as_str() {
        "wsaccessusersuspended" => Some("账号已被学习平台停用，请联系站点管理员"),
        "wsaccessuserdeleted" => Some("账号已被学习平台删除，请联系站点管理员"),
        "wsaccessuserunconfirmed" => Some("账号尚未通过邮件确认，请先完成确认"),
        "wsaccessuserexpired" => Some("账号的密码已过期，请先在学习平台上修改密码"),
        "wsaccessusernologin" => Some("账号被学习平台禁止登录，请联系站点管理员"),
        "forcepasswordchangenotice" => Some(MUST_CHANGE),
        "sitepolicynotagreed" => Some(MUST_AGREE),
        _ if inside && told("forcepasswordchangenotice") => Some(MUST_CHANGE),
        _ if inside && told("sitepolicynotagreed") => Some(MUST_AGREE),
        _ => None,
    }
}

const MUST_CHANGE: &str = "学习平台要求先修改密码，请登录学习平台修改后重新启动任务";
const MUST_AGREE: &str = "学习平台要求先同意站点协议，请登录学习平台同意后重新启动任务";

/// Why a call was refused (docs/surfaces/campus.md, What an answer means). Blocked accounts, and `accessexception`, are handled before.
pub(super) fn call(function: &str, refusal: &Refusal) -> CampusError {
    let unavailable = |text: &str| CampusError::Unavailable(text.to_owned());
    match refusal.errorcode.as_str() {
        "invalidtoken" | "accessexception" => CampusError::TokenRejected,
        "errorcoursecontextnotvalid" => CampusError::CourseUnavailable("已不在这门课程中".to_owned()),
        "requireloginerror" => unavailable("内容尚未开放或受到限制"),
        "invalidrecord" | "invalidcoursemodule" => unavailable("内容已不存在"),
        "nopermissions" | "nocriteriaset" => unavailable("没有查看权限"),
        "sitemaintenance" => CampusError::away(MAINTENANCE),
        "servicenotavailable" | "enablewsdescription" => CampusError::Unavailable(OFF.to_owned()),
        code => {
            let code: String = code.chars().filter(char::is_ascii_alphanumeric).take(60).collect();
            tracing::warn!(function, code, "a Moodle site refused a call");
            CampusError::UnknownRefusal(format!("学习平台拒绝了请求（{code}）"))
        }
    }
}
