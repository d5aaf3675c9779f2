//! The policies that a request meets, by layer.

use std::sync::Arc;

use crate::iam::{Document, Guard, PolicyKind, Text};

/// A policy with the name by which decisions refer to it.
#[derive(Clone, Debug)]
pub struct NamedPolicy {
    /// Its name; see formats: `resource`, `boundary`, `session/1` where it has none of its own.
    pub name: String,
    /// Its kind.
    pub kind: PolicyKind,
    /// Its ARN, where it has one.
    pub arn: Option<Text>,
    /// Its document; `None` where it was not loaded: what it does is unknown.
    pub document: Option<Arc<Document>>,
    /// The undecided template conditions under which it is in force.
    pub guard: Guard,
    /// How it reaches the caller, where not directly: the group's name.
    pub via: Option<String>,
}

impl NamedPolicy {
    /// A loaded policy that is always in force.
    pub fn new(name: impl Into<String>, kind: PolicyKind, document: Arc<Document>) -> Self {
        NamedPolicy {
            name: name.into(),
            kind,
            arn: None,
            document: Some(document),
            guard: Guard::always(),
            via: None,
        }
    }
}

/// The policies of one level of an organisation: the root, an OU or the account.
#[derive(Clone, Debug)]
pub struct PolicyLevel {
    /// The level's name.
    pub name: String,
    /// The policies attached there; none allow nothing.
    pub policies: Vec<NamedPolicy>,
}

/// Every policy that a request meets. `None` means not given, which decisions say.
#[derive(Clone, Debug, Default)]
pub struct PolicySet {
    /// Managed and inline policies of the user and its groups, or of the role.
    pub identity: Vec<NamedPolicy>,
    /// The permissions boundary.
    pub boundary: Option<NamedPolicy>,
    /// The policies passed with the session; `None` where none was passed.
    pub session: Option<Vec<NamedPolicy>>,
    /// The policy of the request's resources but those with one of their own in `by_resource`; a role's
    /// trust policy for STS actions on it.
    pub resource: Option<NamedPolicy>,
    /// Policies of single resources, by their ARN: of a request for several, and of
    /// [`Request::dependent`](super::Request::dependent).
    pub by_resource: Vec<(Text, NamedPolicy)>,
    /// Service control policies from the root to the account; `None` where SCPs are not in use or not
    /// loaded.
    pub scps: Option<Vec<PolicyLevel>>,
    /// Resource control policies; RCPFullAWSAccess is implied at every level.
    pub rcps: Option<Vec<PolicyLevel>>,
    /// The policy of the VPC endpoint that the request goes through.
    pub endpoint: Option<NamedPolicy>,
}

impl PolicySet {
    /// Puts one policy in the place of those of every resource, or takes them all away.
    pub fn set_resource(&mut self, policy: Option<NamedPolicy>) {
        self.resource = policy;
        self.by_resource.clear();
    }

    /// The policy of its own that a resource has.
    pub fn own_of(&self, resource: &Text) -> Option<&NamedPolicy> {
        let mut own = self.by_resource.iter();
        own.find(|(arn, _)| arn == resource)
            .map(|(_, policy)| policy)
    }
}
