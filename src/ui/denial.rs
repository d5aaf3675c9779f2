//! A denial that was pasted, and the answer to it.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::Target;

use super::boxes::Frameable;
use super::pen::{Pen, clip_front, fill};
use super::{Look, Regions, View, reader};

pub fn draw(view: &View<'_>, frame: &mut Frame<'_>, area: Rect, regions: &mut Regions) {
    let state = view.state;
    let denials = &state.denials;
    let style = view.theme.style(Look::Text);
    regions.add(area, Target::Overlay);
    fill(frame.buffer_mut(), area, style);
    let place = match denials.trail.groups.len() {
        0 | 1 => String::new(),
        all => format!("{} of {all}", denials.chosen + 1),
    };
    let boxed = Frameable {
        title: "A denial",
        foot: &place,
        focused: true,
    };
    let inner = boxed.draw(view, frame, area, style);
    if denials.answer.is_some() {
        reader::draw(view, frame, inner, &denials.reader, true, regions);
        return;
    }
    let muted = style.patch(view.theme.style(Look::Muted));
    let words = match &denials.waiting {
        Some(waiting) => [waiting.as_str(), "", ""],
        None => [
            "Paste an AccessDenied message, CloudTrail events, or a decoded message.",
            "However it was wrapped, coloured or quoted: it is read as it is.",
            "Or type the path of a file or folder that holds them, .gz too, then Enter.",
        ],
    };
    let rows = (inner.top()..inner.bottom()).map(|y| Rect::new(inner.x, y, inner.width, 1));
    for (line, row) in words.iter().zip(rows.clone()) {
        let mut pen = Pen::new(frame.buffer_mut(), row, state.ascii);
        pen.skip(1);
        pen.write(line, muted);
    }
    if let Some(row) = rows.clone().nth(4).or(rows.clone().next_back()) {
        let mut pen = Pen::new(frame.buffer_mut(), row, state.ascii);
        pen.write(" > ", muted);
        let typed = style.patch(view.theme.style(Look::InputFocused));
        let room = pen.room().saturating_sub(1);
        pen.write(clip_front(denials.input.before(), room), typed);
        regions.cursor = Some((pen.column(), row.y));
        pen.write(denials.input.behind(), typed);
    }
}
