//! Pages of the stand-ins: whole, escaped, with one style sheet and no script.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

const STYLE: &str = "
:root { color-scheme: light dark; font-family: 'PingFang SC', 'Noto Sans CJK SC', 'Microsoft YaHei', system-ui, sans-serif; }
body { margin: 0; display: grid; place-items: center; min-height: 100vh; background: #f2f4f7; color: #1c2733; }
main { width: min(26rem, 92vw); background: #fff; border-radius: 1rem; padding: 2rem; box-shadow: 0 1rem 3rem #0f1e3514; }
h1 { font-size: 1.1rem; margin: 0 0 .3rem; } .note { color: #66758a; font-size: .85rem; margin: 0 0 1.5rem; }
.money { font-size: 2.6rem; font-weight: 600; margin: .5rem 0 1rem; } dl { display: grid; grid-template-columns: auto 1fr; gap: .4rem 1rem; margin: 0 0 1.5rem; }
dt { color: #66758a; } dd { margin: 0; overflow-wrap: anywhere; text-align: right; }
form { display: grid; gap: .6rem; } input { font: inherit; padding: .7rem; border-radius: .6rem; border: 1px solid #cdd5e0; background: transparent; color: inherit; }
a.button { display: block; } .course { display: grid; grid-template-columns: 1fr 6rem 3rem; gap: .8rem; align-items: center; margin: 0 0 .7rem; } .course progress { width: 100%; }
.lesson { border-top: 1px solid #8882; padding: .7rem 0; } .lesson p { margin: .4rem 0 0; line-height: 1.7; } .lesson audio { width: 100%; margin-top: .5rem; } .state { float: right; color: #66758a; }
button, a.button { font: inherit; padding: .75rem; border-radius: .6rem; border: 1px solid #cdd5e0; background: transparent; color: inherit; cursor: pointer; text-align: center; text-decoration: none; }
button.main, a.main { background: #1668dc; border-color: #1668dc; color: #fff; } .good { color: #14804a; } .bad { color: #c0392b; }
@media (prefers-color-scheme: dark) { body { background: #10161f; color: #e6ecf5; } main { background: #1a222e; } dt, .note { color: #93a2b8; } button { border-color: #3a4658; } }
";

/// The style sheet.
pub(super) async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

/// A text as it may stand in a page, between tags and in attributes.
pub(super) fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, c| {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
        escaped
    })
}

/// A page; what it is made of is escaped already.
pub(super) fn page(status: StatusCode, title: &str, main: &str) -> Response {
    let title = escaped(title);
    let html = format!(
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><link rel=\"stylesheet\" href=\"/sandbox/style.css\"></head><body><main>{main}</main></body></html>"
    );
    let mut answer = (status, [(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))], html).into_response();
    let policy = "default-src 'none'; style-src 'self'; media-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x08_markup_is_text() {
        assert_eq!(escaped("<script>alert('1\"&')"), "&lt;script&gt;alert(&#39;1&quot;&amp;&#39;)");
    }
}
