//! Changes where a Deny applies: it is narrowed just enough.

use crate::iam::{Effect, Entry, SessionKind, Statement, Text};
use crate::simulate::{KeyValue, Layer, LayerKind, Leg, PolicySet, Request, Truth};

use super::super::change::{Change, List, has_effect};
use super::super::covered;
use super::allow::principal_value;
use super::place::{PolicyAt, is_aws_managed};
use super::width::{Reach, Width, actions_on, reach};
use super::{Candidate, What};

pub(super) fn candidates(
    request: &Request,
    set: &PolicySet,
    leg: &Leg,
    layer: &Layer,
) -> Vec<Candidate> {
    let denies = layer.matched.iter().filter(|matched| {
        matched.statement.effect == Some(Effect::Deny) && matched.applies != Truth::No
    });
    let mut candidates = Vec::new();
    for matched in denies {
        let Some(at) = PolicyAt::find(layer.kind, set, &matched.statement.document) else {
            continue;
        };
        let Some(policy) = at.get(set) else {
            continue;
        };
        if is_aws_managed(policy) && layer.kind == LayerKind::Identity {
            // AWS's own policy cannot be changed, only taken away.
            candidates.push(Candidate {
                at,
                what: What::Detach,
                width: whole(policy.document.as_deref()),
            });
            continue;
        }
        let statements = policy.document.iter().flat_map(|own| &own.statements);
        let own = statements
            .into_iter()
            .find(|own| own.number == matched.statement.number)
            .filter(|own| has_effect(own, Effect::Deny));
        if let Some(statement) = own {
            let changes = narrowed(request, leg, layer.kind, statement);
            candidates.extend(changes.into_iter().map(|(change, width)| Candidate {
                at,
                what: What::Change(change),
                width,
            }));
            let alone = policy
                .document
                .as_ref()
                .is_some_and(|own| own.statements.len() == 1);
            let what = match alone {
                false => Some(What::Change(Change::Drop {
                    statement: statement.number,
                })),
                true => at.can_detach().then_some(What::Detach),
            };
            candidates.extend(what.map(|what| Candidate {
                at,
                what,
                width: all_of(statement, leg),
            }));
        }
    }
    candidates
}

/// Everything that a policy denies.
fn whole(document: Option<&crate::iam::Document>) -> Width {
    let mut actions = crate::catalog::ActionSet::empty();
    for statement in document.iter().flat_map(|own| &own.statements) {
        if statement.effect == Some(Effect::Deny) {
            actions.union_with(&covered(statement).effective);
        }
    }
    let width = Width::resources(Reach::Everything);
    width.with_actions(actions, "")
}

/// Everything that a statement denies.
fn all_of(statement: &Statement, leg: &Leg) -> Width {
    let mut width = Width::resources(beyond(statement, leg));
    width.other_callers = statement.principal.is_some();
    width.with_actions(covered(statement).effective, &leg.action)
}

/// The reach of a statement beyond the resource of the request.
fn beyond(statement: &Statement, leg: &Leg) -> Reach {
    match reach(statement) {
        Reach::Patterns(patterns) if patterns == [leg.resource.to_string()] => Reach::Request,
        reach => reach,
    }
}

/// Ways to make a Deny miss the request.
fn narrowed(
    request: &Request,
    leg: &Leg,
    layer: LayerKind,
    statement: &Statement,
) -> Vec<(Change, Width)> {
    let mut changes = Vec::new();
    let number = statement.number;
    let elsewhere = beyond(statement, leg);
    // In a policy that names callers, what is lifted is lifted for all of them.
    let others = |mut width: Width| {
        width.other_callers = statement.principal.is_some();
        width
    };
    let by_action = others(Width::resources(elsewhere.clone()));
    let by_resource = || {
        let actions = actions_on(statement, &leg.resource);
        others(Width::nothing().with_actions(actions, &leg.action))
    };
    if let Some(element) = &statement.action {
        let action = Text::plain(leg.action.as_str());
        let change = if element.not {
            Some(Change::Add {
                statement: number,
                list: List::Action,
                entry: action,
            })
        } else if is_everything(&element.entries) {
            Some(Change::Except {
                statement: number,
                list: List::Action,
                entry: action,
            })
        } else {
            let named = |text: &str| text.eq_ignore_ascii_case(&leg.action);
            taken_out(&element.entries, named, number, List::Action)
        };
        changes.extend(change.map(|change| (change, by_action)));
    }
    if let Some(element) = &statement.resource {
        let resource = leg.resource.clone();
        let change = if element.not {
            Some(Change::Add {
                statement: number,
                list: List::Resource,
                entry: resource,
            })
        } else if is_everything(&element.entries) && resource != *"*" {
            Some(Change::Except {
                statement: number,
                list: List::Resource,
                entry: resource,
            })
        } else {
            let named = |text: &str| leg.resource == *text;
            taken_out(&element.entries, named, number, List::Resource)
        };
        changes.extend(change.map(|change| (change, by_resource())));
    }
    let by_condition = || {
        let mut width = Width::resources(elsewhere.clone());
        width.other_circumstances = true;
        others(width.with_actions(covered(statement).effective, &leg.action))
    };
    for at in 0..statement.conditions.len() {
        let change = other_value(request, leg, statement, at);
        changes.extend(change.map(|change| (change, by_condition())));
    }
    let spared = statement
        .principal
        .as_ref()
        .is_some_and(|element| element.not);
    if spared
        && request.principal.kind == SessionKind::Service
        && let Some((kind, value)) = principal_value(request)
    {
        let width = Width::resources(elsewhere.clone());
        changes.push((
            Change::Add {
                statement: number,
                list: List::Principal(kind),
                entry: Text::plain(value),
            },
            width.with_actions(covered(statement).effective, &leg.action),
        ));
    }
    if let Some(exception) = exception(request, layer, number) {
        let mut width = Width::resources(elsewhere);
        width = width.with_actions(covered(statement).effective, &leg.action);
        changes.push((exception, width));
    }
    changes
}

fn is_everything(entries: &[Entry]) -> bool {
    matches!(entries, [only] if only.text == *"*")
}

/// Takes the entry that is exactly this one out of a list that has others.
fn taken_out(
    entries: &[Entry],
    named: impl Fn(&str) -> bool,
    statement: usize,
    list: List,
) -> Option<Change> {
    let position = entries
        .iter()
        .position(|entry| entry.text.as_plain().is_some_and(&named))?;
    (entries.len() > 1).then_some(Change::Remove {
        statement,
        list,
        position,
    })
}

/// Lets a condition of a Deny miss: the value of the request becomes one of those spared, or is
/// no longer among those hit.
fn other_value(request: &Request, leg: &Leg, statement: &Statement, at: usize) -> Option<Change> {
    let condition = statement.conditions.get(at)?;
    let operator = condition.operator?;
    let key = condition.key.as_plain()?;
    let actual = actual(request, leg, key)?;
    let list = List::Condition(at);
    if operator.base.is_negated() {
        return Some(Change::Add {
            statement: statement.number,
            list,
            entry: Text::plain(actual),
        });
    }
    taken_out(
        &condition.values,
        |text| text == actual,
        statement.number,
        list,
    )
}

/// The value that the request has for a key, where it is certain.
fn actual(request: &Request, leg: &Leg, key: &str) -> Option<String> {
    if let Some(KeyValue::One(value)) = request.context.get(key) {
        return Some(value.clone());
    }
    let region = || {
        let arn = leg.resource.as_plain().and_then(crate::iam::Arn::parse)?;
        (!arn.region.is_empty()).then(|| arn.region.to_owned())
    };
    match key.to_ascii_lowercase().as_str() {
        "aws:principalarn" => principal_value(request).map(|(_, value)| value),
        "aws:principalaccount" => request.principal.account.clone(),
        "aws:requestedregion" => region(),
        _ => None,
    }
}

/// An exception for this caller.
fn exception(request: &Request, layer: LayerKind, statement: usize) -> Option<Change> {
    let (_, arn) = principal_value(request)?;
    // A session's own policy has no other caller to deny.
    (layer != LayerKind::Session && arn.starts_with("arn:")).then(|| Change::Condition {
        statement,
        operator: "ArnNotLike",
        key: "aws:PrincipalArn",
        value: Text::plain(arn),
    })
}
