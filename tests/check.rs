//! Articles and configurations, and what is said of them.
//!
//! Beside each `tests/articles/**/NAME.md` stands `NAME.problems`, a line for each problem; the
//! folder is the `content/` of a site whose configuration is its `config.toml`. Where there is a
//! `NAME.read`, it says what was understood. Beside each `tests/configs/NAME.toml` stands
//! `NAME.problems`, and perhaps `NAME.json`, the configuration as templates see it, and
//! `NAME.theme`, the theme's `[extra]`. `UPDATE=1 cargo test` writes what is expected anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dateline::config::{Config, Overrides};
use dateline::content::article::{Article, Table};
use dateline::content::date::Moment;
use dateline::content::name::FileName;
use dateline::content::source::{BYTES_MAX, Source};
use dateline::content::{Known, Parsed, parse};
use dateline::data::{parse_toml, value_of};
use dateline::diagnostic::{At, Diagnostic, Diagnostics, Severity};
use dateline::value::Value;

#[test]
fn articles() {
    let folder = folder("articles");
    let config = read_config(&folder.join("config.toml"));
    let mut fixtures = Fixtures::new(&folder, &["config.toml", ".gitattributes"]);
    for path in fixtures.with_extension("md") {
        let bytes = fs::read(&path).unwrap();
        let name = path.strip_prefix(&folder).unwrap().to_str().unwrap();
        let source = Source {
            path: name.replace('\\', "/").into(),
            bytes: bytes.as_slice().into(),
        };
        let parsed = parse(&source, &config);
        fixtures.expect(&path, "problems", shown(parsed.problems, &bytes));
        let read = parsed.article.map_or("nothing\n".into(), |a| read_of(&a));
        fixtures.expect_if_there(&path, "read", read);
    }
    fixtures.finish();
}

#[test]
fn configurations() {
    let folder = folder("configs");
    let mut fixtures = Fixtures::new(&folder, &[".gitattributes"]);
    for path in fixtures.with_extension("toml") {
        let text = fs::read_to_string(&path).unwrap();
        let theme = path.with_extension("theme");
        let theme_extra = match fs::read_to_string(&theme) {
            Ok(text) => value_of(&parse_toml(&text, 0).entries),
            Err(_) => Value::None,
        };
        fixtures.seen.insert(theme);
        let mut problems = Diagnostics::default();
        let config = Config::parse(
            "config.toml".into(),
            &text,
            &Overrides::default(),
            &theme_extra,
            &mut problems,
        );
        fixtures.expect(
            &path,
            "problems",
            shown(problems.into_vec(), text.as_bytes()),
        );
        let value = config.map_or(Value::None, |config| config.value);
        let json = serde_json::to_string_pretty(&value).unwrap() + "\n";
        fixtures.expect_if_there(&path, "json", json);
    }
    fixtures.finish();
}

#[test]
fn the_command_line_goes_over_config() {
    let overrides = Overrides {
        base_url: Some("http://127.0.0.1:1111/x/".into()),
        minify: false,
        ..Overrides::default()
    };
    let mut problems = Diagnostics::default();
    let text = "base_url = 'of no use'\noutput_dir = 'out'";
    let config = Config::parse(
        "config.toml".into(),
        text,
        &overrides,
        &Value::None,
        &mut problems,
    );
    let config = config.unwrap();
    assert_eq!(
        (&*config.base_url, &*config.base_path, &*config.output_dir),
        ("http://127.0.0.1:1111/x", "/x", "out")
    );
    assert_eq!(problems.into_vec(), []);
}

#[test]
fn each_language_sees_its_own_configuration() {
    let config = read_config(&folder("configs").join("languages.toml"));
    let titles = |value: &Value| {
        let other = |code| value.get("languages")?.get(code)?.get("title").cloned();
        let own = value.get("title").cloned();
        (own, other("en"), other("de"), other("fr"))
    };
    let [english, german, french] = ["News", "Nachrichten", "Nouvelles"].map(Value::from);
    let [en, de, fr] = [&english, &german, &french].map(|title| Some(title.clone()));
    assert_eq!(
        titles(config.value_in("en")),
        (en.clone(), None, de.clone(), fr.clone())
    );
    assert_eq!(
        titles(config.value_in("de")),
        (de.clone(), en.clone(), None, fr.clone())
    );
    assert_eq!(
        titles(config.value_in("fr")),
        (fr.clone(), en.clone(), de.clone(), None)
    );
    assert_eq!(titles(config.value_in("xx")), (en, None, de, fr));
}

#[test]
fn a_theme_may_have_tables_that_are_called_like_ours() {
    let config = read_config(&folder("configs").join("least.toml"));
    let page = b"+++\n[extra.company]\nname = 'Acme'\n[extra.week]\ndays = 7\n+++\n";
    let problems = parse(&source("about.md", page), &config).problems;
    let severities: Vec<Severity> = problems.iter().map(|p| p.severity).collect();
    assert_eq!(severities, [Severity::Warning; 2]);
    let brief = b"+++\n[extra.brief]\nname = 'Acme'\n+++\n";
    let problems = parse(&source("about.md", brief), &config).problems;
    assert_eq!(problems[0].severity, Severity::Error);
}

/// No fixture, for Windows has no such file names.
#[test]
fn a_file_name_may_begin_with_an_instant() {
    let config = read_config(&folder("articles").join("config.toml"));
    let file = source("2026-03-09T23:30:00Z-a.md", b"+++\n+++\n");
    let article = parse(&file, &config).article.unwrap();
    let date = article.front_matter.date.as_ref().unwrap();
    let day = date.day.to_string();
    assert_eq!((&*date.text, &*day), ("2026-03-09T23:30:00Z", "2026-03-10"));
    assert_eq!(FileName::new(&article.path, &config).slug, "a");
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let config = read_config(&folder("articles").join("config.toml"));
    let parsed = |length: usize| {
        let mut bytes = b"+++\n+++\n".to_vec();
        bytes.resize(length, b' ');
        parse(&source("large.md", &bytes), &config)
    };
    assert_eq!(parsed(BYTES_MAX).problems, []);
    let too_large = parsed(BYTES_MAX + 1);
    assert!(too_large.article.is_none());
    assert_eq!(
        shown(too_large.problems, b""),
        "whole error[too-large]: the file has 4194305 bytes, more than the 4194304 that are read\n  \
         hint: split it, or move what is not text beside it\n"
    );
}

#[test]
fn a_file_of_the_same_bytes_is_not_parsed_again() {
    let config = read_config(&folder("articles").join("config.toml"));
    let sources = [
        source("a.md", b"+++\ntitle = 'a'\n+++\n"),
        source("b.md", b"no front matter"),
        source("c.md", b"+++\ntitle = 'c'\n+++\n"),
    ];
    let mut known = Known::default();
    let mut parse = |sources: &[Source]| -> Vec<Parsed> {
        known.follow(sources, &config);
        let versions = known.versions().iter();
        versions.map(|version| version.parsed.clone()).collect()
    };
    let first = parse(&sources);
    let edited = [
        sources[0].clone(),
        sources[1].clone(),
        source("c.md", b"+++\ntitle = 'd'\n+++\n"),
    ];
    let second = parse(&edited);
    let same = |at: usize| match (&first[at].article, &second[at].article) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    assert!(same(0), "an article was parsed though its bytes are equal");
    assert!(same(1));
    assert_eq!(first[1].problems, second[1].problems);
    assert!(!same(2), "an edit was not seen");
    let title = second[2].article.as_ref().unwrap();
    assert_eq!(title.front_matter.title.as_deref(), Some("d"));
}

/// A folder of fixtures, and what of it differs from what it should be.
pub struct Fixtures {
    folder: PathBuf,
    files: BTreeSet<PathBuf>,
    seen: BTreeSet<PathBuf>,
    differing: String,
}

impl Fixtures {
    /// All files in a folder and below it. `others` in it are no fixtures.
    pub fn new(folder: &Path, others: &[&str]) -> Fixtures {
        let files = walkdir::WalkDir::new(folder)
            .into_iter()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.file_type().is_file())
            .map(walkdir::DirEntry::into_path)
            .collect();
        Fixtures {
            folder: folder.to_owned(),
            files,
            seen: others.iter().map(|name| folder.join(name)).collect(),
            differing: String::new(),
        }
    }

    /// The fixtures themselves: files with an extension, in order.
    pub fn with_extension(&mut self, extension: &str) -> Vec<PathBuf> {
        let fixtures: Vec<PathBuf> = self
            .files
            .iter()
            .filter(|path| path.extension().is_some_and(|e| e == extension))
            .filter(|path| !self.seen.contains(*path))
            .cloned()
            .collect();
        assert!(!fixtures.is_empty(), "no fixtures in {:?}", self.folder);
        self.seen.extend(fixtures.iter().cloned());
        fixtures
    }

    /// Compares with the file beside a fixture that has this extension.
    pub fn expect(&mut self, fixture: &Path, extension: &str, found: String) {
        let path = fixture.with_extension(extension);
        self.seen.insert(path.clone());
        if std::env::var_os("UPDATE").is_some() {
            if fs::read(&path).ok().as_deref() != Some(found.as_bytes()) {
                fs::write(&path, found).unwrap();
            }
            return;
        }
        let name = path.strip_prefix(&self.folder).unwrap().display();
        match fs::read_to_string(&path) {
            Ok(expected) if expected == found => {}
            Ok(expected) => {
                let diff = diff(&expected, &found);
                writeln!(self.differing, "{name}:\n{diff}").unwrap();
            }
            Err(_) => {
                let diff = diff("", &found);
                writeln!(self.differing, "{name} is missing:\n{diff}").unwrap();
            }
        }
    }

    /// The same, if there is such a file.
    pub fn expect_if_there(&mut self, fixture: &Path, extension: &str, found: String) {
        if fixture.with_extension(extension).exists() {
            self.expect(fixture, extension, found);
        }
    }

    /// Fails with all that differs, and with files that no fixture has asked for.
    pub fn finish(mut self) {
        for unused in self.files.difference(&self.seen) {
            let name = unused.strip_prefix(&self.folder).unwrap().display();
            writeln!(self.differing, "{name}: nothing makes this file").unwrap();
        }
        assert!(
            self.differing.is_empty(),
            "{}If that is right: UPDATE=1 cargo test, and read the diff.",
            self.differing
        );
    }
}

/// The lines that are in one text only, with `-` and `+`, in order.
fn diff(expected: &str, found: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    // The longest common subsequence of what follows each pair of lines.
    let mut common = vec![vec![0; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = if old[i] == new[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, String::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || i < old.len() && common[i + 1][j] >= common[i][j + 1] {
            writeln!(lines, "  - {}", old[i]).unwrap();
            i += 1;
        } else {
            writeln!(lines, "  + {}", new[j]).unwrap();
            j += 1;
        }
    }
    lines
}

/// Problems in the form of the `.problems` files.
pub fn shown(problems: Vec<Diagnostic>, bytes: &[u8]) -> String {
    let mut sorted = Diagnostics::default();
    sorted.extend(problems);
    let mut lines = String::new();
    for problem in sorted.sorted() {
        let severity = match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let place = position(&problem.place.at, bytes);
        let (code, message) = (problem.code, problem.message);
        writeln!(lines, "{place} {severity}[{code}]: {message}").unwrap();
        if let Some(hint) = problem.hint {
            writeln!(lines, "  hint: {hint}").unwrap();
        }
    }
    lines
}

/// `3:9-17`: line, first column and the one behind the last; `3:9-4:2` over several lines.
fn position(at: &At, bytes: &[u8]) -> String {
    let line_and_column = |offset: u32| {
        let before = &bytes[..offset as usize];
        let start = before
            .iter()
            .rposition(|b| *b == b'\n')
            .map_or(0, |i| i + 1);
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        let column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
        (line, column)
    };
    match at {
        At::Whole => "whole".into(),
        At::Line(line, column) => format!("{line}:{column}"),
        At::Bytes(start, end) => {
            let (start, end) = (line_and_column(*start), line_and_column(*end));
            if start.0 == end.0 {
                format!("{}:{}-{}", start.0, start.1, end.1)
            } else {
                format!("{}:{}-{}:{}", start.0, start.1, end.0, end.1)
            }
        }
    }
}

/// What was understood of an article's front matter, a line for each key that says something.
fn read_of(article: &Article) -> String {
    let keys = &article.front_matter;
    let moment =
        |moment: &Moment| format!("{} = {} on {}", moment.text, moment.instant, moment.day);
    let mut lines = String::new();
    let mut line = |key: &str, value: String| {
        let _ = writeln!(lines, "{key}: {value}");
    };
    let texts = [
        ("language", &article.language),
        ("title", &keys.title),
        ("description", &keys.description),
        ("slug", &keys.slug),
        ("path", &keys.path),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            line(key, format!("{text:?}"));
        }
    }
    for (key, time) in [("date", &keys.date), ("updated", &keys.updated)] {
        if let Some(time) = time {
            line(key, moment(time));
        }
    }
    let flags = (keys.draft, keys.render, keys.in_search_index);
    if flags != (false, true, true) {
        line("draft, render, in_search_index", format!("{flags:?}"));
    }
    if let Some(weight) = keys.weight {
        line("weight", weight.to_string());
    }
    if let Some((template, _)) = &keys.template {
        line("template", format!("{template:?}"));
    }
    if !keys.authors.is_empty() {
        line("authors", format!("{:?}", keys.authors));
    }
    if !keys.aliases.is_empty() {
        line("aliases", format!("{:?}", names(&keys.aliases)));
    }
    for (kind, terms) in &keys.taxonomies {
        line(kind, format!("{:?}", names(terms)));
    }
    if let Some(section) = &keys.section {
        line("section", format!("{section:?}"));
    }
    line("extra", serde_json::to_string(&keys.extra).unwrap());
    line("table", read_of_table(&article.table, moment));
    lines
}

fn read_of_table(table: &Table, moment: impl Fn(&Moment) -> String) -> String {
    match table {
        Table::None => "none".into(),
        Table::Event => "event".into(),
        Table::Brief(brief) => {
            let origin = brief.source.as_ref().map(|origin| {
                let published = origin.published.as_ref().map(&moment);
                (&origin.name, &origin.url, published)
            });
            let id = brief.id.as_ref().map(|(id, _)| id);
            let event = brief.event.as_ref().map(|(event, _)| event);
            format!(
                "brief {id:?}\n  source: {origin:?}\n  collected: {:?}\n  event: {event:?}\n  \
                 analysis: {:?}\n  companies: {:?}",
                brief.collected.as_ref().map(moment),
                brief.analysis,
                names(&brief.companies)
            )
        }
        Table::Company(company) => format!(
            "company\n  aliases: {:?}\n  products: {:?}",
            names(&company.aliases),
            names(&company.products)
        ),
        Table::Comparison(comparison) => format!(
            "comparison\n  companies: {:?}\n  features: {:?}\n  order: {:?}\n  groups: {:?}",
            names(&comparison.companies),
            names(&comparison.features),
            names(&comparison.order),
            comparison
                .groups
                .iter()
                .map(|(name, features)| (name, names(features)))
                .collect::<Vec<_>>()
        ),
        Table::Week(week) => format!(
            "week {} of {}\n  pins: {:?}\n  omit: {:?}\n  order: {:?}\n  subject: {:?}\n  \
             preheader: {:?}",
            week.week,
            week.year,
            names(&week.pins),
            names(&week.omit),
            names(&week.order),
            week.subject,
            week.preheader
        ),
    }
}

fn names<P>(placed: &[(Arc<str>, P)]) -> Vec<&str> {
    placed.iter().map(|(name, _)| &**name).collect()
}

/// A folder of `tests/`.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(name)
}

/// A configuration without errors.
pub fn read_config(path: &Path) -> Config {
    let text = fs::read_to_string(path).unwrap();
    let mut problems = Diagnostics::default();
    let config = Config::parse(
        "config.toml".into(),
        &text,
        &Overrides::default(),
        &Value::None,
        &mut problems,
    );
    assert_eq!(problems.into_vec(), []);
    config.unwrap()
}

/// A file of `content/`.
pub fn source(path: &str, bytes: &[u8]) -> Source {
    Source {
        path: path.into(),
        bytes: bytes.into(),
    }
}
