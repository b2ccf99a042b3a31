//! The front matter of a file: where it stands, and Zola's keys in it.

use std::ops::Range;
use std::sync::Arc;

use super::Context;
use super::article::{FrontMatter, SectionKeys, SortBy};
use super::date::Moment;
use crate::config::{AnchorPlace, Config};
use crate::data::{Data, Entry, Placed, Reader, value_of};
use crate::diagnostic::{Diagnostics, Place, nearest};

/// Where the front matter stands in a file, and where the body begins.
#[derive(Debug)]
pub struct Block {
    pub fence: Fence,
    /// The lines between the fences.
    pub bytes: Range<usize>,
    /// Behind the closing fence and its line end.
    pub body: usize,
}

/// Which language the front matter is in, by the lines around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fence {
    /// `+++`
    Toml,
    /// `---`
    Yaml,
}

/// What some editors put at the begin of a file.
const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// Finds the front matter. White space before it and behind its fences does no harm.
pub fn find(text: &str, file: &Arc<str>, problems: &mut Diagnostics) -> Option<Block> {
    let trimmed = text
        .trim_start_matches(BYTE_ORDER_MARK)
        .trim_start_matches(char::is_whitespace);
    let start = text.len() - trimmed.len();
    let first = trimmed.split_inclusive('\n').next().unwrap_or("");
    let (fence, line) = match first.trim_end() {
        "+++" => (Fence::Toml, "+++"),
        "---" => (Fence::Yaml, "---"),
        shown => {
            problems.no_front_matter(Place::bytes(file, start..start + shown.len()));
            return None;
        }
    };
    let from = start + first.len();
    let mut at = from;
    for next in text[from..].split_inclusive('\n') {
        let end = at + next.len();
        if next.trim_end() == line {
            return Some(Block {
                fence,
                bytes: from..at,
                body: end,
            });
        }
        at = end;
    }
    problems.unclosed_front_matter(Place::bytes(file, start..start + 3), line);
    None
}

/// The tables of ours under `extra`, and what a key that should be one of them looks like.
pub const OUR_TABLES: [&str; 5] = ["brief", "company", "comparison", "event", "week"];

/// Reads Zola's keys. Hands back what is under `extra` as well, for the tables of ours.
pub fn read(
    entries: Vec<Entry>,
    context: &Context<'_>,
    problems: &mut Diagnostics,
) -> (FrontMatter, Vec<Entry>) {
    let Context { file, name, config } = context;
    let mut keys = Reader::new(file, "", entries);
    let mut front_matter = FrontMatter {
        title: keys.text("title", problems),
        description: keys.text("description", problems),
        draft: keys.flag("draft", problems).unwrap_or(false),
        aliases: keys.placed_texts("aliases", problems).unwrap_or_default(),
        template: keys.placed_text("template", problems),
        weight: keys.number("weight", problems),
        render: keys.flag("render", problems).unwrap_or(true),
        in_search_index: keys.flag("in_search_index", problems).unwrap_or(true),
        ..FrontMatter::default()
    };
    let extra = keys.table("extra", problems).map(Reader::into_entries);
    let extra = extra.unwrap_or_default();
    front_matter.extra = value_of(&extra);
    if name.is_section {
        front_matter.section = Some(section_keys(&mut keys, problems));
        for (entry, near) in keys.unknown() {
            problems.unknown_section_key(keys.place(&entry.key_bytes), &entry.key, near);
        }
    } else {
        let zone = &config.dateline.time_zone;
        let date = moment(&mut keys, "date", config, problems);
        front_matter.date = date.or_else(|| Moment::parse(name.date?, zone));
        front_matter.updated = moment(&mut keys, "updated", config, problems);
        front_matter.slug = keys.text("slug", problems);
        front_matter.path = keys.text("path", problems);
        front_matter.authors = keys.texts("authors", problems).unwrap_or_default();
        front_matter.taxonomies = taxonomies(&mut keys, problems);
        report_misspelt(&keys, problems);
    }
    (front_matter, extra)
}

/// Takes a date. It is also a table's: `published`.
pub fn moment(
    keys: &mut Reader<'_>,
    key: &'static str,
    config: &Config,
    problems: &mut Diagnostics,
) -> Option<Moment> {
    placed_moment(keys, key, config, problems).map(|(moment, _)| moment)
}

/// Takes a date with its place: `collected`.
pub fn placed_moment(
    keys: &mut Reader<'_>,
    key: &'static str,
    config: &Config,
    problems: &mut Diagnostics,
) -> Option<(Moment, Place)> {
    let entry = keys.take(key)?;
    let text = match &entry.node.value {
        Data::Date(date) => date.to_string(),
        Data::Text(text) => text.to_string(),
        _ => return keys.wrong(key, &entry.node, "a date", problems),
    };
    let moment = Moment::parse(&text, &config.dateline.time_zone);
    let place = keys.place(&entry.node.bytes);
    if moment.is_none() {
        problems.bad_date(place.clone(), &text);
    }
    Some((moment?, place))
}

fn taxonomies(keys: &mut Reader<'_>, problems: &mut Diagnostics) -> Vec<(Arc<str>, Vec<Placed>)> {
    let Some(table) = keys.table("taxonomies", problems) else {
        return Vec::new();
    };
    let file = table.file();
    let reader = Reader::new(file, "taxonomies", Vec::new());
    let entries = table.into_entries().into_iter();
    entries
        .filter(|entry| !matches!(entry.node.value, Data::Null))
        .filter_map(|entry| {
            let terms = reader.as_texts(&entry.key, &entry.node, problems)?;
            Some((entry.key, terms))
        })
        .collect()
}

fn section_keys(keys: &mut Reader<'_>, problems: &mut Diagnostics) -> SectionKeys {
    const SORTS: [(&str, SortBy); 8] = [
        ("date", SortBy::Date),
        ("update_date", SortBy::UpdateDate),
        ("title", SortBy::Title),
        ("title_bytes", SortBy::TitleBytes),
        ("weight", SortBy::Weight),
        ("slug", SortBy::Slug),
        ("permalink", SortBy::Permalink),
        ("none", SortBy::None),
    ];
    let paginate_path = keys.text("paginate_path", problems);
    SectionKeys {
        sort_by: keys.choice("sort_by", &SORTS, problems).unwrap_or_default(),
        paginate_by: keys.count("paginate_by", problems).unwrap_or(0),
        paginate_path: paginate_path.unwrap_or_else(|| "page".into()),
        paginate_reversed: keys.flag("paginate_reversed", problems).unwrap_or(false),
        insert_anchor_links: keys.choice("insert_anchor_links", &AnchorPlace::NAMES, problems),
        page_template: keys.placed_text("page_template", problems),
        transparent: keys.flag("transparent", problems).unwrap_or(false),
        redirect_to: keys.text("redirect_to", problems),
        generate_feeds: keys.flag("generate_feeds", problems).unwrap_or(false),
    }
}

/// A page may have any key, as in Zola; one that is nearly a known key is most likely a mistake.
fn report_misspelt(keys: &Reader<'_>, problems: &mut Diagnostics) {
    for (entry, near) in keys.unknown() {
        let place = keys.place(&entry.key_bytes);
        let is_table = matches!(entry.node.value, Data::Table(_));
        if is_table && OUR_TABLES.contains(&&*entry.key) {
            problems.misspelt_key(place, &entry.key, &format!("extra.{}", entry.key));
        } else if let Some(near) = near {
            problems.misspelt_key(place, &entry.key, near);
        }
    }
}

/// A table under `extra` that is nearly one of ours: it would be passed over in silence.
pub fn report_misspelt_table(entry: &Entry, file: &Arc<str>, problems: &mut Diagnostics) {
    if !matches!(entry.node.value, Data::Table(_)) {
        return;
    }
    if let Some(near) = nearest(&entry.key, OUR_TABLES) {
        let place = Place::bytes(file, entry.key_bytes.clone());
        problems.misspelt_key(place, &entry.key, near);
    }
}
