//! The tree: the rows that are seen, and nothing else.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use crate::app::item::Item;
use crate::app::rows::{Piece, RowText};
use crate::app::sort::Order;
use crate::app::tree::{Fold, Row};
use crate::app::{Extent, Target, search};

use super::boxes::{Frameable, scrollbar};
use super::pen::{Pen, tint};
use super::{Look, Regions, View, mark_glyph};

/// Tags are padded to this width.
const TAG: usize = 9;

pub fn draw(
    view: &View<'_>,
    frame: &mut Frame<'_>,
    area: Rect,
    framed: bool,
    regions: &mut Regions,
) {
    let state = view.state;
    let focused = !state.pane_focused;
    regions.add(area, Target::Tree);
    let inner = if framed {
        let title = title(view);
        let boxed = Frameable {
            title: &title,
            foot: "",
            focused,
        };
        boxed.draw(view, frame, area, view.theme.style(Look::Text))
    } else {
        area
    };
    let offset = state.tree.offset();
    let rows = state.tree.rows().iter().enumerate().skip(offset);
    for ((position, row), y) in rows.zip(inner.top()..inner.bottom()) {
        let line = Rect::new(inner.x, y, inner.width, 1);
        draw_row(view, frame, line, *row, position, regions);
    }
    if framed && inner.width > 0 {
        let edge = Rect::new(area.right() - 1, inner.y, 1, inner.height);
        scrollbar(view, frame, edge, offset, state.tree.rows().len(), focused);
    }
    if state.tree.rows().is_empty() && inner.height > 0 {
        let words = if state.find.is_filtering() {
            "nothing matches"
        } else if state.loading.is_some() {
            "loading"
        } else {
            "nothing is open: o opens a file, : lists every command"
        };
        let line = Rect::new(inner.x, inner.y, inner.width, 1);
        let mut pen = Pen::new(frame.buffer_mut(), line, state.ascii);
        pen.write(words, view.theme.style(Look::Muted));
    }
}

/// What the tree holds, in a few words.
pub fn title(view: &View<'_>) -> String {
    let state = view.state;
    if let Some(matches) = state
        .find
        .matches
        .as_ref()
        .filter(|_| state.find.is_filtering())
    {
        let words = match matches.total {
            0 if matches.actions > 0 => {
                crate::explain::count(matches.actions, "action") + " of AWS"
            }
            0 => "nothing matches".to_owned(),
            1 => "1 match".to_owned(),
            total if total > matches.items.len() => {
                format!("the best {} of {total} matches", matches.items.len())
            }
            total => format!("{total} matches"),
        };
        return format!("{words} for {}", crate::explain::escape(&matches.query));
    }
    let accounts = &state.inventory.accounts;
    let dot = if state.ascii { "-" } else { "·" };
    let mut parts: Vec<String> = Vec::new();
    let mut count = |words: &str, count: usize| {
        if count > 0 {
            parts.push(format!("{words} {count}"));
        }
    };
    count(
        "Roles",
        accounts.iter().map(|account| account.roles.len()).sum(),
    );
    count(
        "Users",
        accounts.iter().map(|account| account.users.len()).sum(),
    );
    count(
        "Policies",
        accounts.iter().map(|account| account.policies.len()).sum(),
    );
    if parts.is_empty() {
        return "Tree".to_owned();
    }
    match state.live.extent {
        Extent::Coming => parts.push("more is coming".to_owned()),
        Extent::Broken => parts.push("not all".to_owned()),
        Extent::Whole | Extent::Kept(_) => {}
    }
    let order = state.sorted.order();
    if order != Order::AsLoaded {
        parts.push(order.words().to_owned());
    }
    parts.join(&format!(" {dot} "))
}

fn draw_row(
    view: &View<'_>,
    frame: &mut Frame<'_>,
    line: Rect,
    row: Row,
    position: usize,
    regions: &mut Regions,
) {
    let state = view.state;
    let selected = position == state.tree.cursor();
    regions.add(line, Target::TreeRow(position));
    let Some(text) = state.text_of(row.item) else {
        return;
    };
    let base = view.theme.style(Look::Text);
    let right = right_width(view, text);
    let right = if right * 2 > usize::from(line.width) {
        0
    } else {
        right
    };
    let left = Rect::new(
        line.x,
        line.y,
        line.width - u16::try_from(right).unwrap_or(0),
        1,
    );
    let mut pen = Pen::new(frame.buffer_mut(), left, state.ascii);
    pen.skip(1 + 2 * u16::from(row.depth.min(10)));
    let fold = match (row.fold, state.ascii) {
        (Fold::Leaf, _) => " ",
        (Fold::Closed, false) => "▸",
        (Fold::Open, false) => "▾",
        (Fold::Closed, true) => ">",
        (Fold::Open, true) => "v",
    };
    if row.fold != Fold::Leaf {
        let mark = Rect::new(pen.column(), line.y, 2, 1).intersection(line);
        regions.add(mark, Target::TreeMark(position));
    }
    pen.write(fold, base.patch(view.theme.style(Look::Muted)));
    pen.write(" ", base);
    for piece in &text.left {
        draw_piece(view, &mut pen, piece, row.item);
    }
    if !text.extra.is_empty() && pen.room() >= text.extra.width() + 2 {
        pen.write("  ", base);
        pen.write(&text.extra, base.patch(view.theme.style(Look::Muted)));
    }
    if right > 0 {
        let area = Rect::new(left.right(), line.y, line.width - left.width, 1);
        let mut pen = Pen::new(frame.buffer_mut(), area, state.ascii);
        pen.write(" ", base);
        for piece in &text.right {
            draw_piece(view, &mut pen, piece, row.item);
        }
    }
    if selected {
        let look = if state.pane_focused {
            Look::SelectionDim
        } else {
            Look::Selection
        };
        tint(frame.buffer_mut(), line, view.theme.style(look));
    }
}

fn draw_piece(view: &View<'_>, pen: &mut Pen<'_>, piece: &Piece, item: Item) {
    let base = view.theme.style(Look::Text);
    match piece {
        Piece::Mark(mark) => {
            let style = base.patch(view.theme.style(mark.meaning()));
            pen.write(mark_glyph(*mark, view.state.ascii), style);
            pen.write(" ", base);
        }
        Piece::Tag(tag) => {
            let style = base.patch(view.theme.style(Look::Muted));
            pen.write(&format!("{tag:<TAG$}"), style);
            if tag.len() >= TAG {
                pen.write(" ", base);
            }
        }
        Piece::Name(meaning, text) => {
            let style = base.patch(view.theme.style(*meaning));
            draw_name(view, pen, text, style, item);
            pen.write(" ", base);
        }
        Piece::Words(meaning, text) => {
            pen.write(text, base.patch(view.theme.style(*meaning)));
            pen.write(" ", base);
        }
    }
}

// The characters that the search found are marked, in rows that it found.
fn draw_name(view: &View<'_>, pen: &mut Pen<'_>, text: &str, style: Style, item: Item) {
    let find = &view.state.find;
    let query = find.query();
    if query.is_empty() || !find.found.contains(&item) {
        pen.write(text, style);
        return;
    }
    let found = search::positions(query, text);
    let marked = style.patch(view.theme.style(Look::Match));
    let mut buffer = [0; 4];
    for (position, character) in text.chars().enumerate() {
        let style = if found.binary_search(&position).is_ok() {
            marked
        } else {
            style
        };
        if pen.room() == 0 {
            break;
        }
        pen.write(character.encode_utf8(&mut buffer), style);
    }
}

fn right_width(view: &View<'_>, text: &RowText) -> usize {
    if text.right.is_empty() {
        return 0;
    }
    let pieces = text.right.iter().map(|piece| match piece {
        Piece::Mark(mark) => mark_glyph(*mark, view.state.ascii).width() + 1,
        Piece::Tag(tag) => tag.width().max(TAG),
        Piece::Name(_, text) | Piece::Words(_, text) => text.width() + 1,
    });
    1 + pieces.sum::<usize>()
}
