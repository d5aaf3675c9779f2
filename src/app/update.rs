//! How an action changes the state. Nothing here waits, and nothing does work that grows with the
//! account: such work is an effect.

use super::content::Subject;
use super::job::{Answer, Found};
use super::overlay::{Overlay, PromptKind};
use super::picker::{Choice, Picker, PickerKind};
use super::simulator::Focus;
use super::writing::Destination;
use super::{Action, Command, Context, Effect, Key, Notice, SourceSpec, State, menus};

/// Changes the state and says what is wanted from outside.
pub fn update(state: &mut State, action: Action) -> Vec<Effect> {
    let mut effects = Vec::new();
    match action {
        Action::Resize(columns, rows) => {
            state.size = (columns, rows);
            let height = state.tree_height();
            state.tree.show_cursor(height);
        }
        Action::Key(key) => state.key(key, &mut effects),
        Action::Paste(text) => state.paste(&text, &mut effects),
        Action::Mouse(mouse) => state.mouse(mouse, &mut effects),
        Action::Do(command) => state.perform(command, &mut effects),
        Action::Tick => state.ticks = state.ticks.wrapping_add(1),
        Action::Found(found) => state.take(found, &mut effects),
        Action::LoadProgress { generation, words } => {
            if generation == state.generation && state.loading.is_some() {
                state.loading = Some(words);
            }
        }
        Action::Connected {
            generation,
            session,
        } => {
            if generation == state.generation {
                state.connected(session);
            }
        }
        Action::Arrived {
            generation,
            inventory,
            taken,
        } => {
            if generation == state.generation {
                state.arrived(inventory, taken, &mut effects);
            }
        }
        Action::SourceFailed {
            generation,
            failure,
        } => {
            if generation == state.generation {
                state.source_failed(failure);
            }
        }
        Action::AwsAnswered { ticket, result } => state.aws_answered(ticket, result),
        Action::PolicyFetched {
            generation,
            source,
            arn,
            fetched,
        } => {
            if generation == state.generation {
                state.policy_fetched(&source, arn, fetched, &mut effects);
            }
        }
        Action::Clock(now) => state.live.now = Some(now),
        Action::Loaded { generation, result } => {
            if generation == state.generation {
                state.loaded(result, &mut effects);
            }
        }
        Action::Choices(choices) => {
            state.choices = choices;
            menus::renew_sources(state);
        }
        Action::TextRead { purpose, result } => state.text_read(&purpose, result, &mut effects),
        Action::EventsProgress(progress) => state.events_progress(progress),
        Action::EventsRead(result) => state.events_read(result, &mut effects),
        Action::Decoded { encoded, result } => state.decoded(&encoded, result, &mut effects),
        Action::Notice(notice) => state.notice = Some(notice),
        Action::Themes { current, all } => state.themes = (current, all),
    }
    state.settle(&mut effects);
    effects
}

impl State {
    /// Where a key that is pressed now is looked up.
    pub fn context(&self) -> Context {
        match self.top() {
            Some(Overlay::Picker(_) | Overlay::Prompt(_)) => Context::Text,
            Some(Overlay::Denial) if self.denials.asks() => Context::Text,
            Some(Overlay::Denial) => Context::Denial,
            Some(Overlay::Simulator) => match self.simulator.focus {
                Focus::Field(_) => Context::Text,
                Focus::Answer => Context::Simulator,
                Focus::Requests => Context::Requests,
            },
            None if self.find.typing => Context::Text,
            None if self.pane_focused => Context::Pane,
            None => Context::Tree,
        }
    }

    fn key(&mut self, key: Key, effects: &mut Vec<Effect>) {
        self.notice = None;
        let is_quit = self.keymap.command(self.context(), key) == Some(Command::Quit);
        self.quitting &= is_quit;
        if self.type_key(key, effects) {
            return;
        }
        if let Some(command) = self.keymap.command(self.context(), key) {
            self.perform(command, effects);
        }
    }

    /// Takes a key that edits text; says whether it was one.
    fn type_key(&mut self, key: Key, effects: &mut Vec<Effect>) -> bool {
        match self.overlays.last_mut() {
            Some(Overlay::Picker(picker)) => picker.key(key),
            Some(Overlay::Prompt(prompt)) => prompt.input.key(key),
            Some(Overlay::Simulator) => self.type_in_simulator(key, effects),
            Some(Overlay::Denial) if self.denials.asks() => self.denials.input.key(key),
            Some(Overlay::Denial) => false,
            None if self.find.typing => self.type_query(key, effects),
            None => false,
        }
    }

    fn paste(&mut self, text: &str, effects: &mut Vec<Effect>) {
        self.notice = None;
        match self.overlays.last_mut() {
            Some(Overlay::Picker(picker)) => picker.paste(text),
            Some(Overlay::Prompt(prompt)) => prompt.input.insert(text),
            Some(Overlay::Simulator) => self.paste_in_simulator(text, effects),
            Some(Overlay::Denial) => self.read_denial(text, effects),
            None if self.find.typing => {
                self.find.input.insert(text);
                self.query_changed(effects);
            }
            // A paste beside any field is a denial to look into.
            None => self.read_denial(text, effects),
        }
    }

    /// Carries out a command; the topmost overlay has the first say.
    pub(super) fn perform(&mut self, command: Command, effects: &mut Vec<Effect>) {
        if self.everywhere(command, effects) || self.in_overlay(command, effects) {
            return;
        }
        if self.find.typing && self.in_query(command) {
            return;
        }
        match command {
            Command::Simulate => self.simulate(effects),
            Command::Simulator => self.open_simulator(effects),
            Command::PasteDenial => self.paste_denial(),
            Command::WhatIf => self.what_if(effects),
            Command::UndoWhatIf => self.undo_what_if(effects),
            Command::Parameters => self.parameters(),
            Command::Requests => self.go_to_requests(effects),
            Command::ExportRequests => self.ask_where_to_export(),
            Command::WhatIfs => self.list_what_ifs(),
            Command::ExportPolicy => self.export_selected(),
            Command::Search => self.begin_search(),
            Command::NextMatch => self.next_match(true),
            Command::PreviousMatch => self.next_match(false),
            Command::NextFinding => self.next_finding(true, effects),
            Command::PreviousFinding => self.next_finding(false, effects),
            Command::Sort => self.sort_by_next(effects),
            Command::Back => self.travel(false),
            Command::Forward => self.travel(true),
            Command::Definition => self.definition(effects),
            Command::Problems => self.problems(),
            Command::Edit => self.edit(effects),
            Command::Documentation => self.documentation(effects),
            Command::Copy => match super::copy::choices(self).into_iter().next() {
                Some((_, text)) => effects.push(Effect::Copy(text)),
                None => self.notice = Some(Notice::info("nothing here can be copied")),
            },
            Command::CopyMenu => menus::copying(self),
            Command::Open => menus::open_path(self),
            Command::Reload => {
                if self.sources.is_empty() {
                    self.notice = Some(Notice::info("nothing is open yet"));
                } else {
                    self.reload(effects);
                }
            }
            Command::Write => self.writing(),
            Command::SignIn => self.sign_in(effects),
            Command::ReloadRole => self.reload_role(effects),
            Command::Sources => menus::sources(self, false, effects),
            Command::AddSource => menus::sources(self, true, effects),
            Command::ClearChanges => self.clear_changes(effects),
            Command::GrowTree => self.divider = (self.divider + 40).min(800),
            Command::ShrinkTree => self.divider = self.divider.saturating_sub(40).max(200),
            other => self.browse(other, effects),
        }
    }

    /// Commands that work whatever lies on top.
    fn everywhere(&mut self, command: Command, effects: &mut Vec<Effect>) -> bool {
        match command {
            Command::Quit => self.quit(effects),
            Command::Suspend => effects.push(Effect::Suspend),
            Command::Redraw => effects.push(Effect::Redraw),
            Command::Help => self.once(PickerKind::Help, menus::help),
            Command::Palette => self.once(PickerKind::Palette, menus::palette),
            Command::Theme => self.once(PickerKind::Themes, menus::themes),
            Command::Mouse => {
                self.mouse = !self.mouse;
                effects.push(Effect::SetMouse(self.mouse));
                self.notice = Some(Notice::info(if self.mouse {
                    "the mouse works here again"
                } else {
                    "the mouse selects text of the terminal now"
                }));
            }
            _ => return false,
        }
        true
    }

    // Nothing is asked but where something would be lost.
    fn quit(&mut self, effects: &mut Vec<Effect>) {
        if self.suppositions.unsaved() == 0 || self.quitting {
            effects.push(Effect::Quit);
            return;
        }
        self.quitting = true;
        let count = crate::explain::count(self.suppositions.unsaved(), "what-if");
        let key = self.key_words(Command::Quit).unwrap_or_default();
        self.notice = Some(Notice::info(format!(
            "{count} would be lost: {key} again leaves, any other key stays"
        )));
    }

    // A list that is already on top closes instead of opening twice.
    fn once(&mut self, kind: PickerKind, open: fn(&mut State)) {
        if matches!(self.top(), Some(Overlay::Picker(picker)) if picker.kind == kind) {
            self.overlays.pop();
        } else {
            open(self);
        }
    }

    fn in_overlay(&mut self, command: Command, effects: &mut Vec<Effect>) -> bool {
        match self.overlays.pop() {
            None => false,
            Some(Overlay::Picker(picker)) => {
                self.in_picker(picker, command, effects);
                true
            }
            Some(Overlay::Denial) => {
                self.overlays.push(Overlay::Denial);
                if !self.in_denial(command, effects) {
                    let is_other = |overlay: &Overlay| !matches!(overlay, Overlay::Denial);
                    self.overlays.retain(is_other);
                }
                true
            }
            Some(Overlay::Simulator) => {
                if self.in_simulator(command, effects) {
                    self.overlays.push(Overlay::Simulator);
                }
                true
            }
            Some(Overlay::Prompt(prompt)) => {
                match command {
                    Command::Cancel => {}
                    Command::Accept => self.answer(prompt.kind, prompt.input.text(), effects),
                    _ => self.overlays.push(Overlay::Prompt(prompt)),
                }
                true
            }
        }
    }

    fn in_picker(&mut self, mut picker: Picker, command: Command, effects: &mut Vec<Effect>) {
        let page = isize::try_from(self.size.1 / 2).unwrap_or(10);
        match command {
            Command::Cancel if picker.kind != PickerKind::Start => return,
            Command::Cancel => picker.clear(),
            Command::Accept => {
                let choice = picker.selected().map(|entry| entry.choice.clone());
                if picker.kind == PickerKind::Start {
                    self.overlays.push(Overlay::Picker(picker));
                }
                if let Some(choice) = choice {
                    self.choose(choice, effects);
                }
                return;
            }
            Command::Up => picker.move_by(-1),
            Command::Down => picker.move_by(1),
            Command::PageUp => picker.move_by(-page),
            Command::PageDown => picker.move_by(page),
            Command::Top => picker.move_by(isize::MIN),
            Command::Bottom => picker.move_by(isize::MAX),
            _ => {}
        }
        self.overlays.push(Overlay::Picker(picker));
    }

    fn choose(&mut self, choice: Choice, effects: &mut Vec<Effect>) {
        match choice {
            Choice::Heading | Choice::Nothing => {}
            Choice::Do(command) => self.perform(command, effects),
            Choice::Theme(name) => effects.push(Effect::SetTheme(name)),
            Choice::Copy(text) => effects.push(Effect::Copy(text)),
            Choice::Open(source) => self.open(vec![source], effects),
            Choice::Write(document, to_clipboard) => {
                self.write_chosen(document, to_clipboard, effects);
            }
            Choice::Beside(source) => self.open_beside(source, effects),
            Choice::OpenPath => menus::open_path(self),
            Choice::Action(name) => {
                if let Some(from) = self.selected() {
                    self.overlays.clear();
                    effects.push(self.want(Subject::Action(name, from)));
                    self.pane_focused = true;
                }
            }
            Choice::Layer(layer) => {
                self.switch_layer(layer, effects);
                self.layers();
                if let Some(Overlay::Picker(picker)) = self.overlays.last_mut() {
                    picker.choose(&Choice::Layer(layer));
                }
            }
            Choice::AddPolicy(kind) => self.ask_for_policy(kind),
            Choice::RemovePolicy(position) => {
                if position < self.simulator.extras.len() {
                    self.simulator.extras.remove(position);
                    self.ask(effects);
                }
            }
            Choice::GoTo(item) => self.jump(item),
            Choice::Follow(words, link) => self.follow_link(&words, link, effects),
            Choice::UndoWhatIf(position) => self.undo_one(position, effects),
            Choice::ExportPolicy(at) => self.ask_where_to_write(at),
            Choice::Parameter(name) => self.ask_for_parameter(name),
            Choice::ParameterValue(name, value) => self.set_parameter(name, value, effects),
            Choice::Denial(position) => self.answer_denial(position, effects),
            Choice::Proposal(at) => self.copy_difference(at, effects),
            Choice::Condition(name) => self.turn_condition(name, effects),
            Choice::Setting(setting) => self.ask_for_setting(setting),
        }
    }

    fn answer(&mut self, kind: PromptKind, text: &str, effects: &mut Vec<Effect>) {
        match kind {
            PromptKind::Open => {
                let paths = super::paths::split(text).into_iter();
                let sources: Vec<SourceSpec> = paths.map(SourceSpec::Path).collect();
                if !sources.is_empty() {
                    self.open(sources, effects);
                }
            }
            PromptKind::Write(document) => {
                let path = text.trim();
                if !path.is_empty() {
                    self.write_to(document, Destination::File(path.into()), effects);
                }
            }
            PromptKind::Policy(kind) => self.policy_given(kind, text, effects),
            PromptKind::ExportRequests => self.export_requests(text, effects),
            PromptKind::ExportPolicy(at) => self.export_policy(at, text, effects),
            PromptKind::Parameter(name) => self.parameter_given(name, text, effects),
            PromptKind::Setting(setting) => self.setting_given(setting, text, effects),
            PromptKind::Answer => self.write_answer(text, effects),
        }
    }

    fn open(&mut self, sources: Vec<SourceSpec>, effects: &mut Vec<Effect>) {
        self.sources = sources;
        effects.push(self.load());
        self.live.switching = true;
    }

    /// Opens a source beside those that are open, which are not read again where they are accounts.
    fn open_beside(&mut self, source: SourceSpec, effects: &mut Vec<Effect>) {
        if self.sources.contains(&source) {
            self.notice = Some(Notice::info("it is open already"));
            return;
        }
        self.sources.push(source);
        effects.push(self.load_new());
    }

    /// Reads the sources again; what is otherwise than before will be marked.
    fn reload(&mut self, effects: &mut Vec<Effect>) {
        effects.push(self.load());
        self.comparing = !self.is_empty() && self.live.extent == super::Extent::Whole;
    }

    fn in_query(&mut self, command: Command) -> bool {
        match command {
            Command::Accept => self.accept_query(),
            Command::Cancel => self.cancel_query(),
            Command::Up | Command::Down | Command::PageUp | Command::PageDown => return false,
            _ => {}
        }
        true
    }

    /// Takes what work in the background found, unless the screen has moved on.
    pub(super) fn take(&mut self, found: Found, effects: &mut Vec<Effect>) {
        if !found.is_wanted() {
            return;
        }
        match found.answer {
            Answer::Adopted(carried) => self.adopted(*carried, effects),
            Answer::Written(written) => self.written(*written, effects),
            Answer::Learnt(inventory) => self.adopt(inventory, effects),
            Answer::Index(index) => self.indexed(index, effects),
            Answer::Matches(matches) => self.found(matches),
            Answer::Rows(rows, open, edits, sorted) => {
                self.sorted = sorted;
                self.take_rows(rows, open, edits, effects);
            }
            Answer::Page(content) => {
                let (width, _) = self.pane_size();
                self.pane.show(content, width, self.ascii);
            }
            Answer::Asked(answer) => self.answered(answer, effects),
            Answer::Supposed(inventory, supposed, lost) => {
                self.supposed(inventory, supposed, lost, effects);
            }
            Answer::Decided(outcomes) => self.requests_decided(outcomes),
            Answer::Exported(exported) => self.exported(exported, effects),
            Answer::Denial(read) => self.denial_answered(*read, effects),
            Answer::Remarks(remarks) => self.remarks_found(remarks),
            Answer::NextFinding(found) => self.finding_found(found),
            Answer::Completed(field, candidates) => self.offered(field, candidates),
            Answer::Counts(counts) => {
                for (entity, count) in counts {
                    self.allowed.insert(entity, count);
                    self.texts.remove(&super::item::Item::Entity(entity));
                }
                self.counting.clear();
            }
        }
    }
}
