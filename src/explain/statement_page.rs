//! A statement on a page: the sentence, what is remarkable, then its parts.

use crate::analyze::{
    Covered, FindingKind, Purposes, Sensitive, canonical, covered, findings_of, purpose_of,
};
use crate::catalog::{self, Action, Pattern, Summary};
use crate::iam::{
    Document, Effect, Entry, Place, PolicyKind, PrincipalType, PrincipalValue, Problem, Statement,
};

use super::absence::{absence_words, condition_traps};
use super::condition::{capitalised, condition_words};
use super::deed::action_note;
use super::english::{count, number};
use super::principal::entry_words;
use super::problem::problem_item;
use super::resource::pattern_words;
use super::statement::{grants_nothing, levels, statement_words_of};
use super::{Fact, Item, Line, Mark, Meaning, Page};

/// More entries than these are not listed: the tree opens to them.
const MOST: usize = 60;

/// A statement of a document on a page of its own.
pub fn statement_page(
    document: &Document,
    statement: &Statement,
    kind: PolicyKind,
    policy: &str,
    purposes: Option<&Purposes>,
) -> Page {
    let mut page = Page::new(
        Line::new()
            .plain(format!("Statement {} of ", statement.reference()))
            .strong(policy.to_owned()),
    );
    let covered = covered(statement);
    let findings = findings_of(statement, kind, &covered);
    let (mark, words) = statement_words_of(statement, kind, &covered);
    let never = findings
        .iter()
        .any(|finding| finding.kind == FindingKind::NeverApplies);
    page.mark(if never { Mark::Problem } else { mark }, words);
    if statement.unreadable {
        page.mark(
            Mark::Problem,
            "AWS would not accept this statement: what it does is not known.",
        );
    }
    if !statement.guard.is_always() {
        page.mark(
            Mark::Unresolved,
            Line::new()
                .plain("It exists only where the template's condition ")
                .code(statement.guard.to_string())
                .plain(" holds."),
        );
    }
    if !grants_nothing(statement, &covered) {
        for consequence in consequences(statement, kind) {
            page.say(consequence);
        }
    }
    let problems: Vec<Item> = problems_of(document, statement)
        .chain(findings.iter().map(|finding| &finding.problem))
        .map(problem_item)
        .collect();
    page.list(problems);

    let mut facts = Vec::new();
    if let Some(comment) = &statement.comment {
        facts.push(Fact::new("Comment", Line::from(comment.to_string())));
    }
    if let Some(principal) = &statement.principal {
        let label = if principal.not { "Everyone but" } else { "Who" };
        let items = principal.entries.iter().map(|entry| {
            let words = Line::new().text(&entry.entry.text);
            let said = entry_words(entry);
            let words = if said.to_plain().contains(&words.to_plain()) {
                said
            } else {
                said.muted("  ").then(muted(words))
            };
            Item::new(words).about(entry.entry.place)
        });
        facts.push(Fact::many(label, bounded(items, principal.entries.len())));
    }
    facts.extend(actions_facts(statement, &covered, kind, purposes));
    if let Some(element) = &statement.resource {
        let label = if element.not { "Not on" } else { "Resources" };
        let of: Vec<&'static Action> = covered.effective.iter().take(8).collect();
        let items = element.entries.iter().map(|entry| {
            let text = Line::new().text(&entry.text);
            let words = pattern_words(&entry.text, &of, kind);
            let line = if words.to_plain() == text.to_plain() {
                text
            } else {
                text.muted("  ").then(muted(words))
            };
            guarded(Item::new(line).about(entry.place), entry)
        });
        facts.push(Fact::many(label, bounded(items, element.entries.len())));
    }
    facts.push(when_fact(statement));
    page.facts(facts);
    page
}

/// The same words as words that can be skipped; unresolved parts stay marked.
fn muted(line: Line) -> Line {
    let mut changed = Line::new();
    for mut span in line.spans {
        if span.meaning != Meaning::Unknown && span.meaning != Meaning::Warning {
            span.meaning = Meaning::Muted;
        }
        changed.push(span);
    }
    changed
}

/// At most so many items, and how many more there are.
fn bounded(items: impl Iterator<Item = Item>, all: usize) -> Vec<Item> {
    let mut listed: Vec<Item> = items.take(MOST).collect();
    if all > MOST {
        let more = number(all - MOST);
        listed.push(Item::new(Line::new().muted(format!("and {more} more"))));
    }
    listed
}

fn guarded(item: Item, entry: &Entry) -> Item {
    if entry.guard.is_always() {
        return item;
    }
    item.below(Item::marked(
        Mark::Unresolved,
        Line::new().muted(format!("only where {} holds", entry.guard)),
    ))
}

/// What follows from the kind of statement, beyond its sentence.
fn consequences(statement: &Statement, kind: PolicyKind) -> Vec<Line> {
    let mut said = Vec::new();
    let not_action = statement.action.as_ref().is_some_and(|element| element.not);
    if statement.effect == Some(Effect::Deny) {
        if not_action {
            said.push("It denies every other action, also those of services yet to come; what it leaves out is not thereby allowed.".into());
        }
        if statement.conditions.is_empty() && kind != PolicyKind::Trust {
            said.push("Nothing can allow again what it denies.".into());
        }
    }
    if statement.effect == Some(Effect::Allow) && names_account(statement) {
        said.push("Which users and roles of an account it names may, is for that account's own policies to say.".into());
    }
    if kind == PolicyKind::Boundary && statement.effect == Some(Effect::Allow) {
        said.push("A boundary grants nothing: an identity policy must allow it too.".into());
    }
    said
}

fn names_account(statement: &Statement) -> bool {
    statement.principal.as_ref().is_some_and(|element| {
        !element.not
            && element.entries.iter().any(|entry| {
                let text = entry.entry.text.as_plain().unwrap_or_default();
                entry.kind == PrincipalType::Aws
                    && matches!(PrincipalValue::parse(text), PrincipalValue::Account(_))
            })
    })
}

/// The document's problems that stand in a statement: from its place to that of the next.
fn problems_of<'a>(
    document: &'a Document,
    statement: &Statement,
) -> impl Iterator<Item = &'a Problem> {
    let begin = statement.place;
    let end = document
        .statements
        .iter()
        .map(|other| other.place)
        .filter(|place| *place > begin)
        .min();
    let within =
        move |place: Place| begin.is_known() && place >= begin && end.is_none_or(|end| place < end);
    document
        .problems
        .iter()
        .filter(move |problem| within(problem.place))
}

/// The actions with their level, what they act on, and why they are there.
fn actions_facts(
    statement: &Statement,
    covered: &Covered,
    kind: PolicyKind,
    purposes: Option<&Purposes>,
) -> Vec<Fact> {
    let Some(element) = &statement.action else {
        return Vec::new();
    };
    let items = element.entries.iter().enumerate().map(|(position, entry)| {
        let shown = entry.text.to_string();
        let mut item = action_item(entry, covered, kind);
        if covered.strangers.contains(&position) {
            item.mark = Some(Mark::Problem);
        }
        if let Some(purpose) = purpose_of(entry, &shown, purposes) {
            item = item.below(Item::new(Line::new().plain(purpose)));
        }
        if let Some(note) = action_note(&shown).filter(|_| kind != PolicyKind::Trust) {
            item = item.below(Item::new(Line::new().muted(note)));
        }
        guarded(item.about(entry.place), entry)
    });
    let mut listed = bounded(items, element.entries.len());
    let summary = covered.actions.summary();
    let counted = Line::new()
        .plain(count(summary.total, "action"))
        .muted(levels(&summary));
    if element.not {
        return vec![Fact::many("All but", listed), Fact::new("Covers", counted)];
    }
    if element.entries.len() > 1 && summary.total > 0 {
        listed.insert(0, Item::new(counted));
    }
    vec![Fact::many("Actions", listed)]
}

/// One entry of an action element: `s3:GetObject  Read  object`.
fn action_item(entry: &Entry, covered: &Covered, kind: PolicyKind) -> Item {
    let Some(text) = entry.text.as_plain() else {
        return Item::marked(Mark::Unresolved, Line::new().text(&entry.text));
    };
    if let Some(action) = catalog::index().find(text) {
        let mut line = Line::new()
            .action(canonical(text))
            .plain("  ")
            .plain(action.level().name());
        if action.hides_permissions_management() {
            line = line.with(Meaning::Warning, " (manages permissions)");
        } else if kind != PolicyKind::Trust
            && Sensitive::of(action) == Some(Sensitive::ExposesCredentials)
        {
            line = line.with(Meaning::Warning, " (answers with credentials)");
        }
        let mut item = Item::new(line.muted("  ").muted(types_words(action)));
        if covered.is_idle(action) {
            item.mark = Some(Mark::Problem);
        }
        return item;
    }
    let line = Line::new().code(text.to_owned());
    let Some(pattern) = Pattern::parse(text).filter(Pattern::is_wild) else {
        return Item::new(line);
    };
    let summary = Summary::of(pattern.actions());
    if summary.total == 0 {
        return Item::new(line);
    }
    let idle = pattern
        .actions()
        .filter(|action| covered.is_idle(action))
        .count();
    let mut line = line
        .plain("  ")
        .plain(count(summary.total, "action"))
        .muted(levels(&summary));
    let mut mark = None;
    if idle == summary.total && !covered.open {
        mark = Some(Mark::Problem);
    } else if idle > 0 {
        line = line.muted(format!(
            "; {} of them can act on the resources listed",
            number(summary.total - idle)
        ));
    }
    Item {
        mark,
        ..Item::new(line)
    }
}

/// The resource types of an action, the required ones and the plainest first: `table*, index`.
fn types_words(action: &'static Action) -> String {
    const FEW: usize = 4;
    let mut types: Vec<_> = action.resource_forms().collect();
    types.sort_by_key(|(_, arn, required)| (!required, arn.len()));
    let named = types
        .iter()
        .take(FEW)
        .map(|(name, _, required)| format!("{name}{}", if *required { "*" } else { "" }));
    let named = named.collect::<Vec<_>>().join(", ");
    match types.len() {
        0 => "no resource type".to_owned(),
        few if few <= FEW => named,
        many => format!("{named} and {} more", many - FEW),
    }
}

/// When the statement applies, and what happens where a key is absent.
fn when_fact(statement: &Statement) -> Fact {
    if statement.conditions.is_empty() {
        return Fact::new("When", "always");
    }
    let items = statement.conditions.iter().map(|condition| {
        let mut item = Item::new(condition_words(condition)).about(condition.place);
        let remarks = absence_words(condition, statement.effect)
            .into_iter()
            .chain(condition_traps(condition, statement.effect));
        for remark in remarks {
            item = item.below(Item::new(muted(capitalised(remark))));
        }
        item
    });
    Fact::many("When", bounded(items, statement.conditions.len()))
}
