//! What decisions warn of: what is not modelled, and what surprises people.

use super::Decision;
use super::compile::Policies;
use super::prepare::Prepared;

/// The warnings of a decision, each once.
pub(super) fn of(_policies: &Policies, _prepared: &Prepared, _decision: &Decision) -> Vec<String> {
    Vec::new()
}
