//! `aws_iam_policy_document`: the policy that its statements and the documents it is merged with make,
//! as the provider merges them (internal/service/iam/policy_model.go of hashicorp/terraform-provider-aws).

use std::collections::HashSet;

use crate::iam::{Guard, Member, Node, Part, Place, Problem, Text, Value};

/// The policy of the attributes of one, and what is wrong with them. `read` gives the document that a
/// text is, where the attributes hold text.
pub(super) fn build(
    data: &Node,
    place: Place,
    read: &dyn Fn(&Node) -> Node,
) -> (Node, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut merged = Merged::default();
    let listed = |names: [&str; 2]| {
        let nodes = names.into_iter().filter_map(|name| data.get(name));
        let items = nodes.flat_map(|node| node.one_or_many().iter());
        let written = items.filter(|item| {
            !matches!(item.value, Value::Null) && item.as_str().is_none_or(|text| !text.is_empty())
        });
        let documents = written.map(|item| Node {
            guard: item.guard.clone(),
            ..read(item)
        });
        documents.collect::<Vec<Node>>()
    };
    // The older names come first among sources and last among overrides.
    let mut sids: HashSet<String> = HashSet::new();
    for source in listed(["source_json", "source_policy_documents"]) {
        for statement in statements_of(&source) {
            if let Some(sid) = sid(statement)
                && !sids.insert(sid.to_owned())
            {
                let message = format!("`{sid}` is in two of the source documents");
                problems.push(
                    Problem::error(statement.place, message)
                        .hint("Terraform refuses that: remove one, or take the name away"),
                );
            }
        }
        merged.add(&source);
    }
    let own = own_document(data, place, &mut problems);
    merged.add(&own);
    for over in listed(["override_policy_documents", "override_json"]) {
        merged.add(&over);
    }
    (merged.into_document(place), problems)
}

#[derive(Default)]
struct Merged {
    version: Option<Node>,
    id: Option<Node>,
    statements: Vec<Node>,
}

impl Merged {
    /// A statement stands in the place of one that has its `Sid`; the newer version and the later id
    /// stay.
    fn add(&mut self, document: &Node) {
        if !matches!(document.value, Value::Object(_)) {
            // What nothing here decides may hold anything.
            self.statements.push(document.clone());
            return;
        }
        if let Some(id) = document.get("Id").filter(|id| id.as_str() != Some("")) {
            self.id = Some(id.clone());
        }
        let newer = |node: &&Node| {
            let own = self.version.as_ref().and_then(Node::as_str);
            node.as_str() > own
        };
        if let Some(version) = document.get("Version").filter(newer) {
            self.version = Some(version.clone());
        }
        for statement in statements_of(document) {
            let mut statement = statement.clone();
            statement.guard = statement.guard.join(&document.guard);
            self.put(statement);
        }
    }

    fn put(&mut self, new: Node) {
        let same = sid(&new).map(str::to_owned);
        let same = same.and_then(|name| {
            let mut statements = self.statements.iter();
            statements.position(|one| sid(one) == Some(&name))
        });
        let Some(at) = same else {
            self.statements.push(new);
            return;
        };
        match new.guard.requirements() {
            [] => self.statements[at] = new,
            // Where the new one is not there, the old one is.
            [only] => {
                let old = &mut self.statements[at];
                old.guard = old.guard.and(&only.condition, !only.holds);
                self.statements.insert(at + 1, new);
            }
            _ => self.statements.insert(at + 1, new),
        }
    }

    fn into_document(self, place: Place) -> Node {
        let mut members = Vec::new();
        members.extend(self.version.map(|version| member("Version", version)));
        members.extend(self.id.map(|id| member("Id", id)));
        let statements = Node::new(place, Value::List(self.statements));
        members.push(member("Statement", statements));
        Node::new(place, Value::Object(members))
    }
}

fn statements_of(document: &Node) -> &[Node] {
    document
        .get("Statement")
        .map(Node::one_or_many)
        .unwrap_or_default()
}

fn sid(statement: &Node) -> Option<&str> {
    let sid = statement.get("Sid")?.as_str()?;
    (!sid.is_empty()).then_some(sid)
}

fn member(name: &str, value: Node) -> Member {
    Member {
        key: Text::plain(name),
        place: value.place,
        value,
    }
}

/// The policy that the statements of the data itself make.
fn own_document(data: &Node, place: Place, problems: &mut Vec<Problem>) -> Node {
    let written = data.get("statement").map(Node::one_or_many);
    let written = written.unwrap_or_default().iter();
    let each = written.flat_map(|node| split(node.clone(), 0));
    let statements: Vec<Node> = each.map(|node| statement(&node)).collect();
    let mut sids = HashSet::new();
    for statement in &statements {
        // Two of which conditions choose one may have the same name.
        if statement.guard.is_always()
            && let Some(sid) = sid(statement)
            && !sids.insert(sid)
        {
            let message = format!("two statements have the sid `{sid}`");
            problems.push(Problem::error(statement.place, message).hint("Terraform refuses that"));
        }
    }
    let text = |name: &str| {
        let text = data.get(name)?.scalar()?;
        (!text.is_empty()).then_some(text)
    };
    let version = text("version").unwrap_or_else(|| Text::plain("2012-10-17"));
    let mut members = vec![member("Version", Node::string(place, version))];
    if let Some(id) = text("policy_id") {
        members.push(member("Id", Node::string(place, id)));
    }
    let statements = Node::new(place, Value::List(statements));
    members.push(member("Statement", statements));
    Node::new(place, Value::Object(members))
}

/// Blocks that make another statement where they are absent: without its condition one applies always.
const DECIDING: [&str; 3] = ["condition", "principals", "not_principals"];

/// A statement for each way in which undecided conditions choose its blocks.
fn split(node: Node, depth: usize) -> Vec<Node> {
    let blocks = DECIDING.iter().filter_map(|name| node.get(name));
    let mut guards = blocks
        .flat_map(|blocks| blocks.one_or_many())
        .flat_map(|block| block.guard.requirements());
    let Some(requirement) = guards.next().cloned().filter(|_| depth < 5) else {
        return vec![node];
    };
    let assumed = |holds: bool| {
        let mut node = node.clone();
        node.guard = node.guard.and(&requirement.condition, holds);
        if let Value::Object(members) = &mut node.value {
            let deciding = members.iter_mut().filter(|member| {
                member
                    .key
                    .as_plain()
                    .is_some_and(|key| DECIDING.contains(&key))
            });
            for member in deciding {
                if let Value::List(blocks) = &mut member.value.value {
                    assume(blocks, &requirement.condition, holds);
                }
            }
        }
        split(node, depth + 1)
    };
    [assumed(true), assumed(false)].concat()
}

/// Leaves the blocks that are there when a condition is decided.
fn assume(blocks: &mut Vec<Node>, condition: &str, holds: bool) {
    let fails = |block: &Node| {
        let mut requirements = block.guard.requirements().iter();
        requirements.any(|one| one.condition == condition && one.holds != holds)
    };
    blocks.retain(|block| !fails(block));
    for block in blocks {
        let mut guard = Guard::always();
        for one in block.guard.requirements() {
            if one.condition != condition {
                guard = guard.and(&one.condition, one.holds);
            }
        }
        block.guard = guard;
    }
}

fn statement(node: &Node) -> Node {
    if !matches!(node.value, Value::Object(_)) {
        return node.clone();
    }
    let mut members = Vec::new();
    let text = |name: &str| {
        let written = node.get(name)?;
        let text = written.scalar().filter(|text| !text.is_empty())?;
        Some(Node::string(written.place, text))
    };
    if let Some(sid) = text("sid") {
        members.push(member("Sid", sid));
    }
    let effect = text("effect").unwrap_or_else(|| Node::string(node.place, "Allow"));
    members.push(member("Effect", effect));
    for (name, element) in [
        ("principals", "Principal"),
        ("not_principals", "NotPrincipal"),
    ] {
        if let Some(principal) = principals(node.get(name)) {
            members.push(member(element, principal));
        }
    }
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
    if let Some(conditions) = conditions(node) {
        members.push(member("Condition", conditions));
    }
    Node {
        guard: node.guard.clone(),
        comment: node.comment.clone(),
        ..Node::new(node.place, Value::Object(members))
    }
}

/// Blocks of the same test and variable are one list of values.
fn conditions(node: &Node) -> Option<Node> {
    let written = node.get("condition")?.one_or_many();
    let mut operators: Vec<Member> = Vec::new();
    for condition in written {
        let text = |name: &str| condition.get(name)?.scalar();
        let (Some(test), Some(key), Some(values)) =
            (text("test"), text("variable"), values(condition, "values"))
        else {
            continue;
        };
        let at = match operators.iter().position(|one| one.key == test) {
            Some(at) => at,
            None => {
                operators.push(Member {
                    key: test,
                    place: condition.place,
                    value: Node::new(condition.place, Value::Object(Vec::new())),
                });
                operators.len() - 1
            }
        };
        let Value::Object(keys) = &mut operators[at].value.value else {
            continue;
        };
        match keys.iter_mut().find(|one| one.key == key) {
            Some(Member {
                value:
                    Node {
                        value: Value::List(all),
                        ..
                    },
                ..
            }) => {
                if let Value::List(items) = values.value {
                    all.extend(items);
                }
            }
            _ => keys.push(Member {
                key,
                place: condition.place,
                value: values,
            }),
        }
    }
    (!operators.is_empty()).then(|| Node::new(node.place, Value::Object(operators)))
}

/// A list that is there and says something, `&{...}` written as the policy variable that it stands for.
fn values(node: &Node, name: &str) -> Option<Node> {
    let list = node.get(name)?;
    let values: Vec<Node> = list
        .one_or_many()
        .iter()
        .filter_map(|value| {
            let text = with_variables(&value.scalar()?);
            Some(Node {
                guard: value.guard.clone(),
                comment: value.comment.clone(),
                ..Node::string(value.place, text)
            })
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

/// Only a single `*` of the type `*` is everybody: `{"AWS": "*"}` stays what it is.
fn principals(list: Option<&Node>) -> Option<Node> {
    let list = list?;
    let items = list.one_or_many();
    let mut members: Vec<Member> = Vec::new();
    for item in items {
        let (Some(kind), Some(identifiers)) = (
            item.get("type").and_then(Node::scalar),
            values(item, "identifiers"),
        ) else {
            continue;
        };
        let is_everybody = |node: &Node| match node.items() {
            [only] => only.as_str() == Some("*"),
            _ => false,
        };
        if kind == *"*" && items.len() == 1 && is_everybody(&identifiers) {
            return Some(Node::string(item.place, "*"));
        }
        match members.iter_mut().find(|one| one.key == kind) {
            Some(Member {
                value:
                    Node {
                        value: Value::List(all),
                        ..
                    },
                ..
            }) => all.extend(identifiers.items().iter().cloned()),
            _ => members.push(Member {
                key: kind,
                place: item.place,
                value: identifiers,
            }),
        }
    }
    (!members.is_empty()).then(|| Node::new(list.place, Value::Object(members)))
}
