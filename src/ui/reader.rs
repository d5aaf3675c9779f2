//! A page to read through.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::Target;
use crate::app::reader::Reader;

use super::boxes::scrollbar;
use super::pane::draw_line;
use super::pen::tint;
use super::{Look, Regions, View};

pub fn draw(
    view: &View<'_>,
    frame: &mut Frame<'_>,
    area: Rect,
    reader: &Reader,
    focused: bool,
    regions: &mut Regions,
) {
    let offset = reader.offset(usize::from(area.height));
    let lines = reader.lines().iter().enumerate().skip(offset);
    for ((position, line), y) in lines.zip(area.top()..area.bottom()) {
        let row = Rect::new(area.x, y, area.width, 1);
        regions.add(row, Target::AnswerLine(position));
        draw_line(view, frame, row, line, false, regions);
        if focused && position == reader.cursor() {
            tint(frame.buffer_mut(), row, view.theme.style(Look::Selection));
        }
    }
    let edge = Rect::new(area.right(), area.y, 1, area.height);
    scrollbar(view, frame, edge, offset, reader.lines().len(), true);
}
