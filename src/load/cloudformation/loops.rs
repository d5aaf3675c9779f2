//! `Fn::ForEach` of the language extensions: a fragment repeated for each value of a list.

use std::sync::Arc;

use super::scope::Scope;
use super::template::Resource;
use crate::iam::{Member, Node, Part, Problem, Text, Value};
use crate::load::weight::weight;

/// Members that one template's loops may make; CloudFormation allows 500 resources.
const MAX_MADE: usize = 10_000;

impl Scope<'_> {
    /// The resources that the template's loops make.
    pub(super) fn resources_of_loops(&self) -> Vec<Arc<Resource>> {
        let mut resources = Vec::new();
        for member in &self.template.loops {
            for made in self.members_of_loop(member) {
                let id = made.key.to_string();
                match Resource::read(&id, made.place, &made.value) {
                    Some(resource) => resources.push(Arc::new(resource)),
                    None => self.problem(Problem::error(
                        made.place,
                        format!("resource `{id}` has no `Type`"),
                    )),
                }
            }
        }
        resources
    }

    /// What stands in the place of a `Fn::ForEach::Name` member; loops inside are done too.
    pub(super) fn members_of_loop(&self, member: &Member) -> Vec<Member> {
        let mut made = Vec::new();
        self.repeat(member, &mut made);
        made
    }

    fn repeat(&self, member: &Member, made: &mut Vec<Member>) {
        if self.enter(member.place) {
            self.repeat_inside(member, made);
        }
        self.leave();
    }

    fn repeat_inside(&self, member: &Member, made: &mut Vec<Member>) {
        let [identifier, collection, fragment] = member.value.items() else {
            self.malformed_node("Fn::ForEach", &member.value);
            return;
        };
        let Some(identifier) = identifier.as_str() else {
            self.malformed_node("Fn::ForEach", identifier);
            return;
        };
        let Some(values) = self.texts_of_list(collection) else {
            let message = format!("`{}` repeats over a list that nothing decides", member.key);
            self.problem(Problem::warning(collection.place, message));
            return;
        };
        for value in values {
            for inner in fragment.members() {
                if made.len() >= MAX_MADE {
                    let message = format!("`{}` makes more than {MAX_MADE} parts", member.key);
                    self.problem(Problem::error(member.place, message));
                    return;
                }
                let growth = 1 + value.len() / (identifier.len() + "${}".len());
                if !self.spend(weight(&inner.value, growth), inner.place) {
                    return;
                }
                let inner = with_variable_in_member(inner, identifier, &value);
                if inner
                    .key
                    .as_plain()
                    .is_some_and(|key| key.starts_with("Fn::ForEach::"))
                {
                    self.repeat(&inner, made);
                } else {
                    made.push(inner);
                }
            }
        }
    }

    /// The items of a list as known texts.
    fn texts_of_list(&self, node: &Node) -> Option<Vec<String>> {
        let mut cases = self.render(node);
        let (guard, value) = cases.pop()?;
        if !cases.is_empty() || !guard.is_always() {
            return None;
        }
        let value = value?;
        let items = match &value.value {
            Value::List(items) => items,
            _ => return None,
        };
        items
            .iter()
            .map(|item| Some(item.scalar()?.as_plain()?.to_owned()))
            .collect()
    }
}

fn with_variable_in_member(member: &Member, name: &str, value: &str) -> Member {
    Member {
        key: with_variable_in_text(&member.key, name, value),
        place: member.place,
        value: with_variable(&member.value, name, value),
    }
}

/// A fragment with the loop's variable put in: `${Name}`, `&{Name}` (alphanumeric characters only)
/// and `Ref: Name`.
fn with_variable(node: &Node, name: &str, value: &str) -> Node {
    let is_reference = node.get("Ref").and_then(Node::as_str) == Some(name);
    let new = match &node.value {
        Value::Object(members) if members.len() == 1 && is_reference => {
            Value::String(Text::plain(value))
        }
        Value::String(text) => Value::String(with_variable_in_text(text, name, value)),
        Value::List(items) => {
            let items = items.iter().map(|item| with_variable(item, name, value));
            Value::List(items.collect())
        }
        Value::Object(members) => {
            let members = members.iter();
            Value::Object(
                members
                    .map(|member| with_variable_in_member(member, name, value))
                    .collect(),
            )
        }
        other => other.clone(),
    };
    Node {
        place: node.place,
        guard: node.guard.clone(),
        comment: node.comment.clone(),
        value: new,
    }
}

fn with_variable_in_text(text: &Text, name: &str, value: &str) -> Text {
    let stripped: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
    let parts = text.to_parts().into_iter().map(|part| match part {
        Part::Literal(literal) => {
            let literal = literal
                .replace(&format!("${{{name}}}"), value)
                .replace(&format!("&{{{name}}}"), &stripped);
            Part::Literal(literal.into())
        }
        reference => reference,
    });
    Text::from_parts(parts)
}
