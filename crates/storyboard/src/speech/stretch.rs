//! Slower speech at the same pitch, for speeds below what espeak-ng can do: overlapping windows, each placed where it fits best.

/// The sound made `factor` times as long (1.0 to about 2.5).
pub(super) fn stretch(samples: &[f32], factor: f64, rate: u32) -> Vec<f32> {
    let window = rate as usize / 40;
    let hop = window / 2;
    let seek = rate as usize / 150;
    if samples.len() < window * 3 {
        return samples.to_vec();
    }
    let length = (samples.len() as f64 * factor) as usize;
    let mut out = vec![0.0_f32; length + window];
    let mut natural = 0_usize;
    let mut at = 0;
    while at + window < out.len() {
        let ideal = ((at as f64 / factor) as usize).min(samples.len() - window);
        let start = if at == 0 { 0 } else { best(samples, natural, ideal, seek, window) };
        for index in 0..window {
            let weight = 0.5 - 0.5 * (std::f32::consts::TAU * (index as f32 + 0.5) / window as f32).cos();
            out[at + index] += samples[start + index] * weight;
        }
        natural = (start + hop).min(samples.len() - window);
        at += hop;
    }
    out.truncate(length);
    out
}

/// Where around `ideal` the sound is most like its natural continuation at `natural`.
fn best(samples: &[f32], natural: usize, ideal: usize, seek: usize, window: usize) -> usize {
    let from = ideal.saturating_sub(seek);
    let to = (ideal + seek).min(samples.len() - window);
    let likeness = |start: usize| -> f32 {
        samples[start..start + window].iter().zip(&samples[natural..natural + window]).step_by(4).map(|(a, b)| a * b).sum()
    };
    (from..=to).step_by(3).max_by(|a, b| likeness(*a).total_cmp(&likeness(*b))).unwrap_or(ideal)
}
