//! The side pane: what is said of the selection, laid out for its width.

use crate::explain::{Line as Words, Link};
use crate::iam::Place;

use super::content::{Content, Subject};
use super::item::Item;
use super::sheet::{Line, lay_out};
use super::wrap::wrap;

/// The side pane.
#[derive(Clone, Debug, Default)]
pub struct Pane {
    content: Option<Box<Content>>,
    lines: Vec<Line>,
    width: usize,
    cursor: usize,
    offset: usize,
}

impl Pane {
    /// What it is about.
    pub fn subject(&self) -> Option<&Subject> {
        self.content.as_ref().map(|content| &content.subject)
    }

    /// What it says.
    pub fn content(&self) -> Option<&Content> {
        self.content.as_deref()
    }

    /// Its title.
    pub fn title(&self) -> Option<&Words> {
        self.content.as_ref().map(|content| &content.page.title)
    }

    /// Its lines, broken to its width.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The position of the line that the keyboard is on.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// The position of the first line that is drawn.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Shows something else from its beginning; the same thing anew where it was.
    pub fn show(&mut self, content: Box<Content>, width: usize, ascii: bool) {
        if self.subject() != Some(&content.subject) {
            self.cursor = 0;
            self.offset = 0;
        }
        self.content = Some(content);
        self.lay_out(width, ascii);
    }

    /// Takes note that what it is about stands elsewhere now.
    pub fn translate(&mut self, item: impl Fn(Item) -> Option<Item>) {
        if let Some(content) = &mut self.content
            && let Subject::Item(subject) | Subject::Action(_, subject) = &mut content.subject
            && let Some(now) = item(*subject)
        {
            *subject = now;
        }
    }

    /// Shows nothing.
    pub fn clear(&mut self) {
        *self = Pane {
            width: self.width,
            ..Pane::default()
        };
    }

    /// Lays its content out for another width.
    pub fn resize(&mut self, width: usize, ascii: bool) {
        if width != self.width {
            self.lay_out(width, ascii);
        }
    }

    fn lay_out(&mut self, width: usize, ascii: bool) {
        self.width = width;
        let Some(content) = &self.content else {
            self.lines.clear();
            return;
        };
        let mut lines = lay_out(&content.page, width, ascii);
        if !content.json.is_empty() {
            if !lines.is_empty() {
                lines.push(Line::default());
            }
            lines.extend(content.json.iter().cloned());
        }
        self.lines = wrap(&lines, width);
        self.cursor = self.cursor.min(self.lines.len().saturating_sub(1));
    }

    /// Goes to a line by its position; the last one where there are fewer.
    pub fn select(&mut self, line: usize) {
        self.cursor = line.min(self.lines.len().saturating_sub(1));
    }

    /// Goes so many lines on.
    pub fn move_by(&mut self, lines: isize) {
        self.select(self.cursor.saturating_add_signed(lines));
    }

    /// Draws from another line on; the keyboard's line stays in what is seen.
    pub fn scroll_by(&mut self, lines: isize, height: usize) {
        let last = self.lines.len().saturating_sub(height);
        self.offset = self.offset.saturating_add_signed(lines).min(last);
        let lowest = self.offset;
        let highest = (self.offset + height).saturating_sub(1).max(lowest);
        self.cursor = self.cursor.clamp(lowest, highest);
        self.select(self.cursor);
    }

    /// Scrolls so that the keyboard's line is seen.
    pub fn show_cursor(&mut self, height: usize) {
        self.offset = self
            .offset
            .min(self.cursor)
            .max((self.cursor + 1).saturating_sub(height))
            .min(self.lines.len().saturating_sub(height));
    }

    /// The part of the document whose lines are marked: the one of the keyboard's line while the pane
    /// has the keyboard, else the one that is selected in the tree.
    pub fn marked(&self, focused: bool) -> Option<Place> {
        if focused {
            self.lines.get(self.cursor).and_then(|line| line.about)
        } else {
            self.content.as_ref().and_then(|content| content.marked)
        }
    }

    /// Everywhere that the keyboard's line leads, with the words that say so.
    pub fn links(&self) -> Vec<(String, Link)> {
        let mut links: Vec<(String, Link)> = Vec::new();
        let runs = self.lines.get(self.cursor).into_iter();
        for run in runs.flat_map(|line| &line.runs) {
            if let Some(link) = &run.link
                && links.iter().all(|(_, other)| other != link)
            {
                links.push((run.text.to_string(), link.clone()));
            }
        }
        links
    }

    /// Where the keyboard's line leads.
    pub fn link(&self) -> Option<&Link> {
        self.lines.get(self.cursor).and_then(Line::link)
    }
}
