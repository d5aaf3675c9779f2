//! What of the selection can leave the screen.

use crate::catalog::Action;
use crate::iam::{Arn, Inventory};

use super::State;
use super::item::{
    Item, Owner, Part, PolicyAt, Slot, actions, conditions, principals, problem, resources,
};
use super::reach::Reach;

/// What can be copied of the selection: names of it, and the texts. The first is what `copy` takes.
pub fn choices(state: &State) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let Some(item) = state.selected() else {
        return out;
    };
    let inventory = &*state.inventory;
    let mut add = |label: &str, text: Option<String>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            out.push((label.to_owned(), text));
        }
    };
    match item {
        Item::Entity(entity) => {
            let identity = entity.identity(inventory);
            add("ARN", identity.map(|identity| identity.arn.to_string()));
            add("name", Some(entity.name(inventory)));
        }
        Item::Policy(at) | Item::Problem(super::item::ProblemAt::Document(at, _)) => {
            add("JSON", policy_json(at, inventory));
            add("ARN", policy_arn(at, inventory));
            add("name", Some(at.name(inventory)));
        }
        Item::Statement(at, index) => {
            add("JSON", statement_json(at, index, inventory));
            add("JSON of the policy", policy_json(at, inventory));
        }
        Item::Part(at, index, part) => {
            add("text", part_text(at, index, part, inventory));
            add(
                "JSON of the statement",
                statement_json(at, index, inventory),
            );
        }
        Item::Covered(_, _, _, action) => {
            let action = crate::catalog::index().actions().get(action as usize);
            add("text", action.map(|action| action.canonical().to_owned()));
        }
        Item::Membership(entity, index) => {
            let user = entity.user(inventory);
            let group = user.and_then(|user| user.groups.get(index as usize));
            add("name", group.map(ToString::to_string));
        }
        Item::Source(account) => {
            let account = inventory.accounts.get(account as usize);
            add("name", account.map(|account| account.name.clone()));
            add(
                "account id",
                account.map(|account| account.id.value.clone()),
            );
        }
        _ => {}
    }
    if let Item::Problem(at) | Item::Listed(at) = item {
        let found = problem(at, inventory);
        add(
            "problem",
            found.map(|found| format!("{}: {}", inventory.describe(found.place), found.message)),
        );
    }
    add(
        "AWS CLI command",
        item.entity().and_then(|_| command(item, inventory)),
    );
    add("page as Markdown", page(state));
    let place = state.pane.content().and_then(|content| content.place);
    add(
        "place",
        place
            .filter(|place| place.is_known())
            .map(|place| inventory.describe(place)),
    );
    if let Item::Section(..) | Item::Unread | Item::Service(..) = item {
        let text = state.text_of(item).map(super::rows::RowText::name);
        add_last(&mut out, "name", text);
    }
    out
}

fn add_last(out: &mut Vec<(String, String)>, label: &str, text: Option<String>) {
    if let Some(text) = text {
        out.push((label.to_owned(), text));
    }
}

fn policy_json(at: PolicyAt, inventory: &Inventory) -> Option<String> {
    serde_json::to_string_pretty(&at.document(inventory)?.json()).ok()
}

fn statement_json(at: PolicyAt, index: u32, inventory: &Inventory) -> Option<String> {
    let json = at.document(inventory)?.json();
    let statement = match json.get("Statement")? {
        serde_json::Value::Array(all) => all.get(index as usize)?,
        one => one,
    };
    serde_json::to_string_pretty(statement).ok()
}

fn part_text(at: PolicyAt, index: u32, part: Part, inventory: &Inventory) -> Option<String> {
    let statement = at.statement(inventory, index)?;
    Some(match part {
        Part::Principal(entry) => principals(statement)
            .get(entry as usize)?
            .entry
            .text
            .to_string(),
        Part::Action(entry) => actions(statement).get(entry as usize)?.text.to_string(),
        Part::Rest => {
            let reach = Reach::of(statement, part)?;
            let names: Vec<_> = reach.actions().map(Action::canonical).collect();
            names.join("\n")
        }
        Part::Resource(entry) => resources(statement).get(entry as usize)?.text.to_string(),
        Part::Condition(entry) => {
            let condition = conditions(statement).get(entry as usize)?;
            let values: Vec<String> = condition
                .values
                .iter()
                .map(|value| value.text.to_string())
                .collect();
            serde_json::json!({ &condition.operator_text: { condition.key.to_string(): values } })
                .to_string()
        }
    })
}

fn policy_arn(at: PolicyAt, inventory: &Inventory) -> Option<String> {
    match at.slot {
        Slot::Boundary | Slot::Managed(_) => Some(at.attachment(inventory)?.arn.to_string()),
        Slot::Own => Some(at.entity.identity(inventory)?.arn.to_string()),
        Slot::Trust | Slot::Inline(_) => None,
    }
}

/// The AWS CLI command that shows the same thing of a live account.
fn command(item: Item, inventory: &Inventory) -> Option<String> {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
    let entity = item.entity()?;
    let name = quoted(&entity.name(inventory));
    let kind = match entity.owner {
        Owner::Role(_) => "role",
        Owner::User(_) => "user",
        Owner::Group(_) => "group",
        _ => "",
    };
    if let Some(at) = item.policy() {
        match at.slot {
            Slot::Inline(_) => {
                let policy = quoted(&at.name(inventory));
                return Some(format!(
                    "aws iam get-{kind}-policy --{kind}-name {name} --policy-name {policy}"
                ));
            }
            Slot::Boundary | Slot::Managed(_) | Slot::Own => {
                let arn = policy_arn(at, inventory)?;
                Arn::parse(&arn)?;
                let arn = quoted(&arn);
                return Some(format!(
                    "aws iam get-policy-version --policy-arn {arn} --version-id \"$(aws iam get-policy --policy-arn {arn} --query Policy.DefaultVersionId --output text)\""
                ));
            }
            Slot::Trust => {}
        }
    }
    (!kind.is_empty()).then(|| format!("aws iam get-{kind} --{kind}-name {name}"))
}

/// What the side pane says, as Markdown.
fn page(state: &State) -> Option<String> {
    let content = state.pane.content()?;
    Some(crate::report::markdown(&content.page, 2))
}
