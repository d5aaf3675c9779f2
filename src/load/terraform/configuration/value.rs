//! What expressions come to. A value knows where it stands; what nothing decides stays a symbol in
//! it, and what an undecided condition chooses keeps both branches.

use std::rc::Rc;
use std::sync::Arc;

use super::module::{Instance, Module};
use crate::iam::{Guard, Member, Node, Part, Place, Text, Unresolved, Value};
use crate::load::json_text::{Origin, Piece, joined};
use crate::load::json_write;

/// Where the name of a value that has no end is cut: longer than what is shown of one.
const LONGEST_NAME: usize = 400;

/// A value and where it stands.
#[derive(Clone)]
pub(super) struct Val {
    pub place: Place,
    pub comment: Option<Rc<str>>,
    pub kind: Kind,
}

#[derive(Clone)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    Number(f64),
    Text(Rc<[Piece]>),
    /// Text that is the JSON of a value: its parts keep their places.
    Json(Rc<Node>),
    List(Rc<[Val]>),
    Map(Rc<[Field]>),
    /// Nothing here decides it.
    Unknown(Arc<Unresolved>),
    /// Any number of items of a list that nothing here decides.
    Rest(Arc<Unresolved>),
    /// One of several, by undecided conditions. A list item with one case may be absent.
    Choice(Rc<[(Guard, Val)]>),
    Resource(Rc<Instance>),
    /// A resource that exists once for each of unknown keys.
    Each(Rc<Instance>),
    Module(Rc<Module>),
    /// An expression that Terraform would refuse, and why: `try` goes on to the next.
    Failed(Rc<str>),
}

#[derive(Clone)]
pub(super) struct Field {
    pub key: Text,
    pub place: Place,
    pub val: Val,
}

impl Val {
    pub fn new(place: Place, kind: Kind) -> Self {
        Val {
            place,
            comment: None,
            kind,
        }
    }

    pub fn null(place: Place) -> Self {
        Val::new(place, Kind::Null)
    }

    pub fn bool(place: Place, value: bool) -> Self {
        Val::new(place, Kind::Bool(value))
    }

    /// Text that is put in at a place.
    pub fn text(place: Place, text: impl Into<Text>) -> Self {
        let pieces = text.into().to_parts().into_iter().map(|part| Piece {
            part,
            origin: Origin::Inserted(place),
        });
        Val::pieces(place, pieces.collect())
    }

    /// A string of pieces; one that is a reference as a whole is that reference.
    pub fn pieces(place: Place, pieces: Vec<Piece>) -> Self {
        if let [
            Piece {
                part: Part::Unresolved(reference),
                ..
            },
        ] = pieces.as_slice()
        {
            return Val::new(place, Kind::Unknown(reference.clone()));
        }
        Val::new(place, Kind::Text(pieces.into()))
    }

    pub fn list(place: Place, items: Vec<Val>) -> Self {
        Val::new(place, Kind::List(items.into()))
    }

    pub fn map(place: Place, fields: Vec<Field>) -> Self {
        Val::new(place, Kind::Map(fields.into()))
    }

    pub fn failed(place: Place, why: impl Into<Rc<str>>) -> Self {
        Val::new(place, Kind::Failed(why.into()))
    }

    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// The value of a map's key.
    pub fn get(&self, key: &str) -> Option<&Val> {
        let Kind::Map(fields) = &self.kind else {
            return None;
        };
        let found = fields.iter().rev().find(|field| field.key == *key);
        found.map(|field| &field.val)
    }

    /// The characters of a scalar and where they come from; nothing for collections.
    pub fn to_pieces(&self) -> Option<Vec<Piece>> {
        let one = |part: Part| {
            vec![Piece {
                part,
                origin: Origin::Inserted(self.place),
            }]
        };
        let literal = |text: String| one(Part::Literal(text.into()));
        Some(match &self.kind {
            Kind::Text(pieces) => pieces.to_vec(),
            Kind::Bool(value) => literal(value.to_string()),
            Kind::Number(number) => literal(number_text(*number)),
            Kind::Unknown(reference) => one(Part::Unresolved(reference.clone())),
            Kind::Json(node) => {
                let mut parts = Vec::new();
                json_write::write(node, &mut parts);
                let text = Text::from_parts(parts);
                return Val::text(self.place, text).to_pieces_of_text();
            }
            _ => return None,
        })
    }

    fn to_pieces_of_text(&self) -> Option<Vec<Piece>> {
        match &self.kind {
            Kind::Text(pieces) => Some(pieces.to_vec()),
            _ => None,
        }
    }

    pub fn to_text(&self) -> Option<Text> {
        self.to_pieces().map(|pieces| joined(&pieces))
    }

    /// The text of a scalar that is wholly known.
    pub fn known(&self) -> Option<String> {
        self.to_text()?.as_plain().map(str::to_owned)
    }

    /// Every case of the value, each with when it is that.
    pub fn cases(&self) -> Vec<(Guard, Val)> {
        match &self.kind {
            Kind::Choice(cases) => cases.to_vec(),
            _ => vec![(Guard::always(), self.clone())],
        }
    }

    /// One of cases; cases of cases are taken together, those that exclude themselves left out.
    pub fn choice(place: Place, cases: Vec<(Guard, Val)>) -> Self {
        let mut flat: Vec<(Guard, Val)> = Vec::new();
        for (guard, val) in cases {
            for (inner, val) in val.cases() {
                if !guard.contradicts(&inner) {
                    flat.push((guard.join(&inner), val));
                }
            }
        }
        match flat.as_slice() {
            [(guard, val)] if guard.is_always() => val.clone(),
            [] => Val::null(place),
            _ => Val::new(place, Kind::Choice(flat.into())),
        }
    }

    /// Whether any number of items could stand in a list.
    pub fn has_rest(items: &[Val]) -> bool {
        items.iter().any(|item| match &item.kind {
            Kind::Rest(_) => true,
            Kind::Choice(cases) => cases.len() == 1,
            _ => false,
        })
    }

    /// How a value is named where it is part of an expression that nothing decides.
    pub fn name(&self) -> String {
        let mut name = String::new();
        self.write_name(&mut name);
        name
    }

    // Lists may share their items and be endless when written out: the length ends that.
    fn write_name(&self, name: &mut String) {
        if name.len() > LONGEST_NAME {
            return;
        }
        match &self.kind {
            Kind::Null => name.push_str("null"),
            Kind::Unknown(reference) | Kind::Rest(reference) => name.push_str(&reference.name),
            Kind::Text(_) => {
                let text = self.to_text().unwrap_or_else(|| "".into()).to_string();
                name.push('"');
                name.extend(text.chars().take(LONGEST_NAME));
                name.push('"');
            }
            Kind::Bool(_) | Kind::Number(_) => name.push_str(&self.known().unwrap_or_default()),
            Kind::Resource(instance) | Kind::Each(instance) => name.push_str(&instance.address),
            Kind::Module(module) => name.push_str(module.address.trim_end_matches('.')),
            Kind::List(items) => {
                name.push('[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        name.push_str(", ");
                    }
                    item.write_name(name);
                    if name.len() > LONGEST_NAME {
                        break;
                    }
                }
                name.push(']');
            }
            Kind::Map(fields) => {
                name.push('{');
                for (at, field) in fields.iter().enumerate() {
                    let comma = if at > 0 { ", " } else { "" };
                    name.push_str(&format!("{comma}{} = ", field.key));
                    field.val.write_name(name);
                    if name.len() > LONGEST_NAME {
                        break;
                    }
                }
                name.push('}');
            }
            Kind::Json(_) => name.push_str("jsonencode(...)"),
            Kind::Choice(cases) => {
                for (at, (guard, val)) in cases.iter().enumerate() {
                    let colon = if at > 0 { " : " } else { "" };
                    name.push_str(&format!("{colon}{guard} ? "));
                    val.write_name(name);
                }
            }
            Kind::Failed(why) => name.push_str(why),
        }
    }
}

/// A number as Terraform writes it.
#[allow(clippy::cast_possible_truncation)] // bounded by the test before it
pub(super) fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        format!("{}", number as i64)
    } else {
        number.to_string()
    }
}

/// A node of resolved JSON as a value.
pub(super) fn from_node(node: &Node) -> Val {
    let place = node.place;
    let kind = match &node.value {
        Value::Null => Kind::Null,
        Value::Bool(value) => Kind::Bool(*value),
        Value::Number(text) => Kind::Number(text.parse().unwrap_or_default()),
        Value::String(text) => return Val::text(place, text.clone()),
        Value::List(items) => {
            let items = items.iter().map(|item| {
                let val = from_node(item);
                if item.guard.is_always() {
                    val
                } else {
                    let case = (item.guard.clone(), val);
                    Val::new(place, Kind::Choice(vec![case].into()))
                }
            });
            Kind::List(items.collect())
        }
        Value::Object(members) => Kind::Map(
            members
                .iter()
                .map(|Member { key, place, value }| Field {
                    key: key.clone(),
                    place: *place,
                    val: from_node(value),
                })
                .collect(),
        ),
    };
    Val {
        place,
        comment: node.comment.as_deref().map(Rc::from),
        kind,
    }
}
