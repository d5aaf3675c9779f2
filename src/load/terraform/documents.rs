//! Policy documents: JSON text of attributes, and `aws_iam_policy_document` data where the text
//! is not known yet.

use crate::iam::{Document, Member, Node, Part, PolicyKind, Problem, Text, Value, parse_document};

use super::super::json_text::{Origin, Piece, read_json};
use super::super::positions::SourceText;
use super::Resource;
use super::plan::without_keys;

/// Reads documents, with the data that they may refer to at hand.
pub(super) struct Documents<'a> {
    pub resources: &'a [Resource],
    pub text: &'a SourceText,
}

impl Documents<'_> {
    /// The document of an attribute.
    pub fn read(&self, node: &Node, kind: PolicyKind) -> Document {
        let Some(text) = node.text() else {
            return parse_document(node, kind);
        };
        if let Some(reference) = text.as_reference()
            && let Some(data) = self.data_document(&reference.name)
        {
            return parse_document(&from_statements(data), kind);
        }
        let piece = |part| Piece {
            part,
            origin: Origin::Scalar(node.place, 0),
        };
        let pieces: Vec<Piece> = text.to_parts().into_iter().map(piece).collect();
        let (value, problem) = read_json(&pieces, Some(self.text), node.place);
        let mut document = parse_document(&value, kind);
        if let Some(problem) = problem {
            document.problems = vec![problem];
        }
        document
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

fn member(name: &str, value: Node) -> Member {
    Member {
        key: Text::plain(name),
        place: value.place,
        value,
    }
}

/// The policy that the statements of an `aws_iam_policy_document` make.
fn from_statements(data: &Resource) -> Node {
    let statements = data.values.get("statement").map(Node::items);
    let statements = statements
        .unwrap_or_default()
        .iter()
        .map(statement)
        .collect();
    let version = data
        .text("version")
        .unwrap_or_else(|| Text::plain("2012-10-17"));
    let mut members = vec![member("Version", Node::string(data.place, version))];
    if let Some(id) = data.text("policy_id") {
        members.push(member("Id", Node::string(data.place, id)));
    }
    let statements = Node::new(data.place, Value::List(statements));
    members.push(member("Statement", statements));
    Node::new(data.place, Value::Object(members))
}

fn statement(node: &Node) -> Node {
    let mut members = Vec::new();
    let text = |name: &str| node.get(name)?.scalar().filter(|text| !text.is_empty());
    if let Some(sid) = text("sid") {
        members.push(member("Sid", Node::string(node.place, sid)));
    }
    let effect = text("effect").unwrap_or_else(|| Text::plain("Allow"));
    members.push(member("Effect", Node::string(node.place, effect)));
    for (name, element) in [
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ] {
        if let Some(values) = values(node, name) {
            members.push(member(element, values));
        }
    }
    for (name, element) in [
        ("principals", "Principal"),
        ("not_principals", "NotPrincipal"),
    ] {
        if let Some(principal) = principals(node.get(name)) {
            members.push(member(element, principal));
        }
    }
    let conditions = node.get("condition").map(Node::items).unwrap_or_default();
    let mut operators: Vec<Member> = Vec::new();
    for condition in conditions {
        let name = |name: &str| Some(condition.get(name)?.scalar()?.to_string());
        let (Some(test), Some(key), Some(values)) =
            (name("test"), name("variable"), values(condition, "values"))
        else {
            continue;
        };
        let test = operator(&mut operators, &test, condition);
        if let Value::Object(keys) = &mut test.value {
            keys.push(member(&key, values));
        }
    }
    if !operators.is_empty() {
        let conditions = Node::new(node.place, Value::Object(operators));
        members.push(member("Condition", conditions));
    }
    Node::new(node.place, Value::Object(members))
}

fn operator<'m>(operators: &'m mut Vec<Member>, name: &str, condition: &Node) -> &'m mut Node {
    let at = match operators.iter().position(|one| one.key == *name) {
        Some(at) => at,
        None => {
            let empty = Node::new(condition.place, Value::Object(Vec::new()));
            operators.push(member(name, empty));
            operators.len() - 1
        }
    };
    &mut operators[at].value
}

/// A list that is there and says something, `&{...}` written as the policy variable that it stands for.
fn values(node: &Node, name: &str) -> Option<Node> {
    let list = node.get(name)?;
    let values: Vec<Node> = list
        .one_or_many()
        .iter()
        .filter_map(|value| {
            let text = value.scalar()?;
            Some(Node::string(value.place, with_variables(&text)))
        })
        .collect();
    (!values.is_empty()).then(|| Node::new(list.place, Value::List(values)))
}

fn with_variables(text: &Text) -> Text {
    Text::from_parts(text.to_parts().into_iter().map(|part| match part {
        Part::Literal(text) => Part::Literal(text.replace("&{", "${").into()),
        reference => reference,
    }))
}

fn principals(list: Option<&Node>) -> Option<Node> {
    let list = list?;
    let mut members: Vec<Member> = Vec::new();
    for item in list.items() {
        let (Some(kind), Some(identifiers)) = (
            item.get("type").and_then(Node::as_str),
            values(item, "identifiers"),
        ) else {
            continue;
        };
        if kind == "*" {
            return Some(Node::string(item.place, "*"));
        }
        match members.iter_mut().find(|one| one.key == *kind) {
            Some(Member {
                value:
                    Node {
                        value: Value::List(all),
                        ..
                    },
                ..
            }) => all.extend(identifiers.items().iter().cloned()),
            _ => members.push(member(kind, identifiers)),
        }
    }
    (!members.is_empty()).then(|| Node::new(list.place, Value::Object(members)))
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
