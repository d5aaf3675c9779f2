//! Searching the tree: the query, what it found, and the tree as it was before.

use std::collections::HashSet;

use super::Input;
use super::item::Item;
use super::search::Matches;
use super::tree::Tree;

/// A search in the tree.
#[derive(Debug, Default)]
pub struct Find {
    /// The query.
    pub input: Input,
    /// Whether the query is being typed.
    pub typing: bool,
    /// Whether an answer is awaited.
    pub waiting: bool,
    /// What was found last.
    pub matches: Option<Matches>,
    /// The items found, to tell matches from what stands above them.
    pub found: HashSet<Item>,
    /// The whole tree, while only matches are shown.
    pub whole: Option<Tree>,
    /// The query before this one.
    pub last: String,
}

impl Find {
    /// Whether only matches are shown.
    pub fn is_filtering(&self) -> bool {
        self.whole.is_some()
    }

    /// The query whose matches are shown.
    pub fn query(&self) -> &str {
        match &self.matches {
            Some(matches) if self.is_filtering() => &matches.query,
            _ => "",
        }
    }
}
