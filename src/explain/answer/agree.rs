//! Where AWS's message and our evaluation agree or differ, and what would explain it.

use crate::denial::{Denial, PolicyType};
use crate::iam::{Inventory, PolicyKind};
use crate::simulate::{LayerKind, LayerStatus, Outcome, PolicySet};

use super::Evaluated;

/// How the evaluation compares with the message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Nothing could be evaluated.
    #[default]
    NotEvaluated,
    /// Both deny, for the reason that AWS names.
    Agree,
    /// Both deny for that reason, and here another policy denies it more plainly.
    AgreeAndMore,
    /// Both deny; the message does not say why.
    BothDeny,
    /// Both deny, by different policies.
    OtherReason,
    /// Our answer depends on what is not known.
    Depends,
    /// What was loaded allows the request: AWS knows something that we do not.
    OnlyAws,
}

impl Verdict {
    /// The name used in output.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::NotEvaluated => "not_evaluated",
            Verdict::Agree => "agree",
            Verdict::AgreeAndMore => "agree_and_more",
            Verdict::BothDeny => "both_deny",
            Verdict::OtherReason => "other_reason",
            Verdict::Depends => "depends",
            Verdict::OnlyAws => "differ",
        }
    }
}

/// The comparison, and what would explain a difference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// How they compare.
    pub verdict: Verdict,
    /// What is missing on our side, in sentences: policies that were not loaded, keys that were
    /// not given.
    pub missing: Vec<String>,
}

/// The layer of a kind of policy.
pub(super) fn layer_of(kind: PolicyKind) -> LayerKind {
    match kind {
        PolicyKind::Identity => LayerKind::Identity,
        PolicyKind::Resource | PolicyKind::Trust => LayerKind::Resource,
        PolicyKind::Boundary => LayerKind::Boundary,
        PolicyKind::Session => LayerKind::Session,
        PolicyKind::Scp => LayerKind::Scp,
        PolicyKind::Rcp => LayerKind::Rcp,
        PolicyKind::Vpce => LayerKind::Vpce,
    }
}

/// Compares.
pub(super) fn compare(
    denial: &Denial,
    evaluated: Option<&Evaluated>,
    inventory: &Inventory,
) -> Agreement {
    let Some(evaluated) = evaluated else {
        return Agreement::default();
    };
    let decision = &evaluated.decision;
    let named = denial.policy_type;
    let same_kind = denial
        .explicit
        .is_none_or(|explicit| explicit == (decision.outcome == Outcome::ExplicitDeny));
    let verdict = match decision.outcome {
        Outcome::Allow => Verdict::OnlyAws,
        Outcome::Depends => Verdict::Depends,
        Outcome::ExplicitDeny | Outcome::ImplicitDeny => match named {
            None if same_kind => Verdict::BothDeny,
            Some(PolicyType::Policy(kind))
                if same_kind && decision.deniers.contains(&layer_of(kind)) =>
            {
                Verdict::Agree
            }
            Some(PolicyType::Policy(kind)) if denies(evaluated, kind, denial.explicit) => {
                Verdict::AgreeAndMore
            }
            _ => Verdict::OtherReason,
        },
    };
    let missing = match verdict {
        Verdict::Agree | Verdict::AgreeAndMore | Verdict::BothDeny | Verdict::NotEvaluated => {
            Vec::new()
        }
        Verdict::OtherReason | Verdict::Depends | Verdict::OnlyAws => {
            missing(denial, evaluated, inventory)
        }
    };
    Agreement { verdict, missing }
}

/// Whether the policies that AWS names deny here as well, in the way that it says.
fn denies(evaluated: &Evaluated, kind: PolicyKind, explicit: Option<bool>) -> bool {
    let legs = evaluated.decision.legs.iter();
    legs.flat_map(|leg| &leg.layers)
        .filter(|layer| layer.kind == layer_of(kind))
        .any(|layer| match layer.status {
            LayerStatus::ExplicitDeny => explicit != Some(false),
            LayerStatus::ImplicitDeny => explicit != Some(true),
            _ => false,
        })
}

/// What we do not have that AWS had.
fn missing(denial: &Denial, evaluated: &Evaluated, inventory: &Inventory) -> Vec<String> {
    let set = &evaluated.policies;
    let mut missing: Vec<String> = Vec::new();
    match denial.policy_type {
        Some(PolicyType::Policy(kind)) => missing.extend(not_given(kind, set)),
        Some(setting) => missing.push(format!(
            "AWS names a setting of S3, the {}, which is no policy and is not evaluated here",
            setting.words()
        )),
        None => {}
    }
    if let Some(arn) = &denial.policy_arn
        && !is_loaded(arn, inventory)
    {
        missing.push(format!(
            "the policy that AWS names, `{arn}`, was not loaded"
        ));
    }
    for policy in set.identity.iter().chain(&set.boundary) {
        if policy.document.is_none() {
            missing.push(not_loaded(&policy.name));
        }
    }
    for label in &evaluated.decision.depends_on {
        missing.extend(open(label, set));
    }
    if missing.is_empty() && evaluated.decision.outcome == Outcome::Allow {
        missing.extend(beyond(evaluated));
    }
    missing.dedup();
    missing
}

fn not_given(kind: PolicyKind, set: &PolicySet) -> Option<String> {
    let absent = match kind {
        PolicyKind::Scp => set.scps.is_none(),
        PolicyKind::Rcp => set.rcps.is_none(),
        PolicyKind::Vpce => set.endpoint.is_none(),
        PolicyKind::Boundary => set.boundary.is_none(),
        PolicyKind::Session => set.session.is_none(),
        PolicyKind::Resource | PolicyKind::Trust => set
            .resource
            .as_ref()
            .is_none_or(|own| own.document.is_none()),
        PolicyKind::Identity => false,
    };
    absent.then(|| match kind {
        PolicyKind::Scp | PolicyKind::Rcp => format!(
            "AWS names a {}: the organisation's policies were not loaded",
            kind.words()
        ),
        PolicyKind::Session => "AWS names a session policy, which is passed with the call that \
             creates the session and stands in no source"
            .to_owned(),
        PolicyKind::Vpce => "AWS names a VPC endpoint policy, which was not loaded".to_owned(),
        PolicyKind::Boundary => {
            "AWS names a permissions boundary; what was loaded sets none".to_owned()
        }
        PolicyKind::Resource | PolicyKind::Trust | PolicyKind::Identity => format!(
            "AWS names a {}: the one of this resource was not loaded",
            kind.words()
        ),
    })
}

fn is_loaded(arn: &str, inventory: &Inventory) -> bool {
    inventory.accounts.iter().any(|account| {
        let policies = account.policies.iter();
        policies
            .map(|policy| &policy.identity.arn)
            .any(|own| own.as_plain() == Some(arn))
    }) || crate::catalog::managed_policy(arn).is_some()
}

fn not_loaded(policy: &str) -> String {
    match policy.strip_prefix("identity-based policies of ") {
        Some(role) => format!("the policies of `{role}` were not loaded"),
        None => format!("the text of `{policy}` was not loaded"),
    }
}

/// What an open label of a decision stands for.
fn open(label: &str, set: &PolicySet) -> Option<String> {
    if let Some(name) = label.strip_prefix("template:") {
        return Some(match name {
            "resource" => "the resource is not known from the message".to_owned(),
            "account" => "the account is masked in the message".to_owned(),
            name => format!("the template leaves `{name}` open"),
        });
    }
    if let Some(statement) = label.strip_prefix("statement:") {
        return Some(format!("statement `{statement}` could not be read whole"));
    }
    if let Some(policy) = label.strip_prefix("policy:") {
        // Said already of policies that have a text of their own.
        let listed = set.identity.iter().chain(&set.boundary);
        return (!listed
            .into_iter()
            .any(|own| own.name == policy && own.document.is_none()))
        .then(|| format!("the text of the {policy} was not loaded"));
    }
    Some(format!("the value of `{label}` in the call is not known"))
}

/// What evaluation leaves out, for a request that everything loaded allows.
fn beyond(evaluated: &Evaluated) -> Vec<String> {
    let set = &evaluated.policies;
    let mut beyond = Vec::new();
    if set.scps.is_none() || set.rcps.is_none() {
        beyond.push("the organisation's policies (SCP, RCP) were not loaded".to_owned());
    }
    if set.session.is_none() {
        beyond.push("a session policy may have been passed with the session".to_owned());
    }
    if set.resource.is_none() {
        beyond.push("the policy of the resource, if it has one, was not loaded".to_owned());
    }
    let action = evaluated.request.action.to_ascii_lowercase();
    if action.starts_with("kms:") {
        beyond.push("grants of the KMS key are not evaluated here".to_owned());
    }
    if action.starts_with("s3:") {
        beyond.push(
            "S3 checks more than policies: Block Public Access, ACLs, a KMS key of the object, \
             whether the object exists"
                .to_owned(),
        );
    }
    beyond
}
