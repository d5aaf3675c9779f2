//! A request against the policies in play gives a decision with its trace.
//!
//! Evaluation is three-valued: a missing context key, an unresolved template reference or a
//! statement that cannot be read makes an answer *depend*, and is never guessed at.

mod assemble;
mod caller;
mod decision;
mod policies;
mod request;
mod truth;

pub use assemble::{caller_policies, organisation_facts, owner_of, policies_for};
pub use caller::{Caller, CallerError, Entity, SESSION_NAME};
pub use decision::{
    Decision, FailedPart, Layer, LayerKind, LayerStatus, Leg, Matched, NearMiss, Outcome, PartKind,
    Rule, RuleStatus, StatementRef,
};
pub use policies::{NamedPolicy, PolicyLevel, PolicySet};
pub use request::{
    Context, Credential, DependentAction, KeyValue, Missing, OrgFacts, Request, RequestResource,
};
pub use truth::Truth;
