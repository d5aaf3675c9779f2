//! CloudFormation templates, JSON and YAML: what their IAM resources come to under given settings.

mod attach;
mod build;
mod conditions;
mod documents;
mod entities;
mod evaluate;

mod loops;
mod names;
mod permissions;
mod properties;
mod references;
mod resource_policies;
mod sam;
mod scope;
mod stacks;
mod template;
mod text;
mod words;

pub(super) use scope::{Given, Scope, Surroundings};
pub(super) use template::{Resource, Template};

use crate::iam::{Account, Node, Parameter, ParameterFrom, Problem, Value};

/// Renders a template into an account.
pub(super) fn render(
    mut account: Account,
    template: &Template,
    surroundings: &Surroundings,
    given: &Given,
) -> Account {
    let scope = Scope::new(template, surroundings, given);
    entities::add(&scope, &mut account);
    attach::add(&scope, &mut account);
    resource_policies::add(&scope, &mut account);
    for resource in scope.resources() {
        if let Some(arn) = scope.arn_of(resource) {
            account.resources.insert(resource.id.clone(), arn);
        }
    }
    finish(&scope, &mut account);
    stacks::add(&scope, &mut account);
    let log = scope.log.into_inner();
    account.problems.extend(log.problems);
    log.blanks.list_in(&mut account);
    account.unresolved = log.unresolved.into_values().collect();
    account.unresolved.sort_by_key(|one| one.place);
    account.undecided = log.undecided.into_values().collect();
    account.undecided.sort_by_key(|one| one.place);
    account
}

/// Lists the parameters and what is wrong with the template.
fn finish(scope: &Scope<'_>, account: &mut Account) {
    let mut parameters = Vec::new();
    for definition in &scope.template.parameters {
        let value = scope.value_of(definition);
        let given = scope.given.parameters.contains_key(&definition.name);
        let value = value.as_ref().map(shown);
        let default = definition.default.as_ref().map(shown);
        if let Some(value) = &value
            && given
            && !definition.allowed.is_empty()
            && !definition.allowed.contains(value)
        {
            let allowed = definition.allowed.join("`, `");
            let message = format!("parameter `{}` cannot be `{value}`", definition.name);
            scope.problem(
                Problem::warning(definition.place, message).hint(format!("it takes `{allowed}`")),
            );
        }
        let from = if given {
            Some(ParameterFrom::Given)
        } else {
            value.as_ref().map(|_| ParameterFrom::Default)
        };
        let used_by = scope.log.borrow().used_by.get(&definition.name).cloned();
        let is_placeholder = |value: &String| super::placeholder::is_placeholder(value);
        parameters.push(Parameter {
            name: definition.name.clone(),
            kind: definition.kind.clone(),
            from,
            placeholder: value.as_ref().is_some_and(is_placeholder),
            value,
            default,
            allowed: definition.allowed.clone(),
            description: definition.description.clone(),
            secret: definition.secret,
            place: definition.place,
            used_by: used_by.unwrap_or_default().into_iter().collect(),
        });
    }
    account.parameters = parameters;
    account.problems.extend(scope.template.problems.clone());
}

/// A value as one line: lists with commas.
fn shown(node: &Node) -> String {
    match &node.value {
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(shown).collect();
            items.join(",")
        }
        _ => node
            .scalar()
            .map(|text| text.to_string())
            .unwrap_or_default(),
    }
}
