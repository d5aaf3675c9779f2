//! A question with a line of text for an answer.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::Target;
use crate::app::overlay::Prompt;

use super::boxes::Frameable;
use super::pen::{Pen, clip_front, fill};
use super::{Look, Regions, View};

pub fn draw(view: &View<'_>, frame: &mut Frame<'_>, prompt: &Prompt, regions: &mut Regions) {
    let screen = frame.area();
    let width = screen.width.saturating_sub(4).min(90);
    let height = 4.min(screen.height);
    let area = Rect::new((screen.width - width) / 2, screen.height / 3, width, height)
        .intersection(screen);
    regions.add(screen, Target::Outside);
    regions.add(area, Target::Overlay);
    let style = view.theme.style(Look::Popup);
    fill(frame.buffer_mut(), area, style);
    let boxed = Frameable {
        title: &prompt.title,
        foot: "Enter accepts, Esc goes back",
        focused: true,
    };
    let inner = boxed.draw(view, frame, area, style);
    if inner.height == 0 {
        return;
    }
    let row = Rect::new(inner.x, inner.y, inner.width, 1);
    let mut pen = Pen::new(frame.buffer_mut(), row, view.state.ascii);
    let typed = style.patch(view.theme.style(Look::InputFocused));
    pen.write("> ", style.patch(view.theme.style(Look::Muted)));
    let room = pen.room().saturating_sub(1);
    let before = if prompt.input.is_selected() {
        typed.patch(view.theme.style(Look::Selection))
    } else {
        typed
    };
    pen.write(clip_front(prompt.input.before(), room), before);
    regions.cursor = Some((pen.column(), row.y));
    pen.write(prompt.input.behind(), typed);
    if inner.height > 1 {
        let row = Rect::new(inner.x, inner.y + 1, inner.width, 1);
        let mut pen = Pen::new(frame.buffer_mut(), row, view.state.ascii);
        pen.write(&prompt.hint, style.patch(view.theme.style(Look::Muted)));
    }
}
