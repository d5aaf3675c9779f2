//! A request made ready: each action on each resource is a leg of its own, with its keys, the
//! layers that apply to it, and what is settled before policies are looked at.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::catalog;
use crate::iam::{Arn, PolicyKind, SessionKind, Text};

use super::compile::{CompiledPolicy, Policies};
use super::context::{Asked, Keys, gather};
use super::keys::hash;
use super::pattern::text_steps;
use super::principals::Caller;
use super::steps::Step;
use super::{Credential, LayerKind, Request, RequestResource};

/// A request ready to be decided, many times if need be.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub(super) caller: Caller,
    pub(super) legs: Vec<PreparedLeg>,
}

/// Which policy is the resource's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Attached {
    /// None is consulted for this action.
    Ignored,
    /// The one of the request's resources that have none of their own.
    Shared,
    /// The resource's own, by position.
    Own(usize),
    /// None is known.
    None,
}

/// What is settled before policies.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Before {
    /// Nothing: policies decide.
    Policies,
    /// Always allowed.
    Allowed,
    /// Refused, by these layers.
    Refused(Vec<LayerKind>),
}

/// The kinds of policy that apply.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Applies {
    pub(super) identity: bool,
    pub(super) boundary: bool,
    pub(super) session: bool,
    pub(super) scp: bool,
    pub(super) rcp: bool,
}

/// Who has to allow, besides SCPs and the endpoint.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Relation {
    /// Only the resource's policy can: services, anonymous and federated callers, root of another account.
    ResourceAlone,
    /// The account's own root, which starts with everything.
    OwnRoot,
    /// A user, role or federated user of the resource's account.
    SameAccount,
    /// One of another account: both sides.
    OtherAccount,
}

/// One action on one resource.
#[derive(Clone, Debug)]
pub(super) struct PreparedLeg {
    pub(super) action: String,
    pub(super) action_lower: Box<str>,
    pub(super) service: Box<str>,
    pub(super) name: Box<str>,
    pub(super) service_hash: u64,
    pub(super) resource: Text,
    steps: Vec<Step>,
    any_resource: bool,
    pub(super) keys: Keys,
    pub(super) before: Before,
    pub(super) applies: Applies,
    pub(super) relation: Relation,
    /// Whether nothing says who owns the resource, so that it is taken for the caller's account.
    pub(super) owner_assumed: bool,
    /// Whether the service requires the resource's policy to grant even in its own account.
    pub(super) requires_policy: bool,
    pub(super) attached: Attached,
    /// Whether only a federated principal grants the action.
    pub(super) federated_only: bool,
    /// Whether the call needs a signature that the caller does not have, so that nothing grants it.
    pub(super) lacks_signature: bool,
    /// Whether the bucket owner's root may do this despite the bucket's policy.
    pub(super) repairs_bucket: bool,
}

impl PreparedLeg {
    /// Whether the action is authorised against `*` because it has no resource.
    pub(super) fn is_any_resource(&self) -> bool {
        self.any_resource
    }

    pub(super) fn resource_plain(&self) -> Option<&str> {
        self.resource.as_plain()
    }

    pub(super) fn resource_steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether it is an action, by lower-case service and name.
    pub(super) fn is_action(&self, service: &str, name: &str) -> bool {
        *self.service == *service && *self.name == *name
    }
}

impl Policies {
    /// Makes a request ready to be decided by these policies.
    pub fn prepare(&self, request: &Request) -> Prepared {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .ok()
            .and_then(|since| i64::try_from(since.as_secs()).ok())
            .unwrap_or_default();
        let mut legs = Vec::new();
        let actions = std::iter::once(&request.action).chain(&request.also_requires);
        for action in actions {
            for resource in &request.resources {
                let attached = self.own_policy(resource).unwrap_or(Attached::Shared);
                legs.push(self.leg(request, action, resource, attached, now));
            }
        }
        for dependent in &request.dependent {
            let resource = &dependent.resource;
            let attached = self.own_policy(resource).unwrap_or(Attached::None);
            legs.push(self.leg(request, &dependent.action, resource, attached, now));
        }
        Prepared {
            caller: Caller {
                principal: request.principal.clone(),
                missing: request.context.missing,
            },
            legs,
        }
    }

    /// The policy that is a resource's alone.
    fn own_policy(&self, resource: &RequestResource) -> Option<Attached> {
        if self.by_resource.is_empty() {
            return None;
        }
        let written = resource.arn.to_string();
        let mut own = self.by_resource.iter();
        own.position(|(arn, _)| *arn == written).map(Attached::Own)
    }

    /// The policy of a leg's resource.
    pub(super) fn attached(&self, leg: &PreparedLeg) -> Option<&CompiledPolicy> {
        let policy = match leg.attached {
            Attached::Shared => self.resource.as_ref()?,
            Attached::Own(position) => &self.by_resource.get(position)?.1,
            Attached::Ignored | Attached::None => return None,
        };
        // A trust policy is only about assuming the role.
        (policy.kind != PolicyKind::Trust || *leg.service == *"sts").then_some(policy)
    }

    fn leg(
        &self,
        request: &Request,
        action: &str,
        resource: &RequestResource,
        attached: Attached,
        now: i64,
    ) -> PreparedLeg {
        let action_lower = action.to_ascii_lowercase();
        let (service, name) = action_lower.split_once(':').unwrap_or((&action_lower, ""));
        let any_resource = resource.arn == *"*";
        let fields = ResourceFields::of(&resource.arn);
        let kind = request.principal.kind;
        let caller_account = request.principal.account.as_deref();
        let owner = resource
            .account
            .clone()
            .or(fields.account.clone())
            .or_else(|| {
                let own = any_resource.then_some(caller_account).flatten();
                own.map(str::to_owned)
            });
        let same = owner.is_none() || owner.as_deref() == caller_account;
        let relation = match kind {
            SessionKind::Root if same => Relation::OwnRoot,
            SessionKind::User | SessionKind::AssumedRole | SessionKind::FederatedUser => {
                if same {
                    Relation::SameAccount
                } else {
                    Relation::OtherAccount
                }
            }
            _ => Relation::ResourceAlone,
        };
        let keys = gather(
            request,
            &Asked {
                action: &action_lower,
                resource,
                owner: owner.as_deref(),
                through_endpoint: self.endpoint.is_some(),
                now,
            },
        );
        let service_linked = request
            .principal
            .role_arn
            .as_deref()
            .is_some_and(|arn| arn.contains("/aws-service-role/"));
        let before = before_policies(request, service, name, &fields, &keys);
        PreparedLeg {
            before,
            applies: Applies {
                identity: has_identity_policies(kind),
                boundary: has_identity_policies(kind),
                session: !service_linked
                    && matches!(
                        kind,
                        SessionKind::AssumedRole | SessionKind::FederatedUser | SessionKind::Root
                    ),
                scp: !service_linked
                    && (has_identity_policies(kind) || kind == SessionKind::Root)
                    && !request.organisation.principal_account_is_management,
                rcp: !service_linked && rcps_reach(request, service, name, resource),
            },
            relation,
            owner_assumed: owner.is_none(),
            requires_policy: requires_policy(service, name, &fields),
            attached: if (service, name) == ("iam", "passrole") {
                // The trust policy of the role that is passed is not consulted.
                Attached::Ignored
            } else {
                attached
            },
            federated_only: matches!(kind, SessionKind::WebIdentity | SessionKind::Saml)
                || service == "sts" && is_federated_assume(name),
            // Calls of STS are signed, but for the two that present another proof.
            lacks_signature: service == "sts"
                && (kind == SessionKind::Anonymous && !is_federated_assume(name)
                    || name == "getcalleridentity"),
            repairs_bucket: relation == Relation::OwnRoot
                && service == "s3"
                && matches!(
                    name,
                    "getbucketpolicy" | "putbucketpolicy" | "deletebucketpolicy"
                ),
            action: action.to_owned(),
            service: service.into(),
            name: name.into(),
            service_hash: hash(service),
            resource: resource.arn.clone(),
            steps: text_steps(&resource.arn),
            any_resource,
            keys,
            action_lower: action_lower.into(),
        }
    }
}

/// Whether a caller has policies of its own.
pub(super) fn has_identity_policies(kind: SessionKind) -> bool {
    matches!(
        kind,
        SessionKind::User | SessionKind::AssumedRole | SessionKind::FederatedUser
    )
}

fn is_federated_assume(name: &str) -> bool {
    matches!(name, "assumerolewithwebidentity" | "assumerolewithsaml")
}

/// The fields of a resource's ARN, as far as they are known.
#[derive(Debug, Default)]
struct ResourceFields {
    partition: Option<String>,
    service: String,
    account: Option<String>,
    /// Where it is not known, empty.
    resource: String,
    open: bool,
}

impl ResourceFields {
    fn of(text: &Text) -> Self {
        // A character that no ARN holds stands for what is open.
        const OPEN: char = '\u{1}';
        let written: String = text
            .pieces()
            .map(|piece| piece.map_or_else(|_| OPEN.to_string(), str::to_owned))
            .collect();
        let known =
            |field: &str| (!field.is_empty() && !field.contains(OPEN)).then(|| field.to_owned());
        match Arn::parse(&written) {
            Some(arn) => ResourceFields {
                partition: known(arn.partition),
                service: arn.service.to_owned(),
                account: known(arn.account),
                resource: arn.resource.to_owned(),
                open: arn.resource.starts_with(OPEN),
            },
            None => ResourceFields {
                open: written.contains(OPEN),
                ..ResourceFields::default()
            },
        }
    }
}

/// What decides before any policy (IAM: id_credentials_sts-comparison).
fn before_policies(
    request: &Request,
    service: &str,
    name: &str,
    resource: &ResourceFields,
    keys: &Keys,
) -> Before {
    use SessionKind::{Anonymous, AssumedRole, FederatedUser, Root, Saml, User, WebIdentity};
    let kind = request.principal.kind;
    let sts = service == "sts";
    let signed = !matches!(kind, Anonymous | WebIdentity | Saml);
    if sts && name == "getcalleridentity" && signed {
        return Before::Allowed;
    }
    let mut refused = Vec::new();
    // iam:PassRole is a permission, not a call of the IAM API.
    let iam = service == "iam" && name != "passrole";
    let with_mfa = request.mfa || keys.one("aws:MultiFactorAuthPresent") == Some("true");
    let refuses = match (kind, request.credential) {
        (FederatedUser, _) | (_, Some(Credential::GetFederationToken)) => iam || sts,
        (_, Some(Credential::GetSessionToken)) => {
            iam && !with_mfa || sts && (name != "assumerole" || kind == Root)
        }
        (AssumedRole, None) => sts && matches!(name, "getfederationtoken" | "getsessiontoken"),
        (Root, None) => sts && name == "assumerole",
        _ => false,
    };
    if refuses {
        refused.push(LayerKind::Credential);
    }
    let caller = [&request.principal.arn, &request.principal.role_arn];
    let mut caller = caller
        .into_iter()
        .flatten()
        .filter_map(|arn| Arn::parse(arn));
    if let (Some(caller), Some(partition)) = (caller.next(), &resource.partition)
        && !caller.partition.contains("${")
        && caller.partition != partition
    {
        refused.push(LayerKind::Partition);
    }
    if !refused.is_empty() {
        Before::Refused(refused)
    } else if sts && name == "getsessiontoken" && matches!(kind, User | Root) {
        Before::Allowed
    } else {
        Before::Policies
    }
}

/// Whether resource control policies reach a request (ORG: orgs_manage_policies_rcps).
fn rcps_reach(request: &Request, service: &str, name: &str, resource: &RequestResource) -> bool {
    let assumes_service_linked = request.principal.kind == SessionKind::Service
        && service == "sts"
        && resource.arn.to_string().contains("/aws-service-role/");
    let covered = service == "es" || catalog::rcp_services().any(|known| known == service);
    covered
        && resource.arn != *"*"
        && !request.organisation.resource_account_is_management
        && !request.aws_managed_key
        && (service, name) != ("kms", "retiregrant")
        && !assumes_service_linked
}

/// Whether the resource's policy has to grant, or to enable identity-based policies, even in its own
/// account: roles being assumed, and KMS keys (IAM: reference_policies_evaluation-logic;
/// KMS: key-policies).
fn requires_policy(service: &str, name: &str, resource: &ResourceFields) -> bool {
    let is_type = |of: &str, kind: &str| {
        resource.service == of && (resource.open || resource.resource.starts_with(kind))
            || resource.service.is_empty() && resource.open
    };
    match service {
        "sts" => {
            (name.starts_with("assumerole")
                || matches!(name, "tagsession" | "setsourceidentity" | "setcontext"))
                && is_type("iam", "role/")
        }
        "kms" => {
            !matches!(name, "createkey" | "listkeys" | "listaliases") && is_type("kms", "key/")
        }
        _ => false,
    }
}
