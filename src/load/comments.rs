//! Comments go to the value that they stand above or behind: they say what an action is for.

use std::collections::HashMap;

use crate::iam::{Node, Value};

/// What comments are given to: a value of a document, an expression.
pub(super) trait Commented {
    /// The line that it begins on.
    fn line(&self) -> u32;
    /// Whether it has no parts of its own.
    fn is_scalar(&self) -> bool;
    /// Where its comment is kept.
    fn comment(&mut self) -> &mut Option<Box<str>>;
    /// Its parts, each with the line that introduces it.
    fn parts(&mut self) -> Vec<(u32, &mut Self)>;
}

impl Commented for Node {
    fn line(&self) -> u32 {
        self.place.line
    }

    /// A tag on a scalar, such as `!Ref Bucket`, is one too.
    fn is_scalar(&self) -> bool {
        match self.members() {
            [only] if only.place == self.place => only.value.is_scalar(),
            _ => !matches!(self.value, Value::Object(_) | Value::List(_)),
        }
    }

    fn comment(&mut self) -> &mut Option<Box<str>> {
        &mut self.comment
    }

    fn parts(&mut self) -> Vec<(u32, &mut Self)> {
        match &mut self.value {
            Value::Object(members) => members
                .iter_mut()
                .map(|member| (member.place.line, &mut member.value))
                .collect(),
            Value::List(items) => items
                .iter_mut()
                .map(|item| (item.place.line, item))
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// The comments of a text by line, each taken once.
#[derive(Default)]
pub(super) struct Comments {
    by_line: HashMap<u32, Comment>,
}

struct Comment {
    behind: bool,
    text: String,
}

impl Comments {
    /// Adds a comment; `behind` says that something else stands on its line, to its left.
    pub fn add(&mut self, line: u32, behind: bool, text: &str) {
        let text = text.trim().trim_start_matches('#').trim();
        self.by_line.insert(
            line,
            Comment {
                behind,
                text: text.to_owned(),
            },
        );
    }

    /// Gives every part of a value its comment.
    pub fn attach(&mut self, root: &mut impl Commented) {
        if !self.by_line.is_empty() {
            self.visit(root);
        }
    }

    /// Gives a value that is introduced on a line its comment, and its parts theirs.
    pub fn give(&mut self, line: u32, value: &mut impl Commented) {
        let above = self.above(line);
        // Behind the first line of a collection that goes on below stands a comment on its first
        // part, unless the line introduces the collection alone: `Statement: # EC2`.
        let is_whole = value.line() != line || value.is_scalar();
        let behind = if is_whole { self.behind(line) } else { None };
        if let Some(comment) = above.or(behind) {
            *value.comment() = Some(comment.into());
        }
        self.visit(value);
        if value.comment().is_none() && !is_whole {
            *value.comment() = self.behind(line).map(Into::into);
        }
    }

    // The parsers bound the nesting of what they read, and so this recursion.
    fn visit(&mut self, value: &mut impl Commented) {
        for (line, part) in value.parts() {
            self.give(line, part);
        }
    }

    /// The comment behind something on a line.
    fn behind(&mut self, line: u32) -> Option<String> {
        if !self.by_line.get(&line)?.behind {
            return None;
        }
        readable(&self.by_line.remove(&line)?.text)
    }

    /// The block of comment lines that ends on the line above, without a blank line between.
    pub fn above(&mut self, line: u32) -> Option<String> {
        let mut lines = Vec::new();
        let mut at = line.checked_sub(1)?;
        while self.by_line.get(&at).is_some_and(|found| !found.behind) {
            lines.extend(self.by_line.remove(&at));
            at = at.saturating_sub(1);
        }
        let kept: Vec<String> = lines
            .iter()
            .rev()
            .filter_map(|line| readable(&line.text))
            .collect();
        (!kept.is_empty()).then(|| kept.join(" "))
    }
}

/// Rulers and code that somebody commented out say nothing.
fn readable(text: &str) -> Option<String> {
    let has_words = text.chars().any(char::is_alphanumeric);
    let is_code = text.starts_with("- ");
    (has_words && !is_code).then(|| text.to_owned())
}
