//! `cargo xtask assets`: all of `assets/catalog` from the pinned packages.

use std::path::Path;

use crate::guard::Counts;
use crate::output::Output;
use crate::packages::{Result, Sources};
use crate::{actions, api_calls, policies, resources, risk};

pub fn build(latest: bool) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .ok_or("xtask has no parent folder")?;
    let sources_path = root.join("assets/SOURCES.toml");
    let mut sources = Sources::read(&sources_path)?;
    let folders = sources.fetch(&root.join("target/catalog-packages"), latest)?;
    let date = sources
        .packages
        .iter()
        .find(|package| package.id == "iam-data");
    let date = date
        .ok_or("no package `iam-data` in SOURCES.toml")?
        .date
        .clone();

    // Built aside, so that a refusal leaves what is committed as it was.
    let committed = root.join("assets/catalog");
    let fresh = root.join("target/catalog-fresh");
    let output = Output::new(&fresh, &committed)?;
    let mut counts = Counts::default();
    let names = actions::build(&folders, &date, &output, &mut counts)?;
    policies::build(&folders, &output, &mut counts)?;
    resources::build(&folders, &output, &mut counts)?;
    risk::build(&folders, &names, &output, &mut counts)?;
    api_calls::build(&folders, &names, &output, &mut counts)?;
    println!("{counts:#?}");
    counts.check_against(&sources.counts)?;
    output.install()?;
    sources.counts = counts;
    sources.write(&sources_path)
}
