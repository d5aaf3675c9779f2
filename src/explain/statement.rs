//! A statement in one sentence: what is granted or denied, to whom, on what, when.

use crate::analyze::{Covered, ResourcePattern, covered};
use crate::catalog::{Action, Pattern, Summary};
use crate::iam::{Effect, PolicyKind, ResourceElement, Statement};

use super::condition::condition_words;
use super::deed::{clause, description};
use super::english::{count, gerund, listed, number};
use super::principal::principal_words;
use super::resource::{pattern_words, resource_words, type_words};
use super::{Line, Mark, Meaning};

/// A statement in a sentence, with the mark of what it does.
pub fn statement_words(statement: &Statement, kind: PolicyKind) -> (Mark, Line) {
    statement_words_of(statement, kind, &covered(statement))
}

/// As [`statement_words`], for a statement whose actions are known already.
pub fn statement_words_of(
    statement: &Statement,
    kind: PolicyKind,
    covered: &Covered,
) -> (Mark, Line) {
    let mark = match statement.effect {
        _ if statement.unreadable => Mark::Problem,
        None => Mark::Problem,
        Some(_) if grants_nothing(statement, covered) => Mark::Problem,
        Some(Effect::Allow) => Mark::Allow,
        Some(Effect::Deny) => Mark::ExplicitDeny,
    };
    (mark, sentence(statement, kind, covered).plain("."))
}

/// Whether none of a statement's actions has an effect.
pub(super) fn grants_nothing(statement: &Statement, covered: &Covered) -> bool {
    let Some(action) = &statement.action else {
        return false;
    };
    !action.not && !covered.open && covered.effective.is_empty()
}

fn sentence(statement: &Statement, kind: PolicyKind, covered: &Covered) -> Line {
    if statement.action.is_none() {
        return "Its actions cannot be read, so that what it does is not known".into();
    }
    if statement.effect == Some(Effect::Allow)
        && statement
            .principal
            .as_ref()
            .is_some_and(|element| element.not)
    {
        return Line::new()
            .with(Meaning::Warning, "Grants nothing: ")
            .plain("NotPrincipal is not supported with Allow");
    }
    if grants_nothing(statement, covered) {
        return idle_sentence(statement, covered);
    }
    let deed = if kind == PolicyKind::Trust {
        Deed::Does(trust_deeds(statement))
    } else {
        deed(statement, kind, covered)
    };
    let who = statement.principal.as_ref().map(principal_words);
    let line = match (statement.effect, who) {
        (Some(Effect::Allow), None) => deed.gerund(allow_verb(kind)),
        (Some(Effect::Allow), Some(who)) => deed.infinitive(
            Line::new()
                .with(Meaning::Allow, "Lets")
                .plain(" ")
                .then(who)
                .plain(" "),
        ),
        (Some(Effect::Deny), None) => {
            deed.gerund(Line::new().with(Meaning::Deny, "Denies").plain(" "))
        }
        (Some(Effect::Deny), Some(who)) => deed.denied(
            Line::new()
                .with(Meaning::Deny, "Denies")
                .plain(" ")
                .then(who)
                .plain(" "),
        ),
        (None, _) => deed.gerund(
            Line::new()
                .with(
                    Meaning::Unknown,
                    "Allows or denies (its Effect cannot be read)",
                )
                .plain(" "),
        ),
    };
    line.then(when(statement))
}

/// Policies that only limit allow nothing by themselves.
fn allow_verb(kind: PolicyKind) -> Line {
    match kind {
        PolicyKind::Boundary | PolicyKind::Session | PolicyKind::Scp | PolicyKind::Rcp => {
            Line::new()
                .with(Meaning::Allow, "Allows at most")
                .plain(" ")
        }
        _ => Line::new().with(Meaning::Allow, "Allows").plain(" "),
    }
}

/// What the actions of a statement do.
enum Deed {
    /// Clauses: `read and write` ` objects of the bucket b`.
    Does(Vec<Clause>),
    /// Actions to be listed: `every action of Amazon S3`.
    Uses(Line),
}

/// Verbs with their shared object. A verb comes with what stands between it and the object.
struct Clause {
    verbs: Vec<&'static str>,
    object: Line,
}

impl Clause {
    fn new(verb: &'static str, object: Line) -> Self {
        Clause {
            verbs: vec![verb],
            object,
        }
    }

    fn words(self, form: impl Fn(&str) -> String) -> Line {
        let verbs = self.verbs.iter().map(|verb| Line::from(form(verb)));
        listed(verbs, "and").then(self.object)
    }
}

impl Deed {
    /// `Allows reading ...`, `Denies every action ...`.
    fn gerund(self, begin: Line) -> Line {
        match self {
            Deed::Does(clauses) => begin.then(joined(clauses, |verb| {
                gerund(verb).unwrap_or_else(|| verb.to_owned())
            })),
            Deed::Uses(actions) => begin.then(actions),
        }
    }

    /// `Denies somebody reading ...`, `Denies somebody the use of every action ...`.
    fn denied(self, begin: Line) -> Line {
        match self {
            Deed::Uses(actions) => begin.plain("the use of ").then(actions),
            does @ Deed::Does(_) => does.gerund(begin),
        }
    }

    /// `Lets somebody read ...`, `Lets somebody use every action ...`.
    fn infinitive(self, begin: Line) -> Line {
        match self {
            Deed::Does(clauses) => begin.then(joined(clauses, str::to_owned)),
            Deed::Uses(actions) => begin.plain("use ").then(actions),
        }
    }
}

fn joined(clauses: Vec<Clause>, form: impl Fn(&str) -> String) -> Line {
    let words = clauses.into_iter().map(|clause| clause.words(&form));
    listed(words.collect::<Vec<_>>().into_iter(), "and")
}

fn deed(statement: &Statement, kind: PolicyKind, covered: &Covered) -> Deed {
    let Some(element) = &statement.action else {
        return Deed::Uses(Line::new());
    };
    let patterns: Vec<&str> = element
        .entries
        .iter()
        .filter_map(|entry| entry.text.as_plain())
        .collect();
    let resources = statement.resource.as_ref();
    if element.not && element.entries.is_empty() {
        let every = Line::from("every action of every service");
        return Deed::Uses(every.then(on(resources, &[], kind)));
    }
    if element.not {
        let excepted = element
            .entries
            .iter()
            .map(|entry| Line::new().text(&entry.text));
        let line = Line::from("every action except ").then(listed(excepted, "and"));
        return Deed::Uses(line.then(on(resources, &[], kind)));
    }
    let wild = patterns
        .iter()
        .any(|text| Pattern::parse(text).is_some_and(|pattern| pattern.is_wild()));
    if covered.open {
        let entries = element.entries.iter();
        let line = listed(entries.map(|entry| Line::new().text(&entry.text)), "and");
        return Deed::Uses(line.then(on(resources, &[], kind)));
    }
    if wild {
        let line = wild_words(&patterns, covered);
        return Deed::Uses(line.then(on(resources, &[], kind)));
    }
    let actions: Vec<&'static Action> = covered.effective.iter().collect();
    named_deed(&actions, resources, kind)
}

/// Actions by name: the clause of one, the clauses of a few on the same resources, or a count.
fn named_deed(
    actions: &[&'static Action],
    resources: Option<&ResourceElement>,
    kind: PolicyKind,
) -> Deed {
    if let Some(deed) = clauses(actions, resources, kind) {
        return deed;
    }
    let typed = actions.iter().any(|action| action.has_resource_types());
    let behind = || {
        if typed {
            on(resources, actions, kind)
        } else {
            Line::new()
        }
    };
    if let [action] = actions
        && let Some(text) = description(action)
    {
        let rest = behind();
        let rest = if rest.is_empty() {
            rest
        } else {
            Line::new().plain(",").then(rest)
        };
        return Deed::Does(vec![Clause::new(text, rest)]);
    }
    let line = if actions.len() <= 3 {
        let names = actions.iter();
        listed(
            names.map(|action| Line::new().action(action.canonical())),
            "and",
        )
    } else {
        summary_words(&Summary::of(actions.iter().copied()))
    };
    Deed::Uses(line.then(behind()))
}

/// `read objects of the bucket b and list the objects of the bucket b`: where each of at most four
/// actions has a clause of its own. Each is said of the resources that it can act on.
fn clauses(
    actions: &[&'static Action],
    resources: Option<&ResourceElement>,
    kind: PolicyKind,
) -> Option<Deed> {
    let element = resources.filter(|element| !element.not && !element.entries.is_empty())?;
    if actions.is_empty() || actions.len() > 4 || element.entries.len() > 8 {
        return None;
    }
    // Bare verbs on the same type share their object: `reading and writing objects`.
    let mut groups: Vec<(&'static str, Vec<&'static str>, &'static Action)> = Vec::new();
    for action in actions {
        let (words, object) = clause(action)?;
        let bare = !words.contains(' ');
        let shared = groups.iter_mut().find(|(known, verbs, _)| {
            *known == object && (verbs.contains(&words) || bare && !verbs[0].contains(' '))
        });
        match shared {
            Some((_, verbs, _)) if verbs.contains(&words) => {}
            Some((_, verbs, _)) => verbs.push(words),
            None => groups.push((object, vec![words], action)),
        }
    }
    if groups.len() > 2 {
        return None;
    }
    let clauses = groups.into_iter().map(|(_, verbs, action)| {
        let fits = element
            .entries
            .iter()
            .map(|entry| &entry.text)
            .filter(|text| acts_on(action, text))
            .map(|text| object_words(text, action, kind));
        let objects = listed(fits.collect::<Vec<_>>().into_iter(), "and");
        Clause {
            verbs,
            object: Line::new().plain(" ").then(objects),
        }
    });
    Some(Deed::Does(clauses.collect()))
}

fn acts_on(action: &'static Action, text: &crate::iam::Text) -> bool {
    let pattern = ResourcePattern::new(text);
    action
        .resource_forms()
        .any(|(_, arn, _)| pattern.can_match(&crate::analyze::Form::new(arn, action.service())))
}

/// A resource as the object of a clause: everything of the clause's type is `any object`.
fn object_words(text: &crate::iam::Text, action: &'static Action, kind: PolicyKind) -> Line {
    if ResourcePattern::new(text).is_everything()
        && let Some((_, object)) = clause(action)
        && kind != PolicyKind::Resource
    {
        return format!("any {}", type_words(object)).into();
    }
    pattern_words(text, &[action], kind)
}

/// ` on the table orders`, nothing where a statement has no resource.
fn on(resources: Option<&ResourceElement>, of: &[&'static Action], kind: PolicyKind) -> Line {
    let Some(element) = resources else {
        return Line::new();
    };
    let line = Line::new().plain(" on ");
    match only_type(of) {
        Some(object) if kind != PolicyKind::Resource && is_everything(element) => {
            line.plain(format!("any {}", type_words(object)))
        }
        _ => line.then(resource_words(element, of, kind)),
    }
}

fn is_everything(element: &ResourceElement) -> bool {
    let mut patterns = element.entries.iter();
    !element.not && patterns.any(|entry| ResourcePattern::new(&entry.text).is_everything())
}

/// The one resource type that all actions act on, if it is one.
fn only_type(actions: &[&'static Action]) -> Option<&'static str> {
    let mut types = actions.iter().flat_map(|action| action.resource_forms());
    let (first, ..) = types.next()?;
    let only = types.all(|(name, ..)| name == first);
    (only && actions.iter().all(|action| action.has_resource_types())).then_some(first)
}

/// Patterns in words: `every action of Amazon S3`, `the 172 actions that match ec2:Describe*`.
fn wild_words(patterns: &[&str], covered: &Covered) -> Line {
    let summary = covered.effective.summary();
    let idle = covered.actions.len() - summary.total;
    match patterns {
        [one] if one.chars().all(|c| matches!(c, '*' | ':')) && idle == 0 => {
            "every action of every service".into()
        }
        [one] if idle == 0 => match (one.split_once(':'), summary.by_service.as_slice()) {
            (Some((_, "*")), [service]) => Line::new()
                .plain("every action of ")
                .plain(service.service.title())
                .muted(format!(" ({})", number(summary.total))),
            _ => Line::new()
                .plain("the ")
                .plain(count(summary.total, "action"))
                .plain(" that match ")
                .code((*one).to_owned())
                .muted(levels(&summary)),
        },
        _ => whole_services(patterns, &summary)
            .filter(|_| idle == 0)
            .unwrap_or_else(|| summary_words(&summary)),
    }
}

/// `every action of Amazon S3 and Amazon ECS`, where that is what a few patterns are.
fn whole_services(patterns: &[&str], summary: &Summary) -> Option<Line> {
    let few = patterns.len() <= 4 && patterns.iter().all(|pattern| pattern.ends_with(":*"));
    let whole = summary
        .by_service
        .iter()
        .all(|service| service.count == service.of());
    (few && whole && summary.by_service.len() == patterns.len()).then(|| {
        let titles = summary.by_service.iter();
        let titles = listed(
            titles.map(|counted| Line::from(counted.service.title())),
            "and",
        );
        Line::new()
            .plain("every action of ")
            .then(titles)
            .muted(format!(" ({})", number(summary.total)))
    })
}

/// `12 actions of Amazon DynamoDB (8 Read, 4 Write)`.
fn summary_words(summary: &Summary) -> Line {
    let services = match summary.by_service.as_slice() {
        [one] => one.service.title().to_owned(),
        many => count(many.len(), "service"),
    };
    Line::new()
        .plain(count(summary.total, "action"))
        .plain(" of ")
        .plain(services)
        .muted(levels(summary))
}

/// ` (8 Read, 4 Write)`, nothing where there is no action.
pub(super) fn levels(summary: &Summary) -> String {
    if summary.total == 0 {
        return String::new();
    }
    let counted = crate::catalog::AccessLevel::ALL
        .into_iter()
        .filter(|level| summary.at(*level) > 0)
        .map(|level| format!("{} {}", number(summary.at(level)), level.name()));
    format!(" ({})", counted.collect::<Vec<_>>().join(", "))
}

/// What a trust policy lets its principals do.
fn trust_deeds(statement: &Statement) -> Vec<Clause> {
    const BESIDE: [(&str, &str); 3] = [
        ("sts:TagSession", "tag its sessions"),
        ("sts:SetSourceIdentity", "set a source identity"),
        ("sts:SetContext", "pass a context"),
    ];
    let mut clauses = Vec::new();
    let mut assumes = false;
    for entry in statement.action.iter().flat_map(|element| &element.entries) {
        let beside = entry.text.as_plain().and_then(|text| {
            let known = BESIDE
                .iter()
                .find(|(name, _)| text.eq_ignore_ascii_case(name));
            known.map(|(_, words)| *words)
        });
        match beside {
            Some(words) => clauses.push(Clause::new(words, Line::new())),
            None if !assumes => {
                assumes = true;
                clauses.insert(0, Clause::new("assume this role", Line::new()));
            }
            None => {}
        }
    }
    clauses
}

/// Conditions behind a sentence: `, when aws:SourceIp is in 10.0.0.0/8`.
fn when(statement: &Statement) -> Line {
    match statement.conditions.as_slice() {
        [] => Line::new(),
        few if few.len() <= 3 => Line::new()
            .plain(", when ")
            .then(listed(few.iter().map(condition_words), "and")),
        many => Line::new().plain(format!(", when {} conditions hold", many.len())),
    }
}

/// A statement none of whose actions has an effect.
fn idle_sentence(statement: &Statement, covered: &Covered) -> Line {
    let verb = match statement.effect {
        Some(Effect::Deny) => "Denies nothing: ",
        _ => "Grants nothing: ",
    };
    let line = Line::new().with(Meaning::Warning, verb);
    let entries = statement.action.iter().flat_map(|element| &element.entries);
    let names: Vec<Line> = entries.map(|entry| Line::new().text(&entry.text)).collect();
    if names.is_empty() {
        return line.plain("it lists no action");
    }
    let many = names.len() > 1;
    let names = listed(names.into_iter(), "and");
    if covered.actions.is_empty() {
        return line.then(names).plain(if many {
            " are no actions of AWS's reference"
        } else {
            " is no action of AWS's reference"
        });
    }
    line.then(names).plain(if many {
        " cannot act on the resources listed"
    } else {
        " cannot act on the resource listed"
    })
}
