//! The assistant: a picture becomes a prompt.
//!
//! Why a picture cannot be had is never told, and how long it takes to say so tells little: the address may be anybody's.

use std::time::Duration;

use bytes::Bytes;
use domain::{
    id::TemplateId,
    refusal::{Problem, Refusal},
    window::Rule,
};
use futures_util::TryStreamExt;
use ports::{vision::Question, web::Request};

use crate::{
    Engine, Error, Fault,
    limit::{self, Counted},
    session::Caller,
    template, upload,
};

/// The largest picture in bytes.
const MOST_BYTES: usize = 20 << 20;
/// The most pixels of a picture.
const MOST_PIXELS: u64 = 50_000_000;
/// How long a picture may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest instructions that a user may write, in characters.
const MOST_PROMPT: usize = 4000;
/// Pictures an hour and account.
const MOST_LOOKS: Rule = Rule::hourly(120);
/// A refusal takes a whole number of these.
const CLASS: Duration = Duration::from_secs(1);

/// What the built-in template asks for.
const ECOMMERCE: &str = "你是电商短视频导演。看图写一段可直接用于 AI 视频生成的提示词：先一句话点明商品和卖点，再写画面（主体、材质、颜色、光线、背景）、镜头运动、\
    节奏与氛围，最后给出英文关键词一行。只写看得见的东西，不编造品牌、价格与功效；图中若有文字，原样引用。";

/// What is asked of the assistant.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Where the picture is.
    pub url: String,
    /// The template's name or number, or `custom`.
    pub template: String,
    /// What to write, for `custom`.
    pub prompt: String,
}

/// Looks at a picture and writes what its template asks for.
///
/// # Errors
/// [`Refusal::UnknownTemplate`], [`Refusal::UnusablePicture`], [`Refusal::Upstream`], [`Refusal::TooOften`], [`Refusal::Invalid`].
pub async fn analyze(engine: &Engine, caller: &Caller, wish: Wish) -> Result<String, Error> {
    let instructions = instructions(engine, caller, &wish).await?;
    limit::count(engine, caller.account, Counted::Looks, MOST_LOOKS)?;
    // A decoded picture is large: no more of them at once than there are cores.
    let _place = engine.looking.acquire().await.map_err(|_| Fault::Closed)?;
    let began = tokio::time::Instant::now();
    let Some((picture, media_type)) = picture(engine, caller, &wish.url).await else {
        let spent = began.elapsed();
        let classes = u32::try_from(spent.as_millis() / CLASS.as_millis() + 1).unwrap_or(1);
        tokio::time::sleep(CLASS * classes - spent).await;
        return Err(Refusal::UnusablePicture.into());
    };
    engine.reach.vision.look(Question { instructions, picture, media_type }).await.map_err(|fault| {
        tracing::warn!(%fault, "the assistant could not look at a picture");
        Refusal::Upstream.into()
    })
}

async fn instructions(engine: &Engine, caller: &Caller, wish: &Wish) -> Result<String, Error> {
    let name = wish.template.trim();
    if name == "custom" {
        let length = wish.prompt.chars().count();
        return match () {
            () if wish.prompt.trim().is_empty() => Err(Refusal::Invalid { field: "prompt", problem: Problem::Missing }.into()),
            () if length > MOST_PROMPT => Err(Refusal::Invalid { field: "prompt", problem: Problem::TooLong(MOST_PROMPT as u64) }.into()),
            () => Ok(wish.prompt.clone()),
        };
    }
    let unknown = || Error::from(Refusal::UnknownTemplate(name.chars().filter(|c| !c.is_control()).take(100).collect()));
    if name.is_empty() {
        return Err(unknown());
    }
    if let Some(text) = engine.settings.templates.get(name) {
        return Ok(text.clone());
    }
    if name == "ecommerce" {
        return Ok(ECOMMERCE.to_owned());
    }
    if let Ok(number) = name.parse::<i64>() {
        return template::get(engine, caller, TemplateId(number)).await.map(|template| template.content).map_err(|error| match error {
            Error::Refused(_) => unknown(),
            Error::Fault(_) => error,
        });
    }
    let key = (caller.account, name.replace('\0', ""));
    let found = engine.db.read(key, |tx, (account, name)| Box::pin(async move { Ok(store::template::by_name(tx, *account, name).await?) }));
    found.await?.map(|template| template.content).ok_or_else(unknown)
}

/// A picture and its media type; none for everything that is none or may not be had.
async fn picture(engine: &Engine, caller: &Caller, url: &str) -> Option<(Bytes, &'static str)> {
    let bytes = match upload::own_object(engine, caller.account, url) {
        Some(object) => own(engine, &object).await?,
        None => {
            let reply = engine.reach.strangers.send(Request::get(url, MOST_BYTES, PATIENCE)).await;
            let reply = reply.inspect_err(|fault| tracing::info!(%fault, "a picture cannot be had")).ok()?;
            Some(reply).filter(|reply| reply.status == 200)?.body
        }
    };
    let media_type = tokio::task::spawn_blocking({
        let bytes = bytes.clone();
        move || examined(&bytes)
    });
    Some((bytes, media_type.await.ok()??))
}

/// A picture that the caller uploaded here: it is not open to the world, and need not be.
async fn own(engine: &Engine, object: &str) -> Option<Bytes> {
    let size = engine.storage.size(object).await.ok()?.filter(|size| *size <= MOST_BYTES as u64)?;
    let pieces: Vec<Bytes> = engine.storage.read(object, 0..size).await.ok()?.try_collect().await.ok()?;
    Some(Bytes::from(pieces.concat()))
}

/// The media type of a picture by its first bytes, if it is one of bounded size that can be drawn.
fn examined(bytes: &[u8]) -> Option<&'static str> {
    let reader = image::ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format().ok()?;
    let media_type = match reader.format()? {
        image::ImageFormat::Png => "image/png",
        image::ImageFormat::Jpeg => "image/jpeg",
        image::ImageFormat::WebP => "image/webp",
        image::ImageFormat::Gif => "image/gif",
        _ => return None,
    };
    let (width, height) = reader.into_dimensions().ok()?;
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return None;
    }
    // Whole, too: what begins like a picture and is none is refused like everything else.
    let mut reader = image::ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format().ok()?;
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MOST_PIXELS * 5);
    reader.limits(limits);
    reader.decode().ok().map(|_| media_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e30_only_pictures_of_bounded_size_are_looked_at() {
        // A PNG's head that announces 65,535 by 65,535.
        let mut vast = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        vast.extend(65_535_u32.to_be_bytes());
        vast.extend(65_535_u32.to_be_bytes());
        vast.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
        for bad in [
            &b""[..],
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"<!doctype html>",
            b"\x89PNG\r\n\x1a\n",
            &vast,
            b"GIF89a",
            b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x03\0\0\0\x02\x08\x02\0\0\0",
        ] {
            assert_eq!(examined(bad), None, "{:?}", &bad[..bad.len().min(20)]);
        }
        let mut good = std::io::Cursor::new(Vec::new());
        image::DynamicImage::new_rgb8(3, 2).write_to(&mut good, image::ImageFormat::Png).unwrap();
        assert_eq!(examined(good.get_ref()), Some("image/png"));
    }
}
