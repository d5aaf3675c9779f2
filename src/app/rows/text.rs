//! The pieces that a row is made of.

use std::borrow::Cow;

use crate::explain::{Mark, Meaning, escape};
use crate::iam::Text;

/// A piece of a row.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Piece {
    /// A mark, drawn as a glyph.
    Mark(Mark),
    /// Words that say what kind of row it is, padded to a column.
    Tag(&'static str),
    /// What the row is about: the text that a search looks at.
    Name(Meaning, String),
    /// Other words.
    Words(Meaning, String),
}

/// What a row says: on the left, on the left if there is room, and on the right.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RowText {
    /// On the left.
    pub left: Vec<Piece>,
    /// Behind it, where there is room.
    pub extra: String,
    /// On the right.
    pub right: Vec<Piece>,
}

impl RowText {
    /// What the row is about.
    pub fn name(&self) -> String {
        let mut names = self.left.iter().filter_map(|piece| match piece {
            Piece::Name(_, name) => Some(name.clone()),
            _ => None,
        });
        names.next().unwrap_or_default()
    }

    /// A short title of the row, for the breadcrumb.
    pub fn title(&self) -> String {
        let number = self.left.iter().find_map(|piece| match piece {
            Piece::Words(Meaning::Emphasis, number) => Some(format!("statement {number}")),
            _ => None,
        });
        let tag = self.left.iter().find_map(|piece| match piece {
            Piece::Tag("trust") => Some("trust".to_owned()),
            _ => None,
        });
        tag.or(number).unwrap_or_else(|| self.name())
    }
}

pub(super) fn name(meaning: Meaning, text: &str) -> Piece {
    Piece::Name(meaning, escape(text).into_owned())
}

pub(super) fn text_name(text: Option<&Text>) -> Piece {
    let meaning = match text {
        Some(text) if !text.is_plain() => Meaning::Unknown,
        _ => Meaning::Plain,
    };
    name(
        meaning,
        &text
            .map(|text| plain(text).into_owned())
            .unwrap_or_default(),
    )
}

pub(super) fn muted(text: impl Into<String>) -> Piece {
    Piece::Words(Meaning::Muted, text.into())
}

pub(super) fn count(value: usize) -> Vec<Piece> {
    vec![muted(grouped(value))]
}

/// A number with its thousands apart: `7,018`.
pub fn grouped(value: usize) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

pub(super) fn plain(text: &Text) -> Cow<'static, str> {
    Cow::Owned(escape(&text.to_string()).into_owned())
}
