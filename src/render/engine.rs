//! The boundary to template engines.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::rc::Rc;
use std::sync::Arc;

use super::detect::{self, Kind};
use super::minijinja::MiniJinja;
use super::tera::Tera1;
pub use crate::diagnostic::TemplateError;
use crate::diagnostic::{Diagnostics, divided};
use crate::input::{TemplateSource, ThemeSource};
use crate::pages::question::Asker;
use crate::value::Value;

/// Renders templates: Tera 1 for Zola's themes, MiniJinja for Jinja themes and the built-in one.
pub trait Engine: std::fmt::Debug + Send + Sync {
    /// Whether there is a template of this name.
    fn has(&self, template: &str) -> bool;

    /// Whether a template may read an entry of this name, of its context or of anything in it.
    /// What it cannot read need not be made.
    fn reads(&self, template: &str, name: &str) -> bool;

    /// The same of all templates together.
    fn reads_anywhere(&self, _name: &str) -> bool {
        true
    }

    /// Arguments that a function or a filter does not take and the engine passes over.
    fn warnings(&self) -> &[TemplateError] {
        &[]
    }

    /// Renders a template. `context` is a map. Functions that the template calls ask `asker`.
    fn render(
        &self,
        template: &str,
        context: &Value,
        asker: &Rc<Asker>,
    ) -> Result<String, TemplateError>;

    /// Renders a template with a page whose content was made just now, which is HTML.
    fn render_around(
        &self,
        content: String,
        (template, page): (&str, &Value),
        context: &Value,
        asker: &Rc<Asker>,
    ) -> Result<String, TemplateError> {
        let page = page.with([("content", Value::html(content))]);
        self.render(template, &context.with([("page", page)]), asker)
    }
}

/// Compiles all templates with the engine that they want. Every template that does not parse is
/// reported; there is an engine only if all do.
pub fn load(theme: &ThemeSource, problems: &mut Diagnostics) -> Option<Box<dyn Engine>> {
    let kind = detect::engine_of(theme, problems)?;
    let templates = Templates::new(theme);
    let loaded: Result<Box<dyn Engine>, Vec<TemplateError>> = match kind {
        Kind::MiniJinja => MiniJinja::new(templates).map(|engine| Box::new(engine) as _),
        Kind::Tera1 => Tera1::new(templates).map(|engine| Box::new(engine) as _),
    };
    match loaded {
        Ok(engine) => {
            for warning in engine.warnings() {
                problems.unknown_argument(warning);
            }
            Some(engine)
        }
        Err(errors) => {
            for error in &errors {
                problems.template_syntax(error);
            }
            None
        }
    }
}

/// Largest output of one page: more is a loop that went wrong, not a page.
pub const OUTPUT_BYTES_MAX: usize = 64 << 20;

/// Takes output up to [`OUTPUT_BYTES_MAX`].
pub struct Bounded {
    bytes: Vec<u8>,
}

impl Bounded {
    /// Takes nothing yet.
    pub fn empty() -> Bounded {
        /// Most pages fit without growing.
        const USUAL_BYTES: usize = 16 << 10;
        Bounded {
            bytes: Vec::with_capacity(USUAL_BYTES),
        }
    }

    /// What was taken.
    pub fn into_text(self) -> String {
        String::from_utf8(self.bytes).expect("template engines write text")
    }

    /// The message for a page that is too large, and its hint.
    pub fn too_large() -> (String, Option<String>) {
        (
            format!("the page is larger than {} MB", OUTPUT_BYTES_MAX >> 20),
            Some("cut the list into pages, or look for a loop that repeats itself".to_owned()),
        )
    }
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > OUTPUT_BYTES_MAX {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Templates by the names under which other templates and pages find them.
#[derive(Debug, Default)]
pub struct Templates {
    by_name: BTreeMap<Arc<str>, TemplateSource>,
}

impl Templates {
    /// A template of the theme has two names: `page.html`, unless the site has one of that name,
    /// and always `<theme>/templates/page.html`, so that the site's own can extend it.
    pub fn new(theme: &ThemeSource) -> Templates {
        let mut by_name = BTreeMap::new();
        for template in &theme.templates {
            if template.from_theme && !theme.name.is_empty() {
                let long = format!("{}/templates/{}", theme.name, template.name);
                by_name.insert(long.into(), template.clone());
            }
            let own = by_name
                .get(&template.name)
                .is_some_and(|other: &TemplateSource| !other.from_theme);
            if !(template.from_theme && own) {
                by_name.insert(template.name.clone(), template.clone());
            }
        }
        Templates { by_name }
    }

    /// Name and template, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &TemplateSource)> {
        self.by_name
            .iter()
            .map(|(name, template)| (&**name, template))
    }

    /// All names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(|name| &**name)
    }

    /// The template of a name.
    pub fn get(&self, name: &str) -> Option<&TemplateSource> {
        self.by_name.get(name)
    }

    /// A template that extends more than are taken, one by way of the other: what renders a block
    /// calls itself for each. Those that go round are another mistake.
    pub fn endless_chain(&self) -> Option<TemplateError> {
        const PARENTS_MAX: usize = 16;
        let parents: BTreeMap<&str, (&str, usize)> = self
            .iter()
            .filter_map(|(name, source)| Some((name, detect::parent(&source.text)?)))
            .collect();
        let is_endless = |name: &&str| {
            let mut next = *name;
            let mut seen = BTreeSet::new();
            while let Some((parent, _)) = parents.get(next)
                && seen.insert(next)
            {
                next = parent;
            }
            !parents.contains_key(next) && seen.len() > PARENTS_MAX
        };
        let name = parents.keys().find(|name| is_endless(name))?;
        let message = format!("more than {PARENTS_MAX} templates extend each other");
        Some(self.error(name, Some(parents[name].1), message, None))
    }

    /// An error in the template of this name; the position is a byte of its text.
    pub fn error(
        &self,
        name: &str,
        at: Option<usize>,
        message: String,
        hint: Option<String>,
    ) -> TemplateError {
        let template = self.by_name.get(name);
        let (message, own_hint) = divided(&message);
        let (line, column) = match (at, template) {
            (Some(at), Some(template)) => line_and_column(&template.text, at),
            _ => (0, 0),
        };
        TemplateError {
            file: template.map_or_else(|| name.into(), |template| template.file.clone()),
            line,
            column,
            message,
            hint: hint.or(own_hint),
        }
    }
}

/// Line and column of a byte, both from 1; the column counts characters.
pub fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    (line, before[line_start..].chars().count() + 1)
}
