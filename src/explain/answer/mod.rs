//! The answer to a denial: what we find where AWS said no, and what would say yes.

mod agree;
mod help;
mod meant;
mod message;
mod page;
mod trail;
mod words;

use crate::analyze::{self, Blocked, Proposals};
use crate::denial::{self, Denial, Found, Seen};
use crate::iam::{Arn, Inventory, PolicyKind, Text};
use crate::simulate::{
    Caller, Decision, LayerKind, LayerStatus, NamedPolicy, NearMiss, Policies, PolicySet, Request,
    owner_of, policies_for,
};

pub use agree::{Agreement, Verdict};
pub use meant::Meant;
pub use message::denial_page;
pub use page::answer_page;
pub use trail::trail_page;
pub use words::{edit_words, width_words};

/// Near misses shown.
const MOST_NEAR: usize = 5;

/// What there is to say about a denial.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The denial as it was read.
    pub denial: Denial,
    /// Whether the principal was found among what was loaded.
    pub found: Finding,
    /// What was evaluated; `None` where the message names no action or nobody fits.
    pub evaluated: Option<Evaluated>,
    /// The roles that were to be assumed perhaps, where the message names none.
    pub may_mean: Vec<Meant>,
    /// What was assumed on the way, in sentences.
    pub assumed: Vec<String>,
    /// Where the message and the evaluation agree or differ.
    pub agreement: Agreement,
    /// What would allow the request.
    pub proposals: Proposals,
}

/// Whether the principal of a denial is among what was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It is, by this ARN; or it needs no policies of its own.
    Found(String),
    /// Several are, with the ARNs of all of them.
    Several(Vec<String>),
    /// None is; these are called alike.
    Missing(Vec<String>),
}

/// A request and what it comes to.
#[derive(Clone, Debug)]
pub struct Evaluated {
    /// The request.
    pub request: Request,
    /// The decision.
    pub decision: Decision,
    /// The policies that it met.
    pub policies: PolicySet,
    /// The two sides of a request across accounts.
    pub sides: Option<Sides>,
}

/// Who has to change something for a request across accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sides {
    /// The caller's account.
    pub caller: String,
    /// Whether its side allows the request; `None` where that depends.
    pub caller_allows: Option<bool>,
    /// The resource's account.
    pub resource: String,
    /// Whether its side allows the request; `None` where that depends.
    pub resource_allows: Option<bool>,
}

impl Answer {
    /// The near misses among everything that would have to allow, nearest first.
    pub fn near_misses(&self) -> Vec<&NearMiss> {
        let legs = self.evaluated.iter().flat_map(|own| &own.decision.legs);
        let mut near: Vec<&NearMiss> = legs
            .flat_map(|leg| &leg.layers)
            .filter(|layer| {
                matches!(
                    layer.status,
                    LayerStatus::ImplicitDeny | LayerStatus::Depends | LayerStatus::NotNeeded
                )
            })
            .flat_map(|layer| &layer.near_misses)
            .filter(|near| near.statement.effect == Some(crate::iam::Effect::Allow))
            .collect();
        near.sort_by_key(|near| near.failed.len());
        near.truncate(MOST_NEAR);
        near
    }
}

/// Answers a denial from what was loaded.
pub fn answer(denial: &Denial, inventory: &Inventory) -> Answer {
    match denial::find(denial, inventory) {
        Found::Caller(seen) => {
            let name = called(&seen.caller);
            of(denial, inventory, Finding::Found(name), Some(*seen))
        }
        Found::Several(several) => {
            let names = several.iter().map(|seen| called(&seen.caller)).collect();
            of(denial, inventory, Finding::Several(names), None)
        }
        Found::Missing { caller, alike } => {
            let seen = caller.map(|seen| *seen);
            of(denial, inventory, Finding::Missing(alike), seen)
        }
    }
}

/// The name of a caller: the role's or user's ARN, else what there is.
fn called(caller: &Caller<'_>) -> String {
    let principal = &caller.principal;
    let role = principal.role_arn.clone().or_else(|| principal.arn.clone());
    role.or_else(|| principal.service.clone())
        .unwrap_or_else(|| principal.kind.name().to_owned())
}

fn of(denial: &Denial, inventory: &Inventory, found: Finding, seen: Option<Seen<'_>>) -> Answer {
    let unsure = matches!(found, Finding::Missing(_));
    let asked = seen
        .as_ref()
        .and_then(|seen| Some((seen, denial::ask(denial, seen, inventory)?)));
    let mut answer = Answer {
        denial: denial.clone(),
        found,
        evaluated: None,
        may_mean: meant::meant(denial, inventory),
        assumed: Vec::new(),
        agreement: Agreement::default(),
        proposals: Proposals::default(),
    };
    let evaluation = asked.map(|(seen, asked)| {
        answer.assumed = asked.assumed;
        let request = &asked.request;
        let mut policies =
            policies_for(inventory, &seen.caller, &request.action, &request.resources);
        if denial.cause == denial::Cause::Authorization {
            answer.proposals = proposals(denial, &asked.request, &policies, &seen.caller, unsure);
        }
        admit_ignorance(
            &mut policies,
            &asked.request,
            &seen.caller,
            inventory,
            unsure,
        );
        let decision = Policies::compile(&policies).evaluate(&asked.request);
        let sides = sides(&asked.request, &decision, inventory);
        Evaluated {
            request: asked.request,
            decision,
            policies,
            sides,
        }
    });
    answer.agreement = agree::compare(denial, evaluation.as_ref(), inventory);
    if answer.agreement.verdict == Verdict::OnlyAws && answer.proposals.blocked.is_none() {
        answer.proposals.blocked = blocked_by(denial);
    }
    answer.evaluated = evaluation;
    answer
}

/// What the message alone says of who can help.
fn blocked_by(denial: &Denial) -> Option<Blocked> {
    match denial.policy_type.and_then(denial::PolicyType::kind) {
        Some(PolicyKind::Scp | PolicyKind::Rcp) => Some(Blocked::Organisation),
        _ => None,
    }
}

fn proposals(
    denial: &Denial,
    request: &Request,
    policies: &PolicySet,
    caller: &Caller<'_>,
    unsure: bool,
) -> Proposals {
    // Nothing can be proposed for a role that nobody named.
    let nameless = request
        .action
        .to_ascii_lowercase()
        .starts_with("sts:assumerole")
        && denial.resource.is_none();
    let mut found = Proposals::default();
    if !nameless && unsure {
        // Of the caller nothing was loaded, but the policy of the resource may deny by itself.
        let mut policies = policies.clone();
        policies.identity.push(unread_identity(caller));
        found.list = analyze::proposals(request, &policies).list;
    } else if !nameless {
        return analyze::proposals(request, policies);
    }
    if found.list.is_empty() {
        found.blocked = blocked_by(denial);
    }
    found
}

/// A policy that is there, and whose text nobody knows.
fn unread(name: &str, kind: PolicyKind) -> NamedPolicy {
    NamedPolicy {
        name: name.to_owned(),
        kind,
        arn: None,
        document: None,
        guard: crate::iam::Guard::always(),
        via: None,
    }
}

fn unread_identity(caller: &Caller<'_>) -> NamedPolicy {
    let name = format!("identity-based policies of {}", called(caller));
    unread(&name, PolicyKind::Identity)
}

/// Puts policies whose text nobody knows where something must be that was not loaded: better an
/// answer that depends on them than one that is wrong.
fn admit_ignorance(
    policies: &mut PolicySet,
    request: &Request,
    caller: &Caller<'_>,
    inventory: &Inventory,
    unsure: bool,
) {
    if unsure {
        policies.identity.push(unread_identity(caller));
    }
    if policies.resource.is_none() && needs_resource_policy(request, inventory) {
        let trust = request.action.to_ascii_lowercase().starts_with("sts:");
        let kind = match trust {
            true => PolicyKind::Trust,
            false => PolicyKind::Resource,
        };
        policies.resource = Some(unread(kind.words(), kind));
    }
}

/// Whether the policy of the resource decides, so that it must exist although it was not loaded.
fn needs_resource_policy(request: &Request, inventory: &Inventory) -> bool {
    let action = request.action.to_ascii_lowercase();
    if action.starts_with("sts:assumerole") || action.starts_with("kms:") {
        return crate::catalog::has_resource_types(&action) != Some(false);
    }
    let Some(resource) = request.resources.first() else {
        return false;
    };
    let owner = resource
        .account
        .clone()
        .or_else(|| Some(owner_of(inventory, &resource.arn)?.id.value.clone()))
        .or_else(|| account_in(&resource.arn));
    match (&owner, &request.principal.account) {
        (Some(owner), Some(own)) => owner != own,
        _ => false,
    }
}

fn account_in(arn: &Text) -> Option<String> {
    let account = arn.as_plain().and_then(Arn::parse)?.account;
    Arn::is_account_id(account).then(|| account.to_owned())
}

/// The two sides of a request across accounts.
fn sides(request: &Request, decision: &Decision, inventory: &Inventory) -> Option<Sides> {
    let resource = request.resources.first()?;
    let owner = account_in(&resource.arn)
        .or_else(|| resource.account.clone())
        .or_else(|| Some(owner_of(inventory, &resource.arn)?.id.value.clone()))?;
    let caller = request.principal.account.clone()?;
    if owner == caller {
        return None;
    }
    let leg = decision.legs.first()?;
    let allows = |kinds: &[LayerKind]| -> Option<bool> {
        let own = leg
            .layers
            .iter()
            .filter(|layer| kinds.contains(&layer.kind));
        let mut depends = false;
        for layer in own {
            match layer.status {
                LayerStatus::ExplicitDeny | LayerStatus::ImplicitDeny => return Some(false),
                LayerStatus::Depends => depends = true,
                _ => {}
            }
        }
        (!depends).then_some(true)
    };
    Some(Sides {
        caller,
        caller_allows: allows(&[
            LayerKind::Scp,
            LayerKind::Identity,
            LayerKind::Boundary,
            LayerKind::Session,
            LayerKind::Vpce,
        ]),
        resource: owner,
        resource_allows: allows(&[LayerKind::Rcp, LayerKind::Resource]),
    })
}
