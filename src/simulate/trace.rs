//! A decision with all its reasons.

use super::compile::{CompiledPolicy, Policies};
use super::depends::{Labels, Tri};
use super::guards::Assignment;
use super::layers::{Layers, Verdict, unread};
use super::prepare::{Applies, Before, Prepared, PreparedLeg, Relation};
use super::reasons::About;
use super::rulings;
use super::statement::Scope;
use super::statements::Statements;
use super::warnings;
use super::{Decision, Layer, LayerKind, LayerStatus, Leg, Request};

impl Policies {
    /// Decides a request, with every reason.
    pub fn evaluate(&self, request: &Request) -> Decision {
        self.explain(&self.prepare(request))
    }

    /// Decides a prepared request, with every reason.
    pub fn explain(&self, prepared: &Prepared) -> Decision {
        let settled = self.settle(prepared, &prepared.legs);
        let legs: Vec<Leg> = prepared
            .legs
            .iter()
            .map(|leg| self.explain_leg(prepared, leg))
            .collect();
        let mut decision = Decision {
            outcome: settled.outcome,
            deniers: settled.deniers,
            depends_on: settled.depends_on.into_iter().collect(),
            legs,
            warnings: Vec::new(),
        };
        decision.warnings = warnings::of(self, prepared, &decision);
        decision
    }

    fn explain_leg(&self, prepared: &Prepared, leg: &PreparedLeg) -> Leg {
        let settled = self.settle(prepared, std::slice::from_ref(leg));
        let scope = self.scope(prepared, leg, Assignment::default());
        let says = match leg.before {
            Before::Policies => Some(Layers::<Labels>::evaluate(self, scope)),
            Before::Allowed | Before::Refused(_) => None,
        };
        let layers = LayerKind::ALL
            .into_iter()
            .map(|kind| {
                LayerTrace {
                    policies: self,
                    scope,
                    kind,
                }
                .layer(says.as_ref())
            })
            .collect();
        Leg {
            action: leg.action.clone(),
            resource: leg.resource.clone(),
            outcome: settled.outcome,
            deniers: settled.deniers,
            layers,
        }
    }
}

/// One layer of one leg.
struct LayerTrace<'a> {
    policies: &'a Policies,
    scope: Scope<'a>,
    kind: LayerKind,
}

impl<'a> LayerTrace<'a> {
    fn layer(&self, says: Option<&Layers<Labels>>) -> Layer {
        let own = self.own_policies();
        let statements = match says {
            Some(_) if self.applies() => {
                let grants = self.kind == LayerKind::Resource;
                Statements::of(own.iter().copied(), self.scope, grants)
            }
            _ => Statements::default(),
        };
        let (status, open) = self.status(says);
        let about = About {
            kind: self.kind,
            status,
            leg: self.scope.leg,
            caller: self.scope.caller,
            matched: &statements.matched,
            depends_on: &open,
            silent_level: self.silent_level(status),
            resource_kind: self
                .policies
                .attached(self.scope.leg)
                .map(|policy| policy.kind),
        };
        Layer {
            kind: self.kind,
            status,
            reason: about.reason(),
            rule: about.rule(),
            rulings: rulings::of(&about, &statements.near_misses),
            policies: own.len(),
            statements: statements.count,
            matched: statements.matched,
            near_misses: statements.near_misses,
        }
    }

    /// The policies of the layer.
    fn own_policies(&self) -> Vec<&'a CompiledPolicy> {
        let policies = self.policies;
        let of_levels = |levels: &'a Option<Vec<super::compile::CompiledLevel>>| {
            levels
                .iter()
                .flatten()
                .flat_map(|level| &level.policies)
                .collect()
        };
        match self.kind {
            LayerKind::Credential | LayerKind::Partition => Vec::new(),
            LayerKind::Rcp => of_levels(&policies.rcps),
            LayerKind::Scp => of_levels(&policies.scps),
            LayerKind::Vpce => policies.endpoint.iter().collect(),
            LayerKind::Resource => policies.attached(self.scope.leg).into_iter().collect(),
            LayerKind::Identity => policies.identity.iter().collect(),
            LayerKind::Boundary => policies.boundary.iter().collect(),
            LayerKind::Session => policies.session.iter().flatten().collect(),
        }
    }

    /// Whether this kind of policy applies to the leg.
    fn applies(&self) -> bool {
        let Applies {
            identity,
            boundary,
            session,
            scp,
            rcp,
        } = self.scope.leg.applies;
        match self.kind {
            LayerKind::Rcp => rcp,
            LayerKind::Scp => scp,
            LayerKind::Identity => identity,
            LayerKind::Boundary => boundary,
            LayerKind::Session => session,
            LayerKind::Resource => self.scope.leg.attached != super::prepare::Attached::Ignored,
            LayerKind::Vpce | LayerKind::Credential | LayerKind::Partition => true,
        }
    }

    /// Whether policies of this kind were given at all.
    fn is_given(&self) -> bool {
        let policies = self.policies;
        match self.kind {
            LayerKind::Rcp => policies.rcps.is_some(),
            LayerKind::Scp => policies.scps.is_some(),
            LayerKind::Vpce => policies.endpoint.is_some(),
            LayerKind::Resource => policies.attached(self.scope.leg).is_some(),
            LayerKind::Boundary => policies.boundary.is_some(),
            LayerKind::Session => policies.session.is_some(),
            LayerKind::Identity | LayerKind::Credential | LayerKind::Partition => true,
        }
    }

    /// What the layer says, and by what it is unknown.
    fn status(&self, says: Option<&Layers<Labels>>) -> (LayerStatus, Vec<String>) {
        let known = |status| (status, Vec::new());
        let leg = self.scope.leg;
        let refused_here =
            matches!(&leg.before, Before::Refused(layers) if layers.contains(&self.kind));
        if refused_here {
            return known(LayerStatus::ImplicitDeny);
        }
        if matches!(self.kind, LayerKind::Credential | LayerKind::Partition) {
            return known(LayerStatus::Allows);
        }
        let Some(says) = says else {
            return known(LayerStatus::NotNeeded);
        };
        if !self.applies() {
            return known(LayerStatus::NotApplicable);
        }
        let verdict: Verdict<Labels> = says.verdict(leg);
        let (deny, allow) = self.parts(says);
        if deny.is_yes() {
            return known(LayerStatus::ExplicitDeny);
        }
        if verdict.implicit.contains(&self.kind) {
            return known(LayerStatus::ImplicitDeny);
        }
        if !self.is_given() {
            return known(LayerStatus::NotGiven);
        }
        let needed = self.is_needed(says);
        let open = |tri: &Tri<Labels>| tri.depends.0.iter().cloned().collect::<Vec<_>>();
        if deny.is_unknown() {
            return (LayerStatus::Depends, open(deny));
        }
        if allow.is_yes() {
            known(LayerStatus::Allows)
        } else if allow.is_unknown() && needed {
            (LayerStatus::Depends, open(&allow))
        } else {
            known(LayerStatus::NotNeeded)
        }
    }

    fn parts<'s>(&self, says: &'s Layers<Labels>) -> (&'s Tri<Labels>, Tri<Labels>) {
        let of = |own: &'s super::layers::Says<Labels>| (&own.deny, own.allow.clone());
        match self.kind {
            LayerKind::Rcp => (&says.rcp, Tri::yes()),
            LayerKind::Scp => of(&says.scp),
            LayerKind::Vpce => of(&says.endpoint),
            LayerKind::Resource => (&says.resource, says.grants.any()),
            LayerKind::Identity => of(&says.identity),
            LayerKind::Boundary => of(&says.boundary),
            LayerKind::Session => of(&says.session),
            // Settled before policies.
            LayerKind::Credential | LayerKind::Partition => (&says.rcp, Tri::yes()),
        }
    }

    /// Whether it could matter that the layer allows.
    fn is_needed(&self, says: &Layers<Labels>) -> bool {
        let same = self.scope.leg.relation == Relation::SameAccount;
        let direct = same && says.grants.direct.is_yes();
        let by_role = same && (says.grants.role.is_yes() || says.grants.issuer.is_yes());
        match self.kind {
            LayerKind::Identity => !direct && !by_role,
            LayerKind::Boundary | LayerKind::Session => !direct,
            _ => true,
        }
    }

    /// The first level of the organisation at which nothing allows.
    fn silent_level(&self, status: LayerStatus) -> Option<&'a str> {
        if self.kind != LayerKind::Scp || status != LayerStatus::ImplicitDeny {
            return None;
        }
        let levels = self.policies.scps.as_deref()?;
        levels
            .iter()
            .find(|level| {
                let read = level
                    .policies
                    .iter()
                    .all(|policy| unread::<()>(policy, self.scope).is_none());
                let statements = Statements::of(&level.policies, self.scope, false);
                read && !statements
                    .matched
                    .iter()
                    .any(|matched| matched.statement.effect != Some(crate::iam::Effect::Deny))
            })
            .map(|level| level.name.as_str())
    }
}
