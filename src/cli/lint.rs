//! `iamscope lint`: the problems of the policy documents in a source.

use std::io::{BufWriter, Write, stdout};
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use crate::iam::{
    PolicyKind, Problem, Severity, SizeLimit, SourceId, check_size, parse_document_text,
};

use super::{Failure, lines};

/// Say what is wrong with policy documents.
///
/// Exits with 1 when a document has an error, which means that AWS would reject it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  iamscope lint template.yaml
  echo '{\"name\": \"p\", \"policy_type\": \"scp\", \"text\": \"{}\"}' | iamscope lint --batch -")]
pub(super) struct Lint {
    /// Lines of {\"name\", \"policy_type\", \"text\"} to judge; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    batch: Option<String>,
}

impl Lint {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let mut out = BufWriter::new(stdout().lock());
        match self.batch {
            Some(path) => lines::each_line(&path, &mut out, |case| judge(&case).map(Some))?,
            None => {
                return Err(Failure::input(
                    "name a SOURCE, or a file of lines with `--batch`",
                ));
            }
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The answer to one line of a batch.
fn judge(case: &Value) -> Result<Value, String> {
    let text_of = |field: &str| {
        case.get(field)
            .and_then(Value::as_str)
            .ok_or(format!("`{field}` must be a string"))
    };
    let kind = text_of("policy_type")?;
    let kind = PolicyKind::from_name(kind).ok_or_else(|| {
        let known: Vec<&str> = PolicyKind::ALL.iter().map(|kind| kind.name()).collect();
        format!("unknown policy_type `{kind}` (one of {})", known.join(", "))
    })?;
    let text = text_of("text")?;
    let mut problems = match parse_document_text(text, SourceId(0), kind) {
        Ok(document) => document.problems,
        Err(error) => vec![Problem::error(error.place, format!("not JSON: {error}"))],
    };
    if let Some(limit) = SizeLimit::of(kind) {
        problems.extend(check_size(
            text,
            limit,
            crate::iam::Place::new(SourceId(0), 1, 1),
        ));
    }
    let valid = problems
        .iter()
        .all(|problem| problem.severity != Severity::Error);
    let problems: Vec<Value> = problems
        .iter()
        .map(|problem| {
            json!({
                "severity": problem.severity.name(),
                "message": problem.message,
                "line": problem.place.line,
                "column": problem.place.column,
                "hint": problem.hint,
            })
        })
        .collect();
    Ok(json!({ "name": case.get("name"), "valid": valid, "problems": problems }))
}
