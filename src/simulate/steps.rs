//! Matching of patterns against texts where either may hold parts that nobody knows.
//!
//! A pattern or text is a row of steps. Without unknown parts the answer is yes or no; with them it
//! is yes where every value of theirs matches, no where none does, and unknown otherwise. All of it
//! takes time linear in pattern times text over the width of a machine word.

use std::collections::HashMap;
use std::sync::Arc;

use crate::iam::Unresolved;

use super::Truth;

/// A part that nobody knows.
#[derive(Clone, Debug)]
pub(super) enum Hole {
    /// A reference of a template. The same reference is the same text.
    Reference(Arc<Unresolved>),
    /// The value of a condition key, which may also be absent.
    Key(Box<str>),
}

/// One step of a pattern or text. Wildcards occur in patterns only.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Char(char),
    /// `*`, and whether it may run over colons.
    Star(bool),
    /// `?`, and whether it may be a colon.
    One(bool),
    Hole(Hole),
}

impl Step {
    /// Whether two steps are certainly the same text.
    fn same(&self, other: &Step) -> bool {
        match (self, other) {
            (Step::Char(left), Step::Char(right)) => left == right,
            (Step::Hole(Hole::Reference(left)), Step::Hole(Hole::Reference(right))) => {
                left == right
            }
            _ => false,
        }
    }

    fn is_hole(&self) -> bool {
        matches!(self, Step::Hole(_))
    }
}

/// The steps of a known text.
pub(super) fn of_text(text: &str) -> Vec<Step> {
    text.chars().map(Step::Char).collect()
}

/// Whether a pattern matches a text.
pub(super) fn matches(pattern: &[Step], text: &[Step]) -> Truth {
    if !pattern.iter().any(Step::is_hole) && !text.iter().any(Step::is_hole) {
        return glob(pattern, text).into();
    }
    let (pattern, text) = strip(pattern, text);
    if pattern.is_empty() && text.is_empty() {
        return Truth::Yes;
    }
    if !Walk::new(pattern, true).reaches(text) {
        return Truth::No;
    }
    let may_be_absent = |step: &Step| matches!(step, Step::Hole(Hole::Key(_)));
    if !pattern.iter().any(may_be_absent) && Walk::new(pattern, false).reaches(text) {
        return Truth::Yes;
    }
    Truth::Unknown
}

/// The holes by which a match is unknown.
pub(super) fn holes<'s>(pattern: &'s [Step], text: &'s [Step]) -> impl Iterator<Item = &'s Hole> {
    let (pattern, text) = strip(pattern, text);
    pattern.iter().chain(text).filter_map(|step| match step {
        Step::Hole(hole) => Some(hole),
        _ => None,
    })
}

/// Takes equal beginnings and ends away: they match whatever the unknown parts are.
fn strip<'s>(mut pattern: &'s [Step], mut text: &'s [Step]) -> (&'s [Step], &'s [Step]) {
    while let ([first, rest @ ..], [other, others @ ..]) = (pattern, text)
        && first.same(other)
    {
        (pattern, text) = (rest, others);
    }
    while let ([rest @ .., last], [others @ .., other]) = (pattern, text)
        && last.same(other)
    {
        (pattern, text) = (rest, others);
    }
    (pattern, text)
}

/// Beyond this many steps times steps the walk over bits is used.
const GREEDY_LIMIT: usize = 1 << 14;

/// Whether a pattern without holes matches a text without holes.
fn glob(pattern: &[Step], text: &[Step]) -> bool {
    let confined = pattern.iter().any(|step| matches!(step, Step::Star(false)));
    if confined || pattern.len().saturating_mul(text.len()) > GREEDY_LIMIT {
        return Walk::new(pattern, false).reaches(text);
    }
    // Greedy with one point to go back to: where every `*` takes anything, a later one makes the
    // earlier ones final.
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < text.len() {
        let fits = match (pattern.get(at), &text[read]) {
            (Some(Step::Star(_)), _) => {
                at += 1;
                star = Some((at, read));
                continue;
            }
            (Some(Step::Char(wanted)), Step::Char(found)) => wanted == found,
            (Some(Step::One(colons)), Step::Char(found)) => *colons || *found != ':',
            _ => false,
        };
        if fits {
            at += 1;
            read += 1;
        } else if let Some((after, from)) = star {
            star = Some((after, from + 1));
            at = after;
            read = from + 1;
        } else {
            return false;
        }
    }
    pattern[at..]
        .iter()
        .all(|step| matches!(step, Step::Star(_)))
}

/// The set of positions in a pattern that a text can have led to, one bit each.
struct Walk {
    pattern: Vec<Step>,
    // Positions that are `*`: what stands behind them is reached for free.
    free: Vec<u64>,
    // Whether holes are taken for any text.
    possible: bool,
}

/// Masks are remembered for as many characters as fit in this many words.
const REMEMBERED_WORDS: usize = 1 << 20;

impl Walk {
    fn new(pattern: &[Step], possible: bool) -> Self {
        let mut steps: Vec<Step> = Vec::with_capacity(pattern.len());
        for step in pattern {
            let step = match step {
                Step::Hole(_) if possible => Step::Star(true),
                other => other.clone(),
            };
            match (steps.last_mut(), &step) {
                (Some(Step::Star(before)), Step::Star(now)) => *before |= now,
                _ => steps.push(step),
            }
        }
        let mut free = vec![0; steps.len() / 64 + 1];
        for (at, step) in steps.iter().enumerate() {
            if matches!(step, Step::Star(_)) {
                free[at / 64] |= 1 << (at % 64);
            }
        }
        Walk {
            pattern: steps,
            free,
            possible,
        }
    }

    /// For one step of the text: the positions that it moves on from, and those that it may stay at.
    fn masks(&self, read: &Step) -> (Vec<u64>, Vec<u64>) {
        let words = self.free.len();
        let (mut moves, mut stays) = (vec![0; words], vec![0; words]);
        let colon = matches!(read, Step::Char(':') | Step::Hole(_));
        for (at, step) in self.pattern.iter().enumerate() {
            let bit = 1 << (at % 64);
            match step {
                Step::Star(colons) if *colons || !colon => stays[at / 64] |= bit,
                Step::One(colons) if !read.is_hole() && (*colons || !colon) => {
                    moves[at / 64] |= bit;
                }
                other if other.same(read) => moves[at / 64] |= bit,
                _ => {}
            }
        }
        (moves, stays)
    }

    fn reaches(&self, text: &[Step]) -> bool {
        let words = self.free.len();
        let mut now = vec![0_u64; words];
        now[0] = 1;
        self.close(&mut now);
        let mut remembered: HashMap<char, (Vec<u64>, Vec<u64>)> = HashMap::new();
        for step in text {
            match step {
                Step::Hole(_) if self.possible => {
                    // An unknown text leads anywhere from the first position on.
                    let mut seen = false;
                    for word in &mut now {
                        if seen {
                            *word = u64::MAX;
                        } else if *word != 0 {
                            *word = u64::MAX << word.trailing_zeros();
                            seen = true;
                        }
                    }
                }
                Step::Char(character) => {
                    if let Some((moves, stays)) = remembered.get(character) {
                        advance(&mut now, moves, stays);
                    } else {
                        let masks = self.masks(step);
                        advance(&mut now, &masks.0, &masks.1);
                        if remembered.len().saturating_mul(words) < REMEMBERED_WORDS {
                            remembered.insert(*character, masks);
                        }
                    }
                }
                other => {
                    let (moves, stays) = self.masks(other);
                    advance(&mut now, &moves, &stays);
                }
            }
            self.close(&mut now);
            if now.iter().all(|word| *word == 0) {
                return false;
            }
        }
        let end = self.pattern.len();
        now[end / 64] & (1 << (end % 64)) != 0
    }

    /// Adds what stands behind each `*` reached; no two stand side by side.
    fn close(&self, now: &mut [u64]) {
        let mut carry = 0;
        for (word, free) in now.iter_mut().zip(&self.free) {
            let reached = *word & free;
            *word |= reached << 1 | carry;
            carry = reached >> 63;
        }
    }
}

/// Moves on where a step does, stays where it may.
fn advance(now: &mut [u64], moves: &[u64], stays: &[u64]) {
    let mut carry = 0;
    for ((word, moves), stays) in now.iter_mut().zip(moves).zip(stays) {
        let moved = *word & moves;
        *word = moved << 1 | carry | *word & stays;
        carry = moved >> 63;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::{Place, SourceId, UnresolvedKind};

    fn reference(name: &str) -> Step {
        Step::Hole(Hole::Reference(Arc::new(Unresolved {
            name: name.to_owned(),
            kind: UnresolvedKind::Parameter,
            place: Place::whole(SourceId(0)),
        })))
    }

    /// `<NAME>` is a reference, `^` a `*` that stops at colons, `{k}` an unknown key.
    fn steps(text: &str) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if let Some((name, after)) =
                rest.strip_prefix('<').and_then(|rest| rest.split_once('>'))
            {
                steps.push(reference(name));
                rest = after;
                continue;
            }
            if let Some((name, after)) =
                rest.strip_prefix('{').and_then(|rest| rest.split_once('}'))
            {
                steps.push(Step::Hole(Hole::Key(name.into())));
                rest = after;
                continue;
            }
            steps.push(match first {
                '*' => Step::Star(true),
                '^' => Step::Star(false),
                '?' => Step::One(true),
                other => Step::Char(other),
            });
            rest = &rest[first.len_utf8()..];
        }
        steps
    }

    fn check(pattern: &str, text: &str, expected: Truth) {
        let found = matches(&steps(pattern), &steps(text));
        assert_eq!(found, expected, "{pattern} against {text}");
    }

    #[test]
    fn known_text() {
        check("a*c", "abc", Truth::Yes);
        check("a*c", "abd", Truth::No);
        check("*", "", Truth::Yes);
        check("?", "", Truth::No);
        check("?", "ß", Truth::Yes);
        check("a^:b", "axx:b", Truth::Yes);
        check("a^:b", "ax:x:b", Truth::No);
        check("*:^b", "a:a:b", Truth::Yes);
        check("^a*", "xa:y", Truth::Yes);
        check("^a*", "x:a", Truth::No);
    }

    #[test]
    fn a_reference_is_itself_and_unknown_against_others() {
        check("<A>/*", "<A>/x", Truth::Yes);
        check("<A>/*", "<A>", Truth::No);
        check("<A>/*", "<B>/x", Truth::Unknown);
        check("<A>", "<A>/x", Truth::No);
        check("arn:x:<A>", "arn:y:z", Truth::No);
        check("arn:x:<A>", "arn:x:z", Truth::Unknown);
        check("arn:x:*", "arn:x:<A>/y", Truth::Yes);
        check("arn:x:z*", "arn:x:<A>/y", Truth::Unknown);
        check("arn:x:^:z", "arn:x:<A>:z", Truth::Unknown);
        check("a?", "a<A>", Truth::Unknown);
        check("b?", "a<A>", Truth::No);
    }

    #[test]
    fn an_unknown_key_never_certainly_matches() {
        check("a/{k}/*", "a/b/c", Truth::Unknown);
        check("a/{k}/*", "b/b/c", Truth::No);
        check("*{k}", "abc", Truth::Unknown);
    }

    #[test]
    fn both_ways_of_matching_agree() {
        let alphabet = ['a', 'b', ':', '*', '?'];
        let mut patterns = vec![String::new()];
        for _ in 0..4 {
            let longer: Vec<String> = patterns
                .iter()
                .flat_map(|start| alphabet.iter().map(move |next| format!("{start}{next}")))
                .collect();
            patterns.extend(longer);
        }
        patterns.sort();
        patterns.dedup();
        let texts = ["", "a", "ab", "aab", "a:b", "abab", ":", "ba:"];
        for pattern in &patterns {
            for text in texts {
                let (pattern, text) = (steps(pattern), steps(text));
                assert_eq!(
                    glob(&pattern, &text),
                    Walk::new(&pattern, false).reaches(&text)
                );
            }
        }
    }

    #[test]
    fn long_patterns_cross_words() {
        let long: String = "ab".repeat(200);
        check(&format!("*{long}*"), &format!("xx{long}yy"), Truth::Yes);
        check(&format!("^{long}*"), &format!("xx{long}yy"), Truth::Yes);
        check(&format!("^{long}c"), &format!("xx{long}yy"), Truth::No);
    }
}
