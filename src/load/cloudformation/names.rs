//! Which property names a resource, and the forms of its ARNs.

use crate::catalog::cfn_arn_form;

/// Types whose `Ref` is a name, and the property that says it. For all other types a reference
/// is an ARN or an id that only the creation decides.
const NAMES: [(&str, &str); 55] = [
    ("AWS::ApiGateway::UsagePlan", "UsagePlanName"),
    ("AWS::ApplicationAutoScaling::ScalingPolicy", "PolicyName"),
    ("AWS::Athena::WorkGroup", "Name"),
    ("AWS::AutoScaling::AutoScalingGroup", "AutoScalingGroupName"),
    (
        "AWS::AutoScaling::LaunchConfiguration",
        "LaunchConfigurationName",
    ),
    ("AWS::Backup::BackupVault", "BackupVaultName"),
    ("AWS::CloudTrail::Trail", "TrailName"),
    ("AWS::CloudWatch::Alarm", "AlarmName"),
    ("AWS::CodeBuild::Project", "Name"),
    ("AWS::CodeDeploy::Application", "ApplicationName"),
    ("AWS::CodeDeploy::DeploymentGroup", "DeploymentGroupName"),
    ("AWS::CodePipeline::Pipeline", "Name"),
    ("AWS::DynamoDB::GlobalTable", "TableName"),
    ("AWS::DynamoDB::Table", "TableName"),
    ("AWS::ECR::Repository", "RepositoryName"),
    ("AWS::ECS::Cluster", "ClusterName"),
    ("AWS::EKS::Cluster", "Name"),
    ("AWS::ElastiCache::ReplicationGroup", "ReplicationGroupId"),
    ("AWS::ElasticBeanstalk::Application", "ApplicationName"),
    ("AWS::ElasticBeanstalk::Environment", "EnvironmentName"),
    ("AWS::Elasticsearch::Domain", "DomainName"),
    ("AWS::Events::EventBus", "Name"),
    ("AWS::Events::Rule", "Name"),
    ("AWS::Glue::Crawler", "Name"),
    ("AWS::Glue::Database", "Name"),
    ("AWS::Glue::Job", "Name"),
    ("AWS::IAM::Group", "GroupName"),
    ("AWS::IAM::InstanceProfile", "InstanceProfileName"),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName"),
    ("AWS::IAM::Role", "RoleName"),
    ("AWS::IAM::SAMLProvider", "Name"),
    ("AWS::IAM::User", "UserName"),
    ("AWS::IoT::Policy", "PolicyName"),
    ("AWS::IoT::Thing", "ThingName"),
    ("AWS::IoT::TopicRule", "RuleName"),
    ("AWS::KMS::Alias", "AliasName"),
    ("AWS::Kinesis::Stream", "Name"),
    ("AWS::KinesisFirehose::DeliveryStream", "DeliveryStreamName"),
    ("AWS::Lambda::Alias", "Name"),
    ("AWS::Lambda::Function", "FunctionName"),
    ("AWS::Logs::LogGroup", "LogGroupName"),
    ("AWS::OpenSearchService::Domain", "DomainName"),
    ("AWS::RDS::DBCluster", "DBClusterIdentifier"),
    ("AWS::RDS::DBInstance", "DBInstanceIdentifier"),
    ("AWS::Redshift::Cluster", "ClusterIdentifier"),
    ("AWS::S3::AccessPoint", "Name"),
    ("AWS::S3::Bucket", "BucketName"),
    ("AWS::SNS::Topic", "TopicName"),
    ("AWS::SQS::Queue", "QueueName"),
    ("AWS::SSM::Document", "Name"),
    ("AWS::SSM::Parameter", "Name"),
    ("AWS::Serverless::Function", "FunctionName"),
    ("AWS::Serverless::SimpleTable", "TableName"),
    ("AWS::StepFunctions::StateMachine", "StateMachineName"),
    ("AWS::Timestream::Database", "DatabaseName"),
];

/// The property that names a resource of a type.
pub(super) fn name_property(kind: &str) -> Option<&'static str> {
    let found = NAMES.binary_search_by(|(name, _)| (*name).cmp(kind)).ok()?;
    NAMES.get(found).map(|(_, property)| *property)
}

/// The form of what `Ref` or an attribute gives, where that is an ARN.
pub(super) fn arn_form(kind: &str, attribute: &str) -> Option<&'static str> {
    match (kind, attribute) {
        // Inline policies of queues and topics have the ARN of what they belong to.
        ("AWS::SQS::QueueInlinePolicy" | "AWS::SNS::TopicInlinePolicy", _) => None,
        ("AWS::Lambda::Version", "Ref" | "FunctionArn") => {
            Some("arn:${Partition}:lambda:${Region}:${Account}:function:${FunctionName}:${Version}")
        }
        _ => cfn_arn_form(kind, attribute),
    }
}

/// The form of a resource's own ARN, whatever attribute gives it.
pub(super) fn own_arn_form(kind: &str) -> Option<&'static str> {
    let name = kind.rsplit("::").next().unwrap_or(kind);
    let named = format!("{name}Arn");
    let attributes = ["Arn", "Ref", named.as_str(), "ARN", "TopicArn", "DomainArn"];
    attributes
        .into_iter()
        .find_map(|attribute| arn_form(kind, attribute))
}

/// The property that says what a placeholder of an ARN form stands for.
pub(super) fn placeholder_properties(placeholder: &str) -> [Option<&str>; 2] {
    let is_name = placeholder.ends_with("Name");
    [Some(placeholder), is_name.then_some("Name")]
}
