//! A policy document as JSON that is read again as the same document, what a template leaves open
//! among it.

use serde_json::{Map, Value, json};

use crate::iam::{
    Condition, Document, Entry, JsonError, PolicyKind, PrincipalElement, PrincipalType, SourceId,
    Statement, Version, parse_document, parse_json,
};

use super::open_parts::{guarded, text, with_open_parts};

/// A document as text to edit or to keep.
pub fn policy_text(document: &Document) -> String {
    let text = serde_json::to_string_pretty(&policy_json(document)).unwrap_or_default();
    format!("{text}\n")
}

/// Reads such text. References are those of a source, so that they are the same as in its other
/// policies.
///
/// # Errors
/// Text that is not strict JSON.
pub fn read_policy(
    text: &str,
    source: SourceId,
    references: SourceId,
    kind: PolicyKind,
) -> Result<Document, JsonError> {
    let node = with_open_parts(&parse_json(text, source)?, references);
    Ok(parse_document(&node, kind))
}

/// A document as it is read again. What a template leaves open has its own form; everything else
/// stays as it was written.
pub fn policy_json(document: &Document) -> Value {
    if document.unreadable || !document.statements.iter().any(Statement::is_open) {
        return document.json();
    }
    let written = document.json();
    let written = match &written["Statement"] {
        Value::Array(all) => all.clone(),
        one => vec![one.clone()],
    };
    let statements: Vec<Value> = document
        .statements
        .iter()
        .enumerate()
        .map(|(at, own)| match written.get(at) {
            // What could not be read stays as it is, so that it is not readable again.
            Some(written) if own.unreadable => guarded(written.clone(), &own.guard),
            _ => guarded(statement(own), &own.guard),
        })
        .collect();
    Object::default()
        .with(
            "Version",
            match document.version {
                Version::V2008 => "2008-10-17",
                Version::V2012 => "2012-10-17",
            },
        )
        .with("Id", document.id.as_ref().map(text))
        .with("Statement", statements)
        .done()
}

fn statement(statement: &Statement) -> Value {
    let mut object = Object::default()
        .with("Sid", statement.sid.as_ref().map(text))
        .with("Effect", statement.effect.map(|effect| effect.name()));
    if let Some(element) = &statement.principal {
        let name = if element.not {
            "NotPrincipal"
        } else {
            "Principal"
        };
        object = object.with(name, principals(element));
    }
    if let Some(element) = &statement.action {
        let name = if element.not { "NotAction" } else { "Action" };
        object = object.with(name, entries(&element.entries));
    }
    if let Some(element) = &statement.resource {
        let name = if element.not {
            "NotResource"
        } else {
            "Resource"
        };
        object = object.with(name, entries(&element.entries));
    }
    object
        .with_some("Condition", conditions(&statement.conditions))
        .done()
}

fn principals(element: &PrincipalElement) -> Value {
    let mut by_type: Map<String, Value> = Map::new();
    for principal in &element.entries {
        if principal.kind == PrincipalType::Everyone {
            return json!("*");
        }
        let values = by_type
            .entry(principal.kind.name())
            .or_insert_with(|| json!([]));
        if let Value::Array(values) = values {
            values.push(entry(&principal.entry));
        }
    }
    Value::Object(by_type)
}

fn conditions(conditions: &[Condition]) -> Value {
    let mut by_operator: Map<String, Value> = Map::new();
    for condition in conditions {
        let keys = by_operator
            .entry(condition.operator_text.as_str())
            .or_insert_with(|| json!({}));
        keys[condition.key.to_string()] = entries(&condition.values);
    }
    Value::Object(by_operator)
}

fn entries(all: &[Entry]) -> Value {
    all.iter().map(entry).collect()
}

fn entry(entry: &Entry) -> Value {
    guarded(text(&entry.text), &entry.guard)
}

/// An object under construction that leaves out what is not given.
#[derive(Default)]
pub(super) struct Object(Map<String, Value>);

impl Object {
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        if !matches!(value, Value::Null | Value::Bool(false)) {
            self.0.insert(name.to_owned(), value);
        }
        self
    }

    pub fn with_some(self, name: &str, value: Value) -> Self {
        match &value {
            Value::Array(items) if items.is_empty() => self,
            Value::Object(members) if members.is_empty() => self,
            _ => self.with(name, value),
        }
    }

    pub fn done(self) -> Value {
        Value::Object(self.0)
    }
}
