//! Pictures of every place, hour, sky, thing and feeling in every style and shape: all are drawn, faces stay in the frame, words in
//! the safe area, and neighbouring shots differ.

use ports::film::{
    Age, Aspect, Being, Brief, Framing, Gender, Language, Mood, Period, Place, Pose, Prop, Script, Season, Species, Style, TimeOfDay,
    Weather,
};
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

/// A shot laid together at a twelfth of its size: what is told apart at a glance.
fn glance(script: &Script, index: usize, style: Style) -> Vec<u8> {
    let shot = picture::shot(script, index, style, Aspect::Wide, Shown::default());
    let planes: Vec<&Bitmap> = shot.behind.iter().chain(shot.figures.first()).map(|plane| &plane.bitmap).collect();
    let (w, h) = (planes[0].w as usize, planes[0].h as usize);
    let mut small = Vec::new();
    for y in (6..h).step_by(12) {
        for x in (6..w).step_by(12) {
            let at = (y * w + x) * 4;
            let mut pixel = [0_u32; 3];
            for plane in &planes {
                let alpha = u32::from(plane.rgba[at + 3]);
                for (channel, value) in pixel.iter_mut().enumerate() {
                    *value = u32::from(plane.rgba[at + channel]) + *value * (255 - alpha) / 255;
                }
            }
            small.extend(pixel.map(|value| value.min(255) as u8));
        }
    }
    small
}

/// In how many of a thousand points two shots differ plainly.
fn apart(one: &[u8], other: &[u8]) -> usize {
    let points = one.chunks_exact(3).zip(other.chunks_exact(3));
    let differ = points.filter(|(a, b)| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > 24)).count();
    differ * 1000 / (one.len() / 3)
}

/// Every variant against every other, at least so many thousandths apart.
fn all_apart(least: usize, variants: &[(String, Script)], style: Style) {
    let seen: Vec<Vec<u8>> = variants.iter().map(|(_, script)| glance(script, 0, style)).collect();
    for (index, one) in seen.iter().enumerate() {
        for (other_index, other) in seen.iter().enumerate().skip(index + 1) {
            let apart = apart(one, other);
            assert!(apart >= least, "{} and {} are alike: {apart}", variants[index].0, variants[other_index].0);
        }
    }
}

/// One person alone on a road by day.
fn alone() -> Script {
    let mut script = script();
    script.scenes.truncate(1);
    let scene = &mut script.scenes[0];
    (scene.place, scene.time, scene.weather, scene.mood) = (Place::Road, TimeOfDay::Day, Weather::Clear, Mood::Calm);
    (scene.framing, scene.present, scene.prop, scene.season) = (Framing::Medium, vec![0], None, None);
    scene.signs.clear();
    scene.cues.iter_mut().for_each(|cue| cue.speaker = None);
    script
}

#[test]
fn every_animal_and_creature_is_told_from_every_other() {
    let variants: Vec<(String, Script)> = Species::ALL
        .iter()
        .map(|species| {
            let mut script = alone();
            (script.characters[0].being, script.characters[0].species) = (Being::Animal, Some(*species));
            (format!("{species:?}"), script)
        })
        .collect();
    all_apart(8, &variants, Style::Anime);
}

#[test]
fn every_pose_is_told_from_every_other() {
    let variants: Vec<(String, Script)> = Pose::ALL
        .iter()
        .map(|pose| {
            let mut script = alone();
            (script.scenes[0].framing, script.scenes[0].poses) = (Framing::Wide, vec![*pose]);
            (format!("{pose:?}"), script)
        })
        .collect();
    all_apart(8, &variants, Style::Realistic);
}

#[test]
fn dress_tells_the_period_and_the_trade_and_faces_the_age() {
    let periods = [Period::Ancient, Period::Republican, Period::Victorian, Period::Fantasy, Period::School];
    for name in ["和尚", "将军", "护士", "警官"] {
        let mut pair = vec![("somebody".to_owned(), alone()), (name.to_owned(), alone())];
        name.clone_into(&mut pair[1].1.characters[0].name);
        all_apart(20, &pair, Style::Manga);
    }
    for gender in [Gender::Male, Gender::Female] {
        let variants: Vec<(String, Script)> = periods
            .iter()
            .map(|period| {
                let mut script = alone();
                (script.period, script.characters[0].gender, script.characters[0].age) = (*period, gender, Age::Young);
                (format!("{gender:?} {period:?}"), script)
            })
            .collect();
        all_apart(20, &variants, Style::Anime);
    }
    let variants: Vec<(String, Script)> = [Age::Child, Age::Young, Age::Adult, Age::Old]
        .iter()
        .map(|age| {
            let mut script = alone();
            (script.scenes[0].framing, script.characters[0].age) = (Framing::Wide, *age);
            (format!("{age:?}"), script)
        })
        .collect();
    all_apart(4, &variants, Style::Realistic);
}

#[test]
fn seasons_and_crowds_are_seen() {
    let season = |season: Option<Season>| {
        let mut script = alone();
        (script.scenes[0].season, script.scenes[0].present) = (season, vec![]);
        script.scenes[0].framing = Framing::Wide;
        (format!("{season:?}"), script)
    };
    let variants: Vec<_> = [None, Some(Season::Spring), Some(Season::Autumn), Some(Season::Winter)].map(season).to_vec();
    all_apart(60, &variants, Style::Anime);
    let mut crowd = alone();
    crowd.scenes[0].present = vec![0, 1];
    crowd.characters[1].group = true;
    all_apart(60, &[("alone".to_owned(), alone()), ("a crowd".to_owned(), crowd)], Style::Manga);
}

#[test]
fn a_place_that_lasts_is_never_shown_twice_alike() {
    for style in [Style::Anime, Style::Realistic] {
        let mut script = alone();
        let first = script.scenes[0].clone();
        // A talk of two in one room, each speaking in turn, as the rules frame it.
        let framings = [
            Framing::Wide,
            Framing::Medium,
            Framing::Medium,
            Framing::Close,
            Framing::Medium,
            Framing::Wide,
            Framing::Medium,
            Framing::Close,
        ];
        script.scenes = framings
            .iter()
            .enumerate()
            .map(|(index, framing)| {
                let mut scene = first.clone();
                (scene.place, scene.framing) = (Place::Home, *framing);
                scene.present = if index % 2 == 0 { vec![0, 1] } else { vec![1, 0] };
                scene.cues.iter_mut().for_each(|cue| cue.speaker = Some(index % 2));
                scene
            })
            .collect();
        let seen: Vec<Vec<u8>> = (0..framings.len()).map(|index| glance(&script, index, style)).collect();
        for (index, pair) in seen.windows(2).enumerate() {
            let apart = apart(&pair[0], &pair[1]);
            assert!(apart > 250, "{style:?}: shots {index} and {} are alike: {apart}", index + 1);
        }
    }
}
