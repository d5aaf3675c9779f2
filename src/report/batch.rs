//! Batches of `simulate`: cases in, decisions out, one JSON object a line.

use std::io::{self, BufRead, Write};

use serde_json::{Map, Value, json};

use crate::explain::page_address;
use crate::simulate::{Decision, LayerKind, Policies, StatementRef};

use super::batch_case::{Case, Expected};

/// How a batch is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct BatchOptions {
    /// Only name, decision, deniers and what it depends on.
    pub brief: bool,
    /// Only cases whose decision is not the one expected, and a count.
    pub check: bool,
}

/// How a batch went.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct BatchSummary {
    /// Cases read.
    pub cases: usize,
    /// Lines that could not be read.
    pub errors: usize,
    /// Cases whose decision is not the one expected.
    pub differ: usize,
}

/// Evaluates every case of a batch. Empty lines are passed over; a line that cannot be read gives an
/// error in its place, and the rest goes on.
///
/// # Errors
/// Reading or writing failed.
pub fn run(
    mut input: impl BufRead,
    mut output: impl Write,
    options: BatchOptions,
) -> io::Result<BatchSummary> {
    let mut summary = BatchSummary::default();
    let mut number = 0_usize;
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        if input.read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        number += 1;
        let line = String::from_utf8_lossy(&bytes);
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let result = match Case::read(line) {
            Err(error) => {
                summary.errors += 1;
                json!({"line": number, "error": error.to_string()})
            }
            Ok(case) => {
                summary.cases += 1;
                let decision = Policies::compile(&case.policies).evaluate(&case.request);
                let name = case.name.as_deref();
                if !options.check {
                    decision_line(name, &decision, options.brief)
                } else if case.expected.is_met(&decision) {
                    continue;
                } else {
                    summary.differ += 1;
                    let mut found = brief(name, &decision);
                    found.insert("line".to_owned(), number.into());
                    found.insert("expected".to_owned(), case.expected.to_json());
                    Value::Object(found)
                }
            }
        };
        writeln!(output, "{result}")?;
    }
    if options.check {
        let count = json!({
            "checked": summary.cases, "differ": summary.differ, "errors": summary.errors,
        });
        writeln!(output, "{count}")?;
    }
    output.flush()?;
    Ok(summary)
}

impl Expected {
    /// Whether a decision is the one expected, as far as anything is expected.
    pub fn is_met(&self, decision: &Decision) -> bool {
        let Expected {
            outcome,
            denier,
            deniers,
            depends_on,
        } = self;
        outcome.is_none_or(|own| own == decision.outcome)
            && denier.is_none_or(|own| own == decision.denier())
            && deniers.as_ref().is_none_or(|own| *own == decision.deniers)
            && depends_on
                .as_ref()
                .is_none_or(|own| *own == decision.depends_on)
    }

    fn to_json(&self) -> Value {
        let mut fields = Map::new();
        if let Some(outcome) = self.outcome {
            fields.insert("decision".to_owned(), outcome.name().into());
        }
        if let Some(denier) = self.denier {
            fields.insert("denier".to_owned(), denier.map(LayerKind::name).into());
        }
        if let Some(deniers) = &self.deniers {
            fields.insert("deniers".to_owned(), names(deniers));
        }
        if let Some(depends_on) = &self.depends_on {
            fields.insert("depends_on".to_owned(), depends_on.clone().into());
        }
        Value::Object(fields)
    }
}

/// A decision as one JSON object.
pub fn decision_line(name: Option<&str>, decision: &Decision, is_brief: bool) -> Value {
    let mut line = brief(name, decision);
    if is_brief {
        return Value::Object(line);
    }
    let layers = || decision.legs.iter().flat_map(|leg| &leg.layers);
    let mut matched: Vec<Value> = Vec::new();
    for one in layers().flat_map(|layer| &layer.matched) {
        let mut reference = statement(&one.statement);
        let effect = one.statement.effect.map(|effect| effect.name());
        reference.insert("effect".to_owned(), effect.into());
        let reference = Value::Object(reference);
        if !matched.contains(&reference) {
            matched.push(reference);
        }
    }
    let mut misses: Vec<_> = layers().flat_map(|layer| &layer.near_misses).collect();
    misses.sort_by_key(|miss| miss.failed.len());
    let mut near: Vec<Value> = Vec::new();
    for miss in misses {
        let mut reference = statement(&miss.statement);
        let failed: Vec<String> = miss.failed.iter().map(|part| part.part.name()).collect();
        reference.insert("failed".to_owned(), failed.into());
        let reference = Value::Object(reference);
        if !near.contains(&reference) {
            near.push(reference);
        }
    }
    line.insert("matched".to_owned(), matched.into());
    line.insert("near_misses".to_owned(), near.into());
    line.insert("warnings".to_owned(), decision.warnings.clone().into());
    line.insert("rules".to_owned(), rules(decision).into());
    Value::Object(line)
}

/// The rules applied, each once for a layer.
fn rules(decision: &Decision) -> Vec<Value> {
    let mut rules = Vec::new();
    for layer in decision.legs.iter().flat_map(|leg| &leg.layers) {
        for rule in layer.rules() {
            let rule = json!({
                "layer": layer.kind.name(),
                "rule": rule.words,
                "page": page_address(rule.page),
                "status": rule.status.name(),
            });
            if !rules.contains(&rule) {
                rules.push(rule);
            }
        }
    }
    rules
}

fn brief(name: Option<&str>, decision: &Decision) -> Map<String, Value> {
    let mut line = Map::new();
    line.insert("name".to_owned(), name.into());
    line.insert("decision".to_owned(), decision.outcome.name().into());
    let denier = decision.denier().map(LayerKind::name);
    line.insert("denier".to_owned(), denier.into());
    line.insert("deniers".to_owned(), names(&decision.deniers));
    line.insert("depends_on".to_owned(), decision.depends_on.clone().into());
    line
}

fn names(layers: &[LayerKind]) -> Value {
    layers.iter().map(|layer| layer.name()).collect()
}

fn statement(reference: &StatementRef) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("policy".to_owned(), reference.policy.clone().into());
    fields.insert("type".to_owned(), reference.kind.name().into());
    fields.insert("statement".to_owned(), reference.statement.clone().into());
    fields
}
