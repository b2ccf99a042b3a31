//! What theme.toml says, and the theme that is in the program.

use std::sync::Arc;

use crate::diagnostic::{Diagnostics, Place, misspelling_of};
use crate::input::{EmbeddedTheme, FileBytes, StaticFile, StaticKind, TemplateSource, ThemeSource};
use crate::value::{Key, Value};

/// The name of the theme that is in the program.
pub const EMBEDDED: &str = "dateline";

/// The theme that is in the program, as a site has one.
#[derive(Debug)]
pub struct Embedded {
    pub theme_toml: &'static str,
    pub templates: Vec<TemplateSource>,
    pub files: Vec<StaticFile>,
}

impl Embedded {
    pub fn new(theme: &EmbeddedTheme) -> Embedded {
        Embedded {
            theme_toml: theme.theme_toml,
            templates: embedded_templates(theme),
            files: embedded_files(theme),
        }
    }

    /// Adds what the built-in theme has and the theme that extends it has not.
    pub fn extend(&self, templates: &mut Vec<TemplateSource>, files: &mut Vec<StaticFile>) {
        let is_missing = |name: &str| templates.iter().all(|own| *own.name != *name);
        let missing = self.templates.iter().filter(|t| is_missing(&t.name));
        let missing: Vec<TemplateSource> = missing.cloned().collect();
        templates.extend(missing);
        let is_missing = |path: &str| files.iter().all(|own| *own.path != *path);
        let missing = self.files.iter().filter(|file| is_missing(&file.path));
        let missing: Vec<StaticFile> = missing.cloned().collect();
        files.extend(missing);
    }
}

fn embedded_templates(embedded: &EmbeddedTheme) -> Vec<TemplateSource> {
    let templates = embedded
        .templates
        .iter()
        .map(|(name, text)| TemplateSource {
            name: (*name).into(),
            file: format!("dateline:templates/{name}").into(),
            text: (*text).into(),
            from_theme: true,
        });
    templates.collect()
}

fn embedded_files(embedded: &EmbeddedTheme) -> Vec<StaticFile> {
    let files = embedded.files.iter().map(|(path, bytes)| StaticFile {
        kind: StaticKind::Theme,
        path: (*path).into(),
        bytes: FileBytes::Embedded(bytes),
        length: bytes.len() as u64,
    });
    files.collect()
}

/// Takes `engine`, `extends` and `[extra]` out of a theme.toml.
pub fn read_theme_toml(
    theme: &mut ThemeSource,
    file: &Arc<str>,
    text: &str,
    problems: &mut Diagnostics,
) {
    match toml::from_str::<toml::Table>(text) {
        Ok(table) => {
            theme.engine = table
                .get("engine")
                .and_then(toml::Value::as_str)
                .map(Arc::from);
            theme.extra = table.get("extra").map_or(Value::None, value);
            for key in table
                .keys()
                .filter(|key| !THEME_KEYS.contains(&key.as_str()))
            {
                if let Some(near) = misspelling_of(key, THEME_KEYS.iter().copied()) {
                    problems.misspelt_theme_key(place_of_key(file, text, key), key, near);
                }
            }
            match table.get("extends") {
                None => {}
                Some(toml::Value::String(name)) if name == EMBEDDED => {
                    theme.extends_built_in = true;
                    // It cannot be anything else, and nothing may be left to tell it from.
                    let stated = theme.engine.replace(MINIJINJA.into());
                    if let Some(other) = stated.filter(|engine| **engine != *MINIJINJA) {
                        let place = place_of_key(file, text, "engine");
                        problems.bad_value(place, "engine", &other, &[MINIJINJA]);
                    }
                }
                Some(other) => {
                    let name = other
                        .as_str()
                        .map_or_else(|| other.to_string(), str::to_owned);
                    let place = place_of_key(file, text, "extends");
                    problems.unknown_base_theme(place, &name, EMBEDDED);
                }
            }
        }
        Err(error) => {
            let place = Place::bytes(file, error.span().unwrap_or_default());
            problems.invalid_theme_toml(place, error.message());
        }
    }
}

/// The engine of the built-in theme.
const MINIJINJA: &str = "minijinja";

/// The keys of theme.toml that are read.
const THEME_KEYS: [&str; 3] = ["engine", "extends", "extra"];

/// The line that a key at the top of theme.toml begins.
fn place_of_key(file: &Arc<str>, text: &str, key: &str) -> Place {
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with(key) {
            return Place::bytes(file, from..from + line.trim_end().len());
        }
        from += line.len();
    }
    Place::whole(file)
}

/// TOML as templates see it; dates are text.
fn value(toml: &toml::Value) -> Value {
    match toml {
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Integer(number) => (*number).into(),
        toml::Value::Float(number) => (*number).into(),
        toml::Value::Boolean(yes) => (*yes).into(),
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(items) => Value::list(items.iter().map(value)),
        toml::Value::Table(table) => Value::map(
            table
                .iter()
                .map(|(key, item)| (Key::from(key.clone()), value(item))),
        ),
    }
}
