//! The `Policies` of functions and state machines: names, ARNs, documents and SAM's policy
//! templates, any of them behind a condition.

use super::super::build::{call, from_json, list, member, no_value, object, replaced};
use super::super::evaluate::intrinsic;
use super::super::scope::Scope;
use super::super::text::is_no_value;
use super::aws_policy;
use crate::catalog;
use crate::iam::{Node, Problem, Value};

/// What the policies of a role come to.
#[derive(Default)]
pub(super) struct RolePolicies {
    /// ARNs, or what gives them.
    pub managed: Vec<Node>,
    /// `{"PolicyName", "PolicyDocument"}`
    pub inline: Vec<Node>,
}

impl RolePolicies {
    /// Adds a managed policy once.
    pub fn add_managed(&mut self, arn: Node) {
        let is_same = |one: &Node| one.as_str().is_some() && one.as_str() == arn.as_str();
        if !self.managed.iter().any(is_same) {
            self.managed.push(arn);
        }
    }

    /// Adds an inline policy unless another has the same document.
    pub fn add_inline_once(&mut self, policy: Option<Node>) {
        let document = |policy: &Node| policy.get("PolicyDocument").map(Node::to_json);
        let Some(policy) = policy else { return };
        let written = document(&policy);
        if !self.inline.iter().any(|one| document(one) == written) {
            self.inline.push(policy);
        }
    }

    /// Adds what `Policies` says; `role` is the id of the role.
    pub fn add(&mut self, scope: &Scope<'_>, policies: &Node, role: &str) {
        let items = match &policies.value {
            Value::List(items) => items.as_slice(),
            _ => std::slice::from_ref(policies),
        };
        for (index, item) in items.iter().enumerate() {
            let name = format!("{role}Policy{index}");
            let entry = Entry::read(scope, item, &name);
            if let Some(arn) = entry.managed {
                self.add_managed(arn);
            }
            self.inline.extend(entry.inline);
        }
    }

    /// The two properties of a role.
    pub fn into_members(self, role: &Node) -> Vec<crate::iam::Member> {
        let mut members = vec![member("ManagedPolicyArns", list(role.place, self.managed))];
        if !self.inline.is_empty() {
            members.push(member("Policies", list(role.place, self.inline)));
        }
        members
    }
}

/// One item: a managed policy, an inline one, or with a condition perhaps one of each.
#[derive(Default)]
struct Entry {
    managed: Option<Node>,
    inline: Option<Node>,
}

impl Entry {
    fn read(scope: &Scope<'_>, item: &Node, name: &str) -> Self {
        if is_no_value(item) {
            return Entry::default();
        }
        if let Some(text) = item.as_str() {
            return Entry {
                managed: Some(managed_policy(scope, item, text)),
                inline: None,
            };
        }
        match intrinsic(item) {
            Some(("Fn::If", argument)) => {
                if let [condition, yes, no] = argument.items() {
                    let yes = Entry::read(scope, yes, name);
                    let no = Entry::read(scope, no, name);
                    return Entry {
                        managed: either(condition, yes.managed, no.managed),
                        inline: either(condition, yes.inline, no.inline),
                    };
                }
                Entry::default()
            }
            Some(_) => Entry {
                managed: Some(item.clone()),
                inline: None,
            },
            None => Entry {
                managed: None,
                inline: document(scope, item).map(|document| {
                    object(
                        item.place,
                        vec![
                            member("PolicyName", Node::string(item.place, name)),
                            member("PolicyDocument", document),
                        ],
                    )
                }),
            },
        }
    }
}

fn either(condition: &Node, yes: Option<Node>, no: Option<Node>) -> Option<Node> {
    let place = condition.place;
    if yes.is_none() && no.is_none() {
        return None;
    }
    let branches = [yes, no].map(|branch| branch.unwrap_or_else(|| no_value(place)));
    let argument = std::iter::once(condition.clone()).chain(branches).collect();
    Some(call("Fn::If", list(place, argument)))
}

/// A managed policy by its ARN, or by the name of one of AWS's.
fn managed_policy(scope: &Scope<'_>, item: &Node, text: &str) -> Node {
    if text.starts_with("arn:") || text.starts_with("{{resolve:") {
        return item.clone();
    }
    let policies = catalog::managed_policies();
    let found = policies.binary_search_by(|policy| policy.name().cmp(text));
    match found.ok().and_then(|at| policies.get(at)) {
        Some(policy) => {
            let name = format!("{}{}", policy.path(), policy.name());
            aws_policy(scope, item.place, name.trim_start_matches('/'))
        }
        None => {
            let message =
                format!("`{text}` is neither an ARN nor the name of an AWS managed policy");
            scope.problem(Problem::warning(item.place, message));
            item.clone()
        }
    }
}

/// The document of an item: itself, or what a policy template makes of its parameters.
fn document(scope: &Scope<'_>, item: &Node) -> Option<Node> {
    if item.get("Statement").is_some() {
        return Some(item.clone());
    }
    let [only] = item.members() else {
        let message = "neither a policy document nor a policy template";
        scope.problem(Problem::error(item.place, message));
        return None;
    };
    let name = only.key.to_string();
    let Some(template) = catalog::sam_policy_template(&name) else {
        let message = format!("`{name}` is no policy template of SAM");
        scope.problem(Problem::error(item.place, message));
        return None;
    };
    for parameter in template.parameters.keys() {
        if only.value.get(parameter).is_none() {
            let message = format!("policy template `{name}` needs the parameter `{parameter}`");
            scope.problem(Problem::error(item.place, message));
        }
    }
    let definition = from_json(&template.definition, item.place);
    Some(replaced(&definition, &|node| {
        let parameter = match intrinsic(node) {
            Some(("Ref", name)) => name.as_str()?,
            _ => return None,
        };
        only.value.get(parameter).cloned()
    }))
}
