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
//! - A document is referred to by its position in `documents`, where each stands once, however many entities
//!   it is the same for. There its
//!   `policy` is for reading; what is evaluated are its `statements`.

mod documents;
mod entities;
mod layout;

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use self::layout::{Lines, Object};
use crate::iam::{
    Account, Assumed, Document, Guard, Inventory, OrgLevel, Parameter, ParameterFrom, Part, Place,
    Problem, SNAPSHOT_FORMAT, SNAPSHOT_KIND, Source, SourceId, Text, Unresolved,
};

pub use self::layout::to_text;

/// What a snapshot is taken of.
#[derive(Clone, Copy, Debug)]
pub struct Snapshot<'a> {
    sources: &'a [Source],
    /// The source that is the first in the file.
    first: SourceId,
    accounts: &'a [Account],
    problems: &'a [Problem],
}

impl<'a> Snapshot<'a> {
    /// Everything that was loaded.
    pub fn of(inventory: &'a Inventory) -> Self {
        Snapshot {
            sources: &inventory.sources,
            first: SourceId(0),
            accounts: &inventory.accounts,
            problems: &inventory.problems,
        }
    }

    /// One account that was loaded as source number `number`, perhaps beside others.
    pub fn of_account(source: &'a Source, number: SourceId, account: &'a Account) -> Self {
        Snapshot {
            sources: std::slice::from_ref(source),
            first: number,
            accounts: std::slice::from_ref(account),
            problems: &[],
        }
    }

    /// Its text, taken at a time (RFC 3339). Entities become text one at a time: a tree of a whole
    /// account would take many times what the account does.
    pub fn text(self, created: &str) -> String {
        let mut writer = Writer {
            first: self.first,
            ..Writer::default()
        };
        let accounts: Vec<String> = self
            .accounts
            .iter()
            .map(|account| writer.account(account))
            .collect();
        let problems = list(self.problems, |problem| writer.problem(problem));
        let sources = list(
            self.sources,
            |source| json!({ "path": source.path, "kind": source.kind.name() }),
        );
        let mut text = Lines::new(0)
            .kept("format", SNAPSHOT_FORMAT)
            .kept("kind", SNAPSHOT_KIND)
            .kept("created", created)
            .kept("program", concat!("iamscope ", env!("CARGO_PKG_VERSION")))
            .kept("redacted", false)
            .kept("sources", sources)
            .kept("references", writer.references)
            .kept_list(
                "documents",
                writer.documents.iter().map(|text| (**text).to_owned()),
            )
            .kept_list("accounts", accounts.into_iter())
            .kept("problems", problems)
            .done();
        text.push('\n');
        text
    }

    /// The same as a tree, for what needs all of it at once.
    pub fn value(self, created: &str) -> Value {
        serde_json::from_str(&self.text(created)).unwrap_or_default()
    }
}

fn list<T>(items: &[T], each: impl FnMut(&T) -> Value) -> Value {
    items.iter().map(each).collect()
}

fn guard(guard: &Guard) -> Value {
    list(guard.requirements(), |requirement| {
        json!([requirement.condition, requirement.holds])
    })
}

fn assumed(value: &Assumed<String>) -> Value {
    json!({ "value": value.value, "assumed": value.assumed })
}

#[derive(Default)]
struct Writer {
    first: SourceId,
    references: Vec<Value>,
    documents: Vec<Arc<str>>,
    reference_numbers: HashMap<(Unresolved, Place), usize>,
    document_numbers: HashMap<*const Document, usize>,
    text_numbers: HashMap<Arc<str>, usize>,
}

impl Writer {
    /// A place, its source counted as in the file.
    fn place(&self, place: Place) -> Value {
        let source = place.source.0.saturating_sub(self.first.0);
        if (source, place.line, place.column) == (0, 0, 0) {
            return Value::Null;
        }
        json!([source, place.line, place.column])
    }

    fn problem(&self, problem: &Problem) -> Value {
        Object::default()
            .with("severity", problem.severity.name())
            .with("message", problem.message.as_str())
            .with("at", self.place(problem.place))
            .with("hint", problem.hint.as_deref())
            .done()
    }

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
                .with("at", self.place(reference.place))
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

    fn account(&mut self, account: &Account) -> String {
        let resources: Map<String, Value> = account
            .resources
            .iter()
            .map(|(name, arn)| (name.clone(), self.text(arn)))
            .collect();
        Lines::new(2)
            .with("name", account.name.as_str())
            .with("id", assumed(&account.id))
            .with("region", assumed(&account.region))
            .with("partition", assumed(&account.partition))
            .list(
                "roles",
                account.roles.iter().map(|role| self.role(role).to_string()),
            )
            .list(
                "users",
                account.users.iter().map(|user| self.user(user).to_string()),
            )
            .list(
                "groups",
                account
                    .groups
                    .iter()
                    .map(|group| self.group(group).to_string()),
            )
            .list(
                "policies",
                account
                    .policies
                    .iter()
                    .map(|policy| self.policy(policy).to_string()),
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
            .with("organisation", self.organisation(account))
            .with(
                "parameters",
                list(&account.parameters, |parameter| self.parameter(parameter)),
            )
            .with(
                "unresolved",
                list(&account.unresolved, |unresolved| {
                    Object::default()
                        .with("name", unresolved.name.as_str())
                        .with("kind", unresolved.kind.name())
                        .with("at", self.place(unresolved.place))
                        .done()
                }),
            )
            .with(
                "undecided",
                list(&account.undecided, |undecided| {
                    Object::default()
                        .with("condition", undecided.condition.as_str())
                        .with("at", self.place(undecided.place))
                        .done()
                }),
            )
            .with("resources", resources)
            .with(
                "problems",
                list(&account.problems, |problem| self.problem(problem)),
            )
            .done()
    }

    fn organisation(&mut self, account: &Account) -> Value {
        let organisation = &account.organisation;
        let levels = |writer: &mut Self, levels: &Option<Vec<OrgLevel>>| match levels {
            // Absent is not the same as none: nothing was loaded, and decisions say so.
            None => Value::Null,
            Some(levels) => json!({ "levels": list(levels, |level| writer.level(level)) }),
        };
        Object::default()
            .with("scps", levels(self, &organisation.scps))
            .with("rcps", levels(self, &organisation.rcps))
            .with("is_management", organisation.is_management)
            .with("org_id", organisation.org_id.as_deref())
            .with("org_path", organisation.org_path.as_deref())
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

    fn parameter(&self, parameter: &Parameter) -> Value {
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
            .with("at", self.place(parameter.place))
            .with("used_by", parameter.used_by.clone())
            .done()
    }
}
