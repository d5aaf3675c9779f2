//! From the legs of a request to its outcome.

use std::collections::BTreeSet;

use super::compile::Policies;
use super::depends::{Depends, Labels, Tri};
use super::guards::{self, Assignment};
use super::layers::Verdict;
use super::prepare::{Prepared, PreparedLeg};
use super::statement::Scope;
use super::{LayerKind, Outcome};

/// Undecided conditions of templates are tried out in every combination up to this many; more of them
/// are taken each on its own.
const MOST_CONDITIONS: usize = 8;

/// The outcome of a request or leg, with what it depends on.
#[derive(Clone, Debug)]
pub(super) struct Settled {
    pub(super) outcome: Outcome,
    pub(super) deniers: Vec<LayerKind>,
    pub(super) depends_on: BTreeSet<String>,
}

impl Policies {
    /// Decides a request, without reasons.
    pub fn decide(&self, prepared: &Prepared) -> Outcome {
        let mut deny = Tri::<()>::no();
        let mut allow = Tri::yes();
        for leg in &prepared.legs {
            let verdict = Verdict::of(self, self.scope(prepared, leg, Assignment::default()));
            deny = deny.or(verdict.deny);
            if deny.is_yes() {
                return Outcome::ExplicitDeny;
            }
            allow = allow.and(verdict.allow);
        }
        match outcome(&deny, &allow) {
            Outcome::Depends if !self.undecided.is_empty() => {
                self.settle(prepared, &prepared.legs).outcome
            }
            settled => settled,
        }
    }

    pub(super) fn scope<'a>(
        &self,
        prepared: &'a Prepared,
        leg: &'a PreparedLeg,
        given: Assignment<'a>,
    ) -> Scope<'a> {
        Scope {
            leg,
            caller: &prepared.caller,
            given,
            has_boundary: self.boundary.is_some(),
        }
    }

    /// The outcome of some legs, all of which have to be allowed.
    pub(super) fn settle(&self, prepared: &Prepared, legs: &[PreparedLeg]) -> Settled {
        let open = self.settle_under(prepared, legs, Assignment::default());
        let touched: Vec<&str> = self
            .undecided
            .iter()
            .map(String::as_str)
            .filter(|name| open.depends_on.contains(&guards::label(name)))
            .collect();
        if touched.is_empty() || touched.len() > MOST_CONDITIONS {
            return open;
        }
        let worlds: Vec<Settled> = (0..1_usize << touched.len())
            .map(|bits| {
                let taken: Vec<(&str, bool)> = touched
                    .iter()
                    .enumerate()
                    .map(|(at, name)| (*name, bits >> at & 1 == 1))
                    .collect();
                self.settle_under(prepared, legs, Assignment(&taken))
            })
            .collect();
        join_worlds(&worlds, &touched)
    }

    fn settle_under(
        &self,
        prepared: &Prepared,
        legs: &[PreparedLeg],
        given: Assignment<'_>,
    ) -> Settled {
        let mut deny = Tri::<Labels>::no();
        let mut allow = Tri::yes();
        let mut explicit = BTreeSet::new();
        let mut implicit = BTreeSet::new();
        for leg in legs {
            let verdict = Verdict::<Labels>::of(self, self.scope(prepared, leg, given));
            deny = deny.or(verdict.deny);
            allow = allow.and(verdict.allow);
            explicit.extend(verdict.explicit);
            implicit.extend(verdict.implicit);
        }
        let outcome = outcome(&deny, &allow);
        let mut depends_on = BTreeSet::new();
        if !deny.is_yes() {
            depends_on.extend(deny.depends.0);
            depends_on.extend(allow.depends.0);
        }
        let deniers = match outcome {
            Outcome::ExplicitDeny => explicit.into_iter().collect(),
            Outcome::ImplicitDeny => implicit.into_iter().collect(),
            Outcome::Allow | Outcome::Depends => Vec::new(),
        };
        Settled {
            outcome,
            deniers,
            depends_on,
        }
    }
}

/// What is answered when it is known so far whether something denies, and whether all that has to
/// allows. Where every possibility is a denial, it is a denial.
fn outcome<D: Depends>(deny: &Tri<D>, allow: &Tri<D>) -> Outcome {
    if deny.is_yes() {
        Outcome::ExplicitDeny
    } else if allow.is_no() {
        Outcome::ImplicitDeny
    } else if deny.is_no() && allow.is_yes() {
        Outcome::Allow
    } else {
        Outcome::Depends
    }
}

/// The outcome over every combination of the undecided conditions.
fn join_worlds(worlds: &[Settled], touched: &[&str]) -> Settled {
    let all = |wanted: Outcome| worlds.iter().all(|world| world.outcome == wanted);
    let outcome = if all(Outcome::Allow) {
        Outcome::Allow
    } else if all(Outcome::ExplicitDeny) {
        Outcome::ExplicitDeny
    } else if worlds.iter().all(|world| world.outcome.is_deny()) {
        Outcome::ImplicitDeny
    } else {
        Outcome::Depends
    };
    let mut depends_on: BTreeSet<String> = BTreeSet::new();
    for world in worlds {
        depends_on.extend(world.depends_on.iter().cloned());
    }
    for (at, name) in touched.iter().enumerate() {
        // A condition matters if turning it over changes the outcome, or what the outcome hangs on.
        let matters = worlds.iter().enumerate().any(|(bits, world)| {
            worlds.get(bits ^ (1 << at)).is_some_and(|other| {
                world.outcome != other.outcome || world.depends_on != other.depends_on
            })
        });
        let label = guards::label(name);
        if matters {
            depends_on.insert(label);
        } else {
            depends_on.remove(&label);
        }
    }
    let certain = |layer: &LayerKind| worlds.iter().all(|world| world.deniers.contains(layer));
    let deniers = match outcome {
        Outcome::ExplicitDeny | Outcome::ImplicitDeny => worlds
            .first()
            .map(|world| world.deniers.iter().copied().filter(certain).collect())
            .unwrap_or_default(),
        Outcome::Allow | Outcome::Depends => Vec::new(),
    };
    Settled {
        outcome,
        deniers,
        depends_on,
    }
}
