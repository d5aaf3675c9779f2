//! Policy documents of a snapshot.

use std::sync::Arc;

use serde_json::{Value, json};

use super::layout::Object;
use super::{Writer, guard, list};
use crate::iam::{Document, Entry, Place, Statement, Version};

impl Writer {
    pub(super) fn optional_document(&mut self, document: Option<&Arc<Document>>) -> Value {
        document.map_or(Value::Null, |document| self.document(document))
    }

    /// The document's number. An account keeps its documents alive, so a pointer names one; many
    /// others are the same to the letter and stand in the file once.
    pub(super) fn document(&mut self, document: &Arc<Document>) -> Value {
        let pointer = Arc::as_ptr(document);
        if let Some(number) = self.document_numbers.get(&pointer) {
            return Value::from(*number);
        }
        let text: Arc<str> = self.document_text(document).into();
        let number = match self.text_numbers.get(&text) {
            Some(number) => *number,
            None => {
                let number = self.documents.len();
                self.documents.push(text.clone());
                self.text_numbers.insert(text, number);
                number
            }
        };
        self.document_numbers.insert(pointer, number);
        Value::from(number)
    }

    fn document_text(&mut self, document: &Document) -> String {
        let version = match document.version {
            Version::V2008 => "2008-10-17",
            Version::V2012 => "2012-10-17",
        };
        Object::default()
            .with("version", version)
            .with("id", self.optional(document.id.as_ref()))
            .with(
                "statements",
                list(&document.statements, |statement| self.statement(statement)),
            )
            .with(
                "problems",
                list(&document.problems, |problem| self.problem(problem)),
            )
            .with("at", self.place(document.place))
            .with("unreadable", document.unreadable)
            .with("policy", document.json())
            .done()
            .to_string()
    }

    fn statement(&mut self, statement: &Statement) -> Value {
        let principal = statement.principal.as_ref().map_or(Value::Null, |element| {
            let values = list(&element.entries, |entry| {
                json!([entry.kind.name(), self.entry(&entry.entry)])
            });
            self.element(element.not, values, element.place)
        });
        let action = statement.action.as_ref().map_or(Value::Null, |element| {
            let entries = self.entries(&element.entries);
            self.element(element.not, entries, element.place)
        });
        let resource = statement.resource.as_ref().map_or(Value::Null, |element| {
            let entries = self.entries(&element.entries);
            self.element(element.not, entries, element.place)
        });
        let conditions = list(&statement.conditions, |condition| {
            Object::default()
                .with("operator", condition.operator_text.as_str())
                .with("key", self.text(&condition.key))
                .with("values", self.entries(&condition.values))
                .with("at", self.place(condition.place))
                .done()
        });
        Object::default()
            .with("number", statement.number)
            .with("at", self.place(statement.place))
            .with("guard", guard(&statement.guard))
            .with("sid", self.optional(statement.sid.as_ref()))
            .with("effect", statement.effect.map(|effect| effect.name()))
            .with("principal", principal)
            .with("action", action)
            .with("resource", resource)
            .with("conditions", conditions)
            .with("unreadable", statement.unreadable)
            .with("comment", statement.comment.as_deref())
            .done()
    }

    fn entries(&mut self, entries: &[Entry]) -> Value {
        list(entries, |entry| self.entry(entry))
    }

    fn entry(&mut self, entry: &Entry) -> Value {
        let text = self.text(&entry.text);
        let written = Object::default()
            .with("at", self.place(entry.place))
            .with("guard", guard(&entry.guard))
            .with("comment", entry.comment.as_deref());
        if written.0.is_empty() {
            return text;
        }
        // Not through `with`: a text may be an empty list of parts nowhere, but an empty string is
        // a value like any other.
        let mut members = written.0;
        members.insert("text".to_owned(), text);
        Value::Object(members)
    }

    fn element(&self, not: bool, values: Value, at: Place) -> Value {
        // `values` is kept when empty: an empty list matches nothing, an absent element is another
        // thing.
        let mut members = Object::default()
            .with("not", not)
            .with("at", self.place(at))
            .0;
        members.insert("values".to_owned(), values);
        Value::Object(members)
    }
}
