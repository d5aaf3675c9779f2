//! `iamscope tree --format json`: everything loaded, as one object.

use serde_json::{Value, json};

use crate::iam::{
    Account, Attachment, Document, Group, Identity, InlinePolicy, Inventory, ManagedPolicy,
    Parameter, Place, Placeholder, Problem, ResourcePolicy, Role, Text, User,
};

/// The inventory as JSON. Unresolved parts are written as `${Name}`; members are described in the
/// page about formats.
pub fn tree_json(inventory: &Inventory) -> Value {
    let writer = Writer { inventory };
    let accounts = || inventory.accounts.iter();
    let sources = inventory.sources.iter();
    let problems = accounts().flat_map(Account::all_problems);
    let problems = inventory.problems.iter().chain(problems);
    json!({
        "format": 1,
        "sources": sources
            .map(|source| json!({"path": source.path, "kind": source.kind.name()}))
            .collect::<Vec<_>>(),
        "roles": list(accounts().flat_map(|account| &account.roles), |role| writer.role(role)),
        "users": list(accounts().flat_map(|account| &account.users), |user| writer.user(user)),
        "groups": list(accounts().flat_map(|account| &account.groups), |group| {
            writer.group(group)
        }),
        "policies": list(accounts().flat_map(|account| &account.policies), |policy| {
            writer.managed_policy(policy)
        }),
        "resource_policies": list(
            accounts().flat_map(|account| &account.resource_policies),
            |policy| writer.resource_policy(policy),
        ),
        "providers": list(accounts().flat_map(|account| &account.providers), |provider| {
            json!({
                "arn": provider.arn.to_string(),
                "issuer": provider.issuer.to_string(),
                "type": if provider.saml { "saml" } else { "oidc" },
                "id": provider.logical_id,
                "file": writer.file(provider.place),
                "line": line(provider.place),
            })
        }),
        "parameters": list(accounts().flat_map(|account| &account.parameters), |parameter| {
            writer.parameter(parameter)
        }),
        "placeholders": list(accounts().flat_map(|account| &account.placeholders), |placeholder| {
            writer.placeholder(placeholder)
        }),
        "unresolved": list(accounts().flat_map(|account| &account.unresolved), |unresolved| {
            json!({
                "name": unresolved.name,
                "kind": unresolved.kind.name(),
                "file": writer.file(unresolved.place),
                "line": line(unresolved.place),
            })
        }),
        "undecided": list(accounts().flat_map(|account| &account.undecided), |undecided| {
            json!({
                "condition": undecided.condition,
                "file": writer.file(undecided.place),
                "line": line(undecided.place),
            })
        }),
        "problems": list(problems, |problem| writer.problem(problem)),
    })
}

fn list<T>(items: impl Iterator<Item = T>, write: impl Fn(T) -> Value) -> Value {
    Value::Array(items.map(write).collect())
}

/// Lines count from 1; a source without lines has none.
fn line(place: Place) -> Option<u32> {
    place.is_known().then_some(place.line)
}

/// The document as JSON for reading; `null` where it could not be read as one.
fn policy(document: &Document) -> Value {
    match document.json() {
        policy @ Value::Object(_) => policy,
        _ => Value::Null,
    }
}

fn names(texts: &[Text]) -> Vec<String> {
    texts.iter().map(Text::to_string).collect()
}

struct Writer<'a> {
    inventory: &'a Inventory,
}

impl Writer<'_> {
    fn file(&self, place: Place) -> Option<&str> {
        self.inventory.path_of(place)
    }

    /// What every entity has.
    fn identity(&self, identity: &Identity) -> serde_json::Map<String, Value> {
        let guard = &identity.guard;
        let tags = identity.tags.iter();
        let tags: serde_json::Map<String, Value> = tags
            .map(|(key, value)| (key.clone(), value.to_string().into()))
            .collect();
        let mut members = serde_json::Map::new();
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("name", identity.name.to_string().into());
        put("arn", identity.arn.to_string().into());
        put("path", identity.path.to_string().into());
        put("id", identity.logical_id.clone().into());
        put("file", self.file(identity.place).into());
        put("line", line(identity.place).into());
        put(
            "condition",
            (!guard.is_always()).then(|| guard.to_string()).into(),
        );
        put("friendly", identity.friendly.clone().into());
        put("description", identity.description.clone().into());
        put("tags", tags.into());
        // Only what AWS made has one.
        if let Some(id) = &identity.unique_id {
            put("unique_id", id.as_str().into());
        }
        members
    }

    fn role(&self, role: &Role) -> Value {
        let mut members = self.identity(&role.identity);
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("trust", role.trust.as_deref().map(policy).into());
        put("boundary", boundary(role.boundary.as_ref()));
        put("managed", managed(&role.managed));
        put("inline", inline(&role.inline));
        put("max_session_duration", role.max_session_duration.into());
        put("instance_profiles", names(&role.instance_profiles).into());
        put("last_used", role.last_used.clone().into());
        put("external", role.external.into());
        Value::Object(members)
    }

    fn user(&self, user: &User) -> Value {
        let mut members = self.identity(&user.identity);
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("groups", names(&user.groups).into());
        put("boundary", boundary(user.boundary.as_ref()));
        put("managed", managed(&user.managed));
        put("inline", inline(&user.inline));
        put("external", user.external.into());
        Value::Object(members)
    }

    fn group(&self, group: &Group) -> Value {
        let mut members = self.identity(&group.identity);
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("managed", managed(&group.managed));
        put("inline", inline(&group.inline));
        put("external", group.external.into());
        Value::Object(members)
    }

    fn managed_policy(&self, managed: &ManagedPolicy) -> Value {
        let mut members = self.identity(&managed.identity);
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        let versions = managed.versions.iter();
        put("origin", managed.origin.name().into());
        put("attached_to", names(&managed.attached_to).into());
        put(
            "versions",
            versions
                .map(|version| json!({"id": version.id, "default": version.is_default, "created": version.created}))
                .collect(),
        );
        put("policy", managed.document.as_deref().map(policy).into());
        Value::Object(members)
    }

    fn resource_policy(&self, owned: &ResourcePolicy) -> Value {
        json!({
            "resource": owned.resource.to_string(),
            "type": owned.kind,
            "id": owned.logical_id,
            "file": self.file(owned.place),
            "line": line(owned.place),
            "condition": (!owned.guard.is_always()).then(|| owned.guard.to_string()),
            "policy": policy(&owned.document),
        })
    }

    fn parameter(&self, parameter: &Parameter) -> Value {
        let shown = |value: &Option<String>| match value {
            Some(_) if parameter.secret => Value::Null,
            value => value.clone().into(),
        };
        json!({
            "name": parameter.name,
            "value": shown(&parameter.value),
            "from": parameter.from.map(crate::iam::ParameterFrom::name),
            "type": parameter.kind,
            "default": shown(&parameter.default),
            "allowed": parameter.allowed,
            "description": parameter.description,
            "secret": parameter.secret,
            "placeholder": parameter.placeholder,
            "used_by": parameter.used_by,
            "file": self.file(parameter.place),
            "line": line(parameter.place),
        })
    }

    fn placeholder(&self, placeholder: &Placeholder) -> Value {
        json!({
            "text": placeholder.text,
            "value": placeholder.value,
            "used_by": placeholder.used_by,
            "file": self.file(placeholder.place),
            "line": line(placeholder.place),
        })
    }

    fn problem(&self, problem: &Problem) -> Value {
        let place = problem.place;
        json!({
            "severity": problem.severity.name(),
            "message": problem.message,
            "file": self.file(place),
            "line": line(place),
            "column": place.is_known().then_some(place.column),
            "hint": problem.hint,
        })
    }
}

fn boundary(boundary: Option<&Attachment>) -> Value {
    let Some(boundary) = boundary else {
        return Value::Null;
    };
    json!({
        "arn": boundary.arn.to_string(),
        "policy": boundary.document.as_deref().map(policy),
    })
}

fn managed(attachments: &[Attachment]) -> Value {
    list(attachments.iter(), |attached| {
        json!({
            "name": attached.name.to_string(),
            "arn": attached.arn.to_string(),
            "origin": attached.origin.name(),
            "condition": (!attached.guard.is_always()).then(|| attached.guard.to_string()),
            "policy": attached.document.as_deref().map(policy),
        })
    })
}

fn inline(policies: &[InlinePolicy]) -> Value {
    list(policies.iter(), |inline| {
        json!({
            "name": inline.name.to_string(),
            "id": inline.logical_id,
            "condition": (!inline.guard.is_always()).then(|| inline.guard.to_string()),
            "policy": policy(&inline.document),
        })
    })
}
