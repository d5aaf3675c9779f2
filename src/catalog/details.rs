//! What is known of an action beyond its name and level, decoded a service at a time.
//!
//! A service's block is JSON: `keys` are `[name, type, description]`, `types`
//! `[name, ARN form, [key]]`, `actions` in the order of the index `[description,
//! [[type, required, [key]]], [key], [dependent action] | null, permission only | null,
//! link | null]`; types and keys are referred to by position.

use serde::Deserialize;

use super::asset;
use super::index::{Action, Service};
use crate::iam::KeyType;

/// A condition key as a service documents it.
#[derive(Debug, Eq, PartialEq)]
pub struct ConditionKeyInfo {
    /// Its canonical name, `${TagKey}` where a name is to be filled in.
    pub name: String,
    /// The type of its values.
    pub kind: KeyType,
    /// Whether a request may hold several values of it.
    pub multi_valued: bool,
    /// What it filters by.
    pub description: String,
}

/// A resource type, as one action uses it.
#[derive(Clone, Debug)]
pub struct ResourceUse {
    /// Its name: `bucket`.
    pub name: &'static str,
    /// Its ARN form: `arn:${Partition}:s3:::${BucketName}`.
    pub arn: &'static str,
    /// Whether the action needs a resource of this type.
    pub required: bool,
    /// The keys that a condition may use when the resource is of this type.
    pub condition_keys: Vec<&'static ConditionKeyInfo>,
}

/// All that is known of an action.
#[derive(Clone, Debug)]
pub struct ActionInfo {
    /// Name, service, access level.
    pub action: &'static Action,
    /// What it does, in AWS's words.
    pub description: &'static str,
    /// What it acts on; empty where it needs `Resource: "*"`.
    pub resource_types: Vec<ResourceUse>,
    /// Every condition key usable with it, those of its resource types among them.
    pub condition_keys: Vec<&'static ConditionKeyInfo>,
    /// The keys of the action itself: usable whatever the resource is.
    pub own_condition_keys: Vec<&'static ConditionKeyInfo>,
    /// What else must be granted for it to work; `None` where that is not known, which is
    /// so for actions newer than the last data that said.
    pub dependent_actions: Option<Vec<&'static str>>,
    /// Whether it is a permission without an API operation of its name; `None` if not known.
    pub permission_only: Option<bool>,
    /// Its documentation, or its service's page.
    pub documentation: &'static str,
    /// Whether `documentation` is the service's page for want of a better one.
    pub documentation_is_service_page: bool,
}

/// The decoded block of one service.
#[derive(Debug, Default)]
pub(super) struct ServiceDetails {
    keys: Vec<ConditionKeyInfo>,
    types: Vec<TypeRow>,
    actions: Vec<ActionRow>,
}

#[derive(Debug, Default, Deserialize)]
struct Block {
    keys: Vec<(String, String, String)>,
    types: Vec<TypeRow>,
    actions: Vec<ActionRow>,
}

#[derive(Debug, Deserialize)]
struct TypeRow(String, String, Vec<usize>);

#[derive(Debug, Deserialize)]
struct ActionRow(
    String,
    Vec<(usize, bool, Vec<usize>)>,
    Vec<usize>,
    Option<Vec<String>>,
    Option<bool>,
    Option<String>,
);

impl Service {
    /// The resource types of the service with their ARN forms.
    pub fn resource_types(&'static self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let types = &self.details().types;
        types.iter().map(|kind| (kind.0.as_str(), kind.1.as_str()))
    }

    /// The condition keys that its actions and resource types use.
    pub fn condition_keys(&'static self) -> &'static [ConditionKeyInfo] {
        &self.details().keys
    }

    /// The descriptions of its actions, in order, without keeping its block.
    pub(super) fn descriptions(&self) -> Vec<String> {
        let rows = self.decode().actions.into_iter();
        rows.map(|row| row.0).collect()
    }

    fn details(&'static self) -> &'static ServiceDetails {
        self.details.get_or_init(|| self.decode())
    }

    fn decode(&self) -> ServiceDetails {
        let (offset, length) = self.block;
        let asset = include_bytes!("../../assets/catalog/services.bin");
        ServiceDetails::parse(&asset::frame(asset, offset, length))
    }
}

impl Action {
    /// Name, ARN form and whether it is required of each resource type that the action acts on: what
    /// [`Action::details`] says of them, for callers who look at many actions.
    pub fn resource_forms(
        &'static self,
    ) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        let details = self.service().details();
        let row = details.actions.get(self.position_in_service());
        let used = row.map_or(&[][..], |row| &row.1);
        used.iter().filter_map(|(kind, required, _)| {
            let TypeRow(name, arn, _) = details.types.get(*kind)?;
            Some((name.as_str(), arn.as_str(), *required))
        })
    }
}

impl ServiceDetails {
    fn parse(text: &str) -> Self {
        let block: Block = serde_json::from_str(text).unwrap_or_default();
        let key = |(name, kind, description): (String, String, String)| {
            let (kind, multi_valued) = KeyType::parse(&kind).unwrap_or((KeyType::String, false));
            ConditionKeyInfo {
                name,
                kind,
                multi_valued,
                description,
            }
        };
        ServiceDetails {
            keys: block.keys.into_iter().map(key).collect(),
            types: block.types,
            actions: block.actions,
        }
    }
}

impl ActionInfo {
    /// What it does as a clause, `delete a certificate`: the description without the words that
    /// nearly all of AWS's begin with. The whole description where it begins otherwise.
    pub fn purpose(&self) -> &'static str {
        let beginnings = [
            "Grants permission to ",
            "Grants permissions to ",
            "Controls permission to ",
        ];
        let mut without = beginnings
            .iter()
            .filter_map(|beginning| self.description.strip_prefix(beginning));
        without.next().unwrap_or(self.description)
    }

    pub(super) fn of(action: &'static Action) -> Self {
        let service = action.service();
        let details = service.details();
        let row = details.actions.get(action.position_in_service());

        // AWS lists a key either with the action or with the resource type; both are usable.
        let keys = |lists: &[&[usize]]| {
            let mut positions: Vec<usize> = lists.concat();
            positions.sort_unstable();
            positions.dedup();
            let known = positions.into_iter().filter_map(|at| details.keys.get(at));
            known.collect::<Vec<&ConditionKeyInfo>>()
        };
        let mut resource_types = Vec::new();
        let own: &[usize] = row.map_or(&[], |row| &row.2);
        let mut all = vec![own];
        for (kind, required, with_type) in row.map_or(&[][..], |row| &row.1) {
            if let Some(TypeRow(name, arn, of_type)) = details.types.get(*kind) {
                all.extend([with_type.as_slice(), of_type.as_slice()]);
                resource_types.push(ResourceUse {
                    name,
                    arn,
                    required: *required,
                    condition_keys: keys(&[with_type, of_type]),
                });
            }
        }
        let link = row.and_then(|row| row.5.as_deref());
        ActionInfo {
            action,
            description: row.map_or("", |row| &row.0),
            resource_types,
            condition_keys: keys(&all),
            own_condition_keys: keys(&[own]),
            dependent_actions: row
                .and_then(|row| row.3.as_ref())
                .map(|names| names.iter().map(String::as_str).collect()),
            permission_only: row.and_then(|row| row.4),
            documentation: link.unwrap_or(service.page()),
            documentation_is_service_page: link.is_none(),
        }
    }
}
