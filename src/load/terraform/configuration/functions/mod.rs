//! The functions of Terraform's language that policies are written with. A function of which an
//! argument is unknown is itself a symbol, named by what it is applied to.

mod collections;
mod encoding;
mod format;
mod sets;
mod text;

use super::module::Env;
use super::value::{Kind, Val};
use super::world::World;
use crate::iam::Place;

/// A call of a function.
pub(super) struct Call<'c> {
    pub world: &'c World<'c>,
    pub name: &'c str,
    pub arguments: &'c [Val],
    pub env: &'c Env,
    pub place: Place,
}

/// What a call comes to.
pub(super) fn call(
    world: &World<'_>,
    name: &str,
    arguments: &[Val],
    env: &Env,
    place: Place,
) -> Val {
    let name = name.strip_prefix("core::").unwrap_or(name);
    match name {
        "try" => return first_good(world, arguments, place),
        "can" => {
            let good = |val: &Val| Val::bool(place, !matches!(val.kind, Kind::Failed(_)));
            let Some(val) = arguments.first() else {
                return Val::bool(place, false);
            };
            let cases = val
                .cases()
                .into_iter()
                .map(|(guard, val)| (guard, good(&val)));
            return world.choose(place, cases.collect());
        }
        _ => {}
    }
    world.each_case(arguments, place, &|arguments| {
        let call = Call {
            world,
            name,
            arguments,
            env,
            place,
        };
        let found = collections::call(&call)
            .or_else(|| sets::call(&call))
            .or_else(|| text::call(&call))
            .or_else(|| format::call(&call))
            .or_else(|| encoding::call(&call));
        found.unwrap_or_else(|| call.unknown())
    })
}

/// `try`: the first argument that Terraform can evaluate, in every case of undecided conditions.
fn first_good(world: &World<'_>, arguments: &[Val], place: Place) -> Val {
    let Some((first, rest)) = arguments.split_first() else {
        return Val::failed(place, "nothing to try");
    };
    let cases = first.cases().into_iter().map(|(guard, val)| {
        let val = match val.kind {
            Kind::Failed(_) => first_good(world, rest, place),
            _ => val,
        };
        (guard, val)
    });
    world.choose(place, cases.collect())
}

impl Call<'_> {
    /// The call as a symbol.
    pub fn unknown(&self) -> Val {
        self.world.named(self.name, self.arguments, self.place)
    }

    pub fn list(&self, items: Vec<Val>) -> Val {
        if self.world.spend(items.len(), self.place) {
            Val::list(self.place, items)
        } else {
            self.world.too_much(self.place)
        }
    }

    pub fn text(&self, text: impl Into<String>) -> Val {
        let text = text.into();
        if self.world.spend_text(text.len(), self.place) {
            Val::text(self.place, text)
        } else {
            self.world.too_much(self.place)
        }
    }

    pub fn number(&self, number: f64) -> Val {
        Val::new(self.place, Kind::Number(number))
    }

    pub fn bool(&self, value: bool) -> Val {
        Val::bool(self.place, value)
    }

    pub fn failed(&self, why: &str) -> Val {
        Val::failed(self.place, format!("`{}`: {why}", self.name))
    }

    pub fn argument(&self, at: usize) -> Option<&Val> {
        self.arguments.get(at)
    }

    /// An argument that is wholly known text.
    pub fn known(&self, at: usize) -> Option<String> {
        self.argument(at)?.known()
    }

    /// An argument that is a number of items or characters.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // tested before it
    pub fn count(&self, at: usize) -> Option<usize> {
        let number = super::operators::number(self.argument(at)?)?;
        (0.0..1e9).contains(&number).then_some(number as usize)
    }

    /// The items of an argument; one unknown list is any number of unknown items.
    pub fn items(&self, at: usize) -> Option<Vec<Val>> {
        let argument = self.argument(at)?;
        match &argument.kind {
            Kind::List(items) => Some(items.to_vec()),
            Kind::Unknown(reference) => Some(vec![Val::new(
                argument.place,
                Kind::Rest(reference.clone()),
            )]),
            _ => None,
        }
    }
}
