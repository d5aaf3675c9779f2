//! A policy document with the place of every part.

use serde_json::Value as Json;

use super::{Guard, Node, Operator, Place, Problem, Severity, Text};

/// The version of the policy language. Only an explicit 2012-10-17 has policy variables
/// (IAM: reference_policies_elements_version).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Hash)]
pub enum Version {
    /// 2008-10-17, also when the element is absent.
    #[default]
    V2008,
    /// 2012-10-17.
    V2012,
}

/// What a statement does when it applies.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
pub enum Effect {
    /// Grants.
    Allow,
    /// Denies, whatever else grants.
    Deny,
}

impl Effect {
    /// `Allow` or `Deny`.
    pub fn name(self) -> &'static str {
        match self {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        }
    }
}

/// A policy document. What could not be read is in `problems`; nothing is dropped silently.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The language version in force.
    pub version: Version,
    /// The `Id` element.
    pub id: Option<Text>,
    /// The statements in order.
    pub statements: Vec<Statement>,
    /// Everything that is wrong with the document, in order of place.
    pub problems: Vec<Problem>,
    /// Where the document begins.
    pub place: Place,
    /// Whether statements may be missing because the text could not be read as a policy: what such a
    /// document decides is unknown.
    pub unreadable: bool,
    // Compact JSON for reading; text, because a parsed tree of ten thousand roles would not fit.
    json: Box<str>,
}

impl Document {
    /// A document without statements that begins at a node and reads as that node.
    pub(super) fn new(node: &Node) -> Self {
        Document {
            place: node.place,
            json: node.to_json_text().into(),
            ..Document::default()
        }
    }

    /// The same document with other JSON for reading: for one that was saved earlier.
    pub fn with_json(mut self, json: &serde_json::Value) -> Self {
        self.json = json.to_string().into();
        self
    }

    /// One document of several that a service keeps together, such as the permissions of a Lambda
    /// function: their statements in order, each under the guard of the document that it is from.
    pub fn joined<'a>(documents: impl IntoIterator<Item = (&'a Guard, &'a Document)>) -> Self {
        let mut whole = Document::default();
        let mut written = Vec::new();
        for (guard, document) in documents {
            if whole.statements.is_empty() {
                whole.place = document.place;
            }
            if document.version == Version::V2012 {
                whole.version = Version::V2012;
            }
            whole.unreadable |= document.unreadable;
            whole.problems.extend(document.problems.iter().cloned());
            for statement in &document.statements {
                whole.statements.push(Statement {
                    number: whole.statements.len() + 1,
                    guard: guard.join(&statement.guard),
                    ..statement.clone()
                });
            }
            match document.json().get_mut("Statement").map(Json::take) {
                Some(Json::Array(statements)) => written.extend(statements),
                statement => written.extend(statement),
            }
        }
        let version = match whole.version {
            Version::V2008 => "2008-10-17",
            Version::V2012 => "2012-10-17",
        };
        whole.with_json(&serde_json::json!({"Version": version, "Statement": written}))
    }

    /// The document as JSON for reading: members in the order written, unresolved parts as
    /// `${Name}`, both branches of an undecided condition.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.json).unwrap_or_default()
    }

    /// The same as compact text.
    pub fn json_text(&self) -> &str {
        &self.json
    }

    /// Whether AWS would accept the document: it has no problem of severity error.
    pub fn is_valid(&self) -> bool {
        self.problems
            .iter()
            .all(|problem| problem.severity != Severity::Error)
    }
}

/// One statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Its place in the document, counted from 1.
    pub number: usize,
    /// Where it begins.
    pub place: Place,
    /// The undecided template conditions under which it exists.
    pub guard: Guard,
    /// Its `Sid`, perhaps empty.
    pub sid: Option<Text>,
    /// Its effect; `None` where it is missing or unreadable, so that either is possible.
    pub effect: Option<Effect>,
    /// `Principal` or `NotPrincipal`.
    pub principal: Option<PrincipalElement>,
    /// `Action` or `NotAction`; `None` where it is missing or unreadable.
    pub action: Option<ActionElement>,
    /// `Resource` or `NotResource`.
    pub resource: Option<ResourceElement>,
    /// The conditions, all of which must hold.
    pub conditions: Vec<Condition>,
    /// Whether a problem of severity error stands in it: where its readable parts match, what it does
    /// is unknown.
    pub unreadable: bool,
    /// The comment that its author wrote above it.
    pub comment: Option<Box<str>>,
}

impl Statement {
    /// How the statement is referred to: its `Sid`, or its number where that is absent or empty.
    pub fn reference(&self) -> String {
        match &self.sid {
            Some(sid) if !sid.is_empty() => sid.to_string(),
            _ => self.number.to_string(),
        }
    }

    /// Whether it has a part that is not known yet: a reference, or an undecided condition.
    pub fn is_open(&self) -> bool {
        let open = |entry: &Entry| !entry.text.is_plain() || !entry.guard.is_always();
        let principals = self.principal.iter().flat_map(|own| &own.entries);
        let actions = self.action.iter().flat_map(|own| &own.entries);
        let resources = self.resource.iter().flat_map(|own| &own.entries);
        !self.guard.is_always()
            || principals.map(|own| &own.entry).any(open)
            || actions.chain(resources).any(open)
            || self
                .conditions
                .iter()
                .any(|own| !own.key.is_plain() || own.values.iter().any(open))
    }
}

/// One value of an element, and where it stands.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The value.
    pub text: Text,
    /// Where it stands.
    pub place: Place,
    /// The undecided template conditions under which it is in the list.
    pub guard: Guard,
    /// The comment that its author wrote above or behind it.
    pub comment: Option<Box<str>>,
}

/// `Action` or `NotAction`.
#[derive(Clone, Debug)]
pub struct ActionElement {
    /// Whether it is `NotAction`.
    pub not: bool,
    /// The patterns.
    pub entries: Vec<Entry>,
    /// Where the element stands.
    pub place: Place,
}

/// `Resource` or `NotResource`.
#[derive(Clone, Debug)]
pub struct ResourceElement {
    /// Whether it is `NotResource`.
    pub not: bool,
    /// The patterns.
    pub entries: Vec<Entry>,
    /// Where the element stands.
    pub place: Place,
}

/// `Principal` or `NotPrincipal`.
#[derive(Clone, Debug)]
pub struct PrincipalElement {
    /// Whether it is `NotPrincipal`.
    pub not: bool,
    /// The values of all types; they are ORed.
    pub entries: Vec<PrincipalEntry>,
    /// Where the element stands.
    pub place: Place,
}

/// The type of a principal value.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
pub enum PrincipalType {
    /// The bare `"*"`.
    Everyone,
    /// `AWS`
    Aws,
    /// `Service`
    Service,
    /// `Federated`
    Federated,
    /// `CanonicalUser`
    CanonicalUser,
}

impl PrincipalType {
    /// The member name in a policy; `*` for everyone.
    pub fn name(self) -> &'static str {
        match self {
            PrincipalType::Everyone => "*",
            PrincipalType::Aws => "AWS",
            PrincipalType::Service => "Service",
            PrincipalType::Federated => "Federated",
            PrincipalType::CanonicalUser => "CanonicalUser",
        }
    }
}

/// One value of a principal element.
#[derive(Clone, Debug)]
pub struct PrincipalEntry {
    /// Its type.
    pub kind: PrincipalType,
    /// The value.
    pub entry: Entry,
}

/// One test of one key. Its values are ORed, or NORed for negated operators.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The operator; `None` where its name is not known.
    pub operator: Option<Operator>,
    /// The operator as written.
    pub operator_text: String,
    /// The key as written.
    pub key: Text,
    /// The values as text.
    pub values: Vec<Entry>,
    /// Where the key stands.
    pub place: Place,
}
