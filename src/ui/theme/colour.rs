//! What becomes of a colour on a terminal that has fewer.

use ratatui::style::Color;

/// How many colours a terminal shows.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Ord, PartialOrd)]
pub enum Colours {
    /// None are wanted (`NO_COLOR`) or none are there: every theme becomes `mono`.
    None,
    /// The sixteen whose shades the terminal's own settings decide.
    Sixteen,
    /// The 256 of xterm.
    Indexed,
    /// Any.
    #[default]
    True,
}

/// The nearest colour that the terminal has.
pub(super) fn fit(colour: Color, colours: Colours) -> Color {
    let Color::Rgb(red, green, blue) = colour else {
        return colour;
    };
    match colours {
        Colours::None | Colours::True => colour,
        Colours::Indexed => Color::Indexed(nearest_indexed([red, green, blue])),
        Colours::Sixteen => nearest_of_sixteen([red, green, blue]),
    }
}

fn distance(one: [u8; 3], other: [u8; 3]) -> u32 {
    one.into_iter()
        .zip(other)
        .map(|(one, other)| u32::from(one.abs_diff(other)).pow(2))
        .sum()
}

/// xterm's colours 16 to 231 are a cube of six steps a side, 232 to 255 a ramp of greys.
fn nearest_indexed(rgb: [u8; 3]) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let step = |value: u8| {
        let nearest = (0u8..).zip(STEPS).min_by_key(|(_, s)| s.abs_diff(value));
        nearest.unwrap_or_default()
    };
    let [(r, red), (g, green), (b, blue)] = rgb.map(step);
    let cube = (16 + 36 * r + 6 * g + b, [red, green, blue]);
    let greys = (0u8..24).map(|index| (232 + index, [8 + 10 * index; 3]));
    greys
        .chain([cube])
        .min_by_key(|(_, candidate)| distance(*candidate, rgb))
        .map_or(0, |(index, _)| index)
}

fn nearest_of_sixteen(rgb: [u8; 3]) -> Color {
    // The shades of xterm; other terminals differ, which is why themes give a second colour.
    const SHADES: [(Color, [u8; 3]); 16] = [
        (Color::Black, [0, 0, 0]),
        (Color::Red, [205, 0, 0]),
        (Color::Green, [0, 205, 0]),
        (Color::Yellow, [205, 205, 0]),
        (Color::Blue, [0, 0, 238]),
        (Color::Magenta, [205, 0, 205]),
        (Color::Cyan, [0, 205, 205]),
        (Color::Gray, [229, 229, 229]),
        (Color::DarkGray, [127, 127, 127]),
        (Color::LightRed, [255, 0, 0]),
        (Color::LightGreen, [0, 255, 0]),
        (Color::LightYellow, [255, 255, 0]),
        (Color::LightBlue, [92, 92, 255]),
        (Color::LightMagenta, [255, 0, 255]),
        (Color::LightCyan, [0, 255, 255]),
        (Color::White, [255, 255, 255]),
    ];
    SHADES
        .into_iter()
        .min_by_key(|(_, shade)| distance(*shade, rgb))
        .map_or(Color::Reset, |(colour, _)| colour)
}
