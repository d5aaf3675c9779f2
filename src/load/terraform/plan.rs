//! `terraform show -json` of a plan or a state, and state files.

use std::collections::HashMap;
use std::sync::Arc;

use crate::iam::{Member, Node, Parameter, ParameterFrom, Value};

use super::super::positions::SourceText;
use super::{Recorded, Resource, unknown};

/// Modules inside modules.
const MAX_DEPTH: usize = 64;

/// Whether a value is a plan.
pub(in crate::load) fn is_plan(root: &Node) -> bool {
    let has = |name: &str| root.get(name).is_some();
    has("format_version") && (has("planned_values") || has("resource_changes"))
}

/// Whether a value is a state, as shown or as stored.
pub(in crate::load) fn is_state(root: &Node) -> bool {
    let has = |name: &str| root.get(name).is_some();
    has("terraform_version") && (has("values") || (has("lineage") && has("resources")))
}

/// Reads a plan or a state.
pub(in crate::load) fn read(root: &Node, text: Arc<SourceText>) -> Recorded {
    let mut found = Found::default();
    for stored in root.get("resources").map(Node::items).unwrap_or_default() {
        found.add_stored(stored);
    }
    for name in ["values", "planned_values"] {
        if let Some(module) = root.get(name).and_then(|values| values.get("root_module")) {
            found.add_module(module, false, 0);
        }
    }
    // What was read before planning stands in the prior state. Resources that only it has are gone
    // when the plan is applied.
    let prior = root
        .get("prior_state")
        .and_then(|state| state.get("values")?.get("root_module"));
    if let Some(module) = prior {
        found.add_module(module, true, 0);
    }
    let changes = root.get("resource_changes").map(Node::items);
    let references = References::read(root);
    for change in changes.unwrap_or_default() {
        found.add_change(change, &references);
    }
    Recorded {
        resources: found.resources,
        variables: variables(root),
        text,
    }
}

fn string(node: &Node, name: &str) -> Option<String> {
    Some(node.get(name)?.as_str()?.to_owned())
}

/// Resources, each once.
#[derive(Default)]
struct Found {
    resources: Vec<Resource>,
    index: HashMap<String, usize>,
}

impl Found {
    /// Adds a resource, or replaces the one of its address.
    fn put(&mut self, resource: Resource) {
        match self.index.get(&resource.address) {
            Some(at) => {
                if let Some(old) = self.resources.get_mut(*at) {
                    *old = resource;
                }
            }
            None => {
                let at = self.resources.len();
                self.index.insert(resource.address.clone(), at);
                self.resources.push(resource);
            }
        }
    }

    fn add_module(&mut self, module: &Node, only_data: bool, depth: usize) {
        for node in module.get("resources").map(Node::items).unwrap_or_default() {
            let (Some(address), Some(kind)) = (string(node, "address"), string(node, "type"))
            else {
                continue;
            };
            let is_data = string(node, "mode").as_deref() == Some("data");
            // A deposed object is one that waits to be destroyed.
            let is_gone = node.get("deposed_key").is_some() || (only_data && !is_data);
            if is_gone || self.index.contains_key(&address) {
                continue;
            }
            let nothing = || Node::new(node.place, Value::Object(Vec::new()));
            let values = node.get("values").cloned().unwrap_or_else(nothing);
            self.put(Resource::recorded(
                address, kind, is_data, values, node.place,
            ));
        }
        if depth < MAX_DEPTH {
            let inside = module.get("child_modules").map(Node::items);
            for child in inside.unwrap_or_default() {
                self.add_module(child, only_data, depth + 1);
            }
        }
    }

    /// A resource of a state file, with its instances.
    fn add_stored(&mut self, node: &Node) {
        let (Some(kind), Some(name)) = (string(node, "type"), string(node, "name")) else {
            return;
        };
        let is_data = string(node, "mode").as_deref() == Some("data");
        let module = string(node, "module").map(|module| format!("{module}."));
        let data = if is_data { "data." } else { "" };
        let base = format!("{}{data}{kind}.{name}", module.unwrap_or_default());
        for instance in node.get("instances").map(Node::items).unwrap_or_default() {
            let key = instance.get("index_key");
            let address = match key.map(|key| &key.value) {
                Some(Value::Number(index)) => format!("{base}[{index}]"),
                Some(Value::String(key)) => format!("{base}[\"{key}\"]"),
                _ => base.clone(),
            };
            if let Some(values) = instance.get("attributes")
                && instance.get("deposed").is_none()
            {
                let place = instance.place;
                let values = values.clone();
                self.put(Resource::recorded(
                    address,
                    kind.clone(),
                    is_data,
                    values,
                    place,
                ));
            }
        }
    }

    /// Puts what a plan does not know into its resource, named by the reference that would decide it.
    fn add_change(&mut self, change: &Node, references: &References<'_>) {
        let (Some(address), Some(kind)) = (string(change, "address"), string(change, "type"))
        else {
            return;
        };
        let Some(inside) = change.get("change") else {
            return;
        };
        let actions = inside.get("actions").map(Node::items).unwrap_or_default();
        let is_gone =
            matches!(actions, [only] if matches!(only.as_str(), Some("delete" | "forget")));
        if is_gone || change.get("deposed").is_some() {
            return;
        }
        let Some(unknowns) = inside.get("after_unknown") else {
            return;
        };
        let nothing = || Node::new(change.place, Value::Object(Vec::new()));
        let mut values = inside.get("after").cloned().unwrap_or_else(nothing);
        let filler = Filler {
            module: module_of(&address),
        };
        filler.fill(&mut values, unknowns, references.of(&address), &address);
        let is_data = string(change, "mode").as_deref() == Some("data");
        self.put(Resource::recorded(
            address,
            kind,
            is_data,
            values,
            change.place,
        ));
    }
}

/// Names what is unknown in a resource of a module.
struct Filler<'a> {
    /// The module's address with a dot behind it, or nothing.
    module: &'a str,
}

impl Filler<'_> {
    /// Goes through `after` and `after_unknown` side by side; what is `true` there is unknown here.
    /// The reader bounds the nesting of both.
    fn fill(&self, value: &mut Node, unknowns: &Node, expressions: Option<&Node>, path: &str) {
        match &unknowns.value {
            Value::Bool(true) => {
                let name = expressions.and_then(first_reference);
                let name = name.map(|name| format!("{}{name}", self.module));
                let name = name.unwrap_or_else(|| path.to_owned());
                value.value = Value::String(unknown(&name, value.place));
            }
            Value::Object(parts) => {
                if !matches!(value.value, Value::Object(_)) {
                    value.value = Value::Object(Vec::new());
                }
                let place = value.place;
                let Value::Object(members) = &mut value.value else {
                    return;
                };
                for part in parts {
                    let key = part.key.to_string();
                    let inside = expressions.and_then(|expressions| expressions.get(&key));
                    let path = format!("{path}.{key}");
                    match members.iter_mut().find(|member| member.key == part.key) {
                        Some(member) => self.fill(&mut member.value, &part.value, inside, &path),
                        None if is_unknown(&part.value) => {
                            let mut new = Node::new(place, Value::Null);
                            self.fill(&mut new, &part.value, inside, &path);
                            members.push(Member {
                                key: part.key.clone(),
                                place,
                                value: new,
                            });
                        }
                        None => {}
                    }
                }
            }
            Value::List(parts) => {
                let Value::List(items) = &mut value.value else {
                    return;
                };
                for (at, (item, part)) in items.iter_mut().zip(parts).enumerate() {
                    let of_item = expressions.and_then(|expressions| expressions.items().get(at));
                    let path = format!("{path}[{at}]");
                    self.fill(item, part, of_item.or(expressions), &path);
                }
            }
            _ => {}
        }
    }
}

fn is_unknown(node: &Node) -> bool {
    match &node.value {
        Value::Bool(value) => *value,
        Value::Object(members) => members.iter().any(|member| is_unknown(&member.value)),
        Value::List(items) => items.iter().any(is_unknown),
        _ => false,
    }
}

/// The module that an address is in, with a dot behind it: keys may hold dots themselves.
fn module_of(address: &str) -> &str {
    let mut end = 0;
    let mut rest = address;
    while rest.starts_with("module.") {
        let mut in_quotes = false;
        let mut dots = rest.char_indices().filter(|(_, character)| {
            in_quotes ^= *character == '"';
            *character == '.' && !in_quotes
        });
        let Some((at, _)) = dots.nth(1) else { break };
        end += at + 1;
        rest = address.get(end..).unwrap_or_default();
    }
    address.get(..end).unwrap_or_default()
}

/// The one reference of an expression. The longest names an attribute; where there are several, none
/// stands for the whole.
fn first_reference(expression: &Node) -> Option<String> {
    let listed = expression.get("references")?.items().iter();
    let names: Vec<&str> = listed.filter_map(Node::as_str).collect();
    let longest = names.iter().max_by_key(|name| name.len())?;
    let is_one = names.iter().all(|name| longest.starts_with(name));
    is_one.then(|| (*longest).to_owned())
}

/// The expressions of the configuration by the address of their resource, without instance keys.
struct References<'a> {
    by_address: HashMap<String, &'a Node>,
}

impl<'a> References<'a> {
    fn read(root: &'a Node) -> Self {
        let mut references = References {
            by_address: HashMap::new(),
        };
        let module = root
            .get("configuration")
            .and_then(|all| all.get("root_module"));
        if let Some(module) = module {
            references.add(module, "", 0);
        }
        references
    }

    fn add(&mut self, module: &'a Node, prefix: &str, depth: usize) {
        for resource in module.get("resources").map(Node::items).unwrap_or_default() {
            if let (Some(address), Some(expressions)) =
                (string(resource, "address"), resource.get("expressions"))
            {
                self.by_address
                    .insert(format!("{prefix}{address}"), expressions);
            }
        }
        if depth >= MAX_DEPTH {
            return;
        }
        for call in module
            .get("module_calls")
            .map(Node::members)
            .unwrap_or_default()
        {
            if let Some(inside) = call.value.get("module") {
                self.add(inside, &format!("{prefix}module.{}.", call.key), depth + 1);
            }
        }
    }

    fn of(&self, address: &str) -> Option<&'a Node> {
        self.by_address.get(&without_keys(address)).copied()
    }
}

/// An address without `[0]` and `["key"]`, whose key may hold brackets itself.
pub(super) fn without_keys(address: &str) -> String {
    let mut kept = String::new();
    let (mut in_key, mut in_quotes) = (false, false);
    for character in address.chars() {
        match character {
            '"' if in_key => in_quotes = !in_quotes,
            '[' if !in_quotes => in_key = true,
            ']' if !in_quotes => in_key = false,
            _ if !in_key => kept.push(character),
            _ => {}
        }
    }
    kept
}

/// The variables of a plan: their values are those that it was made with.
fn variables(root: &Node) -> Vec<Parameter> {
    let members = root.get("variables").map(Node::members).unwrap_or_default();
    let declared = root
        .get("configuration")
        .and_then(|all| all.get("root_module")?.get("variables"));
    let variable = |member: &Member| {
        let name = member.key.to_string();
        let declared = declared.and_then(|all| all.get(&name));
        let is_sensitive = declared
            .and_then(|variable| variable.get("sensitive"))
            .is_some_and(|sensitive| matches!(sensitive.value, Value::Bool(true)));
        let value = member.value.get("value").map(shown);
        Parameter {
            kind: String::new(),
            from: value.as_ref().map(|_| ParameterFrom::Given),
            placeholder: value
                .as_deref()
                .is_some_and(super::super::placeholder::is_placeholder),
            value,
            default: declared
                .and_then(|variable| variable.get("default"))
                .map(shown),
            allowed: Vec::new(),
            description: declared.and_then(|variable| string(variable, "description")),
            secret: is_sensitive || super::names_a_secret(&name),
            place: member.place,
            used_by: Vec::new(),
            name,
        }
    };
    members.iter().map(variable).collect()
}

/// A value as one line.
fn shown(value: &Node) -> String {
    match value.scalar() {
        Some(text) => text.to_string(),
        None => value.to_json().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{module_of, without_keys};

    #[test]
    fn addresses_are_taken_apart() {
        assert_eq!(
            module_of("module.a[\"x.y\"].module.b.aws_iam_role.r"),
            "module.a[\"x.y\"].module.b."
        );
        assert_eq!(module_of("aws_iam_role.r"), "");
        assert_eq!(
            without_keys("module.a[\"x]y\"].aws_iam_role.r[0]"),
            "module.a.aws_iam_role.r"
        );
    }
}
