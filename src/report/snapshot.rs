//! Everything that was loaded, as one JSON file that can be opened later without its sources.
//!
//! Format 1. The top holds `format`, `kind` (always `iamscope-snapshot`), `created`, `program`,
//! `redacted`, `sources`, `references`, `documents`, `accounts` and `problems`. Whatever is empty or
//! a default is left out.
//!
//! - A *text* is a string, or a list of strings and `{"ref": N}`, N counting from 0 in
//!   `references`: template references that nothing decided. `${Name}` in a string is always the
//!   policy language's own.
//! - A *place* is `[source, line, column]`, the source counting from 0 in `sources`.
//! - A document is referred to by its position in `documents`, where each stands once. There its
//!   `policy` is for reading; what is evaluated are its `statements`.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::iam::{
    Account, Assumed, Attachment, Document, Entry, FederatedProvider, Group, Guard, Identity,
    InlinePolicy, Inventory, ManagedPolicy, OrgLevel, Parameter, ParameterFrom, Part, Place,
    Problem, ResourcePolicy, Role, SNAPSHOT_FORMAT, SNAPSHOT_KIND, Statement, Text, Unresolved,
    User, Version,
};

/// The snapshot of an inventory, taken at a time (RFC 3339).
pub fn snapshot(inventory: &Inventory, created: &str) -> Value {
    let mut writer = Writer::default();
    let accounts: Vec<Value> = inventory
        .accounts
        .iter()
        .map(|account| writer.account(account))
        .collect();
    let sources: Vec<Value> = inventory
        .sources
        .iter()
        .map(|source| json!({ "path": source.path, "kind": source.kind.name() }))
        .collect();
    json!({
        "format": SNAPSHOT_FORMAT,
        "kind": SNAPSHOT_KIND,
        "created": created,
        "program": concat!("iamscope ", env!("CARGO_PKG_VERSION")),
        "redacted": false,
        "sources": sources,
        "references": writer.references,
        "documents": writer.documents,
        "accounts": accounts,
        "problems": list(&inventory.problems, problem),
    })
}

/// The text of a snapshot: a line for each document and each entity, so that two of them compare
/// well.
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

/// An object under construction that leaves out what is empty.
#[derive(Default)]
struct Object(Map<String, Value>);

impl Object {
    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        let empty = match &value {
            Value::Null | Value::Bool(false) => true,
            Value::Array(items) => items.is_empty(),
            Value::Object(members) => members.is_empty(),
            Value::Bool(true) | Value::Number(_) | Value::String(_) => false,
        };
        if !empty {
            self.0.insert(name.to_owned(), value);
        }
        self
    }

    fn done(self) -> Value {
        Value::Object(self.0)
    }
}

fn list<T>(items: &[T], each: impl FnMut(&T) -> Value) -> Value {
    items.iter().map(each).collect()
}

fn place(place: Place) -> Value {
    if place == Place::default() {
        return Value::Null;
    }
    json!([place.source.0, place.line, place.column])
}

fn guard(guard: &Guard) -> Value {
    list(guard.requirements(), |requirement| {
        json!([requirement.condition, requirement.holds])
    })
}

fn problem(problem: &Problem) -> Value {
    Object::default()
        .with("severity", problem.severity.name())
        .with("message", problem.message.as_str())
        .with("at", place(problem.place))
        .with("hint", problem.hint.as_deref())
        .done()
}

fn assumed(value: &Assumed<String>) -> Value {
    json!({ "value": value.value, "assumed": value.assumed })
}

#[derive(Default)]
struct Writer {
    references: Vec<Value>,
    documents: Vec<Value>,
    reference_numbers: HashMap<(Unresolved, Place), usize>,
    document_numbers: HashMap<*const Document, usize>,
}

impl Writer {
    fn text(&mut self, text: &Text) -> Value {
        if let Some(plain) = text.as_plain() {
            return Value::from(plain);
        }
        text.to_parts()
            .iter()
            .map(|part| match part {
                Part::Literal(text) => Value::from(&**text),
                Part::Unresolved(reference) => json!({ "ref": self.reference(reference) }),
            })
            .collect()
    }

    fn reference(&mut self, reference: &Unresolved) -> usize {
        let key = (reference.clone(), reference.place);
        if let Some(number) = self.reference_numbers.get(&key) {
            return *number;
        }
        let number = self.references.len();
        self.references.push(
            Object::default()
                .with("name", reference.name.as_str())
                .with("kind", reference.kind.name())
                .with("at", place(reference.place))
                .done(),
        );
        self.reference_numbers.insert(key, number);
        number
    }

    fn optional(&mut self, text: Option<&Text>) -> Value {
        text.map_or(Value::Null, |text| self.text(text))
    }

    fn texts(&mut self, texts: &[Text]) -> Value {
        list(texts, |text| self.text(text))
    }

    fn account(&mut self, account: &Account) -> Value {
        let organisation = &account.organisation;
        let levels = |writer: &mut Self, levels: &Option<Vec<OrgLevel>>| match levels {
            // Absent is not the same as none: nothing was loaded, and decisions say so.
            None => Value::Null,
            Some(levels) => json!({ "levels": list(levels, |level| writer.level(level)) }),
        };
        let organisation = Object::default()
            .with("scps", levels(self, &organisation.scps))
            .with("rcps", levels(self, &organisation.rcps))
            .with("is_management", organisation.is_management)
            .with("org_id", organisation.org_id.as_deref())
            .with("org_path", organisation.org_path.as_deref())
            .done();
        let resources: Map<String, Value> = account
            .resources
            .iter()
            .map(|(name, arn)| (name.clone(), self.text(arn)))
            .collect();
        Object::default()
            .with("name", account.name.as_str())
            .with("id", assumed(&account.id))
            .with("region", assumed(&account.region))
            .with("partition", assumed(&account.partition))
            .with("roles", list(&account.roles, |role| self.role(role)))
            .with("users", list(&account.users, |user| self.user(user)))
            .with("groups", list(&account.groups, |group| self.group(group)))
            .with(
                "policies",
                list(&account.policies, |policy| self.policy(policy)),
            )
            .with(
                "resource_policies",
                list(&account.resource_policies, |policy| {
                    self.resource_policy(policy)
                }),
            )
            .with(
                "providers",
                list(&account.providers, |provider| self.provider(provider)),
            )
            .with("organisation", organisation)
            .with("parameters", list(&account.parameters, parameter))
            .with(
                "unresolved",
                list(&account.unresolved, |unresolved| {
                    Object::default()
                        .with("name", unresolved.name.as_str())
                        .with("kind", unresolved.kind.name())
                        .with("at", place(unresolved.place))
                        .done()
                }),
            )
            .with(
                "undecided",
                list(&account.undecided, |undecided| {
                    Object::default()
                        .with("condition", undecided.condition.as_str())
                        .with("at", place(undecided.place))
                        .done()
                }),
            )
            .with("resources", resources)
            .with("problems", list(&account.problems, problem))
            .done()
    }

    fn level(&mut self, level: &OrgLevel) -> Value {
        let policies = list(
            &level.policies,
            |(name, document)| json!({ "name": name, "document": self.document(document) }),
        );
        Object::default()
            .with("name", level.name.as_str())
            .with("policies", policies)
            .done()
    }

    fn identity(&mut self, identity: &Identity) -> Object {
        let tags: Map<String, Value> = identity
            .tags
            .iter()
            .map(|(name, value)| (name.clone(), self.text(value)))
            .collect();
        Object::default()
            .with("name", self.text(&identity.name))
            .with("arn", self.text(&identity.arn))
            .with("path", self.text(&identity.path))
            .with("logical_id", identity.logical_id.as_deref())
            .with("friendly", identity.friendly.as_deref())
            .with("unique_id", identity.unique_id.as_deref())
            .with("description", identity.description.as_deref())
            .with("at", place(identity.place))
            .with("guard", guard(&identity.guard))
            .with("tags", tags)
            .with("comment", identity.comment.as_deref())
    }

    fn role(&mut self, role: &Role) -> Value {
        self.identity(&role.identity)
            .with("trust", self.optional_document(role.trust.as_ref()))
            .with("boundary", self.optional_attachment(role.boundary.as_ref()))
            .with("managed", self.attachments(&role.managed))
            .with("inline", self.inline(&role.inline))
            .with("max_session_duration", role.max_session_duration)
            .with("last_used", role.last_used.as_deref())
            .with("instance_profiles", self.texts(&role.instance_profiles))
            .with("external", role.external)
            .done()
    }

    fn user(&mut self, user: &User) -> Value {
        self.identity(&user.identity)
            .with("boundary", self.optional_attachment(user.boundary.as_ref()))
            .with("managed", self.attachments(&user.managed))
            .with("inline", self.inline(&user.inline))
            .with("groups", self.texts(&user.groups))
            .with("external", user.external)
            .done()
    }

    fn group(&mut self, group: &Group) -> Value {
        self.identity(&group.identity)
            .with("managed", self.attachments(&group.managed))
            .with("inline", self.inline(&group.inline))
            .with("external", group.external)
            .done()
    }

    fn policy(&mut self, policy: &ManagedPolicy) -> Value {
        let versions = list(&policy.versions, |version| {
            Object::default()
                .with("id", version.id.as_str())
                .with("default", version.is_default)
                .with("created", version.created.as_deref())
                .with("document", self.document(&version.document))
                .done()
        });
        self.identity(&policy.identity)
            .with("origin", policy.origin.name())
            .with("document", self.optional_document(policy.document.as_ref()))
            .with("versions", versions)
            .with("attached_to", self.texts(&policy.attached_to))
            .done()
    }

    fn attachments(&mut self, attachments: &[Attachment]) -> Value {
        list(attachments, |attachment| self.attachment(attachment))
    }

    fn optional_attachment(&mut self, attachment: Option<&Attachment>) -> Value {
        attachment.map_or(Value::Null, |attachment| self.attachment(attachment))
    }

    fn attachment(&mut self, attachment: &Attachment) -> Value {
        Object::default()
            .with("arn", self.text(&attachment.arn))
            .with("name", self.text(&attachment.name))
            .with("origin", attachment.origin.name())
            .with(
                "document",
                self.optional_document(attachment.document.as_ref()),
            )
            .with("at", place(attachment.place))
            .with("guard", guard(&attachment.guard))
            .done()
    }

    fn inline(&mut self, policies: &[InlinePolicy]) -> Value {
        list(policies, |policy| {
            Object::default()
                .with("name", self.text(&policy.name))
                .with("document", self.document(&policy.document))
                .with("at", place(policy.place))
                .with("logical_id", policy.logical_id.as_deref())
                .with("guard", guard(&policy.guard))
                .done()
        })
    }

    fn resource_policy(&mut self, policy: &ResourcePolicy) -> Value {
        Object::default()
            .with("resource", self.text(&policy.resource))
            .with("type", policy.kind.as_str())
            .with("logical_id", policy.logical_id.as_deref())
            .with("at", place(policy.place))
            .with("guard", guard(&policy.guard))
            .with("document", self.document(&policy.document))
            .done()
    }

    fn provider(&mut self, provider: &FederatedProvider) -> Value {
        Object::default()
            .with("arn", self.text(&provider.arn))
            .with("issuer", self.text(&provider.issuer))
            .with("saml", provider.saml)
            .with("at", place(provider.place))
            .with("logical_id", provider.logical_id.as_deref())
            .done()
    }

    fn optional_document(&mut self, document: Option<&Arc<Document>>) -> Value {
        document.map_or(Value::Null, |document| self.document(document))
    }

    /// The document's number; an inventory keeps its documents alive, so a pointer names one.
    fn document(&mut self, document: &Arc<Document>) -> Value {
        let pointer = Arc::as_ptr(document);
        if let Some(number) = self.document_numbers.get(&pointer) {
            return Value::from(*number);
        }
        let version = match document.version {
            Version::V2008 => "2008-10-17",
            Version::V2012 => "2012-10-17",
        };
        let written = Object::default()
            .with("version", version)
            .with("id", self.optional(document.id.as_ref()))
            .with(
                "statements",
                list(&document.statements, |statement| self.statement(statement)),
            )
            .with("problems", list(&document.problems, problem))
            .with("at", place(document.place))
            .with("unreadable", document.unreadable)
            .with("policy", document.json())
            .done();
        let number = self.documents.len();
        self.documents.push(written);
        self.document_numbers.insert(pointer, number);
        Value::from(number)
    }

    fn statement(&mut self, statement: &Statement) -> Value {
        let principal = statement.principal.as_ref().map_or(Value::Null, |element| {
            let values = list(&element.entries, |entry| {
                json!([entry.kind.name(), self.entry(&entry.entry)])
            });
            element_object(element.not, values, element.place)
        });
        let action = statement.action.as_ref().map_or(Value::Null, |element| {
            element_object(element.not, self.entries(&element.entries), element.place)
        });
        let resource = statement.resource.as_ref().map_or(Value::Null, |element| {
            element_object(element.not, self.entries(&element.entries), element.place)
        });
        let conditions = list(&statement.conditions, |condition| {
            Object::default()
                .with("operator", condition.operator_text.as_str())
                .with("key", self.text(&condition.key))
                .with("values", self.entries(&condition.values))
                .with("at", place(condition.place))
                .done()
        });
        Object::default()
            .with("number", statement.number)
            .with("at", place(statement.place))
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
            .with("at", place(entry.place))
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
}

fn element_object(not: bool, values: Value, at: Place) -> Value {
    // `values` is kept when empty: an empty list matches nothing, an absent element is another thing.
    let mut members = Object::default().with("not", not).with("at", place(at)).0;
    members.insert("values".to_owned(), values);
    Value::Object(members)
}

fn parameter(parameter: &Parameter) -> Value {
    // A secret's value does not leave the program.
    let shown = |value: &Option<String>| value.clone().filter(|_| !parameter.secret);
    Object::default()
        .with("name", parameter.name.as_str())
        .with("type", parameter.kind.as_str())
        .with("value", shown(&parameter.value))
        .with(
            "from",
            parameter.from.map(|from| match from {
                ParameterFrom::Default => "default",
                ParameterFrom::Given => "given",
            }),
        )
        .with("default", shown(&parameter.default))
        .with("allowed", parameter.allowed.clone())
        .with("description", parameter.description.as_deref())
        .with("secret", parameter.secret)
        .with("placeholder", parameter.placeholder)
        .with("at", place(parameter.place))
        .with("used_by", parameter.used_by.clone())
        .done()
}
