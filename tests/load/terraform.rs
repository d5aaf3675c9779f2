//! Plans and states of Terraform.

use iamscope::iam::{Origin, SourceKind};

use crate::{only_account, problems, read, resources};

const PLAN: &str = r#"{
  "format_version": "1.2", "terraform_version": "1.9.0",
  "variables": {"env": {"value": "prod"}},
  "planned_values": {"root_module": {"resources": [
    {"address": "aws_iam_role.app", "mode": "managed", "type": "aws_iam_role", "name": "app", "values": {"name": "app", "path": "/x/", "assume_role_policy": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"ec2.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}", "max_session_duration": 3600}},
    {"address": "aws_iam_role_policy.in", "mode": "managed", "type": "aws_iam_role_policy", "name": "in", "values": {"name": "in"}},
    {"address": "aws_iam_role_policy_attachment.ro", "mode": "managed", "type": "aws_iam_role_policy_attachment", "name": "ro", "values": {"role": "app", "policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}},
    {"address": "aws_s3_bucket.b", "mode": "managed", "type": "aws_s3_bucket", "name": "b", "values": {"bucket": "acme"}}
  ]}},
  "resource_changes": [
    {"address": "aws_iam_role.app", "mode": "managed", "type": "aws_iam_role", "name": "app", "change": {"actions": ["create"], "after": {"name": "app", "path": "/x/", "assume_role_policy": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"ec2.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}", "max_session_duration": 3600}, "after_unknown": {"arn": true, "id": true}}},
    {"address": "aws_iam_role_policy.in", "mode": "managed", "type": "aws_iam_role_policy", "name": "in", "change": {"actions": ["create"], "after": {"name": "in"}, "after_unknown": {"id": true, "role": true, "policy": true}}},
    {"address": "data.aws_iam_policy_document.d", "mode": "data", "type": "aws_iam_policy_document", "name": "d", "change": {"actions": ["read"], "after": {"statement": [{"sid": "One", "effect": "Allow", "actions": ["s3:GetObject"], "resources": [null, "arn:aws:s3:::fixed/&{aws:username}"], "principals": [], "condition": [{"test": "StringEquals", "variable": "aws:PrincipalOrgID", "values": ["o-1"]}]}]}, "after_unknown": {"json": true, "statement": [{"actions": [false], "resources": [true, false], "principals": [], "condition": [{"values": [false]}]}]}}},
    {"address": "aws_iam_user.gone", "mode": "managed", "type": "aws_iam_user", "name": "gone", "change": {"actions": ["delete"], "after": null, "after_unknown": {}}}
  ],
  "configuration": {"root_module": {"resources": [
    {"address": "aws_iam_role_policy.in", "expressions": {"role": {"references": ["aws_iam_role.app.id", "aws_iam_role.app"]}, "policy": {"references": ["data.aws_iam_policy_document.d.json", "data.aws_iam_policy_document.d"]}}},
    {"address": "data.aws_iam_policy_document.d", "expressions": {"statement": [{"resources": {"references": ["aws_sqs_queue.q.arn", "aws_sqs_queue.q"]}}]}}
  ]}}
}"#;

#[test]
fn a_plan_whose_policy_is_not_known_yet() {
    let inventory = read(PLAN);
    assert_eq!(inventory.sources[0].kind, SourceKind::TerraformPlan);
    assert_eq!(problems(&inventory), Vec::<String>::new());
    let account = only_account(inventory);
    let [role] = account.roles.as_slice() else {
        panic!("{:#?}", account.roles)
    };
    assert_eq!(
        role.identity.arn.to_string(),
        "arn:aws:iam::123456789012:role/x/app"
    );
    assert_eq!(
        role.identity.logical_id.as_deref(),
        Some("aws_iam_role.app")
    );
    assert_eq!(role.managed[0].origin, Origin::Aws);
    let statement = &role.inline[0].document.statements[0];
    assert_eq!(statement.reference(), "One");
    assert_eq!(statement.conditions.len(), 1);
    assert_eq!(
        resources(&role.inline[0].document),
        [
            "${aws_sqs_queue.q.arn}",
            "arn:aws:s3:::fixed/${aws:username}"
        ]
    );
    assert_eq!(account.unresolved[0].name, "aws_sqs_queue.q.arn");
    assert_eq!(account.resources["aws_s3_bucket.b"], *"arn:aws:s3:::acme");
    assert!(account.users.is_empty());
    assert_eq!(account.parameters[0].value.as_deref(), Some("prod"));
}

#[test]
fn a_policy_that_nothing_tells_is_unknown_and_not_dropped() {
    let text = PLAN.replace(
        "\"data.aws_iam_policy_document.d.json\", \"data.aws_iam_policy_document.d\"",
        "\"aws_sqs_queue.q.arn\", \"aws_kms_key.k.arn\"",
    );
    let inventory = read(&text);
    let document = &inventory.accounts[0].roles[0].inline[0].document;
    assert!(document.unreadable);
    assert!(
        problems(&inventory)[0].contains("aws_iam_role_policy.in.policy"),
        "{:?}",
        problems(&inventory)
    );
}

#[test]
fn a_state_as_stored() {
    let text = r#"{"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "x", "outputs": {}, "resources": [
      {"module": "module.a", "mode": "managed", "type": "aws_iam_role", "name": "r", "instances": [
        {"index_key": "x", "attributes": {"arn": "arn:aws:iam::111122223333:role/one", "name": "one", "id": "one", "path": "/", "assume_role_policy": "{\"Version\":\"2012-10-17\",\"Statement\":[]}", "tags": {"a": "b"}}}]},
      {"mode": "managed", "type": "aws_iam_role_policy", "name": "p", "instances": [{"attributes": {"name": "p", "role": "one", "policy": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"}}]},
      {"mode": "managed", "type": "aws_s3_bucket_policy", "name": "b", "instances": [{"attributes": {"bucket": "acme", "policy": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::acme/*\"}]}"}}]},
      {"mode": "managed", "type": "aws_lambda_permission", "name": "l", "instances": [{"attributes": {"action": "lambda:InvokeFunction", "function_name": "f", "principal": "s3.amazonaws.com", "source_arn": "arn:aws:s3:::acme"}}]}
    ]}"#;
    let inventory = read(text);
    assert_eq!(inventory.sources[0].kind, SourceKind::TerraformState);
    let account = only_account(inventory);
    assert_eq!(
        (account.id.value.as_str(), account.id.assumed),
        ("111122223333", false)
    );
    let role = &account.roles[0];
    assert_eq!(
        role.identity.logical_id.as_deref(),
        Some("module.a.aws_iam_role.r[\"x\"]")
    );
    assert_eq!(role.identity.tags["a"], *"b");
    assert_eq!(role.inline[0].name, *"p");
    // A policy in JSON text is pointed into: line and column of its statement.
    let place = role.inline[0].document.statements[0].place;
    assert_eq!((place.line, place.column > 100), (4, true));
    let about: Vec<String> = account
        .resource_policies
        .iter()
        .map(|policy| policy.resource.to_string())
        .collect();
    assert_eq!(
        about,
        [
            "arn:aws:s3:::acme",
            "arn:aws:lambda:us-east-1:111122223333:function:f"
        ]
    );
    assert!(account.resource_policies[1].document.is_valid());
}

#[test]
fn what_a_plan_takes_away_is_not_there() {
    let role = |name: &str| {
        format!(
            r#"{{"address": "aws_iam_role.{name}", "mode": "managed", "type": "aws_iam_role", "name": "{name}", "values": {{"name": "{name}"}}}}"#
        )
    };
    let change = |name: &str, actions: &str, more: &str| {
        format!(
            r#"{{"address": "aws_iam_role.{name}", "mode": "managed", "type": "aws_iam_role", "name": "{name}", {more} "change": {{"actions": [{actions}], "before": {{"name": "{name}"}}, "after": {{"name": "{name}-new"}}, "after_unknown": {{"arn": true}}}}}}"#
        )
    };
    let text = format!(
        r#"{{"format_version": "1.2", "terraform_version": "1.9.0",
          "variables": {{"db_password": {{"value": "hunter2"}}, "pin": {{"value": "1234"}}, "env": {{"value": "prod"}}}},
          "planned_values": {{"root_module": {{"resources": [{}], "child_modules": [{{"address": "module.a", "resources": [{}]}}]}}}},
          "prior_state": {{"format_version": "1.0", "values": {{"root_module": {{"resources": [{}, {}]}}}}}},
          "configuration": {{"root_module": {{"variables": {{"pin": {{"sensitive": true}}, "env": {{"default": "dev", "description": "where"}}}}}}}},
          "resource_changes": [{}, {}, {}, {}]}}"#,
        role("kept"),
        role("inside").replace(
            "\"aws_iam_role.inside\"",
            "\"module.a.aws_iam_role.inside\""
        ),
        role("gone"),
        role("kept"),
        change("kept", "\"delete\", \"create\"", ""),
        change("gone", "\"delete\"", ""),
        change("forgotten", "\"forget\"", ""),
        change("kept", "\"delete\"", "\"deposed\": \"1a2b\","),
    );
    let account = only_account(read(&text));
    let ids: Vec<&str> = account
        .roles
        .iter()
        .filter_map(|role| role.identity.logical_id.as_deref())
        .collect();
    assert_eq!(ids, ["aws_iam_role.kept", "module.a.aws_iam_role.inside"]);
    assert_eq!(account.roles[0].identity.name, *"kept-new");
    let secrets: Vec<bool> = account.parameters.iter().map(|one| one.secret).collect();
    assert_eq!(secrets, [true, true, false]);
    assert_eq!(account.parameters[2].default.as_deref(), Some("dev"));
}

#[test]
fn documents_that_a_plan_has_yet_to_merge() {
    let text = PLAN.replace(
        "\"after\": {\"statement\": [",
        "\"after\": {\"source_policy_documents\": [\"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Sid\\\":\\\"One\\\",\\\"Effect\\\":\\\"Deny\\\",\\\"Action\\\":\\\"*\\\",\\\"Resource\\\":\\\"*\\\"},{\\\"Effect\\\":\\\"Deny\\\",\\\"Action\\\":\\\"iam:*\\\",\\\"Resource\\\":\\\"*\\\"}]}\", null], \"override_json\": \"\", \"statement\": [",
    ).replace(
        "\"after_unknown\": {\"json\": true,",
        "\"after_unknown\": {\"json\": true, \"source_policy_documents\": [false, true],",
    );
    let inventory = read(&text);
    let document = &inventory.accounts[0].roles[0].inline[0].document;
    let shown: Vec<String> = document
        .statements
        .iter()
        .map(|one| format!("{} {:?} {}", one.reference(), one.effect, one.unreadable))
        .collect();
    // The plan's own statement replaces the one of its sid; the second document is not known yet.
    assert_eq!(
        shown,
        ["One Some(Allow) false", "2 Some(Deny) false", "3 None true",]
    );
    assert!(
        problems(&inventory)[0].contains("source_policy_documents[1]"),
        "{:?}",
        problems(&inventory)
    );
}

#[test]
fn objects_that_wait_to_be_destroyed() {
    let text = r#"{"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "x", "resources": [
      {"mode": "managed", "type": "aws_iam_role", "name": "r", "instances": [
        {"deposed": "1a2b", "attributes": {"name": "old"}},
        {"attributes": {"name": "new"}},
        {"index_key": 1, "attributes": {"name": "second"}}]}]}"#;
    let account = only_account(read(text));
    let names: Vec<String> = account
        .roles
        .iter()
        .map(|role| role.identity.name.to_string())
        .collect();
    assert_eq!(names, ["new", "second"]);
    let text = r#"{"format_version": "1.0", "terraform_version": "1.9.0", "values": {"root_module": {"resources": [
      {"address": "aws_iam_role.r", "mode": "managed", "type": "aws_iam_role", "name": "r", "deposed_key": "1a2b", "values": {"name": "old"}},
      {"address": "aws_iam_role.r", "mode": "managed", "type": "aws_iam_role", "name": "r", "values": {"name": "new"}}]}}}"#;
    let account = only_account(read(text));
    assert_eq!(
        (
            account.roles.len(),
            account.roles[0].identity.name.to_string()
        ),
        (1, "new".to_owned())
    );
}
