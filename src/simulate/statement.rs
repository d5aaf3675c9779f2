//! One compiled statement.

use crate::iam::{Effect, Guard, Place, PolicyKind, Statement, Version};

use super::actions::Actions;
use super::conditions::CompiledCondition;
use super::depends::{Depends, Tri};
use super::guards::Assignment;
use super::prepare::PreparedLeg;
use super::principals::{Caller, Class, Principals};
use super::resources::Resources;

/// A compiled statement. Everything it holds is ANDed.
#[derive(Clone, Debug)]
pub(super) struct CompiledStatement {
    pub(super) number: usize,
    pub(super) place: Place,
    /// `None` where it could not be read: either is possible.
    pub(super) effect: Option<Effect>,
    /// Whether what it does is unknown where its readable parts match.
    pub(super) unreadable: bool,
    pub(super) actions: Option<Actions>,
    pub(super) resources: Option<Resources>,
    pub(super) principals: Option<Principals>,
    pub(super) conditions: Box<[CompiledCondition]>,
    pub(super) guard: Guard,
    pub(super) reference: Box<str>,
}

/// What a leg is evaluated against besides its keys.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) leg: &'a PreparedLeg,
    pub(super) caller: &'a Caller,
    pub(super) given: Assignment<'a>,
    pub(super) has_boundary: bool,
}

impl CompiledStatement {
    pub(super) fn new(statement: &Statement, kind: PolicyKind, version: Version) -> Self {
        let names_callers = names_callers(kind);
        let lacks_resource = statement.resource.is_none()
            && !matches!(
                kind,
                PolicyKind::Trust | PolicyKind::Resource | PolicyKind::Vpce
            );
        let lacks_part = statement.action.is_none()
            || lacks_resource
            || names_callers && statement.principal.is_none()
            || statement
                .conditions
                .iter()
                .any(|condition| condition.operator.is_none());
        let actions = statement.action.as_ref().map(Actions::new);
        let principals = statement
            .principal
            .as_ref()
            .filter(|_| names_callers)
            .map(Principals::new);
        let invalid = actions.as_ref().is_some_and(Actions::has_unreadable)
            || principals.as_ref().is_some_and(Principals::has_invalid);
        CompiledStatement {
            number: statement.number,
            place: statement.place,
            effect: statement.effect,
            unreadable: statement.unreadable || lacks_part || invalid || statement.effect.is_none(),
            actions,
            resources: statement
                .resource
                .as_ref()
                .map(|element| Resources::new(element, kind, version)),
            principals,
            conditions: statement
                .conditions
                .iter()
                .map(|condition| CompiledCondition::new(condition, version))
                .collect(),
            guard: statement.guard.clone(),
            reference: statement.reference().into(),
        }
    }

    /// Whether it may allow, or deny.
    pub(super) fn may(&self, effect: Effect) -> bool {
        self.effect.is_none_or(|own| own == effect)
    }

    /// Whether the action part matches. A part that could not be read matches: the statement is then
    /// unknown as a whole.
    pub(super) fn action<D: Depends>(&self, scope: Scope<'_>) -> Tri<D> {
        match &self.actions {
            Some(actions) if !self.is_lost(actions.is_empty()) => {
                actions.covers(scope.leg, scope.given)
            }
            _ => Tri::yes(),
        }
    }

    /// Whether a part has no entries because none could be read.
    fn is_lost(&self, empty: bool) -> bool {
        empty && self.unreadable
    }

    /// Whether the resource part matches. Where there is none, the resource is the one that the policy
    /// is attached to.
    pub(super) fn resource<D: Depends>(&self, scope: Scope<'_>) -> Tri<D> {
        match &self.resources {
            Some(resources) if !self.is_lost(resources.entries.is_empty()) => {
                resources.covers(scope.leg, scope.given)
            }
            _ => Tri::yes(),
        }
    }

    /// Whether one condition holds. One whose operator is not known, or none of whose values could be
    /// read, does: the statement is then unknown as a whole.
    pub(super) fn condition<D: Depends>(
        &self,
        condition: &CompiledCondition,
        scope: Scope<'_>,
    ) -> Tri<D> {
        if self.is_lost(condition.values.is_empty()) {
            return Tri::yes();
        }
        condition
            .holds(&scope.leg.keys, scope.given)
            .unwrap_or_else(Tri::yes)
    }

    /// Whether everything but the principal part matches.
    pub(super) fn matches<D: Depends>(&self, scope: Scope<'_>, policy: &str) -> Tri<D> {
        let mut all = self.action(scope);
        if all.is_no() {
            return all;
        }
        all = all.and(self.resource(scope));
        if all.is_no() {
            return all;
        }
        for condition in &self.conditions {
            all = all.and(self.condition(condition, scope));
            if all.is_no() {
                return all;
            }
        }
        if !self.guard.is_always() {
            all = all.and(scope.given.holds(&self.guard));
        }
        if self.unreadable {
            all = all.and(Tri::unknown(|| self.label(policy)));
        }
        all
    }

    /// Whether the principal part covers the caller, for statements that deny and for endpoint
    /// policies.
    pub(super) fn covers_caller<D: Depends>(&self, scope: Scope<'_>) -> Tri<D> {
        match &self.principals {
            Some(principals) if !self.is_lost(principals.entries.is_empty()) => {
                principals.covers(scope.caller, scope.given, scope.has_boundary)
            }
            _ => Tri::yes(),
        }
    }

    /// Gives each class in which the statement, if it allows, grants to the caller. `NotPrincipal` never
    /// grants.
    pub(super) fn grants<D: Depends>(
        &self,
        scope: Scope<'_>,
        mut found: impl FnMut(Class, Tri<D>),
    ) {
        match &self.principals {
            Some(principals) if principals.not => {}
            Some(principals) if !self.is_lost(principals.entries.is_empty()) => {
                principals.grants(scope.caller, scope.given, scope.leg.federated_only, found);
            }
            _ => found(Class::Direct, Tri::yes()),
        }
    }

    /// `statement:POLICY/STATEMENT`
    pub(super) fn label(&self, policy: &str) -> String {
        format!("statement:{policy}/{}", self.reference)
    }
}

/// Whether statements of a kind of policy say who they are for.
pub(super) fn names_callers(kind: PolicyKind) -> bool {
    matches!(
        kind,
        PolicyKind::Resource | PolicyKind::Trust | PolicyKind::Rcp | PolicyKind::Vpce
    )
}
