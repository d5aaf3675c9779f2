//! The resource that an event was about, where its message does not say.

use serde_json::{Map, Value};

use crate::catalog;
use crate::iam::Arn;

use super::super::types::{Denial, Field};
use super::event::Event;

/// Completes the resource: from the event's own list, else from the request's parameters and
/// the ARN forms of the action's resource types.
pub(super) fn complete(event: &Event, denial: &mut Denial) {
    let Some(action) = denial.action.as_deref().and_then(catalog::action) else {
        return;
    };
    let listed: Vec<&str> = event
        .resources
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|resource| {
            resource
                .get("ARN")
                .or_else(|| resource.get("arn"))?
                .as_str()
        })
        .collect();
    let forms: Vec<&str> = action.resource_types.iter().map(|used| used.arn).collect();
    let empty = Map::new();
    let parameters = event.request_parameters.as_object().unwrap_or(&empty);
    let found = action
        .resource_types
        .iter()
        .filter(|used| used.required || forms.len() == 1)
        .chain(action.resource_types.iter())
        .find_map(|used| {
            let fits = |arn: &&&str| same_form(used.arn, arn);
            listed
                .iter()
                .find(fits)
                .map(|arn| (*arn).to_owned())
                .or_else(|| fill(used.arn, event, parameters))
        });
    if let Some(arn) = found {
        denial.resource = Some(arn);
        denial.guess(Field::Resource);
    } else if action.resource_types.iter().all(|used| !used.required) && parameters.is_empty() {
        // No resource type, or none that was named.
        denial.resource = Some("*".to_owned());
        denial.guess(Field::Resource);
    }
}

/// Whether an ARN is of a form: the same service and kind of resource.
fn same_form(form: &str, arn: &str) -> bool {
    let (Some(form), Some(arn)) = (Arn::parse(form), Arn::parse(arn)) else {
        return false;
    };
    let fixed = |resource: &str| resource.split("${").next().unwrap_or("").to_owned();
    let slashes = |resource: &str| resource.contains('/');
    form.service == arn.service
        && arn.resource.starts_with(&fixed(form.resource))
        && slashes(form.resource) == slashes(arn.resource)
}

/// Fills the placeholders of an ARN form from the event and its parameters; `None` where one
/// stays open.
fn fill(form: &str, event: &Event, parameters: &Map<String, Value>) -> Option<String> {
    let mut filled = String::new();
    let mut rest = form;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}')?;
        filled.push_str(before);
        let value = match name {
            "Partition" => partition(event),
            "Region" => event.aws_region.clone()?,
            "Account" => event.recipient_account_id.clone()?,
            name => parameter(name, form, parameters)?,
        };
        if value.starts_with("arn:") {
            // The parameter takes an ARN instead of a name.
            return same_form(form, &value).then_some(value);
        }
        filled.push_str(&value);
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

fn partition(event: &Event) -> String {
    let arn = event.identity(&["arn"]).and_then(Arn::parse);
    arn.map_or("aws", |arn| arn.partition).to_owned()
}

/// The value of a placeholder such as `TableName`: the parameter of that name, or the ones that
/// services call differently.
fn parameter(name: &str, form: &str, parameters: &Map<String, Value>) -> Option<String> {
    let synonyms: &[&str] = match name {
        "ObjectName" => &["key"],
        "KeyId" => &["keyId"],
        "QueueName" => &["queueUrl", "queueName"],
        "TopicName" => &["topicArn", "name"],
        "SecretId" => &["secretId", "name"],
        "ParameterNameWithoutLeadingSlash" => &["name"],
        "RoleNameWithPath" => &["roleArn", "roleName"],
        "UserNameWithPath" => &["userName"],
        "GroupNameWithPath" => &["groupName"],
        "PolicyNameWithPath" => &["policyArn", "policyName"],
        "InstanceProfileNameWithPath" => &["instanceProfileName"],
        "InstanceId" => &["instanceId"],
        "StateMachineName" => &["stateMachineArn", "name"],
        "LogGroupName" => &["logGroupName"],
        "RepositoryName" => &["repositoryName"],
        "ClusterName" => &["cluster", "name", "clusterName"],
        _ => &[],
    };
    let get = |wanted: &str| {
        let (_, value) = parameters
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(wanted))?;
        value.as_str().filter(|text| !text.is_empty())
    };
    let value = std::iter::once(name)
        .chain(synonyms.iter().copied())
        .find_map(get)?;
    // A queue is named by its address.
    let value = match value.strip_prefix("https://") {
        Some(_) if form.contains(":sqs:") => value.rsplit('/').next()?,
        _ => value,
    };
    let value = match name {
        "ParameterNameWithoutLeadingSlash" => value.strip_prefix('/').unwrap_or(value),
        _ => value,
    };
    Some(value.to_owned())
}
