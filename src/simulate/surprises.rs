//! What people do not expect of a statement: conditions that hold, or do not, because a key is absent;
//! operators and values that never match (IAM: reference_policies_elements_condition_operators).

use crate::iam::{BaseOperator, Condition, Effect, PrincipalType, SessionKind, Text};

use super::conditions::CompiledCondition;
use super::context::KeyState;
use super::prepare::{Prepared, PreparedLeg};
use super::warnings::{Warnings, fails_by_absence, source};
use super::{Leg, Matched, NearMiss, StatementRef, Truth};

/// Adds the surprises of one leg.
pub(super) fn of(own: &PreparedLeg, prepared: &Prepared, leg: &Leg, warnings: &mut Warnings) {
    for layer in &leg.layers {
        for matched in &layer.matched {
            let about = About::new(own, prepared, &matched.statement, warnings);
            about.matched(matched);
        }
        for miss in &layer.near_misses {
            let about = About::new(own, prepared, &miss.statement, warnings);
            about.missed(miss);
        }
    }
}

struct About<'a> {
    own: &'a PreparedLeg,
    prepared: &'a Prepared,
    reference: &'a StatementRef,
    name: String,
    warnings: &'a mut Warnings,
}

impl<'a> About<'a> {
    fn new(
        own: &'a PreparedLeg,
        prepared: &'a Prepared,
        reference: &'a StatementRef,
        warnings: &'a mut Warnings,
    ) -> Self {
        About {
            own,
            prepared,
            reference,
            name: format!("`{}/{}`", reference.policy, reference.statement),
            warnings,
        }
    }

    fn matched(mut self, matched: &Matched) {
        let verb = match self.reference.effect {
            Some(Effect::Allow) => "allows",
            Some(Effect::Deny) => "denies",
            None => "applies",
        };
        let keys = matched.because_absent.join("`, `");
        if !keys.is_empty() {
            let name = &self.name;
            self.warnings.add(match matched.applies {
                Truth::Yes => format!("{name} {verb} this because `{keys}` is not in the request"),
                _ => format!("a condition of {name} holds because `{keys}` is not in the request"),
            });
        }
        self.principal();
        self.resource();
        self.actions();
        self.each_condition();
        self.no_proof_of_mfa();
        self.only_one_family();
        self.meant_for_services();
    }

    fn missed(mut self, miss: &NearMiss) {
        if self.reference.effect == Some(Effect::Deny) && fails_by_absence(&miss.failed) {
            let keys: Vec<String> = miss
                .failed
                .iter()
                .map(|part| part.part.name().trim_start_matches("condition:").to_owned())
                .collect();
            let text = format!(
                "{} would deny this, but `{}` is not in the request; `...IfExists` would deny it then too",
                self.name,
                keys.join("`, `")
            );
            self.warnings.add(text);
        }
        self.each_condition();
    }

    fn conditions(&self) -> &'a [Condition] {
        source(self.reference).map_or(&[], |statement| &statement.conditions)
    }

    fn principal(&mut self) {
        let Some(element) = source(self.reference).and_then(|own| own.principal.as_ref()) else {
            return;
        };
        let everyone = |kind| {
            element
                .entries
                .iter()
                .any(|value| value.kind == kind && value.entry.text == *"*")
        };
        let is_service = self.prepared.caller.principal.kind == SessionKind::Service;
        if is_service && !element.not && everyone(PrincipalType::Aws) {
            self.warnings.add(format!(
                "{} names `{{\"AWS\": \"*\"}}`, which is taken to cover services like a bare `*`; AWS does \
                 not say",
                self.name
            ));
        }
        if element.not && self.reference.effect == Some(Effect::Deny) {
            self.warnings.add(format!(
                "{} denies by `NotPrincipal`, of which AWS says only that it might deny whose account, role \
                 and session are not all listed; `ArnNotEquals` on `aws:PrincipalArn` says it clearly",
                self.name
            ));
        }
    }

    fn resource(&mut self) {
        let element = source(self.reference).and_then(|own| own.resource.as_ref());
        let entries = element.map(|own| &own.entries[..]).unwrap_or_default();
        let arn: Text = "arn:aws:s3:::*".into();
        let lists = self.own.is_any_resource() && self.own.is_action("s3", "listallmybuckets");
        if lists && entries.iter().any(|entry| entry.text == arn) {
            self.warnings.add(
                "`arn:aws:s3:::*` for s3:ListAllMyBuckets: two AWS pages use it, two say that the action has \
                 no resource; taken to match",
            );
        }
    }

    fn actions(&mut self) {
        let element = source(self.reference).and_then(|own| own.action.as_ref());
        let wild_prefix = element.is_some_and(|own| {
            own.entries.iter().any(|entry| {
                let prefix = entry.text.known_prefix().split_once(':');
                prefix.is_some_and(|(service, _)| service.contains(['*', '?']))
            })
        });
        if wild_prefix {
            self.warnings.add(format!(
                "{} has a wildcard in the prefix of an action, of which AWS's documentation does not say \
                 what it matches",
                self.name
            ));
        }
    }

    fn each_condition(&mut self) {
        for condition in self.conditions() {
            let Some(operator) = condition.operator else {
                continue;
            };
            let compiled = CompiledCondition::new(condition, self.reference.document.version);
            let key = compiled.key.canonical();
            let text = &condition.operator_text;
            if compiled.has_wrong_value() {
                self.warnings.add(format!(
                    "a value that {} has for `{key}` is none that {text} can compare, so it never matches",
                    self.name
                ));
            }
            match self.own.keys.get(&compiled.key) {
                KeyState::Many([_, ..])
                    if operator.set.is_none() && operator.base != BaseOperator::Null =>
                {
                    self.warnings.add(format!(
                        "`{key}` has a list of values, which {text} of {} never matches: it needs \
                         `ForAllValues:` or `ForAnyValue:`",
                        self.name
                    ));
                }
                KeyState::One(_) if operator.set.is_some() => self.warnings.add(format!(
                    "`{key}` has one value, and {text} of {} is meant for lists",
                    self.name
                )),
                _ => {}
            }
        }
    }

    /// `Null: false` says that the key is there, not that MFA was used.
    fn no_proof_of_mfa(&mut self) {
        let asks = self.conditions().iter().any(|condition| {
            let is_null = condition
                .operator
                .is_some_and(|operator| operator.base == BaseOperator::Null);
            let key = condition.key.as_plain().unwrap_or_default();
            is_null
                && key.eq_ignore_ascii_case("aws:MultiFactorAuthPresent")
                && condition.values.iter().any(|value| value.text == *"false")
        });
        if asks {
            self.warnings.add(format!(
                "`Null` of {} on `aws:MultiFactorAuthPresent` asks whether the key is there, not whether MFA \
                 was used",
                self.name
            ));
        }
    }

    /// `...NotEqualsIfExists` on the name of a service holds for everyone who is none.
    fn meant_for_services(&mut self) {
        let everyone = self.conditions().iter().any(|condition| {
            let key = condition.key.as_plain().unwrap_or_default();
            let operator = condition.operator;
            key.eq_ignore_ascii_case("aws:PrincipalServiceName")
                && operator.is_some_and(|own| own.base.is_negated() && own.if_exists)
        });
        let denies = self.reference.effect == Some(Effect::Deny);
        if everyone && denies && self.prepared.caller.principal.kind != SessionKind::Service {
            self.warnings.add(format!(
                "{} denies by `aws:PrincipalServiceName` with `IfExists`: meant for services, it also denies \
                 every caller that is none; `Bool` on `aws:PrincipalIsAWSService` would spare those",
                self.name
            ));
        }
    }

    /// A list of IPv4 ranges alone leaves out every IPv6 address, and the reverse.
    fn only_one_family(&mut self) {
        for condition in self.conditions() {
            let negated = condition
                .operator
                .is_some_and(|operator| operator.base == BaseOperator::NotIpAddress);
            let key = CompiledCondition::new(condition, self.reference.document.version).key;
            let KeyState::One(address) = self.own.keys.get(&key) else {
                continue;
            };
            let is_v6 = address.contains(':');
            let other_family = condition
                .values
                .iter()
                .all(|value| value.text.to_string().contains(':') != is_v6);
            if negated && other_family && !condition.values.is_empty() {
                let (has, lacks) = if is_v6 {
                    ("IPv4", "IPv6")
                } else {
                    ("IPv6", "IPv4")
                };
                self.warnings.add(format!(
                    "{} lists {has} ranges only, so that every {lacks} address is outside of them",
                    self.name
                ));
            }
        }
    }
}
