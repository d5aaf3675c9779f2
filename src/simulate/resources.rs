//! Resource elements (IAM: reference_policies_elements_resource, ..._notresource).

use crate::iam::{Guard, PolicyKind, ResourceElement, Text, Version};

use super::depends::{Depends, Tri};
use super::guards::Assignment;
use super::pattern::{Pattern, Style, Subject};
use super::prepare::PreparedLeg;

/// A compiled `Resource` or `NotResource`.
#[derive(Clone, Debug)]
pub(super) struct Resources {
    pub(super) not: bool,
    pub(super) entries: Box<[ResourceEntry]>,
}

/// One of its patterns.
#[derive(Clone, Debug)]
pub(super) struct ResourceEntry {
    pub(super) pattern: Pattern,
    // `arn:aws:s3:::*`, which two AWS pages accept for s3:ListAllMyBuckets.
    all_of_s3: bool,
    pub(super) guard: Guard,
}

impl Resources {
    pub(super) fn new(element: &ResourceElement, kind: PolicyKind, version: Version) -> Self {
        let completes = matches!(
            kind,
            PolicyKind::Identity | PolicyKind::Boundary | PolicyKind::Session
        );
        let entries = element.entries.iter().map(|entry| {
            let completed = completes.then(|| complete(&entry.text)).flatten();
            let text = completed.as_ref().unwrap_or(&entry.text);
            ResourceEntry {
                pattern: Pattern::new(text, Style::Resource, version),
                all_of_s3: entry.text == *"arn:aws:s3:::*",
                guard: entry.guard.clone(),
            }
        });
        Resources {
            not: element.not,
            entries: entries.collect(),
        }
    }

    /// Whether the element covers the leg's resource.
    pub(super) fn covers<D: Depends>(&self, leg: &PreparedLeg, given: Assignment<'_>) -> Tri<D> {
        let listed = Tri::any(self.entries.iter().map(|entry| {
            let matches = entry.matches(leg);
            match entry.guard.is_always() {
                true => matches,
                false => given.holds(&entry.guard).and(matches),
            }
        }));
        if self.not { listed.not() } else { listed }
    }
}

impl ResourceEntry {
    /// Whether the entry matches the leg's resource. An action without resource types is authorised
    /// against `*`, which only the pattern `*` matches.
    pub(super) fn matches<D: Depends>(&self, leg: &PreparedLeg) -> Tri<D> {
        if leg.is_any_resource() {
            return Tri::known(self.pattern.is_any() || self.accepted_for_list_buckets(leg));
        }
        self.pattern.matches(
            Subject::Steps(leg.resource_plain(), leg.resource_steps()),
            &leg.keys,
        )
    }

    /// The one exception: `s3:ListAllMyBuckets` with `arn:aws:s3:::*`.
    pub(super) fn accepted_for_list_buckets(&self, leg: &PreparedLeg) -> bool {
        self.all_of_s3 && leg.is_any_resource() && leg.is_action("s3", "listallmybuckets")
    }
}

/// An ARN with fewer than six fields, completed with `*` as identity-based policies are read; `None`
/// for any other text.
pub(super) fn complete(text: &Text) -> Option<Text> {
    let plain = text.as_plain()?;
    let colons = plain.bytes().filter(|byte| *byte == b':').count();
    if !plain.starts_with("arn:") || colons >= 5 {
        return None;
    }
    Some(Text::plain(format!("{plain}{}", ":*".repeat(5 - colons))))
}
