//! What the terminal can show, as far as the environment tells.

use std::env;

/// How many colours the terminal shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Depth {
    /// None, or none are wanted.
    None,
    /// The sixteen of old.
    Sixteen,
    /// The 256 of xterm.
    Indexed,
    /// Any.
    True,
}

/// What the terminal can show.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Capabilities {
    /// How many colours.
    pub depth: Depth,
    /// Whether its characters are Unicode's.
    pub unicode: bool,
    /// Whether its background is light, where the environment tells.
    pub light: Option<bool>,
    /// Whether it may be asked for its background.
    pub can_be_asked: bool,
}

impl Capabilities {
    /// What the environment of this process tells.
    pub fn detect() -> Self {
        Self::from_environment(&|name| env::var_os(name)?.into_string().ok())
    }

    fn from_environment(variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let get = |name: &str| variable(name).unwrap_or_default();
        let depth = depth(&get);
        // The console of Linux takes part of the question for text.
        let can_be_asked = !matches!(&*get("TERM"), "dumb" | "linux") && depth != Depth::None;
        Capabilities {
            depth,
            unicode: is_unicode(&get),
            light: light_by_colorfgbg(&get("COLORFGBG")),
            can_be_asked,
        }
    }
}

fn depth(get: &dyn Fn(&str) -> String) -> Depth {
    // https://no-color.org: set and not empty.
    if !get("NO_COLOR").is_empty() {
        return Depth::None;
    }
    let term = get("TERM");
    if term == "dumb" {
        return Depth::None;
    }
    let is_true = matches!(&*get("COLORTERM"), "truecolor" | "24bit")
        || matches!(
            &*get("TERM_PROGRAM"),
            "iTerm.app" | "WezTerm" | "vscode" | "ghostty" | "Hyper" | "rio"
        )
        || !get("WT_SESSION").is_empty()
        || term.ends_with("-direct")
        || ["kitty", "alacritty", "wezterm", "foot", "ghostty"]
            .iter()
            .any(|name| term.contains(name));
    if is_true {
        Depth::True
    } else if term.contains("256") {
        Depth::Indexed
    } else if term.is_empty() && cfg!(windows) {
        Depth::True
    } else {
        Depth::Sixteen
    }
}

/// The first of these that is set decides, as in POSIX. A locale that is not set at all says nothing
/// about the terminal (a container, a minimal login), and terminals of today are Unicode's.
fn is_unicode(get: &dyn Fn(&str) -> String) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .map(get)
        .find(|locale| !locale.is_empty());
    match locale {
        None => true,
        Some(locale) => {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        }
    }
}

/// `COLORFGBG` is `foreground;background`, or with one more between, in numbers of the sixteen
/// colours: 7 and 9 to 15 are light.
fn light_by_colorfgbg(value: &str) -> Option<bool> {
    let (_, background) = value.rsplit_once(';')?;
    let background: u8 = background.parse().ok()?;
    (background < 16).then_some(background == 7 || background > 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Capabilities {
        Capabilities::from_environment(&|name| {
            let found = variables.iter().find(|(other, _)| *other == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn colours_are_those_that_the_environment_tells() {
        for (variables, depth) in [
            (&[("TERM", "xterm-256color")][..], Depth::Indexed),
            (&[("TERM", "xterm")], Depth::Sixteen),
            (&[("TERM", "linux")], Depth::Sixteen),
            (&[("TERM", "dumb"), ("COLORTERM", "truecolor")], Depth::None),
            (&[("TERM", "xterm-kitty")], Depth::True),
            (
                &[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")],
                Depth::True,
            ),
            (
                &[
                    ("TERM", "xterm-256color"),
                    ("TERM_PROGRAM", "Apple_Terminal"),
                ],
                Depth::Indexed,
            ),
            (
                &[("COLORTERM", "truecolor"), ("NO_COLOR", "1")],
                Depth::None,
            ),
            (&[("COLORTERM", "truecolor"), ("NO_COLOR", "")], Depth::True),
        ] {
            assert_eq!(with(variables).depth, depth, "{variables:?}");
        }
    }

    #[test]
    fn the_first_locale_that_is_set_decides_on_unicode() {
        for (variables, unicode) in [
            (&[][..], true),
            (&[("LANG", "C")], false),
            (&[("LANG", "en_GB.UTF-8")], true),
            (&[("LANG", "en_GB.UTF-8"), ("LC_ALL", "POSIX")], false),
            (&[("LANG", "C"), ("LC_CTYPE", "C.utf8")], true),
            (&[("LANG", "de_DE.ISO-8859-1"), ("LC_ALL", "")], false),
        ] {
            assert_eq!(with(variables).unicode, unicode, "{variables:?}");
        }
    }

    #[test]
    fn colorfgbg_tells_the_background() {
        for (value, light) in [
            ("15;0", Some(false)),
            ("0;15", Some(true)),
            ("0;default;7", Some(true)),
            ("12;8", Some(false)),
            ("default;default", None),
            ("", None),
        ] {
            assert_eq!(with(&[("COLORFGBG", value)]).light, light, "{value}");
        }
    }

    #[test]
    fn terminals_that_show_the_question_are_not_asked() {
        assert!(with(&[("TERM", "xterm")]).can_be_asked);
        assert!(!with(&[("TERM", "linux")]).can_be_asked);
        assert!(!with(&[("TERM", "xterm"), ("NO_COLOR", "1")]).can_be_asked);
    }
}
