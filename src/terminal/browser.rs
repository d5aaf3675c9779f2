//! Opening a page in the person's browser.

use std::env;
use std::io;
use std::process::{Command, Stdio};

use super::clipboard::has_desktop;

/// Why a page was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The person is elsewhere, or this machine has no desktop.
    #[error("no browser can be reached from this terminal")]
    NoDesktop,
    /// It is no address of a page.
    #[error("`{0}` is no web address")]
    NoAddress(String),
    /// The opener could not be started.
    #[error("`{opener}` cannot be started: {error}")]
    Opener {
        /// What was tried.
        opener: String,
        /// Why not.
        error: io::Error,
    },
}

/// Opens a page without waiting for the browser.
pub fn open_url(address: &str) -> Result<(), OpenError> {
    // Nothing but pages: an opener also starts programs and files.
    let is_page = address.starts_with("https://") || address.starts_with("http://");
    if !is_page || address.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(OpenError::NoAddress(address.escape_debug().to_string()));
    }
    let chosen = env::var("BROWSER").ok().filter(|name| !name.is_empty());
    if chosen.is_none() && !has_desktop() {
        return Err(OpenError::NoDesktop);
    }
    let opener = match chosen {
        // It may be a list; the first is preferred.
        Some(list) => list.split(':').next().unwrap_or_default().to_owned(),
        None if cfg!(target_os = "macos") => "open".to_owned(),
        None if cfg!(windows) => "explorer".to_owned(),
        None => "xdg-open".to_owned(),
    };
    let child = Command::new(&opener)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    match child {
        Ok(mut child) => {
            // Somebody must take note of its end, or it stays in the table of processes.
            std::thread::spawn(move || child.wait());
            Ok(())
        }
        Err(error) => Err(OpenError::Opener { opener, error }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_are_opened() {
        for address in [
            "file:///etc/passwd",
            "-x",
            "",
            "https://a b",
            "https://a\nb",
        ] {
            let error = open_url(address).unwrap_err();
            assert!(matches!(error, OpenError::NoAddress(_)), "{address}");
        }
    }
}
