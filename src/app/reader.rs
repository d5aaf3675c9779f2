//! A page to read through, laid out for a width, with a line that the keyboard is on.

use crate::explain::{Link, Page};
use crate::iam::Place;

use super::sheet::{Line, lay_out};
use super::wrap::wrap;

/// A page to read through.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    page: Page,
    lines: Vec<Line>,
    width: usize,
    cursor: usize,
    offset: usize,
}

impl Reader {
    /// Shows another page from its beginning.
    pub fn show(&mut self, page: Page, ascii: bool) {
        let width = self.width;
        *self = Reader {
            page,
            width,
            ..Reader::default()
        };
        self.lay_out(ascii);
    }

    /// Shows a page in place of one that says much the same; the keyboard stays near where it was.
    pub fn replace(&mut self, page: Page, ascii: bool) {
        self.page = page;
        self.lay_out(ascii);
    }

    /// Lays the page out for a width, if it has another one.
    pub fn resize(&mut self, width: usize, ascii: bool) {
        if width != self.width {
            self.width = width;
            self.lay_out(ascii);
        }
    }

    fn lay_out(&mut self, ascii: bool) {
        self.lines = wrap(&lay_out(&self.page, self.width, ascii), self.width);
        self.select(self.cursor);
    }

    /// The page.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// Its lines.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The line that the keyboard is on.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// The first line that is drawn, for a height.
    pub fn offset(&self, height: usize) -> usize {
        self.offset
            .min(self.cursor)
            .max((self.cursor + 1).saturating_sub(height))
            .min(self.lines.len().saturating_sub(height))
    }

    /// Goes to a line.
    pub fn select(&mut self, line: usize) {
        self.cursor = line.min(self.lines.len().saturating_sub(1));
    }

    /// Goes so many lines on.
    pub fn move_by(&mut self, lines: isize) {
        self.select(self.cursor.saturating_add_signed(lines));
        // A little of what is before the line stays in sight.
        self.offset = self.cursor.saturating_sub(3);
    }

    /// The part of a document that the line is about; a line that goes on has what it began with.
    pub fn about(&self) -> Option<Place> {
        self.lines.get(self.cursor)?.about
    }

    /// Where the line leads.
    pub fn link(&self) -> Option<&Link> {
        self.lines.get(self.cursor)?.link()
    }
}
