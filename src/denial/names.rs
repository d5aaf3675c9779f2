//! Names of services and API operations, and the actions they stand for.

use crate::catalog;

/// Names of services in class names and error texts, behind "Amazon" and "AWS", that SDK
/// service ids and event sources do not use.
const ALIASES: &[(&str, &str)] = &[
    ("cloudwatchevents", "events"),
    ("configservice", "config"),
    ("dynamodbstreams", "dynamodb"),
    ("dynamodbv2", "dynamodb"),
    ("elasticcomputecloud", "ec2"),
    ("elasticcontainerregistry", "ecr"),
    ("elasticcontainerservice", "ecs"),
    ("elasticsearch", "es"),
    ("identityandaccessmanagement", "iam"),
    ("identitymanagement", "iam"),
    ("keymanagement", "kms"),
    ("keymanagementservice", "kms"),
    ("kinesisfirehose", "firehose"),
    ("relationaldatabaseservice", "rds"),
    ("securitytoken", "sts"),
    ("securitytokenservice", "sts"),
    ("simpleemail", "ses"),
    ("simpleemailservice", "ses"),
    ("simplenotificationservice", "sns"),
    ("simplequeueservice", "sqs"),
    ("simplestorageservice", "s3"),
    ("simplesystemsmanagement", "ssm"),
    ("simpleworkflow", "swf"),
    ("systemsmanager", "ssm"),
];

/// Services to prefer, in this order, where several have an action of one name.
const COMMON: &[&str] = &[
    "sts",
    "iam",
    "ec2",
    "s3",
    "lambda",
    "dynamodb",
    "sqs",
    "sns",
    "kms",
    "ssm",
    "secretsmanager",
    "ecs",
    "eks",
    "ecr",
    "logs",
    "cloudwatch",
    "events",
    "cloudformation",
    "rds",
    "elasticloadbalancing",
    "autoscaling",
    "route53",
    "cloudfront",
    "states",
    "codebuild",
    "codepipeline",
    "organizations",
    "glue",
];

/// Products that call STS themselves, as error texts name them.
const PRODUCTS: &[(&str, &str)] = &[
    ("codebuild", "codebuild.amazonaws.com"),
    ("codedeploy", "codedeploy.amazonaws.com"),
    ("codepipeline", "codepipeline.amazonaws.com"),
    ("cloudformation", "cloudformation.amazonaws.com"),
    ("cloudtrail", "cloudtrail.amazonaws.com"),
    ("ec2", "ec2.amazonaws.com"),
    ("ecs", "ecs-tasks.amazonaws.com"),
    ("eks", "eks.amazonaws.com"),
    ("eventbridge", "events.amazonaws.com"),
    ("firehose", "firehose.amazonaws.com"),
    ("glue", "glue.amazonaws.com"),
    ("lambda", "lambda.amazonaws.com"),
    ("sagemaker", "sagemaker.amazonaws.com"),
    ("scheduler", "scheduler.amazonaws.com"),
    ("stepfunctions", "states.amazonaws.com"),
];

/// The prefix of a service's actions, from any of the names it goes by: `AmazonS3`,
/// `monitoring.amazonaws.com`, `Elastic Load Balancing v2`.
pub(crate) fn service_prefix(name: &str) -> Option<String> {
    let name = name.trim().to_ascii_lowercase().replace(' ', "");
    if name.is_empty() || name.len() > 80 {
        return None;
    }
    // An endpoint's name: the service, then the region.
    let host = name.split_once(".amazonaws.com").map(|(host, _)| host);
    let plain = match host {
        Some(host) => host.split('.').next().unwrap_or(host),
        None => &name,
    };
    let bare = plain
        .strip_prefix("amazon")
        .or_else(|| plain.strip_prefix("aws"))
        .filter(|rest| !rest.is_empty())
        .unwrap_or(plain);
    let alias = ALIASES.iter().find(|(alias, _)| *alias == bare);
    alias
        .map(|(_, prefix)| *prefix)
        .or_else(|| catalog::service_prefixes(plain).first().copied())
        .or_else(|| catalog::service_prefixes(bare).first().copied())
        .map(str::to_owned)
}

/// The actions that authorise an API operation, the most telling first: of the service, or,
/// where that is not known, of the most common one that has the operation.
pub(crate) fn actions(service: Option<&str>, operation: &str) -> Vec<String> {
    if !is_operation(operation) {
        return Vec::new();
    }
    let of = |service: &str| -> Vec<String> {
        catalog::api_call_to_actions(service, operation)
            .into_iter()
            .map(|action| action.canonical().to_owned())
            .collect()
    };
    if let Some(service) = service {
        let mut known = of(service);
        if let (true, Some(rest)) = (known.is_empty(), operation.strip_prefix("Set")) {
            // CloudFormation's `s3:SetBucketEncryption` is the old SDK's PutBucketEncryption.
            known = catalog::api_call_to_actions(service, &format!("Put{rest}"))
                .into_iter()
                .map(|action| action.canonical().to_owned())
                .collect();
        }
        if known.is_empty() {
            // Newer than the catalogue, most likely: operations lend actions their names.
            known.push(format!("{service}:{operation}"));
        }
        return known;
    }
    COMMON
        .iter()
        .map(|service| of(service))
        .find(|actions| !actions.is_empty())
        .unwrap_or_else(|| only_service(operation))
}

/// The action of that name, where one service alone has it.
fn only_service(operation: &str) -> Vec<String> {
    let lower = operation.to_ascii_lowercase();
    let mut found = catalog::index()
        .services()
        .iter()
        .filter_map(|service| catalog::index().find(&format!("{}:{lower}", service.prefix())));
    match (found.next(), found.next()) {
        (Some(action), None) => vec![action.canonical().to_owned()],
        _ => Vec::new(),
    }
}

/// Whether a word can be the name of an API operation.
pub(crate) fn is_operation(word: &str) -> bool {
    word.len() >= 3
        && word.len() <= 96
        && word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.chars().all(|c| c.is_ascii_alphanumeric())
        && word.chars().any(|c| c.is_ascii_lowercase())
}

/// The service principal that a product's name, or its principal, stands for.
pub(crate) fn service_principal(name: &str) -> Option<String> {
    let name = name.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    if name.ends_with(".amazonaws.com") || name.ends_with(".amazonaws.com.cn") {
        return Some(name.to_owned());
    }
    let lower = name.to_ascii_lowercase();
    let bare = lower
        .strip_prefix("amazon")
        .or_else(|| lower.strip_prefix("aws"))
        .unwrap_or(&lower);
    PRODUCTS
        .iter()
        .find(|(product, _)| *product == bare)
        .map(|(_, principal)| (*principal).to_owned())
}
