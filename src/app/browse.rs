//! Moving about in the tree and in the side pane.

use crate::explain::Link;

use super::content::Subject;
use super::item::{Item, Section};
use super::job::{Lane, Work};
use super::overlay::Overlay;
use super::picker::{Choice, Entry, Picker, PickerKind};
use super::tree::{Fold, Openness};
use super::{Command, Effect, Extent, Notice, State};

impl State {
    /// Carries out a command of the main view.
    pub(super) fn browse(&mut self, command: Command, effects: &mut Vec<Effect>) {
        match command {
            Command::SwitchPane | Command::SwitchPaneBack => {
                self.pane_focused = !self.pane_focused;
            }
            Command::Cancel => self.cancel(effects),
            _ if self.pane_focused => self.in_pane(command, effects),
            _ => self.in_tree(command, effects),
        }
    }

    fn in_tree(&mut self, command: Command, effects: &mut Vec<Effect>) {
        let height = self.tree_height();
        let page = isize::try_from(height.saturating_sub(1)).unwrap_or(isize::MAX);
        match command {
            Command::Up => self.tree.move_by(-1),
            Command::Down => self.tree.move_by(1),
            Command::PageUp => self.tree.move_by(-page),
            Command::PageDown => self.tree.move_by(page),
            Command::HalfPageUp => self.tree.move_by(-(page / 2).max(1)),
            Command::HalfPageDown => self.tree.move_by((page / 2).max(1)),
            Command::Top => self.tree.select(0),
            Command::Bottom => self.tree.select(usize::MAX),
            Command::Left => self.leave_row(),
            Command::Right => self.enter_row(),
            Command::Toggle => self.toggle(self.tree.cursor()),
            Command::Accept => self.open_row(),
            Command::ExpandBelow => self.open_below(effects),
            Command::CollapseBelow => {
                let forest =
                    super::children::Forest::new(&self.inventory, &self.index, &self.sorted);
                self.tree.collapse_below(forest, self.tree.cursor());
            }
            Command::ExpandAll => self.open_to(u8::MAX, effects),
            Command::CollapseAll => self.open_to(0, effects),
            Command::Level1 => self.open_to(1, effects),
            Command::Level2 => self.open_to(2, effects),
            Command::Level3 => self.open_to(3, effects),
            Command::Level4 => self.open_to(4, effects),
            _ => {}
        }
        self.tree.show_cursor(height);
    }

    fn in_pane(&mut self, command: Command, effects: &mut Vec<Effect>) {
        let height = self.pane_size().1;
        let page = isize::try_from(height.saturating_sub(1)).unwrap_or(isize::MAX);
        match command {
            Command::Up => self.pane.move_by(-1),
            Command::Down => self.pane.move_by(1),
            Command::PageUp => self.pane.move_by(-page),
            Command::PageDown => self.pane.move_by(page),
            Command::HalfPageUp => self.pane.move_by(-(page / 2).max(1)),
            Command::HalfPageDown => self.pane.move_by((page / 2).max(1)),
            Command::Top => self.pane.select(0),
            Command::Bottom => self.pane.select(usize::MAX),
            Command::Left => self.pane_focused = false,
            Command::Accept | Command::Right => self.follow(effects),
            Command::ExpandAll
            | Command::CollapseAll
            | Command::Level1
            | Command::Level2
            | Command::Level3
            | Command::Level4 => self.in_tree(command, effects),
            _ => {}
        }
        self.pane.show_cursor(height);
    }

    /// Goes one step back out of whatever is going on.
    fn cancel(&mut self, effects: &mut Vec<Effect>) {
        if self.visiting().is_some() {
            self.wanted = None;
        } else if self.find.is_filtering() {
            let found = self.selected();
            self.end_search();
            // The page of an action that was found stays, until the selection moves.
            if let (Some(Item::Known(action)), Some(from)) = (found, self.selected())
                && let Some(action) = crate::catalog::index().actions().get(action as usize)
            {
                let name = action.canonical().to_owned();
                effects.push(self.want(Subject::Action(name, from)));
            }
        } else if self.pane_focused {
            self.pane_focused = false;
        } else if self.loading.is_none() && self.live.failure.take().is_some() {
            self.notice = Some(Notice::info("what is here stays as it is"));
        } else if self.loading.take().is_some() {
            self.generation += 1;
            effects.push(Effect::CancelLoad);
            let words = match self.live.extent {
                Extent::Coming => {
                    self.live.extent = Extent::Broken;
                    "loading was stopped: what is here is not the whole account"
                }
                _ => "loading was stopped",
            };
            self.notice = Some(Notice::info(words));
        }
    }

    /// The action that was followed to in the side pane, if one was.
    fn visiting(&self) -> Option<&str> {
        match &self.wanted {
            Some(Subject::Action(name, _)) => Some(name),
            _ => None,
        }
    }

    // Left: close, or to the row above.
    fn leave_row(&mut self) {
        let at = self.tree.cursor();
        if !self.tree.collapse(at)
            && let Some(parent) = self.tree.parent(at)
        {
            self.tree.select(parent);
        }
    }

    // Right: open, or to the first row below.
    fn enter_row(&mut self) {
        let Some(row) = self.tree.selected() else {
            return;
        };
        match row.fold {
            Fold::Closed => self.expand(self.tree.cursor()),
            Fold::Open => self.tree.move_by(1),
            Fold::Leaf => {}
        }
    }

    // Enter: open, or read what it says.
    fn open_row(&mut self) {
        match self.tree.selected().map(|row| row.fold) {
            Some(Fold::Leaf) => self.pane_focused = true,
            Some(Fold::Closed | Fold::Open) => self.toggle(self.tree.cursor()),
            None => {}
        }
    }

    fn expand(&mut self, position: usize) {
        let forest = super::children::Forest::new(&self.inventory, &self.index, &self.sorted);
        self.tree.expand(forest, position);
    }

    /// Opens or closes a row.
    pub(super) fn toggle(&mut self, position: usize) {
        if !self.tree.collapse(position) {
            self.expand(position);
        }
    }

    // A section may hold ten thousand roles: opened to its depth everywhere, off the loop.
    fn open_below(&mut self, effects: &mut Vec<Effect>) {
        match self.selected() {
            Some(Item::Source(_) | Item::Section(..)) => self.open_to(u8::MAX, effects),
            _ => {
                let forest =
                    super::children::Forest::new(&self.inventory, &self.index, &self.sorted);
                self.tree.expand_below(forest, self.tree.cursor());
            }
        }
    }

    fn open_to(&mut self, level: u8, effects: &mut Vec<Effect>) {
        self.end_search();
        effects.push(self.job(Lane::Rows, Work::Rows(Openness::to_level(level), None)));
    }

    /// Goes to an item, remembering the place that is left.
    pub(super) fn jump(&mut self, item: Item) {
        if let Some(from) = self.selected() {
            if from == item {
                return;
            }
            self.history.leave(from);
        }
        self.go(item);
    }

    /// Goes to an item; to the nearest row above it that is in the tree where it is not.
    pub(super) fn go(&mut self, item: Item) {
        self.end_search();
        let forest = super::children::Forest::new(&self.inventory, &self.index, &self.sorted);
        self.tree.reveal(forest, item);
        let height = self.tree_height();
        self.tree.show_cursor(height);
    }

    /// Goes to the place visited before, or after.
    pub(super) fn travel(&mut self, forward: bool) {
        let Some(present) = self.selected() else {
            return;
        };
        let place = if forward {
            self.history.forward(present)
        } else {
            self.history.back(present)
        };
        match place {
            Some(place) => self.go(place),
            None => {
                let words = if forward {
                    "no place after this one"
                } else {
                    "no place before this one"
                };
                self.notice = Some(Notice::info(words));
            }
        }
    }

    /// Goes to the first problem.
    pub(super) fn problems(&mut self) {
        let account = self.selected().and_then(Item::account);
        let accounts = u32::try_from(self.inventory.accounts.len()).unwrap_or(u32::MAX);
        let found = account.into_iter().chain(0..accounts).find_map(|account| {
            let first = self.index.problems(account).first()?;
            Some((account, *first))
        });
        match found {
            Some((account, first)) => {
                self.jump(Item::Listed(first));
                // The list is what was asked for, so its first row is no place to stay at the edge of.
                let section = Item::Section(account, Section::Problems);
                if let Some(position) = self.tree.position(section) {
                    let offset = isize::try_from(position).unwrap_or(isize::MAX)
                        - isize::try_from(self.tree.offset()).unwrap_or(0);
                    let height = self.tree_height();
                    self.tree.scroll_by(offset, height);
                }
            }
            None if !self.inventory.problems.is_empty() => {
                self.jump(Item::Listed(super::item::ProblemAt::Inventory(0)));
            }
            None => {
                let key = self.key_words(Command::NextFinding);
                let findings = key.map(|key| format!("; {key} goes to the next finding"));
                let words = "nothing went wrong in reading".to_owned();
                self.notice = Some(Notice::info(words + &findings.unwrap_or_default()));
            }
        }
    }

    /// Goes to what the selection refers to: the definition of an attached policy, a group.
    pub(super) fn definition(&mut self, effects: &mut Vec<Effect>) {
        if self.pane_focused && self.pane.link().is_some() {
            self.follow(effects);
            return;
        }
        let target = match self.selected() {
            Some(Item::Membership(entity, index)) => entity
                .user(&self.inventory)
                .and_then(|user| user.groups.get(index as usize))
                .and_then(|name| self.group(entity.account, &name.to_string())),
            Some(Item::Listed(at)) => Some(Item::Problem(at)),
            Some(item) => item
                .policy()
                .and_then(|at| at.attachment(&self.inventory))
                .and_then(|attachment| self.index.by_arn(&attachment.arn.to_string())),
            None => None,
        };
        match target {
            Some(target) => self.jump(target),
            None => {
                self.notice = Some(Notice::info(
                    "nothing to go to: this is where it is defined, or its definition was not loaded",
                ));
            }
        }
    }

    fn group(&self, account: u32, name: &str) -> Option<Item> {
        let groups = &self.inventory.accounts.get(account as usize)?.groups;
        let index = groups
            .iter()
            .position(|group| group.identity.name.to_string() == name)?;
        Some(Item::Entity(super::item::Entity {
            account,
            owner: super::item::Owner::Group(u32::try_from(index).ok()?),
        }))
    }

    /// Goes where the line of the side pane leads.
    pub(super) fn follow(&mut self, effects: &mut Vec<Effect>) {
        let about = self.pane.marked(true);
        let links = self.pane.links();
        if let [_, _, ..] = &links[..] {
            self.choose_link(&links);
        } else if let Some((words, link)) = links.into_iter().next() {
            self.follow_link(&words, link, effects);
        } else if let Some(item) = about.and_then(|place| self.part_at(place)) {
            self.jump(item);
            self.pane_focused = false;
        }
    }

    /// Goes where a link leads.
    pub(super) fn follow_link(&mut self, words: &str, link: Link, effects: &mut Vec<Effect>) {
        match link {
            Link::Url(url) => effects.push(Effect::OpenUrl(url)),
            Link::Action(name) => {
                if let Some(from) = self.selected() {
                    effects.push(self.want(Subject::Action(name, from)));
                }
            }
            Link::Arn(arn) => match self.index.by_arn(&arn) {
                Some(item) => self.jump(item),
                None => {
                    self.notice = Some(Notice::info(format!(
                        "`{}` is not among what was loaded",
                        crate::explain::escape(&arn)
                    )));
                }
            },
            Link::Place(place) => match self.row_at(place, words) {
                Some(item) => {
                    self.jump(item);
                    self.pane_focused = false;
                }
                None => self.edit_at(place, effects),
            },
        }
    }

    /// Offers where the line of the side pane leads.
    fn choose_link(&mut self, links: &[(String, Link)]) {
        let entries = links.iter().map(|(words, link)| {
            let shown = crate::explain::escape(words).into_owned();
            Entry::new(shown, "", Choice::Follow(words.clone(), link.clone()))
        });
        let picker = Picker::new(PickerKind::Links, "Go to", entries.collect());
        self.overlays.push(Overlay::Picker(picker));
    }

    /// The row of the statement that stands at a place and is called `POLICY/STATEMENT`, among the
    /// policies of what is selected. Documents that were read from no file may share places.
    fn row_at(&self, place: crate::iam::Place, words: &str) -> Option<Item> {
        let entity = self.selected()?.entity()?;
        let groups = entity.user(&self.inventory).into_iter();
        let groups = groups
            .flat_map(|user| &user.groups)
            .filter_map(|name| self.group(entity.account, &name.to_string()))
            .filter_map(Item::entity);
        std::iter::once(entity).chain(groups).find_map(|owner| {
            let mut policies = owner.policies(&self.inventory).into_iter();
            policies.find_map(|at| {
                let statements = &at.document(&self.inventory)?.statements;
                let name = at.name(&self.inventory);
                let found = statements.iter().position(|own| {
                    own.place == place && format!("{name}/{}", own.reference()) == words
                })?;
                Some(Item::Statement(at, u32::try_from(found).ok()?))
            })
        })
    }

    /// The row of the part of the shown document that stands at a place.
    fn part_at(&self, place: crate::iam::Place) -> Option<Item> {
        let at = self.selected()?.policy()?;
        let document = at.document(&self.inventory)?;
        let forest = self.forest();
        let number = |index: usize| u32::try_from(index).ok();
        for index in 0..document.statements.len() {
            let statement = Item::Statement(at, number(index)?);
            if document.statements[index].place == place {
                return Some(statement);
            }
            let mut parts = Vec::new();
            forest.children(statement, &mut parts);
            let found = parts
                .into_iter()
                .find(|part| part.place(&self.inventory) == Some(place));
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Opens the documentation of what the side pane is about.
    pub(super) fn documentation(&mut self, effects: &mut Vec<Effect>) {
        let runs = self.pane.lines().iter().flat_map(|line| &line.runs);
        let url = runs.filter_map(|run| match &run.link {
            Some(Link::Url(url)) => Some(url.clone()),
            _ => None,
        });
        match url.into_iter().next() {
            Some(url) => effects.push(Effect::OpenUrl(url)),
            None => self.notice = Some(Notice::info("nothing here has a page of its own")),
        }
    }

    /// Opens the selection's source in an editor.
    pub(super) fn edit(&mut self, effects: &mut Vec<Effect>) {
        let selected = self.selected();
        match selected.and_then(|item| item.place(&self.inventory)) {
            Some(place) => self.edit_at(place, effects),
            None => self.notice = Some(Notice::info("nothing here has a place in a file")),
        }
    }

    fn edit_at(&mut self, place: crate::iam::Place, effects: &mut Vec<Effect>) {
        let file = self.inventory.path_of(place).map(str::to_owned);
        match file {
            Some(path) if place.is_known() => effects.push(Effect::OpenEditor {
                path,
                line: place.line,
                column: place.column,
            }),
            _ => {
                self.notice = Some(Notice::info(
                    "this was not read from a file that an editor could open",
                ));
            }
        }
    }
}
