//! Actions and resources: forms that AWS does not accept, or that mean something else than they seem to.

use super::super::{
    ActionElement, Effect, Entry, PolicyKind, Problem, ResourceElement, Statement, glob_matches,
};
use super::{RCP, RESOURCE};

const ACTION: &str = "IAM:reference_policies_elements_action";

/// The actions that a trust policy may name.
const TRUST_ACTIONS: [&str; 6] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:TagSession",
    "sts:SetSourceIdentity",
    "sts:SetContext",
];

/// The entries of `Action` or `NotAction`.
pub(super) fn actions(
    action: &ActionElement,
    statement: &Statement,
    kind: PolicyKind,
    problems: &mut Vec<Problem>,
) {
    if kind == PolicyKind::Rcp && action.not {
        problems.push(
            Problem::error(
                action.place,
                "a resource control policy cannot have `NotAction`",
            )
            .page(RCP),
        );
    }
    if action.not && statement.effect == Some(Effect::Allow) {
        problems.push(
            Problem::warning(action.place, "`NotAction` with `Allow` allows every other action on these resources, also of services yet to come")
                .page("IAM:reference_policies_elements_notaction"),
        );
    }
    for entry in &action.entries {
        let Some(text) = entry.text.as_plain() else {
            continue;
        };
        if text == "*" {
            if kind == PolicyKind::Rcp {
                problems.push(
                    Problem::error(entry.place, "an action of a resource control policy needs a service prefix: `*` alone is not accepted")
                        .page(RCP),
                );
            } else if kind == PolicyKind::Trust {
                problems.push(not_for_trust(entry, text));
            }
            continue;
        }
        let Some((prefix, name)) = text.split_once(':') else {
            problems.push(
                Problem::error(
                    entry.place,
                    format!("action `{text}` has no service prefix"),
                )
                .hint("actions look like `s3:GetObject`")
                .page(ACTION),
            );
            continue;
        };
        let good = |text: &str, also: &str| {
            !text.is_empty()
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || also.contains(c))
        };
        // A variable there is plain text to AWS; it has a warning of its own.
        let good_name = name.contains("${") || good(name, "-_*?.");
        if !good(prefix, "-_*?") || !good_name || name.trim() != name {
            problems
                .push(Problem::error(entry.place, format!("`{text}` is no action")).page(ACTION));
        } else if prefix.contains(['*', '?']) {
            problems.push(
                Problem::warning(
                    entry.place,
                    format!("action `{text}` has a wildcard in its service prefix"),
                )
                .page(ACTION),
            );
        }
        if kind == PolicyKind::Trust && !action.not {
            let wanted = text.to_ascii_lowercase();
            if !TRUST_ACTIONS
                .iter()
                .any(|known| glob_matches(&wanted, &known.to_ascii_lowercase()))
            {
                problems.push(not_for_trust(entry, text));
            }
        }
    }
}

fn not_for_trust(entry: &Entry, text: &str) -> Problem {
    Problem::error(
        entry.place,
        format!("a trust policy may only name actions that assume a role, found `{text}`"),
    )
    .hint(format!("use one of {}", TRUST_ACTIONS.join(", ")))
    .page("IAM:troubleshoot_roles")
}

/// The entries of `Resource` or `NotResource`.
pub(super) fn resources(resource: &ResourceElement, kind: PolicyKind, problems: &mut Vec<Problem>) {
    for entry in &resource.entries {
        let Some(text) = entry.text.as_plain() else {
            continue;
        };
        if text.chars().all(|character| character == '*') && !text.is_empty() {
            continue;
        }
        let fields: Vec<&str> = text.splitn(6, ':').collect();
        if fields.first() != Some(&"arn") {
            let message = format!("resource `{text}` is neither an ARN nor `*`");
            // Some services accept short forms in their own policies (API Gateway: `execute-api:/stage/*`).
            let problem = if matches!(kind, PolicyKind::Resource | PolicyKind::Vpce) {
                Problem::warning(entry.place, message)
            } else {
                Problem::error(entry.place, message)
            };
            problems.push(problem.page(RESOURCE));
            continue;
        }
        if fields.len() < 6 {
            let found = fields.len();
            let (severe, end) = match kind {
                PolicyKind::Session => (true, "a session policy with it is rejected"),
                PolicyKind::Identity | PolicyKind::Boundary => (false, "AWS completes it with `*`"),
                _ => (false, "it is not completed here and matches nothing"),
            };
            let message = format!("ARN `{text}` has {found} of 6 fields: {end}");
            problems.push(if severe {
                Problem::error(entry.place, message).page(RESOURCE)
            } else {
                Problem::warning(entry.place, message).page(RESOURCE)
            });
        }
        if fields
            .get(2)
            .is_some_and(|service| service.contains(['*', '?']))
        {
            problems.push(
                Problem::warning(
                    entry.place,
                    format!("ARN `{text}` has a wildcard in its service, which AWS does not allow"),
                )
                .page(RESOURCE),
            );
        }
    }
}
