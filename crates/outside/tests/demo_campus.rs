//! The connector to the demo campus of development.

use std::sync::Arc;

use bytes::Bytes;
use domain::course::{Item, Sort, Stand};
use doubles::StubWeb;
use outside::campus::Demo;
use ports::{
    campus::{Campus, CampusError, Playing, Token},
    web::Reply,
};

/// Stops at the first second.
struct Stopping;

#[async_trait::async_trait]
impl Playing for Stopping {
    async fn played(&self, _at_s: i64, _of_s: i64) -> Result<(), CampusError> {
        Err(CampusError::Stopped)
    }
}

#[tokio::test]
async fn what_is_cut_short_is_not_counted_as_watched() {
    let web =
        Arc::new(StubWeb::new(|_| Ok(Reply { status: 206, content_type: "audio/wav".to_owned(), body: Bytes::new(), ..Reply::default() })));
    let demo = Demo { web: web.clone(), base: "http://demo".to_owned() };
    let video = Item { id: "1".into(), title: "x".into(), sort: Sort::Video, stand: Stand::Open, played: Some((3, 9)) };
    let token = Token { site: String::new(), secret: "t".to_owned() };
    assert_eq!(demo.work(&token, "1", &video, &Stopping).await, Err(CampusError::Stopped));
    assert!(web.asked().is_empty(), "nothing is fetched before it was played");
}
