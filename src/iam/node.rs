//! A value of an input with the place of every part: what JSON, YAML and HCL are read into, and
//! what is left of a template once its references are resolved.

use std::collections::HashSet;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::{Place, Text};

/// One undecided template condition and the value it must have for a part to exist.
#[derive(Clone, Debug, Eq, PartialEq, Hash, Ord, PartialOrd)]
pub struct Requirement {
    /// The condition's name in the template.
    pub condition: String,
    /// Whether the part exists when the condition is true, or when it is false.
    pub holds: bool,
}

/// The undecided conditions under which a part exists: all of them must hold. Most parts have none.
#[derive(Clone, Debug, Default, Eq, PartialEq, Hash)]
pub struct Guard(Option<Arc<[Requirement]>>);

impl Guard {
    /// A part that always exists.
    pub const fn always() -> Self {
        Guard(None)
    }

    /// The requirements; empty when the part always exists.
    pub fn requirements(&self) -> &[Requirement] {
        self.0.as_deref().unwrap_or_default()
    }

    /// Whether the part always exists.
    pub fn is_always(&self) -> bool {
        self.0.is_none()
    }

    /// This guard with one more requirement.
    pub fn and(&self, condition: &str, holds: bool) -> Self {
        let mut all = self.requirements().to_vec();
        let new = Requirement {
            condition: condition.to_owned(),
            holds,
        };
        if !all.contains(&new) {
            all.push(new);
        }
        Guard(Some(all.into()))
    }

    /// Whether two guards ask for the same condition to be true and false.
    pub fn contradicts(&self, other: &Guard) -> bool {
        self.requirements().iter().any(|first| {
            let mut others = other.requirements().iter();
            others.any(|second| first.condition == second.condition && first.holds != second.holds)
        })
    }

    /// Both guards together.
    pub fn join(&self, other: &Guard) -> Self {
        let mut joined = self.clone();
        for requirement in other.requirements() {
            joined = joined.and(&requirement.condition, requirement.holds);
        }
        joined
    }
}

impl std::fmt::Display for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, requirement) in self.requirements().iter().enumerate() {
            if i > 0 {
                f.write_str(" and ")?;
            }
            let not = if requirement.holds { "" } else { "not " };
            write!(f, "{not}{}", requirement.condition)?;
        }
        Ok(())
    }
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it begins.
    pub place: Place,
    /// The undecided conditions under which it exists (items of lists only).
    pub guard: Guard,
    /// The comment that its author wrote above or behind it.
    pub comment: Option<Box<str>>,
    /// The value.
    pub value: Value,
}

/// A JSON-like value. Scalars keep their text: account ids begin with zeros.
#[derive(Clone, Debug)]
pub enum Value {
    /// `null`, or nothing.
    Null,
    /// An unquoted boolean.
    Bool(bool),
    /// An unquoted number, as written.
    Number(Box<str>),
    /// A string, perhaps with unresolved parts.
    String(Text),
    /// A list.
    List(Vec<Node>),
    /// An object; names may occur twice, in the order written.
    Object(Vec<Member>),
}

/// A member of an object.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name, perhaps with unresolved parts.
    pub key: Text,
    /// Where the name stands.
    pub place: Place,
    /// Its value.
    pub value: Node,
}

impl Node {
    /// A value at a place, unconditional and without a comment.
    pub fn new(place: Place, value: Value) -> Self {
        Node {
            place,
            guard: Guard::always(),
            comment: None,
            value,
        }
    }

    /// A known string at a place.
    pub fn string(place: Place, text: impl Into<Text>) -> Self {
        Node::new(place, Value::String(text.into()))
    }

    /// The value of a member; the last one where a name occurs twice.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.members()
            .iter()
            .rev()
            .find(|member| member.key == *key)
            .map(|member| &member.value)
    }

    /// The members of an object; none for any other value.
    pub fn members(&self) -> &[Member] {
        match &self.value {
            Value::Object(members) => members,
            _ => &[],
        }
    }

    /// The items of a list; none for any other value.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The items of a list, or the value itself where it is no list.
    pub fn one_or_many(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    /// The text of a string.
    pub fn text(&self) -> Option<&Text> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a string without unresolved parts.
    pub fn as_str(&self) -> Option<&str> {
        self.text().and_then(Text::as_plain)
    }

    /// The text of any scalar: booleans and numbers are read as their text.
    pub fn scalar(&self) -> Option<Text> {
        match &self.value {
            Value::String(text) => Some(text.clone()),
            Value::Bool(value) => Some(Text::plain(if *value { "true" } else { "false" })),
            Value::Number(text) => Some(Text::plain(text.clone())),
            Value::Null | Value::List(_) | Value::Object(_) => None,
        }
    }

    /// What kind of value it is, for messages: `a string`, `an object`.
    pub fn kind_name(&self) -> &'static str {
        match &self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::List(_) => "a list",
            Value::Object(_) => "an object",
        }
    }

    /// The value as JSON for reading: unresolved parts as `${Name}`, a repeated name once (the last).
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(Shown(self)).unwrap_or_default()
    }

    /// The same as compact text.
    pub fn to_json_text(&self) -> String {
        // A tree of its own, which takes repeated names away, is needed only where there are any.
        match self.repeats_a_name() {
            true => self.to_json().to_string(),
            false => serde_json::to_string(&Shown(self)).unwrap_or_default(),
        }
    }

    fn repeats_a_name(&self) -> bool {
        match &self.value {
            Value::List(items) => items.iter().any(Node::repeats_a_name),
            Value::Object(members) => {
                repeats(members) || members.iter().any(|member| member.value.repeats_a_name())
            }
            _ => false,
        }
    }
}

/// Whether two members have the same name.
fn repeats(members: &[Member]) -> bool {
    const FEW: usize = 16;
    if members.len() > FEW {
        let mut seen = HashSet::new();
        return !members.iter().all(|member| seen.insert(&member.key));
    }
    let mut rest = members;
    while let [first, others @ ..] = rest {
        if others.iter().any(|other| other.key == first.key) {
            return true;
        }
        rest = others;
    }
    false
}

/// A value, or a name, as it is written for reading.
struct Shown<T>(T);

impl Serialize for Shown<&Text> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_plain() {
            Some(text) => serializer.serialize_str(text),
            None => serializer.collect_str(self.0),
        }
    }
}

impl Serialize for Shown<&Node> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0.value {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Number(text) => match serde_json::from_str::<serde_json::Number>(text) {
                Ok(number) => number.serialize(serializer),
                Err(_) => serializer.serialize_str(text),
            },
            Value::String(text) => Shown(text).serialize(serializer),
            Value::List(items) => serializer.collect_seq(items.iter().map(Shown)),
            Value::Object(members) => {
                let members = members.iter();
                let shown = members.map(|member| (Shown(&member.key), Shown(&member.value)));
                serializer.collect_map(shown)
            }
        }
    }
}
