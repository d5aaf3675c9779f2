//! Principals: forms that AWS does not accept, and whom a policy names without perhaps meaning to.

use super::super::{
    Effect, PolicyKind, PrincipalElement, PrincipalType, PrincipalValue, Problem, Statement,
};
use super::{NOT_PRINCIPAL, PRINCIPAL};

const SHARED_OIDC: &str = "IAM:id_roles_providers_oidc_secure-by-default";

/// Identity providers that many tenants share, and the claim that tells the tenants apart.
const SHARED_ISSUERS: [(&str, &str); 12] = [
    ("agent.buildkite.com", "sub"),
    ("api.pulumi.com/oidc", "aud"),
    ("app.terraform.io", "sub"),
    ("cognito-identity.amazonaws.com", "aud"),
    ("gitlab.com", "sub"),
    ("oidc-configuration.audit-log.githubusercontent.com", "sub"),
    ("oidc.codefresh.io", "sub"),
    ("oidc.vercel.com", "aud"),
    ("proidc.upbound.io", "sub"),
    ("scalr.io", "sub"),
    ("token.actions.githubusercontent.com", "sub"),
    ("vstoken.actions.githubusercontent.com", "sub"),
];

/// Forms that AWS does not accept.
pub(super) fn check(principal: &PrincipalElement, kind: PolicyKind, problems: &mut Vec<Problem>) {
    for value in &principal.entries {
        let Some(text) = value.entry.text.as_plain() else {
            continue;
        };
        let reason = match value.kind {
            _ if kind == PolicyKind::Rcp && value.kind != PrincipalType::Everyone => {
                Some("a resource control policy accepts only `\"*\"`")
            }
            PrincipalType::Everyone => None,
            // A group is reported with the advice: it names nobody, which is no unknown.
            PrincipalType::Aws => match PrincipalValue::parse(text) {
                PrincipalValue::Invalid(reason) => Some(reason),
                _ => None,
            },
            PrincipalType::Service if text.contains(['*', '?']) => {
                Some("services cannot be named by a wildcard")
            }
            PrincipalType::Service if !text.contains('.') => {
                Some("services look like `ec2.amazonaws.com`")
            }
            PrincipalType::Federated if kind != PolicyKind::Trust => {
                Some("identity providers can be named in trust policies only")
            }
            PrincipalType::Federated if text.contains(['*', '?']) => {
                Some("identity providers cannot be named by a wildcard")
            }
            PrincipalType::CanonicalUser if kind == PolicyKind::Trust => {
                Some("canonical user ids are for S3 policies only")
            }
            PrincipalType::Service | PrincipalType::Federated | PrincipalType::CanonicalUser => {
                None
            }
        };
        if let Some(reason) = reason {
            problems.push(
                Problem::error(value.entry.place, format!("principal `{text}`: {reason}"))
                    .page(PRINCIPAL),
            );
        }
    }
}

/// `NotPrincipal`, where a kind of policy may have it.
pub(super) fn not_principal(
    principal: &PrincipalElement,
    statement: &Statement,
    kind: PolicyKind,
    problems: &mut Vec<Problem>,
) {
    if !principal.not || !matches!(kind, PolicyKind::Resource | PolicyKind::Vpce) {
        return;
    }
    let problem = if statement.effect == Some(Effect::Allow) {
        Problem::error(
            principal.place,
            "`NotPrincipal` with `Allow` is not supported and grants nothing",
        )
    } else {
        Problem::warning(
            principal.place,
            "`NotPrincipal` with `Deny` spares a caller only when its account, role and session are all listed, and never one with a permissions boundary",
        )
    };
    problems.push(
        problem
            .hint("use `Principal: \"*\"` with `ArnNotEquals` on `aws:PrincipalArn`")
            .page(NOT_PRINCIPAL),
    );
}

/// What is accepted and probably not meant.
pub(super) fn advice(
    principal: &PrincipalElement,
    statement: &Statement,
    kind: PolicyKind,
    problems: &mut Vec<Problem>,
) {
    for value in &principal.entries {
        let Some(text) = value.entry.text.as_plain() else {
            continue;
        };
        let aws = matches!(value.kind, PrincipalType::Aws | PrincipalType::Everyone);
        match PrincipalValue::parse(text) {
            PrincipalValue::Group(_) if aws => problems.push(
                Problem::error(
                    value.entry.place,
                    format!("principal `{text}`: a group is never a principal"),
                )
                .page(PRINCIPAL),
            ),
            PrincipalValue::Everyone
                if aws
                    && kind == PolicyKind::Trust
                    && !principal.not
                    && statement.effect == Some(Effect::Allow)
                    && statement.conditions.is_empty() =>
            {
                problems.push(
                    Problem::warning(value.entry.place, "everyone in every AWS account may assume this role")
                        .hint("name the accounts or roles, or add a condition such as `aws:PrincipalOrgID`")
                        .page(PRINCIPAL),
                );
            }
            PrincipalValue::Account(_)
                if aws && kind == PolicyKind::Vpce && statement.effect == Some(Effect::Allow) =>
            {
                problems.push(
                    Problem::warning(
                        value.entry.place,
                        "a gateway endpoint (S3, DynamoDB) takes an account for its root user only",
                    )
                    .hint("use `Principal: \"*\"` with `aws:PrincipalAccount`")
                    .page("VPC:vpc-endpoints-access"),
                )
            }
            _ => {}
        }
    }
}

/// Trust in an identity provider that many tenants share, without a word on which tenant
/// (IAM: id_roles_providers_oidc_secure-by-default).
pub(super) fn shared_issuers(statement: &Statement, problems: &mut Vec<Problem>) {
    let Some(principal) = statement
        .principal
        .as_ref()
        .filter(|_| statement.effect == Some(Effect::Allow))
    else {
        return;
    };
    for value in principal
        .entries
        .iter()
        .filter(|value| value.kind == PrincipalType::Federated)
    {
        let Some(text) = value.entry.text.as_plain() else {
            continue;
        };
        let issuer = text
            .split_once(":oidc-provider/")
            .map_or(text, |(_, issuer)| issuer);
        let Some((_, claim)) = SHARED_ISSUERS.iter().find(|(shared, _)| *shared == issuer) else {
            continue;
        };
        let key = format!("{issuer}:{claim}");
        let tested = statement
            .conditions
            .iter()
            .any(|condition| condition.key.to_string().eq_ignore_ascii_case(&key));
        if !tested {
            problems.push(
                Problem::warning(
                    value.entry.place,
                    format!("`{issuer}` serves many tenants: without a condition on `{key}` any of them could assume this role, and IAM refuses such a policy"),
                )
                .page(SHARED_OIDC),
            );
        }
    }
}
