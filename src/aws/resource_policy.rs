//! The policies of resources, read on demand: of the bucket, key, queue, topic, secret, function or
//! repository that a simulation asks about.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::iam::Arn;

use super::Connection;
use super::fault::{AwsError, FaultKind};
use super::signed::{Call, Reply, Service, element};

/// A resource whose policy an API gives.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PolicyHolder {
    /// An S3 bucket.
    Bucket,
    /// A KMS key.
    Key,
    /// An SQS queue.
    Queue,
    /// An SNS topic.
    Topic,
    /// A secret of Secrets Manager.
    Secret,
    /// A Lambda function, or a version or alias of one.
    Function,
    /// An ECR repository.
    Repository,
}

/// Which resource, and how to ask for its policy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PolicyQuestion {
    /// What it is.
    pub holder: PolicyHolder,
    /// The ARN of the resource that has the policy: of the bucket for an object in it.
    pub arn: String,
    region: String,
    account: String,
    name: String,
}

static S3: Service = service("S3", "s3", "s3", "s3");
static KMS: Service = service("KMS", "kms", "kms", "kms");
static SQS: Service = service("SQS", "sqs", "sqs", "sqs");
static SNS: Service = service("SNS", "sns", "sns", "sns");
static SECRETS: Service = service(
    "Secrets Manager",
    "secretsmanager",
    "secrets manager",
    "secretsmanager",
);
static LAMBDA: Service = service("Lambda", "lambda", "lambda", "lambda");
static ECR: Service = service("ECR", "ecr", "ecr", "api.ecr");

const fn service(
    name: &'static str,
    id: &'static str,
    config_id: &'static str,
    host: &'static str,
) -> Service {
    Service {
        name,
        id,
        config_id,
        host,
    }
}

/// What stays as it is in a path.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

impl PolicyQuestion {
    /// The question for the policy of a resource; `None` where the resource is of another kind, is
    /// not one alone (`*`), or its policy cannot be had.
    pub fn of(arn: &str) -> Option<Self> {
        let parsed = Arn::parse(arn)?;
        let resource = parsed.resource;
        let (holder, id, name) = match parsed.service {
            // Access points have an account, buckets have none.
            "s3" if parsed.account.is_empty() => {
                let bucket = resource.split('/').next().unwrap_or(resource);
                (PolicyHolder::Bucket, bucket, bucket)
            }
            "kms" => (PolicyHolder::Key, resource, resource.strip_prefix("key/")?),
            "sqs" => (PolicyHolder::Queue, resource, resource),
            "sns" => {
                let topic = resource.split(':').next().unwrap_or(resource);
                (PolicyHolder::Topic, topic, topic)
            }
            "secretsmanager" => {
                let name = resource.strip_prefix("secret:")?;
                (PolicyHolder::Secret, resource, name)
            }
            "lambda" => {
                let name = resource.strip_prefix("function:")?;
                (PolicyHolder::Function, resource, name)
            }
            "ecr" => {
                let name = resource.strip_prefix("repository/")?;
                (PolicyHolder::Repository, resource, name)
            }
            _ => return None,
        };
        let whole = [parsed.region, parsed.account, name];
        if name.is_empty() || whole.iter().any(|part| part.contains(['*', '?', '$'])) {
            return None;
        }
        let arn = format!(
            "arn:{}:{}:{}:{}:{id}",
            parsed.partition, parsed.service, parsed.region, parsed.account
        );
        Some(PolicyQuestion {
            holder,
            arn,
            region: parsed.region.to_owned(),
            account: parsed.account.to_owned(),
            name: name.to_owned(),
        })
    }

    /// The permission that reading it needs.
    pub fn action(&self) -> String {
        self.call("").action()
    }

    fn call(&self, region: &str) -> Call {
        let json =
            |service: &'static Service, operation: &'static str, target: &str, body: Value| {
                let version = if service.id == "sqs" { "1.0" } else { "1.1" };
                Call {
                    service,
                    operation,
                    region: String::new(),
                    method: "POST",
                    path: "/".to_owned(),
                    headers: vec![
                        ("content-type", format!("application/x-amz-json-{version}")),
                        ("x-amz-target", format!("{target}.{operation}")),
                    ],
                    body: body.to_string(),
                }
            };
        let plain = |service: &'static Service, operation: &'static str, path: String| Call {
            service,
            operation,
            region: String::new(),
            method: "GET",
            path,
            headers: Vec::new(),
            body: String::new(),
        };
        let call = match self.holder {
            PolicyHolder::Bucket => {
                let bucket = utf8_percent_encode(&self.name, PATH);
                plain(&S3, "GetBucketPolicy", format!("/{bucket}?policy="))
            }
            PolicyHolder::Key => {
                let body = json!({ "KeyId": self.arn, "PolicyName": "default" });
                json(&KMS, "GetKeyPolicy", "TrentService", body)
            }
            PolicyHolder::Queue => {
                // The host does not matter: the queue is found by account and name.
                let url = format!(
                    "https://sqs.{}.amazonaws.com/{}/{}",
                    self.region, self.account, self.name
                );
                let body = json!({ "QueueUrl": url, "AttributeNames": ["Policy"] });
                json(&SQS, "GetQueueAttributes", "AmazonSQS", body)
            }
            PolicyHolder::Topic => {
                let form = "application/x-www-form-urlencoded".to_owned();
                let arn = utf8_percent_encode(&self.arn, PATH);
                Call {
                    method: "POST",
                    headers: vec![("content-type", form)],
                    body: format!("Action=GetTopicAttributes&Version=2010-03-31&TopicArn={arn}"),
                    ..plain(&SNS, "GetTopicAttributes", "/".to_owned())
                }
            }
            PolicyHolder::Secret => {
                let body = json!({ "SecretId": self.arn });
                json(&SECRETS, "GetResourcePolicy", "secretsmanager", body)
            }
            PolicyHolder::Function => {
                let (name, qualifier) = match self.name.split_once(':') {
                    Some((name, qualifier)) => (name, Some(qualifier)),
                    None => (self.name.as_str(), None),
                };
                let name = utf8_percent_encode(name, PATH);
                let qualifier = qualifier.map(|text| {
                    let text = utf8_percent_encode(text, PATH);
                    format!("?Qualifier={text}")
                });
                let qualifier = qualifier.unwrap_or_default();
                let path = format!("/2015-03-31/functions/{name}/policy{qualifier}");
                plain(&LAMBDA, "GetPolicy", path)
            }
            PolicyHolder::Repository => {
                let body = json!({
                    "registryId": self.account,
                    "repositoryName": self.name,
                });
                let target = "AmazonEC2ContainerRegistry_V20150921";
                json(&ECR, "GetRepositoryPolicy", target, body)
            }
        };
        Call {
            region: region.to_owned(),
            ..call
        }
    }

    /// Whether an error says that the resource is there and has no policy.
    fn is_none(&self, code: &str, message: &str) -> bool {
        match self.holder {
            PolicyHolder::Bucket => code == "NoSuchBucketPolicy",
            PolicyHolder::Repository => code == "RepositoryPolicyNotFoundException",
            // The same code for a function that is not there, which the message then names.
            PolicyHolder::Function => {
                code == "ResourceNotFoundException" && !message.starts_with("Function not found")
            }
            _ => false,
        }
    }

    /// The policy in an answer.
    fn policy(&self, reply: &Reply) -> Result<Option<String>, AwsError> {
        let unreadable = || super::fault::unreadable(&self.action(), reply.status);
        let json = || serde_json::from_str::<Value>(&reply.body).map_err(|_| unreadable());
        let text = |value: &Value| value.as_str().map(str::to_owned);
        match self.holder {
            PolicyHolder::Bucket => {
                json()?;
                Ok(Some(reply.body.clone()))
            }
            PolicyHolder::Key | PolicyHolder::Function => Ok(text(&json()?["Policy"])),
            PolicyHolder::Queue => Ok(text(&json()?["Attributes"]["Policy"])),
            PolicyHolder::Secret => Ok(text(&json()?["ResourcePolicy"])),
            PolicyHolder::Repository => Ok(text(&json()?["policyText"])),
            PolicyHolder::Topic => {
                if !reply.body.contains("<GetTopicAttributesResponse") {
                    return Err(unreadable());
                }
                let mut entries = reply.body.split("<entry>");
                let entry =
                    entries.find(|entry| element(entry, "key").as_deref() == Some("Policy"));
                Ok(entry.and_then(|entry| element(entry, "value")))
            }
        }
    }
}

/// The text of a resource's policy; `None` where AWS says that it has none.
///
/// # Errors
/// What AWS said.
pub async fn resource_policy(
    connection: &Connection,
    question: &PolicyQuestion,
) -> Result<Option<String>, AwsError> {
    let region = match question.region.as_str() {
        "" => connection.region.as_str(),
        region => region,
    };
    let signed = &connection.clients.signed;
    let mut call = question.call(region);
    let mut reply = signed.send(&call).await?;
    if question.holder == PolicyHolder::Bucket
        && let Some(region) = other_region(&reply, &call.region)
    {
        call.region = region;
        reply = signed.send(&call).await?;
    }
    if reply.status < 300 {
        return question.policy(&reply);
    }
    match reply.error() {
        Some((code, message)) if question.is_none(&code, &message) => Ok(None),
        Some((code, _))
            if question.holder == PolicyHolder::Bucket && code == "MethodNotAllowed" =>
        {
            let message = format!("{code}: the bucket is another account's");
            let error = AwsError::new(&call.action(), FaultKind::Denied, message);
            Err(error.next("only its own account may read its policy"))
        }
        _ => Err(reply.fault(&call.action())),
    }
}

/// The region of a bucket that is in another than was asked.
fn other_region(reply: &Reply, asked: &str) -> Option<String> {
    if !matches!(reply.status, 301 | 307 | 400) {
        return None;
    }
    let named = reply.header("x-amz-bucket-region").map(str::to_owned);
    let region = named.or_else(|| element(&reply.body, "Region"))?;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    (region != asked && !region.is_empty() && region.chars().all(plain)).then_some(region)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::OPERATIONS;

    #[test]
    fn resources_are_told_apart() {
        let of = |arn: &str| {
            let question = PolicyQuestion::of(arn)?;
            Some((question.action(), question.arn))
        };
        let cases = [
            (
                "arn:aws:s3:::b/a/key",
                "s3:GetBucketPolicy",
                "arn:aws:s3:::b",
            ),
            (
                "arn:aws:kms:eu-west-1:123456789012:key/1-2",
                "kms:GetKeyPolicy",
                "arn:aws:kms:eu-west-1:123456789012:key/1-2",
            ),
            (
                "arn:aws:sns:eu-west-1:123456789012:t:1-2",
                "sns:GetTopicAttributes",
                "arn:aws:sns:eu-west-1:123456789012:t",
            ),
            (
                "arn:aws:lambda:eu-west-1:123456789012:function:f:live",
                "lambda:GetPolicy",
                "arn:aws:lambda:eu-west-1:123456789012:function:f:live",
            ),
        ];
        for (arn, action, holder) in cases {
            let expected = Some((action.to_owned(), holder.to_owned()));
            assert_eq!(of(arn), expected, "{arn}");
        }
        for arn in [
            "*",
            "arn:aws:s3:::*",
            "arn:aws:s3:::b*/k",
            "arn:aws:s3:eu-west-1:123456789012:accesspoint/a",
            "arn:aws:kms:eu-west-1:123456789012:alias/a",
            "arn:aws:iam::123456789012:role/r",
            "arn:aws:sqs:*:123456789012:q",
        ] {
            assert_eq!(of(arn), None, "{arn}");
        }
    }

    #[test]
    fn every_question_is_on_the_list_of_operations() {
        let arns = [
            "arn:aws:s3:::b",
            "arn:aws:kms:r:123456789012:key/1",
            "arn:aws:sqs:r:123456789012:q",
            "arn:aws:sns:r:123456789012:t",
            "arn:aws:secretsmanager:r:123456789012:secret:s-1",
            "arn:aws:lambda:r:123456789012:function:f",
            "arn:aws:ecr:r:123456789012:repository/a/b",
        ];
        for arn in arns {
            let call = PolicyQuestion::of(arn).unwrap().call("r");
            let listed = OPERATIONS.iter().find(|operation| {
                operation.service == call.service.name && operation.name == call.operation
            });
            assert_eq!(listed.unwrap().action, call.action(), "{arn}");
        }
    }
}
