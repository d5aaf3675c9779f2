//! `iamscope versions`: two versions of a managed policy beside each other.

use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::Args;

use crate::iam::ManagedPolicy;
use crate::report::compare_versions;

use super::Failure;
use super::sources::Sources;

/// Say what changes between two versions of a managed policy: the actions that it allows more and
/// less, and its text.
///
/// Conditions and resources may change what it allows without changing the actions: the text has them.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  iamscope versions account.json --policy Deploy
  iamscope versions --profile prod --policy Deploy --from v3 --to v5")]
pub(super) struct Versions {
    #[command(flatten)]
    sources: Sources,
    /// The managed policy: an ARN or a name in the source
    #[arg(long, value_name = "P")]
    policy: String,
    /// The version to start from; the newest that is not in force where it is not given
    #[arg(long, value_name = "ID")]
    from: Option<String>,
    /// The version to come to; the one in force where it is not given
    #[arg(long, value_name = "ID")]
    to: Option<String>,
}

impl Versions {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let inventory = self.sources.load()?;
        let accounts = inventory.accounts.iter();
        let mut policies = accounts.flat_map(|account| &account.policies);
        let named = |policy: &&ManagedPolicy| {
            let identity = &policy.identity;
            identity.arn == *self.policy || identity.name == *self.policy
        };
        let policy = policies.find(named).ok_or_else(|| {
            Failure::input(format!("no managed policy `{}` in the source", self.policy))
        })?;
        let text = compare_versions(policy, self.from.as_deref(), self.to.as_deref())
            .map_err(|error| Failure::input(error.to_string()))?;
        stdout().lock().write_all(text.as_bytes())?;
        Ok(ExitCode::SUCCESS)
    }
}
