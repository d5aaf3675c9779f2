//! A policy document as lines of JSON, each knowing which part of the document it shows.

use serde_json::{Map, Value};

use crate::explain::escape;
use crate::iam::{Document, Place, Statement};

use super::sheet::{Line, Run, Tone};

/// Deeper documents are cut; AWS's own are five levels deep.
const DEEPEST: usize = 64;

/// The lines of a document, or of one statement of it.
pub fn document_lines(document: &Document, only: Option<usize>) -> Vec<Line> {
    let mut printer = Printer::default();
    let json = document.json();
    let statements = json.get("Statement");
    match only {
        None => printer.document(&json, document),
        Some(index) => {
            let statement = document.statements.get(index);
            let value = match statements {
                Some(Value::Array(all)) => all.get(index),
                Some(one) if index == 0 => Some(one),
                _ => None,
            };
            if let Some(value) = value {
                printer.statement(value, statement);
            }
        }
    }
    printer.end_line();
    printer.lines
}

#[derive(Default)]
struct Printer {
    lines: Vec<Line>,
    runs: Vec<Run>,
    indent: usize,
    about: Vec<Place>,
}

impl Printer {
    fn document(&mut self, json: &Value, document: &Document) {
        let Value::Object(members) = json else {
            self.value(json, 0);
            return;
        };
        self.members(members, |printer, name, value| match (name, value) {
            ("Statement", Value::Array(all)) => printer.items(all, |printer, index, value| {
                printer.statement(value, document.statements.get(index));
            }),
            ("Statement", one) => printer.statement(one, document.statements.first()),
            _ => printer.value(value, 0),
        });
    }

    fn statement(&mut self, value: &Value, statement: Option<&Statement>) {
        let (Value::Object(members), Some(statement)) = (value, statement) else {
            self.value(value, 0);
            return;
        };
        self.about.push(statement.place);
        self.members(members, |printer, name, value| {
            let places: Vec<Place> = match name {
                "Action" | "NotAction" => statement
                    .action
                    .iter()
                    .flat_map(|element| &element.entries)
                    .map(|entry| entry.place)
                    .collect(),
                "Resource" | "NotResource" => statement
                    .resource
                    .iter()
                    .flat_map(|element| &element.entries)
                    .map(|entry| entry.place)
                    .collect(),
                "Principal" | "NotPrincipal" => {
                    let entries = statement.principal.iter().flat_map(|all| &all.entries);
                    let places = entries.map(|principal| principal.entry.place).collect();
                    printer.leaves(value, places);
                    return;
                }
                "Condition" => {
                    printer.conditions(value, statement);
                    return;
                }
                _ => Vec::new(),
            };
            printer.leaves(value, places);
        });
        self.about.pop();
    }

    /// A value whose leaves stand at these places, in order; without them where their number differs.
    fn leaves(&mut self, value: &Value, places: Vec<Place>) {
        if leaves_of(value) == places.len() {
            self.placed(value, &mut places.into_iter(), 0);
        } else {
            self.value(value, 0);
        }
    }

    fn placed(&mut self, value: &Value, places: &mut impl Iterator<Item = Place>, depth: usize) {
        match value {
            Value::Array(all) if depth < DEEPEST => self.items(all, |printer, _, item| {
                printer.placed(item, places, depth + 1);
            }),
            Value::Object(members) if depth < DEEPEST => {
                self.members(members, |printer, _, item| {
                    printer.placed(item, places, depth + 1);
                })
            }
            leaf => {
                if let Some(place) = places.next() {
                    self.about.push(place);
                    self.scalar(leaf);
                    self.about.pop();
                } else {
                    self.scalar(leaf);
                }
            }
        }
    }

    fn conditions(&mut self, value: &Value, statement: &Statement) {
        let Value::Object(operators) = value else {
            self.value(value, 0);
            return;
        };
        self.members(operators, |printer, operator, value| {
            let Value::Object(keys) = value else {
                printer.value(value, 0);
                return;
            };
            printer.members(keys, |printer, key, value| {
                let condition = statement.conditions.iter().find(|condition| {
                    condition.operator_text == operator && condition.key.to_string() == key
                });
                match condition {
                    Some(condition) => {
                        printer.about.push(condition.place);
                        printer.value(value, 0);
                        printer.about.pop();
                    }
                    None => printer.value(value, 0),
                }
            });
        });
    }

    fn value(&mut self, value: &Value, depth: usize) {
        match value {
            Value::Array(_) | Value::Object(_) if depth >= DEEPEST => {
                self.run(Tone::JsonPunctuation, "…");
            }
            Value::Array(all) => self.items(all, |printer, _, item| printer.value(item, depth + 1)),
            Value::Object(members) => {
                self.members(members, |printer, _, item| printer.value(item, depth + 1));
            }
            leaf => self.scalar(leaf),
        }
    }

    fn scalar(&mut self, value: &Value) {
        match value {
            Value::String(text) => {
                let quoted = Value::String(escape(text).into_owned()).to_string();
                self.run(Tone::JsonString, &quoted);
            }
            other => self.run(Tone::JsonNumber, &other.to_string()),
        }
    }

    fn items(&mut self, all: &[Value], mut each: impl FnMut(&mut Self, usize, &Value)) {
        if all.is_empty() {
            self.run(Tone::JsonPunctuation, "[]");
            return;
        }
        self.run(Tone::JsonPunctuation, "[");
        self.indent += 1;
        for (index, value) in all.iter().enumerate() {
            self.end_line();
            each(self, index, value);
            if index + 1 < all.len() {
                self.run(Tone::JsonPunctuation, ",");
            }
        }
        self.indent -= 1;
        self.end_line();
        self.run(Tone::JsonPunctuation, "]");
    }

    fn members(
        &mut self,
        members: &Map<String, Value>,
        mut each: impl FnMut(&mut Self, &str, &Value),
    ) {
        if members.is_empty() {
            self.run(Tone::JsonPunctuation, "{}");
            return;
        }
        self.run(Tone::JsonPunctuation, "{");
        self.indent += 1;
        for (index, (name, value)) in members.iter().enumerate() {
            self.end_line();
            let quoted = Value::String(escape(name).into_owned()).to_string();
            self.run(Tone::JsonName, &quoted);
            self.run(Tone::JsonPunctuation, ": ");
            each(self, name, value);
            if index + 1 < members.len() {
                self.run(Tone::JsonPunctuation, ",");
            }
        }
        self.indent -= 1;
        self.end_line();
        self.run(Tone::JsonPunctuation, "}");
    }

    fn run(&mut self, tone: Tone, text: &str) {
        if self.runs.is_empty() {
            self.runs
                .push(Run::new(Tone::Plain, "  ".repeat(self.indent)));
        }
        let mut run = Run::new(tone, text.to_owned());
        run.about = self.about.last().copied();
        self.runs.push(run);
    }

    fn end_line(&mut self) {
        if !self.runs.is_empty() {
            let runs = std::mem::take(&mut self.runs);
            // What is written last on a line, but for its comma, is what the line shows.
            let about = runs
                .iter()
                .rev()
                .find(|run| run.text != ",")
                .and_then(|run| run.about);
            self.lines.push(Line {
                hanging: 2 * self.indent + 2,
                about,
                runs,
            });
        }
    }
}

fn leaves_of(value: &Value) -> usize {
    match value {
        Value::Array(all) => all.iter().map(leaves_of).sum(),
        Value::Object(members) => members.values().map(leaves_of).sum(),
        _ => 1,
    }
}
