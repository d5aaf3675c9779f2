//! Connectors: the policy that lets one resource reach another, by AWS's profiles for pairs of types.

use std::sync::Arc;

use serde_json::Value as Json;

use super::super::build::{call, from_json, list, member, object, reference, replaced};
use super::super::evaluate::intrinsic;
use super::super::scope::Scope;
use super::super::template::Resource;
use crate::catalog::sam_connectors;
use crate::iam::{Member, Node, Place, Problem};

/// One connector, wherever it is written.
struct Connector<'a> {
    id: String,
    owner: Arc<Resource>,
    source: Node,
    properties: &'a Node,
}

/// Replaces the connectors among resources by what they come to.
pub(super) fn add(scope: &Scope<'_>, made: &mut Vec<Arc<Resource>>) {
    let resources = made.clone();
    let mut results = Vec::new();
    for resource in &resources {
        let embedded = resource.connectors.as_ref().map(Node::members);
        for connector in embedded.unwrap_or_default() {
            let place = connector.place;
            let mut source = vec![member("Id", Node::string(place, resource.id.as_str()))];
            let reference = connector.value.get("Properties");
            let reference = reference.and_then(|properties| properties.get("SourceReference"));
            source.extend(
                reference
                    .map(Node::members)
                    .unwrap_or_default()
                    .iter()
                    .cloned(),
            );
            if let Some(properties) = connector.value.get("Properties") {
                let connector = Connector {
                    id: format!("{}{}", resource.id, connector.key),
                    owner: resource.clone(),
                    source: object(place, source),
                    properties,
                };
                connector.expand(scope, &resources, &mut results);
            }
        }
        if resource.kind == "AWS::Serverless::Connector"
            && let Some(source) = resource.properties.get("Source")
        {
            let connector = Connector {
                id: resource.id.clone(),
                owner: resource.clone(),
                source: source.clone(),
                properties: &resource.properties,
            };
            connector.expand(scope, &resources, &mut results);
        }
    }
    made.retain(|resource| resource.kind != "AWS::Serverless::Connector");
    made.extend(results);
}

impl Connector<'_> {
    fn expand(&self, scope: &Scope<'_>, all: &[Arc<Resource>], made: &mut Vec<Arc<Resource>>) {
        let Some(destinations) = self.properties.get("Destination") else {
            return;
        };
        let is_list = !destinations.items().is_empty();
        for (index, destination) in destinations.one_or_many().iter().enumerate() {
            let end = if is_list {
                format!("Destination{index}")
            } else {
                String::new()
            };
            let source = End::read(&self.source, destination, all);
            let destination = End::read(destination, &self.source, all);
            let found = source
                .zip(destination)
                .and_then(|(source, destination)| self.connect(&source, &destination, &end));
            match found {
                Some(resources) => made.extend(resources.into_iter().map(Arc::new)),
                None => scope.problem(Problem::warning(
                    self.owner.place,
                    format!("what connector `{}` grants cannot be told", self.id),
                )),
            }
        }
    }

    fn connect(&self, source: &End, destination: &End, end: &str) -> Option<Vec<Resource>> {
        let profile = &sam_connectors()["Permissions"][&source.kind][&destination.kind];
        let properties = &profile["Properties"];
        let at_source = properties["SourcePolicy"].as_bool()?;
        let holder = if at_source { source } else { destination };
        let place = self.owner.place;
        let wanted = self.properties.get("Permissions")?.one_or_many().iter();
        let wanted: Vec<&str> = wanted.filter_map(Node::as_str).collect();
        let categories = properties["AccessCategories"].as_object()?.iter();
        let categories = categories.filter(|(name, _)| wanted.contains(&name.as_str()));
        let filled = |json: &Json| fill(&from_json(json, place), source, destination);
        let made = |id: String, kind: &str, members: Vec<Member>| {
            let friendly = format!("connector {}", self.id);
            self.owner.made(id, kind, object(place, members), friendly)
        };
        if profile["Type"] == "AWS_LAMBDA_PERMISSION" {
            let permission = |(name, category): (&String, &Json)| {
                let mut members = vec![member("FunctionName", holder.arn.clone()?)];
                for (property, value) in category.as_object()? {
                    members.push(member(property, filled(value)));
                }
                let id = format!("{}{name}LambdaPermission{end}", self.id);
                Some(made(id, "AWS::Lambda::Permission", members))
            };
            return categories.map(permission).collect();
        }
        let mut statements = Vec::new();
        for (_, category) in categories {
            statements.extend(filled(&category["Statement"]).items().iter().cloned());
        }
        let document = object(
            place,
            vec![
                member("Version", Node::string(place, "2012-10-17")),
                member("Statement", list(place, statements)),
            ],
        );
        let document = member("PolicyDocument", document);
        let one = |value: Node| list(place, vec![value]);
        let id = &self.id;
        Some(vec![match profile["Type"].as_str()? {
            "AWS_IAM_ROLE_MANAGED_POLICY" => {
                let roles = member("Roles", one(holder.role.clone()?));
                let id = format!("{id}Policy{end}");
                made(id, "AWS::IAM::ManagedPolicy", vec![document, roles])
            }
            "AWS_SQS_QUEUE_POLICY" => {
                let queues = member("Queues", one(holder.url.clone()?));
                let id = format!("{id}QueuePolicy{end}");
                made(id, "AWS::SQS::QueuePolicy", vec![document, queues])
            }
            "AWS_SNS_TOPIC_POLICY" => {
                let topics = member("Topics", one(holder.arn.clone()?));
                let id = format!("{id}TopicPolicy{end}");
                made(id, "AWS::SNS::TopicPolicy", vec![document, topics])
            }
            _ => return None,
        }])
    }
}

/// One end of a connector.
struct End {
    kind: String,
    arn: Option<Node>,
    /// The name of its role.
    role: Option<Node>,
    url: Option<Node>,
    id: Option<Node>,
    name: Option<Node>,
    qualifier: Option<Node>,
}

impl End {
    /// An end by the id of a resource, or written out; `other` is the end that it is connected to.
    fn read(node: &Node, other: &Node, all: &[Arc<Resource>]) -> Option<Self> {
        let written = |name: &str| node.get(name).cloned();
        let Some(id) = node.get("Id") else {
            return Some(End {
                kind: cloudformation_type(node.get("Type")?.as_str()?).to_owned(),
                arn: written("Arn"),
                role: written("RoleName"),
                url: written("QueueUrl"),
                id: written("ResourceId"),
                name: written("Name"),
                qualifier: written("Qualifier"),
            });
        };
        let id = id.as_str()?;
        let resource = all.iter().find(|resource| resource.id == id)?;
        let about = &sam_connectors()["CfnResourceProperties"][&resource.kind];
        let output = |name: &str| {
            let form = about["Outputs"].get(name)?;
            Some(with_id(&from_json(form, node.place), id))
        };
        let role = match &about["Inputs"]["Role"] {
            Json::String(property) => resource.properties.get(property).cloned(),
            // A rule has a role for each of its targets.
            Json::Object(_) => role_of_target(resource, other),
            _ => None,
        };
        Some(End {
            kind: resource.kind.clone(),
            arn: output("Arn"),
            role: role.and_then(|role| role_name(&role)),
            url: output("Url"),
            id: output("Id"),
            name: output("Name"),
            qualifier: written("Qualifier").or_else(|| output("Qualifier")),
        })
    }

    fn part(&self, name: &str) -> Option<&Node> {
        match name {
            "Arn" => self.arn.as_ref(),
            "ResourceId" => self.id.as_ref(),
            "Name" => self.name.as_ref(),
            "Qualifier" => self.qualifier.as_ref(),
            _ => None,
        }
    }
}

fn cloudformation_type(kind: &str) -> &str {
    match kind {
        "AWS::Serverless::Function" => "AWS::Lambda::Function",
        "AWS::Serverless::StateMachine" => "AWS::StepFunctions::StateMachine",
        "AWS::Serverless::Api" => "AWS::ApiGateway::RestApi",
        "AWS::Serverless::HttpApi" => "AWS::ApiGatewayV2::Api",
        "AWS::Serverless::SimpleTable" => "AWS::DynamoDB::Table",
        kind => kind,
    }
}

fn with_id(node: &Node, id: &str) -> Node {
    replaced(node, &|part| {
        let is_id = part.as_str() == Some("%{logicalId}");
        is_id.then(|| Node::string(part.place, id))
    })
}

fn role_of_target(rule: &Resource, other: &Node) -> Option<Node> {
    let id = other.get("Id").and_then(Node::as_str);
    let targets = rule.properties.get("Targets")?.items().iter();
    let mut targets = targets.filter(|target| {
        let named = target.get("Arn").and_then(referenced);
        named.is_some() && named.as_deref() == id
    });
    targets.next()?.get("RoleArn").cloned()
}

/// A role by the name that `Ref` gives.
fn role_name(role: &Node) -> Option<Node> {
    Some(reference(role.place, &referenced(role)?))
}

/// The resource that `Ref` or `Fn::GetAtt` is about.
fn referenced(node: &Node) -> Option<String> {
    match intrinsic(node)? {
        ("Ref", id) => id.as_str().map(str::to_owned),
        ("Fn::GetAtt", path) => match path.items() {
            [id, ..] => id.as_str().map(str::to_owned),
            [] => Some(path.as_str()?.split('.').next()?.to_owned()),
        },
        _ => None,
    }
}

/// Puts the parts of both ends into a profile: `%{Source.Arn}/*` becomes a `Fn::Sub`.
fn fill(node: &Node, source: &End, destination: &End) -> Node {
    replaced(node, &|part| {
        let text = part.as_str()?;
        if !text.contains('%') && !text.contains("${") {
            return None;
        }
        let mut variables = Vec::new();
        let mut written = text.to_owned();
        for (side, end) in [("Source", source), ("Destination", destination)] {
            for name in ["Arn", "ResourceId", "Name", "Qualifier"] {
                let mark = format!("%{{{side}.{name}}}");
                let Some(value) = end.part(name).filter(|_| written.contains(&mark)) else {
                    continue;
                };
                if written == mark {
                    return Some(value.clone());
                }
                let variable = format!("{side}{name}");
                written = written.replace(&mark, &format!("${{{variable}}}"));
                variables.push(member(&variable, value.clone()));
            }
        }
        let place: Place = part.place;
        let argument = vec![Node::string(place, written), object(place, variables)];
        Some(call("Fn::Sub", list(place, argument)))
    })
}
