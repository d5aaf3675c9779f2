//! What a row of the tree says.

mod statement;
mod text;
mod words;

use std::collections::HashMap;
use std::sync::Arc;

use crate::catalog;
use crate::explain::{Mark, Meaning, escape};
use crate::iam::{Inventory, Origin, Severity, Text};

use super::changes::Change;
use super::children::section_size;
use super::facts::Facts;
use super::findings::{self, Remarks};
use super::index::Index;

use super::item::{Entity, Item, Owner, Part, PolicyAt, ProblemAt, Slot, problem};
use super::reach::Reach;
use super::supposed::Suppositions;

use statement::{covered_row, known_row, part_row, statement_row};
use text::{count, muted, name, plain, text_name};

pub use text::{Piece, RowText, grouped};
pub use words::{address, label, reference_name, short_text, trusted, what};

/// What rows are made from.
pub struct RowSource<'a> {
    /// What was loaded.
    pub inventory: &'a Inventory,
    /// What can be found in it.
    pub index: &'a Index,
    /// What documents hold, by where they are kept; filled as needed.
    pub facts: &'a mut HashMap<usize, Facts>,
    /// How many actions a role may use, where that is known.
    pub allowed: &'a HashMap<Entity, usize>,
    /// What is supposed to be otherwise than it was loaded.
    pub supposed: &'a Suppositions,
    /// What is remarkable about statements, where that is known.
    pub remarks: &'a Remarks,
}

impl RowSource<'_> {
    /// What the row of an item says.
    pub fn row(&mut self, item: Item) -> RowText {
        let row = self.plain_row(item);
        let mut row = self.changed(item, row);
        if matches!(item, Item::Statement(..) | Item::Part(..))
            && self.remarkable(item) > 0
            && !row.right.contains(&Piece::Mark(Mark::Problem))
        {
            row.right.insert(0, Piece::Mark(Mark::Problem));
        }
        if matches!(item, Item::Policy(_) | Item::Statement(..))
            && self.supposed.touches(item, self.inventory)
        {
            let words = Piece::Words(Meaning::Warning, "what if".to_owned());
            row.right.insert(0, words);
        }
        row
    }

    fn remarkable(&self, item: Item) -> usize {
        findings::count(item, self.inventory, self.remarks)
    }

    fn plain_row(&mut self, item: Item) -> RowText {
        match item {
            Item::Source(account) => self.source(account),
            Item::Unread => RowText {
                left: vec![
                    Piece::Mark(Mark::Problem),
                    name(Meaning::Warning, "Could not be read"),
                ],
                right: count(self.inventory.problems.len()),
                ..RowText::default()
            },
            Item::Section(account, section) => RowText {
                left: vec![name(Meaning::Emphasis, section.title())],
                right: count(section_size(self.inventory, self.index, account, section)),
                ..RowText::default()
            },
            Item::Entity(entity) => self.entity(entity),
            Item::Membership(entity, index) => {
                let groups = entity.user(self.inventory).map(|user| &user.groups[..]);
                let group = groups.and_then(|groups| groups.get(index as usize));
                RowText {
                    left: vec![Piece::Tag("group"), text_name(group)],
                    ..RowText::default()
                }
            }
            Item::Policy(at) => self.policy(at),
            Item::Statement(at, index) => match at.statement(self.inventory, index) {
                Some(statement) => statement_row(statement),
                None => RowText::default(),
            },
            Item::Part(at, index, part) => match at.statement(self.inventory, index) {
                Some(statement) => part_row(statement, part),
                None => RowText::default(),
            },
            Item::Service(at, index, part, service) => self.service(at, index, part, service),
            Item::Covered(_, _, _, action) => covered_row(action),
            Item::Catalogue => RowText {
                left: vec![name(
                    Meaning::Emphasis,
                    "Actions of AWS, in policies or not",
                )],
                ..RowText::default()
            },
            Item::Known(action) => known_row(action),
            Item::Problem(at) | Item::Listed(at) => self.problem(at, item),
            Item::Gone(number) => {
                let gone = self.index.changes().gone(number);
                RowText {
                    left: gone
                        .map(|gone| name(Meaning::Muted, &gone.name))
                        .into_iter()
                        .collect(),
                    ..RowText::default()
                }
            }
        }
    }

    /// Says how a row has changed since it was loaded before.
    fn changed(&self, item: Item, mut row: RowText) -> RowText {
        if let Some(change) = self.index.changes().of(item) {
            let meaning = match change {
                Change::New => Meaning::Allow,
                Change::Changed => Meaning::Warning,
                Change::Gone => Meaning::Deny,
            };
            let sign = Piece::Words(meaning, change.glyph().to_owned());
            row.left.insert(0, sign);
            row.right
                .push(Piece::Words(meaning, change.word().to_owned()));
        }
        row
    }

    fn facts(&mut self, at: PolicyAt) -> Facts {
        let Some(document) = at.document(self.inventory) else {
            return Facts::default();
        };
        let address = Arc::as_ptr(document) as usize;
        *self
            .facts
            .entry(address)
            .or_insert_with(|| Facts::of(document))
    }

    fn source(&mut self, account: u32) -> RowText {
        let Some(found) = self.inventory.accounts.get(account as usize) else {
            return RowText::default();
        };
        let mut right = Vec::new();
        let problems = self.index.problems(account).iter();
        let bad = problems
            .filter_map(|at| problem(*at, self.inventory))
            .filter(|problem| problem.severity > Severity::Note)
            .count();
        if !found.unresolved.is_empty() {
            right.push(Piece::Mark(Mark::Unresolved));
            right.push(muted(found.unresolved.len().to_string()));
        }
        if bad > 0 {
            right.push(Piece::Mark(Mark::Problem));
            right.push(muted(bad.to_string()));
        }
        RowText {
            left: vec![name(Meaning::Emphasis, &found.name)],
            extra: String::new(),
            right,
        }
    }

    fn entity(&mut self, entity: Entity) -> RowText {
        let mut facts = Facts::default();
        for at in entity.policies(self.inventory) {
            let own = self.facts(at);
            facts = facts.with(own);
        }
        let mut row = RowText {
            left: vec![name(Meaning::Plain, &label(entity, self.inventory))],
            ..RowText::default()
        };
        if entity.boundary(self.inventory).is_some() {
            row.right.push(Piece::Mark(Mark::Limited));
        }
        let guarded = entity
            .identity(self.inventory)
            .is_some_and(|identity| !identity.guard.is_always());
        facts.problems += self.remarkable(Item::Entity(entity));
        push_marks(&mut row.right, facts, guarded);
        if let Some(role) = entity.role(self.inventory) {
            if role.external {
                "named by policies only".clone_into(&mut row.extra);
            } else if let Some(trust) = &role.trust {
                row.extra = trusted(&trust.statements);
            }
        }
        if let Some(allowed) = self.allowed.get(&entity).copied() {
            row.right.push(Piece::Mark(if allowed == 0 {
                Mark::ImplicitDeny
            } else {
                Mark::Allow
            }));
            row.right.push(muted(grouped(allowed)));
        }
        row
    }

    fn policy(&mut self, at: PolicyAt) -> RowText {
        let tag = match at.slot {
            Slot::Trust => "trust",
            Slot::Boundary => "boundary",
            Slot::Inline(_) => "inline",
            Slot::Managed(_) => match at.attachment(self.inventory).map(|found| found.origin) {
                Some(Origin::Aws) => "aws",
                Some(Origin::External) => "external",
                _ => "managed",
            },
            Slot::Own => match at.entity.owner {
                Owner::Scp(..) => "scp",
                Owner::Rcp(..) => "rcp",
                _ => "",
            },
        };
        let mut row = RowText::default();
        if !tag.is_empty() {
            row.left.push(Piece::Tag(tag));
        }
        let mut facts = self.facts(at);
        if at.slot == Slot::Trust {
            let document = at.document(self.inventory);
            let who = document.map(|document| trusted(&document.statements));
            row.left.push(Piece::Name(
                Meaning::Plain,
                who.unwrap_or_else(|| "not loaded".to_owned()),
            ));
            facts.problems += self.remarkable(Item::Policy(at));
            push_marks(&mut row.right, facts, false);
            return row;
        }
        let named = match at.slot {
            Slot::Own => label(at.entity, self.inventory),
            Slot::Boundary | Slot::Managed(_) | Slot::Inline(_) | Slot::Trust => {
                reference_name(&at.name(self.inventory)).to_owned()
            }
        };
        row.left.push(name(Meaning::Plain, &named));
        if let Some(own) = at.entity.resource(self.inventory)
            && at.slot == Slot::Own
        {
            row.extra.clone_from(&own.kind);
        } else if let Some(managed) = at.entity.managed(self.inventory) {
            let some = |word: &str, names: &[Text]| match names {
                [] => None,
                [one] => Some(format!("{word} {}", plain(one))),
                [one, others @ ..] => Some(format!("{word} {} +{}", plain(one), others.len())),
            };
            row.extra = some("on", &managed.attached_to)
                .or_else(|| some("limits", &managed.limits))
                .unwrap_or_else(|| "attached to nothing".to_owned());
        } else if let Some((level, ..)) = at.entity.organisation(self.inventory) {
            row.extra = format!("at {}", escape(level));
        }
        let guarded = at
            .attachment(self.inventory)
            .is_some_and(|attachment| !attachment.guard.is_always());
        facts.problems += self.remarkable(Item::Policy(at));
        push_marks(&mut row.right, facts, guarded);
        if at.document(self.inventory).is_none() {
            row.right.push(Piece::Mark(Mark::Depends));
            row.right.push(muted("not loaded"));
        }
        if facts.allow > 0 {
            row.right.push(Piece::Mark(Mark::Allow));
            row.right.push(muted(facts.allow.to_string()));
        }
        if facts.deny > 0 {
            row.right.push(Piece::Mark(Mark::ExplicitDeny));
            row.right.push(muted(facts.deny.to_string()));
        }
        row
    }

    fn service(&mut self, at: PolicyAt, statement: u32, part: Part, service: u32) -> RowText {
        let Some(service) = catalog::index().services().get(service as usize) else {
            return RowText::default();
        };
        let all = service.actions().len();
        let reach = at
            .statement(self.inventory, statement)
            .and_then(|statement| Reach::of(statement, part));
        let covered = reach.map_or(0, |reach| reach.actions_of(service).count());
        RowText {
            left: vec![name(Meaning::Code, service.prefix())],
            extra: service.title().to_owned(),
            right: if covered == all {
                count(all)
            } else {
                vec![muted(format!("{covered} of {all}"))]
            },
        }
    }

    fn problem(&mut self, at: ProblemAt, item: Item) -> RowText {
        let Some(found) = problem(at, self.inventory) else {
            return RowText::default();
        };
        let meaning = match found.severity {
            Severity::Error => Meaning::Deny,
            Severity::Warning => Meaning::Warning,
            Severity::Note => Meaning::Muted,
        };
        let mut row = RowText {
            left: vec![
                Piece::Mark(Mark::Problem),
                Piece::Words(meaning, found.severity.name().to_owned()),
                name(Meaning::Plain, &found.message),
            ],
            ..RowText::default()
        };
        if matches!(item, Item::Listed(_)) && found.place.is_known() {
            row.extra = format!("line {}", found.place.line);
        }
        row
    }
}

fn push_marks(right: &mut Vec<Piece>, facts: Facts, guarded: bool) {
    if facts.unresolved || guarded {
        right.push(Piece::Mark(Mark::Unresolved));
    }
    if facts.problems > 0 {
        right.push(Piece::Mark(Mark::Problem));
        right.push(muted(facts.problems.to_string()));
    }
}
