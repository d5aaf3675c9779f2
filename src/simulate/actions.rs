//! Action elements (IAM: reference_policies_elements_action, ..._notaction).

use crate::iam::{ActionElement, Glob, Guard, Text, Version};

use super::depends::{Depends, Tri};
use super::guards::Assignment;
use super::keys::hash;
use super::pattern::{Pattern, Style, compare};
use super::prepare::PreparedLeg;
use super::steps;

/// A compiled `Action` or `NotAction`: the patterns of each service apart, so that a request costs
/// only those of its own.
#[derive(Clone, Debug)]
pub(super) struct Actions {
    pub(super) not: bool,
    // Sorted by the hash of the service's prefix.
    services: Box<[ServiceActions]>,
    wild: Box<[WildAction]>,
}

#[derive(Clone, Debug)]
struct ServiceActions {
    hash: u64,
    service: Box<str>,
    names: Box<[Name]>,
}

#[derive(Clone, Debug)]
struct Name {
    pattern: Pattern,
    guard: Guard,
}

/// A pattern that is not of one known service.
#[derive(Clone, Debug)]
struct WildAction {
    what: Wild,
    guard: Guard,
}

#[derive(Clone, Debug)]
enum Wild {
    /// `*`
    Everything,
    /// A wildcard in the prefix.
    Prefix(Glob, Glob),
    /// Left open by a template.
    Open(Text),
    /// No prefix: AWS rejects it, and nobody knows what it was meant for.
    Unreadable,
}

impl Actions {
    pub(super) fn new(element: &ActionElement) -> Self {
        let mut named: Vec<(String, Name)> = Vec::new();
        let mut wild = Vec::new();
        for entry in &element.entries {
            let guard = entry.guard.clone();
            let Some(plain) = entry.text.as_plain() else {
                wild.push(WildAction {
                    what: Wild::Open(entry.text.clone()),
                    guard,
                });
                continue;
            };
            let lower = plain.to_ascii_lowercase();
            let what = match lower.split_once(':') {
                _ if !lower.is_empty() && lower.bytes().all(|byte| byte == b'*') => {
                    Wild::Everything
                }
                None => Wild::Unreadable,
                Some((service, name)) if service.contains(['*', '?']) => {
                    Wild::Prefix(Glob::new(service), Glob::new(name))
                }
                Some((service, name)) => {
                    let pattern = Pattern::new(&name.into(), Style::Free, Version::V2008);
                    named.push((service.to_owned(), Name { pattern, guard }));
                    continue;
                }
            };
            wild.push(WildAction { what, guard });
        }
        named.sort_by(|(left, _), (right, _)| {
            hash(left).cmp(&hash(right)).then_with(|| left.cmp(right))
        });
        let mut services: Vec<(String, Vec<Name>)> = Vec::new();
        for (service, name) in named {
            match services.last_mut() {
                Some((last, names)) if *last == service => names.push(name),
                _ => services.push((service, vec![name])),
            }
        }
        let services = services.into_iter().map(|(service, names)| ServiceActions {
            hash: hash(&service),
            service: service.into(),
            names: names.into(),
        });
        Actions {
            not: element.not,
            services: services.collect(),
            wild: wild.into(),
        }
    }

    /// The hashes of the services named, or `None` where any service may be meant.
    pub(super) fn services(&self) -> Option<impl Iterator<Item = u64>> {
        let general = self.not || !self.wild.is_empty();
        (!general).then(|| self.services.iter().map(|service| service.hash))
    }

    fn of_service(&self, leg: &PreparedLeg) -> &[Name] {
        let mut at = self
            .services
            .partition_point(|service| service.hash < leg.service_hash);
        while let Some(found) = self.services.get(at)
            && found.hash == leg.service_hash
        {
            if *found.service == *leg.service {
                return &found.names;
            }
            at += 1;
        }
        &[]
    }

    /// Whether the element covers the leg's action.
    pub(super) fn covers<D: Depends>(&self, leg: &PreparedLeg, given: Assignment<'_>) -> Tri<D> {
        let guarded = |guard: &Guard, matches: Tri<D>| match guard.is_always() {
            true => matches,
            false => given.holds(guard).and(matches),
        };
        let named = Tri::any(self.of_service(leg).iter().map(|name| {
            let matches = name.pattern.matches_text(&leg.name);
            guarded(&name.guard, Tri::known(matches))
        }));
        let listed = match named.is_yes() || self.wild.is_empty() {
            true => named,
            false => named.or(Tri::any(
                self.wild
                    .iter()
                    .map(|wild| guarded(&wild.guard, wild.what.matches(leg))),
            )),
        };
        if self.not { listed.not() } else { listed }
    }

    /// Whether the element has to do with the leg's service at all, for near misses.
    pub(super) fn touches_service(&self, leg: &PreparedLeg) -> bool {
        self.not
            || !self.of_service(leg).is_empty()
            || self.wild.iter().any(|wild| match &wild.what {
                Wild::Everything | Wild::Unreadable => true,
                Wild::Prefix(service, _) => service.matches(&leg.service),
                Wild::Open(text) => {
                    let service = text.known_prefix().split(':').next().unwrap_or_default();
                    service.eq_ignore_ascii_case(&leg.service)
                }
            })
    }

    /// Whether no pattern could be read, or none is there.
    pub(super) fn is_empty(&self) -> bool {
        self.services.is_empty() && self.wild.is_empty()
    }

    /// Whether a pattern has no prefix, which AWS rejects.
    pub(super) fn has_unreadable(&self) -> bool {
        self.wild
            .iter()
            .any(|wild| matches!(wild.what, Wild::Unreadable))
    }
}

impl Wild {
    fn matches<D: Depends>(&self, leg: &PreparedLeg) -> Tri<D> {
        match self {
            Wild::Everything => Tri::yes(),
            Wild::Prefix(service, name) => {
                Tri::known(service.matches(&leg.service) && name.matches(&leg.name))
            }
            // The statement that holds it is unknown as a whole.
            Wild::Unreadable => Tri::yes(),
            Wild::Open(text) => {
                let pattern = Pattern::new(&lower(text), Style::Free, Version::V2008);
                compare(&pattern.fixed_steps(), &steps::of_text(&leg.action_lower))
            }
        }
    }
}

/// A text with its known parts in lower case.
fn lower(text: &Text) -> Text {
    use crate::iam::Part;
    Text::from_parts(text.to_parts().into_iter().map(|part| match part {
        Part::Literal(known) => Part::Literal(known.to_ascii_lowercase().into()),
        open => open,
    }))
}
