//! Expressions into values.

use std::rc::Rc;

use super::expression::{Expr, ExprKind, ForExpr};
use super::functions;
use super::module::Env;
use super::operators;
use super::value::{Field, Kind, Val};
use super::world::{MAX_CASES, World};
use crate::iam::{Guard, Place, Problem, Text};

impl World<'_> {
    /// What an expression comes to.
    pub fn eval(&self, expr: &Expr, env: &Env) -> Val {
        let mut val = if self.enter(expr.place) {
            self.eval_inside(expr, env)
        } else {
            self.too_much(expr.place)
        };
        self.leave();
        val.place = expr.place;
        if let Some(comment) = &expr.comment {
            val.comment = Some(Rc::from(&**comment));
        }
        val
    }

    fn eval_inside(&self, expr: &Expr, env: &Env) -> Val {
        let place = expr.place;
        match &expr.kind {
            ExprKind::Null => Val::null(place),
            ExprKind::Bool(value) => Val::bool(place, *value),
            ExprKind::Number(number) => Val::new(place, Kind::Number(*number)),
            ExprKind::Template(segments) => self.template(segments, env, place),
            ExprKind::List(items) => Val::list(
                place,
                items.iter().map(|item| self.eval(item, env)).collect(),
            ),
            ExprKind::Object(members) => self.object(members, env, place),
            ExprKind::Variable(name) => self.traverse(name, &[], env, place),
            ExprKind::Traversal(base, steps) => match &base.kind {
                ExprKind::Variable(name) => self.traverse(name, steps, env, place),
                _ => {
                    let base = self.eval(base, env);
                    self.steps(base, steps, env, place)
                }
            },
            ExprKind::Call(name, arguments, spread) => {
                let mut values: Vec<Val> =
                    arguments.iter().map(|item| self.eval(item, env)).collect();
                if *spread && let Some(last) = values.pop() {
                    match &last.kind {
                        Kind::List(items) => values.extend(items.iter().cloned()),
                        _ => values.push(last),
                    }
                }
                functions::call(self, name, &values, env, place)
            }
            ExprKind::Not(inner) => {
                let inner = self.truth(&self.eval(inner, env));
                self.each_case(&[inner], place, &|values| match values {
                    [
                        Val {
                            kind: Kind::Bool(value),
                            ..
                        },
                    ] => Val::bool(place, !value),
                    _ => self.named("!", values, place),
                })
            }
            ExprKind::Negate(inner) => {
                let inner = self.eval(inner, env);
                self.each_case(&[inner], place, &|values| match values {
                    [
                        Val {
                            kind: Kind::Number(number),
                            ..
                        },
                    ] => Val::new(place, Kind::Number(-number)),
                    _ => self.named("-", values, place),
                })
            }
            ExprKind::Binary(left, operator, right) => {
                operators::binary(self, left, *operator, right, env, place)
            }
            ExprKind::Conditional(parts) => {
                let [condition, yes, no] = &**parts;
                let condition = self.truth(&self.eval(condition, env));
                let mut cases = Vec::new();
                for (guard, decided) in condition.cases() {
                    let branch = match decided.kind {
                        Kind::Bool(true) => self.eval(yes, env),
                        Kind::Bool(false) => self.eval(no, env),
                        Kind::Failed(_) => decided,
                        _ => self.named("condition", &[decided], place),
                    };
                    cases.push((guard, branch));
                }
                self.choose(place, cases)
            }
            ExprKind::For(part) => {
                let collection = self.eval(&part.collection, env);
                self.each_case(&[collection], place, &|values| match values {
                    [collection] => self.for_each(part, collection, env, place),
                    _ => Val::null(place),
                })
            }
        }
    }

    /// One of cases, unless they are too many to follow.
    pub fn choose(&self, place: Place, cases: Vec<(Guard, Val)>) -> Val {
        let choice = Val::choice(place, cases);
        match &choice.kind {
            Kind::Choice(cases) if cases.len() > MAX_CASES => {
                let message = "too many combinations of undecided conditions";
                self.problem(Problem::warning(place, message));
                self.too_much(place)
            }
            _ => choice,
        }
    }

    /// Applies a function to every combination of the cases of values.
    pub fn each_case(&self, values: &[Val], place: Place, apply: &dyn Fn(&[Val]) -> Val) -> Val {
        if let Some(failed) = values
            .iter()
            .find(|val| matches!(val.kind, Kind::Failed(_)))
        {
            return failed.clone();
        }
        if values
            .iter()
            .all(|val| !matches!(val.kind, Kind::Choice(_)))
        {
            return apply(values);
        }
        let mut combined: Vec<(Guard, Vec<Val>)> = vec![(Guard::always(), Vec::new())];
        for val in values {
            let mut next = Vec::new();
            for (guard, before) in &combined {
                for (when, case) in val.cases() {
                    if guard.contradicts(&when) || next.len() > MAX_CASES {
                        continue;
                    }
                    let mut row = before.clone();
                    row.push(case);
                    next.push((guard.join(&when), row));
                }
            }
            combined = next;
        }
        let cases = combined.into_iter().map(|(guard, row)| {
            let failed = row.iter().find(|val| matches!(val.kind, Kind::Failed(_)));
            let val = failed.cloned().unwrap_or_else(|| apply(&row));
            (guard, val)
        });
        self.choose(place, cases.collect())
    }

    /// An expression of unknown values, named by what it is applied to.
    pub fn named(&self, function: &str, values: &[Val], place: Place) -> Val {
        let names: Vec<String> = values.iter().map(Val::name).collect();
        let name = match (function, names.as_slice()) {
            ("!" | "-", [only]) => format!("{function}{only}"),
            _ => format!("{function}({})", names.join(", ")),
        };
        self.expression(&name, place)
    }

    fn object(&self, members: &[(Expr, Expr)], env: &Env, place: Place) -> Val {
        let mut fields: Vec<Field> = Vec::new();
        for (key, value) in members {
            let named = self.eval(key, env);
            let text = match &named.kind {
                Kind::Failed(_) => return named,
                _ => named.to_text(),
            };
            let key_text = text.unwrap_or_else(|| Text::plain(named.name()));
            fields.retain(|field| field.key != key_text);
            fields.push(Field {
                key: key_text,
                place: key.place,
                val: self.eval(value, env),
            });
        }
        Val::map(place, fields)
    }

    fn for_each(&self, part: &ForExpr, collection: &Val, env: &Env, place: Place) -> Val {
        let Some(entries) = self.entries(collection) else {
            if matches!(collection.kind, Kind::Null) {
                return Val::failed(place, "cannot iterate over null");
            }
            let name = World::full_name(env, &part.text);
            let name = match collection.kind {
                // The same words over another collection are another value.
                Kind::Unknown(_) if !env.is_plain() => format!("{name} of {}", collection.name()),
                _ => name,
            };
            return self.expression(&name, place);
        };
        let mut items = Vec::new();
        let mut fields: Vec<Field> = Vec::new();
        for (key, item) in entries {
            let is_rest = matches!(item.kind, Kind::Rest(_));
            let (key, item) = self.one_of_rest(key, item);
            if !self.spend(1, place) {
                return self.too_much(place);
            }
            let mut inner = env.with(&part.value_name, item);
            if let Some(name) = &part.key_name {
                inner = inner.with(name, key);
            }
            let kept = match &part.condition {
                Some(condition) => self.truth(&self.eval(condition, &inner)),
                None => Val::bool(place, true),
            };
            let mut results = Vec::new();
            for (guard, decided) in kept.cases() {
                match decided.kind {
                    Kind::Bool(true) => results.push((guard, self.eval(&part.result, &inner))),
                    Kind::Bool(false) => {}
                    _ => return decided,
                }
            }
            for (guard, result) in results {
                if let Kind::Failed(_) = result.kind {
                    return result;
                }
                let result = match (&result.kind, is_rest) {
                    (Kind::Unknown(reference), true) => {
                        Val::new(place, Kind::Rest(reference.clone()))
                    }
                    _ => result,
                };
                let guarded = if guard.is_always() {
                    result
                } else {
                    Val::new(result.place, Kind::Choice(vec![(guard, result)].into()))
                };
                match &part.key {
                    None => items.push(guarded),
                    Some(key) => {
                        let key_val = self.eval(key, &inner);
                        let Some(text) = key_val.to_text() else {
                            return self.expression(&World::full_name(env, &part.text), place);
                        };
                        let same = fields.iter_mut().find(|field| field.key == text);
                        match (same, part.grouping) {
                            (Some(field), true) => {
                                if let Kind::List(all) = &field.val.kind {
                                    let mut all = all.to_vec();
                                    all.push(guarded);
                                    field.val = Val::list(place, all);
                                }
                            }
                            (Some(field), false) => field.val = guarded,
                            (None, grouping) => fields.push(Field {
                                key: text,
                                place: key.place,
                                val: if grouping {
                                    Val::list(place, vec![guarded])
                                } else {
                                    guarded
                                },
                            }),
                        }
                    }
                }
            }
        }
        match part.key {
            Some(_) => Val::map(place, fields),
            None => Val::list(place, items),
        }
    }

    /// The keys and values of a collection; maps in the order of their keys, as Terraform has them.
    pub fn entries(&self, collection: &Val) -> Option<Vec<(Val, Val)>> {
        let place = collection.place;
        match &collection.kind {
            Kind::List(items) => {
                let mut number = -1.0;
                let entry = |item: &Val| {
                    number += 1.0;
                    (Val::new(place, Kind::Number(number)), item.clone())
                };
                Some(items.iter().map(entry).collect())
            }
            Kind::Map(fields) => {
                let mut sorted: Vec<&Field> = fields.iter().collect();
                sorted.sort_by_cached_key(|field| field.key.to_string());
                let entry =
                    |field: &Field| (Val::text(field.place, field.key.clone()), field.val.clone());
                Some(sorted.into_iter().map(entry).collect())
            }
            _ => None,
        }
    }

    /// An item that stands for any number of unknown ones, as the one of them that is looked at.
    pub fn one_of_rest(&self, key: Val, item: Val) -> (Val, Val) {
        match &item.kind {
            Kind::Rest(reference) => {
                let place = reference.place;
                let each = format!("{}[*]", reference.name);
                let key = format!("index of {}", reference.name);
                (
                    self.unknown(&key, reference.kind, place),
                    self.unknown(&each, reference.kind, place),
                )
            }
            _ => (key, item),
        }
    }
}
