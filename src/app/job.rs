//! Work that may take longer than a frame: pure, run on another thread, its result dropped when the
//! screen has moved on.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::analyze::{self, Purposes};
use crate::iam::{Inventory, ResourcePolicy};
use crate::simulate::Outcome;

use super::carry::{Carried, Carrier, carry};
use super::changes;
use super::children::Forest;
use super::content::{self, Content, Subject};
use super::denying;
use super::findings::{self, Remarks};
use super::index::Index;
use super::item::{Entity, Item, PolicyAt};
use super::requests::{self, Exported};
use super::search::{self, Matches};
use super::simulator::{self, Answered, Candidate, Field, Query, Trouble};
use super::sort::{Order, Sorted};
use super::supposed::Suppositions;
use super::tree::{Openness, Row, visible_rows};
use super::writing;

/// Kinds of work; a later job of a kind replaces an earlier one.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
pub enum Lane {
    /// Making the tree of what was loaded.
    Adopt,
    /// Indexing what was loaded.
    Index,
    /// Searching the tree.
    Search,
    /// Opening or closing the whole tree.
    Rows,
    /// Filling the side pane.
    Page,
    /// Counting what roles may do.
    Count,
    /// Finding what is remarkable about statements.
    Remarks,
    /// Looking for the next of them.
    NextFinding,
    /// Deciding a request.
    Ask,
    /// Completing a field.
    Complete,
    /// Supposing that a policy says something else.
    Suppose,
    /// Deciding the saved requests.
    Requests,
    /// Writing the saved requests as a batch.
    Export,
    /// Answering a denial.
    Denial,
    /// Reading a file of events.
    Events,
    /// Adding the policy of a resource to an account.
    Learn,
    /// Making a file.
    Write,
}

/// The newest generation of a lane, shared with running jobs so that they can stop early.
#[derive(Clone, Debug, Default)]
pub struct Latest(Arc<AtomicU64>);

impl Latest {
    /// Makes every ticket handed out before stale, and hands out a new one.
    pub fn next(&self) -> Ticket {
        let generation = self.0.fetch_add(1, Ordering::AcqRel) + 1;
        Ticket {
            generation,
            latest: self.0.clone(),
        }
    }
}

/// The right of one piece of work to go on.
#[derive(Clone, Debug)]
pub struct Ticket {
    generation: u64,
    latest: Arc<AtomicU64>,
}

impl Ticket {
    /// Whether nothing newer has been asked for.
    pub fn is_current(&self) -> bool {
        self.latest.load(Ordering::Acquire) == self.generation
    }
}

/// What to do.
#[derive(Debug)]
pub(super) enum Work {
    /// Making the tree of an inventory in place of the present one's, open as that is.
    Adopt(Arc<Inventory>, Openness, u64),
    /// Indexing; where a carrier is given, what has changed is found too, or it is only dropped here.
    Index(Option<Box<Carrier>>, bool),
    Search(String),
    /// The rows of the tree, and how often it had been opened and closed; `None` to replace whatever
    /// is open now.
    Rows(Openness, Option<u64>),
    Page(Subject),
    Count(Vec<Entity>),
    Remarks(Vec<PolicyAt>),
    NextFinding(Option<Item>, bool),
    Ask(Box<Query>),
    Complete(Field, Box<Query>, Vec<String>),
    Suppose(Suppositions),
    Rebase(Suppositions, Arc<Inventory>),
    Requests(Vec<Query>),
    Export(Option<PathBuf>, Vec<Query>),
    Denial(denying::Asked),
    Learn(u32, Box<ResourcePolicy>),
    Write(Box<writing::Wanted>),
}

/// A piece of work.
#[derive(Debug)]
pub struct Job {
    pub(super) ticket: Ticket,
    pub(super) inventory: Arc<Inventory>,
    pub(super) index: Arc<Index>,
    pub(super) order: Order,
    pub(super) sorted: Arc<Sorted>,
    pub(super) purposes: Option<Arc<Purposes>>,
    pub(super) work: Work,
}

impl Job {
    /// Its kind.
    pub fn lane(&self) -> Lane {
        match self.work {
            Work::Adopt(..) => Lane::Adopt,
            Work::Index(..) => Lane::Index,
            Work::Search(_) => Lane::Search,
            Work::Rows(..) => Lane::Rows,
            Work::Page(_) => Lane::Page,
            Work::Count(_) => Lane::Count,
            Work::Remarks(_) => Lane::Remarks,
            Work::NextFinding(..) => Lane::NextFinding,
            Work::Ask(_) => Lane::Ask,
            Work::Complete(..) => Lane::Complete,
            Work::Suppose(_) | Work::Rebase(..) => Lane::Suppose,
            Work::Requests(_) => Lane::Requests,
            Work::Export(..) => Lane::Export,
            Work::Denial(..) => Lane::Denial,
            Work::Learn(..) => Lane::Learn,
            Work::Write(_) => Lane::Write,
        }
    }

    /// Whether its result is still wanted.
    pub fn is_wanted(&self) -> bool {
        self.ticket.is_current()
    }

    /// Does the work. Stops early, with a result that is dropped, once something newer was asked for.
    pub fn run(self) -> Found {
        let ticket = self.ticket;
        let forest = Forest::new(&self.inventory, &self.index, &self.sorted);
        let wanted = || ticket.is_current();
        let answer = match self.work {
            Work::Adopt(inventory, open, edits) => {
                Answer::Adopted(Box::new(carry(self.inventory, inventory, &open, edits)))
            }
            Work::Index(carrier, compared) => {
                let changes = carrier.filter(|_| compared);
                let changes = changes.map(|carrier| changes::compare(&carrier, &self.inventory));
                let index = Index::build(&self.inventory, changes.unwrap_or_default(), wanted);
                // Whoever searches the catalogue next does not wait for its index.
                crate::catalog::SearchIndex::get();
                Answer::Index(Arc::new(index))
            }
            Work::Suppose(supposed) => {
                let inventory = supposed.apply().unwrap_or(self.inventory);
                Answer::Supposed(inventory, supposed, None)
            }
            Work::Rebase(supposed, loaded) => {
                let carrier = Carrier::new(self.inventory, loaded.clone());
                let kept = supposed.on(&loaded, |at| carrier.policy(at));
                let lost = supposed.len() - kept.len();
                Answer::Supposed(kept.apply().unwrap_or(loaded), kept, Some(lost))
            }
            Work::Denial(asked) => {
                let read = denying::read(asked, &self.inventory, &wanted);
                Answer::Denial(Box::new(read))
            }
            Work::Write(wanted) => {
                Answer::Written(Box::new(writing::write(*wanted, &self.inventory)))
            }
            Work::Learn(account, policy) => {
                let mut learnt = Inventory::clone(&self.inventory);
                if let Some(account) = learnt.accounts.get_mut(account as usize) {
                    let resource = policy.resource.clone();
                    account
                        .resource_policies
                        .retain(|own| own.resource != resource);
                    account.resource_policies.push(*policy);
                }
                Answer::Learnt(Arc::new(learnt))
            }
            Work::Requests(queries) => {
                let decide = |query: &Query| {
                    let answer = simulator::ask(query, &self.inventory, &self.index);
                    answer.ok().map(|answered| answered.decision.outcome)
                };
                Answer::Decided(queries.iter().map(decide).collect())
            }
            Work::Export(path, queries) => Answer::Exported(requests::export(
                path,
                &queries,
                &self.inventory,
                &self.index,
            )),
            Work::Search(query) => {
                Answer::Matches(search::search(&query, &self.index, forest, wanted))
            }
            Work::Rows(open, edits) => {
                let sorted = if self.sorted.order() == self.order {
                    self.sorted.clone()
                } else {
                    let sorted = Sorted::new(self.order, &self.inventory, &self.index, wanted);
                    Arc::new(sorted)
                };
                let forest = Forest::new(&self.inventory, &self.index, &sorted);
                Answer::Rows(visible_rows(forest, &open), open, edits, sorted)
            }
            Work::Page(subject) => Answer::Page(Box::new(content::content(
                &subject,
                &self.inventory,
                &self.index,
                self.purposes.as_deref(),
            ))),
            Work::Count(entities) => {
                Answer::Counts(count(&entities, &self.inventory, &self.index, wanted))
            }
            Work::Remarks(policies) => {
                Answer::Remarks(findings::find(&policies, &self.inventory, wanted))
            }
            Work::NextFinding(from, forward) => Answer::NextFinding(findings::next(
                from,
                forward,
                &self.inventory,
                forest,
                wanted,
            )),
            Work::Ask(query) => {
                Answer::Asked(simulator::ask(&query, &self.inventory, &self.index).map(Box::new))
            }
            Work::Complete(field, query, keys) => Answer::Completed(
                field,
                simulator::candidates(field, &query, &keys, &self.inventory),
            ),
        };
        Found { ticket, answer }
    }
}

fn count(
    entities: &[Entity],
    inventory: &Inventory,
    index: &Index,
    wanted: impl Fn() -> bool,
) -> Vec<(Entity, usize)> {
    let mut counts = Vec::with_capacity(entities.len());
    for entity in entities {
        if !wanted() {
            break;
        }
        if let Some(role) = entity.role(inventory) {
            counts.push((*entity, analyze::role_action_count(role, index.grants())));
        }
    }
    counts
}

/// What was found out.
#[derive(Debug)]
pub(super) enum Answer {
    Adopted(Box<Carried>),
    Learnt(Arc<Inventory>),
    Written(Box<writing::Written>),
    Index(Arc<Index>),
    Matches(Matches),
    Rows(Vec<Row>, Openness, Option<u64>, Arc<Sorted>),
    Page(Box<Content>),
    Counts(Vec<(Entity, usize)>),
    Remarks(Remarks),
    NextFinding(Option<(Item, String)>),
    Asked(Result<Box<Answered>, Trouble>),
    Completed(Field, Vec<Candidate>),
    /// With how many changes were lost, where other sources were loaded.
    Supposed(Arc<Inventory>, Suppositions, Option<usize>),
    Decided(Vec<Option<Outcome>>),
    Exported(Exported),
    Denial(Box<denying::Read>),
}

/// What a piece of work found.
#[derive(Debug)]
pub struct Found {
    pub(super) ticket: Ticket,
    pub(super) answer: Answer,
}

impl Found {
    /// Whether the result is still wanted.
    pub fn is_wanted(&self) -> bool {
        self.ticket.is_current()
    }
}
