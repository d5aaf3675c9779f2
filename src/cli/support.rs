//! `iamscope support`: a report on one role or user, to hand over.

use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::sources::{Sources, caller_named};
use super::{Failure, lines};
use crate::denial;
use crate::report::{Case, LookedAt, support_json, support_markdown};
use crate::simulate::{Decision, Policies, Request};

/// Report what a role or user may do, by service and access level, and what could not be seen.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  iamscope support --demo --principal gitpod-customer-debug-access-role
  iamscope support for-support.json --principal DebugRole --format json
  iamscope support account.json --principal DebugRole --simulations cases.jsonl --denials messages.txt")]
pub(super) struct Support {
    #[command(flatten)]
    sources: Sources,
    /// The role or user: an ARN or a name in the source
    #[arg(long, value_name = "P")]
    principal: String,
    /// Simulations to put into it: cases as `iamscope simulate --format case` writes them, one a line
    #[arg(long, value_name = "FILE")]
    simulations: Option<String>,
    /// Denials to put into it: a file of messages or CloudTrail events
    #[arg(long, value_name = "FILE")]
    denials: Option<String>,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Markdown,
    Json,
}

impl Support {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let inventory = self.sources.load()?;
        let caller = caller_named(&inventory, &self.principal)?;
        let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
        let simulations = self.simulations.as_deref().map(simulated).transpose()?;
        let denials = self.denials.as_deref().map(lines::whole).transpose()?;
        let denials = denials.map(|text| denial::read_all(&text));
        let looked_at = LookedAt {
            simulations: &simulations.unwrap_or_default(),
            denials: &denials.unwrap_or_default(),
        };
        let report = support_json(&inventory, &caller, looked_at, &now.to_string());
        let report = report.ok_or_else(|| {
            Failure::input(format!(
                "`{}` is no role or user of the source",
                self.principal
            ))
        })?;
        let mut out = stdout().lock();
        match self.format {
            Format::Json => writeln!(out, "{report:#}")?,
            Format::Markdown => out.write_all(support_markdown(&report).as_bytes())?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Each case of a file with its decision.
fn simulated(path: &str) -> Result<Vec<(Request, Decision)>, Failure> {
    let text = lines::whole(path)?;
    let cases = text.lines().enumerate();
    let cases = cases.filter(|(_, line)| !line.trim().is_empty());
    cases
        .map(|(number, line)| {
            let case = Case::read(line).map_err(|error| {
                Failure::input(format!("`{path}`, line {}: {error}", number + 1))
            })?;
            let decision = Policies::compile(&case.policies).evaluate(&case.request);
            Ok((case.request, decision))
        })
        .collect()
}
