//! Conditions (IAM: reference_policies_elements_condition_operators and
//! reference_policies_condition-single-vs-multi-valued-context-keys).

use std::cmp::Ordering;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::iam::{BaseOperator, Condition, Guard, Operator, SetPrefix, Text, Version};

use super::Truth;
use super::arn_values::ArnValue;
use super::context::{KeyState, Keys};
use super::depends::{Depends, Tri};
use super::guards::Assignment;
use super::keys::{self, Key};
use super::pattern::{Pattern, Style, Subject, Variable, label_of};
use super::steps::Step;
use super::values::{Decimal, Instant, parse_bool, parse_bytes, parse_network};

/// A compiled condition.
#[derive(Clone, Debug)]
pub(super) struct CompiledCondition {
    pub(super) operator: Option<Operator>,
    pub(super) key: Key,
    /// The key where a template leaves parts of it open.
    pub(super) open_key: Option<Text>,
    pub(super) values: Box<[ConditionValue]>,
}

/// One value of a condition.
#[derive(Clone, Debug)]
pub(super) struct ConditionValue {
    pub(super) test: Test,
    guard: Guard,
}

/// What a value of the request is compared with.
#[derive(Clone, Debug)]
pub(super) enum Test {
    Text(Pattern),
    Folded(Pattern),
    Arn(ArnValue),
    Number(Decimal<Box<str>>),
    Date(Instant<Box<str>>),
    Bool(bool),
    Bytes(Box<[u8]>),
    Network(IpNet),
    /// Text that is none of the operator's type: nothing is equal to it, and nothing is unequal.
    Wrong,
    /// A value of another type than text that a template leaves open.
    Open(Text),
}

/// A value of the request, read as the operator's type.
enum Typed<'a> {
    Text(Subject<'a>),
    Number(Decimal<&'a str>),
    Date(Instant<&'a str>),
    Bool(bool),
    Bytes(Vec<u8>),
    Address(IpAddr),
}

/// What an operator compares.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Type {
    Text,
    Arn,
    Number,
    Date,
    Bool,
    Bytes,
    Address,
    Null,
}

fn type_of(base: BaseOperator) -> Type {
    use BaseOperator::*;
    match base {
        StringEquals
        | StringNotEquals
        | StringEqualsIgnoreCase
        | StringNotEqualsIgnoreCase
        | StringLike
        | StringNotLike => Type::Text,
        ArnEquals | ArnNotEquals | ArnLike | ArnNotLike => Type::Arn,
        NumericEquals
        | NumericNotEquals
        | NumericLessThan
        | NumericLessThanEquals
        | NumericGreaterThan
        | NumericGreaterThanEquals => Type::Number,
        DateEquals
        | DateNotEquals
        | DateLessThan
        | DateLessThanEquals
        | DateGreaterThan
        | DateGreaterThanEquals => Type::Date,
        Bool => Type::Bool,
        BinaryEquals => Type::Bytes,
        IpAddress | NotIpAddress => Type::Address,
        Null => Type::Null,
    }
}

/// Whether an order of request value to policy value is what the operator, or the positive one of
/// it, asks for.
fn accepts(base: BaseOperator, order: Ordering) -> bool {
    use BaseOperator::*;
    match base {
        NumericLessThan | DateLessThan => order.is_lt(),
        NumericLessThanEquals | DateLessThanEquals => order.is_le(),
        NumericGreaterThan | DateGreaterThan => order.is_gt(),
        NumericGreaterThanEquals | DateGreaterThanEquals => order.is_ge(),
        _ => order.is_eq(),
    }
}

fn compile_test(base: BaseOperator, text: &Text, version: Version) -> Test {
    use BaseOperator::*;
    match base {
        StringEquals | StringNotEquals => {
            return Test::Text(Pattern::new(text, Style::Exact, version));
        }
        StringLike | StringNotLike => return Test::Text(Pattern::new(text, Style::Free, version)),
        StringEqualsIgnoreCase | StringNotEqualsIgnoreCase => {
            return Test::Folded(Pattern::new(text, Style::Exact, version));
        }
        ArnEquals | ArnNotEquals | ArnLike | ArnNotLike => {
            return ArnValue::new(text, version).map_or(Test::Wrong, Test::Arn);
        }
        _ => {}
    }
    let Some(plain) = text.as_plain() else {
        return Test::Open(text.clone());
    };
    let read = match type_of(base) {
        Type::Number => Decimal::parse(plain).map(|number| Test::Number(number.to_owned())),
        Type::Date => Instant::parse(plain).map(|instant| Test::Date(instant.to_owned())),
        Type::Bool | Type::Null => parse_bool(plain).map(Test::Bool),
        Type::Bytes => parse_bytes(plain).map(|bytes| Test::Bytes(bytes.into())),
        Type::Address => parse_network(plain).map(Test::Network),
        Type::Text | Type::Arn => None,
    };
    read.unwrap_or(Test::Wrong)
}

fn read(kind: Type, value: &str) -> Option<Typed<'_>> {
    Some(match kind {
        Type::Text | Type::Null => Typed::Text(Subject::Plain(value)),
        Type::Arn => {
            // Without six fields it is no ARN.
            value.split(':').nth(5)?;
            Typed::Text(Subject::Plain(value))
        }
        Type::Number => Typed::Number(Decimal::parse(value)?),
        Type::Date => Typed::Date(Instant::parse(value)?),
        Type::Bool => Typed::Bool(parse_bool(value)?),
        Type::Bytes => Typed::Bytes(parse_bytes(value)?),
        Type::Address => Typed::Address(value.parse().ok()?),
    })
}

impl Test {
    /// Whether a value of the request is equal, like, less, ... than this one.
    fn is_met<D: Depends>(&self, base: BaseOperator, value: &Typed<'_>, keys: &Keys) -> Tri<D> {
        match (self, value) {
            (Test::Text(pattern), Typed::Text(subject)) => pattern.matches(*subject, keys),
            (Test::Folded(pattern), Typed::Text(subject)) => folded_match(pattern, *subject, keys),
            (Test::Arn(pattern), Typed::Text(subject)) => pattern.matches(*subject, keys),
            (Test::Number(wanted), Typed::Number(found)) => {
                Tri::known(accepts(base, found.compare(wanted)))
            }
            (Test::Date(wanted), Typed::Date(found)) => {
                Tri::known(accepts(base, found.compare(wanted)))
            }
            (Test::Bool(wanted), Typed::Bool(found)) => Tri::known(wanted == found),
            (Test::Bytes(wanted), Typed::Bytes(found)) => Tri::known(**wanted == **found),
            (Test::Network(network), Typed::Address(address)) => {
                Tri::known(network.contains(address))
            }
            (Test::Open(text), _) => open(text),
            _ => Tri::no(),
        }
    }

    /// Whether some value of a request could meet it.
    fn can_be_met(&self, keys: &Keys) -> bool {
        match self {
            Test::Wrong => false,
            Test::Text(pattern) | Test::Folded(pattern) => pattern.can_match(keys),
            Test::Arn(pattern) => pattern.pattern().can_match(keys),
            _ => true,
        }
    }

    fn pattern(&self) -> Option<&Pattern> {
        match self {
            Test::Text(pattern) | Test::Folded(pattern) => Some(pattern),
            Test::Arn(pattern) => Some(pattern.pattern()),
            _ => None,
        }
    }
}

/// Unknown, by every reference of a text.
fn open<D: Depends>(text: &Text) -> Tri<D> {
    let mut depends = D::default();
    for reference in text.references() {
        depends.add(|| label_of(reference));
    }
    Tri {
        truth: Truth::Unknown,
        depends,
    }
}

/// Whether texts are equal when both are in lower case.
fn folded_match<D: Depends>(pattern: &Pattern, subject: Subject<'_>, keys: &Keys) -> Tri<D> {
    let lower = |text: &str| {
        text.chars()
            .flat_map(char::to_lowercase)
            .collect::<Vec<_>>()
    };
    if let (Pattern::Exact(wanted), Some(found)) = (pattern, subject.plain()) {
        return Tri::known(if wanted.is_ascii() && found.is_ascii() {
            wanted.eq_ignore_ascii_case(found)
        } else {
            lower(wanted) == lower(found)
        });
    }
    let fold = |steps: Vec<Step>| -> Vec<Step> {
        let mut folded = Vec::with_capacity(steps.len());
        for step in steps {
            match step {
                Step::Char(character) => folded.extend(character.to_lowercase().map(Step::Char)),
                other => folded.push(other),
            }
        }
        folded
    };
    match pattern.steps(keys) {
        Ok(steps) => super::pattern::compare(&fold(steps), &fold(subject.steps().into_owned())),
        Err(_) => Tri::no(),
    }
}

impl CompiledCondition {
    pub(super) fn new(condition: &Condition, version: Version) -> Self {
        let values = condition.values.iter().map(|entry| ConditionValue {
            test: match condition.operator {
                Some(operator) => compile_test(operator.base, &entry.text, version),
                None => Test::Wrong,
            },
            guard: entry.guard.clone(),
        });
        CompiledCondition {
            operator: condition.operator,
            key: Key::new(&condition.key.to_string()),
            open_key: (!condition.key.is_plain()).then(|| condition.key.clone()),
            values: values.collect(),
        }
    }

    /// The policy variables in its values.
    pub(super) fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.values
            .iter()
            .filter_map(|value| value.test.pattern())
            .flat_map(Pattern::variables)
    }

    /// Whether a value is none of the operator's type.
    pub(super) fn has_wrong_value(&self) -> bool {
        self.operator.is_some()
            && self
                .values
                .iter()
                .any(|value| matches!(value.test, Test::Wrong))
    }

    /// Whether the condition holds; `None` where its operator is not known.
    pub(super) fn holds<D: Depends>(&self, keys: &Keys, given: Assignment<'_>) -> Option<Tri<D>> {
        let operator = self.operator?;
        let check = Check {
            condition: self,
            operator,
            keys,
            given,
        };
        let state = keys.get(&self.key);
        if let (Some(text), KeyState::Absent) = (&self.open_key, state) {
            return Some(open(text));
        }
        Some(check.state(state))
    }
}

/// One condition against one request.
struct Check<'a> {
    condition: &'a CompiledCondition,
    operator: Operator,
    keys: &'a Keys,
    given: Assignment<'a>,
}

impl Check<'_> {
    fn state<D: Depends>(&self, state: KeyState<'_>) -> Tri<D> {
        if self.operator.base == BaseOperator::Null {
            return self.null(state);
        }
        match state {
            KeyState::Absent => self.absent(),
            KeyState::Many([]) => self.absent(),
            KeyState::One(value) => match self.operator.set {
                None => self.element(value),
                Some(set) => self.set(set, std::slice::from_ref(&value)),
            },
            KeyState::Many(values) => match self.operator.set {
                // A list under an operator for single values is never met.
                None => Tri::no(),
                Some(set) => self.set(set, values),
            },
            KeyState::Symbolic(text) => self.compared(&Typed::Text(Subject::Symbolic(text))),
            KeyState::Unknown => self.unknown(),
        }
    }

    /// What holds when the request does not have the key.
    fn absent<D: Depends>(&self) -> Tri<D> {
        // `Null` is answered elsewhere.
        Tri::known(self.operator.holds_without_key().unwrap_or_default())
    }

    /// Whether the policy has a value of the wrong type.
    fn wrong<D: Depends>(&self) -> Tri<D> {
        Tri::any(
            self.condition
                .values
                .iter()
                .filter(|value| matches!(value.test, Test::Wrong))
                .map(|value| self.given.holds(&value.guard)),
        )
    }

    fn set<D: Depends>(&self, set: SetPrefix, values: &[impl AsRef<str>]) -> Tri<D> {
        let mut results = values
            .iter()
            .map(AsRef::as_ref)
            // Empty strings are no values to set operators.
            .filter(|value| !value.is_empty())
            .map(|value| self.element(value));
        match set {
            SetPrefix::ForAllValues => Tri::all(&mut results),
            SetPrefix::ForAnyValue => Tri::any(&mut results),
        }
    }

    /// Whether one value of the request meets the operator.
    fn element<D: Depends>(&self, value: &str) -> Tri<D> {
        match read(type_of(self.operator.base), value) {
            Some(typed) => self.compared(&typed),
            None => Tri::no(),
        }
    }

    fn compared<D: Depends>(&self, value: &Typed<'_>) -> Tri<D> {
        let base = self.operator.base;
        let met = Tri::any(self.condition.values.iter().map(|wanted| {
            let met = wanted.test.is_met(base, value, self.keys);
            match wanted.guard.is_always() {
                true => met,
                false => self.given.holds(&wanted.guard).and(met),
            }
        }));
        if base.is_negated() {
            met.not().and(self.wrong().not())
        } else {
            met
        }
    }

    fn null<D: Depends>(&self, state: KeyState<'_>) -> Tri<D> {
        match self.operator.set {
            Some(SetPrefix::ForAllValues) => return Tri::yes(),
            Some(SetPrefix::ForAnyValue) => return Tri::no(),
            None => {}
        }
        let asks = |wanted: bool| {
            Tri::any(self.condition.values.iter().map(|value| {
                let asked = match &value.test {
                    Test::Bool(asked) => Tri::known(*asked == wanted),
                    Test::Open(text) => open(text),
                    _ => Tri::no(),
                };
                self.given.holds(&value.guard).and(asked)
            }))
        };
        match state {
            KeyState::Absent => asks(true),
            KeyState::Many(values) => asks(values.iter().all(String::is_empty)),
            KeyState::One(_) | KeyState::Symbolic(_) => asks(false),
            KeyState::Unknown => self.either(&[asks(true), asks(false)]),
        }
    }

    /// What holds when nobody knows whether the request has the key, and with which value.
    fn unknown<D: Depends>(&self) -> Tri<D> {
        let absent = self.absent();
        let values = &self.condition.values;
        let always = |value: &&ConditionValue| value.guard.is_always();
        let met = values.iter().any(|value| value.test.can_be_met(self.keys));
        let bools = |wanted| {
            values
                .iter()
                .filter(always)
                .any(|value| matches!(value.test, Test::Bool(found) if found == wanted))
        };
        let unmet = !bools(true) || !bools(false);
        let unmet = unmet
            && !values
                .iter()
                .filter(always)
                .any(|value| value.test.pattern().is_some_and(Pattern::is_any));
        let (can_hold, can_fail) =
            if self.operator.set.is_none() && keys::is_list(&self.condition.key.lower) {
                (false, true)
            } else if self.operator.base.is_negated() {
                let wrong: Tri<()> = self.wrong();
                (unmet && !wrong.is_yes(), met || !wrong.is_no())
            } else {
                (met, unmet)
            };
        let mut outcomes = vec![absent];
        if can_hold {
            outcomes.push(Tri::yes());
        }
        if can_fail {
            outcomes.push(Tri::no());
        }
        self.either(&outcomes)
    }

    /// The one outcome of several, or unknown by the key and by what is open in the values.
    fn either<D: Depends>(&self, outcomes: &[Tri<D>]) -> Tri<D> {
        if outcomes.iter().all(Tri::is_yes) {
            return Tri::yes();
        }
        if outcomes.iter().all(Tri::is_no) {
            return Tri::no();
        }
        let mut depends = D::default();
        depends.add(|| self.condition.key.canonical());
        for outcome in outcomes {
            depends.join(outcome.depends.clone());
        }
        for value in &self.condition.values {
            if let Some(pattern) = value.test.pattern() {
                pattern.add_open(self.keys, &mut depends);
            }
        }
        Tri {
            truth: Truth::Unknown,
            depends,
        }
    }
}
