//! Where the parts of the screen are, from the size of the terminal alone: the state needs to know
//! how many rows are seen, and the drawing must agree with it.

use ratatui::layout::Rect;

use super::State;

/// Below this, nothing useful can be shown.
pub const SMALLEST: (u16, u16) = (30, 8);

/// From this width on, tree and pane stand side by side.
const SIDE_BY_SIDE: u16 = 90;

/// Below this size, borders cost more than they give.
const FRAMED: (u16, u16) = (60, 16);

/// So many rows of the simulator's context are seen at once.
pub const CONTEXT_ROWS: usize = 5;

/// So many rows of the saved requests are seen at once.
const REQUEST_ROWS: usize = 6;

/// Rows of the saved requests below the simulator's answer, with the line above them: at most a
/// quarter of the screen.
pub fn requests_height(state: &State) -> usize {
    let most = (usize::from(state.size.1) / 4).min(REQUEST_ROWS);
    match state.requests.all.len().min(most) {
        0 => 0,
        shown => shown + 1,
    }
}

/// Where the parts of the main view are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Layout {
    /// The first line.
    pub header: Rect,
    /// The breadcrumb.
    pub crumbs: Rect,
    /// The tree, with its border.
    pub tree: Option<Rect>,
    /// The side pane, with its border.
    pub pane: Option<Rect>,
    /// The last line.
    pub footer: Rect,
    /// Whether tree and pane have borders.
    pub framed: bool,
}

impl Layout {
    /// The layout of a state; `None` where the terminal is too small.
    pub fn of(state: &State) -> Option<Self> {
        let (width, height) = state.size;
        if width < SMALLEST.0 || height < SMALLEST.1 {
            return None;
        }
        let header = Rect::new(0, 0, width, 1);
        let crumbs = Rect::new(0, 1, width, 1);
        let footer = Rect::new(0, height - 1, width, 1);
        let body = Rect::new(0, 2, width, height - 3);
        let framed = width >= FRAMED.0 && height >= FRAMED.1;
        let (tree, pane) = if width >= SIDE_BY_SIDE {
            let left = tree_width(width, state.divider);
            (
                Some(Rect::new(0, body.y, left, body.height)),
                Some(Rect::new(left, body.y, width - left, body.height)),
            )
        } else if state.pane_focused {
            (None, Some(body))
        } else {
            (Some(body), None)
        };
        Some(Layout {
            header,
            crumbs,
            tree,
            pane,
            footer,
            framed,
        })
    }

    /// What is between the first two lines and the last.
    pub fn body(&self) -> Rect {
        let height = self.footer.y.saturating_sub(self.crumbs.bottom());
        Rect::new(0, self.crumbs.bottom(), self.header.width, height)
    }

    /// The part of an area that is inside its border.
    pub fn inner(&self, area: Rect) -> Rect {
        inner(area, self.framed)
    }
}

/// The part of an area that is inside its border, where it has one.
pub fn inner(area: Rect, framed: bool) -> Rect {
    if framed {
        Rect::new(
            area.x + 1,
            area.y + 1,
            area.width.saturating_sub(2),
            area.height.saturating_sub(2),
        )
    } else {
        area
    }
}

fn tree_width(width: u16, per_mille: u16) -> u16 {
    let wanted = u32::from(width) * u32::from(per_mille) / 1000;
    u16::try_from(wanted)
        .unwrap_or(width)
        .clamp(24, width.saturating_sub(30))
}
