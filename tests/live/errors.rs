//! Everything that goes wrong on the way is one line with the next step.

use super::account::{account, details, is_details};
use super::program::{Program, json_of, problems, tree, words_of};
use super::stub::{Reply, Stub, ordinary};

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

#[test]
fn what_the_environment_names_and_is_not_there_is_named() {
    let program = || Program::new(&["tree", "--profile"]).at("http://127.0.0.1:9");
    let cases = [
        (
            program().config("[profile x\n"),
            vec!["cannot be read", "config:1", "`[` without `]`"],
        ),
        (
            program()
                .env("AWS_WEB_IDENTITY_TOKEN_FILE", "/no/such/token")
                .env("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/x"),
            vec!["`AWS_WEB_IDENTITY_TOKEN_FILE` names is not there"],
        ),
        (
            program().env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/x"),
            vec!["refused", "AWS_CONTAINER_CREDENTIALS_FULL_URI"],
        ),
    ];
    for (program, expected) in cases {
        let words = words_of(&program.run());
        assert_eq!(words.lines().count(), 1, "{words}");
        for part in expected {
            assert!(words.contains(part), "{words}");
        }
    }
}

#[test]
fn endpoints_are_of_services_that_are_called() {
    for (endpoint, expected) in [
        ("ec2=http://127.0.0.1:9", "the services are iam, sts"),
        ("iam=127.0.0.1:9", "begins with https://"),
        ("iam", "SERVICE=URL"),
    ] {
        let words = words_of(&Program::new(&["tree", "--profile", "--endpoint", endpoint]).run());
        assert!(words.contains(expected), "{endpoint}: {words}");
    }
}

#[test]
fn a_redirecting_variable_is_warned_of() {
    let stub = Stub::start(account(1));
    let output = tree(&stub).env("AWS_ENDPOINT_URL", &stub.url).run();
    assert!(problems(&json_of(&output)).contains("AWS_ENDPOINT_URL redirects every service"));
}

const CORP: &str = "
[profile corp]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = ReadOnly
[sso-session corp]
sso_region = us-east-1
sso_start_url = https://example.awsapps.com/start
[profile old]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
sso_account_id = 123456789012
sso_role_name = ReadOnly
[profile signin]
login_session = arn:aws:iam::123456789012:user/jane
[profile nojson]
credential_process = echo nothing
[profile notthere]
credential_process = /no/such/program
[profile web]
role_arn = arn:aws:iam::123456789012:role/web
web_identity_token_file = /no/such/token
[profile round]
role_arn = arn:aws:iam::123456789012:role/a
source_profile = circle
mfa_serial = arn:aws:iam::123456789012:mfa/jane
[profile circle]
role_arn = arn:aws:iam::123456789012:role/b
source_profile = round
";

/// Where `aws sso login` keeps the token: named by the SHA-1 of the session's name.
const TOKEN_FILE: &str = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";

#[test]
fn every_kind_of_profile_that_gives_nothing_says_what_to_do() {
    let cases = [
        (
            "corp",
            vec![
                "profile `corp`: nobody is signed in",
                "aws sso login --profile corp",
            ],
        ),
        (
            "old",
            vec![
                "profile `old`: nobody is signed in",
                "aws sso login --profile old",
            ],
        ),
        (
            "signin",
            vec![
                "profile `signin`: nobody is signed in",
                "aws login --profile signin",
            ],
        ),
        (
            "nojson",
            vec!["profile `nojson`", "invalid JSON", "credential_process"],
        ),
        (
            "notthere",
            vec!["profile `notthere`", "not found", "credential_process"],
        ),
        ("web", vec!["profile `web`", "web_identity_token_file"]),
        ("round", vec!["`round`", "circle"]),
    ];
    for (name, expected) in cases {
        let words = words_of(
            &Program::new(&["tree", "--profile", name])
                .config(CORP)
                .at("http://127.0.0.1:9")
                .run(),
        );
        assert_eq!(words.lines().count(), 1, "{name}: {words}");
        for part in expected {
            assert!(words.contains(part), "{name}: {words}");
        }
    }
}

#[test]
fn a_sign_in_that_has_ended_says_so() {
    let token = "{\"startUrl\": \"https://example.awsapps.com/start\", \"region\": \"us-east-1\", \"accessToken\": \"PlantedTokenPlantedTokenPlantedTokenPlanted1\", \"expiresAt\": \"2020-01-01T00:00:00Z\"}";
    let program = Program::new(&["tree", "--profile", "corp"])
        .config(CORP)
        .file(TOKEN_FILE, token);
    let words = words_of(&program.at("http://127.0.0.1:9").run());
    assert_eq!(words.lines().count(), 1, "{words}");
    assert!(words.contains("the sign-in has expired"), "{words}");
    assert!(words.contains("aws sso login --profile corp"), "{words}");
    assert!(!words.contains("PlantedToken"), "{words}");
}

#[test]
fn without_a_region_the_global_one_is_used_and_a_profiles_own_before_it() {
    let keys = "aws_access_key_id = AKIABASE000000000001\naws_secret_access_key = planted\n";
    for (region, expected) in [
        ("", "/us-east-1/sts/"),
        ("region = eu-north-1\n", "/eu-north-1/sts/"),
    ] {
        let stub = Stub::start(account(1));
        let output = Program::new(&["tree", "--profile", "p", "--format", "json"])
            .config(&format!("[profile p]\n{keys}{region}"))
            .at(&stub.url)
            .run();
        json_of(&output);
        let calls = stub.calls();
        let who = calls.iter().find(|call| call.action == "GetCallerIdentity");
        assert!(who.unwrap().raw.contains(expected), "{region}");
    }
}

#[test]
fn a_role_that_may_not_be_assumed_names_the_permission() {
    let stub = Stub::start(|call| match call.action.as_str() {
        "AssumeRole" => Reply::error(
            403,
            "AccessDenied",
            "User: arn:aws:iam::123456789012:user/jane is not authorized to perform: sts:AssumeRole",
        ),
        _ => ordinary(call).unwrap(),
    });
    let role = "arn:aws:iam::123456789012:role/debug";
    let words = words_of(
        &Program::new(&["tree", "--assume-role", role])
            .keys()
            .at(&stub.url)
            .run(),
    );
    assert_eq!(words.lines().count(), 1, "{words}");
    assert!(words.contains("it needs `sts:AssumeRole`"), "{words}");
}

#[test]
fn credentials_that_end_at_once_and_clocks_that_are_wrong_say_so() {
    let cases = [
        (
            "ExpiredToken",
            "The security token included in the request is expired",
            "sign in again",
        ),
        (
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
            "clock",
        ),
        ("RequestExpired", "Request has expired.", "sign in again"),
    ];
    for (code, message, expected) in cases {
        let stub = Stub::start(move |_| Reply::error(403, code, message));
        let words = words_of(&tree(&stub).run());
        assert_eq!(words.lines().count(), 1, "{words}");
        assert!(words.contains(code) && words.contains(expected), "{words}");
    }
}

#[test]
fn several_accounts_are_loaded_at_once() {
    let stub = Stub::start(account(2));
    let keys = "aws_access_key_id = AKIABASE000000000001\naws_secret_access_key = planted\n";
    let output = Program::new(&[
        "tree",
        "--profile",
        "a",
        "--profile",
        "b",
        "--format",
        "json",
    ])
    .config(&format!("[profile a]\n{keys}[profile b]\n{keys}"))
    .at(&stub.url)
    .run();
    let json = json_of(&output);
    assert_eq!(json["sources"][0]["path"], "profile a");
    assert_eq!(json["sources"][1]["path"], "profile b");
    assert_eq!(json["roles"].as_array().unwrap().len(), 4);
    assert_eq!(json["roles"][3]["file"], "profile b");
}
