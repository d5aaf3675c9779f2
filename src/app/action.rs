//! What reaches the screen from outside, and what it asks of the outside.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use crate::analyze::Proposal;
use crate::denial::{Progress, Trail};
use crate::iam::Inventory;
use crate::simulate::Request;

use super::beside::{AwsSaid, FetchedPolicy};
use super::job::{Found, Job, Ticket};
use super::live::{LiveFailure, LiveSession, SignIn};
use super::{Command, Key};

/// Something that happened.
#[derive(Debug)]
pub enum Action {
    /// The terminal has this many columns and rows.
    Resize(u16, u16),
    /// A key was pressed.
    Key(Key),
    /// Text was pasted.
    Paste(String),
    /// The mouse did something.
    Mouse(Mouse),
    /// A command was chosen.
    Do(Command),
    /// Time passes; only while [`State::is_busy`](super::State::is_busy).
    Tick,
    /// Work in the background has a result.
    Found(Found),
    /// Loading goes on.
    LoadProgress {
        /// Which loading.
        generation: u64,
        /// What it is doing, in a few words.
        words: String,
    },
    /// A live account answers: who reads, until when.
    Connected {
        /// Which loading.
        generation: u64,
        /// The connection.
        session: LiveSession,
    },
    /// What is here so far of what is being loaded.
    Arrived {
        /// Which loading.
        generation: u64,
        /// What has arrived; whole and usable.
        inventory: Arc<Inventory>,
        /// When it was read, where it was kept from an earlier time and is all that there was then.
        taken: Option<SystemTime>,
    },
    /// A live account could not be read, or not to the end; [`Action::Loaded`] follows.
    SourceFailed {
        /// Which loading.
        generation: u64,
        /// Why.
        failure: LiveFailure,
    },
    /// What AWS's own simulator says to a question.
    AwsAnswered {
        /// Which question.
        ticket: u64,
        /// Its answer, or why there is none.
        result: Result<Vec<AwsSaid>, String>,
    },
    /// The policy of a resource was read, or could not be.
    PolicyFetched {
        /// By which loading's account.
        generation: u64,
        /// The account's source.
        source: SourceSpec,
        /// The resource.
        arn: String,
        /// What AWS answered.
        fetched: FetchedPolicy,
    },
    /// What time it is.
    Clock(SystemTime),
    /// Loading has ended, with everything that was read or one clear error.
    Loaded {
        /// Which loading.
        generation: u64,
        /// What was loaded.
        result: Result<Arc<Inventory>, String>,
    },
    /// What the start screen may offer.
    Choices(Choices),
    /// A text that was opened in an editor or read from a file is here.
    TextRead {
        /// What it was wanted for.
        purpose: Purpose,
        /// The text; `Err` says in words why there is none.
        result: Result<String, String>,
    },
    /// Reading a file of events goes on.
    EventsProgress(Progress),
    /// A file of events was read; `Err` says in words why not.
    EventsRead(Result<Trail, String>),
    /// A live account has decoded an authorization message, or says why not.
    Decoded {
        /// The encoded message.
        encoded: String,
        /// What it says.
        result: Result<String, String>,
    },
    /// Something to tell.
    Notice(Notice),
    /// The theme that is now in force, and the names of all themes.
    Themes {
        /// The one in force.
        current: String,
        /// All of them.
        all: Vec<String>,
    },
}

/// A sentence in the last line, until the next key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Notice {
    /// What to say.
    pub words: String,
    /// Whether something failed.
    pub failed: bool,
}

impl Notice {
    /// Something that went well.
    pub fn info(words: impl Into<String>) -> Self {
        Notice {
            words: words.into(),
            failed: false,
        }
    }

    /// Something that failed.
    pub fn failure(words: impl Into<String>) -> Self {
        Notice {
            words: words.into(),
            failed: true,
        }
    }
}

/// What the start screen may offer besides the demo.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Choices {
    /// Profiles of the AWS configuration, each with what kind it is.
    pub profiles: Vec<(String, String)>,
    /// Files opened lately, the last one first.
    pub recent: Vec<String>,
}

/// What the mouse did, and to what.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Mouse {
    /// What it did.
    pub kind: MouseKind,
    /// The column, from 0.
    pub x: u16,
    /// The row, from 0.
    pub y: u16,
    /// What was drawn there, by the last frame's regions.
    pub target: Option<Target>,
}

/// What a mouse can do here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MouseKind {
    /// The first button went down.
    Press,
    /// It moved while the button was down.
    Drag,
    /// The button went up.
    Release,
    /// The wheel turned up.
    WheelUp,
    /// The wheel turned down.
    WheelDown,
}

/// Something on the screen that the mouse can hit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Target {
    /// The tree, beside its rows.
    Tree,
    /// A row of the tree, by its position among the visible rows.
    TreeRow(usize),
    /// The mark that opens and closes that row.
    TreeMark(usize),
    /// The side pane.
    Pane,
    /// A line of the side pane.
    PaneLine(usize),
    /// The divider between tree and pane.
    Divider,
    /// A row of the list of the topmost overlay.
    ListRow(usize),
    /// A field of the topmost overlay.
    Field(usize),
    /// A line of the simulator's answer.
    AnswerLine(usize),
    /// A candidate for the field that has the keyboard.
    Candidate(usize),
    /// A saved request.
    Request(usize),
    /// The topmost overlay, beside everything in it.
    Overlay,
    /// Beside the topmost overlay.
    Outside,
    /// A place of the breadcrumb, counted from the tree's root.
    Crumb(usize),
    /// A command shown in the footer or the header.
    Command(Command),
}

/// What the outside should do. Results come back as [`Action`]s.
#[derive(Debug)]
pub enum Effect {
    /// Run [`Job::run`] on another thread and hand back what it found as [`Action::Found`]. A later
    /// job of the same [`Job::lane`] makes an earlier one that has not begun unnecessary.
    Compute(Job),
    /// Load sources; progress and result carry the same generation. Ends an earlier loading.
    Load(LoadRequest),
    /// Stop loading.
    CancelLoad,
    /// Put a text into the clipboard, then send a notice.
    Copy(String),
    /// Open a file in an editor at a line and a column, both from 1.
    OpenEditor {
        /// The path as the source names it.
        path: String,
        /// The line; 0 where there is none.
        line: u32,
        /// The column; 0 where there is none.
        column: u32,
    },
    /// Edit a text in an editor and send it back.
    EditText {
        /// What for.
        purpose: Purpose,
        /// The text to begin with.
        text: String,
        /// The extension of its file, such as `json`.
        extension: &'static str,
    },
    /// Read a file of text and send it back.
    ReadFile {
        /// What for.
        purpose: Purpose,
        /// Its path as typed; `~` is the home folder.
        path: PathBuf,
    },
    /// Read a file of CloudTrail events, a folder of them, or a file with a message, with progress,
    /// until the ticket is no longer current.
    ReadEvents {
        /// Its path as typed; `~` is the home folder.
        path: PathBuf,
        /// Whether it is still wanted.
        ticket: Ticket,
    },
    /// Have a live account decode an authorization message.
    Decode {
        /// The encoded message.
        encoded: String,
        /// The account that it is from, where known.
        account: Option<String>,
    },
    /// Make a proposal's difference of the files that it changes, and copy it or write it to a file.
    Difference {
        /// What is proposed.
        proposal: Box<Proposal>,
        /// What it is proposed for.
        inventory: Arc<Inventory>,
        /// The file to write, as typed; `None` to copy.
        path: Option<PathBuf>,
    },
    /// Write a file, then send a notice; never one that exists.
    WriteFile {
        /// Its path as typed.
        path: PathBuf,
        /// What to write.
        text: String,
        /// What that is, in words.
        what: String,
    },
    /// Open a page in a browser, or say where it is.
    OpenUrl(String),
    /// Ask AWS's own simulator.
    AskAws {
        /// Which question.
        ticket: u64,
        /// The live source to ask.
        source: SourceSpec,
        /// What to ask.
        request: Box<Request>,
    },
    /// Stop asking it.
    StopAsking,
    /// Read the policy of a resource.
    FetchPolicy {
        /// The loading whose accounts are shown.
        generation: u64,
        /// The live source to ask.
        source: SourceSpec,
        /// The resource.
        arn: String,
    },
    /// Read one role again, and give everything with it as loaded.
    ReadRole {
        /// Which loading this is.
        generation: u64,
        /// Everything that is shown.
        inventory: Arc<Inventory>,
        /// The role's account in it.
        account: u32,
        /// The live source to ask.
        source: SourceSpec,
        /// The role.
        arn: String,
    },
    /// Find out what the start screen may offer.
    FindChoices,
    /// Give the terminal to a command that signs in, then load again.
    SignIn(SignIn),
    /// Use a theme, by its name.
    SetTheme(String),
    /// Take the mouse, or leave it to the terminal.
    SetMouse(bool),
    /// Clear the terminal and draw everything again.
    Redraw,
    /// Put the program into the background.
    Suspend,
    /// Leave.
    Quit,
}

/// What a text that is edited or read is wanted for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// A policy of a what-if or of the simulator; the number says which.
    Policy(u64),
}

/// What to load.
#[derive(Clone, Debug)]
pub struct LoadRequest {
    /// Which loading this is; results of an earlier one are dropped.
    pub generation: u64,
    /// The sources, in order.
    pub sources: Vec<SourceSpec>,
    /// What fills templates.
    pub settings: Settings,
    /// Whether accounts that were read already are read again.
    pub anew: bool,
}

/// A source as the user names it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SourceSpec {
    /// The embedded template.
    Demo,
    /// A file or folder, or `-` for standard input.
    Path(String),
    /// A live account.
    Profile {
        /// The profile's name; `None` for the default chain.
        name: Option<String>,
        /// The region, where given.
        region: Option<String>,
    },
}

/// What fills templates: `--param`, `--account`, `--region`, `--partition`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Settings {
    /// Values of parameters by name.
    pub parameters: BTreeMap<String, String>,
    /// Decisions on conditions by name.
    pub conditions: BTreeMap<String, bool>,
    /// The account id.
    pub account: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The partition.
    pub partition: Option<String>,
}
