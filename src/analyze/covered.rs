//! Which actions of the catalogue a statement covers, and which of them can act on the resources
//! that it lists.

use std::collections::HashMap;

use crate::catalog::{self, Action, ActionSet, Pattern, Service};
use crate::iam::{ActionElement, ResourceElement, Statement};

use super::database;
use super::form::{Form, ResourcePattern};

/// The actions of a statement.
#[derive(Clone, Debug)]
pub struct Covered {
    /// Every action of the catalogue that the action element covers.
    pub actions: ActionSet,
    /// Those of them that can act on a resource that the statement lists; the rest it has no effect on.
    pub effective: ActionSet,
    /// The entries that match no action of the catalogue, by position.
    pub strangers: Vec<usize>,
    /// Whether an entry is unresolved, so that more actions may be covered (fewer for `NotAction`).
    pub open: bool,
}

impl Covered {
    /// Whether an action is covered and has no effect on the resources listed.
    pub fn is_idle(&self, action: &Action) -> bool {
        self.actions.contains(action.id()) && !self.effective.contains(action.id())
    }
}

/// Reads the action element of a statement, and limits it to what can act on its resources.
pub fn covered(statement: &Statement) -> Covered {
    let mut covered = match &statement.action {
        Some(element) => listed(element),
        None => Covered {
            actions: ActionSet::empty(),
            effective: ActionSet::empty(),
            strangers: Vec::new(),
            open: true,
        },
    };
    covered.effective = match &statement.resource {
        Some(element) if !element.not => effective(&covered.actions, element),
        // A trust policy has no resource; NotResource leaves all but a few.
        _ => covered.actions.clone(),
    };
    if database::matches_none(statement)
        && let Some(connect) = catalog::index().find("rds-db:connect")
    {
        covered.effective.remove(connect.id());
    }
    covered
}

fn listed(element: &ActionElement) -> Covered {
    let mut actions = ActionSet::empty();
    let mut strangers = Vec::new();
    let mut open = false;
    for (position, entry) in element.entries.iter().enumerate() {
        let Some(text) = entry.text.as_plain() else {
            open = true;
            continue;
        };
        match Pattern::parse(text) {
            Some(pattern) if pattern.is_wild() => {
                let mut some = false;
                for action in pattern.actions() {
                    actions.insert(action.id());
                    some = true;
                }
                if !some {
                    strangers.push(position);
                }
            }
            _ => match catalog::index().find(text) {
                Some(action) => actions.insert(action.id()),
                None => strangers.push(position),
            },
        }
    }
    if element.not {
        actions = actions.complement();
    }
    Covered {
        effective: actions.clone(),
        actions,
        strangers,
        open,
    }
}

/// The actions that can act on one of the resources.
fn effective(actions: &ActionSet, resources: &ResourceElement) -> ActionSet {
    let patterns: Vec<ResourcePattern> = resources
        .entries
        .iter()
        .map(|entry| ResourcePattern::new(&entry.text))
        .collect();
    if patterns.iter().any(|pattern| pattern.service().is_none()) {
        // `*`, or what cannot be examined.
        return actions.clone();
    }
    let mut effective = ActionSet::empty();
    let mut fits = Fits::new(&patterns);
    let mut skipped: Option<&Service> = None;
    for action in actions.iter() {
        let service = action.service();
        if skipped.is_some_and(|skipped| std::ptr::eq(skipped, service)) {
            continue;
        }
        if !fits.service(service) {
            skipped = Some(service);
            continue;
        }
        if can_act(action, &mut fits) {
            effective.insert(action.id());
        }
    }
    effective
}

fn can_act(action: &'static Action, fits: &mut Fits<'_>) -> bool {
    if !action.has_resource_types() {
        return lists_buckets(action, fits.patterns);
    }
    let service = action.service();
    action
        .resource_forms()
        .any(|(_, arn, _)| fits.form(service, arn))
}

/// AWS's own examples grant `s3:ListAllMyBuckets` on `arn:aws:s3:::*`, although it has no resource
/// type (IAM: reference_policies_examples_s3_home-directory-console).
fn lists_buckets(action: &Action, patterns: &[ResourcePattern]) -> bool {
    action.lower() == "s3:listallmybuckets"
        && patterns.iter().any(|pattern| pattern.is_every_name("s3"))
}

/// Which ARN forms the patterns of a statement can match, each examined once.
pub(super) struct Fits<'a> {
    patterns: &'a [ResourcePattern],
    forms: HashMap<&'static str, bool>,
    services: HashMap<&'static str, bool>,
}

impl<'a> Fits<'a> {
    pub(super) fn new(patterns: &'a [ResourcePattern]) -> Self {
        Fits {
            patterns,
            forms: HashMap::new(),
            services: HashMap::new(),
        }
    }

    /// Whether a pattern can match an ARN of the form, which is one of a service's.
    pub(super) fn form(&mut self, service: &'static Service, arn: &'static str) -> bool {
        let patterns = self.patterns;
        *self.forms.entry(arn).or_insert_with(|| {
            let form = Form::new(arn, service);
            patterns.iter().any(|pattern| pattern.can_match(&form))
        })
    }

    /// Whether a resource type of the service, or an action without one, can be meant.
    fn service(&mut self, service: &'static Service) -> bool {
        if let Some(known) = self.services.get(service.prefix()) {
            return *known;
        }
        let mut types = service.resource_types();
        let fits = types.any(|(_, arn)| self.form(service, arn));
        self.services.insert(service.prefix(), fits);
        fits
    }
}
