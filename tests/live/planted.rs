//! Private things in every place that an account has for them: none is left in what is handed over,
//! and whoever has the key gets them back.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

/// Words that stand in the dump below, each in its own kind of place.
const PLANTED: [&str; 34] = [
    "zebracorp",        // the name of a folder
    "ledgerdump",       // the name of a file
    "quagga",           // a role
    "okapi",            // a path
    "tapir",            // an inline policy
    "caracal",          // a managed policy
    "ocelot",           // a user
    "numbat",           // a group
    "serval",           // an instance profile
    "costcell",         // the name of a tag
    "bilby",            // the value of a tag
    "dugong",           // a description
    "axolotl",          // a Sid
    "kakapo",           // the id of a document
    "shhh-external",    // an external id
    "wombat",           // a session's name in a condition
    "takin",            // an email's name
    "pangolin.example", // an email's domain
    "203.0.113.77",     // an address
    "2001:db8:77::1",   // another
    "198.51.100.0",     // a block
    "fossa",            // a bucket
    "margay",           // an object's key
    "kinkajou",         // a SAML provider
    "kodkod",           // the subject of a token
    "colugo",           // a condition key of nobody's
    "potoroo",          // the description of a policy
    "agouti",           // the name of a tag in a condition
    "coati",            // its value
    "AROAPLANTED1234567890",
    "AIDAPLANTED1234567890",
    "ANPAPLANTED1234567890",
    "314159265358", // the account
    "271828182845", // another account
];

fn dump() -> Value {
    let document = json!({
        "Version": "2012-10-17",
        "Id": "kakapo",
        "Statement": [{
            "Sid": "axolotl",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "sts:AssumeRole"],
            "Resource": ["arn:aws:s3:::fossa/margay/*", "arn:aws:iam::271828182845:role/okapi/quagga"],
            "Condition": {
                "IpAddress": { "aws:SourceIp": ["203.0.113.77/32", "2001:db8:77::1/128", "198.51.100.0/24"] },
                "StringEquals": {
                    "aws:RequestTag/agouti": "coati",
                    "colugo:thing": "wombat",
                    "aws:PrincipalTag/costcell": "bilby",
                },
                "StringLike": { "sts:RoleSessionName": ["takin@pangolin.example", "wombat-*"] },
            },
        }],
    });
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": { "AWS": ["arn:aws:iam::271828182845:root", "arn:aws:sts::271828182845:assumed-role/quagga/wombat"] },
                "Action": "sts:AssumeRole",
                "Condition": { "StringEquals": { "sts:ExternalId": "shhh-external" } },
            },
            {
                "Effect": "Allow",
                "Principal": { "Federated": "arn:aws:iam::314159265358:saml-provider/kinkajou" },
                "Action": "sts:AssumeRoleWithSAML",
                "Condition": { "StringEquals": { "saml:sub": "kodkod" } },
            },
        ],
    });
    let tags = json!([{ "Key": "costcell", "Value": "bilby" }]);
    json!({
        "RoleDetailList": [{
            "Path": "/okapi/",
            "RoleName": "quagga",
            "RoleId": "AROAPLANTED1234567890",
            "Arn": "arn:aws:iam::314159265358:role/okapi/quagga",
            "Description": "for the dugong",
            "AssumeRolePolicyDocument": trust,
            "RolePolicyList": [{ "PolicyName": "tapir", "PolicyDocument": document }],
            "AttachedManagedPolicies": [{ "PolicyName": "caracal", "PolicyArn": "arn:aws:iam::314159265358:policy/caracal" }],
            "InstanceProfileList": [{ "InstanceProfileName": "serval" }],
            "Tags": tags,
        }],
        "UserDetailList": [{
            "Path": "/",
            "UserName": "ocelot",
            "UserId": "AIDAPLANTED1234567890",
            "Arn": "arn:aws:iam::314159265358:user/ocelot",
            "UserPolicyList": [],
            "GroupList": ["numbat"],
            "AttachedManagedPolicies": [],
            "Tags": tags,
        }],
        "GroupDetailList": [{
            "Path": "/",
            "GroupName": "numbat",
            "GroupId": "AGPAPLANTED1234567890",
            "Arn": "arn:aws:iam::314159265358:group/numbat",
            "GroupPolicyList": [],
            "AttachedManagedPolicies": [{ "PolicyName": "caracal", "PolicyArn": "arn:aws:iam::314159265358:policy/caracal" }],
        }],
        "Policies": [{
            "PolicyName": "caracal",
            "PolicyId": "ANPAPLANTED1234567890",
            "Arn": "arn:aws:iam::314159265358:policy/caracal",
            "Path": "/",
            "Description": "potoroo",
            "DefaultVersionId": "v2",
            "PolicyVersionList": [
                { "VersionId": "v2", "IsDefaultVersion": true, "Document": document },
                { "VersionId": "v1", "IsDefaultVersion": false, "Document": document },
            ],
        }],
    })
}

fn iamscope(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_iamscope"));
    command.args(arguments).output().unwrap()
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

#[test]
fn nothing_planted_is_handed_over_and_the_key_gives_it_back() {
    let outside = tempfile::tempdir().unwrap();
    let folder = outside.path().join("zebracorp");
    fs::create_dir(&folder).unwrap();
    let source = path(&folder, "ledgerdump.json");
    let text = dump().to_string();
    fs::write(&source, &text).unwrap();
    let handed = path(outside.path(), "handed.json");
    let key = path(outside.path(), "key.json");
    let taken = iamscope(&[
        "snapshot", &source, "-o", &handed, "--redact", "--key", &key,
    ]);
    assert!(taken.status.success(), "{taken:?}");
    let redacted = fs::read_to_string(&handed).unwrap();
    let said = String::from_utf8(taken.stderr).unwrap();
    let tree = iamscope(&["tree", &handed, "--format", "json"]);
    let lint = iamscope(&["lint", &handed]);
    let shown = [&tree.stdout, &tree.stderr, &lint.stdout, &lint.stderr];
    let shown: Vec<String> = shown
        .iter()
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .collect();
    let all = format!("{redacted}{said}{}", shown.join("")).to_lowercase();
    for planted in PLANTED {
        let in_source = text.contains(planted) || source.contains(planted);
        assert!(in_source, "{planted} was planted");
        let words = planted.to_lowercase();
        let found = all.find(&words).map(|at| &all[at.saturating_sub(60)..at]);
        assert_eq!(found, None, "{planted}");
    }
    // The key gives back everything but what was taken out.
    let plain = path(outside.path(), "plain.json");
    let undone = iamscope(&["unmask", "--key", &key, &handed, "-o", &plain]);
    assert!(undone.status.success(), "{undone:?}");
    let plain = fs::read_to_string(plain).unwrap();
    let gone = ["dugong", "potoroo"];
    for planted in PLANTED.iter().filter(|word| !gone.contains(word)) {
        assert!(plain.contains(planted), "{planted}");
    }
    // And of an answer as well.
    let report = iamscope(&["tree", &handed, "--format", "markdown"]);
    let answer = path(outside.path(), "answer.md");
    fs::write(&answer, &report.stdout).unwrap();
    let read = iamscope(&["unmask", "--key", &key, &answer]);
    let read = String::from_utf8(read.stdout).unwrap();
    assert!(
        read.contains("quagga") && read.contains("314159265358"),
        "{read}"
    );
}

#[test]
fn what_was_put_back_is_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let source = path(folder.path(), "account.json");
    fs::write(&source, dump().to_string()).unwrap();
    let [handed, key, plain] = ["h.json", "k.json", "p.json"].map(|name| path(folder.path(), name));
    iamscope(&[
        "snapshot", &source, "-o", &handed, "--redact", "--key", &key,
    ]);
    iamscope(&["unmask", "--key", &key, &handed, "-o", &plain]);
    let tree = |source: &str| -> Value {
        let output = iamscope(&["tree", source, "--format", "json"]);
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let (was, is) = (tree(&source), tree(&plain));
    for list in ["roles", "users", "groups", "policies"] {
        let entities = was[list].as_array().unwrap().iter();
        for (was, is) in entities.zip(is[list].as_array().unwrap()) {
            for member in [
                "name",
                "arn",
                "path",
                "unique_id",
                "tags",
                "trust",
                "inline",
                "managed",
                "policy",
                "instance_profiles",
                "groups",
                "attached_to",
            ] {
                assert_eq!(was[member], is[member], "{list} {member}");
            }
        }
    }
    assert!(!is["problems"].to_string().contains("are masks"));
}

#[test]
fn a_wrong_key_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(folder.path(), "x.json");
    fs::write(&file, "{}").unwrap();
    let output = iamscope(&["unmask", "--key", &file, &file]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said.contains("--redact --key") && said.lines().count() == 1,
        "{said}"
    );
}
