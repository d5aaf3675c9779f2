//! What the terminal says, in the words of the screen.

use crossterm::event::{
    Event, KeyCode as Code, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent,
    MouseEventKind,
};

use crate::app::{Action, Key, KeyCode, MouseKind};
use crate::ui::Regions;

/// The action that an event amounts to; `None` where the screen has no use for it.
pub(super) fn action(event: Event, regions: &Regions) -> Option<Action> {
    match event {
        Event::Key(event) => key(event).map(Action::Key),
        Event::Mouse(event) => mouse(event, regions),
        Event::Paste(text) => Some(Action::Paste(lines(&text))),
        Event::Resize(columns, rows) => Some(Action::Resize(columns, rows)),
        Event::FocusGained | Event::FocusLost => None,
    }
}

fn key(event: KeyEvent) -> Option<Key> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let held = |modifier| event.modifiers.contains(modifier);
    let mut key = Key {
        code: KeyCode::Esc,
        ctrl: held(KeyModifiers::CONTROL),
        alt: held(KeyModifiers::ALT),
        shift: held(KeyModifiers::SHIFT),
    };
    key.code = match event.code {
        // Terminals whose backspace key sends `^H`.
        Code::Char('h') if key.ctrl && !key.alt => {
            key.ctrl = false;
            KeyCode::Backspace
        }
        Code::Char(character) => {
            // AltGr, with which many keyboards type brackets and braces.
            if cfg!(windows) && key.ctrl && key.alt {
                (key.ctrl, key.alt) = (false, false);
            }
            key.shift = false;
            KeyCode::Char(character)
        }
        Code::BackTab => {
            key.shift = true;
            KeyCode::Tab
        }
        Code::F(number) => KeyCode::F(number),
        Code::Enter => KeyCode::Enter,
        Code::Esc => KeyCode::Esc,
        Code::Tab => KeyCode::Tab,
        Code::Backspace => KeyCode::Backspace,
        Code::Delete => KeyCode::Delete,
        Code::Insert => KeyCode::Insert,
        Code::Up => KeyCode::Up,
        Code::Down => KeyCode::Down,
        Code::Left => KeyCode::Left,
        Code::Right => KeyCode::Right,
        Code::Home => KeyCode::Home,
        Code::End => KeyCode::End,
        Code::PageUp => KeyCode::PageUp,
        Code::PageDown => KeyCode::PageDown,
        _ => return None,
    };
    Some(key)
}

fn mouse(event: MouseEvent, regions: &Regions) -> Option<Action> {
    let kind = match event.kind {
        MouseEventKind::Down(MouseButton::Left) => MouseKind::Press,
        MouseEventKind::Drag(MouseButton::Left) => MouseKind::Drag,
        MouseEventKind::Up(MouseButton::Left) => MouseKind::Release,
        MouseEventKind::ScrollUp => MouseKind::WheelUp,
        MouseEventKind::ScrollDown => MouseKind::WheelDown,
        _ => return None,
    };
    Some(Action::Mouse(regions.mouse(kind, event.column, event.row)))
}

/// Terminals paste line ends as carriage returns.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(code: Code, modifiers: KeyModifiers) -> Option<String> {
        key(KeyEvent::new(code, modifiers)).map(|key| key.to_string())
    }

    #[test]
    fn keys_are_those_of_the_keymap() {
        let none = KeyModifiers::NONE;
        for (code, modifiers, name) in [
            (Code::Char('q'), none, "q"),
            (Code::Char('G'), KeyModifiers::SHIFT, "G"),
            (Code::Char(' '), none, "space"),
            (Code::Char('d'), KeyModifiers::CONTROL, "ctrl-d"),
            (Code::Char('h'), KeyModifiers::CONTROL, "backspace"),
            (Code::Char('x'), KeyModifiers::ALT, "alt-x"),
            (Code::BackTab, KeyModifiers::SHIFT, "shift-tab"),
            (Code::PageDown, none, "pagedown"),
            (Code::F(1), none, "f1"),
        ] {
            assert_eq!(pressed(code, modifiers).as_deref(), Some(name));
            assert_eq!(Key::parse(name).unwrap().to_string(), name);
        }
        assert_eq!(pressed(Code::CapsLock, none), None);
    }

    #[test]
    fn a_key_that_goes_up_is_nothing() {
        let mut event = KeyEvent::new(Code::Enter, KeyModifiers::NONE);
        event.kind = KeyEventKind::Release;
        assert_eq!(key(event), None);
    }

    #[test]
    fn pasted_lines_end_as_lines() {
        assert_eq!(lines("a\rb\r\nc\n"), "a\nb\nc\n");
    }
}
