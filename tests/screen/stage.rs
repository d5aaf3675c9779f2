//! A screen without a terminal: keys go in, what is drawn comes out.

use std::collections::VecDeque;
use std::sync::Arc;

use iamscope::app::{Action, Effect, Key, Mouse, MouseKind, Setup, SourceSpec, State, update};
use iamscope::iam::Inventory;
use iamscope::ui::{self, Look, Regions, Theme};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

/// The screen and what is around it.
pub struct Stage {
    pub state: State,
    pub theme: Theme,
    pub regions: Regions,
    /// What was wanted from outside and is not done here.
    pub effects: Vec<Effect>,
    terminal: Terminal<TestBackend>,
}

impl Stage {
    /// A screen that shows an inventory.
    pub fn new(inventory: Inventory, columns: u16, rows: u16) -> Self {
        let mut stage = Stage::empty(columns, rows, vec![SourceSpec::Demo]);
        stage.act(Action::Loaded {
            generation: 1,
            result: Ok(Arc::new(inventory)),
        });
        stage
    }

    /// A screen on which nothing was loaded yet.
    pub fn empty(columns: u16, rows: u16, sources: Vec<SourceSpec>) -> Self {
        Stage::set_up(Setup {
            sources,
            size: (columns, rows),
            ..Setup::default()
        })
    }

    /// A screen as it begins.
    pub fn set_up(setup: Setup) -> Self {
        let (columns, rows) = setup.size;
        let (state, effects) = State::new(setup);
        let terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        let mut stage = Stage {
            state,
            theme: Theme::default(),
            regions: Regions::default(),
            effects,
            terminal,
        };
        stage.draw();
        stage
    }

    /// Lets something happen, does the work in the background that it asks for, and draws.
    pub fn act(&mut self, action: Action) {
        let mut waiting = VecDeque::from([action]);
        while let Some(action) = waiting.pop_front() {
            for effect in update(&mut self.state, action) {
                match effect {
                    Effect::Compute(job) => waiting.push_back(Action::Found(job.run())),
                    other => self.effects.push(other),
                }
            }
        }
        self.draw();
    }

    /// Presses keys, written as in the keymap with spaces between them; `'text'` is typed.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        let mut rest = keys.trim();
        while !rest.is_empty() {
            if let Some(text) = rest.strip_prefix('\'') {
                let end = text.find('\'').unwrap();
                for character in text[..end].chars() {
                    self.act(Action::Key(Key::char(character)));
                }
                rest = text[end + 1..].trim_start();
            } else {
                let end = rest.find(' ').unwrap_or(rest.len());
                let key = Key::parse(&rest[..end]);
                self.act(Action::Key(key.unwrap_or_else(|| panic!("no key: {rest}"))));
                rest = rest[end..].trim_start();
            }
        }
        self
    }

    /// Does something with the mouse.
    pub fn mouse(&mut self, kind: MouseKind, x: u16, y: u16) {
        let mouse: Mouse = self.regions.mouse(kind, x, y);
        self.act(Action::Mouse(mouse));
    }

    /// Gives the terminal another size.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.terminal.backend_mut().resize(columns, rows);
        self.act(Action::Resize(columns, rows));
    }

    fn draw(&mut self) {
        let (state, theme) = (&self.state, &self.theme);
        let mut regions = Regions::default();
        self.terminal
            .draw(|frame| regions = ui::draw(state, theme, frame))
            .unwrap();
        self.regions = regions;
    }

    pub fn buffer(&self) -> &Buffer {
        self.terminal.backend().buffer()
    }

    /// What is on the screen, a line a row, without spaces at the ends.
    pub fn text(&self) -> String {
        let buffer = self.buffer();
        let width = usize::from(buffer.area.width);
        let rows: Vec<String> = buffer
            .content
            .chunks(width)
            .map(|row| {
                let row: String = row.iter().map(|cell| cell.symbol()).collect();
                row.trim_end().to_owned()
            })
            .collect();
        rows.join("\n")
    }

    /// Where a text stands first: its column and row.
    pub fn find(&self, text: &str) -> Option<(u16, u16)> {
        let buffer = self.buffer();
        for y in 0..buffer.area.height {
            let cells: Vec<&str> = (0..buffer.area.width)
                .map(|x| buffer[(x, y)].symbol())
                .collect();
            let row: String = cells.concat();
            if let Some(at) = row.find(text) {
                let mut before = 0;
                let column = cells.iter().take_while(|cell| {
                    let is_before = before < at;
                    before += cell.len();
                    is_before
                });
                return Some((u16::try_from(column.count()).unwrap(), y));
            }
        }
        None
    }

    /// Asserts that a text is on the screen in the style of a look.
    pub fn assert_look(&self, text: &str, look: Look) {
        let (x, y) = self
            .find(text)
            .unwrap_or_else(|| panic!("`{text}` is not on the screen:\n{}", self.text()));
        let cell = &self.buffer()[(x, y)];
        let style = self.theme.style(look);
        if let Some(foreground) = style.fg {
            assert_eq!(cell.fg, foreground, "the colour of `{text}`");
        }
        assert!(
            cell.modifier.contains(style.add_modifier),
            "the modifiers of `{text}`: {:?}",
            cell.modifier
        );
    }
}
