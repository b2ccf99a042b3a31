//! The README and the pages of `content/docs/`: what they show is done, and what they list is all.
//!
//! Each page is played from its first line to its last in a folder of its own, on 2026-04-30:
//!
//! - ```` ```sh ```` holds commands, which have to end well;
//! - ```` ```console ```` holds commands after `$ ` and what they print (`UPDATE=1` writes it);
//! - ```` ```markdown,name=content/briefs/x.md ````, or any other language with a name, is a file.
//!   TOML under the name of a file that is there is laid over it, or over its front matter; a
//!   configuration without `base_url` is laid over that of `dateline init`;
//! - ```` ```markdown ```` without a name is the body of a brief, or a part of one;
//! - ```` ```text ```` is nothing of these.
//!
//! If it is a site at the end, `dateline check --strict` must find nothing. `name=` is Zola's.
#![expect(
    clippy::disallowed_methods,
    reason = "this test writes folders and looks at them"
)]

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Seek as _};
use std::path::{Path, PathBuf};

use dateline::config::{Config, Label, Overrides, PartKind};
use dateline::content::parse;
use dateline::content::shortcode::{find, has_calls};
use dateline::diagnostic::{Diagnostic, Diagnostics};
use dateline::pages::VIEWS;
use dateline::render::functions::FUNCTIONS;
use dateline::render::theme;
use dateline::value::Value;

use crate::check::{folder, read_config, source};
use crate::commands::{normal, program, ready, words};

/// Commands that are not run, by their first word, with the reason.
const NOT_RUN: [(&str, &str); 3] = [
    (
        "cargo",
        "it builds what these tests are part of, and installing needs the network",
    ),
    ("tests/run", "it runs these tests"),
    ("git", "it is another program, which need not be there"),
];

/// What other languages than ours a block may be in.
const LANGUAGES: [&str; 8] = [
    "css", "html", "json", "markdown", "scss", "text", "toml", "yaml",
];

#[test]
fn what_the_pages_show_works() {
    let pages = pages();
    let failed: Vec<String> = std::thread::scope(|scope| {
        let played: Vec<_> = pages
            .iter()
            .map(|(name, text)| scope.spawn(move || (name, text, play(text))))
            .collect();
        let done = played.into_iter().map(|page| page.join().unwrap());
        done.flat_map(|(name, text, mut played)| {
            if std::env::var_os("UPDATE").is_none() {
                played.failed.append(&mut played.differing);
            } else if played.text != *text {
                fs::write(repository().join(name), &played.text).unwrap();
            }
            let failed = played.failed.into_iter();
            failed.map(move |failed| format!("{name}, {failed}"))
        })
        .collect()
    });
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

#[test]
fn what_is_wrong_in_a_page_is_found() {
    let found = |page: &str| {
        let played = play(page);
        [played.failed, played.differing].concat().join("\n")
    };
    let check = |page: &str, expected: &str| {
        let found = found(page);
        assert!(found.contains(expected), "{page}\n{found}");
    };
    assert_eq!(
        found("```sh\ndateline init site   # a comment\ncd site\ndateline build\n```\n"),
        ""
    );
    check(
        "```sh\ndateline bild\n```\n",
        "line 2: `dateline bild` failed",
    );
    check(
        "```sh\ndateline init\ndateline serve --prot 1\n```\n",
        "`dateline serve --prot 1` failed",
    );
    check("```sh\nls\n```\n", "`ls` is not run by the test");
    check(
        "```console\n$ dateline --version\ndateline 0\n```\n",
        "it prints\n$ dateline --version\ndateline 0.1",
    );
    check(
        "```shell\ndateline init\n```\n",
        "nothing is known of blocks in `shell`",
    );
    check(
        "   ```sh\n   dateline init\n   ```\n",
        "line 1: a block begins at the left",
    );
    check("```markdown\n+++\n+++\n```\n", "a file has a name");
    check("```toml\nx = 1\n```\n", "a file has a name");
    check(
        "```markdown,name=content/x.md\n+++\n```\n",
        "error[unclosed-front-matter]",
    );
    check(
        "```toml,name=config.toml\n[extra.dateline]\nauthor = \"\"\n```\n",
        "`author`",
    );
    check(
        "```toml,name=config.toml\n[extra.dateline\n```\n",
        "not TOML",
    );
    check("```yaml,name=x.yml\na: [\n```\n", "not YAML");
    check(
        "```yaml,name=x.yml\njobs: {a: {steps: [{run: dateline bild}]}}\n```\n",
        "`dateline bild` failed",
    );
    let brief = "+++\ntitle = 'A'\ndate = 2026-01-05\n[extra.brief]\nid = 'h3w8kd'\n+++\n";
    assert_eq!(
        found(&format!("```markdown,name=content/x.md\n{brief}```\n")),
        ""
    );
    let over = "```toml,name=content/x.md\n[extra.brief]\nanalysis = 'dog'\n```\n";
    check(
        &format!("```markdown,name=content/x.md\n{brief}```\n{over}"),
        "error[bad-value]",
    );
    assert_eq!(
        found("```markdown\n## Timeline\n\n- 2026: it happens\n```\n"),
        ""
    );
    check(
        "```markdown\n## Timelime\n\n- 2026: it happens\n```\n",
        "error[misspelt-heading]",
    );
}

#[test]
fn no_page_calls_a_shortcode() {
    for (name, text) in pages() {
        let pieces = find(&text, 0, |_| {}).unwrap_or_else(|mistake| {
            panic!("{name}: {:?} {}", mistake.kind, &text[mistake.bytes]);
        });
        assert!(!has_calls(&pieces.unwrap_or_default()), "{name}");
    }
}

#[test]
fn links_of_the_readme_lead_to_files() {
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let targets = readme.split("](").skip(1);
    let targets: Vec<&str> = targets.filter_map(|rest| rest.split(')').next()).collect();
    let files = targets.iter().filter(|target| !target.contains("://"));
    let missing: Vec<&&str> = files
        .filter(|target| !repository().join(target).exists())
        .collect();
    assert!(targets.len() > 10, "{targets:?}");
    assert!(missing.is_empty(), "{missing:?}");
}

/// Links between the pages, and all else that a check sees.
#[test]
fn the_site_of_this_repository_passes_a_strict_check() {
    let arguments = ["check", "--strict", "--now", "2026-06-01"];
    let (printed, is_done) = printed(&repository(), arguments);
    assert!(is_done && printed.lines().count() == 1, "{printed}");
}

#[test]
fn headings_differ_within_a_page() {
    for (name, text) in pages() {
        let mut seen = BTreeSet::new();
        for heading in headings(&text) {
            assert!(seen.insert(heading), "{name}: two headings `{heading}`");
        }
    }
}

#[test]
fn every_page_has_a_place_of_its_own_in_the_list() {
    let mut weights = BTreeSet::new();
    let all = pages();
    let docs = all.iter().filter(|(name, _)| name != "README.md");
    let pages: Vec<_> = docs
        .filter(|(name, _)| !name.ends_with("_index.md"))
        .collect();
    for (name, text) in &pages {
        let weight = text.lines().find(|line| line.starts_with("weight = "));
        assert!(weights.insert(weight.expect(name)), "{name}: {weight:?}");
    }
    assert!(pages.len() > 10);
}

/// The keys of a table, out of what the program says of one that it does not know.
#[test]
fn the_tables_of_keys_are_those_of_the_program() {
    let format = page("content-format.md");
    let comparisons = page("comparisons.md");
    let groups = page("companies-events-tags.md");
    let weekly = page("weekly-recap.md");
    for (text, heading, table) in [
        (&format, "Keys of a brief", "brief"),
        (&comparisons, "Keys of a comparison", "comparison"),
        (&groups, "Keys of a company", "company"),
        (&weekly, "Keys of a week", "week"),
    ] {
        let front_matter = format!("[extra.{table}]\nzzzzzz = 1");
        assert_eq!(listed(text, heading), keys_of(&front_matter), "{heading}");
    }
    let brief = listed(&format, "The source");
    let source = keys_of("[extra.brief]\nsource = { name = 'x', zzzzzz = 1 }");
    assert_eq!(brief, source, "The source");
    assert_eq!(keys_of("[extra.event]\nzzzzzz = 1"), BTreeSet::new());
}

#[test]
fn the_tables_of_parts_and_labels_are_those_of_the_program() {
    let format = page("content-format.md");
    let names: BTreeSet<String> = PartKind::ALL
        .iter()
        .flat_map(|(.., names)| names.iter().map(ToString::to_string))
        .collect();
    assert_eq!(listed(&format, "The parts"), names);
    let labels: BTreeSet<String> = Label::ALL
        .iter()
        .flat_map(|(.., names)| names.iter().map(ToString::to_string))
        .collect();
    assert_eq!(listed(&format, "The labels"), labels);
}

#[test]
fn the_tables_of_the_configuration_are_those_of_the_program() {
    let text = page("configuration.md");
    let keys = config_keys("[extra.dateline]\nzzzzzz = 1");
    assert_eq!(listed(&text, "Keys of the site"), keys);
    let views: BTreeSet<String> = VIEWS.iter().map(ToString::to_string).collect();
    assert_eq!(listed(&text, "Choose the pages"), views);
    let parts: BTreeSet<String> = PartKind::ALL
        .iter()
        .map(|(_, name, _)| format!("headings.{name}"))
        .collect();
    let labels: BTreeSet<String> = Label::ALL
        .iter()
        .map(|(_, name, _)| format!("labels.{name}"))
        .collect();
    let both: BTreeSet<String> = parts.union(&labels).cloned().collect();
    assert_eq!(listed(&text, "Other names for parts and labels"), both);
    let headings = config_keys("[extra.dateline.headings]\nzzzzzz = 1");
    assert_eq!(headings.len(), parts.len());
}

#[test]
fn the_tables_of_themes_are_those_of_the_program() {
    let text = page("themes.md");
    let keys = config_keys("[extra.dateline.look]\nzzzzzz = 1");
    assert_eq!(listed(&text, "Change the look"), keys);
    let fonts = config_keys("[extra.dateline.look.fonts]\nzzzzzz = 1");
    assert_eq!(listed(&text, "Fonts"), fonts);
    let functions: BTreeSet<String> = FUNCTIONS.iter().map(|f| f.name.to_owned()).collect();
    let of_zola = listed(&text, "Themes of Zola's");
    let ours = listed(&text, "Functions for briefs");
    assert_eq!(
        of_zola.union(&ours).cloned().collect::<BTreeSet<_>>(),
        functions
    );
    assert!(of_zola.is_disjoint(&ours));
    for function in FUNCTIONS.iter().filter(|f| ours.contains(f.name)) {
        let row = format!("| `{}` | ", function.name);
        let (_, row) = text.split_once(&row).expect("the function has a row");
        let arguments = row.split('|').next().unwrap_or_default();
        let arguments: Vec<&str> = arguments.split('`').skip(1).step_by(2).collect();
        assert_eq!(arguments, function.parameters, "{}", function.name);
    }
    let templates = theme::embedded().templates.iter();
    let of_pages: BTreeSet<String> = templates
        .map(|(name, _)| (*name).to_owned())
        .filter(|name| !name.contains('/') && name != "macros.html")
        .collect();
    assert_eq!(listed(&text, "Replace one template"), of_pages);
}

/// The demonstration has a page at each address that the tables name.
#[test]
fn every_address_that_is_listed_is_there() {
    let output = tempfile::tempdir().unwrap();
    let site = output.path().join("site");
    let arguments = ["build", "--now", "2026-06-01", "-o", site.to_str().unwrap()];
    crate::commands::dateline(&repository(), &arguments.map(String::from));
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    for (text, heading) in [
        (readme, "What a site contains"),
        (page("addresses.md"), "All addresses"),
    ] {
        let addresses = listed(&text, heading);
        assert!(addresses.len() > 15, "{addresses:?}");
        for address in addresses {
            let address = address.trim_start_matches('/');
            let is_there = match address.split_once('…') {
                // Below one of the folders that are there.
                Some((before, after)) => walkdir::WalkDir::new(site.join(before))
                    .into_iter()
                    .flatten()
                    .any(|entry| is_page(&entry.path().join(after.trim_start_matches('/')))),
                None => is_page(&site.join(address)),
            };
            assert!(is_there, "{heading}: nothing is at /{address}");
        }
    }
}

fn is_page(path: &Path) -> bool {
    path.is_file() || path.join("index.html").is_file()
}

/// The names in backticks in the first column of the table under a heading.
pub fn listed(text: &str, heading: &str) -> BTreeSet<String> {
    let mut lines = text.lines().skip_while(|line| {
        let title = line.trim_start_matches('#');
        title.len() == line.len() || title.trim() != heading
    });
    assert!(lines.next().is_some(), "there is no heading `{heading}`");
    let table = lines
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'));
    let cells = table.skip(2).filter_map(|row| row.split('|').nth(1));
    let names: BTreeSet<String> = cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect();
    assert!(!names.is_empty(), "there is no table under `{heading}`");
    names
}

/// The keys that the program says a table of the front matter has.
fn keys_of(front_matter: &str) -> BTreeSet<String> {
    let config = read_config(&folder("articles").join("config.toml"));
    let file = format!("+++\n{front_matter}\n+++\n");
    let parsed = parse(&source("weekly/2026-W01.md", file.as_bytes()), &config);
    known_keys(&parsed.problems)
}

fn config_keys(text: &str) -> BTreeSet<String> {
    let mut problems = Diagnostics::default();
    let text = format!("base_url = 'https://example.org'\n{text}");
    let defaults = Overrides::default();
    Config::parse(
        "config.toml".into(),
        &text,
        &defaults,
        &Value::None,
        &mut problems,
    );
    known_keys(&problems.into_vec())
}

fn known_keys(problems: &[Diagnostic]) -> BTreeSet<String> {
    let unknown = problems
        .iter()
        .find(|problem| problem.code == "unknown-key");
    let hint = unknown.and_then(|problem| problem.hint.as_deref());
    let names = hint.expect("a hint").split('`').skip(1).step_by(2);
    names.map(str::to_owned).collect()
}

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A page of the documentation.
pub fn page(name: &str) -> String {
    fs::read_to_string(repository().join("content/docs").join(name)).unwrap()
}

/// The README and all pages of the documentation, by their paths.
fn pages() -> Vec<(String, String)> {
    let folder = repository().join("content/docs");
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.map(|name| format!("content/docs/{name}")).collect();
    names.push("README.md".into());
    names.sort();
    let read = |name: String| {
        let text = fs::read_to_string(repository().join(&name)).unwrap();
        (name, text)
    };
    names.into_iter().map(read).collect()
}

/// The headings of a page, outside of blocks.
fn headings(text: &str) -> Vec<&str> {
    let mut is_block = false;
    let lines = text.lines().filter(|line| {
        is_block ^= line.starts_with("```");
        !is_block && line.starts_with('#')
    });
    lines
        .map(|line| line.trim_start_matches('#').trim())
        .collect()
}

/// A page as it was played.
struct Played {
    /// The page with what the commands print now.
    text: String,
    failed: Vec<String>,
    /// Where commands print something else than the page says.
    differing: Vec<String>,
}

/// The folder in which a page is played.
struct Stage {
    /// Where the commands are.
    folder: PathBuf,
    /// How many parts of briefs there were.
    parts: usize,
    failed: Vec<String>,
    differing: Vec<String>,
}

/// Does what a page shows.
fn play(page: &str) -> Played {
    let scratch = tempfile::tempdir().unwrap();
    let mut stage = Stage {
        folder: scratch.path().to_owned(),
        parts: 0,
        failed: Vec::new(),
        differing: Vec::new(),
    };
    let mut text = String::new();
    let mut lines = page.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        writeln!(text, "{line}").unwrap();
        let number = at + 1;
        let fence = line.trim_start();
        let length = fence.len() - fence.trim_start_matches('`').len();
        if length < 3 {
            continue;
        }
        if fence.len() < line.len() {
            stage.fail(number, "a block begins at the left, else it is not read");
        }
        let close = &fence[..length];
        let body: String = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| line.trim() != close)
            .flat_map(|line| [line, "\n"])
            .collect();
        let played = stage.block(number, &fence[length..], &called(&body));
        writeln!(text, "{}{close}", played.unwrap_or(body)).unwrap();
    }
    stage.end();
    Played {
        text,
        failed: stage.failed,
        differing: stage.differing,
    }
}

/// A block as a reader sees it: calls of shortcodes without the stars that make them text.
fn called(body: &str) -> String {
    let marks = [
        ("{{/*", "{{"),
        ("*/}}", "}}"),
        ("{%/*", "{%"),
        ("*/%}", "%}"),
    ];
    let without = |text: String, (star, plain): (&str, &str)| text.replace(star, plain);
    marks.into_iter().fold(body.to_owned(), without)
}

impl Stage {
    fn fail(&mut self, line: usize, reason: impl std::fmt::Display) {
        self.failed.push(format!("line {line}: {reason}"));
    }

    /// Plays a block that begins in a line. Gives another text if it should be that.
    fn block(&mut self, line: usize, info: &str, body: &str) -> Option<String> {
        let (language, name) = match info.split_once(",name=") {
            Some((language, name)) => (language, Some(name)),
            None => (info, None),
        };
        match (language, name) {
            ("sh", None) => self.commands(line, body),
            ("console", None) => return self.console(line, body),
            (language, _) if !LANGUAGES.contains(&language) => {
                self.fail(line, format!("nothing is known of blocks in `{language}`"));
            }
            (_, Some(name)) => self.file(line, language, name, body),
            ("text", None) => {}
            ("markdown", None) if !body.starts_with("+++") && !body.starts_with("---") => {
                self.part(body);
            }
            _ => self.fail(line, "a file has a name: ```toml,name=config.toml"),
        }
        None
    }

    /// Lines of a shell.
    fn commands(&mut self, line: usize, body: &str) {
        for (typed, number) in body.lines().zip(line + 1..) {
            let typed = typed.split("  #").next().unwrap_or_default().trim();
            if !typed.is_empty() && !typed.starts_with('#') {
                self.run(number, typed);
            }
        }
    }

    /// Runs a command, which must end well.
    fn run(&mut self, line: usize, typed: &str) {
        let words = words(typed);
        let first = words[0].as_str();
        if NOT_RUN.iter().any(|(name, _)| *name == first) {
            return;
        }
        if first == "cd" {
            self.folder.push(&words[1]);
            if !self.folder.is_dir() {
                self.fail(line, format!("`{typed}` failed"));
            }
            return;
        }
        if first != "dateline" {
            return self.fail(line, format!("`{first}` is not run by the test"));
        }
        if words.iter().any(|word| word == "serve") {
            let mut arguments: Vec<&str> = words[1..].iter().map(String::as_str).collect();
            if let Some(at) = arguments.iter().position(|word| *word == "--port") {
                arguments.drain(at..at + 2);
            }
            if ready(&self.folder, &arguments).is_none() {
                self.fail(line, format!("`{typed}` failed"));
            }
            return;
        }
        // Into a file, as a shell would; the pages do not read it.
        let arguments = words.iter().skip(1).take_while(|word| *word != ">");
        let (printed, is_done) = printed(&self.folder, arguments);
        if !is_done {
            self.fail(line, format!("`{typed}` failed\n{printed}"));
        }
    }

    /// Commands after `$ `, and what they print.
    fn console(&mut self, line: usize, body: &str) -> Option<String> {
        let mut now = String::new();
        for typed in body.lines().filter_map(|line| line.strip_prefix("$ ")) {
            writeln!(now, "$ {typed}").unwrap();
            match self.said(typed) {
                Some(said) => now.push_str(&said),
                None => self.fail(line, format!("`{typed}` failed")),
            }
        }
        if now == body {
            return None;
        }
        self.differing
            .push(format!("line {line}: it prints\n{now}"));
        Some(now)
    }

    /// What a command prints; it may fail, for what it prints is shown.
    fn said(&self, typed: &str) -> Option<String> {
        let words = words(typed);
        let path = self.folder.join(words.get(1)?);
        match words[0].as_str() {
            "dateline" => {
                let (printed, _) = printed(&self.folder, words.iter().skip(1));
                Some(as_shown(&normal(&printed, &self.folder)))
            }
            "cat" => Some(fs::read_to_string(path).ok()?.replace('\r', "")),
            "ls" => {
                let entries = fs::read_dir(path).ok()?.flatten();
                let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
                let names: BTreeSet<String> = names.collect();
                Some(names.iter().map(|name| format!("{name}\n")).collect())
            }
            _ => None,
        }
    }

    /// A file that the page shows.
    fn file(&mut self, line: usize, language: &str, name: &str, body: &str) {
        let path = self.folder.join(name);
        let before = fs::read_to_string(&path).ok();
        let text = match (language, before) {
            ("toml", before) => {
                let Ok(own) = body.parse::<toml::Table>() else {
                    return self.fail(line, format!("`{name}` is not TOML"));
                };
                match before {
                    _ if own.contains_key("base_url") => body.to_owned(),
                    Some(before) if name.ends_with(".md") => {
                        let (_, rest) = before.split_once("+++\n").unwrap();
                        let (front_matter, rest) = rest.split_once("+++\n").unwrap();
                        format!("+++\n{}+++\n{rest}", laid_over(front_matter, own))
                    }
                    Some(before) => laid_over(&before, own),
                    None if name == "config.toml" => laid_over(&starter_config(), own),
                    None => body.to_owned(),
                }
            }
            ("yaml", _) => {
                self.workflow(line, name, body);
                body.to_owned()
            }
            _ => body.to_owned(),
        };
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        let config = self.folder.join("config.toml");
        if name.starts_with("content/") && !config.exists() {
            fs::write(config, starter_config()).unwrap();
        }
    }

    /// A workflow of GitHub's: what of its steps are commands of ours is run.
    fn workflow(&mut self, line: usize, name: &str, body: &str) {
        let Ok(read) = serde_saphyr::from_str::<serde_json::Value>(body) else {
            return self.fail(line, format!("`{name}` is not YAML"));
        };
        let jobs = read["jobs"].as_object().into_iter().flatten();
        let steps = jobs.flat_map(|(_, job)| job["steps"].as_array().into_iter().flatten());
        for typed in steps.filter_map(|step| step["run"].as_str()) {
            // What GitHub puts in is an address.
            let typed = match (typed.find("${{"), typed.find("}}")) {
                (Some(from), Some(to)) => {
                    let address = "https://example.github.io/briefing";
                    format!("{}{address}{}", &typed[..from], &typed[to + 2..])
                }
                _ => typed.to_owned(),
            };
            self.run(line, &typed);
        }
    }

    /// A part of a brief, as the body of a brief of its own.
    fn part(&mut self, body: &str) {
        self.parts += 1;
        let digit = char::from(b'1' + u8::try_from(self.parts).unwrap());
        let brief = format!(
            "+++\ntitle = \"Part {digit}\"\ndate = 2026-04-0{digit}\n[extra.brief]\nid = \"shwn{digit}{digit}\"\n+++\n\n{body}"
        );
        let name = format!("content/briefs/part-{digit}.md");
        self.file(0, "markdown", &name, &brief);
    }

    /// A site that the page has made must have nothing wrong.
    fn end(&mut self) {
        if !self.folder.join("config.toml").exists() {
            return;
        }
        fs::create_dir_all(self.folder.join("content")).unwrap();
        let (printed, is_done) = printed(&self.folder, ["check", "--strict"]);
        if !is_done {
            self.failed.push(format!("at its end: {printed}"));
        }
    }
}

/// What the program prints, as a terminal shows it, and whether it ended well.
fn printed<S: AsRef<OsStr>>(site: &Path, arguments: impl IntoIterator<Item = S>) -> (String, bool) {
    let mut terminal = tempfile::tempfile().unwrap();
    let status = program(site)
        .args(arguments)
        .stdout(terminal.try_clone().unwrap())
        .stderr(terminal.try_clone().unwrap())
        .status()
        .unwrap();
    let mut printed = String::new();
    terminal.rewind().unwrap();
    terminal.read_to_string(&mut printed).unwrap();
    (printed, status.success())
}

/// What differs from run to run, as a page shows it.
fn as_shown(printed: &str) -> String {
    let mut shown = printed.replace("[TIME]", "20 ms");
    if let Some(at) = shown.find(": id `") {
        let id = at + ": id `".len();
        shown.replace_range(id..id + "k7p2mw".len(), "k7p2mw");
    }
    shown
}

fn starter_config() -> String {
    fs::read_to_string(repository().join("src/commands/starter/config.toml")).unwrap()
}

/// Lays tables over those of a text, entry by entry.
fn laid_over(text: &str, own: toml::Table) -> String {
    fn lay(below: &mut toml::Table, own: toml::Table) {
        for (key, value) in own {
            match (below.get_mut(&key), value) {
                (Some(toml::Value::Table(below)), toml::Value::Table(own)) => lay(below, own),
                (_, value) => {
                    below.insert(key, value);
                }
            }
        }
    }
    let mut below: toml::Table = text.parse().unwrap();
    lay(&mut below, own);
    below.to_string()
}
