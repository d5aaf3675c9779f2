//! Statements, actions, roles and decisions in words, as structured text.

mod absence;
mod action;
mod condition;
mod english;
mod page;
mod principal;

pub use absence::{absence_words, condition_traps};
pub use action::{action_page, pattern_page, pattern_table};
pub use condition::{condition_page, condition_words};
pub use english::{count, gerund, number, plural};
pub use page::{Block, Fact, Item, Line, Link, Mark, Meaning, Page, Span, Table, escape};
pub use principal::{entry_words, principal_page, principal_words};
