//! Scripts by an OpenAI-compatible chat: the model is asked for JSON of a fixed shape and given one chance to repair it, and its
//! answer is checked against the text before anything is drawn from it.

use std::collections::HashSet;

use ports::{
    fault::Fault,
    film::{
        Age, Being, Brief, Character, Cue, Framing, Gender, Language, Mood, Place, Prop, Scene, Script, Season, Species, TimeOfDay, Weather,
    },
    lenient,
    script::ScriptModel,
};
use serde::Deserialize;
use serde_json::json;

use super::Provider;

/// An OpenAI-compatible chat.
pub struct OpenAiScript(pub Provider);

/// The longest text that is sent to a model, in bytes; a longer one is turned into a script by the built-in rules.
const LONGEST: usize = 60_000;

#[derive(Deserialize)]
struct Answer {
    #[serde(default, deserialize_with = "lenient::text")]
    title: String,
    #[serde(default, deserialize_with = "lenient::absent")]
    characters: Vec<Somebody>,
    scenes: Vec<Shot>,
}

#[derive(Deserialize)]
struct Somebody {
    #[serde(deserialize_with = "lenient::text")]
    name: String,
    #[serde(default, deserialize_with = "lenient::absent")]
    aliases: Vec<String>,
    #[serde(default, deserialize_with = "word")]
    gender: Option<Gender>,
    #[serde(default, deserialize_with = "word")]
    age: Option<Age>,
    #[serde(default, deserialize_with = "word")]
    being: Option<Being>,
    #[serde(default, deserialize_with = "word")]
    species: Option<Species>,
    #[serde(default, deserialize_with = "lenient::truth")]
    group: Option<bool>,
    #[serde(default, deserialize_with = "lenient::text")]
    looks: String,
}

#[derive(Deserialize)]
struct Shot {
    cues: Vec<Said>,
    #[serde(default, deserialize_with = "word")]
    place: Option<Place>,
    #[serde(default, deserialize_with = "word")]
    time: Option<TimeOfDay>,
    #[serde(default, deserialize_with = "word")]
    weather: Option<Weather>,
    #[serde(default, deserialize_with = "word")]
    season: Option<Season>,
    #[serde(default, deserialize_with = "word")]
    mood: Option<Mood>,
    #[serde(default, deserialize_with = "word")]
    framing: Option<Framing>,
    #[serde(default, deserialize_with = "lenient::absent")]
    present: Vec<String>,
    #[serde(default, deserialize_with = "word")]
    prop: Option<Prop>,
    #[serde(default, deserialize_with = "lenient::truth")]
    memory: Option<bool>,
    #[serde(default, deserialize_with = "lenient::text")]
    description: String,
}

#[derive(Deserialize)]
struct Said {
    text: String,
    #[serde(default)]
    speaker: Option<String>,
}

/// A value of an enumeration; `None` if it is null or unknown, so that the scene is used all the same.
fn word<'de, D: serde::Deserializer<'de>, T: serde::de::DeserializeOwned>(from: D) -> Result<Option<T>, D::Error> {
    Ok(serde_json::from_value(serde_json::Value::deserialize(from)?).ok())
}

fn words<T: serde::Serialize>(all: &[T]) -> String {
    all.iter().filter_map(|word| serde_json::to_value(word).ok()?.as_str().map(str::to_owned)).collect::<Vec<_>>().join("|")
}

fn instructions(brief: &Brief) -> String {
    let longest = if brief.language == Language::Chinese { 36 } else { 84 };
    format!(
        "You are a storyboard artist. Turn the user's novel into JSON and nothing else, of exactly this shape: \
         {{\"title\":string,\"characters\":[{{\"name\":string,\"aliases\":[string],\"gender\":\"male|female|unknown\",\"age\":\"child|young|adult|old\",\"being\":\"human|animal|creature\",\"species\":one of \"{}\" or null,\"group\":bool,\"looks\":string in English}}],\
         \"scenes\":[{{\"cues\":[{{\"text\":string,\"speaker\":name or null}}],\"place\":\"{}\",\"time\":\"{}\",\"weather\":\"{}\",\"season\":one of \"{}\" or null,\"mood\":\"{}\",\"framing\":\"{}\",\
         \"present\":[name],\"prop\":one of \"{}\" or null,\"memory\":bool,\"description\":string in English}}]}}. \
         The cues must tell the whole novel in its own words and order, each of at most {longest} characters; about {} seconds of narration a scene. At most 6 characters.",
        words(Species::ALL),
        words(Place::ALL),
        words(TimeOfDay::ALL),
        words(Weather::ALL),
        words(Season::ALL),
        words(Mood::ALL),
        words(Framing::ALL),
        words(Prop::ALL),
        brief.scene_seconds
    )
}

#[async_trait::async_trait]
impl ScriptModel for OpenAiScript {
    fn engine(&self) -> String {
        self.0.model.clone()
    }

    fn price(&self, _brief: &Brief) -> i64 {
        self.0.price
    }

    async fn write(&self, brief: &Brief) -> Result<Script, Fault> {
        if brief.text.len() > LONGEST {
            return Err(Fault::lasting("the text is too long for the script model"));
        }
        let mut messages =
            vec![json!({ "role": "system", "content": instructions(brief) }), json!({ "role": "user", "content": brief.text })];
        let first = self.ask(&messages).await?;
        match read(&first, brief, &self.0.model) {
            Ok(script) => Ok(script),
            Err(problem) => {
                messages.push(json!({ "role": "assistant", "content": first }));
                messages.push(json!({ "role": "user", "content": format!("That cannot be used: {problem}. Answer with the whole corrected JSON and nothing else.") }));
                // The first answer has been paid for: whatever the outcome of this call, there is no further one.
                let second = self.ask(&messages).await.map_err(|fault| Fault::lasting(fault.to_string()))?;
                read(&second, brief, &self.0.model)
                    .map_err(|problem| Fault::lasting(format!("the script model's answer cannot be used: {problem}")))
            }
        }
    }
}

impl OpenAiScript {
    async fn ask(&self, messages: &[serde_json::Value]) -> Result<String, Fault> {
        let body = json!({ "model": self.0.model, "messages": messages, "temperature": 0.2, "response_format": { "type": "json_object" } });
        let answer = self.0.json("/chat/completions", &body).await?;
        let text = lenient::spoken(&answer["choices"][0]["message"]["content"]);
        text.ok_or_else(|| Fault::lasting("the script model's answer holds no text"))
    }
}

/// Checks an answer and makes a script of it. The error is worded for the model.
fn read(text: &str, brief: &Brief, model: &str) -> Result<Script, String> {
    let json = text.find('{').zip(text.rfind('}')).filter(|(start, end)| start < end).map_or("", |(start, end)| &text[start..=end]);
    let answer: Answer = serde_json::from_str(json).map_err(|error| format!("it is not JSON of that shape ({error})"))?;
    if answer.scenes.is_empty() || answer.scenes.iter().any(|scene| scene.cues.is_empty()) {
        return Err("every scene needs at least one cue, and there must be a scene".to_owned());
    }
    let names: Vec<&str> = answer.characters.iter().map(|somebody| somebody.name.as_str()).collect();
    if names.iter().collect::<HashSet<_>>().len() != names.len() || names.iter().any(|name| name.is_empty() || name.chars().count() > 24) {
        return Err("each character needs a short name of its own".to_owned());
    }
    let told: usize = answer.scenes.iter().flat_map(|scene| &scene.cues).map(|cue| cue.text.chars().count()).sum();
    let written = brief.text.chars().filter(|c| !c.is_whitespace()).count();
    if told * 10 < written * 6 || told > written * 2 + 40 {
        return Err("the cues must tell the whole novel, neither less nor more".to_owned());
    }
    if answer.scenes.iter().flat_map(|scene| &scene.cues).any(|cue| cue.text.trim().is_empty() || cue.text.chars().count() > 160) {
        return Err("a cue is empty or longer than 160 characters".to_owned());
    }
    let index = |name: &String| answer.characters.iter().position(|somebody| somebody.name == *name || somebody.aliases.contains(name));
    let scenes = answer.scenes.iter().map(|shot| Scene {
        cues: shot
            .cues
            .iter()
            .map(|cue| Cue { text: cue.text.trim().to_owned(), speaker: cue.speaker.as_ref().and_then(&index) })
            .collect(),
        place: shot.place.unwrap_or(Place::Road),
        time: shot.time.unwrap_or(TimeOfDay::Day),
        weather: shot.weather.unwrap_or(Weather::Clear),
        mood: shot.mood.unwrap_or(Mood::Calm),
        framing: shot.framing.unwrap_or(Framing::Medium),
        present: shot.present.iter().filter_map(&index).take(3).collect(),
        prop: shot.prop,
        chapter: None,
        poses: Vec::new(),
        season: shot.season,
        signs: Vec::new(),
        place_name: None,
        memory: shot.memory.unwrap_or(false),
        description: shot.description.chars().take(400).collect(),
    });
    let scenes = scenes.collect();
    let characters = answer.characters.iter().take(12).map(|somebody| Character {
        name: somebody.name.clone(),
        aliases: somebody.aliases.clone(),
        gender: somebody.gender.unwrap_or(Gender::Unknown),
        age: somebody.age.unwrap_or(Age::Adult),
        being: somebody.being.unwrap_or_default(),
        species: somebody.species,
        group: somebody.group.unwrap_or(false),
        looks: somebody.looks.chars().take(200).collect(),
        seed: storyboard::rules::names::seed(&somebody.name),
    });
    if answer.characters.len() > 12 {
        return Err("at most 6 characters".to_owned());
    }
    Ok(Script {
        title: answer.title.chars().take(40).collect(),
        language: brief.language,
        period: storyboard::rules::period(&brief.text),
        characters: characters.collect(),
        scenes,
        engine: model.to_owned(),
    })
}
