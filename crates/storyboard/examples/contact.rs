//! Draws contact sheets of people, poses, places, seasons, things and framings, for looking at: `contact SHEET STYLE ASPECT FILE`.

use image::{DynamicImage, RgbImage, imageops::FilterType};
use ports::film::{
    Age, Aspect, Being, Character, Cue, Framing, Gender, Language, Mood, Period, Place, Pose, Prop, Scene, Script, Season, Species, Style,
    TimeOfDay, Weather,
};
use storyboard::{render, rules::names};

fn somebody(name: &str, gender: Gender, age: Age) -> Character {
    Character {
        name: name.to_owned(),
        aliases: Vec::new(),
        gender,
        age,
        being: Being::Human,
        species: None,
        group: false,
        looks: String::new(),
        seed: names::seed(name),
    }
}

fn animal(species: Species) -> Character {
    let creature =
        matches!(species, Species::Dragon | Species::Phoenix | Species::Ghost | Species::Demon | Species::Giant | Species::Fairy);
    let being = if creature { Being::Creature } else { Being::Animal };
    Character { being, species: Some(species), ..somebody(&format!("{species:?}"), Gender::Unknown, Age::Adult) }
}

fn script(period: Period, characters: Vec<Character>, scene: Scene) -> Script {
    Script { title: "样片".to_owned(), language: Language::Chinese, period, characters, scenes: vec![scene], engine: "rules".to_owned() }
}

fn scene(framing: Framing, present: usize) -> Scene {
    Scene {
        cues: vec![Cue { text: "……".to_owned(), speaker: (present > 0).then_some(0) }],
        place: Place::Road,
        time: TimeOfDay::Day,
        weather: Weather::Clear,
        mood: Mood::Calm,
        framing,
        present: (0..present).collect(),
        poses: Vec::new(),
        season: None,
        signs: Vec::new(),
        place_name: None,
        prop: None,
        chapter: None,
        memory: false,
        description: String::new(),
    }
}

/// A name, a sex and an age.
type Told = (&'static str, Gender, Age);

fn people() -> Vec<Script> {
    use Age::{Adult, Child, Old, Young};
    use Gender::{Female as F, Male as M};
    let rows: [(Period, [Told; 6]); 8] = [
        (
            Period::Ancient,
            [
                ("皇帝", M, Adult),
                ("林姑娘", F, Young),
                ("法海和尚", M, Old),
                ("赵将军", M, Adult),
                ("王书生", M, Young),
                ("小童", M, Child),
            ],
        ),
        (
            Period::Ancient,
            [("皇后", F, Adult), ("李大人", M, Old), ("张道士", M, Old), ("丫鬟春儿", F, Child), ("老农", M, Old), ("王婆", F, Old)],
        ),
        (
            Period::Republican,
            [
                ("赵老爷", M, Adult),
                ("四婶", F, Adult),
                ("闰土", M, Adult),
                ("周先生", M, Adult),
                ("学生小芳", F, Young),
                ("陈奶奶", F, Old),
            ],
        ),
        (
            Period::Modern,
            [("李明", M, Adult), ("张医生", F, Adult), ("陈警官", M, Adult), ("王经理", M, Adult), ("小红", F, Child), ("周爷爷", M, Old)],
        ),
        (
            Period::School,
            [("王老师", F, Adult), ("小明", M, Young), ("林晓", F, Young), ("陈晨", M, Child), ("苏雨", F, Child), ("刘老师", M, Adult)],
        ),
        (
            Period::Victorian,
            [
                ("Sir Henry", M, Adult),
                ("Anna Bell", F, Adult),
                ("Thomas", M, Old),
                ("Alice", F, Child),
                ("Mary the maid", F, Young),
                ("Dr. Watson", M, Adult),
            ],
        ),
        (
            Period::Fantasy,
            [
                ("King Arthur", M, Old),
                ("Gandalf the wizard", M, Old),
                ("Queen Mab", F, Adult),
                ("Knight Roland", M, Adult),
                ("Lina", F, Young),
                ("Tom", M, Child),
            ],
        ),
        (
            Period::Timeless,
            [("阿牛", M, Adult), ("小梅", F, Young), ("爷爷", M, Old), ("奶奶", F, Old), ("宝宝", M, Child), ("护士小周", F, Young)],
        ),
    ];
    let mut found = Vec::new();
    for (period, six) in rows {
        for three in six.chunks(3) {
            for framing in [Framing::Wide, Framing::Medium] {
                let characters = three.iter().map(|(name, gender, age)| somebody(name, *gender, *age)).collect();
                found.push(script(period, characters, scene(framing, 3)));
            }
        }
    }
    found
}

fn poses() -> Vec<Script> {
    let mut found = Vec::new();
    for (index, pose) in Pose::ALL.iter().enumerate() {
        for framing in [Framing::Wide, Framing::Medium] {
            let period = [Period::Modern, Period::Ancient, Period::Republican, Period::Victorian][index % 4];
            let mut shot = scene(framing, 2);
            (shot.poses, shot.place) = (vec![*pose, Pose::Standing], if index % 2 == 0 { Place::Home } else { Place::Road });
            found.push(script(
                period,
                vec![somebody("林小满", Gender::Female, Age::Adult), somebody("周明", Gender::Male, Age::Adult)],
                shot,
            ));
        }
    }
    found
}

fn moods() -> Vec<Script> {
    let mut found = Vec::new();
    for mood in Mood::ALL {
        for (name, gender, age) in
            [("林小满", Gender::Female, Age::Young), ("周明", Gender::Male, Age::Adult), ("陈爷爷", Gender::Male, Age::Old)]
        {
            let mut shot = scene(Framing::Close, 1);
            shot.mood = *mood;
            found.push(script(Period::Modern, vec![somebody(name, gender, age)], shot));
        }
    }
    found
}

fn animals() -> Vec<Script> {
    let mut found = Vec::new();
    for species in Species::ALL {
        let mut shot = scene(Framing::Wide, 1);
        (shot.cues[0].speaker, shot.place) = (None, Place::Field);
        found.push(script(Period::Timeless, vec![animal(*species)], shot));
    }
    found
}

fn fables() -> Vec<Script> {
    let mut found = Vec::new();
    for (index, species) in Species::ALL.iter().enumerate() {
        let other = Species::ALL[(index + 1) % Species::ALL.len()];
        let framing = [Framing::Wide, Framing::Medium, Framing::Close][index % 3];
        found.push(script(Period::Victorian, vec![animal(*species), animal(other)], scene(framing, 2)));
    }
    found
}

fn places() -> Vec<Script> {
    let mut found = Vec::new();
    for place in Place::ALL {
        for (framing, period) in [(Framing::Wide, Period::Ancient), (Framing::Medium, Period::Modern)] {
            let mut shot = scene(framing, if framing == Framing::Wide { 0 } else { 1 });
            shot.place = *place;
            found.push(script(period, vec![somebody("周明", Gender::Male, Age::Adult)], shot));
        }
    }
    found
}

fn seasons() -> Vec<Script> {
    let mut found = Vec::new();
    for season in Season::ALL {
        for place in [Place::Road, Place::Garden, Place::Field, Place::Forest, Place::Village, Place::Courtyard] {
            let mut shot = scene(Framing::Wide, 1);
            (shot.place, shot.season) = (place, Some(*season));
            found.push(script(Period::Timeless, vec![somebody("小梅", Gender::Female, Age::Young)], shot));
        }
    }
    found
}

/// Hours and skies, outside and in.
fn times() -> Vec<Script> {
    let mut found = Vec::new();
    for (index, weather) in Weather::ALL.iter().enumerate() {
        for (column, time) in TimeOfDay::ALL.iter().enumerate() {
            let mut shot = scene(if column % 2 == 0 { Framing::Wide } else { Framing::Medium }, 1);
            shot.place = [Place::Street, Place::Home, Place::Sea, Place::Forest, Place::School, Place::Village, Place::Courtyard][index];
            (shot.time, shot.weather) = (*time, *weather);
            found.push(script(Period::Republican, vec![somebody("小梅", Gender::Female, Age::Young)], shot));
        }
    }
    found
}

fn things() -> Vec<Script> {
    let mut found = Vec::new();
    for (index, prop) in Prop::ALL.iter().enumerate() {
        let mut shot = scene([Framing::Medium, Framing::Wide, Framing::Detail][index % 3], 1);
        shot.prop = Some(*prop);
        found.push(script(Period::Modern, vec![somebody("周明", Gender::Male, Age::Adult)], shot));
    }
    found
}

fn crowds() -> Vec<Script> {
    let mut found = Vec::new();
    for (name, period) in [
        ("士兵们", Period::Ancient),
        ("众人", Period::Republican),
        ("同学们", Period::School),
        ("客人", Period::Victorian),
        ("官兵", Period::Ancient),
        ("人群", Period::Modern),
    ] {
        for framing in [Framing::Wide, Framing::Medium] {
            let crowd = Character { group: true, ..somebody(name, Gender::Unknown, Age::Adult) };
            found.push(script(period, vec![somebody("周明", Gender::Male, Age::Adult), crowd], scene(framing, 2)));
        }
    }
    found
}

/// One place with two people, cut into many neighbouring shots.
fn angles() -> Vec<Script> {
    let people = || vec![somebody("林小满", Gender::Female, Age::Adult), somebody("周明", Gender::Male, Age::Adult)];
    let framings = [Framing::Wide, Framing::Medium, Framing::Close, Framing::Medium, Framing::Wide, Framing::Medium];
    let mut found = Vec::new();
    for place in [Place::Home, Place::Street, Place::Palace, Place::Garden] {
        let mut whole = script(Period::Ancient, people(), scene(Framing::Wide, 2));
        whole.scenes = framings
            .iter()
            .enumerate()
            .map(|(index, framing)| {
                let mut shot = scene(*framing, 2);
                shot.place = place;
                shot.cues[0].speaker = Some(index % 2);
                if index % 2 == 1 {
                    shot.present = vec![1, 0];
                }
                shot
            })
            .collect();
        for index in 0..framings.len() {
            let mut one = whole.clone();
            one.title = format!("样片{index}");
            found.push(one);
        }
    }
    found
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
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
    let shots = match arguments[1].as_str() {
        "poses" => poses(),
        "moods" => moods(),
        "animals" => animals(),
        "fables" => fables(),
        "places" => places(),
        "seasons" => seasons(),
        "things" => things(),
        "times" => times(),
        "crowds" => crowds(),
        "angles" => angles(),
        _ => people(),
    };
    // `contact SHEET STYLE ASPECT FILE FROM TO`: only some of them, larger.
    let number = |at: usize, other: usize| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(other);
    let (from, to) = (number(5, 0), number(6, shots.len()).min(shots.len()));
    let (w, h) = aspect.size();
    let count = (to - from) as u32;
    let columns = if aspect == Aspect::Tall { 10 } else { 6 }.min(count);
    let columns = if count <= 6 { count.div_ceil(2) } else { columns };
    let cell = (1920 / columns).min(w);
    let high = cell * h / w;
    let mut sheet = RgbImage::new(cell * columns, high * count.div_ceil(columns));
    for (place, index) in (from..to).enumerate() {
        let number = if arguments[1] == "angles" { index % 6 } else { 0 };
        let png = render::still(&shots[index], number, style, aspect, false);
        let picture = image::load_from_memory(&png).map(DynamicImage::into_rgb8).expect("a picture");
        let small = image::imageops::resize(&picture, cell, high, FilterType::Triangle);
        let place = place as u32;
        image::imageops::replace(&mut sheet, &small, i64::from(place % columns * cell), i64::from(place / columns * high));
    }
    sheet.save(&arguments[4]).expect("a folder to write to");
}
