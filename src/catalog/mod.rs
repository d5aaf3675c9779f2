//! What each action is: the embedded service reference and AWS managed policies.
//!
//! All of it comes from `assets/catalog`, which `cargo xtask assets` builds; nothing here
//! reads files or asks the network. [`index`] is decoded once, on first use, and holds names,
//! access levels and whether an action has resource types; a service's descriptions, ARN
//! forms and condition keys are decoded when [`action`] first asks for one of them.

mod asset;
mod calls;
mod details;
mod expand;
mod index;
mod keys;
mod lookup;
mod managed;
mod resources;
mod risk;
mod search;
mod words;

pub use calls::{api_call_to_actions, operations_checking, service_prefixes};
pub use details::{ActionInfo, ConditionKeyInfo, ResourceUse};
pub use expand::{ActionSet, Pattern, ServiceCount, Summary, expand};
pub use index::{AccessLevel, Action, ActionId, Index, Service, index};
pub use keys::{
    ConditionKey, canonical_condition_key, condition_key, condition_keys, global_condition_keys,
};
pub use lookup::{Lookup, lookup};
pub use managed::{AwsManagedPolicy, managed_policies, managed_policy};
pub use resources::{
    SamPolicyTemplate, cfn_arn_form, has_resource_policies, rcp_services, sam_connectors,
    sam_policy_template, sam_policy_templates,
};
pub use risk::{EscalationMethod, Exposes, credential_exposing, escalation_methods, exposes};
pub use search::{SearchIndex, search};

/// The day of the service reference: `2026-09-26`.
pub fn data_date() -> &'static str {
    index().date()
}

/// Everything known of an action, found without regard to case.
pub fn action(name: &str) -> Option<ActionInfo> {
    index().find(name).map(Action::details)
}

/// Whether an action acts on resource types; one that does not needs `Resource: "*"`.
/// `None` for an action that the catalogue does not know. Costs a lookup in the index.
pub fn has_resource_types(action: &str) -> Option<bool> {
    index().find(action).map(Action::has_resource_types)
}

#[cfg(test)]
mod tests;
