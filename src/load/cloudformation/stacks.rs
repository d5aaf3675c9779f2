//! Nested stacks: what a template passes to them, and what they give back.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::scope::{Given, Log, Scope};
use super::template::Template;
use crate::iam::{Account, Node, Parameter, Problem, Text};

/// What is known of the nested stacks of a template, worked out when it is first asked for.
#[derive(Debug, Default)]
pub(super) struct Stacks {
    given: HashMap<String, Arc<Given>>,
    outputs: HashMap<String, Arc<BTreeMap<String, Text>>>,
}

impl Scope<'_> {
    /// An output of a nested stack; `None` where its template is not there or has no such output.
    pub(super) fn output_of_stack(&self, stack: &str, output: &str) -> Option<Text> {
        if let Some(outputs) = self.stacks.borrow().outputs.get(stack) {
            return outputs.get(output).cloned();
        }
        let template = self.template.nested.get(stack)?;
        // While they are worked out, a stack that asks for its own outputs finds none.
        let none = Arc::new(BTreeMap::new());
        self.stacks
            .borrow_mut()
            .outputs
            .insert(stack.to_owned(), none);
        let given = self.given_to(stack);
        let scope = Scope::new(template, self.surroundings, &given);
        let outputs = Arc::new(scope.outputs());
        let found = outputs.get(output).cloned();
        self.stacks
            .borrow_mut()
            .outputs
            .insert(stack.to_owned(), outputs);
        found
    }

    /// The values that a nested stack gets: those that the template passes, else those that the user
    /// gives by name.
    fn given_to(&self, stack: &str) -> Arc<Given> {
        if let Some(given) = self.stacks.borrow().given.get(stack) {
            return given.clone();
        }
        let mut given = self.given.clone();
        let passed = self.resource(stack).cloned();
        let passed = passed.and_then(|resource| resource.properties.get("Parameters").cloned());
        for (guard, value) in passed.map(|node| self.render(&node)).unwrap_or_default() {
            if let Some(value) = value
                && guard.is_always()
            {
                for member in value.members() {
                    given
                        .parameters
                        .insert(member.key.to_string(), member.value.clone());
                }
            }
        }
        let given = Arc::new(given);
        self.stacks
            .borrow_mut()
            .given
            .insert(stack.to_owned(), given.clone());
        given
    }

    fn outputs(&self) -> BTreeMap<String, Text> {
        let outputs = self.template.outputs.as_ref().map(Node::members);
        let value = |output: &Node| self.one_text(output.get("Value")?);
        outputs
            .unwrap_or_default()
            .iter()
            .filter_map(|member| Some((member.key.to_string(), value(&member.value)?)))
            .collect()
    }
}

/// Adds what the nested stacks hold: they are deployed into the same account. What is deployed from
/// elsewhere is said.
pub(super) fn add(scope: &Scope<'_>, account: &mut Account) {
    for resource in scope.resources() {
        let what = match resource.kind.as_str() {
            "AWS::CloudFormation::Stack" => "nested stack",
            "AWS::Serverless::Application" => "application",
            "AWS::CloudFormation::StackSet" => "stack set",
            _ => continue,
        };
        if scope.template.nested.contains_key(&resource.id) || scope.variants(resource).is_empty() {
            continue;
        }
        let message = format!("the template of {what} `{}` is not here", resource.id);
        scope.problem(
            Problem::note(resource.place, message).hint("roles and policies in it are not shown"),
        );
    }
    for (id, template) in &scope.template.nested {
        let Some(resource) = scope.resource(id).cloned() else {
            continue;
        };
        let given = scope.given_to(id);
        for (guard, _) in scope.variants(&resource) {
            let empty = Account::new(account.name.clone());
            let mut inside = super::render(empty, template, scope.surroundings, &given);
            for identity in identities(&mut inside) {
                identity.guard = guard.join(&identity.guard);
                let inner = identity.friendly.take().or(identity.logical_id.clone());
                identity.friendly = inner.map(|inner| format!("{id}/{inner}"));
            }
            for policy in &mut inside.resource_policies {
                policy.guard = guard.join(&policy.guard);
            }
            take(account, inside, id, template, scope);
        }
    }
}

fn identities(account: &mut Account) -> impl Iterator<Item = &mut crate::iam::Identity> {
    let roles = account.roles.iter_mut().map(|role| &mut role.identity);
    let users = account.users.iter_mut().map(|user| &mut user.identity);
    let groups = account.groups.iter_mut().map(|group| &mut group.identity);
    let policies = account.policies.iter_mut();
    let policies = policies.map(|policy| &mut policy.identity);
    roles.chain(users).chain(groups).chain(policies)
}

fn take(account: &mut Account, inside: Account, id: &str, template: &Template, scope: &Scope<'_>) {
    account.roles.extend(inside.roles);
    account.users.extend(inside.users);
    account.groups.extend(inside.groups);
    account.policies.extend(inside.policies);
    account.resource_policies.extend(inside.resource_policies);
    account.providers.extend(inside.providers);
    account.problems.extend(inside.problems);
    account.placeholders.extend(inside.placeholders);
    let resources = inside.resources.into_iter();
    let resources = resources.map(|(name, arn)| (format!("{id}/{name}"), arn));
    account.resources.extend(resources);
    // What the template passes is not for the user to fill.
    let passed = scope.resource(id);
    let passed = passed.and_then(|resource| resource.properties.get("Parameters"));
    let is_open = |parameter: &Parameter| {
        passed.is_none_or(|passed| passed.get(&parameter.name).is_none())
            && account
                .parameters
                .iter()
                .all(|one| one.name != parameter.name)
    };
    let parameters: Vec<Parameter> = inside.parameters.into_iter().filter(is_open).collect();
    account.parameters.extend(parameters);
    let mut log = scope.log.borrow_mut();
    let Log {
        unresolved,
        undecided,
        ..
    } = &mut *log;
    let source = template.source.0;
    for one in inside.unresolved {
        unresolved
            .entry(format!("{}\0{source}", one.name))
            .or_insert(one);
    }
    for one in inside.undecided {
        undecided
            .entry(format!("{}\0{source}", one.condition))
            .or_insert(one);
    }
}
