//! The smallest changes that would allow a request, each proved by evaluating it again.
//!
//! A change is looked for in the first layer that denies; where others deny as well, the
//! narrowest change of each is added until the request is allowed.

mod allow;
mod lift;
mod place;
mod width;

use std::sync::Arc;

use serde_json::Value;

use crate::iam::{Place, PolicyKind};
use crate::simulate::{
    Decision, Layer, LayerKind, LayerStatus, Leg, Outcome, Policies, PolicySet, Request,
};

use super::change::{Change, Changed};
pub use place::{Owner, PolicyAt};
pub use width::{Reach, Width};

/// Proposals given at most.
const MOST_PROPOSALS: usize = 12;
/// Layers changed at most for one proposal.
const MOST_EDITS: usize = 6;

/// One change of one policy.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The layer that denied.
    pub layer: LayerKind,
    /// Whether a Deny of it is lifted, rather than an Allow added.
    pub lifts: bool,
    /// The policy's name; what to call a new one.
    pub policy: String,
    /// The policy's kind.
    pub kind: PolicyKind,
    /// The policy's ARN, where it has one.
    pub arn: Option<String>,
    /// The group through which it reaches the caller.
    pub via: Option<String>,
    /// The level of the organisation at which it is attached.
    pub level: Option<String>,
    /// Whom a new policy is for.
    pub attach_to: Option<String>,
    /// The statement changed, by its Sid or number; `None` for a new one.
    pub statement: Option<String>,
    /// Where the statement stands, or the document for a new one.
    pub place: Place,
    /// Behind what the change goes in the file: the last entry of the list, or the last statement.
    pub anchor: Option<Place>,
    /// The entry that is added; `None` for any other change.
    pub entry: Option<String>,
    /// What is changed; `None` where the whole policy is detached.
    pub change: Option<Change>,
    /// The statement as it is.
    pub before: Option<Value>,
    /// The statement as it would be; `None` where the policy is detached.
    pub after: Option<Value>,
    /// The document as it is; `None` for a policy that is not there, or was not loaded.
    pub document_before: Option<Value>,
    /// The document as it would be.
    pub document_after: Option<Value>,
    /// Whether AWS maintains the policy, so that a copy of it has to be changed.
    pub copy: bool,
    /// Who can make the change.
    pub owner: Owner,
    /// What else the change would allow.
    pub width: Width,
}

/// Changes that together allow the request.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The changes, in the order in which layers are named. Mostly one.
    pub edits: Vec<Edit>,
    /// What the request comes to with them: an allow, or one that depends on nothing but policies
    /// that were not loaded.
    pub outcome: Outcome,
}

impl Proposal {
    /// Whether every change is in the hands of somebody who manages the accounts, rather than
    /// the organisation.
    pub fn is_own(&self) -> bool {
        self.edits
            .iter()
            .all(|edit| edit.owner != Owner::Organisation)
    }

    fn width(&self) -> (bool, Width, usize) {
        let widest = self.edits.iter().map(|edit| edit.width.clone()).max();
        (!self.is_own(), widest.unwrap_or_default(), self.edits.len())
    }
}

/// Why no change of a policy helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Blocked {
    /// The credentials may not call this at all.
    Credential,
    /// Caller and resource are in different partitions.
    Partition,
    /// Only the organisation's administrators could help.
    Organisation,
    /// What denies could not be read, or no change of one statement lifts it.
    NoneFound,
}

/// What would allow a request.
#[derive(Clone, Debug, Default)]
pub struct Proposals {
    /// From the narrowest to the widest, those of the organisation last.
    pub list: Vec<Proposal>,
    /// Why nobody who manages the accounts can help, where that is so.
    pub blocked: Option<Blocked>,
}

/// The smallest changes of the policies that would allow the request.
pub fn proposals(request: &Request, policies: &PolicySet) -> Proposals {
    let decision = evaluate(request, policies);
    if decision.outcome == Outcome::Allow {
        return Proposals::default();
    }
    let refused = |kind: LayerKind| decision.deniers.contains(&kind);
    if refused(LayerKind::Credential) || refused(LayerKind::Partition) {
        let credential = refused(LayerKind::Credential);
        return Proposals {
            list: Vec::new(),
            blocked: Some(match credential {
                true => Blocked::Credential,
                false => Blocked::Partition,
            }),
        };
    }
    let mut list = Vec::new();
    for step in steps(request, policies, &decision) {
        if let Some(proposal) = complete(request, step) {
            list.push(proposal);
        }
    }
    list.sort_by_cached_key(Proposal::width);
    list.dedup_by(|a, b| same(a, b));
    list.truncate(MOST_PROPOSALS);
    let blocked = if list.iter().any(Proposal::is_own) {
        None
    } else if list.is_empty() {
        Some(Blocked::NoneFound)
    } else {
        Some(Blocked::Organisation)
    };
    Proposals { list, blocked }
}

fn evaluate(request: &Request, policies: &PolicySet) -> Decision {
    Policies::compile(policies).evaluate(request)
}

/// Whether two proposals change the same places in the same way.
fn same(a: &Proposal, b: &Proposal) -> bool {
    let key = |proposal: &Proposal| {
        let edits = proposal.edits.iter();
        edits
            .map(|edit| {
                (
                    edit.layer,
                    edit.policy.clone(),
                    edit.after.clone(),
                    edit.statement.clone(),
                )
            })
            .collect::<Vec<_>>()
    };
    key(a) == key(b)
}

/// The policies after some changes.
struct Step {
    policies: PolicySet,
    edits: Vec<Edit>,
    /// Whether what was changed denied for certain.
    certain: bool,
}

/// Whether nothing but policies that were not loaded stands between a request and an allow.
fn rests_on_unloaded(decision: &Decision) -> bool {
    let unloaded = |label: &String| label.starts_with("policy:");
    decision.outcome == Outcome::Depends && decision.depends_on.iter().all(unloaded)
}

/// Every change of the first layer that keeps the request from being allowed; with an
/// alternative in the resource's policy where one would do.
fn steps(request: &Request, policies: &PolicySet, decision: &Decision) -> Vec<Step> {
    let Some((leg, layer)) = first_denier(decision) else {
        return Vec::new();
    };
    let mut steps = steps_in(request, policies, leg, layer);
    if layer.kind == LayerKind::Identity
        && layer.status == LayerStatus::ImplicitDeny
        && policies.resource.is_some()
        && let Some(resource) = leg.layers.iter().find(|l| l.kind == LayerKind::Resource)
        && resource.status == LayerStatus::NotNeeded
    {
        // In one account the policy of the resource may grant it as well.
        steps.extend(steps_in(request, policies, leg, resource));
    }
    steps
}

fn steps_in(request: &Request, policies: &PolicySet, leg: &Leg, layer: &Layer) -> Vec<Step> {
    let candidates = if layer.status == LayerStatus::ExplicitDeny {
        lift::candidates(request, policies, leg, layer)
    } else {
        allow::candidates(request, policies, leg, layer)
    };
    candidates
        .into_iter()
        .filter_map(|candidate| candidate.apply(request, policies, leg, layer))
        .collect()
}

/// The first layer of the first leg that denies, or might.
fn first_denier(decision: &Decision) -> Option<(&Leg, &Layer)> {
    let denies = |status: LayerStatus| {
        matches!(
            status,
            LayerStatus::ExplicitDeny | LayerStatus::ImplicitDeny
        )
    };
    let of = |wanted: &dyn Fn(&Layer) -> bool| {
        decision
            .legs
            .iter()
            .filter(|leg| leg.outcome != Outcome::Allow)
            .find_map(|leg| {
                leg.layers
                    .iter()
                    .find(|layer| wanted(layer))
                    .map(|l| (leg, l))
            })
    };
    of(&|layer| layer.status == LayerStatus::ExplicitDeny)
        .or_else(|| of(&|layer| denies(layer.status)))
        .or_else(|| of(&|layer| layer.status == LayerStatus::Depends))
}

/// Adds the narrowest change of each further layer that denies, until the request is allowed.
fn complete(request: &Request, mut step: Step) -> Option<Proposal> {
    loop {
        let decision = evaluate(request, &step.policies);
        if decision.outcome == Outcome::Allow || (step.certain && rests_on_unloaded(&decision)) {
            step.edits.sort_by_key(|edit| edit.layer);
            return Some(Proposal {
                edits: step.edits,
                outcome: decision.outcome,
            });
        }
        if step.edits.len() >= MOST_EDITS {
            return None;
        }
        let (leg, layer) = first_denier(&decision)?;
        let before = (
            leg.action.clone(),
            leg.resource.to_string(),
            layer.kind,
            layer.status,
        );
        let mut next: Vec<Step> = steps_in(request, &step.policies, leg, layer);
        next.sort_by_cached_key(|next| next.edits.first().map(|edit| edit.width.clone()));
        let helpful = next.into_iter().find(|next| {
            let after = evaluate(request, &next.policies);
            first_denier(&after).is_none_or(|(leg, layer)| {
                (
                    leg.action.clone(),
                    leg.resource.to_string(),
                    layer.kind,
                    layer.status,
                ) != before
            })
        })?;
        step.certain |= helpful.certain;
        step.policies = helpful.policies;
        step.edits.extend(helpful.edits);
    }
}

/// A change that may help, before it is applied.
struct Candidate {
    at: PolicyAt,
    what: What,
    width: Width,
}

enum What {
    /// A change of the policy's document.
    Change(Change),
    /// The policy is taken away from the caller.
    Detach,
    /// A new policy with one statement.
    New(Box<super::change::NewStatement>),
}

impl Candidate {
    fn apply(
        self,
        request: &Request,
        policies: &PolicySet,
        leg: &Leg,
        layer: &Layer,
    ) -> Option<Step> {
        let mut changed = policies.clone();
        let lifts = layer.status == LayerStatus::ExplicitDeny;
        let owner = place::owner(layer.kind, leg);
        let mut edit = Edit {
            layer: layer.kind,
            lifts,
            policy: String::new(),
            kind: self.at.kind(policies),
            arn: None,
            via: None,
            level: self.at.level(policies),
            attach_to: None,
            statement: None,
            place: Place::default(),
            anchor: None,
            entry: None,
            change: None,
            before: None,
            after: None,
            document_before: None,
            document_after: None,
            copy: false,
            owner,
            width: self.width,
        };
        match self.what {
            What::New(new) => {
                let document = super::change::document_of(&new, edit.kind)?;
                edit.policy = self.at.new_name(leg);
                if layer.kind == LayerKind::Identity {
                    edit.attach_to = allow::principal_value(request).map(|(_, value)| value);
                }
                edit.after = Some(new.json());
                edit.document_after = Some(document.json());
                edit.change = Some(Change::Statement(new));
                self.at
                    .insert(&mut changed, &edit.policy, edit.kind, Arc::new(document));
            }
            What::Detach => {
                let policy = self.at.get(policies)?;
                edit.describe(policy);
                self.at.remove(&mut changed);
            }
            What::Change(change) => {
                let policy = self.at.get(policies)?;
                edit.describe(policy);
                let document = policy.document.as_ref()?;
                let Changed {
                    document: after,
                    before,
                    after: statement,
                } = change.apply(document, policy.kind)?;
                edit.at_statement(&change, document);
                edit.copy = place::is_aws_managed(policy);
                edit.before = before;
                edit.after = statement;
                edit.document_after = Some(after.json());
                edit.change = Some(change);
                self.at.get_mut(&mut changed)?.document = Some(Arc::new(after));
            }
        }
        Some(Step {
            policies: changed,
            edits: vec![edit],
            certain: layer.status != LayerStatus::Depends,
        })
    }
}

impl Edit {
    fn describe(&mut self, policy: &crate::simulate::NamedPolicy) {
        self.policy.clone_from(&policy.name);
        self.arn = policy.arn.as_ref().map(ToString::to_string);
        self.via.clone_from(&policy.via);
        if let Some(document) = &policy.document {
            self.place = document.place;
            self.document_before = Some(document.json());
        }
    }

    fn at_statement(&mut self, change: &Change, document: &crate::iam::Document) {
        self.anchor = change.anchor(document).filter(|place| place.is_known());
        if let Change::Add { entry, .. } = change {
            self.entry = entry.as_plain().map(str::to_owned);
        }
        let Some(number) = change.statement() else {
            return;
        };
        let own = document.statements.iter().find(|s| s.number == number);
        if let Some(own) = own {
            self.statement = Some(own.reference());
            self.place = own.place;
        }
    }
}
