//! Templates of nested stacks, where their files are there.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::cloudformation::{Resource, Template};
use super::detect::{self, Content};
use super::open::{Opening, real_path};
use super::read;
use crate::iam::{Node, Place, Problem, Text};

/// Stacks inside stacks.
const MAX_DEPTH: usize = 8;
/// Nested stacks of one template, those inside included.
const MAX_STACKS: usize = 200;

/// Reads the templates of the nested stacks of a template that is at a path.
pub(super) fn attach(opening: &mut Opening<'_>, template: &mut Template, path: &Path) {
    let mut above = vec![real_path(path)];
    let mut left = MAX_STACKS;
    attach_inside(opening, template, path, &mut above, &mut left);
}

fn attach_inside(
    opening: &mut Opening<'_>,
    template: &mut Template,
    path: &Path,
    above: &mut Vec<PathBuf>,
    left: &mut usize,
) {
    for resource in template.resources.clone() {
        let Some(found) = template_of(&resource, path) else {
            continue;
        };
        let real = real_path(&found);
        if above.contains(&real) {
            let message = format!("nested stack `{}` contains itself", resource.id);
            template
                .problems
                .push(Problem::error(resource.place, message));
            continue;
        }
        if above.len() >= MAX_DEPTH || *left == 0 {
            let message = format!(
                "nested stack `{}` is not read: there are too many",
                resource.id
            );
            template
                .problems
                .push(Problem::warning(resource.place, message));
            continue;
        }
        *left -= 1;
        match read_nested(opening, &found) {
            Ok(mut inside) => {
                opening.consumed.insert(real.clone());
                above.push(real);
                attach_inside(opening, &mut inside, &found, above, left);
                above.pop();
                template
                    .nested
                    .insert(resource.id.clone(), Arc::new(inside));
            }
            Err(problem) => template.problems.push(problem),
        }
    }
}

/// Each stack has a source of its own, even where two share a template: their names differ.
fn read_nested(opening: &mut Opening<'_>, path: &Path) -> Result<Template, Problem> {
    let id = opening.add_source(&path.display().to_string());
    let fail = |fault: super::error::Fault| {
        let place = Place {
            source: id,
            ..fault.place
        };
        Problem::error(place, fault.message)
    };
    let text = read::file(path).map_err(fail)?;
    opening.progress.read(text.len());
    let found = detect::read(text, id, opening.progress).map_err(fail)?;
    opening.set_kind(id, found.kind);
    match found.content {
        Content::Template(template) => Ok(*template),
        _ => Err(Problem::error(
            Place::whole(id),
            "is not the template of a stack",
        )),
    }
}

/// The file that a resource is a stack of, where it can be found beside the template.
fn template_of(resource: &Resource, path: &Path) -> Option<PathBuf> {
    let property = match resource.kind.as_str() {
        "AWS::CloudFormation::Stack" => "TemplateURL",
        "AWS::Serverless::Application" => "Location",
        _ => return None,
    };
    let folder = path.parent()?;
    let metadata = resource.metadata.as_ref();
    if let Some(asset) = metadata.and_then(|metadata| metadata.get("aws:asset:path")) {
        let file = folder.join(asset.as_str()?);
        return file.is_file().then_some(file);
    }
    let url = written(resource.properties.get(property)?)?;
    // The address of a bucket says nothing about this folder, but its end often does.
    let url = url.split('?').next().unwrap_or(&url).to_owned();
    let segments: Vec<&str> = url
        .split('/')
        .filter(|segment| !segment.is_empty() && !segment.contains(['$', ':']))
        .collect();
    let starts = 0..segments.len();
    let ends = starts.map(|start| segments[start..].join("/"));
    for end in ends {
        for base in [Some(folder), folder.parent()].into_iter().flatten() {
            let file = base.join(&end);
            if file.is_file() {
                return Some(file);
            }
        }
    }
    None
}

/// The characters of an address, references in it left as they are written.
fn written(node: &Node) -> Option<String> {
    if let Some(text) = node.as_str() {
        return Some(text.to_owned());
    }
    let [member] = node.members() else {
        return None;
    };
    match (member.key.as_plain()?, member.value.items()) {
        ("Fn::Sub", []) => member.value.as_str().map(str::to_owned),
        ("Fn::Sub", [template, ..]) => template.as_str().map(str::to_owned),
        ("Fn::Join", [delimiter, list]) => {
            let between = delimiter.as_str()?;
            let parts = list.items().iter();
            let parts = parts.map(|part| part.text().map_or("$".to_owned(), Text::to_string));
            Some(parts.collect::<Vec<_>>().join(between))
        }
        _ => None,
    }
}
