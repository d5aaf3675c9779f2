//! Terraform: configuration, plans and states as `terraform show -json` writes them, state files. All
//! come to resources with attributes, and policies are read from those.

mod attach;
mod computed;
pub(super) mod configuration;
mod documents;
mod entities;
mod permissions;
mod plan;
mod policy_document;
mod resource_policies;
mod table;

pub(super) use plan::{is_plan, is_state, read};

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use crate::iam::{
    Account, Arn, Assumed, Guard, Node, Part, Place, Problem, Text, Unresolved, UnresolvedKind,
    UnresolvedUse, Value,
};

use super::cloudformation::{Given, Surroundings};
use super::positions::SourceText;
use configuration::Configuration;

/// What was read.
#[derive(Debug)]
pub(super) enum Terraform {
    Recorded(Recorded),
    Configuration(Configuration),
}

/// What a plan or a state holds.
#[derive(Debug)]
pub(super) struct Recorded {
    pub resources: Vec<Resource>,
    pub variables: Vec<crate::iam::Parameter>,
    pub text: Arc<SourceText>,
}

/// What the user gives to a configuration.
pub(super) struct Inputs<'a> {
    pub given: &'a Given,
}

/// The resources of a configuration under settings.
pub(super) struct Rendered {
    resources: Vec<Resource>,
    /// What is wrong with JSON text, by where the text begins.
    faults: HashMap<Place, Problem>,
    /// Files that expressions read.
    files: BTreeSet<PathBuf>,
}

/// A resource, or data that is read.
#[derive(Clone, Debug)]
pub(super) struct Resource {
    /// `module.app.aws_iam_role.this[0]`
    pub address: String,
    pub kind: String,
    pub is_data: bool,
    /// Its attributes; unknown ones are unresolved references.
    pub values: Node,
    pub place: Place,
    /// The undecided conditions under which it exists.
    pub guard: Guard,
    /// The comment that its author wrote above it.
    pub comment: Option<Box<str>>,
}

/// One text of a list.
struct Listed {
    text: Text,
    place: Place,
    guard: Guard,
}

impl Resource {
    /// A resource of a plan or a state.
    fn recorded(address: String, kind: String, is_data: bool, values: Node, place: Place) -> Self {
        Resource {
            address,
            kind,
            is_data,
            values,
            place,
            guard: Guard::always(),
            comment: None,
        }
    }

    /// The text of an attribute.
    pub fn text(&self, attribute: &str) -> Option<Text> {
        let text = self.values.get(attribute)?.scalar()?;
        (!text.is_empty()).then_some(text)
    }

    /// The texts of a list, each with when it is there.
    fn texts(&self, attribute: &str) -> Vec<Listed> {
        let items = self.values.get(attribute).map(Node::one_or_many);
        let items = items.unwrap_or_default().iter();
        items
            .filter_map(|item| {
                let text = item.scalar().filter(|text| !text.is_empty())?;
                Some(Listed {
                    text,
                    place: item.place,
                    guard: self.guard.join(&item.guard),
                })
            })
            .collect()
    }
}

/// Whether the name of a variable says that its value is nobody else's business, whatever its author
/// declared: plans of older versions do not say `sensitive`.
fn names_a_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words = [
        "password",
        "passwd",
        "secret_key",
        "private_key",
        "api_key",
        "token",
    ];
    words.iter().any(|word| name.contains(word)) || name.ends_with("secret")
}

/// A reference that only applying the plan decides.
fn unknown(name: &str, place: Place) -> Text {
    Text::from_parts([Part::Unresolved(Arc::new(Unresolved {
        name: name.to_owned(),
        kind: UnresolvedKind::Attribute,
        place,
    }))])
}

/// What the resources come to.
pub(super) fn render(mut account: Account, terraform: &Terraform, given: &Given) -> Account {
    match terraform {
        Terraform::Configuration(configuration) => {
            let rendered = configuration.render(&mut account, &Inputs { given });
            let documents = documents::Documents {
                resources: &rendered.resources,
                text: None,
                faults: &rendered.faults,
                given,
                blanks: RefCell::default(),
            };
            fill(&mut account, documents);
        }
        Terraform::Recorded(recorded) => {
            let resources = recorded.render(&mut account);
            let documents = documents::Documents {
                resources: &resources,
                text: Some(&recorded.text),
                faults: &HashMap::new(),
                given,
                blanks: RefCell::default(),
            };
            account.parameters.clone_from(&recorded.variables);
            fill(&mut account, documents);
        }
    }
    account
}

/// Reads the policies of resources into an account.
fn fill(account: &mut Account, documents: documents::Documents<'_>) {
    let surroundings = Surroundings::of(account);
    entities::add(&documents, &surroundings, account);
    resource_policies::add(&documents, &surroundings, account);
    let own = documents
        .resources
        .iter()
        .filter(|resource| !resource.is_data);
    for resource in own {
        if let Some(arn) = resource.text("arn") {
            account.resources.insert(resource.address.clone(), arn);
        }
    }
    documents.blanks.into_inner().list_in(account);
    account.unresolved = unresolved_in(account);
}

impl Recorded {
    fn render(&self, account: &mut Account) -> Vec<Resource> {
        let mut resources = self.resources.clone();
        if account.id.assumed
            && let Some(id) = account_of(&resources)
        {
            account.id = Assumed {
                value: id,
                assumed: false,
            };
        }
        let surroundings = Surroundings::of(account);
        for resource in &mut resources {
            computed::complete(resource, &surroundings);
        }
        follow_references(&mut resources);
        resources
    }
}

/// Puts attributes that became known in the place of references to them, so that a policy finds
/// its role: `aws_iam_role.app.id` is the role's name.
fn follow_references(resources: &mut [Resource]) {
    let mut known: BTreeMap<String, Text> = BTreeMap::new();
    for resource in resources.iter() {
        let address = plan::without_keys(&resource.address);
        for attribute in ["id", "name", "arn"] {
            if let Some(text) = resource.text(attribute) {
                known
                    .entry(format!("{address}.{attribute}"))
                    .or_insert(text);
            }
        }
    }
    for resource in resources {
        if let Value::Object(members) = &mut resource.values.value {
            members
                .iter_mut()
                .for_each(|member| follow(&mut member.value, &known));
        }
    }
}

fn follow(node: &mut Node, known: &BTreeMap<String, Text>) {
    match &mut node.value {
        Value::String(text) => {
            let found = text
                .as_reference()
                .and_then(|reference| known.get(&plan::without_keys(&reference.name)));
            if let Some(found) = found {
                *text = found.clone();
            }
        }
        Value::List(items) => items.iter_mut().for_each(|item| follow(item, known)),
        Value::Object(members) => {
            members
                .iter_mut()
                .for_each(|member| follow(&mut member.value, known));
        }
        _ => {}
    }
}

/// The account that the ARNs of a state are in.
fn account_of(resources: &[Resource]) -> Option<String> {
    let own = || resources.iter().filter(|resource| !resource.is_data);
    let arns = own().filter_map(|resource| resource.text("arn"));
    // Customer managed policies are of the account of those that they are attached to.
    let attached = own().filter_map(|resource| resource.text("policy_arn"));
    arns.chain(attached).find_map(|arn| {
        let arn = Arn::parse(arn.as_plain()?)?;
        Arn::is_account_id(arn.account).then(|| arn.account.to_owned())
    })
}

/// Every reference that documents and attachments leave open, once.
fn unresolved_in(account: &Account) -> Vec<UnresolvedUse> {
    let mut found: BTreeMap<String, UnresolvedUse> = BTreeMap::new();
    let mut add = |text: &Text, place: Place| {
        for reference in text.references() {
            found
                .entry(reference.name.clone())
                .or_insert_with(|| UnresolvedUse {
                    name: reference.name.clone(),
                    kind: reference.kind,
                    place,
                });
        }
    };
    for document in account.documents() {
        for statement in &document.statements {
            let actions = statement.action.iter().flat_map(|element| &element.entries);
            let resources = statement
                .resource
                .iter()
                .flat_map(|element| &element.entries);
            let values = statement.conditions.iter().flat_map(|test| &test.values);
            for entry in actions.chain(resources).chain(values) {
                add(&entry.text, entry.place);
            }
            let principals = statement
                .principal
                .iter()
                .flat_map(|element| &element.entries);
            for principal in principals {
                add(&principal.entry.text, principal.entry.place);
            }
        }
    }
    let mut unresolved: Vec<UnresolvedUse> = found.into_values().collect();
    unresolved.sort_by_key(|one| one.place);
    unresolved
}
