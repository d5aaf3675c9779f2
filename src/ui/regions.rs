//! What was drawn where, so that a mouse can hit it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::{Mouse, MouseKind, Target};

/// The regions of one frame; later ones lie on top of earlier ones.
#[derive(Clone, Debug, Default)]
pub struct Regions {
    regions: Vec<(Rect, Target)>,
    /// Addresses behind text on the screen.
    pub links: Vec<Hyperlink>,
    /// Where the terminal's cursor belongs, when text is typed.
    pub cursor: Option<(u16, u16)>,
}

/// Text in one row with an address behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hyperlink {
    /// Where it stands.
    pub area: Rect,
    /// The text.
    pub text: String,
    /// The address.
    pub url: String,
}

impl Hyperlink {
    /// Whether the text stands there still: something may have been drawn above it.
    fn is_visible(&self, buffer: &Buffer) -> bool {
        let area = self.area.intersection(buffer.area);
        let cells = area.positions().map(|position| buffer[position].symbol());
        area == self.area && cells.collect::<String>() == self.text
    }
}

impl Regions {
    /// Forgets links whose text was covered by what was drawn later.
    pub(super) fn uncover(&mut self, buffer: &Buffer) {
        self.links.retain(|link| link.is_visible(buffer));
    }

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
