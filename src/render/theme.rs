//! The theme: its engine, and the built-in templates for what it does not lay out.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::Config;
use crate::diagnostic::Diagnostics;
use crate::input::{EmbeddedTheme, TemplateSource, ThemeSource};
use crate::pages::built_in;
use crate::pages::question::Asker;
use crate::render::engine::{self, Engine, TemplateError};
use crate::render::settings;
use crate::site::anchors::{self, AnchorLinks};
use crate::site::summaries::{Cutoff, ELLIPSIS};
use crate::value::{Hash, Value};

/// Compiled templates, shared by all threads.
#[derive(Debug)]
pub struct Theme {
    engine: Arc<dyn Engine>,
    /// The built-in theme, where another one is chosen.
    built_in: Option<Box<dyn Engine>>,
    /// The digest of all templates and of what reads them.
    pub hash: Hash,
    /// Links in headings, for the site's languages.
    pub anchor_links: AnchorLinks,
    /// What texts call.
    shortcodes: Arc<Shortcodes>,
    /// Whether any template may read a table of contents; the built-in ones do not.
    pub reads_toc: bool,
}

/// The shortcodes of a theme, with the engine that they are written for.
#[derive(Debug)]
pub struct Shortcodes {
    engine: Arc<dyn Engine>,
    /// By the name that texts call.
    by_name: BTreeMap<String, Shortcode>,
}

/// The template of a shortcode.
#[derive(Debug)]
pub struct Shortcode {
    pub template: Arc<str>,
    /// Whether its output is Markdown. Otherwise it is HTML.
    pub is_markdown: bool,
}

/// The templates `shortcodes/NAME.html` and `shortcodes/NAME.md`. The site's win over the theme's,
/// and of two that the same has, the one for HTML.
fn shortcodes(source: &ThemeSource) -> BTreeMap<String, Shortcode> {
    let named = source.templates.iter().filter_map(|template| {
        let (name, ending) = template
            .name
            .strip_prefix("shortcodes/")?
            .rsplit_once('.')?;
        let is_markdown = match ending {
            "md" => true,
            "html" => false,
            _ => return None,
        };
        let rank = (!template.from_theme, !is_markdown);
        let shortcode = Shortcode {
            template: template.name.clone(),
            is_markdown,
        };
        Some((rank, name.to_owned(), shortcode))
    });
    let mut named: Vec<_> = named.collect();
    named.sort_by_key(|(rank, ..)| *rank);
    let named = named.into_iter();
    named
        .map(|(_, name, shortcode)| (name, shortcode))
        .collect()
}

/// A template that was chosen for a page.
pub struct Picked<'a> {
    pub engine: &'a dyn Engine,
    pub template: &'a str,
    /// Whether it is one of the built-in theme, which knows our views.
    pub is_built_in: bool,
}

/// The name of the theme that is in the program.
pub const BUILT_IN: &str = "dateline";

/// The templates of the built-in theme, by name; a test compares the list with the folder.
const TEMPLATES: &[(&str, &str)] = &[
    (
        "404.html",
        include_str!("../../themes/dateline/templates/404.html"),
    ),
    (
        "base.html",
        include_str!("../../themes/dateline/templates/base.html"),
    ),
    (
        "brief.html",
        include_str!("../../themes/dateline/templates/brief.html"),
    ),
    (
        "index.html",
        include_str!("../../themes/dateline/templates/index.html"),
    ),
    (
        "macros.html",
        include_str!("../../themes/dateline/templates/macros.html"),
    ),
    (
        "page.html",
        include_str!("../../themes/dateline/templates/page.html"),
    ),
    (
        "section.html",
        include_str!("../../themes/dateline/templates/section.html"),
    ),
    (
        "taxonomy_list.html",
        include_str!("../../themes/dateline/templates/taxonomy_list.html"),
    ),
    (
        "taxonomy_single.html",
        include_str!("../../themes/dateline/templates/taxonomy_single.html"),
    ),
    (
        "fragments/archive.html",
        include_str!("../../themes/dateline/templates/fragments/archive.html"),
    ),
    (
        "fragments/companies.html",
        include_str!("../../themes/dateline/templates/fragments/companies.html"),
    ),
    (
        "fragments/company-timeline.html",
        include_str!("../../themes/dateline/templates/fragments/company-timeline.html"),
    ),
    (
        "fragments/company.html",
        include_str!("../../themes/dateline/templates/fragments/company.html"),
    ),
    (
        "fragments/compare.html",
        include_str!("../../themes/dateline/templates/fragments/compare.html"),
    ),
    (
        "fragments/comparison.html",
        include_str!("../../themes/dateline/templates/fragments/comparison.html"),
    ),
    (
        "fragments/corrections.html",
        include_str!("../../themes/dateline/templates/fragments/corrections.html"),
    ),
    (
        "fragments/event.html",
        include_str!("../../themes/dateline/templates/fragments/event.html"),
    ),
    (
        "fragments/events.html",
        include_str!("../../themes/dateline/templates/fragments/events.html"),
    ),
    (
        "fragments/predictions.html",
        include_str!("../../themes/dateline/templates/fragments/predictions.html"),
    ),
    (
        "fragments/term.html",
        include_str!("../../themes/dateline/templates/fragments/term.html"),
    ),
    (
        "fragments/terms.html",
        include_str!("../../themes/dateline/templates/fragments/terms.html"),
    ),
    (
        "fragments/timeline.html",
        include_str!("../../themes/dateline/templates/fragments/timeline.html"),
    ),
    (
        "fragments/weekly.html",
        include_str!("../../themes/dateline/templates/fragments/weekly.html"),
    ),
    (
        "fragments/weeks.html",
        include_str!("../../themes/dateline/templates/fragments/weeks.html"),
    ),
    (
        "partials/card.html",
        include_str!("../../themes/dateline/templates/partials/card.html"),
    ),
    (
        "partials/cell.html",
        include_str!("../../themes/dateline/templates/partials/cell.html"),
    ),
    (
        "partials/dated.html",
        include_str!("../../themes/dateline/templates/partials/dated.html"),
    ),
    (
        "partials/footer.html",
        include_str!("../../themes/dateline/templates/partials/footer.html"),
    ),
    (
        "partials/head.html",
        include_str!("../../themes/dateline/templates/partials/head.html"),
    ),
    (
        "partials/line.html",
        include_str!("../../themes/dateline/templates/partials/line.html"),
    ),
    (
        "partials/masthead.html",
        include_str!("../../themes/dateline/templates/partials/masthead.html"),
    ),
    (
        "partials/prediction.html",
        include_str!("../../themes/dateline/templates/partials/prediction.html"),
    ),
];

/// The theme that is in the program.
pub fn embedded() -> EmbeddedTheme {
    EmbeddedTheme {
        theme_toml: include_str!("../../themes/dateline/theme.toml"),
        templates: TEMPLATES,
        files: built_in::FILES,
    }
}

impl Theme {
    /// Compiles the templates. Every template that does not parse is reported; there is a theme
    /// only if all do.
    pub fn load(
        source: &ThemeSource,
        config: &Config,
        problems: &mut Diagnostics,
    ) -> Option<Theme> {
        let engine: Arc<dyn Engine> = engine::load(source, problems)?.into();
        settings::check(source, config, problems);
        let built_in = if source.is_built_in() {
            None
        } else {
            Some(engine::load(&built_in_source(), problems)?)
        };
        let mut hasher = blake3::Hasher::new();
        hasher.update(format!("{:?} {}\0", source.engine, source.is_built_in()).as_bytes());
        for template in &source.templates {
            hasher.update(template.name.as_bytes());
            hasher.update(&[0]);
            hasher.update(
                Hash::of(template.text.as_bytes())
                    .0
                    .to_le_bytes()
                    .as_slice(),
            );
        }
        let tried = match engine.has(CUTOFF) {
            true => cut_off(&*engine, "", &config.default_language).map(|_| ()),
            false => Ok(()),
        };
        let anchor_links = match tried.and_then(|()| anchor_links(&*engine, config)) {
            Ok(links) => links,
            Err(error) => {
                problems.template_syntax(&error);
                return None;
            }
        };
        let shortcodes = Shortcodes {
            engine: engine.clone(),
            by_name: shortcodes(source),
        };
        let is_embedded =
            |template: &TemplateSource| TEMPLATES.contains(&(&*template.name, &*template.text));
        let is_plain = source.templates.iter().all(is_embedded);
        Some(Theme {
            reads_toc: !is_plain && engine.reads_anywhere("toc"),
            engine,
            built_in,
            hash: hasher.finalize().into(),
            anchor_links,
            shortcodes: Arc::new(shortcodes),
        })
    }

    /// The first of some templates that the theme has, or that the built-in one has.
    pub fn pick<'a>(&'a self, templates: &'a [String]) -> Picked<'a> {
        let in_theme = templates.iter().find(|name| self.engine.has(name));
        if let Some(template) = in_theme {
            return Picked {
                engine: self.engine.as_ref(),
                template,
                is_built_in: self.is_ours(),
            };
        }
        let engine = self.fragments();
        let template = templates.iter().find(|name| engine.has(name));
        Picked {
            engine,
            template: template.map_or("page.html", String::as_str),
            is_built_in: true,
        }
    }

    /// Whether the first of some templates that there is may read an entry of this name.
    pub fn reads(&self, templates: &[String], name: &str) -> bool {
        let picked = self.pick(templates);
        picked.engine.reads(picked.template, name)
    }

    /// What renders a template that the theme itself has.
    pub fn engine_with(&self, template: &str) -> Option<&dyn Engine> {
        Some(&*self.engine).filter(|engine| engine.has(template))
    }

    /// Whether the theme, or the built-in one, has a template.
    pub fn has(&self, template: &str) -> bool {
        self.engine.has(template)
            || self
                .built_in
                .as_ref()
                .is_some_and(|engine| engine.has(template))
    }

    /// Whether the theme is the built-in one, perhaps with templates of the site laid over it.
    pub fn is_ours(&self) -> bool {
        self.built_in.is_none()
    }

    /// How summaries end that break off, if the theme has a template for that.
    pub fn cutoff(self: &Arc<Theme>) -> Cutoff {
        if !self.engine.has(CUTOFF) {
            return Cutoff::default();
        }
        let theme = self.clone();
        Cutoff::new(move |summary, language| {
            // That the template can be rendered was seen when it was loaded.
            let made = cut_off(&*theme.engine, summary, language);
            made.unwrap_or_else(|_| ELLIPSIS.to_owned())
        })
    }

    /// What texts call.
    pub fn shortcodes(&self) -> &Arc<Shortcodes> {
        &self.shortcodes
    }

    /// The engine that has our fragments.
    pub fn fragments(&self) -> &dyn Engine {
        self.built_in.as_deref().unwrap_or(&*self.engine)
    }
}

impl Shortcodes {
    /// The template of a shortcode.
    pub fn get(&self, name: &str) -> Option<&Shortcode> {
        self.by_name.get(name)
    }

    /// The names of all shortcodes, sorted.
    pub fn names(&self) -> Vec<&str> {
        self.by_name.keys().map(String::as_str).collect()
    }

    /// What renders their templates.
    pub fn engine(&self) -> &dyn Engine {
        &*self.engine
    }
}

/// What `summary-cutoff.html` makes of a summary.
const CUTOFF: &str = "summary-cutoff.html";

fn cut_off(engine: &dyn Engine, summary: &str, language: &str) -> Result<String, TemplateError> {
    let context = Value::map([("summary", Value::html(summary)), ("lang", language.into())]);
    engine.render(CUTOFF, &context, &Asker::prepared([]))
}

/// What `anchor-link.html` makes of headings in each language and of each level, whatever their id.
fn anchor_links(engine: &dyn Engine, config: &Config) -> Result<AnchorLinks, TemplateError> {
    const TEMPLATE: &str = "anchor-link.html";
    if !engine.has(TEMPLATE) {
        return Ok(AnchorLinks::default());
    }
    let nobody = Asker::prepared([]);
    let languages = std::iter::once(&config.default_language).chain(&config.languages);
    let mut links: Vec<Arc<str>> = Vec::new();
    for language in languages {
        for level in 1..=anchors::LEVELS {
            let context = Value::map([
                ("id", Value::from(anchors::ID.to_string())),
                ("level", level.into()),
                ("lang", language.into()),
            ]);
            links.push(engine.render(TEMPLATE, &context, &nobody)?.into());
        }
    }
    Ok(links.into())
}

fn built_in_source() -> ThemeSource {
    let templates = TEMPLATES.iter().map(|(name, text)| TemplateSource {
        name: (*name).into(),
        file: format!("dateline:templates/{name}").into(),
        text: (*text).into(),
        from_theme: true,
    });
    ThemeSource {
        name: BUILT_IN.into(),
        engine: Some("minijinja".into()),
        templates: templates.collect(),
        extra: Value::None,
        extends_built_in: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// See [`Theme::reads_toc`].
    #[test]
    fn no_built_in_template_reads_a_table_of_contents() {
        for (name, text) in TEMPLATES {
            assert!(!text.contains("toc"), "{name}");
        }
    }
}
