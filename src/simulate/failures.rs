//! Why a part of a statement does not match: what it asks for, what the request has, and both in a
//! sentence.

use crate::catalog;
use crate::iam::{
    Arn, BaseOperator, Effect, Entry, PrincipalType, PrincipalValue, SessionKind, SetPrefix,
    Statement,
};

use super::conditions::{CompiledCondition, Test};
use super::context::KeyState;
use super::keys;
use super::pattern::Pattern;
use super::statement::{CompiledStatement, Scope};
use super::steps::{Hole, Step};
use super::{FailedPart, PartKind};

/// Lists in sentences are cut behind this many.
const MOST_SHOWN: usize = 4;

/// One statement that does not apply.
pub(super) struct Failures<'a> {
    pub(super) source: &'a Statement,
    pub(super) statement: &'a CompiledStatement,
    pub(super) scope: Scope<'a>,
}

impl Failures<'_> {
    fn verb(&self) -> &'static str {
        match self.statement.effect {
            Some(Effect::Allow) => "allows",
            Some(Effect::Deny) => "denies",
            None => "is about",
        }
    }

    /// The action part.
    pub(super) fn action(&self) -> FailedPart {
        let element = self.source.action.as_ref();
        let entries = element.map(|own| &own.entries[..]).unwrap_or_default();
        let not = element.is_some_and(|own| own.not);
        let action = &self.scope.leg.action;
        let shown = list(entries.iter().map(|entry| entry.text.to_string()));
        let reason = match (not, entries) {
            (_, []) => "the list of actions is empty, so the statement never applies".to_owned(),
            (true, _) => format!("`NotAction` leaves out {action} ({shown})"),
            (false, _) => format!(
                "the statement {} {shown}, the request was for {action}",
                self.verb()
            ),
        };
        FailedPart {
            part: PartKind::Action,
            expected: expected(not, &shown),
            actual: Some(action.clone()),
            reason,
            place: element.map_or(self.source.place, |own| own.place),
        }
    }

    /// The resource part.
    pub(super) fn resource(&self) -> FailedPart {
        let element = self.source.resource.as_ref();
        let compiled = self.statement.resources.as_ref();
        let not = element.is_some_and(|own| own.not);
        let leg = self.scope.leg;
        let mut missing = None;
        let mut patterns = Vec::new();
        let entries = element.map(|own| &own.entries[..]).unwrap_or_default();
        let patterns_of = compiled.map(|own| &own.entries[..]).unwrap_or_default();
        for (written, compiled) in entries.iter().zip(patterns_of) {
            match resolved(&compiled.pattern, written, self.scope) {
                Ok(text) => patterns.push(text),
                Err(key) => {
                    missing.get_or_insert(key);
                    patterns.push(written.text.to_string());
                }
            }
        }
        let shown = list(patterns.iter().cloned());
        let action = &leg.action;
        let resource = leg.resource.to_string();
        let reason = if entries.is_empty() {
            "the list of resources is empty, so the statement never applies".to_owned()
        } else if not {
            format!("`NotResource` leaves out {resource} ({shown})")
        } else if leg.is_any_resource() {
            format!(
                "{action} is authorised against `*`, which only the pattern `*` matches; the statement \
                 has {shown}"
            )
        } else if let (Some(key), 1) = (missing, patterns.len()) {
            format!(
                "the variable of {shown} has no value, because `{key}` is not in the request, so the \
                 entry matches nothing"
            )
        } else {
            let hint = self.wrong_type(&patterns, &resource).unwrap_or_default();
            format!("the statement covers {shown}, the request was for {resource}{hint}")
        };
        FailedPart {
            part: PartKind::Resource,
            expected: expected(not, &shown),
            actual: Some(resource),
            reason,
            place: element.map_or(self.source.place, |own| own.place),
        }
    }

    /// What to say where the patterns are of another type of resource than the action works on.
    fn wrong_type(&self, patterns: &[String], resource: &str) -> Option<String> {
        let action = catalog::action(&self.scope.leg.action)?;
        let own = Arn::parse(resource)?;
        let others: Vec<Arn<'_>> = patterns
            .iter()
            .filter_map(|text| Arn::parse(text))
            .collect();
        if own.service == "s3" {
            let is_object = own.resource.contains('/');
            let differ = !others.is_empty()
                && others.iter().all(|other| {
                    other.service == "s3" && other.resource.contains('/') != is_object
                });
            if !differ {
                return None;
            }
            let name = action.action.canonical();
            return Some(match is_object {
                true => format!("; {name} works on objects (`BUCKET/*`), not on the bucket"),
                false => format!("; {name} works on the bucket, not on the objects in it (`/*`)"),
            });
        }
        let type_of = |arn: &Arn<'_>| {
            let end = arn.resource.find(['/', ':']).unwrap_or(arn.resource.len());
            arn.resource.get(..end).unwrap_or_default().to_owned()
        };
        let wanted = type_of(&own);
        let known = action
            .resource_types
            .iter()
            .any(|known| Arn::parse(known.arn).is_some_and(|form| type_of(&form) == wanted));
        let differ = known
            && others.iter().all(|other| {
                let found = type_of(other);
                !found.contains(['*', '?', '$']) && found != wanted
            });
        (differ && !others.is_empty()).then(|| {
            format!("; a pattern of another type of resource than `{wanted}` never matches")
        })
    }

    /// The principal part.
    pub(super) fn principal(&self, grants: bool) -> FailedPart {
        let element = self.source.principal.as_ref();
        let entries = element.map(|own| &own.entries[..]).unwrap_or_default();
        let not = element.is_some_and(|own| own.not);
        let shown = list(entries.iter().map(|value| value.entry.text.to_string()));
        let caller = self.scope.caller.describe();
        let allows = self.statement.effect == Some(Effect::Allow);
        let special = entries
            .iter()
            .find_map(|value| self.why_not(value.kind, value.entry.text.as_plain()?));
        let reason = if not && allows {
            "`NotPrincipal` with `Allow` is not supported and never grants".to_owned()
        } else if not {
            format!("`NotPrincipal` lists all of the caller's chain: {shown}")
        } else if grants && allows && self.scope.leg.federated_only && !entries.is_empty() {
            format!(
                "{} is granted to a `Federated` principal only; the statement names {shown}, the caller \
                 is {caller}",
                self.scope.leg.action
            )
        } else if let Some(special) = special {
            format!("{special}; the caller is {caller}")
        } else if entries.is_empty() {
            "the statement names no principal".to_owned()
        } else {
            format!("the statement names {shown}, the caller is {caller}")
        };
        FailedPart {
            part: PartKind::Principal,
            expected: expected(not, &shown),
            actual: Some(caller),
            reason,
            place: element.map_or(self.source.place, |own| own.place),
        }
    }

    /// What is special about a principal that does not match.
    fn why_not(&self, kind: PrincipalType, text: &str) -> Option<String> {
        let caller = &self.scope.caller.principal;
        if kind == PrincipalType::Service {
            let own = caller.service.as_deref()?;
            return (own != text && of_region(own, text)).then(|| {
                format!(
                    "`{text}` is not `{own}`: in regions that have to be opted into, services have a \
                     name of their own"
                )
            });
        }
        if kind != PrincipalType::Aws {
            return None;
        }
        match PrincipalValue::parse(text) {
            PrincipalValue::Group(arn) => Some(format!("a group is never a principal: {arn}")),
            PrincipalValue::UniqueId(id) => Some(format!(
                "`{id}` is the id of a user or role; AWS shows ids where the one that was trusted has \
                 been deleted, and one made anew with the same name has another id"
            )),
            PrincipalValue::Role(arn) => {
                let own = Arn::parse(caller.role_arn.as_deref()?)?;
                let named = Arn::parse(arn)?;
                let same = named.account == own.account && named.name() == own.name();
                (caller.kind == SessionKind::AssumedRole && same).then(|| {
                    format!("{arn} has another path than the caller's role, so it is another role")
                })
            }
            _ => None,
        }
    }

    /// A condition.
    pub(super) fn condition(&self, condition: &CompiledCondition) -> FailedPart {
        let key = condition.key.canonical();
        let own = &self.statement.conditions;
        let source = own
            .iter()
            .position(|one| std::ptr::eq(one, condition))
            .and_then(|at| self.source.conditions.get(at));
        let written = source.map(|source| &source.values[..]).unwrap_or_default();
        let operator = source.map_or("", |source| source.operator_text.as_str());
        let mut missing = None;
        let values = written
            .iter()
            .zip(&condition.values)
            .map(|(written, value)| match pattern_of(&value.test) {
                Some(pattern) => resolved(pattern, written, self.scope).unwrap_or_else(|key| {
                    missing.get_or_insert(key);
                    written.text.to_string()
                }),
                None => written.text.to_string(),
            })
            .map(|value| format!("\"{value}\""))
            .collect::<Vec<_>>();
        let shown = list(values.into_iter());
        let state = self.scope.leg.keys.get(&condition.key);
        let actual = match state {
            KeyState::Absent | KeyState::Many([]) => None,
            KeyState::One(value) => Some(value.to_owned()),
            KeyState::Many(values) => Some(values.join(", ")),
            KeyState::Symbolic(text) => Some(text.to_string()),
            KeyState::Unknown => Some("(not known)".to_owned()),
        };
        let asks = format!("{operator} {shown}");
        let single = condition
            .operator
            .is_some_and(|operator| operator.set.is_none() && operator.base != BaseOperator::Null);
        let reason = match (&actual, state) {
            (None, _) => format!("`{key}` is not in the request; the statement asks for {asks}"),
            (Some(actual), KeyState::Many(_)) if single => format!(
                "`{key}` has a list of values ({actual}), which {operator} without `ForAllValues:` or \
                 `ForAnyValue:` never matches"
            ),
            (Some(actual), _) if condition.has_wrong_value() => format!(
                "the statement asks `{key}` for {asks}, and a value of it is none that {operator} can \
                 compare; the request has \"{actual}\""
            ),
            (Some(actual), _) => {
                let missing = missing
                    .map(|key| format!("; `{key}` of its variable is not in the request"))
                    .unwrap_or_default();
                let set = match condition.operator.and_then(|operator| operator.set) {
                    Some(SetPrefix::ForAllValues) => " (every value has to)",
                    Some(SetPrefix::ForAnyValue) => " (one value has to)",
                    None => "",
                };
                format!(
                    "the statement asks `{key}` for {asks}{set}, the request has \"{actual}\"{missing}"
                )
            }
        };
        FailedPart {
            part: PartKind::Condition(key),
            expected: asks,
            actual,
            reason,
            place: source.map_or(self.source.place, |source| source.place),
        }
    }
}

/// Whether two names are of one service, with a region in one of them (IAM:
/// reference_policies_elements_principal#principal-services-in-opt-in-regions).
fn of_region(one: &str, other: &str) -> bool {
    let parts = |name: &str| -> Option<(String, usize)> {
        let (service, rest) = name.split_once('.')?;
        Some((service.to_owned(), rest.split('.').count()))
    };
    match (parts(one), parts(other)) {
        (Some((own, few)), Some((others, many))) => own == others && few != many,
        _ => false,
    }
}

fn expected(not: bool, shown: &str) -> String {
    if not {
        format!("not {shown}")
    } else {
        shown.to_owned()
    }
}

/// Some values with commas, cut where there are many.
fn list(values: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = values.collect();
    let mut shown = all
        .iter()
        .take(MOST_SHOWN)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    if let Some(more) = all.len().checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
        shown.push_str(&format!(" and {more} more"));
    }
    shown
}

fn pattern_of(test: &Test) -> Option<&Pattern> {
    match test {
        Test::Text(pattern) | Test::Folded(pattern) => Some(pattern),
        Test::Arn(value) => Some(value.pattern()),
        _ => None,
    }
}

/// A pattern with its variables filled in, or the key of one that has no value.
fn resolved(pattern: &Pattern, written: &Entry, scope: Scope<'_>) -> Result<String, String> {
    if pattern.variables().next().is_none() {
        return Ok(written.text.to_string());
    }
    let steps = pattern
        .steps(&scope.leg.keys)
        .map_err(|key| key.canonical())?;
    Ok(steps
        .iter()
        .map(|step| match step {
            Step::Char(character) => character.to_string(),
            Step::Star(_) => "*".to_owned(),
            Step::One(_) => "?".to_owned(),
            Step::Hole(Hole::Reference(reference)) => format!("${{{}}}", reference.name),
            Step::Hole(Hole::Key(key)) => format!("${{{}}}", keys::canonical(key)),
        })
        .collect())
}
