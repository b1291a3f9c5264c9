//! The assistant: a picture becomes a prompt.
//!
//! The reason why a picture is not available is never revealed, and the time until the refusal reveals little: the URL may point
//! anywhere.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use domain::{id::TemplateId, problem::Problem, refusal::Refusal, window::Rule};
use futures_util::TryStreamExt;
use ports::{vision::Question, web::Request};

use crate::{
    Engine, Error, Fault,
    limit::{self, Counted},
    session::Caller,
    template, upload,
};

/// The largest picture in bytes.
const MAX_BYTES: usize = 20 << 20;
/// The most pixels of a picture.
const MAX_PIXELS: u64 = 50_000_000;
/// The most bytes that the header of a picture may unpack to, colour profiles and other metadata included.
const MAX_HEAD_BYTES: u64 = 16 << 20;
/// How long a picture may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest instructions that a user may write, in characters.
const MAX_PROMPT: usize = 4000;
/// Pictures per hour and account.
const MAX_LOOKS: Rule = Rule::hourly(120);
/// The time that a refusal takes is a multiple of this.
const CLASS: Duration = Duration::from_secs(1);

/// What the built-in template asks for.
const ECOMMERCE: &str = "你是电商短视频导演。看图写一段可直接用于 AI 视频生成的提示词：先一句话点明商品和卖点，再写画面（主体、材质、颜色、光线、背景）、镜头运动、\
    节奏与氛围，最后给出英文关键词一行。只写看得见的东西，不编造品牌、价格与功效；图中若有文字，原样引用。";

/// A question to the assistant.
#[derive(Debug, Clone)]
pub struct PictureQuestion {
    /// The picture's URL.
    pub url: String,
    /// The template's name or id, or `custom`.
    pub template: String,
    /// What to write, for `custom`.
    pub prompt: String,
}

/// Looks at a picture and writes what its template asks for.
///
/// # Errors
/// [`Refusal::UnknownTemplate`], [`Refusal::UnusablePicture`], [`Refusal::Upstream`], [`Refusal::TooOften`], [`Refusal::Invalid`].
pub async fn analyze(engine: &Engine, caller: &Caller, asked: PictureQuestion) -> Result<String, Error> {
    let instructions = instructions(engine, caller, &asked).await?;
    limit::count(engine, caller.account, Counted::Looks, MAX_LOOKS)?;
    // A picture is in memory as a whole while it is looked at.
    let _place = engine.looking.acquire().await.map_err(|_| Fault::Closed)?;
    let began = tokio::time::Instant::now();
    match described(engine, caller, &asked.url, instructions).await {
        Ok(text) => Ok(text),
        Err(Some(fault)) => {
            tracing::warn!(%fault, "the assistant could not look at a picture");
            Err(Refusal::Upstream.into())
        }
        Err(None) => {
            let spent = began.elapsed();
            let classes = u32::try_from(spent.as_millis() / CLASS.as_millis() + 1).unwrap_or(1);
            tokio::time::sleep(CLASS * classes - spent).await;
            Err(Refusal::UnusablePicture.into())
        }
    }
}

/// What is written about a picture.
///
/// # Errors
/// The vision model's fault; `None` if the picture is not available or is not a picture.
async fn described(engine: &Engine, caller: &Caller, url: &str, instructions: String) -> Result<String, Option<ports::fault::Fault>> {
    let picture = picture(engine, caller, url).await.ok_or(None)?;
    let (media_type, most_bytes) = recognised(&picture).ok_or(None)?;
    let question = Question { instructions, picture: picture.clone(), media_type };
    // The permit outlives a caller who disconnects, because unpacking cannot be stopped.
    let room = Arc::clone(&engine.unpacking).acquire_owned().await.map_err(|_| None)?;
    if engine.reach.vision.unpacks() {
        let vision = Arc::clone(&engine.reach.vision);
        let looked = tokio::spawn(async move {
            let _room = room;
            vision.look(question).await
        });
        let looked = looked.await.map_err(|error| Some(ports::fault::Fault::passing(format!("look: {error}"))))?;
        return looked.map_err(|fault| fault.may_pass().then_some(fault));
    }
    // Something that begins like a picture but is not one is not passed on to the model.
    let whole = tokio::task::spawn_blocking(move || {
        let _room = room;
        reader(&picture, most_bytes).is_some_and(|reader| reader.decode().is_ok())
    });
    if !whole.await.unwrap_or(false) {
        return Err(None);
    }
    engine.reach.vision.look(question).await.map_err(Some)
}

async fn instructions(engine: &Engine, caller: &Caller, asked: &PictureQuestion) -> Result<String, Error> {
    let name = asked.template.trim();
    if name == "custom" {
        let length = asked.prompt.chars().count();
        return if asked.prompt.trim().is_empty() {
            Err(Refusal::Invalid { field: "prompt", problem: Problem::Missing }.into())
        } else if length > MAX_PROMPT {
            Err(Refusal::Invalid { field: "prompt", problem: Problem::TooLong(MAX_PROMPT as u64) }.into())
        } else {
            Ok(asked.prompt.clone())
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
    let account = caller.account;
    let name = name.replace('\0', "");
    let found = engine.db.read(async move |tx| Ok(store::template::by_name(tx, account, &name).await?));
    found.await?.map(|template| template.content).ok_or_else(unknown)
}

/// A picture; `None` if it is not available.
async fn picture(engine: &Engine, caller: &Caller, url: &str) -> Option<Bytes> {
    match upload::object::own_file(engine, caller.account, url).await {
        Some(object) => own(engine, &object).await,
        None => {
            let reply = engine.reach.strangers.send(Request::get(url, MAX_BYTES, PATIENCE)).await;
            let reply = reply.inspect_err(|fault| tracing::info!(%fault, "a picture cannot be had")).ok()?;
            Some(reply).filter(|reply| reply.status == 200).map(|reply| reply.body)
        }
    }
}

/// A picture that the caller uploaded here; it need not be publicly accessible.
async fn own(engine: &Engine, object: &str) -> Option<Bytes> {
    let size = engine.storage.size(object).await.ok()?.filter(|size| *size <= MAX_BYTES as u64)?;
    let pieces: Vec<Bytes> = engine.storage.read(object, 0..size).await.ok()?.try_collect().await.ok()?;
    Some(Bytes::from(pieces.concat()))
}

/// A reader with limits that are set before the first byte is read: metadata may be compressed as well as pixels.
fn reader(bytes: &[u8], most_bytes: u64) -> Option<image::ImageReader<std::io::Cursor<&[u8]>>> {
    let mut reader = image::ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format().ok()?;
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(most_bytes);
    reader.limits(limits);
    Some(reader)
}

/// The media type of a picture by its header, and the bytes that it may unpack to; `None` if it is not a picture or is too large.
fn recognised(bytes: &[u8]) -> Option<(&'static str, u64)> {
    let head = reader(bytes, MAX_HEAD_BYTES)?;
    let media_type = match head.format()? {
        image::ImageFormat::Png => "image/png",
        image::ImageFormat::Jpeg => "image/jpeg",
        image::ImageFormat::WebP => "image/webp",
        image::ImageFormat::Gif => "image/gif",
        _ => return None,
    };
    let (width, height) = head.into_dimensions().ok()?;
    let pixels = u64::from(width) * u64::from(height);
    (pixels <= MAX_PIXELS).then_some((media_type, (pixels * 8).min(MAX_PIXELS * 4) + MAX_HEAD_BYTES))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usable(bytes: &[u8]) -> Option<&'static str> {
        let (media_type, most_bytes) = recognised(bytes)?;
        reader(bytes, most_bytes)?.decode().ok().map(|_| media_type)
    }

    fn png() -> Vec<u8> {
        let mut good = std::io::Cursor::new(Vec::new());
        image::DynamicImage::new_rgb8(3, 2).write_to(&mut good, image::ImageFormat::Png).unwrap();
        good.into_inner()
    }

    #[test]
    fn e30_only_pictures_of_bounded_size_are_looked_at() {
        // A PNG header that announces 65,535 by 65,535.
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
            assert_eq!(usable(bad), None, "{:?}", &bad[..bad.len().min(20)]);
        }
        assert_eq!(usable(&png()), Some("image/png"));
    }

    #[test]
    fn metadata_that_unpacks_to_much_is_not_unpacked() {
        let chunk = |kind: &[u8; 4], data: &[u8]| {
            let mut sum = flate2::Crc::new();
            sum.update(kind);
            sum.update(data);
            let length = u32::try_from(data.len()).unwrap().to_be_bytes();
            [&length[..], kind, data, &sum.sum().to_be_bytes()].concat()
        };
        let packed = |size: usize| {
            let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
            for _ in 0..size.div_ceil(1 << 20) {
                std::io::Write::write_all(&mut packer, &[0; 1 << 20]).unwrap();
            }
            packer.finish().unwrap()
        };
        let good = png();
        // After the signature and IHDR.
        let (head, rest) = good.split_at(33);
        // The peak memory of this process, in KiB.
        let peak = || {
            let status = std::fs::read_to_string("/proc/self/status").unwrap();
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
            line.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap()
        };
        for (kind, before) in [(b"iCCP", &b"x\0\0"[..]), (b"zTXt", b"x\0\0"), (b"iTXt", b"x\0\x01\0\0\0")] {
            let picture = |size: usize| [head, &chunk(kind, &[before, &packed(size)].concat()), rest].concat();
            assert_eq!(usable(&picture(1000)), Some("image/png"));
            let (bomb, before) = (picture(600 << 20), peak());
            assert!(bomb.len() < 8 << 20);
            // Metadata may be left out, but it must not be unpacked.
            let _ = usable(&bomb);
            assert!(peak() - before < 128 << 10, "{}", String::from_utf8_lossy(kind));
        }
    }
}
