//! What actions do, as phrases that a sentence can use: `reading`, `passing`, `12 actions of EC2`.

use crate::catalog::Action;

use super::english::gerund;

/// Clauses for frequent actions, and the type of resource that is their object: `read` an object.
/// AWS's descriptions repeat the type and the service, which the resources say better.
const CLAUSES: [(&str, &str, &str); 44] = [
    ("dynamodb:BatchGetItem", "read items of", "table"),
    ("dynamodb:DeleteItem", "delete items of", "table"),
    ("dynamodb:GetItem", "read items of", "table"),
    ("dynamodb:PutItem", "write items to", "table"),
    ("dynamodb:Query", "query", "table"),
    ("dynamodb:Scan", "scan", "table"),
    ("dynamodb:UpdateItem", "change items of", "table"),
    ("ecs:UpdateService", "update", "service"),
    ("execute-api:Invoke", "call", "execute-api-general"),
    ("iam:GetRole", "read", "role"),
    ("iam:PassRole", "pass", "role"),
    ("kms:Decrypt", "decrypt with", "key"),
    ("kms:Encrypt", "encrypt with", "key"),
    ("kms:GenerateDataKey", "generate data keys with", "key"),
    ("lambda:InvokeFunction", "invoke", "function"),
    (
        "lambda:UpdateFunctionCode",
        "replace the code of",
        "function",
    ),
    ("logs:CreateLogGroup", "create", "log-group"),
    ("logs:CreateLogStream", "create", "log-stream"),
    ("logs:PutLogEvents", "write events to", "log-stream"),
    (
        "logs:PutRetentionPolicy",
        "set the retention of",
        "log-group",
    ),
    ("rds-db:connect", "connect to databases as", "db-user"),
    ("s3:AbortMultipartUpload", "abort uploads of", "object"),
    ("s3:DeleteObject", "delete", "object"),
    ("s3:GetBucketLocation", "see the region of", "bucket"),
    ("s3:GetObject", "read", "object"),
    ("s3:ListBucket", "list the objects of", "bucket"),
    ("s3:PutObject", "write", "object"),
    ("secretsmanager:DescribeSecret", "describe", "Secret"),
    (
        "secretsmanager:GetSecretValue",
        "read the value of",
        "Secret",
    ),
    (
        "secretsmanager:PutSecretValue",
        "set the value of",
        "Secret",
    ),
    ("sns:Publish", "publish to", "topic"),
    ("sqs:DeleteMessage", "delete messages from", "queue"),
    ("sqs:GetQueueAttributes", "read the attributes of", "queue"),
    ("sqs:ReceiveMessage", "receive messages from", "queue"),
    ("sqs:SendMessage", "send messages to", "queue"),
    ("ssm:DeleteParameter", "delete", "parameter"),
    ("ssm:GetParameter", "read", "parameter"),
    ("ssm:GetParameters", "read", "parameter"),
    ("ssm:PutParameter", "write", "parameter"),
    (
        "states:StartExecution",
        "start executions of",
        "statemachine",
    ),
    (
        "states:StartSyncExecution",
        "start executions of",
        "statemachine",
    ),
    ("sts:AssumeRole", "assume", "role"),
    (
        "ssm:GetParametersByPath",
        "read the parameters under",
        "parameter",
    ),
    ("ecr:BatchGetImage", "pull images from", "repository"),
];

/// A clause whose object is a resource: `write events to`, with the type of its object.
pub(super) fn clause(action: &Action) -> Option<(&'static str, &'static str)> {
    let found = CLAUSES
        .iter()
        .find(|(name, ..)| *name == action.canonical())?;
    Some((found.1, found.2))
}

/// Longer descriptions make no sentence.
const LONGEST: usize = 110;

/// AWS's description of an action as a clause that begins with its verb: `retrieve the tag set of an
/// object`. `None` where it is no such clause.
pub(super) fn description(action: &'static Action) -> Option<&'static str> {
    let text = action.details().description;
    let clause = text
        .strip_prefix("Grants permission to ")
        .or_else(|| text.strip_prefix("Grants permissions to "))?;
    let first = clause.split(". ").next().unwrap_or(clause);
    let first = first.trim_end_matches('.');
    (first.len() <= LONGEST && gerund(first).is_some()).then_some(first)
}

/// What surprises people about an action: where it is authorised, what it does not do.
const NOTES: [(&str, &str); 9] = [
    (
        "s3:GetObject",
        "without s3:ListBucket on the bucket a missing key answers 403, not 404",
    ),
    (
        "s3:ListBucket",
        "lists objects and is authorised against the bucket, not against its objects",
    ),
    (
        "s3:ListAllMyBuckets",
        "lists the buckets of the account; it cannot be limited to some",
    ),
    (
        "iam:PassRole",
        "is no API call: it is checked when a service is given the role",
    ),
    (
        "ecr:GetAuthorizationToken",
        "signs in to every registry that the caller may use; it cannot be limited to some",
    ),
    (
        "kms:Decrypt",
        "works only where the key's policy lets the account's identity policies decide, or names the caller",
    ),
    (
        "sts:AssumeRole",
        "works only where the role's trust policy lets the caller in",
    ),
    (
        "ec2:RunInstances",
        "acts on the image, subnet, security group and network interface too: each must be allowed",
    ),
    (
        "eks:AccessKubernetesApi",
        "shows Kubernetes objects in the console; what may be seen is for the cluster's own RBAC to say",
    ),
];

/// What surprises people about an action, if something does.
pub fn action_note(name: &str) -> Option<&'static str> {
    let found = NOTES
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, note)| *note)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::index;

    #[test]
    fn every_clause_is_of_an_action_on_that_type() {
        for (name, clause, kind) in CLAUSES {
            let action = index().find(name).unwrap();
            assert_eq!(action.canonical(), name);
            assert!(
                action.resource_forms().any(|(own, ..)| own == kind),
                "{name} does not act on {kind}"
            );
            assert!(gerund(clause).is_some(), "{clause}");
        }
        for (name, _) in NOTES {
            assert_eq!(index().find(name).unwrap().canonical(), name);
        }
    }

    #[test]
    fn most_descriptions_make_a_clause() {
        let all = index().actions();
        let clauses = all.iter().filter(|action| description(action).is_some());
        let share = clauses.count() * 100 / all.len();
        assert!(share >= 85, "{share} %");
    }
}
