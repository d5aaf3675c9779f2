//! Which theme is in force, and why.

use crate::terminal::{Capabilities, Depth, Places, read_optional};
use crate::ui::theme::{self, Background, Colours, Theme};

/// The theme in force.
pub(super) struct Appearance {
    places: Option<Places>,
    colours: Colours,
    /// Whether the terminal's background decides, as nobody chose.
    automatic: bool,
    pub theme: Theme,
}

impl Appearance {
    /// The theme of that name, else the one for the terminal's background.
    pub fn new(
        name: Option<&str>,
        capabilities: Capabilities,
        places: Option<Places>,
    ) -> Result<Self, String> {
        let mut appearance = Appearance {
            places,
            colours: match capabilities.depth {
                Depth::None => Colours::None,
                Depth::Sixteen => Colours::Sixteen,
                Depth::Indexed => Colours::Indexed,
                Depth::True => Colours::True,
            },
            automatic: name.is_none(),
            theme: Theme::default(),
        };
        let chosen = name.unwrap_or_else(|| name_for(capabilities.light));
        appearance.theme = appearance.read(chosen)?;
        Ok(appearance)
    }

    /// Whether the terminal's background matters.
    pub fn is_automatic(&self) -> bool {
        self.automatic
    }

    /// Takes the theme for a background, unless a person chose one. Whether anything changed.
    pub fn suit(&mut self, light: bool) -> bool {
        let name = name_for(Some(light));
        if !self.automatic || self.theme.name == name {
            return false;
        }
        match self.read(name) {
            Ok(theme) => {
                let changed = theme != self.theme;
                self.theme = theme;
                changed
            }
            Err(_) => false,
        }
    }

    /// Takes a theme by its name; from then on the background does not matter.
    pub fn choose(&mut self, name: &str) -> Result<(), String> {
        self.theme = self.read(name)?;
        self.automatic = false;
        Ok(())
    }

    /// The names of all themes: those built in, then a person's own.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = theme::names().into_iter().map(str::to_owned).collect();
        let own = self.places.as_ref().map(Places::theme_names);
        for name in own.unwrap_or_default() {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// A person's own theme goes before one of the same name that is built in.
    fn read(&self, name: &str) -> Result<Theme, String> {
        let path = self.places.as_ref().and_then(|places| places.theme(name));
        if let Some(path) = path {
            match read_optional(&path) {
                Ok(None) => {}
                Ok(Some(text)) => {
                    return Theme::parse(name, &text, self.colours).map_err(|e| e.to_string());
                }
                Err(error) => return Err(format!("{}: {error}", path.display())),
            }
        }
        match Theme::built_in(name, self.colours) {
            Some(theme) => theme.map_err(|error| error.to_string()),
            None => {
                let names = self.names().join(", ");
                Err(format!("there is no theme `{name}`; there are {names}"))
            }
        }
    }
}

fn name_for(light: Option<bool>) -> &'static str {
    theme::name_for(light.map(|light| {
        if light {
            Background::Light
        } else {
            Background::Dark
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capabilities(depth: Depth, light: Option<bool>) -> Capabilities {
        Capabilities {
            depth,
            unicode: true,
            light,
            can_be_asked: true,
        }
    }

    #[test]
    fn the_background_decides_until_a_person_does() {
        let dark = capabilities(Depth::True, None);
        let mut appearance = Appearance::new(None, dark, None).unwrap();
        assert_eq!(appearance.theme.name, "dark");
        assert!(appearance.suit(true));
        assert_eq!(appearance.theme.name, "light");
        assert!(!appearance.suit(true));
        appearance.choose("high-contrast").unwrap();
        assert!(!appearance.suit(false));
        assert_eq!(appearance.theme.name, "high-contrast");
        let light = capabilities(Depth::Indexed, Some(true));
        let appearance = Appearance::new(None, light, None).unwrap();
        assert_eq!(appearance.theme.name, "light");
    }

    #[test]
    fn without_colours_every_theme_is_mono() {
        let none = capabilities(Depth::None, Some(true));
        let mut appearance = Appearance::new(Some("dark"), none, None).unwrap();
        assert_eq!(appearance.theme.name, "mono");
        appearance.choose("light").unwrap();
        assert_eq!(appearance.theme.name, "mono");
    }

    #[test]
    fn a_theme_that_is_not_there_is_said_with_those_that_are() {
        let error = Appearance::new(Some("drak"), capabilities(Depth::True, None), None).err();
        let error = error.unwrap();
        assert!(
            error.contains("`drak`") && error.contains("dark, light"),
            "{error}"
        );
    }
}
