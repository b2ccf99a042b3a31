//! From the text of config.toml to a [`Config`]: Zola's keys of today and of old, and ours.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use percent_encoding::percent_decode_str;
use url::Url;

use super::highlighting::{self, Highlighting};
use super::search::{IndexFormat, Library, SearchConfig, words_of};
use super::{
    AnchorPlace, Config, DatelineConfig, Label, LanguageConfig, MarkdownConfig, PartKind, Slugify,
    SlugifyConfig, TaxonomyConfig, Vocabulary, look,
};
use crate::data::{self, Data, Entry, Node, Placed, Reader, value_of};
use crate::diagnostic::{Diagnostics, Place, misspelling_of};
use crate::value::{Key, Value};

/// What the command line says in place of config.toml.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    pub base_url: Option<Arc<str>>,
    /// Whether pages are minified whatever config.toml says.
    pub minify: bool,
    pub mode: Mode,
}

/// What the site is made for: `config.mode` in templates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    #[default]
    Build,
    Serve,
    Check,
}

impl Mode {
    /// As Zola names it.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Build => "build",
            Mode::Serve => "serve",
            Mode::Check => "check",
        }
    }
}

impl Config {
    /// Reads config.toml. `theme_extra` is `[extra]` of theme.toml, which the site's own goes
    /// over. Nothing comes out if the text is not TOML, or says no address at which the site
    /// stands; what else is wrong is reported, and its default taken.
    pub fn parse(
        file: Arc<str>,
        text: &str,
        overrides: &Overrides,
        theme_extra: &Value,
        problems: &mut Diagnostics,
    ) -> Option<Config> {
        let toml = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let tree = data::parse_toml(toml, text.len() - toml.len());
        for mistake in &tree.mistakes {
            let place = Place::bytes(&file, mistake.bytes.clone());
            problems.bad_config(place, &mistake.message);
        }
        if !tree.mistakes.is_empty() {
            return None;
        }
        let mut keys = Reader::new(&file, "", tree.entries);
        rename_old(&mut keys, problems);
        let address = address(&mut keys, overrides, problems);
        let site = site_keys(&mut keys, problems);
        let slugify = slugify(&mut keys, problems);
        let (markdown, markdown_value) = markdown(&mut keys, problems);
        let all = languages(&mut keys, slugify, problems);
        let extra = keys.table("extra", problems).map(Reader::into_entries);
        let own_extra = extra.unwrap_or_default();
        let extra = merge(&value_of(&own_extra), theme_extra);
        let keys_of_extra = placed(&own_extra, &file);
        report_near_dateline(&own_extra, &file, problems);
        let dateline = own_extra.into_iter().find(|e| &*e.key == "dateline");
        let is_dateline = dateline.as_ref().is_some_and(says_more_than_access);
        let dateline = dateline_keys(&file, dateline, problems);
        report_unknown(&keys, problems);

        let address = address?;
        let mut shared = site.values(&keys);
        shared.push(("base_url".into(), Value::from(&address.written)));
        shared.push(("mode".into(), overrides.mode.name().into()));
        shared.push(("extra".into(), extra.clone()));
        shared.push(("markdown".into(), markdown_value));
        let search_format = IndexFormat::of(all.language.search().text_of("index_format"));
        Some(Config {
            file: file.clone(),
            base_url: address.base_url,
            base_path: address.base_path,
            title: all.language.title.clone(),
            description: all.language.description.clone(),
            author: site.author,
            languages: all.others.iter().map(|(code, _)| code.clone()).collect(),
            of_languages: all.others.iter().map(|(_, keys)| keys.config()).collect(),
            theme: site.theme,
            output_dir: site.output_dir.unwrap_or_else(|| "public".into()),
            compile_sass: site.compile_sass,
            ignored_content: site.ignored_content,
            ignored_static: site.ignored_static,
            generate_feeds: all.language.generate_feeds.unwrap_or(false),
            feed_limit: site.feed_limit,
            feed_filenames: all.language.feed_filenames(),
            generate_sitemap: site.generate_sitemap,
            generate_robots_txt: site.generate_robots_txt,
            exclude_paginated_pages_in_sitemap: site.exclude_paginated_pages_in_sitemap,
            taxonomies: all.language.taxonomies.clone().unwrap_or_default(),
            taxonomy_root: site.taxonomy_root,
            markdown,
            minify_html: site.minify_html || overrides.minify,
            search: all.search_indexes(search_format, problems),
            search_format,
            slugify,
            extra,
            own_extra: keys_of_extra,
            value: all.value(&all.default_language, &all.language, &shared),
            values_by_language: {
                let others = all.others.iter();
                others.map(|(c, l)| all.value(c, l, &shared)).collect()
            },
            default_language: all.default_language,
            dateline,
            is_dateline,
        })
    }
}

fn placed(entries: &[Entry], file: &Arc<str>) -> Vec<Placed> {
    let placed = |entry: &Entry| {
        let place = Place::bytes(file, entry.key_bytes.clone());
        (entry.key.clone(), place)
    };
    entries.iter().map(placed).collect()
}

/// Lays a site's `[extra]` over its theme's: tables entry by entry, anything else as a whole.
fn merge(site: &Value, theme: &Value) -> Value {
    let (Value::Map(ours), Value::Map(theirs)) = (site, theme) else {
        return if site.is_none() {
            theme.clone()
        } else {
            site.clone()
        };
    };
    let theirs = theirs.entries().iter().cloned();
    let ours = ours.entries().iter().map(|(key, value)| {
        let below = theme.get(key).unwrap_or(&Value::None);
        (key.clone(), merge(value, below))
    });
    Value::map(theirs.chain(ours))
}

/// Where the site stands.
struct SiteAddress {
    /// As written, which is what templates print.
    written: Arc<str>,
    base_url: Arc<str>,
    base_path: Arc<str>,
}

fn address(
    keys: &mut Reader<'_>,
    overrides: &Overrides,
    problems: &mut Diagnostics,
) -> Option<SiteAddress> {
    let is_stated = keys.has("base_url");
    let stated = keys.placed_text("base_url", problems);
    let (written, place) = match (&overrides.base_url, stated) {
        (Some(written), _) => (written.clone(), Place::whole(keys.file())),
        (None, Some(stated)) => stated,
        (None, None) => {
            // Of a wrong type it is reported already.
            if !is_stated {
                problems.no_base_url(Place::whole(keys.file()));
            }
            return None;
        }
    };
    // Zola takes these two as well, and sites of old have them.
    let lacking = match &*written {
        text if text.starts_with("//") => "https:",
        text if text.starts_with('/') => "https://localhost",
        _ => "",
    };
    let whole = format!("{lacking}{written}");
    let url = Url::parse(&whole).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
    });
    let Some(url) = url else {
        problems.bad_base_url(place, &written);
        return None;
    };
    if written.starts_with('/') {
        problems.incomplete_base_url(place, &written);
    }
    let written = match is_as_browsers_have_it(whole.trim(), &url) {
        true => written,
        false => {
            let end = if written.ends_with('/') { "/" } else { "" };
            let normal = url.as_str().trim_end_matches('/');
            let normal = normal.strip_prefix(lacking).unwrap_or(normal);
            format!("{normal}{end}").into()
        }
    };
    Some(SiteAddress {
        base_url: written.trim().trim_end_matches('/').into(),
        base_path: url.path().trim_end_matches('/').into(),
        written,
    })
}

/// Whether an address has the host and the path that browsers ask for: they write a host in ASCII and
/// resolve `..`, so that what is made of the address as it is written would name another one.
fn is_as_browsers_have_it(written: &str, url: &Url) -> bool {
    let Some((_, rest)) = written.split_once("//") else {
        return false;
    };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let decoded = |path| percent_decode_str(path).collect::<Vec<u8>>();
    let parts = decoded(path.trim_matches('/'));
    host.is_ascii() && !host.contains('%') && parts == decoded(url.path().trim_matches('/'))
}

/// Zola's keys at the top that stand for themselves.
struct SiteKeys {
    author: Option<Arc<str>>,
    theme: Option<Placed>,
    output_dir: Option<Arc<str>>,
    compile_sass: bool,
    ignored_content: Vec<Placed>,
    ignored_static: Vec<Placed>,
    feed_limit: Option<usize>,
    generate_sitemap: bool,
    generate_robots_txt: bool,
    exclude_paginated_pages_in_sitemap: bool,
    taxonomy_root: Option<Arc<str>>,
    minify_html: bool,
    /// Those that only a later step reads, out of [`Config::value`].
    passed: Vec<(Key, Value)>,
}

fn site_keys(keys: &mut Reader<'_>, problems: &mut Diagnostics) -> SiteKeys {
    const EXCLUDED: [(&str, bool); 2] = [("none", false), ("all", true)];
    let mut passed = Vec::new();
    let minify_html = keys.flag("minify_html", problems).unwrap_or(false);
    passed.push(("minify_html".into(), Value::from(minify_html)));
    let compile_sass = keys.flag("compile_sass", problems).unwrap_or(false);
    passed.push(("compile_sass".into(), compile_sass.into()));
    for key in ["hard_link_static", "preserve_dotfiles_in_output"] {
        let yes = keys.flag(key, problems).unwrap_or(false);
        passed.push((key.into(), Value::from(yes)));
    }
    if let Some(mut table) = keys.table("link_checker", problems) {
        passed.push(("link_checker".into(), link_checker(&mut table, problems)));
    }
    // Commands know the mode; a site that states one is read without complaint, as in Zola.
    keys.take("mode");
    let ignored_content = keys.placed_texts("ignored_content", problems);
    let ignored_static = keys.placed_texts("ignored_static", problems);
    let is_excluded = keys.choice("exclude_paginated_pages_in_sitemap", &EXCLUDED, problems);
    SiteKeys {
        minify_html,
        author: keys.text("author", problems),
        theme: keys.placed_text("theme", problems),
        output_dir: keys.text("output_dir", problems),
        compile_sass,
        ignored_content: ignored_content.unwrap_or_default(),
        ignored_static: ignored_static.unwrap_or_default(),
        feed_limit: keys.count("feed_limit", problems),
        generate_sitemap: keys.flag("generate_sitemap", problems).unwrap_or(true),
        generate_robots_txt: keys.flag("generate_robots_txt", problems).unwrap_or(true),
        exclude_paginated_pages_in_sitemap: is_excluded.unwrap_or(false),
        taxonomy_root: keys.text("taxonomy_root", problems),
        passed,
    }
}

fn link_checker(table: &mut Reader<'_>, problems: &mut Diagnostics) -> Value {
    const LEVELS: [(&str, &str); 2] = [("error", "error"), ("warn", "warn")];
    let mut entries: Vec<(Key, Value)> = Vec::new();
    for key in ["internal_level", "external_level"] {
        let level = table.choice(key, &LEVELS, problems).unwrap_or("error");
        entries.push((key.into(), Value::from(level)));
    }
    for key in ["skip_prefixes", "skip_anchor_prefixes"] {
        let prefixes = table.texts(key, problems).unwrap_or_default();
        entries.push((key.into(), Value::from(prefixes)));
    }
    report_unknown(table, problems);
    Value::map(entries)
}

impl SiteKeys {
    /// What all languages share of the configuration as templates see it.
    fn values(&self, keys: &Reader<'_>) -> Vec<(Key, Value)> {
        let excluded = match self.exclude_paginated_pages_in_sitemap {
            true => "all",
            false => "none",
        };
        let mut values: Vec<(Key, Value)> = vec![
            ("author".into(), self.author.as_ref().into()),
            ("feed_limit".into(), self.feed_limit.into()),
            ("generate_sitemap".into(), self.generate_sitemap.into()),
            (
                "generate_robots_txt".into(),
                self.generate_robots_txt.into(),
            ),
            ("exclude_paginated_pages_in_sitemap".into(), excluded.into()),
            ("taxonomy_root".into(), self.taxonomy_root.as_ref().into()),
            (
                "output_dir".into(),
                self.output_dir
                    .as_ref()
                    .map_or("public".into(), Value::from),
            ),
        ];
        values.extend(self.passed.iter().cloned());
        // What nobody knows may still be what a theme of old reads.
        let unknown = keys.unknown();
        values.extend(unknown.map(|(entry, _)| {
            let value = Value::from(&entry.node.value);
            (entry.key.to_string().into(), value)
        }));
        values
    }
}

fn slugify(keys: &mut Reader<'_>, problems: &mut Diagnostics) -> SlugifyConfig {
    const WAYS: [(&str, Slugify); 3] = [
        ("on", Slugify::On),
        ("safe", Slugify::Safe),
        ("off", Slugify::Off),
    ];
    let Some(mut table) = keys.table("slugify", problems) else {
        return SlugifyConfig::default();
    };
    let slugify = SlugifyConfig {
        paths: table.choice("paths", &WAYS, problems).unwrap_or_default(),
        taxonomies: table
            .choice("taxonomies", &WAYS, problems)
            .unwrap_or_default(),
        anchors: table.choice("anchors", &WAYS, problems).unwrap_or_default(),
        paths_keep_dates: table.flag("paths_keep_dates", problems).unwrap_or(false),
    };
    report_unknown(&table, problems);
    slugify
}

fn markdown(keys: &mut Reader<'_>, problems: &mut Diagnostics) -> (MarkdownConfig, Value) {
    let table = keys.table("markdown", problems);
    let mut table = table.unwrap_or_else(|| Reader::new(keys.file(), "markdown", Vec::new()));
    let mut values: Vec<(Key, Value)> = Vec::new();
    let mut flag = |key: &'static str, default: bool| {
        let yes = table.flag(key, problems).unwrap_or(default);
        values.push((key.into(), yes.into()));
        yes
    };
    let mut config = MarkdownConfig {
        smart_punctuation: flag("smart_punctuation", false),
        render_emoji: flag("render_emoji", false),
        external_links_target_blank: flag("external_links_target_blank", false),
        external_links_no_follow: flag("external_links_no_follow", false),
        external_links_no_referrer: flag("external_links_no_referrer", false),
        external_links_external: flag("external_links_external", true),
        external_links_class: None,
        github_alerts: flag("github_alerts", false),
        definition_list: flag("definition_list", false),
        bottom_footnotes: flag("bottom_footnotes", false),
        lazy_async_image: flag("lazy_async_image", false),
        insert_anchor_links: AnchorPlace::default(),
        highlighting: None,
    };
    config.external_links_class = table.text("external_links_class", problems);
    let anchors = table.choice("insert_anchor_links", &AnchorPlace::NAMES, problems);
    config.insert_anchor_links = anchors.unwrap_or_default();
    let highlighting = table.take("highlighting");
    let class = config.external_links_class.as_ref();
    values.push(("external_links_class".into(), class.into()));
    values.push((
        "insert_anchor_links".into(),
        config.insert_anchor_links.name().into(),
    ));
    let value = highlighting
        .as_ref()
        .map(|entry| Value::from(&entry.node.value));
    values.push(("highlighting".into(), value.into()));
    if let Some(Entry { node, .. }) = highlighting {
        config.highlighting = match node.value {
            Data::Table(entries) => {
                let name = table.path("highlighting");
                highlighting::parse(Reader::new(table.file(), name, entries), problems)
            }
            _ => table.wrong("highlighting", &node, "a table", problems),
        };
    }
    let mut old = Vec::new();
    for key in OLD_HIGHLIGHTING {
        if let Some(entry) = table.take(key) {
            let place = table.place(&entry.key_bytes);
            problems.legacy_config_key(place, key, "the table `[markdown.highlighting]`");
            values.push((key.into(), Value::from(&entry.node.value)));
            old.push(entry);
        }
    }
    if config.highlighting.is_none() {
        config.highlighting = old_highlighting(&table, &old, problems);
    }
    report_unknown(&table, problems);
    (config, Value::map(values))
}

/// What the keys of the highlighting up to Zola 0.21 ask for.
fn old_highlighting(
    table: &Reader<'_>,
    old: &[Entry],
    problems: &mut Diagnostics,
) -> Option<Highlighting> {
    let find = |key: &str| old.iter().find(|entry| &*entry.key == key);
    let is_wanted = find("highlight_code").map(|entry| &entry.node.value);
    if !matches!(is_wanted, Some(Data::Bool(true))) {
        return None;
    }
    let theme = find("highlight_theme");
    let theme = theme.and_then(|entry| table.as_text("highlight_theme", &entry.node, problems));
    let mut folders = Vec::new();
    for key in ["extra_syntaxes_and_themes", "extra_syntaxes"] {
        let entry = find(key);
        let paths = entry.and_then(|entry| table.as_texts(key, &entry.node, problems));
        folders.extend(paths.unwrap_or_default());
    }
    let old = highlighting::Old {
        theme,
        sheets: find("highlight_themes_css"),
        folders,
    };
    Some(highlighting::parse_old(old, table, problems))
}

/// Keys of the highlighting that Zola had up to 0.21. They go to templates, some of which ask.
const OLD_HIGHLIGHTING: [&str; 5] = [
    "highlight_code",
    "highlight_theme",
    "highlight_themes_css",
    "extra_syntaxes_and_themes",
    "extra_syntaxes",
];

/// Gives keys at the top the names that they have today, where the meaning is the same.
fn rename_old(keys: &mut Reader<'_>, problems: &mut Diagnostics) {
    rename(keys, ("rss_limit", "feed_limit"), |node| node, problems);
    rename_old_feeds(keys, problems);
    if let Some(entry) = keys.take("check_external_links") {
        let place = keys.place(&entry.key_bytes);
        problems.legacy_config_key(place, "check_external_links", "the table `[link_checker]`");
    }
    // Before 0.13 they stood at the top.
    for key in OLD_HIGHLIGHTING {
        let Some(entry) = keys.take(key) else {
            continue;
        };
        let bytes = entry.key_bytes.clone();
        let mut markdown = keys.take("markdown").unwrap_or_else(|| Entry {
            key: "markdown".into(),
            key_bytes: bytes.clone(),
            node: Node {
                value: Data::Table(Vec::new()),
                bytes,
            },
        });
        if let Data::Table(entries) = &mut markdown.node.value {
            entries.push(entry);
        }
        keys.put(markdown);
    }
}

/// The names that feeds had, at the top and in a language.
fn rename_old_feeds(keys: &mut Reader<'_>, problems: &mut Diagnostics) {
    rename(
        keys,
        ("generate_rss", "generate_feeds"),
        |node| node,
        problems,
    );
    rename(
        keys,
        ("generate_feed", "generate_feeds"),
        |node| node,
        problems,
    );
    let listed = |node: Node| Node {
        bytes: node.bytes.clone(),
        value: Data::List(vec![node]),
    };
    rename(keys, ("feed_filename", "feed_filenames"), listed, problems);
}

/// Moves an entry to the key of today, if that is not there.
fn rename(
    keys: &mut Reader<'_>,
    (old, today): (&'static str, &str),
    converted: fn(Node) -> Node,
    problems: &mut Diagnostics,
) {
    let Some(entry) = keys.take(old) else {
        return;
    };
    let place = keys.place(&entry.key_bytes);
    problems.legacy_config_key(place, old, &format!("`{today}`"));
    if !keys.has(today) {
        keys.put(Entry {
            key: today.into(),
            key_bytes: entry.key_bytes,
            node: converted(entry.node),
        });
    }
}

/// The options that each language has for itself. What is not stated has the default.
#[derive(Default)]
struct LanguageKeys {
    title: Option<Arc<str>>,
    description: Option<Arc<str>>,
    generate_feeds: Option<bool>,
    feed_filenames: Option<Vec<Arc<str>>>,
    taxonomies: Option<Vec<TaxonomyConfig>>,
    build_search_index: Option<bool>,
    /// Where `build_search_index` stands.
    search_place: Option<Place>,
    search: Option<Value>,
    translations: Option<Value>,
}

/// All languages, to make of them what templates see in each.
struct Languages {
    default_language: Arc<str>,
    language: LanguageKeys,
    /// By code, sorted.
    others: Vec<(Arc<str>, LanguageKeys)>,
}

fn languages(
    keys: &mut Reader<'_>,
    slugify: SlugifyConfig,
    problems: &mut Diagnostics,
) -> Languages {
    let default_language = keys.text("default_language", problems);
    let default_language = default_language.unwrap_or_else(|| "en".into());
    let mut language = language_keys(keys, slugify, problems);
    let mut others = Vec::new();
    for entry in language_entries(keys, problems) {
        let name = format!("languages.{}", entry.key);
        let Data::Table(entries) = entry.node.value else {
            keys.wrong::<()>(&name, &entry.node, "a table", problems);
            continue;
        };
        let mut table = Reader::new(keys.file(), name, entries);
        rename_old_feeds(&mut table, problems);
        let options = language_keys(&mut table, slugify, problems);
        report_unknown(&table, problems);
        if entry.key == default_language {
            language = options.or(language);
        } else {
            others.push((entry.key, options));
        }
    }
    others.sort_by(|a, b| a.0.cmp(&b.0));
    Languages {
        default_language,
        language,
        others,
    }
}

/// `[languages.xx]`, or the list of tables with `code` that it was before 0.14.
fn language_entries(keys: &mut Reader<'_>, problems: &mut Diagnostics) -> Vec<Entry> {
    let Some(entry) = keys.take("languages") else {
        return Vec::new();
    };
    match entry.node.value {
        Data::Table(entries) => entries,
        Data::List(items) => {
            let place = keys.place(&entry.key_bytes);
            problems.legacy_config_key(place, "[[languages]]", "a table `[languages.xx]`");
            let items = items.into_iter();
            items
                .filter_map(|item| {
                    let bytes = item.bytes.clone();
                    let Data::Table(entries) = item.value else {
                        return keys.wrong("languages", &item, "a table", problems);
                    };
                    let mut table = Reader::new(keys.file(), "languages", entries);
                    let code = table.text("code", problems)?;
                    for old in ["rss", "feed"] {
                        rename(&mut table, (old, "generate_feeds"), |node| node, problems);
                    }
                    Some(Entry {
                        key: code,
                        key_bytes: bytes.clone(),
                        node: Node {
                            value: Data::Table(table.into_entries()),
                            bytes,
                        },
                    })
                })
                .collect()
        }
        _ => {
            keys.wrong::<()>("languages", &entry.node, "a table", problems);
            Vec::new()
        }
    }
}

fn language_keys(
    keys: &mut Reader<'_>,
    slugify: SlugifyConfig,
    problems: &mut Diagnostics,
) -> LanguageKeys {
    let search_place = keys.take("build_search_index").map(|entry| {
        let place = keys.place(&entry.key_bytes);
        keys.put(entry);
        place
    });
    LanguageKeys {
        title: keys.text("title", problems),
        description: keys.text("description", problems),
        generate_feeds: keys.flag("generate_feeds", problems),
        feed_filenames: keys.texts("feed_filenames", problems),
        taxonomies: taxonomies(keys, slugify, problems),
        build_search_index: keys.flag("build_search_index", problems),
        search_place,
        search: search(keys, problems),
        translations: keys
            .table("translations", problems)
            .map(|table| value_of(&table.into_entries())),
    }
}

fn taxonomies(
    keys: &mut Reader<'_>,
    slugify: SlugifyConfig,
    problems: &mut Diagnostics,
) -> Option<Vec<TaxonomyConfig>> {
    let entry = keys.take("taxonomies")?;
    let Data::List(items) = entry.node.value else {
        return keys.wrong("taxonomies", &entry.node, "a list of tables", problems);
    };
    let mut taxonomies = Vec::new();
    for item in items {
        let bytes = item.bytes.clone();
        let Data::Table(entries) = item.value else {
            keys.wrong::<()>("taxonomies", &item, "a table", problems);
            continue;
        };
        let mut table = Reader::new(keys.file(), "taxonomies", entries);
        rename(&mut table, ("rss", "feed"), |node| node, problems);
        let has_name = table.has("name");
        let name = table.text("name", problems);
        let taxonomy = TaxonomyConfig {
            slug: slugify
                .taxonomies
                .apply(name.as_deref().unwrap_or_default())
                .into(),
            name: name.clone().unwrap_or_default(),
            feed: table.flag("feed", problems).unwrap_or(false),
            paginate_by: table.count("paginate_by", problems).unwrap_or(0),
            paginate_path: table
                .text("paginate_path", problems)
                .unwrap_or_else(|| "page".into()),
            render: table.flag("render", problems).unwrap_or(true),
        };
        report_unknown(&table, problems);
        if !has_name {
            problems.missing_key(table.place(&bytes), "name", "taxonomies");
        }
        if name.is_some() {
            taxonomies.push(taxonomy);
        }
    }
    Some(taxonomies)
}

/// `[search]`, with what is not stated filled in.
fn search(keys: &mut Reader<'_>, problems: &mut Diagnostics) -> Option<Value> {
    const FORMATS: [(&str, &str); 4] = [
        ("elasticlunr_javascript", "elasticlunr_javascript"),
        ("elasticlunr_json", "elasticlunr_json"),
        ("fuse_javascript", "fuse_javascript"),
        ("fuse_json", "fuse_json"),
    ];
    let mut table = keys.table("search", problems)?;
    let mut entries: Vec<(Key, Value)> = Vec::new();
    for (key, default) in SEARCH_DEFAULTS {
        let yes = table.flag(key, problems).unwrap_or(default);
        entries.push((key.into(), yes.into()));
    }
    let length = table.count("truncate_content_length", problems);
    let format = table.choice("index_format", &FORMATS, problems);
    entries.push(("truncate_content_length".into(), length.into()));
    let format = format.unwrap_or("elasticlunr_javascript");
    entries.push(("index_format".into(), format.into()));
    report_unknown(&table, problems);
    Some(Value::map(entries))
}

/// What goes into Zola's search index if config does not say.
const SEARCH_DEFAULTS: [(&str, bool); 5] = [
    ("include_title", true),
    ("include_content", true),
    ("include_description", false),
    ("include_date", false),
    ("include_path", false),
];

impl LanguageKeys {
    /// These options, and where they state nothing those of `below`.
    fn or(self, below: LanguageKeys) -> LanguageKeys {
        LanguageKeys {
            title: self.title.or(below.title),
            description: self.description.or(below.description),
            generate_feeds: self.generate_feeds.or(below.generate_feeds),
            feed_filenames: self.feed_filenames.or(below.feed_filenames),
            taxonomies: self.taxonomies.or(below.taxonomies),
            build_search_index: self.build_search_index.or(below.build_search_index),
            search_place: self.search_place.or(below.search_place),
            search: self.search.or(below.search),
            translations: self.translations.or(below.translations),
        }
    }

    fn config(&self) -> LanguageConfig {
        LanguageConfig {
            title: self.title.clone(),
            description: self.description.clone(),
            generate_feeds: self.generate_feeds.unwrap_or(false),
            feed_filenames: self.feed_filenames(),
            taxonomies: self.taxonomies.clone().unwrap_or_default(),
        }
    }

    fn feed_filenames(&self) -> Vec<Arc<str>> {
        let stated = self.feed_filenames.clone();
        stated.unwrap_or_else(|| vec!["atom.xml".into()])
    }

    /// `[search]`, with what is not stated filled in.
    fn search(&self) -> Value {
        self.search.clone().unwrap_or_else(|| {
            let flags = SEARCH_DEFAULTS.into_iter();
            let rest = [
                ("truncate_content_length", Value::None),
                ("index_format", "elasticlunr_javascript".into()),
            ];
            Value::map(flags.map(|(key, yes)| (key, yes.into())).chain(rest))
        })
    }

    /// Its options as templates see them; `index_format` is that of the default language, as in Zola.
    fn entries(&self, index_format: &Value) -> Vec<(Key, Value)> {
        let taxonomies = self.taxonomies.iter().flatten().map(|taxonomy| {
            let pages = (taxonomy.paginate_by > 0).then_some(taxonomy.paginate_by);
            Value::map([
                ("name", Value::from(&taxonomy.name)),
                ("slug", Value::from(&taxonomy.slug)),
                ("paginate_by", pages.into()),
                ("paginate_path", Value::from(&taxonomy.paginate_path)),
                ("render", taxonomy.render.into()),
                ("feed", taxonomy.feed.into()),
            ])
        });
        let none = || Value::map::<Key, _>([]);
        vec![
            ("title".into(), self.title.as_ref().into()),
            ("description".into(), self.description.as_ref().into()),
            (
                "generate_feeds".into(),
                self.generate_feeds.unwrap_or(false).into(),
            ),
            ("feed_filenames".into(), self.feed_filenames().into()),
            ("taxonomies".into(), Value::list(taxonomies)),
            (
                "build_search_index".into(),
                self.build_search_index.unwrap_or(false).into(),
            ),
            (
                "search".into(),
                self.search().with([("index_format", index_format.clone())]),
            ),
            (
                "translations".into(),
                self.translations.clone().unwrap_or_else(none),
            ),
        ]
    }
}

impl Languages {
    /// The languages that have a search index. As in Zola, none has one if the default has none.
    fn search_indexes(&self, format: IndexFormat, problems: &mut Diagnostics) -> Vec<SearchConfig> {
        let wants_one = |keys: &LanguageKeys| keys.build_search_index == Some(true);
        if !wants_one(&self.language) {
            return Vec::new();
        }
        let first = (&self.default_language, &self.language);
        let others = self.others.iter().map(|(code, keys)| (code, keys));
        let wanted = std::iter::once(first)
            .chain(others)
            .filter(|(_, keys)| wants_one(keys));
        let can_be_read = |code: &str| format.library == Library::Fuse || words_of(code).is_some();
        let mut indexes = Vec::new();
        for (code, keys) in wanted {
            if can_be_read(code) {
                indexes.push(SearchConfig::of(code, &keys.search()));
            } else if let Some(place) = &keys.search_place {
                problems.no_search_index(place.clone(), code);
            }
        }
        indexes
    }

    /// The configuration as templates see it in a language: its own options at the top, those of
    /// the others under `languages`.
    fn value(&self, code: &str, own: &LanguageKeys, shared: &[(Key, Value)]) -> Value {
        let search = self.language.search();
        let index_format = search.get("index_format").unwrap_or(&Value::None);
        let first = (&self.default_language, &self.language);
        let rest = self.others.iter().map(|(code, keys)| (code, keys));
        let others = std::iter::once(first).chain(rest);
        let others = others
            .filter(|(other, _)| &***other != code)
            .map(|(other, keys)| (other.to_string(), Value::map(keys.entries(index_format))));
        // Zola took these two names back; themes that still print them are many.
        let feed = own.feed_filenames().into_iter().next();
        let compatible: [(Key, Value); 4] = [
            (
                "generate_feed".into(),
                own.generate_feeds.unwrap_or(false).into(),
            ),
            ("feed_filename".into(), feed.into()),
            (
                "default_language".into(),
                Value::from(&self.default_language),
            ),
            ("languages".into(), Value::map(others)),
        ];
        let own = own.entries(index_format).into_iter();
        Value::map(shared.iter().cloned().chain(own).chain(compatible))
    }
}

/// Reports keys that config.toml cannot have. Zola's own versions differ, so it is no error.
pub fn report_unknown(keys: &Reader<'_>, problems: &mut Diagnostics) {
    for (entry, near) in keys.unknown() {
        let place = keys.place(&entry.key_bytes);
        problems.unknown_config_key(place, &keys.path(&entry.key), near);
    }
}

fn dateline_keys(
    file: &Arc<str>,
    entry: Option<Entry>,
    problems: &mut Diagnostics,
) -> DatelineConfig {
    let place = entry.as_ref().map_or_else(
        || Place::whole(file),
        |entry| Place::bytes(file, entry.key_bytes.clone()),
    );
    let mut keys = Reader::new(file, "extra", entry.into_iter().collect());
    let table = keys.table("dateline", problems);
    let mut keys = table.unwrap_or_else(|| Reader::new(file, "extra.dateline", Vec::new()));
    let mut vocabulary = Vocabulary::default();
    add_aliases(
        &mut keys,
        "headings",
        PartKind::ALL,
        &mut vocabulary.headings,
        problems,
    );
    add_aliases(
        &mut keys,
        "labels",
        Label::ALL,
        &mut vocabulary.labels,
        problems,
    );
    let look = look::parse(keys.table("look", problems), problems);
    let dateline = DatelineConfig {
        place,
        theme: keys.placed_text("theme", problems),
        pages: keys.placed_texts("pages", problems),
        time_zone: time_zone(&mut keys, problems),
        authority: authority(&mut keys, problems),
        env: keys.texts("env", problems).unwrap_or_default(),
        fetch: hosts(&mut keys, problems),
        vocabulary,
        look,
    };
    keys.refuse_unknown(problems);
    dateline
}

/// Whether `[extra.dateline]` says more than what templates have access to: any site of Zola's may
/// need that, and it makes none of them one of ours.
fn says_more_than_access(dateline: &Entry) -> bool {
    let Data::Table(entries) = &dateline.node.value else {
        return true;
    };
    let is_access = |entry: &Entry| matches!(&*entry.key, "env" | "fetch");
    entries.is_empty() || !entries.iter().all(is_access)
}

/// Warns of a table whose name is nearly ours, for nobody else reads it.
fn report_near_dateline(extra: &[Entry], file: &Arc<str>, problems: &mut Diagnostics) {
    for entry in extra {
        let is_table = &*entry.key != "dateline" && matches!(entry.node.value, Data::Table(_));
        if is_table && misspelling_of(&entry.key, ["dateline"]).is_some() {
            let place = Place::bytes(file, entry.key_bytes.clone());
            problems.misspelt_key(place, &entry.key, "dateline");
        }
    }
}

/// The hosts that templates may fetch from.
fn hosts(keys: &mut Reader<'_>, problems: &mut Diagnostics) -> Vec<Arc<str>> {
    let named = keys.placed_texts("fetch", problems).unwrap_or_default();
    let mut hosts = Vec::with_capacity(named.len());
    for (name, place) in named {
        // As it stands in an address, without what may stand around it there.
        let address = Url::parse(&format!("https://{name}/"));
        let is_host = address.is_ok_and(|url| {
            let host = url.host_str().unwrap_or_default();
            let with_port = url.port().map(|port| format!("{host}:{port}"));
            with_port.as_deref().unwrap_or(host) == name.to_lowercase()
        });
        match is_host {
            true => hosts.push(name),
            false => problems.bad_host(place, &name),
        }
    }
    hosts
}

fn time_zone(keys: &mut Reader<'_>, problems: &mut Diagnostics) -> TimeZone {
    let Some((name, place)) = keys.placed_text("time_zone", problems) else {
        return TimeZone::UTC;
    };
    // The bundled tables, never the machine's: the same input gives the same bytes anywhere.
    TimeZoneDatabase::bundled().get(&name).unwrap_or_else(|_| {
        problems.unknown_time_zone(place, &name);
        TimeZone::UTC
    })
}

/// `example.org,2026`: a domain or a mail address, and a day on which it was the site's.
fn authority(keys: &mut Reader<'_>, problems: &mut Diagnostics) -> Option<Arc<str>> {
    let (text, place) = keys.placed_text("authority", problems)?;
    let is_domain = |name: &str| {
        let name = name
            .split_once('@')
            .map_or(name, |(user, domain)| match user {
                "" => "",
                _ => domain,
            });
        name.contains('.')
            && name.split('.').all(|label| {
                !label.is_empty()
                    && label
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            })
    };
    // A year, a month or a day; what is left out is the first.
    let is_date = |date: &str| {
        let rest = match date.len() {
            4 => "-01-01",
            7 => "-01",
            10 => "",
            _ => return false,
        };
        let is_plain = date.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        is_plain && format!("{date}{rest}").parse::<Date>().is_ok()
    };
    let (name, date) = text.split_once(',').unwrap_or((&text, ""));
    if is_domain(name) && is_date(date) {
        return Some(text);
    }
    problems.bad_authority(place, &text);
    None
}

/// Reads the site's own names for parts or labels: a text or a list of texts for each.
fn add_aliases<T: Copy + PartialEq>(
    keys: &mut Reader<'_>,
    key: &'static str,
    all: &'static [(T, &'static str, &'static [&'static str])],
    known: &mut Vec<(String, T)>,
    problems: &mut Diagnostics,
) {
    let Some(mut table) = keys.table(key, problems) else {
        return;
    };
    for (kind, name, _) in all {
        let Some(mut entry) = table.take(name) else {
            continue;
        };
        if matches!(entry.node.value, Data::Text(_)) {
            entry.node.value = Data::List(vec![entry.node.clone()]);
        }
        let aliases = table.as_texts(name, &entry.node, problems);
        for (alias, place) in aliases.into_iter().flatten() {
            let folded = Vocabulary::fold(&alias);
            let taken = known.iter().find(|(name, _)| *name == folded);
            match taken {
                _ if folded.is_empty() => problems.bad_alias(place, &alias, None),
                Some((_, other)) if other != kind => {
                    let other = all.iter().find(|(kind, ..)| kind == other);
                    problems.bad_alias(place, &alias, other.map(|(_, name, _)| *name));
                }
                Some(_) => {}
                None => known.push((folded, *kind)),
            }
        }
    }
    table.refuse_unknown(problems);
}
