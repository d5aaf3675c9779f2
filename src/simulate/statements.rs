//! The trace of statements: which apply, and which nearly do.

use crate::iam::{BaseOperator, Effect};

use super::compile::{CompiledDocument, CompiledPolicy};
use super::conditions::CompiledCondition;
use super::context::KeyState;
use super::depends::{Depends, Labels, Tri};
use super::failures::Failures;
use super::principals::Class;
use super::statement::{CompiledStatement, Scope, names_callers};
use super::{FailedPart, Matched, NearMiss, PartKind, StatementRef};

/// A near miss fails in this many parts at most.
const MOST_FAILED_PARTS: usize = 2;

/// What the statements of some policies do with a leg.
#[derive(Debug, Default)]
pub(super) struct Statements {
    pub(super) matched: Vec<Matched>,
    pub(super) near_misses: Vec<NearMiss>,
    pub(super) count: usize,
}

impl Statements {
    /// Goes through every statement. `grants` for the policy of a resource, whose allows have to name the
    /// caller.
    pub(super) fn of<'p>(
        policies: impl IntoIterator<Item = &'p CompiledPolicy>,
        scope: Scope<'_>,
        grants: bool,
    ) -> Self {
        let mut all = Statements::default();
        for policy in policies {
            let Some(compiled) = &policy.document else {
                continue;
            };
            all.count += compiled.statements.len();
            for statement in &compiled.statements {
                all.add(policy, compiled, statement, scope, grants);
            }
        }
        all.near_misses.sort_by_key(|miss| distance(&miss.failed));
        all
    }

    fn add(
        &mut self,
        policy: &CompiledPolicy,
        compiled: &CompiledDocument,
        statement: &CompiledStatement,
        scope: Scope<'_>,
        grants: bool,
    ) {
        let for_callers = names_callers(policy.kind);
        let caller: Tri<Labels> = match for_callers {
            true => caller_part(statement, scope, grants),
            false => Tri::yes(),
        };
        let applies = statement
            .matches::<Labels>(scope, &policy.name)
            .and(caller.clone())
            .and(scope.given.holds(&policy.guard));
        if !applies.is_no() {
            self.matched.push(Matched {
                statement: reference(policy, compiled, statement),
                applies: applies.truth,
                depends_on: applies.depends.0.into_iter().collect(),
                because_absent: because_absent(statement, scope),
            });
            return;
        }
        let action = statement.action::<()>(scope);
        let near = !action.is_no()
            || statement
                .actions
                .as_ref()
                .is_some_and(|actions| actions.touches_service(scope.leg));
        if !near {
            return;
        }
        let resource = statement.resource::<()>(scope);
        let conditions: Vec<&CompiledCondition> = statement
            .conditions
            .iter()
            .filter(|condition| statement.condition::<()>(condition, scope).is_no())
            .collect();
        let count = usize::from(action.is_no())
            + usize::from(resource.is_no())
            + usize::from(caller.is_no())
            + conditions.len();
        // None at all: only the conditions of a template are in the way.
        if count == 0 || count > MOST_FAILED_PARTS {
            return;
        }
        let Some(source) = compiled
            .document
            .statements
            .iter()
            .find(|source| source.number == statement.number)
        else {
            return;
        };
        let failures = Failures {
            source,
            statement,
            scope,
        };
        let mut failed = Vec::with_capacity(count);
        if action.is_no() {
            failed.push(failures.action());
        }
        if resource.is_no() {
            failed.push(failures.resource());
        }
        if caller.is_no() {
            failed.push(failures.principal(grants));
        }
        for condition in conditions {
            failed.push(failures.condition(condition));
        }
        self.near_misses.push(NearMiss {
            statement: reference(policy, compiled, statement),
            failed,
        });
    }
}

/// Whether the principal part covers the caller, or, for an allow of a resource's policy, grants to it.
fn caller_part<D: Depends>(
    statement: &CompiledStatement,
    scope: Scope<'_>,
    grants: bool,
) -> Tri<D> {
    let mut covered = Tri::no();
    if statement.may(Effect::Deny) {
        covered = covered.or(statement.covers_caller(scope));
    }
    if statement.may(Effect::Allow) {
        if grants {
            statement.grants(scope, |_: Class, named| {
                covered = covered.clone().or(named);
            });
        } else if !statement.principals.as_ref().is_some_and(|own| own.not) {
            covered = covered.or(statement.covers_caller(scope));
        }
    }
    covered
}

/// How far a near miss is from applying: fewer parts first, then those that are easier to be wrong
/// about.
fn distance(failed: &[FailedPart]) -> (usize, usize) {
    let weight = failed.iter().map(|part| match part.part {
        PartKind::Condition(_) => 0,
        PartKind::Resource => 1,
        PartKind::Principal => 2,
        PartKind::Action => 3,
    });
    (failed.len(), weight.sum())
}

/// Keys by whose absence alone a condition holds; those asked for by `Null` are meant to be absent.
fn because_absent(statement: &CompiledStatement, scope: Scope<'_>) -> Vec<String> {
    let mut keys = Vec::new();
    for condition in &statement.conditions {
        let Some(operator) = condition.operator else {
            continue;
        };
        let no_value = match scope.leg.keys.get(&condition.key) {
            KeyState::Absent => true,
            KeyState::Many(values) => {
                values.is_empty() || operator.set.is_some() && values.iter().all(String::is_empty)
            }
            _ => false,
        };
        let holds = no_value && statement.condition::<()>(condition, scope).is_yes();
        if holds && operator.base != BaseOperator::Null {
            let key = condition.key.canonical();
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    keys
}

fn reference(
    policy: &CompiledPolicy,
    compiled: &CompiledDocument,
    statement: &CompiledStatement,
) -> StatementRef {
    StatementRef {
        policy: policy.name.clone(),
        kind: policy.kind,
        statement: statement.reference.to_string(),
        number: statement.number,
        document: compiled.document.clone(),
        place: statement.place,
        effect: statement.effect,
    }
}
