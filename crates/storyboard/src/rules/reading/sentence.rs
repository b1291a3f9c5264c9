//! What is seen in a sentence before anybody knows who is meant: its clauses, and in each the words that stand for somebody.

use std::ops::Range;

/// Which word stands for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Term {
    /// A name of this text: the index of its person.
    Name(usize),
    /// A noun of the word lists: its sort.
    Noun(usize),
    I,
    We,
    He,
    She,
    It,
    They,
    /// 有的, one of them: somebody of a group.
    Some,
    /// A voice, before it is seen whose.
    Voice,
}

/// What somebody does in a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Subject,
    Object,
    /// Named, but not there: dead, dreamt of, compared with, an owner.
    Absent,
}

/// A word that stands for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mention {
    /// Where, in bytes of the run of text.
    pub(crate) at: Range<usize>,
    pub(crate) term: Term,
    pub(crate) role: Role,
    /// "a", 一个: somebody new.
    pub(crate) fresh: bool,
    /// "that", 那个: somebody known.
    pub(crate) pointed: bool,
    /// More than one.
    pub(crate) many: bool,
    /// It comes into sight here.
    pub(crate) seen: bool,
    /// A verb of action is behind it.
    pub(crate) acts: bool,
    /// The noun beside it that describes it: 舰长陆远, "the boy Tom".
    pub(crate) sort: Option<usize>,
    /// Said to be the one before: 正是苏晚晴, "it was the Rat".
    pub(crate) same: bool,
}

/// A part of a sentence with one subject at most.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Clause {
    pub(crate) at: Range<usize>,
    pub(crate) mentions: Vec<Mention>,
    /// A verb of speech stands in it.
    pub(crate) says: bool,
    /// Its subject goes away.
    pub(crate) leaves: bool,
}

impl Clause {
    pub(crate) fn subject(&self) -> Option<usize> {
        self.mentions.iter().position(|mention| mention.role == Role::Subject)
    }
}

/// A sentence of narration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sentence {
    pub(crate) at: Range<usize>,
    pub(crate) clauses: Vec<Clause>,
}

/// Cuts a text behind each place that `ends` names, and keeps closing marks with what they close.
pub(crate) fn cut(text: &str, within: Range<usize>, ends: impl Fn(char, &str) -> bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = within.start;
    let mut chars = text[within.clone()].char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let behind = within.start + at + c.len_utf8();
        let more = chars.peek().is_some_and(|(_, next)| "。！？；…!?’”）)—".contains(*next) && *next != c || *next == '…' || *next == '—');
        if ends(c, &text[start..behind]) && !more {
            found.push(start..behind);
            start = behind;
        }
    }
    if start < within.end {
        found.push(start..within.end);
    }
    found.retain(|part| text[part.clone()].chars().any(char::is_alphanumeric));
    found
}
