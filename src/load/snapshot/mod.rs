//! A snapshot that this program wrote: `report` describes the format.
//!
//! Every number in it (references, documents, sources) is checked: a file that somebody else made
//! gives an error that names the part, never a guess.
//!
//! It is never one tree: documents and entities are read one at a time, on all cores, and only what
//! they come to is kept.

mod at;
mod documents;
mod entities;
mod parts;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use at::At;
use parts::Parts;

use crate::iam::{
    Account, Assumed, Document, Guard, Inventory, OrgLevel, OrgPolicies, Parameter, ParameterFrom,
    Part, Place, Problem, SNAPSHOT_FORMAT, SNAPSHOT_KIND, Severity, Source, SourceId, SourceKind,
    Text, Undecided, Unresolved, UnresolvedKind, UnresolvedUse,
};

/// A snapshot that cannot be read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SnapshotError {
    /// Text that is not JSON.
    #[error("not JSON: {0}")]
    Json(String),
    /// JSON that is something else.
    #[error("not a snapshot of iamscope: its `kind` is not `{SNAPSHOT_KIND}`")]
    Kind,
    /// Written by a later version of this program.
    #[error(
        "a snapshot of format {0}, which this version cannot read (it reads up to {SNAPSHOT_FORMAT}): a newer iamscope wrote it, so update iamscope to open it"
    )]
    Later(u64),
    /// A part that is not as this program writes it.
    #[error("the snapshot is damaged: `{path}` {message}")]
    Damaged {
        /// Which part: `accounts.0.roles.3`.
        path: String,
        /// What is wrong with it.
        message: String,
    },
}

type Read<T> = Result<T, SnapshotError>;

/// Whether a text begins like a snapshot; cheap, for telling formats apart.
pub fn is_snapshot(text: &str) -> bool {
    let mut end = text.len().min(512);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].contains(SNAPSHOT_KIND)
}

/// Reads a snapshot. Its sources are numbered from `first`, so that its places stay right when they
/// are put behind other sources.
///
/// # Errors
/// Text that is no snapshot, one of a later format, or one that is damaged.
pub fn read(text: &str, first: SourceId) -> Read<Inventory> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let not_json = |error: serde_json::Error| SnapshotError::Json(error.to_string());
    serde_json::from_str::<IgnoredAny>(text).map_err(not_json)?;
    let top = Parts::of(text, &["documents", "accounts"]).map_err(not_json)?;
    if top.rest["kind"] != SNAPSHOT_KIND {
        return Err(SnapshotError::Kind);
    }
    match top.rest["format"].as_u64() {
        Some(1..=SNAPSHOT_FORMAT) => {}
        Some(later) if later > SNAPSHOT_FORMAT => return Err(SnapshotError::Later(later)),
        _ => return Err(damaged("format", "is not a number from 1")),
    }
    Reader::new(first).inventory(&top)
}

fn damaged(path: impl Into<String>, message: impl Into<String>) -> SnapshotError {
    SnapshotError::Damaged {
        path: path.into(),
        message: message.into(),
    }
}

struct Reader {
    first: u32,
    references: Vec<Arc<Unresolved>>,
    documents: Vec<Arc<Document>>,
}

impl Reader {
    fn new(first: SourceId) -> Self {
        Reader {
            first: first.0,
            references: Vec::new(),
            documents: Vec::new(),
        }
    }

    fn inventory(mut self, parts: &Parts<'_>) -> Read<Inventory> {
        let top = At {
            value: &parts.rest,
            name: "",
            index: None,
            parent: None,
        };
        let sources = top.member("sources").list(|source| {
            Ok(Source {
                path: source.member("path").string()?,
                kind: source.member("kind").one_of(source_kind)?,
            })
        })?;
        self.references = top.member("references").list(|reference| {
            Ok(Arc::new(Unresolved {
                name: reference.member("name").string()?,
                kind: reference.member("kind").one_of(unresolved_kind)?,
                place: self.place(&reference.member("at"))?,
            }))
        })?;
        self.documents = parts.all(&top, "documents", |document| {
            self.document(document).map(Arc::new)
        })?;
        let mut accounts = parts.each(&top, "accounts", |account, text| {
            let long = ["roles", "users", "groups", "policies"];
            let parts = Parts::of(text, &long).map_err(|error| account.not_json(&error))?;
            self.account(&account.holding(&parts.rest), &parts)
        })?;
        let taken = taken(&top)?;
        for account in &mut accounts {
            let place = Place::whole(SourceId(self.first));
            account.problems.push(Problem::note(place, taken.clone()));
        }
        Ok(Inventory {
            sources,
            accounts,
            problems: self.problems(&top.member("problems"))?,
        })
    }

    fn place(&self, at: &At<'_>) -> Read<Place> {
        let place = |source: usize, line: usize, column: usize| {
            let number = |value| u32::try_from(value).ok();
            let source = self.first.checked_add(number(source)?)?;
            Some(Place::new(SourceId(source), number(line)?, number(column)?))
        };
        if at.is_null() {
            return Ok(Place::whole(SourceId(self.first)));
        }
        match at.list(|item| item.number())?.as_slice() {
            [source, line, column] => place(*source, *line, *column),
            _ => None,
        }
        .ok_or_else(|| at.wrong("a place of source, line and column"))
    }

    fn guard(&self, at: &At<'_>) -> Read<Guard> {
        let mut guard = Guard::always();
        at.list(|requirement| {
            let condition = requirement.value.get(0).and_then(Value::as_str);
            let holds = requirement.value.get(1).and_then(Value::as_bool);
            match (condition, holds) {
                (Some(condition), Some(holds)) => guard = guard.and(condition, holds),
                _ => return Err(requirement.wrong("a condition and whether it holds")),
            }
            Ok(())
        })?;
        Ok(guard)
    }

    fn text(&self, at: &At<'_>) -> Read<Text> {
        match at.value {
            Value::String(text) => Ok(Text::plain(text.as_str())),
            Value::Array(_) => {
                let parts = at.list(|part| match part.value {
                    Value::String(text) => Ok(Part::Literal(text.as_str().into())),
                    _ => self.reference(&part.member("ref")).map(Part::Unresolved),
                })?;
                Ok(Text::from_parts(parts))
            }
            _ => Err(at.wrong("a text")),
        }
    }

    fn reference(&self, at: &At<'_>) -> Read<Arc<Unresolved>> {
        let found = self.references.get(at.number()?).cloned();
        found.ok_or_else(|| at.wrong("the number of a reference"))
    }

    fn optional_text(&self, at: &At<'_>) -> Read<Option<Text>> {
        if at.is_null() {
            return Ok(None);
        }
        self.text(at).map(Some)
    }

    fn texts(&self, at: &At<'_>) -> Read<Vec<Text>> {
        at.list(|text| self.text(text))
    }

    fn text_map(&self, at: &At<'_>) -> Read<BTreeMap<String, Text>> {
        let mut all = BTreeMap::new();
        for name in at.object()?.into_iter().flat_map(Map::keys) {
            all.insert(name.clone(), self.text(&at.member(name))?);
        }
        Ok(all)
    }

    fn problems(&self, at: &At<'_>) -> Read<Vec<Problem>> {
        at.list(|problem| {
            let message = problem.member("message").string()?;
            let place = self.place(&problem.member("at"))?;
            let severity = problem.member("severity").one_of(|name| {
                [Severity::Note, Severity::Warning, Severity::Error]
                    .into_iter()
                    .find(|severity| severity.name() == name)
            })?;
            let mut read = Problem::note(place, message);
            read.severity = severity;
            read.hint = problem.member("hint").optional_string()?;
            Ok(read)
        })
    }

    fn account(&self, at: &At<'_>, parts: &Parts<'_>) -> Read<Account> {
        let mut account = Account::new(at.member("name").string()?);
        account.id = assumed(&at.member("id"))?;
        account.region = assumed(&at.member("region"))?;
        account.partition = assumed(&at.member("partition"))?;
        account.roles = parts.all(at, "roles", |role| self.role(role))?;
        account.users = parts.all(at, "users", |user| self.user(user))?;
        account.groups = parts.all(at, "groups", |group| self.group(group))?;
        account.policies = parts.all(at, "policies", |policy| self.policy(policy))?;
        account.resource_policies = at
            .member("resource_policies")
            .list(|policy| self.resource_policy(policy))?;
        account.providers = at
            .member("providers")
            .list(|provider| self.provider(provider))?;
        account.organisation = self.organisation(&at.member("organisation"))?;
        account.parameters = at.member("parameters").list(|one| self.parameter(one))?;
        account.unresolved = at.member("unresolved").list(|unresolved| {
            Ok(UnresolvedUse {
                name: unresolved.member("name").string()?,
                kind: unresolved.member("kind").one_of(unresolved_kind)?,
                place: self.place(&unresolved.member("at"))?,
            })
        })?;
        account.undecided = at.member("undecided").list(|undecided| {
            Ok(Undecided {
                condition: undecided.member("condition").string()?,
                place: self.place(&undecided.member("at"))?,
            })
        })?;
        account.resources = self.text_map(&at.member("resources"))?;
        account.problems = self.problems(&at.member("problems"))?;
        Ok(account)
    }

    fn organisation(&self, at: &At<'_>) -> Read<OrgPolicies> {
        let levels = |at: At<'_>| {
            if at.is_null() {
                return Ok(None);
            }
            let levels = at.member("levels");
            levels.list(|level| self.level(level)).map(Some)
        };
        Ok(OrgPolicies {
            scps: levels(at.member("scps"))?,
            rcps: levels(at.member("rcps"))?,
            is_management: at.member("is_management").flag()?,
            org_id: at.member("org_id").optional_string()?,
            org_path: at.member("org_path").optional_string()?,
        })
    }

    fn level(&self, at: &At<'_>) -> Read<OrgLevel> {
        Ok(OrgLevel {
            name: at.member("name").string()?,
            policies: at.member("policies").list(|policy| {
                let name = policy.member("name").string()?;
                Ok((name, self.document_of(&policy.member("document"))?))
            })?,
        })
    }

    fn parameter(&self, at: &At<'_>) -> Read<Parameter> {
        let from = at.member("from");
        let from = match from.is_null() {
            true => None,
            false => Some(from.one_of(|name| match name {
                "default" => Some(ParameterFrom::Default),
                "given" => Some(ParameterFrom::Given),
                _ => None,
            })?),
        };
        Ok(Parameter {
            name: at.member("name").string()?,
            kind: at.member("type").string()?,
            value: at.member("value").optional_string()?,
            from,
            default: at.member("default").optional_string()?,
            allowed: at.member("allowed").strings()?,
            description: at.member("description").optional_string()?,
            secret: at.member("secret").flag()?,
            placeholder: at.member("placeholder").flag()?,
            place: self.place(&at.member("at"))?,
            used_by: at.member("used_by").strings()?,
        })
    }

    fn document_of(&self, at: &At<'_>) -> Read<Arc<Document>> {
        let found = self.documents.get(at.number()?).cloned();
        found.ok_or_else(|| at.wrong("the number of a document"))
    }

    fn optional_document(&self, at: &At<'_>) -> Read<Option<Arc<Document>>> {
        if at.is_null() {
            return Ok(None);
        }
        self.document_of(at).map(Some)
    }
}

/// When and by what the snapshot was taken, in words.
fn taken(top: &At<'_>) -> Read<String> {
    let created = top.member("created").string()?;
    let program = top.member("program").string()?;
    let masked = if top.member("redacted").flag()? {
        ", redacted: names and ids in it are masks"
    } else {
        ""
    };
    Ok(format!(
        "a snapshot taken at {created} by {program}{masked}"
    ))
}

fn assumed(at: &At<'_>) -> Read<Assumed<String>> {
    Ok(Assumed {
        value: at.member("value").string()?,
        assumed: at.member("assumed").flag()?,
    })
}

fn source_kind(name: &str) -> Option<SourceKind> {
    SourceKind::ALL.into_iter().find(|kind| kind.name() == name)
}

fn unresolved_kind(name: &str) -> Option<UnresolvedKind> {
    UnresolvedKind::ALL
        .into_iter()
        .find(|kind| kind.name() == name)
}
