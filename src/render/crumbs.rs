//! The way from the home page to a page: the pages above it, as links.

use std::rc::Rc;

use crate::pages::question::{Asker, Question};
use crate::pages::view::named;
use crate::pages::{Page, View};
use crate::value::Value;

/// The pages above a page, the home page first; none above the home page and the 404 page.
/// `title` and `answer` are those of a view of ours or of a term, `section` is Zola's.
///
/// # Errors
/// If the site has no answer to a question, which says that the plan is wrong.
pub fn of(
    page: &Page,
    title: &str,
    answer: &Value,
    section: &Value,
    asker: &Rc<Asker>,
) -> Result<Value, String> {
    let number = page.view.number();
    if matches!(page.view, View::NotFound)
        || (matches!(page.view, View::Home { .. }) && number == 1)
    {
        return Ok(Value::list([]));
    }
    let mut way = vec![named("Home", "/")];
    match &page.view {
        View::Article { path } | View::Section { path, .. } => {
            let above = asker.ask(Question::Way { path: path.clone() })?;
            way.extend(above.items().iter().cloned());
        }
        View::Term { .. } => {
            way.push(named(
                answer.text_of("kind_title"),
                answer.text_of("kind_path"),
            ));
        }
        View::Company { .. } => way.push(named("Companies", "/companies/")),
        View::CompanyTimeline { .. } => {
            way.push(named("Companies", "/companies/"));
            way.push(named(
                answer.text_of("name"),
                answer.text_of("company_path"),
            ));
        }
        View::Pair { .. } | View::NamedComparison { .. } => {
            way.push(named("Comparisons", "/compare/"));
        }
        View::Week { .. } => way.push(named("Weekly recaps", "/weekly/")),
        View::Event { .. } => way.push(named("Events", "/events/")),
        View::Predictions { year: Some(_), .. } => way.push(named("Predictions", "/predictions/")),
        View::Timeline { year: Some(_), .. } => way.push(named("Timeline", "/timeline/")),
        View::Corrections { year: Some(_), .. } => way.push(named("Corrections", "/corrections/")),
        View::Archive { year: Some(_), .. } => way.push(named("Archive", "/archive/")),
        _ => {}
    }
    if number > 1 {
        // The first page of the list is above the others.
        match &page.view {
            View::Home { .. } => {}
            View::Section { .. } => {
                way.push(named(section.text_of("title"), section.text_of("path")));
            }
            View::Term { .. } => way.push(named(title, answer.text_of("path"))),
            _ => {
                let pager = format!("page/{number}/");
                let path = page.address.as_str();
                way.push(named(title, path.strip_suffix(&pager).unwrap_or(path)));
            }
        }
    }
    Ok(Value::list(way))
}
