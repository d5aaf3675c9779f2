//! The one list of what the program may call. Everything in it reads, or assumes a role.

use serde_json::{Value, json};

/// What a call is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Ord, PartialOrd)]
pub enum Feature {
    /// Knowing who is calling; always allowed by AWS.
    Caller,
    /// Loading the account in one go.
    Account,
    /// Loading it entity by entity where that is denied.
    Fallback,
    /// Service and resource control policies.
    Organisation,
    /// AWS's own simulator.
    Simulator,
    /// Decoding encoded authorization messages.
    Denials,
    /// Policies of the resources that simulations ask about.
    Resources,
    /// Assuming a role.
    AssumeRole,
}

impl Feature {
    /// Every feature.
    pub const ALL: [Feature; 8] = [
        Feature::Caller,
        Feature::Account,
        Feature::Fallback,
        Feature::Organisation,
        Feature::Simulator,
        Feature::Denials,
        Feature::Resources,
        Feature::AssumeRole,
    ];

    /// The name used on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Feature::Caller => "caller",
            Feature::Account => "account",
            Feature::Fallback => "fallback",
            Feature::Organisation => "organisation",
            Feature::Simulator => "simulator",
            Feature::Denials => "denials",
            Feature::Resources => "resources",
            Feature::AssumeRole => "assume-role",
        }
    }

    /// What it is for, in words.
    pub fn words(self) -> &'static str {
        match self {
            Feature::Caller => "say who is calling (AWS always allows it)",
            Feature::Account => "load the account in one go",
            Feature::Fallback => "load it entity by entity where that is denied",
            Feature::Organisation => "load service and resource control policies",
            Feature::Simulator => "ask AWS's own simulator",
            Feature::Denials => "decode encoded authorization messages",
            Feature::Resources => "read the policy of the resource that a simulation asks about",
            Feature::AssumeRole => "assume a role with --assume-role",
        }
    }
}

/// An operation that the program may call.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Operation {
    /// The service as its SDK names it.
    pub service: &'static str,
    /// The operation.
    pub name: &'static str,
    /// The action that authorises it.
    pub action: &'static str,
    /// What it is for.
    pub feature: Feature,
}

const fn operation(
    service: &'static str,
    name: &'static str,
    action: &'static str,
    feature: Feature,
) -> Operation {
    Operation {
        service,
        name,
        action,
        feature,
    }
}

macro_rules! operations {
    ($($feature:ident $service:literal $prefix:literal: $($name:literal)*;)*) => {
        /// Every operation that the program may call.
        pub const OPERATIONS: &[Operation] = &[
            $($(operation($service, $name, concat!($prefix, ":", $name), Feature::$feature),)*)*
        ];
    };
}

operations! {
    Caller "STS" "sts": "GetCallerIdentity";
    Account "IAM" "iam": "GetAccountAuthorizationDetails" "ListAccountAliases"
        "ListOpenIDConnectProviders" "ListSAMLProviders" "ListRoles";
    Fallback "IAM" "iam": "GetRole" "ListAttachedRolePolicies" "ListRolePolicies"
        "GetRolePolicy" "ListInstanceProfilesForRole" "ListUsers" "GetUser" "ListAttachedUserPolicies"
        "ListUserPolicies" "GetUserPolicy" "ListGroupsForUser" "ListGroups"
        "ListAttachedGroupPolicies" "ListGroupPolicies" "GetGroupPolicy" "ListPolicies" "GetPolicy"
        "GetPolicyVersion" "ListPolicyVersions";
    Organisation "Organizations" "organizations": "DescribeOrganization" "ListParents"
        "ListPoliciesForTarget" "DescribePolicy";
    Simulator "IAM" "iam": "SimulatePrincipalPolicy";
    Denials "STS" "sts": "DecodeAuthorizationMessage";
    Resources "S3" "s3": "GetBucketPolicy";
    Resources "KMS" "kms": "GetKeyPolicy";
    Resources "SQS" "sqs": "GetQueueAttributes";
    Resources "SNS" "sns": "GetTopicAttributes";
    Resources "Secrets Manager" "secretsmanager": "GetResourcePolicy";
    Resources "Lambda" "lambda": "GetPolicy";
    Resources "ECR" "ecr": "GetRepositoryPolicy";
    AssumeRole "STS" "sts": "AssumeRole";
}

/// Whether an operation is on the list.
pub(super) fn is_permitted(service: &str, name: &str) -> bool {
    OPERATIONS
        .iter()
        .any(|operation| operation.service == service && operation.name == name)
}

/// The least policy for these features, ready to paste: a statement for each. The role is the one that
/// may be assumed.
pub fn least_policy(features: &[Feature], role: Option<&str>) -> Value {
    let statements: Vec<Value> = Feature::ALL
        .into_iter()
        .filter(|feature| features.contains(feature))
        .map(|feature| {
            let actions: Vec<&str> = OPERATIONS
                .iter()
                .filter(|operation| operation.feature == feature)
                .map(|operation| operation.action)
                .collect();
            // A Sid has letters and digits only.
            let sid: String = feature.name().split('-').map(capital).collect();
            let resource = match feature {
                Feature::AssumeRole => role.unwrap_or("*"),
                _ => "*",
            };
            json!({
                "Sid": format!("Iamscope{sid}"),
                "Effect": "Allow",
                "Action": actions,
                "Resource": resource,
            })
        })
        .collect();
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_on_the_list_reads_or_assumes_a_role() {
        for operation in OPERATIONS {
            let reads = ["Get", "List", "Describe", "Simulate", "Decode"]
                .iter()
                .any(|verb| operation.name.starts_with(verb));
            assert!(reads || operation.name == "AssumeRole", "{operation:?}");
        }
        assert!(!is_permitted("IAM", "CreateRole"));
        assert!(!is_permitted("STS", "GetRole"));
    }

    #[test]
    fn the_least_policy_names_every_action_once() {
        let policy = least_policy(&Feature::ALL, Some("arn:aws:iam::123456789012:role/x"));
        let text = policy.to_string();
        for operation in OPERATIONS {
            let quoted = format!("\"{}\"", operation.action);
            assert_eq!(text.matches(&quoted).count(), 1, "{quoted}");
        }
        assert!(
            text.contains("\"Resource\":\"arn:aws:iam::123456789012:role/x\""),
            "{text}"
        );
        assert!(
            !least_policy(&[Feature::Account], None)
                .to_string()
                .contains("AssumeRole")
        );
    }
}
