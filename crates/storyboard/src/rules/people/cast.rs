//! Everybody of a story, as they are met: which of them a name, a noun or a pronoun means, and what each mention tells of them.

use ports::film::{Age, Being, Gender};

use super::{
    nouns::{NOUNS, Sort},
    person::Person,
};
use crate::rules::reading::sentence::{Mention, Role, Term};

/// A mention that was understood.
#[derive(Debug, Clone, Copy)]
struct Trace {
    who: usize,
    sentence: usize,
    subject: bool,
    pronoun: bool,
    /// "they" is several: it is nobody's "he".
    several: bool,
}

/// Whether a noun ends in another one: 老和尚 in 和尚, "the old man" in "man", "grandmother" not in "mother".
fn ends_in(word: &str, head: &str) -> bool {
    let before = word.strip_suffix(head);
    head.chars().count() >= 2 && before.is_some_and(|before| !head.is_ascii() || before.is_empty() || before.ends_with(' '))
}

/// Whether a noun written like a name is one of somebody's: "the Rat" of "the Water Rat".
fn one_of(person: &Person, word: &str) -> bool {
    let last = |name: &str| name.rsplit(' ').next().unwrap_or_default().to_lowercase();
    let mut names = std::iter::once(&person.name).chain(&person.aliases);
    let short = !word.contains(' ');
    names.any(|name| if short || !name.contains(' ') { last(name) == last(word) } else { name == word })
}

/// Everybody, and who was mentioned last.
#[derive(Debug, Default)]
pub(crate) struct Cast {
    pub(crate) people: Vec<Person>,
    traces: Vec<Trace>,
    /// The number of the sentence that is read.
    pub(crate) sentence: usize,
    pub(crate) narrator: Option<usize>,
    /// Whether the text has no word of its own for her.
    pub(crate) neutral_he: bool,
    /// Whether the text is English.
    pub(crate) english: bool,
    /// Whether animals are "he" rather than "it".
    pub(crate) animals_are_he: bool,
}

impl Cast {
    /// Who somebody turned out to be.
    pub(crate) fn root(&self, mut who: usize) -> usize {
        while let Some(into) = self.people[who].into {
            who = into;
        }
        who
    }

    pub(crate) fn person(&self, who: usize) -> &Person {
        &self.people[self.root(who)]
    }

    /// Whom a mention means; several for "they" and "we". `clause` is who was mentioned in the clause already, `implied` whom the
    /// sentence is about so far.
    pub(crate) fn resolve(&mut self, mention: &Mention, word: &str, clause: &[usize], implied: Option<usize>) -> Vec<usize> {
        let found = match mention.term {
            Term::Name(id) => vec![self.root(id)],
            Term::Noun(sort) => self.noun(sort, mention, word, clause).into_iter().collect(),
            Term::I => self.narrator.into_iter().collect(),
            Term::We => self.we(),
            Term::They => self.they(clause),
            Term::Some => self.last(|person| person.group, 8).into_iter().collect(),
            Term::It => self.last(|person| person.being != Being::Human && !person.group, 10).into_iter().collect(),
            Term::He | Term::She => self.pronoun(mention, clause, implied).into_iter().collect(),
            Term::Voice => Vec::new(),
        };
        let pronoun = !matches!(mention.term, Term::Name(_) | Term::Noun(_));
        for who in &found {
            if mention.role != Role::Absent {
                let several = matches!(mention.term, Term::They | Term::We) || found.len() > 1;
                self.traces.push(Trace {
                    who: self.root(*who),
                    sentence: self.sentence,
                    subject: mention.role == Role::Subject,
                    pronoun,
                    several,
                });
            }
            self.learn(*who, mention);
        }
        found
    }

    /// Remembers that somebody was called by name: a pronoun may mean them.
    pub(crate) fn called_by_name(&mut self, who: usize) {
        self.traces.push(Trace { who: self.root(who), sentence: self.sentence, subject: false, pronoun: false, several: false });
    }

    /// Remembers that somebody spoke although no word says so.
    pub(crate) fn note(&mut self, who: usize) {
        self.traces.push(Trace { who: self.root(who), sentence: self.sentence, subject: true, pronoun: false, several: false });
    }

    /// What a mention tells.
    fn learn(&mut self, who: usize, mention: &Mention) {
        let modern = !self.neutral_he;
        let who = self.root(who);
        let person = &mut self.people[who];
        if mention.role != Role::Absent {
            person.mentions += 1;
            person.seen += u32::from(mention.seen);
            person.acts += u32::from(mention.role == Role::Subject && mention.acts);
        }
        if let Some(sort) = mention.sort {
            person.is(sort);
        }
        match mention.term {
            Term::He if modern => person.male += 1,
            Term::She => person.female += 2,
            Term::Noun(_) | Term::Name(_) | Term::He | Term::I | Term::We | Term::It | Term::They | Term::Some | Term::Voice => {}
        }
    }

    fn recent(&self, sentences: usize) -> impl Iterator<Item = &Trace> {
        let since = self.sentence.saturating_sub(sentences);
        self.traces.iter().rev().take(80).take_while(move |trace| trace.sentence >= since)
    }

    fn last(&self, fits: impl Fn(&Person) -> bool, sentences: usize) -> Option<usize> {
        self.recent(sentences).map(|trace| self.root(trace.who)).find(|who| fits(&self.people[*who]))
    }

    fn we(&self) -> Vec<usize> {
        let Some(narrator) = self.narrator else { return Vec::new() };
        let other = self.last(|person| !person.narrator && !person.group && person.being == Being::Human, 3);
        std::iter::once(narrator).chain(other).collect()
    }

    fn they(&mut self, clause: &[usize]) -> Vec<usize> {
        let group = self.last(|person| person.group, 6).filter(|who| !clause.contains(who));
        if let Some(group) = group {
            return vec![group];
        }
        // 脚夫……他们: whoever is called by a trade may be several.
        let trade = |person: &Person| {
            !person.named
                && !person.narrator
                && person.sorts.first().is_some_and(|sort| !NOUNS.sorts[*sort].kin && !NOUNS.sorts[*sort].generic)
        };
        let last = self.recent(1).next().map(|trace| self.root(trace.who));
        if let Some(who) = last.filter(|who| trade(&self.people[*who]) && !clause.contains(who)) {
            self.people[who].group = true;
            return vec![who];
        }
        let mut both: Vec<usize> = Vec::new();
        for who in self.recent(2).map(|trace| self.root(trace.who)) {
            if !both.contains(&who) && both.len() < 2 && !clause.contains(&who) && Some(who) != self.narrator {
                both.push(who);
            }
        }
        both
    }

    fn pronoun(&self, mention: &Mention, clause: &[usize], implied: Option<usize>) -> Option<usize> {
        let wanted = if mention.term == Term::She { Gender::Female } else { Gender::Male };
        let neutral = self.neutral_he && wanted == Gender::Male;
        // Whom an object means is not who does it.
        let doer = if mention.role == Role::Object { clause.first().copied().or(implied) } else { None };
        let fits = |trace: &&Trace| {
            let who = self.root(trace.who);
            let person = &self.people[who];
            let gender = person.gender();
            !person.group
                && !person.narrator
                && Some(who) != doer
                && !trace.several
                && (person.being != Being::Animal || person.says > 0 || gender != Gender::Unknown || neutral || self.animals_are_he)
                && (neutral || gender == wanted || gender == Gender::Unknown)
        };
        // Whoever may be a woman is one only where no woman is near.
        let sure = |trace: &&Trace| wanted != Gender::Female || self.people[self.root(trace.who)].gender() == wanted;
        // In English whoever a sentence is about first stays its centre: "as the Mole stepped down" is beside the point.
        if self.english && mention.role == Role::Subject && clause.is_empty() && implied.is_none() {
            let before = self.recent(1).filter(|trace| trace.sentence + 1 == self.sentence).last().map(|trace| trace.sentence);
            let first =
                self.traces.iter().rev().take(40).filter(|trace| Some(trace.sentence) == before).filter(fits).rfind(|trace| trace.subject);
            if let Some(first) = first {
                return Some(self.root(first.who));
            }
        }
        let centre = self.recent(4).filter(fits).filter(sure).find(|trace| trace.subject || trace.pronoun);
        let centre = centre.or_else(|| self.recent(4).filter(fits).find(|trace| trace.subject || trace.pronoun));
        centre.or_else(|| self.recent(16).find(fits)).map(|trace| self.root(trace.who))
    }

    fn noun(&mut self, id: usize, mention: &Mention, word: &str, clause: &[usize]) -> Option<usize> {
        let sort = &NOUNS.sorts[id];
        let many = mention.many || sort.group;
        let named = word.starts_with(|c: char| c.is_ascii_uppercase());
        let known = match () {
            // "the Hare" is no "White Rabbit" although both are rabbits.
            () if named => self.people.iter().rposition(|person| person.into.is_none() && one_of(person, word)),
            () if mention.fresh && sort.generic && !many => None,
            () => self.same_sort(id, many, !mention.fresh && !mention.pointed),
        };
        let known = known.or_else(|| if mention.fresh { None } else { self.same_head(word, many) });
        let known = known.or_else(|| {
            // "his wife" is the lady of before, whom nobody has named.
            let kin = sort.kin && !many;
            let back = (sort.generic || kin) && (!mention.fresh || mention.same);
            let found = back.then(|| self.fitting(sort, many, clause)).flatten();
            found.filter(|who| !kin || self.people[*who].sorts.iter().all(|sort| NOUNS.sorts[*sort].generic) && !self.people[*who].named)
        });
        if let Some(who) = known {
            let person = &mut self.people[who];
            if !(sort.group && sort.generic) {
                person.called(word);
            }
            person.is(id);
            person.group |= many;
            return Some(who);
        }
        // A father is the only one he has: he needs no introduction. Whoever is only looked back at was never met.
        // "the Mole": a noun that is written like a name is one.
        let mut person = Person { name: word.to_owned(), group: many, named, ..Person::default() };
        person.is(id);
        person.called(word);
        self.people.push(person);
        Some(self.people.len() - 1)
    }

    /// Somebody called by that sort of noun before, the last one mentioned.
    fn same_sort(&self, sort: usize, many: bool, open: bool) -> Option<usize> {
        // 孩子 alone may be several who were met before.
        let fits = |person: &Person| person.sorts.contains(&sort) && (person.group == many || open && person.group);
        let recent = self.recent(usize::MAX).map(|trace| self.root(trace.who)).find(|who| fits(&self.people[*who]));
        let any = |fits: &dyn Fn(&Person) -> bool| {
            (0..self.people.len()).rev().find(|who| self.people[*who].into.is_none() && fits(&self.people[*who]))
        };
        // 婆子 and 婆子们 of one house are the same; a boy and the boys are not.
        let of_trade = !NOUNS.sorts[sort].generic;
        recent.or_else(|| any(&fits)).or_else(|| any(&|person: &Person| of_trade && person.sorts.contains(&sort) && !person.named))
    }

    /// 和尚 is the 老和尚 of before: the last one whose noun ends in that word.
    fn same_head(&self, word: &str, many: bool) -> Option<usize> {
        let head = word.trim_start_matches("the ");
        self.recent(usize::MAX).map(|trace| self.root(trace.who)).find(|who| {
            let person = &self.people[*who];
            let mut names = std::iter::once(&person.name).chain(&person.aliases);
            !person.named && person.group == many && names.any(|name| ends_in(name, head) || ends_in(head, name.trim_start_matches("the ")))
        })
    }

    /// Whom "the young man", "众人" can mean: the last one whom nothing speaks against.
    fn fitting(&self, sort: &Sort, many: bool, clause: &[usize]) -> Option<usize> {
        self.recent(if many { 8 } else { 5 }).map(|trace| self.root(trace.who)).find(|who| {
            let person = &self.people[*who];
            let gender = person.gender();
            let near = |one: Age, other: Age| one == other || matches!((one, other), (Age::Young, Age::Adult) | (Age::Adult, Age::Young));
            person.group == many
                && !person.narrator
                && !clause.contains(who)
                && person.being == sort.being
                && (many || sort.gender == Gender::Unknown || gender == sort.gender || gender == Gender::Unknown && person.named)
                && (many
                    || match (sort.age, person.age) {
                        (Some(one), Some(other)) => near(one, other),
                        (Some(Age::Old | Age::Child), None) => false,
                        _ => true,
                    })
        })
    }

    /// 这熙凤, who was not called so before, is the one whom nobody had named yet.
    pub(crate) fn bridge(&mut self, name: usize) {
        let name = self.root(name);
        if self.people[name].mentions > 1 {
            return;
        }
        let gender = self.people[name].gender();
        let stranger = self.last(
            |person| {
                let clash = person.gender() != Gender::Unknown && gender != Gender::Unknown && person.gender() != gender;
                !person.named
                    && !person.group
                    && !clash
                    && person.being == Being::Human
                    && person.sorts.iter().all(|sort| NOUNS.sorts[*sort].generic)
            },
            8,
        );
        if let Some(stranger) = stranger {
            self.merge(name, stranger);
        }
    }

    /// Two turn out to be one. A name stays; of two names the first.
    pub(crate) fn merge(&mut self, one: usize, other: usize) -> usize {
        let (one, other) = (self.root(one), self.root(other));
        if one == other {
            return one;
        }
        let keep_other = self.people[other].named && !self.people[one].named || self.people[other].narrator;
        let (kept, gone) = if keep_other { (other, one) } else { (one, other) };
        let lost = self.people[gone].clone();
        self.people[gone].into = Some(kept);
        let person = &mut self.people[kept];
        person.called(&lost.name);
        lost.aliases.iter().for_each(|alias| person.called(alias));
        lost.sorts
            .iter()
            .filter(|sort| !person.sorts.contains(sort))
            .copied()
            .collect::<Vec<_>>()
            .into_iter()
            .for_each(|sort| person.sorts.push(sort));
        person.male += lost.male;
        person.female += lost.female;
        person.age = person.age.or(lost.age);
        if lost.being != Being::Human && person.being == Being::Human {
            (person.being, person.species) = (lost.being, lost.species);
        }
        person.mentions += lost.mentions;
        person.acts += lost.acts;
        person.says += lost.says;
        person.seen += lost.seen;
        person.narrator |= lost.narrator;
        kept
    }
}
