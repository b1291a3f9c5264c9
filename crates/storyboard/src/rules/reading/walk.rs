//! The walk through a text, sentence by sentence: who is meant, who is there, where and when it is.

use std::{collections::HashMap, sync::LazyLock};

use ports::film::{Being, Language, Pose};

use super::{
    Moment, chinese, english, fold, lexicon, named,
    presence::Presence,
    sentence::{Clause, Role, Sentence, Term},
    speech::{self, Talk},
};
use crate::{
    rules::{
        people::{Name, age, cast::Cast},
        setting::{self, Passed, Setting, Table},
        words::{CHINESE, ENGLISH, Lexicon},
    },
    text::Paragraph,
};

static POSES: LazyLock<Table<Pose>> = LazyLock::new(|| Table::of(include_str!("../words/poses.txt"), setting::named(Pose::ALL)));

/// A clause with whom its mentions mean, in the same order.
#[derive(Debug, Clone, Default)]
pub(super) struct Understood {
    pub(super) clause: Clause,
    pub(super) who: Vec<Vec<usize>>,
}

impl Understood {
    /// Who does it: the first of them.
    pub(super) fn subject(&self) -> Option<usize> {
        self.who[self.clause.subject()?].first().copied()
    }

    /// Whether a voice does it that belongs to nobody yet.
    pub(super) fn voice(&self) -> bool {
        self.clause.mentions.iter().any(|mention| mention.term == Term::Voice) && self.subject().is_none()
    }
}

/// Where the walk is.
pub(super) struct Walk<'a> {
    pub(super) language: Language,
    pub(super) names: Lexicon<usize>,
    pub(super) cast: Cast,
    pub(super) talk: Talk,
    presence: Presence,
    setting: Setting,
    /// In a memory or a dream: the paragraph it began in, and where we were.
    memory: Option<(usize, Setting)>,
    /// Whom the last clause with a subject was about.
    pub(super) topic: Option<usize>,
    /// Sentences whose mentions were understood ahead of their turn.
    ahead: HashMap<(usize, usize, usize), Vec<Understood>>,
    pub(super) moments: Vec<Moment>,
    /// The paragraphs, and their narration as the rules look at it.
    pub(super) paragraphs: &'a [Paragraph],
    pub(super) folded: Vec<Vec<String>>,
}

/// Reads everything: everybody, and what happens.
pub(super) fn walk(language: Language, paragraphs: &[Paragraph], names: &[Name]) -> (Cast, Vec<Moment>) {
    let folded: Vec<Vec<String>> =
        paragraphs.iter().map(|paragraph| paragraph.spans.iter().map(|span| fold(&span.text, language).into_owned()).collect()).collect();
    let mut walk = Walk {
        language,
        names: lexicon(
            names,
            language == Language::Chinese && folded.iter().flatten().map(|text| text.matches('曰').count()).sum::<usize>() >= 3,
        ),
        cast: named::cast(language, paragraphs, &folded, names),
        talk: Talk::default(),
        presence: Presence::new(language),
        setting: Setting::default(),
        memory: None,
        topic: None,
        ahead: HashMap::new(),
        moments: Vec::new(),
        paragraphs,
        folded,
    };
    for (number, paragraph) in paragraphs.iter().enumerate() {
        if paragraph.chapter.is_some() || paragraph.apart {
            walk.apart();
        }
        for span in 0..paragraph.spans.len() {
            if paragraph.spans[span].quoted { walk.quote(number, span) } else { walk.narration(number, span) }
        }
    }
    (walk.cast, walk.moments)
}

impl Walk<'_> {
    /// Something new begins: another chapter, another scene.
    fn apart(&mut self) {
        self.presence.clear();
        self.talk = Talk::default();
        self.topic = None;
        self.setting.time = None;
        self.setting.signs.clear();
        self.setting.sure = self.setting.sure.min(1);
    }

    /// The sentences of a span of narration.
    pub(super) fn sentences(&self, paragraph: usize, span: usize) -> Vec<Sentence> {
        let text = &self.folded[paragraph][span];
        match self.language {
            Language::Chinese => chinese::sentences(text, &self.names),
            Language::English => english::sentences(text, &self.names),
        }
    }

    fn narration(&mut self, paragraph: usize, span: usize) {
        let mut last = Vec::new();
        for sentence in self.sentences(paragraph, span) {
            last = self.sentence(paragraph, span, &sentence);
        }
        self.talk.before = last;
    }

    fn sentence(&mut self, paragraph: usize, span: usize, sentence: &Sentence) -> Vec<Understood> {
        let since = self.presence.position();
        let text = self.folded[paragraph][span][sentence.at.clone()].to_owned();
        self.remember(paragraph, &text);
        let (setting, passed) = setting::read(&self.covered(paragraph, span, sentence), self.language, &self.setting);
        if passed != Passed::Nothing {
            self.presence.clear();
        }
        let moved = setting.place != self.setting.place && setting.sure >= 3;
        let understood = match self.ahead.remove(&(paragraph, span, sentence.at.start)) {
            Some(known) => known,
            None => self.understand(paragraph, span, sentence),
        };
        self.presence.go(0);
        for clause in &understood {
            self.happens(clause, paragraph, span);
        }
        self.presence.go(0);
        if moved {
            self.presence.moved(since);
        }
        self.setting = setting;
        self.push(paragraph, span, sentence.at.clone(), None);
        self.presence.go(text.chars().count());
        for clause in understood.iter().filter(|clause| clause.clause.leaves) {
            if let Some(who) = clause.subject().or(self.topic) {
                let who = self.cast.root(who);
                self.presence.leave(who);
            }
        }
        understood
    }

    /// A memory or a dream begins, or ends: then we are where we were.
    fn remember(&mut self, paragraph: usize, text: &str) {
        let lists = if self.language == Language::Chinese { &*CHINESE } else { &*ENGLISH };
        let lower = text.to_ascii_lowercase();
        let talk = self.paragraphs[paragraph].spans.iter().any(|span| span.quoted);
        let over =
            |since: usize| paragraph > since + 1 || paragraph > since && talk || setting::within(lists.get("awake"), &lower, self.language);
        if let Some((_, before)) = self.memory.take_if(|(since, _)| over(*since)) {
            self.setting = before;
        }
        if self.memory.is_none() && !self.moments.is_empty() && setting::within(lists.get("memory"), &lower, self.language) {
            self.memory = Some((paragraph, self.setting.clone()));
        }
    }

    /// Whom the mentions of a sentence mean.
    pub(super) fn understand(&mut self, paragraph: usize, span: usize, sentence: &Sentence) -> Vec<Understood> {
        self.cast.sentence += 1;
        let mut implied = None;
        let mut arrived: Option<(usize, bool)> = None;
        let mut understood = Vec::new();
        for clause in &sentence.clauses {
            let mut who: Vec<Vec<usize>> = Vec::new();
            let mut before: Option<usize> = None;
            for mention in &clause.mentions {
                let word = self.word(paragraph, span, mention.at.clone(), mention.term);
                let met: Vec<usize> = who.iter().flatten().copied().collect();
                let known = self.cast.people.len();
                let doer = before.or(implied).map(|who| self.cast.root(who));
                // 我大概就是那种路人: what the narrator is called is nobody else.
                if mention.same && doer.is_some() && doer == self.cast.narrator.map(|narrator| self.cast.root(narrator)) {
                    who.push(Vec::new());
                    continue;
                }
                let found = self.cast.resolve(mention, &word, &met, implied);
                if let (Term::Name(_), true, Some(one)) = (mention.term, mention.pointed, found.first().copied()) {
                    self.cast.bridge(one);
                }
                if let (true, Some(one), Some(other)) =
                    (mention.same, found.first().copied(), before.or(implied).or(self.topic.filter(|_| self.language == Language::Chinese)))
                {
                    self.one(one, other);
                }
                let stranger = |walk: &Self, who: usize| {
                    let person = walk.cast.person(who);
                    let new = who >= known || person.mentions == 1 || !walk.presence.has(walk.cast.root(who));
                    new && !person.narrator && mention.role != Role::Absent && person.being != Being::Animal
                };
                if let Some(new) = found.first().copied().filter(|new| stranger(self, *new)) {
                    let sure = mention.seen || mention.fresh;
                    if arrived.is_none_or(|(_, seen)| sure && !seen) {
                        arrived = Some((new, sure));
                    }
                }
                if mention.role == Role::Subject {
                    before = found.first().copied();
                }
                who.push(found);
            }
            let clause = Understood { clause: clause.clone(), who };
            if let Some(subject) = clause.subject() {
                implied = Some(subject);
                self.topic = Some(subject);
            }
            self.namings(paragraph, span, &clause);
            self.aged(paragraph, span, &clause, implied);
            understood.push(clause);
        }
        if let Some((who, _)) = arrived {
            speech::voice_is(self, who);
        }
        understood
    }

    /// The word for somebody as a film shows it.
    fn word(&self, paragraph: usize, span: usize, at: std::ops::Range<usize>, term: Term) -> String {
        let word = &self.paragraphs[paragraph].spans[span].text[at];
        if self.language == Language::Chinese && matches!(word, "的人" | "之人") {
            return "众人".to_owned();
        }
        match (self.language, term) {
            (Language::English, Term::Noun(_)) if word.starts_with(char::is_lowercase) => format!("the {word}"),
            _ => word.to_owned(),
        }
    }

    /// 正是苏晚晴; "it was the Rat": two mentions are one, where nothing speaks against it.
    fn one(&mut self, one: usize, other: usize) {
        let (a, b) = (self.cast.person(one), self.cast.person(other));
        let clash = a.gender() != b.gender() && a.gender() != ports::film::Gender::Unknown && b.gender() != ports::film::Gender::Unknown;
        if !b.named && !clash && a.group == b.group && !a.narrator && !b.narrator {
            self.cast.merge(other, one);
        }
    }

    /// 我叫陈一鸣: the narrator's name.
    fn namings(&mut self, paragraph: usize, span: usize, clause: &Understood) {
        let text = &self.folded[paragraph][span];
        for (mention, who) in clause.clause.mentions.iter().zip(&clause.who) {
            let (Term::Name(_), Some(who), Some(narrator)) = (mention.term, who.first(), self.cast.narrator) else { continue };
            let before = &text[..mention.at.start];
            if ["我叫", "我是", "我姓", "我的名字是", "My name is ", "my name is ", "My name was ", "Call me "]
                .iter()
                .any(|words| before.ends_with(words))
            {
                self.cast.merge(narrator, *who);
            }
        }
    }

    /// 年方二十, "a boy of twelve": how old somebody is, in years.
    fn aged(&mut self, paragraph: usize, span: usize, clause: &Understood, implied: Option<usize>) {
        let text = &self.folded[paragraph][span][clause.clause.at.clone()];
        let Some(age) = age::told(text, self.language) else { return };
        if let Some(who) = clause.subject().or_else(|| clause.who.iter().flatten().next().copied()).or(implied) {
            let who = self.cast.root(who);
            self.cast.people[who].age = Some(age);
        }
    }

    /// Who is seen in a clause, and how.
    fn happens(&mut self, clause: &Understood, paragraph: usize, span: usize) {
        for (mention, who) in clause.clause.mentions.iter().zip(&clause.who) {
            if mention.role != Role::Absent {
                for who in who {
                    let who = self.cast.root(*who);
                    self.presence.see(who);
                }
            }
        }
        let text = self.folded[paragraph][span][clause.clause.at.clone()].to_ascii_lowercase();
        let poses = POSES.find(&text, self.language, &Lexicon::default());
        let doer = clause.subject().or(self.topic.filter(|_| clause.clause.mentions.is_empty()));
        if let (Some((at, _, pose)), Some(who)) = (poses.last(), doer)
            && !setting::negated(&text, *at, self.language)
        {
            let who = self.cast.root(who);
            self.presence.pose(who, *pose);
        }
    }

    /// A sentence in which names are covered, so that 晴雯 is no weather.
    fn covered(&self, paragraph: usize, span: usize, sentence: &Sentence) -> String {
        let mut text = self.folded[paragraph][span].clone();
        for mention in sentence.clauses.iter().flat_map(|clause| &clause.mentions) {
            if let Term::Name(_) = mention.term {
                // As long as it was, in bytes and in characters.
                let cover: String = text[mention.at.clone()].chars().map(|c| if c.len_utf8() == 3 { '〇' } else { '_' }).collect();
                if cover.len() == mention.at.len() {
                    text.replace_range(mention.at.clone(), &cover);
                }
            }
        }
        text[sentence.at.clone()].to_ascii_lowercase()
    }

    pub(super) fn push(&mut self, paragraph: usize, span: usize, at: std::ops::Range<usize>, speaker: Option<usize>) {
        let present = self.presence.everybody();
        self.moments.push(Moment { paragraph, span, at, speaker, present, setting: self.setting.clone(), memory: self.memory.is_some() });
    }

    fn quote(&mut self, paragraph: usize, span: usize) {
        let (speaker, told) = speech::speaker(self, paragraph, span);
        let text = self.paragraphs[paragraph].spans[span].text.clone();
        let speaker = speaker.filter(|_| !self.called(paragraph, span));
        if let Some(who) = speaker {
            let who = self.cast.root(who);
            self.presence.see(who);
            self.cast.people[who].says += 1;
            if !told {
                self.cast.note(who);
            }
            self.talk.to = speech::heard_by(self, who, paragraph, span);
            speech::named_in(self, who, &self.folded[paragraph][span].clone());
        }
        self.push(paragraph, span, 0..text.len(), speaker);
        self.presence.go(text.chars().count());
        self.talk.said(speaker, &text, self.language);
    }

    /// What was understood of the sentence behind a quote, if it was looked at.
    pub(super) fn beside(&self, paragraph: usize, span: usize) -> Option<&Vec<Understood>> {
        self.ahead.get(&(paragraph, span, 0))
    }

    /// She was called “Little Red-Cap”: a quote that is nothing but a name.
    fn called(&mut self, paragraph: usize, span: usize) -> bool {
        let before = span.checked_sub(1).map_or("", |before| self.folded[paragraph][before].trim_end());
        let quote = self.folded[paragraph][span].trim_end_matches(['.', ',', '。', '，']);
        let name = self.names.longest(quote).filter(|(length, _)| *length == quote.len()).map(|(_, id)| *id);
        let names = before.ends_with("called")
            || before.ends_with("named")
            || before.ends_with('叫')
            || before.ends_with("叫做")
            || before.ends_with("绰号");
        if let (true, Some(name), Some(topic)) = (names, name, self.topic) {
            self.one(name, topic);
        }
        names && name.is_some()
    }

    /// The first sentence behind a quote, understood before its turn.
    pub(super) fn look_ahead(&mut self, paragraph: usize, span: usize) -> Option<(Vec<Understood>, usize)> {
        let sentences = self.sentences(paragraph, span);
        let first = sentences.first()?.clone();
        let key = (paragraph, span, first.at.start);
        if !self.ahead.contains_key(&key) {
            let topic = self.topic;
            let understood = self.understand(paragraph, span, &first);
            // What stands behind is not what it was about before.
            self.topic = topic;
            self.ahead.insert(key, understood);
        }
        self.ahead.get(&key).map(|understood| (understood.clone(), sentences.len()))
    }
}
