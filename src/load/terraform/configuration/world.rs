//! What rendering one configuration needs everywhere: what is given, what was met, how much work may
//! still be done.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use super::Configuration;
use super::module::Env;
use super::value::{Kind, Val};
use crate::iam::{Guard, Place, Problem, Undecided, Unresolved, UnresolvedKind};
use crate::load::cloudformation::{Given, Surroundings};

/// Steps that one configuration may take; large ones stay under a tenth of it.
const MAX_STEPS: u64 = 1_000_000;
/// Expressions inside expressions, references followed included.
const MAX_DEPTH: u32 = 100;
/// Bytes of text that may be made.
const MAX_TEXT: u64 = 32 << 20;
/// The longest string; a policy has 10 KB.
const MAX_STRING: usize = 1 << 20;
/// Combinations of undecided conditions that one expression is followed through.
pub(super) const MAX_CASES: usize = 16;
/// A name for an expression; longer ones are cut.
const LONGEST_NAME: usize = 120;

#[derive(Default)]
pub(super) struct Log {
    pub undecided: BTreeMap<String, Undecided>,
    pub problems: Vec<Problem>,
    pub used_by: BTreeMap<String, BTreeSet<String>>,
    /// What is wrong with JSON text, by where the text begins.
    pub faults: HashMap<Place, Problem>,
    /// Files that `file` and `templatefile` read.
    pub files: BTreeSet<std::path::PathBuf>,
}

pub(super) struct World<'a> {
    pub configuration: &'a Configuration,
    pub surroundings: &'a Surroundings,
    pub given: &'a Given,
    pub log: RefCell<Log>,
    /// The resource whose attributes are worked out.
    pub user: RefCell<String>,
    pub documents: RefCell<HashMap<String, Rc<crate::iam::Node>>>,
    steps: Cell<u64>,
    text: Cell<u64>,
    depth: Cell<u32>,
}

impl<'a> World<'a> {
    pub fn new(
        configuration: &'a Configuration,
        surroundings: &'a Surroundings,
        given: &'a Given,
    ) -> Self {
        World {
            configuration,
            surroundings,
            given,
            log: RefCell::default(),
            user: RefCell::default(),
            documents: RefCell::default(),
            steps: Cell::new(0),
            text: Cell::new(0),
            depth: Cell::new(0),
        }
    }

    pub fn problem(&self, problem: Problem) {
        let mut log = self.log.borrow_mut();
        if log.problems.len() < 1000 && !log.problems.contains(&problem) {
            log.problems.push(problem);
        }
    }

    /// Counts one step deeper; false when the configuration asks for too much.
    pub fn enter(&self, place: Place) -> bool {
        self.depth.set(self.depth.get() + 1);
        if self.depth.get() == MAX_DEPTH {
            let message = "expressions refer to each other in a circle, or are nested too deeply";
            self.problem(Problem::error(place, message));
        }
        self.spend(1, place) && self.depth.get() < MAX_DEPTH
    }

    pub fn leave(&self) {
        self.depth.set(self.depth.get().saturating_sub(1));
    }

    /// Counts work done; false when the configuration asks for too much.
    pub fn spend(&self, work: usize, place: Place) -> bool {
        let before = self.steps.get();
        self.steps.set(before.saturating_add(wide(work)));
        let fits = self.steps.get() < MAX_STEPS;
        if !fits && before < MAX_STEPS {
            self.problem(Problem::error(place, "expressions expand to too much"));
        }
        fits
    }

    /// Counts text made; false when it is too much.
    pub fn spend_text(&self, bytes: usize, place: Place) -> bool {
        let made = self.text.get().saturating_add(wide(bytes));
        self.text.set(made);
        let fits = bytes <= MAX_STRING && made <= MAX_TEXT;
        if !fits {
            self.problem(Problem::error(place, "a string expands to more than 1 MB"));
        }
        fits
    }

    /// A symbol for what nothing here decides. Its place is the same wherever it is used, so that two
    /// of the same name are the same value in all files of the configuration.
    pub fn symbol(&self, name: &str, kind: UnresolvedKind, place: Place) -> Arc<Unresolved> {
        let mut name = name.to_owned();
        if let Some((end, _)) = name.char_indices().nth(LONGEST_NAME) {
            name.truncate(end);
            name = format!("{name}... (line {}:{})", place.line, place.column);
        }
        let source = self.configuration.source;
        Arc::new(Unresolved {
            name,
            kind,
            place: Place { source, ..place },
        })
    }

    pub fn unknown(&self, name: &str, kind: UnresolvedKind, place: Place) -> Val {
        Val::new(place, Kind::Unknown(self.symbol(name, kind, place)))
    }

    /// An expression of unknown values.
    pub fn expression(&self, name: &str, place: Place) -> Val {
        self.unknown(name, UnresolvedKind::Expression, place)
    }

    /// What an expression comes to that is not followed any further.
    pub fn too_much(&self, place: Place) -> Val {
        let name = format!("expression at line {}:{}", place.line, place.column);
        self.expression(&name, place)
    }

    /// A boolean as cases: an unknown one is true or false, by a condition of its name.
    pub fn truth(&self, val: &Val) -> Val {
        match &val.kind {
            Kind::Unknown(reference) => self.undecided(&reference.name, val.place),
            Kind::Text(_) => match val.known().as_deref() {
                Some("true") => Val::bool(val.place, true),
                Some("false") => Val::bool(val.place, false),
                _ => val.clone(),
            },
            _ => val.clone(),
        }
    }

    /// True or false, by a condition that the user may decide.
    pub fn undecided(&self, name: &str, place: Place) -> Val {
        if let Some(decided) = self.given.conditions.get(name) {
            return Val::bool(place, *decided);
        }
        let undecided = Undecided {
            condition: name.to_owned(),
            place,
        };
        let mut log = self.log.borrow_mut();
        log.undecided.entry(name.to_owned()).or_insert(undecided);
        let when = |holds| {
            let guard = Guard::always().and(name, holds);
            (guard, Val::bool(place, holds))
        };
        Val::choice(place, vec![when(true), when(false)])
    }

    /// Says that a variable is used by the resource that is worked on.
    pub fn note_use(&self, variable: &str) {
        let user = self.user.borrow().clone();
        if !user.is_empty() {
            let mut log = self.log.borrow_mut();
            let users = log.used_by.entry(variable.to_owned()).or_default();
            users.insert(user);
        }
    }

    /// The name of a reference, from the root of the configuration.
    pub fn full_name(env: &Env, name: &str) -> String {
        format!("{}{name}", env.module.address)
    }
}

fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
