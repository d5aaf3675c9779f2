//! Arguments and one file a subcommand.

mod connections;
mod denied;
mod explain;
mod export;
mod failure;
mod lines;
mod lint;
mod live;
mod output;
mod paths;
mod permissions;
mod purposes;
mod screen;
mod shell;
mod simulate;
mod snapshot;
mod sources;
mod support;
mod tree;
mod unmask;
mod versions;

use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use failure::Failure;

/// Understand AWS IAM permissions: browse roles, explain every action, simulate requests offline.
#[derive(Debug, Parser)]
#[command(
    name = "iamscope",
    version,
    max_term_width = 100,
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  iamscope --demo
  iamscope template.yaml --param BucketName=acme-staging
  iamscope simulate template.yaml --principal TaskRole --action s3:GetObject --resource arn:aws:s3:::acme/x"
)]
struct Cli {
    /// Print the licences of everything in the program
    #[arg(long, exclusive = true)]
    licenses: bool,
    #[command(flatten)]
    screen: screen::Screen,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Denied(denied::Denied),
    Explain(explain::Explain),
    Export(export::Export),
    Lint(lint::Lint),
    // Boxed: it has far more arguments than the others.
    Simulate(Box<simulate::Simulate>),
    Tree(tree::Tree),
    Snapshot(snapshot::Snapshot),
    Paths(paths::Paths),
    Permissions(permissions::Permissions),
    Support(support::Support),
    Unmask(unmask::Unmask),
    Versions(versions::Versions),
    Completions(shell::Completions),
    Man(shell::Man),
}

/// Runs the program with the arguments of the process and says how it ended: 0 for done, 1 for "the
/// answer is no", 2 for input that could not be read or arguments that are wrong.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to standard output with code 0, mistakes to standard error with 2.
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    match run(cli) {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}

fn run(cli: Cli) -> Result<ExitCode, Failure> {
    if cli.licenses {
        stdout().write_all(include_bytes!("../../THIRD_PARTY_NOTICES"))?;
        return Ok(ExitCode::SUCCESS);
    }
    match cli.command {
        Some(Command::Denied(command)) => command.run(),
        Some(Command::Explain(command)) => command.run(),
        Some(Command::Export(command)) => command.run(),
        Some(Command::Lint(command)) => command.run(),
        Some(Command::Simulate(command)) => command.run(),
        Some(Command::Tree(command)) => command.run(),
        Some(Command::Snapshot(command)) => command.run(),
        Some(Command::Paths(command)) => command.run(),
        Some(Command::Permissions(command)) => command.run(),
        Some(Command::Support(command)) => command.run(),
        Some(Command::Unmask(command)) => command.run(),
        Some(Command::Versions(command)) => command.run(),
        Some(Command::Completions(command)) => command.run(),
        Some(Command::Man(command)) => command.run(),
        None => cli.screen.run(),
    }
}

/// The whole command line, for completions and the man page.
fn command_line() -> clap::Command {
    use clap::CommandFactory;
    Cli::command()
}
