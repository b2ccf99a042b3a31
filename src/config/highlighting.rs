//! The colours of code: `[markdown.highlighting]` of Zola 0.22, and the keys that it had before.

use std::sync::Arc;

use two_face::theme::{EmbeddedLazyThemeSet, EmbeddedThemeName};

use super::parse::report_unknown;
use crate::data::{Data, Entry, Placed, Reader};
use crate::diagnostic::Diagnostics;

/// How blocks of code are coloured.
#[derive(Debug)]
pub struct Highlighting {
    /// Spans have the classes of their scopes, and style sheets say the colours; else each span
    /// says its colour itself.
    pub by_class: bool,
    pub theme: EmbeddedThemeName,
    /// The theme where the reader's system is dark, if there are two.
    pub dark_theme: Option<EmbeddedThemeName>,
    /// Whether a language that nobody knows is an error.
    pub refuses_unknown: bool,
    /// File names and themes of the style sheets.
    pub style_sheets: Vec<(Arc<str>, EmbeddedThemeName)>,
}

/// Reads `[markdown.highlighting]`.
pub fn parse(mut table: Reader<'_>, problems: &mut Diagnostics) -> Option<Highlighting> {
    const STYLES: [(&str, bool); 2] = [("inline", false), ("class", true)];
    let by_class = table.choice("style", &STYLES, problems).unwrap_or(false);
    let strict = table.flag("error_on_missing_language", problems);
    let mut theme = |key| {
        let stated = table.placed_text(key, problems)?;
        Some(theme_or_like(&stated, problems))
    };
    let (single, light, dark) = (theme("theme"), theme("light_theme"), theme("dark_theme"));
    for key in ["extra_grammars", "extra_themes"] {
        if let Some(entry) = table.take(key) {
            problems.extra_highlighting(table.place(&entry.key_bytes), key);
        }
    }
    report_unknown(&table, problems);
    let (theme, dark_theme) = match (single, light, dark) {
        (Some(theme), ..) => (theme, None),
        (None, Some(light), dark) => (light, dark),
        (None, None, Some(dark)) => (dark, None),
        (None, None, None) => return None,
    };
    let style_sheets = match dark_theme {
        _ if !by_class => Vec::new(),
        None => vec![("giallo.css".into(), theme)],
        Some(dark) => vec![
            ("giallo-light.css".into(), theme),
            ("giallo-dark.css".into(), dark),
        ],
    };
    Some(Highlighting {
        by_class,
        theme,
        dark_theme,
        refuses_unknown: strict.unwrap_or(false),
        style_sheets,
    })
}

/// What the keys up to Zola 0.21 say, `highlight_theme` among them.
pub fn parse_old(
    theme: Option<Placed>,
    sheets: Option<&Entry>,
    keys: &Reader<'_>,
    problems: &mut Diagnostics,
) -> Highlighting {
    let by_class = theme.as_ref().is_some_and(|(name, _)| &**name == "css");
    let theme = match theme {
        Some(stated) if !by_class => theme_or_like(&stated, problems),
        _ => EmbeddedThemeName::Base16OceanDark,
    };
    let mut style_sheets = Vec::new();
    if let Some(Entry { node, .. }) = sheets.filter(|_| by_class)
        && let Data::List(items) = &node.value
    {
        for item in items {
            let Data::Table(entries) = &item.value else {
                continue;
            };
            let path = keys.path("highlight_themes_css");
            let mut table = Reader::new(keys.file(), path, entries.clone());
            let theme = table.placed_text("theme", problems);
            let file = table.text("filename", problems);
            if let (Some(theme), Some(file)) = (theme, file) {
                style_sheets.push((file, theme_or_like(&theme, problems)));
            }
        }
    }
    if by_class && style_sheets.is_empty() {
        style_sheets.push(("giallo.css".into(), theme));
    }
    Highlighting {
        by_class,
        theme,
        dark_theme: None,
        refuses_unknown: false,
        style_sheets,
    }
}

/// The theme of a name, or one that is as light or dark, which is said.
fn theme_or_like((name, place): &Placed, problems: &mut Diagnostics) -> EmbeddedThemeName {
    const LIGHT: [&str; 5] = ["light", "latte", "day", "dawn", "lotus"];
    theme_of(name).unwrap_or_else(|| {
        let folded = fold(name);
        let like = match LIGHT.iter().any(|part| folded.contains(part)) {
            true => EmbeddedThemeName::Github,
            false => EmbeddedThemeName::OneHalfDark,
        };
        problems.unknown_code_theme(place.clone(), name, like.as_name());
        like
    })
}

/// A theme by the name that it has in Zola of any version.
pub fn theme_of(name: &str) -> Option<EmbeddedThemeName> {
    let folded = fold(name);
    let mut names = EmbeddedLazyThemeSet::theme_names().iter().copied();
    let own = names.find(|theme| fold(theme.as_name()) == folded);
    own.or(match &*folded {
        "githublight" | "githublightdefault" => Some(EmbeddedThemeName::Github),
        "gruvboxdarkhard" | "gruvboxdarkmedium" | "gruvboxdarksoft" => {
            Some(EmbeddedThemeName::GruvboxDark)
        }
        "gruvboxlighthard" | "gruvboxlightmedium" | "gruvboxlightsoft" => {
            Some(EmbeddedThemeName::GruvboxLight)
        }
        "monokai" => Some(EmbeddedThemeName::MonokaiExtended),
        "onedark" | "onedarkpro" => Some(EmbeddedThemeName::TwoDark),
        "onelight" => Some(EmbeddedThemeName::OneHalfLight),
        _ => None,
    })
}

/// Names differ in case, dashes and dots.
fn fold(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}
