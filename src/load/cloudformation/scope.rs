//! What a template's expressions mean under given settings: values of parameters, conditions, the
//! account; and what was met on the way.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::template::{ParameterDefinition, Resource, Template};
use crate::iam::{
    Node, Part, Place, Problem, Text, Undecided, Unresolved, UnresolvedKind, UnresolvedUse, Value,
};
use crate::load::blanks::Blanks;

/// Steps that resolving one template may take; real ones of 1 MB stay under a tenth of it.
const MAX_STEPS: u32 = 2_000_000;
/// Problems that are listed for one template.
const MAX_PROBLEMS: usize = 1_000;
/// Expressions inside expressions, references followed included.
const MAX_DEPTH: u32 = 128;

/// The account that a template would be deployed into.
#[derive(Clone, Debug)]
pub(in crate::load) struct Surroundings {
    pub account: String,
    pub region: String,
    pub partition: String,
}

impl Surroundings {
    /// Those of an account.
    pub fn of(account: &crate::iam::Account) -> Self {
        Surroundings {
            account: account.id.value.clone(),
            region: account.region.value.clone(),
            partition: account.partition.value.clone(),
        }
    }

    /// The domain of the partition's endpoints.
    pub fn url_suffix(&self) -> &'static str {
        match self.partition.as_str() {
            "aws-cn" => "amazonaws.com.cn",
            _ => "amazonaws.com",
        }
    }
}

/// Values that are given to a template from outside.
#[derive(Clone, Debug, Default)]
pub(in crate::load) struct Given {
    /// Of parameters: a string, or a list of strings.
    pub parameters: BTreeMap<String, Node>,
    /// Of conditions.
    pub conditions: BTreeMap<String, bool>,
}

/// What resolving met.
#[derive(Debug, Default)]
pub(in crate::load) struct Log {
    pub unresolved: BTreeMap<String, UnresolvedUse>,
    pub undecided: BTreeMap<String, Undecided>,
    pub problems: Vec<Problem>,
    pub used_by: BTreeMap<String, BTreeSet<String>>,
    pub blanks: Blanks,
}

pub(in crate::load) struct Scope<'a> {
    pub template: &'a Template,
    pub surroundings: &'a Surroundings,
    pub given: &'a Given,
    pub log: RefCell<Log>,
    resources: Vec<Arc<Resource>>,
    index: HashMap<String, usize>,
    pub(super) stacks: RefCell<super::stacks::Stacks>,
    pub(super) conditions: RefCell<HashMap<String, super::conditions::Logic>>,
    /// Resources whose names are being worked out, to see a circle.
    pub(super) following: RefCell<HashSet<String>>,
    user: RefCell<String>,
    steps: Cell<u32>,
    depth: Cell<u32>,
}

impl<'a> Scope<'a> {
    pub fn new(template: &'a Template, surroundings: &'a Surroundings, given: &'a Given) -> Self {
        let mut scope = Scope {
            template,
            surroundings,
            given,
            log: RefCell::default(),
            resources: Vec::new(),
            index: HashMap::new(),
            stacks: RefCell::default(),
            conditions: RefCell::default(),
            following: RefCell::default(),
            user: RefCell::default(),
            steps: Cell::new(0),
            depth: Cell::new(0),
        };
        let mut resources = template.resources.clone();
        resources.extend(scope.resources_of_loops());
        scope.set_resources(resources);
        if template.is_sam() {
            let expanded = super::sam::expand(&scope);
            scope.set_resources(expanded);
        }
        scope
    }

    /// Replaces the resources: what loops, macros and transforms make of those of the template.
    fn set_resources(&mut self, resources: Vec<Arc<Resource>>) {
        let ids = resources.iter().enumerate();
        self.index = ids
            .map(|(at, resource)| (resource.id.clone(), at))
            .collect();
        self.resources = resources;
    }

    pub fn resources(&self) -> &[Arc<Resource>] {
        &self.resources
    }

    pub fn resource(&self, id: &str) -> Option<&Arc<Resource>> {
        self.resources.get(*self.index.get(id)?)
    }

    /// Says for which resource references are resolved from now on.
    pub fn work_on(&self, id: &str) {
        id.clone_into(&mut self.user.borrow_mut());
    }

    pub fn problem(&self, problem: Problem) {
        let problems = &mut self.log.borrow_mut().problems;
        if problems.len() > MAX_PROBLEMS || problems.contains(&problem) {
            return;
        }
        problems.push(if problems.len() < MAX_PROBLEMS {
            problem
        } else {
            Problem::warning(problem.place, "more is wrong than is listed")
        });
    }

    /// A reference that nothing decides.
    pub fn unresolved(&self, name: &str, kind: UnresolvedKind, place: Place) -> Part {
        self.log
            .borrow_mut()
            .unresolved
            .entry(name.to_owned())
            .or_insert_with(|| UnresolvedUse {
                name: name.to_owned(),
                kind,
                place,
            });
        Part::Unresolved(Arc::new(Unresolved {
            name: name.to_owned(),
            kind,
            place,
        }))
    }

    pub fn unresolved_node(&self, name: &str, kind: UnresolvedKind, place: Place) -> Node {
        let text = Text::from_parts([self.unresolved(name, kind, place)]);
        Node::string(place, text)
    }

    /// Fills the placeholders of a policy document.
    pub fn fill_blanks(&self, document: &mut Node) {
        let given = |name: &str| {
            let value = self.given.parameters.get(name)?.scalar()?;
            value.as_plain().map(str::to_owned)
        };
        let blanks = &mut self.log.borrow_mut().blanks;
        blanks.fill(document, &self.user.borrow(), &given);
    }

    /// Counts one step deeper; false when the template asks for too much.
    pub fn enter(&self, place: Place) -> bool {
        self.depth.set(self.depth.get() + 1);
        if self.depth.get() == MAX_DEPTH {
            let message = "expressions refer to each other in a circle, or are nested too deeply";
            self.problem(Problem::error(place, message));
        }
        self.spend(1, place) && self.depth.get() < MAX_DEPTH
    }

    /// Whether the template has asked for too much already.
    pub fn is_spent(&self) -> bool {
        self.steps.get() >= MAX_STEPS
    }

    /// Counts work done; false when the template asks for too much.
    pub fn spend(&self, work: usize, place: Place) -> bool {
        let before = self.steps.get();
        let work = u32::try_from(work).unwrap_or(u32::MAX);
        self.steps.set(before.saturating_add(work));
        let fits = self.steps.get() < MAX_STEPS;
        if !fits && before < MAX_STEPS {
            self.problem(Problem::error(place, "expressions expand to too much"));
        }
        fits
    }

    pub fn leave(&self) {
        self.depth.set(self.depth.get().saturating_sub(1));
    }

    /// The value of a parameter: given, or its default. `None` where there is no such parameter.
    pub fn parameter(&self, name: &str, place: Place) -> Option<Node> {
        let mut parameters = self.template.parameters.iter();
        let definition = parameters.find(|parameter| parameter.name == name)?;
        let user = self.user.borrow();
        let mut log = self.log.borrow_mut();
        let users = log.used_by.entry(name.to_owned()).or_default();
        if !user.is_empty() {
            users.insert(user.clone());
        }
        drop((user, log));
        let default = definition.default.as_ref().and_then(Node::as_str);
        let fits = self.spend(default.map_or(0, str::len) / 64, place);
        if let Some(mut value) = self.value_of(definition).filter(|_| fits) {
            value.place = place;
            if let Value::List(items) = &mut value.value {
                for item in items {
                    item.place = place;
                }
            }
            return Some(value);
        }
        let kind = if definition.is_stored_elsewhere() {
            UnresolvedKind::Import
        } else {
            UnresolvedKind::Parameter
        };
        Some(self.unresolved_node(name, kind, place))
    }

    /// The value of a parameter, where it has one.
    pub fn value_of(&self, definition: &ParameterDefinition) -> Option<Node> {
        let value = match self.given.parameters.get(&definition.name) {
            Some(value) => value,
            None if definition.is_stored_elsewhere() => return None,
            None => definition.default.as_ref()?,
        };
        if matches!(value.value, Value::List(_)) {
            return Some(value.clone());
        }
        let text = value.scalar()?;
        match text.as_plain() {
            Some(known) if definition.is_list() => {
                let item = |item: &str| Node::string(value.place, item.trim());
                let items = known.split(',').map(item).collect();
                Some(Node::new(value.place, Value::List(items)))
            }
            _ => Some(Node::string(value.place, text)),
        }
    }
}
