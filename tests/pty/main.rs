//! The program in a pseudo-terminal, as a person would use it, and the terminal afterwards.

#![cfg(unix)]

mod endings;
mod terminal;
