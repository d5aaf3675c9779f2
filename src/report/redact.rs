//! A snapshot without anything private: names, account ids, tags, ids and addresses become masks,
//! free text goes. What AWS named stays, and policies still match each other.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::catalog;
use crate::iam::{BaseOperator, Operator};

use super::mask::Masker;

/// A redacted snapshot, and what stays with its owner.
#[derive(Debug)]
pub struct Redaction {
    /// The snapshot to hand over.
    pub snapshot: Value,
    /// How many different things of each kind were replaced or taken out.
    pub replaced: BTreeMap<&'static str, usize>,
    /// What each mask stands for: as private as what was redacted.
    pub key: Value,
}

/// What marks a file as the key of a redaction.
pub const KEY_KIND: &str = "iamscope-redaction-key";

/// Redacts a snapshot.
pub fn redact(snapshot: &Value) -> Redaction {
    let mut redactor = Redactor {
        masker: Masker::new(),
        removed: 0,
    };
    redactor.top(snapshot);
    redactor.masker.learned();
    redactor.removed = 0;
    let mut redacted = redactor.top(snapshot);
    let mut replaced = redactor.masker.counts();
    replaced.insert("descriptions and comments taken out", redactor.removed);
    if let Value::Object(members) = &mut redacted {
        members.insert("redacted".to_owned(), Value::Bool(true));
        members.insert("replaced".to_owned(), json!(replaced));
    }
    let masks: Map<String, Value> = redactor
        .masker
        .key()
        .map(|(mask, original)| (mask.to_owned(), Value::from(original)))
        .collect();
    Redaction {
        snapshot: redacted,
        replaced,
        key: json!({ "format": 1, "kind": KEY_KIND, "masks": masks }),
    }
}

struct Redactor {
    masker: Masker,
    removed: usize,
}

impl Redactor {
    fn top(&mut self, value: &Value) -> Value {
        // Sentences come last: by then every private word has its mask.
        let mut masked = self.members(value, |redactor, name, member| match name {
            "format" | "kind" | "created" | "program" => member.clone(),
            "problems" => Value::Null,
            _ => redactor.value(name, member),
        });
        masked["problems"] = self.value("problems", &value["problems"]);
        masked
    }

    fn members(
        &mut self,
        value: &Value,
        mut each: impl FnMut(&mut Self, &str, &Value) -> Value,
    ) -> Value {
        let Value::Object(members) = value else {
            return Value::Null;
        };
        let members = members
            .iter()
            .map(|(name, member)| (name.clone(), each(self, name, member)));
        Value::Object(members.collect())
    }

    fn items(&mut self, value: &Value, mut each: impl FnMut(&mut Self, &Value) -> Value) -> Value {
        match value {
            Value::Array(items) => items.iter().map(|item| each(self, item)).collect(),
            other => each(self, other),
        }
    }

    /// A member of a snapshot by its name: names mean the same wherever they stand in it. What is
    /// not known here is masked.
    fn value(&mut self, name: &str, value: &Value) -> Value {
        match name {
            // The program's own, and numbers that point into the snapshot.
            "at"
            | "number"
            | "effect"
            | "version"
            | "severity"
            | "origin"
            | "created"
            | "last_used"
            | "assumed"
            | "from"
            | "max_session_duration"
            | "document"
            | "trust"
            | "ref" => value.clone(),
            "description" | "comment" => {
                self.removed += 1;
                Value::from("redacted")
            }
            "kind" => value.clone(),
            "type" if is_resource_type(value) => value.clone(),
            "message" | "hint" => self.sentence(value),
            "policy" => self.policy(value),
            "action" => self.action_element(value),
            "principal" => self.principal_element(value),
            "conditions" => self.items(value, Self::condition),
            "guard" => self.items(value, |redactor, requirement| {
                let name = redactor.any(&requirement[0]);
                json!([name, requirement[1]])
            }),
            "tags" => self.map(value, Masker::tag_name),
            "resources" => self.map(value, |masker, name| masker.mask(name, (false, false))),
            "path" => self.path(value),
            "name" | "arn" if is_aws_condition_pseudo(value) => value.clone(),
            _ => self.any(value),
        }
    }

    /// Any value: objects by the names of their members, every text masked.
    fn any(&mut self, value: &Value) -> Value {
        match value {
            Value::Object(_) => {
                self.members(value, |redactor, name, member| redactor.value(name, member))
            }
            Value::Array(items) if is_text(items) => self.parts(items),
            Value::Array(_) => self.items(value, Self::any),
            Value::String(text) => Value::from(self.masker.mask(text, (false, false))),
            other => other.clone(),
        }
    }

    /// A text with references: next to one, a word is only a part of another.
    fn parts(&mut self, items: &[Value]) -> Value {
        let is_reference = |index: Option<usize>| {
            index
                .and_then(|index| items.get(index))
                .is_some_and(Value::is_object)
        };
        items
            .iter()
            .enumerate()
            .map(|(index, item)| match item {
                Value::String(text) => {
                    let open = (
                        is_reference(index.checked_sub(1)),
                        is_reference(Some(index + 1)),
                    );
                    Value::from(self.masker.mask(text, open))
                }
                other => other.clone(),
            })
            .collect()
    }

    fn map(&mut self, value: &Value, name: impl Fn(&mut Masker, &str) -> String) -> Value {
        let Value::Object(members) = value else {
            return Value::Null;
        };
        let mut masked = Map::new();
        for (key, member) in members {
            masked.insert(name(&mut self.masker, key), self.any(member));
        }
        Value::Object(masked)
    }

    /// The path of a source keeps its extension; an IAM path is text like any other.
    fn path(&mut self, value: &Value) -> Value {
        let Some(text) = value.as_str() else {
            return self.any(value);
        };
        let known = ["json", "yaml", "yml", "tf", "tfstate", "template"];
        match text.rsplit_once('.') {
            Some((stem, extension)) if known.contains(&extension) => Value::from(format!(
                "{}.{extension}",
                self.masker.mask(stem, (false, false))
            )),
            _ => match text.strip_prefix("profile ") {
                Some(profile) => Value::from(format!(
                    "profile {}",
                    self.masker.mask(profile, (false, false))
                )),
                None if matches!(text, "demo" | "standard input") => value.clone(),
                None => self.any(value),
            },
        }
    }

    /// A sentence: what stands in backticks is input, the rest is this program's words or AWS's.
    fn sentence(&mut self, value: &Value) -> Value {
        let Some(text) = value.as_str() else {
            return value.clone();
        };
        let masked: Vec<String> = text
            .split('`')
            .enumerate()
            .map(|(index, piece)| match index % 2 {
                1 if is_own_name(piece) => piece.to_owned(),
                1 if catalog::condition_key(piece).is_some() => self.masker.condition_key(piece),
                1 => self.masker.mask(piece, (false, false)),
                _ => self.masker.sentence(piece),
            })
            .collect();
        Value::from(masked.join("`"))
    }

    /// The values of an element of the snapshot's own form, each a text or an object with one.
    fn element(
        &mut self,
        value: &Value,
        mut each: impl FnMut(&mut Self, &Value) -> Value,
    ) -> Value {
        self.members(value, |redactor, name, member| match name {
            "values" => redactor.items(member, &mut each),
            _ => redactor.value(name, member),
        })
    }

    fn entry(&mut self, value: &Value, each: impl Fn(&mut Self, &Value) -> Value) -> Value {
        if !value.is_object() {
            return each(self, value);
        }
        self.members(value, |redactor, name, member| match name {
            "text" => each(redactor, member),
            _ => redactor.value(name, member),
        })
    }

    fn action_element(&mut self, value: &Value) -> Value {
        self.element(value, |redactor, entry| redactor.entry(entry, Self::action))
    }

    fn principal_element(&mut self, value: &Value) -> Value {
        self.element(value, |redactor, pair| {
            let service = pair[0] == "Service";
            let entry =
                redactor.entry(&pair[1], |redactor, text| redactor.principal(service, text));
            json!([pair[0], entry])
        })
    }

    fn action(&mut self, value: &Value) -> Value {
        match value.as_str() {
            Some(text) if is_action(text) => value.clone(),
            _ => self.any(value),
        }
    }

    fn principal(&mut self, service: bool, value: &Value) -> Value {
        let own =
            |text: &str| text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn");
        match value.as_str() {
            Some(text) if service && own(text) => value.clone(),
            _ => self.any(value),
        }
    }

    fn condition(&mut self, value: &Value) -> Value {
        let operator = value["operator"].as_str().unwrap_or_default().to_owned();
        self.members(value, |redactor, name, member| match name {
            "operator" => redactor.operator(member.as_str().unwrap_or_default()),
            "key" => redactor.key(member),
            "values" => redactor.items(member, |redactor, entry| {
                redactor.entry(entry, |redactor, text| {
                    redactor.condition_value(&operator, text)
                })
            }),
            _ => redactor.value(name, member),
        })
    }

    fn operator(&mut self, operator: &str) -> Value {
        match Operator::parse(operator) {
            Some(_) => Value::from(operator),
            None => Value::from(self.masker.mask(operator, (false, false))),
        }
    }

    fn key(&mut self, value: &Value) -> Value {
        match value.as_str() {
            Some(key) => Value::from(self.masker.condition_key(key)),
            None => self.any(value),
        }
    }

    /// Truth values, numbers and dates stay where the operator compares such.
    fn condition_value(&mut self, operator: &str, value: &Value) -> Value {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(_) => return value.clone(),
            _ => return self.any(value),
        };
        let base = Operator::parse(operator).map(|operator| operator.base);
        let numeric = |text: &str| {
            text.len() < 12
                && text
                    .bytes()
                    .all(|b| b.is_ascii_digit() || b == b'.' || b == b'-')
        };
        let date = |text: &str| {
            text.len() < 36
                && text
                    .bytes()
                    .all(|b| b.is_ascii_digit() || b"-:TZ.+".contains(&b))
        };
        let keep = match base {
            Some(BaseOperator::Bool | BaseOperator::Null) => {
                text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
            }
            Some(base) if base.name().starts_with("Numeric") => numeric(&text),
            Some(base) if base.name().starts_with("Date") => date(&text),
            _ => false,
        };
        if keep {
            return value.clone();
        }
        Value::from(self.masker.mask(&text, (false, false)))
    }

    /// The document as its author wrote it, whatever that is.
    fn policy(&mut self, value: &Value) -> Value {
        self.members_or_any(value, |redactor, name, member| match name {
            "Version" if matches!(member.as_str(), Some("2012-10-17" | "2008-10-17")) => {
                member.clone()
            }
            "Statement" => redactor.items(member, Self::policy_statement),
            _ => redactor.raw(member),
        })
    }

    fn policy_statement(&mut self, value: &Value) -> Value {
        self.members_or_any(value, |redactor, name, member| match name {
            "Effect" if matches!(member.as_str(), Some("Allow" | "Deny")) => member.clone(),
            "Action" | "NotAction" => {
                redactor.items(member, |redactor, action| match action.is_string() {
                    true => redactor.action(action),
                    false => redactor.raw(action),
                })
            }
            "Principal" | "NotPrincipal" => {
                redactor.members_or_any(member, |redactor, kind, values| {
                    redactor.items(values, |redactor, one| match one.is_string() {
                        true => redactor.principal(kind == "Service", one),
                        false => redactor.raw(one),
                    })
                })
            }
            "Condition" => redactor.policy_conditions(member),
            _ => redactor.raw(member),
        })
    }

    fn policy_conditions(&mut self, value: &Value) -> Value {
        let Value::Object(operators) = value else {
            return self.raw(value);
        };
        let mut masked = Map::new();
        for (operator, keys) in operators {
            let name = self
                .operator(operator)
                .as_str()
                .unwrap_or_default()
                .to_owned();
            let Value::Object(keys) = keys else {
                masked.insert(name, self.raw(keys));
                continue;
            };
            let mut inner = Map::new();
            for (key, values) in keys {
                let values = self.items(values, |redactor, one| match one {
                    Value::Object(_) | Value::Array(_) => redactor.raw(one),
                    _ => redactor.condition_value(operator, one),
                });
                inner.insert(self.masker.condition_key(key), values);
            }
            masked.insert(name, Value::Object(inner));
        }
        Value::Object(masked)
    }

    /// The members of an object that is part of a policy; the names of elements stay, others do not.
    fn members_or_any(
        &mut self,
        value: &Value,
        mut each: impl FnMut(&mut Self, &str, &Value) -> Value,
    ) -> Value {
        let Value::Object(members) = value else {
            return self.raw(value);
        };
        let mut masked = Map::new();
        for (name, member) in members {
            let member = each(self, name, member);
            let name = match is_own_name(name) {
                true => name.clone(),
                false => self.masker.mask(name, (false, false)),
            };
            masked.insert(name, member);
        }
        Value::Object(masked)
    }

    /// A value of which nothing is known: everything in it is masked.
    fn raw(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::from(self.masker.mask(text, (false, false))),
            Value::Number(number) => {
                Value::from(self.masker.mask(&number.to_string(), (false, false)))
            }
            Value::Array(items) => items.iter().map(|item| self.raw(item)).collect(),
            Value::Object(_) => {
                self.members_or_any(value, |redactor, _, member| redactor.raw(member))
            }
            Value::Null | Value::Bool(_) => value.clone(),
        }
    }
}

/// A list of literals and references, as opposed to a list of texts.
fn is_text(items: &[Value]) -> bool {
    items
        .iter()
        .any(|item| item.get("ref").is_some_and(Value::is_u64))
}

fn is_resource_type(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    let plain = |prefix: &str| {
        text.strip_prefix(prefix).is_some_and(|rest| {
            rest.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_:<>".contains(&b))
        })
    };
    plain("AWS::")
        || plain("aws_")
        || matches!(
            text,
            "String" | "Number" | "CommaDelimitedList" | "string" | "number" | "bool"
        )
}

/// `AWS::AccountId` and its like.
fn is_aws_condition_pseudo(value: &Value) -> bool {
    matches!(
        value.as_str(),
        Some(
            "AWS::AccountId"
                | "AWS::Region"
                | "AWS::Partition"
                | "AWS::URLSuffix"
                | "AWS::StackName"
                | "AWS::StackId"
                | "AWS::NoValue"
                | "AWS::NotificationARNs"
        )
    )
}

/// An action or a pattern of them that AWS's reference knows.
fn is_action(text: &str) -> bool {
    text == "*" || !catalog::expand(text).is_empty()
}

/// Names that this program's sentences and policies use.
fn is_own_name(text: &str) -> bool {
    const NAMES: [&str; 17] = [
        "Version",
        "Id",
        "Statement",
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
        "Service",
        "Federated",
        "CanonicalUser",
        "Allow",
        "Deny",
    ];
    matches!(text, "AWS" | "*" | "2012-10-17" | "2008-10-17")
        || NAMES.contains(&text)
        || Operator::parse(text).is_some()
        || is_action(text)
}
