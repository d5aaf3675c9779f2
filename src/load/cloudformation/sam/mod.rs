//! SAM: the CloudFormation resources that a transform makes of serverless ones, as far as IAM is
//! concerned. Ids and names are those that AWS's translator gives, so that a reference to
//! `<Function>Role` finds it.

mod apis;
mod connectors;
mod deploying;
mod events;
mod functions;
mod globals;
mod machines;
mod policies;
mod pollers;
mod queues;

use std::sync::Arc;

use super::build::{from_json, list, member, object};
use super::scope::Scope;
use super::template::Resource;
use crate::iam::{Node, Place};

/// Every resource of the template, serverless ones replaced by what they come to.
pub(super) fn expand(scope: &Scope<'_>) -> Vec<Arc<Resource>> {
    let mut made = Vec::new();
    for resource in scope.resources() {
        scope.work_on(&resource.id);
        let resource = globals::applied(scope, resource);
        match resource.kind.as_str() {
            "AWS::Serverless::Function" => functions::expand(scope, &resource, &mut made),
            "AWS::Serverless::StateMachine" => machines::expand(scope, &resource, &mut made),
            "AWS::Serverless::Api" => apis::expand(scope, &resource, &mut made),
            "AWS::Serverless::HttpApi" => apis::expand_http(scope, &resource, &mut made),
            "AWS::Serverless::SimpleTable" => made.push(as_kind(&resource, "AWS::DynamoDB::Table")),
            "AWS::Serverless::LayerVersion" => {
                made.push(as_kind(&resource, "AWS::Lambda::LayerVersion"));
            }
            _ => made.push(resource),
        }
    }
    apis::add_implicit(scope, &mut made);
    connectors::add(scope, &mut made);
    made
}

fn as_kind(resource: &Resource, kind: &str) -> Arc<Resource> {
    Arc::new(Resource {
        kind: kind.to_owned(),
        ..resource.clone()
    })
}

/// A trust policy for a service.
fn trust(place: Place, service: &str) -> Node {
    from_json(
        &serde_json::json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Action": ["sts:AssumeRole"],
                "Effect": "Allow",
                "Principal": {"Service": [service]},
            }],
        }),
        place,
    )
}

/// `{"PolicyName", "PolicyDocument"}` with statements that allow.
fn inline_policy(name: String, statements: Vec<Node>) -> Option<Node> {
    let place = statements.first()?.place;
    let document = object(
        place,
        vec![
            member("Version", Node::string(place, "2012-10-17")),
            member("Statement", list(place, statements)),
        ],
    );
    Some(object(
        place,
        vec![
            member("PolicyName", Node::string(place, name)),
            member("PolicyDocument", document),
        ],
    ))
}

/// A statement that allows actions on a resource.
fn allow(actions: &[&str], resource: Node) -> Node {
    let place = resource.place;
    let actions = actions.iter().map(|action| Node::string(place, *action));
    object(
        place,
        vec![
            member("Effect", Node::string(place, "Allow")),
            member("Action", list(place, actions.collect())),
            member("Resource", resource),
        ],
    )
}

/// The ARN of an AWS managed policy in the partition of the template.
fn aws_policy(scope: &Scope<'_>, place: Place, name: &str) -> Node {
    let partition = &scope.surroundings.partition;
    Node::string(place, format!("arn:{partition}:iam::aws:policy/{name}"))
}
