//! The simulator: the form above, the answer below.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::app::geometry::{CONTEXT_ROWS, requests_height};
use crate::app::rows::label;
use crate::app::simulator::{Field, Focus, Simulator};
use crate::app::{Input, State, Target};
use crate::explain::{Mark, layer_name};

use super::boxes::{Frameable, rule};
use super::pen::{Pen, clip_front, fill, tint};
use super::{Look, Regions, View, mark_glyph, reader, requests};

/// How an entry of the context is written.
const CONTEXT_FORM: &str = "key=value, or !key for one that is not in the request";

/// The column behind the labels.
const LABELS: u16 = 11;

pub fn draw(view: &View<'_>, frame: &mut Frame<'_>, area: Rect, regions: &mut Regions) {
    let simulator = &view.state.simulator;
    let style = view.theme.style(Look::Text);
    regions.add(area, Target::Overlay);
    fill(frame.buffer_mut(), area, style);
    let title = title(view);
    let boxed = Frameable {
        title: &title,
        foot: "",
        focused: true,
    };
    let inner = boxed.draw(view, frame, area, style);
    if inner.height < 5 {
        return;
    }
    let mut y = inner.y;
    let mut focused_at = None;
    for (field, position) in shown_fields(simulator).into_iter().zip(0..) {
        if y >= inner.bottom() {
            break;
        }
        let row = Rect::new(inner.x, y, inner.width, 1);
        let index = simulator
            .fields()
            .iter()
            .position(|other| *other == field)
            .unwrap_or(position);
        regions.add(row, Target::Field(index));
        if draw_field(view, frame, row, field, regions) {
            focused_at = Some(y);
        }
        y += 1;
    }
    rule(view, frame, Rect::new(area.x, y, area.width, 1), "", true);
    y += 1;
    let saved = u16::try_from(requests_height(view.state)).unwrap_or_default();
    let end = inner.bottom().saturating_sub(saved).max(y);
    answer(
        view,
        frame,
        Rect::new(inner.x, y, inner.width, end - y),
        regions,
    );
    if saved > 0 {
        let below = Rect::new(
            inner.x,
            end,
            inner.width,
            inner.bottom().saturating_sub(end),
        );
        requests::draw(view, frame, below, regions);
    }
    if let Some(row) = focused_at {
        candidates(view, frame, inner, row, regions);
    }
}

fn title(view: &View<'_>) -> String {
    let simulator = &view.state.simulator;
    let mut title = "Simulate".to_owned();
    let supposed = view.state.suppositions.len();
    if supposed > 0 {
        title.push_str(&format!(
            "  with {}",
            crate::explain::count(supposed, "what-if")
        ));
    }
    if !simulator.extras.is_empty() {
        title.push_str(&format!(
            "  + {}",
            crate::explain::count(simulator.extras.len(), "policy")
        ));
    }
    if !simulator.off.is_empty() {
        let off = simulator.off.iter().map(|layer| layer_name(*layer));
        let off: Vec<&str> = off.collect();
        title.push_str(&format!("  without {}", off.join(", ")));
    }
    title
}

// As many rows of the context as there is room for, the one with the keyboard among them.
fn shown_fields(simulator: &Simulator) -> Vec<Field> {
    let mut fields = vec![Field::Principal, Field::Action, Field::Resource];
    let rows = simulator.context.len();
    let focused = match simulator.focus {
        Focus::Field(Field::Context(row)) => row,
        _ => 0,
    };
    let from = (focused + 1).saturating_sub(CONTEXT_ROWS);
    fields.extend((from..rows).take(CONTEXT_ROWS).map(Field::Context));
    fields
}

/// Draws a field; says whether it has the keyboard.
fn draw_field(
    view: &View<'_>,
    frame: &mut Frame<'_>,
    row: Rect,
    field: Field,
    regions: &mut Regions,
) -> bool {
    let state = view.state;
    let simulator = &state.simulator;
    let base = view.theme.style(Look::Text);
    let muted = base.patch(view.theme.style(Look::Muted));
    let focused = simulator.focus == Focus::Field(field);
    let label = match field {
        Field::Principal => "principal",
        Field::Action => "action",
        Field::Resource => "resource",
        Field::Context(0) => "context",
        Field::Context(_) => "",
    };
    let mut pen = Pen::new(frame.buffer_mut(), row, state.ascii);
    pen.skip(1);
    pen.write(label, muted);
    pen.skip_to(row.x + LABELS);
    let Some(input) = simulator.input(field) else {
        return focused;
    };
    let style = if focused {
        base.patch(view.theme.style(Look::InputFocused))
    } else {
        base.patch(view.theme.style(Look::Input))
    };
    let wide = usize::from(row.width.saturating_sub(LABELS));
    draw_input(&mut pen, input, style, focused, wide, row.y, regions);
    let (trouble, hint) = remark(state, field, focused, input.is_empty());
    if !hint.is_empty() {
        pen.skip(2);
        let look = if trouble { Look::Warning } else { Look::Muted };
        if trouble {
            pen.write(
                mark_glyph(Mark::Problem, state.ascii),
                base.patch(view.theme.style(look)),
            );
            pen.write(" ", base);
        }
        pen.write(&hint, base.patch(view.theme.style(look)));
    }
    focused
}

fn draw_input(
    pen: &mut Pen<'_>,
    input: &Input,
    style: Style,
    focused: bool,
    wide: usize,
    y: u16,
    regions: &mut Regions,
) {
    if focused {
        pen.write(clip_front(input.before(), wide.saturating_sub(1)), style);
        regions.cursor = Some((pen.column(), y));
        pen.write(input.behind(), style);
        if input.behind().is_empty() {
            pen.write(" ", style);
        }
    } else {
        pen.write(input.text(), style);
    }
}

/// What to say behind a field: what is wrong with it, or what could stand there.
fn remark(state: &State, field: Field, focused: bool, empty: bool) -> (bool, String) {
    let simulator = &state.simulator;
    if let Some(Err(trouble)) = &simulator.answer
        && trouble.field == field
    {
        return (!empty, trouble.words.clone());
    }
    let hint = match field {
        Field::Principal => called(state),
        Field::Resource if empty => match &simulator.answer {
            Some(Ok(answered)) => answered
                .resource
                .as_ref()
                .map(|taken| format!("{taken}  the action has no resource types"))
                .unwrap_or_default(),
            _ => String::new(),
        },
        Field::Context(row) => match simulator.context.get(row) {
            Some(row) if row.suggested => "could change the answer; not given: unknown".to_owned(),
            Some(row) if row.input.is_empty() && (focused || simulator.context.len() == 1) => {
                CONTEXT_FORM.to_owned()
            }
            Some(row) if !focused && row.is_unreadable() => {
                return (true, format!("not read: {CONTEXT_FORM}"));
            }
            _ => String::new(),
        },
        _ => String::new(),
    };
    (false, hint)
}

/// The name that the tree shows of who asks, where another one is typed.
fn called(state: &State) -> String {
    let Some(Ok(answered)) = &state.simulator.answer else {
        return String::new();
    };
    let shown = answered.caller.map(|own| label(own, &state.inventory));
    let typed = state.simulator.input(Field::Principal);
    let typed = typed.map_or("", |input| input.text().trim());
    // An ARN ends with the name already.
    shown
        .filter(|name| !typed.ends_with(name.as_str()))
        .unwrap_or_default()
}

fn answer(view: &View<'_>, frame: &mut Frame<'_>, area: Rect, regions: &mut Regions) {
    let state = view.state;
    let simulator = &state.simulator;
    let focused = simulator.focus == Focus::Answer;
    reader::draw(view, frame, area, &simulator.reader, focused, regions);
    if let Some(Err(trouble)) = &simulator.answer
        && area.height > 0
    {
        let row = Rect::new(area.x, area.y, area.width, 1);
        let mut pen = Pen::new(frame.buffer_mut(), row, state.ascii);
        pen.skip(1);
        let style = view.theme.style(Look::Text);
        pen.write(&trouble.words, style.patch(view.theme.style(Look::Muted)));
    }
}

// Below the field, or above it where there is more room.
fn candidates(
    view: &View<'_>,
    frame: &mut Frame<'_>,
    inner: Rect,
    field_row: u16,
    regions: &mut Regions,
) {
    let completion = &view.state.simulator.completion;
    let count = completion.candidates.len();
    let room = inner.bottom().saturating_sub(field_row + 1);
    let height = u16::try_from(count).unwrap_or(u16::MAX).min(10).min(room);
    if height == 0 {
        return;
    }
    let width = inner.width.saturating_sub(LABELS).min(100);
    let area = Rect::new(inner.x + LABELS, field_row + 1, width, height);
    let style = view.theme.style(Look::Popup);
    fill(frame.buffer_mut(), area, style);
    let visible = usize::from(height);
    let chosen = completion.cursor.unwrap_or(0);
    let offset = (chosen + 1).saturating_sub(visible);
    let widest = completion
        .candidates
        .iter()
        .skip(offset)
        .take(visible)
        .map(|candidate| unicode_width::UnicodeWidthStr::width(candidate.text.as_str()))
        .max()
        .unwrap_or(0);
    let column = u16::try_from(widest).unwrap_or(width).min(width * 3 / 4);
    let shown = completion.candidates.iter().enumerate().skip(offset);
    for ((position, candidate), y) in shown.zip(area.top()..area.bottom()) {
        let row = Rect::new(area.x, y, area.width, 1);
        regions.add(row, Target::Candidate(position));
        let mut pen = Pen::new(frame.buffer_mut(), row, view.state.ascii);
        pen.skip(1);
        pen.write(
            &crate::explain::escape(&candidate.text),
            style.patch(view.theme.style(Look::Code)),
        );
        pen.skip_to(area.x + column + 3);
        if pen.room() > 6 {
            pen.write(
                &crate::explain::escape(&candidate.detail),
                style.patch(view.theme.style(Look::Muted)),
            );
        }
        if completion.cursor == Some(position) {
            tint(frame.buffer_mut(), row, view.theme.style(Look::Selection));
        }
    }
}
