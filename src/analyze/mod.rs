//! What a statement, a role or a decision amounts to.

mod capability;
mod change;
mod covered;
mod database;
mod finding;
mod form;
mod keys;
mod permission;
mod proposal;
mod purpose;
mod quotas;
mod review;
mod risk;

pub use capability::{
    Capability, GrantedBy, Grants, GrantsCache, Held, ServiceCapability, capability,
    policies_of_group, policies_of_role, policies_of_user, role_action_count, role_capability,
    user_capability,
};
pub use change::{Change, List, NewStatement};
pub use covered::{Covered, covered};
pub use finding::{Finding, FindingKind, findings, findings_of, readable_form};
pub use form::{Form, ResourcePattern};
pub use keys::{AbsentKey, WithoutKey, absent_keys, can_carry};
pub use permission::{Permission, PermissionKind, Scope, permissions, purpose_of};
pub use proposal::{Blocked, Edit, Owner, Proposal, Proposals, Reach, Width, proposals};
pub use purpose::{Purpose, PurposeReview, Purposes, canonical, own_documents};
pub use quotas::quota_problems;
pub use review::{document_findings, finding_problems};
pub use risk::{Sensitive, Unscoped, on_everything, unscoped};

#[cfg(test)]
mod tests;
