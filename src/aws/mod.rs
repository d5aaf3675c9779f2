//! The live API, read-only: behind one list of permitted operations.
//!
//! [`connect`] finds credentials as the AWS CLI does and says who is calling; a [`Connection`] then
//! reads the account, its organisation and AWS's own simulator. What AWS answers is handed on as
//! nodes in the form of the AWS CLI's JSON, so that a live account is read like a dump of one.

mod assume;
mod clients;
mod connect;
mod decode;
mod details;
mod extras;
mod fallback;
mod fault;
mod guard;
mod nodes;
mod operations;
mod organisation;
mod profiles;
mod resource_policy;
mod retry;
mod secret;
mod signed;
mod simulator;

pub use assume::AssumeRole;
pub use connect::{AskMfa, Caller, ConnectOptions, Connection, connect};
pub use decode::decode_message;
pub use details::{AccountPart, load_account};
pub use extras::{Extras, RoleExtra, extras};
pub use fallback::read_role;
pub use fault::{AwsError, FaultKind};
pub use operations::{Feature, OPERATIONS, Operation, least_policy};
pub use organisation::{OrgLevelRead, Organisation, organisation};
pub use profiles::{Profile, ProfileKind, Profiles};
pub use resource_policy::{PolicyHolder, PolicyQuestion, resource_policy};
pub use secret::Secret;
pub use simulator::{Answer, ContextValue, MatchedStatement, Question, ask};
