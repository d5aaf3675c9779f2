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
fn a_redirecting_variable_is_warned_of() {
    let stub = Stub::start(account(1));
    let output = tree(&stub).env("AWS_ENDPOINT_URL", &stub.url).run();
    assert!(problems(&json_of(&output)).contains("AWS_ENDPOINT_URL redirects every service"));
}
