//! Condition keys: comparison without regard to case, and whether a request could hold one
//! (IAM: reference_policies_condition-keys).

use crate::catalog;
use crate::iam::{SessionKind, global_key};

/// A key as compiled policies hold it: lower case for comparison, hashed for looking up.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Key {
    pub(super) hash: u64,
    pub(super) lower: Box<str>,
    pub(super) shown: Box<str>,
}

impl Key {
    pub(super) fn new(name: &str) -> Self {
        let lower = name.to_ascii_lowercase();
        Key {
            hash: hash(&lower),
            lower: lower.into(),
            shown: name.into(),
        }
    }

    /// The key as decisions name it.
    pub(super) fn canonical(&self) -> String {
        canonical(&self.shown)
    }
}

/// The canonical spelling of a key; as written where no data knows it.
pub(super) fn canonical(name: &str) -> String {
    match global_key(name) {
        Some(known) => {
            let stem = known.stem();
            let rest = name.get(stem.len()..).unwrap_or_default();
            format!("{stem}{rest}")
        }
        None => catalog::canonical_condition_key(name).unwrap_or_else(|| name.to_owned()),
    }
}

/// FNV-1a: quick on short names, and collisions cost a comparison only.
pub(super) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

/// Whether requests may hold several values of a key, as far as data knows.
pub(super) fn is_list(lower: &str) -> bool {
    match global_key(lower) {
        Some(known) => known.many,
        None => catalog::condition_key(lower).is_some_and(|key| key.multi_valued),
    }
}

/// What decides whether a key could be in a request.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) caller: SessionKind,
    /// Lower case: `s3`.
    pub(super) service: Box<str>,
    /// Lower case: `s3:getobject`.
    pub(super) action: Box<str>,
    /// Whether the call goes through a VPC endpoint, where something says.
    pub(super) through_endpoint: Option<bool>,
    /// Whether a service calls on the caller's behalf.
    pub(super) via_service: bool,
    /// Whether there is a resource to have tags.
    pub(super) has_resource: bool,
}

/// Keys that only sessions of roles carry, whatever the service called.
const OF_ROLE_SESSIONS: [&str; 14] = [
    "aws:sourceidentity",
    "aws:chatbotsourcearn",
    "aws:ec2instancesourcevpc",
    "aws:ec2instancesourceprivateipv4",
    "ec2:sourceinstancearn",
    "ec2:roledelivery",
    "lambda:sourcefunctionarn",
    "codebuild:buildarn",
    "codebuild:projectarn",
    "ssm:sourceinstancearn",
    "glue:roleassumedby",
    "glue:credentialissuingservice",
    "identitystore:userid",
    "aws:tokenissuetime",
];

/// Keys of calls that a service makes for a resource of its customer.
const OF_SERVICES: [&str; 6] = [
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:principalservicename",
    "aws:principalservicenameslist",
];

/// Keys of calls through a VPC endpoint.
const OF_ENDPOINTS: [&str; 7] = [
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:vpcsourceip",
    "aws:sourcevpcarn",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
];

/// Whether a request could hold a key that is neither given nor derived. A key that no data knows
/// could.
pub(super) fn could_be_present(lower: &str, facts: &Facts) -> bool {
    use SessionKind::{AssumedRole, FederatedUser, Root, User, WebIdentity};
    let caller = facts.caller;
    let of_account = matches!(caller, User | AssumedRole | FederatedUser | Root);
    if OF_ROLE_SESSIONS.contains(&lower) {
        return caller == AssumedRole;
    }
    if OF_SERVICES.contains(&lower) {
        return caller == SessionKind::Service;
    }
    if OF_ENDPOINTS.contains(&lower) {
        return facts.through_endpoint != Some(false);
    }
    let Some((prefix, name)) = lower.split_once(':') else {
        return true;
    };
    if prefix == "aws" {
        return match name.split('/').next().unwrap_or(name) {
            "sourceip" => facts.through_endpoint != Some(true),
            "principaltag" => matches!(caller, AssumedRole | FederatedUser),
            "multifactorauthpresent" | "multifactorauthage" => {
                matches!(caller, User | AssumedRole | Root)
            }
            "federatedprovider" => matches!(caller, AssumedRole | WebIdentity),
            "assumedroot" => caller == Root,
            "username" => caller == User,
            "signinsessionarn" | "principalarn" | "userid" | "principalorgid"
            | "principalorgpaths" => of_account,
            "calledvia" | "calledviafirst" | "calledvialast" => of_account && facts.via_service,
            "resourceaccount" | "resourceorgid" | "resourceorgpaths" => {
                has_resource_account(&facts.action)
            }
            "resourcetag" => facts.has_resource && documented(lower, facts) != Some(false),
            "requesttag" | "tagkeys" => documented(lower, facts) != Some(false),
            "principalisawsservice" | "principaltype" | "principalaccount" => false,
            _ => true,
        };
    }
    if prefix == "saml" {
        return matches!(caller, SessionKind::Saml | AssumedRole);
    }
    if prefix.contains('.') {
        return matches!(caller, WebIdentity | AssumedRole);
    }
    prefix == &*facts.service && documented(lower, facts) != Some(false)
}

/// Whether the service reference lists a key for the action; `None` where it knows neither.
pub(super) fn documented(lower: &str, facts: &Facts) -> Option<bool> {
    let known = catalog::condition_key(lower)?;
    let action = catalog::action(&facts.action)?;
    Some(
        action
            .condition_keys
            .iter()
            .any(|key| key.name.eq_ignore_ascii_case(known.name)),
    )
}

/// Actions whose requests never hold the owner's account and organisation, by lower-case name
/// (IAM: reference_policies_condition-keys#condition-keys-resourceaccount).
const WITHOUT_RESOURCE_ACCOUNT: [&str; 24] = [
    "auditmanager:updateassessmentframeworkshare",
    "detective:acceptinvitation",
    "ds:acceptshareddirectory",
    "ec2:accepttransitgatewaypeeringattachment",
    "ec2:acceptvpcendpointconnections",
    "ec2:acceptvpcpeeringconnection",
    "ec2:copyimage",
    "ec2:copysnapshot",
    "ec2:createtransitgatewaypeeringattachment",
    "ec2:createvolume",
    "ec2:createvpcendpoint",
    "ec2:createvpcpeeringconnection",
    "ec2:deletetransitgatewaypeeringattachment",
    "ec2:deletevpcpeeringconnection",
    "ec2:rejecttransitgatewaypeeringattachment",
    "ec2:rejectvpcendpointconnections",
    "ec2:rejectvpcpeeringconnection",
    "guardduty:acceptadministratorinvitation",
    "macie2:acceptinvitation",
    "route53:associatevpcwithhostedzone",
    "route53:createvpcassociationauthorization",
    "route53:deletevpcassociationauthorization",
    "route53:disassociatevpcfromhostedzone",
    "securityhub:acceptadministratorinvitation",
];

/// Whether requests for an action hold `aws:ResourceAccount` and its like.
pub(super) fn has_resource_account(lower_action: &str) -> bool {
    !lower_action.starts_with("ebs:") && !WITHOUT_RESOURCE_ACCOUNT.contains(&lower_action)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(caller: SessionKind, action: &str) -> Facts {
        Facts {
            caller,
            service: action.split(':').next().unwrap_or_default().into(),
            action: action.into(),
            through_endpoint: None,
            via_service: false,
            has_resource: true,
        }
    }

    #[test]
    fn a_key_that_the_caller_or_action_cannot_have_is_absent() {
        let user = facts(SessionKind::User, "s3:getobject");
        assert!(could_be_present("aws:sourceip", &user));
        assert!(could_be_present("aws:sourcevpce", &user));
        assert!(could_be_present("aws:multifactorauthpresent", &user));
        assert!(!could_be_present("aws:sourcearn", &user));
        assert!(!could_be_present("ec2:sourceinstancearn", &user));
        assert!(!could_be_present("sts:externalid", &user));
        assert!(could_be_present("s3:existingobjecttag/team", &user));
        assert!(!could_be_present("s3:prefix", &user));
        assert!(could_be_present("s3:nobodyknowsthiskey", &user));
        let federated = facts(SessionKind::FederatedUser, "s3:getobject");
        assert!(!could_be_present("aws:multifactorauthpresent", &federated));
        let web = facts(SessionKind::WebIdentity, "sts:assumerolewithwebidentity");
        assert!(could_be_present(
            "token.actions.githubusercontent.com:sub",
            &web
        ));
    }

    #[test]
    fn keys_compare_without_case_and_show_canonically() {
        assert_eq!(
            Key::new("AWS:sourceip").lower,
            Key::new("aws:SourceIp").lower
        );
        assert_eq!(Key::new("AWS:sourceip").canonical(), "aws:SourceIp");
        assert_eq!(
            Key::new("aws:principaltag/Team").canonical(),
            "aws:PrincipalTag/Team"
        );
        assert_eq!(Key::new("corp.example:sub").canonical(), "corp.example:sub");
    }
}
