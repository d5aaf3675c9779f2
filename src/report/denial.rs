//! What a denial message says, as JSON.

use serde_json::{Value, json};

use crate::denial::{Denial, Field};
use crate::iam::PolicyKind;

/// The fields of a denial: those of `iamscope denied --batch`, and what else was read.
pub fn denial_json(denial: &Denial) -> Value {
    let context: Vec<Value> = denial
        .context
        .iter()
        .map(|fact| json!({ "key": fact.key, "values": fact.values, "from": fact.from }))
        .collect();
    json!({
        "principal": denial.principal,
        "action": denial.action,
        "resource": denial.resource,
        "policy_type": denial.policy_type.map(|kind| kind.name()),
        "explicit": denial.explicit,
        "policy_arn": denial.policy_arn,
        "encoded": denial.encoded,
        "guessed": denial.guessed.iter().copied().map(Field::name).collect::<Vec<_>>(),
        "error_code": denial.error_code,
        "operation": denial.operation,
        "raw_resource": denial.raw_resource,
        "via": denial.via.map(PolicyKind::name),
        "other_actions": denial.other_actions,
        "context": context,
        "note": denial.cause.explanation(),
    })
}
