//! What was drawn where, so that a mouse can hit it.

use ratatui::layout::Rect;

use crate::app::{Mouse, MouseKind, Target};

/// The regions of one frame; later ones lie on top of earlier ones.
#[derive(Clone, Debug, Default)]
pub struct Regions {
    regions: Vec<(Rect, Target)>,
    /// Where the terminal's cursor belongs, when text is typed.
    pub cursor: Option<(u16, u16)>,
}

impl Regions {
    /// Remembers what was drawn somewhere.
    pub fn add(&mut self, area: Rect, target: Target) {
        self.regions.push((area, target));
    }

    /// What lies on top at a place.
    pub fn at(&self, x: u16, y: u16) -> Option<Target> {
        self.regions
            .iter()
            .rev()
            .find(|(area, _)| area.contains((x, y).into()))
            .map(|(_, target)| *target)
    }

    /// What the mouse did, with what it hit.
    pub fn mouse(&self, kind: MouseKind, x: u16, y: u16) -> Mouse {
        Mouse {
            kind,
            x,
            y,
            target: self.at(x, y),
        }
    }
}
