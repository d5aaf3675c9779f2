//! Small inventories.

use std::sync::Arc;

use iamscope::iam::{
    Account, Attachment, Document, Guard, Identity, InlinePolicy, Inventory, ManagedPolicy, Origin,
    Place, PolicyKind, Role, Source, SourceId, SourceKind, Text, parse_document_text,
};
use serde_json::{Value, json};

fn document(kind: PolicyKind, value: &Value) -> Arc<Document> {
    let text = serde_json::to_string_pretty(value).unwrap();
    Arc::new(parse_document_text(&text, SourceId(0), kind).unwrap())
}

fn policy(statements: Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn trust(service: &str) -> Arc<Document> {
    document(
        PolicyKind::Trust,
        &policy(json!([{
            "Effect": "Allow",
            "Principal": { "Service": service },
            "Action": "sts:AssumeRole"
        }])),
    )
}

pub fn role(name: &str, line: u32) -> Role {
    let arn = format!("arn:aws:iam::123456789012:role/{name}");
    Role {
        identity: Identity::new(name, arn, Place::new(SourceId(0), line, 5)),
        trust: Some(trust("lambda.amazonaws.com")),
        boundary: None,
        managed: Vec::new(),
        inline: Vec::new(),
        max_session_duration: None,
        last_used: None,
        instance_profiles: Vec::new(),
        external: false,
    }
}

fn attach(name: &str, origin: Origin, document: Option<Arc<Document>>) -> Attachment {
    let account = match origin {
        Origin::Aws => "aws",
        _ => "123456789012",
    };
    Attachment {
        arn: Text::from(format!("arn:aws:iam::{account}:policy/{name}")),
        name: Text::from(name),
        origin,
        document,
        place: Place::new(SourceId(0), 9, 1),
        guard: Guard::always(),
    }
}

fn inline(name: &str, statements: Value) -> InlinePolicy {
    InlinePolicy {
        name: Text::from(name),
        document: document(PolicyKind::Identity, &policy(statements)),
        place: Place::new(SourceId(0), 20, 1),
        logical_id: None,
        guard: Guard::always(),
    }
}

/// Three roles, a policy of the customer and one of AWS, a boundary, a deny and a problem.
pub fn inventory() -> Inventory {
    let mut account = Account::new("sample.json");
    let logs = document(
        PolicyKind::Identity,
        &policy(json!([{
            "Sid": "Logs",
            "Effect": "Allow",
            "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": "*"
        }])),
    );
    let tables = document(
        PolicyKind::Identity,
        &policy(json!([
            { "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:Query"],
              "Resource": "arn:aws:dynamodb:us-east-1:123456789012:table/cells" },
            { "Effect": "Deny", "Action": "dynamodb:DeleteTable", "Resource": "*" }
        ])),
    );
    let mut controller = role("app-controller", 10);
    controller.managed = vec![
        attach("AWSLambdaBasicExecutionRole", Origin::Aws, Some(logs)),
        attach("tables-read", Origin::Customer, Some(tables.clone())),
    ];
    controller.inline = vec![inline(
        "app-controller-policy",
        json!([
            { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::foobar/*" },
            { "Sid": "Anything", "Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*",
              "Condition": { "StringEquals": { "aws:RequestedRegion": ["eu-west-1", "eu-west-2"] } } }
        ]),
    )];
    let mut limited = role("limited", 40);
    limited.trust = Some(document(
        PolicyKind::Trust,
        &policy(json!([{
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::999999999999:root" },
            "Action": "sts:AssumeRole",
            "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "true" } }
        }])),
    ));
    limited.boundary = Some(attach(
        "tables-read",
        Origin::Customer,
        Some(tables.clone()),
    ));
    limited.inline = vec![inline(
        "everything",
        json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }]),
    )];
    let mut broken = role("broken", 60);
    broken.managed = vec![attach("elsewhere", Origin::External, None)];
    broken.inline = vec![inline(
        "typo",
        json!([{ "Effect": "Alow", "Action": "s3:GetObject", "Resource": "*" }]),
    )];
    account.roles = vec![controller, limited, broken];
    account.policies = vec![ManagedPolicy {
        identity: Identity::new(
            "tables-read",
            "arn:aws:iam::123456789012:policy/tables-read",
            Place::new(SourceId(0), 80, 5),
        ),
        origin: Origin::Customer,
        document: Some(tables),
        versions: Vec::new(),
        attached_to: vec![Text::from("app-controller")],
        limits: Vec::new(),
    }];
    Inventory {
        sources: vec![Source {
            path: "sample.json".to_owned(),
            kind: SourceKind::CloudFormation,
        }],
        accounts: vec![account],
        problems: Vec::new(),
    }
}
