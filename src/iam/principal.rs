//! Callers, and the values that name them in policies.

use std::collections::BTreeMap;

use super::{Arn, Text};

/// Who makes a request.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Principal {
    /// What kind of session or caller.
    pub kind: SessionKind,
    /// The caller's ARN: user, `assumed-role/NAME/SESSION`, `federated-user/NAME`, account root.
    pub arn: Option<String>,
    /// The caller's account.
    pub account: Option<String>,
    /// The role's ARN with its path, for role sessions: the session ARN does not have the path.
    pub role_arn: Option<String>,
    /// The user's or role's ARN where a template leaves parts of it open; `arn` and `role_arn` then hold
    /// it for reading.
    pub symbolic_arn: Option<Text>,
    /// The role's unique id (`AROA...`).
    pub role_id: Option<String>,
    /// The user's unique id (`AIDA...`).
    pub user_id: Option<String>,
    /// The user who issued an STS federated session.
    pub issuer_arn: Option<String>,
    /// The service principal, such as `ec2.amazonaws.com`.
    pub service: Option<String>,
    /// The identity provider of a web-identity or SAML caller.
    pub provider: Option<String>,
    /// The account's S3 canonical user id.
    pub canonical_user_id: Option<String>,
    /// Tags of the user, or of the role overlaid by those of the session.
    pub tags: BTreeMap<String, String>,
}

/// The kinds of caller, named as in batch files.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Hash)]
pub enum SessionKind {
    /// An IAM user with long-term credentials.
    #[default]
    User,
    /// A session of a role.
    AssumedRole,
    /// A session of GetFederationToken.
    FederatedUser,
    /// The account's root user.
    Root,
    /// An AWS service.
    Service,
    /// An unsigned request.
    Anonymous,
    /// An unsigned AssumeRoleWithWebIdentity.
    WebIdentity,
    /// An unsigned AssumeRoleWithSAML.
    Saml,
}

impl SessionKind {
    /// Every kind.
    pub const ALL: [SessionKind; 8] = [
        SessionKind::User,
        SessionKind::AssumedRole,
        SessionKind::FederatedUser,
        SessionKind::Root,
        SessionKind::Service,
        SessionKind::Anonymous,
        SessionKind::WebIdentity,
        SessionKind::Saml,
    ];

    /// The name used in batch files: `assumed-role`.
    pub fn name(self) -> &'static str {
        match self {
            SessionKind::User => "user",
            SessionKind::AssumedRole => "assumed-role",
            SessionKind::FederatedUser => "federated-user",
            SessionKind::Root => "root",
            SessionKind::Service => "service",
            SessionKind::Anonymous => "anonymous",
            SessionKind::WebIdentity => "web-identity",
            SessionKind::Saml => "saml",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl Principal {
    /// A session of a role; the session's ARN has the role's name without its path.
    pub fn role_session(role_arn: &str, session: &str) -> Self {
        let (arn, account) = match Arn::parse(role_arn) {
            Some(role) => (
                Some(format!(
                    "arn:{}:sts::{}:assumed-role/{}/{session}",
                    role.partition,
                    role.account,
                    role.name()
                )),
                Some(role.account.to_owned()),
            ),
            None => (None, None),
        };
        Principal {
            kind: SessionKind::AssumedRole,
            arn,
            account,
            role_arn: Some(role_arn.to_owned()),
            ..Principal::default()
        }
    }

    /// An IAM user.
    pub fn user(arn: &str) -> Self {
        Principal {
            kind: SessionKind::User,
            arn: Some(arn.to_owned()),
            account: Arn::parse(arn).map(|arn| arn.account.to_owned()),
            ..Principal::default()
        }
    }

    /// The root user of an account.
    pub fn root(partition: &str, account: &str) -> Self {
        Principal {
            kind: SessionKind::Root,
            arn: Some(format!("arn:{partition}:iam::{account}:root")),
            account: Some(account.to_owned()),
            ..Principal::default()
        }
    }

    /// An AWS service.
    pub fn service(name: &str) -> Self {
        Principal {
            kind: SessionKind::Service,
            service: Some(name.to_owned()),
            ..Principal::default()
        }
    }

    /// An unsigned request.
    pub fn anonymous() -> Self {
        Principal {
            kind: SessionKind::Anonymous,
            ..Principal::default()
        }
    }
}

/// A value of the `AWS` type in a principal element (IAM: reference_policies_elements_principal).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PrincipalValue<'a> {
    /// `*`
    Everyone,
    /// An account id, or its root ARN.
    Account(&'a str),
    /// A user's ARN.
    User(&'a str),
    /// A role's ARN.
    Role(&'a str),
    /// The ARN of one session of a role.
    AssumedRole(&'a str),
    /// The ARN of an STS federated user.
    FederatedUser(&'a str),
    /// A unique id of a user or role, which AWS shows once they are deleted.
    UniqueId(&'a str),
    /// A group: never a principal.
    Group(&'a str),
    /// No form that AWS accepts, with the reason.
    Invalid(&'static str),
}

impl<'a> PrincipalValue<'a> {
    /// Reads a value of the `AWS` type.
    pub fn parse(text: &'a str) -> Self {
        if text == "*" {
            return PrincipalValue::Everyone;
        }
        if Arn::is_account_id(text) {
            return PrincipalValue::Account(text);
        }
        if !text.starts_with("arn:") {
            let is_id = text.len() >= 16
                && ["AIDA", "AROA"]
                    .iter()
                    .any(|prefix| text.starts_with(prefix))
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
            return if is_id {
                PrincipalValue::UniqueId(text)
            } else {
                PrincipalValue::Invalid(
                    "neither an account id of 12 digits, an ARN, nor a unique id",
                )
            };
        }
        let Some(arn) = Arn::parse(text) else {
            return PrincipalValue::Invalid("an ARN with fewer than six fields");
        };
        if text.contains(['*', '?']) {
            return PrincipalValue::Invalid(
                "a wildcard inside an ARN, which principals cannot have",
            );
        }
        if !Arn::is_account_id(arn.account) {
            return PrincipalValue::Invalid("an ARN without an account id of 12 digits");
        }
        match (arn.service, arn.resource.split_once('/')) {
            ("iam", None) if arn.resource == "root" => PrincipalValue::Account(arn.account),
            ("iam", Some(("user", name))) if !name.is_empty() => PrincipalValue::User(text),
            ("iam", Some(("role", name))) if !name.is_empty() => PrincipalValue::Role(text),
            ("iam", Some(("group", _))) => PrincipalValue::Group(text),
            ("sts", Some(("assumed-role", rest))) if rest.contains('/') => {
                PrincipalValue::AssumedRole(text)
            }
            ("sts", Some(("federated-user", name))) if !name.is_empty() => {
                PrincipalValue::FederatedUser(text)
            }
            _ => PrincipalValue::Invalid("an ARN of something that cannot be a principal"),
        }
    }
}
