//! The policy of one resource of a live account, on demand.

use std::sync::Arc;

use super::organisation::document_of;
use crate::aws::{self, AwsError, Connection, PolicyHolder, PolicyQuestion};
use crate::iam::{Document, Guard, Place, PolicyKind, Problem, ResourcePolicy, SourceId, Text};

/// What is known of a resource's policy.
#[derive(Clone, Debug)]
pub enum Fetched {
    /// It has this one.
    Policy(Box<ResourcePolicy>),
    /// It has none: AWS says so.
    None,
    /// No API gives the policy of such a resource.
    Unsupported,
}

/// Reads the policy of a resource.
///
/// # Errors
/// One line with the permission that is missing, or what else AWS said. Then [`unread_policy`] stands
/// for the policy: it might deny.
pub async fn resource_policy(
    connection: &Connection,
    arn: &str,
    source: SourceId,
) -> Result<Fetched, AwsError> {
    let Some(question) = PolicyQuestion::of(arn) else {
        return Ok(Fetched::Unsupported);
    };
    let Some(text) = aws::resource_policy(connection, &question).await? else {
        return Ok(Fetched::None);
    };
    let place = Place::whole(source);
    let document = document_of(&text, PolicyKind::Resource, place);
    Ok(Fetched::Policy(Box::new(of(&question, document, place))))
}

/// Stands for the policy of a resource that could not be read, so that decisions depend on it; `None`
/// where no API would give it.
pub fn unread_policy(arn: &str, source: SourceId, error: &AwsError) -> Option<ResourcePolicy> {
    let question = PolicyQuestion::of(arn)?;
    let place = Place::whole(source);
    let mut document = Document::default();
    document.unreadable = true;
    document.problems = vec![Problem::warning(place, error.to_string())];
    Some(of(&question, document, place))
}

fn of(question: &PolicyQuestion, document: Document, place: Place) -> ResourcePolicy {
    let kind = match question.holder {
        PolicyHolder::Bucket => "AWS::S3::BucketPolicy",
        PolicyHolder::Key => "AWS::KMS::Key",
        PolicyHolder::Queue => "AWS::SQS::QueuePolicy",
        PolicyHolder::Topic => "AWS::SNS::TopicPolicy",
        PolicyHolder::Secret => "AWS::SecretsManager::ResourcePolicy",
        PolicyHolder::Function => "AWS::Lambda::Permission",
        PolicyHolder::Repository => "AWS::ECR::Repository",
    };
    ResourcePolicy {
        resource: Text::plain(question.arn.as_str()),
        kind: kind.to_owned(),
        logical_id: None,
        place,
        guard: Guard::always(),
        document: Arc::new(document),
    }
}
