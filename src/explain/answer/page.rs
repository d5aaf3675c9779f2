//! The answer on one page, in the order in which questions come: what, who, do we agree, who
//! denies, what nearly allowed it, whose turn it is, what would help.

use crate::iam::{Effect, Inventory, SessionKind};
use crate::simulate::{Layer, LayerStatus, Leg, NearMiss, Outcome, StatementRef};

use super::super::decision::{decision_words, dependence_words};
use super::super::english::listed;
use super::super::problem::quoted;
use super::super::{Fact, Item, Line, Link, Mark, Meaning, Page, Span};
use super::agree::Verdict;
use super::help::proposed;
use super::meant::may_mean;
use super::message::{denied_by, encoded, rests_on, title};
use super::{Answer, Finding};

/// Statements shown of one layer.
const MOST_STATEMENTS: usize = 6;

/// The answer to a denial.
pub fn answer_page(answer: &Answer, inventory: &Inventory) -> Page {
    let mut page = Page::new(title(&answer.denial));
    verdict(answer, &mut page);
    who(answer, &mut page);
    agreement(answer, &mut page);
    deniers(answer, inventory, &mut page);
    may_mean(answer, inventory, &mut page);
    near_misses(answer, inventory, &mut page);
    sides(answer, &mut page);
    proposed(answer, inventory, &mut page);
    rests_on(answer, &mut page);
    page
}

/// What it comes to, in a sentence.
fn verdict(answer: &Answer, page: &mut Page) {
    if let Some(why) = answer.denial.cause.explanation() {
        page.mark(Mark::Problem, quoted(why));
        return;
    }
    let Some(evaluated) = &answer.evaluated else {
        let why = match (&answer.denial.action, &answer.found) {
            (None, _) => {
                "The message does not say what was denied: it names no action and no operation."
            }
            (_, Finding::Several(_)) => "Several of those loaded may be meant: choose one.",
            _ if answer.denial.principal.is_none() => {
                "The message does not say who was denied: add the principal to evaluate it here."
            }
            _ => "The principal of the message could not be evaluated.",
        };
        page.mark(Mark::Depends, why);
        return;
    };
    let (mark, mut line) = decision_words(&evaluated.decision);
    if evaluated.decision.outcome == Outcome::Allow {
        line = line.plain(" Something that was not loaded denies it.");
    }
    page.mark(mark, line);
}

/// Who AWS saw: account, role or user, session.
fn who(answer: &Answer, page: &mut Page) {
    let mut facts = Vec::new();
    if let Some(evaluated) = &answer.evaluated {
        let principal = &evaluated.request.principal;
        let named = principal.role_arn.as_ref().or(principal.arn.as_ref());
        let within = |account: &String| named.is_some_and(|arn| arn.contains(account.as_str()));
        if let Some(account) = principal.account.as_ref().filter(|own| !within(own)) {
            facts.push(Fact::new("Account", Line::new().code(account.clone())));
        }
        match principal.kind {
            SessionKind::AssumedRole => {
                if let Some(role) = &principal.role_arn {
                    facts.push(Fact::new("Role", arn_line(role)));
                }
                let session = principal
                    .arn
                    .as_deref()
                    .and_then(|arn| arn.rsplit('/').next());
                if let Some(session) = session {
                    facts.push(Fact::new("Session", Line::new().code(session.to_owned())));
                }
            }
            SessionKind::User => {
                if let Some(user) = &principal.arn {
                    facts.push(Fact::new("User", arn_line(user)));
                }
            }
            _ => {
                let name = principal.service.clone().or_else(|| principal.arn.clone());
                let name = name.unwrap_or_else(|| principal.kind.name().to_owned());
                facts.push(Fact::new("Caller", Line::new().code(name)));
            }
        }
    } else if let Some(principal) = &answer.denial.principal {
        facts.push(Fact::new("Principal", Line::new().code(principal.clone())));
    }
    match &answer.found {
        Finding::Found(_) => {}
        Finding::Several(names) => {
            let items = names.iter().map(|name| Item::new(arn_line(name))).collect();
            facts.push(Fact::many("One of", items));
        }
        Finding::Missing(alike) if answer.denial.principal.is_some() => {
            let mut items = vec![Item::marked(Mark::Depends, "not among what was loaded")];
            items.extend(
                alike
                    .iter()
                    .map(|name| Item::new(Line::from("called alike: ").then(arn_line(name)))),
            );
            facts.push(Fact::many("Found", items));
        }
        Finding::Missing(_) => {}
    }
    facts.extend(encoded(&answer.denial));
    page.facts(facts);
}

pub(super) fn arn_line(arn: &str) -> Line {
    Span::new(Meaning::Code, arn.to_owned())
        .to(Link::Arn(arn.to_owned()))
        .into()
}

/// Where message and evaluation agree or differ.
fn agreement(answer: &Answer, page: &mut Page) {
    let aws = denied_by(&answer.denial);
    let (mark, words) = match answer.agreement.verdict {
        Verdict::NotEvaluated => return,
        Verdict::Agree => (Mark::Allow, "; our evaluation agrees."),
        Verdict::AgreeAndMore => (
            Mark::Allow,
            "; our evaluation agrees, and finds another policy that denies it.",
        ),
        Verdict::BothDeny => (Mark::Allow, "; our evaluation denies it too."),
        Verdict::OtherReason => (
            Mark::Problem,
            "; our evaluation denies it for another reason. AWS names only one of several.",
        ),
        Verdict::Depends => (Mark::Depends, "; our evaluation cannot be certain."),
        Verdict::OnlyAws => (Mark::Problem, "; our evaluation differs."),
    };
    page.mark(mark, Line::from(aws).plain(words));
    let missing = &answer.agreement.missing;
    page.list(
        missing
            .iter()
            .map(|why| Item::marked(Mark::Depends, quoted(why)))
            .collect(),
    );
}

/// Every denier, not only the one that AWS named.
fn deniers(answer: &Answer, inventory: &Inventory, page: &mut Page) {
    let Some(evaluated) = &answer.evaluated else {
        return;
    };
    let mut items = Vec::new();
    let several = evaluated.decision.legs.len() > 1;
    for leg in &evaluated.decision.legs {
        for layer in &leg.layers {
            let mark = match layer.status {
                LayerStatus::ExplicitDeny => Mark::ExplicitDeny,
                LayerStatus::ImplicitDeny => Mark::ImplicitDeny,
                LayerStatus::Depends => Mark::Depends,
                _ => continue,
            };
            items.push(denier(leg, layer, mark, several, inventory));
        }
    }
    if !items.is_empty() {
        page.heading("What denies it");
        page.list(items);
    }
}

fn denier(leg: &Leg, layer: &Layer, mark: Mark, several: bool, inventory: &Inventory) -> Item {
    let mut line = Line::new().strong(layer.kind.name()).plain(": ");
    if several {
        line = line.code(leg.action.clone()).plain(": ");
    }
    let reason = match layer.reason.strip_prefix("depends on ") {
        Some(labels) if layer.status == LayerStatus::Depends => {
            let labels: Vec<&str> = labels.split(", ").collect();
            Line::from("depends on ").then(listed(labels.into_iter().map(dependence_words), "and"))
        }
        _ => quoted(&layer.reason),
    };
    let mut item = Item::marked(mark, line.then(reason));
    let denying = layer
        .matched
        .iter()
        .filter(|matched| matched.statement.effect == Some(Effect::Deny));
    for matched in denying.take(MOST_STATEMENTS) {
        let mut line = statement_line(&matched.statement, inventory);
        if !matched.because_absent.is_empty() {
            line = line
                .plain(", because the request has no ")
                .key(matched.because_absent.join(", "));
        }
        item = item.below(Item::new(line).about(matched.statement.place));
    }
    item
}

/// A statement and where it stands.
fn statement_line(statement: &StatementRef, inventory: &Inventory) -> Line {
    let mut line = Line::from("statement ");
    line.push(
        Span::new(Meaning::Code, statement.statement.clone()).to(Link::Place(statement.place)),
    );
    let line = line.plain(" of ").code(statement.policy.clone());
    if statement.place.is_known() {
        return line.muted(format!(" at {}", inventory.describe(statement.place)));
    }
    line
}

/// What nearly allowed it, and by what it missed.
fn near_misses(answer: &Answer, inventory: &Inventory, page: &mut Page) {
    let near = answer.near_misses();
    if near.is_empty() {
        return;
    }
    page.heading("What nearly allows it");
    page.list(
        near.into_iter()
            .map(|near| near_miss(near, inventory))
            .collect(),
    );
}

fn near_miss(near: &NearMiss, inventory: &Inventory) -> Item {
    let mut item =
        Item::new(statement_line(&near.statement, inventory)).about(near.statement.place);
    for failed in &near.failed {
        item = item.below(Item::new(
            Line::new()
                .key(failed.part.name())
                .plain(": ")
                .then(quoted(&failed.reason)),
        ));
    }
    item
}

/// Whose turn it is across accounts.
fn sides(answer: &Answer, page: &mut Page) {
    let sides = answer.evaluated.as_ref().and_then(|own| own.sides.as_ref());
    let Some(sides) = sides else {
        return;
    };
    page.heading("Two accounts");
    let side = |name: &str, account: &str, allows: Option<bool>, what: &'static str| {
        let (mark, words) = match allows {
            Some(true) => (Mark::Allow, "allows it"),
            Some(false) => (Mark::ImplicitDeny, "has to change something: "),
            None => (Mark::Depends, "depends: "),
        };
        let line = Line::from(name.to_owned())
            .code(account.to_owned())
            .plain(format!(" {words}"));
        let line = match allows {
            Some(true) => line,
            _ => line.plain(what),
        };
        Item::marked(mark, line)
    };
    page.list(vec![
        side(
            "The caller's account ",
            &sides.caller,
            sides.caller_allows,
            "identity-based policies, boundary, session, SCPs",
        ),
        side(
            "The resource's account ",
            &sides.resource,
            sides.resource_allows,
            "the policy of the resource, RCPs",
        ),
    ]);
}
