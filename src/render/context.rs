//! What a template sees of a page: made here, by questions to the site, when the page is rendered.

use std::rc::Rc;
use std::sync::Arc;

use super::crumbs;
use super::theme::Theme;
use crate::address::Address;
use crate::config::Config;
use crate::content::name::FileName;
use crate::pages::question::{Asker, Question};
use crate::pages::{Page, View, content};
use crate::site::taxonomies::Kind;
use crate::value::Value;

/// How a view becomes HTML.
pub struct Shown {
    /// The templates that can lay the page out; the first that the theme has is taken.
    pub templates: Vec<String>,
    /// For a view that themes may not know.
    pub fragment: Option<Fragment>,
    /// What templates see.
    pub context: Value,
    /// What templates see beside it that know our views.
    pub ours: Value,
    /// The pages above, as links, the home page first.
    pub crumbs: Value,
}

/// A view as the content of a page.
pub struct Fragment {
    /// The name of its template among `fragments/`.
    pub name: &'static str,
    /// Every key of a page of Zola's but `content`.
    pub page: Value,
}

type Entries = Vec<(&'static str, Value)>;

/// The context of an HTML page, without what its template cannot read and is costly to make.
///
/// # Errors
/// If the site has no answer to a question of the page, which says that the plan is wrong.
pub fn of(page: &Page, theme: &Theme, asker: &Rc<Asker>) -> Result<Shown, String> {
    let ask = |question: Question| asker.ask(question);
    let config = asker.config();
    let language = language_of(&page.view, config);
    let code = language.as_ref().unwrap_or(&config.default_language);
    let mut ours: Entries = vec![("dir", direction(code).into())];
    let lang = ("lang", code.into());
    let of_config = ("config", ask(Question::Config { language })?);
    let mut entries: Entries = vec![of_config, ("site", ask(Question::Masthead)?), lang];
    let here = [
        ("current_path", (&page.address).into()),
        ("current_url", permalink(config, &page.address).into()),
    ];
    // Zola's 404 page stands nowhere.
    if page.view == View::NotFound {
        ours.extend(here);
    } else {
        entries.extend(here);
    }
    let introduction = introduction(&page.address, asker);
    let mut making = Making {
        theme,
        asker,
        entries: &mut entries,
        ours: &mut ours,
    };
    let (templates, derived) = making.view(&page.view)?;
    let shown = derived.as_ref();
    let shown = shown.map(|(_, title, answer)| (title.as_str(), answer));
    let crumbs = if derived.is_some() || theme.reads(&templates, "head") {
        way_to(page, shown, &entries, asker)?
    } else {
        Value::None
    };
    ours.push(("here", navigation_link(&page.address, asker)?));
    ours.push(("crumbs", crumbs.clone()));
    let fragment = match derived {
        None => None,
        Some((name, title, answer)) => {
            let derived = derived_page(page, &title, &answer, &introduction, asker)?;
            ours.push(("view", answer));
            if !matches!(page.view, View::Terms { .. } | View::Term { .. }) {
                entries.push(("page", derived.clone()));
            }
            Some(Fragment {
                name,
                page: derived,
            })
        }
    };
    entries.push(("introduction", introduction));
    Ok(Shown {
        templates,
        fragment,
        context: Value::map(entries),
        ours: Value::map(ours),
        crumbs,
    })
}

/// The language of a page, if it is not the default one.
fn language_of(view: &View, config: &Config) -> Option<Arc<str>> {
    match view {
        View::Article { path } | View::Section { path, .. } => FileName::new(path, config).language,
        View::LanguageHome { language } => Some(language.clone()),
        View::Terms { kind } | View::Term { kind, .. } => kind.language.clone(),
        _ => None,
    }
}

/// The pages above a page: of a view of ours or a term by its title and answer, of a section by
/// what Zola has of it.
fn way_to(
    page: &Page,
    shown: Option<(&str, &Value)>,
    entries: &Entries,
    asker: &Rc<Asker>,
) -> Result<Value, String> {
    let nothing = Value::None;
    let (title, answer) = shown.unwrap_or(("", &nothing));
    let section = entries.iter().find(|(name, _)| *name == "section");
    let section = section.map_or(&nothing, |(_, section)| section);
    crumbs::of(page, title, answer, section, asker)
}

/// The link of the navigation that a page stands at or below.
fn navigation_link(address: &Address, asker: &Rc<Asker>) -> Result<Value, String> {
    let masthead = asker.ask(Question::Masthead)?;
    let links = masthead.items_of("navigation").iter();
    let mut paths = links.filter_map(|link| link.get("path"));
    let above = paths.find(|path| {
        let path = path.as_str().unwrap_or_default();
        path.len() > 1 && address.as_str().starts_with(path)
    });
    Ok(above.cloned().unwrap_or_default())
}

/// The direction in which a language is written: the value of the attribute `dir`. Languages by
/// ISO 639, of scripts that CLDR lists as running from right to left.
fn direction(language: &str) -> &'static str {
    const RIGHT_TO_LEFT: [&str; 11] = [
        "ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi",
    ];
    let primary = language.split(['-', '_']).next().unwrap_or_default();
    if RIGHT_TO_LEFT.contains(&primary.to_ascii_lowercase().as_str()) {
        "rtl"
    } else {
        "ltr"
    }
}

fn permalink(config: &Config, address: &Address) -> Arc<str> {
    crate::site::addresses::permalink(config, address)
}

/// The template that the content states, before the one of the theme.
fn templates(layout: &Value, own: &str) -> Vec<String> {
    let stated = layout
        .get("template")
        .and_then(Value::as_str)
        .map(str::to_owned);
    stated.into_iter().chain([own.to_owned()]).collect()
}

/// The version of Zola that themes are to think they run in.
const ZOLA_VERSION: &str = "0.22.1";

/// The templates of a view, and of what is shown as a fragment its name, title and answer.
type Laid = (Vec<String>, Option<(&'static str, String, Value)>);

/// A context in the making.
struct Making<'a> {
    theme: &'a Theme,
    asker: &'a Rc<Asker>,
    entries: &'a mut Entries,
    ours: &'a mut Entries,
}

impl Making<'_> {
    fn view(&mut self, view: &View) -> Result<Laid, String> {
        let templates = match view {
            View::Article { path } => self.article(path)?,
            View::Home { number } => self.home(*number)?,
            View::Section { path, number } => self.section(path, *number)?,
            View::LanguageHome { language } => self.language_home(language)?,
            View::NotFound => vec!["404.html".to_owned()],
            View::Terms { kind } => {
                let (answer, templates) = terms(kind, self.asker, self.entries)?;
                let title = answer.text_of("title").to_owned();
                return Ok((templates, Some(("terms", title, answer))));
            }
            View::Term { kind, slug, number } => return self.term(kind, slug, *number),
            view => {
                let (name, title, answer) = view_of_ours(view, self.asker)?;
                let templates = vec![format!("{name}.html"), "page.html".to_owned()];
                return Ok((templates, Some((name, title, answer))));
            }
        };
        Ok((templates, None))
    }

    fn article(&mut self, path: &Arc<str>) -> Result<Vec<String>, String> {
        let mut page = self.asker.ask(Question::Page { path: path.clone() })?;
        let layout = self.asker.ask(Question::Layout { path: path.clone() })?;
        let mut templates = templates(&layout, "page.html");
        if layout.is("brief") {
            templates.insert(templates.len() - 1, "brief.html".to_owned());
            let path = path.clone();
            if self.theme.reads(&templates, "related") {
                let related = self.asker.ask(Question::Related { path: path.clone() })?;
                self.entries.push(("related", related));
            }
            let is_read = |name| self.theme.reads(&templates, name);
            if is_read("brief") || is_read("head") {
                let brief = self.asker.ask(Question::Brief { path })?;
                page = page.with([("brief", brief)]);
            }
        }
        self.entries.push(("page", page));
        self.entries.push(("zola_version", ZOLA_VERSION.into()));
        Ok(templates)
    }

    fn home(&mut self, number: usize) -> Result<Vec<String>, String> {
        let root: Arc<str> = content::ROOT.into();
        let layout = self.asker.ask(Question::Layout { path: root.clone() });
        let templates = match &layout {
            Ok(layout) => {
                let templates = templates(layout, "index.html");
                self.list(&root, (layout, &templates), number)?;
                templates
            }
            Err(_) => {
                let section = self.asker.ask(Question::Section {
                    path: root,
                    with_pages: !self.asker.theme_is_ours(),
                })?;
                self.entries.push(("section", section));
                vec!["index.html".to_owned()]
            }
        };
        let masthead = self.asker.ask(Question::Masthead)?;
        if masthead.is("is_dateline") && number == 1 && self.theme.reads(&templates, "home") {
            self.entries.push(("home", self.asker.ask(Question::Home)?));
        }
        Ok(templates)
    }

    fn language_home(&mut self, language: &Arc<str>) -> Result<Vec<String>, String> {
        let section = self.asker.ask(Question::Section {
            path: content::root_in(Some(language)).into(),
            with_pages: true,
        })?;
        self.entries.push(("section", section));
        Ok(vec!["index.html".to_owned()])
    }

    fn section(&mut self, path: &Arc<str>, number: usize) -> Result<Vec<String>, String> {
        let layout = self.asker.ask(Question::Layout { path: path.clone() })?;
        // As in Zola, the home page of each language.
        let is_home = path.starts_with("_index.") && !self.asker.theme_is_ours();
        let template = if is_home {
            "index.html"
        } else {
            "section.html"
        };
        let templates = templates(&layout, template);
        self.list(path, (&layout, &templates), number)?;
        Ok(templates)
    }

    /// A section as Zola's templates see it: with all of its pages, or with a paginator. The
    /// built-in theme shows the list, which it cuts into pages in any case on a Dateline site.
    fn list(
        &mut self,
        path: &Arc<str>,
        (layout, templates): (&Value, &[String]),
        number: usize,
    ) -> Result<(), String> {
        let with_pages = !layout.is("paginated") && !layout.is("cut");
        let mut section = self.asker.ask(Question::Section {
            path: path.clone(),
            with_pages,
        })?;
        let list = self.asker.ask(Question::SectionList {
            path: path.clone(),
            number,
            as_cards: self.theme.pick(templates).is_built_in,
        })?;
        let pages = list.get("pages").cloned().unwrap_or_default();
        if layout.is("paginated") {
            let paginator = list.get("paginator").cloned().unwrap_or_default();
            let paginator = zola_paginator(self.asker.config(), &paginator, pages);
            self.entries.push(("paginator", paginator));
        } else if !with_pages {
            section = section.with([("pages", pages)]);
        }
        self.entries.push(("section", section));
        self.ours.push(("list", list));
        Ok(())
    }

    fn term(&mut self, kind: &Kind, slug: &Arc<str>, number: usize) -> Result<Laid, String> {
        let templates = vec![
            format!("{}/single.html", kind.name),
            "taxonomy_single.html".to_owned(),
            "page.html".to_owned(),
        ];
        self.entries.push(("number", number.into()));
        let is_ours = self.asker.theme_is_ours();
        let picked = self.theme.pick(&templates);
        let is_laid_out = !picked.is_built_in && picked.template != "page.html";
        if !is_ours {
            self.zola_term(kind, slug, number)?;
        }
        if is_laid_out && !self.theme.reads(&templates, "head") {
            return Ok((templates, None));
        }
        let answer = self.asker.ask(Question::Term {
            kind: kind.clone(),
            slug: slug.clone(),
            number,
        })?;
        if is_ours {
            let of_answer = |key: &str| answer.get(key).cloned().unwrap_or_default();
            let paginator = of_answer("paginator").with([("pages", of_answer("pages"))]);
            self.entries.push(("paginator", paginator));
            self.entries.push(("term", answer.clone()));
            self.entries.push(("taxonomy", of_answer("taxonomy")));
        }
        let title = answer.text_of("name").to_owned();
        Ok((templates, Some(("term", title, answer))))
    }

    /// A term as Zola's templates see it.
    fn zola_term(&mut self, kind: &Kind, slug: &Arc<str>, number: usize) -> Result<(), String> {
        let term = self.asker.ask(Question::TermInFull {
            kind: kind.clone(),
            slug: slug.clone(),
        })?;
        let list = self.asker.ask(Question::TermList {
            kind: kind.clone(),
            slug: slug.clone(),
            number,
        })?;
        let of_list = |key: &str| list.get(key).cloned().unwrap_or_default();
        let paginator = of_list("paginator");
        if paginator.get("paginate_by").and_then(Value::as_int) > Some(0) {
            let config = self.asker.config();
            let paginator = zola_paginator(config, &paginator, of_list("pages"));
            self.entries.push(("paginator", paginator));
        }
        let taxonomy = of_list("taxonomy");
        self.entries.push(("term", term));
        self.entries.push(("taxonomy", taxonomy));
        Ok(())
    }
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
    paginator.with([
        full("first"),
        full("last"),
        full("previous"),
        full("next"),
        full("base_url"),
        ("pages", pages),
    ])
}

fn terms(
    kind: &Kind,
    asker: &Rc<Asker>,
    entries: &mut Entries,
) -> Result<(Value, Vec<String>), String> {
    let answer = asker.ask(Question::Terms { kind: kind.clone() })?;
    let (taxonomy, terms) = if asker.theme_is_ours() {
        (answer.clone(), answer.get("items").cloned())
    } else {
        let in_full = asker.ask(Question::Taxonomy { kind: kind.clone() })?;
        let taxonomy = in_full.get("kind").cloned().unwrap_or_default();
        (taxonomy, in_full.get("items").cloned())
    };
    entries.push(("terms", terms.unwrap_or_default()));
    entries.push(("taxonomy", taxonomy));
    let templates = vec![
        format!("{}/list.html", kind.name),
        "taxonomy_list.html".to_owned(),
        "page.html".to_owned(),
    ];
    Ok((answer, templates))
}

/// The fragment's name, the title and the answer of a view of ours.
fn view_of_ours(view: &View, asker: &Rc<Asker>) -> Result<(&'static str, String, Value), String> {
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
    page: &Page,
    title: &str,
    answer: &Value,
    introduction: &Value,
    asker: &Rc<Asker>,
) -> Result<Value, String> {
    let config = asker.config();
    let date = match answer.get("newest") {
        Some(newest) => newest.clone(),
        None if asker.theme_is_ours() => Value::None,
        // Many themes print the date of a page without a look whether it has one.
        None => asker.ask(Question::NewestDate)?,
    };
    let part_of_date = |range: std::ops::Range<usize>| -> Value {
        let digits = date.as_str().and_then(|text| text.get(range));
        digits.and_then(|digits| digits.parse::<i64>().ok()).into()
    };
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
    let slug = page.address.as_str().trim_matches('/').rsplit('/').next();
    let empty = || Value::map::<&'static str, _>([]);
    Ok(Value::map([
        ("title", Value::from(title)),
        ("description", description.into()),
        ("path", (&page.address).into()),
        ("permalink", permalink(config, &page.address).into()),
        ("slug", slug.into()),
        ("components", Value::list(components.map(Value::from))),
        ("ancestors", Value::list([Value::from("_index.md")])),
        ("year", part_of_date(0..4)),
        ("month", part_of_date(5..7)),
        ("day", part_of_date(8..10)),
        ("date", date),
        ("updated", Value::None),
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
    ]))
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
