//! In which language a text is told: by its script, by the small words that each language has, and by the detector `whatlang`.

use ports::{film::SpokenLanguage, render::Unspoken};
use whatlang::Lang;

use super::is_han;

/// How much of a text is looked at, in characters: more says nothing more.
const SAMPLE: usize = 6000;
/// Fewer letters than this say too little for a text to be refused by them.
const ENOUGH: usize = 40;

/// The language that a normalised text is told in.
///
/// # Errors
/// [`Unspoken`] where it is one that no voice speaks.
pub fn spoken(text: &str) -> Result<SpokenLanguage, Unspoken> {
    let sample: String = text.chars().take(SAMPLE).collect();
    let mut scripts = Scripts::default();
    sample.chars().for_each(|c| scripts.add(c));
    match scripts.main() {
        // Japanese is written with more kana, and without the small words of Chinese, than a Chinese text that quotes it.
        Script::Han if scripts.kana * 10 > scripts.han * 4 && scripts.small * 4 < scripts.kana => Err(unspoken(Lang::Jpn)),
        Script::Han => Ok(SpokenLanguage::Chinese),
        Script::Kana => Err(unspoken(Lang::Jpn)),
        Script::Hangul => Err(unspoken(Lang::Kor)),
        Script::Latin => latin(&sample, scripts.latin),
        Script::Cyrillic => cyrillic(&sample, scripts.cyrillic),
        Script::Other => {
            let found = whatlang::detect(&sample).map(|info| info.lang());
            Err(found.map_or(OTHER, unspoken))
        }
    }
}

#[derive(Default)]
struct Scripts {
    han: usize,
    /// Small words of Chinese.
    small: usize,
    kana: usize,
    hangul: usize,
    latin: usize,
    cyrillic: usize,
    other: usize,
}

enum Script {
    Han,
    Kana,
    Hangul,
    Latin,
    Cyrillic,
    Other,
}

impl Scripts {
    fn add(&mut self, c: char) {
        match c {
            _ if is_han(c) => {
                self.han += 1;
                self.small += usize::from("的了们們这這那说說还還很吃喝她也把吗嗎吧呢".contains(c));
            }
            '\u{3040}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}' => self.kana += 1,
            '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7af}' => self.hangul += 1,
            'ª' | 'º' => {}
            'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' if c.is_alphabetic() => self.latin += 1,
            '\u{400}'..='\u{52f}' => self.cyrillic += 1,
            c if c.is_alphabetic() && c > '\u{24f}' && !('\u{2100}'..='\u{24ff}').contains(&c) => self.other += 1,
            _ => {}
        }
    }

    /// The script that says most; a character of Chinese says about as much as four letters.
    fn main(&self) -> Script {
        let weights = [
            (self.han * 4, Script::Han),
            (self.kana * 2, Script::Kana),
            (self.hangul * 2, Script::Hangul),
            (self.latin, Script::Latin),
            (self.cyrillic, Script::Cyrillic),
            (self.other, Script::Other),
        ];
        // Of equal ones the first: a text of digits alone is read in Latin letters, as it always was.
        let most = weights.iter().map(|(weight, _)| *weight).max().unwrap_or(0);
        if most == 0 {
            return Script::Latin;
        }
        weights.into_iter().find(|(weight, _)| *weight == most).map_or(Script::Latin, |(_, script)| script)
    }
}

fn latin(text: &str, letters: usize) -> Result<SpokenLanguage, Unspoken> {
    let words: Vec<String> =
        text.split(|c: char| !c.is_alphabetic() && c != '\'' && c != '’').filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let share = |list: &[&str]| words.iter().filter(|word| list.contains(&word.as_str())).count() as f64 / words.len().max(1) as f64;
    let english = share(ENGLISH);
    let (likely, most) = SMALL_WORDS
        .iter()
        .map(|(language, list)| (*language, share(list)))
        .fold((SpokenLanguage::English, 0.0), |best, next| if next.1 > best.1 { next } else { best });
    // Letters that no language spoken here has: Polish, Czech, Turkish, Hungarian, Romanian, Vietnamese…
    let foreign = text
        .chars()
        .filter(|c| c.is_alphabetic() && !c.is_ascii() && !SPOKEN_LETTERS.contains(c.to_lowercase().next().unwrap_or(*c)))
        .count();
    let detected = whatlang::detect(text);
    if foreign * 33 > letters && letters >= 6 && english < 0.1 && most < 0.15 {
        let name = detected.map(|info| info.lang()).filter(|lang| spoken_of(*lang).is_none());
        return Err(name.map_or(OTHER, unspoken));
    }
    if english >= most && english >= 0.08 {
        return Ok(SpokenLanguage::English);
    }
    if let Some(info) = detected.filter(|info| info.is_reliable() && letters >= ENOUGH) {
        match spoken_of(info.lang()) {
            Some(SpokenLanguage::English) => return Ok(if most > english + 0.1 { likely } else { SpokenLanguage::English }),
            // Of near relations the small words decide.
            Some(language) => {
                let own = SMALL_WORDS.iter().find(|(known, _)| *known == language).map_or(0.0, |(_, list)| share(list));
                return Ok(if most > own + 0.04 { likely } else { language });
            }
            None if english < 0.05 && most < 0.1 => return Err(unspoken(info.lang())),
            None => {}
        }
    }
    Ok(if most >= 0.12 && most > english { likely } else { SpokenLanguage::English })
}

fn cyrillic(text: &str, letters: usize) -> Result<SpokenLanguage, Unspoken> {
    let russian = |c: char| matches!(c, 'а'..='я' | 'А'..='Я' | 'ё' | 'Ё');
    let foreign = text.chars().filter(|c| ('\u{400}'..='\u{52f}').contains(c) && !russian(*c)).count();
    let detected = whatlang::detect(text).filter(|info| info.lang() != Lang::Rus);
    if foreign * 100 > letters || letters >= ENOUGH && detected.as_ref().is_some_and(whatlang::Info::is_reliable) {
        return Err(detected.map_or(OTHER, |info| unspoken(info.lang())));
    }
    Ok(SpokenLanguage::Russian)
}

/// The small letters beside a to z of the languages that are spoken.
const SPOKEN_LETTERS: &str = "àâæçéèêëîïôœùûüÿäößáíñóúìòãõåø";

/// Small words by which a language is known; none of English's is another's.
const ENGLISH: &[&str] = &[
    "the", "and", "of", "he", "she", "his", "her", "that", "it", "with", "you", "they", "is", "for", "but", "not", "this", "said", "were",
    "from", "into", "to", "i", "my", "at", "there", "when", "who", "what", "would", "been", "are",
];
const SMALL_WORDS: &[(SpokenLanguage, &[&str])] = &[
    (
        SpokenLanguage::French,
        &[
            "le", "la", "les", "des", "et", "est", "une", "dans", "qui", "que", "il", "elle", "pas", "sur", "avec", "pour", "du", "au",
            "je", "vous", "nous", "c'est", "était", "mais", "où", "sa", "ce", "cette", "ils", "de", "un", "en", "bonjour", "tu", "suis",
        ],
    ),
    (
        SpokenLanguage::German,
        &[
            "der", "die", "das", "und", "ist", "nicht", "ein", "eine", "ich", "er", "sie", "es", "mit", "auf", "dem", "den", "zu", "von",
            "sich", "wir", "aber", "war", "im", "auch", "noch", "als", "wie", "einen", "einer", "bei", "nach", "hatte",
        ],
    ),
    (
        SpokenLanguage::Spanish,
        &[
            "el", "la", "los", "las", "de", "que", "y", "en", "un", "una", "es", "no", "por", "con", "para", "su", "se", "lo", "como",
            "pero", "más", "muy", "está", "había", "del", "al", "yo", "era", "ella", "él", "hola",
        ],
    ),
    (
        SpokenLanguage::Portuguese,
        &[
            "o", "os", "as", "um", "uma", "de", "que", "e", "é", "não", "em", "do", "da", "no", "na", "com", "para", "por", "se", "mas",
            "mais", "ele", "ela", "muito", "seu", "sua", "ao", "dos", "das", "eu", "foi", "estava", "você",
        ],
    ),
    (
        SpokenLanguage::Italian,
        &[
            "il", "lo", "la", "gli", "le", "di", "che", "e", "è", "un", "una", "non", "in", "per", "con", "del", "della", "sul", "si",
            "ma", "come", "più", "era", "io", "lui", "lei", "sono", "nel", "alla", "al", "da", "anche",
        ],
    ),
    (
        SpokenLanguage::Dutch,
        &[
            "de", "het", "een", "en", "van", "ik", "je", "niet", "dat", "die", "op", "te", "zijn", "met", "voor", "er", "maar", "hij",
            "ze", "zij", "naar", "haar", "ook", "aan", "uit", "om", "wat", "nog", "bij", "was",
        ],
    ),
    (
        SpokenLanguage::Swedish,
        &[
            "och", "att", "det", "som", "en", "på", "är", "av", "för", "med", "den", "till", "inte", "han", "hon", "jag", "ett", "var",
            "men", "från", "när", "där", "sig", "sin", "hade", "över",
        ],
    ),
    (
        SpokenLanguage::Danish,
        &[
            "og", "at", "det", "som", "en", "på", "er", "af", "for", "med", "den", "til", "ikke", "han", "hun", "jeg", "et", "var", "men",
            "fra", "når", "der", "sig", "sin", "havde", "ud", "efter", "meget", "kunne",
        ],
    ),
    (
        SpokenLanguage::Norwegian,
        &[
            "og", "at", "det", "som", "en", "på", "er", "av", "for", "med", "den", "til", "ikke", "han", "hun", "jeg", "et", "var", "men",
            "fra", "når", "der", "seg", "sin", "hadde", "ut", "etter", "mye", "kunne",
        ],
    ),
    (
        SpokenLanguage::Finnish,
        &[
            "ja", "on", "ei", "se", "hän", "oli", "että", "niin", "mutta", "kuin", "minä", "sinä", "joka", "ne", "vain", "nyt", "kun",
            "mitä", "sitten", "olen", "myös", "hänen",
        ],
    ),
    (
        SpokenLanguage::Indonesian,
        &[
            "yang", "dan", "di", "itu", "dengan", "untuk", "tidak", "dari", "dalam", "ini", "ke", "pada", "dia", "aku", "saya", "akan",
            "sudah", "ada", "mereka", "kami", "kamu", "seorang",
        ],
    ),
];

fn spoken_of(lang: Lang) -> Option<SpokenLanguage> {
    SpokenLanguage::ALL.iter().copied().find(|language| language.three_letters() == lang.code())
}

const OTHER: Unspoken = Unspoken { english: "another language", chinese: "其他语言" };

/// A language by its names.
fn unspoken(lang: Lang) -> Unspoken {
    let chinese = match lang {
        Lang::Jpn => "日语",
        Lang::Kor => "韩语",
        Lang::Ara => "阿拉伯语",
        Lang::Pes => "波斯语",
        Lang::Urd => "乌尔都语",
        Lang::Heb => "希伯来语",
        Lang::Hin => "印地语",
        Lang::Ben => "孟加拉语",
        Lang::Tha => "泰语",
        Lang::Vie => "越南语",
        Lang::Ell => "希腊语",
        Lang::Ukr => "乌克兰语",
        Lang::Bel => "白俄罗斯语",
        Lang::Bul => "保加利亚语",
        Lang::Srp => "塞尔维亚语",
        Lang::Mkd => "马其顿语",
        Lang::Pol => "波兰语",
        Lang::Ces => "捷克语",
        Lang::Slk => "斯洛伐克语",
        Lang::Slv => "斯洛文尼亚语",
        Lang::Hrv => "克罗地亚语",
        Lang::Hun => "匈牙利语",
        Lang::Ron => "罗马尼亚语",
        Lang::Tur => "土耳其语",
        Lang::Lat => "拉丁语",
        Lang::Lit => "立陶宛语",
        Lang::Lav => "拉脱维亚语",
        Lang::Est => "爱沙尼亚语",
        Lang::Kat => "格鲁吉亚语",
        Lang::Hye => "亚美尼亚语",
        Lang::Tam => "泰米尔语",
        Lang::Mya => "缅甸语",
        Lang::Khm => "高棉语",
        _ => OTHER.chinese,
    };
    Unspoken { english: lang.eng_name(), chinese }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_spoken_in_its_own_language_or_refused_by_its_name() {
        let mut wrong = Vec::new();
        for line in include_str!("languages.txt").lines().filter(|line| !line.starts_with('#')) {
            let (expected, text) = line.split_once('\t').expect("two columns");
            let found = spoken(text).map_or_else(|unspoken| format!("no {}", unspoken.english), |language| language.english().to_owned());
            if found != expected {
                wrong.push(format!("{expected}, taken for {found}: {text}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
