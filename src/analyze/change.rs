//! Changes to policy documents: what a proposal is made of.

use serde_json::{Map, Value, json};

use crate::iam::{
    ActionElement, Condition, Document, Effect, Entry, Guard, Operator, Place, PolicyKind,
    PrincipalElement, PrincipalEntry, PrincipalType, ResourceElement, SourceId, Statement, Text,
    parse_document_text,
};

/// Which list of a statement an entry is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum List {
    /// `Action` or `NotAction`.
    Action,
    /// `Resource` or `NotResource`.
    Resource,
    /// The values of the condition at this position of [`Statement::conditions`].
    Condition(usize),
    /// The values of one type of the principal element.
    Principal(PrincipalType),
}

/// A change to a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Adds an entry to a list of a statement.
    Add {
        /// The statement's number.
        statement: usize,
        /// Where to.
        list: List,
        /// What.
        entry: Text,
    },
    /// Takes an entry from a list of a statement.
    Remove {
        /// The statement's number.
        statement: usize,
        /// Where from.
        list: List,
        /// The entry's position in the list.
        position: usize,
    },
    /// Turns `Action: "*"` or `Resource: "*"` into everything but one entry.
    Except {
        /// The statement's number.
        statement: usize,
        /// `Action` or `Resource`.
        list: List,
        /// What is left out.
        entry: Text,
    },
    /// Adds a condition to a statement.
    Condition {
        /// The statement's number.
        statement: usize,
        /// The operator.
        operator: &'static str,
        /// The key.
        key: &'static str,
        /// The value.
        value: Text,
    },
    /// Adds a statement behind the others.
    Statement(Box<NewStatement>),
    /// Takes a statement out of a document that has others.
    Drop {
        /// The statement's number.
        statement: usize,
    },
}

/// A statement to add.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewStatement {
    /// The type and value of its principal, for policies that have one.
    pub principal: Option<(PrincipalType, String)>,
    /// Its action.
    pub action: String,
    /// Its resource; `None` for trust policies.
    pub resource: Option<Text>,
    /// Its conditions: operator, key, value.
    pub conditions: Vec<(String, String, String)>,
}

impl NewStatement {
    /// The statement as JSON.
    pub fn json(&self) -> Value {
        let mut members = Map::new();
        members.insert("Effect".to_owned(), json!("Allow"));
        if let Some((kind, value)) = &self.principal {
            let principal = match kind {
                PrincipalType::Everyone => json!("*"),
                kind => json!({ kind.name(): value }),
            };
            members.insert("Principal".to_owned(), principal);
        }
        members.insert("Action".to_owned(), json!(self.action));
        if let Some(resource) = &self.resource {
            members.insert("Resource".to_owned(), json!(resource.to_string()));
        }
        let mut conditions = Map::new();
        for (operator, key, value) in &self.conditions {
            let operator = conditions
                .entry(operator.clone())
                .or_insert_with(|| json!({}));
            operator[key.as_str()] = json!(value);
        }
        if !conditions.is_empty() {
            members.insert("Condition".to_owned(), Value::Object(conditions));
        }
        Value::Object(members)
    }

    fn statement(&self, number: usize, kind: PolicyKind) -> Option<Statement> {
        let text = json!({ "Version": "2012-10-17", "Statement": [self.json()] }).to_string();
        let document = parse_document_text(&text, SourceId::default(), kind).ok()?;
        let mut statement = document.statements.into_iter().next()?;
        statement.number = number;
        statement.place = Place::default();
        // Unresolved parts would be read as policy variables from text.
        if let (Some(element), Some(resource)) = (&mut statement.resource, &self.resource) {
            element.entries = vec![entry(resource.clone())];
        }
        Some(statement)
    }
}

/// A document after a change, and the changed statement before and after.
#[derive(Clone, Debug)]
pub(super) struct Changed {
    /// The whole document.
    pub document: Document,
    /// The statement as it was; `None` for a new one.
    pub before: Option<Value>,
    /// The statement as it is now; `None` for one that was taken out.
    pub after: Option<Value>,
}

impl Change {
    /// The number of the statement that it is about; `None` for a new one.
    pub fn statement(&self) -> Option<usize> {
        match self {
            Change::Add { statement, .. }
            | Change::Remove { statement, .. }
            | Change::Except { statement, .. }
            | Change::Condition { statement, .. }
            | Change::Drop { statement } => Some(*statement),
            Change::Statement(_) => None,
        }
    }

    /// Behind what the change goes where the document stands: the last entry of a list that gets
    /// one more, the last statement for a new one.
    pub(super) fn anchor(&self, document: &Document) -> Option<Place> {
        match self {
            Change::Statement(_) => document.statements.last().map(|last| last.place),
            Change::Add {
                statement, list, ..
            } => {
                let own = document.statements.get(statement.checked_sub(1)?)?;
                let last = match list {
                    List::Action => own.action.as_ref()?.entries.last(),
                    List::Resource => own.resource.as_ref()?.entries.last(),
                    List::Condition(at) => own.conditions.get(*at)?.values.last(),
                    List::Principal(kind) => {
                        let entries = own.principal.as_ref()?.entries.iter().rev();
                        entries
                            .map(|own| (own.kind, &own.entry))
                            .find(|(own, _)| own == kind)
                            .map(|(_, entry)| entry)
                    }
                };
                last.map(|last| last.place)
            }
            Change::Remove { .. }
            | Change::Except { .. }
            | Change::Condition { .. }
            | Change::Drop { .. } => None,
        }
    }

    /// Applies the change. `None` where the document does not have what it is about.
    pub(super) fn apply(&self, document: &Document, kind: PolicyKind) -> Option<Changed> {
        let mut changed = document.clone();
        let mut json = document.json();
        let statements = statements_of(&mut json)?;
        if statements.len() != changed.statements.len() {
            // Branches of undecided conditions stand side by side: which is which is not certain.
            return None;
        }
        let (before, after) = match self {
            Change::Statement(new) => {
                let number = changed.statements.len() + 1;
                changed.statements.push(new.statement(number, kind)?);
                statements.push(new.json());
                (None, Some(new.json()))
            }
            Change::Drop { statement } => {
                let at = statement.checked_sub(1)?;
                (statements.len() > 1 && at < statements.len()).then_some(())?;
                changed.statements.remove(at);
                for (number, own) in changed.statements.iter_mut().enumerate() {
                    own.number = number + 1;
                }
                (Some(statements.remove(at)), None)
            }
            Change::Add { statement, .. }
            | Change::Remove { statement, .. }
            | Change::Except { statement, .. }
            | Change::Condition { statement, .. } => {
                let at = statement.checked_sub(1)?;
                let own = statements.get_mut(at)?;
                let before = own.clone();
                self.alter(changed.statements.get_mut(at)?, own)?;
                (Some(before), Some(own.clone()))
            }
        };
        Some(Changed {
            document: changed.with_json(&json),
            before,
            after,
        })
    }

    fn alter(&self, statement: &mut Statement, json: &mut Value) -> Option<()> {
        match self {
            Change::Add { list, entry, .. } => {
                add(statement, list, entry)?;
                push(member(statement, list, json)?, entry.to_string());
            }
            Change::Remove { list, position, .. } => {
                remove(statement, list, *position)?;
                let member = member(statement, list, json)?;
                let values = member.as_array_mut()?;
                (*position < values.len()).then(|| values.remove(*position))?;
            }
            Change::Except { list, entry, .. } => {
                except(statement, list, entry)?;
                let (from, to) = match list {
                    List::Action => ("Action", "NotAction"),
                    _ => ("Resource", "NotResource"),
                };
                rename(json, from, to, json!(entry.to_string()))?;
            }
            Change::Condition {
                operator,
                key,
                value,
                ..
            } => {
                statement.conditions.push(Condition {
                    operator: Operator::parse(operator),
                    operator_text: (*operator).to_owned(),
                    key: Text::plain(*key),
                    values: vec![entry(value.clone())],
                    place: Place::default(),
                });
                let conditions = json
                    .as_object_mut()?
                    .entry("Condition")
                    .or_insert_with(|| json!({}));
                let tests = conditions
                    .as_object_mut()?
                    .entry(*operator)
                    .or_insert_with(|| json!({}));
                let values = tests
                    .as_object_mut()?
                    .entry(*key)
                    .or_insert_with(|| json!([]));
                push(values, value.to_string());
            }
            Change::Statement(_) | Change::Drop { .. } => return None,
        }
        Some(())
    }
}

/// The statements of a document's JSON, as a list.
fn statements_of(json: &mut Value) -> Option<&mut Vec<Value>> {
    let member = json.as_object_mut()?.get_mut("Statement")?;
    if member.is_object() {
        *member = Value::Array(vec![member.take()]);
    }
    member.as_array_mut()
}

/// A document with one statement, for a place that has none yet.
pub(super) fn document_of(new: &NewStatement, kind: PolicyKind) -> Option<Document> {
    let text = json!({ "Version": "2012-10-17", "Statement": [] }).to_string();
    let mut document = parse_document_text(&text, SourceId::default(), kind).ok()?;
    document.problems.clear();
    document.statements = vec![new.statement(1, kind)?];
    let json = json!({ "Version": "2012-10-17", "Statement": [new.json()] });
    Some(document.with_json(&json))
}

fn entry(text: Text) -> Entry {
    Entry {
        text,
        place: Place::default(),
        guard: Guard::always(),
        comment: None,
    }
}

fn add(statement: &mut Statement, list: &List, text: &Text) -> Option<()> {
    let new = entry(text.clone());
    match list {
        List::Action => statement.action.as_mut()?.entries.push(new),
        List::Resource => statement.resource.as_mut()?.entries.push(new),
        List::Condition(at) => statement.conditions.get_mut(*at)?.values.push(new),
        List::Principal(kind) => statement.principal.as_mut()?.entries.push(PrincipalEntry {
            kind: *kind,
            entry: new,
        }),
    }
    Some(())
}

fn remove(statement: &mut Statement, list: &List, position: usize) -> Option<()> {
    let entries = match list {
        List::Action => &mut statement.action.as_mut()?.entries,
        List::Resource => &mut statement.resource.as_mut()?.entries,
        List::Condition(at) => &mut statement.conditions.get_mut(*at)?.values,
        List::Principal(_) => return None,
    };
    // An empty list would mean something else altogether.
    (entries.len() > 1 && position < entries.len()).then(|| entries.remove(position))?;
    Some(())
}

fn except(statement: &mut Statement, list: &List, text: &Text) -> Option<()> {
    let everything = |entries: &[Entry]| entries.len() == 1 && entries[0].text == *"*";
    match list {
        List::Action => {
            let element: &mut ActionElement = statement.action.as_mut()?;
            (!element.not && everything(&element.entries)).then_some(())?;
            element.not = true;
            element.entries = vec![entry(text.clone())];
        }
        List::Resource => {
            let element: &mut ResourceElement = statement.resource.as_mut()?;
            (!element.not && everything(&element.entries)).then_some(())?;
            element.not = true;
            element.entries = vec![entry(text.clone())];
        }
        List::Condition(_) | List::Principal(_) => return None,
    }
    Some(())
}

/// The member of a statement's JSON that holds a list.
fn member<'j>(statement: &Statement, list: &List, json: &'j mut Value) -> Option<&'j mut Value> {
    let members = json.as_object_mut()?;
    match list {
        List::Action => {
            let not = statement.action.as_ref()?.not;
            members.get_mut(if not { "NotAction" } else { "Action" })
        }
        List::Resource => {
            let not = statement.resource.as_ref()?.not;
            members.get_mut(if not { "NotResource" } else { "Resource" })
        }
        List::Condition(at) => {
            let condition = statement.conditions.get(*at)?;
            members
                .get_mut("Condition")?
                .as_object_mut()?
                .get_mut(&condition.operator_text)?
                .as_object_mut()?
                .get_mut(&condition.key.to_string())
        }
        List::Principal(kind) => {
            let element: &PrincipalElement = statement.principal.as_ref()?;
            let name = if element.not {
                "NotPrincipal"
            } else {
                "Principal"
            };
            let types = members.get_mut(name)?.as_object_mut()?;
            Some(types.entry(kind.name()).or_insert_with(|| json!([])))
        }
    }
}

/// Adds a value to a list that may be written as a bare value.
fn push(member: &mut Value, value: String) {
    match member {
        Value::Array(values) => values.push(Value::String(value)),
        bare => *bare = Value::Array(vec![bare.take(), Value::String(value)]),
    }
}

/// Gives a member another name and value, in its place.
fn rename(json: &mut Value, from: &str, to: &str, value: Value) -> Option<()> {
    let members = json.as_object_mut()?;
    members.contains_key(from).then_some(())?;
    let renamed: Map<String, Value> = std::mem::take(members)
        .into_iter()
        .map(|(name, old)| match name == from {
            true => (to.to_owned(), value.clone()),
            false => (name, old),
        })
        .collect();
    *members = renamed;
    Some(())
}

/// Whether a statement's effect is this one for certain.
pub(super) fn has_effect(statement: &Statement, effect: Effect) -> bool {
    statement.effect == Some(effect) && !statement.unreadable
}
