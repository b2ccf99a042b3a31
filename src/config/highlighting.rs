//! The colours of code: `[markdown.highlighting]` of Zola 0.22, and the keys that it had before.

use std::collections::BTreeMap;
use std::sync::Arc;

use syntect::highlighting::Theme;
use syntect::parsing::syntax_definition::{ContextReference, Pattern};
use syntect::parsing::{ParseSyntaxError, SyntaxDefinition, SyntaxSet, SyntaxSetBuilder};
use two_face::theme::{EmbeddedLazyThemeSet, EmbeddedThemeName};

use super::parse::report_unknown;
use crate::data::{Data, Entry, Placed, Reader};
use crate::diagnostic::{Diagnostics, Place};
use crate::maps::HashSet;
use grammar::Grammars;
use json::Json;

mod colours;
pub mod grammar;
mod json;
pub mod pattern;

/// How blocks of code are coloured.
#[derive(Debug)]
pub struct Highlighting {
    /// Spans have the classes of their scopes, and style sheets say the colours; else each span
    /// says its colour itself.
    pub by_class: bool,
    pub theme: CodeTheme,
    /// The theme where the reader's system is dark, if there are two.
    pub dark_theme: Option<CodeTheme>,
    /// Whether a language that nobody knows is an error.
    pub refuses_unknown: bool,
    /// File names and themes of the style sheets.
    pub style_sheets: Vec<(Arc<str>, CodeTheme)>,
    /// The files that the site brings for it.
    pub named: Vec<NamedFile>,
    /// The languages in those files.
    pub languages: Languages,
}

/// A theme for code.
#[derive(Clone, Debug)]
pub struct CodeTheme {
    stated: Option<Placed>,
    pub colours: Colours,
}

/// Where the colours of a theme are.
#[derive(Clone, Debug)]
pub enum Colours {
    InProgram(EmbeddedThemeName),
    OfSite(Arc<Theme>),
}

/// The languages that a site brings.
#[derive(Debug, Default)]
pub struct Languages {
    pub grammars: Grammars,
    /// Those of Sublime Text.
    pub syntaxes: Option<SyntaxSet>,
}

/// A file or folder of the site with grammars or themes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    pub kind: NamedKind,
    /// From the root of the site, with `/`.
    pub path: Arc<str>,
    /// Where the configuration names it.
    pub place: Place,
}

/// What lies at a path that the configuration names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedKind {
    /// A grammar of TextMate.
    Grammar,
    /// A theme of VS Code.
    Theme,
    /// A folder with grammars and themes of Sublime Text.
    Folder,
}

/// The files that the configuration names for the colours of code, as they were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeFiles {
    pub all: Vec<CodeFile>,
}

/// A file with a grammar or a theme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeFile {
    /// Why it is read.
    pub named: NamedFile,
    pub path: Arc<str>,
    /// The text, or why there is none.
    pub text: Result<Arc<str>, Arc<str>>,
}

/// The endings of what is read of a folder.
const SYNTAX: &str = ".sublime-syntax";
const THEME: &str = ".tmTheme";

impl CodeFile {
    /// Whether a file of a folder is one of them.
    pub fn is_one(path: &str) -> bool {
        path.ends_with(SYNTAX) || path.ends_with(THEME)
    }
}

impl CodeTheme {
    /// The name that style sheets are told apart by.
    pub fn name(&self) -> Arc<str> {
        match (&self.colours, &self.stated) {
            (Colours::OfSite(_), Some((name, _))) => name.clone(),
            (Colours::OfSite(_), None) => "".into(),
            (Colours::InProgram(theme), _) => theme.as_name().into(),
        }
    }

    /// The theme of a name, which a site may bring; the program's comes after that.
    fn found(
        stated: Option<Placed>,
        brought: &BTreeMap<String, Arc<Theme>>,
        problems: &mut Diagnostics,
    ) -> CodeTheme {
        let name = stated.as_ref().map(|(name, _)| name.to_lowercase());
        let of_site = name.and_then(|name| brought.get(&name));
        let colours = match (of_site, &stated) {
            (Some(theme), _) => Colours::OfSite(theme.clone()),
            (None, Some(stated)) => Colours::InProgram(theme_or_like(stated, problems)),
            (None, None) => Colours::InProgram(EmbeddedThemeName::Base16OceanDark),
        };
        CodeTheme { stated, colours }
    }
}

/// Reads `[markdown.highlighting]`.
pub fn parse(mut table: Reader<'_>, problems: &mut Diagnostics) -> Option<Highlighting> {
    let first = table.first_key();
    const STYLES: [(&str, bool); 2] = [("inline", false), ("class", true)];
    let by_class = table.choice("style", &STYLES, problems).unwrap_or(false);
    let strict = table.flag("error_on_missing_language", problems);
    let mut named = Vec::new();
    for (key, kind) in [
        ("extra_grammars", NamedKind::Grammar),
        ("extra_themes", NamedKind::Theme),
    ] {
        let paths = table.placed_texts(key, problems).unwrap_or_default();
        named.extend(paths.into_iter().filter_map(|p| in_site(p, kind, problems)));
    }
    let stated = |table: &mut Reader<'_>, key, problems: &mut Diagnostics| {
        let stated = table.placed_text(key, problems)?;
        Some(unread(Some(stated), &named, problems))
    };
    let single = stated(&mut table, "theme", problems);
    let light = stated(&mut table, "light_theme", problems);
    let dark = stated(&mut table, "dark_theme", problems);
    report_unknown(&table, problems);
    let (theme, dark_theme) = match (single, light, dark) {
        (Some(theme), ..) => (theme, None),
        (None, Some(light), dark) => (light, dark),
        (None, None, Some(dark)) => (dark, None),
        (None, None, None) => {
            if let Some(first) = first {
                problems.no_code_theme(first);
            }
            return None;
        }
    };
    let style_sheets = match &dark_theme {
        _ if !by_class => Vec::new(),
        None => vec![("giallo.css".into(), theme.clone())],
        Some(dark) => vec![
            ("giallo-light.css".into(), theme.clone()),
            ("giallo-dark.css".into(), dark.clone()),
        ],
    };
    Some(Highlighting {
        by_class,
        theme,
        dark_theme,
        refuses_unknown: strict.unwrap_or(false),
        style_sheets,
        named,
        languages: Languages::default(),
    })
}

/// A theme while the files of the site are unread: with any, it is said later what there is not.
fn unread(stated: Option<Placed>, named: &[NamedFile], problems: &mut Diagnostics) -> CodeTheme {
    let mut later = Diagnostics::default();
    let problems = match named.is_empty() {
        true => problems,
        false => &mut later,
    };
    CodeTheme::found(stated, &BTreeMap::new(), problems)
}

/// A path as the configuration has it, from the root of the site.
fn in_site(
    (path, place): Placed,
    kind: NamedKind,
    problems: &mut Diagnostics,
) -> Option<NamedFile> {
    let parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
    let parts: Vec<&str> = parts.collect();
    if path.starts_with('/') || parts.is_empty() || parts.contains(&"..") {
        problems.code_file(place, &path, "it does not lie in the site");
        return None;
    }
    Some(NamedFile {
        kind,
        path: parts.join("/").into(),
        place,
    })
}

/// What the keys up to Zola 0.21 say.
pub struct Old<'a> {
    /// `highlight_theme`
    pub theme: Option<Placed>,
    /// `highlight_themes_css`
    pub sheets: Option<&'a Entry>,
    /// `extra_syntaxes_and_themes`
    pub folders: Vec<Placed>,
}

/// Reads what the keys up to Zola 0.21 say.
pub fn parse_old(old: Old<'_>, keys: &Reader<'_>, problems: &mut Diagnostics) -> Highlighting {
    let folders = old.folders.into_iter();
    let named = folders.filter_map(|path| in_site(path, NamedKind::Folder, problems));
    let named: Vec<NamedFile> = named.collect();
    let by_class = old.theme.as_ref().is_some_and(|(name, _)| &**name == "css");
    let stated = old.theme.filter(|_| !by_class);
    let theme = unread(stated, &named, problems);
    let mut style_sheets = Vec::new();
    if let Some(Entry { node, .. }) = old.sheets.filter(|_| by_class)
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
                style_sheets.push((file, unread(Some(theme), &named, problems)));
            }
        }
    }
    if by_class && style_sheets.is_empty() {
        style_sheets.push(("giallo.css".into(), theme.clone()));
    }
    Highlighting {
        by_class,
        theme,
        dark_theme: None,
        refuses_unknown: false,
        style_sheets,
        named,
        languages: Languages::default(),
    }
}

impl Highlighting {
    /// The same with what the files of the site say.
    pub fn with_files(self, files: &CodeFiles, problems: &mut Diagnostics) -> Highlighting {
        let mut grammars: Vec<(&Arc<str>, Option<&str>)> = Vec::new();
        let mut syntaxes: Vec<(&Arc<str>, &str)> = Vec::new();
        let mut themes = BTreeMap::new();
        let mut is_theme_missing = false;
        for CodeFile { named, path, text } in &files.all {
            let text = match text {
                Ok(text) => &**text,
                Err(reason) => {
                    problems.code_file(named.place.clone(), path, reason);
                    match named.kind {
                        NamedKind::Grammar => grammars.push((path, None)),
                        NamedKind::Theme | NamedKind::Folder => is_theme_missing = true,
                    }
                    continue;
                }
            };
            let theme = match named.kind {
                NamedKind::Grammar => {
                    grammars.push((path, Some(text)));
                    continue;
                }
                NamedKind::Folder if path.ends_with(SYNTAX) => {
                    syntaxes.push((path, text));
                    continue;
                }
                NamedKind::Folder => colours::of_plist(path, text, problems),
                NamedKind::Theme => {
                    let text = &json::without_comments(text);
                    colours::of_json(Json { file: path, text }, problems)
                }
            };
            match theme {
                Some((name, theme)) => {
                    themes.insert(name.to_lowercase(), Arc::new(theme));
                }
                None => is_theme_missing = true,
            }
        }
        let mut unused = Diagnostics::default();
        // What is wrong with the file of a theme has been said.
        let problems_of_names = match is_theme_missing {
            true => &mut unused,
            false => &mut *problems,
        };
        let mut find =
            |theme: CodeTheme| CodeTheme::found(theme.stated, &themes, problems_of_names);
        let theme = find(self.theme);
        let dark_theme = self.dark_theme.map(&mut find);
        let mut style_sheets = self.style_sheets;
        for (_, theme) in &mut style_sheets {
            *theme = find(theme.clone());
        }
        Highlighting {
            theme,
            dark_theme,
            style_sheets,
            languages: Languages {
                grammars: Grammars::read(grammars.into_iter(), problems),
                syntaxes: syntax_set(&syntaxes, problems),
            },
            ..self
        }
    }
}

/// Whether a context includes itself, through others perhaps: reading code would never end.
fn includes_itself(syntax: &SyntaxDefinition) -> bool {
    let included = |name: &str| {
        let patterns = syntax
            .contexts
            .get(name)
            .into_iter()
            .flat_map(|c| &c.patterns);
        patterns.filter_map(|pattern| match pattern {
            Pattern::Include(ContextReference::Named { 0: name, .. }) => Some(name.as_str()),
            _ => None,
        })
    };
    syntax.contexts.keys().any(|start| {
        let mut seen = HashSet::default();
        let mut next: Vec<&str> = included(start).collect();
        while let Some(name) = next.pop() {
            if name == start {
                return true;
            }
            if seen.insert(name) {
                next.extend(included(name));
            }
        }
        false
    })
}

/// The languages of files of Sublime Text; nothing if there are none.
fn syntax_set(files: &[(&Arc<str>, &str)], problems: &mut Diagnostics) -> Option<SyntaxSet> {
    let mut builder = SyntaxSetBuilder::new();
    builder.add_plain_text_syntax();
    let mut named: Vec<(String, &Arc<str>)> = Vec::new();
    for (file, text) in files {
        let name = file.rsplit_once('/').map_or(&***file, |(_, name)| name);
        let name = name.strip_suffix(SYNTAX);
        match SyntaxDefinition::load_from_str(text, true, name) {
            Ok(syntax) if includes_itself(&syntax) => {
                let reason = "its contexts include each other in a circle";
                problems.broken_grammar(Place::whole(file), reason);
            }
            Ok(syntax) => {
                named.push((syntax.name.clone(), *file));
                builder.add(syntax);
            }
            Err(ParseSyntaxError::InvalidYaml(error)) => {
                let mark = error.marker();
                let place = Place::line(file, mark.line().max(1), mark.col() + 1);
                problems.broken_grammar(place, &error.to_string());
            }
            Err(error) => problems.broken_grammar(Place::whole(file), &error.to_string()),
        }
    }
    if named.is_empty() {
        return None;
    }
    let set = builder.build();
    for missing in set.find_unlinked_contexts() {
        let of = |(name, _): &&(String, &Arc<str>)| missing.contains(&format!("'{name}'"));
        let Some((_, file)) = named.iter().find(of).or(named.first()) else {
            continue;
        };
        // The words of the library: `… reference ByScope { scope: <source.css>, …`.
        let scope = missing
            .split_once('<')
            .and_then(|(_, rest)| rest.split_once('>'));
        match scope {
            Some((scope, _)) => problems.grammar_not_there(Place::whole(file), scope),
            None => {
                let context = missing.split('"').nth(1).unwrap_or_default();
                let reason = format!("the grammar has no context `{context}`");
                problems.grammar_rule(Place::whole(file), &reason);
            }
        }
    }
    Some(set)
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
