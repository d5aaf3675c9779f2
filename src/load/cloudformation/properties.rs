//! Reading the properties of resources.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::conditions::Exists;
use super::evaluate::intrinsic;
use super::scope::Scope;
use super::template::Resource;
use super::text::is_no_value;
use crate::iam::{Guard, Node, Place, Text, Value};
use crate::load::cases::{Cases, guarded_items};

/// A text of a list, and when it is in it.
pub(super) struct ListedText {
    pub text: Text,
    pub guard: Guard,
    pub place: Place,
}

impl Scope<'_> {
    /// A resource as often as undecided conditions make different ones of it; none where a
    /// condition decides that it does not exist.
    pub(super) fn variants(&self, resource: &Arc<Resource>) -> Vec<(Guard, Arc<Resource>)> {
        let guard = match &resource.condition {
            None => Guard::always(),
            Some(condition) => {
                match self
                    .branches(condition, &Node::string(resource.place, condition.as_str()))
                    .0
                {
                    Exists::Never => return Vec::new(),
                    Exists::When(guard) => guard,
                }
            }
        };
        let mut found = Vec::new();
        self.split_properties(&guard, &resource.properties, &mut |guard, properties| {
            let resource = match properties {
                None => resource.clone(),
                Some(properties) => Arc::new(Resource {
                    properties,
                    ..Resource::clone(resource)
                }),
            };
            found.push((guard, resource));
        });
        found
    }

    /// Follows `Fn::If` around all properties, and writes out loops among them.
    fn split_properties(
        &self,
        guard: &Guard,
        node: &Node,
        found: &mut dyn FnMut(Guard, Option<Node>),
    ) {
        if let Some(("Fn::If", argument)) = intrinsic(node) {
            for (guard, branch) in self.branches_of(guard, argument) {
                if is_no_value(branch) {
                    continue;
                }
                self.split_properties(&guard, branch, &mut |guard, inner| {
                    found(guard, Some(inner.unwrap_or_else(|| branch.clone())));
                });
            }
            return;
        }
        let is_loop = |key: &Text| {
            let key = key.as_plain();
            key.is_some_and(|key| key.starts_with("Fn::ForEach::"))
        };
        if node.members().iter().any(|member| is_loop(&member.key)) {
            let mut members = Vec::new();
            for member in node.members() {
                if is_loop(&member.key) {
                    members.extend(self.members_of_loop(member));
                } else {
                    members.push(member.clone());
                }
            }
            let node = Node::new(node.place, Value::Object(members));
            found(guard.clone(), Some(node));
            return;
        }
        found(guard.clone(), None);
    }

    /// The cases of a property; none where it is absent.
    pub(super) fn property(&self, resource: &Resource, name: &str) -> Cases {
        match resource.properties.get(name) {
            Some(node) => self.render(node),
            None => Vec::new(),
        }
    }

    /// The items of a property that holds a list, or a value that stands for a list of one.
    pub(super) fn items_of(&self, resource: &Resource, name: &str) -> Vec<Node> {
        let mut items = guarded_items(self.property(resource, name), true);
        items.retain(|item| !matches!(item.value, Value::Null));
        items
    }

    /// The texts of a property that holds a list.
    pub(super) fn listed(&self, resource: &Resource, name: &str) -> Vec<ListedText> {
        let items = self.items_of(resource, name).into_iter();
        items
            .filter_map(|item| {
                Some(ListedText {
                    text: item.scalar()?,
                    guard: item.guard,
                    place: item.place,
                })
            })
            .collect()
    }

    /// The text of a property that no undecided condition splits.
    pub(super) fn text_of(&self, resource: &Resource, name: &str) -> Option<Text> {
        self.one_text(resource.properties.get(name)?)
    }

    /// The tags of a resource: a list of keys and values, or (SAM) a map.
    pub(super) fn tags(&self, resource: &Resource) -> BTreeMap<String, Text> {
        let mut tags = BTreeMap::new();
        for (_, value) in self.property(resource, "Tags") {
            let Some(value) = value else { continue };
            for item in value.items() {
                if let (Some(key), Some(value)) = (item.get("Key"), item.get("Value"))
                    && let (Some(key), Some(value)) = (key.scalar(), value.scalar())
                {
                    tags.insert(key.to_string(), value);
                }
            }
            for member in value.members() {
                if let Some(value) = member.value.scalar() {
                    tags.insert(member.key.to_string(), value);
                }
            }
        }
        tags
    }
}
