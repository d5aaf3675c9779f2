//! Values into nodes: what policies and attributes are read from.

use std::rc::Rc;

use super::value::{Field, Kind, Val, number_text};
use super::world::World;
use crate::iam::{Guard, Member, Node, Place, Problem, Text, UnresolvedKind, Value};
use crate::load::cases::{Cases, guarded_items, together};
use crate::load::json_text::{joined, read_json};

/// Combinations of undecided conditions that one object is followed through.
const MAX_CASES: usize = 32;

/// Members whose values are lists, or stand for lists of one: cases become items.
const LISTS: [&str; 26] = [
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "AWS",
    "Service",
    "Federated",
    "CanonicalUser",
    "Statement",
    "actions",
    "not_actions",
    "resources",
    "not_resources",
    "identifiers",
    "values",
    "statement",
    "condition",
    "principals",
    "not_principals",
    "source_policy_documents",
    "override_policy_documents",
    "managed_policy_arns",
    "policy_arns",
    "roles",
    "users",
    "groups",
];

/// Attributes that name one, or one for each case.
const NAMES: [&str; 8] = [
    "role",
    "user",
    "group",
    "role_name",
    "user_name",
    "group_name",
    "policy_arn",
    "permissions_boundary",
];

/// Where a value stands: the members of `Condition` are operators, and theirs are keys with lists.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Level {
    Plain,
    Condition,
    Operator,
}

impl Level {
    fn inside(self, key: &str) -> Self {
        match (self, key) {
            (Level::Condition, _) => Level::Operator,
            (Level::Plain, "Condition") => Level::Condition,
            _ => Level::Plain,
        }
    }
}

impl World<'_> {
    /// A value as what JSON of it says.
    pub fn encoded(&self, val: &Val) -> Node {
        self.one(val, true)
    }

    /// The value of an attribute or of nested blocks. JSON text in it is read.
    pub fn attribute_node(&self, name: &str, val: &Val) -> Node {
        let mut node = match &val.kind {
            _ if LISTS.contains(&name)
                || (matches!(val.kind, Kind::Choice(_)) && NAMES.contains(&name)) =>
            {
                let items = guarded_items(self.cases(val, Level::Plain, false), true);
                Node::new(val.place, Value::List(items))
            }
            // Tags and the like: each value by itself.
            Kind::Map(fields) => {
                let members = fields.iter().map(|field| Member {
                    key: field.key.clone(),
                    place: field.place,
                    value: self.one(&field.val, false),
                });
                Node::new(val.place, Value::Object(members.collect()))
            }
            _ => self.one(val, false),
        };
        if node.comment.is_none() {
            node.comment = val.comment.as_deref().map(Into::into);
        }
        node
    }

    fn one(&self, val: &Val, encode: bool) -> Node {
        let mut cases = self.cases(val, Level::Plain, encode);
        if let [(guard, Some(_))] = cases.as_slice()
            && guard.is_always()
            && let Some((_, Some(node))) = cases.pop()
        {
            return node;
        }
        let is_document = |node: &Option<Node>| match node {
            Some(node) => node.get("Statement").is_some(),
            None => false,
        };
        if cases.iter().any(|(_, node)| is_document(node)) {
            return together(val.place, cases);
        }
        // One case under a condition: the rest of them Terraform would refuse.
        if let [(_, Some(_))] = cases.as_slice()
            && let Some((_, Some(node))) = cases.pop()
        {
            return node;
        }
        self.string(val, UnresolvedKind::Expression)
    }

    fn string(&self, val: &Val, kind: UnresolvedKind) -> Node {
        let symbol = self.symbol(&val.name(), kind, val.place);
        Node::string(val.place, Text::unresolved(symbol))
    }

    /// What a value may be, and when.
    fn cases(&self, val: &Val, level: Level, encode: bool) -> Cases {
        let place = val.place;
        // A node is larger than a value, whose parts may be shared.
        if !self.enter(place) || !self.spend(3, place) {
            self.leave();
            return vec![(
                Guard::always(),
                Some(self.string(val, UnresolvedKind::Expression)),
            )];
        }
        let mut cases = match &val.kind {
            Kind::Choice(choices) => {
                let failed = |(_, val): &&(Guard, Val)| matches!(val.kind, Kind::Failed(_));
                let good = choices.iter().any(|choice| !failed(&choice));
                let mut cases = Cases::new();
                for (guard, choice) in choices.iter().filter(|choice| !good || !failed(choice)) {
                    for (inner, node) in self.cases(choice, level, encode) {
                        if !guard.contradicts(&inner) {
                            cases.push((guard.join(&inner), node));
                        }
                    }
                }
                cases
            }
            Kind::Map(fields) => self.object_cases(place, fields, level, encode),
            _ => vec![(Guard::always(), Some(self.single(val, encode)))],
        };
        self.leave();
        if let Some(comment) = &val.comment {
            for (_, node) in &mut cases {
                if let Some(node) = node {
                    node.comment = Some(comment.as_ref().into());
                }
            }
        }
        cases
    }

    fn single(&self, val: &Val, encode: bool) -> Node {
        let place = val.place;
        let value = match &val.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Number(number) => Value::Number(number_text(*number).into()),
            Kind::Text(pieces) if !encode => match self.document_of_text(pieces, place) {
                Some(node) => return node,
                None => Value::String(joined(pieces)),
            },
            Kind::Text(pieces) => Value::String(joined(pieces)),
            Kind::Json(node) if !encode => return Node::clone(node),
            Kind::Json(_) => match val.to_text() {
                Some(text) => Value::String(text),
                None => return self.string(val, UnresolvedKind::Expression),
            },
            Kind::List(items) => {
                let items = items
                    .iter()
                    .flat_map(|item| guarded_items(self.cases(item, Level::Plain, encode), false));
                Value::List(items.collect())
            }
            Kind::Unknown(reference) | Kind::Rest(reference) => {
                Value::String(Text::unresolved(reference.clone()))
            }
            Kind::Failed(why) => {
                self.problem(Problem::error(place, why.to_string()));
                return Node::string(place, self.too_much(place).to_text().unwrap_or("".into()));
            }
            _ => return self.string(val, UnresolvedKind::Attribute),
        };
        Node::new(place, value)
    }

    /// The policy that a text is; what is wrong with it is kept until the policy is read.
    fn document_of_text(
        &self,
        pieces: &Rc<[crate::load::json_text::Piece]>,
        place: Place,
    ) -> Option<Node> {
        let text = joined(pieces);
        let mut known = text.pieces().filter_map(Result::ok);
        let is_policy = text.known_prefix().trim_start().starts_with('{')
            && known.any(|part| part.contains("Statement") || part.contains("Version"));
        if !is_policy {
            return None;
        }
        let (node, fault) = read_json(pieces, None, place);
        match fault {
            Some(fault) => {
                self.log.borrow_mut().faults.insert(place, fault);
                None
            }
            None => Some(node),
        }
    }

    fn object_cases(&self, place: Place, fields: &[Field], level: Level, encode: bool) -> Cases {
        let mut objects: Vec<(Guard, Vec<Member>)> = vec![(Guard::always(), Vec::new())];
        for field in fields {
            let key = field.key.as_plain().unwrap_or_default();
            let with = |value: Node| Member {
                key: field.key.clone(),
                place: field.place,
                value,
            };
            let mut values = self.cases(&field.val, level.inside(key), encode);
            let is_single = matches!(values.as_slice(), [(guard, _)] if guard.is_always());
            if !is_single && (level == Level::Operator || LISTS.contains(&key)) {
                let items = guarded_items(values, true);
                let list = Node::new(field.val.place, Value::List(items));
                values = vec![(Guard::always(), Some(list))];
            }
            if let [(guard, value)] = values.as_slice()
                && guard.is_always()
            {
                for (_, members) in &mut objects {
                    members.extend(value.clone().map(with));
                }
                continue;
            }
            let mut split = Vec::new();
            for (guard, members) in &objects {
                for (when, value) in &values {
                    if !guard.contradicts(when) {
                        let mut members = members.clone();
                        members.extend(value.clone().map(with));
                        split.push((guard.join(when), members));
                    }
                }
            }
            if split.len() > MAX_CASES {
                split.truncate(MAX_CASES);
                let message = "too many combinations of undecided conditions: not all are shown";
                self.problem(Problem::error(field.place, message));
            }
            objects = split;
        }
        let object = |(guard, members)| (guard, Some(Node::new(place, Value::Object(members))));
        objects.into_iter().map(object).collect()
    }
}
