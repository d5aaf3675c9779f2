//! What decisions warn of: what is not modelled, what was assumed, and, in [`surprises`], what people
//! do not expect of a statement.

use crate::catalog::{self, Lookup};
use crate::iam::{Arn, Glob, PolicyKind, SessionKind};

use super::compile::Policies;
use super::prepare::{Attached, Before, Prepared, PreparedLeg, Relation};
use super::surprises;
use super::{Decision, LayerKind, Leg, Outcome, PartKind, Truth};

/// Services of which AWS RAM shares no resource, though other accounts are let in by policies (RAM:
/// shareable).
const NEVER_SHARED: [&str; 9] = [
    "execute-api",
    "iam",
    "kms",
    "lambda",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
    "sts",
];

/// Warnings gathered, each once, in the order in which they came up.
#[derive(Debug, Default)]
pub(super) struct Warnings(Vec<String>);

impl Warnings {
    pub(super) fn add(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !self.0.contains(&text) {
            self.0.push(text);
        }
    }
}

/// The warnings of a decision.
pub(super) fn of(policies: &Policies, prepared: &Prepared, decision: &Decision) -> Vec<String> {
    let mut warnings = Warnings::default();
    for policy in policies.all() {
        match &policy.document {
            None => warnings.add(format!(
                "not loaded, so that what it does is unknown: `{}`",
                policy.name
            )),
            Some(compiled) if compiled.document.unreadable => warnings.add(format!(
                "the policy `{}` could not be read: what it does is unknown",
                policy.name
            )),
            Some(_) => {}
        }
    }
    of_tags(prepared, &mut warnings);
    for (own, leg) in prepared.legs.iter().zip(&decision.legs) {
        let about = AboutLeg {
            policies,
            prepared,
            own,
            leg,
        };
        about.action(&mut warnings);
        about.resource(&mut warnings);
        about.assumed(&mut warnings);
        about.not_modelled(&mut warnings);
        if own.before == Before::Policies {
            surprises::of(own, prepared, leg, &mut warnings);
        }
    }
    warnings.0
}

/// Tags whose keys differ only in case: AWS matches one of them and does not say which.
fn of_tags(prepared: &Prepared, warnings: &mut Warnings) {
    let tags = &prepared.caller.principal.tags;
    for key in tags.keys() {
        let clash = tags
            .keys()
            .any(|other| other < key && other.eq_ignore_ascii_case(key));
        if clash {
            warnings.add(format!(
                "the caller has several tags `{key}` that differ only in case: which one policies see is \
                 not specified"
            ));
        }
    }
}

struct AboutLeg<'a> {
    policies: &'a Policies,
    prepared: &'a Prepared,
    own: &'a PreparedLeg,
    leg: &'a Leg,
}

impl AboutLeg<'_> {
    fn denied_by(&self, layer: LayerKind) -> bool {
        self.leg.outcome == Outcome::ImplicitDeny && self.leg.deniers.contains(&layer)
    }

    fn action(&self, warnings: &mut Warnings) {
        let action = &self.own.action;
        if catalog::index().find(action).is_none() {
            let mut words = format!(
                "the service reference of {} does not know the action `{action}`",
                catalog::data_date()
            );
            let meant = match catalog::lookup(action) {
                Lookup::ApiNameNotAction { use_instead, .. } => use_instead.first().copied(),
                Lookup::Unknown { nearest } | Lookup::OperationOnly { nearest } => {
                    nearest.first().copied()
                }
                _ => None,
            };
            if let Some(meant) = meant {
                words.push_str(&format!("; did you mean `{}`?", meant.canonical()));
            }
            warnings.add(words);
        }
        let caller = &self.prepared.caller.principal;
        if *self.own.service == *"sts" && self.own.name.starts_with("assumerole") {
            if caller.kind == SessionKind::AssumedRole {
                warnings.add(
                    "role chaining: a session that is got by a session of a role lasts one hour at most",
                );
            }
            let legs = &self.prepared.legs;
            let asks = |name: &str| legs.iter().any(|leg| leg.is_action("sts", name));
            for (key, name, shown) in [
                ("aws:TagKeys", "tagsession", "sts:TagSession"),
                (
                    "sts:SourceIdentity",
                    "setsourceidentity",
                    "sts:SetSourceIdentity",
                ),
            ] {
                if self.own.keys.has_value(key) && !asks(name) {
                    warnings.add(format!(
                        "a call with `{key}` needs {shown} too, which this request leaves out"
                    ));
                }
            }
        }
        if self.denied_by(LayerKind::Credential) && caller.kind == SessionKind::FederatedUser {
            warnings
                .add("a federated user's console session may call what its API session may not");
        }
    }

    fn resource(&self, warnings: &mut Warnings) {
        let action = &self.own.action;
        let Some(resource) = self.own.resource_plain() else {
            return;
        };
        if self.own.is_any_resource() {
            if catalog::has_resource_types(action) == Some(true)
                && catalog::index()
                    .find(action)
                    .is_some_and(|known| known.requires_resource())
            {
                warnings.add(format!(
                    "{action} acts on resources: AWS asks for their ARNs, never for `*`"
                ));
            }
            return;
        }
        if resource.contains(['*', '?']) {
            warnings.add(format!(
                "wildcards in the resource of a request are ordinary characters: `{resource}`"
            ));
        }
        let Some(info) = catalog::action(action) else {
            return;
        };
        let forms = &info.resource_types;
        if forms.is_empty() {
            warnings.add(format!(
                "{action} has no resource types: AWS asks for `*`, not for `{resource}`"
            ));
        } else if !forms.iter().any(|form| fits(form.arn, resource)) {
            let names: Vec<&str> = forms.iter().map(|form| form.name).collect();
            warnings.add(format!(
                "`{resource}` is none of the resources that {action} acts on ({})",
                names.join(", ")
            ));
        }
    }

    fn assumed(&self, warnings: &mut Warnings) {
        let own_account = matches!(self.own.relation, Relation::SameAccount | Relation::OwnRoot);
        if self.own.owner_assumed && own_account && self.own.before == Before::Policies {
            warnings.add(format!(
                "nothing says which account owns `{}`: it is taken for the caller's",
                self.own.resource
            ));
        }
        let no_policy = self.policies.attached(self.own).is_none();
        let consulted = self.own.attached != Attached::Ignored;
        if self.own.requires_policy && no_policy && consulted && self.own.before == Before::Policies
        {
            let kind = match &*self.own.service {
                "kms" => "key policy",
                _ => "trust policy",
            };
            warnings.add(format!(
                "no {kind} of `{}` was given: it is taken to grant nothing",
                self.own.resource
            ));
        }
        let caller = self.prepared.caller.principal.kind;
        if self.policies.rcps.is_some() && !self.own.applies.rcp {
            let known = catalog::rcp_services().any(|known| *known == *self.own.service);
            if !known && *self.own.service != *"es" {
                warnings.add(format!(
                    "resource control policies do not act on `{}` (services as of {})",
                    self.own.service,
                    catalog::data_date()
                ));
            }
        }
        if self.policies.rcps.is_some() && *self.own.service == *"es" {
            warnings.add(
                "AWS lists OpenSearch Service among those that resource control policies act on, under a \
                 prefix that its actions do not have: they are taken to apply",
            );
        }
        if caller == SessionKind::AssumedRole && self.prepared.caller.principal.role_arn.is_none() {
            warnings.add(
                "the path of the caller's role is not known, so that its ARN is not either; a session's \
                 ARN does not have it",
            );
        }
    }

    fn not_modelled(&self, warnings: &mut Warnings) {
        let denied = matches!(self.leg.outcome, Outcome::ImplicitDeny | Outcome::Depends);
        let by_resource =
            self.denied_by(LayerKind::Resource) || self.denied_by(LayerKind::Identity);
        match &*self.own.service {
            "kms" if self.leg.outcome != Outcome::Allow => warnings.add(
                "KMS grants are not modelled: a grant may allow what key policy and identity-based \
                 policies do not",
            ),
            "s3" if denied && by_resource && !self.own.is_any_resource() => warnings.add(
                "S3 access control lists are not modelled: one may allow what policies do not",
            ),
            _ => {}
        }
        let same_account = self.own.relation == Relation::SameAccount;
        let takes_policy =
            catalog::has_resource_policies(&self.own.service) && !self.own.is_any_resource();
        if self.denied_by(LayerKind::Identity)
            && same_account
            && takes_policy
            && self.policies.attached(self.own).is_none()
        {
            warnings.add(format!(
                "no policy of `{}` was given: one that names the caller would allow this by itself",
                self.own.resource
            ));
        }
        let public = self.leg.layers.iter().any(|layer| {
            layer.kind == LayerKind::Resource
                && layer.matched.iter().any(|matched| {
                    matched.applies != Truth::No && is_for_everyone(&matched.statement)
                })
        });
        if *self.own.service == *"s3" && self.leg.outcome == Outcome::Allow && public {
            warnings.add(
                "S3 Block Public Access is not modelled: it may refuse what a bucket policy grants to \
                 everyone",
            );
        }
        let shareable = !NEVER_SHARED.contains(&&*self.own.service);
        if self.own.relation == Relation::OtherAccount
            && self.denied_by(LayerKind::Resource)
            && shareable
        {
            warnings.add(
                "sharing through AWS RAM is not modelled: it may let another account in without a policy \
                 that is given here",
            );
        }
        let anonymous = self.prepared.caller.principal.kind == SessionKind::Anonymous;
        let public_services = ["s3", "sns", "sqs", "sts"];
        if anonymous && !public_services.contains(&&*self.own.service) {
            warnings.add(format!(
                "most services refuse calls without a signature whatever policies say; `{}` may be one",
                self.own.service
            ));
        }
        if self.policies.endpoint.is_some() {
            self.endpoint(warnings);
        }
    }

    /// Endpoint policies that name an account, which gateway endpoints take for its root user.
    fn endpoint(&self, warnings: &mut Warnings) {
        let gateway = matches!(&*self.own.service, "s3" | "dynamodb");
        let layers = self.leg.layers.iter();
        for layer in layers.filter(|layer| layer.kind == LayerKind::Vpce && gateway) {
            for matched in &layer.matched {
                if names_account(&matched.statement) {
                    warnings.add(format!(
                        "`{}/{}` names an account: a gateway endpoint takes that for its root user only",
                        matched.statement.policy, matched.statement.statement
                    ));
                }
            }
        }
    }
}

/// The statement of a document that a reference points to.
pub(super) fn source(reference: &super::StatementRef) -> Option<&crate::iam::Statement> {
    reference
        .document
        .statements
        .iter()
        .find(|statement| statement.number == reference.number)
}

fn is_for_everyone(reference: &super::StatementRef) -> bool {
    let principal = source(reference).and_then(|statement| statement.principal.as_ref());
    principal.is_some_and(|element| {
        !element.not && element.entries.iter().any(|value| value.entry.text == *"*")
    }) && reference.kind == PolicyKind::Resource
}

fn names_account(reference: &super::StatementRef) -> bool {
    let principal = source(reference).and_then(|statement| statement.principal.as_ref());
    principal.is_some_and(|element| {
        element.entries.iter().any(|value| {
            let text = value.entry.text.as_plain().unwrap_or_default();
            Arn::is_account_id(text) || text.ends_with(":root")
        })
    })
}

/// Whether an ARN has a form such as `arn:${Partition}:s3:::${BucketName}`.
fn fits(form: &str, resource: &str) -> bool {
    let mut pattern = String::with_capacity(form.len());
    let mut rest = form;
    while let Some((before, after)) = rest.split_once("${") {
        pattern.push_str(before);
        pattern.push('*');
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    pattern.push_str(rest);
    let is_bucket = pattern.ends_with(":s3:::*");
    Glob::new(&pattern).matches(resource) && !(is_bucket && resource.contains('/'))
}

/// Whether a near miss fails by absent keys alone.
pub(super) fn fails_by_absence(failed: &[super::FailedPart]) -> bool {
    failed
        .iter()
        .all(|part| matches!(part.part, PartKind::Condition(_)) && part.actual.is_none())
}
