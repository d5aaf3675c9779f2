//! Terraform's configuration language: a folder of `.tf` files, its modules, and what they come to.
//!
//! Files become expressions ([`hcl`], [`json`]), folders modules as they are written ([`folder`]).
//! Rendering uses them ([`module`], [`instances`]), works out values ([`evaluate`], [`functions`]) and
//! gives the resources that policies are read from, as plans and states do.

mod downloaded;
mod evaluate;
mod expression;
mod folder;
mod functions;
mod hcl;
mod instances;
mod json;
mod literal;
mod module;
mod nodes;
mod operators;
mod provider;
mod resource;
mod steps;
mod strings;
mod value;
mod variables;
mod world;

mod files;
pub(in crate::load) mod open;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use super::table;
use super::{Inputs, Rendered, Resource, names_a_secret};
use crate::iam::{Account, Parameter, ParameterFrom, Problem, SourceId};
use crate::load::cloudformation::Surroundings;
use crate::load::placeholder::is_placeholder;
use folder::{Folder, Variable};
use module::{Env, Instance, Module};
use value::{Kind, Val};
use world::World;

/// Resources of one configuration, all modules together.
const MAX_RESOURCES: usize = 5_000;

/// A root module, and everything that it may use.
#[derive(Debug)]
pub(in crate::load) struct Configuration {
    root: Arc<Folder>,
    folders: BTreeMap<PathBuf, Arc<Folder>>,
    files: Arc<files::Files>,
    /// The source that all symbols of the configuration are of.
    source: SourceId,
}

impl Configuration {
    /// What the configuration comes to. What it says of the account and region is taken, where nothing
    /// else says it.
    pub fn render(&self, account: &mut Account, inputs: &Inputs<'_>) -> Rendered {
        let before = Surroundings::of(account);
        let world = World::new(self, &before, inputs.given);
        world.take_provider(account);
        let surroundings = Surroundings::of(account);
        let world = World::new(self, &surroundings, inputs.given);
        let root = Rc::new(Module::root(self.root.clone()));
        let mut resources = Vec::new();
        world.collect(&root, &mut resources);
        let parameters = world.parameters(&root);
        let log = world.log.into_inner();
        account.parameters = parameters
            .into_iter()
            .map(|parameter| Parameter {
                used_by: match log.used_by.get(&parameter.name) {
                    Some(users) => users.iter().cloned().collect(),
                    None => Vec::new(),
                },
                ..parameter
            })
            .collect();
        let own = self.folders.values().flat_map(|folder| &folder.problems);
        account.problems.extend(own.cloned());
        account.problems.extend(log.problems);
        account.undecided = log.undecided.into_values().collect();
        account.undecided.sort_by_key(|one| one.place);
        Rendered {
            resources,
            faults: log.faults,
            files: log.files,
        }
    }

    /// Whether anything in it grants or denies, or could in a module that is not here.
    fn carries_policies(&self) -> bool {
        self.folders.values().any(|folder| {
            let carries = |kind: &str| table::carries_policies(kind);
            folder
                .resources
                .iter()
                .any(|block| !block.is_data && carries(&block.kind))
                || folder.calls.iter().any(|call| call.folder.is_none())
        })
    }
}

impl World<'_> {
    /// The resources of a module and of those that it uses; false where they are too many.
    fn collect(&self, module: &Rc<Module>, resources: &mut Vec<Resource>) -> bool {
        for (at, block) in module.folder.resources.iter().enumerate() {
            if block.is_data || !table::is_of_interest(&block.kind) {
                continue;
            }
            let mut found = Vec::new();
            instances_in(&self.instances(module, at), &mut found);
            for instance in found {
                if resources.len() >= MAX_RESOURCES || !self.spend(1, block.place) {
                    let message = "the modules have more resources than are shown";
                    self.problem(Problem::error(block.place, message));
                    return false;
                }
                resources.push(self.resource_of(&instance, &block.kind, block.comment.as_deref()));
            }
        }
        module.folder.calls.iter().all(|call| {
            let mut found = Vec::new();
            let env = Env::of(module.clone());
            modules_in(&self.module(&call.name, &env, call.place), &mut found);
            let mut inside = found.iter();
            inside.all(|module| self.spend(10, call.place) && self.collect(module, resources))
        })
    }

    fn resource_of(&self, instance: &Rc<Instance>, kind: &str, comment: Option<&str>) -> Resource {
        instance.address.clone_into(&mut self.user.borrow_mut());
        let resource = Resource {
            address: instance.address.clone(),
            kind: kind.to_owned(),
            is_data: false,
            values: self.values(instance),
            place: instance.place,
            guard: instance.guard.clone(),
            comment: comment.map(Into::into),
        };
        self.user.borrow_mut().clear();
        resource
    }

    fn parameters(&self, root: &Rc<Module>) -> Vec<Parameter> {
        let variables = root.folder.variables.iter();
        variables
            .map(|variable| self.parameter(variable, root))
            .collect()
    }

    fn parameter(&self, variable: &Variable, root: &Rc<Module>) -> Parameter {
        let env = Env::of(root.clone());
        let text = |name: &str| {
            let expr = variable.body.attribute(name)?;
            self.eval(expr, &env).known()
        };
        let default = variable.body.attribute("default");
        let default = default.map(|expr| self.shown(&self.eval(expr, &env)));
        let is_given = self.given.parameters.contains_key(&variable.name)
            || root.folder.values.contains_key(&variable.name);
        let value = self.value_of(variable, root);
        let value = value.filter(|val| !matches!(val.kind, Kind::Unknown(_)));
        let value = value.map(|val| self.shown(&val));
        let from = match (&value, is_given) {
            (None, _) => None,
            (_, true) => Some(ParameterFrom::Given),
            (_, false) => Some(ParameterFrom::Default),
        };
        let kind = variable.body.attribute("type").map(variables::type_name);
        Parameter {
            name: variable.name.clone(),
            kind: kind.unwrap_or_default(),
            from,
            placeholder: value.as_deref().is_some_and(is_placeholder),
            value,
            default,
            allowed: Vec::new(),
            description: text("description"),
            secret: text("sensitive").as_deref() == Some("true") || names_a_secret(&variable.name),
            place: variable.place,
            used_by: Vec::new(),
        }
    }

    /// A value as one line.
    fn shown(&self, val: &Val) -> String {
        match val.to_text() {
            Some(text) => text.to_string(),
            None if val.is_null() => "null".to_owned(),
            None => self.encoded(val).to_json().to_string(),
        }
    }
}

fn instances_in(val: &Val, found: &mut Vec<Rc<Instance>>) {
    match &val.kind {
        Kind::Resource(instance) | Kind::Each(instance) => found.push(instance.clone()),
        Kind::List(items) => items.iter().for_each(|item| instances_in(item, found)),
        Kind::Map(fields) => fields
            .iter()
            .for_each(|field| instances_in(&field.val, found)),
        Kind::Choice(cases) => cases.iter().for_each(|(_, val)| instances_in(val, found)),
        _ => {}
    }
}

fn modules_in(val: &Val, found: &mut Vec<Rc<Module>>) {
    match &val.kind {
        Kind::Module(module) => found.push(module.clone()),
        Kind::List(items) => items.iter().for_each(|item| modules_in(item, found)),
        Kind::Map(fields) => fields
            .iter()
            .for_each(|field| modules_in(&field.val, found)),
        Kind::Choice(cases) => cases.iter().for_each(|(_, val)| modules_in(val, found)),
        _ => {}
    }
}
