//! Undecided conditions of templates.

use crate::iam::Guard;

use super::depends::{Depends, Tri};

/// Values taken for undecided conditions; those left out stay open.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Assignment<'a>(pub(super) &'a [(&'a str, bool)]);

impl Assignment<'_> {
    /// Whether everything that a part requires holds.
    pub(super) fn holds<D: Depends>(self, guard: &Guard) -> Tri<D> {
        Tri::all(guard.requirements().iter().map(|requirement| {
            let taken = self
                .0
                .iter()
                .find(|(name, _)| *name == requirement.condition);
            match taken {
                Some((_, value)) => Tri::known(*value == requirement.holds),
                None => Tri::unknown(|| label(&requirement.condition)),
            }
        }))
    }
}

/// `template:NAME`
pub(super) fn label(condition: &str) -> String {
    format!("template:{condition}")
}
