//! Every property that carries a policy, from the list that the loader itself reads: a template that has
//! it must give a statement.

use serde_json::{Value, json};

use crate::{problems, read};

const ROWS: &str = include_str!("../../assets/cfn_policy_properties.tsv");

/// Kinds of rows whose property holds no document.
const NO_DOCUMENT: [&str; 6] = [
    "attachment",
    "boundary",
    "carrier",
    "connector",
    "membership",
    "principal",
];

/// A resource that has one document at the end of a path, beside what such types need.
fn resource(kind: &str, path: &str, document: Value) -> Value {
    let mut value = document;
    for step in path.split('/').rev() {
        value = match step {
            "*" => json!([value]),
            step => json!({step: value}),
        };
    }
    let mut properties = json!({
        "RoleName": "somebody", "UserName": "somebody", "GroupName": "somebody",
        "Principal": "s3.amazonaws.com", "FunctionName": "f", "LayerVersionArn": "arn:aws:lambda:us-east-1:123456789012:layer:l:1",
    });
    match kind {
        "AWS::IAM::Policy" => properties["Roles"] = json!(["somebody"]),
        "AWS::Organizations::Policy" => properties["Type"] = json!("SERVICE_CONTROL_POLICY"),
        _ => {}
    }
    for (name, value) in value.as_object().unwrap() {
        properties[name] = value.clone();
    }
    json!({"Type": kind, "Properties": properties})
}

#[test]
fn every_property_of_the_list_gives_its_statement() {
    let mut looked_at = 0;
    for (number, row) in ROWS.lines().enumerate().skip(1) {
        let fields: Vec<&str> = row.split('\t').collect();
        let (kind, path, what, form) = (fields[0], fields[1], fields[2], fields[3]);
        if NO_DOCUMENT.contains(&what) || what == "nested" {
            continue;
        }
        let sid = format!("Row{number}");
        let mut statement =
            json!({"Sid": sid, "Effect": "Deny", "Action": "s3:*", "Resource": "*"});
        if !["identity", "org", "session"].contains(&what) {
            statement["Principal"] = json!("*");
        }
        let document = match (kind, path, what) {
            (_, "Action", "resource-statement") => json!("lambda:InvokeFunction"),
            (_, "Statement", "resource-statement") => statement,
            (_, "Auth/ResourcePolicy", _) => json!({"CustomStatements": [statement]}),
            _ => json!({"Version": "2012-10-17", "Statement": [statement]}),
        };
        let texts = match form {
            // Not a document by themselves.
            _ if path == "Auth/ResourcePolicy" || document.is_string() => vec![document],
            "string" => vec![json!(document.to_string())],
            _ if form.contains("string") && what == "resource" => {
                vec![document.clone(), json!(document.to_string())]
            }
            _ => vec![document],
        };
        for document in texts {
            let template = json!({"Resources": {"It": resource(kind, path, document)}});
            let inventory = read(&template.to_string());
            let account = &inventory.accounts[0];
            let statements = account
                .documents()
                .flat_map(|document| &document.statements);
            let found = statements
                .filter(
                    |statement| match what == "resource-statement" && path == "Action" {
                        true => {
                            statement.action.as_ref().unwrap().entries[0].text
                                == *"lambda:InvokeFunction"
                        }
                        false => statement.sid.as_ref().is_some_and(|own| *own == *sid),
                    },
                )
                .count();
            assert_eq!(found, 1, "{row}\n{template:#}\n{:#?}", problems(&inventory));
            looked_at += 1;
        }
    }
    assert!(looked_at > 120, "{looked_at}");
}
