//! Terraform's configuration language: folders of `.tf` files.

use std::fs;

use iamscope::iam::{Account, Document, Effect, Inventory, Origin, ParameterFrom, SourceKind};
use iamscope::load::{Progress, Settings, SourceSpec, load};
use iamscope::report::tree_text;

use crate::counter::CountedHcl;
use crate::{account, load_path, only_account, parameters, problems, read, resources, role};

const APP: &str = "tests/fixtures/terraform/app";

/// Loads files of a folder under settings.
fn folder_with(files: &[(&str, &str)], settings: &Settings) -> Inventory {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let spec = SourceSpec::Path(folder.path().to_path_buf());
    load(&[spec], settings, &Progress::default()).unwrap()
}

fn folder(files: &[(&str, &str)]) -> Inventory {
    folder_with(files, &Settings::default())
}

/// The document of the only inline policy of the only role.
fn inline(account: &Account) -> &Document {
    let [role] = account.roles.as_slice() else {
        panic!("{:#?}", account.roles)
    };
    let [policy] = role.inline.as_slice() else {
        panic!("{:#?}", role.inline)
    };
    &policy.document
}

/// What an expression comes to, as the resource of a statement.
fn value_with(expression: &str, more: &str, settings: &Settings) -> String {
    let text = format!(
        "{more}\nresource \"aws_iam_role_policy\" \"p\" {{\n  role = \"r\"\n  policy = jsonencode({{\n    Version = \"2012-10-17\"\n    Statement = [{{ Effect = \"Allow\", Action = \"s3:*\", Resource = {expression} }}]\n  }})\n}}\n"
    );
    let inventory = crate::read_with(&text, settings).unwrap();
    resources(inline(&only_account(inventory))).join(", ")
}

fn value(expression: &str) -> String {
    value_with(expression, "", &Settings::default())
}

#[test]
fn a_whole_application() {
    let inventory = load_path(APP).unwrap();
    insta::assert_snapshot!("terraform_app", tree_text(&inventory));
    assert!(
        inventory
            .sources
            .iter()
            .all(|source| source.kind == SourceKind::Terraform)
    );
}

#[test]
fn everything_given_leaves_nothing_open() {
    let settings = Settings {
        account: Some("210987654321".to_owned()),
        region: Some("eu-west-1".to_owned()),
        ..parameters(&[
            ("create_admin", "false"),
            ("log_bucket", "acme-logs"),
            ("extra_users", "[\"ann\", \"bob\"]"),
            ("env", "test"),
        ])
    };
    let spec = SourceSpec::Path(APP.into());
    let account = only_account(load(&[spec], &settings, &Progress::default()).unwrap());
    assert!(account.undecided.is_empty(), "{:?}", account.undecided);
    let names: Vec<String> = account
        .users
        .iter()
        .map(|user| user.identity.name.to_string())
        .collect();
    assert_eq!(names, ["ann", "bob"]);
    let ids: Vec<&str> = account
        .roles
        .iter()
        .filter_map(|role| role.identity.logical_id.as_deref())
        .collect();
    assert_eq!(
        ids,
        [
            "aws_iam_role.app",
            "aws_iam_role.team[\"blue\"]",
            "aws_iam_role.team[\"red\"]"
        ]
    );
    let app = role(&account, "aws_iam_role.app");
    assert_eq!(
        app.identity.arn,
        *"arn:aws:iam::210987654321:role/apps/shop-test"
    );
    assert_eq!(app.identity.tags["Env"], *"TEST");
    assert_eq!(app.max_session_duration, Some(7200));
    let queue = app
        .inline
        .iter()
        .find(|policy| policy.name == *"queue")
        .unwrap();
    assert_eq!(queue.document.statements.len(), 1);
    assert_eq!(
        resources(&queue.document),
        ["arn:aws:sqs:eu-west-1:210987654321:shop-test-orders"]
    );
    let env = account
        .parameters
        .iter()
        .find(|one| one.name == "env")
        .unwrap();
    assert_eq!(
        (env.value.as_deref(), env.from),
        (Some("test"), Some(ParameterFrom::Given))
    );
    assert!(env.used_by.contains(&"aws_iam_role.app".to_owned()));
}

#[test]
fn as_many_as_an_independent_count_finds() {
    for fixture in ["plain", "modules"] {
        let path = format!("tests/fixtures/terraform/{fixture}");
        let account = only_account(load_path(&path).unwrap());
        assert_eq!(
            CountedHcl::found(&account),
            CountedHcl::of(&path),
            "{fixture}"
        );
    }
}

#[test]
fn every_part_has_its_place() {
    let inventory = load_path(APP).unwrap();
    let account = &inventory.accounts[0];
    let app = role(account, "aws_iam_role.app");
    let text = fs::read_to_string(format!("{APP}/main.tf")).unwrap();
    let at = |place: iamscope::iam::Place| {
        let line = text.lines().nth(place.line as usize - 1).unwrap();
        line.chars()
            .skip(place.column as usize - 1)
            .collect::<String>()
    };
    assert!(at(app.identity.place).starts_with("resource \"aws_iam_role\" \"app\""));
    let reads = &app.inline[0].document.statements[0];
    assert!(at(reads.place).starts_with('{'));
    let action = &reads.action.as_ref().unwrap().entries[1];
    assert!(at(action.place).starts_with("\"s3:ListBucket\""));
    // In a heredoc, inside its JSON.
    let queue = app
        .inline
        .iter()
        .find(|policy| policy.name == *"queue")
        .unwrap();
    let statements = &queue.document.statements;
    let action = &statements[0].action.as_ref().unwrap().entries[0];
    assert!(
        at(action.place).starts_with("\"sqs:*\""),
        "{}",
        at(action.place)
    );
    let pass = &statements[1].action.as_ref().unwrap().entries[0];
    assert!(
        at(pass.place).starts_with("\"iam:PassRole\""),
        "{}",
        at(pass.place)
    );
    let limits = account.policies[0].document.as_ref().unwrap();
    assert!(at(limits.statements[1].place).starts_with("statement {"));
    let source = inventory.path_of(statements[0].place).unwrap();
    assert!(source.ends_with("main.tf"));
    // In a file that is read.
    let admin = role(account, "aws_iam_role.admin[0]")
        .trust
        .as_ref()
        .unwrap();
    let place = admin.statements[0].place;
    let path = inventory.path_of(place).unwrap();
    assert_eq!(path, format!("{APP}/policies/trust.json"));
    assert_eq!((place.line, place.column), (4, 5));
}

#[test]
fn comments_say_what_actions_are_for() {
    let inventory = load_path(APP).unwrap();
    let app = role(&inventory.accounts[0], "aws_iam_role.app");
    assert_eq!(
        app.identity.comment.as_deref(),
        Some("Everything that the shop may do.")
    );
    let action = app.inline[0].document.statements[0]
        .action
        .as_ref()
        .unwrap();
    assert_eq!(
        action.entries[0].comment.as_deref(),
        Some("read one receipt")
    );
}

#[test]
fn expressions() {
    for (expression, wanted) in [
        ("\"a${1 + 2 * 3}\"", "a7"),
        ("true ? \"a\" : \"b\"", "a"),
        ("[for x in [\"a\", \"b\"] : upper(x)]", "A, B"),
        ("[for k, v in { b = 1, a = 2 } : \"${k}${v}\"]", "a2, b1"),
        ("[for x in [\"a\", \"b\"] : x if x != \"a\"]", "b"),
        (
            "keys({ for x in [\"a\", \"b\"] : \"${x}!\" => x })",
            "a!, b!",
        ),
        (
            "values({ for x in [\"aa\", \"ab\"] : substr(x, 0, 1) => x... })[0]",
            "aa, ab",
        ),
        ("[{ n = \"a\" }, { n = \"b\" }][*].n", "a, b"),
        ("\"%{ if 1 > 2 }a%{ else }b%{ endif }\"", "b"),
        ("\"%{ for x in [1, 2] }<${x}>%{ endfor }\"", "<1><2>"),
        ("\"$${aws:username} %%{x}\"", "${aws:username} %{x}"),
        ("\"a\\tb\\u00e9\\\"\"", "a\tbé\""),
        ("merge({ a = \"1\" }, { b = \"2\" }, null).b", "2"),
        ("format(\"%s-%03d-%v%%\", \"a\", 7, true)", "a-007-true%"),
        (
            "formatlist(\"arn:aws:s3:::%s/%s\", [\"a\", \"b\"], \"x\")",
            "arn:aws:s3:::a/x, arn:aws:s3:::b/x",
        ),
        ("concat([\"a\"], [\"b\", \"c\"])", "a, b, c"),
        ("join(\",\", [\"a\", \"b\"])", "a,b"),
        ("split(\",\", \"a,b\")", "a, b"),
        ("coalesce(null, \"\", \"c\")", "c"),
        ("coalescelist([], [\"x\"])", "x"),
        ("try({}.a, \"b\")", "b"),
        ("tostring(can({}.a))", "false"),
        (
            "can(tostring([])) || can(tolist(\"a\")) ? \"y\" : \"n\"",
            "n",
        ),
        ("jsondecode(\"{\\\"a\\\": [\\\"b\\\"]}\").a", "b"),
        ("jsondecode(jsonencode({ a = \"b\" })).a", "b"),
        (
            "jsonencode({ a = [1, true, null] })",
            "{\"a\":[1,true,null]}",
        ),
        ("replace(\"https://x.y\", \"https://\", \"\")", "x.y"),
        ("replace(\"a1b2\", \"/[0-9]/\", \"-\")", "a-b-"),
        ("distinct([\"a\", \"b\", \"a\"])", "a, b"),
        ("compact([\"a\", \"\", null])", "a"),
        ("flatten([[\"a\"], [[\"b\"], \"c\"]])", "a, b, c"),
        (
            "\"${length([1, 2])}${length(\"abc\")}${length({ a = 1 })}\"",
            "231",
        ),
        ("lookup({ a = \"1\" }, \"b\", \"c\")", "c"),
        ("element([\"a\", \"b\"], 3)", "b"),
        ("contains([\"a\"], \"a\") ? \"y\" : \"n\"", "y"),
        ("setunion([\"a\"], [\"a\", \"b\"])", "a, b"),
        ("setsubtract([\"a\", \"b\"], [\"a\"])", "b"),
        ("trimprefix(\"abc\", \"a\")", "bc"),
        ("trimsuffix(\"abc\", \"c\")", "ab"),
        ("title(\"hello world\")", "Hello World"),
        ("zipmap([\"a\"], [\"b\"]).a", "b"),
        ("[for n in range(3) : tostring(n)]", "0, 1, 2"),
        ("sort([\"b\", \"a\"])", "a, b"),
        ("reverse([\"b\", \"a\"])", "a, b"),
        ("base64decode(base64encode(\"x\"))", "x"),
        ("one([\"a\"])", "a"),
        ("regex(\"a(.)c\", \"abc\")[0]", "b"),
        (
            "startswith(\"abc\", \"ab\") && !endswith(\"abc\", \"x\") ? \"y\" : \"n\"",
            "y",
        ),
        (
            "[for p in setproduct([\"a\", \"b\"], [\"x\"]) : join(\"\", p)]",
            "ax, bx",
        ),
        (
            "alltrue([true, false]) || anytrue([true, false]) ? \"y\" : \"n\"",
            "y",
        ),
        ("min(3, 1) == 1 ? \"n${max(2, 5)}\" : \"\"", "n5"),
    ] {
        assert_eq!(value(expression), wanted, "{expression}");
    }
}

#[test]
fn what_nothing_decides_stays_a_reference() {
    let declared = "variable \"x\" {}\nvariable \"l\" {}\nvariable \"m\" {}\nresource \"aws_s3_bucket\" \"b\" {}\nresource \"aws_s3_bucket\" \"p\" {\n  bucket_prefix = \"logs-\"\n}\n";
    let of = |expression: &str| value_with(expression, declared, &Settings::default());
    for (expression, wanted) in [
        ("\"arn:aws:s3:::${var.x}/*\"", "arn:aws:s3:::${var.x}/*"),
        (
            "aws_s3_bucket.b.arn",
            "arn:aws:s3:::${aws_s3_bucket.b.bucket}",
        ),
        (
            "\"${aws_s3_bucket.p.arn}/*\"",
            "arn:aws:s3:::logs-${aws_s3_bucket.p.bucket_suffix}/*",
        ),
        (
            "aws_instance.other.private_ip",
            "${aws_instance.other.private_ip}",
        ),
        ("lower(var.x)", "${lower(var.x)}"),
        ("var.m[\"k\"].name", "${var.m[\"k\"].name}"),
        ("concat([\"a\"], var.l)", "a, ${var.l}"),
        ("var.l[*].arn", "${var.l[*].arn}"),
        (
            "[for b in var.l : \"arn:${b}\"]",
            "${[for b in var.l : \"arn:${b}\"]}",
        ),
        (
            "[for b in concat([\"a\"], var.l) : \"arn:${b}\"]",
            "arn:a, arn:${var.l[*]}",
        ),
        ("format(\"%s/%s\", var.x, \"y\")", "${var.x}/y"),
        ("split(\":\", \"a:${var.x}:b\")[1]", "${var.x}"),
        (
            "length(var.l) > 0 ? \"some\" : \"none\"",
            "some if length(var.l) > 0, none if not length(var.l) > 0",
        ),
        (
            "\"b-${var.x == \"p\" ? 1 : 2}\"",
            "b-1 if var.x == \"p\", b-2 if not var.x == \"p\"",
        ),
        ("var.x == var.x ? \"same\" : \"other\"", "same"),
        ("\"a${var.x}\" == \"b\" ? \"same\" : \"other\"", "other"),
        ("coalesce(var.x, \"d\")", "${coalesce(var.x, \"d\")}"),
        ("data.aws_vpc.main.arn", "${data.aws_vpc.main.arn}"),
    ] {
        assert_eq!(of(expression), wanted, "{expression}");
    }
    // A condition is decided by its name; a variable by its value.
    let mut settings = Settings::default();
    settings
        .conditions
        .insert("length(var.l) > 0".to_owned(), false);
    assert_eq!(
        value_with(
            "length(var.l) > 0 ? \"some\" : \"none\"",
            declared,
            &settings
        ),
        "none"
    );
    let settings = parameters(&[("x", "p")]);
    assert_eq!(
        value_with("var.x == \"p\" ? \"1\" : \"2\"", declared, &settings),
        "1"
    );
}

#[test]
fn arns_of_resources() {
    let declared = r#"
provider "aws" { region = "eu-north-1" }
resource "aws_sqs_queue" "q" { name = "q" }
resource "aws_sns_topic" "t" { name = "t" }
resource "aws_dynamodb_table" "d" { name = "d" }
resource "aws_lambda_function" "f" { function_name = "f" }
resource "aws_kms_key" "k" {}
resource "aws_secretsmanager_secret" "s" { name = "s" }
resource "aws_ssm_parameter" "p" { name = "/a/b" }
resource "aws_iam_policy" "x" {
  name   = "x"
  path   = "/p/"
  policy = "{\"Version\": \"2012-10-17\", \"Statement\": []}"
}
data "aws_s3_bucket" "given" { bucket = "there" }
data "aws_iam_policy" "ro" { name = "ReadOnlyAccess" }
data "aws_caller_identity" "me" {}
data "aws_partition" "p" {}
"#;
    let of = |expression: &str| value_with(expression, declared, &Settings::default());
    for (expression, wanted) in [
        (
            "aws_sqs_queue.q.arn",
            "arn:aws:sqs:eu-north-1:123456789012:q",
        ),
        (
            "aws_sns_topic.t.id",
            "arn:aws:sns:eu-north-1:123456789012:t",
        ),
        (
            "aws_dynamodb_table.d.arn",
            "arn:aws:dynamodb:eu-north-1:123456789012:table/d",
        ),
        (
            "aws_lambda_function.f.arn",
            "arn:aws:lambda:eu-north-1:123456789012:function:f",
        ),
        (
            "aws_kms_key.k.arn",
            "arn:aws:kms:eu-north-1:123456789012:key/${aws_kms_key.k.key_id}",
        ),
        (
            "aws_secretsmanager_secret.s.arn",
            "arn:aws:secretsmanager:eu-north-1:123456789012:secret:s-${aws_secretsmanager_secret.s.arn_suffix}",
        ),
        (
            "aws_ssm_parameter.p.arn",
            "arn:aws:ssm:eu-north-1:123456789012:parameter/a/b",
        ),
        (
            "aws_iam_policy.x.arn",
            "arn:aws:iam::123456789012:policy/p/x",
        ),
        ("data.aws_s3_bucket.given.arn", "arn:aws:s3:::there"),
        (
            "data.aws_iam_policy.ro.arn",
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
        ),
        (
            "\"arn:${data.aws_partition.p.partition}:iam::${data.aws_caller_identity.me.account_id}:root\"",
            "arn:aws:iam::123456789012:root",
        ),
    ] {
        assert_eq!(of(expression), wanted, "{expression}");
    }
}

const DOCUMENTS: &str = r#"
data "aws_iam_policy_document" "one" {
  version = "2008-10-17"
  statement {
    sid       = "A"
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
  statement {
    actions   = ["sqs:*"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "two" {
  SOURCES
  policy_id = "two"
  statement {
    sid         = "A"
    effect      = "Deny"
    not_actions = ["iam:*"]
    resources   = ["*"]
    not_principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root"]
    }
  }
  statement {
    sid       = "C"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}
resource "aws_iam_role_policy" "p" {
  role   = "r"
  policy = data.aws_iam_policy_document.two.json
}
"#;

/// Sid, effect and actions of every statement.
fn statements(document: &Document) -> Vec<String> {
    let shown = document.statements.iter().map(|statement| {
        let sid = statement
            .sid
            .as_ref()
            .map_or("-".to_owned(), |sid| sid.to_string());
        let effect = statement.effect.map_or("?", Effect::name);
        let action = statement.action.as_ref().unwrap();
        let actions: Vec<String> = action
            .entries
            .iter()
            .map(|one| one.text.to_string())
            .collect();
        let not = if action.not { "not " } else { "" };
        let guard = match statement.guard.is_always() {
            true => String::new(),
            false => format!(" if {}", statement.guard),
        };
        format!("{sid} {effect} {not}{}{guard}", actions.join(" "))
    });
    shown.collect()
}

#[test]
fn documents_are_merged_as_the_provider_does() {
    let with = |sources: &str| read(&DOCUMENTS.replace("SOURCES", sources));
    let inventory = with("source_policy_documents = [data.aws_iam_policy_document.one.json]");
    let account = only_account(inventory);
    // The data's own statement replaces the one of its sid, where that stood.
    assert_eq!(
        statements(inline(&account)),
        ["A Deny not iam:*", "- Allow sqs:*", "C Allow kms:*"]
    );
    let json = inline(&account).json();
    assert_eq!(
        (&json["Version"], &json["Id"]),
        (&"2012-10-17".into(), &"two".into())
    );
    assert_eq!(json["Statement"][2]["Principal"], "*");
    assert_eq!(
        json["Statement"][0]["NotPrincipal"]["AWS"][0],
        "arn:aws:iam::111122223333:root"
    );

    let account = only_account(with(
        "override_policy_documents = [data.aws_iam_policy_document.one.json]",
    ));
    assert_eq!(
        statements(inline(&account)),
        ["A Allow s3:GetObject", "C Allow kms:*", "- Allow sqs:*"]
    );
    // The older names.
    let account = only_account(with(
        "override_json = data.aws_iam_policy_document.one.json",
    ));
    assert_eq!(statements(inline(&account))[0], "A Allow s3:GetObject");

    let inventory = with(
        "source_policy_documents = [data.aws_iam_policy_document.one.json, data.aws_iam_policy_document.one.json]",
    );
    assert!(
        problems(&inventory)
            .iter()
            .any(|one| one.contains("`A` is in two of the source documents")),
        "{:?}",
        problems(&inventory)
    );

    // What nothing decides may hold anything: it is in the policy, and unknown.
    let inventory = with("source_policy_documents = [var.extra]");
    let account = only_account(inventory);
    assert!(inline(&account).statements[0].unreadable);
    assert_eq!(inline(&account).statements.len(), 3);
}

#[test]
fn statements_of_a_document() {
    let account = account(
        r#"
variable "guarded" {}
variable "more" {}
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["arn:aws:s3:::home/&{aws:username}/*"]
    dynamic "condition" {
      for_each = var.guarded ? ["o-1"] : []
      content {
        test     = "StringEquals"
        variable = "aws:PrincipalOrgID"
        values   = [condition.value]
      }
    }
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["a"]
    }
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["b"]
    }
  }
  dynamic "statement" {
    for_each = { x = "ec2:*", y = "rds:*" }
    iterator = it
    content {
      sid       = it.key
      actions   = [it.value]
      resources = ["*"]
    }
  }
  dynamic "statement" {
    for_each = var.more
    content {
      actions   = statement.value.actions
      resources = ["*"]
    }
  }
}
resource "aws_iam_role_policy" "p" {
  role   = "r"
  policy = data.aws_iam_policy_document.d.json
}
"#,
    );
    let document = inline(&account);
    // Without its condition a statement is another one.
    assert_eq!(
        statements(document),
        [
            "- Allow s3:GetObject s3:PutObject if var.guarded",
            "- Allow s3:GetObject s3:PutObject if not var.guarded",
            "x Allow ec2:*",
            "y Allow rds:*",
            "- Allow ${var.more[*].actions} if var.more is not empty",
        ]
    );
    assert_eq!(document.statements[0].conditions.len(), 2);
    assert_eq!(document.statements[1].conditions.len(), 1);
    let values = document.statements[1].conditions[0].values.iter();
    assert_eq!(
        values.map(|one| one.text.to_string()).collect::<Vec<_>>(),
        ["a", "b"]
    );
    assert_eq!(resources(document), ["arn:aws:s3:::home/${aws:username}/*"]);
}

#[test]
fn instances() {
    let inventory = folder(&[(
        "main.tf",
        r#"
variable "create" { type = bool }
variable "names" { type = set(string) }
locals {
  policies = {
    a = { enabled = true, action = "s3:*" }
    b = { enabled = false, action = "sqs:*" }
  }
}
resource "aws_iam_role" "two" {
  count = 2
  name  = "two-${count.index}"
}
resource "aws_iam_role" "maybe" {
  count = var.create ? 1 : 0
  name  = "maybe"
}
resource "aws_iam_role" "each" {
  for_each = var.names
  name     = "each-${each.key}"
}
resource "aws_iam_role_policy" "kept" {
  for_each = { for k, v in local.policies : k => v if v.enabled }
  name     = each.key
  role     = aws_iam_role.two[1].name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = each.value.action, Resource = "*" }]
  })
}
resource "aws_iam_role_policy_attachment" "maybe" {
  count      = var.create ? 1 : 0
  role       = aws_iam_role.maybe[0].name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
resource "aws_iam_role_policy_attachment" "each" {
  for_each   = var.names
  role       = aws_iam_role.each[each.key].name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
resource "aws_iam_role_policy_attachment" "tried" {
  role       = try(aws_iam_role.maybe[0].name, aws_iam_role.two[0].name)
  policy_arn = "arn:aws:iam::aws:policy/AWSLambda_ReadOnlyAccess"
}
"#,
    )]);
    assert_eq!(problems(&inventory), Vec::<String>::new());
    let account = only_account(inventory);
    let shown: Vec<String> = account
        .roles
        .iter()
        .map(|role| {
            format!(
                "{} {} [{}]",
                role.identity.logical_id.as_deref().unwrap_or("-"),
                role.identity.name,
                role.identity.guard
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "aws_iam_role.two[0] two-0 []",
            "aws_iam_role.two[1] two-1 []",
            "aws_iam_role.maybe[0] maybe [var.create]",
            "aws_iam_role.each[*] each-${key of var.names} [var.names is not empty]",
        ]
    );
    assert_eq!(account.roles[1].inline[0].name, *"a");
    assert_eq!(account.roles[1].inline.len(), 1);
    let names = |role: usize| {
        let managed = account.roles[role].managed.iter();
        managed
            .map(|one| format!("{} [{}]", one.name, one.guard))
            .collect::<Vec<_>>()
    };
    assert_eq!(names(0), ["AWSLambda_ReadOnlyAccess [not var.create]"]);
    assert_eq!(
        names(2),
        [
            "ReadOnlyAccess [var.create]",
            "AWSLambda_ReadOnlyAccess [var.create]"
        ]
    );
    assert_eq!(names(3), ["AdministratorAccess [var.names is not empty]"]);
}

#[test]
fn instances_of_keys_of_which_some_are_known() {
    let account = account(
        r#"
variable "more" { type = list(string) }
resource "aws_iam_user" "u" {
  for_each = toset(concat(["ann"], var.more))
  name     = each.value
}
"#,
    );
    let shown: Vec<String> = account
        .users
        .iter()
        .map(|user| format!("{} [{}]", user.identity.name, user.identity.guard))
        .collect();
    assert_eq!(shown, ["ann []", "${var.more[*]} [var.more is not empty]"]);
}

#[test]
fn modules_of_the_folder() {
    let inventory = folder(&[
        (
            "main.tf",
            "module \"a\" {\n  source = \"./modules/role\"\n  for_each = toset([\"x\", \"y\"])\n  name = each.key\n}\nmodule \"remote\" {\n  source = \"terraform-aws-modules/iam/aws\"\n}\nresource \"aws_iam_role_policy_attachment\" \"p\" {\n  role = module.a[\"x\"].name\n  policy_arn = module.remote.arn\n}\n",
        ),
        (
            "modules/role/main.tf",
            "variable \"name\" {}\nvariable \"open\" {}\nresource \"aws_iam_role\" \"this\" {\n  name = var.name\n  description = var.open\n}\noutput \"name\" {\n  value = aws_iam_role.this.name\n}\n",
        ),
        (
            "other/main.tf",
            "resource \"aws_iam_user\" \"u\" {\n  name = \"u\"\n}\n",
        ),
        (
            ".terraform/modules/x/main.tf",
            "resource \"aws_iam_user\" \"skipped\" {\n  name = \"s\"\n}\n",
        ),
        ("network/main.tf", "resource \"aws_vpc\" \"v\" {}\n"),
    ]);
    let names: Vec<&str> = inventory
        .accounts
        .iter()
        .map(|account| account.name.as_str())
        .collect();
    // A folder that is only used is not loaded by itself, nor one that has nothing to do with access.
    assert_eq!(names.len(), 2, "{names:?}");
    assert_eq!(names[1], "other");
    let account = &inventory.accounts[0];
    let first = role(account, "module.a[\"x\"].aws_iam_role.this");
    assert_eq!(first.identity.name, *"x");
    assert_eq!(
        first.identity.description.as_deref(),
        Some("${module.a[\"x\"].var.open}")
    );
    assert_eq!(first.managed[0].arn.to_string(), "${module.remote.arn}");
    assert_eq!(first.managed[0].origin, Origin::External);
    assert!(
        problems(&inventory)[0]
            .contains("module `remote` is not loaded: `terraform-aws-modules/iam/aws`"),
        "{:?}",
        problems(&inventory)
    );
}

#[test]
fn modules_that_were_downloaded() {
    let list = r#"{"Modules": [
        {"Key": "", "Source": "", "Dir": "."},
        {"Key": "app", "Source": "registry.terraform.io/acme/app/aws", "Version": "1.0.0", "Dir": ".terraform/modules/app"},
        {"Key": "app.role", "Source": "./modules/role", "Dir": ".terraform/modules/app/modules/role"},
        {"Key": "app.remote", "Source": "git::https://example.com/remote.git", "Dir": ".terraform/modules/app.remote"},
        {"Key": "gone", "Source": "acme/gone/aws", "Dir": ".terraform/modules/gone"}
    ]}"#;
    let role =
        |name: &str| format!("resource \"aws_iam_role\" \"r\" {{\n  name = \"{name}\"\n}}\n");
    let inventory = folder(&[
        (
            "main.tf",
            "module \"app\" {\n  source = \"acme/app/aws\"\n}\nmodule \"gone\" {\n  source = \"acme/gone/aws\"\n}\n",
        ),
        (".terraform/modules/modules.json", list),
        (
            ".terraform/modules/app/main.tf",
            "module \"role\" {\n  source = \"./modules/role\"\n}\nmodule \"remote\" {\n  source = \"git::https://example.com/remote.git\"\n}\n",
        ),
        (".terraform/modules/app/modules/role/main.tf", &role("near")),
        (".terraform/modules/app.remote/main.tf", &role("far")),
        (
            ".terraform/modules/app/examples/all/main.tf",
            &role("example"),
        ),
    ]);
    assert_eq!(problems(&inventory).len(), 1, "{:?}", problems(&inventory));
    assert!(problems(&inventory)[0].contains("module `gone` is not loaded"));
    let account = only_account(inventory);
    let names: Vec<String> = account
        .roles
        .iter()
        .map(|role| role.identity.name.to_string())
        .collect();
    assert_eq!(names, ["near", "far"]);
}

#[test]
fn providers_of_other_regions_and_accounts() {
    let queue = |name: &str, more: &str| {
        format!("resource \"aws_sqs_queue\" \"{name}\" {{\n  name = \"{name}\"\n  {more}\n}}\n")
    };
    let root = format!(
        r#"
provider "aws" {{ region = "eu-north-1" }}
provider "aws" {{
  alias  = "far"
  region = "us-west-2"
}}
provider "aws" {{
  alias  = "other"
  region = "cn-north-1"
  assume_role {{ role_arn = "arn:aws-cn:iam::444455556666:role/deploy" }}
}}
{}{}{}{}
data "aws_region" "far" {{ provider = aws.far }}
module "m" {{
  source    = "./m"
  providers = {{ aws = aws.far, aws.second = aws.other }}
}}
module "plain" {{ source = "./plain" }}
resource "aws_iam_role_policy" "p" {{
  role = "r"
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect = "Allow", Action = "sqs:*"
      Resource = [
        aws_sqs_queue.here.arn, aws_sqs_queue.far.arn, aws_sqs_queue.other.arn, aws_sqs_queue.own.arn,
        module.m.first, module.m.second, module.plain.first, data.aws_region.far.name,
      ]
    }}]
  }})
}}
"#,
        queue("here", ""),
        queue("far", "provider = aws.far"),
        queue("other", "provider = aws.other"),
        queue("own", "region = \"ap-south-1\""),
    );
    let module = format!(
        "terraform {{\n  required_providers {{\n    aws = {{ configuration_aliases = [aws.second] }}\n  }}\n}}\n{}{}output \"first\" {{ value = aws_sqs_queue.a.arn }}\noutput \"second\" {{ value = aws_sqs_queue.b.arn }}\n",
        queue("a", ""),
        queue("b", "provider = aws.second"),
    );
    let plain = format!(
        "{}output \"first\" {{ value = aws_sqs_queue.c.arn }}\n",
        queue("c", "")
    );
    let account = only_account(folder(&[
        ("main.tf", &root),
        ("m/main.tf", &module),
        ("plain/main.tf", &plain),
    ]));
    assert_eq!(
        resources(inline(&account)),
        [
            "arn:aws:sqs:eu-north-1:123456789012:here",
            "arn:aws:sqs:us-west-2:123456789012:far",
            "arn:aws-cn:sqs:cn-north-1:444455556666:other",
            "arn:aws:sqs:ap-south-1:123456789012:own",
            "arn:aws:sqs:us-west-2:123456789012:a",
            "arn:aws-cn:sqs:cn-north-1:444455556666:b",
            "arn:aws:sqs:eu-north-1:123456789012:c",
            "us-west-2",
        ]
    );
}

#[test]
fn values_of_variables() {
    let variables = r#"
variable "default" { default = "d" }
variable "file" { default = "d" }
variable "typed" {
  type = object({
    on   = optional(bool, true)
    name = optional(string, "none")
  })
  default = {}
}
variable "list" { type = list(string) }
resource "aws_iam_role" "r" {
  name = join("-", concat([var.default, var.file, var.typed.name, var.typed.on ? "on" : "off"], var.list))
}
"#;
    let files = [
        ("main.tf", variables),
        ("terraform.tfvars", "file = \"first\"\n"),
        ("z.auto.tfvars", "file = \"last\"\n"),
        ("other.tfvars", "default = \"never\"\n"),
        (
            "main_override.tf",
            "variable \"default\" {\n  default = \"replaced\"\n}\n",
        ),
    ];
    let settings = parameters(&[("list", "[\"a\", \"b\"]")]);
    let account = only_account(folder_with(&files, &settings));
    assert_eq!(account.roles[0].identity.name, *"replaced-last-none-on-a-b");
    let from: Vec<Option<ParameterFrom>> = account.parameters.iter().map(|one| one.from).collect();
    use ParameterFrom::{Default, Given};
    assert_eq!(
        from,
        [Some(Default), Some(Given), Some(Default), Some(Given)]
    );
    let settings = parameters(&[
        ("list", "[]"),
        ("file", "mine"),
        ("typed", "{ on = false }"),
    ]);
    let account = only_account(folder_with(&files, &settings));
    assert_eq!(account.roles[0].identity.name, *"replaced-mine-none-off");
}

#[test]
fn the_same_as_json() {
    let inventory = folder(&[(
        "main.tf.json",
        r#"{
  "variable": {"name": {"type": "string", "default": "app"}},
  "locals": {"full": "${var.name}-role"},
  "data": {"aws_iam_policy_document": {"d": {"statement": [
    {"actions": ["s3:GetObject"], "resources": ["*"], "condition": {"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]}}
  ]}}},
  "resource": {
    "aws_iam_role": {"r": {"name": "${local.full}", "count": 1}},
    "aws_iam_role_policy": {"p": [{"role": "${aws_iam_role.r[0].id}", "name": "p", "policy": "${data.aws_iam_policy_document.d.json}"}]}
  }
}"#,
    )]);
    assert_eq!(problems(&inventory), Vec::<String>::new());
    let account = only_account(inventory);
    let role = role(&account, "aws_iam_role.r[0]");
    assert_eq!(role.identity.name, *"app-role");
    assert_eq!(role.inline[0].document.statements[0].conditions.len(), 1);
}

#[test]
fn opentofu_reads_its_own_file_in_the_place_of_the_other() {
    let user =
        |name: &str| format!("resource \"aws_iam_user\" \"u\" {{\n  name = \"{name}\"\n}}\n");
    let (one, other) = (user("terraform"), user("opentofu"));
    let account = only_account(folder(&[("main.tf", &one), ("main.tofu", &other)]));
    let names: Vec<String> = account
        .users
        .iter()
        .map(|user| user.identity.name.to_string())
        .collect();
    assert_eq!(names, ["opentofu"]);
}

#[test]
fn a_damaged_file_does_not_take_the_others_with_it() {
    let inventory = folder(&[
        (
            "bad.tf",
            "resource \"aws_iam_role\" \"x\" {\n  name = \n}\n",
        ),
        (
            "good.tf",
            "resource \"aws_iam_role\" \"r\" {\n  name = \"r\"\n}\n",
        ),
    ]);
    let found = problems(&inventory);
    assert_eq!(inventory.accounts[0].roles.len(), 1);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("bad.tf:2:10: not Terraform's language"),
        "{found:?}"
    );
    // JSON in a heredoc, with the place of its fault.
    let inventory = read(
        "resource \"aws_iam_policy\" \"p\" {\n  name = \"p\"\n  policy = <<EOF\n{\n  \"Statement\": [,]\n}\nEOF\n}\n",
    );
    let found = problems(&inventory);
    assert!(
        found[0].starts_with("input:5:17: the policy is not JSON"),
        "{found:?}"
    );
}

#[test]
fn all_that_can_put_a_policy_on_somebody() {
    let account = account(include_str!("../fixtures/terraform/plain/main.tf"));
    insta::assert_snapshot!("terraform_plain", {
        let inventory = load_path("tests/fixtures/terraform/plain").unwrap();
        tree_text(&inventory)
    });
    assert_eq!(account.providers.len(), 2);
}

#[test]
fn modules_in_the_style_of_published_ones() {
    let inventory = load_path("tests/fixtures/terraform/library").unwrap();
    insta::assert_snapshot!("terraform_library", tree_text(&inventory));
    // Given by somebody who uses a module by itself.
    let settings = parameters(&[
        ("function_name", "x"),
        (
            "trusted",
            "[\"ec2.amazonaws.com\", { type = \"AWS\", identifiers = [\"arn:aws:iam::111122223333:root\"] }]",
        ),
        (
            "statements",
            "{ a = { actions = [\"s3:*\"], resources = [\"*\"] } }",
        ),
        ("dead_letter_arn", "arn:aws:sqs:eu-west-1:123456789012:q"),
    ]);
    let spec = SourceSpec::Path("tests/fixtures/terraform/library/modules/function".into());
    let account = only_account(load(&[spec], &settings, &Progress::default()).unwrap());
    let role = &account.roles[0];
    let trust = role.trust.as_ref().unwrap().json();
    assert_eq!(
        trust["Statement"][0]["Principal"],
        serde_json::json!({
            "Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"],
            "AWS": ["arn:aws:iam::111122223333:root"]
        })
    );
    assert_eq!(
        statements(&role.inline[0].document),
        ["a Allow s3:*", "- Allow sqs:SendMessage"]
    );
}

#[test]
fn permission_sets_are_the_roles_that_they_become() {
    let account = account(
        r#"
resource "aws_ssoadmin_permission_set" "ops" {
  name         = "Ops"
  instance_arn = "arn:aws:sso:::instance/ssoins-1"
}
resource "aws_ssoadmin_permission_set_inline_policy" "ops" {
  instance_arn       = aws_ssoadmin_permission_set.ops.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.ops.arn
  inline_policy      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "ec2:*", Resource = "*" }] })
}
resource "aws_ssoadmin_managed_policy_attachment" "ops" {
  instance_arn       = aws_ssoadmin_permission_set.ops.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.ops.arn
  managed_policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
resource "aws_ssoadmin_customer_managed_policy_attachment" "ops" {
  permission_set_arn = aws_ssoadmin_permission_set.ops.arn
  customer_managed_policy_reference {
    name = "extra"
    path = "/ops/"
  }
}
resource "aws_ssoadmin_permissions_boundary_attachment" "ops" {
  permission_set_arn = aws_ssoadmin_permission_set.ops.arn
  permissions_boundary {
    managed_policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
  }
}
resource "aws_iam_service_linked_role" "es" {
  aws_service_name = "es.amazonaws.com"
}
"#,
    );
    let role = role(&account, "aws_ssoadmin_permission_set.ops");
    assert_eq!(
        role.identity.arn.to_string(),
        "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_${aws_ssoadmin_permission_set.ops.suffix}"
    );
    assert_eq!(statements(&role.inline[0].document), ["- Allow ec2:*"]);
    let managed: Vec<String> = role.managed.iter().map(|one| one.arn.to_string()).collect();
    assert_eq!(
        managed,
        [
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            "arn:aws:iam::123456789012:policy/ops/extra"
        ]
    );
    assert_eq!(role.boundary.as_ref().unwrap().name, *"PowerUserAccess");
    assert_eq!(
        account.roles[1].identity.path,
        *"/aws-service-role/es.amazonaws.com/"
    );
}

#[test]
fn parts_of_arns_and_placeholders() {
    let declared = r#"
variable "x" {}
data "aws_arn" "known" { arn = "arn:aws:logs:eu-west-1:111122223333:log-group:/a:b" }
data "aws_arn" "mixed" { arn = "arn:aws:s3:::${var.x}/key" }
"#;
    let of = |expression: &str| value_with(expression, declared, &Settings::default());
    for (expression, wanted) in [
        ("data.aws_arn.known.account", "111122223333"),
        ("data.aws_arn.known.resource", "log-group:/a:b"),
        ("data.aws_arn.mixed.service", "s3"),
        ("data.aws_arn.mixed.resource", "${var.x}/key"),
        (
            "replace(\"a_B_c_B_\", \"_B_\", var.x)",
            "a${var.x}c${var.x}",
        ),
        (
            "jsondecode(replace(jsonencode({ k = \"_B_/*\" }), \"_B_\", var.x)).k",
            "${var.x}/*",
        ),
    ] {
        assert_eq!(of(expression), wanted, "{expression}");
    }
}
