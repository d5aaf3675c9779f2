//! What CloudFormation and SAM need: ARN forms by resource type, policy templates; and the
//! services that resource control policies act on.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::guard::Counts;
use crate::output::Output;
use crate::packages::{Folders, Result};

/// AWS::Logs::LogGroup, "Return values": the ARN ends in `:*`, which the package leaves out.
const ENDS_IN_STAR: [&str; 1] = ["AWS::Logs::LogGroup.Arn"];

pub fn build(folders: &Folders, output: &Output, counts: &mut Counts) -> Result<()> {
    let rcp = folders.json("iam-data", "package/data/rcpSupportedServices.json")?;
    let rcp: Vec<String> = serde_json::from_value(rcp)?;
    counts.rcp_services = rcp.len();
    output.plain(
        "rcp_services.txt",
        &rcp.iter()
            .map(|service| format!("{service}\n"))
            .collect::<String>(),
    )?;

    let map = folders.json(
        "cfn-policy-validator",
        "cfn_policy_validator/parsers/utils/cfn_to_arn_map.json",
    )?;
    let lines = arn_lines(&map);
    counts.cloudformation_arns = lines.len();
    output.compressed(
        "cloudformation_arns.zst",
        &lines.into_iter().collect::<String>(),
    )?;

    let sam = folders.json(
        "aws-sam-translator",
        "samtranslator/policy_templates_data/policy_templates.json",
    )?;
    let templates = sam["Templates"]
        .as_object()
        .ok_or("aws-sam-translator: no Templates")?;
    let mut kept = BTreeMap::new();
    for (name, template) in templates {
        kept.insert(
            name,
            json!({
                "description": template["Description"],
                "parameters": template["Parameters"],
                "definition": template["Definition"],
            }),
        );
    }
    counts.sam_policy_templates = kept.len();
    output.compressed("sam_policy_templates.zst", &serde_json::to_string(&kept)?)?;

    let connectors = folders.json(
        "aws-sam-translator",
        "samtranslator/model/connector_profiles/profiles.json",
    )?;
    output.compressed("sam_connectors.zst", &serde_json::to_string(&connectors)?)
}

/// Sorted lines: resource type, `Ref` or the attribute, ARN form.
fn arn_lines(map: &Value) -> Vec<String> {
    let none = Map::new();
    let object = |value: &Value| value.as_object().unwrap_or(&none).clone();
    let mut lines = Vec::new();
    for (service, resources) in object(map) {
        for (resource, attributes) in object(&resources) {
            for (attribute, form) in object(&attributes) {
                if let Some(arn) = form["Value"].as_str() {
                    let name = format!("AWS::{service}::{resource}.{attribute}");
                    let ending = if ENDS_IN_STAR.contains(&name.as_str()) {
                        ":*"
                    } else {
                        ""
                    };
                    lines.push(format!(
                        "AWS::{service}::{resource}\t{attribute}\t{arn}{ending}\n"
                    ));
                }
            }
        }
    }
    lines.sort();
    lines
}
