//! What comes from the terminal and from the system, as one stream.

use std::io;
use std::time::{Duration, Instant};

use crossterm::event::{Event, EventStream};
use futures::StreamExt;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::answer::{Sieve, Sifted};
use super::guard;

/// How long the answer about the background may take; later, keys are only keys.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// How long keys are held back that may be the beginning of the answer.
const HOLD: Duration = Duration::from_millis(100);
/// How long a program that was told to end may take before it is ended.
const END_WITHIN: Duration = Duration::from_secs(2);
/// Events that wait while the loop is busy; beyond, the terminal waits.
const WAITING: usize = 1024;

/// Something that happened outside.
#[derive(Debug)]
pub enum Happening {
    /// A key, the mouse, a paste, a new size.
    Input(Event),
    /// The terminal told its background: whether it is light.
    Background {
        /// Whether dark text is readable on it.
        light: bool,
    },
    /// The program was continued after it was stopped from outside.
    Continued,
    /// The program was told to end, by a signal of this number.
    End(i32),
    /// Nothing will come from the terminal any more.
    Lost(io::Error),
}

/// The stream of all that happens. Needs a tokio runtime around it.
pub struct Events {
    sender: mpsc::Sender<Happening>,
    receiver: mpsc::Receiver<Happening>,
    reader: Option<JoinHandle<()>>,
    /// Until when the answer about the background is looked for.
    answer_until: Instant,
}

impl Events {
    /// Begins to listen to signals. Input is read from [`Events::resume`] on.
    pub fn new() -> io::Result<Self> {
        let (sender, receiver) = mpsc::channel(WAITING);
        listen_to_signals(&sender)?;
        Ok(Events {
            sender,
            receiver,
            reader: None,
            answer_until: Instant::now(),
        })
    }

    /// Looks out for the terminal's answer about its background, which was just asked for.
    pub fn expect_answer(&mut self) {
        self.answer_until = Instant::now() + ANSWER_WITHIN;
    }

    /// Begins to read input. The reader is a task of its own, as reading may block in the middle of
    /// an escape sequence.
    pub fn resume(&mut self) {
        if self.reader.is_none() {
            let reading = read(self.sender.clone(), self.answer_until);
            self.reader = Some(tokio::spawn(reading));
        }
    }

    /// Stops reading input, which is then another program's.
    pub async fn pause(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.abort();
            // It ends at once, unless it is in the middle of a sequence that never ends.
            let _ = tokio::time::timeout(HOLD, reader).await;
        }
    }

    /// The next one.
    pub async fn next(&mut self) -> Happening {
        match self.receiver.recv().await {
            Some(happening) => happening,
            // Cannot happen while `self.sender` lives.
            None => Happening::Lost(io::ErrorKind::BrokenPipe.into()),
        }
    }

    /// The next one that is already there.
    pub fn waiting(&mut self) -> Option<Happening> {
        self.receiver.try_recv().ok()
    }
}

async fn read(sender: mpsc::Sender<Happening>, answer_until: Instant) {
    let mut stream = EventStream::new();
    let mut sieve = Sieve::default();
    loop {
        let next = if sieve.is_holding() {
            match tokio::time::timeout(HOLD, stream.next()).await {
                Ok(next) => next,
                Err(_) => {
                    for event in sieve.release() {
                        if sender.send(Happening::Input(event)).await.is_err() {
                            return;
                        }
                    }
                    continue;
                }
            }
        } else {
            stream.next().await
        };
        let event = match next {
            Some(Ok(event)) => event,
            Some(Err(error)) => {
                let _ = sender.send(Happening::Lost(error)).await;
                return;
            }
            None => return,
        };
        let looking = sieve.is_holding() || Instant::now() < answer_until;
        let sifted = if looking {
            sieve.sift(event)
        } else {
            Sifted::Passed(vec![event])
        };
        let happenings = match sifted {
            Sifted::Held => Vec::new(),
            Sifted::Passed(events) => events.into_iter().map(Happening::Input).collect(),
            Sifted::Light(light) => vec![Happening::Background { light }],
        };
        for happening in happenings {
            if sender.send(happening).await.is_err() {
                return;
            }
        }
    }
}

#[cfg(unix)]
fn listen_to_signals(sender: &mpsc::Sender<Happening>) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    for kind in [
        SignalKind::terminate(),
        SignalKind::hangup(),
        SignalKind::interrupt(),
        SignalKind::quit(),
    ] {
        let (mut signals, sender) = (signal(kind)?, sender.clone());
        let number = kind.as_raw_value();
        let from_keyboard = kind == SignalKind::interrupt() || kind == SignalKind::quit();
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                // A key pressed in another program that has the terminal is not for us.
                if from_keyboard && !guard::is_ours() {
                    continue;
                }
                let _ = sender.try_send(Happening::End(number));
                tokio::time::sleep(END_WITHIN).await;
                guard::end_by_signal(number);
            }
        });
    }
    let (mut continued, sender) = (signal(SignalKind::from_raw(SIGCONT))?, sender.clone());
    tokio::spawn(async move {
        while continued.recv().await.is_some() {
            if sender.send(Happening::Continued).await.is_err() {
                return;
            }
        }
    });
    Ok(())
}

#[cfg(unix)]
const SIGCONT: i32 = rustix::process::Signal::CONT.as_raw();

#[cfg(not(unix))]
fn listen_to_signals(sender: &mpsc::Sender<Happening>) -> io::Result<()> {
    let sender = sender.clone();
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            let _ = sender.try_send(Happening::End(2));
            tokio::time::sleep(END_WITHIN).await;
            guard::end_by_signal(2);
        }
    });
    Ok(())
}
