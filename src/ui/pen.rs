//! Writing into the buffer, clipped to an area.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Writes runs of text into one row, from the left, until it is full.
pub struct Pen<'a> {
    buffer: &'a mut Buffer,
    x: u16,
    y: u16,
    end: u16,
    ellipsis: &'static str,
}

impl<'a> Pen<'a> {
    /// A pen at the beginning of the first row of an area.
    pub fn new(buffer: &'a mut Buffer, area: Rect, ascii: bool) -> Self {
        Pen {
            buffer,
            x: area.x,
            y: area.y,
            end: area.right(),
            ellipsis: if ascii { "~" } else { "…" },
        }
    }

    /// The columns that are left.
    pub fn room(&self) -> usize {
        usize::from(self.end.saturating_sub(self.x))
    }

    /// The column that is written next.
    pub fn column(&self) -> u16 {
        self.x
    }

    /// Writes text; what does not fit is cut, and an ellipsis says so.
    pub fn write(&mut self, text: &str, style: Style) {
        let room = self.room();
        if text.width() <= room {
            self.put(text, style);
            return;
        }
        if room == 0 {
            return;
        }
        self.put(clip(text, room - 1), style);
        self.put(self.ellipsis, style);
        self.x = self.end;
    }

    /// Goes on at a column, where that is not behind already.
    pub fn skip_to(&mut self, column: u16) {
        self.x = self.x.max(column).min(self.end);
    }

    /// Goes some columns on.
    pub fn skip(&mut self, columns: u16) {
        self.x = self.x.saturating_add(columns).min(self.end);
    }

    fn put(&mut self, text: &str, style: Style) {
        let room = self.room();
        if room > 0 && !text.is_empty() {
            let (x, _) = self.buffer.set_stringn(self.x, self.y, text, room, style);
            self.x = x;
        }
    }
}

/// The beginning of a text that is no wider than some columns.
pub fn clip(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (at, character) in text.char_indices() {
        used += character.width().unwrap_or(0);
        if used > columns {
            return &text[..at];
        }
    }
    text
}

/// The end of a text that is no wider than some columns.
pub fn clip_front(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (at, character) in text.char_indices().rev() {
        used += character.width().unwrap_or(0);
        if used > columns {
            return &text[at + character.len_utf8()..];
        }
    }
    text
}

/// Fills an area with spaces of a style.
pub fn fill(buffer: &mut Buffer, area: Rect, style: Style) {
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            if let Some(cell) = buffer.cell_mut((x, y)) {
                cell.reset();
                cell.set_style(style);
            }
        }
    }
}

/// Lays a style over what an area shows.
pub fn tint(buffer: &mut Buffer, area: Rect, style: Style) {
    buffer.set_style(area, style);
}
