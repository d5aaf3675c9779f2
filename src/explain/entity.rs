//! Roles, users and groups in words: who may use them, what they may do, what limits them.

use crate::analyze::{
    GrantsCache, Held, capability, policies_of_group, policies_of_role, policies_of_user,
    role_capability, user_capability,
};
use crate::iam::{Account, Attachment, Document, Effect, Group, Identity, PolicyKind, Role, User};

use super::capability::{by_service, may};
use super::english::{count, listed};
use super::statement::statement_words;
use super::{Fact, Item, Line, Mark, Meaning, Page};

/// More rows than these are not listed.
pub(super) const MOST: usize = 60;

/// A role: who can assume it, what it can do, its boundary, its limits.
pub fn role_page(role: &Role, cache: &GrantsCache) -> Page {
    let mut page = titled("Role ", &role.identity);
    existence(&role.identity, role.external, "role", &mut page);
    match &role.trust {
        Some(trust) => {
            for item in trust_items(trust) {
                page.list(vec![item]);
            }
        }
        None if role.external => {}
        None => page.mark(
            Mark::Depends,
            "Who can assume it is not known: its trust policy was not loaded.",
        ),
    }
    let capability = role_capability(role, cache);
    may(&capability, role.boundary.as_ref(), &mut page);

    let mut facts = identity_facts(&role.identity);
    facts.extend(boundary_fact(role.boundary.as_ref()));
    if let Some(seconds) = role.max_session_duration {
        facts.push(Fact::new("Longest session", duration(seconds)));
    }
    if let Some(used) = &role.last_used {
        facts.push(Fact::new("Last used", used.clone()));
    }
    if !role.instance_profiles.is_empty() {
        let profiles = role.instance_profiles.iter();
        let names = listed(profiles.map(|name| Line::new().text(name)), "and");
        facts.push(Fact::new(
            "EC2 instances",
            Line::from("can have it through the instance profile ").then(names),
        ));
    }
    facts.extend(policies_fact(&policies_of_role(role)));
    page.facts(facts);
    by_service(&capability, &mut page);
    page
}

/// A user: what it can do, its groups, its boundary.
pub fn user_page(user: &User, account: &Account, cache: &GrantsCache) -> Page {
    let mut page = titled("User ", &user.identity);
    existence(&user.identity, user.external, "user", &mut page);
    let capability = user_capability(user, account, cache);
    may(&capability, user.boundary.as_ref(), &mut page);
    let mut facts = identity_facts(&user.identity);
    facts.extend(boundary_fact(user.boundary.as_ref()));
    if !user.groups.is_empty() {
        let items = user.groups.iter().map(|name| {
            let line = Line::new().text(name);
            let known = account
                .groups
                .iter()
                .any(|group| group.identity.name == *name);
            if known {
                Item::new(line)
            } else {
                Item::marked(Mark::Depends, line.muted(" was not loaded"))
            }
        });
        facts.push(Fact::many("Groups", items.collect()));
    }
    facts.extend(policies_fact(&policies_of_user(user, account)));
    page.facts(facts);
    by_service(&capability, &mut page);
    page
}

/// A group: what its members can do by it, and who they are.
pub fn group_page(group: &Group, account: &Account, cache: &GrantsCache) -> Page {
    let mut page = titled("Group ", &group.identity);
    existence(&group.identity, group.external, "group", &mut page);
    let policies = policies_of_group(group);
    let capability = capability(&policies, None, cache);
    may(&capability, None, &mut page);
    page.say("A group is no principal: policies of resources cannot name it.");
    let mut facts = identity_facts(&group.identity);
    let members: Vec<Item> = account
        .users
        .iter()
        .filter(|user| user.groups.contains(&group.identity.name))
        .take(MOST)
        .map(|user| Item::new(Line::new().text(&user.identity.name)))
        .collect();
    if members.is_empty() {
        facts.push(Fact::new("Members", "none among what was loaded"));
    } else {
        facts.push(Fact::many("Members", members));
    }
    facts.extend(policies_fact(&policies));
    page.facts(facts);
    by_service(&capability, &mut page);
    page
}

/// Who can assume a role, a sentence for each statement of its trust policy.
fn trust_items(trust: &Document) -> Vec<Item> {
    if !trust
        .statements
        .iter()
        .any(|s| s.effect == Some(Effect::Allow))
    {
        return vec![Item::marked(
            Mark::ImplicitDeny,
            "Nobody can assume it: its trust policy allows nothing.",
        )];
    }
    trust
        .statements
        .iter()
        .take(MOST)
        .map(|statement| {
            let (mark, words) = statement_words(statement, PolicyKind::Trust);
            Item::marked(mark, words).about(statement.place)
        })
        .collect()
}

pub(super) fn titled(what: &'static str, identity: &Identity) -> Page {
    Page::new(
        Line::new()
            .plain(what)
            .then(strong(Line::new().text(&identity.name))),
    )
}

/// The same line with its literals emphasised.
fn strong(mut line: Line) -> Line {
    for span in &mut line.spans {
        if span.meaning == Meaning::Code {
            span.meaning = Meaning::Emphasis;
        }
    }
    line
}

/// What is said first of an entity that may not exist, or that is only named.
fn existence(identity: &Identity, external: bool, what: &str, page: &mut Page) {
    if external {
        page.mark(
            Mark::Depends,
            format!("Only policies that name this {what} were loaded, and not the {what} itself."),
        );
    }
    if !identity.guard.is_always() {
        page.mark(
            Mark::Unresolved,
            Line::new()
                .plain("It exists only where the template's condition ")
                .code(identity.guard.to_string())
                .plain(" holds."),
        );
    }
    if let Some(description) = &identity.description {
        page.say(Line::new().muted(description.clone()));
    }
    if let Some(comment) = &identity.comment {
        page.say(Line::new().muted(comment.to_string()));
    }
}

pub(super) fn identity_facts(identity: &Identity) -> Vec<Fact> {
    let mut facts = vec![Fact::new("ARN", Line::new().text(&identity.arn))];
    if let Some(friendly) = &identity.friendly {
        facts.push(Fact::new("Construct", friendly.clone()));
    }
    if let Some(id) = &identity.logical_id {
        facts.push(Fact::new("In the template", id.clone()));
    }
    if let Some(id) = &identity.unique_id {
        facts.push(Fact::new("Unique id", Line::new().code(id.clone())));
    }
    if !identity.tags.is_empty() {
        let tags =
            identity.tags.iter().take(MOST).map(|(key, value)| {
                Item::new(Line::new().key(key.clone()).plain(" = ").text(value))
            });
        facts.push(Fact::many("Tags", tags.collect()));
    }
    facts
}

fn boundary_fact(boundary: Option<&Attachment>) -> Option<Fact> {
    let boundary = boundary?;
    let line = Line::new()
        .text(&boundary.name)
        .muted("  ")
        .text(&boundary.arn);
    Some(Fact::new("Boundary", line))
}

fn policies_fact(policies: &[Held]) -> Option<Fact> {
    if policies.is_empty() {
        return Some(Fact::new("Policies", "none"));
    }
    let items = policies.iter().take(MOST).map(|policy| {
        let mut line = Line::new().code(policy.name.clone());
        if let Some(group) = &policy.via {
            line = line.muted(format!("  through the group {group}"));
        }
        match &policy.document {
            Some(document) => {
                let statements = count(document.statements.len(), "statement");
                Item::new(line.muted(format!("  {statements}"))).about(document.place)
            }
            None => Item::marked(Mark::Depends, line.muted("  was not loaded")),
        }
    });
    Some(Fact::many("Policies", items.collect()))
}

/// A number of seconds in words.
fn duration(seconds: u32) -> String {
    let (hours, minutes) = (seconds / 3600, seconds % 3600 / 60);
    match (hours, minutes) {
        (0, minutes) => count(minutes as usize, "minute"),
        (hours, 0) => count(hours as usize, "hour"),
        (hours, minutes) => format!(
            "{} and {}",
            count(hours as usize, "hour"),
            count(minutes as usize, "minute")
        ),
    }
}
