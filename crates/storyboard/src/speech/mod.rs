//! Speech by espeak-ng, a child process for each run of one script.
//!
//! The text goes in by standard input and never into an argument. Chinese is turned into pinyin by us ([`pinyin`]): the Mandarin
//! voice of Debian 12's espeak-ng spells tone digits in English, and no version knows polyphones from their phrases. Latin runs are
//! spoken by the English voice on their own, because switching voices within one utterance breaks what follows.

mod numbers;
pub mod pinyin;
mod run;
mod stretch;

use std::{io::ErrorKind, time::Duration};

use ports::{
    fault::Fault,
    film::{Age, Character, Gender, SpokenLanguage},
    speech::{Line, Sound, SpeechModel},
};

use self::run::Run;
pub(crate) use self::run::heard;
use crate::child;

/// Samples a second of everything espeak-ng says.
pub const RATE: u32 = 22_050;

/// How long one run of speech may take to be made.
const PATIENCE: Duration = Duration::from_secs(60);

/// The built-in voice.
#[derive(Debug, Clone, Copy, Default)]
pub struct Espeak;

#[async_trait::async_trait]
impl SpeechModel for Espeak {
    fn engine(&self) -> String {
        "espeak-ng".to_owned()
    }

    fn price(&self, _line: Line<'_>) -> i64 {
        0
    }

    fn concurrency(&self) -> usize {
        2
    }

    async fn speak(&self, line: Line<'_>) -> Result<Sound, Fault> {
        let voice = Voice::of(line.speaker);
        let runs = run::runs(line.text, line.language);
        let speed = line.speed;
        tokio::task::spawn_blocking(move || speak(&runs, voice, speed)).await.map_err(|error| Fault::passing(format!("speech: {error}")))?
    }
}

/// What a voice sounds like: an espeak-ng variant and a pitch of 0 to 99.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Voice {
    variant: &'static str,
    pitch: u8,
}

impl Voice {
    /// The voice of a character, fixed by the seed of the name; the narrator's without one.
    #[must_use]
    pub fn of(speaker: Option<&Character>) -> Self {
        let Some(character) = speaker else { return Self { variant: "+m3", pitch: 42 } };
        let pick = |list: &[(&'static str, u8)]| {
            let (variant, pitch) = list[usize::try_from(character.seed % list.len() as u64).unwrap_or(0)];
            Self { variant, pitch }
        };
        match (character.gender, character.age) {
            (_, Age::Child) => pick(&[("+f5", 78), ("+f2", 82), ("+f4", 80)]),
            (Gender::Female, Age::Old) => pick(&[("+f4", 34), ("+f1", 30)]),
            (Gender::Female, Age::Young | Age::Adult) => pick(&[("+f2", 58), ("+f3", 62), ("+f4", 54)]),
            (Gender::Male | Gender::Unknown, Age::Old) => pick(&[("+m5", 22), ("+m7", 26)]),
            (Gender::Male | Gender::Unknown, Age::Young | Age::Adult) => pick(&[("+m1", 46), ("+m7", 38), ("+m4", 50), ("+m2", 34)]),
        }
    }
}

fn speak(runs: &[Run], voice: Voice, speed: f64) -> Result<Sound, Fault> {
    let mut samples = Vec::new();
    for run in runs {
        match run {
            Run::Pause(ms) => {
                samples.extend(std::iter::repeat_n(0.0, usize::try_from(u64::from(*ms) * u64::from(RATE) / 1000).unwrap_or(0)))
            }
            Run::Chinese(text) => samples.extend(utter("cmn-latn-pinyin", text, voice, mandarin(speed))?),
            Run::Words(language, text) => samples.extend(utter(espeak(*language), text, voice, words(speed))?),
        }
    }
    let samples = trim(&samples);
    if samples.is_empty() {
        // Nothing to be said (a lone symbol): a breath, so that its line can be read.
        return Ok(Sound { samples: vec![0.0; RATE as usize / 2], rate: RATE });
    }
    Ok(Sound { samples, rate: RATE })
}

/// How fast espeak-ng must be asked to speak, and by how much its sound is stretched after that.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Pace {
    setting: u32,
    stretch: f64,
}

/// Characters a second that the Mandarin voice reaches at each setting (measured with espeak-ng 1.51); 1.0 is 4.3.
fn mandarin(speed: f64) -> Pace {
    pace(
        4.3 * speed,
        &[
            (80.0, 1.74),
            (90.0, 1.86),
            (100.0, 2.085),
            (120.0, 2.54),
            (160.0, 3.5),
            (196.0, 4.3),
            (240.0, 5.45),
            (280.0, 6.7),
            (320.0, 7.6),
            (360.0, 8.51),
            (400.0, 9.67),
        ],
    )
}

/// What espeak-ng calls the voice of a language that is written in letters.
fn espeak(language: SpokenLanguage) -> &'static str {
    match language {
        SpokenLanguage::Chinese => "cmn-latn-pinyin",
        SpokenLanguage::English => "en-us",
        other => other.tag(),
    }
}

/// Words a minute that the English voice reaches at each setting (measured with espeak-ng 1.51); 1.0 is 165. The other voices of
/// languages that are written in letters follow it closely enough.
fn words(speed: f64) -> Pace {
    pace(
        165.0 * speed,
        &[
            (80.0, 106.8),
            (90.0, 114.0),
            (100.0, 126.8),
            (120.0, 151.5),
            (140.0, 177.0),
            (160.0, 201.0),
            (180.0, 227.0),
            (200.0, 251.0),
            (240.0, 299.0),
            (280.0, 345.0),
            (320.0, 390.0),
        ],
    )
}

fn pace(wanted: f64, table: &[(f64, f64)]) -> Pace {
    let slowest = table[0];
    if wanted < slowest.1 {
        return Pace { setting: slowest.0 as u32, stretch: slowest.1 / wanted };
    }
    let pair = table.windows(2).find(|pair| wanted <= pair[1].1).unwrap_or(&table[table.len() - 2..]);
    let share = (wanted - pair[0].1) / (pair[1].1 - pair[0].1);
    Pace { setting: (pair[0].0 + share * (pair[1].0 - pair[0].0)).round() as u32, stretch: 1.0 }
}

fn utter(language: &str, text: &str, voice: Voice, pace: Pace) -> Result<Vec<f32>, Fault> {
    let mut command = child::command("espeak-ng");
    command
        .args(["-v", &format!("{language}{}", voice.variant), "-s", &pace.setting.to_string(), "-p", &voice.pitch.to_string()])
        .args(["-a", "70", "-z", "--stdin", "--stdout"]);
    // A line of speech fits into the pipe, and is spoken in far less than a second.
    let spoken = child::output(&mut command, text.as_bytes(), PATIENCE);
    let (status, spoken) = spoken.map_err(|error| Fault::passing(format!("espeak-ng: {error}")))?;
    if !status.success() {
        return Err(Fault::passing(format!("espeak-ng ended with {status}")));
    }
    // A WAV header of 44 bytes, its sizes unknown to a pipe, then 16-bit samples.
    let bytes = spoken.get(44..).unwrap_or_default();
    let samples: Vec<f32> = bytes.chunks_exact(2).map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32768.0).collect();
    let samples = trim(&samples);
    Ok(if pace.stretch > 1.0 { stretch::stretch(&samples, pace.stretch, RATE) } else { samples })
}

/// Without the silence at both ends.
fn trim(samples: &[f32]) -> Vec<f32> {
    let loud = |sample: &f32| sample.abs() > 0.004;
    match (samples.iter().position(loud), samples.iter().rposition(loud)) {
        (Some(start), Some(end)) => samples[start..=end].to_vec(),
        _ => Vec::new(),
    }
}

/// What is missing for speech on this machine, if anything.
#[must_use]
pub fn missing() -> Option<String> {
    match listen("hao3") {
        Err(error) if error.kind() == ErrorKind::TimedOut => Some(format!("espeak-ng hangs: {error}")),
        Err(_) => Some("espeak-ng is not installed (apt-get install espeak-ng)".to_owned()),
        Ok(said) if said.contains("(en)") => Some("espeak-ng speaks pinyin in English: its voice cmn-latn-pinyin is missing".to_owned()),
        Ok(_) => None,
    }
}

/// The phonemes of a text in pinyin.
fn listen(pinyin: &str) -> std::io::Result<String> {
    phonemes_of("cmn-latn-pinyin", pinyin)
}

fn phonemes_of(voice: &str, text: &str) -> std::io::Result<String> {
    let mut command = child::command("espeak-ng");
    command.args(["-v", voice, "-x", "-q", "--stdin"]);
    let (status, printed) = child::output(&mut command, text.as_bytes(), child::PROBE)?;
    if status.success() { Ok(String::from_utf8_lossy(&printed).into_owned()) } else { Err(ErrorKind::NotFound.into()) }
}

/// The phonemes of a text as espeak-ng would speak them: what the tests look at.
#[must_use]
pub fn phonemes(text: &str, language: SpokenLanguage) -> Option<String> {
    let said = |run| match run {
        Run::Chinese(text) => Some(listen(&text).ok()),
        Run::Words(language, text) => Some(phonemes_of(espeak(language), &text).ok()),
        Run::Pause(_) => None,
    };
    run::runs(text, language).into_iter().filter_map(said).collect()
}

#[cfg(test)]
mod tests {
    use ports::film::Being;

    use super::*;

    fn say(text: &str, language: SpokenLanguage, speed: f64) -> Sound {
        speak(&run::runs(text, language), Voice::of(None), speed).unwrap()
    }

    #[test]
    fn pure_chinese_has_no_english_in_it() {
        let said =
            phonemes("深蓝的天空中挂着一轮金黄的圆月，下面是海边的沙地，都种着一望无际的碧绿的西瓜。", SpokenLanguage::Chinese).unwrap();
        assert!(!said.contains("(en)") && said.len() > 100, "{said}");
    }

    #[test]
    fn each_language_is_spoken_by_its_own_voice() {
        for (language, text, heard) in [
            (SpokenLanguage::English, "The old cat sleeps.", "k'at"),
            (SpokenLanguage::French, "Le vieux chat dort.", "S'a"),
            (SpokenLanguage::German, "Die Katze schläft.", "Sl'Eft"),
            (SpokenLanguage::Spanish, "El niño duerme.", "n^"),
            (SpokenLanguage::Portuguese, "O gato dorme.", "g'at"),
            (SpokenLanguage::Italian, "Il gatto dorme.", "g'at"),
            (SpokenLanguage::Dutch, "De kat slaapt.", "sl'a"),
            (SpokenLanguage::Swedish, "Katten sover.", "s'u"),
            (SpokenLanguage::Danish, "Katten sover.", "s'?Ow"),
            (SpokenLanguage::Norwegian, "Katten sover.", "s'u"),
            (SpokenLanguage::Finnish, "Vanha kissa.", "v'anh"),
            (SpokenLanguage::Indonesian, "Kucing tua tidur.", "k'utS"),
            (SpokenLanguage::Russian, "Старый кот спит.", "k'ot"),
        ] {
            let said = phonemes(text, language).unwrap();
            assert!(said.contains(heard) && !said.contains("(en)"), "{language:?}: {said}");
            assert!(say(text, language, 1.0).seconds() > 0.4, "{language:?}");
        }
    }

    #[test]
    fn the_speed_asked_for_is_the_speed_heard() {
        for (text, language) in [
            ("深蓝的天空中挂着一轮金黄的圆月下面是海边的沙地都种着一望无际的碧绿的西瓜其间有一个十一二岁的少年", SpokenLanguage::Chinese),
            (
                "The old lighthouse keeper climbed the stairs every evening and lit the lamp while the wind blew from the grey and restless sea",
                SpokenLanguage::English,
            ),
        ] {
            let natural = say(text, language, 1.0).seconds();
            for speed in [0.5, 0.7, 0.85, 1.25, 1.5, 1.75, 2.0] {
                let heard = natural / say(text, language, speed).seconds();
                assert!((heard / speed - 1.0).abs() < 0.05, "{language:?} asked {speed}, heard {heard:.3}");
            }
        }
    }

    #[test]
    fn a_cast_has_different_voices_and_each_keeps_its_own() {
        let person = |name: &str, gender, age| Character {
            name: name.into(),
            aliases: vec![],
            gender,
            age,
            being: Being::Human,
            species: None,
            group: false,
            looks: String::new(),
            seed: crate::rules::names::seed(name),
        };
        let voices = [
            Voice::of(None),
            Voice::of(Some(&person("闰土", Gender::Male, Age::Child))),
            Voice::of(Some(&person("杨二嫂", Gender::Female, Age::Old))),
            Voice::of(Some(&person("阿Q", Gender::Male, Age::Adult))),
            Voice::of(Some(&person("林黛玉", Gender::Female, Age::Adult))),
        ];
        for (index, voice) in voices.iter().enumerate() {
            assert!(voices.iter().skip(index + 1).all(|other| other != voice), "{voice:?}");
        }
    }

    #[test]
    fn symbols_and_mixed_scripts_are_spoken_without_a_fault() {
        for text in ["※※※", "他买了一部 iPhone 15 手机，花了 2.5 万元。", "……", "-v --help; $(rm) `ls` <voice name=\"x\">", "😀"]
        {
            assert!(say(text, SpokenLanguage::Chinese, 1.0).seconds() > 0.2, "{text}");
        }
    }
}
