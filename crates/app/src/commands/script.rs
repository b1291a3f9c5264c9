//! `gongfang script FILE`: what is understood of a story before anything is drawn, by the built-in rules.

use std::path::Path;

use anyhow::Context;
use ports::film::{Age, Being, Brief, Character, Gender, Language, Scene, Script, Style};
use serde_json::json;
use storyboard::{rules, text};

use super::print_all;

/// Prints the scenes, the lines and the characters of a text: as a page to read, or as JSON.
pub(crate) fn script(file: &Path, as_json: bool) -> anyhow::Result<()> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let text = text::normalise(&String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", file.display()))?);
    anyhow::ensure!(text.chars().any(char::is_alphanumeric), "{} holds no story", file.display());
    let script = rules::script(&brief(text));
    print_all(&if as_json { serde_json::to_string_pretty(&json(&script))? } else { page(&script) });
    Ok(())
}

/// What a film has when nothing else is chosen.
fn brief(text: String) -> Brief {
    Brief {
        language: text::language(&text),
        text,
        style: Style::Anime,
        aspect: ports::film::Aspect::Wide,
        scene_seconds: 8.0,
        voice_speed: 1.0,
        subtitles: true,
    }
}

/// A value of a film by the word it is recorded with.
fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn json(script: &Script) -> serde_json::Value {
    let name = |who: &usize| script.characters[*who].name.as_str();
    let scenes: Vec<_> = script
        .scenes
        .iter()
        .map(|scene| {
            json!({
                "text": told(scene, script.language),
                "place": scene.place_name.clone().unwrap_or_else(|| word(scene.place)),
                "place_kind": scene.place.kind(),
                "time": word(scene.time),
                "season": scene.season.map(word),
                "weather": scene.signs.iter().map(word).collect::<Vec<_>>(),
                "chapter": scene.chapter,
                "memory": scene.memory,
                "present": scene.present.iter().map(name).collect::<Vec<_>>(),
            })
        })
        .collect();
    let cues = script.scenes.iter().flat_map(|scene| &scene.cues);
    let lines: Vec<_> = cues.filter_map(|cue| cue.speaker.as_ref().map(|who| json!({ "text": cue.text, "speaker": name(who) }))).collect();
    let characters: Vec<_> = script
        .characters
        .iter()
        .map(|somebody| {
            json!({
                "name": somebody.name,
                "aliases": somebody.aliases,
                "kind": word(somebody.being),
                "gender": word(somebody.gender),
                "age": word(somebody.age),
                "group": somebody.group,
                "species": somebody.species.map(word),
            })
        })
        .collect();
    json!({ "title": script.title, "language": if script.language == Language::Chinese { "zh" } else { "en" }, "scenes": scenes, "lines": lines, "characters": characters })
}

/// What is told in a scene.
fn told(scene: &Scene, language: Language) -> String {
    let between = if language == Language::Chinese { "" } else { " " };
    scene.cues.iter().map(|cue| cue.text.as_str()).collect::<Vec<_>>().join(between)
}

/// The script as a page: who is in it, then scene by scene where, when and who is there, and what is said.
fn page(script: &Script) -> String {
    let mut page = format!("{}\n\nCharacters\n", script.title);
    for somebody in &script.characters {
        page.push_str(&format!("  {}{}\n", described(somebody), aliases(&somebody.aliases)));
    }
    for (number, scene) in script.scenes.iter().enumerate() {
        if let Some(chapter) = &scene.chapter {
            page.push_str(&format!("\n== {chapter}\n"));
        }
        page.push_str(&format!("\n{:>3}  {}\n", number + 1, around(scene)));
        if !scene.present.is_empty() {
            let names: Vec<&str> = scene.present.iter().map(|who| script.characters[*who].name.as_str()).collect();
            page.push_str(&format!("     with {}\n", names.join(", ")));
        }
        for cue in &scene.cues {
            match cue.speaker {
                Some(who) => page.push_str(&format!("     {}: {}\n", script.characters[who].name, cue.text)),
                None => page.push_str(&format!("     {}\n", cue.text)),
            }
        }
    }
    page.trim_end().to_owned()
}

fn described(somebody: &Character) -> String {
    let what = match (somebody.being, somebody.species) {
        (Being::Human, _) if somebody.group => "several people".to_owned(),
        (Being::Human, _) => person(somebody.gender, somebody.age).to_owned(),
        (_, Some(species)) => word(species),
        (being, None) => word(being),
    };
    format!("{}, {}{what}", somebody.name, if somebody.group && somebody.being != Being::Human { "several of a kind: " } else { "" })
}

fn person(gender: Gender, age: Age) -> &'static str {
    match (gender, age) {
        (Gender::Male, Age::Child) => "a boy",
        (Gender::Male, Age::Young) => "a young man",
        (Gender::Male, Age::Adult) => "a man",
        (Gender::Male, Age::Old) => "an old man",
        (Gender::Female, Age::Child) => "a girl",
        (Gender::Female, Age::Young) => "a young woman",
        (Gender::Female, Age::Adult) => "a woman",
        (Gender::Female, Age::Old) => "an old woman",
        (Gender::Unknown, Age::Child) => "a child",
        (Gender::Unknown, Age::Young) => "somebody young",
        (Gender::Unknown, Age::Adult) => "somebody",
        (Gender::Unknown, Age::Old) => "somebody old",
    }
}

fn aliases(names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!(" (also {})", names.join(", ")) }
}

/// "酒店 (inn), dusk, winter, snow, wind".
fn around(scene: &Scene) -> String {
    let place = word(scene.place);
    let mut parts = vec![scene.place_name.as_ref().map_or_else(|| place.clone(), |name| format!("{name} ({place})"))];
    parts.push(word(scene.time));
    parts.extend(scene.season.map(word));
    parts.extend(scene.signs.iter().map(word));
    if scene.memory {
        parts.push("remembered".to_owned());
    }
    parts.join(", ")
}
