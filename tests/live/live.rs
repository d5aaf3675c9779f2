//! The live source against a stub: paging, throttling, faults, denials, credentials of every kind.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use iamscope::aws::OPERATIONS;
use serde_json::Value;

use super::stub::{Call, Reply, Stub, ordinary};

const SECRET: &str = "wJalrXUtnFEMIK7MDENGbPxRfiCYPLANTEDSECRT";
const TOKEN: &str = "IQoJb3JpZ2luX2VjEPLANTEDTOKENxxxxxxxxxxxxxxxxxxxxxxx1";

/// The program with a clean environment: credentials of its own, no configuration but what a test
/// writes.
pub struct Program {
    folder: tempfile::TempDir,
    command: Command,
}

impl Program {
    pub fn new(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_iamscope"));
        command.args(arguments);
        for (name, _) in std::env::vars() {
            if name.starts_with("AWS_") {
                command.env_remove(name);
            }
        }
        for name in [
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "ALL_PROXY",
            "http_proxy",
            "https_proxy",
            "all_proxy",
        ] {
            command.env_remove(name);
        }
        command
            .env("HOME", folder.path())
            .env("AWS_CONFIG_FILE", folder.path().join("config"))
            .env(
                "AWS_SHARED_CREDENTIALS_FILE",
                folder.path().join("credentials"),
            )
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(Stdio::null());
        Program { folder, command }
    }

    pub fn keys(mut self) -> Self {
        self.command
            .env("AWS_ACCESS_KEY_ID", "AKIAPLANTEDKEY000001")
            .env("AWS_SECRET_ACCESS_KEY", SECRET)
            .env("AWS_SESSION_TOKEN", TOKEN);
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn config(self, text: &str) -> Self {
        fs::write(self.folder.path().join("config"), text).unwrap();
        self
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn at(mut self, url: &str) -> Self {
        for service in ["iam", "sts", "organizations"] {
            self.command
                .arg("--endpoint")
                .arg(format!("{service}={url}"));
        }
        self
    }

    pub fn run(mut self) -> Output {
        self.command.output().unwrap()
    }

    pub fn run_typing(mut self, text: &str) -> Output {
        let mut child = self
            .command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        child.wait_with_output().unwrap()
    }
}

fn tree(stub: &Stub) -> Program {
    Program::new(&["tree", "--profile", "--format", "json"])
        .keys()
        .at(&stub.url)
}

pub fn json_of(output: &Output) -> Value {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn words_of(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

const TRUST: &str = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22lambda.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D";

fn role(number: usize) -> String {
    format!(
        "<member><Path>/team/</Path><RoleName>role-{number}</RoleName><RoleId>AROA{number:017}</RoleId>\
         <Arn>arn:aws:iam::123456789012:role/team/role-{number}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate>\
         <AssumeRolePolicyDocument>{TRUST}</AssumeRolePolicyDocument>\
         <RolePolicyList><member><PolicyName>inline</PolicyName><PolicyDocument>%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3AGet%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D</PolicyDocument></member></RolePolicyList>\
         <AttachedManagedPolicies><member><PolicyName>ReadOnlyAccess</PolicyName><PolicyArn>arn:aws:iam::aws:policy/ReadOnlyAccess</PolicyArn></member></AttachedManagedPolicies>\
         <Tags><member><Key>number</Key><Value>{number}</Value></member></Tags>\
         <RoleLastUsed><LastUsedDate>2026-02-03T04:05:06Z</LastUsedDate><Region>eu-west-1</Region></RoleLastUsed></member>"
    )
}

/// An account of so many roles, so many on each page.
fn details(call: &Call, roles: usize, on_page: usize) -> Reply {
    let mut list = String::new();
    let mut rest = "<IsTruncated>false</IsTruncated>".to_owned();
    if call.field("Filter.member.1") == "Role" {
        let from: usize = call.field("Marker").parse().unwrap_or(0);
        let to = (from + on_page).min(roles);
        list = (from..to).map(role).collect();
        if to < roles {
            rest = format!("<IsTruncated>true</IsTruncated><Marker>{to}</Marker>");
        }
    }
    Reply::xml(
        "GetAccountAuthorizationDetails",
        &format!("<RoleDetailList>{list}</RoleDetailList>{rest}"),
    )
}

fn is_details(call: &Call) -> bool {
    call.action == "GetAccountAuthorizationDetails"
}

fn account(roles: usize) -> impl Fn(&Call) -> Reply + Send + Sync {
    move |call| ordinary(call).unwrap_or_else(|| details(call, roles, 100))
}

#[test]
fn every_page_arrives_and_is_read_like_a_dump() {
    let stub = Stub::start(account(350));
    let json = json_of(&tree(&stub).run());
    let roles = json["roles"].as_array().unwrap();
    assert_eq!(roles.len(), 350);
    let one = roles
        .iter()
        .find(|role| role["name"] == "role-249")
        .unwrap();
    assert_eq!(one["arn"], "arn:aws:iam::123456789012:role/team/role-249");
    assert_eq!(one["path"], "/team/");
    assert_eq!(one["tags"]["number"], "249");
    assert_eq!(
        one["trust"]["Statement"][0]["Principal"]["Service"],
        "lambda.amazonaws.com"
    );
    assert_eq!(one["inline"][0]["policy"]["Statement"]["Action"], "s3:Get*");
    assert_eq!(one["managed"][0]["origin"], "aws");
    assert!(
        one["managed"][0]["policy"]["Statement"].is_array(),
        "the text of an AWS managed policy"
    );
    assert_eq!(json["sources"][0]["kind"], "live");
    // Four pages of roles, one each of the others, side by side.
    assert_eq!(stub.count("GetAccountAuthorizationDetails"), 4 + 4);
}

#[test]
fn only_permitted_operations_are_called() {
    let stub = Stub::start(account(3));
    json_of(&tree(&stub).run());
    let calls = stub.calls();
    assert!(calls.len() > 5);
    for call in calls {
        assert!(
            OPERATIONS.iter().any(|one| one.name == call.action),
            "{}",
            call.action
        );
    }
}

#[test]
fn throttling_by_rate_and_at_random_loses_nothing() {
    // No more than one call in 25 ms.
    let last = Mutex::new(Instant::now());
    let by_rate = Stub::start(move |call| {
        let mut last = last.lock().unwrap();
        if is_details(call) && last.elapsed() < Duration::from_millis(25) {
            return Reply::error(400, "Throttling", "Rate exceeded");
        }
        *last = Instant::now();
        drop(last);
        ordinary(call).unwrap_or_else(|| details(call, 200, 10))
    });
    assert_eq!(
        json_of(&tree(&by_rate).run())["roles"]
            .as_array()
            .unwrap()
            .len(),
        200
    );
    // Two of five calls, in no order that callers could follow.
    let count = AtomicUsize::new(0);
    let at_random = Stub::start(move |call| {
        let number = count.fetch_add(1, Ordering::Relaxed);
        match number * 7919 % 5 {
            0 => Reply::error(400, "Throttling", "Rate exceeded"),
            1 => Reply::error(503, "ServiceUnavailable", "try again"),
            _ => ordinary(call).unwrap_or_else(|| details(call, 200, 10)),
        }
    });
    assert_eq!(
        json_of(&tree(&at_random).run())["roles"]
            .as_array()
            .unwrap()
            .len(),
        200
    );
    assert!(at_random.calls().len() > 30);
}

#[test]
fn credentials_that_end_in_the_middle_are_one_line_with_the_next_step() {
    let stub = Stub::start(|call| {
        if is_details(call) && !call.field("Marker").is_empty() {
            return Reply::error(
                403,
                "ExpiredToken",
                "The security token included in the request is expired",
            );
        }
        ordinary(call).unwrap_or_else(|| details(call, 200, 10))
    });
    let words = words_of(&tree(&stub).run());
    assert_eq!(words.lines().count(), 1, "{words}");
    assert!(
        words.contains("ExpiredToken") && words.contains("sign in again"),
        "{words}"
    );
}

/// The answers of the single calls, `denied` refused.
fn single(call: &Call, denied: &str) -> Reply {
    if is_details(call) || call.action == denied {
        return Reply::denied(&call.action);
    }
    if let Some(reply) = ordinary(call) {
        return reply;
    }
    let name = call.field("RoleName");
    let bare = |name: &str| {
        format!(
            "<Path>/team/</Path><RoleName>{name}</RoleName><RoleId>AROA00000000000000001</RoleId>\
             <Arn>arn:aws:iam::123456789012:role/team/{name}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate>\
             <AssumeRolePolicyDocument>{TRUST}</AssumeRolePolicyDocument><MaxSessionDuration>7200</MaxSessionDuration>"
        )
    };
    let more = "<IsTruncated>false</IsTruncated>";
    let result = match call.action.as_str() {
        "ListRoles" => {
            let roles: String = (0..20).map(|n| format!("<member>{}</member>", bare(&format!("role-{n}")))).collect();
            format!("<Roles>{roles}</Roles>{more}")
        }
        "GetRole" => format!(
            "<Role>{}<Tags><member><Key>k</Key><Value>v</Value></member></Tags><PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType><PermissionsBoundaryArn>arn:aws:iam::aws:policy/PowerUserAccess</PermissionsBoundaryArn></PermissionsBoundary></Role>",
            bare(name)
        ),
        "ListRolePolicies" => format!("<PolicyNames><member>inline</member></PolicyNames>{more}"),
        "GetRolePolicy" => format!(
            "<RoleName>{name}</RoleName><PolicyName>inline</PolicyName><PolicyDocument>%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3AGetObject%22%2C%22Resource%22%3A%22%2A%22%7D%7D</PolicyDocument>"
        ),
        "ListAttachedRolePolicies" => format!(
            "<AttachedPolicies><member><PolicyName>own</PolicyName><PolicyArn>arn:aws:iam::123456789012:policy/own</PolicyArn></member></AttachedPolicies>{more}"
        ),
        "ListUsers" => format!(
            "<Users><member><Path>/</Path><UserName>jane</UserName><UserId>AIDA00000000000000001</UserId><Arn>arn:aws:iam::123456789012:user/jane</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></member></Users>{more}"
        ),
        "GetUser" => "<User><Path>/</Path><UserName>jane</UserName><UserId>AIDA00000000000000001</UserId><Arn>arn:aws:iam::123456789012:user/jane</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></User>".to_owned(),
        "ListAttachedUserPolicies" | "ListAttachedGroupPolicies" => format!("<AttachedPolicies></AttachedPolicies>{more}"),
        "ListUserPolicies" | "ListGroupPolicies" => format!("<PolicyNames></PolicyNames>{more}"),
        "ListGroupsForUser" | "ListGroups" => format!(
            "<Groups><member><Path>/</Path><GroupName>admins</GroupName><GroupId>AGPA00000000000000001</GroupId><Arn>arn:aws:iam::123456789012:group/admins</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></member></Groups>{more}"
        ),
        "ListPolicies" => format!(
            "<Policies><member><PolicyName>own</PolicyName><PolicyId>ANPA00000000000000001</PolicyId><Arn>arn:aws:iam::123456789012:policy/own</Arn><Path>/</Path><DefaultVersionId>v2</DefaultVersionId></member></Policies>{more}"
        ),
        "GetPolicyVersion" => "<PolicyVersion><Document>%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22sqs%3ASendMessage%22%2C%22Resource%22%3A%22%2A%22%7D%7D</Document><VersionId>v2</VersionId><IsDefaultVersion>true</IsDefaultVersion></PolicyVersion>".to_owned(),
        other => return Reply::error(400, "InvalidAction", other),
    };
    Reply::xml(&call.action, &result)
}

fn problems(json: &Value) -> String {
    json["problems"].to_string()
}

#[test]
fn where_the_one_call_is_denied_single_calls_give_the_same() {
    let stub = Stub::start(|call| single(call, ""));
    let json = json_of(&tree(&stub).run());
    let roles = json["roles"].as_array().unwrap();
    assert_eq!(roles.len(), 20);
    let one = &roles[3];
    assert_eq!(one["max_session_duration"], 7200);
    assert_eq!(one["tags"]["k"], "v");
    assert_eq!(
        one["inline"][0]["policy"]["Statement"]["Action"],
        "s3:GetObject"
    );
    assert_eq!(
        one["managed"][0]["policy"]["Statement"]["Action"],
        "sqs:SendMessage"
    );
    assert_eq!(
        one["boundary"]["arn"],
        "arn:aws:iam::aws:policy/PowerUserAccess"
    );
    assert_eq!(json["users"][0]["groups"][0], "admins");
    assert!(problems(&json).contains("iam:GetAccountAuthorizationDetails"));
}

#[test]
fn each_denied_call_is_named_with_its_permission_and_leaves_the_rest() {
    let cases = [
        ("GetRole", "iam:GetRole", 20),
        ("ListRolePolicies", "iam:ListRolePolicies", 20),
        ("GetRolePolicy", "iam:GetRolePolicy", 20),
        (
            "ListAttachedRolePolicies",
            "iam:ListAttachedRolePolicies",
            20,
        ),
        ("ListUsers", "iam:ListUsers", 20),
        ("ListGroups", "iam:ListGroups", 20),
        ("ListGroupsForUser", "iam:ListGroupsForUser", 20),
        ("ListPolicies", "iam:ListPolicies", 20),
        ("GetPolicyVersion", "iam:GetPolicyVersion", 20),
        ("ListRoles", "iam:ListRoles", 0),
        ("ListAccountAliases", "iam:ListAccountAliases", 20),
    ];
    for (denied, permission, roles) in cases {
        let stub = Stub::start(move |call| single(call, denied));
        let json = json_of(&tree(&stub).run());
        assert_eq!(json["roles"].as_array().unwrap().len(), roles, "{denied}");
        assert!(
            problems(&json).contains(permission),
            "{denied}: {}",
            problems(&json)
        );
    }
}

#[test]
fn what_could_not_be_read_is_unknown_and_not_nothing() {
    for denied in [
        "GetRolePolicy",
        "ListRolePolicies",
        "ListAttachedRolePolicies",
        "GetRole",
    ] {
        let stub = Stub::start(move |call| single(call, denied));
        let json = json_of(&tree(&stub).run());
        let role = &json["roles"][0];
        let stands_for_it = match denied {
            "GetRole" => role["boundary"].to_string(),
            "ListAttachedRolePolicies" => role["managed"].to_string(),
            _ => role["inline"].to_string(),
        };
        assert!(
            stands_for_it.contains("denied") || stands_for_it.contains("inline"),
            "{denied}: {stands_for_it}"
        );
    }
}

#[test]
fn faults_of_the_way_are_one_line_with_the_next_step() {
    let html = Stub::start(|_| {
        Reply::text(
            200,
            "<html><body>sign in to the guest network</body></html>",
        )
    });
    let words = words_of(&tree(&html).run());
    assert!(
        words.contains("not one of AWS") && words.lines().count() == 1,
        "{words}"
    );
    let refused = Program::new(&["tree", "--profile"])
        .keys()
        .at("http://127.0.0.1:9");
    let words = words_of(&refused.run());
    assert!(
        words.contains("refused") && words.lines().count() == 1,
        "{words}"
    );
    let invalid = Stub::start(|_| {
        Reply::error(
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        )
    });
    let words = words_of(&tree(&invalid).run());
    assert!(
        words.contains("InvalidClientTokenId") && words.contains("access key"),
        "{words}"
    );
    let clock = Stub::start(|_| {
        Reply::error(
            403,
            "SignatureDoesNotMatch",
            "Signature expired: 20260101T000000Z is now earlier than 20260102T000000Z",
        )
    });
    let words = words_of(&tree(&clock).run());
    assert!(words.contains("clock"), "{words}");
}

#[test]
fn credentials_that_are_not_there_are_one_line_with_the_next_step() {
    let none = Program::new(&["tree", "--profile"])
        .at("http://127.0.0.1:9")
        .run();
    let words = words_of(&none);
    assert!(
        words.contains("no AWS credentials") && words.contains("aws sso login"),
        "{words}"
    );
    let config = "
[profile corp]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = ReadOnly
[sso-session corp]
sso_region = us-east-1
sso_start_url = https://example.awsapps.com/start
[profile lost]
sso_session = nowhere
sso_account_id = 123456789012
sso_role_name = ReadOnly
[profile broken]
credential_process = sh -c \"echo the vault is sealed >&2; exit 3\"
[profile empty]
region = eu-west-1
[profile orphan]
role_arn = arn:aws:iam::123456789012:role/x
source_profile = gone
";
    let of_profile = |name: &str| {
        words_of(
            &Program::new(&["tree", "--profile", name])
                .config(config)
                .at("http://127.0.0.1:9")
                .run(),
        )
    };
    let cases = [
        ("nobody", vec!["no such profile", "corp, empty, lost"]),
        ("corp", vec!["aws sso login --profile corp"]),
        ("lost", vec!["`nowhere`, which is not defined"]),
        ("broken", vec!["the vault is sealed"]),
        ("empty", vec!["nothing that gives credentials"]),
        ("orphan", vec!["`gone`, which is not defined"]),
    ];
    for (name, expected) in cases {
        let words = of_profile(name);
        assert_eq!(words.lines().count(), 1, "{name}: {words}");
        assert!(
            words.contains(&format!("profile `{name}`")),
            "{name}: {words}"
        );
        for part in expected {
            assert!(words.contains(part), "{name}: {words}");
        }
    }
    let malformed = Program::new(&["tree", "--profile", "x"])
        .config("[profile x\nregion = y\n")
        .at("http://127.0.0.1:9")
        .run();
    let words = words_of(&malformed);
    assert!(
        words.contains("`[` without `]`") && words.contains("config:1"),
        "{words}"
    );
}

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

#[test]
fn secrets_are_in_no_snapshot_and_no_message() {
    let stub = Stub::start(account(3));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("live.json");
    let arguments = ["snapshot", "--profile", "-o", file.to_str().unwrap()];
    let output = Program::new(&arguments).keys().at(&stub.url).run();
    assert!(output.status.success(), "{output:?}");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("role-2") && text.contains("acme-prod"));
    // A server that sends the caller's own headers back.
    let echo = Stub::start(|call| {
        Reply::error(
            400,
            "ValidationError",
            &call.raw.replace(['<', '&', '>'], " "),
        )
    });
    let program = tree(&echo);
    let home = program.folder().to_owned();
    let echoed = program.run();
    let shown = format!(
        "{text}{}{}",
        String::from_utf8_lossy(&echoed.stderr),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(shown.contains("ValidationError"));
    for planted in [SECRET, TOKEN] {
        assert!(!shown.contains(planted), "{planted}");
    }
    assert!(
        !home.exists() || fs::read_dir(home).unwrap().count() == 0,
        "nothing is left behind"
    );
}

#[test]
fn permissions_are_printed_and_checked() {
    let printed = Program::new(&["permissions"]).run();
    let policy: Value = json_of(&printed);
    let text = policy.to_string();
    for operation in OPERATIONS {
        assert!(text.contains(operation.action), "{operation:?}");
    }
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let stub = Stub::start(move |call| match call.action.as_str() {
        "SimulatePrincipalPolicy" => {
            counted.fetch_add(1, Ordering::Relaxed);
            assert_eq!(
                call.field("PolicySourceArn"),
                "arn:aws:iam::123456789012:user/jane"
            );
            let action = call.field("ActionNames.member.1");
            let decision = if action == "iam:GetAccountAuthorizationDetails" {
                "allowed"
            } else {
                "implicitDeny"
            };
            Reply::xml(
                "SimulatePrincipalPolicy",
                &format!(
                    "<IsTruncated>false</IsTruncated><EvaluationResults><member><EvalActionName>{action}</EvalActionName><EvalResourceName>*</EvalResourceName><EvalDecision>{decision}</EvalDecision></member></EvaluationResults>"
                ),
            )
        }
        _ => ordinary(call).unwrap(),
    });
    let output = Program::new(&[
        "permissions",
        "--profile",
        "--check",
        "--feature",
        "account",
    ])
    .keys()
    .at(&stub.url)
    .run();
    let answers = json_of(&output);
    assert_eq!(answers[0]["decision"], "allowed");
    assert_eq!(answers[1]["decision"], "implicitDeny");
    assert_eq!(
        asked.load(Ordering::Relaxed),
        answers.as_array().unwrap().len()
    );
}

#[test]
fn a_redirecting_variable_is_warned_of() {
    let stub = Stub::start(account(1));
    let output = tree(&stub).env("AWS_ENDPOINT_URL", &stub.url).run();
    assert!(problems(&json_of(&output)).contains("AWS_ENDPOINT_URL redirects every service"));
}

#[test]
fn slow_answers_are_waited_for_side_by_side() {
    let stub = Stub::start(|call| {
        let reply = ordinary(call).unwrap_or_else(|| details(call, 10, 100));
        reply.after(Duration::from_millis(400))
    });
    let started = Instant::now();
    let json = json_of(&tree(&stub).run());
    assert_eq!(json["roles"].as_array().unwrap().len(), 10);
    // Who is calling, then everything else at once: nine calls in a row would take 3.6 s.
    assert!(
        started.elapsed() < Duration::from_millis(2_800),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn the_same_question_is_asked_of_aws() {
    let stub = Stub::start(|call| match call.action.as_str() {
        "SimulatePrincipalPolicy" => {
            let aws = if call.field("ActionNames.member.1") == "s3:PutObject" {
                "allowed"
            } else {
                "implicitDeny"
            };
            let resource = call.field("ResourceArns.member.1");
            Reply::xml(
                "SimulatePrincipalPolicy",
                &format!(
                    "<IsTruncated>false</IsTruncated><EvaluationResults><member><EvalActionName>x</EvalActionName><EvalResourceName>{resource}</EvalResourceName><EvalDecision>implicitDeny</EvalDecision>\
                 <ResourceSpecificResults><member><EvalResourceName>{resource}</EvalResourceName><EvalResourceDecision>{aws}</EvalResourceDecision></member></ResourceSpecificResults></member></EvaluationResults>"
                ),
            )
        }
        _ => ordinary(call).unwrap_or_else(|| details(call, 2, 100)),
    });
    let asked = |action: &str| {
        let arguments = [
            "simulate",
            "--profile",
            "--principal",
            "role-1",
            "--action",
            action,
            "--resource",
            "arn:aws:s3:::acme/x",
            "--context",
            "aws:SourceIp=203.0.113.9",
            "--assume-absent",
            "--ask-aws",
            "--format",
            "json",
        ];
        let output = Program::new(&arguments).keys().at(&stub.url).run();
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        serde_json::from_str::<Value>(text.lines().last().unwrap()).unwrap()
    };
    let denied = asked("s3:DeleteObject");
    assert_eq!(
        (denied["ours"].as_str(), denied["aws"].as_str()),
        (Some("implicitDeny"), Some("implicitDeny"))
    );
    assert_eq!(denied["verdict"], "agree");
    assert_eq!(asked("s3:PutObject")["verdict"], "differ");
    let calls = stub.calls();
    let call = calls
        .iter()
        .find(|call| call.action == "SimulatePrincipalPolicy")
        .unwrap();
    assert_eq!(
        call.field("PolicySourceArn"),
        "arn:aws:iam::123456789012:role/team/role-1"
    );
    assert_eq!(
        call.field("ContextEntries.member.1.ContextKeyName"),
        "aws:SourceIp"
    );
    assert_eq!(call.field("ContextEntries.member.1.ContextKeyType"), "ip");
    assert_eq!(
        call.field("ContextEntries.member.1.ContextKeyValues.member.1"),
        "203.0.113.9"
    );
    // Without an account there is nobody to ask.
    let output = Program::new(&[
        "simulate",
        "--demo",
        "--principal",
        "gitpod-customer-debug-access-role",
        "--action",
        "s3:ListAllMyBuckets",
        "--ask-aws",
    ])
    .run();
    assert_eq!(output.status.code(), Some(2));
}
