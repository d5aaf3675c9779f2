//! Everything that the screen shows.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::analyze::Purposes;
use crate::iam::Inventory;

use super::children::Forest;
use super::content::Subject;
use super::denying::Denials;
use super::facts::Facts;
use super::find::Find;
use super::findings::Remarks;
use super::geometry::Layout;
use super::history::History;
use super::index::Index;
use super::item::{Entity, Item, PolicyAt};
use super::job::{Job, Lane, Latest, Ticket, Work};
use super::live::Live;
use super::overlay::Overlay;
use super::pane::Pane;
use super::requests::Requests;
use super::rows::{RowSource, RowText};
use super::simulator::Simulator;
use super::sort::{Order, Sorted};
use super::supposed::Suppositions;
use super::tree::Tree;
use super::whatif::Wanted;
use super::writing::Simulated;
use super::{Choices, Effect, Keymap, LoadRequest, Notice, Settings, SourceSpec};

/// How the program was started.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// The keys.
    pub keymap: Keymap,
    /// The sources to open; none shows the start screen.
    pub sources: Vec<SourceSpec>,
    /// What fills templates.
    pub settings: Settings,
    /// Whether only ASCII may be drawn.
    pub ascii: bool,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// Why each permission is there, where a table says it.
    pub purposes: Option<Purposes>,
}

/// The tree of so many roles, users, groups and policies is made within a frame.
const AT_ONCE: usize = 300;

pub(super) fn entities(inventory: &Inventory) -> usize {
    let accounts = inventory.accounts.iter();
    accounts
        .map(|account| {
            account.roles.len()
                + account.users.len()
                + account.groups.len()
                + account.policies.len()
                + account.resource_policies.len()
        })
        .sum()
}

/// Texts of so many rows are kept; more than any screen has.
const TEXTS: usize = 4_096;

/// The state of the screen.
#[derive(Debug)]
pub struct State {
    /// The keys.
    pub keymap: Keymap,
    /// Whether only ASCII may be drawn.
    pub ascii: bool,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// What was loaded.
    pub inventory: Arc<Inventory>,
    /// What can be found in it.
    pub index: Arc<Index>,
    /// The tree.
    pub tree: Tree,
    /// What the tree is to be ordered by.
    pub order: Order,
    /// What is in that order, or still in the one before.
    pub sorted: Arc<Sorted>,
    /// The search in it.
    pub find: Find,
    /// The side pane.
    pub pane: Pane,
    /// Whether the side pane has the keyboard, and not the tree.
    pub pane_focused: bool,
    /// The share of the tree in the width, in thousandths.
    pub divider: u16,
    /// Whether the divider is being dragged.
    pub dragging: bool,
    /// What lies on top, the topmost last.
    pub overlays: Vec<Overlay>,
    /// The simulator, open or not.
    pub simulator: Simulator,
    /// The requests that were saved.
    pub requests: Requests,
    /// What is supposed to be otherwise than it was loaded.
    pub suppositions: Suppositions,
    /// The denial that was pasted, and its answer.
    pub denials: Denials,
    /// Places visited.
    pub history: History,
    /// What is said in the last line.
    pub notice: Option<Notice>,
    /// What loading is doing, while it lasts.
    pub loading: Option<String>,
    /// What is known of live accounts.
    pub live: Live,
    /// The requests that were decided, for a report.
    pub simulations: Vec<Simulated>,
    /// How often time has passed while something was in progress.
    pub ticks: usize,
    /// What the start screen offers.
    pub choices: Choices,
    /// The theme in force and all themes.
    pub themes: (String, Vec<String>),
    /// Whether the mouse is ours and not the terminal's.
    pub mouse: bool,
    /// How many actions roles may use, where that is known.
    pub allowed: HashMap<Entity, usize>,
    pub(super) counting: HashSet<Entity>,
    /// What is remarkable about statements, where that is known.
    pub remarks: Remarks,
    pub(super) remarking: HashSet<PolicyAt>,
    purposes: Option<Arc<Purposes>>,
    pub(super) texts: HashMap<Item, RowText>,
    pub(super) facts: HashMap<usize, Facts>,
    pub(super) wanted: Option<Subject>,
    pub(super) sources: Vec<SourceSpec>,
    pub(super) settings: Settings,
    pub(super) generation: u64,
    pub(super) texts_wanted: Vec<Wanted>,
    pub(super) quitting: bool,
    /// Whether what is being loaded is to be compared with what is shown.
    pub(super) comparing: bool,
    lanes: HashMap<Lane, Latest>,
}

impl State {
    /// The first state, and what it needs from outside.
    pub fn new(setup: Setup) -> (Self, Vec<Effect>) {
        let mut state = State {
            keymap: setup.keymap,
            ascii: setup.ascii,
            size: setup.size,
            inventory: Arc::default(),
            index: Arc::default(),
            tree: Tree::default(),
            order: Order::default(),
            sorted: Arc::default(),
            find: Find::default(),
            pane: Pane::default(),
            pane_focused: false,
            divider: 420,
            dragging: false,
            overlays: Vec::new(),
            simulator: Simulator::default(),
            requests: Requests::default(),
            denials: Denials::default(),
            suppositions: Suppositions::default(),
            texts_wanted: Vec::new(),
            quitting: false,
            history: History::default(),
            notice: None,
            loading: None,
            live: Live::default(),
            simulations: Vec::new(),
            comparing: false,
            ticks: 0,
            choices: Choices::default(),
            themes: (String::new(), Vec::new()),
            mouse: true,
            allowed: HashMap::new(),
            counting: HashSet::new(),
            remarks: Remarks::new(),
            remarking: HashSet::new(),
            purposes: setup.purposes.map(Arc::new),
            texts: HashMap::new(),
            facts: HashMap::new(),
            wanted: None,
            sources: setup.sources,
            settings: setup.settings,
            generation: 0,
            lanes: HashMap::new(),
        };
        let effects = if state.sources.is_empty() {
            super::menus::start(&mut state);
            Vec::new()
        } else {
            vec![state.load()]
        };
        (state, effects)
    }

    /// Whether something is in progress, so that [`Action::Tick`](super::Action::Tick) is wanted.
    pub fn is_busy(&self) -> bool {
        self.loading.is_some()
    }

    /// Whether nothing was loaded yet.
    pub fn is_empty(&self) -> bool {
        self.inventory.sources.is_empty()
    }

    /// What was asked to be opened.
    pub fn opened(&self) -> &[SourceSpec] {
        &self.sources
    }

    /// The tree as the inventory has it.
    pub fn forest(&self) -> Forest<'_> {
        Forest::new(&self.inventory, &self.index, &self.sorted)
    }

    /// The selected item.
    pub fn selected(&self) -> Option<Item> {
        self.tree.selected().map(|row| row.item)
    }

    /// What a row says; known for every row that is seen.
    pub fn text_of(&self, item: Item) -> Option<&RowText> {
        self.texts.get(&item)
    }

    /// The topmost overlay.
    pub fn top(&self) -> Option<&Overlay> {
        self.overlays.last()
    }

    /// How many rows of the tree are seen.
    pub fn tree_height(&self) -> usize {
        Layout::of(self).map_or(0, |layout| {
            let tree = layout.tree.or(layout.pane);
            tree.map_or(0, |area| usize::from(layout.inner(area).height))
        })
    }

    /// Columns and rows of the side pane.
    pub fn pane_size(&self) -> (usize, usize) {
        Layout::of(self).map_or((0, 0), |layout| {
            let area = layout.pane.or(layout.tree);
            area.map_or((0, 0), |area| {
                let inner = layout.inner(area);
                // A column for the mark of what belongs together.
                let width = usize::from(inner.width).saturating_sub(2);
                (width, usize::from(inner.height))
            })
        })
    }

    /// Asks for the sources, anew.
    pub(super) fn load(&mut self) -> Effect {
        self.generation += 1;
        self.loading = Some(String::new());
        self.live.failure = None;
        self.live.asked_for.clear();
        self.live.behind = false;
        self.comparing = false;
        Effect::Load(LoadRequest {
            generation: self.generation,
            sources: self.sources.clone(),
            settings: self.settings.clone(),
            anew: true,
        })
    }

    /// Asks for the sources that were not read yet.
    pub(super) fn load_new(&mut self) -> Effect {
        match self.load() {
            Effect::Load(request) => Effect::Load(LoadRequest {
                anew: false,
                ..request
            }),
            other => other,
        }
    }

    /// A piece of work in the background, in place of an earlier one of its kind.
    pub(super) fn job(&mut self, lane: Lane, work: Work) -> Effect {
        Effect::Compute(self.prepare(lane, work))
    }

    /// A piece of work in the background; what is over within a frame is done at once.
    pub(super) fn soon(&mut self, lane: Lane, work: Work, effects: &mut Vec<Effect>) {
        let entities = match &work {
            Work::Adopt(inventory, ..) => entities(inventory),
            _ => entities(&self.inventory),
        };
        let job = self.prepare(lane, work);
        if entities > AT_ONCE {
            effects.push(Effect::Compute(job));
        } else {
            self.take(job.run(), effects);
        }
    }

    fn prepare(&mut self, lane: Lane, work: Work) -> Job {
        Job {
            ticket: self.ticket(lane),
            inventory: self.inventory.clone(),
            index: self.index.clone(),
            order: self.order,
            sorted: self.sorted.clone(),
            purposes: self.purposes.clone(),
            work,
        }
    }

    /// Makes the results of all work that has begun unwanted: it was about another inventory.
    pub(super) fn forget_all(&mut self) {
        for (lane, latest) in &self.lanes {
            // A file of events is read the same beside any inventory.
            // A file that is being made is of what was shown when it was asked for.
            if !matches!(lane, Lane::Events | Lane::Write) {
                latest.next();
            }
        }
    }

    /// The right of the newest work of a kind to go on; that of earlier work ends.
    pub(super) fn ticket(&mut self, lane: Lane) -> Ticket {
        self.lanes.entry(lane).or_default().next()
    }

    /// Makes the results of work that has begun unwanted.
    pub(super) fn forget(&mut self, lane: Lane) {
        self.ticket(lane);
    }

    /// Makes everything that is seen known: texts of rows, the pane's content, counts of roles.
    pub(super) fn settle(&mut self, effects: &mut Vec<Effect>) {
        let (width, height) = self.pane_size();
        self.pane.resize(width, self.ascii);
        let answer_width = self.answer_size().0;
        self.simulator.reader.resize(answer_width, self.ascii);
        self.denials.reader.resize(answer_width, self.ascii);
        self.pane.scroll_by(0, height);
        self.tree.scroll_by(0, self.tree_height());
        self.know_rows(effects);
        self.count_roles(effects);
        self.fill_pane(effects);
    }

    fn seen(&self) -> std::ops::Range<usize> {
        let from = self.tree.offset();
        let to = (from + self.tree_height()).min(self.tree.rows().len());
        from.min(to)..to
    }

    fn know_rows(&mut self, effects: &mut Vec<Effect>) {
        if self.texts.len() > TEXTS {
            self.texts.clear();
        }
        let seen = self.seen();
        // The breadcrumb names what stands above the selection, seen or not.
        let mut crumbs: Vec<Item> = self.crumbs();
        crumbs.extend(self.tree.rows()[seen].iter().map(|row| row.item));
        self.find_remarks(&crumbs, effects);
        let mut source = RowSource {
            inventory: &self.inventory,
            index: &self.index,
            facts: &mut self.facts,
            allowed: &self.allowed,
            supposed: &self.suppositions,
            remarks: &self.remarks,
        };
        for item in crumbs {
            self.texts.entry(item).or_insert_with(|| source.row(item));
        }
    }

    /// What stands above the selection, the topmost first, and the selection.
    pub fn crumbs(&self) -> Vec<Item> {
        self.crumbs_of(self.selected())
    }

    /// What stands above an item, the topmost first, and the item.
    pub(super) fn crumbs_of(&self, item: Option<Item>) -> Vec<Item> {
        let mut crumbs = Vec::new();
        let mut next = item;
        while let Some(item) = next {
            crumbs.push(item);
            next = self.forest().parent(item);
        }
        crumbs.reverse();
        crumbs
    }

    fn count_roles(&mut self, effects: &mut Vec<Effect>) {
        let seen = self.seen();
        let unknown: Vec<Entity> = self.tree.rows()[seen]
            .iter()
            .filter_map(|row| match row.item {
                Item::Entity(entity) => Some(entity),
                _ => None,
            })
            .filter(|entity| entity.role(&self.inventory).is_some())
            .filter(|entity| !self.allowed.contains_key(entity))
            .collect();
        if unknown.iter().any(|entity| !self.counting.contains(entity)) {
            self.counting = unknown.iter().copied().collect();
            effects.push(self.job(Lane::Count, Work::Count(unknown)));
        }
    }

    fn fill_pane(&mut self, effects: &mut Vec<Effect>) {
        let Some(item) = self.selected() else {
            self.pane.clear();
            return;
        };
        let visiting = match &self.wanted {
            Some(Subject::Item(wanted)) => *wanted == item,
            // An action that was followed to stays until the selection moves.
            Some(Subject::Action(_, from)) => *from == item,
            None => false,
        };
        if !visiting {
            effects.push(self.want(Subject::Item(item)));
        }
    }

    /// Asks for what the side pane says.
    pub(super) fn want(&mut self, subject: Subject) -> Effect {
        self.wanted = Some(subject.clone());
        self.job(Lane::Page, Work::Page(subject))
    }
}
