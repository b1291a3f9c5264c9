//! The real providers against a stand-in that speaks their protocol, faults included.
#![allow(clippy::disallowed_methods, reason = "a test measures real time and reads its environment")]

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use futures_util::stream;
use outside::{
    ai::{Images, ImagesApi, OpenAiScript, OpenAiSpeech, OpenAiVision, Provider},
    egress::{Egress, Policy},
};
use ports::{
    fault::Fault,
    film::{Age, Aspect, Being, Brief, Character, Gender, Language, SpokenLanguage, Style},
    image::{ImageModel, Picture, Subject},
    script::ScriptModel,
    speech::{Line, Sound, SpeechModel},
    vision::{Question, Vision},
};
use serde_json::{Value, json};

/// What the stand-in does when it is called.
#[derive(Clone)]
enum Does {
    Answer(Value),
    Bytes(&'static str, Vec<u8>),
    Status(u16, Option<&'static str>),
    Html,
    CutOff,
    Endless,
    Slow,
    /// The answers in turn.
    InTurn(Vec<Value>),
}

#[derive(Clone)]
struct Standin {
    does: Does,
    calls: Arc<AtomicUsize>,
    seen: Arc<Mutex<Vec<(HeaderMap, Value)>>>,
}

async fn answer(State(standin): State<Standin>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let call = standin.calls.fetch_add(1, Ordering::SeqCst);
    standin.seen.lock().unwrap().push((headers, body));
    match standin.does {
        Does::Answer(value) => Json(value).into_response(),
        Does::Bytes(kind, bytes) => ([("content-type", kind)], bytes).into_response(),
        Does::Status(status, retry_after) => {
            let mut answer = (StatusCode::from_u16(status).unwrap(), "{\"error\":\"sk-very-secret in the body\"}").into_response();
            if let Some(seconds) = retry_after {
                answer.headers_mut().insert("retry-after", seconds.parse().unwrap());
            }
            answer
        }
        Does::Html => ([("content-type", "text/html")], "<html>bad gateway</html>").into_response(),
        Does::CutOff => ([("content-type", "application/json")], "{\"data\": [{\"b64_json\": \"iVBO").into_response(),
        Does::Endless => Body::from_stream(stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 65_536]))).into_response(),
        Does::Slow => std::future::pending().await,
        Does::InTurn(values) => Json(values[call.min(values.len() - 1)].clone()).into_response(),
    }
}

/// A stand-in on a free port, and a provider that reaches it.
async fn standin(does: Does) -> (Provider, Standin) {
    // Only an answer that never comes is waited for in vain.
    let deadline = if matches!(does, Does::Slow) { Duration::from_millis(500) } else { Duration::from_secs(60) };
    let standin = Standin { does, calls: Arc::default(), seen: Arc::default() };
    let routes = ["/v1/chat/completions", "/v1/images/generations", "/v1/audio/speech", "/v1/sdapi/v1/txt2img"];
    let router = routes.into_iter().fold(Router::new(), |router, path| router.route(path, post(answer))).with_state(standin.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let policy = Policy { loopback: true, allow: vec![], ports: vec![], deadline, most_bytes: 1 << 20 };
    let provider = Provider {
        egress: Egress::new(policy).unwrap(),
        url,
        key: "sk-very-secret".to_owned(),
        model: "model-x".to_owned(),
        price: 20_000,
        concurrency: 2,
    };
    (provider, standin)
}

fn character() -> Character {
    Character {
        name: "小明".into(),
        aliases: vec![],
        gender: Gender::Male,
        age: Age::Child,
        being: Being::Human,
        species: None,
        group: false,
        looks: "boy, black hair, blue jacket".into(),
        seed: 7,
    }
}

fn portrait(character: &Character) -> Picture<'_> {
    Picture { subject: Subject::Portrait(character), style: Style::Anime, aspect: Aspect::Wide, seed: 7 }
}

fn brief() -> Brief {
    Brief {
        text: "夜里，海边下着雨。小明说：“回家吧。”".into(),
        language: Language::Chinese,
        style: Style::Anime,
        aspect: Aspect::Wide,
        scene_seconds: 5.0,
        voice_speed: 1.0,
        subtitles: true,
    }
}

fn question() -> Question {
    Question { instructions: "Say what you see.".into(), picture: PNG.clone().into(), media_type: "image/png" }
}

/// A picture in some format.
fn encoded(picture: image::DynamicImage, format: image::ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

static PNG: std::sync::LazyLock<Vec<u8>> =
    std::sync::LazyLock::new(|| encoded(image::DynamicImage::new_rgb8(3, 2), image::ImageFormat::Png));

fn faults() -> Vec<(&'static str, Does, bool)> {
    vec![
        ("429", Does::Status(429, Some("7")), true),
        ("500", Does::Status(500, None), true),
        ("503", Does::Status(503, None), true),
        ("401", Does::Status(401, None), false),
        ("400", Does::Status(400, None), false),
        // Accepted, so paid for: to ask again would be to pay again.
        ("HTML", Does::Html, false),
        ("cut off", Does::CutOff, false),
        ("empty", Does::Answer(json!({})), false),
        (
            "wrong type",
            Does::Answer(json!({ "data": [{ "b64_json": 5 }], "images": [5], "choices": [{ "message": { "content": 5 } }] })),
            false,
        ),
        ("endless", Does::Endless, false),
        ("slow", Does::Slow, true),
    ]
}

#[tokio::test]
async fn every_fault_is_told_as_passing_or_lasting_bounded_and_without_secrets() {
    for (name, does, passes) in faults() {
        let began = Instant::now();
        let (provider, _) = standin(does).await;
        let who = character();
        let brief = brief();
        let picture = Images { provider: provider.clone(), api: ImagesApi::OpenAi }.draw(portrait(&who)).await.map(drop);
        let painted = Images { provider: provider.clone(), api: ImagesApi::StableDiffusion }.draw(portrait(&who)).await.map(drop);
        let script = OpenAiScript(provider.clone()).write(&brief).await.map(drop);
        let seen = OpenAiVision(provider.clone()).look(question()).await.map(drop);
        let spoken = OpenAiSpeech(provider)
            .speak(Line { text: "你好", language: SpokenLanguage::Chinese, speaker: None, speed: 1.0 })
            .await
            .map(drop);
        for (engine, outcome) in [("images", picture), ("webui", painted), ("script", script), ("vision", seen), ("speech", spoken)] {
            let fault = outcome.expect_err(name);
            assert_eq!(fault.may_pass(), passes, "{engine} on {name}: {fault}");
            assert!(!fault.to_string().contains("sk-very-secret"), "{engine} on {name}: {fault}");
            if let ("429", Fault::Passing { retry_after, .. }) = (name, &fault) {
                assert_eq!(*retry_after, Some(Duration::from_secs(7)), "{engine}");
            }
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{name} took {:?}", began.elapsed());
    }
}

#[tokio::test]
async fn pictures_are_asked_for_with_the_same_look_each_time() {
    let answer = json!({ "data": [{ "b64_json": BASE64.encode(&*PNG) }] });
    let (provider, standin) = standin(Does::Answer(answer)).await;
    let (who, script) = (character(), storyboard::rules::script(&brief()));
    let model = Images { provider, api: ImagesApi::OpenAi };
    assert_eq!(model.draw(portrait(&who)).await.unwrap(), *PNG);
    model.draw(Picture { subject: Subject::Scene(&script, &script.scenes[0]), ..portrait(&who) }).await.unwrap();
    let seen = standin.seen.lock().unwrap();
    assert_eq!(seen[0].0["authorization"], "Bearer sk-very-secret");
    assert_eq!((&seen[0].1["model"], &seen[0].1["n"], &seen[0].1["size"]), (&json!("model-x"), &json!(1), &json!("1024x1024")));
    assert!(seen[0].1["prompt"].as_str().unwrap().contains("boy, black hair, blue jacket"));
    assert_eq!(seen[1].1["size"], "1536x1024");
    let looks = &script.characters[0].looks;
    assert!(seen[1].1["prompt"].as_str().unwrap().contains(looks.as_str()), "the scene names the character's look");
}

#[tokio::test]
async fn the_webui_is_asked_with_seed_size_and_checkpoint() {
    let (provider, standin) = standin(Does::Answer(json!({ "images": [BASE64.encode(&*PNG)], "info": "{}" }))).await;
    let who = character();
    assert_eq!(Images { provider, api: ImagesApi::StableDiffusion }.draw(portrait(&who)).await.unwrap(), *PNG);
    let seen = standin.seen.lock().unwrap();
    assert_eq!(
        (&seen[0].1["seed"], &seen[0].1["width"], &seen[0].1["override_settings"]["sd_model_checkpoint"]),
        (&json!(7), &json!(768), &json!("model-x"))
    );
}

/// However a picture is spelled and whatever it is made of, it was paid for and is shown.
#[tokio::test]
async fn a_picture_is_read_in_every_spelling() {
    let grey = encoded(image::DynamicImage::new_luma8(3, 2), image::ImageFormat::Png);
    let jpeg = encoded(image::DynamicImage::new_rgb8(3, 2), image::ImageFormat::Jpeg);
    let plain = BASE64.encode(&*PNG);
    for spelled in [
        plain.clone(),
        format!("data:image/png;base64,{plain}"),
        plain.as_bytes().chunks(20).map(|line| std::str::from_utf8(line).unwrap()).collect::<Vec<_>>().join("\r\n"),
        plain.trim_end_matches('=').to_owned(),
        plain.replace('+', "-").replace('/', "_"),
        BASE64.encode(&grey),
        BASE64.encode(&jpeg),
    ] {
        let answer = json!({ "data": [{ "b64_json": spelled }], "images": [spelled] });
        let (provider, standin) = standin(Does::Answer(answer)).await;
        let who = character();
        assert_eq!(Images { provider: provider.clone(), api: ImagesApi::OpenAi }.draw(portrait(&who)).await.unwrap(), *PNG, "{spelled}");
        assert_eq!(Images { provider, api: ImagesApi::StableDiffusion }.draw(portrait(&who)).await.unwrap(), *PNG, "{spelled}");
        assert_eq!(standin.seen.lock().unwrap().len(), 2, "each was asked for once");
    }
}

#[tokio::test]
async fn what_is_no_picture_is_not_shown_to_a_decoder() {
    for bytes in [&b"#EXTM3U\nhttp://127.0.0.1/x"[..], b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff\xe0jpeg", b""] {
        let (provider, _) = standin(Does::Answer(json!({ "data": [{ "b64_json": BASE64.encode(bytes) }] }))).await;
        let who = character();
        assert!(Images { provider, api: ImagesApi::OpenAi }.draw(portrait(&who)).await.is_err());
    }
}

#[tokio::test]
async fn speech_is_asked_for_as_wav_in_a_voice_of_its_own() {
    let sound = Sound { samples: vec![0.0, 0.5, -0.5, 0.0], rate: 24_000 };
    let (provider, standin) = standin(Does::Bytes("audio/wav", sound.to_wav())).await;
    let model = OpenAiSpeech(provider);
    let who = character();
    let line = Line { text: "回家吧。", language: SpokenLanguage::Chinese, speaker: Some(&who), speed: 1.5 };
    let spoken = model.speak(line).await.unwrap();
    assert_eq!((spoken.rate, spoken.samples.len()), (24_000, 2), "trimmed of silence");
    model.speak(Line { speaker: None, ..line }).await.unwrap();
    let seen = standin.seen.lock().unwrap();
    assert_eq!((&seen[0].1["input"], &seen[0].1["speed"], &seen[0].1["response_format"]), (&json!("回家吧。"), &json!(1.5), &json!("wav")));
    assert_ne!(seen[0].1["voice"], seen[1].1["voice"], "the narrator has another voice");
    assert_eq!(model.price(line), 20_000 * 4 / 1000);
}

fn written() -> Value {
    json!({
        "title": "雨夜",
        "characters": [{ "name": "小明", "gender": "male", "age": "child", "looks": "boy in a raincoat" }],
        "scenes": [{
            "cues": [{ "text": "夜里，海边下着雨。", "speaker": null }, { "text": "小明说：", "speaker": null }, { "text": "回家吧。", "speaker": "小明" }],
            "place": "sea", "time": "night", "weather": "rain", "mood": "calm", "framing": "wide", "present": ["小明"], "prop": null, "memory": false, "description": "a beach at night"
        }]
    })
}

fn said(content: &str) -> Value {
    json!({ "choices": [{ "message": { "role": "assistant", "content": content } }] })
}

#[tokio::test]
async fn a_picture_is_shown_whole_beside_the_instructions() {
    let (provider, standin) = standin(Does::Answer(said("  海边的灯塔，\0夜里。 "))).await;
    assert_eq!(OpenAiVision(provider).look(question()).await.unwrap(), "海边的灯塔，夜里。");
    let seen = standin.seen.lock().unwrap();
    let (headers, body) = &seen[0];
    assert_eq!((&headers["authorization"], &body["model"]), (&"Bearer sk-very-secret".parse().unwrap(), &json!("model-x")));
    assert_eq!(body["messages"][0], json!({ "role": "system", "content": "Say what you see." }));
    let picture = json!({ "url": format!("data:image/png;base64,{}", BASE64.encode(&*PNG)), "detail": "auto" });
    assert_eq!(body["messages"][1], json!({ "role": "user", "content": [{ "type": "image_url", "image_url": picture }] }));
}

#[tokio::test]
async fn a_picture_that_the_provider_will_not_speak_of_is_refused_for_good() {
    let mut answer = said("half a sent");
    answer["choices"][0]["finish_reason"] = json!("content_filter");
    let (provider, _) = standin(Does::Answer(answer)).await;
    let fault = OpenAiVision(provider).look(question()).await.unwrap_err();
    assert!(!fault.may_pass(), "{fault}");
}

#[tokio::test]
async fn a_script_is_read_checked_and_repaired_once() {
    let good = format!("```json\n{}\n```", written());
    let (provider, _) = standin(Does::Answer(said(&good))).await;
    let script = OpenAiScript(provider).write(&brief()).await.unwrap();
    assert_eq!((script.title.as_str(), script.engine.as_str(), script.scenes[0].cues[2].speaker), ("雨夜", "model-x", Some(0)));

    let (provider, standin_) = standin(Does::InTurn(vec![said("{\"title\": \"cut"), said(&good)])).await;
    OpenAiScript(provider).write(&brief()).await.unwrap();
    let seen = standin_.seen.lock().unwrap();
    assert_eq!(seen.len(), 2, "one repair");
    assert!(seen[1].1["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap().contains("cannot be used"));
}

/// What is null, or a word of no list, is told without it: the answer is paid for.
#[tokio::test]
async fn a_script_with_gaps_is_told_all_the_same() {
    let mut odd = written();
    odd["title"] = json!(null);
    odd["characters"][0]["aliases"] = json!(null);
    odd["characters"][0]["gender"] = json!("boy");
    odd["scenes"][0]["place"] = json!("moonbase");
    odd["scenes"][0]["weather"] = json!(null);
    odd["scenes"][0]["memory"] = json!(null);
    odd["scenes"][0]["description"] = json!(null);
    let (provider, standin) = standin(Does::Answer(said(&odd.to_string()))).await;
    let script = OpenAiScript(provider).write(&brief()).await.unwrap();
    assert_eq!((script.scenes.len(), standin.calls.load(Ordering::SeqCst)), (1, 1));
}

#[tokio::test]
async fn a_script_that_stays_wrong_is_refused_for_good() {
    let mut shortened = written();
    shortened["scenes"][0]["cues"] = json!([{ "text": "雨。" }]);
    let mut empty = written();
    empty["scenes"] = json!([]);
    for wrong in [shortened.to_string(), empty.to_string(), "I am sorry, I cannot do that.".to_owned()] {
        let (provider, standin) = standin(Does::Answer(said(&wrong))).await;
        let fault = OpenAiScript(provider).write(&brief()).await.unwrap_err();
        assert!(!fault.may_pass(), "{wrong}: {fault}");
        assert_eq!(standin.calls.load(Ordering::SeqCst), 2, "asked twice, not for ever");
    }
}
