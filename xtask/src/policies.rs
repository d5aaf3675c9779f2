//! AWS managed policies: an index, and their documents in blocks of about 64 KiB so that
//! reading one costs a fraction of a millisecond.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::guard::Counts;
use crate::output::{Frames, Output, print_changes};
use crate::packages::{Folders, Result};

const BLOCK: usize = 64 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawPolicy {
    default_version_id: String,
    document: Value,
    path: String,
    update_date: String,
}

pub fn build(folders: &Folders, output: &Output, counts: &mut Counts) -> Result<()> {
    let module = folders.json("moto", "moto/iam/aws_managed_policies.json")?;
    let text = module["aws_managed_policies_data"]
        .as_str()
        .ok_or("moto: no aws_managed_policies_data")?;
    let policies: BTreeMap<String, RawPolicy> = serde_json::from_str(text)?;
    counts.managed_policies = policies.len();

    // Lines: path and name, version, date, block's offset and length, place in the block.
    let mut index = String::new();
    let mut frames = Frames::default();
    let mut block = String::new();
    let mut waiting = Vec::new();
    let mut close = |block: &mut String, waiting: &mut Vec<(String, usize, usize)>| -> Result<()> {
        let (offset, length) = frames.push(block)?;
        for (line, start, size) in waiting.drain(..) {
            index.push_str(&format!("{line}\t{offset}\t{length}\t{start}\t{size}\n"));
        }
        block.clear();
        Ok(())
    };
    for (name, policy) in &policies {
        let document = serde_json::to_string(&policy.document)?;
        let date = policy.update_date.get(..10).ok_or("short update date")?;
        if !block.is_empty() && block.len() + document.len() > BLOCK {
            close(&mut block, &mut waiting)?;
        }
        let line = format!(
            "{}{name}\t{}\t{date}",
            policy.path, policy.default_version_id
        );
        waiting.push((line, block.len(), document.len()));
        block.push_str(&document);
    }
    close(&mut block, &mut waiting)?;

    let list = |text: &str| {
        text.lines()
            .filter_map(|line| line.split('\t').next().map(str::to_owned))
            .collect()
    };
    print_changes(
        "managed policy",
        &list(&output.previous("managed_policies.zst")?),
        &list(&index),
    );
    output.compressed("managed_policies.zst", &index)?;
    output.frames("managed_policies.bin", &frames)
}
