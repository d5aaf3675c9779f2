//! The first line: whose account is open, who reads it, and for how long.

use std::path::Path;

use ratatui::Frame;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use crate::app::live::duration_words;
use crate::app::{Command, Context, Extent, LiveSession, SourceSpec, Target};
use crate::explain::{Mark, count, escape};
use crate::iam::Assumed;

use super::pen::{Pen, fill};
use super::{Look, Regions, View, mark_glyph};

/// Something that the line may say.
struct Part {
    words: String,
    /// Fewer words for the same, where there is little room.
    short: Option<String>,
    look: Look,
    /// The least important gives way first; 0 never does, but may take fewer words.
    rank: u8,
}

/// The rank of taking fewer words.
const SHORTENED: u8 = 4;

impl Part {
    fn new(words: String, rank: u8) -> Self {
        Part {
            words,
            short: None,
            look: Look::Header,
            rank,
        }
    }
}

/// Draws the line.
pub fn draw(view: &View<'_>, frame: &mut Frame<'_>, area: Rect, regions: &mut Regions) {
    let style = view.theme.style(Look::Header);
    fill(frame.buffer_mut(), area, style);
    let help = match view.state.keymap.key_of(Context::Everywhere, Command::Help) {
        Some(key) => format!("read-only  {key}:help "),
        None => "read-only ".to_owned(),
    };
    let wide = u16::try_from(help.width()).unwrap_or(u16::MAX);
    let left = Rect::new(area.x, area.y, area.width.saturating_sub(wide + 1), 1);
    let mut parts = vec![Part::new("iamscope".to_owned(), 7)];
    parts.extend(match &view.state.live.sessions[..] {
        [] => files(view),
        sessions => live(view, sessions),
    });
    let supposed = view.state.suppositions.len();
    if supposed > 0 {
        let mut part = Part::new(count(supposed, "what-if"), 1);
        part.look = Look::Warning;
        parts.push(part);
    }
    fit(&mut parts, usize::from(left.width));
    let mut pen = Pen::new(frame.buffer_mut(), left, view.state.ascii);
    pen.skip(1);
    for part in &parts {
        pen.write(&part.words, style.patch(view.theme.style(part.look)));
        pen.write("  ", style);
    }
    let right = Rect::new(left.right() + 1, area.y, wide.min(area.width), 1).intersection(area);
    let mut pen = Pen::new(frame.buffer_mut(), right, view.state.ascii);
    pen.write(&help, style);
    regions.add(right, Target::Command(Command::Help));
}

/// Takes parts out, the least important first, or fewer words of them, until there is room.
fn fit(parts: &mut Vec<Part>, room: usize) {
    let width = |parts: &Vec<Part>| -> usize {
        1 + parts
            .iter()
            .map(|part| part.words.width() + 2)
            .sum::<usize>()
    };
    while width(parts) > room + 2 {
        let rank = |part: &Part| match part.short {
            Some(_) => SHORTENED,
            None => part.rank,
        };
        let ranked = parts.iter_mut().enumerate();
        let Some((least, part)) = ranked.max_by_key(|(_, part)| rank(part)) else {
            break;
        };
        match (part.short.take(), part.rank) {
            (Some(short), _) => part.words = short,
            (None, 0) => break,
            (None, _) => {
                parts.remove(least);
            }
        }
    }
}

/// What is open, where that is files.
fn files(view: &View<'_>) -> Vec<Part> {
    let inventory = &view.state.inventory;
    let mut parts = Vec::new();
    let loaded = inventory
        .sources
        .len()
        .saturating_sub(view.state.suppositions.sources());
    let open = match inventory.sources.get(..loaded).unwrap_or_default() {
        [] => "nothing open".to_owned(),
        [one] => escape(file_name(&one.path)).into_owned(),
        many @ [first, ..] => match folder(view) {
            Some(folder) => format!("{}  {}", escape(folder), count(many.len(), "file")),
            None => {
                let first = escape(file_name(&first.path));
                format!("{first} and {} more", many.len() - 1)
            }
        },
    };
    parts.push(Part::new(open, 0));
    if let [account] = &inventory.accounts[..] {
        let assumed = |value: &Assumed<String>| {
            let words = escape(&value.value).into_owned();
            if value.assumed {
                format!("{words} (assumed)")
            } else {
                words
            }
        };
        parts.push(Part::new(format!("account {}", assumed(&account.id)), 1));
        parts.push(Part::new(assumed(&account.region), 8));
    }
    parts
}

/// The session of the account that is selected, else the first.
fn live(view: &View<'_>, sessions: &[LiveSession]) -> Vec<Part> {
    let state = view.state;
    let selected = state.selected().and_then(crate::app::item::Item::account);
    let accounts = &state.inventory.accounts;
    let session = selected.and_then(|account| state.session_of(account));
    let Some(session) = session.or_else(|| sessions.first()) else {
        return Vec::new();
    };
    let named = accounts
        .iter()
        .find(|account| account.id.value == session.account);
    let alias = named.map_or("", |account| account.name.as_str());
    let account = if alias.is_empty() || alias == session.account {
        session.account.clone()
    } else {
        format!("{} {}", escape(alias), session.account)
    };
    let mut parts = vec![
        Part::new(escape(&session.source).into_owned(), 5),
        Part::new(account, 0),
    ];
    if sessions.len() > 1 {
        let others = sessions.len() - 1;
        parts.push(Part::new(format!("+{others}"), 3));
    }
    let between = if state.ascii { " > " } else { " › " };
    let callers: String = session
        .callers()
        .iter()
        .map(|caller| format!("{}{between}", escape(caller)))
        .collect();
    let role = escape(&session.role()).into_owned();
    let mut part = Part::new(format!("as {callers}{role}"), 0);
    part.short = (!callers.is_empty()).then(|| format!("as {role}"));
    parts.push(part);
    parts.push(Part::new(escape(&session.region).into_owned(), 8));
    if let Some(left) = state.live.now.and_then(|now| session.left(now)) {
        let mut part = Part::new(left.words(), 0);
        if left.is_soon() {
            let mark = mark_glyph(Mark::Problem, state.ascii);
            part.words = format!("{mark} {}", part.words);
            part.look = Look::Warning;
        }
        parts.push(part);
    }
    if let (Extent::Kept(taken), Some(now)) = (state.live.extent, state.live.now) {
        let age = now.duration_since(taken).unwrap_or_default();
        let mut part = Part::new(format!("as of {} ago", duration_words(age)), 1);
        part.look = Look::Warning;
        parts.push(part);
    }
    parts
}

/// The name of the folder that was opened, where nothing else was.
fn folder<'a>(view: &View<'a>) -> Option<&'a str> {
    let [SourceSpec::Path(path)] = view.state.opened() else {
        return None;
    };
    let name = Path::new(path).file_name().and_then(|name| name.to_str());
    let account = match &view.state.inventory.accounts[..] {
        [account] => Some(account.name.as_str()),
        _ => None,
    };
    // A folder such as `.` has its name from what was read in it.
    name.or(account)
}

fn file_name(path: &str) -> &str {
    path.rsplit('/')
        .find(|part| !part.is_empty())
        .unwrap_or(path)
}
