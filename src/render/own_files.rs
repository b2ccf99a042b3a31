//! Feeds, sitemaps, redirects and `robots.txt` that the theme or the site has a template of its own for, as
//! Zola's templates know them (Zola's documentation, "Feeds", "Sitemap", "Robots.txt").

use std::rc::Rc;

use super::theme::Theme;
use crate::diagnostic::TemplateError;
use crate::pages::question::{Asker, Question};
use crate::pages::{Page, View};
use crate::site::addresses::permalink;
use crate::value::Value;

/// The text of a file that a template makes; `None` if no template is named like it.
pub fn text(
    page: &Page,
    theme: &Theme,
    asker: &Rc<Asker>,
) -> Option<Result<String, TemplateError>> {
    let template = match &page.view {
        View::Feed { .. } => page.address.as_str().rsplit('/').next()?,
        View::Sitemap { .. } => "sitemap.xml",
        View::SitemapIndex { .. } => "split_sitemap_index.xml",
        View::Robots => "robots.txt",
        View::Redirect { .. } => "internal/alias.html",
        _ => return None,
    };
    let engine = theme.engine_with(template)?;
    let context = super::planned(context(page, asker));
    (!context.is_none()).then(|| engine.render(template, &context, asker))
}

fn context(page: &Page, asker: &Rc<Asker>) -> Result<Value, String> {
    let config = asker.config();
    let own = match &page.view {
        View::Feed { of, .. } => {
            let feed = asker.ask(Question::FeedInFull { of: of.clone() })?;
            if feed.is_none() {
                return Ok(feed);
            }
            let code = feed.text_of("lang");
            let language = (*code != *config.default_language).then(|| code.into());
            let of_config = asker.ask(Question::Config { language })?;
            let url = permalink(config, &page.address);
            return Ok(feed.with([("config", of_config), ("feed_url", url.into())]));
        }
        View::Sitemap { lines } => {
            let extras = asker.ask(Question::Extras)?;
            let entries = lines.iter().map(|(address, updated)| {
                let extra = extras.get(address.as_str()).cloned();
                Value::map([
                    ("permalink", Value::from(permalink(config, address))),
                    ("updated", updated.clone().into()),
                    ("extra", extra.into()),
                ])
            });
            ("entries", Value::list(entries))
        }
        View::SitemapIndex { parts } => {
            let parts = parts.iter();
            let parts = parts.map(|part| Value::from(permalink(config, part)));
            ("sitemaps", Value::list(parts))
        }
        View::Redirect { to } => ("url", permalink(config, to).into()),
        _ => ("lang", (&config.default_language).into()),
    };
    let of_config = asker.ask(Question::Config { language: None })?;
    Ok(Value::map([own, ("config", of_config)]))
}
