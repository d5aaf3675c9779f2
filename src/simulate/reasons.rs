//! Why a layer says what it says, in a sentence, and by which rule.

use crate::iam::{Effect, PolicyKind, SessionKind};

use super::prepare::{Before, PreparedLeg, Relation};
use super::principals::Caller;
use super::rules;
use super::{LayerKind, LayerStatus, Matched, Rule, Truth};

/// What a sentence about a layer is made of.
pub(super) struct About<'a> {
    pub(super) kind: LayerKind,
    pub(super) status: LayerStatus,
    pub(super) leg: &'a PreparedLeg,
    pub(super) caller: &'a Caller,
    pub(super) matched: &'a [Matched],
    /// Labels by which it is unknown.
    pub(super) depends_on: &'a [String],
    /// A level of the organisation that does not allow.
    pub(super) silent_level: Option<&'a str>,
    /// The kind of the resource's policy, if there is one.
    pub(super) resource_kind: Option<PolicyKind>,
}

/// AWS's words for a layer's policies.
fn words(kind: LayerKind, resource: Option<PolicyKind>) -> &'static str {
    match kind {
        LayerKind::Rcp => PolicyKind::Rcp.words(),
        LayerKind::Scp => PolicyKind::Scp.words(),
        LayerKind::Vpce => PolicyKind::Vpce.words(),
        LayerKind::Resource => resource.unwrap_or(PolicyKind::Resource).words(),
        LayerKind::Identity => PolicyKind::Identity.words(),
        LayerKind::Boundary => PolicyKind::Boundary.words(),
        LayerKind::Session => PolicyKind::Session.words(),
        LayerKind::Credential => "credential",
        LayerKind::Partition => "partition",
    }
}

impl About<'_> {
    /// The first statement of an effect that applies.
    fn first(&self, effect: Effect) -> Option<String> {
        self.matched
            .iter()
            .find(|matched| {
                matched.applies == Truth::Yes && matched.statement.effect == Some(effect)
            })
            .map(|matched| {
                let own = &matched.statement;
                format!("statement `{}` of `{}`", own.statement, own.policy)
            })
    }

    /// The sentence.
    pub(super) fn reason(&self) -> String {
        let words = words(self.kind, self.resource_kind);
        let action = &self.leg.action;
        match self.status {
            LayerStatus::NotGiven => match self.kind {
                LayerKind::Scp => "no service control policies were given".to_owned(),
                LayerKind::Rcp => "no resource control policies were given".to_owned(),
                LayerKind::Session => "no session policies were passed".to_owned(),
                LayerKind::Boundary => "no permissions boundary is set".to_owned(),
                LayerKind::Vpce => {
                    "no policy of a VPC endpoint was given; the default allows everything"
                        .to_owned()
                }
                _ => format!("no {words} was given"),
            },
            LayerStatus::NotApplicable => self.why_not_applicable(),
            LayerStatus::ExplicitDeny => match self.first(Effect::Deny) {
                Some(statement) => format!("{statement} denies {action} explicitly"),
                None => format!("a {words} denies {action} explicitly"),
            },
            LayerStatus::ImplicitDeny => self.why_denied(words),
            LayerStatus::Depends => format!("depends on {}", self.depends_on.join(", ")),
            LayerStatus::Allows => match (self.kind, self.first(Effect::Allow)) {
                (LayerKind::Rcp, _) => format!("no {words} denies {action}"),
                (LayerKind::Credential, _) => {
                    "the caller's credentials may call this operation".to_owned()
                }
                (LayerKind::Partition, _) => "caller and resource are in one partition".to_owned(),
                (_, Some(statement)) => format!("{statement} allows {action}"),
                (_, None) => format!("the {words} allows {action}"),
            },
            LayerStatus::NotNeeded => self.why_not_needed(words),
        }
    }

    fn why_denied(&self, words: &str) -> String {
        let action = &self.leg.action;
        let service = &self.leg.service;
        match self.kind {
            LayerKind::Credential => {
                format!("the caller's kind of credentials may not call {action}")
            }
            LayerKind::Partition => {
                "caller and resource are in different partitions, between which nothing is delegated"
                    .to_owned()
            }
            LayerKind::Scp => match self.silent_level {
                Some(level) => {
                    format!("no service control policy at `{level}` allows {action}")
                }
                None => format!("no service control policy allows {action}"),
            },
            LayerKind::Resource if self.leg.lacks_signature => {
                format!("{action} has to be called with credentials")
            }
            LayerKind::Resource if **service == *"kms" => format!(
                "the key policy neither grants {action} to the caller nor lets the account's \
                 identity-based policies grant it"
            ),
            LayerKind::Session if self.caller.is_federated_user() && self.matched.is_empty() => {
                format!("no session policy of the federated user allows {action}")
            }
            _ => format!("no {words} allows {action}"),
        }
    }

    fn why_not_needed(&self, words: &str) -> String {
        match (&self.leg.before, self.kind) {
            (Before::Allowed, _) => "this operation needs no permission".to_owned(),
            (Before::Refused(_), _) => "refused before policies are evaluated".to_owned(),
            (_, LayerKind::Resource) => {
                format!(
                    "no {words} grants this to the caller, which its own account can do without"
                )
            }
            _ => format!(
                "the {words} does not allow it, which does not matter: the resource-based policy grants \
                 it to the caller directly"
            ),
        }
    }

    fn why_not_applicable(&self) -> String {
        let caller = match self.caller.principal.kind {
            SessionKind::Root => "the root user",
            SessionKind::Service => "an AWS service",
            SessionKind::Anonymous => "an anonymous caller",
            SessionKind::WebIdentity | SessionKind::Saml => "a caller with a token of its own",
            SessionKind::User => "a user",
            SessionKind::AssumedRole => "this session",
            SessionKind::FederatedUser => "a federated user",
        };
        match self.kind {
            LayerKind::Rcp => format!(
                "resource control policies do not reach {} here",
                self.leg.action
            ),
            LayerKind::Scp => format!("service control policies do not apply to {caller}"),
            LayerKind::Resource => {
                "no resource-based policy is consulted for this action".to_owned()
            }
            LayerKind::Identity => format!("{caller} has no identity-based policies"),
            LayerKind::Boundary => format!("{caller} has no permissions boundary"),
            LayerKind::Session => format!("session policies do not apply to {caller}"),
            LayerKind::Vpce | LayerKind::Credential | LayerKind::Partition => {
                "does not apply".to_owned()
            }
        }
    }

    /// The rule.
    pub(super) fn rule(&self) -> Rule {
        match self.kind {
            LayerKind::Credential if self.leg.before == Before::Allowed => rules::ALWAYS_ALLOWED,
            LayerKind::Credential => rules::CREDENTIAL,
            LayerKind::Partition => rules::PARTITION,
            LayerKind::Rcp => rules::RCP,
            LayerKind::Scp if self.status == LayerStatus::ImplicitDeny => rules::SCP_MISSING,
            LayerKind::Scp => rules::SCP,
            _ if self.status == LayerStatus::ExplicitDeny => rules::EXPLICIT_DENY,
            LayerKind::Vpce => rules::ENDPOINT,
            LayerKind::Resource if self.status == LayerStatus::NotApplicable => {
                rules::NO_RESOURCE_POLICY
            }
            LayerKind::Resource if self.leg.requires_policy && *self.leg.service == *"kms" => {
                rules::KEY_POLICY
            }
            LayerKind::Resource if self.leg.requires_policy => rules::TRUST,
            LayerKind::Resource => match self.leg.relation {
                Relation::ResourceAlone => rules::RESOURCE_ALONE,
                Relation::OwnRoot => rules::ROOT,
                Relation::OtherAccount => rules::RESOURCE_OTHER_ACCOUNT,
                Relation::SameAccount => rules::RESOURCE_SAME_ACCOUNT,
            },
            LayerKind::Identity => match self.leg.relation {
                Relation::OwnRoot => rules::ROOT,
                Relation::ResourceAlone => rules::NO_IDENTITY,
                Relation::SameAccount | Relation::OtherAccount => rules::IDENTITY,
            },
            LayerKind::Boundary => rules::BOUNDARY,
            LayerKind::Session if self.caller.is_federated_user() => rules::FEDERATED_USER,
            LayerKind::Session => rules::SESSION,
        }
    }
}
