//! The functions that Zola does not have: they read what Dateline makes of the briefs.
//!
//! Each answer has an end, for a function may stand in a template of every page.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Args, content_path, kind_of};
use crate::diagnostic::with_names;
use crate::pages::called::Called;
use crate::pages::compare::chosen::Chosen;
use crate::pages::list;
use crate::pages::predictions::standing_name;
use crate::pages::question::{Asker, Question};
use crate::site::compare::ROWS_MAX;
use crate::site::predictions::Standing;
use crate::value::Value;

/// `get_comparison(slug | companies, limit?, required?=true)`: a comparison that has a page, or one
/// of any companies.
pub fn get_comparison(asker: &Asker, args: &Args) -> Result<Value, String> {
    let chosen = match (args.text("slug")?, texts(args, "companies")?) {
        (Some(slug), None) => Chosen::Slug(slug.into()),
        (None, Some(names)) => Chosen::Companies(names),
        _ => return Err("it takes either a `slug` or a list of `companies`".to_owned()),
    };
    let rows_max = number(args, "limit", ROWS_MAX)?.unwrap_or(ROWS_MAX);
    let required = args.flag("required", true)?;
    asker.ask(Question::Called(Called::Comparison {
        chosen,
        rows_max,
        required,
    }))
}

/// `get_company(name, limit?, required?=true)`: a company by its name, an alias, a product or its
/// slug.
pub fn get_company(asker: &Asker, args: &Args) -> Result<Value, String> {
    let name = args.required_text("name")?.into();
    let limit = limit(args)?;
    let required = args.flag("required", true)?;
    asker.ask(Question::Called(Called::Company {
        name,
        limit,
        required,
    }))
}

/// `get_week(week?, required?=true)`: a recap, of the newest week if none is named.
pub fn get_week(asker: &Asker, args: &Args) -> Result<Value, String> {
    let name = args.text("week")?.map(Arc::from);
    let required = args.flag("required", true)?;
    asker.ask(Question::Called(Called::Week { name, required }))
}

/// `get_predictions(standing?, company?, limit?)`: the predictions of one or some standings.
pub fn get_predictions(asker: &Asker, args: &Args) -> Result<Value, String> {
    let standings = match args.get("standing") {
        None => Standing::ALL.into(),
        Some(Value::Text(_) | Value::Html(_)) => {
            let name = args.required_text("standing")?;
            BTreeSet::from([standing(name)?])
        }
        Some(other) if !matches!(other, Value::List(_)) => {
            return Err(format!(
                "`standing` has to be text or a list of texts, not {}",
                kind_of(other)
            ));
        }
        Some(_) => {
            let names = texts(args, "standing")?.unwrap_or_default();
            names
                .iter()
                .map(|name| standing(name))
                .collect::<Result<_, _>>()?
        }
    };
    let company = args.text("company")?.map(Arc::from);
    let limit = limit(args)?;
    asker.ask(Question::Called(Called::Predictions {
        standings,
        company,
        limit,
    }))
}

/// `get_timeline(company?, limit?)`: the newest items of the timeline.
pub fn get_timeline(asker: &Asker, args: &Args) -> Result<Value, String> {
    let company = args.text("company")?.map(Arc::from);
    let limit = limit(args)?;
    asker.ask(Question::Called(Called::Timeline { company, limit }))
}

/// `get_related(path, lang?)`: the briefs that are related to a page.
pub fn get_related(asker: &Asker, args: &Args) -> Result<Value, String> {
    let path = content_path(asker, args)?;
    asker.ask(Question::Related { path })
}

fn standing(name: &str) -> Result<Standing, String> {
    let found = Standing::ALL.into_iter();
    let mut found = found.filter(|standing| standing_name(*standing) == name);
    found.next().ok_or_else(|| {
        let names = Standing::ALL.map(standing_name);
        with_names(format!("there is no standing `{name}`"), name, names)
    })
}

/// A list of texts that may be missing.
fn texts(args: &Args, name: &str) -> Result<Option<Vec<Arc<str>>>, String> {
    let Some(value) = args.get(name) else {
        return Ok(None);
    };
    let Value::List(list) = value else {
        return Err(format!("`{name}` has to be a list, not {}", kind_of(value)));
    };
    let texts = list.items().iter().map(|item| match item.as_str() {
        Some(text) => Ok(text.into()),
        None => Err(format!(
            "`{name}` has to be a list of texts, and {} is in it",
            kind_of(item)
        )),
    });
    texts.collect::<Result<_, _>>().map(Some)
}

/// How many items each list of an answer has at most.
fn limit(args: &Args) -> Result<usize, String> {
    /// As many as a page of a dense list.
    const LIMIT_MAX: usize = list::DENSE_PAGE_LENGTH;
    let stated = number(args, "limit", LIMIT_MAX)?;
    Ok(stated.unwrap_or(list::PAGE_LENGTH))
}

/// A number from 1 to `max` that may be missing.
fn number(args: &Args, name: &str, max: usize) -> Result<Option<usize>, String> {
    let Some(value) = args.get(name) else {
        return Ok(None);
    };
    let Value::Int(number) = value else {
        return Err(format!(
            "`{name}` has to be a whole number, not {}",
            kind_of(value)
        ));
    };
    match usize::try_from(*number) {
        Ok(number) if (1..=max).contains(&number) => Ok(Some(number)),
        _ => Err(format!(
            "`{name}` has to be a number from 1 to {max}, not {number}"
        )),
    }
}
