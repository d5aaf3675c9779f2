//! Condition keys by name: those that AWS defines for all services, and those of a service.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::asset;
use super::index::index;
use crate::iam::{GlobalKey, KeyType, SuppliedBy, global_keys};

/// A condition key.
#[derive(Debug)]
pub struct ConditionKey {
    /// Its canonical name, `${TagKey}` or `<key>` where a name is to be filled in.
    pub name: &'static str,
    /// The type of its values.
    pub kind: KeyType,
    /// Whether a request may hold several values of it.
    pub multi_valued: bool,
    /// The prefixes of the services that document it: for a global key those that mention it.
    pub services: Vec<&'static str>,
    /// What is known of it if it is a global key, or one that credentials carry anywhere.
    pub global: Option<&'static GlobalKey>,
}

impl ConditionKey {
    /// What it holds or filters by.
    pub fn description(&self) -> &'static str {
        if let Some(global) = self.global {
            return global.meaning;
        }
        let services = self.services.iter();
        let documented = services.filter_map(|prefix| index().service(prefix));
        let mut keys = documented.flat_map(|service| service.condition_keys());
        let found = keys.find(|key| key.name == self.name);
        found.map_or("", |key| &key.description)
    }

    /// The page that documents it.
    pub fn documentation(&self) -> String {
        const GUIDE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/";
        if let Some(own) = self.name.strip_prefix("aws:") {
            let anchor = own.split('/').next().unwrap_or(own).to_ascii_lowercase();
            return format!(
                "{GUIDE}reference_policies_condition-keys.html#condition-keys-{anchor}"
            );
        }
        let service = self
            .services
            .first()
            .and_then(|prefix| index().service(prefix));
        match (self.global, service) {
            (None, Some(service)) => service.page().to_owned(),
            _ => format!("{GUIDE}reference_policies_iam-condition-keys.html"),
        }
    }

    /// The literal text before and behind the name to be filled in, if one is.
    fn around_variable(&self) -> Option<(&'static str, &'static str)> {
        let (before, rest) = self.name.split_once("${").or(self.name.split_once('<'))?;
        let (_, after) = rest.split_once(['}', '>'])?;
        Some((before, after))
    }
}

struct Keys {
    all: Vec<ConditionKey>,
    /// Positions by lower-case name.
    by_name: HashMap<String, usize>,
    /// Lower-case text before and behind the variable, and the position.
    templates: Vec<(String, String, usize)>,
}

fn keys() -> &'static Keys {
    static TEXT: OnceLock<String> = OnceLock::new();
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let compressed = include_bytes!("../../assets/catalog/condition_keys.zst");
        let of_services = TEXT.get_or_init(|| asset::text(compressed));
        let mut keys = Keys {
            all: global_keys().iter().filter_map(anywhere).collect(),
            by_name: HashMap::new(),
            templates: Vec::new(),
        };
        for (position, key) in keys.all.iter().enumerate() {
            keys.by_name.insert(key.name.to_ascii_lowercase(), position);
        }
        for key in of_services.lines().filter_map(service_key) {
            match keys.by_name.get(&key.name.to_ascii_lowercase()) {
                Some(known) => keys.all[*known].services = key.services,
                None => {
                    keys.by_name
                        .insert(key.name.to_ascii_lowercase(), keys.all.len());
                    keys.all.push(key);
                }
            }
        }
        for (position, key) in keys.all.iter().enumerate() {
            if let Some((before, after)) = key.around_variable() {
                let lower = (before.to_ascii_lowercase(), after.to_ascii_lowercase());
                keys.templates.push((lower.0, lower.1, position));
            }
        }
        // The most specific template decides.
        keys.templates.sort_by_key(|(before, after, position)| {
            (std::cmp::Reverse(before.len() + after.len()), *position)
        });
        keys
    })
}

/// A global key; the parameters of a service are among the keys that the service documents.
fn anywhere(key: &'static GlobalKey) -> Option<ConditionKey> {
    (key.supplied_by != SuppliedBy::Parameter).then(|| ConditionKey {
        name: key.name,
        kind: key.kind,
        multi_valued: key.many,
        services: Vec::new(),
        global: Some(key),
    })
}

/// One line of the list of service keys: name, type, services.
fn service_key(line: &'static str) -> Option<ConditionKey> {
    let mut fields = line.split('\t');
    let (name, kind, services) = (fields.next()?, fields.next()?, fields.next()?);
    let (kind, multi_valued) = KeyType::parse(kind)?;
    Some(ConditionKey {
        name,
        kind,
        multi_valued,
        services: services.split(',').collect(),
        global: None,
    })
}

/// Every condition key, the global ones first.
pub fn condition_keys() -> &'static [ConditionKey] {
    &keys().all
}

/// The keys that AWS defines for all services, or that credentials carry to any service.
pub fn global_condition_keys() -> impl Iterator<Item = &'static ConditionKey> {
    condition_keys().iter().filter(|key| key.global.is_some())
}

/// A condition key by name, in any case: `aws:principaltag/team` finds
/// `aws:PrincipalTag/${TagKey}`. `None` says only that the data has no such key: the claims of
/// an OIDC provider, for one, are keys nevertheless.
pub fn condition_key(name: &str) -> Option<&'static ConditionKey> {
    found(name).map(|(key, _)| key)
}

/// The canonical spelling of a condition key; a name that was filled in stays as it is written:
/// `AWS:principaltag/Team` is `aws:PrincipalTag/Team`.
pub fn canonical_condition_key(name: &str) -> Option<String> {
    let (key, filled_in) = found(name)?;
    Some(match (key.around_variable(), filled_in) {
        (Some((before, after)), Some(filled_in)) => format!("{before}{filled_in}{after}"),
        _ => key.name.to_owned(),
    })
}

/// A key and the part of the name that fills in its variable.
fn found(name: &str) -> Option<(&'static ConditionKey, Option<&str>)> {
    let keys = keys();
    let lower = name.to_ascii_lowercase();
    if let Some(position) = keys.by_name.get(&lower) {
        return Some((&keys.all[*position], None));
    }
    keys.templates.iter().find_map(|(before, after, position)| {
        let inside = lower
            .strip_prefix(before.as_str())?
            .strip_suffix(after.as_str())?;
        // Lower-casing ASCII letters moves nothing.
        let filled_in = name.get(before.len()..before.len() + inside.len())?;
        // A name that begins with its variable begins with an OIDC issuer, which is a host.
        let fits = !filled_in.is_empty() && (!before.is_empty() || filled_in.contains('.'));
        fits.then_some((&keys.all[*position], Some(filled_in)))
    })
}
