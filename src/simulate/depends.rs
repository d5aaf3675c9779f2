//! A truth with what it depends on.
//!
//! Evaluation is written once, over [`Depends`]: decisions alone use `()`, which costs nothing, and
//! decisions with their reasons collect [`Labels`]. Joining follows constant propagation: what is
//! settled by a known part loses its labels, so that the labels left are those that matter.

use std::collections::BTreeSet;

use super::Truth;

/// Where labels are collected, or not.
pub(super) trait Depends: Clone + Default {
    /// Adds a label.
    fn add(&mut self, label: impl FnOnce() -> String);
    /// Adds all labels of another.
    fn join(&mut self, other: Self);
}

impl Depends for () {
    fn add(&mut self, _: impl FnOnce() -> String) {}
    fn join(&mut self, (): ()) {}
}

/// What could change a truth: keys, `template:NAME`, `statement:POLICY/STATEMENT`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Labels(pub(super) BTreeSet<String>);

impl Depends for Labels {
    fn add(&mut self, label: impl FnOnce() -> String) {
        self.0.insert(label());
    }

    fn join(&mut self, mut other: Self) {
        if self.0.len() < other.0.len() {
            std::mem::swap(&mut self.0, &mut other.0);
        }
        self.0.extend(other.0);
    }
}

/// A truth and, where it is unknown, what it depends on.
#[derive(Clone, Debug)]
pub(super) struct Tri<D> {
    pub(super) truth: Truth,
    // Invariant: empty unless the truth is unknown.
    pub(super) depends: D,
}

impl<D: Depends> Tri<D> {
    pub(super) fn known(value: bool) -> Self {
        Tri {
            truth: value.into(),
            depends: D::default(),
        }
    }

    pub(super) fn yes() -> Self {
        Self::known(true)
    }

    pub(super) fn no() -> Self {
        Self::known(false)
    }

    /// Unknown, depending on one thing.
    pub(super) fn unknown(label: impl FnOnce() -> String) -> Self {
        let mut depends = D::default();
        depends.add(label);
        Tri {
            truth: Truth::Unknown,
            depends,
        }
    }

    pub(super) fn is_yes(&self) -> bool {
        self.truth.is_yes()
    }

    pub(super) fn is_no(&self) -> bool {
        self.truth.is_no()
    }

    pub(super) fn is_unknown(&self) -> bool {
        self.truth == Truth::Unknown
    }

    pub(super) fn and(self, other: Self) -> Self {
        self.combine(other, Truth::and)
    }

    pub(super) fn or(self, other: Self) -> Self {
        self.combine(other, Truth::or)
    }

    fn combine(mut self, other: Self, with: fn(Truth, Truth) -> Truth) -> Self {
        let truth = with(self.truth, other.truth);
        if truth == Truth::Unknown {
            self.depends.join(other.depends);
            Tri { truth, ..self }
        } else {
            Tri {
                truth,
                depends: D::default(),
            }
        }
    }

    pub(super) fn not(self) -> Self {
        Tri {
            truth: !self.truth,
            depends: self.depends,
        }
    }

    /// Whether any of some is so; stops at the first that certainly is.
    pub(super) fn any(all: impl IntoIterator<Item = Self>) -> Self {
        let mut result = Self::no();
        for one in all {
            result = result.or(one);
            if result.is_yes() {
                break;
            }
        }
        result
    }

    /// Whether all of some are so; stops at the first that certainly is not.
    pub(super) fn all(all: impl IntoIterator<Item = Self>) -> Self {
        let mut result = Self::yes();
        for one in all {
            result = result.and(one);
            if result.is_no() {
                break;
            }
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(label: &str) -> Tri<Labels> {
        Tri::unknown(|| label.to_owned())
    }

    fn labels(tri: &Tri<Labels>) -> Vec<&str> {
        tri.depends.0.iter().map(String::as_str).collect()
    }

    #[test]
    fn a_known_part_settles_what_it_can_and_its_labels_go() {
        assert!(labels(&unknown("a").and(Tri::no())).is_empty());
        assert!(labels(&unknown("a").or(Tri::yes())).is_empty());
        assert_eq!(labels(&unknown("a").or(Tri::no())), ["a"]);
        assert_eq!(labels(&unknown("b").and(unknown("a"))), ["a", "b"]);
        let settled = Tri::any([unknown("a"), Tri::yes(), unknown("b")]);
        assert!(settled.is_yes() && labels(&settled).is_empty());
    }
}
