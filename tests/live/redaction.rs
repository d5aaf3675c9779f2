//! What is redacted is nowhere in the file, and policies still match each other.

use std::net::IpAddr;

use iamscope::iam::{SourceId, glob_matches};
use iamscope::load::snapshot::read;
use iamscope::report::{Redaction, Snapshot, redact, snapshot_text};
use serde_json::{Value, json};

use super::snapshot::full_inventory;

const AT: &str = "2026-11-21T21:00:00Z";

fn redacted() -> Redaction {
    redact(&Snapshot::of(&full_inventory()).value(AT))
}

#[test]
fn nothing_private_is_left() {
    let text = snapshot_text(&redacted().snapshot).to_lowercase();
    let private = [
        "acme",
        "jane",
        "doe",
        "210987654321",
        "123456789012",
        "hunter2",
        "blue",
        "whale",
        "costcentre",
        "qwertyuiop",
        "203.0.113",
        "rocket",
        "helpdesk",
        "deployer",
        "isprod",
        "inlineone",
        "dbpassword",
        "correct-horse",
        "default-password",
        "vendor",
        "division",
        "reads only",
        "nonsense",
        "elsewhere",
        "orders",
        "r-ab12",
        "11111111",
        "iseu",
    ];
    for word in private {
        let found = text
            .find(word)
            .map(|at| text[at.saturating_sub(60)..at + 40].to_owned());
        assert_eq!(found, None, "{word}");
    }
}

#[test]
fn what_aws_named_stays() {
    let text = snapshot_text(&redacted().snapshot);
    let own = [
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "lambda.amazonaws.com",
        "sts:AssumeRole",
        "sts:ExternalId",
        "aws:PrincipalTag/",
        "token.actions.githubusercontent.com",
        "aws:cloudformation:stack-name",
        "arn:aws:dynamodb:eu-west-1:",
        ":table/",
        "/index/*",
        "${aws:username}",
        "\"0.0.0.0/0\"",
        "FullAWSAccess",
        "AWS::S3::BucketPolicy",
        "43200",
        "iam:*",
        "eu-west-1",
    ];
    for name in own {
        assert!(text.contains(name), "{name}");
    }
}

#[test]
fn a_redacted_snapshot_reads_like_the_first() {
    let redacted = redacted();
    let before = full_inventory();
    let after = read(&snapshot_text(&redacted.snapshot), SourceId(0)).unwrap();
    let (was, is) = (&before.accounts[0], &after.accounts[0]);
    assert_eq!(was.roles.len(), is.roles.len());
    let (was, is) = (&was.roles[0], &is.roles[0]);
    assert_eq!(
        was.managed[0].name.to_string(),
        is.managed[0].name.to_string()
    );
    assert_ne!(was.identity.name.to_string(), is.identity.name.to_string());
    let trust = is.trust.as_ref().unwrap();
    assert_eq!(trust.statements[0].conditions.len(), 5);
    assert!(
        trust.statements[0]
            .conditions
            .iter()
            .all(|condition| condition.operator.is_some())
    );
    // The tag of the role and the condition on it have the same masks.
    let tag = is
        .identity
        .tags
        .iter()
        .find(|(name, _)| !name.starts_with("aws:"))
        .unwrap();
    let condition = trust.statements[0]
        .conditions
        .iter()
        .find(|condition| condition.key.to_string().starts_with("aws:PrincipalTag/"))
        .unwrap();
    assert_eq!(
        condition.key.to_string(),
        format!("aws:PrincipalTag/{}", tag.0)
    );
    assert_eq!(condition.values[0].text.to_string(), tag.1.to_string());
    let note = &after.accounts[0].problems.last().unwrap().message;
    assert!(note.contains("redacted"), "{note}");
}

/// A snapshot that holds nothing but these texts.
fn texts_redacted(texts: &[&str]) -> Vec<String> {
    let redaction = redact(&json!({ "accounts": [{ "texts": texts }], "problems": [] }));
    let masked = redaction.snapshot["accounts"][0]["texts"]
        .as_array()
        .unwrap()
        .clone();
    masked
        .iter()
        .map(|text| text.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn patterns_match_what_they_matched() {
    let patterns = [
        "acme-prod-*",
        "acme-*-logs",
        "acm*",
        "*-logs",
        "*ogs",
        "ac*od*",
        "acme-prod-logs",
        "*",
        "other*",
        "ACME*",
        "arn:aws:s3:::acm*/jan?/*",
        "arn:aws:s3:::acme-*/*",
        "arn:aws:iam::123456789012:role/ac*/dep*",
        "arn:aws:iam::*:role/*",
    ];
    let names = [
        "acme-prod-logs",
        "acme-test-logs",
        "acmeprod",
        "ACME-prod",
        "dogs",
        "other-one",
        "anything",
        "arn:aws:s3:::acme-prod/january/x",
        "arn:aws:s3:::acxe-prod/x",
        "arn:aws:iam::123456789012:role/acme/deployer",
        "arn:aws:iam::210987654321:role/acme/deployer",
    ];
    let all: Vec<&str> = patterns.iter().chain(&names).copied().collect();
    let masked = texts_redacted(&all);
    let (mut matches, mut misses) = (0, 0);
    for (p, pattern) in patterns.iter().enumerate() {
        // `?` stands for one character, and a mask has more.
        if pattern.contains('?') {
            continue;
        }
        for (n, name) in names.iter().enumerate() {
            let before = glob_matches(pattern, name);
            let after = glob_matches(&masked[p], &masked[patterns.len() + n]);
            assert_eq!(
                before,
                after,
                "{pattern} {name}: {} {}",
                masked[p],
                masked[patterns.len() + n]
            );
            if before { matches += 1 } else { misses += 1 }
        }
    }
    assert!(matches > 20 && misses > 40, "{matches} {misses}");
    assert!(
        masked
            .iter()
            .all(|text| !text.to_lowercase().contains("acme") && !text.contains("prod"))
    );
}

#[test]
fn words_that_differ_in_case_only_still_do() {
    let masked = texts_redacted(&["Rocket", "rocket", "ROCKET", "rocket"]);
    assert_eq!(masked[1], masked[3]);
    assert_ne!(masked[0], masked[1]);
    assert_ne!(masked[0], masked[2]);
    assert_eq!(masked[0].to_lowercase(), masked[2].to_lowercase());
}

#[test]
fn address_blocks_still_contain_each_other() {
    let texts = [
        "198.51.100.0/24",
        "198.51.100.128/25",
        "198.51.100.200",
        "198.51.101.1",
        "2001:db8::/32",
        "2001:db8::1",
    ];
    let masked = texts_redacted(&texts);
    let net = |text: &str| text.parse::<ipnet::IpNet>().unwrap();
    let address = |text: &str| text.parse::<IpAddr>().unwrap();
    assert!(net(&masked[0]).contains(&net(&masked[1])));
    assert!(net(&masked[1]).contains(&address(&masked[2])));
    assert!(!net(&masked[0]).contains(&address(&masked[3])));
    assert!(net(&masked[4]).contains(&address(&masked[5])));
    for (before, after) in texts.iter().zip(&masked) {
        assert_ne!(before, after);
    }
}

#[test]
fn ids_keep_their_form() {
    let masked = texts_redacted(&[
        "123456789012",
        "AROAQWERTYUIOPASDFGHJ",
        "AROAQWERTYUIOPASDFGHJ:jane",
        "arn:aws:iam::123456789012:root",
        "arn:aws:sts::123456789012:assumed-role/acme/jane",
        "arn:aws:iam::123456789012:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS",
        "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/acme-fn:*",
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme",
        "s3.us-east-1.amazonaws.com",
        "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABCDEF0123",
    ]);
    let account = &masked[0];
    assert!(
        account.len() == 12 && account.starts_with("9999"),
        "{account}"
    );
    assert!(masked[1].starts_with("AROA") && masked[1].len() == 21);
    assert!(masked[2].starts_with(&format!("{}:", masked[1])));
    assert_eq!(masked[3], format!("arn:aws:iam::{account}:root"));
    assert!(masked[4].starts_with(&format!("arn:aws:sts::{account}:assumed-role/x")));
    assert!(
        masked[5].ends_with(":role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS")
    );
    assert!(
        masked[6].contains(":log-group:/aws/lambda/x") && masked[6].ends_with(":*"),
        "{}",
        masked[6]
    );
    assert!(
        masked[7].starts_with(&format!("{account}.dkr.ecr.eu-west-1.amazonaws.com/x")),
        "{}",
        masked[7]
    );
    assert_eq!(masked[8], "s3.us-east-1.amazonaws.com");
    assert!(
        masked[9].contains("oidc-provider/oidc.eks.eu-west-1.amazonaws.com/"),
        "{}",
        masked[9]
    );
    assert!(!masked[9].contains("ABCDEF0123"));
}

#[test]
fn the_key_names_every_mask_and_the_snapshot_counts_them() {
    let redaction = redacted();
    let masks = redaction.key["masks"].as_object().unwrap();
    let originals: Vec<&str> = masks.values().filter_map(Value::as_str).collect();
    for original in [
        "123456789012",
        "AROAQWERTYUIOPASDFGHJ",
        "blue",
        "whale",
        "jane",
    ] {
        assert!(originals.contains(&original), "{original}");
    }
    let counted: u64 = redaction.snapshot["replaced"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| !name.contains("taken out"))
        .map(|(_, count)| count.as_u64().unwrap())
        .sum();
    assert_eq!(counted, masks.len() as u64);
}
