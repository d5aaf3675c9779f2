//! `iamscope export`: the policies of a source as JSON files, filled.

use std::fs;
use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::Failure;
use super::sources::Sources;
use crate::iam::Statement;
use crate::report::{NamedDocument, named_documents};

/// Write the policies of a source as JSON, with what fills its parameters and placeholders put in.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  iamscope export vendor.yaml --param BucketName=acme-staging -o policies/
  iamscope export policy.json --param '<ACCOUNT_ID>=123456789012' -o -
  iamscope export vendor.yaml --policy TaskRole.TaskPolicy -o -")]
pub(super) struct Export {
    #[command(flatten)]
    sources: Sources,
    /// Only the policy of this name, as its file is called without `.json`
    #[arg(long = "policy", value_name = "NAME")]
    policies: Vec<String>,
    /// The folder to write to, one file a policy; `-` writes one policy to standard output
    #[arg(short, long, value_name = "FOLDER")]
    output: PathBuf,
}

impl Export {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let inventory = self.sources.load()?;
        let all = named_documents(&inventory);
        for wanted in &self.policies {
            if all.iter().all(|one| one.name != *wanted) {
                return Err(Failure::input(format!(
                    "no policy is called `{wanted}`; there are {}",
                    names(&all)
                )));
            }
        }
        let is_wanted =
            |one: &NamedDocument| self.policies.is_empty() || self.policies.contains(&one.name);
        let chosen: Vec<NamedDocument> = all.into_iter().filter(is_wanted).collect();
        for one in &chosen {
            if one.document.statements.iter().any(Statement::is_open) {
                eprintln!(
                    "warning: `{}` is not filled yet: parts of it are open",
                    one.name
                );
            }
        }
        let accounts = inventory.accounts.iter();
        for left in accounts.flat_map(|account| &account.placeholders) {
            if left.value.is_none() {
                eprintln!("warning: `{}` is left to be filled in", left.text);
            }
        }
        if self.output.as_os_str() == "-" {
            let [one] = chosen.as_slice() else {
                return Err(Failure::input(format!(
                    "name one with `--policy`: there are {}",
                    names(&chosen)
                )));
            };
            return Ok(stdout()
                .lock()
                .write_all(text(one).as_bytes())
                .map(|()| ExitCode::SUCCESS)?);
        }
        let folder = self.output.display();
        fs::create_dir_all(&self.output)
            .map_err(|error| Failure::input(format!("cannot make `{folder}`: {error}")))?;
        for one in &chosen {
            let path = self.output.join(format!("{}.json", one.name));
            fs::write(&path, text(one)).map_err(|error| {
                Failure::input(format!("cannot write `{}`: {error}", path.display()))
            })?;
        }
        eprintln!("written: {} policies", chosen.len());
        Ok(ExitCode::SUCCESS)
    }
}

fn text(one: &NamedDocument) -> String {
    format!("{:#}\n", one.document.json())
}

fn names(documents: &[NamedDocument]) -> String {
    if documents.is_empty() {
        return "none".to_owned();
    }
    let names = documents.iter().map(|one| format!("`{}`", one.name));
    names.collect::<Vec<_>>().join(", ")
}
