//! Strict JSON with the place of every value, duplicate names kept.

use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

use super::{Member, Node, Place, SourceId, Text, Value};

/// JSON that cannot be read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct JsonError {
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// Where.
    pub place: Place,
}

/// Reads strict JSON: no comments, no trailing commas, at most 512 levels deep.
/// A byte order mark in front is skipped.
///
/// # Errors
/// The first place where the text is not JSON.
pub fn parse_json(text: &str, source: SourceId) -> Result<Node, JsonError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    parse_json_at(text, Place::new(source, 1, 1))
}

/// Reads strict JSON that is a part of a larger text and begins at a place of it.
///
/// # Errors
/// The first place where the text is not JSON.
pub fn parse_json_at(text: &str, start: Place) -> Result<Node, JsonError> {
    let lines = Lines::new(text, start);
    let collect = CollectOptions {
        comments: CommentCollectionStrategy::Off,
        tokens: false,
    };
    let strict = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let parsed = parse_to_ast(text, &collect, &strict).map_err(|error| JsonError {
        message: lower_first(&error.kind().to_string()),
        place: lines.place(error.range().start),
    })?;
    match parsed.value {
        Some(value) => Ok(convert(value, &lines)),
        None => Err(JsonError {
            message: "the text is empty".to_owned(),
            place: lines.place(0),
        }),
    }
}

fn lower_first(message: &str) -> String {
    let mut characters = message.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}

// The parser's own depth limit bounds this recursion.
fn convert(value: ast::Value<'_>, lines: &Lines<'_>) -> Node {
    let place = lines.place(value.range().start);
    let value = match value {
        ast::Value::NullKeyword(_) => Value::Null,
        ast::Value::BooleanLit(literal) => Value::Bool(literal.value),
        ast::Value::NumberLit(literal) => Value::Number(literal.value.into()),
        ast::Value::StringLit(literal) => Value::String(Text::plain(literal.value)),
        ast::Value::Array(array) => Value::List(
            array
                .elements
                .into_iter()
                .map(|item| convert(item, lines))
                .collect(),
        ),
        ast::Value::Object(object) => Value::Object(
            object
                .properties
                .into_iter()
                .map(|property| Member {
                    place: lines.place(property.range.start),
                    key: Text::plain(property.name.into_string()),
                    value: convert(property.value, lines),
                })
                .collect(),
        ),
    };
    Node::new(place, value)
}

/// Bytes that are counted one by one: a line may have many megabytes.
const BLOCK: usize = 64;

/// How many bytes only continue a character of UTF-8.
fn continuing(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 == 0x80).count()
}

/// Byte offsets to lines and columns.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
    /// How many bytes before each block of bytes only continue a character; empty where none does.
    continued: Vec<usize>,
    /// Where the text begins in its source.
    first: Place,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str, first: Place) -> Self {
        let starts = std::iter::once(0)
            .chain(
                text.bytes()
                    .enumerate()
                    .filter(|(_, byte)| *byte == b'\n')
                    .map(|(at, _)| at + 1),
            )
            .collect();
        let continued = match text.is_ascii() {
            true => Vec::new(),
            false => {
                let blocks = text.as_bytes().chunks(BLOCK);
                let sums = blocks.scan(0, |sum, block| {
                    *sum += continuing(block);
                    Some(*sum)
                });
                std::iter::once(0).chain(sums).collect()
            }
        };
        Lines {
            text,
            starts,
            continued,
            first,
        }
    }

    /// How many bytes before an offset only continue a character.
    fn continued_before(&self, offset: usize) -> usize {
        let block = offset / BLOCK;
        let Some(before) = self.continued.get(block) else {
            return 0;
        };
        let inside = self.text.as_bytes().get(block * BLOCK..offset);
        before + inside.map_or(0, continuing)
    }

    fn place(&self, offset: usize) -> Place {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self
            .starts
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or(0);
        // Characters, not bytes.
        let continued = self
            .continued_before(offset)
            .saturating_sub(self.continued_before(start));
        let column = offset.saturating_sub(start).saturating_sub(continued);
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        let before_first = if line <= 1 { self.first.column } else { 1 };
        Place::new(
            self.first.source,
            number(line)
                .saturating_add(self.first.line)
                .saturating_sub(1),
            number(column).saturating_add(before_first),
        )
    }
}
