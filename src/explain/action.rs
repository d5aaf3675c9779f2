//! An action of the catalogue in words, or what is wrong with a name that is none; and what a
//! pattern stands for.

use crate::catalog::{
    AccessLevel, Action, ActionInfo, ConditionKeyInfo, Exposes, Lookup, Service, Summary,
    data_date, escalation_methods, expand, exposes, index, lookup, operations_checking,
};
use crate::iam::{Effect, Statement};

use super::english::listed;
use super::{Fact, Item, Line, Link, Mark, Meaning, Page, Span, count, number};

/// What an action is: what it does and to what, what must go with it, where it is documented.
/// A name that is no action gets what was probably meant and why.
pub fn action_page(name: &str) -> Page {
    match lookup(name) {
        Lookup::Known(action) => known(&action.details()),
        other => not_known(name, &other),
    }
}

/// What a pattern stands for today, counted by level and service. Decodes no service, so that it
/// costs the same for `*` as for `s3:Get*`.
pub fn pattern_page(pattern: &str) -> Page {
    let summary = index().summarize(pattern);
    let mut page = Page::new(Line::new().code(pattern.to_owned()));
    if summary.total == 0 {
        let date = data_date();
        page.mark(
            Mark::Problem,
            format!("Matches no action of the data of {date}."),
        );
        return page;
    }
    page.say(counted(&summary));
    by_service(&summary, &mut page);
    page
}

/// What a NotAction list leaves, counted by level and service.
pub fn rest_page(statement: &Statement, summary: &Summary) -> Page {
    let mut page = Page::new("Every action that NotAction does not list");
    let list = statement.action.as_ref();
    let entries = list.map_or(&[][..], |list| &list.entries).iter();
    let listed = listed(entries.map(|entry| Line::new().text(&entry.text)), "and");
    let (mark, verb) = match statement.effect {
        Some(Effect::Allow) => (Mark::Allow, "Allows"),
        Some(Effect::Deny) => (Mark::ExplicitDeny, "Denies"),
        None => (Mark::Depends, "Means"),
    };
    let line = Line::new()
        .plain(verb)
        .plain(" every action, those that AWS adds later too, but ")
        .then(listed)
        .plain(".");
    page.mark(mark, line);
    page.say(counted(summary));
    by_service(summary, &mut page);
    page
}

/// What a NotAction list leaves of one service.
pub fn service_rest_page(service: &Service, summary: &Summary) -> Page {
    let mut page = Page::new(
        Line::new()
            .plain("What NotAction leaves of ")
            .plain(service.title()),
    );
    page.say(counted(summary));
    page
}

fn by_service(summary: &Summary, page: &mut Page) {
    let rows = summary.by_service.iter().map(|counted| {
        vec![
            Line::new().code(counted.service.prefix()),
            format!("{} of {}", number(counted.count), number(counted.of())).into(),
            levels(&counted.by_level).into(),
            Line::new().muted(counted.service.title()),
        ]
    });
    if rows.len() > 1 {
        page.table(
            &["Service", "Actions", "Access levels", "Name"],
            rows.collect(),
        );
    }
}

/// Every action that a pattern stands for: name, level, resource types, what it does.
pub fn pattern_table(pattern: &str) -> Page {
    let mut page = Page::default();
    let rows = expand(pattern).into_iter().map(|action| {
        let info = action.details();
        vec![
            Line::new().action(action.canonical()),
            level(action),
            resource_names(&info).into(),
            info.purpose().into(),
        ]
    });
    page.table(
        &[
            "Action",
            "Access level",
            "Resource types (* required)",
            "What it may do",
        ],
        rows.collect(),
    );
    page
}

/// Resource types of one action in a table.
const MOST_TYPES: usize = 6;

/// `7,018 actions of 430 services: 3,000 List, 4,018 Read`.
fn counted(summary: &Summary) -> Line {
    let services = summary.by_service.len();
    let mut line = Line::new()
        .strong(count(summary.total, "action"))
        .plain(format!(
            " of {}: {}",
            count(services, "service"),
            levels(&summary.by_level)
        ));
    let hidden = summary.hidden_permissions_management;
    if hidden > 0 {
        line = line.plain(format!(
            "; {} that AWS calls something milder also {} permissions",
            number(hidden),
            if hidden == 1 { "manages" } else { "manage" },
        ));
    }
    line.muted(format!(" (data of {})", data_date()))
}

fn levels(by_level: &[usize; 5]) -> String {
    let counts = AccessLevel::ALL.iter().zip(by_level);
    let present = counts.filter(|(_, count)| **count > 0);
    let words: Vec<String> = present
        .map(|(level, count)| format!("{} {}", number(*count), level.name()))
        .collect();
    words.join(", ")
}

fn resource_names(info: &ActionInfo) -> String {
    if info.resource_types.is_empty() {
        return "none".to_owned();
    }
    let names = info.resource_types.iter().take(MOST_TYPES).map(|used| {
        let star = if used.required { "*" } else { "" };
        format!("{}{star}", used.name)
    });
    let mut names = names.collect::<Vec<_>>().join(", ");
    // A few tagging actions have hundreds, and would make the column as wide for all.
    let more = info.resource_types.len().saturating_sub(MOST_TYPES);
    if more > 0 {
        names.push_str(&format!(" and {more} more"));
    }
    names
}

fn level(action: &Action) -> Line {
    let line = Line::from(action.level().name());
    if action.hides_permissions_management() {
        line.with(Meaning::Warning, " (manages permissions)")
    } else {
        line
    }
}

fn known(info: &ActionInfo) -> Page {
    let action = info.action;
    let mut page = Page::new(Line::new().code(action.canonical()));
    page.say(info.description);
    sensitivity(action, &mut page);

    let service = action.service();
    let mut facts = vec![
        Fact::new(
            "Service",
            Line::from(service.title()).muted(format!(" ({})", service.prefix())),
        ),
        Fact::new("Access level", level(action)),
    ];
    if info.resource_types.is_empty() {
        facts.push(Fact::new(
            "Resources",
            Line::from("acts on no resource type: it needs ").code("\"Resource\": \"*\""),
        ));
    } else {
        let alternatives = info.resource_types.len() > 1 && !action.requires_resource();
        let values = info.resource_types.iter().map(|used| {
            let need = match (used.required, alternatives) {
                (true, _) => " (required)",
                (false, true) => " (one of these)",
                (false, false) => " (optional)",
            };
            Item::new(Line::new().code(used.name).plain(need))
                .below(Item::new(Line::new().code(used.arn)))
        });
        facts.push(Fact::many("Resources", values.collect()));
    }
    facts.push(dependents(info));
    let operations = operations_checking(action);
    if !operations.is_empty() {
        facts.push(Fact::new(
            "Also checked by",
            Line::from(operations.join(", ")),
        ));
    }
    if info.permission_only == Some(true) {
        facts.push(Fact::new(
            "API operation",
            "none of this name: it is a permission that other operations check",
        ));
    }
    let url =
        Span::new(Meaning::Plain, info.documentation).to(Link::Url(info.documentation.to_owned()));
    let mut documentation = Line::from(url);
    if info.documentation_is_service_page {
        documentation = documentation.muted(" (the page of the service)");
    }
    facts.push(Fact::new("Documentation", documentation));
    facts.push(Fact::new("Data of", data_date()));
    page.facts(facts);

    if info.condition_keys.is_empty() {
        page.say(
            "It has no condition keys of its own; those that AWS defines for all services work.",
        );
    } else {
        let rows = info.condition_keys.iter().map(|key| key_row(info, key));
        page.table(
            &["Condition key", "Type", "With", "Meaning"],
            rows.collect(),
        );
    }
    page
}

/// Why to look twice before granting it.
fn sensitivity(action: &Action, page: &mut Page) {
    if action.hides_permissions_management() {
        page.mark(
            Mark::Problem,
            format!(
                "AWS calls it {}, but it changes who may do what: treat it as permissions management.",
                action.level()
            ),
        );
    }
    match exposes(action) {
        Some(Exposes::Credentials) => page.mark(Mark::Problem, "Its answer holds credentials."),
        Some(Exposes::Data) => page.mark(Mark::Problem, "Its answer often holds sensitive data."),
        None => {}
    }
    let methods = escalation_methods().iter();
    let methods =
        methods.filter(|method| method.actions.iter().any(|used| used.id() == action.id()));
    let (alone, together): (Vec<_>, Vec<_>) = methods.partition(|method| method.actions.len() == 1);
    if !alone.is_empty() {
        page.mark(
            Mark::Problem,
            "Whoever may do this, unscoped, can give themselves more permissions.",
        );
    } else if !together.is_empty() {
        page.mark(
            Mark::Problem,
            format!(
                "Together with other actions it can give its caller more permissions ({} known).",
                count(together.len(), "way")
            ),
        );
    }
}

fn dependents(info: &ActionInfo) -> Fact {
    let label = "Needs as well";
    match &info.dependent_actions {
        None => Fact::new(
            label,
            Line::new().with(
                Meaning::Unknown,
                "not known: the action is newer than the data that says",
            ),
        ),
        Some(names) if names.is_empty() => Fact::new(label, "no other action"),
        Some(names) => {
            let items = names.iter().map(|name| Item::new(Line::new().action(name)));
            Fact::many(label, items.collect())
        }
    }
}

/// A condition key, its type, the resource types it goes with, what it means.
fn key_row(info: &ActionInfo, key: &ConditionKeyInfo) -> Vec<Line> {
    let own = info
        .own_condition_keys
        .iter()
        .any(|own| own.name == key.name);
    let with = if own {
        "any".to_owned()
    } else {
        let types = info.resource_types.iter();
        let types = types.filter(|used| used.condition_keys.iter().any(|of| of.name == key.name));
        types.map(|used| used.name).collect::<Vec<_>>().join(", ")
    };
    let several = if key.multi_valued { ", several" } else { "" };
    vec![
        Line::new().key(key.name.clone()),
        Line::from(format!("{}{several}", key.kind.name())),
        Line::from(with),
        Line::from(key.description.clone()),
    ]
}

fn not_known(name: &str, answer: &Lookup) -> Page {
    let mut page = Page::new(Line::new().code(name.to_owned()));
    match answer {
        Lookup::Known(_) => {}
        Lookup::NewerThanData => page.mark(
            Mark::Depends,
            format!(
                "It exists, but is newer than the data of {}: nothing more is known of it here.",
                data_date()
            ),
        ),
        Lookup::Retired => page.mark(
            Mark::Problem,
            format!(
                "AWS's reference once had this action; the data of {} has it no longer.",
                data_date()
            ),
        ),
        Lookup::ApiNameNotAction { use_instead, why } => {
            page.mark(Mark::Problem, format!("{why}."));
            page.say("A policy that names it grants nothing. Use instead:");
            page.list(
                use_instead
                    .iter()
                    .map(|action| suggestion(action))
                    .collect(),
            );
        }
        Lookup::OperationOnly { nearest } => {
            page.mark(
                Mark::Depends,
                format!(
                    "An API operation has this name. The data of {} does not say what authorises \
                     it: an action of that name newer than the data, or one of another name.",
                    data_date()
                ),
            );
            similar(nearest, &mut page);
        }
        Lookup::Unknown { nearest } => {
            page.mark(
                Mark::Problem,
                format!(
                    "No action of the data of {} has this name; a policy that names it grants nothing.",
                    data_date()
                ),
            );
            if !name.contains(':') {
                page.say(
                    "An action is written with the prefix of its service, as in s3:GetObject.",
                );
            }
            similar(nearest, &mut page);
        }
    }
    page
}

fn similar(nearest: &[&'static Action], page: &mut Page) {
    if !nearest.is_empty() {
        page.say("Actions that may be meant:");
        page.list(nearest.iter().map(|action| suggestion(action)).collect());
    }
}

fn suggestion(action: &'static Action) -> Item {
    let line = Line::new().action(action.canonical());
    let line = line.muted(format!(" ({})", action.level()));
    Item::new(line.plain(format!(": {}", action.details().purpose())))
}
