//! Whole screens at the sizes that terminals have.

use crate::sample;
use crate::stage::Stage;

const SIZES: [(u16, u16); 4] = [(40, 12), (80, 24), (120, 40), (200, 60)];

fn pictures(name: &str, keys: &str) {
    for (columns, rows) in SIZES {
        let mut stage = Stage::new(sample::inventory(), columns, rows);
        stage.keys(keys);
        insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), stage.text());
    }
}

#[test]
fn first_screen() {
    pictures("first", "");
}

#[test]
fn everything_open() {
    pictures("open", "+ g");
}

#[test]
fn help() {
    pictures("help", "?");
}

#[test]
fn palette_narrowed() {
    pictures("palette", ": 'level'");
}

#[test]
fn simulator_with_candidates() {
    pictures("candidates", "S 'lim'");
}

#[test]
fn start() {
    for (columns, rows) in SIZES {
        let stage = Stage::empty(columns, rows, Vec::new());
        insta::assert_snapshot!(format!("start_{columns}x{rows}"), stage.text());
    }
}
