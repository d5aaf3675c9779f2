//! Places visited, to go back and forward.

use super::item::Item;

/// So many places are remembered.
const LONGEST: usize = 200;

/// Places visited before and after the present one.
#[derive(Clone, Debug, Default)]
pub struct History {
    back: Vec<Item>,
    forward: Vec<Item>,
}

impl History {
    /// Remembers a place that is left for another.
    pub fn leave(&mut self, place: Item) {
        if self.back.last() != Some(&place) {
            self.back.push(place);
            if self.back.len() > LONGEST {
                self.back.remove(0);
            }
        }
        self.forward.clear();
    }

    /// The place before, given the present one.
    pub fn back(&mut self, present: Item) -> Option<Item> {
        let place = self.back.pop()?;
        self.forward.push(present);
        Some(place)
    }

    /// The place after, given the present one.
    pub fn forward(&mut self, present: Item) -> Option<Item> {
        let place = self.forward.pop()?;
        self.back.push(present);
        Some(place)
    }

    /// The same places in another inventory.
    pub fn translate(&mut self, item: impl Fn(Item) -> Option<Item>) {
        for places in [&mut self.back, &mut self.forward] {
            *places = places.iter().filter_map(|own| item(*own)).collect();
        }
    }
}
