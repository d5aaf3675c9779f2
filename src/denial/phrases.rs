//! Sentences of single services, which name no principal or no action.
//!
//! Each is tried in turn on the text without white space. What they tell between the lines
//! (an action, the policy type) is marked as a guess.

use super::clean::patterns;
use super::names;
use super::squeeze::Squeezed;
use super::types::{Cause, Denial, Field, PolicyType};
use super::wrapper::Wrapper;
use crate::iam::PolicyKind;
use regex::Regex;
use std::sync::LazyLock;

patterns! {
    KUBERNETES = r#"(?i)errorfromserver\(forbidden\)|isforbidden:user"|cannot(?:get|list|watch|create|update|patch|delete|impersonate)resource"|youmustbeloggedintotheserver|errorfromserver\(unauthorized\)"#;
    KUBERNETES_USER = r#"(?i)user"(?P<user>arn:[^"]+)""#;
    LAKE_FORMATION = r"(?i)insufficientlakeformationpermission";
    OPENSEARCH = r"(?i)nopermissionsfor\[[^\]]*\]anduser\[";
    CREDENTIALS = r"(?i)securitytokenincludedintherequestis(?:invalid|expired)|unabletolocatecredentials|notabletovalidatetheprovidedaccesscredentials|expiredtoken|nobasicauthcredentials|invalidclienttokenid|invalidaccesskeyid|signaturedoesnotmatch|requestsignaturewecalculated|missingauthenticationtoken|tokenhasexpired|tokenincludedintherequestisexpired|nocredentialproviders|couldnotloadcredentials|failedtorefreshcachedcredentials|credentialshaveexpired|incorrecttoken|invalididentitytoken";
    SERVICE = r"(?i)donthaveaccesstothemodel|don'thaveaccesstothemodel|notauthorizedtoaccess[a-z0-9_]+ontype|subscriptionrequired|optinrequired|multifactorauthenticationfailed";
    ROOT_ASSUMES = r"(?i)rolesmaynotbeassumedbyrootaccounts";
    SESSION_CREDENTIALS = r"(?i)cannotcall(?P<op>GetSessionToken|GetFederationToken)withsessioncredentials";
    ARTIFACT = r"(?i)withAmazonS3objectkey'(?P<key>[^']+)'locatedintheAmazonS3artifactbucket'(?P<bucket>[^']+)'";
    ARTIFACT_BUCKET = r"(?i)permissionsrequiredtoaccesstheAmazonS3bucketnamed(?P<bucket>[a-z0-9.-]+?)\.?Updatethe";
    CONNECTION = r"(?i)unabletouseconnection:(?P<arn>arn:[a-z0-9-]+:(?P<service>[a-z-]+):[a-z0-9-]*:[0-9*]*:connection/[A-Za-z0-9-]+)";
    PROVIDED_ROLE = r"(?i)(?:provided|service|pipeline)roledoesnothavesufficientpermissions(?:toaccess(?P<service>[A-Za-z0-9]+))?";
    KMS_CIPHERTEXT = r"(?i)ciphertextreferstoa(?:customermaster|kms|awskms)?keythatdoesnotexist";
    KMS_CLOSED = r"(?i)accesstokmsisnotallowed|kmsaccesswasdenied|accessdeniedtokms|kmskey[^.]{0,120}isnotaccessible";
    QUEUE = r"(?i)accesstotheresource(?P<url>https?://[^\s]+?)isdenied";
    LAMBDA_TRUST = r"(?i)roledefinedforthefunctioncannotbeassumedby(?:aws)?lambda";
    LAMBDA_ROLE = r"(?:provided|function's|function)(?:execution)?roledoesnothavepermissionstocall(?P<op>[A-Z][A-Za-z]+?)on(?P<service>[A-Z][A-Za-z0-9]+)";
    REGIONAL = r"(?i)neithertheglobalserviceprincipal(?P<principal>[a-z0-9.-]+?),northeregionalone";
    ECS_TRUST = r"(?i)ecswasunabletoassumetherole";
    SCHEDULER_TRUST = r"(?i)mustallowawseventbridgeschedulertoassumetherole";
    ASSUME = r"(?i)(?:unabletoassume|cannotassume|can'tassume|couldnotassume|failedtoassume|couldnotbeusedtoassume|attemptingtoassume|errorassuming|cannotbeassumed|isinvalidorcannotbeassumed|notauthorizedtoassume)";
    ROLE_ARN = r"arn:[a-z0-9-]+:iam::[0-9*]+:role/[A-Za-z0-9+=,.@_/-]+";
    PASS_ROLE = r"(?i)cross-accountpassroleisnotallowed|not(?:authorized|allowed|permitted)topass(?:the|this)?role|permissiontopass(?:the|this)role";
    GIT = r#"(?i)git-codecommit\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/v1/repos/(?P<repository>[A-Za-z0-9._-]+).*?error:403"#;
    EFS = r"(?i)mount\.(?:nfs4?|efs):accessdeniedbyserver|accessdeniedbyserverwhilemounting";
    RDS = r#"(?i)pamauthenticationfailedforuser"(?P<user>[^"]+)""#;
    LOG_BUCKET = r"(?i)(?:accessdeniedfor(?:bucket|logdestination):|(?:incorrect|insufficient)s3bucketpolicyisdetectedforbucket:|insufficientdeliverypolicytos3bucket:)(?P<bucket>[a-z0-9.-]+?)(?:[.,]?(?:please|unable)|[,:;\x22']|\.?$)";
    ATHENA = r#"(?i)accessdeniedwhenwritingoutputtourl:(?P<url>s3://[^\s"']+?)\.?(?:please|$|["'])"#;
    ATHENA_PATH = r#"(?i)permissiondeniedons3path:(?P<url>s3://[^\s"']+)"#;
    /// Lambda, reading a function's code.
    S3_PERMISSION = r"(?i)permissionto(?P<op>[a-z]+object[a-z]*)for(?P<path>[a-z0-9.-]+/[^\s]+?)\.?s3errorcode";
    SOURCE_OBJECT = r"(?i)sourceversion(?P<arn>arn:[a-z-]+:s3:::[a-z0-9.-]+/[^\s]+)";
    IMAGE = r"(?i)(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<repository>[a-z0-9._/-]+)";
    IMAGE_REFUSED = r"(?i)403forbidden|pullaccessdenied|requestedaccesstotheresourceisdenied";
    /// `permission to perform the 'elasticbeanstalk:DescribeApplications' action`.
    LACKS = r"(?:[Ww]ithout|[Ll]acks?|[Mm]issing|[Dd]on'?t ?have|[Dd]onothave|[Nn]othave|[Nn]eeds?|[Rr]equires?)(?:the|this|any|required|necessary|following|sufficient|IAM|following)*permissions?(?:toperform|toexecute|torun|tocall|to|for)?(?:the|action)*[:'\x22(]*(?P<action>[a-z][a-z0-9-]{1,40}:[A-Z][A-Za-z0-9]{2,80}?)(?:['\x22.,;()]|action|permission|on(?:resource|the|arn:|\*)|$)";
    CONSOLE = r"(?i)user:(?P<user>.{1,600}?)(?:service:(?P<service>[a-z0-9-]+?))?action:(?P<action>[A-Za-z0-9-]+(?::[A-Za-z0-9]+)?|[a-z0-9-]+:[A-Za-z0-9]+)";
    API = r"API:(?P<service>[a-z0-9-]+):(?P<op>[A-Za-z0-9]+?)(?:Access(?:Denied|tothe)|Youarenot|User:|[^A-Za-z0-9]|$)";
    OPERATION_DENIED = r"(?i)youarenotauthorizedtoperformthis(?:operation|action)|(?:don't|donot)have(?:sufficient)?permissions?to(?:access|perform)this";
    EXPLICIT = r"(?i)withanexplicitdeny";
}

/// Reads the first phrase that the text holds.
pub(super) fn read(squeezed: &Squeezed<'_>, wrapper: &Wrapper) -> Option<Denial> {
    let text = squeezed.text();
    elsewhere(text)
        .or_else(|| console(squeezed))
        .or_else(|| pipelines(squeezed))
        .or_else(|| keys(text, wrapper))
        .or_else(|| roles(text))
        .or_else(|| storage(text))
        .or_else(|| api(squeezed))
        .or_else(|| others(text, wrapper))
}

/// Refusals that IAM policies have no part in.
fn elsewhere(text: &str) -> Option<Denial> {
    let causes: [(&LazyLock<Regex>, Cause); 5] = [
        (&KUBERNETES, Cause::Kubernetes),
        (&LAKE_FORMATION, Cause::LakeFormation),
        (&OPENSEARCH, Cause::OpenSearchRoles),
        (&CREDENTIALS, Cause::Credentials),
        (&SERVICE, Cause::Service),
    ];
    let cause = causes
        .into_iter()
        .find(|(pattern, _)| pattern.is_match(text))
        .map(|(_, cause)| cause);
    let mut denial = Denial {
        cause: cause.unwrap_or_default(),
        ..Denial::default()
    };
    if denial.cause == Cause::Kubernetes {
        denial.principal = KUBERNETES_USER
            .captures(text)
            .map(|found| found["user"].to_owned());
    }
    if ROOT_ASSUMES.is_match(text) {
        denial.action = Some("sts:AssumeRole".to_owned());
        denial.cause = Cause::Credentials;
    }
    if let Some(found) = SESSION_CREDENTIALS.captures(text) {
        denial.action = Some(format!("sts:{}", &found["op"]));
        denial.cause = Cause::Credentials;
    }
    (denial.cause != Cause::Authorization).then_some(denial)
}

/// The block that the AWS console offers to copy for an administrator.
fn console(squeezed: &Squeezed<'_>) -> Option<Denial> {
    static RESOURCES: LazyLock<Regex> =
        LazyLock::new(|| super::clean::pattern(r"(?i)^onresource(?:s|\(s\))?:"));
    static CONTEXT: LazyLock<Regex> = LazyLock::new(|| {
        super::clean::pattern(
            r"(?i)(?:context:)?(?P<reason>anexplicitdeny|withanexplicitdeny|no(?:identity|resource|service|permissions|session|vpc|role)|an?(?P<denies>[a-z-]+)explicitlyden(?:y|ies))",
        )
    });
    let text = squeezed.text();
    let found = CONSOLE.captures(text)?;
    let whole = found.get(0)?;
    let action = found.name("action")?;
    // The action runs on into the next label in the squeezed text.
    let labels = ["onresource", "context:", "service:"];
    let lower = text[action.start()..].to_ascii_lowercase();
    let end = labels
        .iter()
        .filter_map(|label| lower.find(label))
        .min()
        .map_or(whole.end(), |at| action.start() + at);
    let word = text.get(action.start()..end)?;
    let word: &str = word
        .split(|c: char| !c.is_ascii_alphanumeric() && c != ':' && c != '-')
        .next()?;
    let action = match (found.name("service"), word.contains(':')) {
        (_, true) => word.to_owned(),
        (Some(service), false) => format!("{}:{word}", service.as_str().to_ascii_lowercase()),
        (None, false) => return None,
    };
    let mut denial = Denial {
        principal: Some(found["user"].trim_matches(['"', '\'']).to_owned()),
        action: Some(action),
        ..Denial::default()
    };
    let rest = &text[end..];
    let mut at = end;
    if let Some(label) = RESOURCES.find(rest) {
        at = end + label.end();
        let until = text[at..]
            .to_ascii_lowercase()
            .find("context:")
            .map_or(at, |length| at + length);
        let resource = squeezed.unwrapped(at, until);
        let first = resource.split([',', '\n']).next().unwrap_or("").trim();
        denial.resource = (!first.is_empty()).then(|| first.to_owned());
        at = until;
    }
    if let Some(reason) = CONTEXT.captures(&text[at..]) {
        let start = at + reason.name("reason")?.start();
        let explicit = reason["reason"].to_ascii_lowercase().contains("explicit");
        let after = if let Some(denies) = reason.name("denies") {
            at + denies.start()
        } else if explicit {
            start + reason["reason"].len()
        } else {
            start + "no".len()
        };
        if let Some((kind, _)) = super::reason::policy_type(&text[after..]) {
            denial.policy_type = Some(PolicyType::Policy(kind));
            denial.explicit = Some(explicit);
        }
    }
    Some(denial)
}

/// CodePipeline and what it calls.
fn pipelines(squeezed: &Squeezed<'_>) -> Option<Denial> {
    let text = squeezed.text();
    if let Some(found) = ARTIFACT.captures(text) {
        let (key, bucket) = (found.name("key")?, found.name("bucket")?);
        let key = squeezed.unwrapped(key.start(), key.end());
        let mut denial = guess("s3:GetObject");
        denial.other_actions = words(&["s3:GetObjectVersion", "kms:Decrypt"]);
        denial.resource = Some(format!("arn:aws:s3:::{}/{key}", bucket.as_str()));
        denial.guess(Field::Resource);
        return Some(denial);
    }
    if let Some(found) = ARTIFACT_BUCKET.captures(text) {
        let mut denial = guess("s3:GetObject");
        denial.other_actions = words(&["s3:PutObject", "s3:GetBucketVersioning", "kms:Decrypt"]);
        denial.resource = Some(format!("arn:aws:s3:::{}/*", &found["bucket"]));
        denial.guess(Field::Resource);
        return Some(denial);
    }
    if let Some(found) = CONNECTION.captures(text) {
        let mut denial = guess(&format!(
            "{}:UseConnection",
            found["service"].to_ascii_lowercase()
        ));
        denial.resource = Some(found["arn"].to_owned());
        return Some(denial);
    }
    let found = PROVIDED_ROLE.captures(text)?;
    let service = found.name("service").map_or("", |service| service.as_str());
    let actions: &[&str] = match service.to_ascii_lowercase().as_str() {
        "ecs" => &[
            "ecs:UpdateService",
            "ecs:RegisterTaskDefinition",
            "ecs:DescribeServices",
            "ecs:DescribeTasks",
            "ecs:ListTasks",
            "ecs:TagResource",
            "iam:PassRole",
        ],
        "codedeploy" => &[
            "codedeploy:CreateDeployment",
            "codedeploy:GetDeploymentConfig",
            "codedeploy:RegisterApplicationRevision",
            "codedeploy:GetDeployment",
        ],
        "s3" => &["s3:GetObject", "s3:PutObject"],
        _ => &[],
    };
    let mut denial = Denial::default();
    if let Some((first, rest)) = actions.split_first() {
        denial = guess(first);
        denial.other_actions = words(rest);
    }
    denial.error_code = denial.error_code.or(Some("PermissionError".to_owned()));
    Some(denial)
}

/// KMS behind another service's call.
fn keys(text: &str, wrapper: &Wrapper) -> Option<Denial> {
    if !KMS_CIPHERTEXT.is_match(text) && !KMS_CLOSED.is_match(text) {
        return None;
    }
    let writes = wrapper.operation.as_deref().is_some_and(|operation| {
        ["Put", "Create", "Update", "Send", "Publish"]
            .iter()
            .any(|verb| operation.starts_with(verb))
    });
    // https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#data-keys
    let mut denial = guess(if writes && !KMS_CIPHERTEXT.is_match(text) {
        "kms:GenerateDataKey"
    } else {
        "kms:Decrypt"
    });
    denial.other_actions = if writes {
        words(&["kms:Decrypt"])
    } else {
        Vec::new()
    };
    denial
        .other_actions
        .retain(|other| Some(other) != denial.action.as_ref());
    Some(denial)
}

/// Roles that could not be assumed, or may not be passed.
fn roles(text: &str) -> Option<Denial> {
    if PASS_ROLE.is_match(text) {
        let mut denial = Denial {
            action: Some("iam:PassRole".to_owned()),
            resource: ROLE_ARN.find(text).map(|arn| arn.as_str().to_owned()),
            ..Denial::default()
        };
        denial.guess(Field::Action);
        return Some(denial);
    }
    if let Some(found) = LAMBDA_ROLE.captures(text) {
        let service = names::service_prefix(&found["service"])?;
        let mut actions = names::actions(Some(&service), &found["op"]).into_iter();
        return Some(Denial {
            action: actions.next(),
            other_actions: actions.collect(),
            ..Denial::default()
        });
    }
    let by = if LAMBDA_TRUST.is_match(text) {
        Some("lambda.amazonaws.com".to_owned())
    } else if let Some(found) = REGIONAL.captures(text) {
        Some(found["principal"].to_owned())
    } else if ECS_TRUST.is_match(text) {
        Some("ecs-tasks.amazonaws.com".to_owned())
    } else if SCHEDULER_TRUST.is_match(text) {
        Some("scheduler.amazonaws.com".to_owned())
    } else {
        None
    };
    if by.is_none() && !ASSUME.is_match(text) {
        return None;
    }
    let mut denial = guess("sts:AssumeRole");
    let after = ASSUME.find(text).map_or(0, |found| found.end());
    denial.resource = ROLE_ARN
        .find(&text[after..])
        .or_else(|| ROLE_ARN.find(text))
        .map(|arn| arn.as_str().trim_end_matches(['.', ',']).to_owned());
    if by.is_some() {
        denial.principal = by;
        denial.guess(Field::Principal);
        denial.policy_type = Some(PolicyType::Policy(PolicyKind::Trust));
        denial.guess(Field::PolicyType);
        denial.explicit = Some(false);
        denial.guess(Field::Explicit);
    } else if denial.resource.is_none() {
        return None;
    }
    Some(denial)
}

/// Buckets and images.
fn storage(text: &str) -> Option<Denial> {
    if let Some(found) = ATHENA.captures(text) {
        let mut denial = guess("s3:PutObject");
        denial.resource = Some(found["url"].to_owned());
        return Some(denial);
    }
    if let Some(found) = LOG_BUCKET.captures(text) {
        let mut denial = guess("s3:PutObject");
        denial.resource = Some(format!("arn:aws:s3:::{}", &found["bucket"]));
        denial.guess(Field::Resource);
        denial.policy_type = Some(PolicyType::Policy(PolicyKind::Resource));
        denial.guess(Field::PolicyType);
        return Some(denial);
    }
    if let Some(found) = ATHENA_PATH.captures(text) {
        let mut denial = guess("s3:GetObject");
        denial.other_actions = words(&["s3:ListBucket"]);
        denial.resource = Some(found["url"].to_owned());
        return Some(denial);
    }
    if let Some(found) = S3_PERMISSION.captures(text) {
        let action = names::actions(Some("s3"), &found["op"]).into_iter().next();
        let mut denial = guess(&action?);
        denial.resource = Some(format!("s3://{}", &found["path"]));
        return Some(denial);
    }
    if let Some(found) = SOURCE_OBJECT.captures(text) {
        let mut denial = guess("s3:GetObject");
        denial.other_actions = words(&["s3:GetObjectVersion"]);
        denial.resource = Some(found["arn"].to_owned());
        denial.guess(Field::Resource);
        return Some(denial);
    }
    if IMAGE_REFUSED.is_match(text)
        && let Some(found) = IMAGE.captures(text)
    {
        let mut denial = guess("ecr:BatchGetImage");
        denial.other_actions = words(&["ecr:GetDownloadUrlForLayer", "ecr:GetAuthorizationToken"]);
        denial.resource = Some(format!(
            "arn:{}:ecr:{}:{}:repository/{}",
            super::arn_guess::partition_of(&found["region"]),
            &found["region"],
            &found["account"],
            &found["repository"]
        ));
        denial.guess(Field::Resource);
        return Some(denial);
    }
    None
}

/// `API: service:Operation Access Denied`, of CloudFormation and old SQS.
fn api(squeezed: &Squeezed<'_>) -> Option<Denial> {
    let text = squeezed.text();
    let mut denial = Denial::default();
    if let Some(found) = API.captures(text) {
        let (prefix, operation) = (&found["service"], &found["op"]);
        let mut actions = names::actions(Some(prefix), operation).into_iter();
        denial.action = actions
            .next()
            .or_else(|| Some(format!("{prefix}:{operation}")));
        denial.other_actions.extend(actions);
    }
    if let Some(found) = QUEUE.captures(text) {
        denial.resource = Some(found["url"].to_owned());
    }
    denial.says_something().then_some(denial)
}

fn others(text: &str, wrapper: &Wrapper) -> Option<Denial> {
    if let Some(found) = GIT.captures(text) {
        let mut denial = guess("codecommit:GitPull");
        denial.other_actions = words(&["codecommit:GitPush"]);
        denial.resource = Some(found["repository"].to_owned());
        denial.fact("aws:RequestedRegion", &found["region"], "address");
        return Some(denial);
    }
    if EFS.is_match(text) {
        let mut denial = guess("elasticfilesystem:ClientMount");
        denial.other_actions = words(&["elasticfilesystem:ClientWrite"]);
        return Some(denial);
    }
    if let Some(found) = RDS.captures(text) {
        let mut denial = guess("rds-db:connect");
        denial.resource = Some(found["user"].to_owned());
        return Some(denial);
    }
    if let Some(found) = LACKS.captures(text) {
        return Some(Denial {
            action: Some(found["action"].to_owned()),
            ..Denial::default()
        });
    }
    if OPERATION_DENIED.is_match(text) || wrapper.encoded.is_some() {
        return Some(Denial {
            explicit: EXPLICIT.is_match(text).then_some(true),
            ..Denial::default()
        });
    }
    None
}

fn guess(action: &str) -> Denial {
    let mut denial = Denial {
        action: Some(action.to_owned()),
        ..Denial::default()
    };
    denial.guess(Field::Action);
    denial
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
