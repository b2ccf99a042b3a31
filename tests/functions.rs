//! The functions that read what is ours, as themes call them: what they give, and what they refuse.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dateline::render::functions::FUNCTIONS;
use tempfile::TempDir;

use crate::check::folder;

const ENGINES: [&str; 2] = ["tera1", "minijinja"];
/// The theme that calls every function.
const THEME: &str = "themes/briefing";

/// A site with briefs under a theme, in a folder of its own.
struct Site {
    folder: TempDir,
}

impl Site {
    /// The one of `tests/sites/functions` under the theme that calls every function.
    fn new(engine: &str) -> Site {
        let site = Site {
            folder: tempfile::tempdir().unwrap(),
        };
        copy(&folder("sites/derived/content"), &site.path("content"));
        copy(&folder("sites/functions/content"), &site.path("content"));
        copy(&folder(THEME), &site.path(THEME));
        site.edit(&format!("{THEME}/theme.toml"), ("tera1", engine));
        let config = folder("sites/derived/config.toml");
        fs::copy(config, site.path("config.toml")).unwrap();
        let theme = "theme = \"briefing\"";
        site.edit("config.toml", ("theme = \"dateline\"", theme));
        site
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn edit(&self, file: &str, (before, after): (&str, &str)) {
        let text = fs::read_to_string(self.path(file)).unwrap();
        assert!(text.contains(before), "{file} has no {before}");
        self.write(file, &text.replace(before, after));
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_dateline"))
            .args(["build", "--now", "2026-12-31T16:00:00Z"])
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("GITHUB_ACTIONS")
            .output()
            .unwrap()
    }

    fn build(&self, arguments: &[&str]) {
        let done = self.run(arguments);
        let said = String::from_utf8(done.stderr).unwrap();
        assert!(done.status.success(), "{said}");
        assert!(!said.contains("warning"), "{said}");
    }

    /// What is said of a template of the home page that fails.
    fn failure(&self, template: &str) -> String {
        self.write(&format!("{THEME}/templates/index.html"), template);
        let done = self.run(&[]);
        assert!(!done.status.success(), "{template}");
        String::from_utf8(done.stderr).unwrap()
    }

    /// The pages that were made, by their files.
    fn pages(&self) -> Vec<(String, String)> {
        let output = self.path("public");
        let files = walkdir::WalkDir::new(&output).sort_by_file_name();
        let files = files.into_iter().map(Result::unwrap);
        let pages = files.filter(|file| file.path().extension().is_some_and(|e| e == "html"));
        pages
            .map(|file| {
                let name = file.path().strip_prefix(&output).unwrap();
                let name = name.to_str().unwrap().replace('\\', "/");
                (name, fs::read_to_string(file.path()).unwrap())
            })
            .collect()
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap();
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).unwrap();
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_theme_reads_everything_that_is_ours() {
    let site = Site::new("tera1");
    site.build(&[]);
    let expected = folder("sites/functions/expected");
    for page in [
        "index.html",
        "briefs/alder-grows-again/index.html",
        "briefs/one-chip/index.html",
    ] {
        let made = fs::read_to_string(site.path("public").join(page)).unwrap();
        // Templates leave many empty lines.
        let lines = made.lines().filter(|line| !line.trim().is_empty());
        let made: String = lines.flat_map(|line| [line, "\n"]).collect();
        let file = expected.join(page);
        if std::env::var_os("UPDATE").is_some() {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, &made).unwrap();
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(made, expected, "{page}");
    }
}

#[test]
fn the_theme_calls_every_function_that_zola_does_not_have() {
    let templates = walkdir::WalkDir::new(folder(THEME)).into_iter();
    let templates = templates.map(Result::unwrap);
    let files = templates.filter(|file| file.file_type().is_file());
    let texts = files.map(|file| fs::read_to_string(file.path()).unwrap());
    let text: String = texts.collect();
    let zolas = BTreeSet::from([
        "get_env",
        "get_hash",
        "get_image_metadata",
        "get_page",
        "get_section",
        "get_taxonomy",
        "get_taxonomy_url",
        "get_url",
        "load_data",
        "resize_image",
        "now",
        "trans",
    ]);
    for function in FUNCTIONS {
        let is_called = text.contains(&format!("{}(", function.name));
        let is_zolas = zolas.contains(function.name);
        assert!(is_called || is_zolas, "{}", function.name);
    }
}

#[test]
fn both_engines_make_the_same_of_the_theme() {
    let [tera, jinja] = ENGINES.map(|engine| {
        let site = Site::new(engine);
        site.build(&[]);
        let pages = site.pages().into_iter();
        let pages = pages.map(|(name, html)| (name, in_one_form(&html)));
        pages.collect::<Vec<_>>()
    });
    assert!(tera.len() > 50, "{}", tera.len());
    for (ours, theirs) in tera.iter().zip(&jinja) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(tera.len(), jinja.len());
}

/// HTML without white space beside tags, each letter escaped in one way.
fn in_one_form(html: &str) -> String {
    let plain = html.replace("&#x2F;", "/");
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ").replace("> ", ">").replace(" <", "<")
}

/// Whatever pages the site has, and wherever it stands.
#[test]
fn functions_link_to_what_is_there() {
    for (pages, base) in [
        ("", "https://example.org"),
        ("", "https://user.github.io/repo"),
        ("pages = []", "https://example.org"),
        (
            "pages = [\"feeds\", \"timeline\", \"sources\"]",
            "https://example.org",
        ),
        ("pages = [\"weekly\", \"companies\"]", "https://example.org"),
    ] {
        let site = Site::new("tera1");
        let table = "[extra.dateline]\n";
        site.edit("config.toml", (table, &format!("{table}{pages}\n")));
        site.build(&["--base-url", base]);
        let path = base.splitn(4, '/').nth(3).unwrap_or_default();
        let root = match path {
            "" => "/".to_owned(),
            path => format!("/{path}/"),
        };
        for (name, html) in site.pages() {
            let html = html.replace("&#x2F;", "/");
            let links = html.split("href=\"").skip(1);
            for link in links.filter_map(|rest| rest.split('"').next()) {
                let below = match link.strip_prefix(base) {
                    Some(rest) => rest.trim_start_matches('/'),
                    None if link.starts_with('/') => {
                        let below = link.strip_prefix(&root);
                        below.unwrap_or_else(|| panic!("{pages}, {name}: {link}"))
                    }
                    None => continue,
                };
                let file = below.split('#').next().unwrap_or_default();
                let target = site.path("public").join(file);
                let is_there = target.is_file() || target.join("index.html").is_file();
                assert!(is_there, "{pages}, {base}, {name}: {link}");
            }
        }
    }
}

/// Templates, what is said of them, and the hint.
const REFUSED: &[(&str, &str, &str)] = &[
    (
        "{% set c = get_company(name=\"Birhc\") %}",
        "there is no company `Birhc`",
        "did you mean `Birch`?",
    ),
    (
        "{% set c = get_company() %}",
        "the argument `name` is missing",
        "",
    ),
    (
        "{% set c = get_company(name=\"Birch\", limit=0) %}",
        "`limit` has to be a number from 1 to 100, not 0",
        "",
    ),
    (
        "{% set c = get_comparison(slug=\"cloud\") %}",
        "there is no comparison `cloud`",
        "did you mean `clouds`?",
    ),
    (
        "{% set c = get_comparison(slug=\"alder-vs-brich\") %}",
        "there is no comparison `alder-vs-brich`",
        "did you mean `alder-vs-birch`?",
    ),
    (
        "{% set c = get_comparison(companies=[\"Birch\"]) %}",
        "a comparison has 2 to 12 companies, and `companies` names 1 company",
        "",
    ),
    (
        "{% set c = get_comparison(companies=\"Birch\") %}",
        "`companies` has to be a list, not text",
        "",
    ),
    (
        "{% set c = get_comparison(companies=[\"Birch\", \"Elmm\"]) %}",
        "there is no company `Elmm`",
        "did you mean `Elm`?",
    ),
    (
        "{% set c = get_comparison() %}",
        "it takes either a `slug` or a list of `companies`",
        "",
    ),
    (
        "{% set p = get_predictions(standing=\"opened\") %}",
        "there is no standing `opened`",
        "did you mean `open`?",
    ),
    (
        "{% set p = get_predictions(status=\"open\") %}",
        "it takes no `status`",
        "there are `standing`, `company`, `limit`",
    ),
    (
        "{% set p = get_predictions(company=\"Cedr\") %}",
        "there is no company `Cedr`",
        "did you mean `Cedar`?",
    ),
    (
        "{% set t = get_timeline(limit=101) %}",
        "`limit` has to be a number from 1 to 100, not 101",
        "",
    ),
    (
        "{% set t = get_timeline(limit=\"5\") %}",
        "`limit` has to be a whole number, not text",
        "",
    ),
    (
        "{% set p = get_predictions(standing=3) %}",
        "`standing` has to be text or a list of texts, not a number",
        "",
    ),
    (
        "{% set w = get_week(week=\"2026-W20\") %}",
        "there is no week `2026-W20`",
        "did you mean `2026-W",
    ),
    (
        "{% set r = get_related(path=\"briefs/2026-04-28-one-chp.md\") %}",
        "there is no published page `briefs/2026-04-28-one-chp.md`",
        "did you mean `briefs/2026-04-28-one-chip.md`?",
    ),
    (
        "{% set t = get_taxonomy_term(kind=\"tags\", term=\"Ports\") %}",
        "the taxonomy `tags` has no term `Ports`",
        "did you mean `ports`?",
    ),
    (
        "{% set t = get_taxonomy_term(kind=\"tag\", term=\"ports\") %}",
        "there is no taxonomy `tag`",
        "did you mean `tags`?",
    ),
    (
        "{% set c = get_company(name=\"Zzz\") %}",
        "there is no company `Zzz`",
        "hint: there are `",
    ),
    (
        "{% set u = get_taxonomy_url(kind=\"tgas\", name=\"ports\") %}",
        "there is no taxonomy `tgas`",
        "did you mean `tags`?",
    ),
    (
        "{% set u = get_taxonomy_url(kind=\"tags\", name=\"prots\") %}",
        "the taxonomy `tags` has no term `prots`",
        "did you mean `ports`?",
    ),
    (
        "{% set u = get_taxonomy_url(kind=\"tags\", name=\"zzz\") %}",
        "the taxonomy `tags` has no term `zzz`",
        "hint: there are `",
    ),
    (
        "{% set t = get_taxonomy(kind=\"zzz\") %}",
        "there is no taxonomy `zzz`",
        "hint: there are `",
    ),
    (
        "{% set p = get_page(path=\"briefs/2026-04-28-one-chp.md\") %}",
        "there is no published content file `briefs/2026-04-28-one-chp.md`",
        "did you mean `briefs/2026-04-28-one-chip.md`?",
    ),
];

#[test]
fn what_is_wrong_with_a_call_is_said() {
    for engine in ENGINES {
        let site = Site::new(engine);
        for (template, message, hint) in REFUSED {
            let said = site.failure(&format!("<p>\n{template}\n"));
            let on_page = format!("{message}, on the page");
            assert!(said.contains(&on_page), "{engine}: {template}\n{said}");
            assert!(said.contains(hint), "{engine}: {template}\n{said}");
            let place = format!("{THEME}/templates/index.html:2:");
            assert!(said.contains(&place), "{engine}: {template}\n{said}");
        }
    }
}

#[test]
fn no_shortcode_calls_what_is_made_of_finished_pages() {
    for call in [
        "get_company(name=\"Birch\")",
        "get_comparison(slug=\"clouds\")",
        "get_predictions()",
        "get_related(path=\"briefs/2026-04-28-one-chip.md\")",
        "get_taxonomy_term(kind=\"tags\", term=\"ports\")",
        "get_timeline()",
        "get_week()",
    ] {
        let site = Site::new("tera1");
        let template = format!("{{% set x = {call} %}}");
        site.write("templates/shortcodes/call.html", &template);
        site.write(
            "content/notes.md",
            "+++\ntitle = \"N\"\n+++\n{{ call() }}\n",
        );
        let done = site.run(&[]);
        let said = String::from_utf8(done.stderr).unwrap();
        let expected = "shortcodes cannot call it, for pages are made only after them";
        assert!(said.contains(expected), "{call}: {said}");
    }
}

/// A site without a brief has no week, and lists of nothing.
#[test]
fn functions_give_nothing_where_there_is_nothing() {
    for engine in ENGINES {
        let site = Site::new(engine);
        fs::remove_dir_all(site.path("content")).unwrap();
        site.write("content/_index.md", "+++\n+++\n");
        let template = "{% set w = get_week() %}{% if not w %}no week{% endif %}\
            {% set p = get_predictions() %} {{ p.total }}{% if p.path %}!{% endif %}\
            {% set t = get_timeline() %} {{ t.total }}{% if t.path %}!{% endif %}\
            {% set c = get_company(name=\"X\", required=false) %}{% if not c %} nobody{% endif %}\
            {% set c = get_comparison(slug=\"x\", required=false) %}{% if not c %} none{% endif %}";
        site.write(&format!("{THEME}/templates/index.html"), template);
        site.write(
            "config.toml",
            "base_url = \"https://example.org\"\ntheme = \"briefing\"\n",
        );
        site.build(&[]);
        let home = fs::read_to_string(site.path("public/index.html")).unwrap();
        assert_eq!(home.trim(), "no week 0 0 nobody none", "{engine}");
    }
}
