//! The parts of a CloudFormation template, as read and before anything is resolved.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::iam::{Member, Node, Place, Problem, SourceId, Text, Value};
use crate::load::positions::SourceText;

/// Resources that are read of one template; CloudFormation allows 500.
const MAX_RESOURCES: usize = 10_000;

/// A template that was read once and is rendered as often as its parameters change.
#[derive(Debug)]
pub(in crate::load) struct Template {
    pub source: SourceId,
    /// Its text, to point into policies that are written as text.
    pub text: Arc<SourceText>,
    pub parameters: Vec<ParameterDefinition>,
    pub mappings: Option<Node>,
    pub conditions: HashMap<String, Definition>,
    pub resources: Vec<Arc<Resource>>,
    /// `Fn::ForEach` loops over resources: what is behind the `Fn::ForEach::Name` key.
    pub loops: Vec<Member>,
    pub outputs: Option<Node>,
    /// SAM's `Globals`.
    pub globals: Option<Node>,
    pub transforms: Vec<String>,
    /// The templates of nested stacks that are there, by the stack's logical id.
    pub nested: BTreeMap<String, Arc<Template>>,
    /// What is wrong with the template whatever its parameters are.
    pub problems: Vec<Problem>,
}

#[derive(Debug)]
pub(in crate::load) struct Definition {
    pub place: Place,
    pub node: Node,
}

#[derive(Debug)]
pub(in crate::load) struct ParameterDefinition {
    pub name: String,
    pub place: Place,
    pub kind: String,
    pub default: Option<Node>,
    pub allowed: Vec<String>,
    pub description: Option<String>,
    pub secret: bool,
}

impl ParameterDefinition {
    /// Whether its value is a list, which templates write with commas.
    pub fn is_list(&self) -> bool {
        self.kind == "CommaDelimitedList" || self.kind.contains("List<")
    }

    /// Whether its default only names the parameter of Systems Manager that holds the value.
    pub fn is_stored_elsewhere(&self) -> bool {
        self.kind.starts_with("AWS::SSM::Parameter::Value")
    }
}

#[derive(Clone, Debug)]
pub(in crate::load) struct Resource {
    pub id: String,
    pub place: Place,
    pub kind: String,
    pub condition: Option<String>,
    /// `Properties`, perhaps an intrinsic.
    pub properties: Node,
    pub metadata: Option<Node>,
    /// SAM's `Connectors`, which stand beside the properties.
    pub connectors: Option<Node>,
    /// What to call it instead of its logical id.
    pub friendly: Option<String>,
    pub comment: Option<Box<str>>,
}

impl Resource {
    /// A resource as it stands in a template; `None` where it is no object with a type.
    pub fn read(id: &str, place: Place, node: &Node) -> Option<Self> {
        let kind = node.get("Type")?.as_str()?.to_owned();
        let condition = node.get("Condition").and_then(Node::as_str);
        Some(Resource {
            id: id.to_owned(),
            place,
            kind,
            condition: condition.map(str::to_owned),
            properties: node
                .get("Properties")
                .cloned()
                .unwrap_or_else(|| Node::new(place, Value::Object(Vec::new()))),
            friendly: node.get("Metadata").and_then(construct_path),
            metadata: node.get("Metadata").cloned(),
            connectors: node.get("Connectors").cloned(),
            comment: node.comment.clone(),
        })
    }

    /// A resource that a transform makes of another, which it exists with.
    pub fn made(&self, id: String, kind: &str, properties: Node, friendly: String) -> Self {
        Resource {
            id,
            place: self.place,
            kind: kind.to_owned(),
            condition: self.condition.clone(),
            properties,
            metadata: None,
            connectors: None,
            friendly: Some(friendly),
            comment: None,
        }
    }
}

/// The path of the construct that the CDK made a resource from, without the `Resource` at its end.
fn construct_path(metadata: &Node) -> Option<String> {
    let path = metadata.get("aws:cdk:path")?.as_str()?;
    let path = path.strip_suffix("/Resource").unwrap_or(path);
    Some(path.to_owned())
}

impl Template {
    /// Takes a template apart.
    pub fn read(root: &Node, source: SourceId, text: Arc<SourceText>) -> Self {
        let mut template = Template {
            source,
            text,
            parameters: section(root, "Parameters").iter().map(parameter).collect(),
            mappings: root.get("Mappings").cloned(),
            conditions: HashMap::new(),
            resources: Vec::new(),
            loops: Vec::new(),
            outputs: root.get("Outputs").cloned(),
            globals: root.get("Globals").cloned(),
            transforms: Vec::new(),
            nested: BTreeMap::new(),
            problems: Vec::new(),
        };
        if let Some(transforms) = root.get("Transform") {
            let names = transforms.one_or_many().iter().filter_map(Node::as_str);
            template.transforms = names.map(str::to_owned).collect();
            template.macros(transforms);
        }
        for member in section(root, "Conditions") {
            let definition = Definition {
                place: member.place,
                node: member.value.clone(),
            };
            template
                .conditions
                .insert(member.key.to_string(), definition);
        }
        for (at, member) in section(root, "Resources").iter().enumerate() {
            if at == MAX_RESOURCES {
                let message = format!("more than {MAX_RESOURCES} resources: the rest is not read");
                template
                    .problems
                    .push(Problem::error(member.place, message));
                break;
            }
            template.resource(member);
        }
        template.repeated_names(root);
        template
    }

    /// Whether a transform of SAM makes more of it. Examples often leave the transform out.
    pub fn is_sam(&self) -> bool {
        let mut names = self.transforms.iter();
        let mut resources = self.resources.iter();
        names.any(|name| name.starts_with("AWS::Serverless-"))
            || resources.any(|resource| resource.kind.starts_with("AWS::Serverless::"))
    }

    /// A template made of `{"key", "value"}` items, each a resource.
    pub fn of_items(items: &[Node], source: SourceId, text: Arc<SourceText>) -> Self {
        let resource = |item: &Node| {
            let key = item.get("key")?;
            Some(Member {
                key: key.text()?.clone(),
                place: key.place,
                value: item.get("value")?.clone(),
            })
        };
        let resources = items.iter().filter_map(resource).collect();
        let place = Place::new(source, 1, 1);
        let resources = Member {
            key: Text::plain("Resources"),
            place,
            value: Node::new(place, Value::Object(resources)),
        };
        let root = Node::new(place, Value::Object(vec![resources]));
        Self::read(&root, source, text)
    }

    /// Transforms that are programs of an account: nobody here can say what they make.
    fn macros(&mut self, transforms: &Node) {
        for transform in transforms.one_or_many() {
            let name = transform
                .as_str()
                .or_else(|| transform.get("Name")?.as_str());
            let Some(name) = name else { continue };
            let is_known = name.starts_with("AWS::Serverless-")
                || [
                    "AWS::LanguageExtensions",
                    "AWS::CodeDeployBlueGreen",
                    "AWS::SecretsManager",
                ]
                .iter()
                .any(|known| name.starts_with(known));
            if !is_known {
                let message =
                    format!("transform `{name}` changes the template when it is deployed");
                self.problems.push(
                    Problem::warning(transform.place, message)
                        .hint("roles and policies that it adds or changes are not shown"),
                );
            }
        }
    }

    fn resource(&mut self, member: &Member) {
        let id = member.key.to_string();
        if id.starts_with("Fn::ForEach::") {
            self.loops.push(member.clone());
            return;
        }
        if id.starts_with("Fn::") {
            self.problems.push(Problem::warning(
                member.place,
                format!("`{id}` brings in resources that are not in this file"),
            ));
            return;
        }
        match Resource::read(&id, member.place, &member.value) {
            Some(resource) => {
                if let Some(transform) = resource.properties.get("Fn::Transform") {
                    let message = format!(
                        "`Fn::Transform` adds properties to `{id}` that are not in this file"
                    );
                    self.problems
                        .push(Problem::warning(transform.place, message));
                }
                self.resources.push(Arc::new(resource));
            }
            None => self.problems.push(Problem::error(
                member.place,
                format!("resource `{id}` has no `Type`"),
            )),
        }
    }

    /// A name that occurs twice outside policies: the last one wins, as in CloudFormation. Inside a
    /// policy document the reader of policies says so.
    fn repeated_names(&mut self, root: &Node) {
        let mut open = vec![root];
        while let Some(node) = open.pop() {
            let mut seen = HashMap::new();
            for member in node.members() {
                if let Some(first) = seen.insert(&member.key, member.place) {
                    let message = format!("`{}` occurs twice; the last one counts", member.key);
                    self.problems.push(
                        Problem::warning(member.place, message)
                            .hint(format!("the first one is on line {}", first.line)),
                    );
                }
                if member.value.get("Statement").is_none() {
                    open.push(&member.value);
                }
            }
            open.extend(node.items());
        }
        self.problems.sort_by_key(|problem| problem.place);
    }
}

fn section<'a>(root: &'a Node, name: &str) -> &'a [Member] {
    root.get(name).map(Node::members).unwrap_or_default()
}

fn parameter(member: &Member) -> ParameterDefinition {
    let node = &member.value;
    let text = |name: &str| Some(node.get(name)?.scalar()?.to_string());
    let allowed = node.get("AllowedValues").map(Node::one_or_many);
    let allowed = allowed.unwrap_or_default().iter().filter_map(Node::scalar);
    ParameterDefinition {
        name: member.key.to_string(),
        place: member.place,
        kind: text("Type").unwrap_or_else(|| "String".to_owned()),
        default: node.get("Default").cloned(),
        allowed: allowed.map(|value| value.to_string()).collect(),
        description: text("Description"),
        secret: text("NoEcho").is_some_and(|value| value.eq_ignore_ascii_case("true")),
    }
}
