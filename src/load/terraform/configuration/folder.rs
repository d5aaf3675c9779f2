//! The files of one folder: a module, as it is written.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use super::expression::{Attribute, Block, Body, Expr};
use crate::iam::{Place, Problem};

/// A module as it is written.
#[derive(Debug, Default)]
pub(super) struct Folder {
    /// Links followed, without `..`.
    pub path: PathBuf,
    pub variables: Vec<Variable>,
    pub locals: HashMap<String, Expr>,
    pub resources: Vec<ResourceBlock>,
    pub outputs: HashMap<String, Expr>,
    pub calls: Vec<Call>,
    pub providers: Vec<Block>,
    /// Values of variables that stand in `terraform.tfvars` and `*.auto.tfvars`.
    pub values: BTreeMap<String, Expr>,
    pub problems: Vec<Problem>,
}

#[derive(Debug)]
pub(super) struct Variable {
    pub name: String,
    pub place: Place,
    pub body: Body,
}

#[derive(Debug)]
pub(super) struct ResourceBlock {
    pub kind: String,
    pub name: String,
    pub is_data: bool,
    pub place: Place,
    pub comment: Option<Box<str>>,
    pub body: Body,
}

impl ResourceBlock {
    /// `data.aws_region.current`
    pub fn base(&self) -> String {
        let data = if self.is_data { "data." } else { "" };
        format!("{data}{}.{}", self.kind, self.name)
    }
}

/// A module that is used.
#[derive(Debug)]
pub(super) struct Call {
    pub name: String,
    pub place: Place,
    pub body: Body,
    /// `./modules/app`, a registry's name, an address.
    pub source: String,
    /// The folder, where the source is one that is here.
    pub folder: Option<PathBuf>,
}

impl Call {
    pub fn is_local(&self) -> bool {
        self.source.starts_with("./") || self.source.starts_with("../")
    }
}

impl Folder {
    /// Adds what a file says. What an override file says replaces what is there.
    pub fn add(&mut self, body: Body, overrides: bool) {
        for block in body.blocks {
            self.add_block(block, overrides);
        }
    }

    /// Adds values of variables.
    pub fn add_values(&mut self, body: Body) {
        for Attribute { name, value, .. } in body.attributes {
            self.values.insert(name, value);
        }
    }

    fn add_block(&mut self, block: Block, overrides: bool) {
        let Block {
            kind,
            labels,
            place,
            comment,
            body,
        } = block;
        match (kind.as_str(), labels.as_slice()) {
            ("variable", [name]) => {
                let variables = &mut self.variables;
                match variables.iter_mut().find(|variable| variable.name == *name) {
                    Some(found) if overrides => replace(&mut found.body, body),
                    Some(_) => self.twice("variable", name, place),
                    None => variables.push(Variable {
                        name: name.clone(),
                        place,
                        body,
                    }),
                }
            }
            ("locals", _) => {
                for Attribute { name, value, place } in body.attributes {
                    if self.locals.contains_key(&name) && !overrides {
                        self.twice("local", &name, place);
                    } else {
                        self.locals.insert(name, value);
                    }
                }
            }
            ("output", [name]) => {
                let value = body.attributes.into_iter().find(|one| one.name == "value");
                if let Some(Attribute { value, .. }) = value {
                    self.outputs.insert(name.clone(), value);
                }
            }
            ("resource" | "data", [resource, name]) => {
                let is_data = kind == "data";
                let same = |one: &&mut ResourceBlock| {
                    one.is_data == is_data && one.kind == *resource && one.name == *name
                };
                match self.resources.iter_mut().find(same) {
                    Some(found) if overrides => replace(&mut found.body, body),
                    Some(_) => self.twice(&kind, &format!("{resource}.{name}"), place),
                    None => self.resources.push(ResourceBlock {
                        kind: resource.clone(),
                        name: name.clone(),
                        is_data,
                        place,
                        comment,
                        body,
                    }),
                }
            }
            ("module", [name]) => {
                if let Some(found) = self.calls.iter_mut().find(|call| call.name == *name) {
                    if overrides {
                        replace(&mut found.body, body);
                    } else {
                        self.twice("module", name, place);
                    }
                    return;
                }
                let source = body.attribute("source").and_then(Expr::as_literal);
                self.calls.push(Call {
                    name: name.clone(),
                    place,
                    source: source.unwrap_or_default(),
                    folder: None,
                    body,
                });
            }
            ("provider", [_]) => self.providers.push(Block {
                kind: labels.into_iter().next().unwrap_or_default(),
                labels: Vec::new(),
                place,
                comment,
                body,
            }),
            _ => {}
        }
    }

    fn twice(&mut self, what: &str, name: &str, place: Place) {
        let message = format!("{what} `{name}` is defined twice: the first is used");
        self.problems.push(Problem::error(place, message));
    }
}

/// What an override file does to a block: its attributes, and its nested blocks by their kind, stand in
/// the place of those that are there.
fn replace(body: &mut Body, new: Body) {
    for attribute in new.attributes {
        body.attributes.retain(|one| one.name != attribute.name);
        body.attributes.push(attribute);
    }
    let kinds: Vec<String> = new.blocks.iter().map(|block| block.kind.clone()).collect();
    body.blocks.retain(|block| !kinds.contains(&block.kind));
    body.blocks.extend(new.blocks);
}
