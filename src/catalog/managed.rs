//! AWS managed policies, as AWS publishes them.

use std::sync::OnceLock;

use super::asset;

/// One AWS managed policy.
#[derive(Debug)]
pub struct AwsManagedPolicy {
    path_and_name: &'static str,
    version: &'static str,
    updated: &'static str,
    /// The block that holds its document, and its place in it.
    block: &'static Block,
    start: usize,
    size: usize,
}

impl AwsManagedPolicy {
    /// Its ARN in the `aws` partition.
    pub fn arn(&self) -> String {
        format!("arn:aws:iam::aws:policy{}", self.path_and_name)
    }

    /// Its name: `ReadOnlyAccess`.
    pub fn name(&self) -> &'static str {
        self.path_and_name.rsplit('/').next().unwrap_or_default()
    }

    /// Its path: `/`, `/job-function/`.
    pub fn path(&self) -> &'static str {
        let end = self.path_and_name.len() - self.name().len();
        &self.path_and_name[..end]
    }

    /// The version in force when the data was taken: `v34`.
    pub fn version(&self) -> &'static str {
        self.version
    }

    /// The day of that version.
    pub fn updated(&self) -> &'static str {
        self.updated
    }

    /// Its document as compact JSON. Decodes about 64 KiB when it is the first of its block.
    pub fn document(&self) -> &'static str {
        let text = self.block.text.get_or_init(|| {
            let asset = include_bytes!("../../assets/catalog/managed_policies.bin");
            asset::frame(asset, self.block.offset, self.block.length)
        });
        text.get(self.start..self.start + self.size)
            .unwrap_or_default()
    }
}

#[derive(Debug)]
struct Block {
    offset: usize,
    length: usize,
    text: OnceLock<String>,
}

/// Every AWS managed policy, sorted by name.
pub fn managed_policies() -> &'static [AwsManagedPolicy] {
    static TEXT: OnceLock<String> = OnceLock::new();
    static BLOCKS: OnceLock<Vec<Block>> = OnceLock::new();
    static POLICIES: OnceLock<Vec<AwsManagedPolicy>> = OnceLock::new();
    POLICIES.get_or_init(|| {
        let compressed = include_bytes!("../../assets/catalog/managed_policies.zst");
        let text = TEXT.get_or_init(|| asset::text(compressed));
        let blocks = BLOCKS.get_or_init(|| {
            let mut blocks: Vec<Block> = Vec::new();
            for row in text.lines().filter_map(Row::parse) {
                if blocks.last().is_none_or(|last| last.offset != row.offset) {
                    blocks.push(Block {
                        offset: row.offset,
                        length: row.length,
                        text: OnceLock::new(),
                    });
                }
            }
            blocks
        });
        let rows = text.lines().filter_map(Row::parse);
        let policies = rows.filter_map(|row| {
            let block = blocks.binary_search_by_key(&row.offset, |block| block.offset);
            Some(AwsManagedPolicy {
                path_and_name: row.path_and_name,
                version: row.version,
                updated: row.updated,
                block: &blocks[block.ok()?],
                start: row.start,
                size: row.size,
            })
        });
        policies.collect()
    })
}

/// An AWS managed policy by its ARN, whatever the partition. China and GovCloud have texts of
/// their own for some; the text here is that of the `aws` partition.
pub fn managed_policy(arn: &str) -> Option<&'static AwsManagedPolicy> {
    let (before, path_and_name) = arn.split_once(":iam::aws:policy")?;
    if !before.starts_with("arn:") {
        return None;
    }
    let name = path_and_name.rsplit('/').next()?;
    let policies = managed_policies();
    let found = policies
        .binary_search_by(|policy| policy.name().cmp(name))
        .ok()?;
    policies
        .get(found)
        .filter(|policy| policy.path_and_name == path_and_name)
}

/// One line of the list: path and name, version, day, the block's offset and length, the
/// document's place in the block.
struct Row {
    path_and_name: &'static str,
    version: &'static str,
    updated: &'static str,
    offset: usize,
    length: usize,
    start: usize,
    size: usize,
}

impl Row {
    fn parse(line: &'static str) -> Option<Self> {
        let mut fields = line.split('\t');
        let mut field = || fields.next();
        let (path_and_name, version, updated) = (field()?, field()?, field()?);
        let mut number = || field()?.parse().ok();
        Some(Row {
            path_and_name,
            version,
            updated,
            offset: number()?,
            length: number()?,
            start: number()?,
            size: number()?,
        })
    }
}
