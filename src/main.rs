//! The `iamscope` program; everything lives in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    iamscope::cli::main()
}
