//! The terminal and the desktop around it: raw mode and its end, events, clipboard, editor,
//! browser, what the terminal can show, and where files of our own live.

mod answer;
mod browser;
mod capabilities;
mod clipboard;
mod editor;
mod events;
mod guard;
mod places;
mod screen;

pub use browser::{OpenError, open_url};
pub use capabilities::{Capabilities, Depth};
pub use clipboard::{Clipboard, osc52};
pub use editor::Editor;
pub use events::{Events, Happening};
pub use guard::{end_by_signal, install_panic_hook};
pub use places::{Places, read_optional, write_private};
pub use screen::Screen;
