//! How a subcommand ends when it cannot do its work.

use std::io::{self, ErrorKind};
use std::process::ExitCode;

/// The answer is no: `--expect` or `--check` not met, `lint` found errors.
pub(super) const ANSWER_IS_NO: u8 = 1;

/// Why a subcommand could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Input that cannot be read, or arguments that do not fit it.
    #[error("{0}")]
    Input(String),
    /// Output that could not be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
}

impl Failure {
    /// Input that cannot be read, in one clear sentence.
    pub fn input(message: impl Into<String>) -> Self {
        Failure::Input(message.into())
    }

    /// Writes the failure to standard error and gives the exit code.
    pub(super) fn report(&self) -> ExitCode {
        match self {
            // The reader of a pipe has gone (`| head`): nothing is wrong.
            Failure::Output(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Failure::Input(_) | Failure::Output(_) => {
                eprintln!("error: {self}");
                ExitCode::from(2)
            }
        }
    }
}
