//! The breadcrumb and the last line.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use crate::app::menus::label;
use crate::app::{Command, Context, Target};
use crate::explain::{count, escape};

use super::pen::{Pen, clip_front, fill};
use super::{Look, Regions, View};

/// Where the selection is.
pub fn crumbs(view: &View<'_>, frame: &mut Frame<'_>, area: Rect, regions: &mut Regions) {
    let state = view.state;
    let between = if state.ascii { " > " } else { " › " };
    let names: Vec<String> = state
        .crumbs()
        .into_iter()
        .map(|item| {
            let text = state.text_of(item);
            text.map(crate::app::rows::RowText::title)
                .unwrap_or_default()
        })
        .collect();
    let total: usize = names.iter().map(|name| name.width() + 3).sum();
    let base = view.theme.style(Look::Text);
    let muted = base.patch(view.theme.style(Look::Muted));
    // The end says where one is; the beginning gives way.
    let mut first = 0;
    let mut wide = total;
    let room = usize::from(area.width).saturating_sub(4);
    while wide > room && first + 1 < names.len() {
        wide -= names[first].width() + 3;
        first += 1;
    }
    let mut pen = Pen::new(frame.buffer_mut(), area, state.ascii);
    pen.skip(1);
    if first > 0 {
        pen.write(if state.ascii { ".. > " } else { "… › " }, muted);
    }
    for (position, name) in names.iter().enumerate().skip(first) {
        let from = pen.column();
        let last = position + 1 == names.len();
        let shown = if last {
            clip_front(name, pen.room())
        } else {
            name
        };
        pen.write(shown, if last { base } else { muted });
        let region = Rect::new(from, area.y, pen.column().saturating_sub(from), 1);
        regions.add(region, Target::Crumb(position));
        if !last {
            pen.write(between, muted);
        }
    }
}

/// What can be done, or what was said.
pub fn footer(view: &View<'_>, frame: &mut Frame<'_>, area: Rect, regions: &mut Regions) {
    let state = view.state;
    let style = view.theme.style(Look::Footer);
    fill(frame.buffer_mut(), area, style);
    if state.find.typing && state.overlays.is_empty() {
        query(view, frame, area, regions);
        return;
    }
    let mut pen = Pen::new(frame.buffer_mut(), area, state.ascii);
    pen.skip(1);
    if let Some(notice) = &state.notice {
        let look = if notice.failed {
            Look::Error
        } else {
            Look::Emphasis
        };
        let words = if notice.failed { "! " } else { "" };
        let said = notice.words.lines().next().unwrap_or_default();
        pen.write(
            &format!("{words}{}", escape(said)),
            style.patch(view.theme.style(look)),
        );
        return;
    }
    if let Some(words) = &state.loading {
        let turns: &[&str] = if state.ascii {
            &["|", "/", "-", "\\"]
        } else {
            &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]
        };
        let turn = turns[state.ticks % turns.len()];
        let key = state.keymap.key_of(Context::Everywhere, Command::Cancel);
        let stop = key.map(|key| format!("   {key} stops")).unwrap_or_default();
        let words = if words.is_empty() { "loading" } else { words };
        pen.write(&format!("{turn} {}{stop}", escape(words)), style);
        return;
    }
    if let Some(words) = state.failure_words() {
        let error = style.patch(view.theme.style(Look::Error));
        pen.write("! ", error);
        pen.write(&escape(&words), error);
        return;
    }
    hints(view, &mut pen, style, area.y, regions);
}

fn query(view: &View<'_>, frame: &mut Frame<'_>, area: Rect, regions: &mut Regions) {
    let find = &view.state.find;
    let style = view.theme.style(Look::Footer);
    let said = match &find.matches {
        _ if find.input.is_empty() => {
            "roles, policies, actions, resources, conditions; every action of AWS".to_owned()
        }
        _ if find.waiting => "searching".to_owned(),
        Some(matches) => {
            let (total, actions) = (matches.total, matches.actions);
            match (total, actions) {
                (0, 0) => "nothing matches".to_owned(),
                (0, _) => format!("nothing matches here; {} of AWS", count(actions, "action")),
                (_, 0) => count(total, "match"),
                _ => format!(
                    "{}, {} of AWS",
                    count(total, "match"),
                    count(actions, "action")
                ),
            }
        }
        None => String::new(),
    };
    let mut pen = Pen::new(frame.buffer_mut(), area, view.state.ascii);
    pen.skip(1);
    pen.write("/", style.patch(view.theme.style(Look::FooterKey)));
    // The end of what is typed is what one looks at.
    let room = pen.room().saturating_sub(4);
    let before = clip_front(find.input.before(), room);
    pen.write(before, style.patch(view.theme.style(Look::InputFocused)));
    let cursor = pen.column();
    regions.cursor = Some((cursor, area.y));
    pen.write(
        find.input.behind(),
        style.patch(view.theme.style(Look::InputFocused)),
    );
    pen.skip(3);
    if pen.room() > said.width() {
        pen.write(&said, style.patch(view.theme.style(Look::Muted)));
    }
}

fn hints(view: &View<'_>, pen: &mut Pen<'_>, style: Style, y: u16, regions: &mut Regions) {
    let state = view.state;
    let context = state.context();
    let key_style = style.patch(view.theme.style(Look::FooterKey));
    let mut shown: Vec<(Command, String, String)> = super::hinted(state)
        .iter()
        .filter_map(|command| {
            let key = state.keymap.key_of(context, *command)?;
            Some((*command, key.to_string(), hint(context, *command)))
        })
        .collect();
    // The last one leads to all others, or back: those before it give way.
    let width = |(_, key, words): &(Command, String, String)| key.width() + words.width() + 3;
    while shown.len() > 1 && shown.iter().map(width).sum::<usize>() > pen.room() + 2 {
        shown.remove(shown.len() - 2);
    }
    for (command, key, words) in shown {
        let from = pen.column();
        pen.write(&key, key_style);
        pen.write(" ", style);
        pen.write(&words, style);
        let region = Rect::new(from, y, pen.column() - from, 1);
        regions.add(region, Target::Command(command));
        pen.skip(2);
    }
}

/// What a command does here, in the fewest words.
fn hint(context: Context, command: Command) -> String {
    let words = match (context, command) {
        (Context::Simulator | Context::Denial, Command::Accept) => "go to statement",
        (Context::Simulator, Command::SwitchPane) => "next field",
        (Context::Simulator | Context::Requests, Command::ExportRequests) => "export",
        (Context::Simulator, Command::SaveRequest) => "save",
        (Context::Simulator, Command::AddPolicy) => "add a policy",
        (Context::Requests, Command::Accept) => "open",
        (Context::Requests, Command::RemoveRequest) => "remove",
        (Context::Requests, Command::CopyReport) => "copy as a case",
        (Context::Requests, Command::SwitchPane) => "to the form",
        (Context::Pane, Command::Accept) => "follow",
        (Context::Text, Command::SwitchPane) => "next field",
        (Context::Text, Command::Quit) => "leave",
        (_, Command::SwitchPane) => "other pane",
        (_, Command::Cancel) => "back",
        (_, Command::Edit) => "open in editor",
        (_, Command::PasteDenial) => "paste a denial",
        (_, Command::WhatIf) => "what if",
        (_, Command::Palette) => "commands",
        (_, command) => return label(command),
    };
    words.to_owned()
}
