//! Statements, actions, roles and decisions in words, as structured text.

mod condition;
mod english;
mod page;

pub use condition::{
    absence_words, condition_page, condition_traps, condition_words, holds_without_key,
};
pub use english::{count, gerund, number, plural};
pub use page::{Block, Fact, Item, Line, Link, Mark, Meaning, Page, Span, Table, escape};
