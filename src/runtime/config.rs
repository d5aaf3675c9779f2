//! The file of settings: `config.toml`.

use serde::Deserialize;

use crate::app::Keymap;
use crate::terminal::{Places, read_optional};

/// What a person wants of every start. What the command line says goes before it.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Config {
    /// The theme by its name; without one the terminal's background decides.
    pub theme: Option<String>,
    /// Whether the mouse is left to the terminal.
    pub no_mouse: bool,
    /// Whether only ASCII may be drawn.
    pub ascii: bool,
}

/// Reads settings and keys. What cannot be read is left as it comes with the program, and said.
pub(super) fn read(places: Option<&Places>) -> (Config, Keymap, Vec<String>) {
    let (mut config, mut keymap, mut complaints) =
        (Config::default(), Keymap::default(), Vec::new());
    let Some(places) = places else {
        return (config, keymap, complaints);
    };
    match read_optional(&places.config) {
        Ok(None) => {}
        Ok(Some(text)) => match toml::from_str(&text) {
            Ok(read) => config = read,
            Err(error) => {
                let place = error.span().map_or(String::new(), |span| {
                    let before = text.get(..span.start).unwrap_or_default();
                    format!("line {}: ", before.matches('\n').count() + 1)
                });
                let words = error.message().lines().next().unwrap_or_default();
                complaints.push(format!("{}: {place}{words}", places.config.display()));
            }
        },
        Err(error) => complaints.push(format!("{}: {error}", places.config.display())),
    }
    match read_optional(&places.keymap) {
        Ok(None) => {}
        Ok(Some(text)) => {
            if let Err(error) = keymap.override_with(&text) {
                complaints.push(format!("{}: {error}", places.keymap.display()));
            }
        }
        Err(error) => complaints.push(format!("{}: {error}", places.keymap.display())),
    }
    (config, keymap, complaints)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_few_and_known() {
        let config: Config = toml::from_str("theme = \"mono\"\nno_mouse = true\n").unwrap();
        assert_eq!(config.theme.as_deref(), Some("mono"));
        assert!(config.no_mouse && !config.ascii);
        assert!(toml::from_str::<Config>("themes = \"mono\"\n").is_err());
    }
}
