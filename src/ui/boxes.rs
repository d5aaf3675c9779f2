//! The boxes around panes and overlays.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::symbols::border;
use ratatui::widgets::Block;

use super::pen::{Pen, clip};
use super::{Look, View};

const ASCII: border::Set<'_> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

/// A box with a title on its top edge, and some words on its bottom edge at the right.
pub struct Frameable<'a> {
    /// On the top edge.
    pub title: &'a str,
    /// On the bottom edge, at the right.
    pub foot: &'a str,
    /// Whether it has the keyboard.
    pub focused: bool,
}

impl Frameable<'_> {
    /// Draws the box and gives back what is inside.
    pub fn draw(&self, view: &View<'_>, frame: &mut Frame<'_>, area: Rect, fill: Style) -> Rect {
        let look = if self.focused {
            Look::BorderFocused
        } else {
            Look::Border
        };
        let style = fill.patch(view.theme.style(look));
        let mut block = Block::bordered().border_style(style).style(fill);
        if view.state.ascii {
            block = block.border_set(ASCII);
        }
        let inner = block.inner(area);
        frame.render_widget(block, area);
        let room = usize::from(area.width.saturating_sub(4));
        if !self.title.is_empty() && room > 2 {
            let title = Rect::new(area.x + 1, area.y, area.width - 2, 1);
            let mut pen = Pen::new(frame.buffer_mut(), title, view.state.ascii);
            let look = if self.focused {
                Look::Heading
            } else {
                Look::Text
            };
            pen.write(
                &format!(" {} ", clip(self.title, room)),
                fill.patch(view.theme.style(look)),
            );
        }
        if !self.foot.is_empty() && room > self.foot.chars().count() {
            let wide = u16::try_from(self.foot.chars().count() + 2).unwrap_or(u16::MAX);
            let x = area.right().saturating_sub(wide + 1);
            let foot = Rect::new(x, area.bottom() - 1, wide, 1);
            let mut pen = Pen::new(frame.buffer_mut(), foot, view.state.ascii);
            pen.write(
                &format!(" {} ", self.foot),
                fill.patch(view.theme.style(Look::Muted)),
            );
        }
        inner
    }
}

/// A line across a box, with a title where it has one.
pub fn rule(view: &View<'_>, frame: &mut Frame<'_>, row: Rect, title: &str, focused: bool) {
    let text = view.theme.style(Look::Text);
    let style = text.patch(view.theme.style(Look::BorderFocused));
    let (left, middle, right) = if view.state.ascii {
        ("+", "-", "+")
    } else {
        ("├", "─", "┤")
    };
    let mut pen = Pen::new(frame.buffer_mut(), row, view.state.ascii);
    pen.write(left, style);
    if !title.is_empty() {
        let look = if focused { Look::Heading } else { Look::Text };
        pen.write(&format!(" {title} "), text.patch(view.theme.style(look)));
    }
    pen.write(&middle.repeat(pen.room().saturating_sub(1)), style);
    pen.write(right, style);
}

/// Shows at the right edge of an area how much of a list is seen, where not all of it is.
pub fn scrollbar(
    view: &View<'_>,
    frame: &mut Frame<'_>,
    edge: Rect,
    offset: usize,
    total: usize,
    focused: bool,
) {
    let height = usize::from(edge.height);
    if height == 0 || total <= height {
        return;
    }
    let length = (height * height / total).max(1);
    let from = offset * (height - length) / (total - height).max(1);
    let look = if focused {
        Look::BorderFocused
    } else {
        Look::Border
    };
    let glyph = if view.state.ascii { "#" } else { "█" };
    for row in from..(from + length).min(height) {
        let y = edge.y + u16::try_from(row).unwrap_or(0);
        if let Some(cell) = frame.buffer_mut().cell_mut((edge.x, y)) {
            cell.set_symbol(glyph).set_style(view.theme.style(look));
        }
    }
}
