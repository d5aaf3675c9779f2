//! How many actions a role may use.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::catalog::ActionSet;
use crate::iam::{Document, Effect, Role, Statement};

/// What documents allow and deny, by where they are kept: many roles share a few.
#[derive(Debug, Default)]
pub struct Counts(Mutex<HashMap<usize, Arc<Granted>>>);

#[derive(Debug)]
struct Granted {
    allowed: ActionSet,
    /// Denied whatever the resource and the circumstances.
    denied: ActionSet,
}

impl Counts {
    /// The number of actions that some Allow and the boundary may grant, less unconditional denies.
    pub fn of(&self, role: &Role) -> usize {
        let attached = role
            .managed
            .iter()
            .filter_map(|policy| policy.document.as_ref());
        let inline = role.inline.iter().map(|policy| &policy.document);
        let mut allowed = ActionSet::empty();
        let mut denied = ActionSet::empty();
        for document in attached.chain(inline) {
            let granted = self.granted(document);
            allowed.union_with(&granted.allowed);
            denied.union_with(&granted.denied);
        }
        if let Some(document) = role.boundary.as_ref().and_then(|own| own.document.as_ref()) {
            let granted = self.granted(document);
            allowed.intersect_with(&granted.allowed);
            denied.union_with(&granted.denied);
        }
        allowed.subtract(&denied);
        allowed.len()
    }

    fn granted(&self, document: &Arc<Document>) -> Arc<Granted> {
        let address = Arc::as_ptr(document) as usize;
        let known = |counts: &HashMap<usize, Arc<Granted>>| counts.get(&address).cloned();
        if let Ok(counts) = self.0.lock()
            && let Some(granted) = known(&counts)
        {
            return granted;
        }
        let granted = Arc::new(Granted::new(document));
        // A lock that a panic poisoned costs only the remembering.
        if let Ok(mut counts) = self.0.lock() {
            counts.insert(address, granted.clone());
        }
        granted
    }
}

impl Granted {
    fn new(document: &Document) -> Self {
        let mut granted = Granted {
            allowed: ActionSet::empty(),
            denied: ActionSet::empty(),
        };
        for statement in &document.statements {
            match statement.effect {
                Some(Effect::Allow) => granted.allowed.union_with(&actions(statement)),
                Some(Effect::Deny) if is_unconditional(statement) => {
                    granted.denied.union_with(&actions(statement));
                }
                _ => {}
            }
        }
        granted
    }
}

fn actions(statement: &Statement) -> ActionSet {
    let Some(element) = &statement.action else {
        return ActionSet::empty();
    };
    let entries = element.entries.iter();
    let named = ActionSet::of_patterns(entries.filter_map(|entry| entry.text.as_plain()));
    if element.not {
        named.complement()
    } else {
        named
    }
}

fn is_unconditional(statement: &Statement) -> bool {
    statement.conditions.is_empty()
        && statement.guard.is_always()
        && !statement.unreadable
        && statement.resource.as_ref().is_some_and(|element| {
            !element.not && element.entries.iter().any(|entry| entry.text == *"*")
        })
}
