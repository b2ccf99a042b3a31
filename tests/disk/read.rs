//! A site on the disk and what is read of it.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use dateline::config::{Config, Overrides};
use dateline::content::source::BYTES_MAX;
use dateline::diagnostic::Diagnostics;
use dateline::disk::{Opener, Reading, Refusal, find_config, read_site};
use dateline::input::{EmbeddedTheme, FileBytes, Input, Preview, StaticKind};
use dateline::value::Value;
use jiff::Timestamp;

use super::Bench;

const EMBEDDED: EmbeddedTheme = EmbeddedTheme {
    theme_toml: "engine = \"minijinja\"\n[extra]\ncolour = \"red\"\n",
    templates: &[("base.html", "embedded")],
    files: &[("dateline.css", b"body {}")],
};

/// What of a configuration decides what is read.
#[derive(Clone, Copy, Default)]
struct Choice {
    theme: Option<&'static str>,
    ignored_content: &'static [&'static str],
    ignored_static: &'static [&'static str],
}

fn config(choice: Choice) -> Arc<Config> {
    let theme = choice
        .theme
        .map(|name| format!("theme = {name:?}\n"))
        .unwrap_or_default();
    let text = format!(
        "base_url = \"https://example.org\"\n{theme}ignored_content = {:?}\nignored_static = {:?}\n",
        choice.ignored_content, choice.ignored_static
    );
    let mut problems = Diagnostics::default();
    let config = Config::parse(
        "config.toml".into(),
        &text,
        &Overrides::default(),
        &Value::None,
        &mut problems,
    );
    assert!(!problems.has_errors(), "{:?}", problems.into_vec());
    Arc::new(config.expect("the text is a configuration"))
}

fn read(bench: &Bench, choice: Choice) -> (Input, Diagnostics) {
    let mut problems = Diagnostics::default();
    let reading = Reading {
        root: &bench.site(),
        output_dir: &bench.public(),
        embedded: &EMBEDDED,
        now: Timestamp::UNIX_EPOCH,
        preview: Preview::default(),
    };
    let input = read_site(config(choice), &reading, &mut problems).unwrap();
    (input, problems)
}

fn sources(input: &Input) -> Vec<&str> {
    input.sources.iter().map(|source| &*source.path).collect()
}

fn files(input: &Input, kind: StaticKind) -> Vec<&str> {
    let of_kind = input.files.iter().filter(|file| file.kind == kind);
    of_kind.map(|file| &*file.path).collect()
}

fn templates(input: &Input) -> Vec<(&str, &str, bool)> {
    let templates = input.theme.templates.iter();
    templates
        .map(|template| (&*template.file, &*template.text, template.from_theme))
        .collect()
}

/// `code file` of each problem.
fn problems(found: Diagnostics) -> Vec<String> {
    let sorted = found.sorted().into_iter();
    sorted
        .map(|problem| format!("{} {}", problem.code, problem.place.file))
        .collect()
}

const NONE: [&str; 0] = [];

#[test]
fn a_site_is_read_in_order() {
    let bench = Bench::new();
    for (path, text) in [
        ("content/_index.md", "home"),
        ("content/briefs/b.md", "b"),
        ("content/briefs/a.md", "a"),
        ("content/briefs/a/photo.jpg", "photo"),
        ("content/companies/target/index.md", "Target"),
        ("content/.obsidian/workspace.md", "hidden"),
        ("content/.draft.md", "hidden"),
        ("content/node_modules/x/README.md", "tool"),
        ("static/.well-known/security.txt", "Contact: us"),
        ("static/.git/HEAD", "tool"),
        ("public/index.html", "output"),
    ] {
        bench.file(&format!("site/{path}"), text);
    }
    let (input, found) = read(&bench, Choice::default());
    assert_eq!(problems(found), NONE);
    let expected = [
        "_index.md",
        "briefs/a.md",
        "briefs/b.md",
        "companies/target/index.md",
    ];
    assert_eq!(sources(&input), expected);
    assert_eq!(&*input.sources[1].bytes, b"a");
    assert_eq!(files(&input, StaticKind::Content), ["briefs/a/photo.jpg"]);
    let statics = [".well-known/security.txt", "logo.svg", "photo.jpg"];
    assert_eq!(files(&input, StaticKind::Site), statics);
    let photo = &input.files[0];
    let on_disk = FileBytes::OnDisk("content/briefs/a/photo.jpg".into());
    assert_eq!((&photo.bytes, photo.length), (&on_disk, 5));
}

#[test]
fn the_theme_is_the_one_that_config_names_or_the_nearest() {
    let bench = Bench::new();
    let (input, found) = read(&bench, Choice::default());
    assert_eq!(problems(found), NONE);
    assert_eq!(
        (&*input.theme.name, input.theme.engine.as_deref()),
        ("dateline", Some("minijinja"))
    );
    assert_eq!(
        templates(&input),
        [("dateline:templates/base.html", "embedded", true)]
    );
    assert_eq!(
        input.theme.extra.get("colour").and_then(Value::as_str),
        Some("red")
    );
    assert_eq!(files(&input, StaticKind::Theme), ["dateline.css"]);

    // One template of the site's own is laid over the built-in theme.
    bench.file("site/templates/macros/a.html", "own");
    bench.file("site/templates/base.html~", "what an editor leaves");
    let (input, _) = read(&bench, Choice::default());
    let both = [
        ("dateline:templates/base.html", "embedded", true),
        ("templates/macros/a.html", "own", false),
    ];
    assert_eq!(templates(&input), both);

    // With an `index.html` they are all there is, as in Zola.
    bench.file("site/templates/index.html", "own");
    let (input, _) = read(&bench, Choice::default());
    assert_eq!((&*input.theme.name, templates(&input).len()), ("", 2));
    assert_eq!(files(&input, StaticKind::Theme), NONE);

    // A folder of the built-in theme's name stands in for it.
    bench.file("site/themes/dateline/templates/base.html", "edited");
    let theme = Some("dateline");
    let (input, found) = read(
        &bench,
        Choice {
            theme,
            ..Choice::default()
        },
    );
    assert_eq!(problems(found), NONE);
    assert_eq!(
        templates(&input)[0],
        ("themes/dateline/templates/base.html", "edited", true)
    );
    assert_eq!(input.theme.engine, None);

    bench.file(
        "site/themes/zola/theme.toml",
        "name = 'x'\nengine = 'tera1'\n[extra]\nn = 1\n",
    );
    bench.file("site/themes/zola/static/a.css", "");
    let theme = Some("zola");
    let (input, found) = read(
        &bench,
        Choice {
            theme,
            ..Choice::default()
        },
    );
    assert_eq!(problems(found), NONE);
    assert_eq!(input.theme.engine.as_deref(), Some("tera1"));
    assert_eq!(input.theme.extra.get("n"), Some(&Value::Int(1)));
    assert_eq!(files(&input, StaticKind::Theme), ["a.css"]);
}

#[test]
fn a_theme_that_is_not_there_is_an_error() {
    let bench = Bench::new();
    bench.file("templates/secret.html", "outside");
    bench.file("site/themes/broken/theme.toml", "engine = ");
    for (theme, problem) in [
        ("missing", "unknown-theme config.toml"),
        ("../..", "unknown-theme config.toml"),
        ("broken", "invalid-theme-toml themes/broken/theme.toml"),
    ] {
        let theme = Some(theme);
        let (input, found) = read(
            &bench,
            Choice {
                theme,
                ..Choice::default()
            },
        );
        assert_eq!(problems(found), [problem]);
        assert_eq!(templates(&input), []);
    }
}

#[test]
fn globs_ignore_files() {
    let bench = Bench::new();
    for path in [
        "content/a.md",
        "content/notes/b.md",
        "content/notes/c.xlsx",
        "content/d.xlsx",
    ] {
        bench.file(&format!("site/{path}"), "");
    }
    let (input, found) = read(
        &bench,
        Choice {
            ignored_content: &["notes/*.md", "*.xlsx"],
            ignored_static: &["**/logo.*", "["],
            ..Choice::default()
        },
    );
    assert_eq!(problems(found), ["invalid-glob config.toml"]);
    assert_eq!(sources(&input), ["a.md"]);
    assert_eq!(files(&input, StaticKind::Content), NONE);
    assert_eq!(files(&input, StaticKind::Site), ["photo.jpg"]);
}

#[cfg(unix)]
#[test]
fn links_lead_about_the_site_but_not_out_of_it() {
    use std::os::unix::fs::symlink;
    let bench = Bench::new();
    let link = |to: &str, at: &str| {
        let at = bench.path(at);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        symlink(bench.path(to), at).unwrap();
    };
    bench.file("secret/x.md", "secret");
    bench.file("site/shared/y.md", "shared");
    bench.file("site/content/a.md", "a");
    link("site/shared", "site/content/inside");
    link("site/content/a.md", "site/content/b.md");
    link("secret", "site/content/folder");
    link("secret/x.md", "site/content/c.md");
    link("nowhere", "site/content/dangling.md");
    link("nowhere", "site/content/.#lock.md");
    link("site/content", "site/content/circle");
    link("secret/x.md", "site/static/x.txt");
    link("secret", "site/templates");
    // The theme's own folder may be elsewhere; what is in it may not lead on from there.
    bench.file("linked/templates/base.html", "linked");
    link("linked", "site/themes/linked");
    link("linked/templates/base.html", "linked/templates/page.html");
    link("secret/x.md", "linked/templates/secret.html");
    link("site/shared/y.md", "linked/templates/shared.md");

    let theme = Some("linked");
    let (input, found) = read(
        &bench,
        Choice {
            theme,
            ..Choice::default()
        },
    );
    let expected = [
        "outside-site content/c.md",
        "unreadable content/circle",
        "unreadable content/dangling.md",
        "outside-site content/folder",
        "outside-site static/x.txt",
        "outside-site templates",
        "outside-site themes/linked/templates/secret.html",
    ];
    assert_eq!(problems(found), expected);
    assert_eq!(sources(&input), ["a.md", "b.md", "inside/y.md"]);
    let names: Vec<&str> = templates(&input).iter().map(|(file, ..)| *file).collect();
    let expected = [
        "themes/linked/templates/base.html",
        "themes/linked/templates/page.html",
        "themes/linked/templates/shared.md",
    ];
    assert_eq!(names, expected);
}

#[cfg(unix)]
#[test]
fn the_opener_stays_inside() {
    use std::os::unix::fs::symlink;
    let bench = Bench::new();
    bench.file("secret", "secret");
    symlink(bench.path("secret"), bench.path("site/link")).unwrap();
    symlink("static", bench.path("site/inside")).unwrap();
    let opener = Opener::new(&bench.site()).unwrap();
    let absolute = bench.path("site/static/logo.svg");
    for path in [
        "link",
        "../secret",
        "static/../../secret",
        "",
        "/",
        absolute.to_str().unwrap(),
        "a\0",
        "static//logo.svg",
        "./static/logo.svg",
    ] {
        let refused = matches!(opener.open(path), Err(Refusal::Outside));
        assert!(refused, "{path:?}");
    }
    let (_, metadata) = opener.open("inside/logo.svg").unwrap();
    assert_eq!(metadata.len(), 6);
    for path in ["static", "missing", "inside/missing"] {
        let failed = matches!(opener.open(path), Err(Refusal::Failed(_)));
        assert!(failed, "{path}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_reported_and_hangs_nothing() {
    let bench = Bench::new();
    bench.file("site/content/a.md", "a");
    let pipe = bench.path("site/content/pipe.md");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    std::os::unix::fs::symlink(&pipe, bench.path("site/static/pipe.txt")).unwrap();
    let (input, found) = read(&bench, Choice::default());
    let expected = ["unreadable content/pipe.md", "unreadable static/pipe.txt"];
    assert_eq!(problems(found), expected);
    assert_eq!(sources(&input), ["a.md"]);
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_no_address_can_hold_are_reported() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let bench = Bench::new();
    bench.file("site/content/line\nbreak.md", "");
    bench.file("site/content/quo'te\".md", "");
    let name = OsStr::from_bytes(b"\xff.md");
    fs::write(bench.path("site/content").join(name), "").unwrap();
    let (input, found) = read(&bench, Choice::default());
    let expected = [
        "file-name content/line\\nbreak.md",
        "file-name content/\u{fffd}.md",
    ];
    assert_eq!(problems(found), expected);
    assert_eq!(sources(&input), ["quo'te\".md"]);
}

#[test]
fn a_file_that_is_too_large_is_read_no_further_than_tells_it() {
    let bench = Bench::new();
    let large = "x".repeat(BYTES_MAX + 1000);
    bench.file("site/content/large.md", &large);
    bench.file("site/templates/large.html", &large);
    let (input, found) = read(&bench, Choice::default());
    assert_eq!(input.sources[0].bytes.len(), BYTES_MAX + 1);
    assert_eq!(problems(found), ["too-large templates/large.html"]);
}

#[test]
fn config_is_found_as_zola_finds_it() {
    let bench = Bench::new();
    bench.file("site/content/deep/x.md", "");
    let deep = bench.path("site/content/deep");
    let found = |folder: &Path, named: Option<&str>| {
        find_config(folder, named.map(Path::new))
            .map(|config| (config.root, config.file, config.text))
    };
    let error = found(&deep, None).unwrap_err().to_string();
    assert!(error.contains("`zola.toml` or `config.toml`"), "{error}");

    bench.file("site/config.toml", "config");
    let expected = (bench.site(), "config.toml".into(), "config".to_owned());
    assert_eq!(found(&deep, None).unwrap(), expected);

    bench.file("site/zola.toml", "zola");
    let expected = (bench.site(), "zola.toml".into(), "zola".to_owned());
    assert_eq!(found(&deep, None).unwrap(), expected);

    bench.file("site/other/mine.toml", "mine");
    let expected = (bench.site(), "other/mine.toml".into(), "mine".to_owned());
    assert_eq!(found(&deep, Some("other/mine.toml")).unwrap(), expected);

    let error = found(&deep, Some("missing.toml")).unwrap_err().to_string();
    assert!(error.contains("`missing.toml`"), "{error}");
    fs::write(bench.path("site/zola.toml"), b"\xff").unwrap();
    let error = found(&deep, None).unwrap_err().to_string();
    assert!(
        error.contains("zola.toml") && error.contains("UTF-8"),
        "{error}"
    );
}
