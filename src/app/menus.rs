//! The lists that can be opened: help, palette, themes, what to copy, what to open.

use crate::explain::Mark;

use super::command::{Command, Context};
use super::copy;
use super::overlay::{Overlay, Prompt, PromptKind};
use super::picker::{Choice, Entry, Picker, PickerKind};
use super::{Binding, Effect, Input, SourceSpec, State};

/// What each key does, by where it works.
pub(super) fn help(state: &mut State) {
    let mut entries = Vec::new();
    for context in Context::ALL {
        let bindings = state.keymap.bindings().iter();
        let own: Vec<&Binding> = bindings
            .filter(|binding| binding.context == context && !binding.keys.is_empty())
            .collect();
        if own.is_empty() {
            continue;
        }
        entries.push(Entry::heading(match context {
            Context::Everywhere => "Everywhere",
            Context::Tree => "In the tree",
            Context::Pane => "In the side pane",
            Context::List => "In lists",
            Context::Simulator => "In the simulator",
            Context::Requests => "In the saved requests",
            Context::Denial => "In the answer to a denial",
            Context::Text => "Where text is typed",
        }));
        entries.extend(own.into_iter().map(|binding| Entry {
            label: binding.description.clone(),
            detail: String::new(),
            keys: keys_of(binding),
            choice: Choice::Do(binding.command),
        }));
    }
    entries.push(Entry::heading("Marks"));
    entries.extend(MARKS.into_iter().map(|(mark, words)| {
        Entry {
            label: words.to_owned(),
            detail: String::new(),
            keys: if state.ascii {
                mark.ascii()
            } else {
                mark.glyph()
            }
            .to_owned(),
            choice: Choice::Nothing,
        }
    }));
    let title = "Help: keys, and below them marks";
    push(state, Picker::new(PickerKind::Help, title, entries));
}

/// What the marks of rows and answers mean.
const MARKS: [(Mark, &str); 7] = [
    (Mark::Allow, "allowed; on a role: so many actions"),
    (Mark::ExplicitDeny, "denied by a statement"),
    (Mark::ImplicitDeny, "denied, as nothing allows it"),
    (Mark::Depends, "depends on what is not known"),
    (
        Mark::Unresolved,
        "a part of a name is known only once deployed",
    ),
    (Mark::Problem, "so many problems or findings"),
    (Mark::Limited, "limited by a permissions boundary"),
];

/// Every command, with its keys.
pub(super) fn palette(state: &mut State) {
    let entries = Command::ALL
        .iter()
        .map(|command| {
            let bindings = state.keymap.bindings().iter();
            let own: Vec<&Binding> = bindings
                .filter(|binding| binding.command == *command)
                .collect();
            let keys: Vec<String> = own.iter().map(|binding| keys_of(binding)).collect();
            Entry {
                label: label(*command),
                detail: state.keymap.description(*command).to_owned(),
                keys: keys
                    .into_iter()
                    .find(|keys| !keys.is_empty())
                    .unwrap_or_default(),
                choice: Choice::Do(*command),
            }
        })
        .collect();
    push(state, Picker::new(PickerKind::Palette, "Commands", entries));
}

/// A command's name for reading: `expand all`.
pub fn label(command: Command) -> String {
    command.name().replace('-', " ")
}

fn keys_of(binding: &Binding) -> String {
    let keys: Vec<String> = binding.keys.iter().map(ToString::to_string).collect();
    keys.join(" ")
}

/// The themes.
pub(super) fn themes(state: &mut State) {
    let (current, all) = &state.themes;
    let entries = all
        .iter()
        .map(|name| {
            let detail = if name == current { "in use" } else { "" };
            Entry::new(name, detail, Choice::Theme(name.clone()))
        })
        .collect();
    let mut picker = Picker::new(PickerKind::Themes, "Theme", entries);
    picker.choose(&Choice::Theme(current.clone()));
    push(state, picker);
}

/// What of the selection can be copied.
pub(super) fn copying(state: &mut State) {
    let entries = copy::choices(state)
        .into_iter()
        .map(|(label, text)| {
            let first = text.lines().next().unwrap_or_default();
            let detail = crate::explain::escape(first).into_owned();
            Entry::new(label, detail, Choice::Copy(text))
        })
        .collect();
    push(state, Picker::new(PickerKind::Copy, "Copy", entries));
}

/// What can be opened, when nothing is.
pub(super) fn start(state: &mut State) {
    let entries = source_entries(state, Choice::Open, Choice::OpenPath);
    push(state, Picker::new(PickerKind::Start, "Open", entries));
}

/// What can be opened in place of what is open, or beside it.
pub(super) fn sources(state: &mut State, beside: bool, effects: &mut Vec<Effect>) {
    if state.is_empty() && state.sources.is_empty() {
        return;
    }
    let choice = if beside { Choice::Beside } else { Choice::Open };
    let path = Choice::OpenPath;
    let mut entries = source_entries(state, choice, path);
    if beside {
        entries.retain(|entry| entry.choice != Choice::OpenPath);
    }
    let (kind, title) = if beside {
        (PickerKind::Beside, "Open beside what is open")
    } else {
        (PickerKind::Sources, "Open in place of what is open")
    };
    push(state, Picker::new(kind, title, entries));
    effects.push(Effect::FindChoices);
}

/// Fills the list of sources anew: what can be opened is known now.
pub(super) fn renew_sources(state: &mut State) {
    let open = state.overlays.iter().position(|overlay| {
        matches!(overlay, Overlay::Picker(picker) if matches!(
            picker.kind,
            PickerKind::Start | PickerKind::Sources | PickerKind::Beside
        ))
    });
    let Some(position) = open else { return };
    let Some(Overlay::Picker(before)) = state.overlays.get(position).cloned() else {
        return;
    };
    let mut entries = match before.kind {
        PickerKind::Beside => source_entries(state, Choice::Beside, Choice::OpenPath),
        _ => source_entries(state, Choice::Open, Choice::OpenPath),
    };
    if before.kind == PickerKind::Beside {
        entries.retain(|entry| entry.choice != Choice::OpenPath);
    }
    let mut picker = Picker::new(before.kind, before.title.clone(), entries);
    picker.paste(before.input().text());
    state.overlays[position] = Overlay::Picker(picker);
}

fn source_entries(state: &State, open: impl Fn(SourceSpec) -> Choice, path: Choice) -> Vec<Entry> {
    let mut entries = vec![
        Entry::heading("Look around"),
        Entry::new(
            "demo",
            "an example: the roles of Gitpod Enterprise",
            open(SourceSpec::Demo),
        ),
        Entry::heading("Open"),
        Entry::new(
            "file or folder",
            "a CloudFormation template, an account's details, a policy",
            path,
        ),
    ];
    if !state.choices.recent.is_empty() {
        entries.push(Entry::heading("Opened lately"));
        entries.extend(state.choices.recent.iter().map(|path| {
            let spec = SourceSpec::Path(path.clone());
            Entry::new(crate::explain::escape(path), "", open(spec))
        }));
    }
    if !state.choices.profiles.is_empty() {
        entries.push(Entry::heading("Live account, read-only"));
        entries.extend(state.choices.profiles.iter().map(|(name, kind)| {
            let spec = SourceSpec::Profile {
                name: Some(name.clone()),
                region: None,
            };
            Entry::new(
                crate::explain::escape(name),
                format!("profile, {kind}"),
                open(spec),
            )
        }));
    }
    entries
}

/// Asks for the path of a source.
pub(super) fn open_path(state: &mut State) {
    state.overlays.push(Overlay::Prompt(Prompt {
        kind: PromptKind::Open,
        title: "Open a file or folder".to_owned(),
        hint: "a path; several with spaces between them are several sources, quotes keep a space"
            .to_owned(),
        input: Input::default(),
    }));
}

fn push(state: &mut State, picker: Picker) {
    state.overlays.push(Overlay::Picker(picker));
}
