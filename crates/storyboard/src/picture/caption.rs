//! Words on the picture: subtitles on a plate, where and when we are, who is who, the title and the end card.

use ports::film::{Language, Place, Scene, Script, TimeOfDay, Weather};

use super::stage::Stage;
use crate::text::{self, ems};

const SANS: &str = "font-family=\"Noto Sans CJK SC\"";

/// Text that is safe inside SVG.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The size of subtitles in pixels and how many half-width columns a row holds inside the safe area.
#[must_use]
pub fn subtitle_size(w: f64, h: f64) -> (f64, usize) {
    let size = if w > h { h * 0.050 } else { w * 0.052 };
    (size, ((w * 0.86) / (size * 0.5)).floor() as usize)
}

/// A subtitle of at most three rows above the lower edge.
#[must_use]
pub fn subtitle(w: f64, h: f64, line: &str) -> String {
    let (size, columns) = subtitle_size(w, h);
    let rows = text::rows(line, columns.min(56));
    let height = size * 1.36;
    let bottom = h * if w > h { 0.945 } else { 0.90 };
    let widest = rows.iter().map(|row| ems(row)).fold(0.0, f64::max) * size + size * 1.2;
    let widest = widest.min(w * 0.94);
    let top = bottom - height * rows.len() as f64 - size * 0.25;
    let mut svg = format!(
        "<rect x=\"{:.1}\" y=\"{top:.1}\" width=\"{widest:.1}\" height=\"{:.1}\" rx=\"{:.1}\" fill=\"#0b0d14\" fill-opacity=\"0.62\"/>",
        (w - widest) / 2.0,
        bottom - top + size * 0.15,
        size * 0.35
    );
    for (index, row) in rows.iter().enumerate() {
        let y = top + size * 0.2 + height * (index as f64 + 0.76);
        svg.push_str(&format!("<text x=\"{:.1}\" y=\"{y:.1}\" {SANS} font-weight=\"500\" font-size=\"{size:.1}\" fill=\"#fff\" text-anchor=\"middle\">{}</text>", w / 2.0, escape(row)));
    }
    svg
}

/// A small plate with text, its left edge at x and its middle at y.
#[must_use]
pub fn plate(x: f64, y: f64, size: f64, text: &str, fill: &str, ink: &str) -> String {
    let width = ems(text) * size + size * 1.2;
    format!(
        "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{:.1}\" rx=\"{:.1}\" fill=\"{fill}\" fill-opacity=\"0.88\" stroke=\"{ink}\" stroke-opacity=\"0.55\" stroke-width=\"1.5\"/><text x=\"{:.1}\" y=\"{:.1}\" {SANS} font-weight=\"700\" font-size=\"{size:.1}\" fill=\"{ink}\" text-anchor=\"middle\">{}</text>",
        y - size * 0.85,
        size * 1.7,
        size * 0.4,
        x + width / 2.0,
        y + size * 0.36,
        escape(text)
    )
}

/// The name of somebody, centred under them at x.
#[must_use]
pub fn name_tag(stage: &Stage, x: f64, y: f64, name: &str) -> String {
    let size = stage.u * 3.3;
    let width = ems(name) * size + size * 1.2;
    let left = (x - width / 2.0).clamp(stage.w * 0.03, stage.w * 0.97 - width);
    plate(left, y, size, name, "#ffffff", "#1c2030")
}

/// Where and when: shown in the corner when either changes; the place in the text's own words where it has short ones.
#[must_use]
pub fn setting(stage: &Stage, language: Language, scene: &Scene) -> String {
    let own = scene.place_name.as_deref().filter(|name| ems(name) <= 9.0);
    let place = own.unwrap_or(place_word(scene.place, language));
    let (time, sky, memory) = (time_word(scene.time, language), weather_word(scene.weather, language), scene.memory);
    let mut text = format!("{place} · {time}");
    if !sky.is_empty() {
        text = format!("{text} · {sky}");
    }
    if memory {
        text = format!("{}{text}", if language == Language::Chinese { "回忆 · " } else { "Memory · " });
    }
    let size = stage.u * 3.5;
    plate(stage.w * 0.04, stage.h * 0.075 + size * 0.2, size, &text, "#141826", "#ffe9b0")
}

/// The card before the story.
#[must_use]
pub fn title_card(w: f64, h: f64, script: &Script) -> String {
    let unit = w.min(h);
    let rows = text::rows(&script.title, if w > h { 30 } else { 18 });
    let size = unit * if rows.iter().any(|row| ems(row) > 11.0) { 0.075 } else { 0.105 };
    let mut svg = format!("<rect x=\"0\" y=\"0\" width=\"{w}\" height=\"{h}\" fill=\"#0a0c16\" fill-opacity=\"0.46\"/>");
    let top = h * 0.46 - size * 1.3 * (rows.len() as f64 - 1.0) / 2.0;
    for (index, row) in rows.iter().enumerate() {
        let y = top + size * 1.3 * index as f64;
        svg.push_str(&format!("<text x=\"{:.1}\" y=\"{y:.1}\" font-family=\"Noto Serif CJK SC\" font-weight=\"700\" font-size=\"{size:.1}\" fill=\"#fff8e6\" text-anchor=\"middle\">{}</text>", w / 2.0, escape(row)));
    }
    let y = top + size * 1.3 * rows.len() as f64;
    let cast = script.characters.iter().take(4).map(|character| character.name.as_str()).collect::<Vec<_>>().join("   ");
    svg.push_str(&format!(
        "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"#ffd98a\"/>",
        w / 2.0 - unit * 0.12,
        y - size * 0.72,
        unit * 0.24,
        unit * 0.005
    ));
    svg.push_str(&format!(
        "<text x=\"{:.1}\" y=\"{:.1}\" {SANS} font-size=\"{:.1}\" fill=\"#e8e2d0\" text-anchor=\"middle\">{}</text>",
        w / 2.0,
        y,
        unit * 0.04,
        escape(&cast)
    ));
    svg
}

/// The title over the lower part of a thumbnail.
#[must_use]
pub fn poster(w: f64, h: f64, title: &str) -> String {
    let unit = w.min(h);
    let rows = text::rows(title, if w > h { 26 } else { 16 });
    let size = unit * 0.10;
    let top = h * 0.86 - size * 1.25 * (rows.len() as f64 - 1.0);
    let mut svg = format!(
        "<linearGradient id=\"foot\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\"><stop offset=\"0\" stop-color=\"#000\" stop-opacity=\"0\"/><stop offset=\"1\" stop-color=\"#000\" stop-opacity=\"0.8\"/></linearGradient>\
         <rect x=\"0\" y=\"{:.1}\" width=\"{w}\" height=\"{:.1}\" fill=\"url(#foot)\"/>",
        top - size * 2.2,
        h - top + size * 2.2
    );
    for (index, row) in rows.iter().enumerate() {
        let y = top + size * 1.25 * index as f64;
        svg.push_str(&format!("<text x=\"{:.1}\" y=\"{y:.1}\" font-family=\"Noto Serif CJK SC\" font-weight=\"700\" font-size=\"{size:.1}\" fill=\"#fff8e6\" text-anchor=\"middle\">{}</text>", w / 2.0, escape(row)));
    }
    svg
}

/// The card behind the story.
#[must_use]
pub fn end_card(w: f64, h: f64, language: Language) -> String {
    let unit = w.min(h);
    let word = if language == Language::Chinese { "完" } else { "The End" };
    format!(
        "<rect x=\"0\" y=\"0\" width=\"{w}\" height=\"{h}\" fill=\"#06070d\" fill-opacity=\"0.72\"/><text x=\"{:.1}\" y=\"{:.1}\" font-family=\"Noto Serif CJK SC\" font-weight=\"700\" font-size=\"{:.1}\" fill=\"#fff8e6\" text-anchor=\"middle\">{word}</text>",
        w / 2.0,
        h * 0.53,
        unit * 0.13
    )
}

/// A chapter's title over the first shot of it.
#[must_use]
pub fn chapter(stage: &Stage, title: &str) -> String {
    let size = stage.u * 5.2;
    let rows = text::rows(title, if stage.w > stage.h { 40 } else { 22 });
    rows.iter()
        .enumerate()
        .map(|(index, row)| {
            let y = stage.h * 0.20 + size * 1.5 * index as f64;
            let width = ems(row) * size + size * 1.2;
            plate((stage.w - width) / 2.0, y, size, row, "#141826", "#ffffff")
        })
        .collect()
}

fn place_word(place: Place, language: Language) -> &'static str {
    let (chinese, english) = match place {
        Place::Home => ("屋内", "Indoors"),
        Place::Courtyard => ("庭院", "Courtyard"),
        Place::Village => ("村庄", "Village"),
        Place::Street => ("街上", "Street"),
        Place::City => ("都市", "City"),
        Place::School => ("教室", "Classroom"),
        Place::Office => ("办公室", "Workroom"),
        Place::Hospital => ("医院", "Hospital"),
        Place::Shop => ("店里", "Shop"),
        Place::Palace => ("大殿", "Great hall"),
        Place::Temple => ("寺庙", "Temple"),
        Place::Library => ("书库", "Library"),
        Place::Station => ("车站", "Station"),
        Place::Field => ("田野", "Fields"),
        Place::Garden => ("园中", "Garden"),
        Place::Road => ("路上", "On the road"),
        Place::Forest => ("林中", "Forest"),
        Place::Mountain => ("山中", "Mountains"),
        Place::River => ("河边", "River"),
        Place::Lake => ("湖边", "Lake"),
        Place::Sea => ("海边", "Seaside"),
        Place::Boat => ("船上", "On board"),
        Place::Bridge => ("桥上", "Bridge"),
        Place::Desert => ("荒漠", "Desert"),
        Place::Battlefield => ("战场", "Battlefield"),
        Place::Cave => ("洞中", "Cave"),
        Place::Space => ("太空", "Space"),
        Place::Inn => ("客店", "Inn"),
        Place::Prison => ("牢里", "Prison"),
        Place::Carriage => ("车中", "In the carriage"),
        Place::Train => ("车厢", "On the train"),
        Place::Sky => ("空中", "In the air"),
        Place::Heaven => ("天上", "Heaven"),
        Place::Undersea => ("海底", "Under the sea"),
    };
    if language == Language::Chinese { chinese } else { english }
}

fn time_word(time: TimeOfDay, language: Language) -> &'static str {
    let (chinese, english) = match time {
        TimeOfDay::Dawn => ("清晨", "dawn"),
        TimeOfDay::Day => ("白天", "day"),
        TimeOfDay::Dusk => ("黄昏", "dusk"),
        TimeOfDay::Night => ("夜", "night"),
    };
    if language == Language::Chinese { chinese } else { english }
}

fn weather_word(weather: Weather, language: Language) -> &'static str {
    let (chinese, english) = match weather {
        Weather::Clear => ("", ""),
        Weather::Cloudy => ("阴", "overcast"),
        Weather::Rain => ("雨", "rain"),
        Weather::Storm => ("雷雨", "storm"),
        Weather::Snow => ("雪", "snow"),
        Weather::Fog => ("雾", "fog"),
        Weather::Wind => ("风", "wind"),
    };
    if language == Language::Chinese { chinese } else { english }
}
