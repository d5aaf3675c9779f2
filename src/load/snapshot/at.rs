//! A part of a snapshot's JSON and where it stands: what is not as expected is an error that names the
//! part.

use serde_json::{Map, Value};

use super::{Read, SnapshotError, damaged};

/// A value and where it stands, for messages.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub value: &'a Value,
    pub name: &'a str,
    pub index: Option<usize>,
    pub parent: Option<&'a At<'a>>,
}

pub(super) static NULL: Value = Value::Null;

impl<'a> At<'a> {
    pub fn member(&'a self, name: &'a str) -> At<'a> {
        At {
            value: self.value.get(name).unwrap_or(&NULL),
            name,
            index: None,
            parent: Some(self),
        }
    }

    /// The item of this list at a position.
    pub fn item<'b>(&'b self, index: usize, value: &'b Value) -> At<'b> {
        At {
            value,
            name: "",
            index: Some(index),
            parent: Some(self),
        }
    }

    /// The same part with another value.
    pub fn holding<'b>(&'b self, value: &'b Value) -> At<'b> {
        At { value, ..*self }
    }

    pub fn not_json(&self, error: &serde_json::Error) -> SnapshotError {
        damaged(self.path(), format!("is not JSON: {error}"))
    }

    pub fn wrong(&self, expected: &str) -> SnapshotError {
        damaged(self.path(), format!("is not {expected}"))
    }

    fn path(&self) -> String {
        let own = match self.index {
            Some(index) => index.to_string(),
            None => self.name.to_owned(),
        };
        match self.parent.map(At::path) {
            Some(parent) if !parent.is_empty() => format!("{parent}.{own}"),
            _ => own,
        }
    }

    pub fn is_null(&self) -> bool {
        self.value.is_null()
    }

    pub fn string(&self) -> Read<String> {
        let text = self.value.as_str().ok_or_else(|| self.wrong("a string"))?;
        Ok(text.to_owned())
    }

    pub fn optional_string(&self) -> Read<Option<String>> {
        if self.is_null() {
            return Ok(None);
        }
        self.string().map(Some)
    }

    pub fn flag(&self) -> Read<bool> {
        match self.value {
            Value::Null => Ok(false),
            Value::Bool(value) => Ok(*value),
            _ => Err(self.wrong("true or false")),
        }
    }

    pub fn number(&self) -> Read<usize> {
        self.value
            .as_u64()
            .and_then(|number| usize::try_from(number).ok())
            .ok_or_else(|| self.wrong("a number"))
    }

    /// The items of a list; none where it is left out.
    pub fn list<T>(&self, mut each: impl FnMut(&At<'_>) -> Read<T>) -> Read<Vec<T>> {
        let items: &[Value] = match self.value {
            Value::Null => &[],
            Value::Array(items) => items,
            _ => return Err(self.wrong("a list")),
        };
        items
            .iter()
            .enumerate()
            .map(|(index, value)| each(&self.item(index, value)))
            .collect()
    }

    pub fn strings(&self) -> Read<Vec<String>> {
        self.list(|item| item.string())
    }

    pub fn object(&self) -> Read<Option<&'a Map<String, Value>>> {
        match self.value {
            Value::Null => Ok(None),
            Value::Object(members) => Ok(Some(members)),
            _ => Err(self.wrong("an object")),
        }
    }

    /// One of a set of names.
    pub fn one_of<T>(&self, find: impl Fn(&str) -> Option<T>) -> Read<T> {
        self.value
            .as_str()
            .and_then(find)
            .ok_or_else(|| self.wrong("a name that this version knows"))
    }
}
