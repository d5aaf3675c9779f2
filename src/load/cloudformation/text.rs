//! Strings of templates: `Fn::Sub`, `Fn::Join` and plain text, with the place of every piece, so
//! that a policy written as text can be pointed into.

use super::evaluate::argument_pair;
use super::scope::Scope;
use crate::iam::{Guard, Node, Part, Place, Problem, Text, UnresolvedKind, Value};
use crate::load::json_text::{Origin, Piece};

/// Combinations of undecided conditions that one string is followed through.
const MAX_CASES: usize = 16;

/// What a string may be, and when.
pub(in crate::load) type TextCases = Vec<(Guard, Vec<Piece>)>;

impl Scope<'_> {
    /// The strings that a value stands for, one for each combination of undecided conditions.
    pub fn texts(&self, node: &Node) -> TextCases {
        if !self.enter(node.place) {
            self.leave();
            return Vec::new();
        }
        let texts = self.texts_inside(node);
        self.leave();
        texts
    }

    fn texts_inside(&self, node: &Node) -> TextCases {
        match (&node.value, node.members()) {
            (Value::String(text), _) => {
                let origin = Origin::Scalar(node.place, 0);
                let piece = |part| Piece { part, origin };
                let parts = self.with_dynamic_references(text.to_parts(), node.place);
                vec![(Guard::always(), parts.into_iter().map(piece).collect())]
            }
            (_, [member]) if member.key == *"Fn::Sub" => self.sub(&member.value),
            (_, [member]) if member.key == *"Fn::Join" => self.join(&member.value),
            _ => {
                let cases = self.render(node).into_iter();
                cases
                    .map(|(guard, value)| {
                        let pieces = value.map(|value| self.inserted(&value, node.place));
                        (guard, pieces.unwrap_or_default())
                    })
                    .collect()
            }
        }
    }

    /// Parts in which `{{resolve:ssm:name}}` and its like, which are looked up elsewhere when a stack
    /// is deployed, are unresolved.
    pub(super) fn with_dynamic_references(&self, parts: Vec<Part>, place: Place) -> Vec<Part> {
        const OPEN: &str = "{{resolve:";
        let mut found = Vec::new();
        for part in parts {
            let Part::Literal(text) = part else {
                found.push(part);
                continue;
            };
            let mut rest: &str = &text;
            while let Some((before, after)) = rest.split_once(OPEN) {
                let Some((name, after)) = after.split_once("}}") else {
                    break;
                };
                found.push(Part::Literal(before.into()));
                let name = format!("resolve:{name}");
                found.push(self.unresolved(&name, UnresolvedKind::Import, place));
                rest = after;
            }
            found.push(Part::Literal(rest.into()));
        }
        found
    }

    /// A resolved value as pieces of a string; a list is joined by commas.
    fn inserted(&self, value: &Node, place: Place) -> Vec<Piece> {
        let origin = Origin::Inserted(place);
        let piece = |part| Piece { part, origin };
        let parts = match &value.value {
            Value::List(items) => {
                let texts = items.iter().filter_map(Node::scalar);
                let mut parts = Vec::new();
                for text in texts {
                    if !parts.is_empty() {
                        parts.push(Part::Literal(",".into()));
                    }
                    parts.extend(text.to_parts());
                }
                parts
            }
            Value::Object(_) => self
                .unresolved_expression(value)
                .scalar()
                .map(|text| text.to_parts())
                .unwrap_or_default(),
            _ => value
                .scalar()
                .map(|text| text.to_parts())
                .unwrap_or_default(),
        };
        parts.into_iter().map(piece).collect()
    }

    /// `Fn::Sub`: a string, or a string and a map of variables, which shadow resources.
    fn sub(&self, argument: &Node) -> TextCases {
        let (template, variables) = match &argument.value {
            Value::List(_) => match argument.items() {
                [template, variables] => (template, Some(variables)),
                [template] => (template, None),
                _ => return self.malformed("Fn::Sub", argument),
            },
            _ => (argument, None),
        };
        let Some(text) = template.as_str() else {
            return self.malformed("Fn::Sub", argument);
        };
        let mut cases: TextCases = vec![(Guard::always(), Vec::new())];
        let (mut counted, mut before) = (0, 0);
        for piece in pieces_of_sub(text) {
            if self.is_spent() {
                break;
            }
            let new = match piece {
                SubPiece::Literal(at, literal) => {
                    let passed = text.get(counted..at).unwrap_or_default().chars();
                    before += passed
                        .filter(|character| !character.is_whitespace())
                        .count();
                    counted = at;
                    let origin = Origin::Scalar(template.place, before);
                    let parts = vec![Part::Literal(literal.into())];
                    let parts = self.with_dynamic_references(parts, template.place);
                    let pieces = parts.into_iter().map(|part| Piece { part, origin });
                    vec![(Guard::always(), pieces.collect())]
                }
                SubPiece::Variable(name) => {
                    let variable = variables.and_then(|variables| variables.get(name));
                    match variable {
                        Some(value) => self.inserted_cases(value, template.place),
                        None => self.variable(name, template.place),
                    }
                }
            };
            cases = self.append(cases, &new, template.place);
        }
        cases
    }

    fn inserted_cases(&self, value: &Node, place: Place) -> TextCases {
        let mut cases = self.texts(value);
        for (_, pieces) in &mut cases {
            for piece in pieces {
                piece.origin = Origin::Inserted(place);
            }
        }
        cases
    }

    /// What stands for `${name}`: a reference, or an attribute where there is a dot.
    fn variable(&self, name: &str, place: Place) -> TextCases {
        if name.starts_with("aws:") || name.contains('/') {
            // A policy variable that was not escaped: CloudFormation rejects it.
            let message = format!("`${{{name}}}` in Fn::Sub is not a reference");
            let hint = format!("a policy variable is written `${{!{name}}}` there");
            self.problem(Problem::error(place, message).hint(hint));
            let piece = Piece {
                part: Part::Literal(format!("${{{name}}}").into()),
                origin: Origin::Inserted(place),
            };
            return vec![(Guard::always(), vec![piece])];
        }
        let value = match name.split_once('.') {
            Some((id, attribute)) => Some(self.attribute(id, attribute, place)),
            None => self.reference(name, place),
        };
        let pieces = value.map(|value| self.inserted(&value, place));
        vec![(Guard::always(), pieces.unwrap_or_default())]
    }

    /// `Fn::Join`: a delimiter and a list.
    fn join(&self, argument: &Node) -> TextCases {
        let Some((delimiter, list)) = argument_pair(argument) else {
            return self.malformed("Fn::Join", argument);
        };
        let delimiter = delimiter.scalar().unwrap_or_else(|| Text::plain(""));
        let between: Vec<Piece> = delimiter
            .to_parts()
            .into_iter()
            .map(|part| Piece {
                part,
                origin: Origin::Inserted(list.place),
            })
            .collect();
        if matches!(list.value, Value::List(_)) {
            return self.join_items(list.items(), &between);
        }
        let mut joined = Vec::new();
        for (guard, value) in self.render(list) {
            let Some(value) = value else {
                joined.push((guard, Vec::new()));
                continue;
            };
            for (inner, pieces) in self.join_items(value.one_or_many(), &between) {
                joined.push((guard.join(&inner), pieces));
            }
        }
        joined
    }

    fn join_items(&self, items: &[Node], between: &[Piece]) -> TextCases {
        let mut cases: TextCases = vec![(Guard::always(), Vec::new())];
        let mut is_first = true;
        for item in items {
            // `AWS::NoValue` leaves no gap.
            if is_no_value(item) {
                continue;
            }
            if self.is_spent() {
                break;
            }
            let mut new = self.texts(item);
            if !is_first {
                for (_, pieces) in &mut new {
                    pieces.splice(0..0, between.iter().cloned());
                }
            }
            is_first = false;
            cases = self.append(cases, &new, item.place);
        }
        cases
    }

    /// Every combination of what came before and what comes now that can be true together.
    fn append(&self, before: TextCases, new: &TextCases, place: Place) -> TextCases {
        let size = |cases: &TextCases| -> usize {
            let pieces = cases.iter().flat_map(|(_, pieces)| pieces);
            pieces.map(|piece| 1 + piece.len() / 8).sum()
        };
        let is_simple = matches!(new.as_slice(), [(guard, _)] if guard.is_always());
        let work = if is_simple {
            size(new) * before.len()
        } else {
            size(&before) * new.len() + size(new) * before.len()
        };
        if !self.spend(work, place) {
            return before;
        }
        let mut cases = before;
        if let [(guard, pieces)] = new.as_slice()
            && guard.is_always()
        {
            for (_, case) in &mut cases {
                case.extend(pieces.iter().cloned());
            }
            return cases;
        }
        let mut combined = Vec::new();
        for (first, start) in &cases {
            for (second, end) in new {
                if first.contradicts(second) {
                    continue;
                }
                if combined.len() == MAX_CASES {
                    let message =
                        "too many combinations of undecided conditions: not all are shown";
                    self.problem(Problem::error(place, message));
                    return combined;
                }
                let pieces = start.iter().chain(end).cloned().collect();
                combined.push((first.join(second), pieces));
            }
        }
        combined
    }

    fn malformed(&self, name: &str, argument: &Node) -> TextCases {
        let node = self.malformed_node(name, argument);
        vec![(Guard::always(), self.inserted(&node, argument.place))]
    }
}

/// `!Ref AWS::NoValue`
pub(super) fn is_no_value(node: &Node) -> bool {
    node.get("Ref").and_then(Node::as_str) == Some("AWS::NoValue")
}

#[derive(Debug, Eq, PartialEq)]
enum SubPiece<'a> {
    /// Characters, from a byte of the string.
    Literal(usize, &'a str),
    Variable(&'a str),
}

/// The pieces of a string of `Fn::Sub`. `${!x}` is the literal `${x}`.
fn pieces_of_sub(text: &str) -> Vec<SubPiece<'_>> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find("${")) {
        let start = at + found;
        let Some(length) = text.get(start..).and_then(|rest| rest.find('}')) else {
            break;
        };
        let end = start + length + 1;
        pieces.extend(literal(text, at, start));
        let inside = text.get(start + 2..end - 1).unwrap_or_default();
        if inside.starts_with('!') {
            pieces.extend(literal(text, start, start + 2));
            pieces.extend(literal(text, start + 3, end));
        } else {
            pieces.push(SubPiece::Variable(inside.trim()));
        }
        at = end;
    }
    pieces.extend(literal(text, at, text.len()));
    pieces
}

fn literal(text: &str, start: usize, end: usize) -> Option<SubPiece<'_>> {
    let literal = text.get(start..end).filter(|literal| !literal.is_empty())?;
    Some(SubPiece::Literal(start, literal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sub_keeps_escaped_variables_as_text() {
        assert_eq!(
            pieces_of_sub("a${B}c${!aws:username}${D.E}${open"),
            [
                SubPiece::Literal(0, "a"),
                SubPiece::Variable("B"),
                SubPiece::Literal(5, "c"),
                SubPiece::Literal(6, "${"),
                SubPiece::Literal(9, "aws:username}"),
                SubPiece::Variable("D.E"),
                SubPiece::Literal(28, "${open"),
            ]
        );
    }
}
