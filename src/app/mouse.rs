//! What the mouse does.

use super::overlay::Overlay;
use super::simulator::Focus;
use super::{Command, Effect, Mouse, MouseKind, State, Target};

impl State {
    /// Does what the mouse did to what it hit.
    pub(super) fn mouse(&mut self, mouse: Mouse, effects: &mut Vec<Effect>) {
        match mouse.kind {
            MouseKind::Press => self.press(mouse, effects),
            MouseKind::Drag if self.dragging => {
                let width = u32::from(self.size.0.max(1));
                let share = ((u32::from(mouse.x) + 1) * 1000).div_ceil(width);
                self.divider = u16::try_from(share).unwrap_or(1000).clamp(200, 800);
            }
            MouseKind::Drag => {}
            MouseKind::Release => self.dragging = false,
            MouseKind::WheelUp => self.wheel(mouse.target, -3),
            MouseKind::WheelDown => self.wheel(mouse.target, 3),
        }
    }

    fn press(&mut self, mouse: Mouse, effects: &mut Vec<Effect>) {
        self.notice = None;
        match mouse.target {
            Some(Target::Divider) => self.dragging = true,
            Some(Target::Tree) => self.pane_focused = false,
            Some(Target::TreeRow(position)) => {
                self.pane_focused = false;
                if self.tree.cursor() == position {
                    self.toggle(position);
                } else {
                    self.tree.select(position);
                }
            }
            Some(Target::TreeMark(position)) => {
                self.pane_focused = false;
                self.tree.select(position);
                self.toggle(position);
            }
            Some(Target::Pane) => self.pane_focused = true,
            Some(Target::PaneLine(line)) => {
                let again = self.pane_focused && self.pane.cursor() == line;
                self.pane_focused = true;
                self.pane.select(line);
                if again {
                    self.follow(effects);
                }
            }
            Some(Target::Crumb(position)) => {
                if let Some(item) = self.crumbs().get(position) {
                    self.jump(*item);
                }
            }
            Some(Target::ListRow(position)) => {
                if let Some(Overlay::Picker(picker)) = self.overlays.last_mut()
                    && picker.select(position)
                {
                    self.perform(Command::Accept, effects);
                }
            }
            Some(Target::Field(position)) => self.click_field(position, effects),
            Some(Target::AnswerLine(line)) if matches!(self.top(), Some(Overlay::Denial)) => {
                let again = self.denials.reader.cursor() == line;
                self.denials.reader.select(line);
                if again {
                    self.perform(Command::Accept, effects);
                }
            }
            Some(Target::AnswerLine(line)) => {
                let again =
                    self.simulator.focus == Focus::Answer && self.simulator.reader.cursor() == line;
                self.simulator.focus = Focus::Answer;
                self.simulator.reader.select(line);
                if again {
                    self.perform(Command::Accept, effects);
                }
            }
            Some(Target::Candidate(position)) => {
                self.simulator.completion.cursor = Some(position);
                self.perform(Command::Accept, effects);
            }
            Some(Target::Request(position)) => {
                let again =
                    self.simulator.focus == Focus::Requests && self.requests.cursor == position;
                self.simulator.focus = Focus::Requests;
                self.simulator.completion.candidates.clear();
                self.requests.cursor = position;
                if again {
                    self.perform(Command::Accept, effects);
                }
            }
            Some(Target::Outside) => self.perform(Command::Cancel, effects),
            Some(Target::Command(command)) => self.perform(command, effects),
            Some(Target::Overlay) | None => {}
        }
    }

    fn wheel(&mut self, target: Option<Target>, rows: isize) {
        match target {
            Some(Target::Tree | Target::TreeRow(_) | Target::TreeMark(_)) => {
                let height = self.tree_height();
                self.tree.scroll_by(rows, height);
            }
            Some(Target::Pane | Target::PaneLine(_)) => {
                let height = self.pane_size().1;
                self.pane.scroll_by(rows, height);
            }
            Some(Target::AnswerLine(_)) if matches!(self.top(), Some(Overlay::Denial)) => {
                self.denials.reader.move_by(rows);
            }
            Some(Target::AnswerLine(_)) => self.simulator.reader.move_by(rows),
            Some(Target::ListRow(_) | Target::Overlay) => {
                if let Some(Overlay::Picker(picker)) = self.overlays.last_mut() {
                    picker.move_by(rows.signum());
                }
            }
            _ => {}
        }
    }
}
