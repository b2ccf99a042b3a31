//! `[extra.dateline.look]`: what a site changes of the built-in theme without templates of its own.

use std::sync::Arc;

use crate::data::{Data, Entry, Node, Placed, Reader};
use crate::diagnostic::Diagnostics;

/// The look of a site under the built-in theme. What is absent is the theme's.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// The name at the head of each page, in place of the site's title.
    pub name: Option<Arc<str>>,
    pub accent: Option<Accent>,
    /// The address of an image, from the root of the site.
    pub logo: Option<Placed>,
    /// In place of the views that the site has.
    pub navigation: Option<Vec<Link>>,
    /// A sentence at the foot of each page, in place of the site's description.
    pub footer: Option<Arc<str>>,
    /// Where else the publication is: on a page of each.
    pub social: Vec<Link>,
    pub fonts: Fonts,
    /// The address of a style sheet that comes after the theme's, from the root of the site.
    pub stylesheet: Option<Placed>,
}

/// A name and the address that it leads to: from the root of the site, or a full one.
#[derive(Clone, Debug)]
pub struct Link {
    pub name: Arc<str>,
    pub address: Placed,
}

/// Lists of font families as CSS has them (`font-family`), of letters that are safe in a style sheet.
#[derive(Clone, Debug, Default)]
pub struct Fonts {
    /// Running text.
    pub text: Option<Arc<str>>,
    pub headings: Option<Arc<str>>,
    /// Tables, labels, dates.
    pub data: Option<Arc<str>>,
}

/// A colour of the standard RGB space, each channel from 0 to 255.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

/// The one colour of the theme, for light and for dark paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accent {
    pub light: Colour,
    pub dark: Colour,
}

/// The surfaces of the built-in theme on which the accent is hardest to read: `--tint` of its style
/// sheet in light and in dark (a test compares them).
pub const TINTS: [Colour; 2] = [Colour([0xf2, 0xef, 0xe6]), Colour([0x22, 0x20, 0x1d])];

/// The contrast of text that WCAG 2.2 asks for (success criterion 1.4.3, level AA), and a little
/// more, for colours are rounded.
const CONTRAST_MIN: f64 = 4.6;

impl Look {
    /// The addresses on this site that it names.
    pub fn addresses(&self) -> impl Iterator<Item = &Placed> {
        let links = self.navigation.iter().flatten().chain(&self.social);
        let links = links.map(|link| &link.address);
        let files = self.logo.iter().chain(&self.stylesheet);
        files.chain(links.filter(|(address, _)| is_local(address)))
    }

    /// The rules that say of colours and fonts what the theme's style sheet does not; `None` if
    /// there is nothing to say.
    pub fn css(&self) -> Option<String> {
        let accent = self.accent.map(|accent| {
            let (light, dark) = (accent.light.css(), accent.dark.css());
            format!("--accent:light-dark({light},{dark})")
        });
        let font = |name: &str, families: &Option<Arc<str>>| {
            families
                .as_ref()
                .map(|families| format!("--{name}:{families}"))
        };
        let rules: Vec<String> = accent
            .into_iter()
            .chain(font("text", &self.fonts.text))
            .chain(font("headings", &self.fonts.headings))
            .chain(font("data", &self.fonts.data))
            .collect();
        (!rules.is_empty()).then(|| format!(":root{{{}}}", rules.join(";")))
    }
}

impl Accent {
    /// A colour as text: darker on light paper, lighter on dark paper, as far as it must be so that
    /// it can be read.
    pub fn readable(colour: Colour) -> Accent {
        Accent {
            light: colour.readable_on(TINTS[0], Colour([0; 3])),
            dark: colour.readable_on(TINTS[1], Colour([255; 3])),
        }
    }
}

/// The channels of `#rgb`, `#rgba`, `#rrggbb` or `#rrggbbaa` (CSS Color 4, "hex notations").
pub fn channels(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix('#')?.chars();
    let digits = digits.map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()));
    let digits: Vec<u8> = digits.collect::<Option<_>>()?;
    match digits.len() {
        3 | 4 => Some(digits.iter().map(|digit| digit * 17).collect()),
        6 | 8 => Some(digits.chunks(2).map(|two| two[0] * 16 + two[1]).collect()),
        _ => None,
    }
}

impl Colour {
    /// `#rgb` or `#rrggbb`.
    pub fn parse(text: &str) -> Option<Colour> {
        match channels(text)?[..] {
            [red, green, blue] => Some(Colour([red, green, blue])),
            _ => None,
        }
    }

    /// `#rrggbb`
    pub fn css(self) -> String {
        let [red, green, blue] = self.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// The ratio of the luminances of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio").
    pub fn contrast(self, other: Colour) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// WCAG 2.2, "relative luminance".
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let part = f64::from(channel) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The colour, or the nearest mixture with `end` that can be read on `paper`.
    fn readable_on(self, paper: Colour, end: Colour) -> Colour {
        const STEPS: u16 = 64;
        let mixed = |step: u16| {
            let part = |n: usize| {
                let (from, to) = (u16::from(self.0[n]), u16::from(end.0[n]));
                let sum = from * (STEPS - step) + to * step;
                u8::try_from(sum / STEPS).expect("a mean of two bytes is a byte")
            };
            Colour([part(0), part(1), part(2)])
        };
        (0..=STEPS)
            .map(mixed)
            .find(|colour| colour.contrast(paper) >= CONTRAST_MIN)
            .unwrap_or(end)
    }
}

/// Reads the table; what is wrong in it is reported and left to the theme.
pub fn parse(table: Option<Reader<'_>>, problems: &mut Diagnostics) -> Look {
    let Some(mut keys) = table else {
        return Look::default();
    };
    let look = Look {
        name: keys
            .text("name", problems)
            .filter(|name| !name.trim().is_empty()),
        accent: accent(&mut keys, problems),
        logo: local_file(&mut keys, "logo", problems),
        navigation: keys
            .take("navigation")
            .map(|entry| links(&keys, "navigation", &entry, problems)),
        footer: keys.text("footer", problems),
        social: keys
            .take("social")
            .map(|entry| links(&keys, "social", &entry, problems))
            .unwrap_or_default(),
        fonts: fonts(&mut keys, problems),
        stylesheet: local_file(&mut keys, "stylesheet", problems),
    };
    keys.refuse_unknown(problems);
    look
}

fn accent(keys: &mut Reader<'_>, problems: &mut Diagnostics) -> Option<Accent> {
    let (text, place) = keys.placed_text("accent", problems)?;
    let Some(colour) = Colour::parse(&text) else {
        problems.bad_colour(place, &text);
        return None;
    };
    let accent = Accent::readable(colour);
    if accent.light != colour {
        problems.accent_adjusted(place, &text, &accent.light.css());
    }
    Some(accent)
}

/// The address of a file of the site, which begins with a slash.
fn local_file(
    keys: &mut Reader<'_>,
    key: &'static str,
    problems: &mut Diagnostics,
) -> Option<Placed> {
    let (address, place) = keys.placed_text(key, problems)?;
    if is_local(&address) {
        return Some((address, place));
    }
    problems.look_address(place, &address, true);
    None
}

fn is_local(address: &str) -> bool {
    address.starts_with('/') && !address.starts_with("//")
}

/// A list of tables with `name` and `path` or `url`.
fn links(
    keys: &Reader<'_>,
    key: &'static str,
    entry: &Entry,
    problems: &mut Diagnostics,
) -> Vec<Link> {
    let Data::List(items) = &entry.node.value else {
        keys.wrong::<()>(key, &entry.node, "a list of tables", problems);
        return Vec::new();
    };
    items
        .iter()
        .filter_map(|item| link(keys, key, item, problems))
        .collect()
}

fn link(
    keys: &Reader<'_>,
    key: &'static str,
    item: &Node,
    problems: &mut Diagnostics,
) -> Option<Link> {
    let Data::Table(entries) = &item.value else {
        return keys.wrong(key, item, "a table with `name` and `url`", problems);
    };
    let mut table = Reader::new(keys.file(), keys.path(key), entries.clone());
    let name = table.text("name", problems);
    let name = name.filter(|name| !name.trim().is_empty());
    let path = table.placed_text("path", problems);
    let url = table.placed_text("url", problems);
    let address = path.or(url);
    table.refuse_unknown(problems);
    let (Some(name), Some(address)) = (name, address) else {
        problems.look_link(keys.place(&item.bytes), key);
        return None;
    };
    let is_web = ["https://", "http://", "mailto:"]
        .iter()
        .any(|scheme| address.0.to_ascii_lowercase().starts_with(scheme));
    if !is_web && !is_local(&address.0) {
        problems.look_address(address.1, &address.0, false);
        return None;
    }
    Some(Link { name, address })
}

fn fonts(keys: &mut Reader<'_>, problems: &mut Diagnostics) -> Fonts {
    let Some(mut table) = keys.table("fonts", problems) else {
        return Fonts::default();
    };
    let mut family = |key: &'static str| {
        let (families, place) = table.placed_text(key, problems)?;
        if is_font_list(&families) {
            return Some(families);
        }
        problems.bad_fonts(place, &families);
        None
    };
    let fonts = Fonts {
        text: family("text"),
        headings: family("headings"),
        data: family("data"),
    };
    table.refuse_unknown(problems);
    fonts
}

/// Whether a text is a list of font families and nothing that could end the rule that it stands in:
/// names, quoted or not, with commas between them.
fn is_font_list(text: &str) -> bool {
    let is_name = |name: &str| {
        let name = name.trim();
        let quoted = ['"', '\''].iter().find_map(|quote| {
            let rest = name.strip_prefix(*quote)?;
            rest.strip_suffix(*quote)
        });
        let name = quoted.unwrap_or(name);
        let is_plain = |c: char| c.is_alphanumeric() || " -_.".contains(c);
        !name.is_empty() && name.chars().all(is_plain)
    };
    text.split(',').all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contrast of `#777` on white is known to be 4.48, the nearest miss of level AA.
    #[test]
    fn contrast_is_that_of_wcag() {
        let (grey, white) = (Colour([0x77; 3]), Colour([255; 3]));
        assert!((grey.contrast(white) - 4.478).abs() < 0.001);
        assert!((Colour([0; 3]).contrast(white) - 21.0).abs() < 1e-9);
    }

    #[test]
    fn accents_can_be_read() {
        for text in ["#000", "#fff", "#fc0", "#A8321a", "#00f", "#7f7f7f"] {
            let accent = Accent::readable(Colour::parse(text).expect("a colour"));
            assert!(accent.light.contrast(TINTS[0]) >= CONTRAST_MIN, "{text}");
            assert!(accent.dark.contrast(TINTS[1]) >= CONTRAST_MIN, "{text}");
        }
        for text in ["", "#", "fff", "#ffff", "#ggg", "#12345é", "red"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_tints_are_those_of_the_style_sheet() {
        let css = include_str!("../../themes/dateline/static/dateline.css");
        let [light, dark] = TINTS.map(Colour::css);
        assert!(css.contains(&format!("--tint: light-dark({light}, {dark})")));
    }
}
