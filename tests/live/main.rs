//! Snapshots, redaction and the live source, from outside.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used)] // tests

mod command;
mod live;
mod redaction;
mod servers;
mod snapshot;
mod stub;
