//! The screen: drawing a frame in one piece, leaving it and coming back.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::layout::Rect;
use ratatui::{Frame, Terminal};

use super::guard;

const BEGIN_FRAME: &[u8] = b"\x1b[?2026h";
const END_FRAME: &[u8] = b"\x1b[?2026l";
const SAVE_CURSOR: &str = "\x1b7";
const RESTORE_CURSOR: &str = "\x1b8";
/// Asks the terminal for its background; [`Events`](super::Events) recognises the answer.
const ASK_BACKGROUND: &[u8] = b"\x1b]11;?\x1b\\";

/// Collects what a frame writes, so that it reaches the terminal in one piece.
#[derive(Clone, Default)]
struct Collected(Rc<RefCell<Vec<u8>>>);

impl Write for Collected {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The terminal as a screen. It is given back when this is dropped, and in every other way out.
pub struct Screen {
    terminal: Terminal<CrosstermBackend<Collected>>,
    collected: Collected,
    mouse: bool,
}

impl Screen {
    /// Takes the terminal.
    pub fn open(mouse: bool) -> io::Result<Self> {
        let collected = Collected::default();
        guard::enter(mouse)?;
        let terminal = Terminal::new(CrosstermBackend::new(collected.clone()))
            .inspect_err(|_| guard::leave())?;
        Ok(Screen {
            terminal,
            collected,
            mouse,
        })
    }

    /// Columns and rows.
    pub fn size(&self) -> io::Result<(u16, u16)> {
        let size = self.terminal.size()?;
        Ok((size.width, size.height))
    }

    /// Draws a frame and sends what changed, as one synchronized update. What was drawn in the rows given
    /// back becomes a link to the address beside each.
    pub fn draw(
        &mut self,
        render: impl FnOnce(&mut Frame<'_>) -> Vec<(Rect, String)>,
    ) -> io::Result<()> {
        self.collected.write_all(BEGIN_FRAME)?;
        let mut links = Vec::new();
        let frame = self.terminal.draw(|frame| links = render(frame))?;
        let cells = |area: Rect| {
            area.positions()
                .map(|at| (at.x, at.y, frame.buffer[at].clone()))
        };
        let linked: Vec<(String, Vec<_>)> = links
            .into_iter()
            .map(|(area, url)| (url, cells(area.intersection(frame.area)).collect()))
            .collect();
        // The library knows no links: their cells are written once more, between the marks of a link.
        for (url, cells) in linked {
            write!(self.collected, "{SAVE_CURSOR}\x1b]8;;{url}\x1b\\")?;
            let cells = cells.iter().map(|(x, y, cell)| (*x, *y, cell));
            self.terminal.backend_mut().draw(cells)?;
            write!(self.collected, "\x1b]8;;\x1b\\{RESTORE_CURSOR}")?;
        }
        self.collected.write_all(END_FRAME)?;
        self.send()
    }

    /// Forgets what is on the screen, so that the next frame draws everything.
    pub fn clear(&mut self) -> io::Result<()> {
        // Not `Terminal::clear`, which asks the terminal where its cursor is and waits for the answer.
        let size = self.terminal.size()?;
        self.terminal.resize(size.into())
    }

    /// Takes the mouse or leaves it to the terminal, now and after coming back.
    pub fn set_mouse(&mut self, on: bool) -> io::Result<()> {
        self.mouse = on;
        guard::set_mouse(on)
    }

    /// Asks the terminal for its background. The answer, if there is one, is an event.
    pub fn ask_background(&mut self) -> io::Result<()> {
        guard::write(ASK_BACKGROUND)
    }

    /// Sends bytes that are for the terminal itself and leave no mark on the screen.
    pub fn tell(&mut self, bytes: &[u8]) -> io::Result<()> {
        guard::write(bytes)
    }

    /// Gives the terminal back for a while.
    pub fn leave(&mut self) {
        guard::leave();
    }

    /// Takes the terminal again; the next frame draws everything.
    pub fn come_back(&mut self) -> io::Result<()> {
        // After a stop from outside the terminal still counts as ours, but a shell may have changed
        // its mode.
        guard::leave();
        guard::enter(self.mouse)?;
        self.clear()
    }

    /// Gives the terminal back and stops the program until it is continued.
    #[cfg(unix)]
    pub fn suspend(&mut self) -> io::Result<()> {
        use rustix::process::{Signal, kill_current_process_group};
        guard::leave();
        // The whole group, as the terminal itself does it. Where nobody could continue us (we are
        // not the job of a shell) the system ignores this signal.
        let stopped = kill_current_process_group(Signal::TSTP);
        self.come_back()?;
        Ok(stopped?)
    }

    /// Windows has no jobs to put into the background.
    #[cfg(not(unix))]
    pub fn suspend(&mut self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn send(&mut self) -> io::Result<()> {
        let mut bytes = self.collected.0.borrow_mut();
        let sent = guard::write(&bytes);
        bytes.clear();
        sent
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        guard::leave();
    }
}
