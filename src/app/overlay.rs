//! What lies on top of the main view: a stack, whose top gets the keys first.

use crate::iam::PolicyKind;

use super::Input;
use super::item::PolicyAt;
use super::parameters::Setting;
use super::picker::Picker;
use super::writing::Document;

/// Something on top of the main view.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// A list to choose from.
    Picker(Picker),
    /// A question with a line of text for an answer.
    Prompt(Prompt),
    /// The simulator; what it holds outlives it.
    Simulator,
    /// A denial that was pasted, and the answer to it.
    Denial,
}

/// A question with a line of text for an answer.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// What the answer is for.
    pub kind: PromptKind,
    /// The question.
    pub title: String,
    /// What to say below the field.
    pub hint: String,
    /// The answer so far.
    pub input: Input,
}

/// What the answer to a prompt is for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PromptKind {
    /// The path of a source to open.
    Open,
    /// The path of a file to write.
    Write(Document),
    /// A policy for the simulator: JSON, or the path of a file.
    Policy(PolicyKind),
    /// The file to export the saved requests to.
    ExportRequests,
    /// The file to write a policy to.
    ExportPolicy(PolicyAt),
    /// The value of a parameter.
    Parameter(String),
    /// An account, a region or a partition.
    Setting(Setting),
    /// The file to write the answer to a denial to.
    Answer,
}
