//! Queues that SAM makes for events, and what lets the source of the event write to them.

use std::sync::Arc;

use super::super::build::{arn_of, list, member, object, reference};
use super::super::template::Resource;
use super::events::is_on;
use crate::iam::{Node, Place};

/// Adds the queue between a topic and a function, where the event asks for one.
pub(super) fn of_topic(
    function: &Resource,
    properties: &Node,
    id: &str,
    made: &mut Vec<Arc<Resource>>,
) {
    let Some(subscription) = properties.get("SqsSubscription").filter(|one| is_on(one)) else {
        return;
    };
    let Some(topic) = properties.get("Topic") else {
        return;
    };
    let place = subscription.place;
    let given = |name: &str| subscription.get(name).cloned();
    let (arn, url) = match (given("QueueArn"), given("QueueUrl")) {
        (Some(arn), Some(url)) => (arn, url),
        _ => own_queue(function, id, place, made),
    };
    let end = match subscription
        .get("QueuePolicyLogicalId")
        .and_then(Node::as_str)
    {
        Some(own) => own.to_owned(),
        None => format!("{id}QueuePolicy"),
    };
    let everybody = Node::string(place, "*");
    let document = document(place, everybody, topic.clone(), arn);
    made.push(policy(function, end, url, document));
}

/// Adds the queue that takes what a rule could not deliver, where the event asks for one.
pub(super) fn of_rule(
    function: &Resource,
    properties: &Node,
    id: &str,
    made: &mut Vec<Arc<Resource>>,
) {
    let Some(config) = properties.get("DeadLetterConfig") else {
        return;
    };
    if config.get("Type").and_then(Node::as_str) != Some("SQS") {
        return;
    }
    let place = config.place;
    let (arn, url) = own_queue(function, id, place, made);
    let service = member("Service", Node::string(place, "events.amazonaws.com"));
    let principal = object(place, vec![service]);
    let document = document(place, principal, arn_of(place, id), arn);
    made.push(policy(function, format!("{id}QueuePolicy"), url, document));
}

/// A queue of the event's own: its ARN and its URL.
fn own_queue(
    function: &Resource,
    id: &str,
    place: Place,
    made: &mut Vec<Arc<Resource>>,
) -> (Node, Node) {
    let queue = format!("{id}Queue");
    let arn_and_url = (arn_of(place, &queue), reference(place, &queue));
    let friendly = format!("queue of {}", function.id);
    let nothing = object(place, Vec::new());
    made.push(Arc::new(function.made(
        queue,
        "AWS::SQS::Queue",
        nothing,
        friendly,
    )));
    arn_and_url
}

fn policy(function: &Resource, id: String, url: Node, document: Node) -> Arc<Resource> {
    let place = url.place;
    let members = vec![
        member("Queues", list(place, vec![url])),
        member("PolicyDocument", document),
    ];
    let friendly = format!("policy of the queue of {}", function.id);
    let kind = "AWS::SQS::QueuePolicy";
    Arc::new(function.made(id, kind, object(place, members), friendly))
}

fn document(place: Place, principal: Node, from: Node, queue: Node) -> Node {
    let text = |text: &str| Node::string(place, text);
    let source = object(place, vec![member("aws:SourceArn", from)]);
    let statement = object(
        place,
        vec![
            member("Action", text("sqs:SendMessage")),
            member("Effect", text("Allow")),
            member("Principal", principal),
            member("Resource", queue),
            member(
                "Condition",
                object(place, vec![member("ArnEquals", source)]),
            ),
        ],
    );
    object(
        place,
        vec![
            member("Version", text("2012-10-17")),
            member("Statement", list(place, vec![statement])),
        ],
    )
}
