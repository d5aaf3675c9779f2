//! `--purposes FILE`: why each permission is there.

use std::fs;
use std::path::Path;

use crate::analyze::Purposes;
use crate::iam::SourceId;

use super::Failure;

/// Reads a table of purposes; a sentence for each line of it that cannot be read and is left out.
pub(super) fn read(path: &Path) -> Result<(Purposes, Vec<String>), Failure> {
    let shown = path.display();
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::input(format!("cannot read `{shown}`: {error}")))?;
    let (purposes, problems) = Purposes::parse(&text, SourceId::default());
    let complaints = problems.iter().map(|problem| {
        let (line, severity) = (problem.place.line, problem.severity.name());
        format!("{severity}: {shown}:{line}: {}", problem.message)
    });
    Ok((purposes, complaints.collect()))
}
