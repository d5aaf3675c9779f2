use serde_json::{Value, json};

use super::*;

fn applied(text: &str, splices: Option<Vec<Splice>>) -> String {
    let mut splices = splices.unwrap();
    splices.sort_by_key(|splice| splice.at.start);
    let mut text = text.to_owned();
    for splice in splices.into_iter().rev() {
        text.replace_range(splice.at, &splice.with);
    }
    text
}

fn at(text: &str, what: &str) -> usize {
    text.find(what).unwrap()
}

#[test]
fn an_entry_goes_behind_the_last_of_a_json_list() {
    let text = "[\n  \"s3:Get*\",\n  \"s3:List*\"\n]";
    let new = json!("s3:PutObject");
    assert_eq!(
        applied(text, json::beside(text, at(text, "\"s3:L"), &new)),
        "[\n  \"s3:Get*\",\n  \"s3:List*\",\n  \"s3:PutObject\"\n]"
    );
    let text = "{\"Action\": [\"a:B\", \"a:C\"]}";
    assert_eq!(
        applied(text, json::beside(text, at(text, "\"a:C"), &new)),
        "{\"Action\": [\"a:B\", \"a:C\", \"s3:PutObject\"]}"
    );
    let text = "[\n    {\n        \"Fn::Sub\": \"x\"\n    }\n]";
    assert_eq!(
        applied(text, json::beside(text, at(text, "{"), &new)),
        "[\n    {\n        \"Fn::Sub\": \"x\"\n    },\n    \"s3:PutObject\"\n]"
    );
}

#[test]
fn a_single_json_value_becomes_a_list() {
    let text = "{\n  \"Resource\": {\n    \"Ref\": \"X\"\n  },\n  \"Sid\": \"a\"\n}";
    assert_eq!(
        applied(
            text,
            json::beside(text, at(text, "{\n    \"Ref"), &json!("arn:b"))
        ),
        "{\n  \"Resource\": [\n    {\n      \"Ref\": \"X\"\n    },\n    \"arn:b\"\n  ],\n  \"Sid\": \"a\"\n}"
    );
}

#[test]
fn a_statement_goes_behind_the_last_and_out_of_the_list() {
    let new = json!({ "Effect": "Allow", "Action": "s3:GetObject" });
    for text in [
        "{\n \"Statement\": [\n  {\n   \"Sid\": \"{x\"\n  }\n ]\n}",
        "{\n  \"Statement\": [{\n    \"Sid\": \"{x\"\n  }]\n}",
        "{\n  \"Statement\": {\n    \"Sid\": \"{x\"\n  }\n}",
        "{\"Statement\":[{\"Sid\":\"{x\"}]}",
    ] {
        let splices = json::beside(
            text,
            text.rfind('{')
                .map(|at| text[..at].rfind('{').unwrap())
                .unwrap(),
            &new,
        );
        let after: Value = serde_json::from_str(&applied(text, splices)).unwrap();
        assert_eq!(after["Statement"], json!([{ "Sid": "{x" }, new]), "{text}");
    }
    let text = "[\n  {\n    \"a\": 1\n  },\n  {\n    \"b\": 2\n  }\n]";
    assert_eq!(
        applied(text, json::without(text, at(text, "{\n    \"b"))),
        "[\n  {\n    \"a\": 1\n  }\n]"
    );
    assert_eq!(
        applied(text, json::without(text, at(text, "{\n    \"a"))),
        "[\n  {\n    \"b\": 2\n  }\n]"
    );
}

#[test]
fn members_of_a_json_statement_are_changed_where_they_stand() {
    let text = "{\n  \"Effect\": \"Deny\",\n  \"Action\": [\n    \"a:B\",\n    \"a:C\"\n  ],\n  \"Resource\": \"*\"\n}";
    let before = json!({ "Effect": "Deny", "Action": ["a:B", "a:C"], "Resource": "*" });
    let mut after = before.clone();
    after["Action"] = json!(["a:C"]);
    assert_eq!(
        applied(text, json::changed(text, 0, &before, &after)),
        text.replace("    \"a:B\",\n", "")
    );
    let after = json!({ "Effect": "Deny", "Action": ["a:B", "a:C"], "NotResource": "arn:x" });
    assert_eq!(
        applied(text, json::changed(text, 0, &before, &after)),
        text.replace("\"Resource\": \"*\"", "\"NotResource\": \"arn:x\"")
    );
    let mut after = before.clone();
    after["Condition"] = json!({ "ArnNotLike": { "aws:PrincipalArn": ["r"] } });
    let changed = applied(text, json::changed(text, 0, &before, &after));
    assert_eq!(serde_json::from_str::<Value>(&changed).unwrap(), after);
    assert!(changed.contains("\"Resource\": \"*\",\n  \"Condition\": {\n    \"ArnNotLike\""));
    // What a template computes is left alone.
    let text = text.replace("\"*\"", "{ \"Ref\": \"X\" }");
    let after = json!({ "Effect": "Deny", "Action": ["a:B", "a:C"], "NotResource": "arn:x" });
    assert!(json::changed(&text, 0, &before, &after).is_none());
}

#[test]
fn an_entry_goes_behind_the_last_of_a_yaml_list_in_its_style() {
    let text = "Action:\n  - s3:Get*\n  - 's3:List*'  # all\nResource: '*'\n";
    assert_eq!(
        applied(
            text,
            yaml::with_entry(text, at(text, "'s3:L"), "s3:PutObject")
        ),
        "Action:\n  - s3:Get*\n  - 's3:List*'  # all\n  - 's3:PutObject'\nResource: '*'\n"
    );
    let text = "Resource:\n- !GetAtt X.Arn\nSid: x";
    assert_eq!(
        applied(
            text,
            yaml::with_entry(text, at(text, "X.Arn"), "arn:aws:s3:::b/*")
        ),
        "Resource:\n- !GetAtt X.Arn\n- arn:aws:s3:::b/*\nSid: x"
    );
    let text = "  - Fn::Sub:\n      - a\n      - b: c\n  # of the next\nSid: x\n";
    assert_eq!(
        applied(text, yaml::with_entry(text, 4, "*")),
        "  - Fn::Sub:\n      - a\n      - b: c\n  - \"*\"\n  # of the next\nSid: x\n"
    );
    let text = "Action: [a:B, a:C]\n";
    assert_eq!(
        applied(text, yaml::with_entry(text, at(text, "a:C"), "a:D")),
        "Action: [a:B, a:C, a:D]\n"
    );
}

#[test]
fn a_single_yaml_value_becomes_a_list() {
    let text = "- Effect: Allow\n  Resource: !Sub \"arn:${A}:x\"\n  Sid: x\n";
    for place in ["!Sub", "\"arn"] {
        assert_eq!(
            applied(text, yaml::with_entry(text, at(text, place), "arn:b")),
            "- Effect: Allow\n  Resource:\n    - !Sub \"arn:${A}:x\"\n    - \"arn:b\"\n  Sid: x\n"
        );
    }
    let text = "- Action: a:B\n  Sid: x\n";
    assert_eq!(
        applied(text, yaml::with_entry(text, at(text, "a:B"), "a:C")),
        "- Action:\n    - a:B\n    - a:C\n  Sid: x\n"
    );
    // A value that goes on, or is none that could stand in a list as it is.
    for text in ["Action: a\n  b\n", "Action: |\n  a\n", "Action: *x\n"] {
        assert!(
            yaml::with_entry(text, at(text, ":") + 2, "x").is_none(),
            "{text}"
        );
    }
}

fn item(text: &str) -> yaml::Item<'_> {
    yaml::Item::at(text, at(text, "Effect")).unwrap()
}

#[test]
fn yaml_statements_are_added_taken_out_and_changed() {
    let text = "Statement:\n  - Effect: Deny\n    Action:\n      - a:B\n      - a:C\n    Resource: \"*\"\n\nOther: x\n";
    let new = json!({ "Effect": "Allow", "Action": ["a:B", "a:C"], "Resource": "*" });
    assert_eq!(
        applied(text, item(text).followed_by(&new)),
        "Statement:\n  - Effect: Deny\n    Action:\n      - a:B\n      - a:C\n    Resource: \"*\"\n  - Effect: Allow\n    Action:\n      - a:B\n      - a:C\n    Resource: \"*\"\n\nOther: x\n"
    );
    assert_eq!(
        applied(text, Some(vec![item(text).taken_out()])),
        "Statement:\n\nOther: x\n"
    );
    let before = json!({ "Effect": "Deny", "Action": ["a:B", "a:C"], "Resource": "*" });
    let mut after = before.clone();
    after["Action"] = json!(["a:C"]);
    assert_eq!(
        applied(text, item(text).changed(&before, &after)),
        text.replace("      - a:B\n", "")
    );
    let mut after = json!({ "Effect": "Deny", "Action": ["a:B", "a:C"], "NotResource": "arn:x" });
    after["Condition"] = json!({ "ArnNotLike": { "aws:PrincipalArn": ["arn:r"] } });
    assert_eq!(
        applied(text, item(text).changed(&before, &after)),
        text.replace("Resource: \"*\"\n", "NotResource: arn:x\n    Condition:\n      ArnNotLike:\n        aws:PrincipalArn:\n          - arn:r\n")
    );
    let computed = text.replace("\"*\"", "!Ref X");
    assert!(item(&computed).changed(&before, &after).is_none());
}

#[test]
fn statements_in_flow_style_are_left_alone() {
    let text = "Statement:\n  - {Effect: Allow}\n";
    assert!(yaml::Item::at(text, at(text, "Effect")).is_none());
    assert!(yaml::Item::at(text, at(text, "- ")).is_none());
}
