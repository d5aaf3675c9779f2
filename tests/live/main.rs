//! Snapshots, redaction and the live source, from outside.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used)] // tests

mod account;
mod asking;
mod assuming;
mod command;
mod errors;
mod loading;
mod planted;
mod program;
mod redaction;
mod resources;
mod secrets;
mod servers;
mod snapshot;
mod stub;
