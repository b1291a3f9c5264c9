//! Who says a quote: whoever the words before it or behind it say, or does something right beside it, or whose turn it is.

use ports::film::{Being, Gender, Language};

use super::{
    sentence::{Role, Term},
    walk::{Understood, Walk},
};
use crate::{
    rules::{
        people::{nouns::NOUNS, person::Person},
        words::{CHINESE, ENGLISH, Lists},
    },
    text::is_han,
};

/// A conversation.
#[derive(Debug, Default)]
pub(super) struct Talk {
    /// The last sentence of narration, if nothing was said since.
    pub(super) before: Vec<Understood>,
    /// The sentence that introduced the quote at hand.
    introduced: Vec<Understood>,
    /// Who spoke, in order.
    spoke: Vec<usize>,
    /// Whom the last quote was said to.
    pub(super) to: Option<usize>,
    /// Whether the last quote asked for a name.
    pub(super) asked_name: bool,
    /// Quotes of a voice that nobody was seen to have.
    voices: Vec<usize>,
}

impl Talk {
    pub(super) fn said(&mut self, speaker: Option<usize>, quote: &str, language: Language) {
        self.before.clear();
        self.asked_name = quote.ends_with(['？', '?']) && lists(language).get("asked_name").within(&quote.to_lowercase()).is_some();
        self.spoke.extend(speaker);
    }

    fn last(&self) -> Option<usize> {
        self.spoke.last().copied()
    }
}

/// Who says the quote, and whether words beside it tell.
pub(super) fn speaker(walk: &mut Walk<'_>, paragraph: usize, span: usize) -> (Option<usize>, bool) {
    walk.talk.introduced.clear();
    let spans = &walk.paragraphs[paragraph].spans;
    let narrated = |at: usize| spans.get(at).filter(|span| !span.quoted).map(|span| span.text.trim_end().to_owned());
    let (before, behind) = (span.checked_sub(1).and_then(narrated), narrated(span + 1));
    let followed = spans.get(span + 2).is_some_and(|next| next.quoted);
    if !is_speech(&walk.folded[paragraph][span], before.as_deref(), behind.as_deref()) {
        return (None, true);
    }
    // “年糕。”我说，“别告诉老周”: what was broken off goes on.
    let goes_on = span >= 2 && spans[span - 2].quoted && before.as_deref().is_some_and(|text| text.ends_with(['，', ',']));
    let other = if walk.talk.before.iter().any(|clause| clause.clause.says) { introduced_by(&walk.talk.before) } else { None };
    if goes_on && other.is_none_or(|other| walk.talk.last().is_some_and(|last| walk.cast.root(last) == walk.cast.root(other))) {
        return (walk.talk.last(), true);
    }
    // “何之？”曰：“…”: nobody is named, so the other one answers.
    let bare = span >= 2
        && spans[span - 2].quoted
        && before.as_deref().is_some_and(|text| text.chars().count() <= 4 && text.ends_with(['：', ':', '，']));
    let again = before.as_deref().is_some_and(|text| text.starts_with(['又', '复', '再']));
    if bare && walk.talk.before.iter().all(|clause| clause.clause.mentions.is_empty() && clause.clause.says) && !walk.talk.before.is_empty()
    {
        let last = walk.talk.last();
        let found = if again { last } else { answer(walk, paragraph, span).or(last) };
        walk.talk.introduced.clear();
        return (found, true);
    }
    // 武松叫道：“…”, also where the quote begins a paragraph of its own.
    let introduction = before.clone().or_else(|| previous(walk, paragraph, span));
    let introduced = introduction.as_deref().is_some_and(|text| text.ends_with(['：', ':', '，', ',', '—']));
    if introduced || before.as_deref().is_some_and(|text| !ends_sentence(text)) {
        let sentence = std::mem::take(&mut walk.talk.before);
        walk.talk.introduced.clone_from(&sentence);
        if sentence.last().is_some_and(Understood::voice) {
            walk.talk.voices.push(walk.moments.len());
            return (None, true);
        }
        if let Some(found) = introduced_by(&sentence).or_else(|| walk.topic.filter(|_| !sentence.is_empty())) {
            return (Some(found), true);
        }
    }
    // “…” said Holmes; “……”老者捋着胡子
    if let Some(text) = behind.as_deref()
        && let Some((sentence, count)) = walk.look_ahead(paragraph, span + 1)
    {
        // “…”酒家道：“…”: it introduces the next one.
        let next = followed
            && count == 1
            && (text.ends_with(['：', ':']) || sentence.last().is_some_and(|last| last.clause.says) && !sentence[0].clause.says);
        if !next && sentence.iter().take(2).any(Understood::voice) {
            walk.talk.voices.push(walk.moments.len());
            return (None, true);
        }
        if let Some(found) = said_behind(&sentence, before.is_none()).filter(|_| !next) {
            return (Some(found), true);
        }
    }
    // 他抬起头。“…”
    if before.is_some() {
        let main = walk.talk.before.iter().find_map(Understood::subject);
        return (main.or(walk.topic), true);
    }
    let found = turn(walk, paragraph, span);
    if found.is_none() {
        // Somebody who comes into sight next.
        walk.talk.voices.push(walk.moments.len());
    }
    (found, false)
}

/// The text right before, in the paragraph above.
fn previous(walk: &Walk<'_>, paragraph: usize, span: usize) -> Option<String> {
    if span > 0 {
        return None;
    }
    let last = walk.paragraphs[paragraph.checked_sub(1)?].spans.last()?;
    (!last.quoted).then(|| last.text.trim_end().to_owned())
}

fn ends_sentence(text: &str) -> bool {
    text.ends_with(['。', '！', '？', '…', '.', '!', '?', '；', '）'])
}

/// Whether a quote is spoken at all, and no sign, title or word that is talked about.
fn is_speech(quote: &str, before: Option<&str>, behind: Option<&str>) -> bool {
    let stops = |c: char| "。，！？…—,.!?；;：:、~～".contains(c);
    // “深空号”飞船: the sentence goes on around it.
    if !quote.contains(stops) && behind.is_some_and(|text| text.starts_with(is_han)) && before.is_none_or(|text| text.ends_with(is_han)) {
        return false;
    }
    let introduced = before
        .is_none_or(|text| text.trim_end().ends_with(['：', ':', '，', ',', '。', '.', '！', '？', '!', '?', '”', '—', '…', ';', '；']));
    let spoken = before.is_some_and(|text| {
        let tail: String = text.chars().rev().take(8).collect::<Vec<_>>().into_iter().rev().collect();
        CHINESE.get("says").within(&tail).is_some() || !tail.contains(is_han)
    });
    introduced || spoken || quote.contains(stops)
}

/// Who does what stands before a quote: whoever speaks in it, else whoever it is about last.
fn introduced_by(sentence: &[Understood]) -> Option<usize> {
    let says = sentence.iter().rposition(|clause| clause.clause.says).unwrap_or(sentence.len().checked_sub(1)?);
    sentence[..=says].iter().rev().find_map(Understood::subject)
}

/// Who does what stands behind a quote.
fn said_behind(sentence: &[Understood], alone: bool) -> Option<usize> {
    let first = sentence.first()?;
    if first.clause.says
        && let Some(found) = first.subject()
    {
        return Some(found);
    }
    let says = sentence.iter().take(3).position(|clause| clause.clause.says);
    let doer = sentence.iter().take(2).find_map(Understood::subject);
    if says.is_some() || alone { doer } else { None }
}

/// Whose turn it is when nobody says it.
fn turn(walk: &mut Walk<'_>, paragraph: usize, span: usize) -> Option<usize> {
    let addressed = addressed(walk, &walk.folded[paragraph][span]);
    let fits = |who: &usize| !addressed.contains(who);
    let human = |walk: &Walk<'_>, who: usize| walk.cast.person(who).being != Being::Animal || walk.cast.animals_are_he;
    // A paragraph above that only tells what somebody does: that one speaks.
    let told = span == 0 && paragraph.checked_sub(1).is_some_and(|above| walk.paragraphs[above].spans.iter().all(|span| !span.quoted));
    if told {
        let acted = walk.talk.before.iter().any(|clause| clause.subject().is_some());
        if !acted && comes_next(walk, paragraph) {
            return None;
        }
        let next = answers_next(walk, paragraph);
        let fits = |who: &usize| fits(who) && Some(*who) != next;
        let above = walk.talk.before.iter().rev().find_map(Understood::subject).or(walk.topic).map(|who| walk.cast.root(who));
        let above = above.filter(|who| fits(who) && human(walk, *who));
        return above.or_else(|| next.and_then(|next| listener(walk, next, &addressed)));
    }
    answer(walk, paragraph, span)
}

/// Who answers the one who spoke last.
fn answer(walk: &Walk<'_>, paragraph: usize, span: usize) -> Option<usize> {
    let addressed = addressed(walk, &walk.folded[paragraph][span]);
    let fits = |who: &usize| !addressed.contains(who);
    let last = walk.cast.root(walk.talk.last()?);
    // Several go on among themselves.
    if walk.cast.person(last).group {
        return Some(last);
    }
    let to = walk.talk.to.map(|to| walk.cast.root(to)).filter(|to| *to != last && fits(to));
    if to.is_some() {
        return to;
    }
    let others = walk.talk.spoke.iter().rev().take(6).map(|who| walk.cast.root(*who));
    let answer = others.into_iter().find(|who| *who != last && fits(who));
    answer.or_else(|| listener(walk, last, &addressed))
}

/// Whether the next paragraph begins with somebody new coming into sight.
fn comes_next(walk: &Walk<'_>, paragraph: usize) -> bool {
    let next = walk.paragraphs.get(paragraph + 1).filter(|next| next.chapter.is_none() && !next.apart && !next.spans[0].quoted);
    let sentences = next.map(|_| walk.sentences(paragraph + 1, 0)).unwrap_or_default();
    let mentions = sentences.first().into_iter().flat_map(|first| &first.clauses).flat_map(|clause| &clause.mentions);
    mentions.into_iter().any(|mention| match mention.term {
        Term::Noun(sort) => mention.fresh && !mention.many && NOUNS.sorts[sort].being == Being::Human && mention.role == Role::Subject,
        _ => false,
    })
}

/// Who says the quote that the next paragraph begins with, where words behind it tell so.
fn answers_next(walk: &mut Walk<'_>, paragraph: usize) -> Option<usize> {
    let next = walk.paragraphs.get(paragraph + 1).filter(|next| next.chapter.is_none() && !next.apart)?;
    let [first, second, ..] = next.spans.as_slice() else { return None };
    if !first.quoted || second.quoted {
        return None;
    }
    let (sentence, _) = walk.look_ahead(paragraph + 1, 1)?;
    let first = sentence.first().filter(|first| first.clause.says)?;
    first.subject().map(|who| walk.cast.root(who))
}

/// Whom a quote is said to: called by name in it, else named beside it as whom the speaker looks at or speaks to.
pub(super) fn heard_by(walk: &Walk<'_>, speaker: usize, paragraph: usize, span: usize) -> Option<usize> {
    let fits = |who: &usize| *who != speaker && (walk.cast.person(*who).being != Being::Animal || walk.cast.animals_are_he);
    let called = addressed(walk, &walk.folded[paragraph][span]).into_iter().find(fits);
    let beside = walk.beside(paragraph, span + 1);
    let beside = beside.and_then(|sentence| objects(walk, speaker, sentence));
    called.or_else(|| objects(walk, speaker, &walk.talk.introduced)).or(beside).filter(fits)
}

/// Whom somebody looks at or speaks to in a sentence.
fn objects(walk: &Walk<'_>, speaker: usize, sentence: &[Understood]) -> Option<usize> {
    let objects = sentence
        .iter()
        .flat_map(|clause| clause.clause.mentions.iter().zip(&clause.who))
        .filter(|(mention, _)| mention.role == Role::Object);
    objects.filter_map(|(_, who)| who.first()).map(|who| walk.cast.root(*who)).find(|who| *who != speaker)
}

/// Somebody beside the one who spoke: mentioned last before.
fn listener(walk: &Walk<'_>, speaker: usize, not: &[usize]) -> Option<usize> {
    let present: Vec<usize> = walk.moments.last()?.present.iter().map(|(who, _)| walk.cast.root(*who)).collect();
    present.into_iter().find(|who| *who != speaker && !not.contains(who) && walk.cast.person(*who).being != Being::Animal)
}

/// Who is called by name in a quote.
fn addressed(walk: &Walk<'_>, quote: &str) -> Vec<usize> {
    let mut found = Vec::new();
    for (at, _) in quote.char_indices() {
        if let Some((length, id)) = walk.names.longest(&quote[at..]).filter(|(length, _)| called(quote, at, *length)) {
            let _ = length;
            found.push(walk.cast.root(*id));
        }
    }
    found
}

/// Whether a name in a quote calls somebody.
fn called(quote: &str, at: usize, length: usize) -> bool {
    let (before, after) = (quote[..at].trim_end(), &quote[at + length..]);
    let opens = before.is_empty() || before.ends_with(['，', ',', '！', '!', '。', '.', '？', '?', '…', '—']);
    let closes = after.is_empty() || after.starts_with(['，', ',', '！', '!', '。', '.', '？', '?', '…', '—', '、']);
    opens && closes
}

/// Names that are told in a quote: the speaker's own, and that of whoever is called by it for the first time.
pub(super) fn named_in(walk: &mut Walk<'_>, speaker: usize, quote: &str) {
    let names: Vec<(usize, usize, usize)> =
        quote.char_indices().filter_map(|(at, _)| walk.names.longest(&quote[at..]).map(|(length, id)| (at, length, *id))).collect();
    for (at, length, id) in names {
        let person = walk.cast.root(id);
        if called(quote, at, length) && person != speaker {
            walk.cast.called_by_name(person);
        }
        let before = quote[..at].trim_end();
        let answers = at == 0 && walk.talk.asked_name && quote[length..].starts_with(['，', ',', '。', '.', ' ']);
        let introduces = answers || lists(walk.language).get("self_named").ends(&before.to_lowercase()).is_some();
        if introduces {
            if unknown(walk.cast.person(person)) {
                walk.cast.merge(speaker, person);
            }
        } else if person != speaker && unknown(walk.cast.person(person)) {
            let listener = if called(quote, at, length) {
                hearer(walk, speaker, person)
            } else if shown(walk.language, before) {
                stranger(walk, speaker, person)
            } else {
                None
            };
            if let Some(listener) = listener {
                walk.cast.merge(listener, person);
            }
        }
    }
}

/// The word lists of a language.
fn lists(language: Language) -> &'static Lists {
    match language {
        Language::Chinese => &CHINESE,
        Language::English => &ENGLISH,
    }
}

/// 这是斜对门的杨二嫂; "this is Dr. Watson".
fn shown(language: Language, before: &str) -> bool {
    let near: usize = before.char_indices().rev().nth(if language == Language::Chinese { 9 } else { 40 }).map_or(0, |(at, _)| at);
    let tail = before[near..].rsplit(['。', '，', '.', '!', '?', '！', '？']).next().unwrap_or_default().trim_start().to_lowercase();
    lists(language).get("shown").begins(&tail).is_some()
}

/// Nobody has been seen by that name.
fn unknown(person: &Person) -> bool {
    person.mentions == 0 && person.says == 0
}

/// Somebody nobody has named yet, who is shown to others by a name.
fn stranger(walk: &Walk<'_>, speaker: usize, name: usize) -> Option<usize> {
    let gender = walk.cast.person(name).gender();
    let fits = |who: &usize| {
        let person = walk.cast.person(*who);
        let clash = person.gender() != Gender::Unknown && gender != Gender::Unknown && person.gender() != gender;
        let open = !person.named && !person.narrator && person.sorts.iter().all(|sort| NOUNS.sorts[*sort].generic);
        *who != speaker && open && !person.group && !clash && person.being == Being::Human
    };
    let present = walk.moments.iter().rev().take(12).flat_map(|moment| &moment.present).map(|(who, _)| walk.cast.root(*who));
    present.into_iter().find(fits)
}

/// Whom a speaker can call by a name that nobody has borne yet.
fn hearer(walk: &Walk<'_>, speaker: usize, called: usize) -> Option<usize> {
    let name = walk.cast.person(called);
    let fits = |who: &usize| {
        let person = walk.cast.person(*who);
        let clash = person.gender() != Gender::Unknown && name.gender() != Gender::Unknown && person.gender() != name.gender();
        let open = person.narrator && name.only_called
            || !person.named && (name.only_called || person.sorts.iter().all(|sort| NOUNS.sorts[*sort].generic));
        *who != speaker && open && !person.group && !clash && person.being != Being::Animal
    };
    let clash = |who: usize| {
        let gender = walk.cast.person(who).gender();
        gender != Gender::Unknown && name.gender() != Gender::Unknown && gender != name.gender()
    };
    let turned = objects(walk, speaker, &walk.talk.introduced).filter(|who| *who != called && !clash(*who) && name.only_called);
    if turned.is_some() {
        return turned;
    }
    let spoke = walk.talk.spoke.iter().rev().take(3).map(|who| walk.cast.root(*who)).find(fits);
    let present = walk.moments.last().into_iter().flat_map(|moment| &moment.present).map(|(who, _)| walk.cast.root(*who)).find(fits);
    spoke.or(present).or(walk.cast.narrator.filter(|narrator| fits(narrator)))
}

/// Somebody new comes into sight: the voice that was heard before is theirs.
pub(super) fn voice_is(walk: &mut Walk<'_>, who: usize) {
    let since = walk.moments.len().saturating_sub(4);
    let voices = std::mem::take(&mut walk.talk.voices);
    for voice in voices.into_iter().filter(|voice| *voice >= since) {
        walk.moments[voice].speaker = Some(who);
        walk.talk.spoke.push(who);
        let who = walk.cast.root(who);
        walk.cast.people[who].says += 1;
    }
}
