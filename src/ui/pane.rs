//! The side pane: words, then facts, then JSON.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::Target;
use crate::app::item::Item;
use crate::app::sheet::{Line, Tone};
use crate::explain::Link;

use super::boxes::{Frameable, scrollbar};
use super::pen::{Pen, tint};
use super::{Hyperlink, Look, Regions, View};

pub fn draw(
    view: &View<'_>,
    frame: &mut Frame<'_>,
    area: Rect,
    framed: bool,
    regions: &mut Regions,
) {
    let state = view.state;
    let focused = state.pane_focused;
    regions.add(area, Target::Pane);
    let pane = &state.pane;
    let inner = if framed {
        let title = pane.title().map(|title| {
            let item = pane.content().and_then(|content| content.subject.item());
            let supposed = &state.suppositions;
            let is_supposed = item
                .and_then(Item::policy)
                .and_then(|at| at.document(&state.inventory))
                .is_some_and(|document| supposed.of(document).is_some());
            let title = title.to_plain();
            if is_supposed {
                format!("what if: {title}")
            } else {
                title
            }
        });
        let place = pane
            .content()
            .and_then(|content| content.place)
            .filter(|place| place.is_known())
            .map(|place| state.inventory.describe(place));
        let boxed = Frameable {
            title: title.as_deref().unwrap_or_default(),
            foot: place.as_deref().unwrap_or_default(),
            focused,
        };
        boxed.draw(view, frame, area, view.theme.style(Look::Text))
    } else {
        area
    };
    let marked = pane.marked(focused);
    let lines = pane.lines().iter().enumerate().skip(pane.offset());
    for ((position, line), y) in lines.zip(inner.top()..inner.bottom()) {
        let row = Rect::new(inner.x, y, inner.width, 1);
        regions.add(row, Target::PaneLine(position));
        let counterpart = marked.is_some() && line.about == marked;
        draw_line(view, frame, row, line, counterpart, regions);
        if focused && position == pane.cursor() {
            tint(frame.buffer_mut(), row, view.theme.style(Look::Selection));
        } else if counterpart {
            tint(frame.buffer_mut(), row, view.theme.style(Look::Counterpart));
        }
    }
    if framed && inner.width > 0 {
        let edge = Rect::new(area.right() - 1, inner.y, 1, inner.height);
        scrollbar(
            view,
            frame,
            edge,
            pane.offset(),
            pane.lines().len(),
            focused,
        );
    }
}

pub fn draw_line(
    view: &View<'_>,
    frame: &mut Frame<'_>,
    row: Rect,
    line: &Line,
    counterpart: bool,
    regions: &mut Regions,
) {
    let base = view.theme.style(Look::Text);
    let mut pen = Pen::new(frame.buffer_mut(), row, view.state.ascii);
    let gutter = match (counterpart, view.state.ascii) {
        (true, false) => "▌",
        (true, true) => "|",
        (false, _) => " ",
    };
    pen.write(gutter, base.patch(view.theme.style(Look::BorderFocused)));
    for run in &line.runs {
        let mut style = base.patch(view.theme.style(look(run.tone)));
        if run.link.is_some() {
            style = style.patch(view.theme.style(Look::Link));
        }
        let from = pen.column();
        pen.write(&run.text, style);
        // Plain letters only: a column each, and nothing that a terminal could take for a command.
        let is_plain = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if let Some(Link::Url(url)) = &run.link
            && is_plain(&run.text)
            && is_plain(url)
        {
            regions.links.push(Hyperlink {
                area: Rect::new(from, row.y, pen.column() - from, 1),
                text: run.text.to_string(),
                url: url.clone(),
            });
        }
    }
}

/// The look of a tone.
pub fn look(tone: Tone) -> Look {
    match tone {
        Tone::Plain => Look::Text,
        Tone::Emphasis => Look::Emphasis,
        Tone::Allow => Look::Allow,
        Tone::Deny => Look::Deny,
        Tone::Unknown => Look::Unknown,
        Tone::Warning => Look::Warning,
        Tone::Muted => Look::Muted,
        Tone::Code => Look::Code,
        Tone::Key => Look::Key,
        Tone::Heading => Look::Heading,
        Tone::JsonName => Look::JsonName,
        Tone::JsonString => Look::JsonString,
        Tone::JsonNumber => Look::JsonNumber,
        Tone::JsonPunctuation => Look::JsonPunctuation,
    }
}
