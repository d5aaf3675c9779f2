//! Roles, users, groups, managed policies and resources with policies.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Document, Guard, Place, PolicyKind, Text};

/// What every entity has.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The name without the path.
    pub name: Text,
    /// The ARN; with unresolved parts where the account or a name is not known.
    pub arn: Text,
    /// The path, `/` by default.
    pub path: Text,
    /// The logical id in a template, or the Terraform address.
    pub logical_id: Option<String>,
    /// A friendlier name than the logical id, such as the CDK construct path.
    pub friendly: Option<String>,
    /// The unique id (`AROA...`, `AIDA...`).
    pub unique_id: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// Where it is defined.
    pub place: Place,
    /// The undecided template conditions under which it exists.
    pub guard: Guard,
    /// Its tags.
    pub tags: BTreeMap<String, Text>,
    /// The comment that its author wrote above it.
    pub comment: Option<Box<str>>,
}

impl Identity {
    /// An entity of a name, ARN and place, everything else empty.
    pub fn new(name: impl Into<Text>, arn: impl Into<Text>, place: Place) -> Self {
        Identity {
            name: name.into(),
            arn: arn.into(),
            path: "/".into(),
            logical_id: None,
            friendly: None,
            unique_id: None,
            description: None,
            place,
            guard: Guard::always(),
            tags: BTreeMap::new(),
            comment: None,
        }
    }
}

/// Who maintains a managed policy.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
pub enum Origin {
    /// AWS.
    Aws,
    /// The account, and it is among what was loaded.
    Customer,
    /// Somebody, but its text was not loaded.
    External,
}

impl Origin {
    /// The name used in output.
    pub fn name(self) -> &'static str {
        match self {
            Origin::Aws => "aws",
            Origin::Customer => "customer",
            Origin::External => "external",
        }
    }
}

/// A managed policy attached to an entity, or set as its boundary.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// The policy's ARN.
    pub arn: Text,
    /// The policy's name.
    pub name: Text,
    /// Who maintains it.
    pub origin: Origin,
    /// Its document; `None` where it was not loaded.
    pub document: Option<Arc<Document>>,
    /// Where the attachment stands.
    pub place: Place,
    /// The undecided template conditions under which it is attached.
    pub guard: Guard,
}

/// A policy embedded in an entity.
#[derive(Clone, Debug)]
pub struct InlinePolicy {
    /// Its name.
    pub name: Text,
    /// Its document.
    pub document: Arc<Document>,
    /// Where it is defined.
    pub place: Place,
    /// The logical id, where it is a template resource of its own.
    pub logical_id: Option<String>,
    /// The undecided template conditions under which it exists.
    pub guard: Guard,
}

/// An IAM role.
#[derive(Clone, Debug)]
pub struct Role {
    /// Name, ARN, place.
    pub identity: Identity,
    /// Who may assume it; `None` where it could not be loaded.
    pub trust: Option<Arc<Document>>,
    /// Its permissions boundary.
    pub boundary: Option<Attachment>,
    /// Attached managed policies.
    pub managed: Vec<Attachment>,
    /// Inline policies.
    pub inline: Vec<InlinePolicy>,
    /// Longest session, in seconds.
    pub max_session_duration: Option<u32>,
    /// When it was last used, as AWS gives it.
    pub last_used: Option<String>,
    /// Names of instance profiles that carry it.
    pub instance_profiles: Vec<Text>,
    /// Whether only policies that name it are in the source, and not the role itself.
    pub external: bool,
}

/// An IAM user.
#[derive(Clone, Debug)]
pub struct User {
    /// Name, ARN, place.
    pub identity: Identity,
    /// Its permissions boundary.
    pub boundary: Option<Attachment>,
    /// Attached managed policies.
    pub managed: Vec<Attachment>,
    /// Inline policies.
    pub inline: Vec<InlinePolicy>,
    /// Names of the groups that it is in.
    pub groups: Vec<Text>,
    /// Whether only policies that name it are in the source.
    pub external: bool,
}

/// An IAM group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Name, ARN, place.
    pub identity: Identity,
    /// Attached managed policies.
    pub managed: Vec<Attachment>,
    /// Inline policies.
    pub inline: Vec<InlinePolicy>,
    /// Whether only policies that name it are in the source.
    pub external: bool,
}

/// A version of a managed policy.
#[derive(Clone, Debug)]
pub struct PolicyVersion {
    /// Its id, such as `v3`.
    pub id: String,
    /// Whether it is the one in force.
    pub is_default: bool,
    /// When it was created, as AWS gives it.
    pub created: Option<String>,
    /// Its document.
    pub document: Arc<Document>,
}

impl ResourcePolicy {
    /// The part that the policy plays: an organisation's policies and those of endpoints stand beside the
    /// policies of resources in a template. A resource control policy names a principal, a service control
    /// policy cannot (Organizations: orgs_manage_policies_rcps_syntax, orgs_manage_policies_scps_syntax).
    pub fn part(&self) -> PolicyKind {
        let mut statements = self.document.statements.iter();
        match self.kind.as_str() {
            "AWS::EC2::VPCEndpoint" => PolicyKind::Vpce,
            "AWS::Organizations::Policy" if statements.any(|one| one.principal.is_some()) => {
                PolicyKind::Rcp
            }
            "AWS::Organizations::Policy" => PolicyKind::Scp,
            _ => PolicyKind::Resource,
        }
    }
}

/// A managed policy of the source.
#[derive(Clone, Debug)]
pub struct ManagedPolicy {
    /// Name, ARN, place.
    pub identity: Identity,
    /// Who maintains it.
    pub origin: Origin,
    /// The document in force; `None` where it could not be loaded.
    pub document: Option<Arc<Document>>,
    /// All versions, where the source has them.
    pub versions: Vec<PolicyVersion>,
    /// Names of the entities that it is attached to.
    pub attached_to: Vec<Text>,
    /// Names of the roles and users whose boundary it is.
    pub limits: Vec<Text>,
}

/// The policy of a resource.
#[derive(Clone, Debug)]
pub struct ResourcePolicy {
    /// The resource's ARN, or the name by which the source refers to it.
    pub resource: Text,
    /// The type in the source, such as `AWS::S3::BucketPolicy`.
    pub kind: String,
    /// The logical id, or the Terraform address.
    pub logical_id: Option<String>,
    /// Where it is defined.
    pub place: Place,
    /// The undecided template conditions under which it exists.
    pub guard: Guard,
    /// Its document.
    pub document: Arc<Document>,
}
