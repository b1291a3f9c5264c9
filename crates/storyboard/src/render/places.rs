//! Where the pixels of a frame lie on a plane that the camera sees, and a row of them made of their neighbours there.

use super::ink::Part;

/// Where each pixel of a frame's row or column lies on a plane: the sample before it, and how far it is behind that, of 256.
pub(super) struct Places {
    pub(super) samples: Vec<usize>,
    pub(super) shares: Vec<u16>,
}

impl Places {
    pub(super) fn of(count: usize, left: f64, zoom: f64, samples: usize) -> Self {
        let place = |index: usize| {
            let at = (left + (index as f64 + 0.5) / zoom - 0.5).clamp(0.0, samples as f64 - 1.0);
            let share = ((at - at.floor()) * 256.0).round() as u16;
            (at as usize + usize::from(share == 256), share & 255)
        };
        let (samples, shares) = (0..count).map(place).unzip();
        Self { samples, shares }
    }
}

/// How many pixels of a row are made at once.
pub(super) const BLOCK: usize = 8;

/// The places of a row's pixels, with the weights of three neighbours for each. An enlargement this small lets a sample stand for two
/// pixels once in a block at most, so the sample before, the one at the place, and the one behind are all that is ever needed.
pub(super) struct Columns {
    pub(super) places: Places,
    pub(super) weights: Vec<[[u16; BLOCK]; 3]>,
}

impl Columns {
    pub(super) fn of(count: usize, left: f64, zoom: f64, samples: usize) -> Self {
        let places = Places::of(count, left, zoom, samples);
        let blocks = places.samples.chunks_exact(BLOCK).zip(places.shares.chunks_exact(BLOCK));
        let weights = blocks
            .map(|(samples, shares)| {
                let mut weights = [[0; BLOCK]; 3];
                for (index, (sample, share)) in samples.iter().zip(shares).enumerate() {
                    let late = usize::from(*sample < samples[0] + index);
                    weights[1 - late][index] = 256 - share;
                    weights[2 - late][index] = *share;
                }
                weights
            })
            .collect();
        Self { places, weights }
    }

    /// Which pixels of the frame, in whole blocks, a span of the plane can be seen at.
    pub(super) fn seen(&self, span: (usize, usize)) -> (usize, usize) {
        if span.0 >= span.1 {
            return (0, 0);
        }
        let samples = &self.places.samples;
        let from = samples.partition_point(|sample| sample + 1 < span.0);
        let to = samples.partition_point(|sample| *sample < span.1);
        if from < to { (from / BLOCK * BLOCK, to.next_multiple_of(BLOCK).min(samples.len())) } else { (0, 0) }
    }
}

/// A row of the frame from a part of a plane, at the pixels `from.0..from.1` of `out`, which are whole blocks: two rows mixed, then
/// each pixel of its neighbours.
pub(super) fn shift(part: &Part, row: usize, share: u16, columns: &Columns, from: (usize, usize), mixed: &mut Vec<u8>, out: &mut [u8]) {
    let samples = &columns.places.samples;
    let first = samples[from.0];
    let last = (samples[from.1 - 1] + 2).min(part.w);
    // One more at the head and a block at the end, whose weights are nothing.
    mixed.clear();
    mixed.resize(samples[from.1 - 1] + 3 + 2 * BLOCK - first, 0);
    let inner = &mut mixed[1..=last - first];
    let above = &part.row(row)[first..last];
    if share == 0 {
        inner.copy_from_slice(above);
    } else {
        let (below, rest) = (&part.row(row + 1)[first..last], 256 - share);
        for ((mixed, a), b) in inner.iter_mut().zip(above).zip(below) {
            *mixed = (weigh(*a, rest).wrapping_add(weigh(*b, share)).wrapping_add(128) >> 8) as u8;
        }
    }
    let blocks = out[from.0..from.1].as_chunks_mut::<BLOCK>().0.iter_mut();
    let places = samples[from.0..from.1].iter().step_by(BLOCK);
    for ((out, sample), weights) in blocks.zip(places).zip(&columns.weights[from.0 / BLOCK..]) {
        let Some(window) = mixed[sample - first..].first_chunk::<{ BLOCK + 2 }>() else { return };
        for index in 0..BLOCK {
            let sum = weigh(window[index], weights[0][index])
                .wrapping_add(weigh(window[index + 1], weights[1][index]))
                .wrapping_add(weigh(window[index + 2], weights[2][index]));
            out[index] = (sum.wrapping_add(128) >> 8) as u8;
        }
    }
}

/// A byte by its weight. Weights of one pixel add up to 256, so sums of these fit; saying so spares a check for each.
fn weigh(byte: u8, weight: u16) -> u16 {
    u16::from(byte).wrapping_mul(weight)
}
