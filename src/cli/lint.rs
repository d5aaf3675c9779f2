//! `iamscope lint`: the problems of the policy documents in a source.

use std::io::{BufWriter, Write, stdout};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::analyze::{document_findings, finding_problems, quota_problems};
use crate::explain::{count, escape};
use crate::iam::{
    Place, PolicyKind, Problem, Severity, SizeLimit, SourceId, check_size, parse_document_text,
};

use super::failure::ANSWER_IS_NO;
use super::sources::Sources;
use super::{Failure, lines};

/// Say what is wrong with policy documents.
///
/// Exits with 1 when a document has an error, which means that AWS would reject it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  iamscope lint template.yaml
  echo '{\"name\": \"p\", \"policy_type\": \"scp\", \"text\": \"{}\"}' | iamscope lint --batch -")]
pub(super) struct Lint {
    #[command(flatten)]
    sources: Sources,
    /// Lines of {"name", "policy_type", "text"} to judge; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    batch: Option<String>,
    /// How to write the problems of a source
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Lint {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let mut out = BufWriter::new(stdout().lock());
        let code = match &self.batch {
            Some(_) if !self.sources.is_empty() => {
                return Err(Failure::input(
                    "name either a SOURCE or `--batch`, not both",
                ));
            }
            Some(path) => {
                lines::each_line(path, &mut out, |case| judge(&case).map(Some))?;
                ExitCode::SUCCESS
            }
            None => self.source(&mut out)?,
        };
        out.flush()?;
        Ok(code)
    }

    fn source(&self, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        let inventory = self.sources.load()?;
        let mut problems: Vec<&Problem> = inventory.problems.iter().collect();
        problems.extend(
            inventory
                .accounts
                .iter()
                .flat_map(|account| account.all_problems()),
        );
        let accounts = inventory.accounts.iter();
        let analysed: Vec<Problem> = accounts
            .flat_map(|account| [quota_problems(account), finding_problems(account)])
            .flatten()
            .collect();
        problems.extend(&analysed);
        problems.sort_by_key(|problem| problem.place);
        match self.format {
            Format::Text => {
                for problem in &problems {
                    let place = inventory.describe(problem.place);
                    writeln!(
                        out,
                        "{place}: {}: {}",
                        problem.severity.name(),
                        escape(&problem.message)
                    )?;
                    if let Some(hint) = &problem.hint {
                        writeln!(out, "  {}", escape(hint))?;
                    }
                }
            }
            Format::Json => {
                let found: Vec<Value> = problems
                    .iter()
                    .map(|problem| {
                        let mut value = as_json(problem);
                        value["file"] = json!(inventory.path_of(problem.place));
                        value
                    })
                    .collect();
                writeln!(out, "{}", json!({ "format": 1, "problems": found }))?;
            }
        }
        let errors = problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .count();
        if matches!(self.format, Format::Text) {
            let (all, of_them) = (count(problems.len(), "problem"), count(errors, "error"));
            writeln!(out, "{all}, {of_them}")?;
        }
        Ok(if errors > 0 {
            ExitCode::from(ANSWER_IS_NO)
        } else {
            ExitCode::SUCCESS
        })
    }
}

fn as_json(problem: &Problem) -> Value {
    json!({
        "severity": problem.severity.name(),
        "message": problem.message,
        "line": problem.place.line,
        "column": problem.place.column,
        "hint": problem.hint,
    })
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
        Ok(document) => {
            let remarkable = document_findings(&document, kind);
            let mut problems = document.problems;
            problems.extend(remarkable);
            problems
        }
        Err(error) => vec![Problem::error(error.place, format!("not JSON: {error}"))],
    };
    if let Some(limit) = SizeLimit::of(kind) {
        problems.extend(check_size(text, limit, Place::new(SourceId(0), 1, 1)));
    }
    let valid = problems
        .iter()
        .all(|problem| problem.severity != Severity::Error);
    let problems: Vec<Value> = problems.iter().map(as_json).collect();
    Ok(json!({ "name": case.get("name"), "valid": valid, "problems": problems }))
}
