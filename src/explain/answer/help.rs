//! What would allow a request, in words.

use crate::analyze::{Blocked, Edit, Proposal, Proposals};
use crate::iam::Inventory;
use crate::simulate::Outcome;

use super::super::english::count;
use super::super::problem::quoted;
use super::super::{Block, Item, Line, Mark, Page};
use super::Answer;
use super::words::{edit_words, owner_words, shared, width_words};

/// Proposals shown in full.
const MOST_PROPOSALS: usize = 6;

/// What would allow it.
pub(super) fn proposed(answer: &Answer, inventory: &Inventory, page: &mut Page) {
    let Proposals { list, blocked } = &answer.proposals;
    if list.is_empty() && blocked.is_none() {
        return;
    }
    page.heading("What would allow it");
    if let Some(blocked) = blocked {
        page.mark(Mark::Problem, blocked_words(*blocked));
    }
    for (at, proposal) in list.iter().take(MOST_PROPOSALS).enumerate() {
        shown(at + 1, proposal, inventory, page);
    }
    if list.len() > MOST_PROPOSALS {
        let more = count(list.len() - MOST_PROPOSALS, "wider proposal");
        page.say(Line::new().muted(format!("{more} left out here.")));
    }
}

/// A proposal: what each change does, where, and the text of it.
fn shown(number: usize, proposal: &Proposal, inventory: &Inventory, page: &mut Page) {
    let head = Line::new().strong(format!("{number}. "));
    let mark = match proposal.outcome {
        Outcome::Depends => Mark::Depends,
        _ => Mark::Allow,
    };
    let several = proposal.edits.len() > 1;
    let mut first = head.clone();
    if several {
        let together = format!("{} together:", count(proposal.edits.len(), "change"));
        page.list(vec![Item::marked(mark, head.plain(together))]);
        first = Line::new();
    }
    for edit in &proposal.edits {
        let mut item = described(std::mem::take(&mut first), edit, inventory);
        if !several {
            item.mark = Some(mark);
        }
        page.blocks.push(Block::List(vec![item]));
        if let Some(after) = &edit.after {
            page.json(after, edit.place.is_known().then_some(edit.place));
        }
    }
    if proposal.outcome == Outcome::Depends {
        page.say(Line::new().muted("Then only policies that were not loaded have a say."));
    }
}

fn described(head: Line, edit: &Edit, inventory: &Inventory) -> Item {
    let mut line = head.then(edit_words(edit));
    if let Some(owner) = owner_words(edit.owner) {
        line = line.plain(", ").plain(owner);
    }
    let mut item = Item::new(
        line.plain(": ")
            .then(width_words(&edit.width, edit.lifts))
            .plain("."),
    );
    if edit.place.is_known() {
        item = item
            .about(edit.place)
            .below(Item::new(Line::new().muted(inventory.describe(edit.place))));
    }
    if edit.copy {
        item = item.below(Item::marked(
            Mark::Problem,
            "AWS maintains this policy: set a copy of it, changed like this, in its place.",
        ));
    }
    if let Some(shared) = shared(edit, inventory) {
        item = item.below(Item::marked(Mark::Problem, quoted(&shared)));
    }
    item
}

fn blocked_words(blocked: Blocked) -> &'static str {
    match blocked {
        Blocked::Credential => {
            "No policy helps: this kind of credentials may not make the call at all."
        }
        Blocked::Partition => {
            "No policy helps: caller and resource are in different partitions of AWS."
        }
        Blocked::Organisation => {
            "No policy of the account helps: a policy of the organisation denies it, and only its \
             administrators can change that."
        }
        Blocked::NoneFound => "No change of one policy was found that would allow it.",
    }
}
