//! What policies amount to together, in words: how much, what limits it, what in it is sensitive.

use crate::analyze::{Capability, Sensitive};
use crate::catalog::{AccessLevel, Action, Summary};
use crate::iam::Attachment;

use super::english::{count, listed, number};
use super::entity::MOST;
use super::statement::levels;
use super::{Line, Link, Mark, Meaning, Page, Span};

/// What policies amount to, in a sentence or a few.
pub(super) fn may(capability: &Capability, boundary: Option<&Attachment>, page: &mut Page) {
    let total = capability.actions.len();
    let summary = capability.actions.summary();
    if total == 0 {
        page.mark(Mark::ImplicitDeny, "It may do nothing by its policies.");
    } else {
        let services = match summary.by_service.as_slice() {
            [one] => one.service.title().to_owned(),
            many => count(many.len(), "service"),
        };
        let line = Line::new()
            .with(Meaning::Allow, "May")
            .plain(" use ")
            .strong(count(total, "action"))
            .plain(" of ")
            .plain(services)
            .muted(levels(&summary))
            .plain(", as far as resources and conditions let it.");
        page.mark(Mark::Allow, line);
    }
    let denied = capability.denied;
    if denied > 0 {
        page.mark(
            Mark::ExplicitDeny,
            format!(
                "{} that some policy allows {} denied, whatever the resource.",
                count(denied, "more action"),
                if denied == 1 { "is" } else { "are" }
            ),
        );
    }
    let cut = capability.cut_by_boundary;
    match boundary {
        Some(boundary) if boundary.document.is_none() => page.mark(
            Mark::Depends,
            Line::new()
                .plain("Its boundary ")
                .text(&boundary.name)
                .plain(" was not loaded: it may be able to do less."),
        ),
        Some(boundary) if cut > 0 => page.mark(
            Mark::Limited,
            Line::new()
                .plain(count(cut, "more action"))
                .plain(" that some policy allows ")
                .plain(if cut == 1 { "is" } else { "are" })
                .plain(" beyond its boundary ")
                .text(&boundary.name)
                .plain("."),
        ),
        Some(boundary) => page.mark(
            Mark::Limited,
            Line::new()
                .plain("Its boundary ")
                .text(&boundary.name)
                .plain(" allows all actions that its policies allow."),
        ),
        None => {}
    }
    if !capability.not_loaded.is_empty() {
        let names = capability.not_loaded.iter();
        let names = listed(names.map(|name| Line::new().code(name.clone())), "and");
        page.mark(
            Mark::Depends,
            names.plain(if capability.not_loaded.len() == 1 {
                " was not loaded: it may be able to do more."
            } else {
                " were not loaded: it may be able to do more."
            }),
        );
    }
    if capability.open {
        page.mark(
            Mark::Unresolved,
            "A part of its policies is not known yet: it may be able to do more.",
        );
    }
    sensitive(capability, page);
}

/// What among the actions deserves a second look.
fn sensitive(capability: &Capability, page: &mut Page) {
    let mut permissions: Vec<&'static Action> = Vec::new();
    let mut credentials: Vec<&'static Action> = Vec::new();
    for action in capability.actions.iter() {
        match Sensitive::of(action) {
            Some(Sensitive::PassesRole) => permissions.insert(0, action),
            Some(Sensitive::ManagesPermissions { .. }) => permissions.push(action),
            Some(Sensitive::ExposesCredentials) => credentials.push(action),
            None => {}
        }
    }
    for (actions, what) in [
        (permissions, " to change who may do what: "),
        (credentials, " that answer with credentials: "),
    ] {
        if !actions.is_empty() {
            let named = actions.iter();
            page.mark(
                Mark::Problem,
                Line::from(count(actions.len(), "action"))
                    .plain(what)
                    .then(listed(
                        named.map(|action| Line::new().action(action.canonical())),
                        "and",
                    ))
                    .plain("."),
            );
        }
    }
}

/// What may be done with each service, and the statements behind it.
pub(super) fn by_service(capability: &Capability, page: &mut Page) {
    if capability.by_service.is_empty() {
        return;
    }
    page.heading("By service");
    let rows = capability.by_service.iter().take(MOST).map(|service| {
        let mut through = Line::new();
        for (i, by) in service.granted_by.iter().take(3).enumerate() {
            if i > 0 {
                through = through.plain(", ");
            }
            let name = format!("{}/{}", by.policy, by.statement);
            through.push(Span::new(Meaning::Code, name).to(Link::Place(by.place)));
        }
        if service.granted_by.len() > 3 {
            through = through.muted(format!(" and {} more", service.granted_by.len() - 3));
        }
        vec![
            Line::new().strong(service.service.prefix()),
            Line::new()
                .plain(number(service.count))
                .muted(format!(" of {}", number(service.service.actions().len()))),
            Line::new().plain(level_names(&service.by_level)),
            through,
        ]
    });
    page.table(&["Service", "Actions", "Levels", "By"], rows.collect());
    let all = capability.by_service.len();
    if all > MOST {
        let more = count(all - MOST, "more service");
        page.say(Line::new().muted(format!("and {more}")));
    }
}

fn level_names(by_level: &[usize; 5]) -> String {
    let present = AccessLevel::ALL
        .iter()
        .zip(by_level)
        .filter(|(_, count)| **count > 0);
    let words = present.map(|(level, count)| format!("{} {}", number(*count), level.name()));
    words.collect::<Vec<_>>().join(", ")
}

/// Counts of a set of actions by level: what a row or a title says of it.
pub fn summary_words(summary: &Summary) -> Line {
    Line::from(count(summary.total, "action")).muted(levels(summary))
}
