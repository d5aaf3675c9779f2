//! Which actions a pattern stands for today, as sets that can be combined and counted.

use super::index::{AccessLevel, Action, ActionId, Index, Service, index};
use crate::iam::Glob;

/// An action pattern: `*`, `s3:Get*`, `*:List*`. Matched without regard to case; prefix and
/// name separately (IAM: reference_policies_elements_action).
#[derive(Clone, Debug)]
pub struct Pattern {
    prefix: Glob,
    /// `None` for the lone `*`.
    name: Option<Glob>,
}

impl Pattern {
    /// Reads a pattern; `None` where it names no service and is not `*`.
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        match lower.split_once(':') {
            Some((prefix, name)) => Some(Pattern {
                prefix: Glob::new(prefix),
                name: Some(Glob::new(name)),
            }),
            None if lower == "*" => Some(Pattern {
                prefix: Glob::new("*"),
                name: None,
            }),
            None => None,
        }
    }

    /// Whether it has a wildcard.
    pub fn is_wild(&self) -> bool {
        self.prefix.is_wild() || self.name.as_ref().is_none_or(Glob::is_wild)
    }

    fn matches_service(&self, service: &Service) -> bool {
        self.prefix.matches(service.prefix())
    }

    fn matches_name(&self, action: &Action) -> bool {
        let Some(name) = &self.name else { return true };
        let lower = action.lower();
        name.is_any()
            || lower
                .split_once(':')
                .is_some_and(|(_, own)| name.matches(own))
    }

    /// Whether its service has a wildcard, so that it may match actions of several.
    pub fn spans_services(&self) -> bool {
        self.prefix.is_wild()
    }

    /// The actions of one service that it matches, in order.
    pub fn actions_of(&self, service: &'static Service) -> impl Iterator<Item = &'static Action> {
        let meant = self.matches_service(service);
        let actions = if meant { service.actions() } else { &[] };
        actions.iter().filter(|action| self.matches_name(action))
    }

    /// The actions of the catalogue that it matches, in order.
    pub fn actions(&self) -> impl Iterator<Item = &'static Action> {
        let services = index().services().iter();
        services
            .filter(|service| self.matches_service(service))
            .flat_map(Service::actions)
            .filter(|action| self.matches_name(action))
    }
}

/// The actions of the catalogue that a pattern matches, in order; none for what is no pattern.
pub fn expand(pattern: &str) -> Vec<&'static Action> {
    match Pattern::parse(pattern) {
        Some(pattern) if pattern.is_wild() => pattern.actions().collect(),
        _ => index().find(pattern).into_iter().collect(),
    }
}

/// A set of actions of the catalogue.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ActionSet {
    words: Vec<u64>,
}

impl Default for ActionSet {
    fn default() -> Self {
        ActionSet::empty()
    }
}

impl ActionSet {
    /// No action.
    pub fn empty() -> Self {
        let words = index().actions().len().div_ceil(64);
        ActionSet {
            words: vec![0; words],
        }
    }

    /// Every action.
    pub fn all() -> Self {
        ActionSet::empty().complement()
    }

    /// What a list of patterns stands for: `Action`.
    pub fn of_patterns<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Self {
        let mut set = ActionSet::empty();
        for pattern in patterns {
            set.insert_pattern(pattern);
        }
        set
    }

    /// Adds what a pattern stands for.
    pub fn insert_pattern(&mut self, pattern: &str) {
        match Pattern::parse(pattern) {
            Some(pattern) if pattern.is_wild() => {
                for action in pattern.actions() {
                    self.insert(action.id());
                }
            }
            _ => {
                if let Some(action) = index().find(pattern) {
                    self.insert(action.id());
                }
            }
        }
    }

    /// Adds an action.
    pub fn insert(&mut self, id: ActionId) {
        self.words[id.position() / 64] |= 1 << (id.position() % 64);
    }

    /// Takes an action away.
    pub fn remove(&mut self, id: ActionId) {
        self.words[id.position() / 64] &= !(1 << (id.position() % 64));
    }

    /// Whether it holds an action.
    pub fn contains(&self, id: ActionId) -> bool {
        self.words[id.position() / 64] & (1 << (id.position() % 64)) != 0
    }

    /// How many actions it holds.
    pub fn len(&self) -> usize {
        self.words
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Every action that is not in it: `NotAction`.
    #[must_use]
    pub fn complement(&self) -> Self {
        let mut words: Vec<u64> = self.words.iter().map(|word| !word).collect();
        let used = index().actions().len() % 64;
        if used > 0
            && let Some(last) = words.last_mut()
        {
            *last &= (1 << used) - 1;
        }
        ActionSet { words }
    }

    /// Adds every action of another set.
    pub fn union_with(&mut self, other: &Self) {
        self.combine(other, |own, other| own | other);
    }

    /// Keeps the actions that another set has too.
    pub fn intersect_with(&mut self, other: &Self) {
        self.combine(other, |own, other| own & other);
    }

    /// Takes away every action of another set.
    pub fn subtract(&mut self, other: &Self) {
        self.combine(other, |own, other| own & !other);
    }

    fn combine(&mut self, other: &Self, operation: impl Fn(u64, u64) -> u64) {
        for (own, other) in self.words.iter_mut().zip(&other.words) {
            *own = operation(*own, *other);
        }
    }

    /// Its actions, in the order of the index.
    pub fn iter(&self) -> impl Iterator<Item = &'static Action> {
        let actions = index().actions();
        self.words.iter().enumerate().flat_map(move |(at, word)| {
            let bits = (0..64).filter(move |bit| word & (1 << bit) != 0);
            bits.filter_map(move |bit| actions.get(at * 64 + bit))
        })
    }

    /// How many actions of which level and service it holds.
    pub fn summary(&self) -> Summary {
        Summary::of(self.iter())
    }
}

/// Counts of actions, by access level and by service.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// All of them.
    pub total: usize,
    /// By AWS's level, in the order of [`AccessLevel::ALL`].
    pub by_level: [usize; 5],
    /// By service, in order, those with none left out.
    pub by_service: Vec<ServiceCount>,
    /// Those that AWS calls milder than the permissions management that they are.
    pub hidden_permissions_management: usize,
}

/// Counts of one service's actions.
#[derive(Clone, Debug)]
pub struct ServiceCount {
    /// The service.
    pub service: &'static Service,
    /// How many of its actions are meant.
    pub count: usize,
    /// How many of them at each of AWS's levels, in the order of [`AccessLevel::ALL`].
    pub by_level: [usize; 5],
}

impl ServiceCount {
    /// How many actions the service has.
    pub fn of(&self) -> usize {
        self.service.actions().len()
    }
}

impl Summary {
    /// Counts actions that come in the order of the index.
    pub fn of(actions: impl IntoIterator<Item = &'static Action>) -> Self {
        let mut summary = Summary::default();
        for action in actions {
            let level = action.level() as usize;
            let service = action.service();
            summary.total += 1;
            summary.by_level[level] += 1;
            summary.hidden_permissions_management +=
                usize::from(action.hides_permissions_management());
            match summary.by_service.last_mut() {
                Some(last) if std::ptr::eq(last.service, service) => {
                    last.count += 1;
                    last.by_level[level] += 1;
                }
                _ => {
                    let mut by_level = [0; 5];
                    by_level[level] = 1;
                    summary.by_service.push(ServiceCount {
                        service,
                        count: 1,
                        by_level,
                    });
                }
            }
        }
        summary
    }

    /// How many are of a level, as AWS says.
    pub fn at(&self, level: AccessLevel) -> usize {
        self.by_level[level as usize]
    }
}

impl Index {
    /// What a pattern stands for, counted without decoding any service.
    pub fn summarize(&self, pattern: &str) -> Summary {
        Summary::of(expand(pattern))
    }
}
