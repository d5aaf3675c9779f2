//! Many denials at once: reading them, and the ranked list to choose from.

use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;

use crate::denial::{self, Group, Progress, Trail};
use crate::explain;

use super::super::job::Lane;
use super::super::overlay::Overlay;
use super::super::picker::{Choice, Entry, Picker, PickerKind};
use super::super::{Effect, Notice, State};

/// Distinct denials that are listed; the most frequent are.
const MOST_LISTED: usize = 2_000;

/// The denials of a text: events, grouped, or messages.
pub(super) fn read(text: &str, wanted: &dyn Fn() -> bool) -> Trail {
    if text.trim_start().starts_with(['{', '[']) {
        let trail = denial::scan(Cursor::new(text.trim_start()), wanted, &mut |_| {});
        if let Ok(trail) = trail
            && trail.groups.len() > 1
        {
            return trail;
        }
    }
    Trail::of(denial::read_all(text))
}

/// The path that a line is, as typed or as a terminal writes one that is dropped on it.
pub(super) fn path_in(text: &str) -> Option<PathBuf> {
    let line = text.trim();
    let quoted = ['\'', '"'].iter().find_map(|mark| {
        line.strip_prefix(*mark)
            .and_then(|line| line.strip_suffix(*mark))
    });
    let path = match quoted {
        Some(inner) => inner.to_owned(),
        None => line.replace("\\ ", " "),
    };
    let rooted = ["/", "~/", "./", "../"]
        .iter()
        .any(|root| path.starts_with(root));
    let plain = !path.contains([' ', ':', '<', '{', '"']) && path.contains(['/', '.']);
    let is_path = (rooted || plain) && !path.contains('\n') && path.len() < 1_024;
    is_path.then(|| PathBuf::from(path))
}

impl State {
    /// Reads a file of events, or of a message.
    pub(super) fn read_events(&mut self, path: PathBuf, effects: &mut Vec<Effect>) {
        let ticket = self.ticket(Lane::Events);
        self.denials.waiting = Some(format!("reading {}", path.display()));
        self.denials.reading = Some(ticket.clone());
        effects.push(Effect::ReadEvents { path, ticket });
    }

    /// Takes how far reading a file has come.
    pub(in crate::app) fn events_progress(&mut self, progress: Progress) {
        let wanted = self.denials.reading.as_ref();
        if wanted.is_some_and(|ticket| ticket.is_current()) {
            let words = format!(
                "reading: {}, {}; esc stops",
                counted(progress.events, "event"),
                counted(progress.denials, "denial")
            );
            self.denials.waiting = Some(words);
        }
    }

    /// Takes what a file holds.
    pub(in crate::app) fn events_read(
        &mut self,
        result: Result<Trail, String>,
        effects: &mut Vec<Effect>,
    ) {
        let wanted = self.denials.reading.take();
        if !wanted.is_some_and(|ticket| ticket.is_current()) {
            return;
        }
        self.denials.waiting = None;
        match result {
            Ok(trail) if trail.groups.len() == 1 => {
                self.denials.trail = Arc::new(trail);
                self.answer_denial(0, effects);
            }
            Ok(trail) => {
                let read = super::Read {
                    trail: Arc::new(trail),
                    chosen: 0,
                    answer: None,
                };
                self.denial_answered(read, effects);
            }
            Err(words) => self.notice = Some(Notice::failure(words)),
        }
    }

    /// Lists the denials that were read, the answered one selected.
    pub(super) fn list_denials(&mut self) {
        let trail = &self.denials.trail;
        let groups = trail.groups.iter().take(MOST_LISTED).enumerate();
        let entries = groups
            .map(|(position, group)| entry(position, group))
            .collect();
        let picker = Picker::new(PickerKind::Denials, title(trail), entries);
        let is_list = |overlay: &Overlay| matches!(overlay, Overlay::Picker(own) if own.kind == PickerKind::Denials);
        self.overlays.retain(|overlay| !is_list(overlay));
        self.overlays.push(Overlay::Picker(picker));
        if let Some(Overlay::Picker(picker)) = self.overlays.last_mut() {
            picker.choose(&Choice::Denial(self.denials.chosen));
        }
    }

    /// Leaves the answer: to the list, where there is one; says whether anything stays open.
    pub(super) fn back_to_list(&mut self) -> bool {
        let denials = &mut self.denials;
        if denials.answer.take().is_some() && denials.trail.groups.len() > 1 {
            self.list_denials();
            return true;
        }
        self.forget_denial();
        false
    }

    /// Answers the next denial of the list, or the one before.
    pub(super) fn answer_neighbour(&mut self, step: isize, effects: &mut Vec<Effect>) {
        let all = self.denials.trail.groups.len();
        let next = self.denials.chosen.checked_add_signed(step);
        match next.filter(|next| *next < all) {
            Some(next) => self.answer_denial(next, effects),
            None => self.notice = Some(Notice::info("there is no further denial in the list")),
        }
    }
}

fn title(trail: &Trail) -> String {
    let distinct = trail.groups.len();
    let mut words = format!("{} to choose from", explain::count(distinct, "denial"));
    if trail.read.events > 0 {
        words = format!(
            "{} in {}, {} distinct",
            counted(trail.read.denials, "denial"),
            counted(trail.read.events, "event"),
            explain::number(distinct),
        );
    }
    if distinct > MOST_LISTED {
        words.push_str(&format!(
            ", the first {} listed",
            explain::number(MOST_LISTED)
        ));
    }
    if trail.unreadable > 0 {
        words.push_str(&format!("; {} unreadable", trail.unreadable));
    }
    if trail.truncated.is_some() {
        words.push_str("; the file is cut short");
    }
    words
}

fn counted(count: u64, what: &str) -> String {
    explain::count(usize::try_from(count).unwrap_or(usize::MAX), what)
}

fn entry(position: usize, group: &Group) -> Entry {
    let action = group.action.as_deref().unwrap_or("?");
    let principal = group.principal.as_deref().unwrap_or_default();
    let who = principal.rsplit(':').next().unwrap_or_default();
    let mut label = action.to_owned();
    if group.count > 1 {
        label = format!(
            "{:>7} {action}",
            explain::number(usize::try_from(group.count).unwrap_or(usize::MAX))
        );
    }
    let kinds: Vec<&str> = group
        .policy_types
        .iter()
        .map(|(kind, _)| kind.name())
        .collect();
    let mut detail = who.to_owned();
    if !kinds.is_empty() {
        detail.push_str(&format!("  by {}", kinds.join(", ")));
    }
    if let Some(last) = &group.last {
        let first = group.first.as_ref().filter(|first| *first != last);
        let first = first.map(|first| format!("{} to ", minute(first)));
        detail.push_str(&format!("  {}{}", first.unwrap_or_default(), minute(last)));
    }
    Entry::new(
        explain::escape(&label),
        explain::escape(&detail),
        Choice::Denial(position),
    )
}

/// A time as events write it, to the minute.
fn minute(time: &str) -> String {
    time.get(..16).unwrap_or(time).replace('T', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_name_files_are_told_from_messages() {
        for (text, path) in [
            ("trail.json.gz", "trail.json.gz"),
            ("~/Downloads/a b.json", "~/Downloads/a b.json"),
            ("/tmp/a\\ b.json\n", "/tmp/a b.json"),
            ("'/tmp/a b.json' ", "/tmp/a b.json"),
        ] {
            assert_eq!(path_in(text), Some(PathBuf::from(path)), "{text}");
        }
        for text in [
            "AccessDenied",
            "User: arn:aws:iam::123456789012:user/a is not authorized",
            "{\"a\":1.0}",
            "/tmp/a\nAccess Denied",
            "Access Denied.",
        ] {
            assert_eq!(path_in(text), None, "{text}");
        }
    }
}
