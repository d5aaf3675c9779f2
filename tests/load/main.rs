//! Sources of every format, from bytes to an inventory.

#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests

mod cdk;
mod cloudformation;
mod configuration;
mod counter;
mod details;
mod golden;
mod hostile;
mod hostile_terraform;
mod loose;
mod mutated;
mod nested;
mod placeholders;
mod properties;
mod sam;
mod terraform;

use iamscope::iam::{Account, Document, Inventory, Role};
use iamscope::load::{LoadError, Progress, Settings, SourceSpec, load};

/// Loads a text.
fn read_with(text: &str, settings: &Settings) -> Result<Inventory, LoadError> {
    let spec = SourceSpec::Bytes {
        name: "input".to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    load(&[spec], settings, &Progress::default())
}

/// Loads a text that is read.
fn read(text: &str) -> Inventory {
    read_with(text, &Settings::default()).unwrap()
}

/// The only account of a text.
fn account(text: &str) -> Account {
    only_account(read(text))
}

fn only_account(mut inventory: Inventory) -> Account {
    assert_eq!(inventory.accounts.len(), 1, "{inventory:#?}");
    inventory.accounts.remove(0)
}

/// Settings with values of parameters.
fn parameters(values: &[(&str, &str)]) -> Settings {
    Settings {
        parameters: values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        ..Settings::default()
    }
}

/// Loads a file or folder.
fn load_path(path: &str) -> Result<Inventory, LoadError> {
    let spec = SourceSpec::Path(path.into());
    load(&[spec], &Settings::default(), &Progress::default())
}

fn fixture(name: &str) -> Inventory {
    load_path(&format!("tests/fixtures/templates/{name}")).unwrap()
}

/// The role of a logical id.
fn role<'a>(account: &'a Account, id: &str) -> &'a Role {
    let mut roles = account.roles.iter();
    let found = roles.find(|role| role.identity.logical_id.as_deref() == Some(id));
    found.unwrap_or_else(|| panic!("no role {id} in {:#?}", account.roles))
}

/// The resources of the first statement, for reading, each with its guard.
fn resources(document: &Document) -> Vec<String> {
    let statement = &document.statements[0];
    let entries = &statement.resource.as_ref().unwrap().entries;
    let shown = entries.iter().map(|entry| match entry.guard.is_always() {
        true => entry.text.to_string(),
        false => format!("{} if {}", entry.text, entry.guard),
    });
    shown.collect()
}

/// Every problem of an inventory, for reading.
fn problems(inventory: &Inventory) -> Vec<String> {
    let accounts = inventory.accounts.iter();
    let inside = accounts.flat_map(Account::all_problems);
    let all = inventory.problems.iter().chain(inside);
    all.map(|problem| format!("{}: {}", inventory.describe(problem.place), problem.message))
        .collect()
}
