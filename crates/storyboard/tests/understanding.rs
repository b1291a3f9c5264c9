//! How well the rules understand stories of several sorts: labelled texts under `texts/` (their form: `texts/README.md`). The test
//! prints a row a text and holds bounds over all of them.

use std::{collections::BTreeSet, fmt::Write as _, ops::Range, path::Path};

use ports::film::{Aspect, Brief, Script, Style};
use serde_json::Value;
use storyboard::{rules, text};

/// A measure: how much of how much.
#[derive(Debug, Default, Clone, Copy)]
struct Share(f64, f64);

impl Share {
    fn count(&mut self, got: f64) {
        self.0 += got;
        self.1 += 1.0;
    }

    fn part(self) -> f64 {
        if self.1 > 0.0 { self.0 / self.1 } else { 1.0 }
    }
}

/// What is measured, in the order of the columns.
#[derive(Debug, Default, Clone, Copy)]
struct Score {
    precision: Share,
    recall: Share,
    traits: Share,
    place: Share,
    time: Share,
    sky: Share,
    present: Share,
    speakers: Share,
    empty: Share,
}

impl Score {
    fn columns(&self) -> [(&'static str, Share); 9] {
        [
            ("precision", self.precision),
            ("recall", self.recall),
            ("traits", self.traits),
            ("place", self.place),
            ("time", self.time),
            ("sky", self.sky),
            ("present", self.present),
            ("speakers", self.speakers),
            ("empty", self.empty),
        ]
    }

    fn add(&mut self, other: &Self) {
        let mine = [
            &mut self.precision,
            &mut self.recall,
            &mut self.traits,
            &mut self.place,
            &mut self.time,
            &mut self.sky,
            &mut self.present,
            &mut self.speakers,
            &mut self.empty,
        ];
        for (mine, (_, other)) in mine.into_iter().zip(other.columns()) {
            mine.0 += other.0;
            mine.1 += other.1;
        }
    }
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Letters and digits alone: what scenes and texts are compared by.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A label's people.
struct Cast<'a>(Vec<&'a Value>);

impl Cast<'_> {
    /// Which of them a name means: one of the names exactly, articles aside.
    fn find(&self, name: &str) -> Option<usize> {
        let bare = |name: &str| name.trim_start_matches("the ").trim_start_matches("The ").to_lowercase();
        self.0.iter().position(|person| {
            let names = person["name"].as_str().into_iter().chain(strings(&person["aliases"]));
            names.into_iter().any(|known| bare(known) == bare(name))
        })
    }
}

/// A word of a value of a film as labels have it.
fn word(value: impl std::fmt::Debug) -> String {
    format!("{value:?}").to_lowercase()
}

fn also<'a>(label: &'a Value, field: &str) -> Vec<&'a str> {
    let also = strings(&label[format!("{field}_also")]);
    label[field].as_str().into_iter().chain(also).collect()
}

/// Where the beats of a label stand in the letters of a text.
fn beats(story: &str, label: &Value) -> Vec<Range<usize>> {
    let mut cursor = 0;
    let find = |part: &str, from: usize| from + story[from..].find(&letters(part)).unwrap_or_else(|| panic!("{part} is not in the text"));
    let mut found = Vec::new();
    for beat in label["beats"].as_array().unwrap() {
        let start = find(beat["from"].as_str().unwrap(), cursor);
        let last = beat["to"].as_str().unwrap();
        let end = find(last, start) + letters(last).len();
        found.push(start..end);
        cursor = end;
    }
    found
}

/// The quotes of a text, as ranges of its letters.
fn quotes(story: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut at, mut open) = (0, None);
    for paragraph in story.lines() {
        let mut straight = false;
        for c in paragraph.chars() {
            straight ^= c == '"';
            match c {
                '“' | '「' => open = Some(at),
                '"' if straight => open = Some(at),
                '”' | '」' | '"' => found.extend(open.take().map(|start| start..at)),
                c if c.is_alphanumeric() => at += c.to_lowercase().map(char::len_utf8).sum::<usize>(),
                _ => {}
            }
        }
    }
    found
}

fn score(story: &str, label: &Value, script: &Script, remarks: &mut String) -> Score {
    let mut score = Score::default();
    let cast = Cast(label["characters"].as_array().unwrap().iter().collect());
    let mentioned = Cast(label["mentioned"].as_array().into_iter().flatten().collect());
    let id = label["id"].as_str().unwrap();
    // Who is in it.
    let mut met = BTreeSet::new();
    for somebody in &script.characters {
        let names = || std::iter::once(&somebody.name).chain(&somebody.aliases);
        let found = names().find_map(|name| cast.find(name));
        if found.is_none() && names().any(|name| mentioned.find(name).is_some()) {
            continue;
        }
        let right = found.is_some_and(|who| met.insert(who));
        score.precision.count(f64::from(right));
        if let (true, Some(who)) = (right, found) {
            for (field, got) in [("kind", word(somebody.being)), ("gender", word(somebody.gender)), ("age", word(somebody.age))] {
                let good = also(cast.0[who], field);
                if !good.contains(&"unknown") && !good.contains(&"mixed") {
                    score.traits.count(f64::from(good.contains(&got.as_str())));
                }
            }
        } else {
            let _ = writeln!(remarks, "{id}: {} is not in it, or twice", somebody.name);
        }
    }
    cast.0.iter().enumerate().for_each(|(who, _)| score.recall.count(f64::from(met.contains(&who))));
    let who = |index: usize| {
        let somebody = &script.characters[index];
        std::iter::once(&somebody.name).chain(&somebody.aliases).find_map(|name| cast.find(name)).ok_or(index)
    };
    // Where each scene and each line stands.
    let told = letters(story);
    let mut cursor = 0;
    let (mut scenes, mut lines) = (Vec::new(), Vec::new());
    for scene in &script.scenes {
        let start = cursor;
        for cue in &scene.cues {
            let part = letters(&cue.text);
            let at = cursor + told[cursor..].find(&part).unwrap_or_else(|| panic!("{} is not told", cue.text));
            cursor = at + part.len();
            lines.push((at..cursor, cue.speaker));
        }
        let begins = lines[lines.len() - scene.cues.len()].0.start.max(start);
        scenes.push((begins..cursor, scene));
    }
    let overlap = |a: &Range<usize>, b: &Range<usize>| a.end.min(b.end).saturating_sub(a.start.max(b.start));
    let said = quotes(story);
    for (beat, at) in label["beats"].as_array().unwrap().iter().zip(beats(&told, label)) {
        let parts: Vec<_> =
            scenes.iter().map(|(range, scene)| (overlap(range, &at), range.len(), scene)).filter(|(shared, _, _)| *shared > 0).collect();
        let total: usize = parts.iter().map(|(shared, _, _)| shared).sum();
        let share = |good: &dyn Fn(&ports::film::Scene) -> bool| {
            parts.iter().filter(|(_, _, scene)| good(scene)).map(|(shared, _, _)| *shared).sum::<usize>() as f64 / total.max(1) as f64
        };
        let kinds = also(beat, "place_kind");
        score.place.count(share(&|scene| kinds.contains(&scene.place.kind())));
        let times = also(beat, "time");
        if !times.contains(&"unknown") {
            score.time.count(share(&|scene| times.contains(&word(scene.time).as_str())));
        }
        let mine: Vec<_> =
            parts.iter().filter(|(shared, length, _)| shared * 2 >= *length || shared * 4 >= at.len()).map(|(_, _, scene)| scene).collect();
        if beat["season"].is_string() {
            let good = also(beat, "season");
            score.sky.count(f64::from(mine.iter().any(|scene| scene.season.is_some_and(|season| good.contains(&word(season).as_str())))));
        }
        for weather in strings(&beat["weather"]) {
            score.sky.count(f64::from(mine.iter().any(|scene| scene.signs.iter().any(|sign| word(sign) == weather))));
        }
        let maybe: BTreeSet<_> = strings(&beat["maybe"]).iter().filter_map(|name| cast.find(name)).collect();
        let here: BTreeSet<_> = strings(&beat["present"]).iter().filter_map(|name| cast.find(name)).map(Ok).collect();
        let shown: BTreeSet<Result<usize, usize>> = mine.iter().flat_map(|scene| &scene.present).map(|index| who(*index)).collect();
        let counted: BTreeSet<_> =
            shown.iter().filter(|who| here.contains(*who) || !who.is_ok_and(|who| maybe.contains(&who))).copied().collect();
        let both = counted.intersection(&here).count();
        score.present.count(if counted.is_empty() && here.is_empty() {
            1.0
        } else {
            2.0 * both as f64 / (counted.len() + here.len()) as f64
        });
        if !here.is_empty() {
            score.empty.count(f64::from(shown.is_empty()));
        }
        let inside = said.iter().filter(|quote| at.contains(&quote.start));
        for (quote, speaker) in inside.zip(beat["speakers"].as_array().unwrap()) {
            let Some(speaker) = speaker.as_str() else { continue };
            let line = lines.iter().max_by_key(|(range, _)| overlap(range, quote)).expect("there are lines");
            let right = line.1.and_then(|index| who(index).ok()) == cast.find(speaker);
            score.speakers.count(f64::from(right));
            if !right {
                let got = line.1.map_or("nobody", |index| script.characters[index].name.as_str());
                let _ = writeln!(remarks, "{id}: {} says {:?}, not {speaker}", got, &told[quote.clone()]);
            }
        }
    }
    score
}

/// The bounds over all texts; of empty scenes at most, of all else at least.
const BOUNDS: &[(&str, f64)] = &[
    ("precision", 0.85),
    ("recall", 0.85),
    ("traits", 0.9),
    ("place", 0.8),
    ("time", 0.85),
    ("sky", 0.8),
    ("present", 0.8),
    ("speakers", 0.8),
    ("empty", 0.05),
];

#[test]
fn stories_of_several_sorts_are_understood() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/texts");
    let mut stories: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    stories.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    stories.sort();
    assert!(stories.len() >= 7, "{stories:?}");
    let (mut all, mut remarks) = (Score::default(), String::new());
    for path in stories {
        let story = std::fs::read_to_string(&path).unwrap();
        let label: Value = serde_json::from_str(&std::fs::read_to_string(path.with_extension("label.json")).unwrap()).unwrap();
        let text = text::normalise(&story);
        let brief = Brief {
            language: text::language(&text),
            text,
            style: Style::Anime,
            aspect: Aspect::Wide,
            scene_seconds: 8.0,
            voice_speed: 1.0,
            subtitles: true,
        };
        let score = score(&story, &label, &rules::script(&brief), &mut remarks);
        let row: Vec<String> = score.columns().iter().map(|(name, share)| format!("{name} {:.2}", share.part())).collect();
        println!("{}: {}", label["id"].as_str().unwrap(), row.join(", "));
        all.add(&score);
    }
    println!("{remarks}");
    for ((name, bound), (column, share)) in BOUNDS.iter().zip(all.columns()) {
        assert_eq!(*name, column);
        let holds = if *name == "empty" { share.part() <= *bound } else { share.part() >= *bound };
        assert!(holds, "{name}: {:.2}\n{remarks}", share.part());
    }
}
