//! A long walk without a plan: keys, mouse and sizes at random. Nothing panics, and after every step
//! the screen can be drawn and the selection is on it.

use iamscope::app::{Action, Key, KeyCode, MouseKind};

use crate::sample;
use crate::stage::Stage;

/// A small generator of our own: the walk must be the same everywhere. (xorshift64*)
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % limit
    }
}

const KEYS: &[&str] = &[
    "up",
    "down",
    "left",
    "right",
    "home",
    "end",
    "pageup",
    "pagedown",
    "enter",
    "esc",
    "tab",
    "shift-tab",
    "backspace",
    "delete",
    "space",
    "ctrl-u",
    "ctrl-d",
    "ctrl-w",
    "ctrl-k",
    "ctrl-p",
    "f1",
    "ctrl-left",
    "ctrl-right",
    "ctrl-z",
    "ctrl-l",
];

const PASTES: &[&str] = &[
    "",
    "s3:GetObject",
    "arn:aws:s3:::foobar/key",
    "line one\nline two\u{1b}[31m\u{0}",
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}",
    "User: arn:aws:sts::123456789012:assumed-role/app-controller/x is not authorized to perform: \
     s3:PutObject on resource: arn:aws:s3:::foobar/key because no identity-based policy allows the \
     s3:PutObject action",
    "漢字 🦀 é",
];

fn step(stage: &mut Stage, random: &mut Random) {
    match random.below(100) {
        0..=54 => {
            let key = KEYS[random.below(KEYS.len())];
            stage.act(Action::Key(Key::parse(key).unwrap()));
        }
        55..=86 => {
            let character = char::from(u8::try_from(33 + random.below(94)).unwrap());
            // Leaving ends the walk.
            if character != 'q' {
                stage.act(Action::Key(Key::char(character)));
            }
        }
        87..=94 => {
            let kind = [
                MouseKind::Press,
                MouseKind::Drag,
                MouseKind::Release,
                MouseKind::WheelUp,
                MouseKind::WheelDown,
            ][random.below(5)];
            let (columns, rows) = stage.state.size;
            let x = u16::try_from(random.below(usize::from(columns) + 1)).unwrap();
            let y = u16::try_from(random.below(usize::from(rows) + 1)).unwrap();
            stage.mouse(kind, x, y);
        }
        95..=96 => {
            let columns = u16::try_from(1 + random.below(140)).unwrap();
            let rows = u16::try_from(1 + random.below(50)).unwrap();
            stage.resize(columns, rows);
        }
        97 => stage.act(Action::Paste(PASTES[random.below(PASTES.len())].to_owned())),
        98 => stage.act(Action::Key(Key {
            alt: true,
            ..Key::plain(KeyCode::Backspace)
        })),
        _ => stage.act(Action::Tick),
    }
}

fn check(stage: &Stage, steps: usize) {
    let tree = &stage.state.tree;
    let rows = tree.rows().len();
    assert!(rows == 0 || tree.cursor() < rows, "step {steps}");
    assert!(tree.offset() <= rows, "step {steps}");
    let pane = &stage.state.pane;
    assert!(
        pane.lines().is_empty() || pane.cursor() < pane.lines().len(),
        "step {steps}"
    );
    let hostile = |cell: &str| cell.chars().any(char::is_control);
    let cells = &stage.buffer().content;
    assert!(
        !cells.iter().any(|cell| hostile(cell.symbol())),
        "step {steps}"
    );
}

/// How many steps: `WALK_STEPS` asks for more than the usual.
fn length() -> usize {
    let asked = std::env::var("WALK_STEPS").ok();
    asked.and_then(|steps| steps.parse().ok()).unwrap_or(25_000)
}

fn walk(seed: u64) {
    let mut random = Random(seed);
    let mut stage = Stage::new(sample::inventory(), 100, 30);
    for steps in 0..length() {
        step(&mut stage, &mut random);
        check(&stage, steps);
        stage.effects.clear();
    }
}

// Four walks side by side are 100,000 steps.

#[test]
fn first_walk() {
    walk(0x1234_5678_9ABC_DEF1);
}

#[test]
fn second_walk() {
    walk(0x0F1E_2D3C_4B5A_6978);
}

#[test]
fn third_walk() {
    walk(0xDEAD_BEEF_CAFE_F00D);
}

#[test]
fn fourth_walk() {
    walk(0x5DEE_CE66_D001_B0B5);
}
