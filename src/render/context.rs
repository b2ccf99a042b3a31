//! What a template sees of a page: made here, by questions to the site, when the page is rendered.

use std::rc::Rc;
use std::sync::Arc;

use crate::address::Address;
use crate::config::Config;
use crate::pages::question::{Asker, Question};
use crate::pages::{Page, View};
use crate::value::Value;

/// How a view becomes HTML.
pub struct Shown {
    /// The templates that can lay the page out; the first that the theme has is taken.
    pub templates: Vec<String>,
    /// The template of our own fragment, for a view that themes do not know.
    pub fragment: Option<&'static str>,
    /// Everything but `content` of a fragment.
    pub context: Value,
}

type Entries = Vec<(&'static str, Value)>;

/// The context of an HTML page.
///
/// # Errors
/// If the site has no answer to a question of the page, which says that the plan is wrong.
pub fn of(page: &Page, asker: &Rc<Asker>) -> Result<Shown, String> {
    let ask = |question: Question| asker.ask(question);
    let config = asker.config();
    let mut entries: Entries = vec![
        ("config", ask(Question::Config)?),
        ("site", ask(Question::Masthead)?),
        ("lang", (&config.default_language).into()),
        ("current_path", (&page.address).into()),
        ("current_url", permalink(config, &page.address).into()),
    ];
    let introduction = introduction(&page.address, asker);
    let (templates, fragment) = match &page.view {
        View::Article { path } => article(path, asker, &mut entries)?,
        View::Home { number } => home(&page.address, *number, asker, &mut entries)?,
        View::Section { path, number } => section(path, *number, asker, &mut entries)?,
        View::Terms { kind } => terms(kind, asker, &mut entries)?,
        View::Term { kind, slug, number } => {
            let question = Question::Term {
                kind: kind.clone(),
                slug: slug.clone(),
                number: *number,
            };
            term(kind, &ask(question)?, *number, &mut entries)
        }
        View::NotFound => (vec!["404.html".to_owned()], None),
        view => {
            let (name, title, answer) = ours(view, asker)?;
            entries.push((
                "page",
                derived_page(config, page, &title, &answer, &introduction),
            ));
            entries.push(("view", answer));
            (
                vec![format!("{name}.html"), "page.html".to_owned()],
                Some(name),
            )
        }
    };
    entries.push(("introduction", introduction));
    Ok(Shown {
        templates,
        fragment,
        context: Value::map(entries),
    })
}

fn permalink(config: &Config, address: &Address) -> Arc<str> {
    crate::site::addresses::permalink(config, address)
}

type Templates = (Vec<String>, Option<&'static str>);

/// The template that the content states, before the one of the theme.
fn templates(layout: &Value, own: &str) -> Vec<String> {
    let stated = layout
        .get("template")
        .and_then(Value::as_str)
        .map(str::to_owned);
    stated.into_iter().chain([own.to_owned()]).collect()
}

fn article(path: &Arc<str>, asker: &Rc<Asker>, entries: &mut Entries) -> Result<Templates, String> {
    let page = asker.ask(Question::Page { path: path.clone() })?;
    let siblings = asker.ask(Question::Siblings { path: path.clone() })?;
    let neighbour = |name: &str| {
        (
            name.to_owned(),
            siblings.get(name).cloned().unwrap_or_default(),
        )
    };
    let mut page = page.with([neighbour("lower"), neighbour("higher")]);
    let layout = asker.ask(Question::Layout { path: path.clone() })?;
    let mut templates = templates(&layout, "page.html");
    if layout.is("brief") {
        let brief = asker.ask(Question::Brief { path: path.clone() })?;
        entries.push((
            "related",
            asker.ask(Question::Related { path: path.clone() })?,
        ));
        page = page.with([("brief", brief)]);
        templates.insert(templates.len() - 1, "brief.html".to_owned());
    }
    entries.push(("page", page));
    Ok((templates, None))
}

fn home(
    address: &Address,
    number: usize,
    asker: &Rc<Asker>,
    entries: &mut Entries,
) -> Result<Templates, String> {
    let root: Arc<str> = "_index.md".into();
    let layout = asker.ask(Question::Layout { path: root.clone() });
    let templates = match &layout {
        Ok(layout) => {
            list_of_section(&root, layout, number, asker, entries)?;
            templates(layout, "index.html")
        }
        Err(_) => {
            entries.push(("section", empty_home(asker.config(), address)));
            vec!["index.html".to_owned()]
        }
    };
    let masthead = asker.ask(Question::Masthead)?;
    if masthead.is("is_dateline") && number == 1 {
        entries.push(("home", asker.ask(Question::Home)?));
    }
    Ok((templates, None))
}

/// The home page of a site whose content has no `_index.md`, as Zola makes it up.
fn empty_home(config: &Config, address: &Address) -> Value {
    Value::map([
        ("title", Value::from(config.title.clone())),
        ("description", config.description.clone().into()),
        ("content", Value::html("")),
        ("path", address.into()),
        ("permalink", permalink(config, address).into()),
        ("pages", Value::list([])),
        ("subsections", Value::list([])),
        ("ancestors", Value::list([])),
        ("extra", Value::map::<&'static str, _>([])),
        ("toc", Value::list([])),
    ])
}

fn section(
    path: &Arc<str>,
    number: usize,
    asker: &Rc<Asker>,
    entries: &mut Entries,
) -> Result<Templates, String> {
    let layout = asker.ask(Question::Layout { path: path.clone() })?;
    list_of_section(path, &layout, number, asker, entries)?;
    Ok((templates(&layout, "section.html"), None))
}

/// A section as Zola's templates see it: with all of its pages, or with a paginator. The built-in
/// theme shows the list, which is cut into pages in any case.
fn list_of_section(
    path: &Arc<str>,
    layout: &Value,
    number: usize,
    asker: &Rc<Asker>,
    entries: &mut Entries,
) -> Result<(), String> {
    let with_pages = !layout.is("paginated") && !layout.is("is_dateline");
    let mut section = asker.ask(Question::Section {
        path: path.clone(),
        with_pages,
    })?;
    let list = asker.ask(Question::SectionList {
        path: path.clone(),
        number,
    })?;
    let pages = list.get("pages").cloned().unwrap_or_default();
    if layout.is("paginated") {
        let paginator = list.get("paginator").cloned().unwrap_or_default();
        entries.push((
            "paginator",
            zola_paginator(asker.config(), &paginator, pages),
        ));
    } else if !with_pages {
        section = section.with([("pages", pages)]);
    }
    entries.push(("section", section));
    entries.push(("list", list));
    Ok(())
}

/// Zola's paginator has full addresses, and the pages in it.
fn zola_paginator(config: &Config, paginator: &Value, pages: Value) -> Value {
    let full = |name: &'static str| {
        let path = paginator.get(name).and_then(Value::as_str);
        (
            name,
            path.map(|path| format!("{}{path}", config.base_url)).into(),
        )
    };
    let base = paginator
        .get("first")
        .and_then(Value::as_str)
        .unwrap_or("/");
    paginator.with([
        full("first"),
        full("last"),
        full("previous"),
        full("next"),
        ("base_url", format!("{}{base}page/", config.base_url).into()),
        ("pages", pages),
    ])
}

fn terms(kind: &Arc<str>, asker: &Rc<Asker>, entries: &mut Entries) -> Result<Templates, String> {
    let taxonomy = asker.ask(Question::Taxonomy {
        kind: kind.clone(),
        language: None,
    })?;
    entries.push(("terms", taxonomy.get("items").cloned().unwrap_or_default()));
    entries.push(("view", taxonomy.clone()));
    entries.push(("taxonomy", taxonomy));
    Ok((
        vec![
            format!("{kind}/list.html"),
            "taxonomy_list.html".to_owned(),
            "page.html".to_owned(),
        ],
        None,
    ))
}

fn term(kind: &str, answer: &Value, number: usize, entries: &mut Entries) -> Templates {
    let taxonomy = Value::map([("name", Value::from(kind)), ("slug", kind.into())]);
    entries.push(("taxonomy", taxonomy));
    entries.push(("term", answer.clone()));
    entries.push((
        "paginator",
        answer
            .get("paginator")
            .cloned()
            .unwrap_or_default()
            .with([("pages", answer.get("pages").cloned().unwrap_or_default())]),
    ));
    entries.push(("number", number.into()));
    entries.push(("view", answer.clone()));
    (
        vec![
            format!("{kind}/single.html"),
            "taxonomy_single.html".to_owned(),
            "page.html".to_owned(),
        ],
        None,
    )
}

/// The fragment's name, the title and the answer of a view of ours.
fn ours(view: &View, asker: &Rc<Asker>) -> Result<(&'static str, String, Value), String> {
    let (name, question) = match view.clone() {
        View::Companies { number } => ("companies", Question::Companies { number }),
        View::Company { slug, number } => ("company", Question::Company { slug, number }),
        View::CompanyTimeline { slug, number } => (
            "company-timeline",
            Question::CompanyTimeline { slug, number },
        ),
        View::Compare => ("compare", Question::Compare),
        View::Pair { first, second } => ("comparison", Question::Pair { first, second }),
        View::NamedComparison { path } => ("comparison", Question::NamedComparison { path }),
        View::Predictions { year, number } => {
            ("predictions", Question::Predictions { year, number })
        }
        View::Timeline { year, number } => ("timeline", Question::Timeline { year, number }),
        View::Corrections { year, number } => {
            ("corrections", Question::Corrections { year, number })
        }
        View::Archive { year, number } => ("archive", Question::Archive { year, number }),
        View::Weeks { number } => ("weeks", Question::Weeks { number }),
        View::Week { week } => ("weekly", Question::Week { week }),
        View::Events { number } => ("events", Question::Events { number }),
        View::Event { slug, number } => ("event", Question::Event { slug, number }),
        other => return Err(format!("{other:?} is no page with a template")),
    };
    let answer = asker.ask(question)?;
    let text = |key: &str| {
        answer
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let year = answer.get("year").and_then(Value::as_int);
    let dated =
        |title: &str| year.map_or_else(|| title.to_owned(), |year| format!("{title} of {year}"));
    let title = match name {
        "companies" => "Companies".to_owned(),
        "company" => text("name"),
        "company-timeline" => format!("Timeline of {}", text("name")),
        "compare" => "Comparisons".to_owned(),
        "predictions" => dated("Predictions"),
        "timeline" => dated("Timeline"),
        "corrections" => dated("Corrections"),
        "archive" => dated("Archive"),
        "weeks" => "Weekly recaps".to_owned(),
        "events" => "Events".to_owned(),
        _ => text("title"),
    };
    Ok((name, title, answer))
}

/// A view of ours as a page that has every key of a page of Zola's.
fn derived_page(
    config: &Config,
    page: &Page,
    title: &str,
    answer: &Value,
    introduction: &Value,
) -> Value {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let number = page.view.number();
    let title = text(introduction, "title").unwrap_or_else(|| title.to_owned());
    let title = if number > 1 {
        format!("{title}, page {number}")
    } else {
        title
    };
    let description = text(answer, "description")
        .or_else(|| text(introduction, "description"))
        .or_else(|| text(answer, "summary"));
    let components = page
        .address
        .as_str()
        .split('/')
        .filter(|part| !part.is_empty());
    let empty = || Value::map::<&'static str, _>([]);
    Value::map([
        ("title", Value::from(title)),
        ("description", description.into()),
        ("path", (&page.address).into()),
        ("permalink", permalink(config, &page.address).into()),
        (
            "slug",
            page.address
                .as_str()
                .trim_matches('/')
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .into(),
        ),
        ("components", Value::list(components.map(Value::from))),
        ("ancestors", Value::list([Value::from("_index.md")])),
        ("date", answer.get("newest").cloned().unwrap_or_default()),
        ("updated", Value::None),
        ("year", Value::None),
        ("month", Value::None),
        ("day", Value::None),
        ("relative_path", Value::None),
        ("colocated_path", Value::None),
        ("summary", Value::None),
        ("taxonomies", empty()),
        ("extra", empty()),
        ("authors", Value::list([])),
        ("assets", Value::list([])),
        ("translations", Value::list([])),
        ("backlinks", Value::list([])),
        ("toc", Value::list([])),
        ("draft", false.into()),
        ("lang", (&config.default_language).into()),
        ("lower", Value::None),
        ("higher", Value::None),
        ("word_count", 0usize.into()),
        ("reading_time", 0usize.into()),
    ])
}

/// The `_index.md` that stands at the address of a view of ours: title, description and body.
fn introduction(address: &Address, asker: &Rc<Asker>) -> Value {
    if *address == Address::root() {
        return Value::None;
    }
    let path: Arc<str> = format!("{}_index.md", &address.as_str()[1..]).into();
    asker
        .ask(Question::Introduction { path })
        .unwrap_or_default()
}
