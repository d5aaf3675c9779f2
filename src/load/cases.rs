//! Values of which undecided conditions choose one.

use crate::iam::{Guard, Member, Node, Place, Text, Value};

/// What a value may be, and when. `None` stands for nothing.
pub(super) type Cases = Vec<(Guard, Option<Node>)>;

/// Cases as items of a list, each with its guard; `flat` puts the items of lists in their place.
pub(super) fn guarded_items(cases: Cases, flat: bool) -> Vec<Node> {
    let mut items = Vec::new();
    for (guard, value) in cases {
        let Some(value) = value else { continue };
        match value.value {
            Value::List(inner) if flat => items.extend(inner.into_iter().map(|mut item| {
                item.guard = item.guard.join(&guard);
                item
            })),
            _ => {
                let guard = value.guard.join(&guard);
                items.push(Node { guard, ..value });
            }
        }
    }
    items
}

/// One document of several that exclude each other: their statements, each under its guard.
pub(super) fn together(place: Place, cases: Cases) -> Node {
    let mut statements = Vec::new();
    let mut others: Vec<Member> = Vec::new();
    for (guard, value) in cases {
        let Some(value) = value else { continue };
        for member in value.members() {
            if member.key == *"Statement" {
                let cases = vec![(guard.clone(), Some(member.value.clone()))];
                statements.extend(guarded_items(cases, true));
            } else if !others.iter().any(|other| other.key == member.key) {
                others.push(member.clone());
            }
        }
        if !matches!(value.value, Value::Object(_)) {
            let guard: Guard = value.guard.join(&guard);
            statements.push(Node { guard, ..value });
        }
    }
    merge_twins(&mut statements);
    others.push(Member {
        key: Text::plain("Statement"),
        place,
        value: Node::new(place, Value::List(statements)),
    });
    Node::new(place, Value::Object(others))
}

/// A statement that is there whether a condition holds or not is there always.
fn merge_twins(statements: &mut Vec<Node>) {
    let mut at = 0;
    while at < statements.len() {
        let one = &statements[at];
        let twin = statements
            .iter()
            .enumerate()
            .skip(at + 1)
            .find(|(_, other)| {
                are_opposite(&one.guard, &other.guard)
                    && one.place == other.place
                    && one.to_json() == other.to_json()
            });
        if let Some((twin, _)) = twin {
            statements.remove(twin);
            statements[at].guard = Guard::always();
        }
        at += 1;
    }
}

fn are_opposite(one: &Guard, other: &Guard) -> bool {
    match (one.requirements(), other.requirements()) {
        ([one], [other]) => one.condition == other.condition && one.holds != other.holds,
        _ => false,
    }
}
