//! What the side pane says of a source and of its sections: what there is, at a glance.

use crate::analyze::{PurposeReview, Purposes, own_documents};
use crate::explain::{
    Fact, Item as Words, Line, Link, Mark, Meaning, Page, Span, count, problem_item,
};
use crate::iam::{Account, Assumed, Inventory, ParameterFrom, Problem, Severity, Text};

use super::index::Index;
use super::item::{Entity, Item, Owner, Section, problem};
use super::rows::{label, trusted};

/// So many rows of a table are worth reading.
const ROWS: usize = 300;

/// What a source holds.
pub fn source_page(
    account: u32,
    inventory: &Inventory,
    index: &Index,
    purposes: Option<&Purposes>,
) -> Page {
    let Some(found) = inventory.accounts.get(account as usize) else {
        return Page::default();
    };
    let mut page = Page::new(found.name.clone());
    let mut parts = Vec::new();
    let mut add = |number: usize, noun: &str| {
        if number > 0 {
            parts.push(count(number, noun));
        }
    };
    add(found.roles.len(), "role");
    add(found.users.len(), "user");
    add(found.groups.len(), "group");
    add(found.policies.len(), "managed policy");
    add(found.resource_policies.len(), "resource policy");
    page.say(if parts.is_empty() {
        "Nothing that has or is a policy was found.".to_owned()
    } else {
        format!("{}.", parts.join(", "))
    });
    let bad = |severity: Severity| {
        let problems = index.problems(account).iter();
        problems
            .filter_map(|at| problem(*at, inventory))
            .filter(|problem| problem.severity == severity)
            .count()
    };
    let (errors, warnings) = (bad(Severity::Error), bad(Severity::Warning));
    if errors + warnings > 0 {
        let words = format!(
            "{}, {}.",
            count(errors, "error"),
            count(warnings, "warning")
        );
        page.mark(Mark::Problem, words);
    }
    page.facts(facts(found, inventory));
    roles(found, account, inventory, &mut page);
    page.facts(open(found));
    purpose_lists(found, purposes, &mut page);
    page
}

// Where nobody gave a purpose, a list of all permissions says nothing.
fn purpose_lists(found: &Account, purposes: Option<&Purposes>, page: &mut Page) {
    let review = PurposeReview::of(&own_documents(found), purposes);
    if review.with_purpose > 0 {
        let without = review.without_purpose.iter().take(ROWS);
        page.heading(format!(
            "{} without a purpose",
            count(review.without_purpose.len(), "permission")
        ));
        page.list(
            without
                .map(|name| Words::new(Line::new().action(name)))
                .collect(),
        );
        more(review.without_purpose.len(), page);
    }
    if purposes.is_some() {
        page.heading(format!(
            "{} without a permission",
            count(review.without_permission.len(), "purpose")
        ));
        let left = review.without_permission.iter().take(ROWS);
        let left = left.map(|purpose| {
            let line = Line::new().code(purpose.permission.clone());
            Words::new(line.plain(format!("  {}", purpose.text)))
        });
        page.list(left.collect());
        more(review.without_permission.len(), page);
    }
}

fn facts(found: &Account, inventory: &Inventory) -> Vec<Fact> {
    let assumed = |value: &Assumed<String>| {
        let line = Line::new().code(value.value.clone());
        if value.assumed {
            line.muted(" assumed, nothing says so")
        } else {
            line
        }
    };
    let mut facts = vec![
        Fact::new("Account", assumed(&found.id)),
        Fact::new("Region", assumed(&found.region)),
        Fact::new("Partition", assumed(&found.partition)),
    ];
    let sources: Vec<Words> = inventory
        .sources
        .iter()
        .take(ROWS)
        .map(|source| {
            Words::new(
                Line::new()
                    .plain(source.path.clone())
                    .muted(format!("  {}", source.kind.name())),
            )
        })
        .collect();
    facts.push(Fact::many("Read from", sources));
    facts
}

// What is not known, or known only because a default says so.
fn open(found: &Account) -> Vec<Fact> {
    let mut facts = Vec::new();
    let parameters: Vec<Words> = found
        .parameters
        .iter()
        .map(|parameter| {
            let line = Line::new().key(parameter.name.clone()).plain(" ");
            let line = match (&parameter.value, parameter.secret) {
                (None, _) => line.with(Meaning::Unknown, "without a value"),
                (Some(_), true) => line.muted("a secret"),
                (Some(value), false) => line.code(value.clone()),
            };
            Words::new(match parameter.from {
                Some(ParameterFrom::Default) => line.muted("  default"),
                _ => line,
            })
        })
        .collect();
    if !parameters.is_empty() {
        facts.push(Fact::many("Parameters", parameters));
    }
    let placeholders = found.placeholders.iter().map(|placeholder| {
        let line = Line::new().key(placeholder.text.clone()).plain(" ");
        Words::new(match &placeholder.value {
            Some(value) => line.code(value.clone()),
            None => line.plain("is left to be filled in"),
        })
    });
    let placeholders: Vec<Words> = placeholders.collect();
    if !placeholders.is_empty() {
        facts.push(Fact::many("Placeholders", placeholders));
    }
    let mut unresolved = Line::new();
    for (position, open) in found.unresolved.iter().take(ROWS).enumerate() {
        let comma = if position > 0 { ", " } else { "" };
        unresolved = unresolved
            .plain(comma)
            .with(Meaning::Unknown, open.name.clone());
    }
    if !unresolved.is_empty() {
        facts.push(Fact::new("Not known yet", unresolved));
    }
    let undecided: Vec<Words> = found
        .undecided
        .iter()
        .map(|open| Words::new(Line::new().key(open.condition.clone())))
        .collect();
    if !undecided.is_empty() {
        facts.push(Fact::many("Undecided", undecided));
    }
    facts
}

fn roles(found: &Account, account: u32, inventory: &Inventory, page: &mut Page) {
    let rows: Vec<Vec<Line>> = (0..found.roles.len())
        .take(ROWS)
        .filter_map(|index| {
            let owner = Owner::Role(u32::try_from(index).ok()?);
            let entity = Entity { account, owner };
            let role = &found.roles[index];
            let who = role.trust.as_ref().map(|trust| trusted(&trust.statements));
            Some(vec![
                linked(&label(entity, inventory), &role.identity.arn),
                Line::new().plain(who.unwrap_or_else(|| "not loaded".to_owned())),
            ])
        })
        .collect();
    page.table(&["Role", "May be assumed by"], rows);
    more(found.roles.len(), page);
}

fn linked(name: &str, arn: &Text) -> Line {
    let span = Span::new(Meaning::Plain, name.to_owned());
    span.to(Link::Arn(arn.to_string())).into()
}

fn more(total: usize, page: &mut Page) {
    if total > ROWS {
        page.say(format!("and {} more", total - ROWS));
    }
}

/// What a section holds.
pub fn section_page(account: u32, section: Section, inventory: &Inventory, index: &Index) -> Page {
    let Some(found) = inventory.accounts.get(account as usize) else {
        return Page::default();
    };
    let mut page = Page::new(section.title());
    let entity = |owner: Owner| label(Entity { account, owner }, inventory);
    let number = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
    match section {
        Section::Roles => roles(found, account, inventory, &mut page),
        Section::Users => {
            let users = found.users.iter().enumerate().take(ROWS);
            let rows = users.map(|(index, user)| {
                vec![
                    linked(&entity(Owner::User(number(index))), &user.identity.arn),
                    names(&user.groups),
                ]
            });
            page.table(&["User", "In groups"], rows.collect());
            more(found.users.len(), &mut page);
        }
        Section::Groups => {
            let groups = found.groups.iter().enumerate().take(ROWS);
            let rows = groups.map(|(index, group)| {
                let policies = group.managed.len() + group.inline.len();
                vec![
                    linked(&entity(Owner::Group(number(index))), &group.identity.arn),
                    count(policies, "policy").into(),
                ]
            });
            page.table(&["Group", "Has"], rows.collect());
            more(found.groups.len(), &mut page);
        }
        Section::Policies => {
            let policies = found.policies.iter().enumerate().take(ROWS);
            let rows = policies.map(|(index, policy)| {
                vec![
                    linked(&entity(Owner::Managed(number(index))), &policy.identity.arn),
                    names(&policy.attached_to),
                ]
            });
            page.table(&["Policy", "Attached to"], rows.collect());
            more(found.policies.len(), &mut page);
        }
        Section::ResourcePolicies => {
            let policies = found.resource_policies.iter().take(ROWS);
            let rows = policies.map(|policy| {
                vec![
                    Line::new().text(&policy.resource),
                    Line::new().muted(policy.kind.clone()),
                ]
            });
            page.table(&["Resource", "Type"], rows.collect());
            more(found.resource_policies.len(), &mut page);
        }
        Section::Organisation => page.say(
            "Service and resource control policies that reach the account, from the root down. They allow nothing by themselves: they limit what everything below may allow.",
        ),
        Section::Problems => {
            let problems = index.problems(account).iter().take(ROWS);
            let problems = problems.filter_map(|at| problem(*at, inventory));
            page.list(problems.map(|problem| listed(problem, inventory)).collect());
            more(index.problems(account).len(), &mut page);
        }
    }
    page
}

fn names(all: &[Text]) -> Line {
    let mut line = Line::new();
    for (position, name) in all.iter().enumerate() {
        if position > 0 {
            line = line.plain(", ");
        }
        line = line.plain(super::rows::short_text(name));
    }
    if all.is_empty() {
        line = line.muted("nothing");
    }
    line
}

/// The page of a row that stands for something with parts: a source, a section, what cannot be read.
pub fn page(item: Item, inventory: &Inventory, index: &Index, purposes: Option<&Purposes>) -> Page {
    match item {
        Item::Source(account) => source_page(account, inventory, index, purposes),
        Item::Section(account, section) => section_page(account, section, inventory, index),
        _ => {
            let mut page = Page::new("Could not be read");
            page.list(
                inventory
                    .problems
                    .iter()
                    .take(ROWS)
                    .map(|problem| listed(problem, inventory))
                    .collect(),
            );
            page
        }
    }
}

fn listed(problem: &Problem, inventory: &Inventory) -> Words {
    let place = Line::new().muted(inventory.describe(problem.place));
    problem_item(problem).below(Words::new(place))
}
