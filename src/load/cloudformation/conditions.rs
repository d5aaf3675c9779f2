//! Conditions of templates: decided where parameters decide them, else a name to depend on.

use super::scope::Scope;
use crate::iam::{Guard, Node, Problem, Requirement, Text, Undecided};

/// What is known of a condition.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Logic {
    Yes,
    No,
    /// Not decided. It holds exactly when the requirement does, where there is one.
    Unknown(Option<Requirement>),
}

impl Logic {
    fn of(value: bool) -> Self {
        if value { Logic::Yes } else { Logic::No }
    }

    fn not(self) -> Self {
        match self {
            Logic::Yes => Logic::No,
            Logic::No => Logic::Yes,
            Logic::Unknown(requirement) => {
                let negated = |requirement: Requirement| Requirement {
                    holds: !requirement.holds,
                    ..requirement
                };
                Logic::Unknown(requirement.map(negated))
            }
        }
    }
}

/// When a branch of `Fn::If`, or a resource with a `Condition`, exists.
pub(in crate::load) enum Exists {
    Never,
    When(Guard),
}

impl Scope<'_> {
    /// When the part behind a condition exists, and when its counterpart does; `node` is where
    /// the condition is asked for.
    pub fn branches(&self, name: &str, node: &Node) -> (Exists, Exists) {
        let always = Exists::When(Guard::always());
        match self.named_condition(name, node) {
            Logic::Yes => (always, Exists::Never),
            Logic::No => (Exists::Never, always),
            Logic::Unknown(requirement) => {
                let requirement = requirement.unwrap_or_else(|| holds(name));
                let condition = requirement.condition;
                let definition = self.template.conditions.get(&condition);
                let place = definition.map_or(node.place, |definition| definition.place);
                let undecided = Undecided {
                    condition: condition.clone(),
                    place,
                };
                self.log
                    .borrow_mut()
                    .undecided
                    .entry(condition.clone())
                    .or_insert(undecided);
                let when = |holds| Exists::When(Guard::always().and(&condition, holds));
                (when(requirement.holds), when(!requirement.holds))
            }
        }
    }

    fn named_condition(&self, name: &str, node: &Node) -> Logic {
        if let Some(given) = self.given.conditions.get(name) {
            return Logic::of(*given);
        }
        if let Some(known) = self.conditions.borrow().get(name) {
            return known.clone();
        }
        let own = Logic::Unknown(Some(holds(name)));
        let Some(definition) = self.template.conditions.get(name) else {
            self.problem(Problem::error(
                node.place,
                format!("condition `{name}` is not defined"),
            ));
            return own;
        };
        // Until it is known, a condition that asks for itself is undecided.
        let remember = |logic: &Logic| {
            let mut known = self.conditions.borrow_mut();
            known.insert(name.to_owned(), logic.clone());
        };
        remember(&own);
        let logic = match self.condition(&definition.node) {
            Logic::Unknown(None) => own,
            // A circle.
            Logic::Unknown(Some(requirement)) if requirement.condition == name => own,
            logic => logic,
        };
        remember(&logic);
        logic
    }

    fn condition(&self, node: &Node) -> Logic {
        let logic = if self.enter(node.place) {
            self.condition_inside(node)
        } else {
            Logic::Unknown(None)
        };
        self.leave();
        logic
    }

    fn condition_inside(&self, node: &Node) -> Logic {
        let [member] = node.members() else {
            return match node.scalar().as_ref().and_then(Text::as_plain) {
                Some("true") => Logic::Yes,
                Some("false") => Logic::No,
                _ => Logic::Unknown(None),
            };
        };
        let argument = &member.value;
        match (member.key.as_plain(), argument.one_or_many()) {
            (Some("Condition"), [name]) => match name.as_str() {
                Some(name) => self.named_condition(name, argument),
                None => Logic::Unknown(None),
            },
            (Some("Fn::Not"), [inner]) => self.condition(inner).not(),
            (Some("Fn::And"), parts) => self.all(parts, &Logic::No, Logic::Yes),
            (Some("Fn::Or"), parts) => self.all(parts, &Logic::Yes, Logic::No),
            (Some("Fn::Equals"), [left, right]) => self.equals(left, right),
            // The rest (`Fn::Contains`, ...) is for Rules, not for Conditions.
            _ => Logic::Unknown(None),
        }
    }

    /// Parts of which one that is `deciding` decides the whole, else they come to `otherwise`.
    fn all(&self, parts: &[Node], deciding: &Logic, otherwise: Logic) -> Logic {
        let mut unknown = Vec::new();
        for part in parts {
            match self.condition(part) {
                found if found == *deciding => return found,
                Logic::Unknown(requirement) => unknown.push(requirement),
                _ => {}
            }
        }
        match unknown.as_slice() {
            [] => otherwise,
            [only] => Logic::Unknown(only.clone()),
            _ => Logic::Unknown(None),
        }
    }

    fn equals(&self, left: &Node, right: &Node) -> Logic {
        match (self.one_text(left), self.one_text(right)) {
            (Some(left), Some(right)) => compare(&left, &right),
            _ => Logic::Unknown(None),
        }
    }
}

fn holds(condition: &str) -> Requirement {
    Requirement {
        condition: condition.to_owned(),
        holds: true,
    }
}

/// Whether two texts are equal, as far as their unresolved parts allow to say.
fn compare(left: &Text, right: &Text) -> Logic {
    if left == right {
        return Logic::Yes;
    }
    if left.is_plain() && right.is_plain() {
        return Logic::No;
    }
    let (first, second) = (left.known_prefix(), right.known_prefix());
    if first
        .bytes()
        .zip(second.bytes())
        .any(|(one, other)| one != other)
    {
        return Logic::No;
    }
    Logic::Unknown(None)
}
