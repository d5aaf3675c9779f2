//! Policies compiled once, evaluated many times.

use std::sync::Arc;

use crate::iam::{Document, Guard, PolicyKind};

use super::policies::{NamedPolicy, PolicyLevel, PolicySet};
use super::statement::CompiledStatement;

/// A policy document ready to be evaluated. Cheap to share: an account compiles each document once,
/// however many roles it is attached to.
#[derive(Debug)]
pub struct CompiledDocument {
    pub(super) document: Arc<Document>,
    pub(super) statements: Box<[CompiledStatement]>,
    // Statements that name services, by the hash of each; and those that may mean any.
    services: Box<[(u64, Box<[u32]>)]>,
    general: Box<[u32]>,
    /// The names of the undecided template conditions in it.
    pub(super) undecided: Box<[String]>,
}

impl CompiledDocument {
    /// Compiles a document of a kind of policy.
    pub fn new(document: Arc<Document>, kind: PolicyKind) -> Self {
        let statements: Box<[CompiledStatement]> = document
            .statements
            .iter()
            .map(|statement| CompiledStatement::new(statement, kind, document.version))
            .collect();
        let mut named: Vec<(u64, u32)> = Vec::new();
        let mut general = Vec::new();
        for (index, statement) in (0_u32..).zip(&statements) {
            let services = statement.actions.as_ref().and_then(|actions| {
                let empty_because_unreadable = statement.unreadable && actions.is_empty();
                actions.services().filter(|_| !empty_because_unreadable)
            });
            match services {
                Some(services) => named.extend(services.map(|service| (service, index))),
                None => general.push(index),
            }
        }
        named.sort_unstable();
        let services = named
            .chunk_by(|left, right| left.0 == right.0)
            .filter_map(|chunk| {
                let statements = chunk.iter().map(|(_, index)| *index).collect();
                Some((chunk.first()?.0, statements))
            })
            .collect();
        let undecided = undecided(&document);
        CompiledDocument {
            document,
            statements,
            services,
            general: general.into(),
            undecided,
        }
    }

    /// The document it was compiled from.
    pub fn document(&self) -> &Arc<Document> {
        &self.document
    }

    /// The statements that may have to do with a service.
    pub(super) fn candidates(&self, service_hash: u64) -> impl Iterator<Item = &CompiledStatement> {
        let named = self
            .services
            .binary_search_by_key(&service_hash, |(hash, _)| *hash)
            .ok()
            .and_then(|at| self.services.get(at))
            .map(|(_, statements)| &**statements)
            .unwrap_or_default();
        named
            .iter()
            .chain(&self.general)
            .filter_map(|index| self.statements.get(usize::try_from(*index).ok()?))
    }
}

/// A policy in force, compiled.
#[derive(Clone, Debug)]
pub(super) struct CompiledPolicy {
    pub(super) name: String,
    pub(super) kind: PolicyKind,
    pub(super) guard: Guard,
    /// `None` where it was not loaded.
    pub(super) document: Option<Arc<CompiledDocument>>,
}

/// The policies of one level of an organisation.
#[derive(Clone, Debug)]
pub(super) struct CompiledLevel {
    pub(super) name: String,
    pub(super) policies: Vec<CompiledPolicy>,
}

/// Every policy that a request meets, compiled.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    pub(super) identity: Vec<CompiledPolicy>,
    pub(super) boundary: Option<CompiledPolicy>,
    pub(super) session: Option<Vec<CompiledPolicy>>,
    pub(super) resource: Option<CompiledPolicy>,
    pub(super) by_resource: Vec<(String, CompiledPolicy)>,
    pub(super) scps: Option<Vec<CompiledLevel>>,
    pub(super) rcps: Option<Vec<CompiledLevel>>,
    pub(super) endpoint: Option<CompiledPolicy>,
    /// The names of the undecided template conditions in them.
    pub(super) undecided: Vec<String>,
}

impl Policies {
    /// Compiles every policy of a set.
    pub fn compile(set: &PolicySet) -> Self {
        Self::compile_with(set, |document, kind| {
            Arc::new(CompiledDocument::new(document.clone(), kind))
        })
    }

    /// Compiles a set, asking for each document: so that a caller can keep those it has compiled before.
    pub fn compile_with(
        set: &PolicySet,
        mut document: impl FnMut(&Arc<Document>, PolicyKind) -> Arc<CompiledDocument>,
    ) -> Self {
        let mut policy = |named: &NamedPolicy| CompiledPolicy {
            name: named.name.clone(),
            kind: named.kind,
            guard: named.guard.clone(),
            document: named.document.as_ref().map(|own| document(own, named.kind)),
        };
        let mut policies = Policies {
            identity: set.identity.iter().map(&mut policy).collect(),
            boundary: set.boundary.as_ref().map(&mut policy),
            session: set
                .session
                .as_ref()
                .map(|passed| passed.iter().map(&mut policy).collect()),
            resource: set.resource.as_ref().map(&mut policy),
            by_resource: set
                .by_resource
                .iter()
                .map(|(resource, named)| (resource.to_string(), policy(named)))
                .collect(),
            scps: set.scps.as_deref().map(|all| levels(all, &mut policy)),
            rcps: set.rcps.as_deref().map(|all| levels(all, &mut policy)),
            endpoint: set.endpoint.as_ref().map(&mut policy),
            undecided: Vec::new(),
        };
        let mut undecided = Vec::new();
        for policy in policies.all() {
            add_conditions(&policy.guard, &mut undecided);
            for name in policy.document.iter().flat_map(|own| &own.undecided) {
                if !undecided.contains(name) {
                    undecided.push(name.clone());
                }
            }
        }
        policies.undecided = undecided;
        policies
    }

    /// Every policy.
    pub(super) fn all(&self) -> impl Iterator<Item = &CompiledPolicy> {
        let of_levels = self.rcps.iter().chain(&self.scps).flatten();
        of_levels
            .flat_map(|level| &level.policies)
            .chain(&self.endpoint)
            .chain(&self.resource)
            .chain(self.by_resource.iter().map(|(_, policy)| policy))
            .chain(&self.identity)
            .chain(&self.boundary)
            .chain(self.session.iter().flatten())
    }
}

fn levels(
    all: &[PolicyLevel],
    policy: &mut impl FnMut(&NamedPolicy) -> CompiledPolicy,
) -> Vec<CompiledLevel> {
    all.iter()
        .map(|level| CompiledLevel {
            name: level.name.clone(),
            policies: level.policies.iter().map(&mut *policy).collect(),
        })
        .collect()
}

/// The names of the undecided template conditions of a document.
fn undecided(document: &Document) -> Box<[String]> {
    let mut names = Vec::new();
    for statement in &document.statements {
        add_conditions(&statement.guard, &mut names);
        let principals = statement.principal.iter().flat_map(|element| {
            let entries = element.entries.iter();
            entries.map(|value| &value.entry)
        });
        let entries = (statement.action.iter().flat_map(|element| &element.entries))
            .chain(
                statement
                    .resource
                    .iter()
                    .flat_map(|element| &element.entries),
            )
            .chain(statement.conditions.iter().flat_map(|test| &test.values))
            .chain(principals);
        for entry in entries {
            add_conditions(&entry.guard, &mut names);
        }
    }
    names.into()
}

fn add_conditions(guard: &Guard, names: &mut Vec<String>) {
    for requirement in guard.requirements() {
        if !names.contains(&requirement.condition) {
            names.push(requirement.condition.clone());
        }
    }
}
