//! A decision in words: the answer, each layer with its reasons, what nearly applied, what it
//! depends on.

use crate::iam::{Effect, PolicyKind, Text};
use crate::simulate::{
    Decision, Layer, LayerKind, LayerStatus, Leg, Matched, NearMiss, Outcome, PartKind, Request,
    Rule, RuleStatus, StatementRef, Truth,
};

use super::condition::capitalised;
use super::english::{count, listed};
use super::problem::{aws_page, quoted};
use super::{Item, Line, Link, Mark, Meaning, Page, Span};

/// How many near misses of a layer are told.
const NEAREST: usize = 5;

/// The answer to a request, with every reason.
pub fn decision_page(request: &Request, decision: &Decision) -> Page {
    let mut page = Page::new("Decision");
    let (mark, words) = decision_words(decision);
    page.mark(mark, words);
    if let Some(sentence) = aws_sentence(request, decision) {
        page.say(Line::new().muted("AWS would say: ").code(sentence));
    }
    if !decision.depends_on.is_empty() {
        page.heading("Depends on");
        let items = decision.depends_on.iter();
        page.list(
            items
                .map(|label| Item::marked(Mark::Depends, dependence_words(label)))
                .collect(),
        );
    }
    for leg in &decision.legs {
        if decision.legs.len() > 1 {
            page.heading(leg_words(leg));
        }
        page.list(leg.layers.iter().map(layer_item).collect());
    }
    if !decision.warnings.is_empty() {
        page.heading("Mind");
        let warnings = decision.warnings.iter();
        page.list(
            warnings
                .map(|warning| Item::marked(Mark::Problem, quoted(warning)))
                .collect(),
        );
    }
    page
}

/// The mark of an outcome.
pub fn outcome_mark(outcome: Outcome) -> Mark {
    match outcome {
        Outcome::Allow => Mark::Allow,
        Outcome::ExplicitDeny => Mark::ExplicitDeny,
        Outcome::ImplicitDeny => Mark::ImplicitDeny,
        Outcome::Depends => Mark::Depends,
    }
}

/// The answer in a sentence: `denied: no identity-based policy allows s3:ListBucket on ...`.
pub fn decision_words(decision: &Decision) -> (Mark, Line) {
    let mark = outcome_mark(decision.outcome);
    // The leg that decides is the first whose outcome is the decision's.
    let deciding = decision
        .legs
        .iter()
        .find(|leg| leg.outcome == decision.outcome)
        .or(decision.legs.first());
    let Some(leg) = deciding else {
        return (mark, outcome_word(decision.outcome));
    };
    let word = outcome_word(decision.outcome);
    let on = || {
        Line::new()
            .action(&leg.action)
            .plain(" on ")
            .then(resource(&leg.resource))
    };
    let line = match decision.outcome {
        Outcome::Allow if decision.legs.len() > 1 => word
            .plain(": all ")
            .plain(decision.legs.len().to_string())
            .plain(" parts of the request are"),
        Outcome::Allow => match granting(leg) {
            Some(statement) => word
                .plain(": ")
                .then(on())
                .plain(", by ")
                .then(reference(statement)),
            None => word.plain(": ").then(on()),
        },
        Outcome::ExplicitDeny => match denying(leg) {
            Some(statement) => word
                .plain(": ")
                .then(reference(statement))
                .plain(" denies ")
                .then(on()),
            None => word.plain(": a statement denies ").then(on()),
        },
        Outcome::ImplicitDeny => match decision.denier().and_then(|kind| layer(leg, kind)) {
            Some(found) => word
                .plain(": ")
                .then(quoted(&found.reason))
                .plain(if found.reason.contains(&leg.action) {
                    ""
                } else {
                    ", for "
                })
                .then(if found.reason.contains(&leg.action) {
                    Line::new().plain(" on ").then(resource(&leg.resource))
                } else {
                    on()
                }),
            None => word.plain(": nothing allows ").then(on()),
        },
        Outcome::Depends => {
            let labels = decision.depends_on.iter();
            word.plain(" on ")
                .then(listed(labels.map(|label| dependence_words(label)), "and"))
                .plain(": ")
                .then(on())
        }
    };
    (mark, line.plain("."))
}

fn outcome_word(outcome: Outcome) -> Line {
    match outcome {
        Outcome::Allow => Line::new().with(Meaning::Allow, "Allowed"),
        Outcome::ExplicitDeny => Line::new().with(Meaning::Deny, "Explicitly denied"),
        Outcome::ImplicitDeny => Line::new().with(Meaning::Deny, "Denied"),
        Outcome::Depends => Line::new().with(Meaning::Unknown, "Depends"),
    }
}

fn resource(text: &Text) -> Line {
    if *text == *"*" {
        "every resource".into()
    } else if unnamed(text) {
        "a resource that is not named".into()
    } else {
        Line::new().text(text)
    }
}

/// Whether nobody said which resource it is.
fn unnamed(text: &Text) -> bool {
    let mut references = text.references();
    let only = references.next().filter(|_| references.next().is_none());
    only.is_some_and(|own| own.name == "resource" && !own.place.is_known())
        && text.pieces().all(|piece| piece.is_err())
}

fn layer(leg: &Leg, kind: LayerKind) -> Option<&Layer> {
    leg.layers.iter().find(|layer| layer.kind == kind)
}

fn first_applying(leg: &Leg, effect: Effect) -> Option<&StatementRef> {
    let matched = leg.layers.iter().flat_map(|layer| &layer.matched);
    matched
        .filter(|matched| matched.applies == Truth::Yes)
        .map(|matched| &matched.statement)
        .find(|statement| statement.effect == Some(effect))
}

fn denying(leg: &Leg) -> Option<&StatementRef> {
    first_applying(leg, Effect::Deny)
}

/// The statement that grants: of an identity or resource policy, since the others only limit.
fn granting(leg: &Leg) -> Option<&StatementRef> {
    [LayerKind::Identity, LayerKind::Resource]
        .into_iter()
        .filter_map(|kind| layer(leg, kind))
        .flat_map(|layer| &layer.matched)
        .filter(|matched| matched.applies == Truth::Yes)
        .map(|matched| &matched.statement)
        .find(|statement| statement.effect == Some(Effect::Allow))
}

/// `statement 2 of lambda-app-ctrl-policy`, leading to it.
fn reference(statement: &StatementRef) -> Line {
    let name = format!("statement {} of {}", statement.statement, statement.policy);
    Line::from(Span::new(Meaning::Emphasis, name).to(Link::Place(statement.place)))
}

/// An action on a resource and what became of it.
fn leg_words(leg: &Leg) -> Line {
    let (word, meaning) = match leg.outcome {
        Outcome::Allow => ("allowed", Meaning::Allow),
        Outcome::ExplicitDeny => ("explicitly denied", Meaning::Deny),
        Outcome::ImplicitDeny => ("denied", Meaning::Deny),
        Outcome::Depends => ("depends", Meaning::Unknown),
    };
    Line::new()
        .action(&leg.action)
        .plain(" on ")
        .then(resource(&leg.resource))
        .plain(": ")
        .with(meaning, word)
}

/// The name of a layer as people call it.
pub fn layer_name(kind: LayerKind) -> &'static str {
    match kind {
        LayerKind::Credential => "credential",
        LayerKind::Partition => "partition",
        LayerKind::Rcp => "RCP",
        LayerKind::Scp => "SCP",
        LayerKind::Vpce => "endpoint",
        LayerKind::Resource => "resource",
        LayerKind::Identity => "identity",
        LayerKind::Boundary => "boundary",
        LayerKind::Session => "session",
    }
}

/// The mark of a layer; none where it has no part in the decision.
pub fn layer_mark(status: LayerStatus) -> Option<Mark> {
    match status {
        LayerStatus::NotGiven | LayerStatus::NotApplicable | LayerStatus::NotNeeded => None,
        LayerStatus::Allows => Some(Mark::Allow),
        LayerStatus::ExplicitDeny => Some(Mark::ExplicitDeny),
        LayerStatus::ImplicitDeny => Some(Mark::ImplicitDeny),
        LayerStatus::Depends => Some(Mark::Depends),
    }
}

/// One layer: what it says and why, the statements that apply, those that nearly do.
pub fn layer_item(layer: &Layer) -> Item {
    let mut line = Line::new()
        .strong(layer_name(layer.kind))
        .plain("  ")
        .then(quoted(&layer.reason));
    if layer.policies > 0 {
        line = line.muted(format!(
            "  ({}, {}, {} apply)",
            count(layer.policies, "policy"),
            count(layer.statements, "statement"),
            layer.matched.len()
        ));
    }
    let mut item = Item {
        mark: layer_mark(layer.status),
        ..Item::new(line)
    };
    for matched in layer.matched.iter().take(NEAREST) {
        item = item.below(matched_item(matched));
    }
    if layer.matched.len() > NEAREST {
        let more = layer.matched.len() - NEAREST;
        item = item.below(Item::new(
            Line::new().muted(format!("and {more} more apply")),
        ));
    }
    // Where a layer allows, what nearly did is of no interest.
    if matches!(
        layer.status,
        LayerStatus::ImplicitDeny | LayerStatus::Depends
    ) {
        for near in layer.near_misses.iter().take(NEAREST) {
            item = item.below(near_miss_item(near));
        }
    }
    for rule in layer.rules() {
        item = item.below(Item::new(rule_words(rule)));
    }
    item
}

/// A statement that applies, or may.
pub fn matched_item(matched: &Matched) -> Item {
    let (mark, verb) = match (matched.statement.effect, matched.applies) {
        (Some(Effect::Allow), Truth::Yes) => (Mark::Allow, "allows"),
        (Some(Effect::Deny), Truth::Yes) => (Mark::ExplicitDeny, "denies"),
        (Some(Effect::Allow), _) => (Mark::Depends, "may allow"),
        (Some(Effect::Deny), _) => (Mark::Depends, "may deny"),
        (None, _) => (Mark::Depends, "may allow or deny"),
    };
    let mut line = reference(&matched.statement).plain(" ").plain(verb);
    if !matched.depends_on.is_empty() {
        let labels = matched.depends_on.iter();
        line = line
            .plain(": depends on ")
            .then(listed(labels.map(|label| dependence_words(label)), "and"));
    }
    let mut item = Item::marked(mark, line).about(matched.statement.place);
    for key in &matched.because_absent {
        item = item.below(Item::marked(
            Mark::Problem,
            Line::new()
                .plain("only because ")
                .key(key.clone())
                .plain(" is not in the request"),
        ));
    }
    item
}

/// A statement that nearly applies: every part that fails, what it asks for and what the request has.
pub fn near_miss_item(near: &NearMiss) -> Item {
    let line = Line::new().muted("near  ").then(reference(&near.statement));
    let mut item = Item::new(line).about(near.statement.place);
    for failed in &near.failed {
        let name = match &failed.part {
            PartKind::Condition(key) => Line::new().key(key.clone()),
            part => Line::new().plain(part.name()),
        };
        let absent = failed.actual.is_none() && matches!(failed.part, PartKind::Condition(_));
        let line = name
            .with(Meaning::Deny, if absent { " absent: " } else { ": " })
            .then(quoted(&failed.reason));
        item = item.below(Item::marked(Mark::ExplicitDeny, line).about(failed.place));
    }
    item
}

/// A rule, its page, and whether AWS documents it.
pub fn rule_words(rule: &Rule) -> Line {
    let status = match rule.status {
        RuleStatus::Documented => "",
        RuleStatus::Inferred => " (AWS's documentation leaves this open)",
        RuleStatus::Contradicted => " (AWS's documentation contradicts itself here)",
    };
    let mut words = quoted(rule.words);
    for span in &mut words.spans {
        if span.meaning == Meaning::Plain {
            span.meaning = Meaning::Muted;
        }
    }
    let line = Line::new().muted("rule: ").then(words);
    line.muted(status).muted("  ").then(aws_page(rule.page))
}

/// What a decision depends on, from its label: a key, `template:NAME`, `statement:POLICY/STATEMENT`.
pub fn dependence_words(label: &str) -> Line {
    if label == "template:resource" {
        Line::from("the resource, which is not named")
    } else if let Some(policy) = label.strip_prefix("policy:") {
        match policy.strip_prefix("identity-based policies of ") {
            Some(entity) => Line::from("the policies of ")
                .code(entity.to_owned())
                .plain(", which were not loaded"),
            None => Line::from(format!("the {policy}, which was not loaded")),
        }
    } else if let Some(name) = label.strip_prefix("template:") {
        Line::new()
            .plain("the template's ")
            .with(Meaning::Unknown, format!("${{{name}}}"))
    } else if let Some(statement) = label.strip_prefix("statement:") {
        Line::new()
            .plain("what cannot be read in ")
            .code(statement.to_owned())
    } else {
        Line::new().key(label.to_owned())
    }
}

/// The sentence that AWS puts into its error message (IAM: troubleshoot_access-denied). AWS names one
/// denier and does not say which; this names the first.
pub fn aws_sentence(request: &Request, decision: &Decision) -> Option<String> {
    let leg = decision
        .legs
        .iter()
        .find(|leg| leg.outcome == decision.outcome)?;
    let denier = decision.denier()?;
    let kind = denier_words(denier, leg)?;
    let caller = request.principal.arn.as_deref()?;
    let (action, resource) = (&leg.action, &leg.resource);
    let begin =
        format!("User: {caller} is not authorized to perform: {action} on resource: {resource}");
    match decision.outcome {
        Outcome::ExplicitDeny => {
            let article = if kind.starts_with('i') { "an" } else { "a" };
            Some(format!("{begin} with an explicit deny in {article} {kind}"))
        }
        Outcome::ImplicitDeny => Some(format!(
            "{begin} because no {kind} allows the {action} action"
        )),
        Outcome::Allow | Outcome::Depends => None,
    }
}

/// AWS's words for the policies of a denier.
fn denier_words(denier: LayerKind, leg: &Leg) -> Option<&'static str> {
    let kind = match denier {
        LayerKind::Credential | LayerKind::Partition => return None,
        LayerKind::Rcp => PolicyKind::Rcp,
        LayerKind::Scp => PolicyKind::Scp,
        LayerKind::Vpce => PolicyKind::Vpce,
        LayerKind::Identity => PolicyKind::Identity,
        LayerKind::Boundary => PolicyKind::Boundary,
        LayerKind::Session => PolicyKind::Session,
        // A role's resource policy is its trust policy.
        LayerKind::Resource if is_trust(leg) => PolicyKind::Trust,
        LayerKind::Resource => PolicyKind::Resource,
    };
    Some(kind.words())
}

fn is_trust(leg: &Leg) -> bool {
    let lower = leg.action.to_ascii_lowercase();
    lower.starts_with("sts:assumerole")
        || lower == "sts:tagsession"
        || lower == "sts:setsourceidentity"
}

/// What a decision of one leg says first, for rows of saved requests: the denier's reason.
pub fn short_words(decision: &Decision) -> Line {
    match decision.outcome {
        Outcome::Allow => "allowed".into(),
        Outcome::Depends => "depends".into(),
        Outcome::ExplicitDeny | Outcome::ImplicitDeny => {
            let names = decision
                .deniers
                .iter()
                .map(|kind| Line::from(layer_name(*kind)));
            let names: Vec<Line> = names.collect();
            let word = if decision.outcome == Outcome::ExplicitDeny {
                "denied explicitly by "
            } else {
                "denied by "
            };
            capitalised(Line::from(word)).then(listed(names.into_iter(), "and"))
        }
    }
}
