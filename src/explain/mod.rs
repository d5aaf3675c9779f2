//! Statements, actions, roles and decisions in words, as structured text.

mod page;

pub use page::{Block, Fact, Item, Line, Link, Mark, Meaning, Page, Span, Table, escape};
