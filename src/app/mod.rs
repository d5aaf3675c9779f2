//! The state of the screen and how actions change it: synchronous, no I/O, no drawing.
//!
//! [`update`] takes a [`State`] and an [`Action`] and gives the [`Effect`]s that the runtime carries
//! out; their results come back as actions.

mod action;
mod adopt;
mod beside;
mod browse;
mod carry;
mod changes;
mod children;
pub mod choosing;
mod command;
mod content;
mod copy;
pub mod denying;
mod facts;
pub mod find;
mod findings;
pub mod geometry;
mod history;
mod index;
mod input;
pub mod item;
mod job;
mod json;
mod key;
mod keymap;
pub mod live;
pub mod menus;
mod mouse;
pub mod overlay;
mod overview;
pub mod pane;
mod parameters;
mod paths;
pub mod picker;
mod reach;
pub mod reader;
mod requests;
pub mod rows;
pub mod search;
mod searching;
pub mod sheet;
mod simulating;
pub mod simulator;
pub mod sort;
mod state;
pub mod supposed;
pub mod tree;
mod update;
mod whatif;
mod wrap;
pub mod writing;

pub use action::{
    Action, Choices, Effect, LoadRequest, Mouse, MouseKind, Notice, Purpose, Settings, SourceSpec,
    Target,
};
pub use beside::{AwsSaid, AwsSays, FetchedPolicy, PolicyRead};
pub use children::Forest;
pub use command::{Command, Context};
pub use content::{Content, Subject};
pub use index::Index;
pub use input::Input;
pub use job::{Found, Job, Lane, Latest, Ticket};
pub use key::{Key, KeyCode};
pub use keymap::{Binding, Keymap, KeymapError};
pub use live::{Extent, Left, LiveFailure, LiveSession, SignIn};
pub use state::{Setup, State};
pub use update::update;
