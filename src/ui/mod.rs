//! Draws the state of the screen: one file a pane or overlay. Nothing here changes the state; what
//! was drawn where is given back, so that a mouse can hit it.

mod bars;
mod boxes;
mod denial;
mod header;
mod pane;
mod pen;
mod picker;
mod prompt;
mod reader;
mod regions;
mod requests;
mod simulator;
pub mod theme;
mod tree;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::geometry::{Layout, SMALLEST};
use crate::app::overlay::Overlay;
use crate::app::picker::PickerKind;
use crate::app::simulator::Focus;
use crate::app::{Command, State};
use crate::explain::Mark;

pub use regions::{Hyperlink, Regions};
pub use theme::{Look, Theme};

use pen::{Pen, fill};

/// What drawing needs to know.
struct View<'a> {
    state: &'a State,
    theme: &'a Theme,
}

/// Draws the whole screen and gives back what a mouse can hit.
pub fn draw(state: &State, theme: &Theme, frame: &mut Frame<'_>) -> Regions {
    let view = View { state, theme };
    let mut regions = Regions::default();
    let area = frame.area();
    fill(frame.buffer_mut(), area, theme.style(Look::Text));
    let layout = Layout::of(state);
    // The terminal may have changed since the state was told.
    let Some(layout) = layout.filter(|_| (area.width, area.height) == state.size) else {
        too_small(&view, frame, area);
        return regions;
    };
    header::draw(&view, frame, layout.header, &mut regions);
    bars::crumbs(&view, frame, layout.crumbs, &mut regions);
    if let Some(area) = layout.tree {
        tree::draw(&view, frame, area, layout.framed, &mut regions);
    }
    if let Some(area) = layout.pane {
        pane::draw(&view, frame, area, layout.framed, &mut regions);
    }
    if let (Some(tree), Some(_)) = (layout.tree, layout.pane) {
        let divider = Rect::new(tree.right() - 1, tree.y, 2, tree.height);
        regions.add(divider, crate::app::Target::Divider);
    }
    bars::footer(&view, frame, layout.footer, &mut regions);
    for overlay in &state.overlays {
        match overlay {
            Overlay::Picker(picker) => picker::draw(&view, frame, picker, &mut regions),
            Overlay::Prompt(prompt) => prompt::draw(&view, frame, prompt, &mut regions),
            Overlay::Denial => denial::draw(&view, frame, layout.body(), &mut regions),
            Overlay::Simulator => simulator::draw(&view, frame, layout.body(), &mut regions),
        }
    }
    regions.uncover(frame.buffer_mut());
    regions
}

fn too_small(view: &View<'_>, frame: &mut Frame<'_>, area: Rect) {
    let (columns, rows) = SMALLEST;
    let lines = [
        "iamscope".to_owned(),
        format!("needs {columns}x{rows}"),
        format!("has {}x{}", area.width, area.height),
    ];
    for (line, y) in lines.iter().zip(area.top()..area.bottom()) {
        let row = Rect::new(area.x, y, area.width, 1);
        let mut pen = Pen::new(frame.buffer_mut(), row, view.state.ascii);
        pen.write(line, view.theme.style(Look::Text));
    }
}

/// The glyph of a mark.
fn mark_glyph(mark: Mark, ascii: bool) -> &'static str {
    if ascii { mark.ascii() } else { mark.glyph() }
}

/// The commands that the last line names, the most wanted first.
fn hinted(state: &State) -> &'static [Command] {
    use Command as C;
    if matches!(state.top(), Some(Overlay::Denial)) {
        return &[
            C::Accept,
            C::Simulate,
            C::CopyReport,
            C::CopyMenu,
            C::WriteReport,
            C::PasteDenial,
            C::Cancel,
        ];
    }
    if matches!(state.top(), Some(Overlay::Simulator)) {
        return match state.simulator.focus {
            Focus::Field(_) => &[C::SwitchPane, C::Accept, C::Cancel],
            Focus::Answer if !state.live.sessions.is_empty() => &[
                C::Accept,
                C::AskAws,
                C::SaveRequest,
                C::ContextKeys,
                C::Layers,
                C::AddPolicy,
                C::CopyReport,
                C::Cancel,
            ],
            Focus::Answer => &[
                C::Accept,
                C::SaveRequest,
                C::AddPolicy,
                C::Layers,
                C::ContextKeys,
                C::ExportRequests,
                C::CopyReport,
                C::Cancel,
            ],
            Focus::Requests => &[
                C::Accept,
                C::RemoveRequest,
                C::ExportRequests,
                C::CopyReport,
                C::SwitchPane,
                C::Cancel,
            ],
        };
    }
    if matches!(state.top(), Some(Overlay::Picker(picker)) if picker.kind == PickerKind::Start) {
        return &[C::Accept, C::Help, C::Quit];
    }
    if matches!(state.top(), Some(Overlay::Picker(_) | Overlay::Prompt(_))) {
        return &[C::Accept, C::Cancel];
    }
    if state.pane_focused {
        &[
            C::Accept,
            C::SwitchPane,
            C::Copy,
            C::Edit,
            C::Back,
            C::Palette,
        ]
    } else {
        &[
            C::Simulate,
            C::Search,
            C::PasteDenial,
            C::Copy,
            C::Edit,
            C::WhatIf,
            C::SwitchPane,
            C::Palette,
        ]
    }
}
