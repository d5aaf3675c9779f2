//! What is written is what is read; what is redacted is nowhere in the file.

use std::sync::Arc;

use iamscope::iam::{
    Account, Assumed, Attachment, Document, FederatedProvider, Group, Guard, Identity,
    InlinePolicy, Inventory, ManagedPolicy, Member, Node, OrgLevel, Origin, Parameter,
    ParameterFrom, Part, Place, PolicyKind, PolicyVersion, Problem, ResourcePolicy, Role, Source,
    SourceId, SourceKind, Text, Undecided, Unresolved, UnresolvedKind, UnresolvedUse, User, Value,
    parse_document, parse_json,
};
use iamscope::load::snapshot::{SnapshotError, read};
use iamscope::report::{Snapshot, snapshot_text};

fn place(line: u32) -> Place {
    Place::new(SourceId(1), line, 3)
}

fn document(text: &str, kind: PolicyKind) -> Arc<Document> {
    let node = parse_json(text, SourceId(1)).unwrap();
    Arc::new(parse_document(&node, kind))
}

fn bucket() -> Arc<Unresolved> {
    Arc::new(Unresolved {
        name: "Bucket".to_owned(),
        kind: UnresolvedKind::Parameter,
        place: place(4),
    })
}

/// `arn:aws:s3:::` and a template reference and `/*`.
fn mixed() -> Text {
    Text::from_parts([
        Part::Literal("arn:aws:s3:::".into()),
        Part::Unresolved(bucket()),
        Part::Literal("/acme-${aws:username}/*".into()),
    ])
}

/// A document with a guarded statement, unresolved parts, comments and problems.
fn template_document() -> Arc<Document> {
    let mut action = Node::string(place(21), "s3:GetObject");
    action.guard = Guard::always().and("IsProd", false);
    action.comment = Some("reads only".into());
    let member = |name: &str, value: Node| Member {
        key: Text::plain(name),
        place: place(20),
        value,
    };
    let mut statement = Node::new(
        place(20),
        Value::Object(vec![
            member("Sid", Node::string(place(20), "One")),
            member("Effect", Node::string(place(20), "Allow")),
            member("Action", Node::new(place(20), Value::List(vec![action]))),
            member("Resource", Node::string(place(22), mixed())),
        ]),
    );
    statement.guard = Guard::always().and("IsProd", true).and("IsEu", false);
    statement.comment = Some("the vendor wrote this".into());
    let broken = Node::string(place(30), "not a statement");
    let node = Node::new(
        place(19),
        Value::Object(vec![
            member("Version", Node::string(place(19), "2012-10-17")),
            member(
                "Statement",
                Node::new(place(19), Value::List(vec![statement, broken])),
            ),
        ]),
    );
    Arc::new(parse_document(&node, PolicyKind::Identity))
}

/// An inventory with something in every field.
pub fn full_inventory() -> Inventory {
    let trust = document(
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["210987654321","arn:aws:iam::210987654321:role/support/acme-helpdesk"],"Service":"lambda.amazonaws.com","Federated":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{"StringEquals":{"sts:ExternalId":"hunter2-external","aws:PrincipalTag/CostCentre":"blue-whale"},"IpAddress":{"aws:SourceIp":["203.0.113.0/24","203.0.113.77/32","0.0.0.0/0"]},"StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme-org/rocket:*"},"Bool":{"aws:MultiFactorAuthPresent":true}}}]}"#,
        PolicyKind::Trust,
    );
    let shared = document(
        r#"{"Version":"2012-10-17","Id":"acme-id","Statement":{"NotAction":"iam:*","NotResource":["arn:aws:s3:::acme-prod-*","arn:aws:dynamodb:eu-west-1:123456789012:table/acme-orders/index/*"],"Effect":"Deny"}}"#,
        PolicyKind::Identity,
    );
    let mut identity = Identity::new("acme-deployer", mixed(), place(10));
    identity.path = "/division/".into();
    identity.logical_id = Some("DeployerRole".to_owned());
    identity.friendly = Some("AcmeStack/Deployer".to_owned());
    identity.unique_id = Some("AROAQWERTYUIOPASDFGHJ".to_owned());
    identity.description = Some("used by jane.doe@acme.example".to_owned());
    identity.guard = Guard::always().and("IsProd", true);
    identity
        .tags
        .insert("CostCentre".to_owned(), "blue-whale".into());
    identity.tags.insert(
        "aws:cloudformation:stack-name".to_owned(),
        "acme-stack".into(),
    );
    identity.comment = Some("ask jane before changing".into());
    let attachment = |name: &str, origin: Origin, document: Option<Arc<Document>>| Attachment {
        arn: format!("arn:aws:iam::aws:policy/{name}").into(),
        name: name.into(),
        origin,
        document,
        place: place(12),
        guard: Guard::always().and("IsProd", true),
    };
    let inline = InlinePolicy {
        name: "acme-inline".into(),
        document: template_document(),
        place: place(14),
        logical_id: Some("InlineOne".to_owned()),
        guard: Guard::always(),
    };
    let role = Role {
        identity,
        trust: Some(trust.clone()),
        boundary: Some(attachment(
            "acme-boundary",
            Origin::Customer,
            Some(shared.clone()),
        )),
        managed: vec![
            attachment("ReadOnlyAccess", Origin::Aws, Some(shared.clone())),
            attachment("elsewhere", Origin::External, None),
        ],
        inline: vec![inline.clone()],
        max_session_duration: Some(43200),
        last_used: Some("2026-01-02T03:04:05Z".to_owned()),
        instance_profiles: vec!["acme-profile".into()],
        external: true,
    };
    let user = User {
        identity: Identity::new("jane", "arn:aws:iam::123456789012:user/jane", place(40)),
        boundary: None,
        managed: vec![],
        inline: vec![inline],
        groups: vec!["acme-admins".into()],
        external: false,
    };
    let group = Group {
        identity: Identity::new(
            "acme-admins",
            "arn:aws:iam::123456789012:group/acme-admins",
            place(41),
        ),
        managed: vec![attachment("IAMFullAccess", Origin::Aws, None)],
        inline: vec![],
        external: false,
    };
    let policy = ManagedPolicy {
        identity: Identity::new(
            "acme-boundary",
            "arn:aws:iam::123456789012:policy/acme-boundary",
            place(42),
        ),
        origin: Origin::Customer,
        document: Some(shared.clone()),
        versions: vec![PolicyVersion {
            id: "v3".to_owned(),
            is_default: true,
            created: Some("2026-01-01T00:00:00Z".to_owned()),
            document: shared.clone(),
        }],
        attached_to: vec!["acme-deployer".into()],
        limits: Vec::new(),
    };
    let mut account = Account::new("acme-prod");
    account.id = Assumed {
        value: "123456789012".to_owned(),
        assumed: false,
    };
    account.roles = vec![role];
    account.users = vec![user];
    account.groups = vec![group];
    account.policies = vec![policy];
    account.resource_policies = vec![ResourcePolicy {
        resource: mixed(),
        kind: "AWS::S3::BucketPolicy".to_owned(),
        logical_id: Some("BucketPolicy".to_owned()),
        place: place(50),
        guard: Guard::always(),
        document: document(
            r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-prod-logs/*"},{"Effect":"allow","Action":"nonsense"}]}"#,
            PolicyKind::Resource,
        ),
    }];
    account.providers = vec![FederatedProvider {
        arn: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com".into(),
        issuer: "token.actions.githubusercontent.com".into(),
        saml: false,
        place: place(60),
        logical_id: None,
    }];
    account.organisation.scps = Some(vec![OrgLevel {
        name: "acme-root".to_owned(),
        policies: vec![("FullAWSAccess".to_owned(), shared)],
    }]);
    account.organisation.rcps = Some(vec![]);
    account.organisation.org_id = Some("o-acmeacme00".to_owned());
    account.organisation.org_path = Some("o-acmeacme00/r-ab12/ou-ab12-11111111/".to_owned());
    account.parameters = vec![
        Parameter {
            name: "DbPassword".to_owned(),
            kind: "String".to_owned(),
            value: Some("correct-horse-battery".to_owned()),
            from: Some(ParameterFrom::Given),
            default: Some("default-password-1".to_owned()),
            allowed: vec![],
            description: None,
            secret: true,
            placeholder: false,
            place: place(2),
            used_by: vec![],
        },
        Parameter {
            name: "Bucket".to_owned(),
            kind: "String".to_owned(),
            value: None,
            from: None,
            default: None,
            allowed: vec!["acme-one".to_owned()],
            description: Some("the bucket".to_owned()),
            secret: false,
            placeholder: true,
            place: place(3),
            used_by: vec!["acme-inline".to_owned()],
        },
    ];
    account.unresolved = vec![UnresolvedUse {
        name: "Bucket".to_owned(),
        kind: UnresolvedKind::Parameter,
        place: place(4),
    }];
    account.undecided = vec![Undecided {
        condition: "IsProd".to_owned(),
        place: place(5),
    }];
    account.resources.insert("Bucket".to_owned(), mixed());
    account.problems =
        vec![Problem::warning(place(7), "12 roles: `acme-deployer` denied").hint("grant it")];
    Inventory {
        sources: vec![
            Source {
                path: "profile acme-prod".to_owned(),
                kind: SourceKind::Live,
            },
            Source {
                path: "acme/template.json".to_owned(),
                kind: SourceKind::CloudFormation,
            },
        ],
        accounts: vec![account],
        problems: vec![Problem::error(
            Place::default(),
            "`acme/other.json` is unreadable",
        )],
    }
}

/// Everything that the types hold, less what a snapshot leaves out by design.
fn facts(inventory: &Inventory) -> String {
    let mut inventory = inventory.clone();
    for account in &mut inventory.accounts {
        account
            .problems
            .retain(|problem| !problem.message.starts_with("a snapshot taken"));
        for parameter in account.parameters.iter_mut().filter(|one| one.secret) {
            parameter.value = None;
            parameter.default = None;
        }
    }
    let text = format!("{inventory:#?}");
    // The documentation page of a problem is not kept.
    let lines = text.lines().collect::<Vec<_>>();
    let mut kept = Vec::new();
    let mut skip = 0;
    for line in lines {
        if skip > 0 {
            skip -= 1;
        } else if line.trim_start().starts_with("page: Some(") {
            kept.push("page");
            skip = 2;
        } else if line.trim_start() == "page: None," {
            kept.push("page");
        } else {
            kept.push(line);
        }
    }
    kept.join("\n")
}

#[test]
fn everything_written_is_read_again() {
    let before = full_inventory();
    let text = Snapshot::of(&before).text("2026-11-21T21:00:00Z");
    let after = read(&text, SourceId(0)).unwrap();
    assert_eq!(facts(&before), facts(&after));
    let notes: Vec<&str> = after.accounts[0]
        .problems
        .iter()
        .map(|note| note.message.as_str())
        .collect();
    assert!(
        notes
            .iter()
            .any(|note| note.contains("2026-11-21T21:00:00Z")),
        "{notes:?}"
    );
    // Written again, it is the same to the byte, and shared documents are still shared.
    let mut again = after.clone();
    again.accounts[0].problems.pop();
    assert_eq!(text, Snapshot::of(&again).text("2026-11-21T21:00:00Z"));
    let role = &after.accounts[0].roles[0];
    let boundary = role.boundary.as_ref().unwrap().document.as_ref().unwrap();
    assert!(Arc::ptr_eq(
        boundary,
        role.managed[0].document.as_ref().unwrap()
    ));
}

/// What is written entity by entity is laid out as a redacted snapshot is, which is a tree.
#[test]
fn there_is_one_layout() {
    let inventory = full_inventory();
    let snapshot = Snapshot::of(&inventory);
    let tree = snapshot.value("2026-11-21T21:00:00Z");
    assert_eq!(tree["accounts"].as_array().unwrap().len(), 1);
    assert_eq!(snapshot_text(&tree), snapshot.text("2026-11-21T21:00:00Z"));
    let empty = Inventory::default();
    let snapshot = Snapshot::of(&empty);
    let tree = snapshot.value("2026-11-21T21:00:00Z");
    assert_eq!(snapshot_text(&tree), snapshot.text("2026-11-21T21:00:00Z"));
}

/// A live account has each document as often as it is attached.
#[test]
fn documents_that_are_the_same_stand_in_it_once() {
    let text = r#"{"Version":"2012-10-17","Statement":[]}"#;
    let mut account = Account::new("a");
    for number in 0..200 {
        let name = Text::plain(format!("role-{number}"));
        let place = Place::whole(SourceId(0));
        account.roles.push(Role {
            identity: Identity::new(name.clone(), name, place),
            trust: Some(document(text, PolicyKind::Trust)),
            ..full_inventory().accounts[0].roles[0].clone()
        });
    }
    let inventory = Inventory {
        accounts: vec![account],
        ..Inventory::default()
    };
    let written = Snapshot::of(&inventory).text("2026-11-21T21:00:00Z");
    let read = read(&written, SourceId(0)).unwrap();
    let roles = &read.accounts[0].roles;
    for (number, role) in roles.iter().enumerate() {
        assert_eq!(role.identity.name.to_string(), format!("role-{number}"));
        let (first, own) = (roles[0].trust.as_ref(), role.trust.as_ref());
        assert!(Arc::ptr_eq(first.unwrap(), own.unwrap()));
    }
    assert_eq!(roles.len(), 200);
}

#[test]
fn sources_are_numbered_behind_earlier_ones() {
    let text = Snapshot::of(&full_inventory()).text("2026-11-21T21:00:00Z");
    let after = read(&text, SourceId(5)).unwrap();
    assert_eq!(
        after.accounts[0].roles[0].identity.place,
        Place::new(SourceId(6), 10, 3)
    );
    assert_eq!(after.sources.len(), 2);
}

#[test]
fn a_secret_parameter_keeps_its_value_to_itself() {
    let text = Snapshot::of(&full_inventory()).text("2026-11-21T21:00:00Z");
    for secret in ["correct-horse-battery", "default-password-1"] {
        assert!(!text.contains(secret));
    }
    assert!(text.contains("DbPassword"));
}

#[test]
fn a_later_format_is_refused_with_a_clear_sentence() {
    let mut value = Snapshot::of(&full_inventory()).value("2026-11-21T21:00:00Z");
    value["format"] = 7.into();
    let error = read(&value.to_string(), SourceId(0)).unwrap_err();
    assert_eq!(error, SnapshotError::Later(7));
    let words = error.to_string();
    assert!(
        words.contains("format 7") && words.contains("update iamscope"),
        "{words}"
    );
}

/// Every member taken away or replaced in turn: an error that names the part, or a reading; never a
/// panic.
#[test]
fn damage_is_an_error_that_names_the_part() {
    let value = Snapshot::of(&full_inventory()).value("2026-11-21T21:00:00Z");
    let mut pointers = Vec::new();
    collect(&value, String::new(), &mut pointers);
    let mut named = 0;
    for pointer in &pointers {
        for bad in [
            serde_json::json!(null),
            serde_json::json!(99_999_999_999_u64),
            serde_json::json!([[[]]]),
        ] {
            let mut copy = value.clone();
            *copy.pointer_mut(pointer).unwrap() = bad;
            if let Err(SnapshotError::Damaged { path, .. }) = read(&copy.to_string(), SourceId(0)) {
                assert!(!path.is_empty());
                named += 1;
            }
        }
    }
    assert!(pointers.len() > 300, "{}", pointers.len());
    assert!(named > pointers.len(), "{named}");
    let mut copy = value.clone();
    copy["accounts"][0]["roles"][0]["trust"] = 4711.into();
    let error = read(&copy.to_string(), SourceId(0))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("`accounts.0.roles.0.trust` is not the number of a document"),
        "{error}"
    );
}

fn collect(value: &serde_json::Value, pointer: String, all: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                if name != "policy" {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    collect(member, format!("{pointer}/{name}"), all);
                }
            }
        }
        serde_json::Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, format!("{pointer}/{index}"), all);
            }
        }
        _ => {}
    }
    if !pointer.is_empty() {
        all.push(pointer);
    }
}
