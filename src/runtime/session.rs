//! One sitting at the screen: the loop.

mod effects;
mod start;

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::mpsc;
use tokio::time::sleep_until;

use super::appearance::Appearance;
use super::errands::{Errands, Outcome};
use super::loading::Loading;
use super::watch::Watch;
use super::{RunError, input, recent};
use crate::app::{Action, Notice, SourceSpec, State, update};
use crate::terminal::{Events, Happening, Places, Screen, end_by_signal, osc52};
use crate::ui::{self, Regions};

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
    Clock,
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
    /// Draws, waits, takes in what happened, until the person leaves.
    pub async fn run(mut self) -> Result<(), RunError> {
        let mut tick = Instant::now() + TICK;
        loop {
            self.draw()?;
            let change = self.state.live.next_change(SystemTime::now());
            let clock = change.map(|until| Instant::now() + until);
            let wake = tokio::select! {
                happening = self.events.next() => Wake::Happening(happening),
                Some(outcome) = self.outcomes.recv() => Wake::Outcome(outcome),
                () = sleep_until(tick.into()), if self.state.is_busy() => Wake::Tick,
                // Only while a time is shown.
                () = sleep_until(clock.unwrap_or(tick).into()), if clock.is_some() => Wake::Clock,
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
            let links = regions.links.iter();
            links.map(|link| (link.area, link.url.clone())).collect()
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
            Wake::Clock => self.act(Action::Clock(SystemTime::now())).await,
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
                        // Who can sign in from here stays here.
                        Err(words) if self.is_first_load && !self.can_sign_in() => {
                            return Err(RunError::Source(words.clone()));
                        }
                        Err(_) => {}
                    }
                }
                if matches!(action, Action::Connected { .. } | Action::Arrived { .. }) {
                    self.act(Action::Clock(SystemTime::now())).await?;
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

    fn can_sign_in(&self) -> bool {
        let failure = self.state.live.failure.as_ref();
        failure.is_some_and(|failure| failure.sign_in.is_some())
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
            watch.set(files.collect(), self.errands.outcomes());
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

    fn themes(&self) -> Action {
        Action::Themes {
            current: self.appearance.theme.name.clone(),
            all: self.appearance.names(),
        }
    }
}
