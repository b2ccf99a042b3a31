//! How a page becomes bytes. Nothing here touches a file.

use std::collections::hash_map::Entry as Slot;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::address::Address;
use crate::config::Config;
use crate::content::Article;
use crate::diagnostic::{Diagnostic, Diagnostics, Place, TemplateError};
use crate::input::FileBytes;
use crate::pages::question::{Asker, Lookup, Question};
use crate::pages::{Page, Plan, View, built_in};
use crate::site::pictures::Picture;
use crate::site::{Entry, Site};
use crate::value::Value;

pub mod asking;
pub mod balance;
pub mod context;
pub mod crumbs;
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
pub mod locale;
pub mod markdown;
pub mod memo;
mod minify;
pub mod minijinja;
mod own_files;
pub mod partial;
pub mod pictures;
pub mod rebase;
pub mod sass;
pub mod search;
mod settings;
pub mod shortcodes;
pub mod sitemap;
pub mod tera;
pub mod text;
pub mod text_filters;
pub mod theme;

use context::Shown;
use engine::Engine;
use theme::{Picked, Theme};

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
    /// Why the theme's `page.html` could not lay out a view of ours, so that the built-in one did.
    pub theme_failed: Option<TemplateError>,
    /// The template that the theme would need, but does not have.
    pub lacking: Option<String>,
}

/// What came of a page.
#[derive(Default)]
struct Outcome {
    failure: Option<TemplateError>,
    theme_failed: Option<TemplateError>,
    lacking: Option<String>,
    /// Whether it may refer to a file of the built-in theme.
    refers_to_ours: bool,
}

/// How far the making of a site is.
#[derive(Clone, Copy, Debug)]
pub enum Made {
    /// One more of the pages.
    Page,
    /// So many of so many pictures, which are made when all pages are; none of them at first.
    Pictures { done: usize, all: usize },
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
    made: &(dyn Fn(Made) + Sync),
    problems: &mut Diagnostics,
) -> io::Result<()> {
    /// Costly pages stand together in the plan; one thread alone must not be left with them all.
    const SHARE_MAX: usize = 8;
    let all = plan.pages().iter();
    let (of_stand_ins, pages): (Vec<&Page>, Vec<&Page>) =
        all.partition(|page| built_in::is_for_stand_ins(page, site));
    let put = |planned: &&Page| {
        let outcome = match try_page(planned, site, theme) {
            Ok(rendered) => {
                let refers_to_ours = !of_stand_ins.is_empty() && refers_to_ours(&rendered.body);
                sink.put(Output {
                    address: planned.address.clone(),
                    body: rendered.body,
                })?;
                Outcome {
                    failure: None,
                    theme_failed: rendered.theme_failed,
                    lacking: rendered.lacking,
                    refers_to_ours,
                }
            }
            Err(error) => Outcome {
                failure: Some(error),
                ..Outcome::default()
            },
        };
        made(Made::Page);
        Ok(outcome)
    };
    let each = pages.par_iter().with_max_len(SHARE_MAX).map(put);
    let found: Vec<Outcome> = each.collect::<io::Result<_>>()?;
    if found.iter().any(|outcome| outcome.refers_to_ours) {
        for page in &of_stand_ins {
            put(page)?;
        }
    }
    let (mut failed, mut theme_failed) = (Vec::new(), Vec::new());
    let mut lacking: BTreeMap<String, Vec<&Address>> = BTreeMap::new();
    for (page, outcome) in pages.into_iter().zip(found) {
        failed.extend(outcome.failure.map(|error| (page, error)));
        theme_failed.extend(outcome.theme_failed.map(|error| (&page.address, error)));
        if let Some(name) = outcome.lacking {
            lacking.entry(name).or_default().push(&page.address);
        }
    }
    report(failed.into_iter(), problems);
    // Where something is wrong, that comes first.
    if !problems.has_errors() {
        report_lacking(&lacking, site, problems);
    }
    // Nothing is written if something is wrong, and pictures take long.
    if !problems.has_errors() {
        make_pictures(plan, site, sink, made, problems)?;
    }
    for outdated in site.shelf.outdated() {
        let place = &site.config.dateline.place;
        problems.outdated_data(place, &outdated.address, &outdated.reason, outdated.at);
    }
    // What fails on one view of ours fails on most: that is said once.
    if let [(address, error), others @ ..] = &theme_failed[..] {
        problems.theme_page_failed(address, others.len(), error);
    }
    Ok(())
}

/// Whether a text names an address like those of the files of the built-in theme.
fn refers_to_ours(body: &OutputBody) -> bool {
    let text = match body {
        OutputBody::Made(bytes) => std::str::from_utf8(bytes).ok(),
        OutputBody::File(FileBytes::Text { text, .. }) => Some(&**text),
        OutputBody::File(_) => None,
    };
    text.is_some_and(|text| text.contains("/dateline."))
}

/// Says once for each template that the theme lacks which pages it would lay out.
fn report_lacking(
    lacking: &BTreeMap<String, Vec<&Address>>,
    site: &Site,
    problems: &mut Diagnostics,
) {
    let templates = match &site.theme_folder {
        Some(folder) => format!("{folder}/templates"),
        None => "templates".to_owned(),
    };
    for (name, pages) in lacking {
        if let [first, others @ ..] = &pages[..] {
            problems.theme_lacks_template(&templates, name, (first, others.len()));
        }
    }
}

/// Makes the pictures that the pages asked for.
fn make_pictures(
    plan: &Plan,
    site: &Site,
    sink: &dyn Sink,
    made: &(dyn Fn(Made) + Sync),
    problems: &mut Diagnostics,
) -> io::Result<()> {
    let mut wanted = site.pictures.list();
    wanted.retain(|(address, _)| plan.get(address).is_none());
    let (done, all) = (AtomicUsize::new(0), wanted.len());
    made(Made::Pictures { done: 0, all });
    let make = |(address, picture): &(Address, Arc<Picture>)| {
        let failed = match pictures::bytes(picture, site) {
            Ok(bytes) => {
                let (address, body) = (address.clone(), OutputBody::Made(bytes));
                sink.put(Output { address, body })?;
                None
            }
            Err(reason) => Some((picture.file.clone(), reason)),
        };
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        made(Made::Pictures { done, all });
        Ok(failed)
    };
    let each = wanted.par_iter().with_max_len(1).map(make);
    let failed: Vec<Option<(Arc<str>, String)>> = each.collect::<io::Result<_>>()?;
    for (file, reason) in failed.into_iter().flatten() {
        problems.unreadable(Place::whole(&file), &reason);
    }
    Ok(())
}

/// Reports each failure of a template once, with the first page and how many more there are.
fn report<'a>(failed: impl Iterator<Item = (&'a Page, TemplateError)>, problems: &mut Diagnostics) {
    let mut first: Vec<(&Page, TemplateError, usize)> = Vec::new();
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
        report_one(page, more, &error, problems);
    }
}

fn report_one(page: &Page, more: usize, error: &TemplateError, problems: &mut Diagnostics) {
    match page.view {
        View::StyleSheet { .. } => problems.sass_error(error),
        _ => problems.template_error(&page.address, more, error),
    }
}

/// What a content file wants of the theme and does not get: templates that nobody has, and calls of
/// its shortcodes that are none.
pub fn check_templates(entry: &Entry, theme: &Theme) -> Vec<Diagnostic> {
    let mut problems = Diagnostics::default();
    let front_matter = entry.front_matter();
    let keys = front_matter.section.as_ref();
    let of_pages = keys.and_then(|keys| keys.page_template.as_ref());
    for (name, place) in front_matter.template.iter().chain(of_pages) {
        if !theme.has(name) {
            problems.missing_template(name, place.clone(), theme.is_ours());
        }
    }
    for misread in &entry.article.misread {
        if theme.shortcodes().get(&misread.name).is_some() {
            let place = Place::bytes(&entry.article.file, misread.bytes.clone());
            problems.misread_shortcode(place, &misread.name, &misread.reason);
        }
    }
    if theme.is_ours() {
        report_ids_of_theme(entry, &mut problems);
    }
    problems.into_vec()
}

/// Ids of the built-in theme begin with `_`, which only an id that somebody writes does.
fn report_ids_of_theme(entry: &Entry, problems: &mut Diagnostics) {
    let Article { file, body, .. } = &*entry.article;
    for id in body.anchors.iter().filter(|id| id.starts_with('_')) {
        let heading = body.headings.iter().find(|heading| heading.id == *id);
        let place = match heading {
            Some(heading) => Place::line(file, heading.line as usize, 1),
            None => Place::whole(file),
        };
        problems.id_of_theme(place, id);
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
            report_one(page, 0, &error, problems);
            None
        }
    }
}

fn try_page(page: &Page, site: &Arc<Site>, theme: &Theme) -> Result<Rendered, TemplateError> {
    asking::with_shortcodes(theme.shortcodes(), || rendered(page, site, theme))
}

fn rendered(page: &Page, site: &Arc<Site>, theme: &Theme) -> Result<Rendered, TemplateError> {
    let asker = Asker::new(site.clone());
    let (mut theme_failed, mut lacking) = (None, None);
    let body = match &page.view {
        View::StyleSheet { file } => {
            let css = sass::style_sheet(file, site, &asker)?;
            let base_path = &site.config.base_path;
            let is_rebased = !base_path.is_empty();
            let rebased = is_rebased.then(|| rebase::rebase_css(&css, base_path));
            OutputBody::Made(rebased.flatten().unwrap_or(css).into_bytes())
        }
        View::File { bytes } => static_file(&page.address, bytes, &site.config.base_path),
        _ => {
            let text = if let Some(text) = own_files::text(page, theme, &asker) {
                based(asker.config(), text?)
            } else if let Some(text) = files::text(page, &asker) {
                planned(text)
            } else {
                let html = html(page, theme, &asker)?;
                (theme_failed, lacking) = (html.theme_failed, html.lacking);
                let text = based(asker.config(), html.text);
                if asker.config().minify_html {
                    minify::html(text)
                } else {
                    text
                }
            };
            OutputBody::Made(text.into_bytes())
        }
    };
    Ok(Rendered {
        body,
        lookups: asker.record(),
        theme_failed,
        lacking,
    })
}

/// An answer that the site must have, for the plan was made from it.
fn planned<T>(answer: Result<T, String>) -> T {
    answer.unwrap_or_else(|reason| panic!("the plan names only what the site has: {reason}"))
}

/// The 404 page of a theme that has none.
const PLAIN_NOT_FOUND: &str =
    "<!doctype html>\n<title>404 Not Found</title>\n<h1>404 Not Found</h1>\n";

/// A page that a template laid out; see [`Rendered`].
struct Html {
    text: String,
    theme_failed: Option<TemplateError>,
    lacking: Option<String>,
}

fn html(page: &Page, theme: &Theme, asker: &Rc<Asker>) -> Result<Html, TemplateError> {
    let mut shown = planned(context::of(page, theme, asker));
    let templates = std::mem::take(&mut shown.templates);
    let picked = theme.pick(&templates);
    let stands_in = picked.is_built_in && !theme.is_ours();
    // The built-in page would stand there without its style.
    let is_plain = stands_in && page.view == View::NotFound;
    let (text, theme_failed) = match is_plain {
        true => (PLAIN_NOT_FOUND.to_owned(), None),
        false => lay_out(page, (shown, &templates), &picked, theme, asker)?,
    };
    Ok(Html {
        text,
        theme_failed,
        lacking: templates.into_iter().next_back().filter(|_| stands_in),
    })
}

/// The text of a page, and why the theme's template was not taken for it.
fn lay_out(
    page: &Page,
    (shown, templates): (Shown, &[String]),
    picked: &Picked<'_>,
    theme: &Theme,
    asker: &Rc<Asker>,
) -> Result<(String, Option<TemplateError>), TemplateError> {
    let context = if shown.fragment.is_some() || theme.reads(templates, "head") {
        let head = head::of(page, &shown.context, &shown.crumbs, asker.config());
        shown.context.with([("head", head)])
    } else {
        shown.context
    };
    let context_with_ours = || match &shown.ours {
        Value::Map(ours) => context.with(ours.entries().iter().cloned()),
        _ => context.clone(),
    };
    let is_page = picked.template == "page.html";
    let is_styled = is_page && !picked.is_built_in && has_views(asker);
    let own_template = shown.fragment.as_ref().map(|f| format!("{}.html", f.name));
    let Some(fragment) = shown.fragment.filter(|_| is_page) else {
        // Zola's templates do not ask for what is ours, and converting it costs them time.
        let knows_ours =
            picked.is_built_in || own_template.is_some_and(|own| own == picked.template);
        let context = if knows_ours {
            context_with_ours()
        } else if is_styled {
            with_styled_brief(&context, &page.view, asker)
        } else {
            context.clone()
        };
        let text = picked.engine.render(picked.template, &context, asker);
        return Ok((text.map_err(|error| of_paginator(error, &context))?, None));
    };
    let template = format!("fragments/{}.html", fragment.name);
    let with_ours = context_with_ours();
    let content = theme.fragments().render(&template, &with_ours, asker)?;
    let around = |engine: &dyn Engine, context: &Value, content: String| {
        engine.render_around(content, ("page.html", &fragment.page), context, asker)
    };
    if picked.is_built_in {
        return Ok((around(picked.engine, &with_ours, content)?, None));
    }
    // The built-in page prints the introduction itself; others do not know of it.
    let introduction = context.get("introduction").unwrap_or(&Value::None);
    let introduced = introduction.text_of("content").to_owned() + &content;
    let introduced = match is_styled {
        true => styled(&introduced),
        false => introduced,
    };
    match around(picked.engine, &context, introduced) {
        Ok(text) => Ok((text, None)),
        Err(error) => Ok((around(theme.fragments(), &with_ours, content)?, Some(error))),
    }
}

/// An error of a template that wants a paginator where there is none, for the list is not cut into
/// pages: says what would cut it.
fn of_paginator(error: TemplateError, context: &Value) -> TemplateError {
    let is_missing = error.message.starts_with("`paginator")
        && error.message.ends_with(" is undefined")
        && context.get("paginator").is_none();
    let (owner, place) = match (context.get("section"), context.get("taxonomy")) {
        _ if !is_missing => return error,
        (Some(section), _) => {
            let path = section.text_of("relative_path");
            ("section", format!("in `content/{path}`"))
        }
        (None, Some(taxonomy)) if context.get("term").is_some() => {
            let name = taxonomy.text_of("name");
            (
                "term",
                format!("for the taxonomy `{name}` in the configuration"),
            )
        }
        _ => return error,
    };
    let hint = format!(
        "there is a `paginator` only if `paginate_by` is set {place}; without it the pages are in `{owner}.pages`"
    );
    TemplateError {
        hint: Some(hint),
        ..error
    }
}

/// Whether the site has views of ours, and so their style sheet.
fn has_views(asker: &Rc<Asker>) -> bool {
    let masthead = asker.ask(Question::Masthead);
    masthead.is_ok_and(|masthead| masthead.is("has_overview"))
}

/// Something of ours that another theme's page shows as its content, with the style sheet for it.
fn styled(content: &str) -> String {
    format!(
        "<link rel=\"stylesheet\" href=\"/dateline-views.css\">\n\
         <div class=\"dateline-view\">\n{content}</div>\n"
    )
}

/// The context of a page of another theme. A brief gets the fragments that lists link to, and has
/// tables that are wider than a telephone.
fn with_styled_brief(context: &Value, view: &View, asker: &Rc<Asker>) -> Value {
    let (Some(page), View::Article { path }) = (context.get("page"), view) else {
        return context.clone();
    };
    let layout = asker.ask(Question::Layout { path: path.clone() });
    if !layout.is_ok_and(|layout| layout.is("brief")) {
        return context.clone();
    }
    let text = planned(asker.ask(Question::BriefText { path: path.clone() }));
    let text = styled(text.as_str().unwrap_or_default());
    let page = page.with([("content", Value::html(text))]);
    context.with([("page", page)])
}

/// A static file; under a base path, the addresses in pages and style sheets begin with it.
fn static_file(address: &Address, bytes: &FileBytes, base_path: &str) -> OutputBody {
    let text = match bytes {
        FileBytes::Text { text, .. } => Some(&**text),
        FileBytes::Embedded(bytes) => std::str::from_utf8(bytes).ok(),
        FileBytes::OnDisk(_) => None,
    };
    let is_css = address.as_str().ends_with(".css");
    let is_html = address.output_file().ends_with(".html") || address.as_str().ends_with(".htm");
    let rebased = match text.filter(|_| !base_path.is_empty()) {
        Some(css) if is_css => rebase::rebase_css(css, base_path),
        Some(html) if is_html => rebase::rebase_html(html, base_path),
        _ => None,
    };
    match rebased {
        Some(text) => OutputBody::Made(text.into_bytes()),
        None => OutputBody::File(bytes.clone()),
    }
}

/// The same under the base path of the site.
fn based(config: &Config, html: String) -> String {
    if config.base_path.is_empty() {
        return html;
    }
    rebase::rebase_html(&html, &config.base_path).unwrap_or(html)
}
