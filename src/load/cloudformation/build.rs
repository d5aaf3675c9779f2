//! Values that no author wrote: what a transform or a shorthand stands for.

use serde_json::Value as Json;

use crate::iam::{Member, Node, Place, Text, Value};

/// A member whose name stands where its value does.
pub(super) fn member(name: &str, value: Node) -> Member {
    Member {
        key: Text::plain(name),
        place: value.place,
        value,
    }
}

pub(super) fn object(place: Place, members: Vec<Member>) -> Node {
    Node::new(place, Value::Object(members))
}

pub(super) fn list(place: Place, items: Vec<Node>) -> Node {
    Node::new(place, Value::List(items))
}

/// An intrinsic function, or `Ref`.
pub(super) fn call(name: &str, argument: Node) -> Node {
    object(argument.place, vec![member(name, argument)])
}

pub(super) fn reference(place: Place, id: &str) -> Node {
    call("Ref", Node::string(place, id))
}

pub(super) fn arn_of(place: Place, id: &str) -> Node {
    let path = vec![Node::string(place, id), Node::string(place, "Arn")];
    call("Fn::GetAtt", list(place, path))
}

pub(super) fn no_value(place: Place) -> Node {
    reference(place, "AWS::NoValue")
}

/// JSON as a value that stands at one place.
pub(super) fn from_json(json: &Json, place: Place) -> Node {
    let value = match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => Value::Number(number.to_string().into()),
        Json::String(text) => Value::String(Text::plain(text.as_str())),
        Json::Array(items) => {
            Value::List(items.iter().map(|item| from_json(item, place)).collect())
        }
        Json::Object(members) => {
            let members = members.iter();
            Value::Object(
                members
                    .map(|(name, value)| member(name, from_json(value, place)))
                    .collect(),
            )
        }
    };
    Node::new(place, value)
}

/// A value in which `change` replaces what it says.
pub(super) fn replaced(node: &Node, change: &dyn Fn(&Node) -> Option<Node>) -> Node {
    if let Some(new) = change(node) {
        return new;
    }
    let value = match &node.value {
        Value::List(items) => {
            let items = items.iter().map(|item| replaced(item, change));
            Value::List(items.collect())
        }
        Value::Object(members) => {
            let members = members.iter().map(|member| Member {
                key: member.key.clone(),
                place: member.place,
                value: replaced(&member.value, change),
            });
            Value::Object(members.collect())
        }
        scalar => scalar.clone(),
    };
    Node {
        place: node.place,
        guard: node.guard.clone(),
        comment: node.comment.clone(),
        value,
    }
}
