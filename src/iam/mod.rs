//! What AWS defines: ARNs, actions, patterns, policy documents, principals, entities.
//!
//! The vocabulary of the whole program. Nothing here reads files, asks the network or
//! knows of a screen.

mod account;
mod arn;
mod condition;
mod document;
mod entity;
mod json;
mod keys;
mod kind;
mod lint;
mod literal;
mod node;
mod parse;
mod pattern;
mod place;
mod principal;
mod problem;
mod size;
mod text;
mod variable;

pub use account::{
    Account, Assumed, FederatedProvider, Inventory, OrgLevel, OrgPolicies, Parameter,
    ParameterFrom, Placeholder, SNAPSHOT_FORMAT, SNAPSHOT_KIND, Source, SourceKind, Undecided,
    UnresolvedUse,
};
pub use arn::Arn;
pub use condition::{BaseOperator, Operator, SetPrefix};
pub use document::{
    ActionElement, Condition, Document, Effect, Entry, PrincipalElement, PrincipalEntry,
    PrincipalType, ResourceElement, Statement, Version,
};
pub use entity::{
    Attachment, Group, Identity, InlinePolicy, ManagedPolicy, Origin, PolicyVersion,
    ResourcePolicy, Role, User,
};
pub use json::{JsonError, parse_json, parse_json_at};
pub use keys::{GlobalKey, KeyType, SuppliedBy, global_key, global_keys};
pub use kind::PolicyKind;
pub use node::{Guard, Member, Node, Requirement, Value};
pub use parse::{parse_document, parse_document_text};
pub use pattern::{Glob, glob_matches};
pub use place::{Place, SourceId};
pub use principal::{Principal, PrincipalValue, SessionKind};
pub use problem::{Problem, Severity};
pub use size::{SizeLimit, check_size};
pub use text::{Part, Text, Unresolved, UnresolvedKind};
pub use variable::{Fragment, fragments};
