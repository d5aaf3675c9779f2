//! What `Ref` and `Fn::GetAtt` give: parameters, pseudo parameters, names and ARNs of resources.

use super::names;
use super::scope::Scope;
use super::template::Resource;
use crate::iam::{Node, Part, Place, Problem, Text, Unresolved, UnresolvedKind, Value};
use std::sync::Arc;

impl Scope<'_> {
    /// The value of `Ref`; `None` is `AWS::NoValue`.
    pub(super) fn reference(&self, name: &str, place: Place) -> Option<Node> {
        if let Some(pseudo) = name.strip_prefix("AWS::") {
            return self.pseudo(pseudo, name, place);
        }
        if let Some(value) = self.parameter(name, place) {
            return Some(value);
        }
        let Some(resource) = self.resource(name).cloned() else {
            let message = format!("`{name}` is neither a parameter nor a resource of the template");
            self.problem(Problem::warning(place, message));
            return Some(self.unresolved_node(name, UnresolvedKind::Parameter, place));
        };
        Some(Node::string(place, self.reference_to(&resource, place)))
    }

    fn pseudo(&self, pseudo: &str, name: &str, place: Place) -> Option<Node> {
        let known = match pseudo {
            "NoValue" => return None,
            "AccountId" => self.surroundings.account.as_str(),
            "Region" => self.surroundings.region.as_str(),
            "Partition" => self.surroundings.partition.as_str(),
            "URLSuffix" => self.surroundings.url_suffix(),
            // The stack's name and id, notification ARNs: only the deployment decides them.
            _ => return Some(self.unresolved_node(name, UnresolvedKind::Pseudo, place)),
        };
        Some(Node::string(place, known))
    }

    /// What `Ref` of a resource gives: its name, for some types its ARN or an id.
    pub(super) fn reference_to(&self, resource: &Resource, place: Place) -> Text {
        let kind = resource.kind.as_str();
        if kind == "AWS::SQS::Queue" {
            // The queue's URL.
            let around = self.surroundings;
            let before = format!(
                "https://sqs.{}.{}/{}/",
                around.region,
                around.url_suffix(),
                around.account
            );
            let mut parts = vec![Part::Literal(before.into())];
            parts.extend(self.name_of(resource, place).to_parts());
            return Text::from_parts(parts);
        }
        match names::arn_form(kind, "Ref") {
            Some(form) => self.fill(form, resource, place),
            None => self.name_of(resource, place),
        }
    }

    pub(super) fn get_att(&self, argument: &Node, place: Place) -> Node {
        if let Some((id, attribute)) = argument.as_str().and_then(|text| text.split_once('.')) {
            return self.attribute(id, attribute, place);
        }
        if let [id, attribute] = argument.items()
            && let (Some(id), Some(attribute)) = (id.as_str(), self.known_text(attribute))
        {
            return self.attribute(id, &attribute, place);
        }
        self.malformed_node("Fn::GetAtt", argument)
    }

    /// The value of an attribute of a resource.
    pub(super) fn attribute(&self, id: &str, attribute: &str, place: Place) -> Node {
        let unresolved = || {
            let name = format!("{id}.{attribute}");
            self.unresolved_node(&name, UnresolvedKind::Attribute, place)
        };
        let Some(resource) = self.resource(id).cloned() else {
            let message = format!("`{id}` is not a resource of the template");
            self.problem(Problem::warning(place, message));
            return unresolved();
        };
        if let Some(output) = attribute.strip_prefix("Outputs.") {
            let value = self.output_of_stack(id, output);
            return value.map_or_else(unresolved, |value| Node::string(place, value));
        }
        if let Some(form) = names::arn_form(&resource.kind, attribute) {
            return Node::string(place, self.fill(form, &resource, place));
        }
        // `Queue.QueueName`, `Table.TableName`: the name under its own name.
        if names::name_property(&resource.kind) == Some(attribute) {
            return Node::string(place, self.name_of(&resource, place));
        }
        unresolved()
    }

    /// The ARN of a resource, where its type has one.
    pub fn arn_of(&self, resource: &Resource) -> Option<Text> {
        let kind = resource.kind.as_str();
        let form = names::own_arn_form(kind)?;
        Some(self.fill(form, resource, resource.place))
    }

    /// The name of a resource: what its template says, else a name that its creation decides.
    pub fn name_of(&self, resource: &Resource, place: Place) -> Text {
        let property = names::name_property(&resource.kind);
        property
            .and_then(|property| self.text_property(resource, property))
            .unwrap_or_else(|| self.undecided_name(resource, place))
    }

    fn undecided_name(&self, resource: &Resource, place: Place) -> Text {
        Text::from_parts([self.part_of(resource, resource.id.clone(), place)])
    }

    /// Something about a resource that only its creation decides.
    fn part_of(&self, resource: &Resource, name: String, place: Place) -> Part {
        let kind = UnresolvedKind::Attribute;
        if place == resource.place {
            // Where a resource is defined is no reference to it.
            return Part::Unresolved(Arc::new(Unresolved { name, kind, place }));
        }
        self.unresolved(&name, kind, place)
    }

    /// The text of a property, where it has one that no undecided condition splits.
    fn text_property(&self, resource: &Resource, property: &str) -> Option<Text> {
        let following = format!("{}.{property}", resource.id);
        if !self.following.borrow_mut().insert(following.clone()) {
            let message = format!("`{following}` refers to itself");
            self.problem(Problem::error(resource.place, message));
            return None;
        }
        let text = self
            .raw_property(resource, property)
            .and_then(|node| self.one_text(node))
            .filter(|text| !text.is_empty());
        self.following.borrow_mut().remove(&following);
        text
    }

    /// A property as written, where the properties are no expression.
    fn raw_property<'n>(&self, resource: &'n Resource, property: &str) -> Option<&'n Node> {
        match &resource.properties.value {
            Value::Object(_) => resource.properties.get(property),
            _ => None,
        }
    }

    /// Fills the form of an ARN from what the resource and the settings say. A part in brackets is
    /// there only where the template says what it is: `rule/[${EventBusName}/]${RuleName}`.
    fn fill(&self, form: &str, resource: &Resource, place: Place) -> Text {
        let mut parts = Vec::new();
        if let Some((before, rest)) = form.split_once('[')
            && let Some((optional, after)) = rest.split_once(']')
        {
            self.fill_into(before, resource, place, &mut parts);
            let name = optional
                .split_once("${")
                .and_then(|(_, name)| name.split_once('}'));
            if name.is_some_and(|(name, _)| self.text_property(resource, name).is_some()) {
                self.fill_into(optional, resource, place, &mut parts);
            }
            self.fill_into(after, resource, place, &mut parts);
        } else {
            self.fill_into(form, resource, place, &mut parts);
        }
        Text::from_parts(parts)
    }

    fn fill_into(&self, form: &str, resource: &Resource, place: Place, parts: &mut Vec<Part>) {
        let mut rest = form;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            parts.push(Part::Literal(before.into()));
            let is_last = !after.contains("${");
            self.fill_one(name, is_last, resource, place, parts);
            rest = after;
        }
        parts.push(Part::Literal(rest.into()));
    }

    fn fill_one(
        &self,
        name: &str,
        is_last: bool,
        resource: &Resource,
        place: Place,
        parts: &mut Vec<Part>,
    ) {
        let known = match name {
            "Partition" => Some(&self.surroundings.partition),
            "Region" => Some(&self.surroundings.region),
            "Account" | "AccountId" => Some(&self.surroundings.account),
            _ => None,
        };
        if let Some(known) = known {
            parts.push(Part::Literal(known.as_str().into()));
            return;
        }
        if name.ends_with("NameWithPath") {
            let path = self.text_property(resource, "Path");
            let path = path.unwrap_or_else(|| Text::plain("/"));
            let trimmed = path.to_parts().into_iter().enumerate();
            parts.extend(trimmed.map(|(at, part)| match part {
                Part::Literal(text) if at == 0 => {
                    Part::Literal(text.strip_prefix('/').unwrap_or(&text).into())
                }
                part => part,
            }));
            parts.extend(self.name_of(resource, place).to_parts());
            return;
        }
        if name == "SecretId" {
            // Secrets Manager puts six characters behind the name.
            if let Some(name) = self.text_property(resource, "Name") {
                parts.extend(name.to_parts());
                parts.push(Part::Literal("-".into()));
            }
            parts.extend(self.undecided_name(resource, place).to_parts());
            return;
        }
        if name == "OidcProviderName"
            && let Some(url) = self.text_property(resource, "Url")
        {
            parts.extend(without_scheme(&url).to_parts());
            return;
        }
        let properties = names::placeholder_properties(name).into_iter().flatten();
        let mut texts = properties.filter_map(|property| self.text_property(resource, property));
        if let Some(text) = texts.next() {
            // Some properties take a name and an ARN alike.
            let text = match name {
                "FunctionName" => crate::load::aws_managed::behind_last(&text, ':'),
                _ => text,
            };
            parts.extend(text.to_parts());
        } else if is_last || names::name_property(&resource.kind) == Some(name) {
            parts.extend(self.name_of(resource, place).to_parts());
        } else {
            parts.push(self.part_of(resource, format!("{}.{name}", resource.id), place));
        }
    }
}

/// An issuer without `https://`, as it stands in ARNs and condition keys.
pub(in crate::load) fn without_scheme(url: &Text) -> Text {
    let parts = url.to_parts().into_iter().enumerate();
    Text::from_parts(parts.map(|(at, part)| match part {
        Part::Literal(text) if at == 0 => {
            let bare = text.strip_prefix("https://").unwrap_or(&text);
            Part::Literal(bare.into())
        }
        part => part,
    }))
}
