//! Comments go to the value that they stand above or behind: they say what an action is for.

use std::collections::HashMap;

use crate::iam::{Node, Value};

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

    /// Gives every value of a document its comment.
    pub fn attach(&mut self, root: &mut Node) {
        if self.by_line.is_empty() {
            return;
        }
        self.visit(root);
    }

    // The parser bounds the nesting of collections, and so this recursion.
    fn visit(&mut self, node: &mut Node) {
        match &mut node.value {
            Value::Object(members) => {
                for member in members {
                    self.give(member.place.line, &mut member.value);
                }
            }
            Value::List(items) => {
                for item in items {
                    self.give(item.place.line, item);
                }
            }
            _ => {}
        }
    }

    /// Gives a value that is introduced on a line its comment, and its parts theirs.
    fn give(&mut self, line: u32, node: &mut Node) {
        let above = self.above(line);
        // Behind the first line of a collection that goes on below stands a comment on its first
        // part, unless the line introduces the collection alone: `Statement: # EC2`.
        let is_whole = node.place.line != line || is_scalar(node);
        let behind = if is_whole { self.behind(line) } else { None };
        if let Some(comment) = above.or(behind) {
            node.comment = Some(comment.into());
        }
        self.visit(node);
        if node.comment.is_none() && !is_whole {
            node.comment = self.behind(line).map(Into::into);
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
    fn above(&mut self, line: u32) -> Option<String> {
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

/// Whether a value is a scalar, or a tag on one such as `!Ref Bucket`.
fn is_scalar(node: &Node) -> bool {
    match node.members() {
        [only] if only.place == node.place => is_scalar(&only.value),
        _ => !matches!(node.value, Value::Object(_) | Value::List(_)),
    }
}
