//! Which policy of a set a change is made in, and who can make it.

use std::sync::Arc;

use crate::iam::{Arn, Document, PolicyKind, Text};
use crate::simulate::{LayerKind, Leg, NamedPolicy, PolicySet};

/// Who can make a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// Whoever manages the caller's account.
    Caller,
    /// Whoever manages the resource.
    Resource,
    /// Whoever creates the session.
    Session,
    /// Whoever manages the VPC endpoint.
    Network,
    /// The organisation's administrators.
    Organisation,
}

/// The owner of the policies of a layer.
pub(super) fn owner(layer: LayerKind, _leg: &Leg) -> Owner {
    match layer {
        LayerKind::Resource => Owner::Resource,
        LayerKind::Session => Owner::Session,
        LayerKind::Vpce => Owner::Network,
        LayerKind::Scp | LayerKind::Rcp => Owner::Organisation,
        LayerKind::Identity
        | LayerKind::Boundary
        | LayerKind::Credential
        | LayerKind::Partition => Owner::Caller,
    }
}

/// A policy of a set, by its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyAt {
    /// In [`PolicySet::identity`].
    Identity(usize),
    /// [`PolicySet::boundary`].
    Boundary,
    /// In [`PolicySet::session`].
    Session(usize),
    /// [`PolicySet::resource`].
    Resource,
    /// In a level of [`PolicySet::scps`].
    Scp(usize, usize),
    /// In a level of [`PolicySet::rcps`].
    Rcp(usize, usize),
    /// [`PolicySet::endpoint`].
    Endpoint,
}

/// Whether AWS maintains a policy: nobody else can change it.
pub(super) fn is_aws_managed(policy: &NamedPolicy) -> bool {
    let arn = policy.arn.as_ref().and_then(Text::as_plain);
    arn.and_then(Arn::parse)
        .is_some_and(|arn| arn.account == "aws")
}

impl PolicyAt {
    /// Every policy of a layer.
    pub(super) fn of(layer: LayerKind, set: &PolicySet) -> Vec<PolicyAt> {
        let levels = |levels: &Option<Vec<crate::simulate::PolicyLevel>>,
                      at: fn(usize, usize) -> PolicyAt| {
            let levels = levels.iter().flatten().enumerate();
            levels
                .flat_map(|(level, own)| {
                    (0..own.policies.len()).map(move |policy| at(level, policy))
                })
                .collect()
        };
        match layer {
            LayerKind::Identity => (0..set.identity.len()).map(PolicyAt::Identity).collect(),
            LayerKind::Boundary => set.boundary.iter().map(|_| PolicyAt::Boundary).collect(),
            LayerKind::Session => {
                let passed = set.session.as_ref().map_or(0, Vec::len);
                (0..passed).map(PolicyAt::Session).collect()
            }
            LayerKind::Resource => set.resource.iter().map(|_| PolicyAt::Resource).collect(),
            LayerKind::Vpce => set.endpoint.iter().map(|_| PolicyAt::Endpoint).collect(),
            LayerKind::Scp => levels(&set.scps, PolicyAt::Scp),
            LayerKind::Rcp => levels(&set.rcps, PolicyAt::Rcp),
            LayerKind::Credential | LayerKind::Partition => Vec::new(),
        }
    }

    /// The policy of a layer that has this document.
    pub(super) fn find(
        layer: LayerKind,
        set: &PolicySet,
        document: &Arc<Document>,
    ) -> Option<Self> {
        PolicyAt::of(layer, set).into_iter().find(|at| {
            let own = at.get(set).and_then(|policy| policy.document.as_ref());
            own.is_some_and(|own| Arc::ptr_eq(own, document))
        })
    }

    /// The policy.
    pub(super) fn get(self, set: &PolicySet) -> Option<&NamedPolicy> {
        match self {
            PolicyAt::Identity(at) => set.identity.get(at),
            PolicyAt::Boundary => set.boundary.as_ref(),
            PolicyAt::Session(at) => set.session.as_ref()?.get(at),
            PolicyAt::Resource => set.resource.as_ref(),
            PolicyAt::Endpoint => set.endpoint.as_ref(),
            PolicyAt::Scp(level, at) => set.scps.as_ref()?.get(level)?.policies.get(at),
            PolicyAt::Rcp(level, at) => set.rcps.as_ref()?.get(level)?.policies.get(at),
        }
    }

    /// The policy, to change it.
    pub(super) fn get_mut(self, set: &mut PolicySet) -> Option<&mut NamedPolicy> {
        match self {
            PolicyAt::Identity(at) => set.identity.get_mut(at),
            PolicyAt::Boundary => set.boundary.as_mut(),
            PolicyAt::Session(at) => set.session.as_mut()?.get_mut(at),
            PolicyAt::Resource => set.resource.as_mut(),
            PolicyAt::Endpoint => set.endpoint.as_mut(),
            PolicyAt::Scp(level, at) => set.scps.as_mut()?.get_mut(level)?.policies.get_mut(at),
            PolicyAt::Rcp(level, at) => set.rcps.as_mut()?.get_mut(level)?.policies.get_mut(at),
        }
    }

    /// Takes the policy away, where others of its kind may stay.
    pub(super) fn remove(self, set: &mut PolicySet) {
        let take = |policies: Option<&mut Vec<NamedPolicy>>, at: usize| {
            if let Some(own) = policies.filter(|own| at < own.len()) {
                own.remove(at);
            }
        };
        match self {
            PolicyAt::Identity(at) => take(Some(&mut set.identity), at),
            PolicyAt::Scp(level, at) => {
                let levels = set.scps.as_mut().and_then(|levels| levels.get_mut(level));
                take(levels.map(|level| &mut level.policies), at);
            }
            PolicyAt::Rcp(level, at) => {
                let levels = set.rcps.as_mut().and_then(|levels| levels.get_mut(level));
                take(levels.map(|level| &mut level.policies), at);
            }
            PolicyAt::Boundary | PolicyAt::Session(_) | PolicyAt::Resource | PolicyAt::Endpoint => {
            }
        }
    }

    /// Whether the policy can be taken away by itself.
    pub(super) fn can_detach(self) -> bool {
        matches!(
            self,
            PolicyAt::Identity(_) | PolicyAt::Scp(..) | PolicyAt::Rcp(..)
        )
    }

    /// Puts a new policy in its place.
    pub(super) fn insert(
        self,
        set: &mut PolicySet,
        name: &str,
        kind: PolicyKind,
        document: Arc<Document>,
    ) {
        let policy = NamedPolicy::new(name, kind, document);
        match self {
            PolicyAt::Identity(_) => set.identity.push(policy),
            PolicyAt::Boundary => set.boundary = Some(policy),
            PolicyAt::Session(_) => set.session.get_or_insert_default().push(policy),
            PolicyAt::Resource => set.resource = Some(policy),
            PolicyAt::Endpoint => set.endpoint = Some(policy),
            PolicyAt::Scp(level, _) => {
                let levels = set.scps.iter_mut().flatten();
                if let Some(own) = levels.into_iter().nth(level) {
                    own.policies.push(policy);
                }
            }
            PolicyAt::Rcp(..) => {}
        }
    }

    /// The kind of the policy there, also of one that is yet to come.
    pub(super) fn kind(self, set: &PolicySet) -> PolicyKind {
        if let Some(policy) = self.get(set) {
            return policy.kind;
        }
        match self {
            PolicyAt::Identity(_) => PolicyKind::Identity,
            PolicyAt::Boundary => PolicyKind::Boundary,
            PolicyAt::Session(_) => PolicyKind::Session,
            PolicyAt::Resource => PolicyKind::Resource,
            PolicyAt::Endpoint => PolicyKind::Vpce,
            PolicyAt::Scp(..) => PolicyKind::Scp,
            PolicyAt::Rcp(..) => PolicyKind::Rcp,
        }
    }

    /// The level of the organisation.
    pub(super) fn level(self, set: &PolicySet) -> Option<String> {
        let (levels, at) = match self {
            PolicyAt::Scp(level, _) => (set.scps.as_ref()?, level),
            PolicyAt::Rcp(level, _) => (set.rcps.as_ref()?, level),
            _ => return None,
        };
        levels.get(at).map(|level| level.name.clone())
    }

    /// What to call a new policy there.
    pub(super) fn new_name(self, leg: &Leg) -> String {
        match self {
            PolicyAt::Identity(_) | PolicyAt::Scp(..) => {
                format!("allow-{}", leg.action.replace(':', "-"))
            }
            PolicyAt::Resource => "resource".to_owned(),
            PolicyAt::Boundary => "boundary".to_owned(),
            PolicyAt::Session(_) => "session/1".to_owned(),
            PolicyAt::Endpoint => "vpce".to_owned(),
            PolicyAt::Rcp(..) => "rcp".to_owned(),
        }
    }
}
