//! The screen, without a terminal.

#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests

mod asking;
mod browsing;
mod denying;
mod hints;
mod keys_page;
mod late;
mod living;
mod marking;
mod opening;
mod pictures;
mod sample;
mod simulating;
mod stage;
mod supposing;
mod walk;
