//! Lines broken to a width.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::iam::Place;

use super::sheet::{Line, Run, Tone};

/// Breaks lines to a width, at spaces where there are any.
pub fn wrap(lines: &[Line], width: usize) -> Vec<Line> {
    let mut out = Vec::with_capacity(lines.len());
    for line in lines {
        wrap_line(line, width.max(1), &mut out);
    }
    out
}

fn wrap_line(line: &Line, width: usize, out: &mut Vec<Line>) {
    let total: usize = line.runs.iter().map(|run| run.text.width()).sum();
    if total <= width {
        out.push(line.clone());
        return;
    }
    // A hanging indent that leaves no room to speak of is not kept.
    let hanging = if line.hanging + 12 > width {
        line.hanging.min(width / 4)
    } else {
        line.hanging
    };
    let mut breaker = Breaker {
        width,
        hanging,
        about: line.about,
        used: 0,
        is_blank: true,
        runs: Vec::new(),
        out,
    };
    for run in &line.runs {
        let mut rest = &*run.text;
        while !rest.is_empty() {
            let spaces = rest.len() - rest.trim_start_matches(' ').len();
            let (token, after) = if spaces > 0 {
                rest.split_at(spaces)
            } else {
                rest.split_at(rest.find(' ').unwrap_or(rest.len()))
            };
            breaker.token(run, token, spaces > 0);
            rest = after;
        }
    }
    breaker.end();
}

struct Breaker<'a> {
    width: usize,
    hanging: usize,
    about: Option<Place>,
    used: usize,
    // Whether only the indent stands on the line.
    is_blank: bool,
    runs: Vec<Run>,
    out: &'a mut Vec<Line>,
}

impl Breaker<'_> {
    fn token(&mut self, run: &Run, token: &str, is_space: bool) {
        let wide = token.width();
        if self.used + wide <= self.width {
            self.push(run, token, wide, is_space);
            return;
        }
        if is_space {
            // The end of the line stands for the spaces.
            self.end();
            return;
        }
        if !self.is_blank && self.hanging + wide <= self.width {
            self.end();
            self.push(run, token, wide, false);
            return;
        }
        self.split(run, token);
    }

    // A word that is longer than a line: broken where it must.
    fn split(&mut self, run: &Run, token: &str) {
        let mut part = String::new();
        let mut wide = 0;
        for character in token.chars() {
            let own = character.width().unwrap_or(0);
            if self.used + wide + own > self.width && (wide > 0 || !self.is_blank) {
                // Better behind a separator, where there is one in the second half.
                let half = part.len() / 2;
                let at = part
                    .rfind(['/', ':', ',', '.', '-'])
                    .filter(|at| *at >= half);
                let rest = at.map(|at| part.split_off(at + 1)).unwrap_or_default();
                let kept = part.width();
                self.push(run, &part, kept, false);
                self.end();
                wide = rest.width();
                part = rest;
            }
            part.push(character);
            wide += own;
        }
        self.push(run, &part, wide, false);
    }

    fn push(&mut self, run: &Run, text: &str, wide: usize, is_space: bool) {
        if text.is_empty() {
            return;
        }
        self.used += wide;
        self.is_blank &= is_space;
        match self.runs.last_mut() {
            Some(last) if last.tone == run.tone && last.link == run.link => {
                last.text.to_mut().push_str(text);
            }
            _ => self.runs.push(Run {
                text: Cow::Owned(text.to_owned()),
                ..run.clone()
            }),
        }
    }

    fn end(&mut self) {
        let mut runs = std::mem::take(&mut self.runs);
        if let Some(last) = runs.last_mut() {
            let kept = last.text.trim_end_matches(' ').len();
            last.text.to_mut().truncate(kept);
        }
        if !runs.is_empty() {
            self.out.push(Line {
                hanging: self.hanging,
                about: self.about,
                runs,
            });
        }
        if self.hanging > 0 {
            self.runs
                .push(Run::new(Tone::Plain, " ".repeat(self.hanging)));
        }
        self.used = self.hanging;
        self.is_blank = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(lines: &[Line]) -> Vec<String> {
        lines.iter().map(Line::to_plain).collect()
    }

    fn line(hanging: usize, words: &str) -> Line {
        Line {
            hanging,
            about: None,
            runs: vec![Run::new(Tone::Plain, words.to_owned())],
        }
    }

    #[test]
    fn lines_break_at_spaces_and_long_words_where_they_must() {
        assert_eq!(
            text(&wrap(&[line(2, "one two three")], 8)),
            ["one two", "  three"]
        );
        assert_eq!(
            text(&wrap(&[line(0, "abcdefghij")], 4)),
            ["abcd", "efgh", "ij"]
        );
        assert_eq!(text(&wrap(&[line(0, "漢字漢字")], 5)), ["漢字", "漢字"]);
        assert_eq!(text(&wrap(&[line(0, "漢")], 1)), ["漢"]);
    }

    #[test]
    fn no_line_is_wider_than_asked() {
        let words = "a bb ccc dddddddddddddddddddddddddd e ";
        for width in 2..40 {
            for hanging in 0..20 {
                for line in wrap(&[line(hanging, words)], width) {
                    assert!(line.to_plain().width() <= width, "{width} {hanging}");
                }
            }
        }
    }
}
