//! `iamscope support`: a report on one role or user, to hand over.

use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::Failure;
use super::sources::Sources;
use crate::report::{support_json, support_markdown};
use crate::simulate::Caller;

/// Report what a role or user may do, by service and access level, and what could not be seen.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  iamscope support --demo --principal gitpod-customer-debug-access-role
  iamscope support for-support.json --principal DebugRole --format json")]
pub(super) struct Support {
    #[command(flatten)]
    sources: Sources,
    /// The role or user: an ARN or a name in the source
    #[arg(long, value_name = "P")]
    principal: String,
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
        let caller = Caller::find(&inventory, &self.principal)
            .map_err(|error| Failure::input(error.to_string()))?;
        let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
        let report = support_json(&inventory, &caller, &now.to_string()).ok_or_else(|| {
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
