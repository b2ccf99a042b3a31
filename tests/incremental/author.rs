//! Makes up what people do to a site, from a seed: the same seed, the same history.
//!
//! Words come from short lists, so that things meet: companies in tables, briefs in events, two
//! files at one address.

use super::edit::{Damage, Edit, Look, Step, World};

/// Random numbers that are the same on every machine and in every version: SplitMix64.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).expect("it is below a `usize`")
    }

    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// True in so many of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// A history of a site.
pub fn steps(seed: u64, start: &World, count: usize) -> Vec<Step> {
    let mut author = Author {
        random: Random::new(seed),
        world: start.clone(),
    };
    let mut steps: Vec<Step> = (0..count).map(|_| author.step()).collect();
    if let Some(last) = steps.last_mut() {
        last.then = Look::AtAll;
    }
    steps
}

struct Author {
    random: Random,
    world: World,
}

/// A table of front matter with its keys, each with values as TOML has them. None: the key goes.
type Keys = &'static [(&'static str, &'static [&'static str])];

const TITLES: &[&str] = &[
    "\"Alder\"",
    "\"Birch builds\"",
    "\"Cedar & <b>Fir</b>\"",
    "'The \"strike\" ends'",
    "\"Élan\"",
];

const PAGE: Keys = &[
    ("title", TITLES),
    ("title", TITLES),
    (
        "description",
        &["", "\"Short\"", "\"What it [means](x) & why\""],
    ),
    ("date", DATES),
    ("date", DATES),
    ("updated", &["", "2026-05-02", "2026-04-30T10:00:00Z"]),
    ("draft", &["", "true", "false"]),
    ("draft", &["", "true"]),
    ("weight", &["", "1", "2", "7"]),
    (
        "slug",
        &["", "\"alder\"", "\"night-shift\"", "\"Über uns\""],
    ),
    ("path", &["", "\"about/us\"", "\"tags\""]),
    (
        "aliases",
        &["", "[\"old\"]", "[\"old/one\", \"weekly/latest\"]"],
    ),
    ("authors", &["", "[\"Ada\"]", "[\"Ada\", \"Grace\"]"]),
    ("template", &["", "\"page.html\"", "\"about.html\""]),
    ("in_search_index", &["", "false"]),
    ("render", &["", "false"]),
];

const DATES: &[&str] = &[
    "2025-12-30T09:00:00Z",
    "2026-02-10",
    "2026-04-22T08:00:00Z",
    "2026-04-26T23:30:00Z",
    "2026-05-01T12:00:00Z",
    "2026-05-02",
    "2026-11-01",
];

const SECTION: Keys = &[
    ("title", TITLES),
    ("description", &["", "\"All of it\""]),
    (
        "sort_by",
        &["", "\"date\"", "\"title\"", "\"weight\"", "\"slug\""],
    ),
    ("paginate_by", &["", "1", "2", "5"]),
    ("transparent", &["", "true"]),
    ("weight", &["", "1", "3"]),
    ("draft", &["", "true"]),
    ("generate_feeds", &["", "true"]),
    ("page_template", &["", "\"about.html\""]),
    ("template", &["", "\"section.html\""]),
    ("redirect_to", &["", "\"weekly/\""]),
    ("aliases", &["", "[\"older\"]"]),
];

const TAXONOMIES: Keys = &[
    (
        "tags",
        &[
            "",
            "[]",
            "[\"clouds\"]",
            "[\"ports\", \"clouds\"]",
            "[\"Rust & co\"]",
            "[\"far\"]",
        ],
    ),
    (
        "audiences",
        &["", "[\"Builders\"]", "[\"Builders\", \"Buyers\"]"],
    ),
];

const TABLES: &[(&str, Keys)] = &[
    (
        "[extra.brief]",
        &[
            (
                "id",
                &["", "\"aaaa33\"", "\"aaaag3\"", "\"bbbb22\"", "\"bbbb33\""],
            ),
            ("event", &["", "\"dock-strike\"", "\"launch\""]),
            (
                "companies",
                &[
                    "",
                    "[\"Dogwood\"]",
                    "[\"Alder Web Services\", \"Fir\"]",
                    "[\"Kiln\"]",
                ],
            ),
            (
                "source",
                &[
                    "",
                    "{ name = \"Harbour Post\", url = \"https://example.com/a\" }",
                    "{ name = \"Bay News\", url = \"https://example.com/b\", published = 2026-04-22T07:50:00Z }",
                ],
            ),
            ("collected", &["", "2026-04-22T08:20:00Z"]),
            ("analysis", &["", "\"ai\"", "\"mixed\""]),
        ],
    ),
    (
        "[extra.company]",
        &[
            (
                "aliases",
                &[
                    "",
                    "[\"Alder Web Services\"]",
                    "[\"Birch\"]",
                    "[\"Cedar\", \"Dogwood\"]",
                ],
            ),
            ("products", &["", "[\"Kiln\"]", "[\"Cone\"]"]),
        ],
    ),
    (
        "[extra.comparison]",
        &[
            (
                "companies",
                &[
                    "[\"Kiln\", \"Birch\"]",
                    "[\"Birch\", \"Cedar\", \"Alder Cloud\"]",
                    "[\"Fir\"]",
                ],
            ),
            (
                "features",
                &["", "[\"Regions\"]", "[\"Backlog\", \"Regions\"]"],
            ),
            ("order", &["", "\"alphabetical\"", "[\"Regions\"]"]),
        ],
    ),
    (
        "[extra.week]",
        &[
            ("pins", &["", "[\"aaaa33\"]", "[\"aaaag3\"]"]),
            ("omit", &["", "[\"aaaag2\"]"]),
            ("order", &["", "[\"aaaag5\", \"aaaag2\"]"]),
            ("subject", &["", "\"This week\""]),
        ],
    ),
];

/// Lines that mean something somewhere in a body.
const LINES: &[&str] = &[
    "A sentence more.",
    "## Timeline",
    "## Corrections",
    "## Key Takeaways",
    "## Competitor Analysis",
    "## A heading of its own",
    "- 2026-04: Birch moves to the docks.",
    "- 2026-05-02: The first version said nine.",
    "- Outcome: yes, 2026-05-01",
    "- Resolves: aaaa33#two-chips",
    "- Birch earns more.\n\n  - Id: more\n  - Due: 2026-06\n  - Confidence: 70%\n  - Outcome: open",
    "\n| Feature | Alder Cloud | Cedar |\n|---|---|---|\n| Regions | two | three |\n",
    "| Regions | seven | eight | nine |",
    "| Port fees | **low** | unknown |",
    "As of: 2026-02",
    "As of: 2026-04-25",
    "**What to do next:** wait.",
    "**Why it matters:** it [does](@/companies/birch.md).",
    "[A brief](@/briefs/2026-04-22-birch-builds.md#timeline)",
    "[A post](@/blog/first.md)",
    "[Nowhere](@/gone.md)",
    "<!-- more -->",
    "Cut [short](post.md#x) <!-- more --> here[^n].",
    "[Here](#timeline) and ![there](dot.svg)",
    "<p onclick=\"x()\">Raw.</p>",
    "Noted.[^n]\n\n[^n]: A note.",
    "```rust\nlet x = 1;\n```",
    "{{ note(text=\"Mind the dock\") }}",
    "{% note(to=\"@/companies/birch.md\") %}\nWith {{ note(to=\"@/blog/first.md\") }}.\n{% end %}",
    "{{ heading(text=\"Made\") }}\n\n{{ note() }}",
    "{{/* note() */}} {{ nobody() }}",
    "{{ picture(path=\"photo.png\") }}",
    "{{ picture(path=\"@/blog/photo.png\") }}",
];

const FOLDERS: &[&str] = &[
    "briefs",
    "briefs/deep",
    "companies",
    "compare",
    "weekly",
    "events",
    "blog",
    "guide",
    "tags",
];

const NAMES: &[&str] = &[
    "2026-04-22-birch-builds",
    "2026-04-30-launch",
    "alder",
    "birch",
    "first",
    "about",
    "launch",
    "2026-W18",
    "clouds",
    "index",
    "second.de",
];

/// Templates of shortcodes that every engine understands. They ask for the page that calls them
/// and for the addresses of others.
pub const SHORTCODES: &[(&str, &str)] = &[
    (
        "note.html",
        "<aside>{{ nth }}{% if page %} {{ page.title }} {{ page.permalink }}{% endif %}\
         {% if to %} {{ get_url(path=to) }}{% endif %}{% if body %} {{ body }}{% endif %}</aside>",
    ),
    (
        "heading.md",
        "## {% if text %}{{ text }}{% endif %} {{ nth }}\n\n[Birch](@/companies/birch.md)\n",
    ),
    (
        "picture.html",
        "{% set made = resize_image(path=path, width=3, op=\"fit_width\") %}\
         <img src=\"{{ made.url | safe }}\" height=\"{{ made.height }}\">",
    ),
];

/// Where pictures lie of which others are made.
pub const PICTURES: &[&str] = &["static/photo.png", "content/blog/photo.png"];

/// Files of kinds of their own, to begin with.
const NEW_FILES: &[(&str, &str)] = &[
    (
        "content/companies/cedar.md",
        "+++\ntitle = \"Cedar\"\n[extra.company]\nproducts = [\"Foundry\"]\n+++\nCedar plants.\n",
    ),
    (
        "content/companies/dogwood.md",
        "+++\ntitle = \"Dogwood\"\n[extra.company]\n+++\n",
    ),
    (
        "content/compare/docks.md",
        "+++\ntitle = \"Docks\"\n[extra.comparison]\ncompanies = [\"Cedar\", \"Fir\"]\n+++\n",
    ),
    (
        "content/compare/alder-cloud-vs-birch.md",
        "+++\ntitle = \"The two\"\n[extra.comparison]\ncompanies = [\"Birch\", \"Alder Cloud\"]\n+++\n",
    ),
    (
        "content/weekly/2026-W17.md",
        "+++\ntitle = \"A busy week\"\n[extra.week]\n+++\nIt was busy.\n",
    ),
    (
        "content/weekly/_index.md",
        "+++\ntitle = \"Recaps\"\n+++\nEvery Sunday.\n",
    ),
    (
        "content/companies/_index.md",
        "+++\ntitle = \"Who is who\"\n+++\n",
    ),
    (
        "content/briefs/deep/_index.md",
        "+++\ntitle = \"Deep\"\n+++\n",
    ),
    (
        "content/events/launch.md",
        "+++\ntitle = \"The launch\"\n[extra.event]\n+++\nUp.\n",
    ),
    ("content/about.md", "+++\ntitle = \"About\"\n+++\nUs.\n"),
    (
        "content/blog/more.md",
        "+++\ntitle = \"More\"\ndate = 2026-04-23\n+++\n",
    ),
    ("content/blog/colocated/table.csv", "a,b\n"),
    (
        "content/tags/clouds.md",
        "+++\ntitle = \"Not the tag\"\n+++\n",
    ),
    ("static/style.css", "body { background: url(/dot.png) }\n"),
    ("static/notes.txt", "New notes.\n"),
    ("data/facts.toml", "tons = 3\n"),
    ("static/facts.toml", "tons = 4\n"),
    ("facts.toml", "tons = 5\n"),
    ("themes/tera1-small/static/facts.toml", "tons = 6\n"),
    (
        "templates/sitemap.xml",
        "{% for e in entries %}{{ e.permalink | safe }} {{ e.updated }} {{ e.extra.mood }}\n{% endfor %}",
    ),
    ("templates/robots.txt", "# {{ config.title }}\n"),
    (
        "templates/summary-cutoff.html",
        "({{ summary | length }} {{ lang }})",
    ),
    (
        "templates/internal/alias.html",
        "<a href=\"{{ url }}\">There</a>\n",
    ),
    (
        "templates/atom.xml",
        "{{ feed_url }} {{ last_updated }}{% for page in pages %} {{ page.title }}{% endfor %}\n",
    ),
    ("static/own.css", "a { b: static; }\n"),
    ("sass/_colors.scss", "$text: blue;\n"),
    ("sass/colors.scss", "$text: green;\n"),
    (
        "sass/own.scss",
        "@import \"parts\", \"colors\";\np { color: $text; }\n",
    ),
    ("sass/parts/_index.scss", "u { v: w; }\n"),
    ("static/about/index.html", "<a href=\"/\">Home</a>\n"),
    (
        "templates/about.html",
        "{% extends \"page.html\" %}{% block content %}About {{ page.title }}{% endblock %}\n",
    ),
    (
        "templates/shortcodes/note.html",
        "<b>{{ nth }}{% if text %} {{ text }}{% endif %}</b>\n",
    ),
    ("templates/partials/footer.html", "<footer>Ours</footer>\n"),
    ("templates/partials/card.html", "<p>{{ item.title }}</p>\n"),
    (
        "templates/index.html",
        "<!doctype html><title>{{ config.title }}</title>{{ section.pages | length }}\n",
    ),
];

/// Style sheets that take in what other files say, and one that looks for what is not there.
pub const SASS: [(&str, &str); 5] = [
    (
        "sass/own.scss",
        "@use \"colors\";\na { color: colors.$text; }\n",
    ),
    ("sass/_colors.scss", "$text: red;\n"),
    (
        "themes/tera1-small/sass/theme.scss",
        "@import \"../../../sass/colors\";\nb { color: $text; }\n",
    ),
    ("themes/tera1-small/sass/own.scss", "a { b: c; }\n"),
    ("sass/_parts.scss", "i { j: k; }\n"),
];

/// The first line of a configuration, where keys begin that are in no table.
pub const TOP_OF_CONFIG: &str = "# The site.";

const CONFIG: Keys = &[
    ("title", TITLES),
    ("description", &["", "\"News\""]),
    ("generate_feeds", &["", "true", "false"]),
    (
        "feed_filenames",
        &["", "[\"rss.xml\"]", "[\"atom.xml\", \"rss.xml\"]"],
    ),
    ("feed_limit", &["", "2"]),
    (
        "base_url",
        &["\"https://example.org\"", "\"https://example.org/news\""],
    ),
    ("ignored_static", &["", "[\"*.txt\"]"]),
    ("build_search_index", &["", "true"]),
    ("compile_sass", &["true", "false"]),
];

const DATELINE: Keys = &[
    ("time_zone", &["", "\"Asia/Tokyo\"", "\"America/New_York\""]),
    ("authority", &["", "\"example.org,2026\""]),
    ("pages", &["", "[\"weekly\", \"companies\"]", "[]"]),
    (
        "theme",
        &["\"dateline\"", "\"tera1-small\"", "\"jinja-small\""],
    ),
];

/// Settings of a theme, in its `theme.toml` and in the configuration, which wins.
const SETTINGS: Keys = &[
    ("accent", &["", "\"teal\"", "\"red\""]),
    (
        "menu",
        &[
            "",
            "{ name = \"Harbour\" }",
            "{ name = \"Dock\", size = 2 }",
        ],
    ),
];

/// Pieces of templates that most engines understand; with some of them pages ask for more.
const TEMPLATE_PIECES: &[&str] = &[
    "<!-- another line -->",
    "{{ config.title }}",
    "{{ get_url(path=\"style.css\") }}",
    "{{ get_url(path=\"@/companies/birch.md\") }}",
    "{% set s = get_section(path=\"briefs/_index.md\") %}{{ s.title }} {{ s.pages | length }}",
    "{% set s = get_section(path=\"blog/_index.md\") %}{% for p in s.pages %}{{ p.title }}{% endfor %}",
    "{% set p = get_page(path=\"companies/alder.md\") %}{{ p.title }}{{ p.content | safe }}",
    "{% set p = get_page(path=\"blog/first.md\") %}{{ p.title }} {{ p.description }}",
    "{% set t = get_taxonomy(kind=\"tags\") %}{{ t.items | length }}",
    "{{ get_taxonomy_url(kind=\"tags\", name=\"clouds\") }}",
    "{{ now() | date(format=\"%F\") }}",
    "{% set c = get_comparison(slug=\"clouds\", required=false) %}{% if c %}{{ c.summary }}{% endif %}",
    "{% set c = get_company(name=\"Birch\", limit=1) %}{{ c.count }}{{ c.cells_left_out }}",
    "{% set p = get_predictions(standing=\"open\", company=\"Alder Cloud\") %}{{ p.total }}",
    "{% set t = get_timeline(limit=1) %}{{ t.total }}{% for i in t.items %}{{ i.date.text }}{% endfor %}",
    "{% set w = get_week(required=false) %}{% if w %}{{ w.title }}{{ w.count }}{% endif %}",
    "{{ get_url(path=\"style.css\", cachebust=true) }}",
    "{{ get_hash(path=\"static/notes.txt\") }}",
    "{{ get_url(path=\"own.css\", cachebust=true) }}",
    "{{ get_hash(path=\"theme.css\") }}",
    "{{ config.mode }}",
    "{% set s = get_section(path=\"blog/_index.md\") %}{% for p in s.pages %}{{ p.summary | default(value=\"\") }}{% endfor %}",
    "{% set d = load_data(path=\"facts.toml\", required=false) %}{% if d %}{{ d.tons }}{% endif %}",
    "{% set d = load_data(path=\"data/facts.toml\", required=false) %}{% if d %}{{ d.tons }}{% endif %}",
    "{% set i = resize_image(path=\"photo.png\", width=2, height=3) %}{{ i.url | safe }} {{ i.orig_width }}",
    "{% set i = resize_image(path=\"@/blog/photo.png\", width=4, op=\"fit_width\", format=\"webp\") %}{{ i.url | safe }}",
    "{% set m = get_image_metadata(path=\"photo.png\", allow_missing=true) %}{% if m %}{{ m.width }}{% endif %}",
    "{% if config.extra.accent %}{{ config.extra.accent }}{% endif %}",
    "{% if config.extra.menu %}{{ config.extra.menu.name }}{% endif %}",
];

/// The times at which histories take place.
pub const NOWS: &[&str] = &[
    "2026-02-10T12:00:00Z",
    "2026-05-01T12:00:00Z",
    "2026-05-01T18:00:00Z",
    "2026-05-02T00:30:00Z",
    "2026-07-01T00:00:00Z",
    "2027-01-01T00:00:00Z",
];

impl Author {
    fn step(&mut self) -> Step {
        let edit = self.edit();
        self.world.apply(&edit);
        let then = match self.random.below(10) {
            0 | 1 => Look::Away,
            2..8 => Look::AtSome(self.random.next()),
            _ => Look::AtAll,
        };
        let chance = Some(self.random.next());
        Step { edit, then, chance }
    }

    fn edit(&mut self) -> Edit {
        // Nobody leaves a site broken for long.
        let broken: Vec<String> = self.world.broken().into_iter().cloned().collect();
        let urgent = broken.iter().any(|file| !file.starts_with("content/"));
        if !broken.is_empty() && self.random.chance(if urgent { 50 } else { 15 }) {
            let file = self.random.one(&broken).clone();
            return Edit::Repair { file };
        }
        loop {
            let edit = match self.random.below(100) {
                0..22 => self.front_matter(),
                22..40 => self.body(),
                40..49 => self.addition(),
                49..54 => self.deletion(),
                54..62 => self.move_(),
                62..64 => self.file("").map(|file| Edit::Touch { file }),
                64..71 => self.break_(),
                71..77 => self.config(),
                77..84 => self.theme(),
                84..87 => Some(self.picture()),
                87..94 => Some(Edit::Undo),
                94..97 => Some(Edit::Reset),
                _ => Some(Edit::Clock {
                    now: NOWS[self.random.below(NOWS.len())],
                }),
            };
            if let Some(edit) = edit {
                return edit;
            }
        }
    }

    /// One of the files below a folder.
    fn file(&mut self, below: &str) -> Option<String> {
        let files = self.world.files().keys();
        let files: Vec<&String> = files.filter(|file| file.starts_with(below)).collect();
        (!files.is_empty()).then(|| (*self.random.one(&files)).clone())
    }

    fn article(&mut self) -> Option<(String, String)> {
        let file = self.file("content/").filter(|file| file.ends_with(".md"))?;
        let text = self.text(&file)?;
        Some((file, text))
    }

    fn text(&self, file: &str) -> Option<String> {
        String::from_utf8(self.world.files()[file].clone()).ok()
    }

    fn front_matter(&mut self) -> Option<Edit> {
        let (file, text) = self.article()?;
        let end = text.find("\n+++\n")? + 1;
        let front_matter = text.get("+++\n".len()..end).unwrap_or_default();
        let own = TABLES
            .iter()
            .find(|(header, _)| front_matter.contains(header));
        let kind = self.random.below(10);
        let (header, keys) = match own {
            Some((header, keys)) if kind < 4 => (*header, *keys),
            _ if file.ends_with("_index.md") => ("+++", SECTION),
            _ if kind < 7 => ("+++", PAGE),
            _ => ("[taxonomies]", TAXONOMIES),
        };
        if !text.contains(&format!("{header}\n")) {
            // The table is not there yet; what follows the last key is the best place for it.
            let (old, new) = ("\n+++\n".into(), format!("\n{header}\n+++\n"));
            return Some(Edit::Replace { file, old, new });
        }
        self.set(file, &text, header, keys)
    }

    /// Gives a key below a header another value: in place, as the first of the table, or not at all.
    fn set(&mut self, file: String, text: &str, header: &str, keys: Keys) -> Option<Edit> {
        let (key, values) = *self.random.one(keys);
        let value = *self.random.one(values);
        let new = match value {
            "" => String::new(),
            value => format!("{key} = {value}\n"),
        };
        let table = &text[text.find(header)?..];
        let (_, table) = table.split_once('\n')?;
        let mut lines = table.split_inclusive('\n');
        let old = lines
            .by_ref()
            .take_while(|line| !line.starts_with(['[', '+']))
            .find(|line| {
                line.strip_prefix(key)
                    .is_some_and(|rest| rest.starts_with(" ="))
            });
        let (old, new) = match old {
            Some(old) => (old.to_owned(), new),
            None => (format!("{header}\n"), format!("{header}\n{new}")),
        };
        (old != new).then_some(Edit::Replace { file, old, new })
    }

    fn body(&mut self) -> Option<Edit> {
        let (file, text) = self.article()?;
        let start = text.find("\n+++\n")? + "\n+++\n".len();
        let mut lines: Vec<&str> = text[start..].split_inclusive('\n').collect();
        lines.retain(|line| line.trim() != "");
        let line = *self.random.one(LINES);
        if lines.is_empty() {
            let (old, new) = ("\n+++\n".into(), format!("\n+++\n{line}\n"));
            return Some(Edit::Replace { file, old, new });
        }
        let old = (*self.random.one(&lines)).to_owned();
        let new = match self.random.below(12) {
            0..4 => format!("{old}{line}\n"),
            4 | 5 => format!("{line}\n\n{old}"),
            6..8 => String::new(),
            8 => old.replacen(' ', " **new** ", 1),
            // The file is as long as it was.
            9 | 10 => old.replacen(['a', 'e', 'i'], "o", 1),
            _ => old.replacen(['1', '2', '3'], "4", 1),
        };
        (old != new).then_some(Edit::Replace { file, old, new })
    }

    fn addition(&mut self) -> Option<Edit> {
        if self.random.chance(40) {
            let (file, text) = self.random.one(NEW_FILES);
            let (file, text) = ((*file).into(), (*text).into());
            return Some(Edit::Write { file, text });
        }
        let folder = self
            .random
            .one(&["briefs", "briefs", "briefs/deep", "blog"]);
        let name = *self.random.one(NAMES);
        let title = self.random.one(TITLES);
        let date = self.random.one(DATES);
        let (_, tags) = TAXONOMIES[0];
        let tags = self.random.one(&tags[1..]);
        let mut text =
            format!("+++\ntitle = {title}\ndate = {date}\n[taxonomies]\ntags = {tags}\n");
        text.push_str("[extra.brief]\n");
        if self.random.chance(60) {
            text += &format!("id = \"cccc{}\"\n", self.random.one(&["22", "33", "44"]));
        }
        text.push_str("+++\n");
        for _ in 0..self.random.below(6) {
            text += &format!("{}\n", self.random.one(LINES));
        }
        let file = format!("content/{folder}/{name}.md");
        Some(Edit::Write { file, text })
    }

    fn deletion(&mut self) -> Option<Edit> {
        let folders = ["content/", "content/", "", "templates/", "static/"];
        let below = *self.random.one(&folders);
        let file = self.file(below)?;
        if file == "config.toml" {
            return None;
        }
        let path = match file.rsplit_once('/') {
            Some((folder, _)) if self.random.chance(15) && folder.contains('/') => folder.into(),
            _ => file,
        };
        Some(Edit::Delete { path })
    }

    fn move_(&mut self) -> Option<Edit> {
        let file = self.file("content/")?;
        let (folder, name) = file.rsplit_once('/')?;
        let (from, to) = match self.random.below(10) {
            // Another name.
            0..4 => {
                let to = format!("{folder}/{}.md", self.random.one(NAMES));
                (file.clone(), to)
            }
            // Another folder.
            4..8 => {
                let to = format!("content/{}/{name}", self.random.one(FOLDERS));
                (file.clone(), to)
            }
            _ if folder.contains('/') => {
                let to = format!("content/{}", self.random.one(FOLDERS));
                (folder.to_owned(), to)
            }
            _ => return None,
        };
        (from != to).then_some(Edit::Move { from, to })
    }

    fn picture(&mut self) -> Edit {
        let file = (*self.random.one(PICTURES)).into();
        let shade = *self.random.one(&[0, 128, 255]);
        let size = *self.random.one(&[(6, 4), (6, 4), (4, 6), (1, 9)]);
        Edit::Paint { file, shade, size }
    }

    fn break_(&mut self) -> Option<Edit> {
        let below = *self.random.one(&["content/", "content/", "content/", ""]);
        let file = self.file(below)?;
        let how = match self.random.below(6) {
            0 => Damage::Emptied,
            1 | 2 => Damage::Halved,
            3 => Damage::NotUtf8,
            _ if file.ends_with(".toml") => Damage::Ends("\n= wrong\n"),
            _ if file.ends_with(".html") => Damage::Ends("{% if %}"),
            _ => Damage::Halved,
        };
        Some(Edit::Break { file, how })
    }

    fn config(&mut self) -> Option<Edit> {
        let file = String::from("config.toml");
        let text = self.text(&file)?;
        let has_ours = text.contains("[extra.dateline]\n");
        if self.random.chance(25) {
            let header = "[extra]";
            if text.contains("[extra]\n") {
                return self.set(file, &text, header, SETTINGS);
            }
            let old = String::from("[extra.dateline]\n");
            let new = format!("{header}\n\n{old}");
            return Some(Edit::Replace { file, old, new });
        }
        if has_ours && self.random.chance(50) {
            return self.set(file, &text, "[extra.dateline]", DATELINE);
        }
        self.set(file, &text, TOP_OF_CONFIG, CONFIG)
    }

    fn theme(&mut self) -> Option<Edit> {
        if self.random.chance(20) {
            let file = self
                .file("themes/")
                .filter(|file| file.ends_with("theme.toml"))?;
            let text = self.text(&file)?;
            if text.contains("[extra]\n") {
                return self.set(file, &text, "[extra]", SETTINGS);
            }
            // A table is best at the end, after whatever the last key is.
            let old = text.lines().next_back()?.to_owned();
            let new = format!("{old}\n\n[extra]");
            return Some(Edit::Replace { file, old, new });
        }
        let below = *self.random.one(&["themes/", "templates/"]);
        let file = self.file(below).filter(|file| file.ends_with(".html"))?;
        let text = self.text(&file)?;
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        if lines.is_empty() {
            return None;
        }
        let old = (*self.random.one(&lines)).to_owned();
        let piece = self.random.one(TEMPLATE_PIECES);
        let new = format!("{old}{piece}\n");
        Some(Edit::Replace { file, old, new })
    }
}
