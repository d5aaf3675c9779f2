//! What the side pane says of what is selected: words, then facts, then JSON.

use crate::catalog;
use crate::explain::{Fact, Item as Words, Line, Link, Mark, Page};
use crate::iam::{Inventory, Place, Severity};

use super::index::Index;
use super::item::{self, Item, Part, PolicyAt, ProblemAt, actions, principals, resources};
use super::rows::what;
use super::{json, overview, sheet};

/// What the side pane is about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Subject {
    /// A row of the tree.
    Item(Item),
    /// An action that was followed to, by its name, and the row it was followed from.
    Action(String, Item),
}

/// What is said of something.
#[derive(Clone, Debug)]
pub struct Content {
    /// What it is about.
    pub subject: Subject,
    /// Words and facts.
    pub page: Page,
    /// JSON.
    pub json: Vec<sheet::Line>,
    /// Where it stands.
    pub place: Option<Place>,
    /// The part of the JSON that is meant, where it is not all of it.
    pub marked: Option<Place>,
}

/// What there is to say.
pub fn content(subject: &Subject, inventory: &Inventory, index: &Index) -> Content {
    let mut content = Content {
        subject: subject.clone(),
        page: Page::default(),
        json: Vec::new(),
        place: None,
        marked: None,
    };
    match subject {
        Subject::Action(name, _) => content.page = action_page(name),
        Subject::Item(item) => about_item(*item, inventory, index, &mut content),
    }
    content
}

fn about_item(found: Item, inventory: &Inventory, index: &Index, content: &mut Content) {
    if let Some(page) = overview::page(found, inventory, index) {
        content.page = page;
        return;
    }
    match found {
        Item::Policy(at) => {
            content.page = Page::new(at.name(inventory));
            if let Some(document) = at.document(inventory) {
                content.place = Some(document.place);
                content.page.list(
                    document
                        .statements
                        .iter()
                        .map(|statement| Words::new(what(statement)).about(statement.place))
                        .collect(),
                );
                content.json = json::document_lines(document, None);
            }
        }
        Item::Statement(at, index) => statement_page(at, index, inventory, content),
        Item::Part(at, index, part) => {
            part_page(at, index, part, inventory, content);
            content.marked = content.place;
            if let Some(document) = at.document(inventory) {
                content.json = json::document_lines(document, Some(index as usize));
            }
        }
        Item::Covered(_, _, _, action) => {
            if let Some(action) = catalog::index().actions().get(action as usize) {
                content.page = action_page(action.canonical());
            }
        }
        Item::Problem(at) | Item::Listed(at) => problem_page(at, inventory, content),
        _ => {}
    }
}

fn statement_page(at: PolicyAt, index: u32, inventory: &Inventory, content: &mut Content) {
    let Some(statement) = at.statement(inventory, index) else {
        return;
    };
    content.place = Some(statement.place);
    content.page = Page::new(format!(
        "Statement {} of {}",
        statement.reference(),
        at.name(inventory)
    ));
    content.page.say(what(statement));
    let entries = |entries: &[crate::iam::Entry]| {
        entries
            .iter()
            .map(|entry| Words::new(Line::new().text(&entry.text)).about(entry.place))
            .collect::<Vec<_>>()
    };
    content.page.facts(vec![
        Fact::many("Actions", entries(actions(statement))),
        Fact::many("Resources", entries(resources(statement))),
    ]);
    if let Some(document) = at.document(inventory) {
        content.json = json::document_lines(document, Some(index as usize));
    }
}

fn part_page(at: PolicyAt, index: u32, part: Part, inventory: &Inventory, content: &mut Content) {
    let Some(statement) = at.statement(inventory, index) else {
        return;
    };
    match part {
        Part::Action(entry) => {
            if let Some(entry) = actions(statement).get(entry as usize) {
                content.place = Some(entry.place);
                content.page = action_page(&entry.text.to_string());
            }
        }
        Part::Principal(entry) => {
            if let Some(principal) = principals(statement).get(entry as usize) {
                content.place = Some(principal.entry.place);
            }
        }
        Part::Resource(entry) => {
            if let Some(entry) = resources(statement).get(entry as usize) {
                content.place = Some(entry.place);
            }
        }
        Part::Condition(entry) => {
            if let Some(condition) = statement.conditions.get(entry as usize) {
                content.place = Some(condition.place);
                content.page = crate::explain::condition_page(condition, statement.effect);
            }
        }
    }
}

fn action_page(name: &str) -> Page {
    let mut page = Page::new(name.to_owned());
    if let Some(action) = catalog::action(name) {
        page.say(action.description);
        page.facts(vec![
            Fact::new("Service", action.action.service().title()),
            Fact::new("Level", action.action.level().name()),
        ]);
    }
    page
}

fn problem_page(at: ProblemAt, inventory: &Inventory, content: &mut Content) {
    let Some(problem) = item::problem(at, inventory) else {
        return;
    };
    content.place = Some(problem.place);
    content.page = Page::new(match problem.severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Note => "Note",
    });
    content.page.mark(Mark::Problem, problem.message.clone());
    let mut facts = vec![Fact::new(
        "Where",
        Line::new().plain(inventory.describe(problem.place)),
    )];
    if let Some(hint) = &problem.hint {
        facts.push(Fact::new("Mend", hint.clone()));
    }
    if let Some(page) = problem.page {
        facts.push(Fact::new(
            "AWS says",
            crate::explain::Span::new(crate::explain::Meaning::Plain, page)
                .to(Link::Url(page.to_owned())),
        ));
    }
    content.page.facts(facts);
}
