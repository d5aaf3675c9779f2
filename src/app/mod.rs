//! The state of the screen and how actions change it: synchronous, no I/O, no drawing.
//!
//! [`update`] takes a [`State`] and an [`Action`] and gives the [`Effect`]s that the runtime carries
//! out; their results come back as actions.

mod action;
mod command;
mod job;
mod key;
mod keymap;
mod state;
mod update;

pub use action::{
    Action, Choices, Effect, LoadRequest, Mouse, MouseKind, Notice, Purpose, Settings, SourceSpec,
    Target,
};
pub use command::{Command, Context};
pub use job::{Found, Job, Lane, Latest, Ticket};
pub use key::{Key, KeyCode};
pub use keymap::{Binding, Keymap, KeymapError};
pub use state::{Setup, State};
pub use update::update;
