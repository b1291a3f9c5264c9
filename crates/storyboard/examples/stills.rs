//! Draws the scenes of a text in one style and shape to a folder: `stills FILE STYLE ASPECT FOLDER`. For looking at.

use ports::film::{Aspect, Brief, Style};
use storyboard::{picture, rules, text};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let source = std::fs::read_to_string(&arguments[1]).expect("a text");
    let style = match arguments[2].as_str() {
        "manga" => Style::Manga,
        "realistic" => Style::Realistic,
        _ => Style::Anime,
    };
    let aspect = match arguments[3].as_str() {
        "9:16" => Aspect::Tall,
        "4:3" => Aspect::Classic,
        _ => Aspect::Wide,
    };
    let text = text::normalise(&source);
    let brief = Brief { language: text::language(&text), text, style, aspect, scene_seconds: 8.0, voice_speed: 1.0, subtitles: true };
    let script = rules::script(&brief);
    for character in &script.characters {
        println!("{} {:?} {:?} {:?}", character.name, character.aliases, character.gender, character.age);
    }
    for (index, scene) in script.scenes.iter().enumerate() {
        let words: Vec<String> = scene
            .cues
            .iter()
            .map(|cue| format!("{}{}", cue.speaker.map_or(String::new(), |who| format!("[{}] ", script.characters[who].name)), cue.text))
            .collect();
        println!(
            "{index:02} {:?} {:?} {:?} {:?} {:?} {:?} prop {:?} memory {} | {}",
            scene.place,
            scene.time,
            scene.weather,
            scene.mood,
            scene.framing,
            scene.present,
            scene.prop,
            scene.memory,
            words.join(" / ")
        );
        let frame = storyboard::render::still(&script, index, style, aspect, brief.subtitles);
        std::fs::write(format!("{}/{index:02}.png", arguments[4]), frame).expect("a folder to write to");
    }
    let _ = picture::fonts_lack();
}
