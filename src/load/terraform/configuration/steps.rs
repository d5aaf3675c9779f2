//! What stands behind a value: `.attribute`, `[index]`, `[*]`.

use super::expression::Step;
use super::module::Env;
use super::value::{Kind, Val};
use super::world::World;
use crate::iam::{Place, UnresolvedKind};

impl World<'_> {
    /// Follows the steps behind a value.
    pub fn steps(&self, base: Val, steps: &[Step], env: &Env, place: Place) -> Val {
        let Some((step, rest)) = steps.split_first() else {
            return base;
        };
        if matches!(base.kind, Kind::Choice(_) | Kind::Failed(_)) {
            return self.each_case(&[base], place, &|values| match values {
                [base] => self.steps(base.clone(), steps, env, place),
                _ => Val::null(place),
            });
        }
        match step {
            Step::Attribute(name) => {
                let next = self.attribute_of(&base, name, place);
                self.steps(next, rest, env, place)
            }
            Step::Index(index) => {
                let index = self.eval(index, env);
                let next = self.each_case(&[index], place, &|values| match values {
                    [index] => self.index(&base, index, place),
                    _ => Val::null(place),
                });
                self.steps(next, rest, env, place)
            }
            Step::Splat => self.splat(base, rest, env, place),
        }
    }

    fn splat(&self, base: Val, rest: &[Step], env: &Env, place: Place) -> Val {
        let items = match &base.kind {
            Kind::Null => Vec::new(),
            Kind::List(items) => items.to_vec(),
            Kind::Each(instance) => vec![Val::new(place, Kind::Resource(instance.clone()))],
            Kind::Unknown(reference) => {
                let each = format!("{}[*]", reference.name);
                let each = self.unknown(&each, reference.kind, reference.place);
                let each = self.steps(each, rest, env, place);
                let Kind::Unknown(each) = each.kind else {
                    return each;
                };
                return Val::list(place, vec![Val::new(place, Kind::Rest(each))]);
            }
            _ => vec![base],
        };
        let items = items.into_iter().map(|item| match &item.kind {
            Kind::Rest(reference) => {
                let item = Val::new(place, Kind::Unknown(reference.clone()));
                match self.steps(item, rest, env, place).kind {
                    Kind::Unknown(each) => Val::new(place, Kind::Rest(each)),
                    kind => Val::new(place, kind),
                }
            }
            _ => self.steps(item, rest, env, place),
        });
        let items: Vec<Val> = items.collect();
        let failed = items
            .iter()
            .find(|item| matches!(item.kind, Kind::Failed(_)));
        failed.cloned().unwrap_or_else(|| Val::list(place, items))
    }

    /// An attribute of a value.
    pub fn attribute_of(&self, base: &Val, name: &str, place: Place) -> Val {
        match &base.kind {
            Kind::Map(fields) => match base.get(name) {
                Some(val) => val.clone(),
                // A key that is not known could be this one.
                None if fields.iter().any(|field| !field.key.is_plain()) => {
                    self.expression(&format!("{}.{name}", base.name()), place)
                }
                None => Val::failed(place, format!("there is no attribute `{name}`")),
            },
            Kind::Unknown(reference) => {
                let name = format!("{}.{name}", reference.name);
                self.unknown(&name, reference.kind, reference.place)
            }
            Kind::Resource(instance) => self.resource_attribute(instance, name),
            Kind::Each(instance) => {
                let name = format!("{}.{name}", instance.address);
                self.unknown(&name, UnresolvedKind::Attribute, place)
            }
            Kind::Module(module) => self.output(module, name, place),
            Kind::List(items) => match (name.parse::<usize>(), items.first()) {
                (Ok(at), _) => self.item(items, at, base, place),
                _ => Val::failed(place, format!("a list has no attribute `{name}`")),
            },
            _ => Val::failed(place, format!("there is no attribute `{name}`")),
        }
    }

    fn item(&self, items: &[Val], at: usize, base: &Val, place: Place) -> Val {
        let before = items.get(..at.saturating_add(1)).unwrap_or(items);
        if Val::has_rest(before) {
            return self.expression(&format!("{}[{at}]", base.name()), place);
        }
        match items.get(at) {
            Some(item) => item.clone(),
            None => Val::failed(place, format!("there is no item {at}")),
        }
    }

    /// An item of a collection.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // tested before it
    pub fn index(&self, base: &Val, index: &Val, place: Place) -> Val {
        let number = match &index.kind {
            Kind::Number(number) => Some(*number),
            _ => index.known().and_then(|text| text.parse().ok()),
        };
        match (&base.kind, number, index.known()) {
            (Kind::List(items), Some(number), _) if (0.0..1e9).contains(&number) => {
                self.item(items, number as usize, base, place)
            }
            (Kind::Map(_) | Kind::Resource(_) | Kind::Module(_), _, Some(key)) => {
                self.attribute_of(base, &key, place)
            }
            (Kind::Each(instance), _, _) if instance.is_of(index) => {
                Val::new(place, Kind::Resource(instance.clone()))
            }
            (Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Text(_), _, _) => {
                Val::failed(place, "only a collection has items")
            }
            (Kind::Each(instance), _, _) => {
                let name = format!("{}[{}]", instance.base, index.name());
                self.unknown(&name, UnresolvedKind::Attribute, instance.place)
            }
            (Kind::Unknown(reference), _, _) => {
                let name = format!("{}[{}]", reference.name, index.name());
                self.unknown(&name, reference.kind, reference.place)
            }
            (Kind::List(_), _, Some(_)) => Val::failed(place, "there is no such item"),
            _ => self.expression(&format!("{}[{}]", base.name(), index.name()), place),
        }
    }
}
