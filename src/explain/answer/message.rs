//! What a message says by itself, and what an answer rests on.

use crate::catalog;
use crate::denial::{Denial, Field, PolicyType};

use super::super::problem::quoted;
use super::super::{Fact, Item, Line, Mark, Page};
use super::Answer;

/// What a message says, where there is nothing to evaluate it against.
pub fn denial_page(denial: &Denial) -> Page {
    let mut page = Page::new(title(denial));
    if let Some(why) = denial.cause.explanation() {
        page.mark(Mark::Problem, quoted(why));
    }
    let mut facts = Vec::new();
    let mut fact = |label: &'static str, value: &Option<String>| {
        if let Some(value) = value {
            facts.push(Fact::new(label, Line::new().code(value.clone())));
        }
    };
    fact("Principal", &denial.principal);
    fact("Role", &denial.role_arn);
    fact("Action", &denial.action);
    fact("Resource", &denial.resource);
    fact("Written as", &denial.raw_resource);
    fact("Policy", &denial.policy_arn);
    fact("Operation", &denial.operation);
    fact("Error", &denial.error_code);
    fact("Time", &denial.time);
    facts.insert(0, Fact::new("Denied by", denied_by(denial)));
    facts.extend(guesses(denial));
    facts.extend(encoded(denial));
    facts.extend(context(denial));
    page.facts(facts);
    page
}

/// What the page of a denial is called.
pub(super) fn title(denial: &Denial) -> Line {
    let mut line = Line::from("Denied: ");
    line = match &denial.action {
        Some(action) => line.action(action),
        None => line.plain("a request"),
    };
    match &denial.resource {
        Some(resource) => line.plain(" on ").code(resource.clone()),
        None => line,
    }
}

/// What AWS says of who denied it.
pub(super) fn denied_by(denial: &Denial) -> String {
    let named = denial.policy_type.map(PolicyType::words);
    let mut words = match (denial.explicit, named) {
        (Some(true), Some(kind)) => format!("AWS names an explicit deny in a {kind}"),
        (Some(true), None) => "AWS reports an explicit deny".to_owned(),
        (Some(false), Some(kind)) => format!("AWS says that no {kind} allows it"),
        (_, Some(kind)) => format!("AWS names the {kind}"),
        (_, None) => "AWS does not say which policy denied it".to_owned(),
    };
    if let Some(via) = denial.via {
        words.push_str(&format!(", through a {}", via.words()));
    }
    words
}

/// What was read, assumed and used.
pub(super) fn rests_on(answer: &Answer, page: &mut Page) {
    let denial = &answer.denial;
    let mut facts: Vec<Fact> = guesses(denial).into_iter().collect();
    if !answer.assumed.is_empty() {
        let items = answer.assumed.iter();
        let items = items.map(|text| Item::marked(Mark::Depends, quoted(text)));
        facts.push(Fact::many("Assumed", items.collect()));
    }
    facts.extend(context(denial));
    let warnings = answer
        .evaluated
        .iter()
        .flat_map(|own| &own.decision.warnings);
    let warnings: Vec<Item> = warnings
        .map(|warning| Item::marked(Mark::Problem, quoted(warning)))
        .collect();
    if !warnings.is_empty() {
        facts.push(Fact::many("Mind", warnings));
    }
    facts.push(Fact::new(
        "Version",
        Line::new().muted(format!(
            "iamscope {}, actions as of {}",
            env!("CARGO_PKG_VERSION"),
            catalog::data_date()
        )),
    ));
    page.heading("What this rests on");
    page.facts(facts);
}

/// What was concluded rather than read.
fn guesses(denial: &Denial) -> Option<Fact> {
    let mut items = Vec::new();
    for field in &denial.guessed {
        let (name, value) = match field {
            Field::Principal => ("the principal", denial.principal.clone()),
            Field::Action => ("the action", denial.action.clone()),
            Field::Resource => ("the resource", denial.resource.clone()),
            Field::PolicyType => {
                let words = denial.policy_type.map(|kind| kind.words().to_owned());
                ("the policy that decided", words)
            }
            Field::Explicit => {
                let words = denial.explicit.map(|explicit| match explicit {
                    true => "explicit".to_owned(),
                    false => "implicit".to_owned(),
                });
                ("the kind of denial", words)
            }
        };
        let line = Line::from(name).plain(": ").code(value.unwrap_or_default());
        items.push(Item::marked(Mark::Depends, line));
    }
    if !denial.other_actions.is_empty() {
        let others = denial.other_actions.join(", ");
        items.push(Item::marked(
            Mark::Depends,
            Line::from("it may be about ")
                .code(others)
                .plain(" as well"),
        ));
    }
    (!items.is_empty()).then(|| Fact::many("Guessed", items))
}

pub(super) fn encoded(denial: &Denial) -> Option<Fact> {
    denial.encoded.as_ref()?;
    Some(Fact::new(
        "Encoded",
        quoted(
            "the message holds an encoded part: `aws sts decode-authorization-message \
             --encoded-message TEXT` tells which statement decided; paste its output here",
        ),
    ))
}

/// The context keys that the message or event gives.
fn context(denial: &Denial) -> Option<Fact> {
    let items: Vec<Item> = denial
        .context
        .iter()
        .map(|fact| {
            let value = match fact.values.is_empty() {
                true => Line::new().muted("absent"),
                false => Line::new().code(fact.values.join(", ")),
            };
            let line = Line::new().key(fact.key.clone()).plain(" ").then(value);
            Item::new(line.muted(format!(" ({})", fact.from)))
        })
        .collect();
    (!items.is_empty()).then(|| Fact::many("Context", items))
}
