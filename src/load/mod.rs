//! Sources become an inventory: one file a format.
//!
//! [`Sources::open`] reads and detects; [`Sources::render`] resolves what was read under settings, as
//! often as they change. [`load`] does both once.

mod aws_managed;
mod blanks;
mod cases;
mod cdk;
mod cloudformation;
mod comments;
mod details;
mod detect;
mod error;
mod holders;
mod json_text;
mod json_write;
pub mod live;
mod loose;
mod nested;
mod open;
mod placeholder;
mod positions;
mod progress;
mod read;
pub mod snapshot;
mod terraform;
mod threads;
mod values;
mod walk;
mod weight;
mod yaml;

pub use error::LoadError;
pub use progress::Progress;

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::aws::ConnectOptions;
use crate::iam::{Account, Assumed, Inventory, Node, Place, Problem, Source, SourceId};
use cloudformation::{Given, Surroundings, Template};
use loose::Loose;
use terraform::Terraform;

/// What fills templates: values that the user gives. Everything else has a default of the template,
/// is assumed, or stays unresolved.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Settings {
    /// Values of parameters and variables, by name.
    pub parameters: BTreeMap<String, String>,
    /// The account that templates would be deployed into.
    pub account: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The partition; taken from the region where only that is given.
    pub partition: Option<String>,
    /// Values of conditions, by name.
    pub conditions: BTreeMap<String, bool>,
}

/// One thing to load.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SourceSpec {
    /// A file or a folder.
    Path(PathBuf),
    /// Bytes that were read elsewhere, such as standard input.
    Bytes {
        /// What to call it.
        name: String,
        /// Its content.
        bytes: Vec<u8>,
    },
    /// The embedded example: Gitpod Enterprise's template.
    Demo,
    /// A live account.
    Live(Box<ConnectOptions>),
}

/// The embedded example.
const DEMO: &str = include_str!("../../assets/demo/gitpod_enterprise.template.json");

/// The text of the embedded example, whose places its source's path `demo` names.
pub fn demo_text() -> &'static str {
    DEMO
}

/// Sources that were read and can be rendered.
#[derive(Debug, Default)]
pub struct Sources {
    sources: Vec<Source>,
    units: Vec<Unit>,
    loose: Loose,
    problems: Vec<Problem>,
}

/// What one source holds, as far as it can be read without settings.
#[derive(Debug)]
enum Unit {
    Template {
        name: String,
        /// Its file, links followed.
        path: Option<PathBuf>,
        template: Box<Template>,
        environment: Environment,
    },
    Terraform {
        name: String,
        terraform: Box<Terraform>,
    },
    Account(Arc<Account>),
}

/// Where a template says that it is deployed.
#[derive(Clone, Debug, Default)]
struct Environment {
    account: Option<String>,
    region: Option<String>,
}

/// Loads sources once.
///
/// # Errors
/// The first source that cannot be read, or the wish to stop.
pub fn load(
    specs: &[SourceSpec],
    settings: &Settings,
    progress: &Progress,
) -> Result<Inventory, LoadError> {
    Ok(Sources::open(specs, progress)?.into_inventory(settings))
}

impl Sources {
    /// Reads sources.
    ///
    /// # Errors
    /// The first source that cannot be read, or the wish to stop.
    pub fn open(specs: &[SourceSpec], progress: &Progress) -> Result<Self, LoadError> {
        open::open(specs, progress)
    }

    /// The inventory under settings.
    pub fn render(&self, settings: &Settings) -> Inventory {
        let accounts = self
            .units
            .iter()
            .map(|unit| unit.render(settings))
            .collect();
        self.inventory(accounts, settings)
    }

    /// The inventory under settings, where no other will be asked for.
    pub fn into_inventory(mut self, settings: &Settings) -> Inventory {
        let units = std::mem::take(&mut self.units).into_iter();
        let accounts = units
            .map(|unit| match unit {
                Unit::Account(account) => {
                    Arc::try_unwrap(account).unwrap_or_else(|shared| Account::clone(&shared))
                }
                template => template.render(settings),
            })
            .collect();
        self.inventory(accounts, settings)
    }

    fn inventory(&self, mut accounts: Vec<Account>, settings: &Settings) -> Inventory {
        let mut problems = self.problems.clone();
        accounts.extend(self.loose.render(settings, &mut problems));
        for account in &mut accounts {
            note_missing_policies(account);
        }
        let known = |name: &String| {
            let mut parameters = accounts.iter().flat_map(|account| &account.parameters);
            let mut placeholders = accounts.iter().flat_map(|account| &account.placeholders);
            parameters.any(|parameter| parameter.name == *name)
                || placeholders.any(|placeholder| placeholder.text == *name)
        };
        for name in settings.parameters.keys().filter(|name| !known(name)) {
            let message = format!("no source has a parameter `{name}`");
            problems.push(Problem::warning(Place::default(), message));
        }
        Inventory {
            sources: self.sources.clone(),
            accounts,
            problems,
        }
    }
}

impl Unit {
    fn render(&self, settings: &Settings) -> Account {
        match self {
            Unit::Account(account) => Account::clone(account),
            Unit::Terraform { name, terraform } => {
                let mut account = Account::new(name.as_str());
                settings.apply(&mut account, &Environment::default());
                let given = settings.given(SourceId::default());
                terraform::render(account, terraform, &given)
            }
            Unit::Template {
                name,
                template,
                environment,
                ..
            } => {
                let mut account = Account::new(name.as_str());
                settings.apply(&mut account, environment);
                let surroundings = Surroundings::of(&account);
                let given = settings.given(template.source);
                cloudformation::render(account, template, &surroundings, &given)
            }
        }
    }
}

/// The partition that a region is in.
fn partition_of(region: &str) -> &'static str {
    match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// Says once of every attached policy that its text is not here.
pub(crate) fn note_missing_policies(account: &mut Account) {
    let roles = account.roles.iter();
    let roles = roles.flat_map(|role| role.managed.iter().chain(&role.boundary));
    let users = account.users.iter();
    let users = users.flat_map(|user| user.managed.iter().chain(&user.boundary));
    let groups = account.groups.iter().flat_map(|group| &group.managed);
    let missing = roles.chain(users).chain(groups);
    let missing = missing.filter(|attached| attached.document.is_none());
    let mut seen = HashSet::new();
    // A snapshot has said it already.
    let said: HashSet<&Problem> = account.problems.iter().collect();
    let problems: Vec<Problem> = missing
        .filter(|attached| seen.insert(&attached.arn))
        .map(|attached| {
            let message = format!("policy `{}` is not in what was loaded", attached.arn);
            Problem::note(attached.place, message)
                .hint("what it allows and denies is unknown until it is loaded too")
        })
        .filter(|problem| !said.contains(problem))
        .collect();
    account.problems.extend(problems);
}

impl Settings {
    /// Puts the account, region and partition that are given, or that the source says, in the place
    /// of assumed ones.
    fn apply(&self, account: &mut Account, environment: &Environment) {
        let given = |value: &String| Assumed {
            value: value.clone(),
            assumed: false,
        };
        if let Some(id) = self.account.as_ref().or(environment.account.as_ref()) {
            account.id = given(id);
        }
        if let Some(region) = self.region.as_ref().or(environment.region.as_ref()) {
            account.region = given(region);
            partition_of(region).clone_into(&mut account.partition.value);
        }
        if let Some(partition) = &self.partition {
            account.partition = given(partition);
        }
    }

    fn given(&self, source: SourceId) -> Given {
        let place = Place::whole(source);
        let parameters = self.parameters.iter();
        Given {
            parameters: parameters
                .map(|(name, value)| (name.clone(), Node::string(place, value.as_str())))
                .collect(),
            conditions: self.conditions.clone(),
        }
    }
}
