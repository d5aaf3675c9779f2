//! A CDK assembly (`cdk.out`): its manifest names the stacks, in stages perhaps in folders inside.

use std::path::{Path, PathBuf};

use super::Environment;
use super::error::Fault;
use super::read;
use crate::iam::{Node, SourceId, parse_json};

/// Assemblies inside assemblies: stages of pipelines are two deep.
const MAX_DEPTH: usize = 8;

/// A stack of an assembly.
pub(super) struct Stack {
    pub name: String,
    pub template: PathBuf,
    pub environment: Environment,
}

/// Whether the files of a folder are those of an assembly.
pub(super) fn is_assembly(files: &[PathBuf]) -> bool {
    let manifest = files.iter().find(|file| file.ends_with("manifest.json"));
    manifest.is_some_and(|file| read::file(file).is_ok_and(|text| is_manifest(&text)))
}

/// Whether a text is the manifest of an assembly.
pub(super) fn is_manifest(text: &str) -> bool {
    text.contains("\"artifacts\"") && text.contains("aws:cloudformation:stack")
        || text.contains("cdk:cloud-assembly")
}

/// The stacks of an assembly, and of the assemblies inside.
pub(super) fn stacks(folder: &Path) -> Result<Vec<Stack>, Fault> {
    let mut stacks = Vec::new();
    add_stacks(folder, 0, &mut stacks)?;
    Ok(stacks)
}

fn add_stacks(folder: &Path, depth: usize, stacks: &mut Vec<Stack>) -> Result<(), Fault> {
    let text = read::file(&folder.join("manifest.json"))?;
    let manifest = parse_json(&text, SourceId::default())?;
    let artifacts = manifest.get("artifacts").map(Node::members);
    for artifact in artifacts.unwrap_or_default() {
        let node = &artifact.value;
        let properties = node.get("properties");
        let property = |name: &str| properties?.get(name)?.as_str();
        match node.get("type").and_then(Node::as_str) {
            Some("aws:cloudformation:stack") => {
                let Some(template) = property("templateFile") else {
                    continue;
                };
                let name = node.get("displayName").and_then(Node::as_str);
                let name = name.or_else(|| property("stackName"));
                let environment = node.get("environment").and_then(Node::as_str);
                stacks.push(Stack {
                    name: name.map_or_else(|| artifact.key.to_string(), str::to_owned),
                    template: folder.join(template),
                    environment: environment.map(read_environment).unwrap_or_default(),
                });
            }
            Some("cdk:cloud-assembly") if depth < MAX_DEPTH => {
                if let Some(inside) = property("directoryName") {
                    add_stacks(&folder.join(inside), depth + 1, stacks)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// `aws://ACCOUNT/REGION`, where either may be `unknown-...`.
fn read_environment(text: &str) -> Environment {
    let mut parts = text.strip_prefix("aws://").unwrap_or(text).split('/');
    let mut known = || {
        let part = parts.next().filter(|part| !part.starts_with("unknown-"));
        part.map(str::to_owned)
    };
    Environment {
        account: known(),
        region: known(),
    }
}
