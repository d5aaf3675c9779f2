use super::*;

fn theme(name: &str, colours: Colours) -> Theme {
    Theme::built_in(name, colours).unwrap().unwrap()
}

#[test]
fn every_built_in_theme_is_readable_in_every_depth() {
    for name in names() {
        for colours in [
            Colours::None,
            Colours::Sixteen,
            Colours::Indexed,
            Colours::True,
        ] {
            let theme = theme(name, colours);
            let styles = theme.styles.iter();
            for colour in styles.flat_map(|style| [style.fg, style.bg]).flatten() {
                let fits = match colours {
                    Colours::None => false,
                    Colours::Sixteen => !matches!(colour, Color::Rgb(..) | Color::Indexed(_)),
                    Colours::Indexed => !matches!(colour, Color::Rgb(..)),
                    Colours::True => true,
                };
                assert!(fits, "{name} in {colours:?} has {colour:?}");
            }
        }
    }
}

#[test]
fn a_built_in_theme_without_a_base_names_everything() {
    for (name, text) in BUILT_IN {
        let file: File = toml::from_str(text).unwrap();
        if file.base.is_some() {
            continue;
        }
        for look in Look::ALL {
            assert!(file.style.contains_key(look), "{name}: {look:?}");
        }
    }
}

#[test]
fn selection_and_decisions_are_told_apart_without_colour() {
    for name in names() {
        let theme = theme(name, Colours::None);
        assert_eq!(theme.name, "mono");
        assert_ne!(theme.style(Look::Selection), Style::new());
        assert_ne!(
            theme.style(Look::Selection),
            theme.style(Look::SelectionDim)
        );
        assert_ne!(theme.style(Look::Allow), theme.style(Look::Deny));
        assert_ne!(theme.style(Look::Unknown), theme.style(Look::Deny));
    }
}

#[test]
fn allow_deny_and_unknown_differ_in_every_theme() {
    for name in names() {
        for colours in [Colours::Sixteen, Colours::Indexed, Colours::True] {
            let theme = theme(name, colours);
            let styles = [Look::Allow, Look::Deny, Look::Unknown].map(|m| theme.style(m));
            assert_ne!(styles[0], styles[1], "{name}");
            assert_ne!(styles[0], styles[2], "{name}");
            assert_ne!(styles[1], styles[2], "{name}");
        }
    }
}

const TEXT: [Look; 9] = [
    Look::Text,
    Look::Emphasis,
    Look::Allow,
    Look::Deny,
    Look::Unknown,
    Look::Warning,
    Look::Muted,
    Look::Code,
    Look::Key,
];

/// WCAG's contrast ratio, from relative luminance.
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let luminance = |rgb: [u8; 3]| {
        let [r, g, b] = rgb.map(|value| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn text_stands_out_from_its_background() {
    for name in names() {
        let theme = theme(name, Colours::True);
        let backgrounds: &[[u8; 3]] = match theme.background {
            Background::Dark => &[[0, 0, 0], [30, 30, 30]],
            Background::Light => &[[255, 255, 255], [250, 244, 228]],
            Background::Any => &[],
        };
        let selection = match theme.style(Look::Selection).bg {
            Some(Color::Rgb(r, g, b)) if theme.style(Look::Selection).fg.is_none() => {
                vec![[r, g, b]]
            }
            _ => Vec::new(),
        };
        for meaning in TEXT {
            let style = theme.style(meaning);
            let Some(Color::Rgb(r, g, b)) = style.fg else {
                continue;
            };
            let own = match style.bg {
                Some(Color::Rgb(r, g, b)) => vec![[r, g, b]],
                _ => [backgrounds, &selection].concat(),
            };
            for background in own {
                let ratio = contrast([r, g, b], background);
                let wanted = if background == [0, 0, 0] || background == [255, 255, 255] {
                    4.5
                } else {
                    3.0
                };
                assert!(
                    ratio >= wanted,
                    "{name}: {meaning:?} on {background:?} has a contrast of {ratio:.1}"
                );
            }
        }
    }
}

#[test]
fn a_theme_of_ones_own_says_only_what_differs() {
    let text = "background = \"dark\"\nbase = \"dark\"\n[style]\nallow = { fg = \"#010203\" }\n";
    let own = Theme::parse("own", text, Colours::True).unwrap();
    let dark = theme("dark", Colours::True);
    assert_eq!(own.name, "own");
    assert_eq!(own.style(Look::Allow).fg, Some(Color::Rgb(1, 2, 3)));
    assert_eq!(own.style(Look::Deny), dark.style(Look::Deny));
    assert_eq!(own.style(Look::Selection), dark.style(Look::Selection));
}

#[test]
fn what_is_wrong_with_a_theme_is_said_with_its_place() {
    let error = |text: &str| {
        Theme::parse("own", text, Colours::True)
            .unwrap_err()
            .to_string()
    };
    let unknown = error("background = \"dark\"\n[style]\nborderr = {}\n");
    assert!(
        unknown.contains("line 3") && unknown.contains("borderr"),
        "{unknown}"
    );
    let colour = error("background = \"dark\"\n[style]\nallow = { fg = \"grean\" }\n");
    assert!(colour.contains("`grean` is no colour"), "{colour}");
    let base = error("background = \"dark\"\nbase = \"own\"\n");
    assert!(base.contains("`own`"), "{base}");
}

#[test]
fn colours_become_the_nearest_that_the_terminal_has() {
    assert_eq!(
        fit(Color::Rgb(255, 0, 0), Colours::Indexed),
        Color::Indexed(196)
    );
    assert_eq!(
        fit(Color::Rgb(9, 9, 9), Colours::Indexed),
        Color::Indexed(232)
    );
    assert_eq!(
        fit(Color::Rgb(250, 5, 5), Colours::Sixteen),
        Color::LightRed
    );
    assert_eq!(fit(Color::Green, Colours::Indexed), Color::Green);
}
