//! The words of film making: a brief becomes a script of scenes, with characters who look and sound the same throughout.
//!
//! These values are recorded between steps by the kind `anime`, in records versioned by name; they are plain data. They use serde in
//! this crate because the engine records them and several providers exchange them; types of the engine's own would be duplicates.

use serde::{Deserialize, Serialize};

/// The look of a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// Flat colours, big eyes, coloured light.
    Anime,
    /// Ink, screentone, panels.
    Manga,
    /// Painted landscapes with depth, haze and grain.
    Realistic,
}

/// The shape of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// 16:9.
    Wide,
    /// 4:3.
    Classic,
    /// 9:16.
    Tall,
}

impl Aspect {
    /// Width and height in pixels.
    #[must_use]
    pub fn size(self) -> (u32, u32) {
        match self {
            Self::Wide => (1280, 720),
            Self::Classic => (960, 720),
            Self::Tall => (720, 1280),
        }
    }
}

/// How a text is written, as far as its reading goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Mandarin in Chinese characters.
    Chinese,
    /// English, and whatever else is written in letters; what it is exactly says [`SpokenLanguage`].
    English,
}

macro_rules! spoken {
    ($($variant:ident $tag:literal $three:literal $english:literal $chinese:literal),* $(,)?) => {
        /// A language that the built-in voices speak.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[expect(missing_docs, reason = "languages are called by their names")]
        pub enum SpokenLanguage { $($variant),* }

        impl SpokenLanguage {
            /// Every one of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its BCP 47 tag.
            #[must_use]
            pub fn tag(self) -> &'static str {
                match self { $(Self::$variant => $tag),* }
            }

            /// Its code of three letters (ISO 639-2), as files of sound and pictures have it.
            #[must_use]
            pub fn three_letters(self) -> &'static str {
                match self { $(Self::$variant => $three),* }
            }

            /// Its name in English.
            #[must_use]
            pub fn english(self) -> &'static str {
                match self { $(Self::$variant => $english),* }
            }

            /// Its name in Chinese.
            #[must_use]
            pub fn chinese(self) -> &'static str {
                match self { $(Self::$variant => $chinese),* }
            }
        }
    };
}

spoken! {
    Chinese "zh" "zho" "Chinese" "中文",
    English "en" "eng" "English" "英语",
    French "fr" "fra" "French" "法语",
    German "de" "deu" "German" "德语",
    Spanish "es" "spa" "Spanish" "西班牙语",
    Portuguese "pt" "por" "Portuguese" "葡萄牙语",
    Italian "it" "ita" "Italian" "意大利语",
    Dutch "nl" "nld" "Dutch" "荷兰语",
    Swedish "sv" "swe" "Swedish" "瑞典语",
    Danish "da" "dan" "Danish" "丹麦语",
    Norwegian "nb" "nob" "Norwegian" "挪威语",
    Finnish "fi" "fin" "Finnish" "芬兰语",
    Indonesian "id" "ind" "Indonesian" "印尼语",
    Russian "ru" "rus" "Russian" "俄语",
}

/// What is asked for: the text and how it is to be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Brief {
    /// The novel, normalised.
    pub text: String,
    /// Its language.
    pub language: Language,
    /// The look.
    pub style: Style,
    /// The shape.
    pub aspect: Aspect,
    /// The length a scene should have, in seconds; a longer narration makes it longer.
    pub scene_seconds: f64,
    /// 1.0 is the natural speed; 0.5 to 2.0.
    pub voice_speed: f64,
    /// Whether subtitles are drawn into the picture.
    pub subtitles: bool,
}

/// Man, woman or not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    /// A man or boy.
    Male,
    /// A woman or girl.
    Female,
    /// The text does not say.
    Unknown,
}

/// About how old.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Age {
    /// A child.
    Child,
    /// Young: a pupil, a student, a maid, a young master.
    Young,
    /// Grown up.
    Adult,
    /// Old.
    Old,
}

/// What somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Being {
    /// A person.
    #[default]
    Human,
    /// An animal that acts.
    Animal,
    /// A ghost, a god, a dragon, a monster.
    Creature,
}

/// Somebody in the story; index in [`Script::characters`] is how scenes name them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Character {
    /// The name as the text has it.
    pub name: String,
    /// Other names the text uses for the same person.
    pub aliases: Vec<String>,
    /// Man, woman, or not told.
    pub gender: Gender,
    /// About how old.
    pub age: Age,
    /// A person, an animal or a creature.
    #[serde(default)]
    pub being: Being,
    /// Of which sort, where it is no person and the sort can be drawn.
    #[serde(default)]
    pub species: Option<Species>,
    /// Several who act as one: a crowd, soldiers, guests.
    #[serde(default)]
    pub group: bool,
    /// What they look like, in a few words for an image provider.
    pub looks: String,
    /// From the name: fixes hair, eyes, clothes and voice for the whole film.
    pub seed: u64,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[expect(missing_docs, reason = "the words speak for themselves")]
        pub enum $name { $($variant),* }

        impl $name {
            /// Every one of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];
        }
    };
}

words! {
    /// Where a scene is.
    Place {
        Home, Courtyard, Village, Street, City, School, Office, Hospital, Shop, Palace, Temple, Library, Station, Field, Garden, Road,
        Forest, Mountain, River, Lake, Sea, Boat, Bridge, Desert, Battlefield, Cave, Space, Inn, Prison, Carriage, Train, Sky, Heaven,
        Undersea,
    }
}

impl Place {
    /// The sort of place that this is, in the words by which stories are labelled.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Home => "indoors-home",
            Self::Shop | Self::Inn => "indoors-shop/inn",
            Self::School | Self::Library => "indoors-school",
            Self::Office => "indoors-office",
            Self::Palace | Self::Temple => "temple/palace",
            Self::Street | Self::City => "street/town",
            Self::Village => "village",
            Self::Courtyard | Self::Garden => "courtyard/garden",
            Self::Field => "field",
            Self::Road | Self::Bridge => "road",
            Self::Forest => "forest",
            Self::Mountain => "mountain",
            Self::River | Self::Lake => "river/lake",
            Self::Sea | Self::Undersea => "sea",
            Self::Space | Self::Sky | Self::Heaven => "sky/space",
            Self::Boat | Self::Carriage | Self::Train => "vehicle/ship",
            Self::Hospital | Self::Station | Self::Desert | Self::Battlefield | Self::Cave | Self::Prison => "other",
        }
    }

    /// Whether it has a roof and walls.
    #[must_use]
    pub fn indoors(self) -> bool {
        matches!(
            self,
            Self::Home
                | Self::School
                | Self::Office
                | Self::Hospital
                | Self::Shop
                | Self::Palace
                | Self::Library
                | Self::Cave
                | Self::Inn
                | Self::Prison
                | Self::Carriage
                | Self::Train
        )
    }
}

words! {
    /// What time of day.
    TimeOfDay { Dawn, Day, Dusk, Night }
}
words! {
    /// What time of year.
    Season { Spring, Summer, Autumn, Winter }
}
words! {
    /// What the sky does.
    Weather { Clear, Cloudy, Rain, Storm, Snow, Fog, Wind }
}
words! {
    /// One of the things that a text says of the sky and the air; several hold at once.
    Sign { Snow, Rain, Thunder, Fog, Wind, Cloud, Sun, Moon, Cold, Hot }
}
words! {
    /// How it feels.
    Mood { Calm, Happy, Sad, Tense, Angry, Afraid, Tender, Mysterious }
}
words! {
    /// What somebody does with their body.
    Pose { Standing, Sitting, Walking, Running, Bowing, Pointing, Kneeling, Lying, Riding, Leaving }
}
words! {
    /// An animal or a creature that can be drawn.
    Species {
        Cat, Dog, Horse, Donkey, Ox, Sheep, Pig, Rabbit, Mouse, Mole, Rat, Toad, Otter, Badger, Fox, Wolf, Bear, Tiger, Lion, Elephant, Deer,
        Monkey, Bird, Crow, Chicken, Duck, Crane, Eagle, Owl, Fish, Turtle, Snake, Insect,
        Dragon, Phoenix, Ghost, Demon, Giant, Fairy,
    }
}
words! {
    /// How near the camera is.
    Framing { Wide, Medium, Close, Detail }
}
words! {
    /// A thing worth a shot of its own.
    Prop {
        Moon, Sun, Lamp, Letter, Book, Sword, Flower, Tree, Bird, Cat, Dog, Horse, Fish, Boat, Cup, Bowl, Bread, Apple, Watermelon, Fork, Key, Door,
        Window, Clock, Watch, Phone, Train, Car, Cart, Sedan, Bicycle, Umbrella, Hat, Ring, Necklace, Coin, Box, Bag, Candle, Fire, Star, Cloud, Snowflake, Leaf,
        Mountain, Bridge, Lantern, Kite, Drum, Flute, Qin, Brush, Scroll, Map, Bottle, Medicine, Knife, Bow, Flag, Crown, Mask, Mirror, Doll, Ball,
    }
}

/// When a story is set, as far as pictures care: it decides what people wear and what stands in their rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// Nobody says; nothing that would be wrong in the last two centuries.
    #[default]
    Timeless,
    /// China of the emperors: robes, curved roofs, lanterns.
    Ancient,
    /// China of the early republic: long gowns, felt hats, students' tunics.
    Republican,
    /// Europe of carriages and gas light.
    Victorian,
    /// Castles, wizards, knights.
    Fantasy,
    /// Telephones and screens.
    Modern,
    /// A school of today.
    School,
}

/// One subtitle's worth of speech.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cue {
    /// What is said and shown.
    pub text: String,
    /// Who says it; none for the narrator.
    pub speaker: Option<usize>,
}

/// One shot of the film.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scene {
    /// What is said, in order.
    pub cues: Vec<Cue>,
    /// Where.
    pub place: Place,
    /// When.
    pub time: TimeOfDay,
    /// The sky.
    pub weather: Weather,
    /// The feeling.
    pub mood: Mood,
    /// How near.
    pub framing: Framing,
    /// Who is there, most important first.
    pub present: Vec<usize>,
    /// What each of `present` does, in the same order; who is missing stands.
    #[serde(default)]
    pub poses: Vec<Pose>,
    /// The time of year, where the text says it.
    #[serde(default)]
    pub season: Option<Season>,
    /// All that the text says of the sky and the air; `weather` is the one word for it.
    #[serde(default)]
    pub signs: Vec<Sign>,
    /// The place in the text's own words, where it has any.
    #[serde(default)]
    pub place_name: Option<String>,
    /// A thing worth showing.
    pub prop: Option<Prop>,
    /// A chapter's title, where one starts here.
    pub chapter: Option<String>,
    /// A memory or a dream.
    pub memory: bool,
    /// What an image provider is told.
    pub description: String,
}

/// A whole film on paper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Script {
    /// The title.
    pub title: String,
    /// The language.
    pub language: Language,
    /// When it is set.
    #[serde(default)]
    pub period: Period,
    /// Who is in it.
    pub characters: Vec<Character>,
    /// The shots in order; never empty.
    pub scenes: Vec<Scene>,
    /// Who wrote it: `rules` or a model's name.
    pub engine: String,
}
