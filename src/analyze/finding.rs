//! What is remarkable about a statement beyond what AWS's grammar checks: grants that have no
//! effect, conditions that cannot do what they say, sensitive actions on everything.

use std::collections::HashSet;

use crate::catalog::{self, Action, Lookup};
use crate::iam::{Effect, Entry, Place, PolicyKind, Problem, Statement, Text};

use super::form::ResourcePattern;
use super::keys::{AbsentKey, WithoutKey, absent_keys};
use super::risk::{Sensitive, Unscoped, unscoped};
use super::{Covered, covered, database};

/// What kind of thing was found.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
pub enum FindingKind {
    /// An action that AWS's reference does not list.
    UnknownAction,
    /// An action that cannot act on any of the resources listed.
    IdleAction,
    /// A statement that has no effect at all.
    IdleStatement,
    /// A condition on a key that requests never carry.
    AbsentKey,
    /// A sensitive action on every resource.
    Unscoped,
    /// A database user named by an identifier that AWS does not match.
    DatabaseName,
}

/// One remarkable thing about a statement.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// What kind of thing.
    pub kind: FindingKind,
    /// In words, with its place and what would mend it.
    pub problem: Problem,
}

/// Named one by one up to here; the rest is counted.
const NAMED: usize = 20;

/// Everything remarkable about a statement of a kind of policy.
pub fn findings(statement: &Statement, kind: PolicyKind) -> Vec<Finding> {
    findings_of(statement, kind, &covered(statement))
}

/// As [`findings`], for a statement whose actions are known already.
pub fn findings_of(statement: &Statement, kind: PolicyKind, covered: &Covered) -> Vec<Finding> {
    let mut found = Findings {
        verb: verb(statement, kind),
        all: Vec::new(),
    };
    if let Some(element) = &statement.action {
        for position in covered.strangers.iter().take(NAMED) {
            if let Some(entry) = element.entries.get(*position) {
                found.stranger(entry, element.not);
            }
        }
        let more = covered.strangers.len().saturating_sub(NAMED);
        if more > 0 {
            let message = format!("{more} more entries match no action of AWS's reference");
            let problem = Problem::warning(element.place, message);
            found.add(FindingKind::UnknownAction, problem);
        }
    }
    found.idle(statement, covered);
    for absent in absent_keys(statement) {
        found.absent_key(&absent);
    }
    if kind == PolicyKind::Identity {
        found.unscoped(statement, &unscoped(statement, covered));
    }
    if let Some(problem) = database::problem(statement) {
        found.add(FindingKind::DatabaseName, problem);
    }
    found.all
}

/// What the statement does when it applies: `grants`.
fn verb(statement: &Statement, kind: PolicyKind) -> &'static str {
    match (statement.effect, kind) {
        (Some(Effect::Deny), _) => "denies",
        (_, PolicyKind::Boundary | PolicyKind::Session | PolicyKind::Scp | PolicyKind::Vpce) => {
            "allows"
        }
        _ => "grants",
    }
}

struct Findings {
    verb: &'static str,
    all: Vec<Finding>,
}

impl Findings {
    fn add(&mut self, kind: FindingKind, problem: Problem) {
        self.all.push(Finding { kind, problem });
    }

    /// An entry that matches no action of the catalogue.
    fn stranger(&mut self, entry: &Entry, not: bool) {
        let name = entry.text.to_string();
        let date = catalog::data_date();
        let consequence = if not {
            "excepts nothing".to_owned()
        } else {
            format!("{} nothing", self.verb)
        };
        let place = entry.place;
        let problem = match catalog::lookup(&name) {
            Lookup::Known(_) => return,
            Lookup::NewerThanData => {
                Problem::note(place, format!("`{name}` is newer than the data of {date}"))
            }
            Lookup::Retired => Problem::warning(
                place,
                format!("`{name}` is retired: AWS's reference no longer lists it"),
            ),
            Lookup::ApiNameNotAction { use_instead, why } => {
                Problem::warning(place, format!("`{name}` {consequence}: {why}"))
                    .hint(format!("use {}", quoted(&use_instead)))
            }
            Lookup::Unknown { nearest } => {
                let no_service = name
                    .split_once(':')
                    .filter(|(prefix, _)| !prefix.contains(['*', '?', '$']))
                    .filter(|(prefix, _)| catalog::index().service(prefix).is_none());
                let what = match no_service {
                    Some((prefix, _)) => {
                        format!("no service of AWS's reference of {date} has the prefix `{prefix}`")
                    }
                    None if name.contains(['*', '?']) => {
                        format!("no action of AWS's reference of {date} matches it")
                    }
                    None => format!("AWS's reference of {date} has no such action"),
                };
                let problem = Problem::warning(place, format!("`{name}` {consequence}: {what}"));
                match nearest.first() {
                    Some(nearest) => problem.hint(format!("is `{}` meant?", nearest.canonical())),
                    None => problem,
                }
            }
        };
        self.add(FindingKind::UnknownAction, problem);
    }

    /// Actions that cannot act on the resources listed.
    fn idle(&mut self, statement: &Statement, covered: &Covered) {
        let (Some(actions), Some(resources)) = (&statement.action, &statement.resource) else {
            return;
        };
        if actions.not || resources.not || covered.open {
            return;
        }
        let verb = self.verb;
        if covered.effective.is_empty()
            && !covered.actions.is_empty()
            && covered.strangers.is_empty()
            && actions.entries.len() > 1
        {
            self.add(
                FindingKind::IdleStatement,
                Problem::warning(
                    statement.place,
                    format!(
                        "the statement {verb} nothing: none of its actions can act on its resources"
                    ),
                ),
            );
        }
        let mut seen = HashSet::new();
        let mut more = 0;
        for entry in &actions.entries {
            let Some(text) = entry.text.as_plain() else {
                continue;
            };
            let problem = match catalog::index().find(text) {
                Some(action) if !covered.is_idle(action) || !seen.insert(action.id()) => continue,
                Some(action) => idle_action(action, entry.place, &resources.entries, verb),
                None => match idle_pattern(text, entry.place, covered, verb) {
                    Some(problem) => problem,
                    None => continue,
                },
            };
            if seen.len() > NAMED {
                more += 1;
            } else {
                self.add(FindingKind::IdleAction, problem);
            }
        }
        if more > 0 {
            self.add(
                FindingKind::IdleAction,
                Problem::warning(
                    actions.place,
                    format!("{more} more actions cannot act on the resources listed"),
                ),
            );
        }
    }

    fn absent_key(&mut self, absent: &AbsentKey<'_>) {
        let condition = absent.condition;
        let key = condition.key.to_string();
        let date = catalog::data_date();
        let requests = match (absent.all, absent.actions.as_slice()) {
            (true, [only]) => format!("requests for `{}`", only.canonical()),
            (true, _) => "requests for these actions".to_owned(),
            (false, some) => format!("requests for {}", quoted(some)),
        };
        let scope = if absent.all { "" } else { " to them" };
        let why = if absent.unknown {
            format!("`{key}` is in no request, as far as AWS's reference of {date} says")
        } else {
            format!("{requests} never carry `{key}`")
        };
        let consequence = match absent.effect {
            WithoutKey::AlwaysHolds => "the condition always holds and limits nothing".to_owned(),
            WithoutKey::NeverHolds => {
                format!("the condition never holds, so the statement never applies{scope}")
            }
        };
        self.add(
            FindingKind::AbsentKey,
            Problem::warning(condition.place, format!("{why}: {consequence}")),
        );
    }

    fn unscoped(&mut self, statement: &Statement, unscoped: &Unscoped) {
        let place = statement
            .action
            .as_ref()
            .map_or(statement.place, |element| element.place);
        let conditional = !statement.conditions.is_empty();
        let mut add = |message: String, hint: &str| {
            let problem = if conditional {
                Problem::note(place, format!("{message}; only its conditions limit it"))
            } else {
                Problem::warning(place, message)
            };
            self.add(FindingKind::Unscoped, problem.hint(hint));
        };
        if unscoped.everything {
            add(
                "grants every action on every resource".to_owned(),
                "list what is needed",
            );
            return;
        }
        if unscoped.passes_any_role {
            let reason = Sensitive::PassesRole.reason();
            let hint = if unscoped.limits_service {
                "name the roles that may be passed"
            } else {
                "name the roles that may be passed, and the service in `iam:PassedToService`"
            };
            add(format!("`iam:PassRole` on every role: it {reason}"), hint);
        }
        if !unscoped.permissions.is_empty() {
            add(
                format!(
                    "on every resource: {}, which {} who may do what",
                    quoted(&unscoped.permissions),
                    if unscoped.permissions.len() == 1 {
                        "changes"
                    } else {
                        "change"
                    },
                ),
                "name the resources",
            );
        }
        if !unscoped.credentials.is_empty() {
            add(
                format!(
                    "on every resource: {}, which {} with credentials or what serves as such",
                    quoted(&unscoped.credentials),
                    if unscoped.credentials.len() == 1 {
                        "answers"
                    } else {
                        "answer"
                    },
                ),
                "name the resources",
            );
        }
    }
}

/// Actions in backticks, beyond a few how many more.
fn quoted(actions: &[&'static Action]) -> String {
    const FEW: usize = 4;
    let named: Vec<String> = actions
        .iter()
        .take(FEW)
        .map(|action| format!("`{}`", action.canonical()))
        .collect();
    match (actions.len().saturating_sub(FEW), named.as_slice()) {
        (0, [others @ .., last]) if !others.is_empty() => {
            format!("{} and {last}", others.join(", "))
        }
        (0, _) => named.concat(),
        (more, _) => format!("{} and {more} more", named.join(", ")),
    }
}

/// An action that acts on none of the resources: on what it would, and what to list.
fn idle_action(action: &'static Action, place: Place, resources: &[Entry], verb: &str) -> Problem {
    let name = action.canonical();
    if !action.has_resource_types() {
        return Problem::warning(
            place,
            format!("`{name}` {verb} nothing here: it has no resource types, so that only `*` matches it"),
        )
        .hint("move it to a statement with `\"Resource\": \"*\"`")
        .page("IAM:reference_policies_actions-resources-contextkeys");
    }
    let mut forms: Vec<(&str, &str)> = of_action(action, true);
    if forms.is_empty() {
        forms = of_action(action, false);
    }
    // The plainest first: a bucket before the access point to it.
    forms.sort_by_key(|(_, arn)| arn.len());
    let on: Vec<String> = forms
        .iter()
        .take(2)
        .map(|(kind, arn)| format!("{kind} `{}`", readable_form(arn)))
        .collect();
    let more = match forms.len().saturating_sub(2) {
        0 => String::new(),
        1 => " or one more type".to_owned(),
        more => format!(" or {more} more types"),
    };
    let problem = Problem::warning(
        place,
        format!(
            "`{name}` {verb} nothing here: it acts on {}{more}, which none of the resources is",
            on.join(" or ")
        ),
    )
    .page("IAM:reference_policies_actions-resources-contextkeys");
    match sibling(&forms, resources) {
        Some(arn) => problem.hint(format!("list `{arn}`")),
        None => problem,
    }
}

/// The resource types of an action, required or not.
fn of_action(action: &'static Action, required: bool) -> Vec<(&'static str, &'static str)> {
    let forms = action.resource_forms();
    let wanted = forms.filter(|(_, _, is_required)| *is_required == required);
    wanted.map(|(kind, arn, _)| (kind, arn)).collect()
}

/// The bucket of the objects listed, or the objects of the bucket listed: what is most often meant.
fn sibling(forms: &[(&str, &str)], resources: &[Entry]) -> Option<String> {
    let wants = |kind: &str| forms.iter().any(|(name, _)| *name == kind);
    let listed = resources.iter().find_map(|entry| {
        let shown = entry.text.to_string();
        shown.starts_with("arn:").then_some(shown).filter(|shown| {
            ResourcePattern::new(&Text::plain(shown.as_str())).service() == Some("s3")
        })
    })?;
    match listed.split_once('/') {
        Some((bucket, _)) if wants("bucket") => Some(bucket.to_owned()),
        None if wants("object") => Some(format!("{listed}/*")),
        _ => None,
    }
}

/// A pattern of which no action can act on the resources.
fn idle_pattern(text: &str, place: Place, covered: &Covered, verb: &str) -> Option<Problem> {
    let mut actions = catalog::expand(text).into_iter().peekable();
    actions.peek()?;
    let idle = actions.all(|action| covered.is_idle(action));
    idle.then(|| {
        Problem::warning(
            place,
            format!(
                "`{text}` {verb} nothing here: none of its actions can act on the resources listed"
            ),
        )
    })
}

/// An ARN form for reading: in the `aws` partition.
pub fn readable_form(arn: &str) -> String {
    arn.replace("${Partition}", "aws")
}
