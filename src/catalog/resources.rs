//! ARN forms of CloudFormation resource types, SAM policy templates, and the services that
//! resource control policies act on.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value;

use super::asset;

/// The ARN form that `Ref` or an attribute of a CloudFormation resource type gives:
/// `arn:${Partition}:s3:::${BucketName}` for `AWS::S3::Bucket` and `Arn`. `None` where the data
/// has none, which for `Ref` mostly means that it gives a name.
pub fn cfn_arn_form(resource_type: &str, attribute: &str) -> Option<&'static str> {
    static TEXT: OnceLock<String> = OnceLock::new();
    static FORMS: OnceLock<HashMap<(&str, &str), &str>> = OnceLock::new();
    let forms = FORMS.get_or_init(|| {
        let compressed = include_bytes!("../../assets/catalog/cloudformation_arns.zst");
        let lines = TEXT.get_or_init(|| asset::text(compressed)).lines();
        let rows = lines.filter_map(|line| {
            let mut fields = line.split('\t');
            Some(((fields.next()?, fields.next()?), fields.next()?))
        });
        rows.collect()
    });
    forms.get(&(resource_type, attribute)).copied()
}

/// A policy template of SAM: a document with parameters.
#[derive(Debug, Deserialize)]
pub struct SamPolicyTemplate {
    /// What it is for.
    pub description: String,
    /// Its parameters and what they mean.
    #[serde(deserialize_with = "descriptions")]
    pub parameters: BTreeMap<String, String>,
    /// The document, with `Fn::Sub` and `Ref` to the parameters.
    pub definition: Value,
}

/// Parameters come as `{"BucketName": {"Description": "..."}}`.
fn descriptions<'de, D: serde::Deserializer<'de>>(
    from: D,
) -> Result<BTreeMap<String, String>, D::Error> {
    #[derive(Deserialize)]
    struct Parameter {
        #[serde(rename = "Description")]
        description: String,
    }
    let parameters: BTreeMap<String, Parameter> = BTreeMap::deserialize(from)?;
    Ok(parameters
        .into_iter()
        .map(|(name, parameter)| (name, parameter.description))
        .collect())
}

/// Every SAM policy template, by name.
pub fn sam_policy_templates() -> &'static BTreeMap<String, SamPolicyTemplate> {
    static TEMPLATES: OnceLock<BTreeMap<String, SamPolicyTemplate>> = OnceLock::new();
    TEMPLATES.get_or_init(|| {
        let text = asset::text(include_bytes!(
            "../../assets/catalog/sam_policy_templates.zst"
        ));
        serde_json::from_str(&text).unwrap_or_default()
    })
}

/// A SAM policy template by name: `S3ReadPolicy`.
pub fn sam_policy_template(name: &str) -> Option<&'static SamPolicyTemplate> {
    sam_policy_templates().get(name)
}

/// SAM's connectors: under `Permissions` what each pair of resource types needs, under
/// `CfnResourceProperties` how to refer to a resource of a type.
pub fn sam_connectors() -> &'static Value {
    static CONNECTORS: OnceLock<Value> = OnceLock::new();
    CONNECTORS.get_or_init(|| {
        let text = asset::text(include_bytes!("../../assets/catalog/sam_connectors.zst"));
        serde_json::from_str(&text).unwrap_or_default()
    })
}

/// The prefixes of the services whose resources resource control policies reach, as of
/// [`super::data_date`]; the list grows several times a year.
pub fn rcp_services() -> impl Iterator<Item = &'static str> {
    include_str!("../../assets/catalog/rcp_services.txt").lines()
}

/// Whether resources of a service can have policies of their own that grant access by themselves, unlike
/// those of KMS keys and roles, which access always needs.
pub fn has_resource_policies(service: &str) -> bool {
    include_str!("../../assets/resource_policy_services.txt")
        .lines()
        .any(|prefix| prefix.eq_ignore_ascii_case(service))
}
