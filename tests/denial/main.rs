//! From a denial to the changes that would allow it.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing)] // helpers of tests

mod answers;
mod differences;
mod proposals;
