//! `iamscope completions` and `iamscope man`: made from the same command line.

use std::io::stdout;
use std::process::ExitCode;

use clap::Args;
use clap_complete::Shell;

use super::{Failure, command_line};

/// Print a completion script for a shell.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  iamscope completions bash > ~/.local/share/bash-completion/completions/iamscope")]
pub(super) struct Completions {
    /// The shell to complete for.
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        clap_complete::generate(
            self.shell,
            &mut command_line(),
            "iamscope",
            &mut stdout().lock(),
        );
        Ok(ExitCode::SUCCESS)
    }
}

/// Print the manual page.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  iamscope man > iamscope.1 && man ./iamscope.1")]
pub(super) struct Man {}

impl Man {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        clap_mangen::Man::new(command_line()).render(&mut stdout().lock())?;
        Ok(ExitCode::SUCCESS)
    }
}
