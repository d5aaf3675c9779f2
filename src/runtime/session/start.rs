//! The beginning: everything up to the first frame.

use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::time::timeout;

use super::Session;
use crate::app::{Action, Choices, Effect, Notice, Setup, State};
use crate::aws::Profiles;
use crate::runtime::appearance::Appearance;
use crate::runtime::cache::Cache;
use crate::runtime::errands::{Errands, Outcome};
use crate::runtime::loading::{self, Loading};
use crate::runtime::watch::Watch;
use crate::runtime::{Options, RunError, config, recent};
use crate::terminal::{Capabilities, Events, Places, Screen};
use crate::ui::Regions;

/// How long the first frame may wait for something to show.
const FIRST_FRAME: Duration = Duration::from_millis(10);
/// How long the first frame then waits for the terminal to tell its background.
const BACKGROUND: Duration = Duration::from_millis(5);

impl Session {
    /// Starts loading, then takes the terminal.
    pub async fn begin(options: Options) -> Result<Self, RunError> {
        let places = Places::find();
        let capabilities = Capabilities::detect();
        let (config, keymap, mut complaints) = config::read(places.as_ref());
        complaints.extend(options.complaints);
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
            purposes: options.purposes,
            ascii: options.ascii || config.ascii || !capabilities.unicode,
            size: crossterm::terminal::size()?,
        });
        let cache = Cache::find().filter(|_| !options.no_cache);
        let mut loading = Loading::new(given, cache);
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
        if self.requested.is_empty() {
            self.find_choices();
        }
        if !complaints.is_empty() {
            let notice = Notice::failure(complaints.join("; "));
            self.act(Action::Notice(notice)).await?;
        }
        Ok(())
    }

    /// Finds out what the start screen may offer.
    pub(super) fn find_choices(&self) {
        let places = self.places.clone();
        self.errands.run(move || {
            let recent = places.as_ref().map(recent::read).unwrap_or_default();
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
}
