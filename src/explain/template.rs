//! Parameters, unresolved references and undecided conditions of templates in words.

use crate::iam::{
    Inventory, Parameter, ParameterFrom, Place, Undecided, UnresolvedKind, UnresolvedUse,
};

use super::english::listed;
use super::resource::unresolved_kind;
use super::{Fact, Item, Line, Link, Mark, Meaning, Page, Span};

/// A parameter of a template or a variable of a module: its value, where it comes from, who uses it.
pub fn parameter_page(parameter: &Parameter, inventory: &Inventory) -> Page {
    let mut page = Page::new(
        Line::new()
            .plain("Parameter ")
            .strong(parameter.name.clone()),
    );
    match (&parameter.value, parameter.from) {
        _ if parameter.secret => page.say("Its value is a secret and is not shown."),
        (Some(value), Some(ParameterFrom::Given)) => {
            page.say(
                Line::new()
                    .plain("Its value was given: ")
                    .code(value.clone())
                    .plain("."),
            );
        }
        (Some(value), _) => page.mark(
            Mark::Problem,
            Line::new()
                .plain("Its value is the template's default, which is an assumption: ")
                .code(value.clone())
                .plain("."),
        ),
        (None, _) => page.mark(
            Mark::Unresolved,
            "It has no value: what uses it stays open until one is given.",
        ),
    }
    if parameter.placeholder {
        page.mark(
            Mark::Problem,
            "The value looks like a placeholder that is left to be filled in.",
        );
    }
    let mut facts = vec![Fact::new("Type", parameter.kind.clone())];
    if let Some(description) = &parameter.description {
        facts.push(Fact::new("Description", description.clone()));
    }
    if let Some(default) = parameter.default.as_ref().filter(|_| !parameter.secret) {
        facts.push(Fact::new("Default", Line::new().code(default.clone())));
    }
    if !parameter.allowed.is_empty() {
        let values = parameter.allowed.iter();
        let values = listed(values.map(|value| Line::new().code(value.clone())), "or");
        facts.push(Fact::new("Accepts", values));
    }
    if parameter.used_by.is_empty() {
        facts.push(Fact::new("Used by", "nothing that has or is a policy"));
    } else {
        let users = parameter.used_by.iter().take(60);
        let items = users.map(|name| Item::new(Line::new().plain(name.clone())));
        facts.push(Fact::many("Used by", items.collect()));
    }
    facts.push(where_fact(parameter.place, inventory));
    facts.push(give_fact(&parameter.name));
    page.facts(facts);
    page
}

fn give_fact(name: &str) -> Fact {
    Fact::new("Give it", Line::new().code(format!("--param {name}=VALUE")))
}

fn where_fact(place: Place, inventory: &Inventory) -> Fact {
    let words = inventory.describe(place);
    Fact::new(
        "Where",
        Line::from(Span::new(Meaning::Plain, words).to(Link::Place(place))),
    )
}

/// A reference that stays unresolved: what it is, and what would resolve it.
pub fn unresolved_page(reference: &UnresolvedUse, inventory: &Inventory) -> Page {
    let mut page = Page::new(
        Line::new()
            .plain("Unresolved ")
            .with(Meaning::Unknown, format!("${{{}}}", reference.name)),
    );
    page.mark(
        Mark::Unresolved,
        Line::new()
            .plain("Not known yet: ")
            .plain(unresolved_kind(reference.kind))
            .plain("."),
    );
    page.say("The same reference is the same value wherever it stands; against anything else a decision depends on it.");
    let mut facts = vec![where_fact(reference.place, inventory)];
    match reference.kind {
        UnresolvedKind::Parameter => facts.push(give_fact(&reference.name)),
        UnresolvedKind::Pseudo => facts.push(Fact::new(
            "Give it",
            Line::new()
                .code("--account ID")
                .plain(" or ")
                .code("--partition P"),
        )),
        UnresolvedKind::Attribute | UnresolvedKind::Import | UnresolvedKind::Expression => {}
    }
    page.facts(facts);
    page
}

/// A template condition that nothing decides.
pub fn undecided_page(undecided: &Undecided, inventory: &Inventory) -> Page {
    let mut page = Page::new(
        Line::new()
            .plain("Condition ")
            .strong(undecided.condition.clone()),
    );
    page.mark(
        Mark::Unresolved,
        "Nothing decides whether it holds: both branches are kept, and what they change is open.",
    );
    page.facts(vec![where_fact(undecided.place, inventory)]);
    page
}
