//! Ways to gain more than was granted, and actions that hand out credentials or data.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::actions::Names;
use crate::guard::Counts;
use crate::output::Output;
use crate::packages::{Folders, Result};

/// Slips in the package: `gamelist` is no service.
const CORRECTIONS: [(&str, &str); 2] = [
    ("gamelist:getcomputeaccess", "gamelift:getcomputeaccess"),
    (
        "gamelist:getcomputeauthtoken",
        "gamelift:getcomputeauthtoken",
    ),
];

pub fn build(folders: &Folders, names: &Names, output: &Output, counts: &mut Counts) -> Result<()> {
    let constants = folders.json("cloudsplaining", "cloudsplaining/shared/constants.json")?;
    let links = &constants["PRIVILEGE_ESCALATION_PATHFINDING_PATHS"];
    let methods = constants["PRIVILEGE_ESCALATION_METHODS"].as_object();
    let methods = methods.ok_or("cloudsplaining: no PRIVILEGE_ESCALATION_METHODS")?;
    let mut escalation = BTreeMap::new();
    for (method, actions) in methods {
        let wanted = actions.as_array().map_or(0, Vec::len);
        let actions = canonical(actions, names);
        // A method whose action no longer exists no longer works.
        if actions.len() == wanted {
            escalation.insert(method, json!({ "actions": actions, "link": links[method] }));
        }
    }
    counts.escalation_methods = escalation.len();
    let risk = json!({
        "escalation_methods": escalation,
        "return_credentials": canonical(&constants["ACTIONS_THAT_RETURN_CREDENTIALS"], names),
        "return_data": canonical(&constants["READ_ONLY_DATA_EXFILTRATION_ACTIONS"], names),
    });
    output.plain(
        "risk.json",
        &format!("{}\n", serde_json::to_string_pretty(&risk)?),
    )
}

/// Canonical spellings in the order given; what the catalogue does not know is left out and said.
fn canonical(list: &Value, names: &Names) -> Vec<String> {
    let mut known = Vec::new();
    for action in list
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        let lower = action.to_lowercase();
        let corrected = CORRECTIONS
            .iter()
            .find(|(wrong, _)| *wrong == lower)
            .map_or(lower.as_str(), |(_, right)| right);
        match names.get(corrected) {
            Some(name) => known.push(name.clone()),
            None => println!("left out: `{action}` is not in the catalogue"),
        }
    }
    known
}
