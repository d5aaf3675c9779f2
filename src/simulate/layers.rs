//! What each layer says of one leg, and how the layers add up
//! (IAM: reference_policies_evaluation-logic_policy-eval-denyallow).

use crate::iam::Effect;

use super::LayerKind;
use super::compile::{CompiledPolicy, Policies};
use super::depends::{Depends, Tri};
use super::prepare::{Before, PreparedLeg, Relation};
use super::principals::Class;
use super::statement::{Scope, names_callers};

/// Whether a layer denies, and whether it allows.
#[derive(Clone, Debug)]
pub(super) struct Says<D> {
    pub(super) deny: Tri<D>,
    pub(super) allow: Tri<D>,
}

/// What the policy of the resource grants, by class.
#[derive(Clone, Debug)]
pub(super) struct Grants<D> {
    pub(super) direct: Tri<D>,
    pub(super) role: Tri<D>,
    pub(super) issuer: Tri<D>,
    pub(super) account: Tri<D>,
}

/// What every layer says; one that does not apply neither denies nor limits.
#[derive(Clone, Debug)]
pub(super) struct Layers<D> {
    pub(super) rcp: Tri<D>,
    pub(super) scp: Says<D>,
    pub(super) endpoint: Says<D>,
    pub(super) resource: Tri<D>,
    pub(super) grants: Grants<D>,
    pub(super) identity: Says<D>,
    pub(super) boundary: Says<D>,
    pub(super) session: Says<D>,
}

/// How one leg comes out.
#[derive(Clone, Debug)]
pub(super) struct Verdict<D> {
    pub(super) deny: Tri<D>,
    pub(super) allow: Tri<D>,
    /// Layers that certainly deny explicitly, in order.
    pub(super) explicit: Vec<LayerKind>,
    /// Layers that would have to allow and certainly do not, in order.
    pub(super) implicit: Vec<LayerKind>,
}

impl<D: Depends> Says<D> {
    /// A layer that is not there.
    fn no_limit() -> Self {
        Says {
            deny: Tri::no(),
            allow: Tri::yes(),
        }
    }

    fn nothing() -> Self {
        Says {
            deny: Tri::no(),
            allow: Tri::no(),
        }
    }
}

impl<D: Depends> Grants<D> {
    fn none() -> Self {
        Grants {
            direct: Tri::no(),
            role: Tri::no(),
            issuer: Tri::no(),
            account: Tri::no(),
        }
    }

    fn add(&mut self, class: Class, grant: Tri<D>) {
        let own = match class {
            Class::Direct => &mut self.direct,
            Class::Role => &mut self.role,
            Class::Issuer => &mut self.issuer,
            Class::Account => &mut self.account,
        };
        let before = std::mem::replace(own, Tri::no());
        *own = before.or(grant);
    }

    /// Whether anything is granted.
    pub(super) fn any(&self) -> Tri<D> {
        Tri::any([
            self.direct.clone(),
            self.role.clone(),
            self.issuer.clone(),
            self.account.clone(),
        ])
    }
}

/// What could be in a policy that was not loaded or could not be read.
pub(super) fn unread<D: Depends>(policy: &CompiledPolicy, scope: Scope<'_>) -> Option<Tri<D>> {
    let unreadable = match &policy.document {
        None => true,
        Some(compiled) => compiled.document.unreadable,
    };
    unreadable.then(|| {
        let unknown = Tri::unknown(|| format!("policy:{}", policy.name));
        unknown.and(scope.given.holds(&policy.guard))
    })
}

/// What policies say that are ORed.
fn sum<'p, D: Depends>(
    policies: impl IntoIterator<Item = &'p CompiledPolicy>,
    scope: Scope<'_>,
) -> Says<D> {
    let mut says = Says::nothing();
    for policy in policies {
        if let Some(unread) = unread::<D>(policy, scope) {
            says.deny = says.deny.or(unread.clone());
            says.allow = says.allow.or(unread);
        }
        let Some(compiled) = &policy.document else {
            continue;
        };
        let for_callers = names_callers(policy.kind);
        for statement in compiled.candidates(scope.leg.service_hash) {
            let denies = statement.may(Effect::Deny) && !says.deny.is_yes();
            // An allow of everybody but some never grants.
            let allows = statement.may(Effect::Allow)
                && !says.allow.is_yes()
                && !statement.principals.as_ref().is_some_and(|own| own.not);
            if !denies && !allows {
                continue;
            }
            let mut applies = statement.matches::<D>(scope, &policy.name);
            if applies.is_no() {
                continue;
            }
            if for_callers {
                applies = applies.and(statement.covers_caller(scope));
            }
            if !policy.guard.is_always() {
                applies = applies.and(scope.given.holds(&policy.guard));
            }
            if denies {
                let before = std::mem::replace(&mut says.deny, Tri::no());
                says.deny = before.or(applies.clone());
            }
            if allows {
                let before = std::mem::replace(&mut says.allow, Tri::no());
                says.allow = before.or(applies);
            }
        }
    }
    says
}

/// What the policy of the resource says: its denials, and its grants by class.
fn of_resource<D: Depends>(policy: &CompiledPolicy, scope: Scope<'_>) -> (Tri<D>, Grants<D>) {
    let mut deny = Tri::no();
    let mut grants = Grants::none();
    if let Some(unread) = unread::<D>(policy, scope) {
        deny = unread.clone();
        grants.add(Class::Direct, unread);
    }
    let Some(compiled) = &policy.document else {
        return (deny, grants);
    };
    for statement in compiled.candidates(scope.leg.service_hash) {
        let denies = statement.may(Effect::Deny) && !deny.is_yes();
        let allows = statement.may(Effect::Allow) && !grants.direct.is_yes();
        if !denies && !allows {
            continue;
        }
        let mut applies = statement.matches::<D>(scope, &policy.name);
        if applies.is_no() {
            continue;
        }
        if !policy.guard.is_always() {
            applies = applies.and(scope.given.holds(&policy.guard));
        }
        if denies {
            deny = deny.or(applies.clone().and(statement.covers_caller(scope)));
        }
        if allows {
            statement.grants(scope, |class, named| {
                grants.add(class, applies.clone().and(named));
            });
        }
    }
    (deny, grants)
}

impl<D: Depends> Layers<D> {
    /// Evaluates every layer for one leg.
    pub(super) fn evaluate(policies: &Policies, scope: Scope<'_>) -> Self {
        let leg = scope.leg;
        let applies = leg.applies;
        let mut rcp = Tri::no();
        if applies.rcp {
            // What AWS attaches everywhere allows everything, so that only denials matter.
            let all = policies.rcps.iter().flatten();
            rcp = sum::<D>(all.flat_map(|level| &level.policies), scope).deny;
        }
        let mut scp = Says::no_limit();
        if applies.scp {
            for level in policies.scps.iter().flatten() {
                let says = sum::<D>(&level.policies, scope);
                scp.deny = scp.deny.or(says.deny);
                scp.allow = scp.allow.and(says.allow);
            }
        }
        let endpoint = match &policies.endpoint {
            Some(policy) => sum([policy], scope),
            None => Says::no_limit(),
        };
        let (resource, mut grants) = match policies.attached(leg) {
            Some(policy) => of_resource(policy, scope),
            None => (Tri::no(), Grants::none()),
        };
        if leg.lacks_signature {
            grants = Grants::none();
        }
        let identity = match applies.identity {
            true => sum(&policies.identity, scope),
            false => Says::nothing(),
        };
        let boundary = match &policies.boundary {
            Some(policy) if applies.boundary => sum([policy], scope),
            _ => Says::no_limit(),
        };
        let session = match &policies.session {
            Some(passed) if applies.session => sum(passed, scope),
            // A federated user without session policies has no permissions of its own.
            _ if scope.caller.is_federated_user() => Says::nothing(),
            _ => Says::no_limit(),
        };
        Layers {
            rcp,
            scp,
            endpoint,
            resource: if leg.repairs_bucket {
                Tri::no()
            } else {
                resource
            },
            grants,
            identity,
            boundary,
            session,
        }
    }

    /// Adds the layers up.
    pub(super) fn verdict(&self, leg: &PreparedLeg) -> Verdict<D> {
        let denials = [
            (LayerKind::Rcp, &self.rcp),
            (LayerKind::Scp, &self.scp.deny),
            (LayerKind::Vpce, &self.endpoint.deny),
            (LayerKind::Resource, &self.resource),
            (LayerKind::Identity, &self.identity.deny),
            (LayerKind::Boundary, &self.boundary.deny),
            (LayerKind::Session, &self.session.deny),
        ];
        let explicit = denials
            .iter()
            .filter(|(_, deny)| deny.is_yes())
            .map(|(layer, _)| *layer)
            .collect();
        Verdict {
            deny: Tri::any(denials.into_iter().map(|(_, deny)| deny.clone())),
            allow: self.allows(leg),
            explicit,
            implicit: self.missing(leg),
        }
    }

    /// Whether the grant of the resource's policy alone suffices in its own account, before limits.
    fn names_session(&self) -> Tri<D> {
        self.grants.role.clone().or(self.grants.issuer.clone())
    }

    fn allows(&self, leg: &PreparedLeg) -> Tri<D> {
        let limits = self.scp.allow.clone().and(self.endpoint.allow.clone());
        if limits.is_no() {
            return limits;
        }
        let session = || self.session.allow.clone();
        let own_limits = || self.boundary.allow.clone().and(session());
        let grants = &self.grants;
        limits.and(match leg.relation {
            Relation::ResourceAlone => grants.any().and(session()),
            Relation::OwnRoot if leg.requires_policy => grants.any().and(session()),
            Relation::OwnRoot => session(),
            Relation::SameAccount => {
                let enabled = match leg.requires_policy {
                    true => grants.account.clone(),
                    false => Tri::yes(),
                };
                let by_identity = self.identity.allow.clone().and(enabled);
                let limited = self.names_session().or(by_identity).and(own_limits());
                grants.direct.clone().or(limited)
            }
            Relation::OtherAccount => grants
                .any()
                .and(self.identity.allow.clone())
                .and(own_limits()),
        })
    }

    /// The layers that would have to allow and certainly do not.
    fn missing(&self, leg: &PreparedLeg) -> Vec<LayerKind> {
        let grants = &self.grants;
        let same = leg.relation == Relation::SameAccount;
        let not_direct = !same || grants.direct.is_no();
        let needs_identity = match leg.relation {
            Relation::SameAccount => not_direct && self.names_session().is_no(),
            Relation::OtherAccount => true,
            Relation::ResourceAlone | Relation::OwnRoot => false,
        };
        let needs_resource = match leg.relation {
            Relation::ResourceAlone | Relation::OtherAccount => true,
            Relation::OwnRoot | Relation::SameAccount => leg.requires_policy,
        };
        let not_granted = [
            (LayerKind::Scp, self.scp.allow.is_no()),
            (LayerKind::Vpce, self.endpoint.allow.is_no()),
            (LayerKind::Resource, needs_resource && grants.any().is_no()),
            (
                LayerKind::Identity,
                needs_identity && self.identity.allow.is_no(),
            ),
            (
                LayerKind::Boundary,
                not_direct && self.boundary.allow.is_no(),
            ),
            (LayerKind::Session, not_direct && self.session.allow.is_no()),
        ];
        not_granted
            .into_iter()
            .filter(|(_, missing)| *missing)
            .map(|(layer, _)| layer)
            .collect()
    }
}

impl Policies {
    /// Every policy that applies to a leg.
    pub(super) fn reaching<'p>(
        &'p self,
        leg: &'p PreparedLeg,
    ) -> impl Iterator<Item = &'p CompiledPolicy> {
        let applies = leg.applies;
        let decided = leg.before == Before::Policies;
        let rcps = self.rcps.iter().filter(move |_| applies.rcp);
        let scps = self.scps.iter().filter(move |_| applies.scp);
        let levels = rcps.chain(scps).flatten();
        levels
            .flat_map(|level| &level.policies)
            .chain(&self.endpoint)
            .chain(self.attached(leg))
            .chain(self.identity.iter().filter(move |_| applies.identity))
            .chain(self.boundary.iter().filter(move |_| applies.boundary))
            .chain(
                self.session
                    .iter()
                    .flatten()
                    .filter(move |_| applies.session),
            )
            .filter(move |_| decided)
    }
}

impl<D: Depends> Verdict<D> {
    /// The verdict of one leg, refusals before policies included.
    pub(super) fn of(policies: &Policies, scope: Scope<'_>) -> Self {
        let settled = |allow: Tri<D>, implicit: Vec<LayerKind>| Verdict {
            deny: Tri::no(),
            allow,
            explicit: Vec::new(),
            implicit,
        };
        match &scope.leg.before {
            Before::Allowed => settled(Tri::yes(), Vec::new()),
            Before::Refused(layers) => settled(Tri::no(), layers.clone()),
            Before::Policies => Layers::evaluate(policies, scope).verdict(scope.leg),
        }
    }
}
