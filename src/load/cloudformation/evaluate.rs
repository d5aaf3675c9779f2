//! Resolves the intrinsic functions of a template.
//!
//! A value may depend on undecided conditions; so resolving gives cases, each with the guard
//! under which it is the value. `None` stands for `AWS::NoValue`.

use base64::Engine;

use super::conditions::Exists;
use super::scope::Scope;
use crate::iam::{Guard, Member, Node, Place, Problem, Text, UnresolvedKind, Value};
use crate::load::cases::{Cases, guarded_items};
use crate::load::json_text::joined;

/// Combinations of undecided conditions that one object is followed through.
const MAX_CASES: usize = 32;

/// Names of members whose values are lists, or stand for lists of one: cases become items.
const LISTS: [&str; 12] = [
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "AWS",
    "Service",
    "Federated",
    "CanonicalUser",
    "Statement",
    "ManagedPolicyArns",
];

fn always(node: Node) -> Cases {
    vec![(Guard::always(), Some(node))]
}

/// The two items that most functions take.
pub(super) fn argument_pair(argument: &Node) -> Option<(&Node, &Node)> {
    match argument.items() {
        [first, second] => Some((first, second)),
        _ => None,
    }
}

/// The name and argument of an intrinsic function.
pub(in crate::load) fn intrinsic(node: &Node) -> Option<(&str, &Node)> {
    let [member] = node.members() else {
        return None;
    };
    let name = member.key.as_plain()?;
    let is_intrinsic =
        name == "Ref" || (name.starts_with("Fn::") && !name.starts_with("Fn::ForEach::"));
    is_intrinsic.then_some((name, &member.value))
}

impl Scope<'_> {
    /// What a value is under the settings. Its place and comment stay those of the template.
    pub fn render(&self, node: &Node) -> Cases {
        let mut cases = if self.enter(node.place) {
            self.render_inside(node)
        } else {
            always(self.unresolved_expression(node))
        };
        self.leave();
        for (_, value) in &mut cases {
            if let Some(value) = value {
                value.place = node.place;
                if node.comment.is_some() {
                    value.comment.clone_from(&node.comment);
                }
            }
        }
        cases
    }

    fn render_inside(&self, node: &Node) -> Cases {
        match &node.value {
            Value::String(text) if text.known_prefix().contains("{{resolve:") => {
                let parts = self.with_dynamic_references(text.to_parts(), node.place);
                always(Node::string(node.place, Text::from_parts(parts)))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                always(node.clone())
            }
            Value::List(items) => {
                let items = items.iter().flat_map(|item| self.items(item)).collect();
                always(Node::new(node.place, Value::List(items)))
            }
            Value::Object(members) => match intrinsic(node) {
                Some((name, argument)) => self.function(name, argument, node),
                None => self.object(node.place, members, false),
            },
        }
    }

    /// What a value contributes to the list that it stands in: each case as a guarded item.
    fn items(&self, node: &Node) -> Vec<Node> {
        guarded_items(self.render(node), false)
    }

    fn object(&self, place: Place, members: &[Member], in_operator: bool) -> Cases {
        let mut cases: Vec<(Guard, Vec<Member>)> = vec![(Guard::always(), Vec::new())];
        for member in members {
            if member
                .key
                .as_plain()
                .is_some_and(|key| key.starts_with("Fn::ForEach::"))
            {
                for made in self.members_of_loop(member) {
                    self.add_member(&mut cases, &made, in_operator);
                }
            } else {
                self.add_member(&mut cases, member, in_operator);
            }
        }
        let object = |(guard, members)| (guard, Some(Node::new(place, Value::Object(members))));
        cases.into_iter().map(object).collect()
    }

    /// Adds a member to every case of an object, splitting them where its value has cases that
    /// cannot be items of a list.
    fn add_member(
        &self,
        cases: &mut Vec<(Guard, Vec<Member>)>,
        member: &Member,
        in_operator: bool,
    ) {
        let key = member.key.as_plain().unwrap_or_default();
        let mut values = match &member.value.value {
            // The members of `Condition` are operators, and theirs are keys with lists of values.
            Value::Object(inner) if key == "Condition" && intrinsic(&member.value).is_none() => {
                self.condition_block(member.value.place, inner)
            }
            _ => self.render(&member.value),
        };
        let with = |value: Node| Member {
            key: member.key.clone(),
            place: member.place,
            value,
        };
        let is_single = values.len() == 1 && values.iter().all(|(guard, _)| guard.is_always());
        if !is_single && (in_operator || LISTS.contains(&key)) {
            let items = guarded_items(std::mem::take(&mut values), true);
            let list = Node::new(member.value.place, Value::List(items));
            values = always(list);
        }
        if let [(guard, value)] = values.as_slice()
            && guard.is_always()
        {
            if let Some(value) = value {
                for (_, members) in cases.iter_mut() {
                    members.push(with(value.clone()));
                }
            }
            return;
        }
        let mut split = Vec::new();
        for (guard, members) in cases.iter() {
            for (when, value) in &values {
                if guard.contradicts(when) {
                    continue;
                }
                let mut members = members.clone();
                members.extend(value.clone().map(with));
                split.push((guard.join(when), members));
            }
        }
        if split.len() > MAX_CASES {
            split.truncate(MAX_CASES);
            let message = "too many combinations of undecided conditions: not all are shown";
            self.problem(Problem::error(member.place, message));
        }
        *cases = split;
    }

    fn condition_block(&self, place: Place, operators: &[Member]) -> Cases {
        let mut cases: Vec<(Guard, Vec<Member>)> = vec![(Guard::always(), Vec::new())];
        for operator in operators {
            if let (Value::Object(keys), None) = (&operator.value.value, intrinsic(&operator.value))
            {
                let mut values = self.object(operator.value.place, keys, true);
                // Values became lists, so that there is one case.
                let value = values.pop().and_then(|(_, value)| value);
                for (_, members) in &mut cases {
                    members.extend(value.clone().map(|value| Member {
                        key: operator.key.clone(),
                        place: operator.place,
                        value,
                    }));
                }
            } else {
                self.add_member(&mut cases, operator, false);
            }
        }
        let object = |(guard, members)| (guard, Some(Node::new(place, Value::Object(members))));
        cases.into_iter().map(object).collect()
    }

    fn function(&self, name: &str, argument: &Node, node: &Node) -> Cases {
        let place = node.place;
        match name {
            "Ref" => match argument.as_str() {
                Some(name) => vec![(Guard::always(), self.reference(name, place))],
                None => always(self.malformed_node(name, argument)),
            },
            "Fn::GetAtt" => always(self.get_att(argument, place)),
            "Fn::Sub" | "Fn::Join" => {
                let texts = self.texts(node).into_iter();
                texts
                    .map(|(guard, pieces)| (guard, Some(Node::string(place, joined(&pieces)))))
                    .collect()
            }
            "Fn::If" => self.choose(argument),
            "Fn::Select" => self.select(argument, node),
            "Fn::Split" => self.split(argument, node),
            "Fn::FindInMap" => self.find_in_map(argument, node),
            "Fn::Base64" => self.each(argument, node, |text| {
                let known = text.as_plain()?;
                let encoded = base64::engine::general_purpose::STANDARD.encode(known);
                Some(Node::string(place, encoded))
            }),
            "Fn::Length" => self.length(argument, node),
            "Fn::ToJsonString" => self.to_json_string(argument),
            "Fn::ImportValue" => self.each(argument, node, |text| {
                Some(self.unresolved_node(&text.to_string(), UnresolvedKind::Import, place))
            }),
            _ => always(self.unresolved_expression(node)),
        }
    }

    /// An expression that nothing decides. Two that read the same are the same.
    pub(super) fn unresolved_expression(&self, node: &Node) -> Node {
        let name = super::words::expression_name(node);
        self.unresolved_node(&name, UnresolvedKind::Expression, node.place)
    }

    /// Applies a function of one text to every case of an argument.
    fn each(
        &self,
        argument: &Node,
        node: &Node,
        function: impl Fn(&Text) -> Option<Node>,
    ) -> Cases {
        let texts = self.texts(argument).into_iter();
        texts
            .map(|(guard, pieces)| {
                let value = function(&joined(&pieces));
                let value = value.unwrap_or_else(|| self.unresolved_expression(node));
                (guard, Some(value))
            })
            .collect()
    }

    /// A function whose argument is not what it takes.
    pub(super) fn malformed_node(&self, name: &str, argument: &Node) -> Node {
        let message = format!("`{name}` is not given what it takes");
        self.problem(Problem::error(argument.place, message));
        self.unresolved_expression(argument)
    }

    /// `Fn::If`
    fn choose(&self, argument: &Node) -> Cases {
        if argument.items().len() != 3 {
            return always(self.malformed_node("Fn::If", argument));
        }
        let mut cases = Vec::new();
        for (guard, branch) in self.branches_of(&Guard::always(), argument) {
            for (inner, value) in self.render(branch) {
                if !guard.contradicts(&inner) {
                    cases.push((guard.join(&inner), value));
                }
            }
        }
        cases
    }

    /// The branches of `Fn::If` that can exist under a guard, and when they do.
    pub(super) fn branches_of<'n>(
        &self,
        guard: &Guard,
        argument: &'n Node,
    ) -> Vec<(Guard, &'n Node)> {
        let [condition, yes, no] = argument.items() else {
            return Vec::new();
        };
        let Some(name) = condition.as_str() else {
            self.malformed_node("Fn::If", argument);
            return Vec::new();
        };
        let (holds, fails) = self.branches(name, condition);
        let mut found = Vec::new();
        for (exists, branch) in [(holds, yes), (fails, no)] {
            if let Exists::When(when) = exists
                && !guard.contradicts(&when)
            {
                found.push((guard.join(&when), branch));
            }
        }
        found
    }

    /// A list that no undecided condition splits.
    fn list(&self, node: &Node) -> Option<Vec<Node>> {
        let mut cases = self.render(node);
        let (guard, value) = cases.pop()?;
        match value?.value {
            Value::List(items) if cases.is_empty() && guard.is_always() => Some(items),
            _ => None,
        }
    }

    fn select(&self, argument: &Node, node: &Node) -> Cases {
        let Some((index, list)) = argument_pair(argument) else {
            return always(self.malformed_node("Fn::Select", argument));
        };
        let index = self
            .known_text(index)
            .and_then(|index| index.parse::<usize>().ok());
        let items = self.list(list);
        let selected = index
            .zip(items)
            .and_then(|(index, items)| items.into_iter().nth(index));
        always(selected.unwrap_or_else(|| self.unresolved_expression(node)))
    }

    fn split(&self, argument: &Node, node: &Node) -> Cases {
        let Some((delimiter, source)) = argument_pair(argument) else {
            return always(self.malformed_node("Fn::Split", argument));
        };
        let delimiter = delimiter.as_str().unwrap_or(",");
        self.each(source, node, |text| {
            let items = split_text(text, delimiter)?;
            // Each becomes a value, and what is said of it.
            if !self.spend(items.len().saturating_mul(16), node.place) {
                return None;
            }
            let item = |text| Node::string(argument.place, text);
            let items = items.into_iter().map(item).collect();
            Some(Node::new(argument.place, Value::List(items)))
        })
    }

    fn find_in_map(&self, argument: &Node, node: &Node) -> Cases {
        let (map, first, second, options) = match argument.items() {
            [map, first, second] => (map, first, second, None),
            [map, first, second, options] => (map, first, second, Some(options)),
            _ => return always(self.malformed_node("Fn::FindInMap", argument)),
        };
        let names = [map, first, second].map(|part| self.known_text(part));
        let [Some(map), Some(first), Some(second)] = names else {
            return always(self.unresolved_expression(node));
        };
        let mappings = self.template.mappings.as_ref();
        let entries = mappings.and_then(|mappings| mappings.get(&map));
        self.spend(
            entries.map_or(0, |own| own.members().len() / 64),
            node.place,
        );
        let found = entries
            .and_then(|entries| entries.get(&first)?.get(&second))
            .or_else(|| options.and_then(|options| options.get("DefaultValue")));
        match found {
            Some(value) => self.render(value),
            None => {
                let name = format!("{map}.{first}.{second}");
                self.problem(Problem::error(
                    argument.place,
                    format!("the mappings have no `{name}`"),
                ));
                always(self.unresolved_node(&name, UnresolvedKind::Expression, argument.place))
            }
        }
    }

    fn length(&self, argument: &Node, node: &Node) -> Cases {
        let value = match self.list(argument) {
            Some(items) => {
                let length = items.len().to_string();
                Node::new(argument.place, Value::Number(length.into()))
            }
            None => self.unresolved_expression(node),
        };
        always(value)
    }

    fn to_json_string(&self, argument: &Node) -> Cases {
        let cases = self.render(argument).into_iter();
        cases
            .map(|(guard, value)| {
                let node = value.map(|value| {
                    let mut parts = Vec::new();
                    crate::load::json_write::write(&value, &mut parts);
                    Node::string(argument.place, Text::from_parts(parts))
                });
                (guard, node)
            })
            .collect()
    }

    /// The text of a value that is wholly known and that no undecided condition splits.
    pub fn known_text(&self, node: &Node) -> Option<String> {
        Some(self.one_text(node)?.as_plain()?.to_owned())
    }

    /// The text of a value that no undecided condition splits.
    pub fn one_text(&self, node: &Node) -> Option<Text> {
        match self.texts(node).as_slice() {
            [(guard, pieces)] if guard.is_always() => Some(joined(pieces)),
            _ => None,
        }
    }
}

/// The parts of a text between delimiters; `None` where an unresolved part may hold delimiters, which
/// only matters when nothing else stands beside it.
fn split_text(text: &Text, delimiter: &str) -> Option<Vec<Text>> {
    if delimiter.is_empty() || text.as_reference().is_some() {
        return None;
    }
    let mut items: Vec<Vec<crate::iam::Part>> = vec![Vec::new()];
    for part in text.to_parts() {
        match part {
            crate::iam::Part::Literal(literal) => {
                for (at, piece) in literal.split(delimiter).enumerate() {
                    if at > 0 {
                        items.push(Vec::new());
                    }
                    if let Some(item) = items.last_mut() {
                        item.push(crate::iam::Part::Literal(piece.into()));
                    }
                }
            }
            reference @ crate::iam::Part::Unresolved(_) => {
                if let Some(item) = items.last_mut() {
                    item.push(reference);
                }
            }
        }
    }
    Some(items.into_iter().map(Text::from_parts).collect())
}
