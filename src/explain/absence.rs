//! What follows where the key of a condition is absent, and other traps of single conditions.

use crate::catalog;
use crate::iam::{BaseOperator, Condition, Effect, SetPrefix};

use super::Line;
use super::condition::has_wildcard;

/// What follows for the statement where the key of a condition is absent from a request; `None` where
/// that is what a reader expects (a grant that needs the key).
pub fn absence_words(condition: &Condition, effect: Option<Effect>) -> Option<Line> {
    let operator = condition.operator?;
    let holds = operator.holds_without_key()?;
    let key = condition.key.as_plain().unwrap_or_default();
    if is_always_present(key) {
        return None;
    }
    let subject = Line::new().plain("a request without ").text(&condition.key);
    Some(match (effect?, holds) {
        (Effect::Allow, true) => subject.plain(" passes this condition too"),
        (Effect::Deny, true) => {
            subject.plain(" is denied too, if the rest of the statement applies")
        }
        (Effect::Deny, false) if is_mfa(key) && operator.set.is_none() => {
            let mends = operator.base.name();
            subject.plain(format!(
                " is not denied: long-term access keys never carry it; {mends}IfExists denies them too"
            ))
        }
        (Effect::Deny, false) => subject.plain(" is not denied by this statement"),
        (Effect::Allow, false) => return None,
    })
}

/// Traps of single conditions, whatever the rest of the statement says (evaluation of conditions in
/// IAM: reference_policies_elements_condition_operators and reference_policies_condition-keys).
pub fn condition_traps(condition: &Condition, effect: Option<Effect>) -> Vec<Line> {
    use BaseOperator::*;
    let Some(operator) = condition.operator else {
        return Vec::new();
    };
    let key = condition.key.as_plain().unwrap_or_default();
    let mut traps = Vec::new();
    let addresses_v4_only = || {
        !condition.values.is_empty()
            && condition.values.iter().all(|value| {
                value
                    .text
                    .as_plain()
                    .is_some_and(|text| !text.contains(':'))
            })
    };
    if operator.base == NotIpAddress && effect == Some(Effect::Deny) {
        if addresses_v4_only() {
            traps.push("only IPv4 ranges are listed: every IPv6 caller is denied".into());
        }
        if key.eq_ignore_ascii_case("aws:SourceIp") && !operator.if_exists {
            traps.push(
                "calls through a VPC endpoint, which have no aws:SourceIp, are denied too".into(),
            );
        }
    }
    if operator.base == Null
        && operator.set.is_none()
        && is_mfa(key)
        && condition.values.iter().any(|value| {
            value
                .text
                .as_plain()
                .is_some_and(|text| text.eq_ignore_ascii_case("false"))
        })
    {
        traps.push(
            "that aws:MultiFactorAuthPresent is present proves nothing: its value may be false"
                .into(),
        );
    }
    if operator.set == Some(SetPrefix::ForAllValues)
        && effect == Some(Effect::Allow)
        && operator.base != Null
    {
        traps.push(
            Line::new()
                .plain("ForAllValues also holds without any value: add Null ")
                .text(&condition.key)
                .plain(" false to require one"),
        );
    }
    let wild = condition
        .values
        .iter()
        .any(|value| has_wildcard(&value.text));
    if matches!(
        operator.base,
        StringEquals | StringNotEquals | StringEqualsIgnoreCase | StringNotEqualsIgnoreCase
    ) && wild
    {
        let like = if operator.base.is_negated() {
            "StringNotLike"
        } else {
            "StringLike"
        };
        traps.push(
            Line::new()
                .plain("* and ? are ordinary characters under ")
                .code(operator.base.name())
                .plain("; they are wildcards under ")
                .code(like),
        );
    }
    traps
}

fn is_mfa(key: &str) -> bool {
    key.eq_ignore_ascii_case("aws:MultiFactorAuthPresent")
        || key.eq_ignore_ascii_case("aws:MultiFactorAuthAge")
}

/// Whether every request carries a key.
fn is_always_present(key: &str) -> bool {
    catalog::condition_key(key)
        .and_then(|key| key.global)
        .is_some_and(|global| global.present == "always")
}
