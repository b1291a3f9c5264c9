//! What helps with a task: keys to upload files by oneself, the assistant that looks at pictures, and a learner's courses.

use aide::axum::{
    ApiRouter,
    routing::{get_with, post_with},
};
use axum::{Json, extract::State, http::StatusCode};
use engine::{
    assistant::{self, PictureQuestion},
    campus, upload,
};

use super::{Body, Caller, Refusing, describe, wire};
use crate::http::App;

pub(super) fn routes() -> ApiRouter<App> {
    const TAG: &str = "help";
    ApiRouter::new()
        .api_route(
            "/gongfang/v1/uploads",
            post_with(grant, |op| {
                describe::<201, wire::UploadGrant>(op, "upload_create", TAG, "Keys to upload files with, for a quarter of an hour")
            }),
        )
        .api_route(
            "/gongfang/v1/assistant/looks",
            post_with(look, |op| describe::<200, wire::Seen>(op, "look_create", TAG, "Have a picture looked at")),
        )
        .api_route(
            "/gongfang/v1/courses",
            get_with(courses, |op| {
                describe::<200, wire::Items<wire::CourseShown>>(op, "course_list", TAG, "One's courses at one's learning platform")
            }),
        )
}

async fn grant(State(app): State<App>, caller: Caller) -> Result<(StatusCode, Json<wire::UploadGrant>), Refusing> {
    Ok((StatusCode::CREATED, Json(wire::UploadGrant::of(&upload::grant(&app.engine, &caller.0).await?))))
}

async fn look(State(app): State<App>, caller: Caller, body: Body<wire::Look>) -> Result<Json<wire::Seen>, Refusing> {
    let asked = PictureQuestion { url: body.0.url, template: body.0.template, prompt: body.0.prompt };
    Ok(Json(wire::Seen { text: assistant::analyze(&app.engine, &caller.0, asked).await? }))
}

async fn courses(State(app): State<App>, caller: Caller) -> Result<Json<wire::Items<wire::CourseShown>>, Refusing> {
    let courses = campus::courses(&app.engine, caller.0.account).await?;
    Ok(Json(wire::Items { items: courses.iter().map(wire::CourseShown::of).collect() }))
}
