//! Sizes and counts that IAM limits (IAM: reference_iam-quotas): advice, never part of a decision.

use crate::iam::{
    Account, Attachment, Identity, InlinePolicy, Origin, Problem, SizeLimit, check_size,
};

const QUOTAS: &str = "IAM:reference_iam-quotas";
/// Managed policies that a user, role or group may have; for users and roles 20 on request.
const MANAGED_POLICIES: usize = 10;
/// Groups that a user may be in.
const GROUPS_PER_USER: usize = 10;

/// Where an account's policies are larger or more than IAM accepts.
pub fn quota_problems(account: &Account) -> Vec<Problem> {
    let mut problems = Vec::new();
    for policy in account
        .policies
        .iter()
        .filter(|policy| policy.origin == Origin::Customer)
    {
        if let Some(document) = &policy.document {
            problems.extend(named(
                check_size(
                    document.json_text(),
                    SizeLimit::Managed,
                    policy.identity.place,
                ),
                &format!("policy `{}`", policy.identity.name),
            ));
        }
    }
    for role in &account.roles {
        let who = format!("role `{}`", role.identity.name);
        inline(
            &role.inline,
            SizeLimit::InlineRole,
            &role.identity,
            &who,
            &mut problems,
        );
        attached(&role.managed, &role.identity, &who, &mut problems);
        if let Some(trust) = &role.trust {
            let found = check_size(trust.json_text(), SizeLimit::Trust, trust.place);
            problems.extend(named(found, &who));
        }
    }
    for user in &account.users {
        let who = format!("user `{}`", user.identity.name);
        inline(
            &user.inline,
            SizeLimit::InlineUser,
            &user.identity,
            &who,
            &mut problems,
        );
        attached(&user.managed, &user.identity, &who, &mut problems);
        if user.groups.len() > GROUPS_PER_USER {
            let message = format!(
                "{who} is in {} groups, where IAM allows {GROUPS_PER_USER}",
                user.groups.len()
            );
            problems.push(Problem::warning(user.identity.place, message).page(QUOTAS));
        }
    }
    for group in &account.groups {
        let who = format!("group `{}`", group.identity.name);
        inline(
            &group.inline,
            SizeLimit::InlineGroup,
            &group.identity,
            &who,
            &mut problems,
        );
        attached(&group.managed, &group.identity, &who, &mut problems);
    }
    let organisation = &account.organisation;
    for level in organisation.scps.iter().chain(&organisation.rcps).flatten() {
        for (name, document) in &level.policies {
            let found = check_size(
                document.json_text(),
                SizeLimit::Organisation,
                document.place,
            );
            problems.extend(named(found, &format!("control policy `{name}`")));
        }
    }
    problems
}

/// All inline policies of one entity count together.
fn inline(
    policies: &[InlinePolicy],
    limit: SizeLimit,
    of: &Identity,
    who: &str,
    problems: &mut Vec<Problem>,
) {
    let all: String = policies
        .iter()
        .map(|policy| policy.document.json_text())
        .collect();
    problems.extend(named(check_size(&all, limit, of.place), who));
}

fn attached(policies: &[Attachment], of: &Identity, who: &str, problems: &mut Vec<Problem>) {
    let count = policies
        .iter()
        .filter(|policy| policy.guard.is_always())
        .count();
    if count > MANAGED_POLICIES {
        let message = format!(
            "{who} has {count} managed policies, where IAM allows {MANAGED_POLICIES} (20 on request)"
        );
        problems.push(Problem::warning(of.place, message).page(QUOTAS));
    }
}

fn named(problem: Option<Problem>, what: &str) -> Option<Problem> {
    problem.map(|problem| Problem {
        message: format!("{what}: {}", problem.message),
        ..problem
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::iam::{ManagedPolicy, Place, PolicyKind, Severity, SourceId, parse_document_text};

    #[test]
    fn a_managed_policy_longer_than_iam_accepts_is_an_error_with_its_name() {
        let sized = |resources: usize| {
            let list = vec!["\"arn:aws:s3:::bucket/some/long/prefix/*\""; resources].join(",");
            let text = format!(
                r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"s3:*","Resource":[{list}]}}}}"#
            );
            let document = parse_document_text(&text, SourceId(0), PolicyKind::Identity).unwrap();
            let mut account = Account::new("test");
            account.policies.push(ManagedPolicy {
                identity: Identity::new(
                    "big",
                    "arn:aws:iam::123456789012:policy/big",
                    Place::default(),
                ),
                origin: Origin::Customer,
                document: Some(Arc::new(document)),
                versions: Vec::new(),
                attached_to: Vec::new(),
                limits: Vec::new(),
            });
            quota_problems(&account)
        };
        assert!(sized(100).is_empty());
        let problems = sized(200);
        assert_eq!(problems[0].severity, Severity::Error);
        assert!(
            problems[0].message.starts_with("policy `big`: "),
            "{}",
            problems[0].message
        );
    }
}
