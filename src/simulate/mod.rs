//! A request against the policies in play gives a decision with its trace.
//!
//! Evaluation is three-valued: a missing context key, an unresolved template reference or a
//! statement that cannot be read makes an answer *depend*, and is never guessed at.

mod actions;
mod arn_values;
mod assemble;
mod caller;
mod compile;
mod conditions;
mod context;
mod decide;
mod decision;
mod depends;
mod failures;
mod guards;
mod home;
mod keys;
mod layers;
mod naming;
mod pattern;
mod policies;
mod prepare;
mod principals;
mod reasons;
mod request;
mod resources;
mod rules;
mod rulings;
mod statement;
mod statements;
mod steps;
mod suggest;
mod surprises;
mod trace;
mod truth;
mod values;
mod warnings;
mod written;

pub use assemble::{caller_policies, organisation_facts, owner_id, owner_of, policies_for};
pub use caller::{Caller, CallerError, Entity, SESSION_NAME};
pub use compile::{CompiledDocument, Policies};
pub use decision::{
    Decision, FailedPart, Layer, LayerKind, LayerStatus, Leg, Matched, NearMiss, Outcome, PartKind,
    Rule, RuleStatus, StatementRef,
};
pub use home::Home;
pub use naming::{resource_named, session_legs};
pub use policies::{NamedPolicy, PolicyLevel, PolicySet};
pub use prepare::Prepared;
pub use request::{
    Context, Credential, DependentAction, KeyValue, Missing, OrgFacts, Request, RequestResource,
};
pub use suggest::{SuggestedKey, suggested_keys};
pub use truth::Truth;
pub use written::{WrittenError, action_written, resource_written};
