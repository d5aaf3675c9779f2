//! What support wants to know of one role or user: what it may do, by service and access level, what
//! was tried and refused, and what could not be seen, so that nobody takes the unknown for nothing.

use serde_json::{Map, Value, json};

use crate::analyze::{Capability, GrantsCache, role_capability, user_capability};
use crate::catalog::{self, AccessLevel};
use crate::denial::Denial;
use crate::iam::{Account, Inventory, Severity};
use crate::simulate::{Caller, Decision, Entity, Request};

use super::batch::decision_line;
use super::batch_write::case_name;
use super::denial::denial_json;

/// What was looked at before the report was asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct LookedAt<'a> {
    /// The simulations made, in order.
    pub simulations: &'a [(Request, Decision)],
    /// The denials.
    pub denials: &'a [Denial],
}

/// The report on a caller; `None` where no role or user of the inventory is behind it.
pub fn support_json(
    inventory: &Inventory,
    caller: &Caller<'_>,
    looked_at: LookedAt<'_>,
    created: &str,
) -> Option<Value> {
    let account = caller.account?;
    let cache = GrantsCache::default();
    let (kind, identity, capability) = match caller.entity? {
        Entity::Role(role) => ("role", &role.identity, role_capability(role, &cache)),
        Entity::User(user) => (
            "user",
            &user.identity,
            user_capability(user, account, &cache),
        ),
    };
    let sources = inventory.sources.iter();
    Some(json!({
        "format": 1,
        "created": created,
        "program": concat!("iamscope ", env!("CARGO_PKG_VERSION")),
        "data_date": catalog::data_date(),
        "sources": sources
            .map(|source| json!({ "path": source.path, "kind": source.kind.name() }))
            .collect::<Vec<_>>(),
        "account": { "id": account.id.value, "assumed": account.id.assumed, "name": account.name },
        "kind": kind,
        "name": identity.name.to_string(),
        "arn": identity.arn.to_string(),
        "read_as": notes(account),
        "can": services(&capability),
        "cannot": without(&capability),
        "actions": capability.actions.len(),
        "withheld_by_boundary": capability.cut_by_boundary,
        "withheld_by_deny": capability.denied,
        "simulations": looked_at
            .simulations
            .iter()
            .map(|(request, decision)| simulation(request, decision))
            .collect::<Vec<_>>(),
        "denials": looked_at.denials.iter().map(denial_json).collect::<Vec<_>>(),
        "not_known": not_known(account, &capability),
    }))
}

fn services(capability: &Capability) -> Vec<Value> {
    let services = capability.by_service.iter();
    services
        .map(|service| {
            let actions = service.service.actions();
            json!({
                "service": service.service.prefix(),
                "actions": service.count,
                "of": actions.len(),
                "levels": by_level(service.by_level),
                "of_levels": by_level(AccessLevel::ALL.map(|level| {
                    actions.iter().filter(|action| action.level() == level).count()
                })),
            })
        })
        .collect()
}

fn by_level(counts: [usize; 5]) -> Map<String, Value> {
    let levels = AccessLevel::ALL.into_iter().zip(counts);
    levels
        .filter(|(_, count)| *count > 0)
        .map(|(level, count)| (level.name().to_owned(), json!(count)))
        .collect()
}

/// The services of which it may do nothing.
fn without(capability: &Capability) -> Vec<&'static str> {
    let with = capability.by_service.iter();
    let services = catalog::index().services().iter();
    services
        .map(|service| service.prefix())
        .filter(|prefix| !with.clone().any(|one| one.service.prefix() == *prefix))
        .collect()
}

fn simulation(request: &Request, decision: &Decision) -> Value {
    let resources = request.resources.iter();
    let mut line = decision_line(Some(&case_name(request)), decision, false);
    line["action"] = json!(request.action);
    line["resources"] = resources.map(|one| one.arn.to_string()).collect();
    line
}

/// As whom a live account was read, or when a snapshot of it was taken.
fn notes(account: &Account) -> Vec<&str> {
    let notes = account.problems.iter();
    let notes = notes.filter(|note| note.severity == Severity::Note && note.hint.is_none());
    notes.map(|note| note.message.as_str()).collect()
}

/// What decisions about the caller would depend on, and what loading could not read.
fn not_known(account: &Account, capability: &Capability) -> Vec<String> {
    let policies = capability.not_loaded.iter();
    let mut all: Vec<String> = policies
        .map(|name| format!("the policy `{name}` was not loaded"))
        .collect();
    if capability.boundary_not_loaded {
        all.push("the permissions boundary was not loaded".to_owned());
    }
    if capability.open {
        all.push("parts of its policies are unresolved".to_owned());
    }
    if account.organisation.scps.is_none() {
        all.push("service control policies were not loaded".to_owned());
    }
    if account.organisation.rcps.is_none() {
        all.push("resource control policies were not loaded".to_owned());
    }
    let problems = account.problems.iter();
    let problems = problems.filter(|problem| problem.severity != Severity::Note);
    all.extend(problems.map(|problem| problem.message.clone()));
    all
}
