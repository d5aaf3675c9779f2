//! The whole trace of a decision as JSON: every action on every resource, layer by layer.

use serde_json::{Value, json};

use crate::simulate::{Decision, Layer, LayerKind, Leg, Matched, NearMiss, StatementRef};

/// Every leg of a decision with all that its layers say.
pub fn trace_json(decision: &Decision) -> Value {
    decision.legs.iter().map(leg).collect()
}

fn leg(leg: &Leg) -> Value {
    json!({
        "action": leg.action,
        "resource": leg.resource.to_string(),
        "decision": leg.outcome.name(),
        "deniers": leg.deniers.iter().map(|kind| kind.name()).collect::<Vec<_>>(),
        "layers": leg.layers.iter().map(layer).collect::<Vec<_>>(),
    })
}

fn layer(layer: &Layer) -> Value {
    json!({
        "layer": LayerKind::name(layer.kind),
        "status": layer.status.name(),
        "reason": layer.reason,
        "matched": layer.matched.iter().map(matched).collect::<Vec<_>>(),
        "near_misses": layer.near_misses.iter().map(near_miss).collect::<Vec<_>>(),
    })
}

fn matched(matched: &Matched) -> Value {
    let mut object = statement(&matched.statement);
    object["effect"] = json!(matched.statement.effect.map(|effect| effect.name()));
    object["depends_on"] = json!(matched.depends_on);
    object["because_absent"] = json!(matched.because_absent);
    object
}

fn near_miss(miss: &NearMiss) -> Value {
    let mut object = statement(&miss.statement);
    let failed = miss.failed.iter().map(|part| {
        json!({
            "part": part.part.name(),
            "expected": part.expected,
            "actual": part.actual,
            "reason": part.reason,
        })
    });
    object["failed"] = failed.collect();
    object
}

fn statement(reference: &StatementRef) -> Value {
    json!({
        "policy": reference.policy,
        "type": reference.kind.name(),
        "statement": reference.statement,
    })
}
