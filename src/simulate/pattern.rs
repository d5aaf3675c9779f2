//! Patterns of resources and of condition values: wildcards, policy variables, unresolved parts of
//! templates (IAM: reference_policies_variables, reference_policies_elements_resource).

use std::borrow::Cow;
use std::sync::Arc;

use crate::iam::{Fragment, Glob, Part, Text, Unresolved, Version, fragments};

use super::Truth;
use super::context::{KeyState, Keys};
use super::depends::{Depends, Tri};
use super::keys::{Key, canonical};
use super::steps::{self, Hole, Step};

/// How wildcards and variables are read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Style {
    /// `*` and `?` are themselves.
    Exact,
    /// `*` and `?` take any characters.
    Free,
    /// An ARN: variables behind the fifth colon only; before it, a `*` that is not the last of its
    /// field, and every `?`, stops at colons.
    Resource,
}

/// A policy variable.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Variable {
    pub(super) key: Key,
    pub(super) default: Option<Box<str>>,
}

/// A part of a pattern that is more than wildcards over known text.
#[derive(Clone, Debug)]
pub(super) enum Atom {
    Char(char),
    Star(bool),
    One(bool),
    Variable(Box<Variable>),
    Reference(Arc<Unresolved>),
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(super) enum Pattern {
    /// `*`
    Any,
    Exact(Box<str>),
    /// Known text and one `*` at its end.
    Prefix(Box<str>),
    Glob(Glob),
    Atoms(Box<[Atom]>),
}

/// What a pattern is compared with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Subject<'a> {
    Plain(&'a str),
    /// Known or not, with the steps at hand.
    Steps(Option<&'a str>, &'a [Step]),
    Symbolic(&'a Text),
}

impl<'a> Subject<'a> {
    pub(super) fn plain(self) -> Option<&'a str> {
        match self {
            Subject::Plain(text) => Some(text),
            Subject::Steps(plain, _) => plain,
            Subject::Symbolic(text) => text.as_plain(),
        }
    }

    pub(super) fn steps(self) -> Cow<'a, [Step]> {
        match self {
            Subject::Plain(text) => Cow::Owned(steps::of_text(text)),
            Subject::Steps(_, steps) => Cow::Borrowed(steps),
            Subject::Symbolic(text) => Cow::Owned(text_steps(text)),
        }
    }
}

/// The steps of a text that may have unresolved parts.
pub(super) fn text_steps(text: &Text) -> Vec<Step> {
    let mut all = Vec::new();
    for piece in text.pieces() {
        match piece {
            Ok(known) => all.extend(known.chars().map(Step::Char)),
            Err(reference) => all.push(Step::Hole(Hole::Reference(reference.clone()))),
        }
    }
    all
}

impl Pattern {
    /// Compiles a pattern.
    pub(super) fn new(text: &Text, style: Style, version: Version) -> Self {
        if let Some(plain) = text.as_plain() {
            let variables = version == Version::V2012 && plain.contains("${");
            if !variables && let Some(simple) = Self::simple(plain, style) {
                return simple;
            }
        }
        let atoms = Reader::atoms(text, style, version);
        // A variable that turned out to be plain text leaves nothing to resolve.
        let plain: Option<String> = atoms
            .iter()
            .map(|atom| match atom {
                Atom::Char(character) if !matches!(character, '*' | '?') => Some(*character),
                _ => None,
            })
            .collect();
        match plain {
            Some(plain) => Pattern::Exact(plain.into()),
            None => Pattern::Atoms(atoms.into()),
        }
    }

    /// A pattern of known text without variables, if no wildcard is confined.
    fn simple(plain: &str, style: Style) -> Option<Self> {
        if style == Style::Exact || !plain.contains(['*', '?']) {
            return Some(Pattern::Exact(plain.into()));
        }
        if style == Style::Resource && has_confined_wildcard(plain) {
            return None;
        }
        let glob = Glob::new(plain);
        Some(if glob.is_any() {
            Pattern::Any
        } else {
            match glob.as_str().strip_suffix('*') {
                Some(start) if !start.contains(['*', '?']) => Pattern::Prefix(start.into()),
                _ => Pattern::Glob(glob),
            }
        })
    }

    /// Whether it is `*` alone.
    pub(super) fn is_any(&self) -> bool {
        matches!(self, Pattern::Any)
    }

    /// Whether it matches a known text, where nothing in the pattern is open.
    fn matches_plain(&self, text: &str) -> Option<bool> {
        Some(match self {
            Pattern::Any => true,
            Pattern::Exact(wanted) => **wanted == *text,
            Pattern::Prefix(start) => text.starts_with(&**start),
            Pattern::Glob(glob) => glob.matches(text),
            Pattern::Atoms(_) => return None,
        })
    }

    /// Whether it matches.
    pub(super) fn matches<D: Depends>(&self, subject: Subject<'_>, keys: &Keys) -> Tri<D> {
        if let Some(plain) = subject.plain() {
            if let Some(known) = self.matches_plain(plain) {
                return Tri::known(known);
            }
            if self.starts_otherwise(plain) {
                return Tri::no();
            }
        }
        match self.steps(keys) {
            Ok(pattern) => compare(&pattern, &subject.steps()),
            Err(_) => Tri::no(),
        }
    }

    /// Whether the known text in front alone excludes a text.
    fn starts_otherwise(&self, text: &str) -> bool {
        let Pattern::Atoms(atoms) = self else {
            return false;
        };
        let mut rest = text.chars();
        for atom in atoms {
            match atom {
                Atom::Char(wanted) if rest.next() != Some(*wanted) => return true,
                Atom::Char(_) => {}
                _ => return false,
            }
        }
        false
    }

    /// Whether it matches a known text; a pattern that holds more than wildcards does not.
    pub(super) fn matches_text(&self, text: &str) -> bool {
        self.matches_plain(text) == Some(true)
    }

    /// The steps of a pattern without variables.
    pub(super) fn fixed_steps(&self) -> Vec<Step> {
        let chars = |text: &str| text.chars().map(Step::Char).collect::<Vec<_>>();
        match self {
            Pattern::Any => vec![Step::Star(true)],
            Pattern::Exact(text) => chars(text),
            Pattern::Prefix(text) => {
                let mut steps = chars(text);
                steps.push(Step::Star(true));
                steps
            }
            Pattern::Glob(glob) => glob
                .as_str()
                .chars()
                .map(|character| match character {
                    '*' => Step::Star(true),
                    '?' => Step::One(true),
                    other => Step::Char(other),
                })
                .collect(),
            Pattern::Atoms(atoms) => atoms.iter().filter_map(fixed_step).collect(),
        }
    }

    /// The pattern with its variables filled in; the key of a variable that has no value if one has
    /// none.
    pub(super) fn steps(&self, keys: &Keys) -> Result<Vec<Step>, &Key> {
        match self {
            Pattern::Atoms(atoms) => fill(atoms, keys),
            _ => Ok(self.fixed_steps()),
        }
    }

    /// Whether some request could match: no variable of it is without a value.
    pub(super) fn can_match(&self, keys: &Keys) -> bool {
        match self {
            Pattern::Atoms(atoms) => atoms.iter().all(|atom| match atom {
                Atom::Variable(variable) => !matches!(value(variable, keys), Filled::Nothing),
                _ => true,
            }),
            _ => true,
        }
    }

    /// The variables in it.
    pub(super) fn variables(&self) -> impl Iterator<Item = &Variable> {
        let atoms: &[Atom] = match self {
            Pattern::Atoms(atoms) => atoms,
            _ => &[],
        };
        atoms.iter().filter_map(|atom| match atom {
            Atom::Variable(variable) => Some(&**variable),
            _ => None,
        })
    }

    /// Adds what an unknown match could depend on in the pattern itself.
    pub(super) fn add_open<D: Depends>(&self, keys: &Keys, depends: &mut D) {
        if let Pattern::Atoms(atoms) = self {
            for atom in atoms {
                match atom {
                    Atom::Reference(reference) => depends.add(|| label_of(reference)),
                    Atom::Variable(variable) => {
                        if let Filled::Unknown = value(variable, keys) {
                            depends.add(|| variable.key.canonical());
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}

/// `template:NAME`
pub(super) fn label_of(reference: &Unresolved) -> String {
    format!("template:{}", reference.name)
}

/// Compares steps and names what an unknown answer depends on.
pub(super) fn compare<D: Depends>(pattern: &[Step], text: &[Step]) -> Tri<D> {
    match steps::matches(pattern, text) {
        Truth::Yes => Tri::yes(),
        Truth::No => Tri::no(),
        Truth::Unknown => Tri {
            truth: Truth::Unknown,
            depends: open_parts(pattern, text),
        },
    }
}

fn open_parts<D: Depends>(pattern: &[Step], text: &[Step]) -> D {
    let mut depends = D::default();
    for hole in steps::holes(pattern, text) {
        depends.add(|| match hole {
            Hole::Reference(reference) => label_of(reference),
            Hole::Key(name) => canonical(name),
        });
    }
    depends
}

enum Filled<'a> {
    Text(&'a str),
    Symbolic(&'a Text),
    Unknown,
    Nothing,
}

/// What a variable stands for: a single value that is not empty, else its default.
fn value<'a>(variable: &'a Variable, keys: &'a Keys) -> Filled<'a> {
    match keys.get(&variable.key) {
        KeyState::One(text) if !text.is_empty() => Filled::Text(text),
        KeyState::Symbolic(text) => Filled::Symbolic(text),
        KeyState::Unknown => Filled::Unknown,
        KeyState::One(_) | KeyState::Many(_) | KeyState::Absent => match &variable.default {
            Some(default) => Filled::Text(default),
            None => Filled::Nothing,
        },
    }
}

fn fill<'p>(atoms: &'p [Atom], keys: &Keys) -> Result<Vec<Step>, &'p Key> {
    let mut all = Vec::with_capacity(atoms.len() + 16);
    for atom in atoms {
        match atom {
            Atom::Variable(variable) => match value(variable, keys) {
                Filled::Text(text) => all.extend(text.chars().map(Step::Char)),
                Filled::Symbolic(text) => all.extend(text_steps(text)),
                Filled::Unknown => {
                    all.push(Step::Hole(Hole::Key(variable.key.shown.clone())));
                }
                Filled::Nothing => return Err(&variable.key),
            },
            other => all.extend(fixed_step(other)),
        }
    }
    Ok(all)
}

/// The step of an atom that no request changes.
fn fixed_step(atom: &Atom) -> Option<Step> {
    Some(match atom {
        Atom::Char(character) => Step::Char(*character),
        Atom::Star(colons) => Step::Star(*colons),
        Atom::One(colons) => Step::One(*colons),
        Atom::Reference(reference) => Step::Hole(Hole::Reference(reference.clone())),
        Atom::Variable(_) => return None,
    })
}

/// Whether a wildcard stands where it stops at colons.
fn has_confined_wildcard(plain: &str) -> bool {
    let mut fields = plain.splitn(6, ':');
    let mut seen = 0;
    fields.any(|field| {
        seen += 1;
        seen < 6 && field.trim_end_matches('*').contains(['*', '?'])
    })
}

/// Reads a pattern piece by piece.
struct Reader {
    style: Style,
    variables: bool,
    // The field of an ARN that is being read, from 1.
    field: usize,
    atoms: Vec<Atom>,
}

impl Reader {
    fn atoms(text: &Text, style: Style, version: Version) -> Vec<Atom> {
        let parts = text.to_parts();
        let mut reader = Reader {
            style,
            variables: version == Version::V2012,
            // Behind a reference in front, which is a whole ARN, every part is its resource's.
            field: match parts.first() {
                Some(Part::Unresolved(_)) => 6,
                _ => 1,
            },
            atoms: Vec::new(),
        };
        let mut parts = parts.into_iter().peekable();
        while let Some(part) = parts.next() {
            match part {
                Part::Unresolved(reference) => reader.atoms.push(Atom::Reference(reference)),
                Part::Literal(known) => {
                    let ends = parts.peek().is_none();
                    let cut = reader.literal(&known, ends);
                    // A variable of which a reference is part: which one it is depends on the template.
                    if cut && let Some(Part::Unresolved(reference)) = parts.next() {
                        reader.atoms.push(Atom::Reference(reference));
                        if let Some(Part::Literal(rest)) = parts.peek_mut()
                            && let Some((_, behind)) = rest.split_once('}')
                        {
                            *rest = behind.into();
                        }
                    }
                }
            }
        }
        reader.atoms
    }

    /// Whether what is read now is behind the fifth colon, or no ARN.
    fn is_inner(&self) -> bool {
        self.style != Style::Resource || self.field >= 6
    }

    /// Reads known text; whether it ends in a variable that is cut off.
    fn literal(&mut self, known: &str, ends: bool) -> bool {
        let mut rest = known;
        // In front of the fifth colon there are no variables.
        while !self.is_inner() {
            let (before, behind) = match rest.find(':') {
                Some(at) => rest.split_at(at + 1),
                None => (rest, ""),
            };
            self.plain(before, ends && behind.is_empty());
            rest = behind;
            if rest.is_empty() {
                return false;
            }
        }
        if !self.variables {
            self.plain(rest, ends);
            return false;
        }
        let mut all = fragments(rest).into_iter().peekable();
        while let Some(fragment) = all.next() {
            let last = all.peek().is_none();
            match fragment {
                Fragment::Literal(text) => self.plain(text, ends && last),
                Fragment::Escaped(character) => self.atoms.push(Atom::Char(character)),
                Fragment::Variable { key, default } => {
                    self.atoms.push(Atom::Variable(Box::new(Variable {
                        key: Key::new(key),
                        default: default.map(Into::into),
                    })));
                }
                Fragment::Malformed(text) if last && !ends && !text.contains('}') => return true,
                Fragment::Malformed(text) => self.plain(text, ends && last),
            }
        }
        false
    }

    /// Reads text without variables.
    fn plain(&mut self, text: &str, ends: bool) {
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let inner = self.is_inner();
            let wild = self.style != Style::Exact;
            match character {
                ':' => {
                    self.field += 1;
                    self.atoms.push(Atom::Char(':'));
                }
                '*' if wild => {
                    let last = match characters.peek() {
                        Some(next) => *next == ':',
                        None => ends,
                    };
                    match self.atoms.last_mut() {
                        Some(Atom::Star(colons)) => *colons |= inner || last,
                        _ => self.atoms.push(Atom::Star(inner || last)),
                    }
                }
                '?' if wild => self.atoms.push(Atom::One(inner)),
                other => self.atoms.push(Atom::Char(other)),
            }
        }
    }
}
