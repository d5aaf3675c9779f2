//! Names of services and API operations, and the actions they stand for.

/// Names that services go by in SDKs, error texts and event sources, where the prefix of
/// their actions is another. Lower case, without spaces, "amazon" and "aws".
const SERVICES: &[(&str, &str)] = &[
    ("acmpca", "acm-pca"),
    ("applicationautoscaling", "application-autoscaling"),
    ("applicationinsights", "applicationinsights"),
    ("backupgateway", "backup-gateway"),
    ("bedrockagent", "bedrock"),
    ("bedrockagentruntime", "bedrock"),
    ("bedrockruntime", "bedrock"),
    ("certificatemanager", "acm"),
    ("cloudwatchevents", "events"),
    ("cloudwatchlogs", "logs"),
    ("codestarconnections", "codestar-connections"),
    ("codestarnotifications", "codestar-notifications"),
    ("cognitoidentity", "cognito-identity"),
    ("cognitoidentityprovider", "cognito-idp"),
    ("cognitoidp", "cognito-idp"),
    ("computeoptimizer", "compute-optimizer"),
    ("configservice", "config"),
    ("costandusagereport", "cur"),
    ("costexplorer", "ce"),
    ("databasemigration", "dms"),
    ("databasemigrationservice", "dms"),
    ("directoryservice", "ds"),
    ("docdb", "rds"),
    ("dynamodbstreams", "dynamodb"),
    ("dynamodbv2", "dynamodb"),
    ("ec2", "ec2"),
    ("ecrpublic", "ecr-public"),
    ("efs", "elasticfilesystem"),
    ("elasticcomputecloud", "ec2"),
    ("elasticcontainerregistry", "ecr"),
    ("elasticcontainerservice", "ecs"),
    ("elasticfilesystem", "elasticfilesystem"),
    ("elasticloadbalancingv2", "elasticloadbalancing"),
    ("elasticmapreduce", "elasticmapreduce"),
    ("elasticsearchservice", "es"),
    ("emr", "elasticmapreduce"),
    ("emrcontainers", "emr-containers"),
    ("emrserverless", "emr-serverless"),
    ("eventbridge", "events"),
    ("eventbridgescheduler", "scheduler"),
    ("execute-api", "execute-api"),
    ("iamaccessanalyzer", "access-analyzer"),
    ("accessanalyzer", "access-analyzer"),
    ("identitymanagement", "iam"),
    ("identityandaccessmanagement", "iam"),
    ("inspector2", "inspector2"),
    ("iotdataplane", "iot"),
    ("keymanagementservice", "kms"),
    ("kinesisanalyticsv2", "kinesisanalytics"),
    ("kinesisfirehose", "firehose"),
    ("lexmodelsv2", "lex"),
    ("lexruntimev2", "lex"),
    ("managedblockchain", "managedblockchain"),
    ("marketplacemetering", "aws-marketplace"),
    ("monitoring", "cloudwatch"),
    ("msk", "kafka"),
    ("mwaa", "airflow"),
    ("neptune", "rds"),
    ("networkfirewall", "network-firewall"),
    ("opensearch", "es"),
    ("opensearchserverless", "aoss"),
    ("opensearchservice", "es"),
    ("pinpoint", "mobiletargeting"),
    ("rdsdata", "rds-data"),
    ("rdsdataservice", "rds-data"),
    ("redshiftdata", "redshift-data"),
    ("redshiftserverless", "redshift-serverless"),
    ("relationaldatabaseservice", "rds"),
    ("resourcegroups", "resource-groups"),
    ("resourcegroupstagging", "tag"),
    ("resourcegroupstaggingapi", "tag"),
    ("tagging", "tag"),
    ("s3control", "s3"),
    ("sagemakerruntime", "sagemaker"),
    ("secretsmanager", "secretsmanager"),
    ("securitytoken", "sts"),
    ("securitytokenservice", "sts"),
    ("serverlessapplicationrepository", "serverlessrepo"),
    ("servicediscovery", "servicediscovery"),
    ("sesv2", "ses"),
    ("email", "ses"),
    ("sfn", "states"),
    ("simpleemail", "ses"),
    ("simpleemailservice", "ses"),
    ("simplenotificationservice", "sns"),
    ("simplequeueservice", "sqs"),
    ("simplestorageservice", "s3"),
    ("simplesystemsmanagement", "ssm"),
    ("simplesystemsmanager", "ssm"),
    ("simpleworkflow", "swf"),
    ("ssoadmin", "sso"),
    ("stepfunctions", "states"),
    ("systemsmanager", "ssm"),
    ("timestreamquery", "timestream"),
    ("timestreamwrite", "timestream"),
    ("wafregional", "waf-regional"),
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

/// S3 operations whose permission has another name, and those of the same name.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html>
const S3_OPERATIONS: &[(&str, &str)] = &[
    ("AbortMultipartUpload", "AbortMultipartUpload"),
    ("CompleteMultipartUpload", "PutObject"),
    ("CopyObject", "PutObject"),
    ("CreateMultipartUpload", "PutObject"),
    ("DeleteBucketEncryption", "PutEncryptionConfiguration"),
    ("DeleteBucketLifecycle", "PutLifecycleConfiguration"),
    ("DeleteBucketTagging", "PutBucketTagging"),
    ("DeletePublicAccessBlock", "PutBucketPublicAccessBlock"),
    ("DeleteObjects", "DeleteObject"),
    (
        "GetBucketAccelerateConfiguration",
        "GetAccelerateConfiguration",
    ),
    ("GetBucketCors", "GetBucketCORS"),
    ("GetBucketEncryption", "GetEncryptionConfiguration"),
    ("GetBucketLifecycle", "GetLifecycleConfiguration"),
    (
        "GetBucketLifecycleConfiguration",
        "GetLifecycleConfiguration",
    ),
    (
        "GetBucketNotificationConfiguration",
        "GetBucketNotification",
    ),
    ("GetBucketReplication", "GetReplicationConfiguration"),
    (
        "GetObjectLockConfiguration",
        "GetBucketObjectLockConfiguration",
    ),
    ("GetPublicAccessBlock", "GetBucketPublicAccessBlock"),
    ("HeadBucket", "ListBucket"),
    ("HeadObject", "GetObject"),
    ("ListBuckets", "ListAllMyBuckets"),
    ("ListMultipartUploads", "ListBucketMultipartUploads"),
    ("ListObjectVersions", "ListBucketVersions"),
    ("ListObjects", "ListBucket"),
    ("ListObjectsV2", "ListBucket"),
    ("ListParts", "ListMultipartUploadParts"),
    (
        "PutBucketAccelerateConfiguration",
        "PutAccelerateConfiguration",
    ),
    ("PutBucketCors", "PutBucketCORS"),
    ("PutBucketEncryption", "PutEncryptionConfiguration"),
    ("PutBucketLifecycle", "PutLifecycleConfiguration"),
    (
        "PutBucketLifecycleConfiguration",
        "PutLifecycleConfiguration",
    ),
    (
        "PutBucketNotificationConfiguration",
        "PutBucketNotification",
    ),
    ("PutBucketReplication", "PutReplicationConfiguration"),
    (
        "PutObjectLockConfiguration",
        "PutBucketObjectLockConfiguration",
    ),
    ("PutPublicAccessBlock", "PutBucketPublicAccessBlock"),
    ("SelectObjectContent", "GetObject"),
    ("SetBucketEncryption", "PutEncryptionConfiguration"),
    ("UploadPart", "PutObject"),
    ("UploadPartCopy", "PutObject"),
];

/// The prefix of a service's actions, from any of the names it goes by: `AmazonS3`,
/// `monitoring.amazonaws.com`, `Elastic Load Balancing v2`.
pub(crate) fn service_prefix(name: &str) -> Option<String> {
    let name = name.trim().to_ascii_lowercase();
    let name = name.split(".amazonaws.com").next().unwrap_or(&name);
    let compact: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    if compact.is_empty() || compact.len() > 64 {
        return None;
    }
    let bare = compact
        .strip_prefix("amazon")
        .or_else(|| compact.strip_prefix("aws"))
        .filter(|rest| !rest.is_empty() && !rest.starts_with('-'))
        .unwrap_or(&compact);
    let known = |name: &str| {
        SERVICES
            .iter()
            .find(|(other, _)| *other == name)
            .map(|(_, prefix)| (*prefix).to_owned())
    };
    known(bare)
        .or_else(|| known(&bare.replace('-', "")))
        .or_else(|| bare.strip_suffix("service").and_then(known))
        .or_else(|| Some(bare.to_owned()))
}

/// The action that authorises an API operation, when the service is known or only one
/// service has it.
pub(crate) fn action(service: Option<&str>, operation: &str) -> Option<String> {
    if !is_operation(operation) {
        return None;
    }
    let s3 = S3_OPERATIONS.iter().find(|(name, _)| *name == operation);
    match (service, s3) {
        (Some("s3") | None, Some((_, action))) => Some(format!("s3:{action}")),
        (Some(service), _) => Some(format!("{service}:{operation}")),
        (None, None) => None,
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
