//! What a denial says, field by field.

use crate::iam::PolicyKind;

/// What a message names as the one that said no: a kind of policy, or a setting of S3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyType {
    /// A policy of this kind.
    Policy(PolicyKind),
    /// S3 Block Public Access.
    S3BlockPublicAccess,
    /// The encryption types that an S3 bucket blocks.
    S3BlockedEncryption,
}

impl PolicyType {
    /// The name used in every output.
    pub fn name(self) -> &'static str {
        match self {
            PolicyType::Policy(kind) => kind.name(),
            PolicyType::S3BlockPublicAccess => "s3_block_public_access",
            PolicyType::S3BlockedEncryption => "s3_blocked_encryption",
        }
    }

    /// AWS's words for it.
    pub fn words(self) -> &'static str {
        match self {
            PolicyType::Policy(kind) => kind.words(),
            PolicyType::S3BlockPublicAccess => "S3 Block Public Access setting",
            PolicyType::S3BlockedEncryption => "list of encryption types that the bucket blocks",
        }
    }

    /// The kind of policy, where it is one.
    pub fn kind(self) -> Option<PolicyKind> {
        match self {
            PolicyType::Policy(kind) => Some(kind),
            PolicyType::S3BlockPublicAccess | PolicyType::S3BlockedEncryption => None,
        }
    }
}

/// A field of [`Denial`] that may be concluded rather than read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// [`Denial::principal`].
    Principal,
    /// [`Denial::action`].
    Action,
    /// [`Denial::resource`].
    Resource,
    /// [`Denial::policy_type`].
    PolicyType,
    /// [`Denial::explicit`].
    Explicit,
}

impl Field {
    /// The name used in every output.
    pub fn name(self) -> &'static str {
        match self {
            Field::Principal => "principal",
            Field::Action => "action",
            Field::Resource => "resource",
            Field::PolicyType => "policy_type",
            Field::Explicit => "explicit",
        }
    }
}

/// What kind of "no" the text reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Cause {
    /// AWS authorization, or nothing in the text says otherwise.
    #[default]
    Authorization,
    /// Kubernetes RBAC inside a cluster: no IAM policy changes it.
    Kubernetes,
    /// AWS Lake Formation permissions.
    LakeFormation,
    /// OpenSearch fine-grained access control.
    OpenSearchRoles,
    /// The credentials were not accepted: expired, malformed or missing.
    Credentials,
    /// A setting or state of the service: account access to a model, a sandbox, a
    /// subscription.
    Service,
}

impl Cause {
    /// What to say about a denial that IAM policies do not decide.
    pub fn explanation(self) -> Option<&'static str> {
        match self {
            Cause::Authorization => None,
            Cause::Kubernetes => Some(
                "this is Kubernetes RBAC inside the cluster, not IAM: IAM only decides who may \
                 reach the cluster (EKS access entries or aws-auth map a principal to a user)",
            ),
            Cause::LakeFormation => Some(
                "this is AWS Lake Formation, not an IAM policy: its own grants decide on \
                 databases, tables and columns",
            ),
            Cause::OpenSearchRoles => Some(
                "this is OpenSearch fine-grained access control, not IAM: the role mapping inside \
                 the domain decides",
            ),
            Cause::Credentials => Some(
                "the credentials were not accepted, so no policy was evaluated: they are expired, \
                 malformed, missing, or of a kind this call refuses",
            ),
            Cause::Service => {
                Some("the service refused for a reason of its own, outside IAM policies")
            }
        }
    }
}

/// A context key that the text gives a value for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ContextFact {
    /// The key in its usual spelling, such as `aws:SourceIp`.
    pub key: String,
    /// One value, or several for a list-valued key; none for a key that was certainly absent.
    pub values: Vec<String>,
    /// Where it was read, such as `sourceIPAddress`.
    pub from: String,
}

/// What a message, an event or a decoded authorization message says about one denial.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Denial {
    /// Who was denied, as AWS writes it: an ARN, `anonymous`, a service.
    pub principal: Option<String>,
    /// The action, spelled as the text spells it.
    pub action: Option<String>,
    /// The resource, as an ARN where the text says enough to make one.
    pub resource: Option<String>,
    /// The resource as the text writes it, when that differs.
    pub raw_resource: Option<String>,
    /// The policy type that AWS names.
    pub policy_type: Option<PolicyType>,
    /// Whether a Deny statement decided (`true`) or the lack of an Allow (`false`).
    pub explicit: Option<bool>,
    /// The ARN of the policy that AWS names.
    pub policy_arn: Option<String>,
    /// The encoded authorization message, for `sts:DecodeAuthorizationMessage`.
    pub encoded: Option<String>,
    /// The policy type in front of "transitively through".
    pub via: Option<PolicyKind>,
    /// The error code, such as `AccessDenied`.
    pub error_code: Option<String>,
    /// The API operation that was called, such as `ListObjectsV2`.
    pub operation: Option<String>,
    /// Other actions that the text may equally be about.
    pub other_actions: Vec<String>,
    /// The role behind a session, with its path, where an event says so.
    pub role_arn: Option<String>,
    /// Context keys whose values the text gives.
    pub context: Vec<ContextFact>,
    /// The account of the resource, where an event says so.
    pub resource_account: Option<String>,
    /// When it happened, as an event writes it.
    pub time: Option<String>,
    /// Which kind of authorization refused.
    pub cause: Cause,
    /// Fields that were concluded, in a fixed order.
    pub guessed: Vec<Field>,
}

impl Denial {
    /// Marks a field as concluded rather than read.
    pub(crate) fn guess(&mut self, field: Field) {
        if let Err(at) = self.guessed.binary_search(&field) {
            self.guessed.insert(at, field);
        }
    }

    /// Adds a context key with one value. The first that is said of a key holds.
    pub(crate) fn fact(&mut self, key: &str, value: &str, from: &str) {
        if !value.is_empty() {
            self.facts(key, vec![value.to_owned()], from);
        }
    }

    /// Adds a context key with any number of values; none says that it was absent.
    pub(crate) fn facts(&mut self, key: &str, values: Vec<String>, from: &str) {
        if self
            .context
            .iter()
            .all(|f| !f.key.eq_ignore_ascii_case(key))
        {
            self.context.push(ContextFact {
                key: key.to_owned(),
                values,
                from: from.to_owned(),
            });
        }
    }

    /// Whether anything at all was read.
    pub fn says_something(&self) -> bool {
        self.weight() > 0
    }

    /// How much the text says, to choose among several.
    pub(crate) fn weight(&self) -> u32 {
        u32::from(self.action.is_some()) * 16
            + u32::from(self.principal.is_some()) * 8
            + u32::from(self.policy_type.is_some()) * 4
            + u32::from(self.resource.is_some()) * 2
            + u32::from(self.explicit.is_some()) * 2
            + u32::from(self.encoded.is_some()) * 2
            + u32::from(self.error_code.is_some())
            + u32::from(self.operation.is_some())
            + u32::from(self.cause != Cause::Authorization)
    }
}
