//! Colours of code that a site brings: a theme of VS Code in JSON, or one of Sublime Text.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::str::FromStr;
use std::sync::Arc;

use syntect::highlighting::{
    Color, FontStyle, ScopeSelector, ScopeSelectors, StyleModifier, Theme, ThemeItem, ThemeSet,
    ThemeSettings,
};

use super::json::{self, Json, Raw};
use crate::config::look;
use crate::diagnostic::{Diagnostics, Place};

/// Reads a theme of VS Code: its name and its colours. What is wrong with one rule takes it out.
pub fn of_json(json: Json<'_>, problems: &mut Diagnostics) -> Option<(String, Theme)> {
    let members = match json.object() {
        Ok(members) => members,
        Err((place, reason)) => {
            problems.broken_code_theme(place, &reason);
            return None;
        }
    };
    let mut wrong = |reason: &str| {
        problems.broken_code_theme(Place::whole(json.file), reason);
        None
    };
    let get = |key: &str| members.get(key).copied();
    let Some(name) = get("name").and_then(json::text) else {
        return wrong("its `name` has to be a text");
    };
    let (Some(colours), Some(rules)) = (
        get("colors").and_then(json::object),
        get("tokenColors").and_then(json::list),
    ) else {
        return wrong("it needs an object `colors` and a list `tokenColors`");
    };
    let mut of_editor = |keys: &[&str]| {
        let raw = keys.iter().find_map(|key| colours.get(*key).copied())?;
        let colour = json::text(raw).and_then(|text| colour(&text));
        if colour.is_none() {
            let reason = format!("{} is no colour", raw.get());
            problems.code_theme_rule(json.place(raw), &reason);
        }
        colour
    };
    let settings = ThemeSettings {
        foreground: of_editor(&["editor.foreground", "foreground"]),
        background: of_editor(&["editor.background", "background"]),
        line_highlight: of_editor(&["editor.lineHighlightBackground"]),
        gutter_foreground: of_editor(&["editorLineNumber.foreground"]),
        ..ThemeSettings::default()
    };
    if settings.foreground.is_none() || settings.background.is_none() {
        let reason = "its `colors` need an `editor.foreground` and an `editor.background`";
        problems.broken_code_theme(Place::whole(json.file), reason);
        return None;
    }
    let mut theme = Theme {
        name: Some(name.clone()),
        settings,
        ..Theme::default()
    };
    for raw in rules {
        report_misspelt(raw, json, problems);
        if let Err((wrong, reason)) = add_rule(raw, &mut theme) {
            problems.code_theme_rule(json.place(wrong), &reason);
        }
    }
    Some((name, theme))
}

/// Warns of what a rule of `tokenColors` says and nobody understands; the rest of it holds.
fn report_misspelt(raw: Raw<'_>, json: Json<'_>, problems: &mut Diagnostics) {
    const STYLES: [&str; 7] = [
        "bold",
        "inherit",
        "italic",
        "none",
        "normal",
        "strikethrough",
        "underline",
    ];
    let Some(members) = json::object(raw) else {
        return;
    };
    json.report_misspelt(&members, &["name", "scope", "settings"], problems);
    let settings = members.get("settings").copied();
    let settings = settings.and_then(json::object).unwrap_or_default();
    json.report_misspelt(
        &settings,
        &["background", "fontStyle", "foreground"],
        problems,
    );
    let Some(font) = settings.get("fontStyle").copied() else {
        return;
    };
    let text = json::text(font);
    let words = text.iter().flat_map(|text| text.split_whitespace());
    let wrong = words
        .into_iter()
        .find(|word| !STYLES.contains(word))
        .map(|word| format!("`{word}`"));
    let wrong = match text {
        None if font.get() != "null" => Some(font.get().to_owned()),
        _ => wrong,
    };
    if let Some(wrong) = wrong {
        let reason = format!("{wrong} is no style of letters");
        problems.code_theme_rule(json.place(font), &reason);
    }
}

/// Reads a rule of `tokenColors` into a theme.
fn add_rule<'a>(raw: Raw<'a>, theme: &mut Theme) -> Result<(), (Raw<'a>, String)> {
    let members = json::object(raw).ok_or_else(|| (raw, "it is no object".to_owned()))?;
    let settings = members.get("settings").copied();
    let settings = settings.and_then(json::object).unwrap_or_default();
    let style = style(&settings)?;
    let names = match members.get("scope").copied() {
        // The colours of all that has none.
        None => {
            let own = &mut theme.settings;
            own.foreground = style.foreground.or(own.foreground);
            own.background = style.background.or(own.background);
            return Ok(());
        }
        Some(raw) => match (json::text(raw), json::list(raw)) {
            (Some(text), _) => text,
            (None, Some(items)) => {
                let texts: Vec<String> = items.into_iter().filter_map(json::text).collect();
                texts.join(",")
            }
            (None, None) => return Err((raw, "`scope` is neither a text nor a list".to_owned())),
        },
    };
    let mut selectors = Vec::new();
    for name in names.split(',').map(str::trim) {
        if name.is_empty() {
            continue;
        }
        // A direct parent counts like any other.
        let selector = ScopeSelector::from_str(&name.replace('>', " "));
        let selector = selector.map_err(|error| {
            let place = members.get("scope").copied().unwrap_or(raw);
            (place, format!("`{name}` names no kind of code: {error:?}"))
        })?;
        selectors.push(selector);
    }
    theme.scopes.push(ThemeItem {
        scope: ScopeSelectors { selectors },
        style,
    });
    Ok(())
}

fn style<'a>(settings: &BTreeMap<String, Raw<'a>>) -> Result<StyleModifier, (Raw<'a>, String)> {
    let colour_of = |key: &str| match settings.get(key) {
        None => Ok(None),
        Some(raw) if matches!(raw.get(), "null" | "\"inherit\"" | "\"\"") => Ok(None),
        Some(raw) => match json::text(raw).and_then(|text| colour(&text)) {
            Some(colour) => Ok(Some(colour)),
            None => Err((*raw, format!("{} is no colour", raw.get()))),
        },
    };
    let font = settings.get("fontStyle").copied().and_then(json::text);
    let font = font.filter(|font| font != "inherit").map(|font| {
        let words = font.split_whitespace().map(|word| match word {
            "bold" => FontStyle::BOLD,
            "italic" => FontStyle::ITALIC,
            "underline" => FontStyle::UNDERLINE,
            // What is struck through has no sign here.
            _ => FontStyle::empty(),
        });
        words.fold(FontStyle::empty(), FontStyle::union)
    });
    Ok(StyleModifier {
        foreground: colour_of("foreground")?,
        background: colour_of("background")?,
        font_style: font,
    })
}

/// `#abc`, `#abcd`, `#aabbcc` or `#aabbccdd`.
fn colour(text: &str) -> Option<Color> {
    let values = look::channels(text)?;
    Some(Color {
        r: values[0],
        g: values[1],
        b: values[2],
        a: values.get(3).copied().unwrap_or(u8::MAX),
    })
}

/// Reads a theme of Sublime Text or TextMate, whose name is that of its file.
pub fn of_plist(
    file: &Arc<str>,
    text: &str,
    problems: &mut Diagnostics,
) -> Option<(String, Theme)> {
    let name = file.rsplit_once('/').map_or(&**file, |(_, name)| name);
    let name = name.strip_suffix(".tmTheme").unwrap_or(name).to_owned();
    match ThemeSet::load_from_reader(&mut Cursor::new(text)) {
        Ok(theme) => Some((name, theme)),
        Err(error) => {
            problems.broken_code_theme(Place::whole(file), &reason(&error));
            None
        }
    }
}

/// The words of an error and of what it comes from.
fn reason(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        words = error.to_string();
        source = error.source();
    }
    words
}
