//! Submitting a novel, and the checks that it must pass, whichever surface it comes from.

use std::ops::RangeInclusive;

use domain::{
    problem::Problem,
    refusal::{Refusal, Refusal::Invalid},
    text::is_invisible,
    window::Rule,
};

use ports::{film::SpokenLanguage, render::Unspoken};

use super::{NAME, record::Input};
use crate::{
    Engine, Error, Fault,
    api_key::Payer,
    idempotency::{Answered, Once},
    task::{self, Submitted},
};

/// How long a scene may last, in seconds (docs/surfaces/anime.md, Creating a task).
const SCENE_SECONDS: RangeInclusive<f64> = 1.0..=60.0;
/// How fast a voice may speak, as a multiple of its usual speed.
const VOICE_SPEED: RangeInclusive<f64> = 0.5..=2.0;

/// A request to make a film of a novel.
pub struct Submission {
    /// Who pays.
    pub payer: Payer,
    /// The novel, and how its film is to be made.
    pub input: Input,
    /// The surface's rate limit, if it has one.
    pub rule: Option<Rule>,
    /// The idempotency key, if the caller sent one.
    pub once: Option<Once<Submitted>>,
}

/// Submits a novel: it is checked, counted, stored and charged, or nothing happens.
///
/// # Errors
/// [`Refusal::Invalid`] for `novel_text`, also where no voice speaks its language, `scene_seconds` and `voice_speed`; otherwise as [`task::submit_once`].
pub async fn submit(engine: &Engine, submission: Submission) -> Result<Answered<Submitted>, Error> {
    let Submission { payer, input, rule, once } = submission;
    check(&input, engine.settings.novel_bytes)?;
    let input = serde_json::to_string(&input).map_err(|_| Fault::Corrupt("input"))?;
    task::submit_once(engine, task::Submission { payer, kind: NAME, input, rule }, once).await
}

fn check(input: &Input, most_bytes: usize) -> Result<(), Refusal> {
    let text = &input.novel_text;
    let invalid = |field, problem| Err(Invalid { field, problem });
    // A text without a single visible character is not a story.
    if text.chars().all(|c| c.is_whitespace() || c.is_control() || is_invisible(c)) {
        return invalid("novel_text", Problem::Missing);
    }
    if text.len() > most_bytes {
        return invalid("novel_text", Problem::TooLong(most_bytes as u64));
    }
    if text.contains('\0') {
        return invalid("novel_text", Problem::Malformed);
    }
    for (field, value, range) in [("scene_seconds", input.scene_seconds, SCENE_SECONDS), ("voice_speed", input.voice_speed, VOICE_SPEED)] {
        if !range.contains(&value) {
            return invalid(field, Problem::Because(format!("must be from {} to {}", range.start(), range.end())));
        }
    }
    Ok(())
}

/// What is wrong with a text in a language that no voice speaks: what it is, and what is spoken.
pub(super) fn unspoken(found: Unspoken) -> Problem {
    let list = |name: fn(SpokenLanguage) -> &'static str, between| {
        SpokenLanguage::ALL.iter().map(|language| name(*language)).collect::<Vec<_>>().join(between)
    };
    Problem::Unspoken {
        english: format!(
            "the text is in {}, which no voice here speaks; spoken are {}",
            found.english,
            list(SpokenLanguage::english, ", ")
        ),
        chinese: format!("novel_text 的语言（{}）暂不支持朗读，支持的语言：{}", found.chinese, list(SpokenLanguage::chinese, "、")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::anime::record::{Aspect, Style};

    #[test]
    fn a_novel_is_text_that_can_be_seen_and_options_have_bounds() {
        let input = |text: &str, scene_seconds, voice_speed| Input {
            novel_text: text.to_owned(),
            style: Style::Anime,
            aspect: Aspect::Wide,
            scene_seconds,
            voice_speed,
            subtitles: true,
        };
        let refused = |input: &Input| match check(input, 9) {
            Ok(()) => "",
            Err(Invalid { field, .. }) => field,
            Err(_) => "?",
        };
        assert_eq!(refused(&input("下雪。", 5.0, 1.0)), "");
        for text in ["", " \n", "\u{200b}\u{feff}", "a\0b", "下雪了。"] {
            assert_eq!(refused(&input(text, 5.0, 1.0)), "novel_text", "{text:?}");
        }
        for (seconds, speed, field) in
            [(1.0, 0.5, ""), (60.0, 2.0, ""), (0.99, 1.0, "scene_seconds"), (f64::NAN, 1.0, "scene_seconds"), (5.0, 2.01, "voice_speed")]
        {
            assert_eq!(refused(&input("雪", seconds, speed)), field, "{seconds} {speed}");
        }
    }
}
