//! Chinese as tone-numbered pinyin: words from the dictionary, readings by phrase and by what stands around a character that has
//! several, sandhi for 一 and 不.

mod dictionary;

use self::dictionary::Words;
use crate::rules::names::JIEBA;

/// A run of Chinese characters as pinyin, a syllable a character.
#[must_use]
pub fn read(han: &str) -> String {
    let written: Vec<char> = han.chars().collect();
    let simple = simplify(&written);
    let text: String = simple.iter().collect();
    let tokens = JIEBA.tag(&text, true);
    let (mut words, mut of) = (Vec::with_capacity(tokens.len()), Vec::with_capacity(simple.len()));
    for token in &tokens {
        let start = of.len();
        of.extend(std::iter::repeat_n(words.len(), token.word.chars().count()));
        words.push((start, of.len(), token.tag));
    }
    let words = Words { chars: &simple, words: &words, of: &of };
    let mut syllables: Vec<String> = Vec::with_capacity(simple.len());
    let mut fixed: Vec<bool> = Vec::with_capacity(simple.len());
    while syllables.len() < simple.len() {
        let at = syllables.len();
        if let Some(reading) = phrase_at(&words, at) {
            for (syllable, c) in reading.split(' ').zip(&simple[at..]) {
                // 一 and 不 are written with the tones that they have alone, unless the phrase knows better.
                fixed.push(!matches!((c, syllable), ('一', "yi1") | ('不', "bu4")));
                syllables.push(syllable.to_owned());
            }
            continue;
        }
        // 调了调, 数一数: the second one is read as the first.
        let echo = at >= 2 && simple[at - 2] == simple[at] && matches!(simple[at - 1], '了' | '一') && of[at] != of[at - 2];
        syllables.push(if echo { syllables[at - 2].clone() } else { dictionary::character(&words, at, written[at]) });
        fixed.push(false);
    }
    sandhi(&simple, &mut syllables, &fixed);
    syllables.join(" ")
}

/// Characters as their simplified twins. 著 is 着 in traditional texts unless its word says that it is not.
fn simplify(written: &[char]) -> Vec<char> {
    let mut simple: Vec<char> = written.iter().map(|c| dictionary::simplified(*c)).collect();
    for at in 0..simple.len() {
        let before = at.checked_sub(1).map(|at| simple[at]);
        let named = before.is_some_and(|c| "名显土卓述编原专巨论昭遗所合拙译".contains(c))
            || simple.get(at + 1).is_some_and(|c| "名作称述者书录文".contains(*c));
        if simple[at] == '著' && !named {
            simple[at] = '着';
        }
    }
    simple
}

/// The longest known phrase from here on that is part of one word, or begins and ends where words do.
fn phrase_at(words: &Words<'_>, at: usize) -> Option<&'static str> {
    let (start, end, _) = words.words[words.of[at]];
    let most = (words.chars.len() - at).min(LONGEST);
    (2..=most).rev().find_map(|length| {
        let last = at + length;
        let fits = last <= end || at == start && words.words[words.of[last - 1]].1 == last;
        fits.then(|| dictionary::phrase(&words.chars[at..last].iter().collect::<String>())).flatten()
    })
}

/// Characters of the longest phrase that is looked for.
const LONGEST: usize = 8;

/// 一 and 不 before other tones: yi2 and bu2 before a fourth tone, yi4 before the others; not in numbers and not at the end.
fn sandhi(chars: &[char], syllables: &mut [String], fixed: &[bool]) {
    let digit = |c: Option<&char>| c.is_some_and(|c| "零〇一二三四五六七八九十百千万亿两第".contains(*c));
    for index in 0..syllables.len() {
        if fixed[index] || !matches!(chars.get(index), Some('一' | '不')) {
            continue;
        }
        let next = syllables.get(index + 1).and_then(|next| next.chars().last());
        let doubled = index > 0 && chars.get(index - 1) == chars.get(index + 1) && index + 1 < chars.len();
        let changed = match (chars[index], next) {
            (_, Some(_)) if doubled => None,
            ('不', Some('4')) => Some("bu2"),
            ('一', _) if digit(chars.get(index.wrapping_sub(1))) || digit(chars.get(index + 1)) || chars.get(index + 1) == Some(&'月') => {
                Some("yi1")
            }
            ('一', Some('4')) => Some("yi2"),
            ('一', Some('1' | '2' | '3')) => Some("yi4"),
            // 个 is written with a light tone in many words and behaves like a fourth.
            ('一', Some('5')) => Some("yi2"),
            _ => None,
        };
        if let Some(changed) = changed {
            changed.clone_into(&mut syllables[index]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polyphones_are_read_by_their_phrases() {
        for (text, expected) in [
            ("长大", "zhang3 da4"),
            ("银行", "yin2 hang2"),
            ("重新", "chong2 xin1"),
            ("音乐", "yin1 yue4"),
            ("便宜", "pian2 yi5"),
            ("还钱", "huan2 qian2"),
            ("少年", "shao4 nian2"),
            ("觉得", "jue2 de5"),
            ("睡觉", "shui4 jiao4"),
            ("头发", "tou2 fa5"),
            ("我们都种着西瓜", "wo3 men5 dou1 zhong4 zhe5 xi1 gua1"),
            ("慢慢地走", "man4 man4 de5 zou3"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn yi_and_bu_change_before_other_tones() {
        for (text, expected) in [
            ("一个", "yi2 ge4"),
            ("一望无际", "yi2 wang4 wu2 ji4"),
            ("一天", "yi4 tian1"),
            ("一起", "yi4 qi3"),
            ("不是", "bu2 shi4"),
            ("不能", "bu4 neng2"),
            ("第一", "di4 yi1"),
            ("十一二岁", "shi2 yi1 er4 sui4"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
