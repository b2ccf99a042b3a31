//! How a page becomes bytes. Nothing here touches a file.

use std::io;
use std::rc::Rc;
use std::sync::Arc;

use rayon::prelude::*;

use crate::address::Address;
use crate::config::Config;
use crate::diagnostic::Diagnostics;
use crate::input::FileBytes;
use crate::pages::question::{Asker, Lookup};
use crate::pages::{Page, Plan, View};
use crate::site::Site;
use crate::value::Value;

pub mod asking;
pub mod context;
pub mod data;
pub mod detect;
pub mod engine;
pub mod escape;
pub mod feeds;
pub mod files;
pub mod filters;
pub mod functions;
pub mod head;
pub mod json_ld;
pub mod memo;
pub mod minijinja;
pub mod partial;
pub mod rebase;
pub mod sitemap;
pub mod tera;
pub mod text;
pub mod theme;

use theme::Theme;

/// A file of the finished site.
#[derive(Debug)]
pub struct Output {
    pub address: Address,
    pub body: OutputBody,
}

/// The bytes of an output: made here, or those of a static file.
#[derive(Clone, Debug)]
pub enum OutputBody {
    Made(Vec<u8>),
    File(FileBytes),
}

/// Takes each output as soon as it is made, from several threads at once.
pub trait Sink: Sync {
    /// Takes an output.
    ///
    /// # Errors
    /// If it cannot be kept, which ends the build; the error names the path.
    fn put(&self, output: Output) -> io::Result<()>;
}

/// A page made into bytes, and what it asked the site for that.
#[derive(Debug)]
pub struct Rendered {
    pub body: OutputBody,
    pub lookups: Vec<Lookup>,
}

/// Renders every page of the plan, in parallel, and hands each over as soon as it is made.
/// `made` is called after each, for progress.
///
/// # Errors
/// The first that the sink had. Templates that fail are problems, not errors.
pub fn render(
    plan: &Plan,
    site: &Arc<Site>,
    theme: &Theme,
    sink: &dyn Sink,
    made: &(dyn Fn() + Sync),
    problems: &mut Diagnostics,
) -> io::Result<()> {
    let found: Vec<Diagnostics> = plan
        .pages()
        .par_iter()
        .map(|planned| {
            let mut problems = Diagnostics::default();
            if let Some(rendered) = page(planned, site, theme, &mut problems) {
                sink.put(Output {
                    address: planned.address.clone(),
                    body: rendered.body,
                })?;
            }
            made();
            Ok(problems)
        })
        .collect::<io::Result<_>>()?;
    for page in found {
        problems.extend(page.into_vec());
    }
    Ok(())
}

/// Reports content that names a template which nobody has; it is laid out as a page.
pub fn check_templates(site: &Site, theme: &Theme, problems: &mut Diagnostics) {
    for entry in &site.entries {
        let page_template = entry
            .front_matter()
            .section
            .as_ref()
            .and_then(|keys| keys.page_template.as_ref());
        for (name, place) in entry.front_matter().template.iter().chain(page_template) {
            if !theme.has(name) {
                problems.missing_template(name, place.clone(), theme.is_ours());
            }
        }
    }
}

/// Renders one page; `None` if its template fails, which is reported.
pub fn page(
    page: &Page,
    site: &Arc<Site>,
    theme: &Theme,
    problems: &mut Diagnostics,
) -> Option<Rendered> {
    let asker = Asker::new(site.clone());
    let body = match &page.view {
        View::File { bytes } => OutputBody::File(bytes.clone()),
        _ => {
            let text = match files::text(page, &asker) {
                Some(text) => planned(text),
                None => html(page, theme, &asker, problems)?,
            };
            OutputBody::Made(text.into_bytes())
        }
    };
    Some(Rendered {
        body,
        lookups: asker.record(),
    })
}

/// An answer that the site must have, for the plan was made from it.
fn planned<T>(answer: Result<T, String>) -> T {
    answer.unwrap_or_else(|reason| panic!("the plan names only what the site has: {reason}"))
}

/// A page that a template lays out.
fn html(
    page: &Page,
    theme: &Theme,
    asker: &Rc<Asker>,
    problems: &mut Diagnostics,
) -> Option<String> {
    let shown = planned(context::of(page, asker));
    let (engine, template) = theme.pick(&shown.templates);
    let head = head::of(page, &shown.context, asker.config());
    let mut context = shown.context.with([("head", head)]);
    let rendered = match shown.fragment.filter(|_| template == "page.html") {
        Some(name) => {
            let fragment =
                theme
                    .fragments()
                    .render(&format!("fragments/{name}.html"), &context, asker);
            fragment.and_then(|fragment| {
                let inner = context.get("page").cloned().unwrap_or_default();
                context =
                    context.with([("page", inner.with([("content", Value::html(fragment))]))]);
                engine.render(template, &context, asker)
            })
        }
        None => engine.render(template, &context, asker),
    };
    match rendered {
        Ok(html) => Some(based(asker.config(), html)),
        Err(error) => {
            problems.template_error(&page.address, &error);
            None
        }
    }
}

/// The same under the base path of the site.
fn based(config: &Config, html: String) -> String {
    if config.base_path.is_empty() {
        return html;
    }
    rebase::rebase_html(&html, &config.base_path).unwrap_or(html)
}
