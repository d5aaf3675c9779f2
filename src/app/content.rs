//! What the side pane says of what is selected: words, then facts, then JSON.

use crate::analyze::{self, Purposes};
use crate::catalog::{self, Summary};
use crate::explain::{self, Block, Fact, Line, Mark, Meaning, Page};
use crate::iam::{Entry, Inventory, Place};

use super::changes::Change;
use super::index::Index;
use super::item::{
    self, Entity, Item, Part, PolicyAt, ProblemAt, Slot, actions, conditions, principals, resources,
};
use super::reach::Reach;
use super::{json, overview, sheet};

/// What the side pane is about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Subject {
    /// A row of the tree.
    Item(Item),
    /// An action that was followed to, by its name, and the row it was followed from.
    Action(String, Item),
}

impl Subject {
    /// The row, where it is one.
    pub fn item(&self) -> Option<Item> {
        match self {
            Subject::Item(item) => Some(*item),
            Subject::Action(..) => None,
        }
    }
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
pub fn content(
    subject: &Subject,
    inventory: &Inventory,
    index: &Index,
    purposes: Option<&Purposes>,
) -> Content {
    let mut content = Content {
        subject: subject.clone(),
        page: Page::default(),
        json: Vec::new(),
        place: None,
        marked: None,
    };
    match subject {
        Subject::Action(name, _) => content.page = action_page(name, None, purposes),
        Subject::Item(item) => {
            content.place = item.place(inventory);
            about_item(*item, inventory, index, purposes, &mut content);
            say_changes(*item, index, &mut content.page);
        }
    }
    // JSON is shown once, with its parts known.
    if !content.json.is_empty() {
        let blocks = &mut content.page.blocks;
        blocks.retain(|block| !matches!(block, Block::Code { .. }));
    }
    content
}

fn about_item(
    found: Item,
    inventory: &Inventory,
    index: &Index,
    purposes: Option<&Purposes>,
    content: &mut Content,
) {
    match found {
        Item::Source(_) | Item::Section(..) | Item::Unread => {
            content.page = overview::page(found, inventory, index, purposes);
        }
        Item::Entity(entity) => content.page = entity_page(entity, inventory, index),
        Item::Membership(entity, group) => {
            let account = inventory.accounts.get(entity.account as usize);
            let name = entity
                .user(inventory)
                .and_then(|user| user.groups.get(group as usize));
            let found = account.and_then(|account| {
                let mut groups = account.groups.iter();
                groups.find(|group| Some(&group.identity.name) == name)
            });
            if let (Some(account), Some(group)) = (account, found) {
                content.page = explain::group_page(group, account, index.grants());
            }
        }
        Item::Policy(at) => {
            content.page = policy_page(at, inventory, index);
            if let Some(document) = at.document(inventory) {
                content.json = json::document_lines(document, None);
            }
        }
        Item::Statement(at, index) => {
            if let Some(document) = at.document(inventory)
                && let Some(statement) = document.statements.get(index as usize)
            {
                let name = at.name(inventory);
                content.page = explain::statement_page(
                    document,
                    statement,
                    at.kind(inventory),
                    &name,
                    purposes,
                );
                content.json = json::document_lines(document, Some(index as usize));
            }
        }
        Item::Part(at, index, part) => {
            content.marked = content.place;
            if let Some(page) = part_page(at, index, part, inventory, purposes) {
                content.page = page;
                remarkable(at, index, content.place, inventory, &mut content.page);
            }
            if let Some(document) = at.document(inventory) {
                content.json = json::document_lines(document, Some(index as usize));
            }
        }
        Item::Service(at, statement, part, service) => {
            if let Some(page) = service_page(at, statement, part, service, inventory) {
                content.page = page;
            }
        }
        Item::Covered(at, statement, part, action) => {
            let statement = at.statement(inventory, statement);
            let entry = match part {
                Part::Action(entry) => statement.and_then(|own| actions(own).get(entry as usize)),
                _ => None,
            };
            if let Some(action) = catalog::index().actions().get(action as usize) {
                content.page = action_page(action.canonical(), entry, purposes);
            }
        }
        Item::Known(action) => {
            if let Some(action) = catalog::index().actions().get(action as usize) {
                content.page = action_page(action.canonical(), None, purposes);
            }
        }
        Item::Catalogue => {
            content.page = Page::new("Actions of AWS");
            content.page.say(
                "What the search finds among all actions that AWS documents, by their names and the words of their descriptions, whether or not a policy here names them.",
            );
        }
        Item::Gone(number) => {
            if let Some(gone) = index.changes().gone(number) {
                content.page = Page::new(explain::escape(&gone.name).into_owned());
                content
                    .page
                    .say("It was there when this was loaded before, and is gone now.");
            }
        }
        Item::Problem(at) | Item::Listed(at) => {
            if let Some(problem) = item::problem(at, inventory) {
                content.page = explain::problem_page(problem, inventory);
                content.marked = Some(problem.place);
            }
            if let ProblemAt::Document(at, index) = at
                && let Some(document) = at.document(inventory)
                && let Some(home) = item::home_of_problem(document, index as usize)
            {
                content.json = json::document_lines(document, Some(home as usize));
            }
        }
    }
}

/// What is otherwise than before stands first.
fn say_changes(item: Item, index: &Index, page: &mut Page) {
    let notes = index.changes().notes(item);
    let words = match (index.changes().of(item), notes) {
        (Some(Change::New), _) => "New since it was loaded before.".to_owned(),
        (Some(Change::Changed), [_, ..]) => format!("Changed: {}.", notes.join("; ")),
        _ => return,
    };
    let line = Line::new().with(Meaning::Warning, explain::escape(&words).into_owned());
    page.blocks
        .insert(0, Block::Paragraph(explain::Item::new(line)));
}

fn entity_page(entity: Entity, inventory: &Inventory, index: &Index) -> Page {
    let Some(account) = inventory.accounts.get(entity.account as usize) else {
        return Page::default();
    };
    if let Some(role) = entity.role(inventory) {
        explain::role_page(role, index.grants())
    } else if let Some(user) = entity.user(inventory) {
        explain::user_page(user, account, index.grants())
    } else if let Some(group) = entity.group(inventory) {
        explain::group_page(group, account, index.grants())
    } else {
        Page::default()
    }
}

fn policy_page(at: PolicyAt, inventory: &Inventory, index: &Index) -> Page {
    if at.slot == Slot::Own {
        if let Some(policy) = at.entity.managed(inventory) {
            return explain::managed_policy_page(policy, index.grants());
        }
        if let Some(policy) = at.entity.resource(inventory) {
            return explain::resource_policy_page(policy);
        }
    }
    let name = at.name(inventory);
    match at.document(inventory) {
        Some(document) => explain::policy_page(&name, document, at.kind(inventory)),
        None => {
            let mut page = Page::new(name);
            page.mark(
                Mark::Depends,
                "What it says is not known: it is attached, but its text was not loaded.",
            );
            if let Some(attachment) = at.attachment(inventory) {
                let arn = Line::new().text(&attachment.arn);
                page.facts(vec![Fact::new("ARN", arn)]);
            }
            page
        }
    }
}

/// What is remarkable about a part of a statement stands right behind what the part is.
fn remarkable(
    at: PolicyAt,
    index: u32,
    place: Option<Place>,
    inventory: &Inventory,
    page: &mut Page,
) {
    let Some(statement) = at.statement(inventory, index) else {
        return;
    };
    let found = analyze::findings(statement, at.kind(inventory));
    let own = found.iter().filter(|own| Some(own.problem.place) == place);
    let items: Vec<_> = own.map(|own| explain::problem_item(&own.problem)).collect();
    if !items.is_empty() {
        page.list(items);
        let last = page.blocks.pop();
        let at = page.blocks.len().min(1);
        page.blocks.splice(at..at, last);
    }
}

/// An action, and why it is there: by the table that was given, else by its author's comment.
fn action_page(name: &str, entry: Option<&Entry>, purposes: Option<&Purposes>) -> Page {
    let mut page = if name.contains(['*', '?']) && !name.contains("${") {
        explain::pattern_page(name)
    } else {
        explain::action_page(name)
    };
    let purpose = match entry {
        Some(entry) => analyze::purpose_of(entry, name, purposes),
        None => purposes
            .and_then(|purposes| purposes.of(name))
            .map(|purpose| purpose.text.clone()),
    };
    if let Some(purpose) = purpose {
        page.facts(vec![Fact::new("Purpose", purpose)]);
        // What it is for stands right behind what it is.
        let last = page.blocks.pop();
        let at = page.blocks.len().min(1);
        page.blocks.splice(at..at, last);
    }
    page
}

fn part_page(
    at: PolicyAt,
    index: u32,
    part: Part,
    inventory: &Inventory,
    purposes: Option<&Purposes>,
) -> Option<Page> {
    let statement = at.statement(inventory, index)?;
    Some(match part {
        Part::Action(entry) => {
            let entry = actions(statement).get(entry as usize)?;
            action_page(&entry.text.to_string(), Some(entry), purposes)
        }
        Part::Rest => {
            let reach = Reach::of(statement, part)?;
            explain::rest_page(statement, &Summary::of(reach.actions()))
        }
        Part::Principal(entry) => {
            let trust = at.kind(inventory) == crate::iam::PolicyKind::Trust;
            explain::principal_page(principals(statement).get(entry as usize)?, trust)
        }
        Part::Resource(entry) => {
            let text = &resources(statement).get(entry as usize)?.text;
            let not = statement.resource.as_ref().is_some_and(|own| own.not);
            let covered = analyze::covered(statement);
            let of: Vec<_> = covered.actions.iter().collect();
            explain::resource_page(text, not, &of, at.kind(inventory))
        }
        Part::Condition(entry) => {
            let condition = conditions(statement).get(entry as usize)?;
            explain::condition_page(condition, statement.effect)
        }
    })
}

// What a part stands for of one service.
fn service_page(
    at: PolicyAt,
    statement: u32,
    part: Part,
    service: u32,
    inventory: &Inventory,
) -> Option<Page> {
    let statement = at.statement(inventory, statement)?;
    let service = catalog::index().services().get(service as usize)?;
    let reach = Reach::of(statement, part)?;
    let summary = Summary::of(reach.actions_of(service));
    let name = match part {
        Part::Action(entry) => {
            let text = actions(statement).get(entry as usize)?.text.as_plain()?;
            text.split_once(':').map_or("*", |(_, name)| name)
        }
        _ => return Some(explain::service_rest_page(service, &summary)),
    };
    let pattern = format!("{}:{name}", service.prefix());
    Some(explain::pattern_page(&pattern))
}
