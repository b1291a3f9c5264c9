//! Pictures of every place, hour, sky, thing and feeling in every style and shape: all are drawn, faces stay in the frame, words in
//! the safe area, and neighbouring shots differ.

use ports::film::{Aspect, Brief, Framing, Language, Mood, Place, Prop, Script, Style, TimeOfDay, Weather};
use storyboard::{
    picture::{self, Bitmap, Shown, caption},
    rules,
};

fn script() -> Script {
    let text = "黄昏，海边。小明说：“回家吧。”小红说：“再等等。”周爷爷坐在一旁，周爷爷说：“不急。”".to_owned();
    rules::script(&Brief {
        text,
        language: Language::Chinese,
        style: Style::Anime,
        aspect: Aspect::Wide,
        scene_seconds: 30.0,
        voice_speed: 1.0,
        subtitles: true,
    })
}

/// How much of a bitmap is filled.
fn filled(bitmap: &Bitmap) -> f64 {
    let pixels = bitmap.rgba.chunks_exact(4);
    let count = pixels.len();
    pixels.filter(|pixel| pixel[3] > 200).count() as f64 / count as f64
}

#[test]
fn every_place_is_drawn_and_fills_the_frame() {
    let mut script = script();
    for (index, place) in Place::ALL.iter().enumerate() {
        let style = [Style::Anime, Style::Manga, Style::Realistic][index % 3];
        let aspect = [Aspect::Wide, Aspect::Classic, Aspect::Tall][index / 3 % 3];
        let scene = &mut script.scenes[0];
        (scene.place, scene.time, scene.weather) = (*place, TimeOfDay::ALL[index % 4], Weather::ALL[index % 7]);
        (scene.mood, scene.framing, scene.present) = (Mood::ALL[index % 8], Framing::Wide, vec![]);
        let shot = picture::shot(&script, 0, style, aspect, Shown { setting: true, names: true, alive: false });
        assert!(filled(&shot.behind[0].bitmap) > 0.55, "{place:?}: the backdrop has holes");
        let painted: f64 = shot.behind.iter().map(|plane| filled(&plane.bitmap)).sum();
        assert!(painted > 1.2, "{place:?} is hardly drawn: {painted}");
    }
}

#[test]
fn every_thing_is_drawn() {
    let mut script = script();
    let mut empty = script.clone();
    (empty.scenes[0].framing, empty.scenes[0].prop, empty.scenes[0].present) = (Framing::Wide, None, vec![]);
    for prop in Prop::ALL {
        (script.scenes[0].framing, script.scenes[0].prop, script.scenes[0].present) = (Framing::Detail, Some(*prop), vec![]);
        let with = picture::shot(&script, 0, Style::Anime, Aspect::Classic, Shown::default());
        script.scenes[0].prop = None;
        let without = picture::shot(&script, 0, Style::Anime, Aspect::Classic, Shown::default());
        let differ = with.behind[2].bitmap.rgba.iter().zip(&without.behind[2].bitmap.rgba).filter(|(a, b)| a != b).count();
        assert!(differ > 20_000, "{prop:?} is hardly seen: {differ}");
    }
}

#[test]
fn faces_stay_in_the_frame_and_above_the_subtitles() {
    let mut script = script();
    assert_eq!(script.characters.len(), 3, "{:?}", script.characters);
    for style in [Style::Anime, Style::Manga] {
        for aspect in [Aspect::Wide, Aspect::Classic, Aspect::Tall] {
            for (framing, present) in [
                (Framing::Close, vec![0]),
                (Framing::Medium, vec![0]),
                (Framing::Medium, vec![0, 1]),
                (Framing::Medium, vec![0, 1, 2]),
                (Framing::Wide, vec![0, 1, 2]),
            ] {
                (script.scenes[0].framing, script.scenes[0].present) = (framing, present.clone());
                let shot = picture::shot(&script, 0, style, aspect, Shown { alive: true, ..Shown::default() });
                let (open, blink) = (&shot.figures[0], &shot.figures[1]);
                let (w, h) = aspect.size();
                let margin = (f64::from(w) * picture::stage::MARGIN, f64::from(h) * picture::stage::MARGIN);
                // Where eyes open and shut differ, there are the eyes.
                let (mut left, mut right, mut top, mut bottom) = (u32::MAX, 0, u32::MAX, 0);
                for (index, (a, b)) in open.bitmap.rgba.chunks_exact(4).zip(blink.bitmap.rgba.chunks_exact(4)).enumerate() {
                    if a != b {
                        let (x, y) = (index as u32 % open.bitmap.w, index as u32 / open.bitmap.w);
                        (left, right, top, bottom) = (left.min(x), right.max(x), top.min(y), bottom.max(y));
                    }
                }
                let (left, right) = (f64::from(left) - margin.0, f64::from(right) - margin.0);
                let (top, bottom) = (f64::from(top) - margin.1, f64::from(bottom) - margin.1);
                let what = format!("{style:?} {aspect:?} {framing:?} {present:?}: eyes at {left:.0}..{right:.0}, {top:.0}..{bottom:.0}");
                assert!(left > f64::from(w) * 0.04 && right < f64::from(w) * 0.96, "{what}");
                assert!(top > f64::from(h) * 0.08 && bottom < f64::from(h) * 0.72, "{what}");
            }
        }
    }
}

#[test]
fn the_same_character_has_the_same_colours_in_every_scene() {
    let script = script();
    let one = picture::portrait(&script.characters[0], Style::Anime);
    let again = picture::portrait(&script.characters[0], Style::Anime);
    let other = picture::portrait(&script.characters[1], Style::Anime);
    assert!(one.rgba == again.rgba && one.rgba != other.rgba);
}

#[test]
fn no_subtitle_leaves_the_safe_area() {
    for (aspect, line) in [
        (Aspect::Wide, "深蓝的天空中挂着一轮金黄的圆月，下面是海边的沙地，都种着一望无际的碧绿"),
        (Aspect::Classic, "深蓝的天空中挂着一轮金黄的圆月，下面是海边的沙地，都种着一望无际的碧绿"),
        (Aspect::Tall, "深蓝的天空中挂着一轮金黄的圆月，下面是海边的沙地，都种着一望无际的碧绿"),
        (Aspect::Wide, "MMMMMMMM WWWWWWWW MMMMMMMM WWWWWWWW MMMMMMMM WWWWWWWW MMMMMMMM WWWWWWWW MMMMMMMM WW"),
        (Aspect::Tall, "Remarkable creatures came ashore only when nobody in the whole village was watching"),
        (Aspect::Wide, "<b>&\"'</b> {\\an8} %s $(x)"),
    ] {
        let (w, h) = aspect.size();
        let svg = caption::subtitle(f64::from(w), f64::from(h), line);
        let drawn = picture::rasterise(&svg, (0.0, 0.0, f64::from(w), f64::from(h)), w, h);
        assert!(!drawn.is_empty(), "{line}");
        let (left, right) = (f64::from(drawn.columns.0) / f64::from(w), f64::from(drawn.columns.1) / f64::from(w));
        let (top, bottom) = (f64::from(drawn.rows.0) / f64::from(h), f64::from(drawn.rows.1) / f64::from(h));
        assert!(
            left >= 0.02 && right <= 0.98 && top >= 0.70 && bottom <= 0.97,
            "{aspect:?} {line}: {left:.2}..{right:.2}, {top:.2}..{bottom:.2}"
        );
    }
}

#[test]
fn neighbouring_shots_differ() {
    let text = include_str!("../../app/stories/lamp.zh.txt").to_owned();
    let brief = Brief {
        text,
        language: Language::Chinese,
        style: Style::Anime,
        aspect: Aspect::Wide,
        scene_seconds: 5.0,
        voice_speed: 1.0,
        subtitles: true,
    };
    let script = rules::script(&brief);
    assert!(script.scenes.len() > 10);
    for pair in script.scenes.windows(2) {
        let look = |scene: &ports::film::Scene| (scene.place, scene.time, scene.weather, scene.framing, scene.present.clone(), scene.prop);
        assert_ne!(
            (look(&pair[0]).0, look(&pair[0]).3, look(&pair[0]).4),
            (look(&pair[1]).0, look(&pair[1]).3, look(&pair[1]).4),
            "{pair:#?}"
        );
    }
}
