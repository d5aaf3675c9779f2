//! One sitting at the screen: the loop.

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, sleep_until, timeout};

use super::appearance::Appearance;
use super::errands::{Errands, Outcome, existing_file, failure, info};
use super::loading::{self, Loading};
use super::watch::{self, Watch};
use super::{Options, RunError, config, input, recent};
use crate::app::{
    Action, Choices, Command, Effect, LoadRequest, Notice, Setup, SourceSpec, State, update,
};
use crate::aws::Profiles;
use crate::terminal::{
    Capabilities, Editor, Events, Happening, Places, Screen, end_by_signal, osc52,
};
use crate::ui::{self, Regions};

/// How long the first frame may wait for something to show.
const FIRST_FRAME: Duration = Duration::from_millis(10);
/// How long the first frame then waits for the terminal to tell its background.
const BACKGROUND: Duration = Duration::from_millis(5);
/// How often a spinner turns.
const TICK: Duration = Duration::from_millis(100);
/// How long to take in what is waiting before the next frame.
const DRAIN: Duration = Duration::from_millis(16);
/// A signal to go on that comes this soon after we took the terminal ourselves is an old one.
const OLD_SIGNAL: Duration = Duration::from_millis(500);

/// Whether to go on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Flow {
    Continue,
    Leave,
}

/// What woke the loop.
enum Wake {
    Happening(Happening),
    Outcome(Outcome),
    Tick,
    Look,
}

/// The screen with everything around it.
pub(super) struct Session {
    state: State,
    appearance: Appearance,
    screen: Screen,
    events: Events,
    errands: Errands,
    loading: Loading,
    outcomes: mpsc::UnboundedReceiver<Outcome>,
    /// What the last frame drew where.
    regions: Regions,
    places: Option<Places>,
    watch: Option<Watch>,
    /// What is being loaded, for the list of recent files and for watching.
    requested: Vec<SourceSpec>,
    /// Whether the first load has not ended: its failure ends the program.
    is_first_load: bool,
    /// When the terminal was last taken.
    taken: Instant,
}

impl Session {
    /// Starts loading, then takes the terminal.
    pub async fn begin(options: Options) -> Result<Self, RunError> {
        let places = Places::find();
        let capabilities = Capabilities::detect();
        let (config, keymap, mut complaints) = config::read(places.as_ref());
        let appearance = match (options.theme, config.theme) {
            (Some(name), _) => Appearance::new(Some(&name), capabilities, places.clone()),
            (None, Some(name)) => Appearance::new(Some(&name), capabilities, places.clone())
                .or_else(|words| {
                    complaints.push(words);
                    Appearance::new(None, capabilities, places.clone())
                }),
            (None, None) => Appearance::new(None, capabilities, places.clone()),
        }
        .map_err(RunError::Theme)?;

        let (sources, given) = loading::split(options.sources);
        let (sender, mut outcomes) = mpsc::unbounded_channel();
        let (state, effects) = State::new(Setup {
            keymap,
            sources,
            settings: loading::settings(options.settings),
            ascii: options.ascii || config.ascii || !capabilities.unicode,
            size: crossterm::terminal::size()?,
        });
        let mut loading = Loading::new(given);
        let errands = Errands::new(sender);
        let (mut later, mut requested) = (Vec::new(), Vec::new());
        for effect in effects {
            match effect {
                Effect::Load(request) => {
                    requested.clone_from(&request.sources);
                    loading.begin(request, &errands);
                }
                effect => later.push(effect),
            }
        }
        // A small source is there before the first frame, and a wrong path never opens the screen.
        let first = match requested.is_empty() {
            true => None,
            false => timeout(FIRST_FRAME, outcomes.recv()).await.ok().flatten(),
        };
        if let Some(Outcome::Action(Action::Loaded {
            result: Err(words), ..
        })) = first
        {
            return Err(RunError::Source(words));
        }

        let events = Events::new()?;
        let screen = Screen::open(!(options.no_mouse || config.no_mouse))?;
        let mut session = Session {
            is_first_load: !requested.is_empty(),
            state,
            appearance,
            screen,
            events,
            errands,
            loading,
            outcomes,
            regions: Regions::default(),
            watch: options.watch.then(Watch::default),
            places,
            requested,
            taken: Instant::now(),
        };
        session.settle(capabilities, complaints).await?;
        for effect in later {
            session.carry_out(effect).await?;
        }
        if let Some(outcome) = first {
            session.take_outcome(outcome).await?;
        }
        Ok(session)
    }

    /// What is to be known before the first frame.
    async fn settle(
        &mut self,
        capabilities: Capabilities,
        complaints: Vec<String>,
    ) -> Result<(), RunError> {
        let ask = capabilities.can_be_asked && self.appearance.is_automatic();
        if ask {
            self.screen.ask_background()?;
            self.events.expect_answer();
        }
        self.events.resume();
        if ask && let Ok(happening) = timeout(BACKGROUND, self.events.next()).await {
            self.take_happening(happening).await?;
        }
        self.act(self.themes()).await?;
        if let (true, Some(places)) = (self.requested.is_empty(), self.places.clone()) {
            self.errands.run(move || {
                let recent = recent::read(&places);
                let profiles = Profiles::read();
                let profiles = profiles
                    .iter()
                    .map(|profile| (profile.name.clone(), profile.kind().name().to_owned()))
                    .collect();
                Some(Outcome::Action(Action::Choices(Choices {
                    profiles,
                    recent,
                })))
            });
        }
        if !complaints.is_empty() {
            let notice = Notice::failure(complaints.join("; "));
            self.act(Action::Notice(notice)).await?;
        }
        Ok(())
    }

    /// Draws, waits, takes in what happened, until the person leaves.
    pub async fn run(mut self) -> Result<(), RunError> {
        let mut look = interval(watch::EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut tick = Instant::now() + TICK;
        loop {
            self.draw()?;
            let wake = tokio::select! {
                happening = self.events.next() => Wake::Happening(happening),
                Some(outcome) = self.outcomes.recv() => Wake::Outcome(outcome),
                () = sleep_until(tick.into()), if self.state.is_busy() => Wake::Tick,
                _ = look.tick(), if self.watch.is_some() => Wake::Look,
            };
            if matches!(wake, Wake::Tick) {
                tick = Instant::now() + TICK;
            }
            if self.take(wake).await? == Flow::Leave || self.drain().await? == Flow::Leave {
                return Ok(());
            }
        }
    }

    fn draw(&mut self) -> io::Result<()> {
        let (state, theme) = (&self.state, &self.appearance.theme);
        let mut regions = Regions::default();
        self.screen.draw(|frame| {
            regions = ui::draw(state, theme, frame);
            if let Some(cursor) = regions.cursor {
                frame.set_cursor_position(cursor);
            }
        })?;
        self.regions = regions;
        Ok(())
    }

    /// Takes in what is already waiting, so that it needs no frame of its own.
    async fn drain(&mut self) -> Result<Flow, RunError> {
        let begun = Instant::now();
        while begun.elapsed() < DRAIN {
            let wake = match (self.events.waiting(), self.outcomes.try_recv()) {
                (Some(happening), Ok(outcome)) => {
                    if self.take(Wake::Happening(happening)).await? == Flow::Leave {
                        return Ok(Flow::Leave);
                    }
                    Wake::Outcome(outcome)
                }
                (Some(happening), Err(_)) => Wake::Happening(happening),
                (None, Ok(outcome)) => Wake::Outcome(outcome),
                (None, Err(_)) => break,
            };
            if self.take(wake).await? == Flow::Leave {
                return Ok(Flow::Leave);
            }
        }
        Ok(Flow::Continue)
    }

    async fn take(&mut self, wake: Wake) -> Result<Flow, RunError> {
        match wake {
            Wake::Happening(happening) => self.take_happening(happening).await,
            Wake::Outcome(outcome) => self.take_outcome(outcome).await,
            Wake::Tick => {
                if let Some(action) = self.loading.progress() {
                    self.act(action).await?;
                }
                self.act(Action::Tick).await
            }
            Wake::Look => {
                if self.watch.as_mut().is_some_and(Watch::has_changed) {
                    return self.act(Action::Do(Command::Reload)).await;
                }
                Ok(Flow::Continue)
            }
        }
    }

    async fn take_happening(&mut self, happening: Happening) -> Result<Flow, RunError> {
        match happening {
            Happening::Input(event) => match input::action(event, &self.regions) {
                Some(action) => self.act(action).await,
                None => Ok(Flow::Continue),
            },
            Happening::Background { light } => {
                if self.appearance.suit(light) {
                    self.act(self.themes()).await?;
                }
                Ok(Flow::Continue)
            }
            Happening::Continued => {
                if self.taken.elapsed() > OLD_SIGNAL {
                    self.come_back().await?;
                }
                Ok(Flow::Continue)
            }
            Happening::End(signal) => end_by_signal(signal),
            Happening::Lost(error) => Err(error.into()),
        }
    }

    async fn take_outcome(&mut self, outcome: Outcome) -> Result<Flow, RunError> {
        match outcome {
            Outcome::Action(action) => {
                if let Action::Loaded { result, .. } = &action {
                    match result {
                        Ok(inventory) => {
                            let read = inventory.sources.iter().map(|source| source.path.clone());
                            self.has_loaded(read.collect());
                        }
                        Err(words) if self.is_first_load => {
                            return Err(RunError::Source(words.clone()));
                        }
                        Err(_) => {}
                    }
                }
                self.act(action).await
            }
            Outcome::CopyByTerminal(text) => {
                self.screen.tell(&osc52(&text))?;
                let words = "copied through the terminal (OSC 52), where it allows that";
                self.act(Action::Notice(Notice::info(words))).await
            }
        }
    }

    /// Remembers and watches what was loaded.
    fn has_loaded(&mut self, read: Vec<String>) {
        self.is_first_load = false;
        if let Some(watch) = &mut self.watch {
            let asked = self.requested.iter().filter_map(|source| match source {
                SourceSpec::Path(path) => Some(path.clone()),
                _ => None,
            });
            let files = read.into_iter().chain(asked).map(PathBuf::from);
            watch.set(files.filter(|path| path.exists()));
        }
        if let Some(places) = self.places.clone() {
            let sources = self.requested.clone();
            self.errands.run(move || {
                recent::remember(&places, &sources);
                None
            });
        }
    }

    /// Changes the state and carries out what that asks for.
    async fn act(&mut self, action: Action) -> Result<Flow, RunError> {
        for effect in update(&mut self.state, action) {
            if self.carry_out(effect).await? == Flow::Leave {
                return Ok(Flow::Leave);
            }
        }
        Ok(Flow::Continue)
    }

    async fn carry_out(&mut self, effect: Effect) -> Result<Flow, RunError> {
        match effect {
            Effect::Compute(job) => self.errands.compute(job),
            Effect::Load(request) => self.load(request),
            Effect::CancelLoad => {
                self.is_first_load = false;
                self.loading.cancel();
            }
            Effect::Copy(text) => self.errands.copy(text),
            Effect::OpenEditor { path, line, column } => {
                self.open_editor(&path, line, column).await?;
            }
            Effect::EditText {
                purpose,
                text,
                extension,
            } => {
                let edited = self
                    .elsewhere(|editor| editor.edit(&text, extension))
                    .await?;
                let result = edited.map_err(|error| error.to_string());
                self.errands
                    .give(Outcome::Action(Action::TextRead { purpose, result }));
            }
            Effect::ReadFile { purpose, path } => self.errands.read_file(purpose, path),
            Effect::WriteFile { path, text } => self.errands.write_file(path, text),
            Effect::OpenUrl(address) => self.errands.open_url(address),
            Effect::SetTheme(name) => match self.appearance.choose(&name) {
                Ok(()) => self.errands.give(Outcome::Action(self.themes())),
                Err(words) => self.errands.give(failure(words)),
            },
            Effect::SetMouse(on) => self.screen.set_mouse(on)?,
            Effect::Redraw => self.screen.clear()?,
            Effect::Suspend => {
                let suspended = self.screen.suspend();
                self.taken = Instant::now();
                self.tell_size();
                if let Err(error) = suspended {
                    self.errands.give(failure(format!("cannot stop: {error}")));
                }
            }
            Effect::Quit => return Ok(Flow::Leave),
        }
        Ok(Flow::Continue)
    }

    fn load(&mut self, request: LoadRequest) {
        self.requested.clone_from(&request.sources);
        self.loading.begin(request, &self.errands);
    }

    async fn open_editor(&mut self, path: &str, line: u32, column: u32) -> io::Result<()> {
        let name = Editor::from_environment().name().to_owned();
        let (opened, words) = if let Some(file) = existing_file(path) {
            let open = |editor: &Editor| editor.open(&file, line, column);
            (self.elsewhere(open).await?, format!("back from {name}"))
        } else if let Some(text) = self.loading.text_of(path).map(<[u8]>::to_vec) {
            let show = |editor: &Editor| editor.show(&text, line, column);
            let words = format!("back from {name}; that was a copy, as `{path}` is no file");
            (self.elsewhere(show).await?, words)
        } else {
            let words = format!("`{path}` is no file that an editor could open");
            self.errands.give(failure(words));
            return Ok(());
        };
        self.errands.give(match opened {
            Ok(status) if status.success() => info(words),
            Ok(status) => failure(format!("`{name}` ended with {status}")),
            Err(error) => failure(format!("`{name}` cannot be started: {error}")),
        });
        Ok(())
    }

    /// Gives the terminal to an editor and takes it back when the editor has ended.
    async fn elsewhere<T>(&mut self, work: impl FnOnce(&Editor) -> T) -> io::Result<T> {
        self.events.pause().await;
        self.screen.leave();
        let result = work(&Editor::from_environment());
        self.screen.come_back()?;
        self.taken = Instant::now();
        self.events.resume();
        self.tell_size();
        Ok(result)
    }

    /// Takes the terminal again after the program was stopped from outside.
    async fn come_back(&mut self) -> io::Result<()> {
        self.screen.come_back()?;
        self.taken = Instant::now();
        self.tell_size();
        Ok(())
    }

    /// The terminal may have got another size while it was not ours.
    fn tell_size(&self) {
        if let Ok((columns, rows)) = self.screen.size() {
            self.errands
                .give(Outcome::Action(Action::Resize(columns, rows)));
        }
    }

    fn themes(&self) -> Action {
        Action::Themes {
            current: self.appearance.theme.name.clone(),
            all: self.appearance.names(),
        }
    }
}
