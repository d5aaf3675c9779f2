//! Putting text into the clipboard: the desktop's where there is one, else the one at the other end
//! of the line, through the terminal.

use std::env;
use std::io::Write;
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The clipboards of this machine. It must live as long as what was copied should be there: on X11
/// the text stays with the program that copied it.
#[derive(Default)]
pub struct Clipboard {
    desktop: Option<arboard::Clipboard>,
}

impl Clipboard {
    /// Puts a text into the desktop's clipboard or, inside tmux, into tmux's, which hands it to the
    /// terminal around it. False where there is neither: then [`osc52`] is what is left.
    pub fn copy(&mut self, text: &str) -> bool {
        (has_desktop() && self.copy_to_desktop(text))
            || (env::var_os("TMUX").is_some() && copy_to_tmux(text))
    }

    fn copy_to_desktop(&mut self, text: &str) -> bool {
        if self.desktop.is_none() {
            self.desktop = arboard::Clipboard::new().ok();
        }
        match &mut self.desktop {
            Some(desktop) => desktop.set_text(text).is_ok(),
            None => false,
        }
    }
}

/// Whether this machine has a desktop and the person sits at it.
pub(super) fn has_desktop() -> bool {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    if is_set("SSH_CONNECTION") || is_set("SSH_TTY") {
        return false;
    }
    cfg!(any(target_os = "macos", windows)) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// `-w` also sets the clipboard of the terminal around tmux (3.2 and later).
fn copy_to_tmux(text: &str) -> bool {
    let child = Command::new("tmux")
        .args(["load-buffer", "-w", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else { return false };
    let written = match child.stdin.take() {
        Some(mut stdin) => stdin.write_all(text.as_bytes()).is_ok(),
        None => false,
    };
    child.wait().is_ok_and(|status| status.success()) && written
}

/// Asks the terminal to take a text into its clipboard; whether it does is its own business.
pub fn osc52(text: &str) -> Vec<u8> {
    format!("\x1b]52;c;{}\x1b\\", STANDARD.encode(text)).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_travels_in_base64() {
        assert_eq!(osc52("aé\n\x1b"), b"\x1b]52;c;YcOpChs=\x1b\\");
    }
}
