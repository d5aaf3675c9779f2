//! A list to choose from: help, palette, menus, the start screen.

use ratatui::Frame;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use crate::app::Target;
use crate::app::picker::{Choice, Entry, Picker, PickerKind};

use super::boxes::{Frameable, scrollbar};
use super::pen::{Pen, clip_front, fill, tint};
use super::{Look, Regions, View};

pub fn draw(view: &View<'_>, frame: &mut Frame<'_>, picker: &Picker, regions: &mut Regions) {
    let screen = frame.area();
    let start = picker.kind == PickerKind::Start;
    let area = if start {
        // The last line says what went wrong, and how to leave.
        Rect::new(
            screen.x,
            screen.y,
            screen.width,
            screen.height.saturating_sub(1),
        )
    } else {
        popup(screen, picker)
    };
    let style = view
        .theme
        .style(if start { Look::Text } else { Look::Popup });
    regions.add(screen, Target::Outside);
    regions.add(area, Target::Overlay);
    fill(frame.buffer_mut(), area, style);
    let columns = columns(picker, area.width.saturating_sub(2));
    let mut inner = if start {
        welcome(view, frame, area)
    } else {
        let boxed = Frameable {
            title: &picker.title,
            foot: &cut_short(picker, area, columns),
            focused: true,
        };
        boxed.draw(view, frame, area, style)
    };
    if inner.height < 2 {
        return;
    }
    field(
        view,
        frame,
        Rect::new(inner.x, inner.y, inner.width, 1),
        picker,
        regions,
    );
    inner.y += 1;
    inner.height -= 1;
    let height = usize::from(inner.height);
    let offset = picker.offset(height);
    let rows = picker.shown().enumerate().skip(offset);
    for ((position, entry), y) in rows.zip(inner.top()..inner.bottom()) {
        let row = Rect::new(inner.x, y, inner.width, 1);
        regions.add(row, Target::ListRow(position));
        draw_entry(view, frame, row, entry, columns);
        if position == picker.cursor() && entry.choice != Choice::Heading {
            tint(frame.buffer_mut(), row, view.theme.style(Look::Selection));
        }
    }
    let total = picker.shown().len();
    if total == 0 {
        let row = Rect::new(inner.x, inner.y, inner.width, 1);
        let mut pen = Pen::new(frame.buffer_mut(), row, view.state.ascii);
        pen.skip(2);
        pen.write(
            "nothing matches",
            style.patch(view.theme.style(Look::Muted)),
        );
    }
    if !start {
        let edge = Rect::new(area.right() - 1, inner.y, 1, inner.height);
        scrollbar(view, frame, edge, offset, total, true);
    }
}

/// The columns that keys and labels take.
fn columns(picker: &Picker, width: u16) -> (usize, usize) {
    let keys = picker.shown().map(|entry| entry.keys.width());
    let labels = picker
        .shown()
        .filter(|entry| !entry.detail.is_empty())
        .map(|entry| entry.label.width());
    (
        keys.max().unwrap_or(0).min(16),
        labels.max().unwrap_or(0).min(usize::from(width) / 2),
    )
}

/// What the selected entry says, where its row has no room for it.
fn cut_short(picker: &Picker, area: Rect, (keys, labels): (usize, usize)) -> String {
    let Some(entry) = picker.selected() else {
        return String::new();
    };
    let before = 4 + if keys > 0 { keys + 2 } else { 0 };
    let (words, before) = if entry.detail.is_empty() {
        (&entry.label, before)
    } else {
        (&entry.detail, before + labels + 2)
    };
    let room = usize::from(area.width).saturating_sub(before);
    if words.width() > room {
        words.clone()
    } else {
        String::new()
    }
}

fn popup(screen: Rect, picker: &Picker) -> Rect {
    let wanted = u16::try_from(picker.shown().len())
        .unwrap_or(u16::MAX)
        .saturating_add(3);
    let width = screen
        .width
        .saturating_sub(4)
        .min(96)
        .max(screen.width.min(30));
    // A list that is being narrowed keeps its height, so that nothing jumps.
    let height = match picker.kind {
        PickerKind::Help | PickerKind::Palette => screen.height.saturating_sub(2).min(40),
        _ => wanted.max(8).min(screen.height.saturating_sub(2)),
    };
    let height = height.min(screen.height);
    Rect::new(
        screen.x + (screen.width - width) / 2,
        screen.y + (screen.height - height) / 2,
        width,
        height,
    )
}

fn welcome(view: &View<'_>, frame: &mut Frame<'_>, area: Rect) -> Rect {
    let base = view.theme.style(Look::Text);
    let words = [
        ("iamscope", Look::Heading),
        (
            "what the roles of an AWS account or template may do, and why",
            Look::Muted,
        ),
    ];
    let width = area.width.saturating_sub(4).min(100);
    let x = area.x + (area.width - width) / 2;
    let mut y = area.y + u16::from(area.height > 16);
    for (line, look) in words {
        let row = Rect::new(x, y, width, 1).intersection(area);
        let mut pen = Pen::new(frame.buffer_mut(), row, view.state.ascii);
        pen.write(line, base.patch(view.theme.style(look)));
        y += 1;
    }
    y += u16::from(area.height > 12);
    Rect::new(x, y, width, area.bottom().saturating_sub(y + 1)).intersection(area)
}

fn field(
    view: &View<'_>,
    frame: &mut Frame<'_>,
    row: Rect,
    picker: &Picker,
    regions: &mut Regions,
) {
    let style = view.theme.style(Look::Popup);
    let muted = style.patch(view.theme.style(Look::Muted));
    let mut pen = Pen::new(frame.buffer_mut(), row, view.state.ascii);
    pen.write("> ", muted);
    let input = picker.input();
    let room = pen.room().saturating_sub(1);
    let typed = style.patch(view.theme.style(Look::InputFocused));
    pen.write(clip_front(input.before(), room), typed);
    regions.cursor = Some((pen.column(), row.y));
    pen.write(input.behind(), typed);
    if input.is_empty() {
        pen.skip(1);
        let words = match picker.kind {
            PickerKind::Start => "type to narrow, Enter opens",
            _ => "type to narrow, Enter chooses, Esc closes",
        };
        pen.write(words, muted);
    }
}

fn draw_entry(
    view: &View<'_>,
    frame: &mut Frame<'_>,
    row: Rect,
    entry: &Entry,
    (keys, labels): (usize, usize),
) {
    let style = view.theme.style(Look::Popup);
    let mut pen = Pen::new(frame.buffer_mut(), row, view.state.ascii);
    if entry.choice == Choice::Heading {
        pen.write(&entry.label, style.patch(view.theme.style(Look::Heading)));
        return;
    }
    pen.skip(2);
    if keys > 0 {
        let key = style.patch(view.theme.style(Look::FooterKey));
        let after = pen.column() + u16::try_from(keys).unwrap_or(16) + 2;
        pen.write(&entry.keys, key);
        pen.skip_to(after);
    }
    let after = pen.column() + u16::try_from(labels).unwrap_or(0) + 2;
    pen.write(&entry.label, style);
    if !entry.detail.is_empty() {
        pen.skip_to(after);
        if pen.room() > 8 {
            pen.write(&entry.detail, style.patch(view.theme.style(Look::Muted)));
        }
    }
}
