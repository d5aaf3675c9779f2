//! The program in a pseudo-terminal, as a person would use it, and the terminal afterwards.

#![cfg(unix)]
#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests

mod endings;
mod explaining;
mod living;
mod terminal;
mod using;
