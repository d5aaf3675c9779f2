//! Carrying out what the screen asks of the outside.

use std::io;
use std::time::Instant;

use super::{Flow, Session};
use crate::app::{Action, Command, Effect, LoadRequest, SignIn};
use crate::runtime::RunError;
use crate::runtime::errands::{Outcome, existing_file, failure, info};
use crate::terminal::Editor;

impl Session {
    /// Carries out one effect; what comes of it comes back as an action.
    pub(super) async fn carry_out(&mut self, effect: Effect) -> Result<Flow, RunError> {
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
            Effect::ReadEvents { path, ticket } => self.errands.read_events(path, ticket),
            Effect::Decode { encoded, account } => {
                let connection = self.loading.connection(account.as_deref());
                self.errands.decode(connection, encoded);
            }
            Effect::Difference {
                proposal,
                inventory,
                path,
            } => {
                let given = self.loading.given();
                self.errands.difference(proposal, inventory, path, given);
            }
            Effect::WriteFile { path, text, what } => self.errands.write_file(path, text, &what),
            Effect::OpenUrl(address) => self.errands.open_url(address),
            Effect::AskAws {
                ticket,
                source,
                request,
            } => self
                .loading
                .ask_aws(ticket, &source, &request, &self.errands),
            Effect::StopAsking => self.loading.stop_asking(),
            Effect::FetchPolicy {
                generation,
                source,
                arn,
            } => self
                .loading
                .fetch_policy(generation, source, arn, &self.errands),
            Effect::ReadRole {
                generation,
                inventory,
                account,
                source,
                arn,
            } => {
                let errands = &self.errands;
                self.loading
                    .read_role(errands, generation, &inventory, account, &source, arn);
            }
            Effect::FindChoices => self.find_choices(),
            Effect::SignIn(sign_in) => self.sign_in(&sign_in).await?,
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

    /// Gives the terminal to the command that signs in, then loads again.
    async fn sign_in(&mut self, sign_in: &SignIn) -> io::Result<()> {
        let words = sign_in.words();
        let Some((program, arguments)) = sign_in.command.split_first() else {
            return Ok(());
        };
        let run = || std::process::Command::new(program).args(arguments).status();
        let ended = self.away(run).await?;
        self.errands.give(match ended {
            Ok(status) if status.success() => Outcome::Action(Action::Do(Command::Reload)),
            Ok(status) => failure(format!("`{words}` ended with {status}")),
            Err(error) => failure(format!("`{words}` cannot be started: {error}")),
        });
        Ok(())
    }

    /// Gives the terminal to an editor and takes it back when the editor has ended.
    async fn elsewhere<T>(&mut self, work: impl FnOnce(&Editor) -> T) -> io::Result<T> {
        self.away(move || work(&Editor::from_environment())).await
    }

    /// Gives the terminal to another program and takes it back when that has ended.
    async fn away<T>(&mut self, work: impl FnOnce() -> T) -> io::Result<T> {
        self.events.pause().await;
        self.screen.leave();
        let result = work();
        self.screen.come_back()?;
        self.taken = Instant::now();
        self.events.resume();
        self.tell_size();
        Ok(result)
    }

    /// Takes the terminal again after the program was stopped from outside.
    pub(super) async fn come_back(&mut self) -> io::Result<()> {
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
}
