//! The support report as Markdown.

use std::fmt::Write;

use serde_json::Value;

use crate::catalog::AccessLevel;
use crate::explain::escape;

/// The same report as Markdown.
pub fn support_markdown(report: &Value) -> String {
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
    for source in list(&report["sources"]) {
        let _ = writeln!(
            out,
            "- Source: {} ({})",
            text(&source["path"]),
            text(&source["kind"])
        );
    }
    for note in list(&report["read_as"]) {
        let _ = writeln!(out, "- {}", text(note));
    }
    let _ = writeln!(
        out,
        "- Made by {} at {}, with AWS's service reference of {}\n",
        text(&report["program"]),
        text(&report["created"]),
        text(&report["data_date"])
    );
    let _ = writeln!(out, "## Not known\n");
    let unknown = list(&report["not_known"]);
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
    let levels = AccessLevel::ALL.map(AccessLevel::name);
    let _ = writeln!(out, "| Service | {} |", levels.join(" | "));
    let _ = writeln!(out, "|---|{}", "---|".repeat(levels.len()));
    for service in list(&report["can"]) {
        let _ = write!(out, "| {} |", text(&service["service"]));
        for level in levels {
            let of = &service["of_levels"][level];
            let _ = match (&service["levels"][level], of) {
                (_, Value::Null) => write!(out, "  |"),
                (Value::Null, of) => write!(out, " 0 of {of} |"),
                (count, of) => write!(out, " {count} of {of} |"),
            };
        }
        out.push('\n');
    }
    let without = list(&report["cannot"]);
    let names: Vec<String> = without.iter().map(text).collect();
    if !names.is_empty() {
        let _ = writeln!(
            out,
            "\nNothing of {} services: {}.",
            names.len(),
            names.join(", ")
        );
    }
    simulations(&mut out, list(&report["simulations"]));
    denials(&mut out, list(&report["denials"]));
    out
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> String {
    escape(value.as_str().unwrap_or_default()).replace('|', "\\|")
}

fn simulations(out: &mut String, made: &[Value]) {
    if made.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n## Simulated\n");
    let _ = writeln!(
        out,
        "| Action | Resource | Decision | Why |\n|---|---|---|---|"
    );
    for one in made {
        let resources: Vec<String> = list(&one["resources"]).iter().map(text).collect();
        let depends = list(&one["depends_on"]).iter().map(text);
        let deniers = list(&one["deniers"]).iter().map(text);
        let why: Vec<String> = deniers
            .map(|name| format!("denied by {name}"))
            .chain(depends.map(|name| format!("depends on {name}")))
            .chain(list(&one["aws"]).iter().map(|aws| {
                let (said, verdict) = (text(&aws["aws"]), text(&aws["verdict"]));
                format!("AWS's simulator: {said} ({verdict})")
            }))
            .collect();
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            text(&one["action"]),
            resources.join(", "),
            text(&one["decision"]),
            why.join("; ")
        );
    }
}

fn denials(out: &mut String, seen: &[Value]) {
    if seen.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n## Denied by AWS\n");
    let _ = writeln!(out, "| Who | Action | Resource | By |\n|---|---|---|---|");
    for one in seen {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            text(&one["principal"]),
            text(&one["action"]),
            text(&one["resource"]),
            text(&one["policy_type"])
        );
    }
}
