//! Which context keys are worth asking for: those that occur in statements whose other parts already
//! match, and that a request of this caller for this action could hold.

use crate::catalog;
use crate::iam::{Effect, Statement, global_key};

use super::compile::{CompiledDocument, CompiledPolicy, Policies};
use super::context::KeyState;
use super::guards::Assignment;
use super::keys::Key;
use super::statement::{CompiledStatement, Scope, names_callers};
use super::{Missing, Request};

/// A context key whose value could change a decision.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SuggestedKey {
    /// Its canonical name.
    pub name: String,
    /// The type of its values where known: `String`, `ARN`, `Bool`, ...
    pub kind: Option<&'static str>,
    /// Whether a request may hold several values of it.
    pub is_list: bool,
    /// The values that policies compare it with, each once, in their order.
    pub values: Vec<String>,
    /// The statements that test it: policy and statement, as decisions refer to them.
    pub tested_by: Vec<(String, String)>,
    /// Whether a statement that denies tests it.
    pub in_deny: bool,
    /// Whether the outcome or its kind hangs on it.
    pub changes_decision: bool,
}

/// The keys worth asking for, those that change the decision first.
pub fn suggested_keys(policies: &Policies, request: &Request) -> Vec<SuggestedKey> {
    let mut asked = request.clone();
    asked.context.missing = Missing::Unknown;
    let prepared = policies.prepare(&asked);
    let depends_on = policies.settle(&prepared, &prepared.legs).depends_on;
    let mut found: Vec<SuggestedKey> = Vec::new();
    for leg in &prepared.legs {
        let scope = policies.scope(&prepared, leg, Assignment::default());
        for policy in policies.reaching(leg) {
            let Some(compiled) = &policy.document else {
                continue;
            };
            for statement in compiled.candidates(leg.service_hash) {
                in_statement(policy, compiled, statement, scope, &mut found);
            }
        }
    }
    for key in &mut found {
        key.changes_decision = depends_on.contains(&key.name);
    }
    found.sort_by(|left, right| {
        (right.changes_decision, &left.name).cmp(&(left.changes_decision, &right.name))
    });
    found
}

/// Adds the unknown keys of a statement of which everything else matches or may match.
fn in_statement(
    policy: &CompiledPolicy,
    compiled: &CompiledDocument,
    statement: &CompiledStatement,
    scope: Scope<'_>,
    found: &mut Vec<SuggestedKey>,
) {
    let applies = statement.matches::<()>(scope, &policy.name);
    let excluded = names_callers(policy.kind) && statement.covers_caller::<()>(scope).is_no();
    if applies.is_no() || excluded {
        return;
    }
    let source = compiled
        .document
        .statements
        .iter()
        .find(|source| source.number == statement.number);
    let keys = &scope.leg.keys;
    let is_open = |key: &Key| matches!(keys.get(key), KeyState::Unknown);
    for (at, condition) in statement.conditions.iter().enumerate() {
        if is_open(&condition.key) {
            let values = source
                .and_then(|source: &Statement| source.conditions.get(at))
                .map(|test| test.values.iter().map(|value| value.text.to_string()))
                .into_iter()
                .flatten();
            add(found, &condition.key, values.collect(), policy, statement);
        }
        for variable in condition
            .variables()
            .filter(|variable| is_open(&variable.key))
        {
            add(found, &variable.key, Vec::new(), policy, statement);
        }
    }
    for entry in statement.resources.iter().flat_map(|own| &own.entries) {
        for variable in entry.pattern.variables() {
            if is_open(&variable.key) {
                add(found, &variable.key, Vec::new(), policy, statement);
            }
        }
    }
}

fn add(
    found: &mut Vec<SuggestedKey>,
    key: &Key,
    values: Vec<String>,
    policy: &CompiledPolicy,
    statement: &CompiledStatement,
) {
    let name = key.canonical();
    let at = match found.iter().position(|known| known.name == name) {
        Some(at) => at,
        None => {
            let documented = catalog::condition_key(&name);
            let global = global_key(&name);
            found.push(SuggestedKey {
                kind: documented.map(|known| known.kind.name()),
                is_list: global.map_or_else(
                    || documented.is_some_and(|known| known.multi_valued),
                    |known| known.many,
                ),
                name,
                values: Vec::new(),
                tested_by: Vec::new(),
                in_deny: false,
                changes_decision: false,
            });
            found.len() - 1
        }
    };
    let Some(own) = found.get_mut(at) else {
        return;
    };
    for value in values {
        if !own.values.contains(&value) {
            own.values.push(value);
        }
    }
    let reference = (policy.name.clone(), statement.reference.to_string());
    if !own.tested_by.contains(&reference) {
        own.tested_by.push(reference);
    }
    own.in_deny |= statement.may(Effect::Deny);
}
