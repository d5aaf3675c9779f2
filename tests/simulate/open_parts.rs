//! What templates leave open: unresolved references, undecided conditions; and keys nobody gave.

use std::sync::Arc;

use iamscope::iam::{
    Document, Guard, Member, Node, Part, Place, PolicyKind, Principal, SourceId, Text, Unresolved,
    UnresolvedKind, Value, parse_document, parse_json,
};
use iamscope::simulate::{
    Decision, KeyValue, Missing, NamedPolicy, Outcome, Policies, PolicySet, Request, suggested_keys,
};

/// `<Name>` is a reference of a template.
fn text(written: &str) -> Text {
    let mut parts = Vec::new();
    let mut rest = written;
    while let Some((before, after)) = rest.split_once('<') {
        let (name, behind) = after.split_once('>').unwrap();
        parts.push(Part::Literal(before.into()));
        parts.push(Part::Unresolved(Arc::new(Unresolved {
            name: name.to_owned(),
            kind: UnresolvedKind::Parameter,
            place: Place::whole(SourceId(0)),
        })));
        rest = behind;
    }
    parts.push(Part::Literal(rest.into()));
    Text::from_parts(parts)
}

/// A list item `{"if": "Condition", "then": ...}` or `{"unless": ...}` exists only under the condition.
fn open(node: Node) -> Node {
    let value = match node.value {
        Value::String(plain) => Value::String(text(plain.as_plain().unwrap())),
        Value::List(items) => Value::List(items.into_iter().map(guarded).collect()),
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|member| Member {
                    key: text(member.key.as_plain().unwrap()),
                    value: open(member.value),
                    ..member
                })
                .collect(),
        ),
        other => other,
    };
    Node { value, ..node }
}

fn guarded(item: Node) -> Node {
    for (name, holds) in [("if", true), ("unless", false)] {
        if let Some(condition) = item.get(name) {
            let condition = condition.as_str().unwrap().to_owned();
            let mut value = open(item.get("then").unwrap().clone());
            value.guard = Guard::always().and(&condition, holds);
            return value;
        }
    }
    open(item)
}

fn document(json: &str, kind: PolicyKind) -> Arc<Document> {
    let node = parse_json(json, SourceId(0)).unwrap();
    Arc::new(parse_document(&open(node), kind))
}

fn identity(statements: &str) -> PolicySet {
    let json = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    let document = document(&json, PolicyKind::Identity);
    PolicySet {
        identity: vec![NamedPolicy::new("own", PolicyKind::Identity, document)],
        ..PolicySet::default()
    }
}

fn request(action: &str, resource: &str) -> Request {
    let caller = Principal::role_session("arn:aws:iam::111122223333:role/app", "one");
    Request::new(caller, action, text(resource))
}

fn decide(set: &PolicySet, request: &Request) -> Decision {
    let policies = Policies::compile(set);
    let decision = policies.evaluate(request);
    assert_eq!(
        policies.decide(&policies.prepare(request)),
        decision.outcome
    );
    decision
}

#[track_caller]
fn check(statements: &str, resource: &str, outcome: Outcome, depends_on: &[&str]) {
    let decision = decide(&identity(statements), &request("s3:GetObject", resource));
    assert_eq!(
        (decision.outcome, decision.depends_on),
        (
            outcome,
            depends_on.iter().map(|&name| name.to_owned()).collect()
        )
    );
}

fn allow(resource: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "{resource}"}}"#)
}

#[test]
fn a_reference_matches_itself() {
    check(
        &allow("<Bucket.Arn>/*"),
        "<Bucket.Arn>/a",
        Outcome::Allow,
        &[],
    );
    check(
        &allow("arn:aws:s3:::<Name>/*"),
        "arn:aws:s3:::<Name>/a",
        Outcome::Allow,
        &[],
    );
    check(
        &allow("<Bucket.Arn>/*"),
        "<Bucket.Arn>",
        Outcome::ImplicitDeny,
        &[],
    );
}

#[test]
fn against_anything_else_it_is_unknown_unless_nothing_could_match() {
    check(
        &allow("arn:aws:s3:::<Name>/*"),
        "arn:aws:s3:::logs/a",
        Outcome::Depends,
        &["template:Name"],
    );
    check(
        &allow("<Bucket.Arn>/*"),
        "<Other.Arn>/a",
        Outcome::Depends,
        &["template:Bucket.Arn", "template:Other.Arn"],
    );
    check(
        &allow("arn:aws:sqs:::<Name>"),
        "arn:aws:s3:::logs/a",
        Outcome::ImplicitDeny,
        &[],
    );
    check(
        &allow("arn:aws:s3:::<Name>/x"),
        "arn:aws:s3:::logs/a",
        Outcome::ImplicitDeny,
        &[],
    );
    check(
        &allow("arn:aws:s3:::logs/*"),
        "arn:aws:s3:::<Name>/a",
        Outcome::Depends,
        &["template:Name"],
    );
    check(&allow("*"), "<Bucket.Arn>/a", Outcome::Allow, &[]);
    check(
        &allow("arn:aws:s3:::*"),
        "arn:aws:s3:::<Name>/a",
        Outcome::Allow,
        &[],
    );
}

#[test]
fn a_reference_and_a_policy_variable_of_one_text_do_not_collide() {
    // The role has no aws:username, so that the variable matches nothing; the reference is open.
    check(
        &allow("arn:aws:s3:::${aws:username}/*"),
        "arn:aws:s3:::x/a",
        Outcome::ImplicitDeny,
        &[],
    );
    check(
        &allow("arn:aws:s3:::<aws:username>/*"),
        "arn:aws:s3:::x/a",
        Outcome::Depends,
        &["template:aws:username"],
    );
    check(
        &allow("arn:aws:s3:::${aws:PrincipalTag/<Key>}/*"),
        "arn:aws:s3:::x/a",
        Outcome::Depends,
        &["template:Key"],
    );
}

#[test]
fn an_unresolved_deny_is_never_skipped() {
    let deny = r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::<Secret>/*"}"#;
    check(
        &format!("{}, {deny}", allow("*")),
        "arn:aws:s3:::logs/a",
        Outcome::Depends,
        &["template:Secret"],
    );
    let deny = r#"{"Effect": "Deny", "NotAction": "<Spared>", "Resource": "*"}"#;
    check(
        &format!("{}, {deny}", allow("*")),
        "arn:aws:s3:::logs/a",
        Outcome::Depends,
        &["template:Spared"],
    );
    // Whatever it is, nothing allows.
    check(
        deny,
        "arn:aws:s3:::logs/a",
        Outcome::ImplicitDeny,
        &["template:Spared"],
    );
}

#[test]
fn unresolved_keys_and_values_of_conditions() {
    let with = |condition: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {{{condition}}}}}"#
        )
    };
    let object = "arn:aws:s3:::logs/a";
    check(
        &with(r#""StringEquals": {"<Issuer>:sub": "x"}"#),
        object,
        Outcome::Depends,
        &["template:Issuer"],
    );
    check(
        &with(r#""StringEquals": {"aws:PrincipalAccount": "<Account>"}"#),
        object,
        Outcome::Depends,
        &["template:Account"],
    );
    check(
        &with(r#""StringEquals": {"aws:PrincipalAccount": ["<Account>", "111122223333"]}"#),
        object,
        Outcome::Allow,
        &[],
    );
    check(
        &with(r#""NumericLessThan": {"s3:max-keys": "<Most>"}"#),
        object,
        Outcome::ImplicitDeny,
        &[],
    );
    check(
        &with(r#""Null": {"aws:SourceVpce": "<Flag>"}"#),
        object,
        Outcome::Depends,
        &["template:Flag"],
    );
    check(
        &with(r#""ArnLike": {"aws:PrincipalArn": "arn:aws:iam::<Account>:role/app"}"#),
        object,
        Outcome::Depends,
        &["template:Account"],
    );
    check(
        &with(r#""ArnLike": {"aws:PrincipalArn": "arn:aws:iam::<Account>:user/*"}"#),
        object,
        Outcome::ImplicitDeny,
        &[],
    );
    check(
        &with(r#""DateGreaterThan": {"aws:CurrentTime": "<Start>"}"#),
        object,
        Outcome::Depends,
        &["template:Start"],
    );
}

#[test]
fn parts_of_a_condition_and_of_its_opposite_exclude_each_other() {
    let object = "arn:aws:s3:::logs/a";
    let entry = |word: &str, value: &str| format!(r#"{{"{word}": "IsProd", "then": "{value}"}}"#);
    let either = format!(
        r#"{{"Effect": "Allow", "Action": "s3:*", "Resource": [{}, {}]}}"#,
        entry("if", "arn:aws:s3:::logs/*"),
        entry("unless", "arn:aws:s3:::*")
    );
    check(&either, object, Outcome::Allow, &[]);
    let only = format!(
        r#"{{"Effect": "Allow", "Action": "s3:*", "Resource": [{}]}}"#,
        entry("if", "arn:aws:s3:::logs/*")
    );
    check(&only, object, Outcome::Depends, &["template:IsProd"]);
    // The allow exists in production, the deny only elsewhere.
    let statement = |word: &str, effect: &str| {
        format!(
            r#"{{"{word}": "IsProd", "then": {{"Effect": "{effect}", "Action": "s3:*", "Resource": "*"}}}}"#
        )
    };
    check(
        &format!(
            "{}, {}",
            statement("if", "Allow"),
            statement("unless", "Deny")
        ),
        object,
        Outcome::Depends,
        &["template:IsProd"],
    );
    check(
        &format!(
            "{}, {}, {}",
            statement("if", "Deny"),
            statement("unless", "Deny"),
            statement("if", "Allow")
        ),
        object,
        Outcome::ExplicitDeny,
        &[],
    );
}

#[test]
fn many_undecided_conditions_stay_bounded() {
    let statements: Vec<String> = (0..40)
        .map(|n| {
            format!(
                r#"{{"if": "C{n}", "then": {{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}}}"#
            )
        })
        .collect();
    let decision = decide(
        &identity(&statements.join(", ")),
        &request("s3:GetObject", "arn:aws:s3:::logs/a"),
    );
    assert_eq!(decision.outcome, Outcome::Depends);
    assert_eq!(decision.depends_on.len(), 40);
}

#[test]
fn a_policy_that_was_not_loaded_is_unknown() {
    let mut set = identity(&allow("*"));
    let mut external = set.identity[0].clone();
    external.name = "External".to_owned();
    external.document = None;
    set.identity.push(external);
    let asked = request("s3:GetObject", "arn:aws:s3:::logs/a");
    let decision = decide(&set, &asked);
    assert_eq!(decision.outcome, Outcome::Depends, "it may deny");
    assert_eq!(decision.depends_on, ["policy:External"]);
    assert!(
        decision
            .warnings
            .iter()
            .any(|text| text.contains("External"))
    );
    // An SCP denies whatever it holds.
    let scp = r#"{"Version": "2012-10-17", "Statement": []}"#;
    set.boundary = Some(NamedPolicy::new(
        "boundary",
        PolicyKind::Boundary,
        document(scp, PolicyKind::Boundary),
    ));
    assert_eq!(decide(&set, &asked).outcome, Outcome::ImplicitDeny);
}

#[test]
fn a_role_whose_name_a_template_leaves_open() {
    let arn = text("arn:aws:iam::111122223333:role/<Role>");
    let mut asked = request("s3:GetObject", "arn:aws:s3:::logs/a");
    asked.principal.symbolic_arn = Some(arn);
    let resource = |principal: &str| {
        let json = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "s3:*",
            "Resource": "*", "Principal": {{"AWS": "{principal}"}}}}]}}"#
        );
        PolicySet {
            resource: Some(NamedPolicy::new(
                "resource",
                PolicyKind::Resource,
                document(&json, PolicyKind::Resource),
            )),
            ..PolicySet::default()
        }
    };
    let outcome = |principal: &str| decide(&resource(principal), &asked).outcome;
    assert_eq!(
        outcome("arn:aws:iam::111122223333:role/<Role>"),
        Outcome::Allow
    );
    assert_eq!(
        outcome("arn:aws:iam::111122223333:role/<Other>"),
        Outcome::Depends
    );
    assert_eq!(
        outcome("arn:aws:iam::111122223333:role/app"),
        Outcome::Depends
    );
    assert_eq!(
        outcome("arn:aws:iam::111122223333:user/<Role>"),
        Outcome::ImplicitDeny
    );
    assert_eq!(outcome("<Anybody>"), Outcome::Depends);
    let with = |pattern: &str| {
        identity(&format!(
            r#"{{"Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": {{"ArnLike": {{"aws:PrincipalArn": "{pattern}"}}}}}}"#
        ))
    };
    let outcome = |pattern: &str| decide(&with(pattern), &asked).outcome;
    assert_eq!(outcome("arn:aws:iam::*:role/*"), Outcome::Allow);
    assert_eq!(outcome("arn:aws:iam::*:role/<Role>"), Outcome::Allow);
    assert_eq!(outcome("arn:aws:iam::*:role/app-*"), Outcome::Depends);
    assert_eq!(outcome("arn:aws:iam::*:user/*"), Outcome::ImplicitDeny);
}

#[test]
fn keys_nobody_gave_are_unknown_where_they_could_be_present() {
    let tests = |key: &str| {
        identity(&format!(
            r#"{{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}},
            {{"Effect": "Deny", "Action": "s3:*", "Resource": "*",
              "Condition": {{"StringEquals": {{"{key}": "x"}}}}}}"#
        ))
    };
    let mut asked = request("s3:GetObject", "arn:aws:s3:::logs/a");
    asked.context.missing = Missing::Unknown;
    for (key, outcome) in [
        ("aws:sourcevpce", Outcome::Depends),
        ("aws:UserAgent", Outcome::Depends),
        ("s3:ExistingObjectTag/env", Outcome::Depends),
        ("s3:prefix", Outcome::Allow),
        ("sts:ExternalId", Outcome::Allow),
        ("aws:SourceArn", Outcome::Allow),
        ("aws:username", Outcome::Allow),
        ("aws:PrincipalTag/team", Outcome::Depends),
        ("aws:PrincipalAccount", Outcome::Allow),
    ] {
        let decision = decide(&tests(key), &asked);
        assert_eq!(decision.outcome, outcome, "{key}");
    }
    assert_eq!(
        decide(&tests("aws:sourcevpce"), &asked).depends_on,
        ["aws:SourceVpce"]
    );
    // Through an endpoint there is no source address; with one there is no endpoint.
    let one = |value: &str| KeyValue::One(value.to_owned());
    asked.context.set("aws:SourceIp", one("203.0.113.7"));
    assert_eq!(
        decide(&tests("aws:SourceVpce"), &asked).outcome,
        Outcome::Allow
    );
    asked.context.set("aws:SourceVpce", KeyValue::Absent);
    assert_eq!(
        decide(&tests("aws:SourceVpce"), &asked).outcome,
        Outcome::Allow
    );
}

#[test]
fn keys_worth_asking_for_are_those_of_statements_that_otherwise_match() {
    let set = identity(
        r#"{"Sid": "Own", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::<Name>/*",
            "Condition": {"StringEquals": {"AWS:sourcevpce": ["vpce-1", "vpce-2"]}}},
           {"Sid": "Also", "Effect": "Allow", "Action": "s3:*", "Resource": "*"},
           {"Sid": "No", "Effect": "Deny", "Action": "s3:*", "Resource": "*",
            "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}},
           {"Sid": "Else", "Effect": "Deny", "Action": "s3:PutObject", "Resource": "*",
            "Condition": {"StringEquals": {"aws:UserAgent": "x"}}}"#,
    );
    let asked = request("s3:GetObject", "arn:aws:s3:::logs/a");
    let keys = suggested_keys(&Policies::compile(&set), &asked);
    let names: Vec<(&str, bool)> = keys
        .iter()
        .map(|key| (key.name.as_str(), key.changes_decision))
        .collect();
    assert_eq!(
        names,
        [
            ("aws:MultiFactorAuthPresent", true),
            ("aws:SourceVpce", false)
        ]
    );
    assert!(keys[0].in_deny && !keys[1].in_deny);
    assert_eq!(keys[0].kind, Some("Bool"));
    assert_eq!(keys[1].values, ["vpce-1", "vpce-2"]);
    assert_eq!(keys[1].tested_by, [("own".to_owned(), "Own".to_owned())]);
}
