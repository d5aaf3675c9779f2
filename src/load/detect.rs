//! What a text holds is told by its content, never by its name.

use super::cloudformation::Template;
use super::details;
use super::error::Fault;
use super::positions::SourceText;
use super::progress::Progress;
use super::snapshot;
use super::terraform::configuration::open as configuration;
use super::terraform::{self, Terraform};
use super::values::{self, Cursor};
use super::yaml::parse_yaml;
use crate::iam::{
    Account, Inventory, Member, Node, Place, Problem, SourceId, SourceKind, Value, parse_json,
    parse_json_at,
};
use std::sync::Arc;

/// The largest text that is read as one tree. Templates have at most 1 MB, plans of Terraform more.
const MAX_TREE: usize = 48 << 20;
/// The largest YAML text: its reader is slower, and only templates are written in it.
const MAX_YAML: usize = 4 << 20;

const NOTHING: &str = "holds none of what iamscope reads: a CloudFormation, SAM or CDK template, \
    Terraform, account details, a policy document, the output of one `aws iam get-...` call";

/// What was found.
pub(super) struct Found {
    pub kind: SourceKind,
    pub content: Content,
    pub problems: Vec<Problem>,
}

pub(super) enum Content {
    Template(Box<Template>),
    /// A plan, a state or a configuration of Terraform.
    Terraform(Box<Terraform>),
    /// One, or several of an organisation.
    Accounts(Vec<Account>),
    /// What a snapshot holds; its sources are numbered from behind the snapshot itself.
    Snapshot(Box<Inventory>),
    /// A document, or the output of one call: such belong together.
    Loose(Node),
}

/// Whether a file of a folder may hold something, by words that it must have. Cheap: most files of a
/// folder hold nothing.
pub(super) fn is_candidate(text: &str) -> bool {
    let has_any = |words: &[&str]| words.iter().any(|word| text.contains(word));
    match text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .chars()
        .next()
    {
        Some('{' | '[') => has_any(&[
            "\"Resources\"",
            "\"Statement\"",
            "PolicyDocument\"",
            "DetailList\"",
            "\"planned_values\"",
            "\"terraform_version\"",
            crate::iam::SNAPSHOT_KIND,
        ]),
        Some(_) => text.lines().any(|line| {
            let starts = |word: &str| line.starts_with(word);
            starts("Resources:")
                || starts("AWSTemplateFormatVersion")
                || starts("Statement:")
                || starts("\"Resources\":")
        }),
        None => false,
    }
}

/// Reads a text.
pub(super) fn read(text: String, source: SourceId, progress: &Progress) -> Result<Found, Fault> {
    let start = Place::new(source, 1, 1);
    if snapshot::is_snapshot(&text) {
        let first = SourceId(source.0.saturating_add(1));
        let inventory = snapshot::read(&text, first)
            .map_err(|error| Fault::new(Place::whole(source), error.to_string()))?;
        return Ok(Found {
            kind: SourceKind::Snapshot,
            content: Content::Snapshot(Box::new(inventory)),
            problems: Vec::new(),
        });
    }
    match text.trim_start().chars().next() {
        None => Err(Fault::new(start, "the file is empty")),
        Some('{' | '[') => json(text, source, progress),
        Some(_) if configuration::looks_like_hcl(&text) => configuration_found(&text, source),
        Some(_) => yaml(text, source, Vec::new()),
    }
}

/// One file of a configuration, by itself.
fn configuration_found(text: &str, source: SourceId) -> Result<Found, Fault> {
    let read = configuration::read_text(text, source)?;
    Ok(Found {
        kind: SourceKind::Terraform,
        content: Content::Terraform(Box::new(Terraform::Configuration(read))),
        problems: Vec::new(),
    })
}

fn json(text: String, source: SourceId, progress: &Progress) -> Result<Found, Fault> {
    if details::is_dump(&text) {
        let accounts = details::read(&text, source, progress)?;
        return Ok(Found {
            kind: SourceKind::AccountDetails,
            problems: Vec::new(),
            content: Content::Accounts(accounts),
        });
    }
    let parts = values::values(&text);
    if parts.len() > 1 {
        let mut cursor = Cursor::new(&text, source);
        let mut items = Vec::new();
        for part in parts {
            let place = cursor.place(part.start);
            let item = parse_json_at(text.get(part).unwrap_or_default(), place)?;
            if !is_item(&item) {
                let message = match items.len() {
                    0 => return single(text, source),
                    _ => "expected an object with `key` and `value`, as before",
                };
                return Err(Fault::new(place, message));
            }
            items.push(item);
        }
        return Ok(items_found(&items, source, text));
    }
    single(text, source)
}

fn single(text: String, source: SourceId) -> Result<Found, Fault> {
    if text.len() > MAX_TREE {
        let message = format!("larger than {} MB", MAX_TREE >> 20);
        return Err(Fault::new(Place::whole(source), message));
    }
    let root = match parse_json(&text, source) {
        Ok(root) => root,
        // CloudFormation reads JSON templates as leniently as YAML.
        Err(error) if values::names(&text).any(|name| name == "Resources") => {
            let hint = Problem::warning(error.place, format!("not strict JSON: {error}"));
            return yaml(text, source, vec![hint]).map_err(|_| error.into());
        }
        Err(error) => return Err(error.into()),
    };
    tree(root, source, text, Vec::new())
}

fn yaml(text: String, source: SourceId, mut problems: Vec<Problem>) -> Result<Found, Fault> {
    if text.len() > MAX_YAML {
        let message = format!("larger than {} MB", MAX_YAML >> 20);
        return Err(Fault::new(Place::whole(source), message));
    }
    let yaml = parse_yaml(&text, source)?;
    problems.extend(yaml.problems);
    tree(yaml.root, source, text, problems)
}

fn tree(
    root: Node,
    source: SourceId,
    text: String,
    problems: Vec<Problem>,
) -> Result<Found, Fault> {
    let has = |name: &str| root.get(name).is_some();
    if let Value::List(items) = &root.value
        && !items.is_empty()
        && items.iter().all(is_item)
    {
        return Ok(items_found(items, source, text));
    }
    if is_item(&root) {
        return Ok(items_found(std::slice::from_ref(&root), source, text));
    }
    let is_template = has("AWSTemplateFormatVersion")
        || root.get("Resources").is_some_and(|resources| {
            let members = resources.members();
            let is_resource = |member: &Member| {
                let key = member.key.as_plain().unwrap_or_default();
                member.value.get("Type").is_some() || key.starts_with("Fn::")
            };
            members.is_empty() || members.iter().any(is_resource)
        });
    if is_template {
        let template = Template::read(&root, source, Arc::new(SourceText::new(text)));
        let kind = if template.is_sam() {
            SourceKind::Sam
        } else {
            SourceKind::CloudFormation
        };
        return Ok(Found {
            kind,
            content: Content::Template(Box::new(template)),
            problems,
        });
    }
    let terraform = if terraform::is_plan(&root) {
        Some(SourceKind::TerraformPlan)
    } else if terraform::is_state(&root) {
        Some(SourceKind::TerraformState)
    } else {
        None
    };
    if let Some(kind) = terraform {
        let read = terraform::read(&root, Arc::new(SourceText::new(text)));
        return Ok(Found {
            kind,
            content: Content::Terraform(Box::new(Terraform::Recorded(read))),
            problems,
        });
    }
    if configuration::is_json_configuration(&root) {
        return configuration_found(&text, source);
    }
    let kind = if has("Statement") {
        SourceKind::Policy
    } else if super::loose::is_cli_output(&root) {
        SourceKind::CliOutput
    } else {
        return Err(Fault {
            is_nothing: true,
            ..Fault::new(root.place, NOTHING)
        });
    };
    Ok(Found {
        kind,
        content: Content::Loose(root),
        problems,
    })
}

fn items_found(items: &[Node], source: SourceId, text: String) -> Found {
    let text = Arc::new(SourceText::new(text));
    let template = Template::of_items(items, source, text);
    Found {
        kind: SourceKind::TemplateItems,
        content: Content::Template(Box::new(template)),
        problems: Vec::new(),
    }
}

/// `{"key": ..., "value": {"Type": ...}}`
fn is_item(node: &Node) -> bool {
    let typed = node
        .get("value")
        .is_some_and(|value| value.get("Type").is_some());
    typed && node.get("key").is_some_and(|key| key.as_str().is_some())
}
