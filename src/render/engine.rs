//! The boundary to template engines.

use std::rc::Rc;
use std::sync::Arc;

use crate::pages::question::Asker;
use crate::value::Value;

/// Renders templates: Tera 1 for Zola's themes, MiniJinja for Jinja themes and the built-in one.
pub trait Engine: Send + Sync {
    /// Whether there is a template of this name.
    fn has(&self, template: &str) -> bool;

    /// Renders a template. `context` is a map. Functions that the template calls ask `asker`.
    fn render(
        &self,
        template: &str,
        context: &Value,
        asker: &Rc<Asker>,
    ) -> Result<String, TemplateError>;
}

/// A template that does not parse, or fails on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// The template's file from the root of the site, as [`crate::input::TemplateSource::file`].
    pub file: Arc<str>,
    /// From 1; 0 if the engine does not say.
    pub line: usize,
    /// From 1; 0 if the engine does not say.
    pub column: usize,
    pub message: String,
    pub hint: Option<String>,
}
