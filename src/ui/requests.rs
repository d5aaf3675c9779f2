//! The saved requests below the simulator's answer: what each comes to, and what it came to before.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::Target;
use crate::app::simulator::Focus;
use crate::explain::{Mark, count, escape, outcome_mark};

use super::boxes::{rule, scrollbar};
use super::pen::{Pen, tint};
use super::{Look, Regions, View, mark_glyph};

/// Draws the line above the list and the list.
pub fn draw(view: &View<'_>, frame: &mut Frame<'_>, area: Rect, regions: &mut Regions) {
    let state = view.state;
    let requests = &state.requests;
    let focused = state.simulator.focus == Focus::Requests;
    let mut title = count(requests.all.len(), "saved request");
    if requests.changed() > 0 {
        title.push_str(&format!(", {} changed", requests.changed()));
    }
    let above = Rect::new(area.x.saturating_sub(1), area.y, area.width + 2, 1);
    rule(view, frame, above, &title, focused);
    let list = Rect::new(
        area.x,
        area.y + 1,
        area.width,
        area.height.saturating_sub(1),
    );
    let offset = requests.offset(usize::from(list.height));
    let base = view.theme.style(Look::Text);
    let muted = base.patch(view.theme.style(Look::Muted));
    let shown = requests.all.iter().enumerate().skip(offset);
    for ((position, saved), y) in shown.zip(list.top()..list.bottom()) {
        let row = Rect::new(list.x, y, list.width, 1);
        regions.add(row, Target::Request(position));
        let mut pen = Pen::new(frame.buffer_mut(), row, state.ascii);
        pen.skip(1);
        let mark = saved.outcome.map_or(Mark::Problem, outcome_mark);
        let style = base.patch(view.theme.style(mark.meaning()));
        pen.write(mark_glyph(mark, state.ascii), style);
        pen.write(" ", base);
        if saved.is_changed() {
            let before = mark_glyph(outcome_mark(saved.saved), state.ascii);
            let warning = base.patch(view.theme.style(Look::Warning));
            pen.write(&format!("was {before} "), warning);
        }
        let query = &saved.query;
        let resource = query.resource.trim();
        let resource = if resource.is_empty() { "*" } else { resource };
        pen.write(
            &escape(&query.action),
            base.patch(view.theme.style(Look::Code)),
        );
        pen.write(&format!(" on {}", escape(resource)), base);
        pen.write(&format!("  {}", escape(&query.principal)), muted);
        let extras = query.extras.len();
        if extras > 0 {
            pen.write(&format!("  + {}", count(extras, "policy")), muted);
        }
        if !query.off.is_empty() {
            let off: Vec<&str> = query.off.iter().map(|layer| layer.name()).collect();
            pen.write(&format!("  without {}", off.join(", ")), muted);
        }
        if position == requests.cursor {
            let look = if focused {
                Look::Selection
            } else {
                Look::SelectionDim
            };
            tint(frame.buffer_mut(), row, view.theme.style(look));
        }
    }
    let edge = Rect::new(list.right(), list.y, 1, list.height);
    scrollbar(view, frame, edge, offset, requests.all.len(), focused);
}
