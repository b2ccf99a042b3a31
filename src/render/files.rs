//! Files for machines: feeds, data, sitemaps, redirects. No template has a part in them.

use std::rc::Rc;
use std::sync::Arc;

use super::{data, escape, feeds, rebase, search, sitemap, text};
use crate::address::Address;
use crate::config::Config;
use crate::content::highlight;
use crate::pages::feeds::FeedFormat;
use crate::pages::question::{Asker, Question};
use crate::pages::{DataFormat, DataOf, Page, View};
use crate::site::addresses::permalink;

/// The text of a file; `None` if the view is a page that a template lays out.
pub fn text(page: &Page, asker: &Rc<Asker>) -> Option<Result<String, String>> {
    let config = asker.config();
    Some(match &page.view {
        View::Data { of, format } => data(of, *format, asker),
        View::Feed { of, format } => {
            let feed = asker.ask(Question::Feed { of: of.clone() });
            let full = permalink(config, &page.address);
            let absolute = |html: &str| {
                rebase::rebase_html(html, &config.base_url).unwrap_or_else(|| html.to_owned())
            };
            feed.map(|feed| match format {
                FeedFormat::Atom => feeds::atom(&feed, &full, &absolute),
                FeedFormat::Rss => feeds::rss(&feed, &full, &absolute),
                FeedFormat::Json => feeds::json_feed(&feed, &full, &absolute),
            })
        }
        View::Opml => asker.ask(Question::FeedList).map(|list| text::opml(&list)),
        View::Llms => asker
            .ask(Question::Overview)
            .map(|overview| text::llms(&overview)),
        View::Robots => {
            let sitemap = permalink(config, &Address::file("sitemap.xml"));
            Ok(text::robots(config.generate_sitemap.then_some(&*sitemap)))
        }
        View::CodeStyle { theme } => Ok(highlight::style_sheet(theme, config)),
        View::SearchIndex { language } => search_index(language, asker),
        View::Sitemap { lines } => Ok(sitemap::sitemap(&config.base_url, lines)),
        View::SitemapIndex { parts } => Ok(sitemap::index(&config.base_url, parts)),
        View::Redirect { to } => Ok(redirect(config, to)),
        _ => return None,
    })
}

fn search_index(language: &Arc<str>, asker: &Rc<Asker>) -> Result<String, String> {
    let config = asker.config();
    let language = language.clone();
    let mut all = config.search.iter();
    let search = all.find(|search| search.language == language);
    let documents = asker.ask(Question::SearchDocuments { language })?;
    let search = search.ok_or("only what has an index has documents")?;
    Ok(search::index(search, config.search_format, &documents))
}

fn data(of: &DataOf, format: DataFormat, asker: &Rc<Asker>) -> Result<String, String> {
    let base_url = &asker.config().base_url;
    let answer = asker.ask(Question::Data { of: of.clone() })?;
    Ok(match (of, format) {
        (DataOf::Predictions, DataFormat::Json) => data::predictions_json(&answer, base_url),
        (DataOf::Predictions, DataFormat::Csv) => data::predictions_csv(&answer, base_url),
        (_, DataFormat::Json) => data::comparison_json(&answer, base_url),
        (_, DataFormat::Csv) => data::comparison_csv(&answer, base_url),
    })
}

/// A page that leads to another, without script and for readers that follow no refresh.
fn redirect(config: &Config, to: &Address) -> String {
    let full = permalink(config, to);
    let full = escape::address(&full);
    let full = escape::html(&full);
    let path = format!("{}{}", config.base_path, escape::path(to.as_str()));
    let path = escape::html(&path);
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<title>Moved</title>\n\
         <meta name=\"robots\" content=\"noindex\">\n<link rel=\"canonical\" href=\"{full}\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url={path}\">\n</head>\n<body>\n\
         <main><p>This page has moved: <a href=\"{path}\">{full}</a></p></main>\n</body>\n</html>\n",
        escape::html(&config.default_language)
    )
}
