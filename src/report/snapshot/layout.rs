//! How a snapshot is laid out: a line for each document and each entity, so that two of them compare
//! well.

use serde_json::{Map, Value};

/// The text of a snapshot.
pub fn to_text(snapshot: &Value) -> String {
    let mut text = members(snapshot, 0, |name, value| match name {
        "accounts" => items(value, 1, |account| {
            members(account, 2, |_, member| items(member, 3, Value::to_string))
        }),
        _ => items(value, 1, Value::to_string),
    });
    text.push('\n');
    text
}

fn members(value: &Value, depth: usize, each: impl Fn(&str, &Value) -> String) -> String {
    let Value::Object(members) = value else {
        return value.to_string();
    };
    let parts = members.iter().map(|(name, member)| {
        let value = each(name, member);
        format!("{}: {value}", Value::from(name.as_str()))
    });
    block('{', '}', depth, parts)
}

fn items(value: &Value, depth: usize, each: impl Fn(&Value) -> String) -> String {
    match value {
        Value::Array(items) if items.iter().any(Value::is_object) => {
            block('[', ']', depth, items.iter().map(each))
        }
        _ => value.to_string(),
    }
}

fn block(open: char, close: char, depth: usize, parts: impl Iterator<Item = String>) -> String {
    let mut text = String::from(open);
    for (index, part) in parts.enumerate() {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        text.extend(std::iter::repeat_n(' ', depth + 1));
        text.push_str(&part);
    }
    text.push('\n');
    text.extend(std::iter::repeat_n(' ', depth));
    text.push(close);
    text
}

/// A value that says nothing and is left out.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(true) | Value::Number(_) | Value::String(_) => false,
    }
}

/// An object under construction that leaves out what is empty.
#[derive(Default)]
pub(super) struct Object(pub Map<String, Value>);

impl Object {
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        if !is_empty(&value) {
            self.0.insert(name.to_owned(), value);
        }
        self
    }

    pub fn done(self) -> Value {
        Value::Object(self.0)
    }
}

/// An object under construction of which each member is text at once: never a tree of everything.
pub(super) struct Lines {
    depth: usize,
    members: Vec<String>,
}

impl Lines {
    pub fn new(depth: usize) -> Self {
        Lines {
            depth,
            members: Vec::new(),
        }
    }

    /// A member, unless it is empty.
    pub fn with(self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        match is_empty(&value) {
            true => self,
            false => self.kept(name, value),
        }
    }

    /// A member, even if it is empty.
    pub fn kept(self, name: &str, value: impl Into<Value>) -> Self {
        let value = items(&value.into(), self.depth + 1, Value::to_string);
        self.text(name, &value)
    }

    /// A list of objects that become text one at a time, unless it is empty.
    pub fn list(self, name: &str, texts: impl Iterator<Item = String>) -> Self {
        let mut texts = texts.peekable();
        match texts.peek() {
            Some(_) => self.kept_list(name, texts),
            None => self,
        }
    }

    /// Such a list, even if it is empty.
    pub fn kept_list(self, name: &str, texts: impl Iterator<Item = String>) -> Self {
        let mut texts = texts.peekable();
        let list = match texts.peek() {
            Some(_) => block('[', ']', self.depth + 1, texts),
            None => "[]".to_owned(),
        };
        self.text(name, &list)
    }

    fn text(mut self, name: &str, value: &str) -> Self {
        self.members.push(format!("{}: {value}", Value::from(name)));
        self
    }

    pub fn done(self) -> String {
        block('{', '}', self.depth, self.members.into_iter())
    }
}
