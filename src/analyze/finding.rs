//! What is remarkable about a statement beyond what AWS's grammar checks: grants that have no
//! effect, conditions that cannot do what they say, sensitive actions on everything.

use crate::catalog::{self, Action, Lookup};
use crate::iam::{Effect, Entry, Place, PolicyKind, Problem, Statement};

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
    /// Such a condition by which the whole statement never applies.
    NeverApplies,
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

/// What a statement does when it applies, of one action and of several: `grants`, `grant`.
#[derive(Clone, Copy)]
struct Verb {
    one: &'static str,
    many: &'static str,
}

fn verb(statement: &Statement, kind: PolicyKind) -> Verb {
    let (one, many) = match (statement.effect, kind) {
        (Some(Effect::Deny), _) => ("denies", "deny"),
        (_, PolicyKind::Boundary | PolicyKind::Session | PolicyKind::Scp | PolicyKind::Vpce) => {
            ("allows", "allow")
        }
        _ => ("grants", "grant"),
    };
    Verb { one, many }
}

struct Findings {
    verb: Verb,
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
            format!("{} nothing", self.verb.one)
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
            Lookup::OperationOnly { .. } => Problem::note(
                place,
                format!(
                    "`{name}` is an API operation; the data of {date} knows no action of that name"
                ),
            ),
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
            && !database::matches_none(statement)
        {
            self.add(
                FindingKind::IdleStatement,
                Problem::warning(
                    statement.place,
                    format!(
                        "the statement {} nothing: none of its actions can act on its resources",
                        verb.one
                    ),
                ),
            );
        }
        // Actions on the same types are told of together, where the first of them stands.
        let mut groups: Vec<(Forms, Vec<&'static Action>, Place)> = Vec::new();
        for entry in &actions.entries {
            let Some(text) = entry.text.as_plain() else {
                continue;
            };
            let Some(action) = catalog::index().find(text) else {
                if let Some(problem) = idle_pattern(text, entry.place, covered, verb) {
                    self.add(FindingKind::IdleAction, problem);
                }
                continue;
            };
            if !covered.is_idle(action) || database::is_connect(action) {
                continue;
            }
            let forms = forms_of(action);
            match groups.iter_mut().find(|(known, ..)| *known == forms) {
                Some((_, group, _)) if group.iter().any(|known| known.id() == action.id()) => {}
                Some((_, group, _)) => group.push(action),
                None => groups.push((forms, vec![action], entry.place)),
            }
        }
        for (forms, group, place) in groups {
            let problem = idle_actions(&group, &forms, place, &resources.entries, verb);
            self.add(FindingKind::IdleAction, problem);
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
        let kind = match (absent.all, absent.effect) {
            (true, WithoutKey::NeverHolds) => FindingKind::NeverApplies,
            _ => FindingKind::AbsentKey,
        };
        let message = format!("{why}: {consequence}");
        self.add(kind, Problem::warning(condition.place, message));
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

/// The resource types of an action, with their ARN forms.
type Forms = Vec<(&'static str, &'static str)>;

/// The required types of an action, or all where none is; the plainest first: a bucket before the
/// access point to it.
fn forms_of(action: &'static Action) -> Forms {
    let of = |wanted: bool| -> Forms {
        let forms = action.resource_forms();
        let forms = forms.filter(|(_, _, required)| *required || !wanted);
        forms.map(|(kind, arn, _)| (kind, arn)).collect()
    };
    let mut forms = of(true);
    if forms.is_empty() {
        forms = of(false);
    }
    forms.sort_by_key(|(_, arn)| arn.len());
    forms
}

/// Actions that act on none of the resources: on what they would, and what to list.
fn idle_actions(
    actions: &[&'static Action],
    forms: &Forms,
    place: Place,
    resources: &[Entry],
    verb: Verb,
) -> Problem {
    const PAGE: &str = "IAM:reference_policies_actions-resources-contextkeys";
    let names = quoted(actions);
    let many = actions.len() > 1;
    let verb = if many { verb.many } else { verb.one };
    let (have, act, it) = if many {
        ("they have", "they act", "them")
    } else {
        ("it has", "it acts", "it")
    };
    if forms.is_empty() {
        return Problem::warning(
            place,
            format!("{names} {verb} nothing here: {have} no resource types, so that only `*` matches {it}"),
        )
        .hint("write a statement with `\"Resource\": \"*\"`")
        .page(PAGE);
    }
    let on: Vec<String> = forms
        .iter()
        .take(2)
        .map(|(kind, arn)| format!("`{}` ({kind})", readable_form(arn)))
        .collect();
    let more = match forms.len().saturating_sub(2) {
        0 => String::new(),
        1 => " or one more type".to_owned(),
        more => format!(" or {more} more types"),
    };
    let problem = Problem::warning(
        place,
        format!(
            "{names} {verb} nothing here: {act} on {}{more}, which no resource listed is",
            on.join(" or ")
        ),
    )
    .page(PAGE);
    match mended(forms, resources) {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}

/// What is most often meant: the bucket of the objects listed, the objects of the bucket listed, the
/// key behind an alias.
fn mended(forms: &Forms, resources: &[Entry]) -> Option<String> {
    let wants = |kind: &str| forms.iter().any(|(name, _)| *name == kind);
    resources.iter().find_map(|entry| {
        let shown = entry.text.to_string();
        let pattern = ResourcePattern::new(&entry.text);
        match (pattern.service()?, shown.split_once('/')) {
            ("s3", Some((bucket, _))) if wants("bucket") => Some(format!("list `{bucket}`")),
            ("s3", None) if wants("object") => Some(format!("list `{shown}/*`")),
            ("kms", Some((before, _))) if before.ends_with(":alias") && wants("key") => Some(
                "name the key by its ARN, or use a condition on `kms:ResourceAliases`".to_owned(),
            ),
            _ => None,
        }
    })
}

/// A pattern of which no action can act on the resources.
fn idle_pattern(text: &str, place: Place, covered: &Covered, verb: Verb) -> Option<Problem> {
    let mut actions = catalog::expand(text).into_iter().peekable();
    actions.peek()?;
    let idle = actions.all(|action| covered.is_idle(action));
    idle.then(|| {
        Problem::warning(
            place,
            format!(
                "`{text}` {} nothing here: none of its actions can act on the resources listed",
                verb.one
            ),
        )
    })
}

/// An ARN form for reading: in the `aws` partition.
pub fn readable_form(arn: &str) -> String {
    arn.replace("${Partition}", "aws")
}
