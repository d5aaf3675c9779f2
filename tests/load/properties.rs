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

const TERRAFORM_ROWS: &str = include_str!("../../assets/tf_policy_attributes.tsv");

/// Attributes that hold no document, and data, whose policies others hold.
const NO_TERRAFORM_DOCUMENT: [&str; 6] = [
    "attachment",
    "boundary",
    "membership",
    "carrier",
    "principal",
    "document",
];

/// What resources need beside their policy, all of it at once.
fn terraform_values(name: &str, about: &str) -> Value {
    let mut values = json!({
        "name": name, "role": "somebody", "user": "somebody", "group": "somebody",
        "principal": "s3.amazonaws.com",
    });
    if !about.is_empty() {
        values[about] = json!("something");
    }
    values
}

#[test]
fn every_attribute_of_the_list_gives_its_statement_in_all_of_terraform() {
    let (mut configuration, mut planned, mut stored) = (String::new(), Vec::new(), Vec::new());
    let mut wanted = Vec::new();
    for (number, row) in TERRAFORM_ROWS.lines().enumerate().skip(1) {
        let fields: Vec<&str> = row.split('\t').collect();
        let (kind, attribute, what, about) = (fields[0], fields[1], fields[2], fields[3]);
        if NO_TERRAFORM_DOCUMENT.contains(&what) || kind.contains("ssoadmin") {
            continue;
        }
        let name = format!("row{number}");
        let mut statement =
            json!({"Sid": name, "Effect": "Deny", "Action": "s3:*", "Resource": "*"});
        if !["identity", "org", "session"].contains(&what) {
            statement["Principal"] = json!("*");
        }
        let text = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        let text = match what {
            "resource-statement" => "lambda:InvokeFunction".to_owned(),
            _ => text,
        };
        let mut values = terraform_values(&name, about);
        match attribute {
            "inline_policy[].policy" => {
                values["inline_policy"] = json!([{"name": "inline", "policy": text}]);
            }
            "details.policy" => values["details"] = json!([{"name": "d", "policy": text}]),
            attribute => values[attribute] = json!(text),
        }
        let written: String = values
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| match value.as_array() {
                Some(blocks) => {
                    let policy = blocks[0]["policy"].as_str().unwrap();
                    format!("  {name} {{\n    name = \"inline\"\n    policy = {policy:?}\n  }}\n")
                }
                None => format!("  {name} = {:?}\n", value.as_str().unwrap()),
            })
            .collect();
        configuration += &format!("resource \"{kind}\" \"{name}\" {{\n{written}}}\n");
        let address = format!("{kind}.{name}");
        planned.push(json!({"address": address, "mode": "managed", "type": kind, "name": name, "values": values}));
        stored.push(json!({"mode": "managed", "type": kind, "name": name, "instances": [{"attributes": values}]}));
        wanted.push((address, what == "resource-statement", name));
    }
    assert!(wanted.len() > 70, "{}", wanted.len());
    let plan = json!({"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {"resources": planned}}});
    let state =
        json!({"version": 4, "terraform_version": "1.9.0", "lineage": "x", "resources": stored});
    for text in [configuration, plan.to_string(), state.to_string()] {
        let inventory = read(&text);
        let account = &inventory.accounts[0];
        let documents: Vec<_> = account.documents().collect();
        for (address, is_permission, sid) in &wanted {
            let found = if *is_permission {
                let mut policies = account.resource_policies.iter();
                policies.any(|one| {
                    one.logical_id.as_ref() == Some(address) && one.document.statements.len() == 1
                })
            } else {
                let mut statements = documents.iter().flat_map(|one| &one.statements);
                statements.any(|one| one.reference() == *sid)
            };
            assert!(
                found,
                "{address} in {}: {:?}",
                &text[..40],
                problems(&inventory)
            );
        }
    }
}
