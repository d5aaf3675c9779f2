//! The answer to a denial as JSON and as Markdown.

use serde_json::{Map, Value, json};

use crate::analyze::{Blocked, Edit, Owner, Proposal, Reach, Width};
use crate::catalog;
use crate::denial::{Group, PolicyType, Trail};
use crate::explain::{Answer, Finding, answer_page, edit_words, width_words};
use crate::iam::Inventory;
use crate::simulate::{Decision, NearMiss};

use super::batch::decision_line;
use super::denial::denial_json;
use super::diff::unified;
use super::markdown::{code, markdown};

/// The answer as one JSON object: what the message says, then `answer`.
pub fn answer_json(answer: &Answer, inventory: &Inventory) -> Value {
    let mut json = denial_json(&answer.denial);
    json["answer"] = json!({
        "principal": found(&answer.found),
        "verdict": answer.agreement.verdict.name(),
        "missing": answer.agreement.missing,
        "may_mean": answer.may_mean.iter().map(|meant| json!({
            "role": meant.role.to_string(),
            "file": inventory.path_of(meant.place),
            "line": meant.place.is_known().then_some(meant.place.line),
        })).collect::<Vec<_>>(),
        "assumed": answer.assumed,
        "decision": answer.evaluated.as_ref().map(|own| decision(&own.decision)),
        "near_misses": answer.near_misses().into_iter().map(|near| near_miss(near, inventory)).collect::<Vec<_>>(),
        "sides": answer.evaluated.as_ref().and_then(|own| own.sides.as_ref()).map(|sides| json!({
            "caller": { "account": sides.caller, "allows": sides.caller_allows },
            "resource": { "account": sides.resource, "allows": sides.resource_allows },
        })),
        "proposals": answer.proposals.list.iter().map(|own| proposal(own, inventory)).collect::<Vec<_>>(),
        "blocked": answer.proposals.blocked.map(blocked),
    });
    json["format"] = json!(1);
    json["version"] = json!(env!("CARGO_PKG_VERSION"));
    json["data_date"] = json!(catalog::data_date());
    json
}

fn found(found: &Finding) -> Value {
    match found {
        Finding::Found(arn) => json!({ "found": arn }),
        Finding::Several(arns) => json!({ "found": null, "several": arns }),
        Finding::Missing(alike) => json!({ "found": null, "alike": alike }),
    }
}

fn decision(decision: &Decision) -> Value {
    let mut line = decision_line(None, decision, false);
    if let Some(members) = line.as_object_mut() {
        members.remove("name");
        let layers = decision.legs.iter().flat_map(|leg| {
            leg.layers.iter().map(|layer| {
                json!({
                    "action": leg.action,
                    "layer": layer.kind.name(),
                    "status": layer.status.name(),
                    "reason": layer.reason,
                    "rule": layer.rule.page,
                })
            })
        });
        members.insert("layers".to_owned(), layers.collect());
    }
    line
}

fn near_miss(near: &NearMiss, inventory: &Inventory) -> Value {
    let place = near.statement.place;
    let failed = near.failed.iter().map(|part| {
        json!({
            "part": part.part.name(),
            "expected": part.expected,
            "actual": part.actual,
            "reason": part.reason,
        })
    });
    json!({
        "policy": near.statement.policy,
        "type": near.statement.kind.name(),
        "statement": near.statement.statement,
        "file": inventory.path_of(place),
        "line": place.is_known().then_some(place.line),
        "failed": failed.collect::<Vec<_>>(),
    })
}

fn proposal(proposal: &Proposal, inventory: &Inventory) -> Value {
    json!({
        "decision": proposal.outcome.name(),
        "edits": proposal.edits.iter().map(|own| edit(own, inventory)).collect::<Vec<_>>(),
    })
}

fn edit(edit: &Edit, inventory: &Inventory) -> Value {
    let known = edit.place.is_known();
    json!({
        "words": edit_words(edit).to_plain(),
        "layer": edit.layer.name(),
        "policy": edit.policy,
        "type": edit.kind.name(),
        "arn": edit.arn,
        "group": edit.via,
        "level": edit.level,
        "attach_to": edit.attach_to,
        "statement": edit.statement,
        "file": known.then(|| inventory.path_of(edit.place)).flatten(),
        "line": known.then_some(edit.place.line),
        "column": known.then_some(edit.place.column),
        "before": edit.before,
        "after": edit.after,
        "document": edit.document_after,
        "copy_of_aws_policy": edit.copy,
        "owner": owner(edit.owner),
        "also_allows": also(&edit.width, edit.lifts),
    })
}

fn owner(owner: Owner) -> &'static str {
    match owner {
        Owner::Caller => "caller",
        Owner::Resource => "resource",
        Owner::Session => "session",
        Owner::Network => "network",
        Owner::Organisation => "organisation",
    }
}

fn also(width: &Width, lifts: bool) -> Value {
    let (reach, resources) = match &width.reach {
        Reach::Request => ("request", Vec::new()),
        Reach::Patterns(patterns) => ("patterns", patterns.clone()),
        Reach::Everything => ("everything", Vec::new()),
    };
    let levels: Map<String, Value> = width
        .levels
        .iter()
        .map(|(level, count)| ((*level).to_owned(), json!(count)))
        .collect();
    json!({
        "words": width_words(width, lifts).to_plain(),
        "actions": width.actions,
        "levels": levels,
        "reach": reach,
        "resources": resources,
        "other_callers": width.other_callers,
        "other_circumstances": width.other_circumstances,
    })
}

fn blocked(blocked: Blocked) -> &'static str {
    match blocked {
        Blocked::Credential => "credential",
        Blocked::Partition => "partition",
        Blocked::Organisation => "organisation",
        Blocked::NoneFound => "none_found",
    }
}

/// The answer as Markdown for a ticket: the page, then each proposal as a difference.
pub fn answer_markdown(answer: &Answer, inventory: &Inventory) -> String {
    let mut out = markdown(&answer_page(answer, inventory), 2);
    let differences: Vec<String> = answer
        .proposals
        .list
        .iter()
        .enumerate()
        .flat_map(|(at, proposal)| {
            let edits = proposal.edits.iter();
            edits.filter_map(move |edit| Some((at + 1, difference(edit, inventory)?)))
        })
        .map(|(number, diff)| {
            let mut text = format!("\nProposal {number}:\n\n");
            code(&diff, "diff", &mut text);
            text
        })
        .collect();
    if !differences.is_empty() {
        out.push_str("\n### As differences\n");
        out.push_str(&differences.concat());
    }
    out
}

/// A change of a policy as a difference of its document.
pub(super) fn difference(edit: &Edit, inventory: &Inventory) -> Option<String> {
    let pretty = |value: &Option<Value>| match value {
        Some(value) => format!("{value:#}\n"),
        None => String::new(),
    };
    edit.document_after.as_ref()?;
    let name = match edit.place.is_known() {
        true => format!("{} ({})", edit.policy, inventory.describe(edit.place)),
        false => edit.policy.clone(),
    };
    let name: String = crate::explain::escape(&name).into_owned();
    Some(unified(
        &name,
        &pretty(&edit.document_before),
        &pretty(&edit.document_after),
    ))
}

/// The distinct denials of a file of events.
pub fn trail_json(trail: &Trail) -> Value {
    json!({
        "format": 1,
        "events": trail.read.events,
        "denials": trail.read.denials,
        "unreadable": trail.unreadable,
        "ungrouped": trail.ungrouped,
        "truncated": trail.truncated,
        "groups": trail.groups.iter().map(group).collect::<Vec<_>>(),
    })
}

fn group(group: &Group) -> Value {
    let kinds: Map<String, Value> = group
        .policy_types
        .iter()
        .map(|(kind, count)| (PolicyType::name(*kind).to_owned(), json!(count)))
        .collect();
    let resources = group.resources.iter();
    let resources = resources.map(|(name, count)| json!({ "resource": name, "count": count }));
    json!({
        "principal": group.principal,
        "action": group.action,
        "count": group.count,
        "first": group.first,
        "last": group.last,
        "policy_types": kinds,
        "resources": resources.collect::<Vec<_>>(),
        "other_resources": group.other_resources,
        "sample": denial_json(&group.sample),
    })
}

/// Text in which account ids are replaced by others, the same for the same id.
pub fn mask_accounts(text: &str) -> String {
    let mut known: Vec<&str> = Vec::new();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        out.push_str(&rest[..start]);
        let run = &rest[start..];
        let length = run.find(|c: char| !c.is_ascii_digit()).unwrap_or(run.len());
        let (digits, after) = run.split_at(length);
        let letter_before = out.ends_with(|c: char| c.is_ascii_alphanumeric());
        let letter_after = after.starts_with(|c: char| c.is_ascii_alphanumeric());
        if length == 12 && !letter_before && !letter_after {
            let at = match known.iter().position(|id| *id == digits) {
                Some(at) => at,
                None => {
                    known.push(digits);
                    known.len() - 1
                }
            };
            out.push_str(&format!("{:012}", at + 1));
        } else {
            out.push_str(digits);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::mask_accounts;

    #[test]
    fn accounts_are_masked_alike_and_other_numbers_stay() {
        assert_eq!(
            mask_accounts(
                "arn:aws:iam::123456789012:role/a 999999999999 123456789012 2026 1234567890123 a123456789012"
            ),
            "arn:aws:iam::000000000001:role/a 000000000002 000000000001 2026 1234567890123 a123456789012"
        );
    }
}
