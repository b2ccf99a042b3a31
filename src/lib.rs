//! Dateline: a static site generator for news briefings. **A build is a function.**
//!
//! ```text
//! Source ──content──▶ Article ──site──▶ Site ──pages──▶ Page ──render──▶ Output ──disk──▶ public/
//! ```
//!
//! [`content`] reads one file at a time and sees no other. [`site::Site`] is the only step that sees
//! all articles; every table that is read out of the briefs is made there, once, and never changed.
//! [`fn@pages::plan`] lists every file of the output as data, an [`pages::Page`] of address and
//! [`pages::View`], and nothing in [`pages`] renders. [`mod@render`] makes bytes of a page and hands each
//! output to a [`render::Sink`] as soon as it is made. Only [`disk`] and [`commands`] touch files,
//! clock, environment, network and terminal: [`input::Input`] holds all that a build depends on. A
//! module uses only what stands left of it: maps, value, address, diagnostic, data, config, content, input,
//! site, pages, render, disk, commands (a test says so).
//!
//! # Decisions
//!
//! **Questions.** A page learns of the site only by a [`pages::question::Question`], and the answer
//! is recorded with it, for views of ours and for functions that templates call. A rendered page is
//! still right if its plan, the templates and today's answers are the same
//! ([`render::memo::Remembered`]); there is no list of kinds of change. `build` renders everything
//! and keeps no record; `serve` plans everything, renders on demand and keeps what is still right.
//!
//! **After an edit**, `serve` makes a new site of the one before: a table that would be the same is
//! kept, any other is brought up to date by taking out what the changed files said before and
//! putting in what they say now ([`site::kept`]); so is the plan. The result is equal to a site made
//! of nothing, which a property test holds it to; where little has changed it costs little.
//!
//! **Files that templates name** (`load_data`, `resize_image`) may lie anywhere in the site, so nobody
//! reads them before: a question is answered out of an [`input::Shelf`], which remembers what it was
//! asked for and what was there. A later reading looks at just that again. Pictures that are made of
//! others stand in no plan: they are made after the pages that ask for them ([`site::pictures`]), if
//! none of these failed. What a page may ask for of them is counted by the page itself
//! ([`pages::pictures::Budget`]), for a limit of the site would depend on the order of its pages.
//!
//! **What other hosts say** (`load_data(url=…)`) comes off the same shelf, if the configuration names
//! the host. It is asked for while a page waits, held for all pages until nobody wants it, and kept
//! on the disk: a build must not break because a host is ill ([`mod@pages::remote`]).
//!
//! **Grammars and themes for code** that a site brings are part of its configuration: with another
//! file it is another one, and everything is made anew ([`config::Config::with_code`]). A grammar of
//! TextMate is followed as VS Code does it, and says only what stands where, so that no grammar can
//! change the text of the code. A block has a limit of work, counted and never timed
//! ([`config::highlighting::pattern::Work`]).
//!
//! **Ids in the plan** (paths, slugs, weeks) mean the same in the next build. A [`site::Index`] is a
//! slot that a file keeps as long as sites follow on each other, so that tables that name it need
//! not be made anew; it means nothing elsewhere.
//!
//! **Templates see [`value::Value`]**, shared by reference count. A view of ours is a fragment that
//! the built-in MiniJinja theme makes; any theme's `page.html` gets it as `page.content`, in an
//! element that a style sheet is for which touches nothing else ([`pages::built_in`]), and the
//! built-in page stands in for a `page.html` that fails on it. What templates ask for by name
//! ([`pages::called`]) has a limit, for the call may stand in a template of every page. `partial(template, item)` is
//! rendered once for equal arguments, for a card stands on twenty pages.
//!
//! **An article's HTML is one text**, its typed parts are slices of it. Links to other files are
//! holes in it until the site fills them ([`site::links`]). Where a slice is shown on another page,
//! footnote marks are taken out and fragments lead back to the brief.
//!
//! **Shortcodes** are calls of templates in a text. What one gives may be Markdown, so a body that
//! calls any is read only when they are expanded, and they may ask where any page is, so a site of
//! the articles with their bodies unread comes before the site of them as they are. What they asked
//! is remembered ([`render::shortcodes`]). Their HTML stands in that of an article as marks, like
//! links, so that a brief is sanitised without it.
//!
//! **Parts of a brief lose nothing**: what stands in a part and is read into no item is shown after
//! the items, what belongs to no part is prose.
//!
//! **Observations.** The current value of a cell is the one of the latest as-of interval (by its first
//! day, then its last), of equal ones that of the latest brief. Values are the same if they differ in
//! letter case, white space or markup alone. Two values contradict each other if they differ and their
//! as-of intervals share a day; `unknown` contradicts nothing. A change belongs to the week of the
//! brief that brought it, and is marked where it is a contradiction. An empty cell observes nothing.
//!
//! **Companies of a brief** are those of its tables and of `companies` in `[extra.brief]`. Names
//! that no page knows and that have one slug are one company.
//!
//! **Predictions** are sorted by the year in which they were made; the newest year's page also shows
//! what falls due of earlier years. An item with `Resolves:` settles an earlier prediction and is none
//! itself; the outcome's day is the stated one, else that of the brief with the item.
//!
//! **Years.** `/timeline/` is the newest year, `/timeline/2026/` leads to it as long as it is, and
//! holds the year afterwards. The same holds for the archive, the corrections and the predictions.
//!
//! **Related briefs** are at most six. **Lists** without a length of their own are cut at 20 briefs
//! (sections at 100) under the built-in theme; under another theme Zola's rules hold.
//!
//! **Errors do not depend on today.** What a scheduled brief will break is an error now, and what is
//! wrong only until then is a warning. Content and site are checked and reported even if the site has
//! errors already; then nothing is written.
//!
//! **Languages.** Zola's pages are made in each language: home page, taxonomies, feeds. Our own are
//! made of the default language alone as yet.
//!
//! **Links in headings** are made of a theme's `anchor-link.html` once for each level and language,
//! with a mark for the id, for content has no engine when it is read. A summary that breaks off in
//! a block ends with a mark, in whose place the site puts what `summary-cutoff.html` makes of it.

use std::io;
use std::sync::Arc;

pub mod address;
pub mod chunks;
pub mod commands;
pub mod config;
pub mod content;
pub mod data;
pub mod diagnostic;
pub mod disk;
pub mod input;
pub mod maps;
pub mod pages;
pub mod render;
pub mod shares;
pub mod site;
pub mod value;

use config::Config;
use content::Article;
use diagnostic::{Diagnostic, Diagnostics};
use input::{Input, Preview, StaticFile, ThemeSource};
use pages::Plan;
use render::theme::Theme;
use render::{Made, Sink, shortcodes};
use site::kept::Change;
use site::{Entry, Hidden, Parts, Site, links};

/// What one build remembers for the next. It belongs to one configuration.
#[derive(Debug, Default)]
pub struct Memo {
    articles: content::Known,
    /// The articles that call shortcodes, as they are shown and as they will be once all that is
    /// scheduled is published.
    shortcodes: [shortcodes::Known; 2],
    /// The theme, what it was made of, and what is wrong with it.
    theme: Option<(ThemeSource, Arc<Theme>, Vec<Diagnostic>)>,
    planned: Option<Remembered>,
}

/// A site that was planned, and what it was made of.
#[derive(Debug)]
struct Remembered {
    site: Arc<Site>,
    files: Vec<StaticFile>,
    plan: Arc<Plan>,
    /// What is wrong with addresses in links.
    address_problems: Vec<Diagnostic>,
    /// The templates that files name and the theme does not have.
    template_problems: Vec<Diagnostic>,
    theme: Option<Arc<Theme>>,
}

/// A site that is planned and can be rendered, page by page or as a whole.
#[derive(Clone)]
pub struct Planned {
    pub site: Arc<Site>,
    pub plan: Arc<Plan>,
    pub theme: Arc<Theme>,
}

/// Parses, derives and plans; nothing is rendered. `None` if the theme cannot be used.
pub fn plan(input: &Input, memo: &mut Memo, problems: &mut Diagnostics) -> Option<Planned> {
    let (articles, broken) = read(input, memo, problems);
    let theme = theme(&input.theme, &input.config, memo, problems);
    let before = memo.planned.take();
    // Shortcodes ask a site that comes before the one that is shown.
    let pictures = before
        .as_ref()
        .map_or_else(Arc::default, |before| before.site.pictures.clone());
    let parts = |articles, preview: Preview| Parts {
        pictures: match preview == input.preview {
            true => pictures.clone(),
            false => Arc::default(),
        },
        config: input.config.clone(),
        articles,
        broken: broken.clone(),
        files: &input.files,
        shelf: &input.shelf,
        environment: &input.environment,
        theme_folder: input.theme.folder(),
        sass: &input.sass,
        sass_compiler: &input.sass_compiler,
        now: input.now,
        preview,
        theme_is_ours: input.theme.is_built_in(),
        anchor_links: theme
            .as_ref()
            .map(|theme| theme.anchor_links.clone())
            .unwrap_or_default(),
        reads_toc: theme.as_ref().is_some_and(|theme| theme.reads_toc),
        cutoff: theme.as_ref().map(Theme::cutoff).unwrap_or_default(),
    };
    let mut later = problems.clone();
    let with_shortcodes = |preview, known: &mut _, problems: &mut _| {
        let parts = |articles| parts(articles, preview);
        let before = before.as_ref();
        parts(expand(
            &articles,
            parts,
            before,
            theme.as_ref(),
            known,
            problems,
        ))
    };
    let [shown, scheduled] = &mut memo.shortcodes;
    let made = derive(
        with_shortcodes(input.preview, shown, problems),
        before.as_ref(),
        theme.as_ref(),
        problems,
    );
    let site = made.site.clone();
    if site.hidden_count(Hidden::Scheduled) > 0 {
        // No build may fail only because the time of a brief has come.
        let preview = Preview {
            scheduled: true,
            ..input.preview
        };
        let parts = with_shortcodes(preview, scheduled, &mut later);
        derive(parts, None, theme.as_ref(), &mut later);
        let is_scheduled = |file: &str| {
            let path = file.strip_prefix("content/").unwrap_or(file);
            site.hidden(path) == Some(Hidden::Scheduled)
        };
        problems.settle_by(later, is_scheduled);
    }
    let plan = made.plan.clone();
    memo.planned = Some(made);
    let theme = theme?;
    Some(Planned { site, plan, theme })
}

/// The articles, and the paths of those of which no version could be read.
fn read(
    input: &Input,
    memo: &mut Memo,
    problems: &mut Diagnostics,
) -> (Vec<Arc<Article>>, Vec<Arc<str>>) {
    memo.articles.follow(&input.sources, &input.config);
    let versions = memo.articles.versions();
    let mut articles = Vec::with_capacity(versions.len());
    let mut broken = Vec::new();
    for version in versions {
        problems.extend(version.parsed.problems.iter().cloned());
        match version
            .parsed
            .article
            .as_ref()
            .or(version.last_good.as_ref())
        {
            Some(article) => articles.push(article.clone()),
            None => broken.push(version.source.path.clone()),
        }
    }
    (articles, broken)
}

/// The theme, compiled; that of before if its templates are the same.
fn theme(
    source: &ThemeSource,
    config: &Config,
    memo: &mut Memo,
    problems: &mut Diagnostics,
) -> Option<Arc<Theme>> {
    if let Some((known, theme, found)) = &memo.theme
        && known == source
    {
        problems.extend(found.iter().cloned());
        return Some(theme.clone());
    }
    let mut found = Diagnostics::default();
    let theme = Theme::load(source, config, &mut found);
    let found = found.into_vec();
    problems.extend(found.iter().cloned());
    let theme = Arc::new(theme?);
    memo.theme = Some((source.clone(), theme.clone(), found));
    Some(theme)
}

/// The articles with their shortcodes expanded. That takes a site to ask, which is made of the
/// articles as they are; without a theme there is nothing to expand them with.
fn expand<'a>(
    articles: &[Arc<Article>],
    parts: impl Fn(Vec<Arc<Article>>) -> Parts<'a>,
    before: Option<&Remembered>,
    theme: Option<&Arc<Theme>>,
    known: &mut shortcodes::Known,
    problems: &mut Diagnostics,
) -> Vec<Arc<Article>> {
    let mut articles = articles.to_vec();
    let is_waiting = |article: &Arc<Article>| article.unexpanded.is_some();
    if let Some(theme) = theme
        && articles.iter().any(is_waiting)
    {
        // What is wrong is said of the site that is made of the whole articles.
        let parts = parts(articles.clone());
        let before = before.filter(|before| before.may_be_followed_by(&parts));
        let before = before.map(|before| &*before.site);
        let site = Arc::new(Site::after(before, parts, &mut Diagnostics::default()));
        known.follow(&mut articles, &site, theme, problems);
    }
    articles
}

impl Remembered {
    /// Files and theme may change what the configuration means.
    fn may_be_followed_by(&self, parts: &Parts<'_>) -> bool {
        let then = &self.site;
        then.config.value == parts.config.value
            && (then.preview, then.theme_is_ours) == (parts.preview, parts.theme_is_ours)
            && then.anchor_links == parts.anchor_links
    }
}

/// Derives and plans a site, and reports what is wrong with it.
fn derive(
    parts: Parts<'_>,
    before: Option<&Remembered>,
    theme: Option<&Arc<Theme>>,
    problems: &mut Diagnostics,
) -> Remembered {
    let before = before.filter(|before| before.may_be_followed_by(&parts));
    let files = parts.files;
    let site = Site::after(before.map(|before| &*before.site), parts, problems);
    let change = before.map(|before| Change::between(&before.site.entries, &site.entries));
    let before = before.zip(change.as_ref());
    let of_before = before.map(|(before, change)| pages::Before {
        change,
        tables_stay: site.has_tables_of(&before.site),
        files: &before.files,
        sass: &before.site.sass,
        plan: &before.plan,
    });
    let plan = pages::plan(&site, files, of_before, problems);
    let of_same_plan =
        before.filter(|(before, change)| Arc::ptr_eq(&before.plan, &plan) && change.leaves_order());
    let known = of_same_plan.map(|(before, change)| (change, &*before.address_problems));
    let address_problems = links::check_addresses(&site, &*plan, known);
    problems.extend(address_problems.iter().cloned());
    let template_problems = theme.map_or_else(Vec::new, |theme| {
        let check = |entry: &Entry| render::check_templates(entry, theme);
        let is_same =
            |before: &Remembered| before.theme.as_ref().is_some_and(|t| Arc::ptr_eq(t, theme));
        match before.filter(|(before, _)| is_same(before)) {
            Some((before, change)) => change.recheck(&before.template_problems, check),
            None => site.entries.all().flat_map(|entry| check(entry)).collect(),
        }
    });
    problems.extend(template_problems.iter().cloned());
    Remembered {
        site: Arc::new(site),
        files: files.to_vec(),
        plan,
        address_problems,
        template_problems,
        theme: theme.cloned(),
    }
}

/// Renders every page of a site and hands each over as soon as it is made.
///
/// # Errors
/// What the sink had. What is wrong with the site is among `problems`.
pub fn render(
    planned: &Planned,
    sink: &dyn Sink,
    made: &(dyn Fn(Made) + Sync),
    problems: &mut Diagnostics,
) -> io::Result<()> {
    render::render(
        &planned.plan,
        &planned.site,
        &planned.theme,
        sink,
        made,
        problems,
    )
}
