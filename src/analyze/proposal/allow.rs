//! Changes where something would have to allow and does not: a new statement, or one more entry
//! in a statement that nearly applies.

use crate::iam::{Effect, PrincipalType, SessionKind, Statement, Text};
use crate::simulate::{
    FailedPart, KeyValue, Layer, LayerKind, Leg, NearMiss, PartKind, PolicySet, Request,
};

use super::super::change::{Change, List, NewStatement, has_effect};
use super::place::{PolicyAt, is_aws_managed};
use super::width::{Reach, Width, actions_on, reach, reach_as_pattern};
use super::{Candidate, What};

/// Near misses that are tried.
const MOST_NEAR: usize = 12;

pub(super) fn candidates(
    request: &Request,
    set: &PolicySet,
    leg: &Leg,
    layer: &Layer,
) -> Vec<Candidate> {
    let near: Vec<(PolicyAt, &NearMiss)> = layer
        .near_misses
        .iter()
        .filter(|near| near.statement.effect == Some(Effect::Allow))
        .filter_map(|near| {
            let at = PolicyAt::find(layer.kind, set, &near.statement.document)?;
            Some((at, near))
        })
        .take(MOST_NEAR)
        .collect();
    let mut candidates: Vec<Candidate> = near
        .iter()
        .filter_map(|(at, near)| extend(request, set, leg, *at, near))
        .collect();
    candidates.extend(new_statement(
        request,
        set,
        leg,
        layer,
        near.first().map(|(at, _)| *at),
    ));
    candidates
}

/// One more entry in a statement that misses by one part.
fn extend(
    request: &Request,
    set: &PolicySet,
    leg: &Leg,
    at: PolicyAt,
    near: &NearMiss,
) -> Option<Candidate> {
    let [failed] = near.failed.as_slice() else {
        return None;
    };
    let policy = at.get(set)?;
    if is_aws_managed(policy) && at != PolicyAt::Boundary {
        return None;
    }
    let document = policy.document.as_ref()?;
    let statement = document
        .statements
        .iter()
        .find(|statement| statement.number == near.statement.number)?;
    has_effect(statement, Effect::Allow).then_some(())?;
    let (change, width) = match &failed.part {
        PartKind::Action => action(statement, leg)?,
        PartKind::Resource => resource(statement, leg)?,
        PartKind::Principal => principal(request, statement, leg)?,
        PartKind::Condition(_) => condition(statement, failed)?,
    };
    Some(Candidate {
        at,
        what: What::Change(change),
        width,
    })
}

fn action(statement: &Statement, leg: &Leg) -> Option<(Change, Width)> {
    let element = statement.action.as_ref()?;
    let number = statement.number;
    let change = if element.not {
        // Allow with NotAction: the action is one of those left out.
        let excluded = |entry: &crate::iam::Entry| {
            entry
                .text
                .as_plain()
                .is_some_and(|text| text.eq_ignore_ascii_case(&leg.action))
        };
        Change::Remove {
            statement: number,
            list: List::Action,
            position: element.entries.iter().position(excluded)?,
        }
    } else {
        Change::Add {
            statement: number,
            list: List::Action,
            entry: Text::plain(leg.action.as_str()),
        }
    };
    let reach = match reach(statement) {
        // The statement names this very resource and no other.
        Reach::Patterns(patterns) if patterns == [leg.resource.to_string()] => Reach::Request,
        reach => reach,
    };
    Some((change, Width::resources(reach)))
}

fn resource(statement: &Statement, leg: &Leg) -> Option<(Change, Width)> {
    let element = statement.resource.as_ref()?;
    let number = statement.number;
    let actions = actions_on(statement, &leg.resource);
    let reach = reach_as_pattern(&leg.resource, None);
    let width = Width::resources(reach).with_actions(actions, &leg.action);
    let change = if element.not {
        let excluded = |entry: &crate::iam::Entry| entry.text == leg.resource;
        Change::Remove {
            statement: number,
            list: List::Resource,
            position: element.entries.iter().position(excluded)?,
        }
    } else {
        known(&leg.resource).then_some(())?;
        Change::Add {
            statement: number,
            list: List::Resource,
            entry: leg.resource.clone(),
        }
    };
    Some((change, width))
}

/// Whether a resource can be written into a policy: it is not one that nobody knows.
fn known(resource: &Text) -> bool {
    resource
        .references()
        .all(|reference| reference.place.is_known())
}

fn principal(request: &Request, statement: &Statement, leg: &Leg) -> Option<(Change, Width)> {
    let element = statement.principal.as_ref()?;
    let (kind, value) = principal_value(request)?;
    (!element.not).then_some(())?;
    let actions = actions_on(statement, &leg.resource);
    let mut width = Width::nothing().with_actions(actions, &leg.action);
    width.reach = match reach(statement) {
        Reach::Patterns(patterns) if patterns == [leg.resource.to_string()] => Reach::Request,
        // In the policy of a resource everything is the resource.
        Reach::Everything => Reach::Request,
        reach => reach,
    };
    let change = Change::Add {
        statement: statement.number,
        list: List::Principal(kind),
        entry: Text::plain(value),
    };
    Some((change, width))
}

/// How policies name the caller.
pub(super) fn principal_value(request: &Request) -> Option<(PrincipalType, String)> {
    let principal = &request.principal;
    match principal.kind {
        SessionKind::AssumedRole => Some((PrincipalType::Aws, principal.role_arn.clone()?)),
        SessionKind::User | SessionKind::FederatedUser | SessionKind::Root => {
            Some((PrincipalType::Aws, principal.arn.clone()?))
        }
        SessionKind::Service => Some((PrincipalType::Service, principal.service.clone()?)),
        SessionKind::WebIdentity | SessionKind::Saml => {
            Some((PrincipalType::Federated, principal.provider.clone()?))
        }
        // To let everybody in is never proposed.
        SessionKind::Anonymous => None,
    }
}

/// One more value for a condition that compares with a list.
fn condition(statement: &Statement, failed: &FailedPart) -> Option<(Change, Width)> {
    let position = statement
        .conditions
        .iter()
        .position(|condition| condition.place == failed.place)?;
    let condition = statement.conditions.get(position)?;
    let operator = condition.operator?;
    let actual = failed.actual.clone()?;
    let name = operator.base.name();
    let listable = [
        "StringEquals",
        "StringLike",
        "ArnEquals",
        "ArnLike",
        "IpAddress",
        "NumericEquals",
    ]
    .iter()
    .any(|prefix| name.starts_with(prefix));
    let list = List::Condition(position);
    let change = if operator.base.is_negated() {
        let same = |entry: &crate::iam::Entry| entry.text == *actual.as_str();
        Change::Remove {
            statement: statement.number,
            list,
            position: condition.values.iter().position(same)?,
        }
    } else {
        listable.then_some(())?;
        Change::Add {
            statement: statement.number,
            list,
            entry: Text::plain(actual),
        }
    };
    let mut width = Width::nothing().with_actions(super::super::covered(statement).effective, "");
    width.reach = reach(statement);
    width.other_circumstances = true;
    Some((change, width))
}

/// A statement of its own for exactly this request.
fn new_statement(
    request: &Request,
    set: &PolicySet,
    leg: &Leg,
    layer: &Layer,
    nearest: Option<PolicyAt>,
) -> Vec<Candidate> {
    let named = matches!(layer.kind, LayerKind::Resource | LayerKind::Vpce);
    let principal = match named {
        true => match principal_value(request) {
            Some(principal) => Some(principal),
            None => return Vec::new(),
        },
        false => None,
    };
    let trust = layer.kind == LayerKind::Resource && is_trust(&leg.action);
    let key =
        layer.kind == LayerKind::Resource && leg.action.to_ascii_lowercase().starts_with("kms:");
    let (resource, reach) = if trust {
        (None, Reach::Request)
    } else if key {
        // In a key's policy this is the key.
        (Some(Text::plain("*")), Reach::Request)
    } else if known(&leg.resource) {
        let reach = reach_as_pattern(&leg.resource, Some(&leg.action));
        (Some(leg.resource.clone()), reach)
    } else {
        (Some(Text::plain("*")), Reach::Everything)
    };
    let statement = NewStatement {
        conditions: tenancy(request, trust),
        principal,
        action: leg.action.clone(),
        resource,
    };
    targets(set, layer.kind, nearest)
        .into_iter()
        .map(|(at, exists)| Candidate {
            at,
            what: if exists {
                What::Change(Change::Statement(Box::new(statement.clone())))
            } else {
                What::New(Box::new(statement.clone()))
            },
            width: Width::resources(reach.clone()),
        })
        .collect()
}

/// Whether an action is decided by a trust policy.
fn is_trust(action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    action.starts_with("sts:assumerole")
        || ["sts:tagsession", "sts:setsourceidentity", "sts:setcontext"].contains(&action.as_str())
}

/// Who a token must be from: a trust policy for a shared issuer has to say so.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>
fn tenancy(request: &Request, trust: bool) -> Vec<(String, String, String)> {
    if !trust || request.principal.kind != SessionKind::WebIdentity {
        return Vec::new();
    }
    request
        .context
        .iter()
        .filter(|(key, _)| key.ends_with(":aud") || key.ends_with(":sub"))
        .filter_map(|(key, value)| match value {
            KeyValue::One(value) => {
                Some(("StringEquals".to_owned(), key.to_owned(), value.clone()))
            }
            _ => None,
        })
        .collect()
}

/// Where a new statement may go: the policy that is nearest already, else the first that can be
/// changed, else a policy of its own. At every level of an organisation one.
fn targets(set: &PolicySet, layer: LayerKind, nearest: Option<PolicyAt>) -> Vec<(PolicyAt, bool)> {
    let changeable = |at: &PolicyAt| {
        at.get(set).is_some_and(|policy| {
            policy.document.as_ref().is_some_and(|own| !own.unreadable)
                && (!is_aws_managed(policy) || *at == PolicyAt::Boundary)
        })
    };
    if layer == LayerKind::Scp {
        let levels = set.scps.iter().flatten().enumerate();
        return levels
            .map(|(level, own)| {
                let at = (0..own.policies.len())
                    .map(|policy| PolicyAt::Scp(level, policy))
                    .find(changeable);
                match at {
                    Some(at) => (at, true),
                    None => (PolicyAt::Scp(level, own.policies.len()), false),
                }
            })
            .collect();
    }
    let all = PolicyAt::of(layer, set);
    let existing = nearest
        .filter(changeable)
        .or_else(|| all.iter().copied().find(changeable));
    if let Some(at) = existing {
        return vec![(at, true)];
    }
    // A policy that is there but was not loaded must not be replaced by one statement.
    match layer {
        LayerKind::Identity => vec![(PolicyAt::Identity(all.len()), false)],
        LayerKind::Resource if all.is_empty() => vec![(PolicyAt::Resource, false)],
        LayerKind::Session if all.is_empty() => vec![(PolicyAt::Session(0), false)],
        _ => Vec::new(),
    }
}
