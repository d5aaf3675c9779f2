//! Every proposal is carried out on the JSON that it shows, read again and evaluated: over every
//! denial of the vectors.

use std::sync::Arc;

use iamscope::analyze::{Blocked, Edit, Proposal, proposals};
use iamscope::iam::{SourceId, parse_document_text};
use iamscope::report::Case;
use iamscope::simulate::{LayerKind, NamedPolicy, Outcome, Policies, PolicySet, Request};

fn denied() -> Vec<(String, Case)> {
    include_str!("../vectors/decisions.jsonl")
        .lines()
        .map(|line| Case::read(line).unwrap())
        .filter(|case| {
            let outcome = case.expected.outcome;
            matches!(outcome, Some(Outcome::ExplicitDeny | Outcome::ImplicitDeny))
        })
        .map(|case| (case.name.clone().unwrap(), case))
        .collect()
}

/// Carries a change out on a set of policies, from the text of the proposal alone.
fn carry_out(edit: &Edit, set: &mut PolicySet) {
    let document = edit.document_after.as_ref().map(|json| {
        let text = json.to_string();
        Arc::new(parse_document_text(&text, SourceId(0), edit.kind).unwrap())
    });
    let before = edit.document_before.as_ref().map(ToString::to_string);
    let is_it = |policy: &NamedPolicy| {
        policy.name == edit.policy
            && policy
                .document
                .as_ref()
                .is_some_and(|own| Some(own.json().to_string()) == before)
    };
    let new = || {
        document
            .clone()
            .map(|own| NamedPolicy::new(edit.policy.as_str(), edit.kind, own))
    };
    let replace = |policies: &mut Vec<NamedPolicy>| {
        match (policies.iter().position(is_it), &document) {
            (Some(at), Some(document)) => policies[at].document = Some(document.clone()),
            (Some(at), None) => {
                policies.remove(at);
            }
            (None, _) if before.is_none() => policies.extend(new()),
            (None, _) => return false,
        }
        true
    };
    let one = |policy: &mut Option<NamedPolicy>| match policy {
        Some(policy) => policy.document = document.clone(),
        None => *policy = new(),
    };
    match edit.layer {
        LayerKind::Identity => assert!(replace(&mut set.identity)),
        LayerKind::Session => assert!(replace(set.session.get_or_insert_default())),
        LayerKind::Boundary => one(&mut set.boundary),
        LayerKind::Resource => one(&mut set.resource),
        LayerKind::Vpce => one(&mut set.endpoint),
        LayerKind::Scp => {
            let levels = set.scps.iter_mut().flatten();
            let mut there = levels.filter(|level| Some(&level.name) == edit.level.as_ref());
            assert!(replace(&mut there.next().unwrap().policies));
        }
        LayerKind::Rcp => {
            let levels = set.rcps.iter_mut().flatten();
            let mut there = levels.filter(|level| Some(&level.name) == edit.level.as_ref());
            assert!(replace(&mut there.next().unwrap().policies));
        }
        LayerKind::Credential | LayerKind::Partition => panic!("no policy decides these"),
    }
}

fn with(proposal: &Proposal, policies: &PolicySet) -> PolicySet {
    let mut changed = policies.clone();
    for edit in &proposal.edits {
        carry_out(edit, &mut changed);
    }
    changed
}

fn outcome(request: &Request, policies: &PolicySet) -> Outcome {
    Policies::compile(policies).evaluate(request).outcome
}

#[test]
fn every_proposal_allows_the_request_when_it_is_carried_out() {
    let mut proved = 0;
    let mut kinds = std::collections::BTreeSet::new();
    let mut unsolved = Vec::new();
    for (name, case) in denied() {
        let found = proposals(&case.request, &case.policies);
        for proposal in &found.list {
            let after = outcome(&case.request, &with(proposal, &case.policies));
            assert_eq!(after, Outcome::Allow, "{name}: {proposal:#?}");
            proved += 1;
            kinds.extend(proposal.edits.iter().map(|edit| (edit.layer, edit.lifts)));
        }
        if found.list.is_empty() {
            unsolved.push(name);
        } else {
            let organisation = found.list.iter().all(|proposal| !proposal.is_own());
            assert_eq!(
                found.blocked == Some(Blocked::Organisation),
                organisation,
                "{name}"
            );
        }
    }
    // To let everybody in is never proposed, and nobody can let an anonymous caller assume a role.
    assert_eq!(
        unsolved,
        [
            "p-anonymous-without-resource-policy",
            "an-cannot-assume-role"
        ]
    );
    assert!(proved > 330, "{proved}");
    // Every layer, with something to add and with something to lift.
    assert_eq!(kinds.len(), 6 * 2 + 1, "{kinds:?}");
}

/// A proposal that claims to allow nothing else does not.
#[test]
fn the_narrowest_proposals_allow_nothing_else() {
    let mut probed = 0;
    for (name, case) in denied() {
        for proposal in proposals(&case.request, &case.policies).list {
            if !proposal.edits.iter().all(|edit| edit.width.is_nothing()) {
                continue;
            }
            let changed = with(&proposal, &case.policies);
            for other in others(&case.request) {
                let before = outcome(&other, &case.policies);
                let after = outcome(&other, &changed);
                assert!(
                    after == before || after != Outcome::Allow,
                    "{name}: {} on {} as well: {proposal:#?}",
                    other.action,
                    other.resources[0].arn
                );
                probed += 1;
            }
        }
    }
    assert!(probed > 350, "{probed}");
}

/// Requests that are like one, and not it.
fn others(request: &Request) -> Vec<Request> {
    let service = request.action.split(':').next().unwrap();
    let mut action = request.clone();
    action.action = format!("{service}:DescribeOther");
    let mut others = vec![action];
    let arns = request
        .resources
        .iter()
        .filter_map(|own| own.arn.as_plain());
    // `*` stands for an action that has no resource; a trust or key policy has no other resource.
    let attached = ["sts", "kms"].contains(&service);
    if !attached && arns.into_iter().all(|arn| arn != "*") {
        let mut resource = request.clone();
        for own in &mut resource.resources {
            own.arn = format!("{}-other", own.arn).into();
        }
        others.push(resource);
    }
    others
}

/// From the narrowest to the widest, what only the organisation can change last.
#[test]
fn proposals_are_ordered() {
    for (name, case) in denied() {
        let list = proposals(&case.request, &case.policies).list;
        let own: Vec<bool> = list.iter().map(Proposal::is_own).collect();
        assert!(own.is_sorted_by(|a, b| a >= b), "{name}");
        for pair in list.windows(2) {
            let widest = |proposal: &Proposal| {
                let edits = proposal.edits.iter();
                edits.map(|edit| edit.width.clone()).max().unwrap()
            };
            assert!(
                pair[0].is_own() != pair[1].is_own() || widest(&pair[0]) <= widest(&pair[1]),
                "{name}"
            );
        }
    }
}
