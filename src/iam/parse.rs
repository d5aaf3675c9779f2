//! A policy document from its nodes (IAM: reference_policies_grammar).
//!
//! Reading never stops at a problem: what can be read is, and a statement with an error is marked
//! so that evaluation treats it as unknown instead of skipping it. Rules that need the whole
//! statement, or the kind of policy, are in [`lint`](super::lint).

use std::collections::HashSet;

use super::lint;
use super::{
    ActionElement, Condition, Document, Effect, Entry, JsonError, Member, Node, Operator, Place,
    PolicyKind, PrincipalElement, PrincipalEntry, PrincipalType, Problem, ResourceElement,
    Severity, SourceId, Statement, Text, Value, Version, parse_json,
};

const GRAMMAR: &str = "IAM:reference_policies_grammar";

/// Reads a policy document from JSON text.
///
/// # Errors
/// Text that is not strict JSON.
pub fn parse_document_text(
    text: &str,
    source: SourceId,
    kind: PolicyKind,
) -> Result<Document, JsonError> {
    Ok(parse_document(&parse_json(text, source)?, kind))
}

/// Reads a policy document from its nodes; what is wrong with it is in the document's problems.
pub fn parse_document(node: &Node, kind: PolicyKind) -> Document {
    let mut reader = Reader {
        kind,
        problems: Vec::new(),
    };
    let mut document = reader.document(node);
    lint::document(&document, node, kind, &mut reader.problems);
    reader.problems.sort_by_key(|problem| problem.place);
    document.problems = reader.problems;
    document
}

struct Reader {
    kind: PolicyKind,
    problems: Vec<Problem>,
}

impl Reader {
    fn error(&mut self, place: Place, message: impl Into<String>) {
        self.problems
            .push(Problem::error(place, message).page(GRAMMAR));
    }

    fn warn(&mut self, place: Place, message: impl Into<String>) {
        self.problems
            .push(Problem::warning(place, message).page(GRAMMAR));
    }

    /// Reports names that occur twice and names that are not known.
    fn members(&mut self, node: &Node, what: &str, known: &[&str]) {
        let mut seen: Vec<&str> = Vec::with_capacity(known.len());
        for member in node.members() {
            let found = known.iter().find(|known| member.key == ***known);
            match found {
                Some(name) if seen.contains(name) => {
                    self.error(member.place, format!("`{name}` occurs twice in {what}"));
                }
                Some(name) => seen.push(name),
                None => self.unknown_element(member, what, known),
            }
        }
    }

    fn unknown_element(&mut self, member: &Member, what: &str, known: &[&str]) {
        let name = member.key.to_string();
        let message = format!("unknown element `{name}` in {what}");
        let mut problem = Problem::error(member.place, message).page(GRAMMAR);
        let near = known.iter().find(|known| known.eq_ignore_ascii_case(&name));
        if let Some(near) = near {
            problem = problem.hint(format!("element names are case-sensitive: `{near}`"));
        }
        self.problems.push(problem);
    }

    fn document(&mut self, node: &Node) -> Document {
        let mut document = Document::new(node);
        if !matches!(node.value, Value::Object(_)) {
            document.unreadable = true;
            self.error(
                node.place,
                format!(
                    "expected a policy document (an object), found {}",
                    node.kind_name()
                ),
            );
            return document;
        }
        self.members(node, "the policy document", &["Version", "Id", "Statement"]);
        if let Some(version) = node.get("Version") {
            document.version = self.version(version);
        }
        if let Some(id) = node.get("Id") {
            document.id = id.text().cloned();
            if document.id.is_none() {
                self.error(
                    id.place,
                    format!("`Id` must be a string, found {}", id.kind_name()),
                );
            }
        }
        match node.get("Statement") {
            None => {
                document.unreadable = true;
                self.error(node.place, "the policy document has no `Statement`");
            }
            Some(statements) => {
                if let Value::List(items) = &statements.value
                    && items.is_empty()
                {
                    self.error(statements.place, "`Statement` is an empty list");
                }
                for (index, statement) in statements.one_or_many().iter().enumerate() {
                    let statement = self.statement(statement, index + 1);
                    document.statements.push(statement);
                }
            }
        }
        document
    }

    fn version(&mut self, node: &Node) -> Version {
        match node.as_str() {
            Some("2012-10-17") => Version::V2012,
            Some("2008-10-17") => Version::V2008,
            Some(other) => {
                let message =
                    format!("`Version` must be `2012-10-17` or `2008-10-17`, found `{other}`");
                self.error(node.place, message);
                Version::V2008
            }
            None => {
                self.error(
                    node.place,
                    format!("`Version` must be a string, found {}", node.kind_name()),
                );
                Version::V2008
            }
        }
    }

    fn statement(&mut self, node: &Node, number: usize) -> Statement {
        let before = self.problems.len();
        let mut statement = Statement {
            number,
            place: node.place,
            guard: node.guard.clone(),
            sid: None,
            effect: None,
            principal: None,
            action: None,
            resource: None,
            conditions: Vec::new(),
            unreadable: false,
            comment: node.comment.clone(),
        };
        if !matches!(node.value, Value::Object(_)) {
            statement.unreadable = true;
            if let Some(reference) = node.text().and_then(Text::as_reference) {
                let name = &reference.name;
                let message = format!("the statement is `${{{name}}}`, which nothing here decides");
                self.problems.push(Problem::warning(node.place, message));
                return statement;
            }
            let found = match node.text() {
                Some(text) => format!("`{text}`"),
                None => node.kind_name().to_owned(),
            };
            self.error(
                node.place,
                format!("expected a statement (an object), found {found}"),
            );
            return statement;
        }
        let known = [
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
        ];
        self.members(node, "the statement", &known);
        if let Some(sid) = node.get("Sid") {
            statement.sid = sid.text().cloned();
            if statement.sid.is_none() {
                self.error(
                    sid.place,
                    format!("`Sid` must be a string, found {}", sid.kind_name()),
                );
            }
        }
        statement.effect = self.effect(node);
        if let Some((not, element)) = self.one_of(node, "Principal", "NotPrincipal") {
            statement.principal = Some(self.principal(element, not));
        }
        match self.one_of(node, "Action", "NotAction") {
            Some((not, element)) => {
                let name = if not { "NotAction" } else { "Action" };
                let entries = self.strings(element, name);
                statement.action = Some(ActionElement {
                    not,
                    entries,
                    place: element.place,
                });
            }
            None if node.get("Action").is_none() => {
                self.error(
                    node.place,
                    "the statement has neither `Action` nor `NotAction`",
                );
            }
            None => {}
        }
        if let Some((not, element)) = self.one_of(node, "Resource", "NotResource") {
            let name = if not { "NotResource" } else { "Resource" };
            let entries = self.strings(element, name);
            statement.resource = Some(ResourceElement {
                not,
                entries,
                place: element.place,
            });
        }
        if let Some(conditions) = node.get("Condition") {
            statement.conditions = self.conditions(conditions);
        }
        lint::characters(node, &mut self.problems);
        lint::statement(&statement, self.kind, &mut self.problems);
        let new = self.problems.get(before..).unwrap_or_default();
        statement.unreadable = new
            .iter()
            .any(|problem| problem.severity == Severity::Error);
        lint::advice(&statement, self.kind, &mut self.problems);
        statement
    }

    /// The one of two elements that is there; both are an error, and then neither is read.
    fn one_of<'n>(&mut self, node: &'n Node, plain: &str, not: &str) -> Option<(bool, &'n Node)> {
        match (node.get(plain), node.get(not)) {
            (Some(element), None) => Some((false, element)),
            (None, Some(element)) => Some((true, element)),
            (Some(_), Some(second)) => {
                self.error(
                    second.place,
                    format!("the statement has both `{plain}` and `{not}`"),
                );
                None
            }
            (None, None) => None,
        }
    }

    fn effect(&mut self, node: &Node) -> Option<Effect> {
        let Some(effect) = node.get("Effect") else {
            self.error(node.place, "the statement has no `Effect`");
            return None;
        };
        match effect.as_str() {
            Some("Allow") => Some(Effect::Allow),
            Some("Deny") => Some(Effect::Deny),
            Some(other) => {
                let message = format!("`Effect` must be `Allow` or `Deny`, found `{other}`");
                self.error(effect.place, message);
                None
            }
            None => {
                let found = effect
                    .text()
                    .map_or(effect.kind_name().to_owned(), |text| format!("`{text}`"));
                self.error(
                    effect.place,
                    format!("`Effect` must be `Allow` or `Deny`, found {found}"),
                );
                None
            }
        }
    }

    /// A string or a list of strings.
    fn strings(&mut self, node: &Node, name: &str) -> Vec<Entry> {
        if let Value::List(items) = &node.value
            && items.is_empty()
        {
            let effect = if name.starts_with("Not") {
                "it excludes nothing"
            } else {
                "it matches nothing, so the statement never applies"
            };
            self.warn(node.place, format!("`{name}` is an empty list: {effect}"));
        }
        let mut entries = Vec::new();
        for item in node.one_or_many() {
            match item.text() {
                Some(text) => entries.push(entry(item, text.clone())),
                None => {
                    let message = format!(
                        "`{name}` must be a string or a list of strings, found {}",
                        item.kind_name()
                    );
                    self.error(item.place, message);
                }
            }
        }
        entries
    }

    fn principal(&mut self, node: &Node, not: bool) -> PrincipalElement {
        let name = if not { "NotPrincipal" } else { "Principal" };
        let mut entries = Vec::new();
        match &node.value {
            Value::String(text) if *text == *"*" => entries.push(PrincipalEntry {
                kind: PrincipalType::Everyone,
                entry: entry(node, text.clone()),
            }),
            Value::Object(members) => {
                if members.is_empty() {
                    self.warn(node.place, format!("`{name}` is empty: it names nobody"));
                }
                self.members(
                    node,
                    &format!("`{name}`"),
                    &["AWS", "Service", "Federated", "CanonicalUser"],
                );
                for member in members {
                    let kind = match member.key.as_plain() {
                        Some("AWS") => PrincipalType::Aws,
                        Some("Service") => PrincipalType::Service,
                        Some("Federated") => PrincipalType::Federated,
                        Some("CanonicalUser") => PrincipalType::CanonicalUser,
                        _ => continue,
                    };
                    for entry in self.strings(&member.value, &format!("{name}.{}", kind.name())) {
                        entries.push(PrincipalEntry { kind, entry });
                    }
                }
            }
            // A list of guarded objects is what a template's condition around the element leaves.
            Value::List(items)
                if items.iter().all(|item| !item.guard.is_always()) && !items.is_empty() =>
            {
                for item in items {
                    let inner = self.principal(item, not);
                    entries.extend(inner.entries.into_iter().map(|mut value| {
                        value.entry.guard = value.entry.guard.join(&item.guard);
                        value
                    }));
                }
            }
            other => {
                let found = match other {
                    Value::String(text) => format!("`{text}`"),
                    _ => node.kind_name().to_owned(),
                };
                self.error(
                    node.place,
                    format!("`{name}` must be `\"*\"` or an object such as {{\"AWS\": ...}}, found {found}"),
                );
            }
        }
        PrincipalElement {
            not,
            entries,
            place: node.place,
        }
    }

    fn conditions(&mut self, node: &Node) -> Vec<Condition> {
        let mut conditions = Vec::new();
        if !matches!(node.value, Value::Object(_)) {
            self.error(
                node.place,
                format!("`Condition` must be an object, found {}", node.kind_name()),
            );
            return conditions;
        }
        let mut operators = HashSet::new();
        for block in node.members() {
            let name = block.key.to_string();
            let operator = Operator::parse(&name);
            if operator.is_none() {
                self.problems.push(unknown_operator(&name, block.place));
            }
            if !operators.insert(name.clone()) {
                self.error(
                    block.place,
                    format!("operator `{name}` occurs twice in `Condition`"),
                );
            }
            if !matches!(block.value.value, Value::Object(_)) {
                self.error(
                    block.value.place,
                    format!(
                        "`{name}` must hold keys and values (an object), found {}",
                        block.value.kind_name()
                    ),
                );
                continue;
            }
            let mut keys = HashSet::new();
            for test in block.value.members() {
                let key = test.key.to_string();
                if !keys.insert(key.to_ascii_lowercase()) {
                    self.error(
                        test.place,
                        format!("condition key `{key}` occurs twice under `{name}` (key names ignore case)"),
                    );
                }
                let values = self.condition_values(&test.value, &key);
                conditions.push(Condition {
                    operator,
                    operator_text: name.clone(),
                    key: test.key.clone(),
                    values,
                    place: test.place,
                });
            }
        }
        conditions
    }

    fn condition_values(&mut self, node: &Node, key: &str) -> Vec<Entry> {
        if let Value::List(items) = &node.value
            && items.is_empty()
        {
            self.warn(
                node.place,
                format!("condition key `{key}` has an empty list of values"),
            );
        }
        let mut values = Vec::new();
        let mut types = HashSet::new();
        for item in node.one_or_many() {
            match item.scalar() {
                Some(text) => {
                    types.insert(item.kind_name());
                    values.push(entry(item, text));
                }
                None => {
                    let message = format!(
                        "a value of condition key `{key}` must be a string, number or boolean, found {}",
                        item.kind_name()
                    );
                    self.error(item.place, message);
                }
            }
        }
        if types.len() > 1 {
            self.error(
                node.place,
                format!("the values of condition key `{key}` mix JSON types"),
            );
        }
        values
    }
}

fn entry(node: &Node, text: Text) -> Entry {
    Entry {
        text,
        place: node.place,
        guard: node.guard.clone(),
        comment: node.comment.clone(),
    }
}

fn unknown_operator(name: &str, place: Place) -> Problem {
    let problem = Problem::error(place, format!("unknown condition operator `{name}`"))
        .page("IAM:reference_policies_elements_condition_operators");
    let wanted = name.to_ascii_lowercase();
    let near = super::BaseOperator::ALL
        .iter()
        .map(|(_, known)| *known)
        .find(|known| {
            let known = known.to_ascii_lowercase();
            wanted == known
                || wanted == format!("{known}ifexists")
                || wanted.ends_with(&format!(":{known}"))
        });
    match near {
        Some(near) => problem.hint(format!("operator names are case-sensitive: `{near}`")),
        None => problem
            .hint("no policy with this operator can be saved; its statement is treated as unknown"),
    }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
