//! Roles that are assumed, by the command line and by profiles.

use serde_json::Value;

use super::account::{details, is_details};
use super::program::{Program, SECRET, TOKEN, json_of, words_of};
use super::stub::{Call, Reply, Stub, ordinary};

const ASSUMED: &str = "<Credentials><AccessKeyId>ASIAASSUMED000000001</AccessKeyId><SecretAccessKey>AssumedSecretAssumedSecretAssumedSecret1</SecretAccessKey><SessionToken>AssumedTokenAssumedTokenAssumedTokenAssumed12</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>AROA:iamscope</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/debug/iamscope</Arn></AssumedRoleUser>";

fn assuming(call: &Call) -> Reply {
    match call.action.as_str() {
        "AssumeRole" => Reply::xml("AssumeRole", ASSUMED),
        _ => ordinary(call).unwrap_or_else(|| details(call, 2, 100)),
    }
}

#[test]
fn a_role_is_assumed_with_everything_that_was_said() {
    let stub = Stub::start(assuming);
    let arguments = [
        "tree",
        "--format",
        "json",
        "--assume-role",
        "arn:aws:iam::123456789012:role/debug",
        "--external-id",
        "planted-external-id",
        "--mfa",
        "arn:aws:iam::123456789012:mfa/jane",
        "--duration",
        "900",
        "--session-name",
        "ticket-7",
        "--source-identity",
        "jane",
        "--read-only-session",
    ];
    let output = Program::new(&arguments)
        .keys()
        .at(&stub.url)
        .run_typing("492817\n");
    let json = json_of(&output);
    assert_eq!(json["roles"].as_array().unwrap().len(), 2);
    let calls = stub.calls();
    let assume = calls
        .iter()
        .find(|call| call.action == "AssumeRole")
        .unwrap();
    assert_eq!(
        assume.field("RoleArn"),
        "arn:aws:iam::123456789012:role/debug"
    );
    assert_eq!(assume.field("ExternalId"), "planted-external-id");
    assert_eq!(
        assume.field("SerialNumber"),
        "arn:aws:iam::123456789012:mfa/jane"
    );
    assert_eq!(assume.field("TokenCode"), "492817");
    assert_eq!(assume.field("DurationSeconds"), "900");
    assert_eq!(assume.field("RoleSessionName"), "ticket-7");
    assert_eq!(assume.field("SourceIdentity"), "jane");
    let policy: Value = serde_json::from_str(assume.field("Policy")).unwrap();
    assert!(
        policy
            .to_string()
            .contains("iam:GetAccountAuthorizationDetails")
    );
    assert!(
        assume.field("Policy").len() <= 2048,
        "STS takes at most 2,048 characters"
    );
    // What comes after is signed with the role's credentials.
    let details = calls.iter().find(|call| is_details(call)).unwrap();
    assert!(details.raw.contains("ASIAASSUMED000000001"));
    let shown = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    for planted in [
        SECRET,
        TOKEN,
        "planted-external-id",
        "492817",
        "AssumedSecret",
        "AssumedToken",
    ] {
        assert!(!shown.contains(planted), "{planted}");
    }
}

#[test]
fn mfa_of_a_profile_is_asked_for() {
    let stub = Stub::start(assuming);
    let config = "
[profile deep]
role_arn = arn:aws:iam::123456789012:role/deep
source_profile = base
mfa_serial = arn:aws:iam::123456789012:mfa/jane
external_id = planted-external-id
[profile base]
aws_access_key_id = AKIABASE000000000001
aws_secret_access_key = wJalrXUtnFEMIK7MDENGbPxRfiCYPLANTEDSECRT
";
    let program = Program::new(&["tree", "--profile", "deep", "--format", "json"])
        .config(config)
        .at(&stub.url);
    let output = program.run_typing("111222\n");
    assert_eq!(json_of(&output)["roles"].as_array().unwrap().len(), 2);
    let calls = stub.calls();
    let assume = calls
        .iter()
        .find(|call| call.action == "AssumeRole")
        .unwrap();
    assert_eq!(assume.field("TokenCode"), "111222");
    assert_eq!(assume.field("ExternalId"), "planted-external-id");
    assert!(String::from_utf8_lossy(&output.stderr).contains("mfa/jane"));
    // Without a code: one line, and nothing was assumed.
    let again = Stub::start(assuming);
    let program = Program::new(&["tree", "--profile", "deep"])
        .config(config)
        .at(&again.url);
    let words = words_of(&program.run());
    assert!(words.contains("MFA device"), "{words}");
    assert_eq!(again.count("AssumeRole"), 0);
}
