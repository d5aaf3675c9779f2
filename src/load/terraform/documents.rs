//! Policy documents: JSON text of attributes, and `aws_iam_policy_document` data where the text
//! is not known yet.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::iam::{Document, Node, Place, PolicyKind, Problem, Value, parse_document};

use super::super::blanks::Blanks;
use super::super::cloudformation::Given;
use super::super::json_text::{Origin, Piece, read_json};
use super::super::positions::SourceText;
use super::plan::without_keys;
use super::{Resource, policy_document};

/// Reads documents, with the data that they may refer to at hand.
pub(super) struct Documents<'a> {
    pub resources: &'a [Resource],
    /// The text that places of policies in JSON text are looked up in.
    pub text: Option<&'a SourceText>,
    /// What is already known to be wrong with JSON text, by where it begins.
    pub faults: &'a HashMap<Place, Problem>,
    /// What the user gives, placeholders among it.
    pub given: &'a Given,
    /// The placeholders that were met.
    pub blanks: RefCell<Blanks>,
}

impl Documents<'_> {
    /// The document of an attribute of a resource.
    pub fn read(&self, resource: &Resource, node: &Node, kind: PolicyKind) -> Document {
        let (mut value, problems) = self.value(node, 0);
        let given = |name: &str| {
            let value = self.given.parameters.get(name)?.scalar()?;
            value.as_plain().map(str::to_owned)
        };
        let mut blanks = self.blanks.borrow_mut();
        blanks.fill(&mut value, &resource.address, &given);
        let mut document = parse_document(&value, kind);
        if value.text().is_some() && !problems.is_empty() {
            document.problems = problems;
        } else {
            document.problems.extend(problems);
        }
        document
    }

    /// The policy that an attribute holds, and what is wrong with its text.
    fn value(&self, node: &Node, depth: usize) -> (Node, Vec<Problem>) {
        let Some(text) = node.text() else {
            return (node.clone(), Vec::new());
        };
        if let Some(reference) = text.as_reference()
            && depth < 8
            && let Some(data) = self.data_document(&reference.name)
        {
            let inside = RefCell::new(Vec::new());
            let (value, problems) = policy_document::build(&data.values, data.place, &|node| {
                let (value, problems) = self.value(node, depth + 1);
                inside.borrow_mut().extend(problems);
                value
            });
            let mut all = inside.into_inner();
            all.extend(problems);
            return (value, all);
        }
        if let Some(fault) = self.faults.get(&node.place) {
            return (node.clone(), vec![fault.clone()]);
        }
        let piece = |part| Piece {
            part,
            origin: Origin::Scalar(node.place, 0),
        };
        let pieces: Vec<Piece> = text.to_parts().into_iter().map(piece).collect();
        let (value, problem) = read_json(&pieces, self.text, node.place);
        (value, problem.into_iter().collect())
    }

    /// The data that `data.aws_iam_policy_document.NAME.json` is read from.
    fn data_document(&self, reference: &str) -> Option<&Resource> {
        let address = reference
            .strip_suffix(".json")
            .or_else(|| reference.strip_suffix(".minified_json"))
            .unwrap_or(reference);
        let address = without_keys(address);
        self.resources.iter().find(|one| {
            one.kind == "aws_iam_policy_document" && without_keys(&one.address) == address
        })
    }
}

/// A document that is not there.
pub(super) fn missing(resource: &Resource) -> Document {
    let mut document = parse_document(
        &Node::new(resource.place, Value::Null),
        PolicyKind::Identity,
    );
    let message = format!("`{}` does not say its policy", resource.address);
    document.problems = vec![Problem::warning(resource.place, message)];
    document
}
