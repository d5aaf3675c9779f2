//! Decisions name the rules that they apply, and where AWS leaves them open or contradicts itself.

use std::collections::BTreeMap;

use iamscope::report::{Case, decision_line};
use iamscope::simulate::Policies;
use serde_json::Value;

use crate::cases;

/// Vectors, and a ruling that their decisions have to name: layer, status, words of it.
const NAMED: [(&str, &str, &str, &str); 46] = [
    (
        "s-account-grant-identity-limits",
        "resource",
        "inferred",
        "names its own account",
    ),
    (
        "s-account-principalarn-identity-limits",
        "resource",
        "contradicted",
        "follows from its principal",
    ),
    (
        "s-star-with-principalarn-same",
        "resource",
        "contradicted",
        "follows from its principal",
    ),
    (
        "np-role-without-session",
        "resource",
        "inferred",
        "`NotPrincipal` spares a caller only",
    ),
    (
        "p-star-service",
        "resource",
        "inferred",
        "includes services",
    ),
    (
        "t-star-does-not-grant-web-identity",
        "resource",
        "inferred",
        "`Federated` principal only",
    ),
    (
        "vpce-principal-account",
        "vpce",
        "inferred",
        "names an account",
    ),
    (
        "a-prefix-star",
        "identity",
        "inferred",
        "service prefix of an action",
    ),
    (
        "r-resource-policy-without-resource",
        "resource",
        "inferred",
        "without `Resource`",
    ),
    (
        "a-notaction-listall-with-s3-arn",
        "identity",
        "contradicted",
        "s3:ListAllMyBuckets",
    ),
    (
        "r-service-wildcard-evaluated",
        "identity",
        "inferred",
        "service of an ARN",
    ),
    (
        "r-trailing-star-partial-field-runs-over-colons",
        "identity",
        "inferred",
        "runs over the colons",
    ),
    (
        "r-incomplete-in-scp-not-completed",
        "scp",
        "inferred",
        "fewer than six fields",
    ),
    (
        "scp-allow-resource-arn",
        "scp",
        "contradicted",
        "single resources",
    ),
    (
        "scp-one-level-empty",
        "scp",
        "contradicted",
        "implicit denial",
    ),
    (
        "k-credential-before-deny",
        "credential",
        "inferred",
        "even where a statement denies it too",
    ),
    (
        "k-partition-before-deny",
        "partition",
        "inferred",
        "even where a statement denies it too",
    ),
    ("rcp-es-covered", "rcp", "contradicted", "OpenSearch"),
    (
        "t-anonymous-assume-deny",
        "resource",
        "inferred",
        "calls of STS are signed",
    ),
    (
        "root-may-PutBucketPolicy",
        "resource",
        "documented",
        "replace and delete its policy",
    ),
    (
        "x-public-ami-callers",
        "identity",
        "inferred",
        "no account is known for",
    ),
    (
        "root-session-policy-allows",
        "session",
        "inferred",
        "a root session",
    ),
    (
        "f-issuer-empty-session-list",
        "session",
        "inferred",
        "does not make up for",
    ),
    (
        "c-forall-notlike",
        "identity",
        "contradicted",
        "says the reverse",
    ),
    (
        "c-plain-one-element-list",
        "identity",
        "inferred",
        "never holds for a key with a list",
    ),
    (
        "c-null-true-empty-list",
        "identity",
        "inferred",
        "an empty list of values is an absent key",
    ),
    (
        "c-forall-empty-string-ignored-in-list",
        "identity",
        "inferred",
        "empty strings in a list",
    ),
    (
        "c-null-false-single-empty",
        "identity",
        "inferred",
        "one empty value",
    ),
    ("c-ip-v6-case", "identity", "contradicted", "not a /32"),
    (
        "c-ip-host-bits",
        "identity",
        "inferred",
        "behind its prefix length",
    ),
    (
        "c-ip-slash-0-not-v6",
        "identity",
        "inferred",
        "nor the reverse",
    ),
    (
        "v-cond-bool-not-resolved",
        "identity",
        "contradicted",
        "not resolved in values of `Bool`",
    ),
    (
        "c-bool-upper-policy",
        "identity",
        "inferred",
        "without regard to case",
    ),
    (
        "c-arn-bare-star-negated",
        "identity",
        "inferred",
        "no ARN of six fields",
    ),
    (
        "c-date-epoch-five-digits",
        "identity",
        "inferred",
        "seconds since 1970",
    ),
    (
        "c-date-no-zone-utc",
        "identity",
        "inferred",
        "without a zone is UTC",
    ),
    (
        "v-cond-stringlike-substituted-star-literal",
        "identity",
        "inferred",
        "ordinary characters",
    ),
    (
        "v-cond-negated-missing-other-value-equal",
        "identity",
        "contradicted",
        "its own entry only",
    ),
    (
        "dk-principalarn-session-form-no",
        "identity",
        "contradicted",
        "not the session's",
    ),
    (
        "c-deny-null-true-mfa-absent",
        "identity",
        "contradicted",
        "another question",
    ),
    (
        "dk-principaltype-absent-service",
        "resource",
        "inferred",
        "`aws:PrincipalType`",
    ),
    (
        "p-doc-service-name-ifexists-also-denies-users",
        "resource",
        "contradicted",
        "meant for services",
    ),
    (
        "an-star-allows",
        "resource",
        "documented",
        "without policies of its own",
    ),
    (
        "x-both",
        "identity",
        "documented",
        "denied unless a policy allows it",
    ),
    ("scp-deny-at-root", "scp", "documented", "at every level"),
    ("kms-both-deniers", "resource", "documented", "KMS key"),
];

#[test]
fn decisions_name_the_rulings_they_rest_on() {
    let all = [
        include_str!("../vectors/decisions.jsonl"),
        include_str!("../vectors/more_decisions.jsonl"),
    ];
    let lines: BTreeMap<String, Value> = all
        .into_iter()
        .flat_map(cases)
        .map(|case| (case["name"].as_str().unwrap().to_owned(), case))
        .collect();
    let mut wrong = Vec::new();
    for (name, layer, status, words) in NAMED {
        let case = Case::read(&lines[name].to_string()).unwrap();
        let decision = Policies::compile(&case.policies).evaluate(&case.request);
        let line = decision_line(None, &decision, false);
        let rules = line["rules"].as_array().unwrap();
        let found = rules.iter().any(|rule| {
            rule["layer"] == layer
                && rule["status"] == status
                && rule["rule"].as_str().unwrap().contains(words)
                && rule["page"]
                    .as_str()
                    .unwrap()
                    .starts_with("https://docs.aws.amazon.com/")
        });
        if !found {
            wrong.push(format!("{name}: {rules:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A plain decision rests on documented rules alone.
#[test]
fn nothing_is_said_to_be_open_where_it_is_not() {
    for case in cases(include_str!("../vectors/decisions.jsonl")) {
        let name = case["name"].as_str().unwrap();
        if ![
            "a-star",
            "s-both",
            "x-identity-only",
            "c-StringEquals-nomatch",
        ]
        .contains(&name)
        {
            continue;
        }
        let case = Case::read(&case.to_string()).unwrap();
        let decision = Policies::compile(&case.policies).evaluate(&case.request);
        let line = decision_line(None, &decision, false);
        for rule in line["rules"].as_array().unwrap() {
            assert_eq!(rule["status"], "documented", "{name}: {rule}");
        }
    }
}
