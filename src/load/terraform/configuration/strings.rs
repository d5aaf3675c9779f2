//! Strings with expressions in them.

use super::expression::{Expr, Segment};
use super::module::Env;
use super::value::{Kind, Val};
use super::world::World;
use crate::iam::{Guard, Part, Place};
use crate::load::json_text::{Origin, Piece};

type TextCases = Vec<(Guard, Vec<Piece>)>;

impl World<'_> {
    /// What a string comes to. `"${x}"` is `x` itself, of whatever type.
    pub fn template(&self, segments: &[Segment], env: &Env, place: Place) -> Val {
        if let [Segment::Value(only)] = segments {
            return self.eval(only, env);
        }
        let mut cases: TextCases = vec![(Guard::always(), Vec::new())];
        if let Err(failed) = self.append(segments, env, place, &mut cases) {
            return failed;
        }
        let cases = cases
            .into_iter()
            .map(|(guard, pieces)| (guard, Val::pieces(place, pieces)));
        self.choose(place, cases.collect())
    }

    fn append(
        &self,
        segments: &[Segment],
        env: &Env,
        place: Place,
        cases: &mut TextCases,
    ) -> Result<(), Val> {
        for segment in segments {
            match segment {
                Segment::Literal(pieces) => {
                    for (_, text) in cases.iter_mut() {
                        self.add(text, pieces.clone(), place)?;
                    }
                }
                Segment::Value(expr) => self.append_value(&self.eval(expr, env), expr, cases)?,
                Segment::If(parts) => {
                    let (condition, yes, no) = &**parts;
                    let condition = self.truth(&self.eval(condition, env));
                    let mut next = TextCases::new();
                    for (when, decided) in condition.cases() {
                        let branch = match decided.kind {
                            Kind::Bool(true) => yes,
                            Kind::Bool(false) => no,
                            Kind::Failed(_) => return Err(decided),
                            _ => return Err(self.named("if", &[decided], place)),
                        };
                        let mut own: TextCases = cases
                            .iter()
                            .filter(|(guard, _)| !guard.contradicts(&when))
                            .map(|(guard, text)| (guard.join(&when), text.clone()))
                            .collect();
                        self.append(branch, env, place, &mut own)?;
                        next.extend(own);
                    }
                    *cases = next;
                }
                Segment::For(part) => {
                    let collection = self.eval(&part.collection, env);
                    let Some(entries) = self.entries(&collection) else {
                        return Err(self.named("for", &[collection], place));
                    };
                    for (key, item) in entries {
                        let (key, item) = self.one_of_rest(key, item);
                        let mut inner = env.with(&part.value_name, item);
                        if let Some(name) = &part.key_name {
                            inner = inner.with(name, key);
                        }
                        if !self.spend(1, place) {
                            return Err(self.too_much(place));
                        }
                        self.append(&part.body, &inner, place, cases)?;
                    }
                }
            }
            if cases.len() > super::world::MAX_CASES {
                return Err(self.too_much(place));
            }
        }
        Ok(())
    }

    fn append_value(&self, val: &Val, expr: &Expr, cases: &mut TextCases) -> Result<(), Val> {
        let place = expr.place;
        if let Kind::Choice(choices) = &val.kind {
            let mut next = TextCases::new();
            for (when, choice) in choices.iter() {
                let mut own: TextCases = cases
                    .iter()
                    .filter(|(guard, _)| !guard.contradicts(when))
                    .map(|(guard, text)| (guard.join(when), text.clone()))
                    .collect();
                // A branch that Terraform would refuse is not taken.
                match self.append_value(choice, expr, &mut own) {
                    Ok(()) => next.extend(own),
                    Err(failed) if choices.len() == 1 => return Err(failed),
                    Err(_) => {}
                }
            }
            *cases = next;
            return Ok(());
        }
        let Some(pieces) = val.to_pieces() else {
            return Err(match &val.kind {
                Kind::Failed(_) => val.clone(),
                Kind::Resource(_) | Kind::Each(_) | Kind::Module(_) => {
                    self.named("string", std::slice::from_ref(val), place)
                }
                _ => Val::failed(
                    place,
                    "only text, numbers and booleans can stand in a string",
                ),
            });
        };
        for (_, text) in cases.iter_mut() {
            self.add(text, pieces.clone(), place)?;
        }
        Ok(())
    }

    fn add(&self, text: &mut Vec<Piece>, pieces: Vec<Piece>, place: Place) -> Result<(), Val> {
        let bytes: usize = pieces.iter().map(Piece::len).sum();
        if !self.spend_text(bytes, place) || !self.spend(pieces.len(), place) {
            return Err(self.too_much(place));
        }
        text.extend(pieces);
        Ok(())
    }

    /// Texts one behind the other, with what stands between them.
    pub fn joined(&self, between: &str, texts: &[Val], place: Place) -> Option<Val> {
        let mut pieces = Vec::new();
        let mut bytes = 0;
        for (at, text) in texts.iter().enumerate() {
            if at > 0 && !between.is_empty() {
                pieces.push(Piece {
                    part: Part::Literal(between.into()),
                    origin: Origin::Inserted(place),
                });
            }
            let own = text.to_pieces()?;
            bytes += own.iter().map(Piece::len).sum::<usize>() + between.len();
            pieces.extend(own);
        }
        if !self.spend_text(bytes, place) || !self.spend(pieces.len(), place) {
            return Some(self.too_much(place));
        }
        Some(Val::pieces(place, pieces))
    }
}
