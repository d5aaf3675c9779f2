//! Tasks of the maintainers. `cargo xtask assets` rebuilds `assets/catalog` from the
//! packages pinned in `assets/SOURCES.toml`; `cargo xtask assets --latest` moves the pins
//! first. `cargo xtask notices` writes THIRD_PARTY_NOTICES. Builds of iamscope itself never touch the network.

mod actions;
mod api_calls;
mod assets;
mod guard;
mod notices;
mod output;
mod packages;
mod policies;
mod resources;
mod risk;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        ["assets"] => assets::build(false),
        ["assets", "--latest"] => assets::build(true),
        ["notices"] => notices::write(),
        _ => {
            eprintln!("usage: cargo xtask assets [--latest] | notices");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
