//! The program in a pseudo-terminal, as a person would use it, and the terminal afterwards.

#![cfg(unix)]
#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests

mod deciding;
mod endings;
mod explaining;
mod live;
mod living;
#[path = "../live/stub.rs"]
#[allow(dead_code)] // the tests of loading use the rest of it
mod stub;
mod terminal;
mod using;
