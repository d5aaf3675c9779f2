//! What support wants to know of one role or user: what it may do, by service and access level, and
//! what could not be seen, so that nobody takes the unknown for nothing.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::analyze::{Capability, GrantsCache, role_capability, user_capability};
use crate::catalog::{self, AccessLevel};
use crate::explain::escape;
use crate::iam::{Account, Inventory, Severity};
use crate::simulate::{Caller, Entity};

/// The report on a caller; `None` where no role or user of the inventory is behind it.
pub fn support_json(inventory: &Inventory, caller: &Caller<'_>, created: &str) -> Option<Value> {
    let account = caller.account?;
    let cache = GrantsCache::default();
    let (kind, identity, capability) = match caller.entity? {
        Entity::Role(role) => ("role", &role.identity, role_capability(role, &cache)),
        Entity::User(user) => (
            "user",
            &user.identity,
            user_capability(user, account, &cache),
        ),
    };
    let sources = inventory.sources.iter();
    Some(json!({
        "format": 1,
        "created": created,
        "program": concat!("iamscope ", env!("CARGO_PKG_VERSION")),
        "data_date": catalog::data_date(),
        "sources": sources
            .map(|source| json!({ "path": source.path, "kind": source.kind.name() }))
            .collect::<Vec<_>>(),
        "account": { "id": account.id.value, "assumed": account.id.assumed, "name": account.name },
        "kind": kind,
        "name": identity.name.to_string(),
        "arn": identity.arn.to_string(),
        "can": services(&capability),
        "actions": capability.actions.len(),
        "withheld_by_boundary": capability.cut_by_boundary,
        "withheld_by_deny": capability.denied,
        "not_known": not_known(account, &capability),
    }))
}

fn services(capability: &Capability) -> Vec<Value> {
    let services = capability.by_service.iter();
    services
        .map(|service| {
            let levels = AccessLevel::ALL.into_iter().zip(service.by_level);
            let levels: serde_json::Map<String, Value> = levels
                .filter(|(_, count)| *count > 0)
                .map(|(level, count)| (level.name().to_owned(), json!(count)))
                .collect();
            json!({
                "service": service.service.prefix(),
                "actions": service.count,
                "of": service.service.actions().len(),
                "levels": levels,
            })
        })
        .collect()
}

/// What decisions about the caller would depend on, and what loading could not read.
fn not_known(account: &Account, capability: &Capability) -> Vec<String> {
    let policies = capability.not_loaded.iter();
    let mut all: Vec<String> = policies
        .map(|name| format!("the policy `{name}` was not loaded"))
        .collect();
    if capability.boundary_not_loaded {
        all.push("the permissions boundary was not loaded".to_owned());
    }
    if capability.open {
        all.push("parts of its policies are unresolved".to_owned());
    }
    if account.organisation.scps.is_none() {
        all.push("service control policies were not loaded".to_owned());
    }
    if account.organisation.rcps.is_none() {
        all.push("resource control policies were not loaded".to_owned());
    }
    let problems = account.problems.iter();
    let problems = problems.filter(|problem| problem.severity != Severity::Note);
    all.extend(problems.map(|problem| problem.message.clone()));
    all
}

/// The same report as Markdown.
pub fn support_markdown(report: &Value) -> String {
    let text = |value: &Value| escape(value.as_str().unwrap_or_default()).replace('|', "\\|");
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        out,
        "# Support report: {} `{}`\n",
        text(&report["kind"]),
        text(&report["name"])
    );
    let _ = writeln!(out, "- ARN: `{}`", text(&report["arn"]));
    let account = &report["account"];
    let assumed = if account["assumed"] == true {
        ", assumed"
    } else {
        ""
    };
    let _ = writeln!(
        out,
        "- Account: `{}` ({}{assumed})",
        text(&account["id"]),
        text(&account["name"])
    );
    for source in report["sources"].as_array().into_iter().flatten() {
        let _ = writeln!(
            out,
            "- Source: {} ({})",
            text(&source["path"]),
            text(&source["kind"])
        );
    }
    let _ = writeln!(
        out,
        "- Made by {} at {}, with AWS's service reference of {}\n",
        text(&report["program"]),
        text(&report["created"]),
        text(&report["data_date"])
    );
    let _ = writeln!(out, "## Not known\n");
    let unknown = report["not_known"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    if unknown.is_empty() {
        let _ = writeln!(out, "Everything that decides about it was loaded.");
    }
    for line in unknown {
        let _ = writeln!(out, "- {}", text(line));
    }
    let _ = writeln!(
        out,
        "\n## May do: {} actions\n\n{} more are withheld by the boundary, {} by a deny.\n",
        report["actions"], report["withheld_by_boundary"], report["withheld_by_deny"]
    );
    let _ = writeln!(
        out,
        "| Service | Actions | Of | Levels |\n|---|---|---|---|"
    );
    for service in report["can"].as_array().into_iter().flatten() {
        let levels: Vec<String> = service["levels"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(level, count)| format!("{level} {count}"))
            .collect();
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            text(&service["service"]),
            service["actions"],
            service["of"],
            levels.join(", ")
        );
    }
    out
}
