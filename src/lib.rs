//! Dateline: a static site generator for news briefings.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

pub mod address;
pub mod commands;
pub mod config;
pub mod content;
pub mod data;
pub mod diagnostic;
pub mod disk;
pub mod input;
pub mod pages;
pub mod render;
pub mod site;
pub mod value;

use content::{Article, Parsed};
use diagnostic::Diagnostics;
use input::{Input, Preview};
use pages::Plan;
use render::Sink;
use render::theme::Theme;
use site::{Hidden, Parts, Site};

/// What one build remembers for the next. It belongs to one configuration.
#[derive(Debug, Default)]
pub struct Memo {
    articles: HashMap<Arc<str>, Parsed>,
    /// The newest version of each article that could be read; it stands in for a broken one.
    last_good: HashMap<Arc<str>, Arc<Article>>,
}

/// A site that is planned and can be rendered, page by page or as a whole.
pub struct Planned {
    pub site: Arc<Site>,
    pub plan: Plan,
    pub theme: Theme,
}

/// Parses, derives and plans; nothing is rendered. `None` if the theme cannot be used.
pub fn plan(input: &Input, memo: &mut Memo, problems: &mut Diagnostics) -> Option<Planned> {
    let parsed = content::parse(&input.sources, &input.config, &memo.articles);
    let mut articles = Vec::with_capacity(parsed.len());
    let mut broken = Vec::new();
    for (source, parsed) in input.sources.iter().zip(&parsed) {
        problems.extend(parsed.problems.iter().cloned());
        match &parsed.article {
            Some(article) => {
                memo.last_good.insert(source.path.clone(), article.clone());
                articles.push(article.clone());
            }
            None => match memo.last_good.get(&source.path) {
                Some(last_good) => articles.push(last_good.clone()),
                None => broken.push(source.path.clone()),
            },
        }
    }
    memo.articles = input
        .sources
        .iter()
        .map(|source| source.path.clone())
        .zip(parsed)
        .collect();
    let parts = |preview| Parts {
        config: input.config.clone(),
        articles: articles.clone(),
        broken: broken.clone(),
        files: &input.files,
        now: input.now,
        preview,
        theme_is_ours: input.theme.is_built_in(),
    };
    let mut later = problems.clone();
    let site = Site::new(parts(input.preview), problems);
    let plan = pages::plan(&site, &input.files, problems);
    let theme = Theme::load(&input.theme, problems)?;
    render::check_templates(&site, &theme, problems);
    if site.hidden_count(Hidden::Scheduled) > 0 {
        // No build may fail only because the time of a brief has come.
        let preview = Preview {
            scheduled: true,
            ..input.preview
        };
        let all = Site::new(parts(preview), &mut later);
        pages::plan(&all, &input.files, &mut later);
        render::check_templates(&all, &theme, &mut later);
        let is_scheduled = |file: &str| {
            let path = file.strip_prefix("content/").unwrap_or(file);
            site.hidden(path) == Some(Hidden::Scheduled)
        };
        problems.settle_by(later, is_scheduled);
    }
    Some(Planned {
        site: Arc::new(site),
        plan,
        theme,
    })
}

/// Renders every page of a site and hands each over as soon as it is made.
///
/// # Errors
/// What the sink had. What is wrong with the site is among `problems`.
pub fn render(
    planned: &Planned,
    sink: &dyn Sink,
    made: &(dyn Fn() + Sync),
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
