//! A snapshot that this program wrote: `report` describes the format.
//!
//! Every number in it (references, documents, sources) is checked: a file that somebody else made
//! gives an error that names the part, never a guess.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::iam::{
    Account, ActionElement, Assumed, Attachment, Condition, Document, Effect, Entry,
    FederatedProvider, Group, Guard, Identity, InlinePolicy, Inventory, ManagedPolicy, Operator,
    OrgLevel, OrgPolicies, Origin, Parameter, ParameterFrom, Part, Place, PolicyVersion,
    PrincipalElement, PrincipalEntry, PrincipalType, Problem, ResourceElement, ResourcePolicy,
    Role, SNAPSHOT_FORMAT, SNAPSHOT_KIND, Severity, Source, SourceId, SourceKind, Statement, Text,
    Undecided, Unresolved, UnresolvedKind, UnresolvedUse, User, Version,
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
    let value: Value =
        serde_json::from_str(text).map_err(|error| SnapshotError::Json(error.to_string()))?;
    if value["kind"] != SNAPSHOT_KIND {
        return Err(SnapshotError::Kind);
    }
    match value["format"].as_u64() {
        Some(1..=SNAPSHOT_FORMAT) => {}
        Some(later) if later > SNAPSHOT_FORMAT => return Err(SnapshotError::Later(later)),
        _ => return Err(damaged("format", "is not a number from 1")),
    }
    Reader::new(first).inventory(&value)
}

fn damaged(path: impl Into<String>, message: impl Into<String>) -> SnapshotError {
    SnapshotError::Damaged {
        path: path.into(),
        message: message.into(),
    }
}

/// A value and where it stands, for messages.
#[derive(Clone, Copy)]
struct At<'a> {
    value: &'a Value,
    name: &'a str,
    index: Option<usize>,
    parent: Option<&'a At<'a>>,
}

static NULL: Value = Value::Null;

impl<'a> At<'a> {
    fn member(&'a self, name: &'a str) -> At<'a> {
        At {
            value: self.value.get(name).unwrap_or(&NULL),
            name,
            index: None,
            parent: Some(self),
        }
    }

    fn wrong(&self, expected: &str) -> SnapshotError {
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

    fn is_null(&self) -> bool {
        self.value.is_null()
    }

    fn string(&self) -> Read<String> {
        let text = self.value.as_str().ok_or_else(|| self.wrong("a string"))?;
        Ok(text.to_owned())
    }

    fn optional_string(&self) -> Read<Option<String>> {
        if self.is_null() {
            return Ok(None);
        }
        self.string().map(Some)
    }

    fn flag(&self) -> Read<bool> {
        match self.value {
            Value::Null => Ok(false),
            Value::Bool(value) => Ok(*value),
            _ => Err(self.wrong("true or false")),
        }
    }

    fn number(&self) -> Read<usize> {
        self.value
            .as_u64()
            .and_then(|number| usize::try_from(number).ok())
            .ok_or_else(|| self.wrong("a number"))
    }

    /// The items of a list; none where it is left out.
    fn list<T>(&self, mut each: impl FnMut(&At<'_>) -> Read<T>) -> Read<Vec<T>> {
        let items: &[Value] = match self.value {
            Value::Null => &[],
            Value::Array(items) => items,
            _ => return Err(self.wrong("a list")),
        };
        items
            .iter()
            .enumerate()
            .map(|(index, value)| {
                each(&At {
                    value,
                    name: "",
                    index: Some(index),
                    parent: Some(self),
                })
            })
            .collect()
    }

    fn strings(&self) -> Read<Vec<String>> {
        self.list(|item| item.string())
    }

    fn object(&self) -> Read<Option<&'a Map<String, Value>>> {
        match self.value {
            Value::Null => Ok(None),
            Value::Object(members) => Ok(Some(members)),
            _ => Err(self.wrong("an object")),
        }
    }

    /// One of a set of names.
    fn one_of<T>(&self, find: impl Fn(&str) -> Option<T>) -> Read<T> {
        self.value
            .as_str()
            .and_then(find)
            .ok_or_else(|| self.wrong("a name that this version knows"))
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

    fn inventory(mut self, value: &Value) -> Read<Inventory> {
        let top = At {
            value,
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
        self.documents = top
            .member("documents")
            .list(|document| self.document(document).map(Arc::new))?;
        let mut accounts = top
            .member("accounts")
            .list(|account| self.account(account))?;
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

    fn account(&self, at: &At<'_>) -> Read<Account> {
        let mut account = Account::new(at.member("name").string()?);
        account.id = assumed(&at.member("id"))?;
        account.region = assumed(&at.member("region"))?;
        account.partition = assumed(&at.member("partition"))?;
        account.roles = at.member("roles").list(|role| self.role(role))?;
        account.users = at.member("users").list(|user| self.user(user))?;
        account.groups = at.member("groups").list(|group| self.group(group))?;
        account.policies = at.member("policies").list(|policy| self.policy(policy))?;
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

    fn identity(&self, at: &At<'_>) -> Read<Identity> {
        Ok(Identity {
            name: self.text(&at.member("name"))?,
            arn: self.text(&at.member("arn"))?,
            path: self.text(&at.member("path"))?,
            logical_id: at.member("logical_id").optional_string()?,
            friendly: at.member("friendly").optional_string()?,
            unique_id: at.member("unique_id").optional_string()?,
            description: at.member("description").optional_string()?,
            place: self.place(&at.member("at"))?,
            guard: self.guard(&at.member("guard"))?,
            tags: self.text_map(&at.member("tags"))?,
            comment: at.member("comment").optional_string()?.map(Into::into),
        })
    }

    fn role(&self, at: &At<'_>) -> Read<Role> {
        let duration = at.member("max_session_duration");
        let duration = match duration.is_null() {
            true => None,
            false => {
                Some(u32::try_from(duration.number()?).map_err(|_| duration.wrong("a duration"))?)
            }
        };
        Ok(Role {
            identity: self.identity(at)?,
            trust: self.optional_document(&at.member("trust"))?,
            boundary: self.boundary(at)?,
            managed: self.attachments(at)?,
            inline: self.inline(at)?,
            max_session_duration: duration,
            last_used: at.member("last_used").optional_string()?,
            instance_profiles: self.texts(&at.member("instance_profiles"))?,
            external: at.member("external").flag()?,
        })
    }

    fn user(&self, at: &At<'_>) -> Read<User> {
        Ok(User {
            identity: self.identity(at)?,
            boundary: self.boundary(at)?,
            managed: self.attachments(at)?,
            inline: self.inline(at)?,
            groups: self.texts(&at.member("groups"))?,
            external: at.member("external").flag()?,
        })
    }

    fn group(&self, at: &At<'_>) -> Read<Group> {
        Ok(Group {
            identity: self.identity(at)?,
            managed: self.attachments(at)?,
            inline: self.inline(at)?,
            external: at.member("external").flag()?,
        })
    }

    fn policy(&self, at: &At<'_>) -> Read<ManagedPolicy> {
        Ok(ManagedPolicy {
            identity: self.identity(at)?,
            origin: at.member("origin").one_of(origin)?,
            document: self.optional_document(&at.member("document"))?,
            versions: at.member("versions").list(|version| {
                Ok(PolicyVersion {
                    id: version.member("id").string()?,
                    is_default: version.member("default").flag()?,
                    created: version.member("created").optional_string()?,
                    document: self.document_of(&version.member("document"))?,
                })
            })?,
            attached_to: self.texts(&at.member("attached_to"))?,
        })
    }

    fn boundary(&self, entity: &At<'_>) -> Read<Option<Attachment>> {
        let at = entity.member("boundary");
        if at.is_null() {
            return Ok(None);
        }
        self.attachment(&at).map(Some)
    }

    fn attachments(&self, entity: &At<'_>) -> Read<Vec<Attachment>> {
        entity.member("managed").list(|at| self.attachment(at))
    }

    fn attachment(&self, at: &At<'_>) -> Read<Attachment> {
        Ok(Attachment {
            arn: self.text(&at.member("arn"))?,
            name: self.text(&at.member("name"))?,
            origin: at.member("origin").one_of(origin)?,
            document: self.optional_document(&at.member("document"))?,
            place: self.place(&at.member("at"))?,
            guard: self.guard(&at.member("guard"))?,
        })
    }

    fn inline(&self, entity: &At<'_>) -> Read<Vec<InlinePolicy>> {
        entity.member("inline").list(|at| {
            Ok(InlinePolicy {
                name: self.text(&at.member("name"))?,
                document: self.document_of(&at.member("document"))?,
                place: self.place(&at.member("at"))?,
                logical_id: at.member("logical_id").optional_string()?,
                guard: self.guard(&at.member("guard"))?,
            })
        })
    }

    fn resource_policy(&self, at: &At<'_>) -> Read<ResourcePolicy> {
        Ok(ResourcePolicy {
            resource: self.text(&at.member("resource"))?,
            kind: at.member("type").string()?,
            logical_id: at.member("logical_id").optional_string()?,
            place: self.place(&at.member("at"))?,
            guard: self.guard(&at.member("guard"))?,
            document: self.document_of(&at.member("document"))?,
        })
    }

    fn provider(&self, at: &At<'_>) -> Read<FederatedProvider> {
        Ok(FederatedProvider {
            arn: self.text(&at.member("arn"))?,
            issuer: self.text(&at.member("issuer"))?,
            saml: at.member("saml").flag()?,
            place: self.place(&at.member("at"))?,
            logical_id: at.member("logical_id").optional_string()?,
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

    fn document(&self, at: &At<'_>) -> Read<Document> {
        let mut document = Document::default();
        document.version = at.member("version").one_of(|name| match name {
            "2012-10-17" => Some(Version::V2012),
            "2008-10-17" => Some(Version::V2008),
            _ => None,
        })?;
        document.id = self.optional_text(&at.member("id"))?;
        document.statements = at.member("statements").list(|one| self.statement(one))?;
        document.problems = self.problems(&at.member("problems"))?;
        document.place = self.place(&at.member("at"))?;
        document.unreadable = at.member("unreadable").flag()?;
        Ok(document.with_json(at.member("policy").value))
    }

    fn statement(&self, at: &At<'_>) -> Read<Statement> {
        let effect = at.member("effect");
        let effect = match effect.is_null() {
            true => None,
            false => Some(effect.one_of(|name| match name {
                "Allow" => Some(Effect::Allow),
                "Deny" => Some(Effect::Deny),
                _ => None,
            })?),
        };
        let principal = at.member("principal");
        let principal = match principal.is_null() {
            true => None,
            false => Some(PrincipalElement {
                not: principal.member("not").flag()?,
                entries: principal.member("values").list(|one| self.principal(one))?,
                place: self.place(&principal.member("at"))?,
            }),
        };
        let action = self.element(&at.member("action"))?;
        let resource = self.element(&at.member("resource"))?;
        Ok(Statement {
            number: at.member("number").number()?,
            place: self.place(&at.member("at"))?,
            guard: self.guard(&at.member("guard"))?,
            sid: self.optional_text(&at.member("sid"))?,
            effect,
            principal,
            action: action.map(|(not, entries, place)| ActionElement {
                not,
                entries,
                place,
            }),
            resource: resource.map(|(not, entries, place)| ResourceElement {
                not,
                entries,
                place,
            }),
            conditions: at.member("conditions").list(|one| self.condition(one))?,
            unreadable: at.member("unreadable").flag()?,
            comment: at.member("comment").optional_string()?.map(Into::into),
        })
    }

    fn element(&self, at: &At<'_>) -> Read<Option<(bool, Vec<Entry>, Place)>> {
        if at.is_null() {
            return Ok(None);
        }
        let entries = at.member("values").list(|one| self.entry(one))?;
        let place = self.place(&at.member("at"))?;
        Ok(Some((at.member("not").flag()?, entries, place)))
    }

    fn principal(&self, at: &At<'_>) -> Read<PrincipalEntry> {
        let [kind, entry] = at.value.as_array().map_or([&NULL, &NULL], |pair| {
            [pair.first().unwrap_or(&NULL), pair.get(1).unwrap_or(&NULL)]
        });
        let inside = |value, name| At {
            value,
            name,
            index: None,
            parent: Some(at),
        };
        let known = [
            PrincipalType::Everyone,
            PrincipalType::Aws,
            PrincipalType::Service,
            PrincipalType::Federated,
            PrincipalType::CanonicalUser,
        ];
        Ok(PrincipalEntry {
            kind: inside(kind, "0")
                .one_of(|name| known.into_iter().find(|kind| kind.name() == name))?,
            entry: self.entry(&inside(entry, "1"))?,
        })
    }

    fn condition(&self, at: &At<'_>) -> Read<Condition> {
        let operator_text = at.member("operator").string()?;
        Ok(Condition {
            operator: Operator::parse(&operator_text),
            operator_text,
            key: self.text(&at.member("key"))?,
            values: at.member("values").list(|one| self.entry(one))?,
            place: self.place(&at.member("at"))?,
        })
    }

    fn entry(&self, at: &At<'_>) -> Read<Entry> {
        if !at.value.is_object() {
            return Ok(Entry {
                text: self.text(at)?,
                place: self.place(&at.member("at"))?,
                guard: Guard::always(),
                comment: None,
            });
        }
        Ok(Entry {
            text: self.text(&at.member("text"))?,
            place: self.place(&at.member("at"))?,
            guard: self.guard(&at.member("guard"))?,
            comment: at.member("comment").optional_string()?.map(Into::into),
        })
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

fn origin(name: &str) -> Option<Origin> {
    [Origin::Aws, Origin::Customer, Origin::External]
        .into_iter()
        .find(|origin| origin.name() == name)
}
