//! `count` and `for_each`: how often a block exists.

use std::rc::Rc;

use super::expression::Body;
use super::module::{Env, Instance, Module};
use super::operators;
use super::value::{Field, Kind, Val};
use super::world::World;
use crate::iam::{Guard, Place, Problem, Text, UnresolvedKind};

/// Instances of one block that are shown one by one.
const MAX_INSTANCES: usize = 500;

/// Makes one of them: in its surroundings, with its key in brackets, under its conditions.
type Make<'m> = dyn Fn(Env, &str, &Guard) -> Kind + 'm;

impl World<'_> {
    /// `TYPE.NAME`: its instances.
    pub fn resource(&self, is_data: bool, kind: &str, name: &str, env: &Env, place: Place) -> Val {
        let module = &env.module;
        let mut blocks = module.folder.resources.iter().enumerate();
        let found = blocks.find(|(_, block)| {
            block.is_data == is_data && block.kind == kind && block.name == name
        });
        let data = if is_data { "data." } else { "" };
        let base = format!("{}{data}{kind}.{name}", module.address);
        match found {
            Some((at, _)) => self.instances(module, at),
            None => {
                let place = Place::whole(place.source);
                self.unknown(&base, UnresolvedKind::Attribute, place)
            }
        }
    }

    /// The instances of a block of a module.
    pub fn instances(&self, module: &Rc<Module>, at: usize) -> Val {
        let Some(block) = module.folder.resources.get(at) else {
            return Val::null(Place::default());
        };
        let base = format!("{}{}", module.address, block.base());
        self.memo_of_module(module, &block.base(), block.place, || {
            let make = |env: Env, key: &str, guard: &Guard| {
                let guard = module.guard.join(guard);
                let instance = Rc::new(Instance::new(env, at, base.clone(), key, guard));
                if key == "[*]" {
                    Kind::Each(instance)
                } else {
                    Kind::Resource(instance)
                }
            };
            self.expand(&block.body, module, block.place, &base, &make)
        })
    }

    /// What a block is made into by its `count` or `for_each`: one, a list, a map, one for each of
    /// unknown keys, or one of these by undecided conditions.
    pub fn expand(
        &self,
        body: &Body,
        module: &Rc<Module>,
        place: Place,
        base: &str,
        make: &Make<'_>,
    ) -> Val {
        let env = Env::of(module.clone());
        let cases = |expr| match self.eval(expr, &env).kind {
            Kind::Choice(cases) => cases.to_vec(),
            kind => vec![(Guard::always(), Val::new(place, kind))],
        };
        if let Some(count) = body.attribute("count") {
            let made = cases(count).into_iter().map(|(guard, count)| {
                let val = self.counted(&count, &guard, &env, place, base, make);
                (guard, val)
            });
            return self.choose(place, made.collect());
        }
        if let Some(for_each) = body.attribute("for_each") {
            let made = cases(for_each).into_iter().map(|(guard, keys)| {
                let val = self.keyed(&keys, &guard, &env, place, base, make);
                (guard, val)
            });
            return self.choose(place, made.collect());
        }
        Val::new(place, make(env, "", &Guard::always()))
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss
    )] // tested before it, and small
    fn counted(
        &self,
        count: &Val,
        guard: &Guard,
        env: &Env,
        place: Place,
        base: &str,
        make: &Make<'_>,
    ) -> Val {
        let known = operators::number(count).or(match count.kind {
            Kind::Bool(value) => Some(f64::from(u8::from(value))),
            Kind::Null => Some(1.0),
            _ => None,
        });
        let one_of = |name: &str| {
            let index = self.unknown(
                &format!("index of {name}"),
                UnresolvedKind::Expression,
                place,
            );
            let mut env = env.clone();
            env.count = Some(index);
            self.one_for_each(name, guard, env, place, make)
        };
        match known {
            Some(number) if number <= MAX_INSTANCES as f64 => {
                let items = (0..number.max(0.0) as usize).map(|at| {
                    let mut env = env.clone();
                    env.count = Some(Val::new(place, Kind::Number(at as f64)));
                    Val::new(place, make(env, &format!("[{at}]"), guard))
                });
                Val::list(place, items.collect())
            }
            Some(number) => {
                let message = format!("`{base}` has {number} instances: one is shown for all");
                self.problem(Problem::error(place, message));
                one_of(&format!("count of {base}"))
            }
            None => match &count.kind {
                Kind::Failed(why) => {
                    self.problem(Problem::error(count.place, why.to_string()));
                    one_of(&format!("count of {base}"))
                }
                _ => one_of(&count.name()),
            },
        }
    }

    fn keyed(
        &self,
        keys: &Val,
        guard: &Guard,
        env: &Env,
        place: Place,
        base: &str,
        make: &Make<'_>,
    ) -> Val {
        let entries: Option<Vec<(Text, Val)>> = match &keys.kind {
            Kind::Null => Some(Vec::new()),
            Kind::Map(fields) => Some(
                fields
                    .iter()
                    .map(|field| (field.key.clone(), field.val.clone()))
                    .collect(),
            ),
            Kind::List(items) => items
                .iter()
                .filter(|item| !matches!(item.kind, Kind::Rest(_)))
                .flat_map(Val::cases)
                .map(|(when, item)| {
                    let key = item.to_text()?;
                    // An item that an undecided condition leaves out takes its instance with it.
                    let item = match when.is_always() {
                        true => item,
                        false => Val::new(place, Kind::Choice(vec![(when, item)].into())),
                    };
                    Some((key, item))
                })
                .collect(),
            _ => None,
        };
        let one_of = |name: &str| {
            let key = self.unknown(&format!("key of {name}"), UnresolvedKind::Expression, place);
            let value = match &keys.kind {
                Kind::List(_) => key.clone(),
                _ => self.unknown(&format!("{name}[*]"), UnresolvedKind::Expression, place),
            };
            let mut env = env.clone();
            env.each = Some((key, value));
            self.one_for_each(name, guard, env, place, make)
        };
        match entries {
            Some(entries) if entries.len() > MAX_INSTANCES => {
                let count = entries.len();
                let message = format!("`{base}` has {count} instances: one is shown for all");
                self.problem(Problem::error(place, message));
                one_of(&format!("for_each of {base}"))
            }
            Some(entries) => {
                let fields = entries.into_iter().map(|(key, val)| {
                    let (when, val) = match &val.kind {
                        Kind::Choice(cases) if cases.len() == 1 => cases
                            .first()
                            .cloned()
                            .unwrap_or((Guard::always(), val.clone())),
                        _ => (Guard::always(), val),
                    };
                    let mut env = env.clone();
                    env.each = Some((Val::text(place, key.clone()), val));
                    let made = make(env, &format!("[\"{key}\"]"), &guard.join(&when));
                    Field {
                        key,
                        place,
                        val: Val::new(place, made),
                    }
                });
                let rest = self.rest_of(keys, guard, env, place, make);
                Val::map(place, fields.chain(rest).collect())
            }
            None => match &keys.kind {
                Kind::Failed(why) => {
                    self.problem(Problem::error(keys.place, why.to_string()));
                    one_of(&format!("for_each of {base}"))
                }
                _ => one_of(&keys.name()),
            },
        }
    }

    /// The instances of a set of which some keys are known: one for all of each unknown list in it.
    fn rest_of(
        &self,
        keys: &Val,
        guard: &Guard,
        env: &Env,
        place: Place,
        make: &Make<'_>,
    ) -> Vec<Field> {
        let Kind::List(items) = &keys.kind else {
            return Vec::new();
        };
        let rest = items.iter().filter_map(|item| match &item.kind {
            Kind::Rest(reference) => Some(reference),
            _ => None,
        });
        rest.map(|reference| {
            let each = format!("{}[*]", reference.name);
            let key = self.unknown(&each, UnresolvedKind::Expression, place);
            let text = key.to_text();
            let mut env = env.clone();
            env.each = Some((key.clone(), key));
            Field {
                key: text.unwrap_or_else(|| Text::plain(each)),
                place,
                val: self.one_for_each(&reference.name, guard, env, place, make),
            }
        })
        .collect()
    }

    /// The one instance that stands for all of unknown number.
    fn one_for_each(
        &self,
        name: &str,
        guard: &Guard,
        env: Env,
        place: Place,
        make: &Make<'_>,
    ) -> Val {
        let exists = self.undecided(&format!("{name} is not empty"), place);
        let cases = exists.cases().into_iter().filter_map(|(when, exists)| {
            let is_there = matches!(exists.kind, Kind::Bool(true));
            is_there.then(|| when.join(guard))
        });
        match cases.last() {
            Some(when) => Val::new(place, make(env, "[*]", &when)),
            None => Val::list(place, Vec::new()),
        }
    }
}
