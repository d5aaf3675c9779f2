//! A request as it is typed, decided.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::catalog;
use crate::explain::{Page, decision_page};
use crate::iam::{Document, Inventory, PolicyKind};
use crate::simulate::{
    Caller, Context, Decision, KeyValue, LayerKind, Missing, NamedPolicy, Policies, PolicyLevel,
    PolicySet, Request, RequestResource, action_written, organisation_facts, owner_id, owner_of,
    policies_for, resource_written, session_legs,
};

use super::super::index::Index;
use super::super::item::Entity;
use super::super::simulating::entity_of;
use super::form::Field;

/// A policy given beside those that were loaded.
#[derive(Clone, Debug)]
pub struct Extra {
    /// The part it plays.
    pub kind: PolicyKind,
    /// What to call it.
    pub name: String,
    /// The level of the organisation at which it stands, for a control policy.
    pub level: Option<String>,
    /// What it says.
    pub document: Arc<Document>,
}

/// A request as it is typed.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Who asks.
    pub principal: String,
    /// The action.
    pub action: String,
    /// The resources, with spaces between them.
    pub resource: String,
    /// Keys of the context and their values: `key=value`, `!key` for one that is not in the request.
    pub context: Vec<String>,
    /// Policies beside those that were loaded.
    pub extras: Vec<Extra>,
    /// Layers that are left out.
    pub off: BTreeSet<LayerKind>,
}

/// The answer to a request.
#[derive(Clone, Debug)]
pub struct Answered {
    /// What was asked.
    pub request: Request,
    /// The decision with all its reasons.
    pub decision: Decision,
    /// The decision in words.
    pub page: Page,
    /// The resource that was taken, where none was typed.
    pub resource: Option<String>,
    /// The role or user that asks, where it is among what was loaded.
    pub caller: Option<Entity>,
}

/// Why a request cannot be decided yet.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Trouble {
    /// The field to look at.
    pub field: Field,
    /// What is missing or wrong.
    pub words: String,
}

/// A request as it was typed, and every policy that it meets.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What is asked.
    pub request: Request,
    /// The policies in play.
    pub policies: PolicySet,
    resource: Option<String>,
    caller: Option<Entity>,
}

/// Reads a request.
///
/// # Errors
/// What is missing or wrong in a field.
pub fn asked(query: &Query, inventory: &Inventory) -> Result<Asked, Trouble> {
    let principal = query.principal.trim();
    if principal.is_empty() {
        return Err(trouble(
            Field::Principal,
            "who asks? a role, a user, an ARN, service:NAME, root or anonymous",
        ));
    }
    let caller = Caller::find(inventory, principal)
        .map_err(|error| trouble(Field::Principal, error.to_string()))?;
    let action = action(query.action.trim())?;
    let context = context(&query.context);
    let (resources, assumed) = resources(query.resource.trim(), &action)?;
    let mut resources: Vec<RequestResource> = resources
        .iter()
        .map(|text| {
            let written = resource_written(inventory, text);
            let written = written.map_err(|error| trouble(Field::Resource, error.to_string()))?;
            Ok(RequestResource::new(written))
        })
        .collect::<Result<_, Trouble>>()?;
    for resource in &mut resources {
        resource.account = owner_id(inventory, &caller, &resource.arn);
    }
    let Some(first) = resources.first().map(|resource| resource.arn.clone()) else {
        return Err(trouble(Field::Resource, "on which resource?"));
    };
    let mut policies = policies_for(inventory, &caller, &action, &resources);
    join(&mut policies, &query.extras);
    leave_out(&mut policies, &query.off);
    let request = Request {
        also_requires: session_legs(&action, &context),
        organisation: organisation_facts(&caller, owner_of(inventory, &first)),
        resources,
        context,
        ..Request::new(caller.principal.clone(), action, "*")
    };
    Ok(Asked {
        request,
        policies,
        resource: assumed,
        caller: entity_of(&caller, inventory),
    })
}

impl Asked {
    /// Decides it.
    pub fn decide(&self, index: &Index) -> Decision {
        Policies::compile_with(&self.policies, |document, kind| {
            index.compiled(document, kind)
        })
        .evaluate(&self.request)
    }
}

/// Decides a request.
///
/// # Errors
/// What is missing or wrong in a field.
pub fn ask(query: &Query, inventory: &Inventory, index: &Index) -> Result<Answered, Trouble> {
    let asked = asked(query, inventory)?;
    let decision = asked.decide(index);
    Ok(Answered {
        page: decision_page(&asked.request, &decision),
        decision,
        request: asked.request,
        resource: asked.resource,
        caller: asked.caller,
    })
}

fn trouble(field: Field, words: impl Into<String>) -> Trouble {
    Trouble {
        field,
        words: words.into(),
    }
}

fn action(text: &str) -> Result<String, Trouble> {
    if text.is_empty() {
        return Err(trouble(Field::Action, "which action?"));
    }
    action_written(text).map_err(|error| trouble(Field::Action, error.to_string()))
}

/// The resources asked for; `*` for an action that has no resource types.
fn resources(text: &str, action: &str) -> Result<(Vec<String>, Option<String>), Trouble> {
    if !text.is_empty() {
        return Ok((text.split_whitespace().map(str::to_owned).collect(), None));
    }
    let Some(known) = catalog::action(action) else {
        return Err(trouble(
            Field::Resource,
            format!("on which resource? `{action}` is not in the catalogue"),
        ));
    };
    if !known.action.has_resource_types() {
        return Ok((vec!["*".to_owned()], Some("*".to_owned())));
    }
    let types: Vec<String> = known
        .resource_types
        .iter()
        .map(|used| format!("{} {}", used.name, used.arn))
        .collect();
    Err(trouble(
        Field::Resource,
        format!("on which resource? {}", types.join("  or  ")),
    ))
}

fn context(rows: &[String]) -> Context {
    let mut context = Context::default();
    context.missing = Missing::Unknown;
    for row in rows {
        let row = row.trim();
        if let Some(key) = row.strip_prefix('!') {
            context.set(key.trim(), KeyValue::Absent);
            continue;
        }
        let Some((key, value)) = row.split_once('=') else {
            continue;
        };
        let (key, value) = (key.trim(), value.trim());
        if key.is_empty() || value.is_empty() {
            continue;
        }
        let value = match serde_json::from_str::<Vec<String>>(value) {
            Ok(values) => KeyValue::Many(values),
            Err(_) => KeyValue::One(value.to_owned()),
        };
        // A key given twice has both values.
        let value = match (context.get(key), value) {
            (Some(KeyValue::One(first)), KeyValue::One(second)) => {
                KeyValue::Many(vec![first.clone(), second])
            }
            (Some(KeyValue::Many(before)), KeyValue::One(next)) => {
                let mut all = before.clone();
                all.push(next);
                KeyValue::Many(all)
            }
            (_, value) => value,
        };
        context.set(key, value);
    }
    context
}

/// Puts policies in place of, or beside, those that were loaded.
fn join(set: &mut PolicySet, extras: &[Extra]) {
    for extra in extras {
        let name = extra.name.clone();
        let policy = NamedPolicy::new(name, extra.kind, extra.document.clone());
        match extra.kind {
            PolicyKind::Identity => set.identity.push(policy),
            PolicyKind::Boundary => set.boundary = Some(policy),
            PolicyKind::Resource | PolicyKind::Trust => set.set_resource(Some(policy)),
            PolicyKind::Vpce => set.endpoint = Some(policy),
            PolicyKind::Session => set.session.get_or_insert_default().push(policy),
            PolicyKind::Scp => add_level(&mut set.scps, extra.level.as_deref(), policy),
            PolicyKind::Rcp => add_level(&mut set.rcps, extra.level.as_deref(), policy),
        }
    }
}

// Among the policies of the level of that name, which allow together; else a level of its own below
// the others, which limits whatever they allow.
fn add_level(levels: &mut Option<Vec<PolicyLevel>>, name: Option<&str>, policy: NamedPolicy) {
    let levels = levels.get_or_insert_default();
    let known = levels.iter_mut().find(|level| Some(&*level.name) == name);
    match known {
        Some(level) => level.policies.push(policy),
        None => levels.push(PolicyLevel {
            name: name.map_or_else(|| policy.name.clone(), str::to_owned),
            policies: vec![policy],
        }),
    }
}

fn leave_out(set: &mut PolicySet, off: &BTreeSet<LayerKind>) {
    for layer in off {
        match layer {
            LayerKind::Credential | LayerKind::Partition => {}
            LayerKind::Rcp => set.rcps = None,
            LayerKind::Scp => set.scps = None,
            LayerKind::Vpce => set.endpoint = None,
            LayerKind::Resource => set.set_resource(None),
            LayerKind::Identity => set.identity.clear(),
            LayerKind::Boundary => set.boundary = None,
            LayerKind::Session => set.session = None,
        }
    }
}

impl Answered {
    /// The keys that could change the answer.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let depends = self.decision.depends_on.iter().map(String::as_str);
        depends.filter(|what| {
            let others = ["template:", "statement:", "policy:"];
            !others.iter().any(|other| what.starts_with(other))
        })
    }
}
