//! Policies that are JSON text inside another file, perhaps with references in it.

use crate::iam::{Node, Part, Place, Problem, Text, Value, parse_json};

use super::positions::{Positions, SourceText};

/// Stands for an unresolved part while JSON text is read: characters of a private-use plane, one for
/// each part.
const FIRST_MARK: u32 = 0xF_0000;
const MARKS: u32 = 0xFFFD;

/// A piece of a text and where it comes from.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub part: Part,
    pub origin: Origin,
}

impl Piece {
    /// The bytes of its known characters.
    pub fn len(&self) -> usize {
        match &self.part {
            Part::Literal(text) => text.len(),
            Part::Unresolved(_) => 0,
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Origin {
    /// Characters of a scalar that begins at a place, behind so many that are not white space.
    Scalar(Place, usize),
    /// Characters that stand on one line as they are, from a place on.
    Line(Place),
    /// Something that was put in at a place.
    Inserted(Place),
}

/// The pieces as one text.
pub(super) fn joined(pieces: &[Piece]) -> Text {
    Text::from_parts(pieces.iter().map(|piece| piece.part.clone()))
}

/// Reads a document from the pieces of its text; else the text itself, and what is wrong with it.
pub(super) fn read_json(
    pieces: &[Piece],
    source: Option<&SourceText>,
    place: Place,
) -> (Node, Option<Problem>) {
    let whole = joined(pieces);
    let unread = Node::string(place, whole.clone());
    if let Some(reference) = whole.as_reference() {
        let name = &reference.name;
        let message = format!("the policy is `${{{name}}}`, which nothing here decides");
        return (unread, Some(Problem::warning(place, message)));
    }
    let text = MarkedText::new(pieces, source);
    match parse_json(&text.text, place.source) {
        Ok(mut node) => {
            text.restore(&mut node);
            (node, None)
        }
        Err(error) => {
            let place = text.places.at(error.place).unwrap_or(place);
            let message = format!("the policy is not JSON: {}", error.message);
            (unread, Some(Problem::error(place, message)))
        }
    }
}

/// JSON text with marks for unresolved parts, and where every character comes from.
struct MarkedText<'a> {
    text: String,
    marked: Vec<Part>,
    places: Positions<'a>,
}

impl<'a> MarkedText<'a> {
    fn new(pieces: &[Piece], source: Option<&'a SourceText>) -> Self {
        let mut marked = Vec::new();
        let mut text = String::new();
        let mut places = Positions::default();
        for piece in pieces {
            let known = match &piece.part {
                Part::Literal(literal) => literal.to_string(),
                part @ Part::Unresolved(_) => {
                    let offset = u32::try_from(marked.len()).unwrap_or(MARKS).min(MARKS);
                    marked.push(part.clone());
                    char::from_u32(FIRST_MARK + offset).map_or_else(String::new, String::from)
                }
            };
            match piece.origin {
                Origin::Scalar(place, skip) => match source {
                    Some(source) => places.extend_scalar(&known, source, place, skip),
                    None => places.extend_at(&known, place),
                },
                Origin::Line(place) => places.extend_line(&known, place),
                Origin::Inserted(place) => places.extend_at(&known, place),
            }
            text.push_str(&known);
        }
        MarkedText {
            text,
            marked,
            places,
        }
    }

    /// Puts the unresolved parts back and moves every place to where it is in the template.
    fn restore(&self, node: &mut Node) {
        if let Some(place) = self.places.at(node.place) {
            node.place = place;
        }
        match &mut node.value {
            Value::String(text) => self.restore_text(text),
            Value::List(items) => items.iter_mut().for_each(|item| self.restore(item)),
            Value::Object(members) => {
                for member in members {
                    if let Some(place) = self.places.at(member.place) {
                        member.place = place;
                    }
                    self.restore_text(&mut member.key);
                    self.restore(&mut member.value);
                }
            }
            _ => {}
        }
    }

    fn restore_text(&self, text: &mut Text) {
        let Some(known) = text.as_plain() else { return };
        let mark = |character: char| {
            let offset = u32::from(character).checked_sub(FIRST_MARK)?;
            self.marked.get(usize::try_from(offset).ok()?)
        };
        if !known.chars().any(|character| mark(character).is_some()) {
            return;
        }
        let mut parts = Vec::new();
        let mut literal = String::new();
        for character in known.chars() {
            match mark(character) {
                Some(part) => {
                    parts.push(Part::Literal(std::mem::take(&mut literal).into()));
                    parts.push(part.clone());
                }
                None => literal.push(character),
            }
        }
        parts.push(Part::Literal(literal.into()));
        *text = Text::from_parts(parts);
    }
}
