//! What a meaning and a part of the screen look like.
//!
//! A theme is a TOML file (`themes/` holds the built-in ones, which are their own documentation).
//! A style in it only supports what a glyph or a word already says: the screen must be readable
//! in the `mono` theme, which has no colours at all.

mod colour;
mod look;

use std::collections::HashMap;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use crate::explain::Mark;

pub use colour::Colours;
use colour::fit;
pub use look::Look;

/// The background that a theme is made for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Background {
    /// Light text on a dark background.
    Dark,
    /// Dark text on a light background.
    Light,
    /// Either: the theme uses only what the terminal itself keeps readable.
    Any,
}

/// The themes that come with the program: name and text.
const BUILT_IN: [(&str, &str); 5] = [
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    (
        "high-contrast",
        include_str!("../../themes/high-contrast.toml"),
    ),
    (
        "colour-blind-safe",
        include_str!("../../themes/colour-blind-safe.toml"),
    ),
    ("mono", include_str!("../../themes/mono.toml")),
];

/// Why a theme cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ThemeError {
    /// The text is not a theme; the message names line and column.
    #[error("theme `{name}` cannot be read: {message}")]
    Syntax {
        /// The theme's name.
        name: String,
        /// Where and what.
        message: String,
    },
    /// A colour is neither in the palette, nor a name, nor `#rrggbb`.
    #[error(
        "theme `{name}`: `{colour}` is no colour: neither in its palette, nor one of the sixteen names, nor `#rrggbb`"
    )]
    Colour {
        /// The theme's name.
        name: String,
        /// What was found.
        colour: String,
    },
    /// A theme builds on one that is not built in.
    #[error("theme `{name}` builds on `{base}`, which is not one of {}", names().join(", "))]
    Base {
        /// The theme's name.
        name: String,
        /// What it asked for.
        base: String,
    },
}

/// The names of the built-in themes.
pub fn names() -> Vec<&'static str> {
    BUILT_IN.iter().map(|(name, _)| *name).collect()
}

/// The text of a built-in theme, which is also a start for one's own.
pub fn text(name: &str) -> Option<&'static str> {
    BUILT_IN
        .iter()
        .find(|(built_in, _)| *built_in == name)
        .map(|(_, text)| *text)
}

/// The theme for a background that the terminal told; dark where it told none.
pub fn name_for(background: Option<Background>) -> &'static str {
    match background {
        Some(Background::Light) => "light",
        _ => "dark",
    }
}

/// A style for every look.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// The name that it is chosen by.
    pub name: String,
    /// What its author says it is for.
    pub description: String,
    /// The background that it is made for.
    pub background: Background,
    styles: Vec<Style>,
}

impl Theme {
    /// A built-in theme; `mono` whatever the name where there are no colours.
    pub fn built_in(name: &str, colours: Colours) -> Option<Result<Theme, ThemeError>> {
        text(name).map(|text| Theme::parse(name, text, colours))
    }

    /// A theme without any style: what is left when no theme can be read.
    fn plain() -> Theme {
        Theme {
            name: "plain".to_owned(),
            description: String::new(),
            background: Background::Any,
            styles: vec![Style::new(); Look::ALL.len()],
        }
    }

    /// Reads a theme. What it does not say comes from the built-in theme that it builds on.
    pub fn parse(name: &str, text: &str, colours: Colours) -> Result<Theme, ThemeError> {
        if colours == Colours::None && name != "mono" {
            let mono = self::text("mono").unwrap_or_default();
            return Theme::parse("mono", mono, colours);
        }
        let file: File = toml::from_str(text).map_err(|error| ThemeError::Syntax {
            name: name.to_owned(),
            message: error.to_string().trim_end().to_owned(),
        })?;
        let mut theme = match &file.base {
            None => Theme::plain(),
            // Only built-in themes can be a base and none of those builds on itself: no cycles.
            Some(base) => match self::text(base) {
                Some(text) => Theme::parse(base, text, colours)?,
                None => {
                    return Err(ThemeError::Base {
                        name: name.to_owned(),
                        base: base.clone(),
                    });
                }
            },
        };
        name.clone_into(&mut theme.name);
        theme.description = file.description;
        theme.background = file.background;
        for (slot, look) in theme.styles.iter_mut().zip(Look::ALL) {
            if let Some(entry) = file.style.get(look) {
                *slot = entry.style(&file.palette, colours).map_err(|colour| {
                    let name = name.to_owned();
                    ThemeError::Colour { name, colour }
                })?;
            }
        }
        Ok(theme)
    }

    /// The style of a look, or of a meaning.
    pub fn style(&self, look: impl Into<Look>) -> Style {
        self.styles
            .get(look.into() as usize)
            .copied()
            .unwrap_or_default()
    }

    /// The style of a mark.
    pub fn mark(&self, mark: Mark) -> Style {
        self.style(mark.meaning())
    }
}

impl Default for Theme {
    fn default() -> Self {
        Theme::built_in("dark", Colours::True)
            .and_then(Result::ok)
            .unwrap_or_else(Theme::plain)
    }
}

/// A theme as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    description: String,
    background: Background,
    base: Option<String>,
    #[serde(default)]
    palette: HashMap<String, Colour>,
    #[serde(default)]
    style: HashMap<Look, Entry>,
}

/// A style as it is written.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Entry {
    fg: Option<Colour>,
    bg: Option<Colour>,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
    reversed: bool,
    /// What takes its place on a terminal of sixteen colours.
    sixteen: Option<Box<Entry>>,
}

/// A colour as it is written: a name or `#rrggbb`, and with a second one for terminals of
/// sixteen colours.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Colour {
    Same(String),
    Pair(String, String),
}

impl Entry {
    /// The style, or the colour that is none.
    fn style(&self, palette: &HashMap<String, Colour>, colours: Colours) -> Result<Style, String> {
        if let (Colours::Sixteen, Some(entry)) = (colours, &self.sixteen) {
            return entry.style(palette, colours);
        }
        let mut style = Style::new();
        style.fg = resolve(self.fg.as_ref(), palette, colours)?;
        style.bg = resolve(self.bg.as_ref(), palette, colours)?;
        for (wanted, modifier) in [
            (self.bold, Modifier::BOLD),
            (self.dim, Modifier::DIM),
            (self.italic, Modifier::ITALIC),
            (self.underline, Modifier::UNDERLINED),
            (self.reversed, Modifier::REVERSED),
        ] {
            if wanted {
                style = style.add_modifier(modifier);
            }
        }
        Ok(style)
    }
}

fn resolve(
    colour: Option<&Colour>,
    palette: &HashMap<String, Colour>,
    colours: Colours,
) -> Result<Option<Color>, String> {
    let Some(colour) = colour else {
        return Ok(None);
    };
    let named = match colour {
        Colour::Same(name) => palette.get(name).unwrap_or(colour),
        Colour::Pair(..) => colour,
    };
    let text = match (named, colours) {
        (Colour::Same(text), _) | (Colour::Pair(text, _), Colours::Indexed | Colours::True) => text,
        (Colour::Pair(_, text), Colours::None | Colours::Sixteen) => text,
    };
    let parsed: Color = text.parse().map_err(|_| text.clone())?;
    Ok(match colours {
        Colours::None => None,
        _ => Some(fit(parsed, colours)),
    })
}

#[cfg(test)]
mod tests;
