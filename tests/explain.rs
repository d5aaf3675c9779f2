//! Explanations of statements as snapshots: what a person reads in the side pane.

#![allow(clippy::unwrap_used)] // helpers of tests

use std::fmt::Write as _;
use std::path::Path;

use iamscope::analyze::{GrantsCache, Purposes, findings};
use iamscope::explain::{
    Page, decision_page, group_page, managed_policy_page, policy_page, role_page, statement_page,
    statement_words, user_page,
};
use iamscope::iam::{Account, Document, Inventory, PolicyKind, SourceId, parse_document_text};
use iamscope::load::{Progress, Settings, SourceSpec, load};
use iamscope::report::{PlainStyle, permissions_markdown, plain};
use iamscope::simulate::{Caller, KeyValue, Missing, Policies, Request, policies_for};

fn explained(document: &Document, number: usize, kind: PolicyKind, policy: &str) -> String {
    let statement = &document.statements[number - 1];
    text(&statement_page(document, statement, kind, policy, None))
}

fn text(page: &Page) -> String {
    let style = PlainStyle {
        width: Some(100),
        ..PlainStyle::default()
    };
    plain(page, style)
}

/// A statement on its own, with the text above what is said of it.
fn statement(kind: PolicyKind, text: &str) -> String {
    let whole = format!(r#"{{"Version": "2012-10-17", "Statement": [{text}]}}"#);
    let document = parse_document_text(&whole, SourceId(0), kind).unwrap();
    format!("{text}\n\n{}", explained(&document, 1, kind, "policy"))
}

macro_rules! statements {
    ($($name:ident: $kind:ident $text:expr;)*) => {
        $(
            #[test]
            fn $name() {
                insta::assert_snapshot!(statement(PolicyKind::$kind, $text));
            }
        )*
    };
}

statements! {
    reads_objects: Identity r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::foobar/*"}"#;
    reads_and_writes_objects: Identity r#"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], "Resource": ["arn:aws:s3:::foobar/run/*", "arn:aws:s3:::other/*"]}"#;
    lists_on_objects: Identity r#"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "arn:aws:s3:::foobar/*"}"#;
    lists_and_reads: Identity r#"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": ["arn:aws:s3:::foobar", "arn:aws:s3:::foobar/*"]}"#;
    lists_only_on_objects: Identity r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::foobar/*"}"#;
    lists_all_buckets: Identity r#"{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}"#;
    api_name: Identity r#"{"Effect": "Allow", "Action": "s3:ListObjects", "Resource": "arn:aws:s3:::foobar"}"#;
    home_folders: Identity r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::home", "Condition": {"StringLike": {"s3:prefix": ["", "${aws:username}/*"]}}}"#;
    prefix_on_get: Identity r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "home/*"}}}"#;
    administrator: Identity r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
    all_of_a_service: Identity r#"{"Effect": "Allow", "Action": "eks:*", "Resource": "*"}"#;
    describe_pattern: Identity r#"{"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"}"#;
    service_on_one_bucket: Identity r#"{"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::foobar", "arn:aws:s3:::foobar/*"]}"#;
    pass_any_role: Identity r#"{"Effect": "Allow", "Action": "iam:passRole", "Resource": "*"}"#;
    pass_one_role: Identity r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/service-role/task", "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}}"#;
    all_but_iam: Identity r#"{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}"#;
    token_on_a_repository: Identity r#"{"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken", "ecr:BatchGetImage"], "Resource": "arn:aws:ecr:eu-west-1:123456789012:repository/web"}"#;
    table_and_indexes: Identity r#"{"Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:Query"], "Resource": ["arn:aws:dynamodb:eu-west-1:123456789012:table/orders", "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/index/*"]}"#;
    log_writer: Identity r#"{"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/x:*"}"#;
    launch_by_type: Identity r#"{"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*", "Condition": {"StringLikeIfExists": {"ec2:InstanceType": ["t3.*", "t4g.*"]}}}"#;
    tag_on_create: Identity r#"{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "arn:aws:ec2:*:*:instance/*", "Condition": {"StringEquals": {"ec2:CreateAction": "RunInstances"}, "ForAllValues:StringEquals": {"aws:TagKeys": ["team", "cost"]}}}"#;
    kms_by_alias: Identity r#"{"Effect": "Allow", "Action": ["kms:Decrypt", "kms:Encrypt"], "Resource": "arn:aws:kms:eu-west-1:123456789012:alias/x"}"#;
    database_user: Identity r#"{"Effect": "Allow", "Action": "rds-db:connect", "Resource": "arn:aws:rds-db:eu-west-1:123456789012:dbuser:gitpoddb/server"}"#;
    no_such_service: Identity r#"{"Effect": "Allow", "Action": ["nope:DoIt", "s3:GetObjct"], "Resource": "*"}"#;
    secret_by_name: Identity r#"{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:platform-key-*"}"#;
    many_services: Identity r#"{"Effect": "Allow", "Action": ["ec2:DescribeInstances", "ecs:ListClusters", "iam:ListRoles", "s3:GetObject", "s3:PutObject"], "Resource": "*"}"#;
    not_resource: Identity r#"{"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::secret/*"}"#;
    old_version_variable: Identity r#"{"Effect": "Allow", "Action": "s3:GetBucketLocation", "Resource": "arn:aws:s3:::${aws:username}"}"#;
    deny_without_mfa: Identity r#"{"Sid": "NoMFA", "Effect": "Deny", "NotAction": ["iam:ListUsers", "sts:GetSessionToken"], "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}"#;
    deny_without_mfa_missing: Identity r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}"#;
    deny_outside_office: Identity r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24"]}, "Bool": {"aws:ViaAWSService": "false"}}}"#;
    deny_delete_on_bucket: Identity r#"{"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::foobar"}"#;
    boundary_allows: Boundary r#"{"Effect": "Allow", "Action": ["s3:*", "ecs:*"], "Resource": "*"}"#;
    boundary_denies_iam: Boundary r#"{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}"#;
    scp_regions: Scp r#"{"Sid": "Regions", "Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}}"#;
    rcp_outsiders: Rcp r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abc"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}"#;
    trust_service: Trust r#"{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}"#;
    trust_account_external_id: Trust r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:root"}, "Action": ["sts:AssumeRole", "sts:TagSession"], "Condition": {"StringEquals": {"sts:ExternalId": "abc-123"}}}"#;
    trust_open: Trust r#"{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}"#;
    trust_oidc: Trust r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/api.gitpod.io/idp"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"api.gitpod.io/idp:aud": "sts.amazonaws.com"}, "StringLike": {"api.gitpod.io/idp:sub": "https://github.com/example-org/*"}}}"#;
    trust_github_without_sub: Trust r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}}"#;
    trust_github: Trust r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com", "token.actions.githubusercontent.com:sub": "repo:example-org/service:ref:refs/heads/main"}}}"#;
    bucket_public_read: Resource r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::site/*"}"#;
    bucket_tls_only: Resource r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#;
    key_policy_root: Resource r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "kms:*", "Resource": "*"}"#;
    queue_from_topic: Resource r#"{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:123456789012:jobs", "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:news"}}}"#;
    not_principal_deny: Resource r#"{"Effect": "Deny", "NotPrincipal": {"AWS": ["arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:user/Bob"]}, "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}"#;
    endpoint_policy: Vpce r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceAccount": "123456789012"}}}"#;
    unreadable_effect: Identity r#"{"Effect": "allow", "Action": "s3:GetObject", "Resource": "*"}"#;
    unknown_operator: Identity r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringsEqual": {"aws:username": "a"}}}"#;
    hostile_text: Identity "{\"Sid\": \"x\", \"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::b/\\u001b[31mred\\u202e\"}";
}

fn template(name: &str) -> Inventory {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/templates")
        .join(name);
    load(
        &[SourceSpec::Path(path)],
        &Settings::default(),
        &Progress::default(),
    )
    .unwrap()
}

/// Every statement of a document in a sentence, with what is remarkable about it.
fn document_words(out: &mut String, name: &str, document: &Document, kind: PolicyKind) {
    writeln!(out, "  {} {name}", kind.name()).unwrap();
    for statement in &document.statements {
        let (mark, words) = statement_words(statement, kind);
        let reference = statement.reference();
        writeln!(
            out,
            "    {} {reference}: {}",
            mark.glyph(),
            words.to_plain()
        )
        .unwrap();
        for finding in findings(statement, kind) {
            writeln!(out, "        ! {}", finding.problem.message).unwrap();
        }
    }
}

/// Every statement of an account in a sentence.
fn account_words(account: &Account) -> String {
    let mut out = String::new();
    for role in &account.roles {
        writeln!(out, "role {}", role.identity.name).unwrap();
        if let Some(trust) = &role.trust {
            document_words(&mut out, "", trust, PolicyKind::Trust);
        }
        if let Some(boundary) = &role.boundary
            && let Some(document) = &boundary.document
        {
            let name = boundary.name.to_string();
            document_words(&mut out, &name, document, PolicyKind::Boundary);
        }
        for inline in &role.inline {
            let name = inline.name.to_string();
            document_words(&mut out, &name, &inline.document, PolicyKind::Identity);
        }
    }
    for user in &account.users {
        writeln!(out, "user {}", user.identity.name).unwrap();
        for inline in &user.inline {
            let name = inline.name.to_string();
            document_words(&mut out, &name, &inline.document, PolicyKind::Identity);
        }
    }
    for policy in &account.policies {
        writeln!(out, "policy {}", policy.identity.name).unwrap();
        if let Some(document) = &policy.document {
            document_words(&mut out, "", document, PolicyKind::Identity);
        }
    }
    out
}

#[test]
fn templates_in_a_sentence_a_statement() {
    for name in [
        "gitpod_enterprise.template.json",
        "gitpod_oidc.yml",
        "codepipeline_service_role.json",
        "ownstak_minimal.yml",
        "matillion_agent.yml",
    ] {
        let words = account_words(&template(name).accounts[0]);
        let file = name.split('.').next().unwrap();
        insta::assert_snapshot!(format!("sentences_{file}"), words);
    }
}

#[test]
fn statements_of_templates() {
    for (name, policy, number) in [
        (
            "gitpod_enterprise.template.json",
            "lambdaappctrlpolicyF8E18B9E",
            2,
        ),
        (
            "gitpod_enterprise.template.json",
            "rdsdbconnectserver0C78DEEF",
            1,
        ),
        ("gitpod_oidc.yml", "WorkspaceBoundary", 1),
        ("codepipeline_service_role.json", "", 5),
        ("ownstak_minimal.yml", "wnstak", 1),
        ("matillion_agent.yml", " TaskPolicy", 2),
    ] {
        let inventory = template(name);
        let found = policies(&inventory.accounts[0]);
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        let Some((_, document)) = found.iter().find(|(name, _)| name.contains(policy)) else {
            panic!("{policy} is none of {names:?}");
        };
        let page = explained(document, number, PolicyKind::Identity, policy);
        let file = name.split('.').next().unwrap();
        insta::assert_snapshot!(format!("statement_{file}_{number}"), page);
    }
}

/// Every identity policy of an account by name or logical id.
fn policies(account: &Account) -> Vec<(String, Document)> {
    let inline = account.roles.iter().flat_map(|role| &role.inline);
    let inline = inline.map(|policy| {
        let id = policy.logical_id.clone().unwrap_or_default();
        (format!("{} {id}", policy.name), (*policy.document).clone())
    });
    let managed = account.policies.iter().filter_map(|policy| {
        let id = policy.identity.logical_id.clone().unwrap_or_default();
        let document = policy.document.as_ref()?;
        Some((
            format!("{} {id}", policy.identity.name),
            (**document).clone(),
        ))
    });
    inline.chain(managed).collect()
}

#[test]
fn roles_users_and_policies() {
    let cache = GrantsCache::default();
    let gitpod = template("gitpod_enterprise.template.json");
    let account = &gitpod.accounts[0];
    for name in ["lambdaappcontroller", "debug-access", "eksctl"] {
        let role = account
            .roles
            .iter()
            .find(|role| {
                format!("{} {:?}", role.identity.name, role.identity.logical_id).contains(name)
            })
            .unwrap();
        insta::assert_snapshot!(format!("role_{name}"), text(&role_page(role, &cache)));
    }
    let oidc = template("gitpod_oidc.yml");
    for role in &oidc.accounts[0].roles {
        let name = role.identity.name.to_string();
        insta::assert_snapshot!(format!("role_{name}"), text(&role_page(role, &cache)));
    }
    let ownstak = template("ownstak_minimal.yml");
    let account = &ownstak.accounts[0];
    insta::assert_snapshot!(
        "user_ownstak",
        text(&user_page(&account.users[0], account, &cache))
    );
    insta::assert_snapshot!(
        "managed_policy_ownstak",
        text(&managed_policy_page(&account.policies[0], &cache))
    );
    let trust = account.roles[0].trust.as_ref().unwrap();
    insta::assert_snapshot!(
        "policy_trust",
        text(&policy_page("x", trust, PolicyKind::Trust))
    );
    for group in &account.groups {
        insta::assert_snapshot!("group", text(&group_page(group, account, &cache)));
    }
}

/// A request of a role of a template, decided and told.
fn decided(name: &str, role: &str, action: &str, resource: &str, keys: &[(&str, &str)]) -> String {
    let inventory = template(name);
    let account = &inventory.accounts[0];
    let role = account
        .roles
        .iter()
        .find(|found| {
            format!("{} {:?}", found.identity.name, found.identity.logical_id).contains(role)
        })
        .unwrap();
    let caller = Caller::role(account, role, "session1");
    let mut request = Request::new(caller.principal.clone(), action, resource);
    let set = policies_for(&inventory, &caller, action, &request.resources);
    request.context.missing = Missing::Unknown;
    for (key, value) in keys {
        request.context.set(key, KeyValue::One((*value).to_owned()));
    }
    let decision = Policies::compile(&set).evaluate(&request);
    text(&decision_page(&request, &decision))
}

#[test]
fn decisions() {
    let gitpod = "gitpod_enterprise.template.json";
    for (name, told) in [
        (
            "allowed",
            decided(
                gitpod,
                "lambdaappcontroller",
                "s3:GetObject",
                "arn:aws:s3:::foobar/x",
                &[],
            ),
        ),
        (
            "near_miss",
            decided(
                gitpod,
                "lambdaappcontroller",
                "s3:ListBucket",
                "arn:aws:s3:::foobar",
                &[],
            ),
        ),
        (
            "denied_by_boundary",
            decided(
                "gitpod_oidc.yml",
                "gitpod-developer",
                "iam:ListRoles",
                "*",
                &[],
            ),
        ),
        (
            "allowed_by_boundary_only",
            decided(
                "gitpod_oidc.yml",
                "gitpod-developer",
                "s3:GetObject",
                "arn:aws:s3:::b/k",
                &[],
            ),
        ),
        (
            "no_tag_resource",
            decided(
                "codepipeline_service_role.json",
                "CodePipeline",
                "ecs:TagResource",
                "arn:aws:ecs:eu-west-2:123456789012:task-definition/web:3",
                &[],
            ),
        ),
    ] {
        insta::assert_snapshot!(format!("decision_{name}"), told);
    }
}

const PURPOSES: &str = include_str!("fixtures/templates/ownstak_purposes.tsv");

#[test]
fn permissions_and_purposes_as_a_table() {
    let (purposes, problems) = Purposes::parse(PURPOSES, SourceId(1));
    assert_eq!(problems, []);
    assert_eq!(purposes.all.len(), 77);
    let ownstak = template("ownstak_minimal.yml");
    let table = permissions_markdown(&ownstak, Some(&purposes));
    insta::assert_snapshot!("purposes_ownstak", table);
    // The same purposes stand as comments in the template.
    let by_comments = permissions_markdown(&ownstak, None);
    let row = "| `ec2:RunInstances` | Creates EC2 instances for single-instance mode deployments |";
    assert!(table.contains(row));
    assert!(by_comments.contains(row));

    let (few, _) = Purposes::parse(
        "iam:PassRole\tPasses\nsqs:SendMessage\tNever asked for",
        SourceId(1),
    );
    let table = permissions_markdown(&template("codepipeline_service_role.json"), Some(&few));
    assert!(table.contains("| `iam:PassRole` | Passes |"));
    assert!(
        table.contains(
            "## Purposes without a permission (1)\n\n- `sqs:SendMessage`: Never asked for"
        )
    );
    assert!(table.contains("## Permissions without a purpose"));
}

#[test]
fn nothing_in_a_purpose_breaks_the_table() {
    let (purposes, _) = Purposes::parse("iam:PassRole\ta | b `c` <d>\u{1b}[2J", SourceId(1));
    let table = permissions_markdown(&template("codepipeline_service_role.json"), Some(&purposes));
    let row = table
        .lines()
        .find(|line| line.contains("iam:PassRole"))
        .unwrap();
    assert!(row.contains("a \\| b \\`c\\` \\<d\\>"), "{row}");
    assert!(!table.contains('\u{1b}'));
}

/// Why a permission is there stands beside it in the pane.
#[test]
fn a_purpose_is_shown_beside_the_action() {
    let (purposes, _) = Purposes::parse(PURPOSES, SourceId(1));
    let inventory = template("ownstak_minimal.yml");
    let found = policies(&inventory.accounts[0]);
    let (name, document) = &found[found.len() - 1];
    let page = statement_page(
        document,
        &document.statements[1],
        PolicyKind::Identity,
        name,
        Some(&purposes),
    );
    assert!(text(&page).contains("Creates EC2 instances for single-instance mode deployments"));
}
