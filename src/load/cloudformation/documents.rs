//! Policy documents of templates: objects, or JSON text that other functions make.

use super::evaluate::{Cases, guarded_items, intrinsic};
use super::scope::Scope;
use super::text::{Origin, Piece, joined};
use crate::iam::{
    Document, Guard, Member, Node, Part, Place, PolicyKind, Problem, Text, Value, parse_document,
    parse_json,
};
use crate::load::positions::{Positions, SourceText};

/// Stands for an unresolved part while JSON text is read: characters of a private-use plane, one for
/// each part.
const FIRST_MARK: u32 = 0xF_0000;
const MARKS: u32 = 0xFFFD;

impl Scope<'_> {
    /// The policy document that a property holds.
    pub fn document(&self, node: &Node, kind: PolicyKind) -> Document {
        self.document_with(node, kind, |_| {})
    }

    /// The policy document that a property holds, after what its service makes of it.
    pub fn document_with(
        &self,
        node: &Node,
        kind: PolicyKind,
        change: impl Fn(&mut Node),
    ) -> Document {
        let (mut value, fault) = self.document_node(node);
        change(&mut value);
        let mut document = parse_document(&value, kind);
        if let Some(problem) = fault {
            document.problems = vec![problem];
        }
        document
    }

    /// The resolved document, and what is wrong with its text where it is text.
    fn document_node(&self, node: &Node) -> (Node, Option<Problem>) {
        if let Some(("Fn::ToJsonString", inside)) = intrinsic(node) {
            return self.document_node(inside);
        }
        let is_text = match intrinsic(node) {
            Some((name, _)) => matches!(name, "Fn::Sub" | "Fn::Join"),
            None => matches!(node.value, Value::String(_)),
        };
        if !is_text {
            let cases = self.render(node);
            return match cases.as_slice() {
                [(guard, Some(value))] if guard.is_always() => match value.text() {
                    Some(text) => {
                        let piece = |part| Piece {
                            part,
                            origin: Origin::Inserted(node.place),
                        };
                        let pieces: Vec<Piece> = text.to_parts().into_iter().map(piece).collect();
                        self.text_document(&pieces, node.place)
                    }
                    None => (value.clone(), None),
                },
                _ => (together(node.place, cases), None),
            };
        }
        let mut fault = None;
        let mut cases: Cases = Vec::new();
        for (guard, pieces) in self.texts(node) {
            let (value, problem) = self.text_document(&pieces, node.place);
            fault = fault.or(problem);
            cases.push((guard, Some(value)));
        }
        match cases.as_slice() {
            [(guard, Some(value))] if guard.is_always() => (value.clone(), fault),
            _ => (together(node.place, cases), fault),
        }
    }

    /// Reads a document from the pieces of its text.
    fn text_document(&self, pieces: &[Piece], place: Place) -> (Node, Option<Problem>) {
        let whole = joined(pieces);
        let unread = Node::string(place, whole.clone());
        if let Some(reference) = whole.as_reference() {
            let message = format!(
                "the policy is `${{{}}}`, which nothing here decides",
                reference.name
            );
            return (unread, Some(Problem::warning(place, message)));
        }
        let text = MarkedText::new(pieces, &self.template.text);
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
}

/// One document of several that exclude each other: their statements, each under its guard.
fn together(place: Place, cases: Cases) -> Node {
    let mut statements = Vec::new();
    let mut others: Vec<Member> = Vec::new();
    for (guard, value) in cases {
        let Some(value) = value else { continue };
        for member in value.members() {
            if member.key == *"Statement" {
                let cases = vec![(guard.clone(), Some(member.value.clone()))];
                statements.extend(guarded_items(cases, true));
            } else if !others.iter().any(|other| other.key == member.key) {
                others.push(member.clone());
            }
        }
        if !matches!(value.value, Value::Object(_)) {
            let guard: Guard = value.guard.join(&guard);
            statements.push(Node { guard, ..value });
        }
    }
    others.push(Member {
        key: Text::plain("Statement"),
        place,
        value: Node::new(place, Value::List(statements)),
    });
    Node::new(place, Value::Object(others))
}

/// JSON text with marks for unresolved parts, and where every character comes from.
struct MarkedText {
    text: String,
    marked: Vec<Part>,
    places: Positions,
}

impl MarkedText {
    fn new(pieces: &[Piece], source: &SourceText) -> Self {
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
                Origin::Scalar(place, skip) => places.extend_scalar(&known, source, place, skip),
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
