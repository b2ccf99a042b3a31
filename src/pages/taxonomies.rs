//! Tags, audiences, sources: the list of terms, and a page, a pagination and a feed for each.

use std::fmt::Write as _;

use super::question::Answer;
use super::{content, list, occurring, view};
use crate::diagnostic::{with_guess, with_hint, with_names};
use crate::site::taxonomies::{Kind, Taxonomy, Term};
use crate::site::{Index, Site, addresses};
use crate::value::Value;

fn taxonomy<'s>(site: &'s Site, kind: &Kind) -> Result<&'s Taxonomy, String> {
    site.taxonomies.of_kind(kind).ok_or_else(|| {
        let own = site.taxonomies.of_language(kind.language.as_deref());
        let known: Vec<&str> = own.map(|t| &*t.kind.name).collect();
        let language = match &kind.language {
            Some(language) => format!(" in the language `{language}`"),
            None => String::new(),
        };
        let name = &kind.name;
        let about = format!("there is no taxonomy `{name}`{language}");
        with_names(about, name, known)
    })
}

/// The permalink of a term, by its name.
pub fn permalink(site: &Site, kind: &Kind, term: &str) -> Answer {
    let found = taxonomy(site, kind)?.by_name(term);
    let term = found.ok_or_else(|| format!("the taxonomy `{}` has no term `{term}`", kind.name))?;
    Ok(addresses::permalink(&site.config, &term.address).into())
}

/// A taxonomy as Zola's `get_taxonomy` gives it: all terms with all of their pages.
pub fn in_full(site: &Site, kind: &Kind) -> Answer {
    let taxonomy = taxonomy(site, kind)?;
    let make = || {
        let terms = taxonomy.terms.iter().map(|term| listed(site, term));
        Value::map([
            ("kind", configured(taxonomy)),
            (
                "lang",
                kind.language
                    .as_ref()
                    .unwrap_or(&site.config.default_language)
                    .into(),
            ),
            (
                "permalink",
                addresses::permalink(&site.config, &taxonomy.address).into(),
            ),
            ("items", Value::list(terms)),
        ])
    };
    let all = site.taxonomies.all();
    let position = all.iter().position(|other| std::ptr::eq(other, taxonomy));
    let position = position.expect("the taxonomy is one of the site's");
    Ok(site.shown.taxonomies.get(position, all.len(), make))
}

/// A term as Zola has it, with all of its pages.
pub fn term_in_full(site: &Site, kind: &Kind, slug: &str) -> Answer {
    Ok(listed(site, find_term(taxonomy(site, kind)?, slug)?))
}

/// A term as Zola has it, by its name as it is written, with its pages or without. Absent if there
/// is none and it is not `required`.
pub fn term_named(
    site: &Site,
    kind: &Kind,
    name: &str,
    with_pages: bool,
    required: bool,
) -> Answer {
    let taxonomy = match taxonomy(site, kind) {
        Err(_) if !required => return Ok(Value::None),
        found => found?,
    };
    let is_named = |term: &&Term| *term.name == *name;
    let Some(term) = taxonomy.terms.iter().find(is_named) else {
        return match required {
            true => Err(no_term(site, taxonomy, name)),
            false => Ok(Value::None),
        };
    };
    let term = listed(site, term);
    Ok(match with_pages {
        true => term,
        false => term.with([("pages", Value::list([]))]),
    })
}

fn no_term(site: &Site, taxonomy: &Taxonomy, name: &str) -> String {
    let Kind { name: of, language } = &taxonomy.kind;
    let default = &site.config.default_language;
    let mut about = format!("the taxonomy `{of}` has no term `{name}`");
    if !site.config.languages.is_empty() {
        let language = language.as_ref().unwrap_or(default);
        let _ = write!(about, " in the language `{language}`");
        let in_others = site.taxonomies.all().iter().filter(|t| t.kind.name == *of);
        let mut in_others = in_others.filter(|t| t.by_name(name).is_some());
        if taxonomy.by_name(name).is_none()
            && let Some(other) = in_others.next()
        {
            let other = other.kind.language.as_ref().unwrap_or(default);
            return with_hint(about, format_args!("`lang=\"{other}\"` has it"));
        }
    }
    let known = taxonomy.terms.iter().map(|term| &*term.name);
    // Zola takes the name as it is written, which is near to itself in other letters.
    let slug = taxonomy.by_name(name).map(|term| &*term.name);
    match slug {
        Some(slug) => with_guess(about, Some(slug)),
        None => with_names(about, name, known),
    }
}

fn listed(site: &Site, term: &Term) -> Value {
    let make = || {
        let pages = term.pages.iter().map(|page| content::listed(site, *page));
        Value::map([
            ("name", Value::from(&term.name)),
            ("slug", (&term.slug).into()),
            ("path", (&term.address).into()),
            (
                "permalink",
                addresses::permalink(&site.config, &term.address).into(),
            ),
            ("pages", Value::list(pages)),
            ("page_count", term.pages.len().into()),
        ])
    };
    let count = site.taxonomies.term_count();
    site.shown.terms.get(term.number, count, make)
}

/// What the configuration says of a taxonomy, by its name.
pub fn stated(site: &Site, kind: &Kind) -> Answer {
    Ok(configured(taxonomy(site, kind)?))
}

/// What the configuration says of a taxonomy: Zola's `taxonomy`.
fn configured(taxonomy: &Taxonomy) -> Value {
    /// Zola has nothing where nothing is configured.
    const USUAL_PATH: &str = "page";
    let config = &taxonomy.config;
    let path = Some(&config.paginate_path).filter(|path| &***path != USUAL_PATH);
    let paginate_by = Some(config.paginate_by).filter(|length| *length > 0);
    Value::map([
        ("name", Value::from(&config.name)),
        ("slug", (&config.slug).into()),
        ("title", title(&config.name).into()),
        ("paginate_by", paginate_by.into()),
        ("paginate_path", path.map(Value::from).into()),
        ("render", config.render.into()),
        ("feed", config.feed.into()),
    ])
}

fn find_term<'t>(taxonomy: &'t Taxonomy, slug: &str) -> Result<&'t Term, String> {
    taxonomy.by_slug(slug).ok_or_else(|| {
        let kind = &taxonomy.config.name;
        format!("the taxonomy `{kind}` has no term `{slug}`")
    })
}

/// The list of the terms of a taxonomy.
pub fn terms(site: &Site, kind: &Kind) -> Answer {
    let taxonomy = taxonomy(site, kind)?;
    let terms = taxonomy.terms.iter().map(|term| {
        Value::map([
            ("name", Value::from(&term.name)),
            ("slug", (&term.slug).into()),
            ("path", (&term.address).into()),
            (
                "permalink",
                addresses::permalink(&site.config, &term.address).into(),
            ),
            ("page_count", term.pages.len().into()),
        ])
    });
    Ok(configured(taxonomy).with([
        ("path", (&taxonomy.address).into()),
        (
            "permalink",
            addresses::permalink(&site.config, &taxonomy.address).into(),
        ),
        ("items", Value::list(terms)),
    ]))
}

/// How many items a page of a term has: as the configuration says; on a Dateline site with the
/// built-in theme no list is without end.
pub fn page_length(site: &Site, taxonomy: &Taxonomy) -> usize {
    match taxonomy.config.paginate_by {
        0 if site.cuts_lists() => list::PAGE_LENGTH,
        stated => stated,
    }
}

/// One page of the list of a term as Zola's templates have it, with what the configuration says
/// of the taxonomy.
pub fn term_list(site: &Site, kind: &Kind, slug: &str, number: usize) -> Answer {
    let taxonomy = taxonomy(site, kind)?;
    let term = find_term(taxonomy, slug)?;
    let pages = list::rendered(site, &term.pages);
    let shown = list::slice(&pages, page_length(site, taxonomy), number);
    let shown = shown.iter().map(|page| content::listed(site, *page));
    Ok(Value::map([
        ("taxonomy", configured(taxonomy)),
        ("pages", Value::list(shown)),
        ("paginator", paginator(site, taxonomy, term, number)),
    ]))
}

fn paginator(site: &Site, taxonomy: &Taxonomy, term: &Term, number: usize) -> Value {
    list::paginator(
        &term.address,
        &taxonomy.config.paginate_path,
        list::rendered(site, &term.pages).len(),
        page_length(site, taxonomy),
        number,
    )
}

/// A term with one page of its list.
pub fn term(site: &Site, kind: &Kind, slug: &str, number: usize) -> Answer {
    let taxonomy = taxonomy(site, kind)?;
    let term = find_term(taxonomy, slug)?;
    let pages = list::rendered(site, &term.pages);
    let shown = list::slice(&pages, page_length(site, taxonomy), number);
    let name = &*kind.name;
    let next_steps = if name == "audiences" {
        next_steps(site, shown)
    } else {
        Value::list([])
    };
    let occurring: &[Index] = if number == 1 { &term.pages } else { &[] };
    let own_tag = (name == "tags").then_some(&*term.slug);
    Ok(Value::map([
        ("taxonomy", configured(taxonomy)),
        ("companies", occurring::companies(site, occurring, None)),
        ("tags", occurring::tags(site, occurring, own_tag)),
        ("kind", name.into()),
        ("kind_title", title(name).into()),
        ("kind_path", (&taxonomy.address).into()),
        ("name", (&term.name).into()),
        ("slug", (&term.slug).into()),
        ("path", (&term.address).into()),
        (
            "permalink",
            addresses::permalink(&site.config, &term.address).into(),
        ),
        ("page_count", term.pages.len().into()),
        ("summary", content::summary(site, &term.pages)),
        ("newest", newest(site, term)),
        (
            "feed",
            taxonomy
                .config
                .feed
                .then(|| term.address.join("atom.xml"))
                .as_ref()
                .map(Value::from)
                .into(),
        ),
        ("pages", view::cards(site, shown)),
        ("next_steps", next_steps),
        ("paginator", paginator(site, taxonomy, term, number)),
    ]))
}

fn newest(site: &Site, term: &Term) -> Value {
    term.pages
        .first()
        .and_then(|index| site.entry(*index).front_matter().date.as_ref())
        .map(|d| d.text.clone())
        .into()
}

/// What each of some briefs says to do next.
pub fn next_steps(site: &Site, briefs: &[Index]) -> Value {
    Value::list(briefs.iter().filter_map(|index| {
        let entry = site.entry(*index);
        let next = entry.brief()?.tldr.next?;
        Some(Value::map([
            ("html", view::html_elsewhere(site, entry, next)),
            ("brief", view::card(site, *index)),
        ]))
    }))
}

/// The heading of a taxonomy: its name with a capital.
pub fn title(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
