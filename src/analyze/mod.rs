//! What a statement, a role or a decision amounts to.

mod covered;
mod database;
mod finding;
mod form;
mod keys;
mod purpose;
mod quotas;
mod risk;

pub use covered::{Covered, covered};
pub use finding::{Finding, FindingKind, findings, findings_of, readable_form};
pub use form::{Form, ResourcePattern};
pub use keys::{AbsentKey, WithoutKey, absent_keys, can_carry};
pub use purpose::{Purpose, Purposes, canonical};
pub use quotas::quota_problems;
pub use risk::{Sensitive, Unscoped, on_everything, unscoped};

#[cfg(test)]
mod tests;
