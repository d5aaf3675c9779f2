//! Policy documents of templates: objects, or JSON text that other functions make.

use super::evaluate::intrinsic;
use super::scope::Scope;
use crate::iam::{Document, Node, PolicyKind, Problem, Value, parse_document};
use crate::load::cases::{Cases, together};
use crate::load::json_text::{Origin, Piece, read_json};

impl Scope<'_> {
    /// The policy document that a property holds.
    pub fn document(&self, node: &Node, kind: PolicyKind) -> Document {
        self.document_with(node, kind, |_| {})
    }

    /// The policy document that a property holds, after what its service makes of it.
    pub fn document_with(
        &self,
        node: &Node,
        kind: PolicyKind,
        change: impl Fn(&mut Node),
    ) -> Document {
        let (mut value, fault) = self.document_node(node);
        change(&mut value);
        self.fill_blanks(&mut value);
        let mut document = parse_document(&value, kind);
        if let Some(problem) = fault {
            document.problems = vec![problem];
        }
        document
    }

    /// The resolved document, and what is wrong with its text where it is text.
    fn document_node(&self, node: &Node) -> (Node, Option<Problem>) {
        if let Some(("Fn::ToJsonString", inside)) = intrinsic(node) {
            return self.document_node(inside);
        }
        let is_text = match intrinsic(node) {
            Some((name, _)) => matches!(name, "Fn::Sub" | "Fn::Join"),
            None => matches!(node.value, Value::String(_)),
        };
        if !is_text {
            let cases = self.render(node);
            return match cases.as_slice() {
                [(guard, Some(value))] if guard.is_always() => match value.text() {
                    Some(text) => {
                        let piece = |part| Piece {
                            part,
                            origin: Origin::Inserted(node.place),
                        };
                        let pieces: Vec<Piece> = text.to_parts().into_iter().map(piece).collect();
                        read_json(&pieces, Some(&self.template.text), node.place)
                    }
                    None => (value.clone(), None),
                },
                _ => (together(node.place, cases), None),
            };
        }
        let mut fault = None;
        let mut cases: Cases = Vec::new();
        for (guard, pieces) in self.texts(node) {
            let (value, problem) = read_json(&pieces, Some(&self.template.text), node.place);
            fault = fault.or(problem);
            cases.push((guard, Some(value)));
        }
        match cases.as_slice() {
            [(guard, Some(value))] if guard.is_always() => (value.clone(), fault),
            _ => (together(node.place, cases), fault),
        }
    }
}
