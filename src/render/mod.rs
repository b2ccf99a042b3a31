//! How a page becomes bytes. Nothing here touches a file.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::io;
use std::rc::Rc;
use std::sync::Arc;

use rayon::prelude::*;

use crate::address::Address;
use crate::config::Config;
use crate::diagnostic::{Diagnostics, TemplateError};
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
    let failures: Vec<Option<TemplateError>> = plan
        .pages()
        .par_iter()
        .map(|planned| {
            let failure = match try_page(planned, site, theme) {
                Ok(rendered) => {
                    sink.put(Output {
                        address: planned.address.clone(),
                        body: rendered.body,
                    })?;
                    None
                }
                Err(error) => Some(error),
            };
            made();
            Ok(failure)
        })
        .collect::<io::Result<_>>()?;
    let addresses = plan.pages().iter().map(|page| &page.address);
    let failed = addresses
        .zip(failures)
        .filter_map(|(address, failure)| Some((address, failure?)));
    report(failed, problems);
    Ok(())
}

/// Reports each failure of a template once, with the first page and how many more there are.
fn report<'a>(
    failed: impl Iterator<Item = (&'a Address, TemplateError)>,
    problems: &mut Diagnostics,
) {
    let mut first: Vec<(&Address, TemplateError, usize)> = Vec::new();
    let mut known: HashMap<_, usize> = HashMap::new();
    for (page, error) in failed {
        // The hint lists what the page has, so it differs from page to page.
        let what = (error.place(), error.message.clone());
        match known.entry(what) {
            Slot::Occupied(position) => first[*position.get()].2 += 1,
            Slot::Vacant(slot) => {
                slot.insert(first.len());
                first.push((page, error, 0));
            }
        }
    }
    for (page, error, more) in first {
        problems.template_error(page, more, &error);
    }
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
    match try_page(page, site, theme) {
        Ok(rendered) => Some(rendered),
        Err(error) => {
            problems.template_error(&page.address, 0, &error);
            None
        }
    }
}

fn try_page(page: &Page, site: &Arc<Site>, theme: &Theme) -> Result<Rendered, TemplateError> {
    let asker = Asker::new(site.clone());
    let body = match &page.view {
        View::File { bytes } => OutputBody::File(bytes.clone()),
        _ => {
            let text = match files::text(page, &asker) {
                Some(text) => planned(text),
                None => html(page, theme, &asker)?,
            };
            OutputBody::Made(text.into_bytes())
        }
    };
    Ok(Rendered {
        body,
        lookups: asker.record(),
    })
}

/// An answer that the site must have, for the plan was made from it.
fn planned<T>(answer: Result<T, String>) -> T {
    answer.unwrap_or_else(|reason| panic!("the plan names only what the site has: {reason}"))
}

/// A page that a template lays out.
fn html(page: &Page, theme: &Theme, asker: &Rc<Asker>) -> Result<String, TemplateError> {
    let shown = planned(context::of(page, asker));
    let (engine, template) = theme.pick(&shown.templates);
    let head = head::of(page, &shown.context, asker.config());
    let mut context = shown.context.with([("head", head)]);
    if let Some(name) = shown.fragment.filter(|_| template == "page.html") {
        let name = format!("fragments/{name}.html");
        let fragment = theme.fragments().render(&name, &context, asker)?;
        let inner = context.get("page").cloned().unwrap_or_default();
        context = context.with([("page", inner.with([("content", Value::html(fragment))]))]);
    }
    let html = engine.render(template, &context, asker)?;
    Ok(based(asker.config(), html))
}

/// The same under the base path of the site.
fn based(config: &Config, html: String) -> String {
    if config.base_path.is_empty() {
        return html;
    }
    rebase::rebase_html(&html, &config.base_path).unwrap_or(html)
}
