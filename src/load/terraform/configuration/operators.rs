//! Operators of two sides.

use super::expression::{BinaryOperator, Expr};
use super::module::Env;
use super::value::{Kind, Val};
use super::world::World;
use crate::iam::{Place, Text};

pub(super) fn binary(
    world: &World<'_>,
    left: &Expr,
    operator: BinaryOperator,
    right: &Expr,
    env: &Env,
    place: Place,
) -> Val {
    let first = world.eval(left, env);
    if matches!(operator, BinaryOperator::And | BinaryOperator::Or) {
        let deciding = operator == BinaryOperator::Or;
        let first = world.truth(&first);
        let mut cases = Vec::new();
        for (guard, decided) in first.cases() {
            let val = match decided.kind {
                Kind::Bool(value) if value == deciding => Val::bool(place, deciding),
                Kind::Bool(_) => world.truth(&world.eval(right, env)),
                _ => decided,
            };
            cases.push((guard, val));
        }
        return world.choose(place, cases);
    }
    let second = world.eval(right, env);
    world.each_case(&[first, second], place, &|values| {
        let [first, second] = values else {
            return Val::null(place);
        };
        let decided = match operator {
            BinaryOperator::Eq => equal(first, second).map(|same| Val::bool(place, same)),
            BinaryOperator::NotEq => equal(first, second).map(|same| Val::bool(place, !same)),
            _ => arithmetic(operator, first, second, place),
        };
        decided.unwrap_or_else(|| {
            let name = format!("{} {} {}", first.name(), operator.as_str(), second.name());
            world.expression(&name, place)
        })
    })
}

/// Comparisons of parts that one comparison may take: collections may share their items.
const MAX_COMPARED: u32 = 10_000;

/// Whether two values are equal, as far as can be said.
pub(super) fn equal(first: &Val, second: &Val) -> Option<bool> {
    equal_within(first, second, &mut { MAX_COMPARED })
}

fn equal_within(first: &Val, second: &Val, left: &mut u32) -> Option<bool> {
    *left = left.checked_sub(1)?;
    match (&first.kind, &second.kind) {
        (Kind::Null, Kind::Null) => Some(true),
        (Kind::Unknown(one), Kind::Unknown(other)) if one == other => Some(true),
        (Kind::Unknown(_) | Kind::Rest(_), _) | (_, Kind::Unknown(_) | Kind::Rest(_)) => None,
        (Kind::Null, _) | (_, Kind::Null) => Some(false),
        (Kind::List(one), Kind::List(other)) => {
            if Val::has_rest(one) || Val::has_rest(other) {
                return None;
            }
            if one.len() != other.len() {
                return Some(false);
            }
            let pairs = one.iter().zip(other.iter());
            all(pairs.map(|(one, other)| equal_within(one, other, left)))
        }
        (Kind::Map(one), Kind::Map(other)) => {
            if one
                .iter()
                .chain(other.iter())
                .any(|field| !field.key.is_plain())
            {
                return None;
            }
            if one.len() != other.len() {
                return Some(false);
            }
            all(one.iter().map(|field| {
                let key = field.key.as_plain().unwrap_or_default();
                match second.get(key) {
                    Some(val) => equal_within(&field.val, val, left),
                    None => Some(false),
                }
            }))
        }
        (Kind::Resource(_) | Kind::Each(_) | Kind::Module(_) | Kind::Choice(_), _)
        | (_, Kind::Resource(_) | Kind::Each(_) | Kind::Module(_) | Kind::Choice(_)) => None,
        _ => match (first.to_text(), second.to_text()) {
            (Some(one), Some(other)) => compare(&one, &other),
            (None, None) => None,
            _ => Some(false),
        },
    }
}

fn all(results: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut whole = Some(true);
    for result in results {
        match result {
            Some(false) => return Some(false),
            None => whole = None,
            Some(true) => {}
        }
    }
    whole
}

fn compare(one: &Text, other: &Text) -> Option<bool> {
    if one == other {
        return Some(true);
    }
    if one.is_plain() && other.is_plain() {
        return Some(false);
    }
    let (first, second) = (one.known_prefix(), other.known_prefix());
    let differ = first
        .bytes()
        .zip(second.bytes())
        .any(|(one, other)| one != other);
    // Nothing is shorter than its known characters.
    let known = |text: &Text| {
        text.pieces()
            .filter_map(Result::ok)
            .map(str::len)
            .sum::<usize>()
    };
    let too_short = |plain: &Text, mixed: &Text| {
        plain
            .as_plain()
            .is_some_and(|text| text.len() < known(mixed))
    };
    (differ || too_short(one, other) || too_short(other, one)).then_some(false)
}

#[allow(clippy::float_cmp)] // Terraform's own comparison
fn arithmetic(operator: BinaryOperator, first: &Val, second: &Val, place: Place) -> Option<Val> {
    let (first, second) = (number(first)?, number(second)?);
    let number = |value: f64| Val::new(place, Kind::Number(value));
    Some(match operator {
        BinaryOperator::Plus => number(first + second),
        BinaryOperator::Minus => number(first - second),
        BinaryOperator::Mul => number(first * second),
        BinaryOperator::Div | BinaryOperator::Mod if second == 0.0 => {
            Val::failed(place, "division by zero")
        }
        BinaryOperator::Div => number(first / second),
        BinaryOperator::Mod => number(first % second),
        BinaryOperator::Less => Val::bool(place, first < second),
        BinaryOperator::LessEq => Val::bool(place, first <= second),
        BinaryOperator::Greater => Val::bool(place, first > second),
        BinaryOperator::GreaterEq => Val::bool(place, first >= second),
        _ => return None,
    })
}

/// A number, or text that is one.
pub(super) fn number(val: &Val) -> Option<f64> {
    match &val.kind {
        Kind::Number(number) => Some(*number),
        Kind::Text(_) => val.known()?.parse().ok(),
        _ => None,
    }
}
