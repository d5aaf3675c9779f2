//! Terraform: plans and states as `terraform show -json` writes them, and state files.

mod computed;
mod documents;
mod entities;
mod permissions;
mod plan;
mod resource_policies;

pub(super) use plan::{is_plan, is_state, read};

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::iam::{
    Account, Arn, Assumed, Node, Part, Place, Text, Unresolved, UnresolvedKind, UnresolvedUse,
    Value,
};

use super::cloudformation::Surroundings;
use super::positions::SourceText;

/// What a plan or a state holds.
#[derive(Debug)]
pub(super) struct Terraform {
    pub resources: Vec<Resource>,
    pub variables: Vec<crate::iam::Parameter>,
    pub text: Arc<SourceText>,
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
}

impl Resource {
    /// The text of an attribute.
    pub fn text(&self, attribute: &str) -> Option<Text> {
        let text = self.values.get(attribute)?.scalar()?;
        (!text.is_empty()).then_some(text)
    }

    /// The texts of a list.
    pub fn texts(&self, attribute: &str) -> Vec<(Text, Place)> {
        let items = self.values.get(attribute).map(Node::one_or_many);
        let items = items.unwrap_or_default().iter();
        items
            .filter_map(|item| Some((item.scalar()?, item.place)))
            .filter(|(text, _)| !text.is_empty())
            .collect()
    }
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
pub(super) fn render(mut account: Account, terraform: &Terraform) -> Account {
    let mut resources = terraform.resources.clone();
    if account.id.assumed
        && let Some(id) = account_of(&resources)
    {
        account.id = Assumed {
            value: id,
            assumed: false,
        };
    }
    let surroundings = Surroundings {
        account: account.id.value.clone(),
        region: account.region.value.clone(),
        partition: account.partition.value.clone(),
    };
    for resource in &mut resources {
        computed::complete(resource, &surroundings);
    }
    follow_references(&mut resources);
    let documents = documents::Documents {
        resources: &resources,
        text: &terraform.text,
    };
    entities::add(&resources, &documents, &surroundings, &mut account);
    resource_policies::add(&resources, &documents, &surroundings, &mut account);
    for resource in resources.iter().filter(|resource| !resource.is_data) {
        if let Some(arn) = resource.text("arn") {
            account.resources.insert(resource.address.clone(), arn);
        }
    }
    account.parameters.clone_from(&terraform.variables);
    account.unresolved = unresolved_in(&account);
    account
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
    let own = resources.iter().filter(|resource| !resource.is_data);
    let mut arns = own.filter_map(|resource| resource.text("arn"));
    arns.find_map(|arn| {
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
