//! Placeholders in the text of policies: found, listed, and filled with what the user gives.

use std::collections::{BTreeMap, BTreeSet};

use super::placeholder::placeholders;
use crate::iam::{Account, Node, Part, Place, Placeholder, Problem, Text, Value};

/// What is written in a statement and may be left to be filled in: never what it does.
const ELEMENTS: [&str; 5] = [
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
];

/// The placeholders of the policies of one account.
#[derive(Debug, Default)]
pub(super) struct Blanks {
    found: BTreeMap<String, Blank>,
    /// Whether `${Name}` is one too.
    references: bool,
}

#[derive(Debug)]
struct Blank {
    value: Option<String>,
    place: Place,
    used_by: BTreeSet<String>,
}

impl Blanks {
    /// Of policies in which no template puts a value in the place of `${Name}`.
    pub fn outside_templates() -> Self {
        Blanks {
            references: true,
            ..Blanks::default()
        }
    }

    /// Fills the placeholders of a policy document that have a value, and remembers all.
    pub fn fill(
        &mut self,
        document: &mut Node,
        user: &str,
        given: &dyn Fn(&str) -> Option<String>,
    ) {
        let Value::Object(members) = &mut document.value else {
            return;
        };
        let statements = members
            .iter_mut()
            .filter(|member| member.key == *"Statement");
        for member in statements {
            let statements = match &mut member.value.value {
                Value::List(items) => items.as_mut_slice(),
                _ => std::slice::from_mut(&mut member.value),
            };
            for statement in statements {
                let Value::Object(elements) = &mut statement.value else {
                    continue;
                };
                for element in elements {
                    if ELEMENTS.iter().any(|name| element.key == **name) {
                        let with_names = element.key == *"Condition";
                        self.fill_node(&mut element.value, with_names, user, given);
                    }
                }
            }
        }
    }

    fn fill_node(
        &mut self,
        node: &mut Node,
        with_names: bool,
        user: &str,
        given: &dyn Fn(&str) -> Option<String>,
    ) {
        let place = node.place;
        match &mut node.value {
            Value::String(text) => self.fill_text(text, place, user, given),
            Value::List(items) => {
                for item in items {
                    self.fill_node(item, with_names, user, given);
                }
            }
            Value::Object(members) => {
                for member in members {
                    if with_names {
                        self.fill_text(&mut member.key, member.place, user, given);
                    }
                    self.fill_node(&mut member.value, with_names, user, given);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn fill_text(
        &mut self,
        text: &mut Text,
        place: Place,
        user: &str,
        given: &dyn Fn(&str) -> Option<String>,
    ) {
        let mut is_changed = false;
        let mut parts = text.to_parts();
        for part in &mut parts {
            let Part::Literal(literal) = part else {
                continue;
            };
            let mut filled = String::new();
            let mut end = 0;
            for range in placeholders(literal, self.references) {
                let name = &literal[range.clone()];
                let value = given(name);
                filled.push_str(&literal[end..range.start]);
                filled.push_str(value.as_deref().unwrap_or(name));
                end = range.end;
                is_changed |= value.is_some();
                let blank = self.found.entry(name.to_owned()).or_insert_with(|| Blank {
                    value,
                    place,
                    used_by: BTreeSet::new(),
                });
                if !user.is_empty() {
                    blank.used_by.insert(user.to_owned());
                }
            }
            if end > 0 {
                filled.push_str(&literal[end..]);
                *part = Part::Literal(filled.into());
            }
        }
        if is_changed {
            *text = Text::from_parts(parts);
        }
    }

    /// Lists what was found in the account that it was found in.
    pub fn list_in(self, account: &mut Account) {
        // What a parameter has put there is filled by the parameter.
        let parameters = &account.parameters;
        let is_put = |text: &str| {
            let mut values = parameters.iter().filter_map(|one| one.value.as_ref());
            values.any(|value| value.contains(text))
        };
        let (placeholders, left) = self.into_found(&|text| !is_put(text));
        account.placeholders.extend(placeholders);
        account.problems.extend(left);
    }

    /// What was found and is wanted, in order of place, and a warning for each that is left.
    fn into_found(self, is_wanted: &dyn Fn(&str) -> bool) -> (Vec<Placeholder>, Vec<Problem>) {
        let found = self.found.into_iter();
        let found = found.filter(|(text, _)| is_wanted(text));
        let mut placeholders: Vec<Placeholder> = found
            .map(|(text, blank)| Placeholder {
                text,
                value: blank.value,
                place: blank.place,
                used_by: blank.used_by.into_iter().collect(),
            })
            .collect();
        placeholders.sort_by_key(|one| one.place);
        let left = placeholders.iter().filter(|one| one.value.is_none());
        let problems = left.map(|one| {
            let message = format!("`{}` is left to be filled in", one.text);
            let hint = format!(
                "--param '{}=VALUE', or the list of parameters on the screen",
                one.text
            );
            Problem::warning(one.place, message).hint(hint)
        });
        let problems = problems.collect();
        (placeholders, problems)
    }
}
