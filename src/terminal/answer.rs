//! Finds the terminal's answer about its background among the keys.
//!
//! The event reader knows no such answer and hands it over as keys: `ESC ]` as alt-`]`, then the
//! characters of `11;rgb:ffff/ffff/ffff`, then `ESC \` as alt-`\` or BEL as ctrl-`g`. Recognising it
//! there means that nothing has to wait for a terminal that may never answer.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

const PREFIX: &str = "11;rgb";
/// Longer than any answer: `11;rgba:ffff/ffff/ffff/ffff`.
const LONGEST: usize = 40;

/// What became of an event.
#[derive(Debug, PartialEq)]
pub(super) enum Sifted {
    /// It may belong to an answer; the next one will tell.
    Held,
    /// These events are no answer.
    Passed(Vec<Event>),
    /// The answer: whether the background is light.
    Light(bool),
}

/// Holds events back for as long as they may be the answer.
#[derive(Default)]
pub(super) struct Sieve {
    held: Vec<Event>,
    text: String,
}

impl Sieve {
    /// Whether events are being held back.
    pub(super) fn is_holding(&self) -> bool {
        !self.held.is_empty()
    }

    /// Takes the next event.
    pub(super) fn sift(&mut self, event: Event) -> Sifted {
        let alt = |key: &KeyEvent| key.modifiers.contains(KeyModifiers::ALT);
        let key = match &event {
            Event::Key(key) => *key,
            _ => return self.pass(event),
        };
        match key.code {
            KeyCode::Char(']') if alt(&key) && self.held.is_empty() => {
                self.held.push(event);
                Sifted::Held
            }
            _ if self.held.is_empty() => self.pass(event),
            KeyCode::Char('\\') if alt(&key) => self.end(event),
            KeyCode::Char('g') if key.modifiers.contains(KeyModifiers::CONTROL) => self.end(event),
            KeyCode::Char(character) if !alt(&key) && self.text.len() < LONGEST => {
                self.text.push(character);
                let common = self.text.len().min(PREFIX.len());
                if self.text.get(..common) == PREFIX.get(..common) {
                    self.held.push(event);
                    Sifted::Held
                } else {
                    self.pass(event)
                }
            }
            _ => self.pass(event),
        }
    }

    /// Gives back what is held: nothing more came.
    pub(super) fn release(&mut self) -> Vec<Event> {
        self.text.clear();
        std::mem::take(&mut self.held)
    }

    fn pass(&mut self, event: Event) -> Sifted {
        let mut events = self.release();
        events.push(event);
        Sifted::Passed(events)
    }

    fn end(&mut self, event: Event) -> Sifted {
        match is_light(&self.text) {
            Some(light) => {
                self.release();
                Sifted::Light(light)
            }
            None => self.pass(event),
        }
    }
}

/// Whether `11;rgb:RRRR/GGGG/BBBB` (one to four digits each) is nearer to white than to black.
fn is_light(answer: &str) -> Option<bool> {
    let colour = answer.strip_prefix("11;rgb")?;
    let colour = colour
        .strip_prefix('a')
        .unwrap_or(colour)
        .strip_prefix(':')?;
    let mut channels = colour.split('/').map(|digits| {
        let most = 16u32.checked_pow(u32::try_from(digits.len()).ok()?)? - 1;
        let value = u32::from_str_radix(digits, 16).ok()?;
        (1..=4)
            .contains(&digits.len())
            .then(|| f64::from(value) / f64::from(most))
    });
    let mut channel = || channels.next().flatten();
    let (red, green, blue) = (channel()?, channel()?, channel()?);
    // Perceived brightness, as ITU-R BT.601 weighs it.
    Some(0.299 * red + 0.587 * green + 0.114 * blue > 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(character: char, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(KeyCode::Char(character), modifiers))
    }

    fn typed(text: &str) -> Vec<Event> {
        text.chars().map(|c| key(c, KeyModifiers::NONE)).collect()
    }

    fn answer(text: &str) -> Vec<Event> {
        let mut events = vec![key(']', KeyModifiers::ALT)];
        events.extend(typed(text));
        events.push(key('\\', KeyModifiers::ALT));
        events
    }

    fn sift_all(events: Vec<Event>) -> (Vec<Event>, Option<bool>) {
        let mut sieve = Sieve::default();
        let (mut passed, mut light) = (Vec::new(), None);
        for event in events {
            match sieve.sift(event) {
                Sifted::Held => {}
                Sifted::Passed(events) => passed.extend(events),
                Sifted::Light(answer) => light = Some(answer),
            }
        }
        passed.extend(sieve.release());
        (passed, light)
    }

    #[test]
    fn an_answer_is_taken_out_of_the_keys() {
        for (text, light) in [
            ("11;rgb:ffff/ffff/ffff", true),
            ("11;rgb:1e1e/1e1e/2e2e", false),
            ("11;rgb:00/00/00", false),
            ("11;rgba:fd/f6/e3/ff", true),
        ] {
            let mut events = typed("a");
            events.extend(answer(text));
            events.extend(typed("b"));
            assert_eq!(sift_all(events), (typed("ab"), Some(light)), "{text}");
        }
    }

    #[test]
    fn an_answer_may_end_with_bel() {
        let mut events = answer("11;rgb:ffff/ffff/ffff");
        events.pop();
        events.push(key('g', KeyModifiers::CONTROL));
        assert_eq!(sift_all(events), (Vec::new(), Some(true)));
    }

    #[test]
    fn keys_that_only_begin_like_one_are_given_back_in_order() {
        for events in [
            answer("11;rgb:xyz"),
            answer("11;rgb:ffff"),
            answer("10;rgb:ffff/ffff/ffff"),
            vec![key(']', KeyModifiers::ALT)],
            [vec![key(']', KeyModifiers::ALT)], typed("11;q")].concat(),
            [vec![key(']', KeyModifiers::ALT)], vec![Event::FocusGained]].concat(),
            answer(&format!("11;rgb:{}", "f".repeat(100))),
        ] {
            assert_eq!(sift_all(events.clone()), (events, None));
        }
    }
}
