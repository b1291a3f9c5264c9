//! When everything happens: one set of numbers for sound, subtitles and pictures.

use ports::{
    film::{Brief, Script},
    render::{FPS, TimedCue, Timeline},
};

/// Seconds of the title card.
const TITLE: f64 = 2.6;
/// Seconds of the end card.
const END: f64 = 2.0;
/// Seconds before a scene's first word: its crossfade is over by then.
const LEAD: f64 = 0.5;
/// Seconds between two cues.
const GAP: f64 = 0.25;
/// Seconds behind a scene's last word.
const TAIL: f64 = 0.35;

/// Lays a film out. A scene is as long as was wished, or as its narration needs.
pub(super) fn lay_out(brief: &Brief, script: &Script, speech: &[f64]) -> Timeline {
    let mut frames = vec![0];
    let mut cues = Vec::new();
    let mut spoken = speech.iter().copied();
    let mut at = TITLE;
    frames.push(frame(at));
    for (scene, shot) in script.scenes.iter().enumerate() {
        let mut clock = at + LEAD;
        for cue in 0..shot.cues.len() {
            let length = spoken.next().unwrap_or(0.0);
            cues.push(TimedCue { scene, cue, start: clock, end: clock + length });
            clock += length + GAP;
        }
        let told = clock - GAP + TAIL - at;
        at += told.max(brief.scene_seconds);
        frames.push(frame(at));
    }
    frames.push(frame(at + END));
    Timeline { frames, cues }
}

fn frame(seconds: f64) -> u32 {
    (seconds * f64::from(FPS)).round() as u32
}

#[cfg(test)]
mod tests {
    use ports::film::{Aspect, Language, Style};

    use super::*;

    #[test]
    fn a_scene_is_as_long_as_wished_or_as_told_and_frames_never_drift() {
        let text = "深蓝的天空中挂着一轮金黄的圆月。下面是海边的沙地，都种着一望无际的碧绿的西瓜。".repeat(20);
        let brief = Brief {
            text,
            language: Language::Chinese,
            style: Style::Anime,
            aspect: Aspect::Wide,
            scene_seconds: 5.0,
            voice_speed: 1.0,
            subtitles: true,
        };
        let script = crate::rules::script(&brief);
        let cues: usize = script.scenes.iter().map(|scene| scene.cues.len()).sum();
        let timeline = lay_out(&brief, &script, &vec![3.37; cues]);
        assert_eq!(timeline.cues.len(), cues);
        assert_eq!(timeline.segments(), script.scenes.len() + 2);
        for (scene, shot) in script.scenes.iter().enumerate() {
            let (start, end) = (f64::from(timeline.frames[scene + 1]) / 24.0, f64::from(timeline.frames[scene + 2]) / 24.0);
            assert!(end - start >= 5.0 - 0.05, "scene {scene} of {} cues lasts {}", shot.cues.len(), end - start);
            for cue in timeline.cues.iter().filter(|cue| cue.scene == scene) {
                assert!(cue.start >= start && cue.end <= end, "cue {cue:?} leaves {start}..{end}");
            }
        }
        assert!(timeline.cues.windows(2).all(|pair| pair[0].end < pair[1].start));
    }
}
