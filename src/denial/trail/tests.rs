use std::cell::Cell;
use std::fs;
use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use serde_json::{Value, json};

use super::super::{Denial, Field, PolicyType, read, read_all};
use super::*;
use crate::iam::PolicyKind;

/// A denied call of a role session, as CloudTrail records it.
fn denied(role: &str, source: &str, name: &str, minute: u32) -> Value {
    json!({
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": "AROAEXAMPLE:session",
            "arn": format!("arn:aws:sts::123456789012:assumed-role/{role}/session"),
            "accountId": "123456789012",
            "accessKeyId": "ASIAEXAMPLE",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": "AROAEXAMPLE",
                    "arn": format!("arn:aws:iam::123456789012:role/team/{role}"),
                    "accountId": "123456789012",
                    "userName": role
                },
                "attributes": { "mfaAuthenticated": "false", "creationDate": "2026-09-01T10:00:00Z" }
            }
        },
        "eventTime": format!("2026-09-01T10:{minute:02}:00Z"),
        "eventSource": source,
        "eventName": name,
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.31",
        "errorCode": "AccessDenied",
        "errorMessage": "Access Denied",
        "requestParameters": { "bucketName": "logs", "key": "2026/x.gz" },
        "recipientAccountId": "123456789012"
    })
}

fn allowed(minute: u32) -> Value {
    let mut event = denied("app", "s3.amazonaws.com", "GetObject", minute);
    let members = event.as_object_mut().unwrap();
    members.remove("errorCode");
    members.remove("errorMessage");
    event
}

fn value_of<'a>(denial: &'a Denial, key: &str) -> Option<&'a [String]> {
    denial
        .context
        .iter()
        .find(|fact| fact.key == key)
        .map(|fact| fact.values.as_slice())
}

#[test]
fn an_event_gives_principal_action_resource_and_context() {
    let denial = read(&denied("app", "s3.amazonaws.com", "ListObjects", 1).to_string());
    assert_eq!(
        denial.principal.as_deref(),
        Some("arn:aws:sts::123456789012:assumed-role/app/session")
    );
    assert_eq!(
        denial.role_arn.as_deref(),
        Some("arn:aws:iam::123456789012:role/team/app")
    );
    assert_eq!(denial.action.as_deref(), Some("s3:ListBucket"));
    assert_eq!(denial.resource.as_deref(), Some("arn:aws:s3:::logs"));
    assert_eq!(denial.guessed, [Field::Action, Field::Resource]);
    assert_eq!(denial.explicit, None);
    assert_eq!(
        value_of(&denial, "aws:SourceIp"),
        Some(&["198.51.100.7".to_owned()][..])
    );
    assert_eq!(value_of(&denial, "aws:SourceVpce"), Some(&[][..]));
    assert_eq!(
        value_of(&denial, "aws:MultiFactorAuthPresent"),
        Some(&["false".to_owned()][..])
    );
    assert_eq!(
        value_of(&denial, "aws:RequestedRegion"),
        Some(&["eu-west-1".to_owned()][..])
    );
    assert_eq!(
        value_of(&denial, "aws:userid"),
        Some(&["AROAEXAMPLE:session".to_owned()][..])
    );
}

#[test]
fn the_sentence_of_an_event_says_more() {
    let mut event = denied("app", "monitoring.amazonaws.com", "ListMetrics", 1);
    event["requestParameters"] = Value::Null;
    event["errorMessage"] = json!(
        "User: arn:aws:sts::123456789012:assumed-role/app/session is not authorized to perform: \
         cloudwatch:ListMetrics with an explicit deny in a permissions boundary: \
         arn:aws:iam::123456789012:policy/limit"
    );
    let denial = read(&event.to_string());
    assert_eq!(denial.action.as_deref(), Some("cloudwatch:ListMetrics"));
    assert_eq!(
        denial.policy_type,
        Some(PolicyType::Policy(PolicyKind::Boundary))
    );
    assert_eq!(denial.explicit, Some(true));
    assert_eq!(
        denial.policy_arn.as_deref(),
        Some("arn:aws:iam::123456789012:policy/limit")
    );
    // The action has no resource types, so that it was asked for on everything.
    assert_eq!(denial.resource.as_deref(), Some("*"));
    assert_eq!(denial.guessed, [Field::Resource]);
}

#[test]
fn an_endpoint_takes_the_place_of_the_source_address() {
    let mut event = denied("app", "s3.amazonaws.com", "GetObject", 1);
    event["vpcEndpointId"] = json!("vpce-0123456789abcdef0");
    event["sourceIPAddress"] = json!("10.0.0.7");
    let denial = read(&event.to_string());
    assert_eq!(
        value_of(&denial, "aws:SourceVpce"),
        Some(&["vpce-0123456789abcdef0".to_owned()][..])
    );
    assert_eq!(value_of(&denial, "aws:SourceIp"), Some(&[][..]));
    assert_eq!(
        value_of(&denial, "aws:VpcSourceIp"),
        Some(&["10.0.0.7".to_owned()][..])
    );
    assert_eq!(
        denial.resource.as_deref(),
        Some("arn:aws:s3:::logs/2026/x.gz")
    );
}

#[test]
fn a_service_calling_on_is_seen() {
    let mut event = denied("app", "kms.amazonaws.com", "Decrypt", 1);
    event["sourceIPAddress"] = json!("athena.amazonaws.com");
    event["userIdentity"]["invokedBy"] = json!("athena.amazonaws.com");
    event["requestParameters"] = json!({
        "encryptionContext": { "aws:s3:arn": "arn:aws:s3:::logs" },
        "keyId": "arn:aws:kms:eu-west-1:123456789012:key/1234"
    });
    let denial = read(&event.to_string());
    assert_eq!(
        value_of(&denial, "aws:ViaAWSService"),
        Some(&["true".to_owned()][..])
    );
    assert_eq!(
        value_of(&denial, "aws:CalledVia"),
        Some(&["athena.amazonaws.com".to_owned()][..])
    );
    assert_eq!(
        value_of(&denial, "kms:EncryptionContext:aws:s3:arn"),
        Some(&["arn:aws:s3:::logs".to_owned()][..])
    );
    assert_eq!(
        denial.resource.as_deref(),
        Some("arn:aws:kms:eu-west-1:123456789012:key/1234")
    );
    assert_eq!(value_of(&denial, "aws:SourceIp"), None);
}

#[test]
fn resources_come_from_parameters() {
    let cases = [
        (
            "dynamodb.amazonaws.com",
            "Query",
            json!({"tableName": "orders"}),
            "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
        ),
        (
            "sqs.amazonaws.com",
            "SendMessage",
            json!({"queueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"}),
            "arn:aws:sqs:eu-west-1:123456789012:jobs",
        ),
        (
            "sts.amazonaws.com",
            "AssumeRole",
            json!({"roleArn": "arn:aws:iam::210987654321:role/ops/deploy", "roleSessionName": "ci"}),
            "arn:aws:iam::210987654321:role/ops/deploy",
        ),
        (
            "ssm.amazonaws.com",
            "GetParameter",
            json!({"name": "/app/key"}),
            "arn:aws:ssm:eu-west-1:123456789012:parameter/app/key",
        ),
        (
            "lambda.amazonaws.com",
            "UpdateFunctionCode20150331v2",
            json!({"functionName": "worker"}),
            "arn:aws:lambda:eu-west-1:123456789012:function:worker",
        ),
        (
            "iam.amazonaws.com",
            "ListAttachedRolePolicies",
            json!({"roleName": "ops"}),
            "arn:aws:iam::123456789012:role/ops",
        ),
    ];
    for (source, name, parameters, resource) in cases {
        let mut event = denied("app", source, name, 1);
        event["requestParameters"] = parameters;
        let denial = read(&event.to_string());
        assert_eq!(denial.resource.as_deref(), Some(resource), "{name}");
        assert!(denial.guessed.contains(&Field::Resource), "{name}");
    }
}

fn events() -> Vec<Value> {
    let mut all = Vec::new();
    for minute in 0..50 {
        all.push(allowed(minute));
        if minute % 2 == 0 {
            all.push(denied("app", "s3.amazonaws.com", "GetObject", minute));
        }
        if minute % 10 == 0 {
            all.push(denied("ops", "ec2.amazonaws.com", "RunInstances", minute));
        }
    }
    all
}

fn scanned(text: &str) -> Trail {
    scan(Cursor::new(text), &|| true, &mut |_| {}).unwrap()
}

fn ranking(trail: &Trail) -> Vec<(String, String, u64, String, String)> {
    trail
        .groups
        .iter()
        .map(|group| {
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            (
                text(&group.principal),
                text(&group.action),
                group.count,
                text(&group.first),
                text(&group.last),
            )
        })
        .collect()
}

#[test]
fn every_form_of_file_gives_the_same_ranking() {
    let events = events();
    let lines: Vec<String> = events.iter().map(Value::to_string).collect();
    let looked_up: Vec<Value> = lines
        .iter()
        .map(|line| json!({ "EventId": "x", "CloudTrailEvent": line }))
        .collect();
    let logs: Vec<Value> = lines
        .iter()
        .map(|line| json!({ "message": line }))
        .collect();
    let bus: Vec<String> = events
        .iter()
        .map(|event| {
            json!({ "detail-type": "AWS API Call via CloudTrail", "detail": event }).to_string()
        })
        .collect();
    let forms = [
        json!({ "Records": events }).to_string(),
        serde_json::to_string_pretty(&json!({ "Records": events })).unwrap(),
        format!("\u{feff}{}", json!(events)),
        lines.join("\n"),
        lines.join("\n") + "\n",
        lines.join(" "),
        serde_json::to_string_pretty(&json!({ "Events": looked_up })).unwrap(),
        json!({ "events": logs }).to_string(),
        bus.join("\r\n"),
    ];
    let expected = [
        (
            "arn:aws:iam::123456789012:role/team/app".to_owned(),
            "s3:GetObject".to_owned(),
            25,
            "2026-09-01T10:00:00Z".to_owned(),
            "2026-09-01T10:48:00Z".to_owned(),
        ),
        (
            "arn:aws:iam::123456789012:role/team/ops".to_owned(),
            "ec2:RunInstances".to_owned(),
            5,
            "2026-09-01T10:00:00Z".to_owned(),
            "2026-09-01T10:40:00Z".to_owned(),
        ),
    ];
    for (at, form) in forms.iter().enumerate() {
        let trail = scanned(form);
        assert_eq!(ranking(&trail), expected, "form {at}");
        assert_eq!(trail.read.events, 80, "form {at}");
        assert_eq!(trail.read.denials, 30, "form {at}");
        assert_eq!(trail.read.bytes, form.len() as u64, "form {at}");
        assert_eq!(
            (trail.unreadable, &trail.truncated),
            (0, &None),
            "form {at}"
        );
    }
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn folders_and_compressed_files_are_read_as_cloudtrail_delivers_them() {
    let folder = tempfile::tempdir().unwrap();
    let day = folder
        .path()
        .join("AWSLogs/123456789012/CloudTrail/eu-west-1/2026/09/01");
    fs::create_dir_all(&day).unwrap();
    for (number, events) in events().chunks(30).enumerate() {
        let text = json!({ "Records": events }).to_string();
        let file = day.join(format!("123456789012_CloudTrail_{number}.json.gz"));
        fs::write(file, compressed(text.as_bytes())).unwrap();
    }
    fs::write(day.join("empty.json"), "{\"Records\": []}").unwrap();
    fs::write(day.join("broken.json"), "{\"Rec").unwrap();
    fs::write(day.join("other.txt"), "not looked at").unwrap();
    let at = |path: &std::path::Path| scan_path(path, &|| true, &mut |_| {});
    let trail = at(folder.path()).unwrap();
    assert_eq!(
        ranking(&trail),
        ranking(&scanned(&json!(events()).to_string()))
    );
    assert_eq!((trail.read.events, trail.unreadable), (80, 1));
    let one = at(&day.join("123456789012_CloudTrail_0.json.gz")).unwrap();
    assert_eq!(one.read.events, 30);
    let nothing = tempfile::tempdir().unwrap();
    assert!(matches!(at(nothing.path()), Err(ScanError::NoFiles)));
    assert!(matches!(
        at(&nothing.path().join("none")),
        Err(ScanError::Io(_))
    ));
}

#[test]
fn a_file_may_hold_a_message_instead() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("error.log");
    let text = "User: arn:aws:iam::123456789012:user/a is not authorized to perform: iam:ListRoles";
    for text in [text.to_owned(), json!({ "message": text }).to_string()] {
        fs::write(&path, text).unwrap();
        let trail = scan_path(&path, &|| true, &mut |_| {}).unwrap();
        assert_eq!(trail.groups.len(), 1);
        assert_eq!(trail.groups[0].count, 1);
        assert_eq!(trail.groups[0].action.as_deref(), Some("iam:ListRoles"));
    }
    fs::write(&path, "all went well").unwrap();
    assert!(
        scan_path(&path, &|| true, &mut |_| {})
            .unwrap()
            .groups
            .is_empty()
    );
}

#[test]
fn a_small_file_that_unpacks_to_a_large_one_takes_no_memory() {
    for filling in [" ", "\"", "[", "{\"a\":"] {
        let mut text = b"{\"x\": \"".to_vec();
        text.extend(
            filling
                .repeat(40 << 20)
                .into_bytes()
                .into_iter()
                .take(40 << 20),
        );
        let result = scan(Cursor::new(compressed(&text)), &|| true, &mut |_| {});
        assert!(result.is_err(), "{filling}");
    }
}

#[test]
fn bad_lines_are_counted_and_passed_over() {
    let mut lines: Vec<String> = events().iter().map(Value::to_string).collect();
    lines.insert(3, "{\"eventSource\": \"s3".to_owned());
    lines.insert(9, "not JSON".to_owned());
    let trail = scanned(&lines.join("\n"));
    assert_eq!(trail.unreadable, 2);
    assert_eq!(trail.read.denials, 30);
}

#[test]
fn a_file_cut_short_gives_what_it_holds() {
    let whole = json!({ "Records": events() }).to_string();
    let trail = scanned(&whole[..whole.len() * 2 / 3]);
    assert!(trail.truncated.is_some());
    assert!(trail.read.denials > 10 && trail.read.denials < 30);
}

#[test]
fn what_is_no_list_of_events_is_refused() {
    let refused = |bytes: &[u8]| scan(Cursor::new(bytes.to_vec()), &|| true, &mut |_| {});
    assert!(matches!(refused(b"hello\n"), Err(ScanError::NotJson(_))));
    assert!(matches!(refused(b""), Err(ScanError::NotJson(_))));
    // A compressed file that is none.
    assert!(matches!(
        refused(&[0x1f, 0x8b, 8, 0]),
        Err(ScanError::Io(_))
    ));
}

#[test]
fn work_can_be_cancelled_and_says_how_far_it_is() {
    let many: Vec<Value> = std::iter::repeat_n(events(), 40).flatten().collect();
    for text in [
        json!({ "Records": many }).to_string(),
        many.iter().map(|event| format!("{event}\n")).collect(),
    ] {
        let wanted = Cell::new(true);
        let mut seen = Vec::new();
        let result = scan(Cursor::new(&text), &|| wanted.get(), &mut |progress| {
            seen.push(progress);
            wanted.set(progress.events < 1000);
        });
        assert!(matches!(result, Err(ScanError::Cancelled)));
        let last = seen.last().unwrap();
        assert!(last.events >= 1000 && last.events < 2000);
        assert!(last.bytes > 0 && last.bytes <= text.len() as u64);
    }
}

#[test]
fn groups_and_resources_are_bounded() {
    let mut text = String::new();
    for number in 0..10_050 {
        let event = denied(&format!("role{number}"), "s3.amazonaws.com", "GetObject", 1);
        text.push_str(&event.to_string());
        text.push('\n');
    }
    for number in 0..40 {
        let mut event = denied("role0", "s3.amazonaws.com", "GetObject", 2);
        event["requestParameters"]["key"] = json!(format!("key{number}"));
        text.push_str(&event.to_string());
        text.push('\n');
    }
    let trail = scanned(&text);
    assert_eq!(trail.groups.len(), 10_000);
    assert_eq!(trail.ungrouped, 50);
    let first = &trail.groups[0];
    assert_eq!(first.count, 41);
    assert_eq!(first.resources.len(), 20);
    assert_eq!(first.other_resources, 21);
}

#[test]
fn a_paste_of_several_events_gives_each_denial_once() {
    let text = json!({ "Records": [
        denied("app", "s3.amazonaws.com", "GetObject", 1),
        denied("ops", "ec2.amazonaws.com", "RunInstances", 2),
        denied("app", "s3.amazonaws.com", "GetObject", 1),
    ] });
    assert_eq!(read_all(&text.to_string()).len(), 2);
}
