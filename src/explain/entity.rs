//! Roles, users, groups and policies in words: who may use them, what they may do, what limits them.

use crate::analyze::{
    Capability, GrantsCache, Held, Sensitive, capability, policies_of_group, policies_of_role,
    policies_of_user, role_capability, user_capability,
};
use crate::catalog::{AccessLevel, Action, Summary};
use crate::iam::{
    Account, Attachment, Document, Effect, Group, Identity, ManagedPolicy, Origin, PolicyKind,
    ResourcePolicy, Role, User,
};

use super::english::{count, listed, number};
use super::statement::{levels, statement_words};
use super::{Fact, Item, Line, Link, Mark, Meaning, Page, Span};

/// More rows than these are not listed.
const MOST: usize = 60;

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

/// A managed policy: what it grants, and to whom it is attached.
pub fn managed_policy_page(policy: &ManagedPolicy, cache: &GrantsCache) -> Page {
    let mut page = titled("Managed policy ", &policy.identity);
    if policy.attached_to.is_empty() {
        page.mark(
            Mark::Problem,
            "It is attached to nothing among what was loaded: it grants nothing.",
        );
    }
    let held = Held {
        name: policy.identity.name.to_string(),
        document: policy.document.clone(),
        via: None,
    };
    let capability = capability(&[held], None, cache);
    may(&capability, None, &mut page);
    let mut facts = identity_facts(&policy.identity);
    facts.push(Fact::new("Kept by", origin_words(policy.origin)));
    if !policy.attached_to.is_empty() {
        let holders = policy.attached_to.iter().take(MOST);
        let items = holders.map(|name| Item::new(Line::new().text(name)));
        facts.push(Fact::many("Attached to", items.collect()));
    }
    let versions = policy.versions.iter().map(|version| {
        let mut line = Line::new().plain(version.id.clone());
        if version.is_default {
            line = line.strong(" in force");
        }
        match &version.created {
            Some(created) => Item::new(line.muted(format!("  {created}"))),
            None => Item::new(line),
        }
    });
    let versions: Vec<Item> = versions.collect();
    if !versions.is_empty() {
        facts.push(Fact::many("Versions", versions));
    }
    page.facts(facts);
    if let Some(document) = &policy.document {
        page.list(statement_items(document, PolicyKind::Identity));
    }
    by_service(&capability, &mut page);
    page
}

/// A policy document: its statements in a sentence each.
pub fn policy_page(name: &str, document: &Document, kind: PolicyKind) -> Page {
    let mut page = Page::new(
        Line::new()
            .plain(capitalised_kind(kind))
            .plain(" ")
            .strong(name.to_owned()),
    );
    if document.unreadable {
        page.mark(
            Mark::Depends,
            "A part of it could not be read: what it decides is not known.",
        );
    }
    if document.statements.is_empty() {
        page.say("It has no statement.");
    }
    let role = role_of_kind(kind);
    if !role.is_empty() {
        page.say(role);
    }
    page.list(statement_items(document, kind));
    let problems: Vec<Item> = document
        .problems
        .iter()
        .take(MOST)
        .map(super::problem_item)
        .collect();
    if !problems.is_empty() {
        page.heading("Problems");
        page.list(problems);
    }
    page
}

/// The policy of a resource.
pub fn resource_policy_page(policy: &ResourcePolicy) -> Page {
    let mut page = policy_page("", &policy.document, policy.part());
    page.title = Line::new().plain("Policy of ").text(&policy.resource);
    let mut facts = vec![
        Fact::new("Resource", Line::new().text(&policy.resource)),
        Fact::new("Type", policy.kind.clone()),
    ];
    if let Some(id) = &policy.logical_id {
        facts.push(Fact::new("In the template", id.clone()));
    }
    page.facts(facts);
    page
}

/// What a kind of policy does in the evaluation of a request.
fn role_of_kind(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::Identity | PolicyKind::Resource | PolicyKind::Trust => "",
        PolicyKind::Boundary => {
            "A permissions boundary grants nothing: it is the most that the identity policies can grant."
        }
        PolicyKind::Session => {
            "A session policy grants nothing: it is the most that the session can do of what its role or user may."
        }
        PolicyKind::Scp => {
            "A service control policy grants nothing: it is the most that member accounts can grant."
        }
        PolicyKind::Rcp => {
            "A resource control policy grants nothing: it can only deny access to resources of member accounts."
        }
        PolicyKind::Vpce => {
            "An endpoint policy grants nothing: it is the most that can be done through the endpoint."
        }
    }
}

fn capitalised_kind(kind: PolicyKind) -> String {
    let words = kind.words();
    let mut characters = words.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

fn statement_items(document: &Document, kind: PolicyKind) -> Vec<Item> {
    let mut items: Vec<Item> = document
        .statements
        .iter()
        .take(MOST)
        .map(|statement| {
            let (mark, words) = statement_words(statement, kind);
            let reference = Line::new().muted(format!("{}  ", statement.reference()));
            Item::marked(mark, reference.then(words)).about(statement.place)
        })
        .collect();
    let all = document.statements.len();
    if all > MOST {
        let more = count(all - MOST, "more statement");
        items.push(Item::new(Line::new().muted(format!("and {more}"))));
    }
    items
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

fn titled(what: &'static str, identity: &Identity) -> Page {
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

/// What policies amount to, in a sentence or a few.
fn may(capability: &Capability, boundary: Option<&Attachment>, page: &mut Page) {
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

fn identity_facts(identity: &Identity) -> Vec<Fact> {
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

/// What may be done with each service, and the statements behind it.
fn by_service(capability: &Capability, page: &mut Page) {
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

fn origin_words(origin: Origin) -> &'static str {
    match origin {
        Origin::Aws => "AWS",
        Origin::Customer => "the account",
        Origin::External => "somebody else: its text was not loaded",
    }
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

/// Counts of a set of actions by level: what a row or a title says of it.
pub fn summary_words(summary: &Summary) -> Line {
    Line::from(count(summary.total, "action")).muted(levels(summary))
}
