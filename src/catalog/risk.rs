//! Ways to gain more than was granted, and actions that hand out credentials or data.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use serde::Deserialize;

use super::index::{Action, ActionId, index};

/// A known way to gain permissions that were not granted.
#[derive(Debug)]
pub struct EscalationMethod {
    /// Its name: `PassExistingRoleToNewLambdaThenInvoke`.
    pub name: String,
    /// The actions that together make it possible.
    pub actions: Vec<&'static Action>,
    /// A page that describes it.
    pub link: Option<String>,
}

impl EscalationMethod {
    /// Its name in words: `pass existing role to new lambda then invoke`.
    pub fn in_words(&self) -> String {
        super::words::split_name(&self.name).join(" ")
    }
}

/// What the answer of an action gives away.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
pub enum Exposes {
    /// Credentials, or what serves as such.
    Credentials,
    /// Content that is often sensitive: objects, parameters, secrets.
    Data,
}

#[derive(Default, Deserialize)]
struct File {
    escalation_methods: BTreeMap<String, FileMethod>,
    return_credentials: Vec<String>,
    return_data: Vec<String>,
}

#[derive(Deserialize)]
struct FileMethod {
    actions: Vec<String>,
    link: Option<String>,
}

struct Risk {
    methods: Vec<EscalationMethod>,
    exposing: HashMap<ActionId, Exposes>,
}

fn risk() -> &'static Risk {
    static RISK: OnceLock<Risk> = OnceLock::new();
    RISK.get_or_init(|| {
        let text = include_str!("../../assets/catalog/risk.json");
        let file: File = serde_json::from_str(text).unwrap_or_default();
        let known = |names: Vec<String>| -> Vec<&'static Action> {
            names.iter().filter_map(|name| index().find(name)).collect()
        };
        let methods = file.escalation_methods.into_iter();
        let methods = methods.map(|(name, method)| EscalationMethod {
            name,
            actions: known(method.actions),
            link: method.link,
        });
        let data = known(file.return_data)
            .into_iter()
            .map(|action| (action.id(), Exposes::Data));
        let credentials = known(file.return_credentials).into_iter();
        let credentials = credentials.map(|action| (action.id(), Exposes::Credentials));
        Risk {
            methods: methods.collect(),
            exposing: data.chain(credentials).collect(),
        }
    })
}

/// The known ways to gain permissions, by name.
pub fn escalation_methods() -> &'static [EscalationMethod] {
    &risk().methods
}

/// What the answer of an action gives away, if it does.
pub fn exposes(action: &Action) -> Option<Exposes> {
    risk().exposing.get(&action.id()).copied()
}

/// Whether an action hands out credentials.
pub fn credential_exposing(action: &Action) -> bool {
    exposes(action) == Some(Exposes::Credentials)
}
