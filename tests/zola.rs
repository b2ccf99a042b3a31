//! Sites and themes that were made for Zola: what comes out is what Zola 0.22 makes of them.
//!
//! The facts were looked up in what Zola itself writes for `tests/sites/zola-small` with the theme
//! `tests/themes/tera1-small`.
#![expect(
    clippy::disallowed_methods,
    reason = "this test writes folders and looks at them"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A site in a folder of its own, built.
struct Built {
    folder: TempDir,
    /// What the program said.
    said: String,
}

impl Built {
    /// `tests/sites/zola-small`, with more files (or other ones) in it.
    fn zola_small(files: &[(&str, &str)]) -> Built {
        Built::new("tests/sites/zola-small", files)
    }

    /// The site that `dateline init` makes, under the Zola theme, with more files in it.
    fn briefs(files: &[(&str, &str)]) -> Built {
        let config = fs::read_to_string(root("src/commands/starter/config.toml")).unwrap();
        let config = config.replace("theme = \"dateline\"", "theme = \"tera1-small\"");
        let files = [&[("config.toml", config.as_str())], files].concat();
        Built::new("src/commands/starter", &files)
    }

    fn new(site: &str, files: &[(&str, &str)]) -> Built {
        let folder = tempfile::tempdir().unwrap();
        copy(&root(site), folder.path());
        let theme = folder.path().join("themes/tera1-small");
        copy(&root("tests/themes/tera1-small"), &theme);
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let done = Command::new(env!("CARGO_BIN_EXE_dateline"))
            .arg("build")
            .current_dir(folder.path())
            .env("SOURCE_DATE_EPOCH", "1777581000")
            .env("COLUMNS", "100")
            .env_remove("GITHUB_ACTIONS")
            .output()
            .unwrap();
        let said = String::from_utf8(done.stderr).unwrap();
        assert!(done.status.success(), "{said}");
        Built { folder, said }
    }

    fn has(&self, path: &str) -> bool {
        self.folder.path().join("public").join(path).exists()
    }

    fn read(&self, path: &str) -> String {
        let path = self.folder.path().join("public").join(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The lines of a page's `<main>`.
    fn main(&self, path: &str) -> Vec<String> {
        let html = self.read(path);
        let (_, main) = html.split_once("<main>").expect("a `<main>`");
        let (main, _) = main.split_once("</main>").expect("the end of `<main>`");
        let lines = main.lines().map(|line| line.trim().to_owned());
        lines.filter(|line| !line.is_empty()).collect()
    }

    /// Says of a page what stands in its `<main>`, line by line.
    fn check(&self, path: &str, expected: &[&str]) {
        assert_eq!(self.main(path), expected, "{path}");
    }

    /// The files in the output, in order.
    fn files(&self) -> Vec<String> {
        let output = self.folder.path().join("public");
        let entries = walkdir::WalkDir::new(&output)
            .into_iter()
            .map(Result::unwrap);
        let files = entries.filter(|entry| entry.file_type().is_file());
        let mut names: Vec<String> = files
            .map(|file| file.path().strip_prefix(&output).unwrap().to_owned())
            .map(|path| path.to_str().unwrap().replace('\\', "/"))
            .collect();
        names.sort();
        names
    }
}

fn root(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
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
fn a_zola_site_has_zolas_files_and_no_others() {
    let site = Built::zola_small(&[]);
    let expected = [
        "404.html",
        "authors/ada/index.html",
        "authors/index.html",
        "between/index.html",
        "blog/colocated/data/more.txt",
        "blog/colocated/index.html",
        "blog/colocated/table.csv",
        "blog/first/index.html",
        "blog/index.html",
        "blog/page/1/index.html",
        "blog/page/2/index.html",
        "blog/second/index.html",
        "blog/third/index.html",
        "first.html",
        "guide/advanced/art/index.html",
        "guide/advanced/index.html",
        "guide/advanced/tricks/index.html",
        "guide/index.html",
        "guide/start/index.html",
        "guide/step-two/index.html",
        "index.html",
        "loose/leaf/index.html",
        "manual/index.html",
        "notes.txt",
        "notes/a/index.html",
        "notes/b/index.html",
        "notes/c/index.html",
        "notes/index.html",
        "notes/part/1/index.html",
        "notes/part/2/index.html",
        "notes/part/3/index.html",
        "old/first/index.html",
        "robots.txt",
        "sitemap.xml",
        "style.css",
        "tags/index.html",
        "tags/news/index.html",
        "tags/news/page/1/index.html",
        "tags/news/page/2/index.html",
        "tags/rust-co/index.html",
        "tags/rust-co/page/1/index.html",
        "who/we-are/index.html",
    ];
    assert_eq!(site.files(), expected);
    let sitemap = site.read("sitemap.xml");
    for entry in [
        "<loc>https://example.org/small/blog/colocated/</loc><lastmod>2026-01-20T12:00:00Z</lastmod>",
        "<loc>https://example.org/small/blog/first/</loc><lastmod>2026-02-01</lastmod>",
        "<loc>https://example.org/small/blog/page/2/</loc></url>",
    ] {
        assert!(sitemap.contains(entry), "{entry}\n{sitemap}");
    }
}

#[test]
fn sections_list_their_pages_as_in_zola() {
    let site = Built::zola_small(&[]);
    let about = r#"<li><a href="https://example.org/small/who/we-are/">About</a> <time>2025-12-01</time></li>"#;
    let first = r#"<li><a href="https://example.org/small/blog/first/">First &lt;post&gt;</a> <time>2026-01-05</time> <p>How it began</p></li>"#;
    let files = r#"<li><a href="https://example.org/small/blog/colocated/">With files</a> <time>2026-01-20</time></li>"#;
    let between = r#"<li><a href="https://example.org/small/between/">Between</a> <time>2026-01-25</time></li>"#;
    let second = r#"<li><a href="https://example.org/small/blog/second/">Second</a> <time>2026-02-03</time></li>"#;
    let third = r#"<li><a href="https://example.org/small/blog/third/">Third</a> <time>2026-03-04</time></li>"#;
    let welcome = r#"<p>Welcome to <a href="https://example.org/small/blog/first/">the first post</a>, or to <a href="https://example.org/small/blog/first/#second-part">a part of it</a>.</p>"#;
    site.check(
        "index.html",
        &[
            "<h1>Home</h1>",
            welcome,
            "<ul>",
            third,
            second,
            between,
            files,
            first,
            about,
            "</ul>",
        ],
    );
    let blog = ["<h1>Blog</h1>", "<p>What we write.</p>", "<ul>"];
    let page = |items: &[&'static str], pager| [&blog[..], items, &["</ul>", pager]].concat();
    let older =
        r#"<p>1 of 2 <a rel="next" href="https://example.org/small/blog/page/2/">Older</a></p>"#;
    site.check("blog/index.html", &page(&[third, second], older));
    site.check(
        "blog/page/2/index.html",
        &page(&[files, first], "<p>2 of 2</p>"),
    );
    // By slug, backwards, in a path of its own.
    site.check(
        "notes/index.html",
        &[
            "<h1>Notes</h1>",
            "<ul>",
            r#"<li><a href="https://example.org/small/notes/c/">Note c</a></li>"#,
            "</ul>",
            r#"<p>1 of 3 <a rel="next" href="https://example.org/small/notes/part/2/">Older</a></p>"#,
        ],
    );
    site.check(
        "guide/advanced/index.html",
        &[
            "<h1>Advanced</h1>",
            "<ul>",
            r#"<li><a href="https://example.org/small/guide/advanced/tricks/">tricks</a></li>"#,
            r#"<li><a href="https://example.org/small/guide/advanced/art/">Zen &amp; art</a></li>"#,
            "</ul>",
        ],
    );
}

#[test]
fn pages_have_what_zola_gives_them() {
    let site = Built::zola_small(&[]);
    site.check(
        "who/we-are/index.html",
        &[
            "<article>",
            "<h1>About</h1>",
            r#"<time datetime="2025-12-01">1 December 2025</time>"#,
            "<p>Nobody in particular.</p>",
            r#"<a rel="prev" href="https://example.org/small/blog/first/">First &lt;post&gt;</a>"#,
            "</article>",
            "<ul>",
            "<li>&#x2F;blog&#x2F;first&#x2F; below _index.md; parts blog, first</li>",
            "<li>2026-01-05, 2026 1 5, 2026-02-01; 2026-01-01</li>",
            "<li>28 words, 1 min; Ada and Grace; &lt;p&gt;The beginning, in a few words.&lt;&#x2F;p&gt;</li>",
            "<li>from Between to About; linked by Home</li>",
            "<li>Second part (1) Third part (0) </li>",
            "<li>blog&#x2F;colocated&#x2F; has &#x2F;blog&#x2F;colocated&#x2F;data&#x2F;more.txt, &#x2F;blog&#x2F;colocated&#x2F;table.csv</li>",
            "<li>loose&#x2F;leaf.md has 0 above it</li>",
            "<li>guide&#x2F;advanced&#x2F;_index.md; start before step-two; step-two; </li>",
            "<li>tags at https:&#x2F;&#x2F;example.org&#x2F;small&#x2F;tags&#x2F;: News 4 Rust &amp; co 2 </li>",
            "</ul>",
        ],
    );
    // The section's `page_template` is inherited.
    site.check(
        "guide/start/index.html",
        &[
            "<article>",
            "<h1>Start</h1>",
            r#"<p>Begin here; then <a href="https://example.org/small/guide/advanced/tricks/">the next step</a>.</p>"#,
            "</article>",
            r#"<p class="path">Home / Guide / start</p>"#,
            r#"<a rel="next" href="https://example.org/small/guide/step-two/">Second step</a>"#,
        ],
    );
    let files = site.read("blog/colocated/index.html");
    assert!(
        files.contains(r#"<a href="https://example.org/small/blog/colocated/table.csv">"#),
        "{files}"
    );
    assert!(
        site.read("blog/first/index.html")
            .contains(r#"<body class="teal">"#)
    );
}

#[test]
fn terms_are_listed_and_cut_as_in_zola() {
    let site = Built::zola_small(&[]);
    site.check(
        "tags/index.html",
        &[
            "<h1>Tags</h1>",
            "<ul>",
            r#"<li><a href="https://example.org/small/tags/news/">News</a> 4</li>"#,
            r#"<li><a href="https://example.org/small/tags/rust-co/">Rust &amp; co</a> 2</li>"#,
            "</ul>",
        ],
    );
    site.check(
        "tags/news/page/2/index.html",
        &[
            "<h1>News</h1>",
            "<ul>",
            r#"<li><a href="https://example.org/small/blog/colocated/">With files</a> <time>2026-01-20</time></li>"#,
            r#"<li><a href="https://example.org/small/blog/first/">First &lt;post&gt;</a> <time>2026-01-05</time> <p>How it began</p></li>"#,
            "</ul>",
        ],
    );
    let other = "{{ term.pages | length }} of {{ term.page_count }}, {{ taxonomy.paginate_by }} a page, {{ paginator.base_url | safe }} {{ paginator.first | safe }} {{ paginator.last | safe }} {{ paginator.previous | safe }}{{ paginator.next | safe }} {{ paginator.total_pages }}";
    let site = Built::zola_small(&[("templates/tags/single.html", other)]);
    assert_eq!(
        site.read("tags/news/page/2/index.html"),
        "4 of 4, 2 a page, https://example.org/small/tags/news/page/ \
         https://example.org/small/tags/news/ https://example.org/small/tags/news/page/2/ \
         https://example.org/small/tags/news/ 4"
    );
}

#[test]
fn addresses_of_old_lead_to_the_page() {
    let site = Built::zola_small(&[]);
    for (alias, to) in [
        ("first.html", "https://example.org/small/blog/first/"),
        (
            "old/first/index.html",
            "https://example.org/small/blog/first/",
        ),
        ("manual/index.html", "https://example.org/small/guide/"),
        (
            "notes/part/1/index.html",
            "https://example.org/small/notes/",
        ),
        (
            "tags/news/page/1/index.html",
            "https://example.org/small/tags/news/",
        ),
    ] {
        let html = site.read(alias);
        assert!(
            html.contains("http-equiv=\"refresh\"") && html.contains(to),
            "{alias}: {html}"
        );
    }
}

#[test]
fn a_site_without_a_root_section_has_one_as_in_zola() {
    let site = Built::zola_small(&[(
        "templates/index.html",
        "{{ section.relative_path }} {% for page in section.pages %}{{ page.title }} {{ page.ancestors | join(sep=\" \") }}{% endfor %}; {{ section.subsections | length }}",
    )]);
    let folder = site.folder.path();
    fs::remove_file(folder.join("content/_index.md")).unwrap();
    fs::remove_file(folder.join("content/between.md")).unwrap();
    let about = "+++\ntitle = 'About'\n+++\n";
    fs::write(folder.join("content/about.md"), about).unwrap();
    let again = Command::new(env!("CARGO_BIN_EXE_dateline"))
        .arg("build")
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8(again.stderr).unwrap();
    assert!(again.status.success(), "{said}");
    assert_eq!(site.read("index.html"), "_index.md About _index.md; 3");
}

#[test]
fn views_of_ours_are_pages_of_a_zola_theme() {
    let introduction = "+++\ntitle = 'Who said what'\n+++\nAll that was foretold.\n";
    let site = Built::briefs(&[("content/predictions/_index.md", introduction)]);
    for (path, title, content) in [
        (
            "compare/index.html",
            "Comparisons",
            "The most compared</h2>",
        ),
        (
            "weekly/index.html",
            "Weekly recaps",
            "<a href=\"/weekly/2026-w02/\">",
        ),
        (
            "weekly/2026-w02/index.html",
            "Example: week 2 of 2026",
            "Briefs of the week</h2>",
        ),
        (
            "companies/index.html",
            "Companies",
            "<a href=\"/companies/example-cloud/\">",
        ),
        (
            "predictions/index.html",
            "Who said what",
            "<p>All that was foretold.</p>",
        ),
        (
            "archive/index.html",
            "Archive of 2026",
            "<a href=\"/briefs/a-brief-can-be-short/\">",
        ),
    ] {
        let html = site.read(path);
        assert!(
            html.contains("<body class=\"teal\">"),
            "not the theme's: {html}"
        );
        assert_eq!(html.matches("<h1>").count(), 1, "{path}: {html}");
        let main = site.main(path);
        assert_eq!(main[1], format!("<h1>{title}</h1>"), "{path}");
        assert!(
            main[2].starts_with("<time datetime=\"2026-01-0"),
            "{path}: {main:?}"
        );
        assert!(main.join("\n").contains(content), "{path}: {main:?}");
    }
    assert_eq!(site.said, "");
    let brief = site.read("briefs/a-brief-can-be-short/index.html");
    assert!(brief.contains("<body class=\"teal\">") && brief.contains("<h1>Example: a brief"));
}

#[test]
fn a_site_that_wants_none_of_our_pages_gets_zolas_alone() {
    let config = PICKY_CONFIG.replace("pages = [\"compare\"]", "pages = []");
    let site = Built::briefs(&[("config.toml", &config)]);
    for path in [
        "compare",
        "weekly/index.html",
        "predictions.json",
        "sources",
        "llms.txt",
        "s",
    ] {
        assert!(!site.has(path), "{path}: {:?}", site.files());
    }
    assert!(site.has("briefs/a-brief-can-be-short/index.html"));
    assert!(site.has("tags/cloud/index.html"));
}

/// A brief with a table and predictions, once more with HTML in it, which is sanitised.
const WIDE_BRIEF: &str = "+++\ntitle = 'Wide'\ndate = 2026-01-08\n[extra.brief]\nid = 'ID'\n+++\n\
    ## Key Takeaways\n\n- It grows & grows.\n\n\
    ## Competitor Analysis\n\n| Feature | Example Cloud |\n|---|---|\n| Price | 1 |\n\n\
    ## Future Implications\n\n- It grows & grows.\n\n  HTML\n\n  - Id: it-grows\n\n\
    - It [ends](@/briefs/_index.md).\n  - Id: it-ends\n";

#[test]
fn what_is_ours_has_a_style_sheet_under_any_theme() {
    let plain = WIDE_BRIEF
        .replace("ID", "wwwww2")
        .replace("HTML", "As said.");
    let with_html = WIDE_BRIEF
        .replace("ID", "wwwww3")
        .replace("HTML", "<b>As</b> said.");
    let files = [
        ("content/briefs/wide.md", plain.as_str()),
        ("content/briefs/wide-html.md", &with_html),
        ("content/about.md", "+++\ntitle = 'About'\n+++\nText.\n"),
    ];
    let site = Built::briefs(&files);
    let begin =
        "<link rel=\"stylesheet\" href=\"/dateline-views.css\">\n<div class=\"dateline-view\">";
    for path in [
        "compare/index.html",
        "weekly/2026-w02/index.html",
        "companies/example-cloud/index.html",
        "briefs/wide/index.html",
        "briefs/wide-html/index.html",
    ] {
        assert_eq!(site.read(path).matches(begin).count(), 1, "{path}");
    }
    for path in [
        "index.html",
        "about/index.html",
        "briefs/index.html",
        "tags/cloud/index.html",
    ] {
        let of_theme = site.read(path);
        assert!(!of_theme.contains("dateline-view"), "{path}: {of_theme}");
    }
    for path in ["briefs/wide/index.html", "briefs/wide-html/index.html"] {
        let brief = site.read(path);
        assert_eq!(brief.matches("It grows &amp; grows.").count(), 2, "{brief}");
        let marks = [
            "<p><span id=\"it-grows\"></span>It grows",
            "<p><span id=\"it-ends\"></span>It <a",
        ];
        for mark in marks {
            assert_eq!(brief.matches(mark).count(), 1, "{path}, {mark}: {brief}");
        }
        let feed = site.read("atom.xml");
        assert!(!feed.contains("dateline-view"), "{feed}");
    }
    // Only where the theme's page fails, the built-in page stands in, which needs its own.
    let files_of_ours = ["dateline.css", "dateline.js", "dateline.svg"];
    assert!(files_of_ours.iter().all(|file| !site.has(file)));
    let picky = "{{ page.relative_path | upper }}";
    let failing = [
        ("themes/tera1-small/templates/page.html", picky),
        ("config.toml", PICKY_CONFIG),
    ];
    let site = Built::briefs(&failing);
    assert!(files_of_ours.iter().all(|file| site.has(file)));
    let none = PICKY_CONFIG.replace("pages = [\"compare\"]", "pages = []");
    let site = Built::briefs(&[files[0], ("config.toml", &none)]);
    assert!(!site.has("dateline-views.css") && !site.has("dateline.css"));
    assert!(
        !site
            .read("briefs/wide/index.html")
            .contains("dateline-view")
    );
    let own = Built::briefs(&[("static/dateline-views.css", "b { c: d }")]);
    assert_eq!(own.read("dateline-views.css"), "b { c: d }");
}

/// Each rule is for what stands in the element around what is ours.
#[test]
fn the_style_sheet_of_our_views_touches_nothing_else() {
    let css = fs::read_to_string(root("src/pages/views.css")).unwrap();
    let mut text = String::new();
    for piece in css.split("/*") {
        text.push_str(piece.split_once("*/").map_or(piece, |(_, rest)| rest));
    }
    let mut outer: Vec<bool> = Vec::new();
    let mut rules = 0;
    let mut begin = 0;
    for (at, c) in text.char_indices() {
        if !matches!(c, '{' | '}' | ';') {
            continue;
        }
        let before = text[begin..at].trim();
        begin = at + 1;
        match c {
            '{' => {
                let is_group = before.starts_with('@');
                if !is_group && outer.iter().all(|is_group| *is_group) {
                    rules += 1;
                    for selector in selectors(before) {
                        assert!(selector.starts_with(".dateline-view"), "{before}");
                    }
                }
                outer.push(is_group);
            }
            '}' => assert!(outer.pop().is_some(), "a brace too many"),
            _ => {}
        }
    }
    assert!(outer.is_empty() && rules > 40, "{rules}");
}

/// The selectors of a rule, between commas that stand in no brackets.
fn selectors(list: &str) -> Vec<String> {
    let mut depth = 0;
    let mut found = vec![String::new()];
    for c in list.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        match (c, depth) {
            (',', 0) => found.push(String::new()),
            _ => found.last_mut().unwrap().push(c),
        }
    }
    found
        .iter()
        .map(|selector| selector.trim().to_owned())
        .collect()
}

#[test]
fn lists_of_a_zola_theme_are_whole_where_nobody_cuts_them() {
    let brief = |number: usize| {
        let month = number / 28 + 1;
        let day = number % 28 + 1;
        format!(
            "+++\ntitle = 'B{number}'\ndate = 2025-{month:02}-{day:02}\n[extra.brief]\n+++\nText.\n"
        )
    };
    let briefs: Vec<(String, String)> = (0..120)
        .map(|number| (format!("content/briefs/b{number}.md"), brief(number)))
        .collect();
    let files: Vec<(&str, &str)> = briefs
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let site = Built::briefs(&files);
    assert!(
        !site.has("page/2/index.html"),
        "{} {:?}",
        site.said,
        site.files()
    );
    assert_eq!(site.read("index.html").matches("<li>").count(), 123);
}

#[test]
fn a_theme_that_fails_on_our_views_is_replaced_with_one_warning() {
    let picky = "<p>theme</p>{{ page.relative_path | upper }}";
    let site = Built::briefs(&[
        ("themes/tera1-small/templates/page.html", picky),
        ("content/page.md", "+++\n+++\n"),
        ("config.toml", PICKY_CONFIG),
    ]);
    assert_eq!(
        site.said.matches("theme-page-failed").count(),
        1,
        "{}",
        site.said
    );
    assert!(
        site.said
            .contains("fails on `/compare/` and one more page of ours"),
        "{}",
        site.said
    );
    assert_eq!(site.read("page/index.html"), "<p>theme</p>PAGE.MD");
    let compare = site.read("compare/index.html");
    assert!(!compare.contains("<p>theme</p>"), "{compare}");
    assert_eq!(compare.matches("<h1>").count(), 1, "{compare}");
    assert!(compare.contains("<h1>Comparisons</h1>") && compare.contains("The most compared</h2>"));
}

/// Two pages of ours: the index of comparisons and the only pair.
const PICKY_CONFIG: &str = r#"base_url = "https://example.org"
taxonomies = [{ name = "tags" }, { name = "audiences" }]
[extra.dateline]
theme = "tera1-small"
authority = "example.org,2026"
pages = ["compare"]
"#;

#[test]
fn terms_without_a_template_are_pages_of_the_theme() {
    let folder = tempfile::tempdir().unwrap();
    let templates = [
        ("themes/bare/templates/index.html", "<p>home</p>"),
        (
            "themes/bare/templates/page.html",
            "<h1>{{ page.title }}</h1>{{ page.content | safe }}",
        ),
        (
            "themes/bare/theme.toml",
            "name = 'bare'\nengine = 'tera1'\n",
        ),
        (
            "config.toml",
            "base_url = 'https://example.org'\ntheme = 'bare'\ntaxonomies = [{ name = 'tags' }]\n",
        ),
        (
            "content/one.md",
            "+++\ntitle = 'One'\ndate = 2026-01-02\n[taxonomies]\ntags = ['Red']\n+++\n",
        ),
    ];
    for (path, text) in templates {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let done = Command::new(env!("CARGO_BIN_EXE_dateline"))
        .arg("build")
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
    let read = |path: &str| fs::read_to_string(folder.path().join("public").join(path)).unwrap();
    let list = read("tags/index.html");
    assert!(
        list.starts_with("<h1>Tags</h1>") && list.contains("<a href=\"/tags/red/\">"),
        "{list}"
    );
    let term = read("tags/red/index.html");
    assert!(
        term.starts_with("<h1>Red</h1>") && term.contains("<a href=\"/one/\">"),
        "{term}"
    );
    let not_found = read("404.html");
    assert!(not_found.contains("<h1>404 Not Found</h1>"), "{not_found}");
}

/// The lines of a text that say something.
fn lines(text: &str) -> Vec<&str> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty()).collect()
}

#[test]
fn each_language_has_its_pages_taxonomies_and_feeds() {
    let site = Built::new("tests/sites/zola-languages", &[]);
    site.check(
        "it/index.html",
        &[
            "<h1> &#x2F;it&#x2F; it</h1>",
            "<p>de Start https://example.org/de/ _index.de.md</p>",
            "<p>en Home https://example.org/ _index.md</p>",
            "<p>it none https://example.org/it/ _index.it.md</p>",
        ],
    );
    site.check(
        "de/blog/first/index.html",
        &[
            "<h1>Erster</h1>",
            "<h2 id=\"eine-uberschrift\">Eine <code>Überschrift</code><a class=\"zola-anchor\" \
             href=\"#eine-uberschrift\" aria-label=\"Anchor link for: eine-uberschrift\">🔗</a></h2>",
            "<p>Siehe <a href=\"https://example.org/blog/first/\">hier</a>.</p>",
            "<p>Eine Überschrift https://example.org/de/blog/first/#eine-uberschrift</p>",
            "<p>de Erster https://example.org/de/blog/first/ Erster</p>",
            "<p>en First https://example.org/blog/first/ First</p>",
            "<p>themen Größe https://example.org/de/themen/grosse/</p>",
            "<p>themen rust https://example.org/de/themen/rust/</p>",
            "<p>themen de https://example.org/de/themen/ 2</p>",
        ],
    );
    site.check(
        "de/themen/rust/page/2/index.html",
        &["<h1>themen rust de</h1>", "<p>2 of 2</p>", "<p>Erster</p>"],
    );
    let home = site.read("de/index.html");
    assert!(
        home.contains("<html lang=\"de\">\n<title>Wörter</title>"),
        "{home}"
    );
    assert_eq!(site.read("de/blog/colocated/data.txt"), "data\n");
    assert_eq!(site.read("blog/colocated/data.txt"), "data\n");
    assert!(!site.has("it/rss.xml") && !site.has("de/tags/index.html"));
}

#[test]
fn a_stated_path_is_the_whole_address_in_any_language() {
    let page = "+++\ntitle = \"Kontakt\"\npath = \"kontakt\"\n+++\n";
    let file = [("content/plain/contact.de.md", page)];
    let site = Built::new("tests/sites/zola-languages", &file);
    assert!(site.has("kontakt/index.html") && !site.has("de/kontakt/index.html"));
}

#[test]
fn headings_have_links_where_a_section_or_config_says() {
    let heading = |site: &Built, path: &str| site.main(path)[1].clone();
    let site = Built::new("tests/sites/zola-languages", &[]);
    assert_eq!(
        heading(&site, "guide/index.html"),
        "<h1 id=\"whole-line\"><a class=\"zola-anchor\" href=\"#whole-line\" \
         aria-label=\"Anchor link for: whole-line\">Whole <em>line</em></a></h1>"
    );
    // Its folder has no section, so config decides.
    assert_eq!(
        heading(&site, "plain/leaf/index.html"),
        "<h3 id=\"own\"><a class=\"zola-anchor\" href=\"#own\" \
         aria-label=\"Anchor link for: own\">🔗</a>Deep</h3>"
    );
    assert_eq!(
        heading(&site, "blog/first/index.html"),
        "<h2 id=\"a-heading-more\">A <code>heading</code> &amp; more</h2>"
    );
    let template = "<a href=\"#{{ id }}\" class=\"h{{ level }} {{ lang }}\"><b>#</b></a>";
    let site = Built::new(
        "tests/sites/zola-languages",
        &[("templates/anchor-link.html", template)],
    );
    let link = |id: &str, class: &str, words: &str| {
        format!("<a href=\"#{id}\" class=\"{class}\">{words}</a>")
    };
    assert_eq!(
        heading(&site, "guide/index.html"),
        format!(
            "<h1 id=\"whole-line\">{}</h1>",
            link("whole-line", "h1 en", "Whole <em>line</em>")
        )
    );
    assert_eq!(
        heading(&site, "de/blog/first/index.html"),
        format!(
            "<h2 id=\"eine-uberschrift\">Eine <code>Überschrift</code>{}</h2>",
            link("eine-uberschrift", "h2 de", "<b>#</b>")
        )
    );
}

#[test]
fn feeds_sitemap_and_robots_come_from_templates_of_these_names() {
    let site = Built::new("tests/sites/zola-languages", &[]);
    assert_eq!(
        lines(&site.read("de/themen/rust/rss.xml")),
        [
            "<feed lang=\"de\">",
            "<title>Wörter: rust of themen</title>",
            "<self>https://example.org/de/themen/rust/rss.xml</self>",
            "<changed>2026-01-04</changed>",
            "<item>Nur deutsch https://example.org/de/blog/third/</item>",
            "<item>Erster https://example.org/de/blog/first/</item>",
            "</feed>",
        ]
    );
    let sitemap = site.read("sitemap.xml");
    let sitemap = lines(&sitemap);
    assert_eq!(
        sitemap[..2],
        ["<pages>", "<page>https://example.org/</page>"]
    );
    assert!(sitemap.contains(&"<page>https://example.org/de/blog/third/ 2026-01-04</page>"));
    assert_eq!(
        lines(&site.read("robots.txt")),
        [
            "User-agent: *",
            "# Words",
            "Sitemap: https://example.org/sitemap.xml",
        ]
    );
}

#[test]
fn pages_are_minified_where_config_asks_for_it() {
    let config = fs::read_to_string(root("tests/sites/zola-small/config.toml")).unwrap();
    let config = format!("minify_html = true\n{config}");
    let page = "+++\ntitle = \"Small\"\n+++\n```\na\n\n    b   c\n```\n\nSome `x   y` <em>words</em>   more.\n\n\
                <!-- A remark. -->\n\n<script>\n  let a = 1;   // kept\n</script>\n";
    let files = [("config.toml", &*config), ("content/small.md", page)];
    let small = Built::zola_small(&files).read("small/index.html");
    let large = Built::zola_small(&files[1..]).read("small/index.html");
    assert!(small.len() < large.len(), "{small}");
    assert!(large.contains("A remark.") && !small.contains("A remark."));
    for kept in [
        "a\n\n    b   c\n</code></pre>",
        "<code>x   y</code> <em>words</em> more.",
        "let a = 1;   // kept",
    ] {
        assert!(small.contains(kept), "{small}");
    }
}

/// The minifier goes down the stack for each level.
#[test]
fn a_page_nested_without_end_is_minified_or_left_as_it_is() {
    let config = fs::read_to_string(root("tests/sites/zola-small/config.toml")).unwrap();
    let config = format!("minify_html = true\n{config}");
    let nested = |text: &str| format!("+++\ntitle = \"Deep\"\n+++\n<div>\n{text}\n</div>\n");
    let (rules, elements) = ("@media all{".repeat(9_000), "<b>".repeat(3_000));
    let styled = nested(&format!("<style>{rules}a{{color:  red}}</style>   x"));
    let deep = nested(&format!("{elements}   x"));
    // The work of the minifier would double with each.
    let open = "calc(".repeat(40);
    let doubling = nested(&format!("<style>a{{width:  {open}</style>   x"));
    let deepest = nested(&format!("{}   x", "<b>".repeat(200_000)));
    let site = Built::zola_small(&[
        ("config.toml", &*config),
        ("content/styled.md", &styled),
        ("content/deep.md", &deep),
        ("content/deepest.md", &deepest),
        ("content/doubling.md", &doubling),
    ]);
    assert!(site.read("styled/index.html").contains("a{color:  red}"));
    assert!(site.read("styled/index.html").contains("</style> x"));
    assert!(site.read("doubling/index.html").contains("width:  calc("));
    assert!(site.read("deep/index.html").contains("<b> x"));
    assert!(site.read("deepest/index.html").contains("<b>   x"));
}

/// What real Zola writes for the same files.
#[test]
fn templates_read_files_of_the_site() {
    let note = ("themes/tera1-small/static/note.txt", "of the theme\n");
    let site = Built::new("tests/sites/zola-files", &[note]);
    site.check(
        "index.html",
        &[
            r#"toml 3 2026-02-03 oak elm 1.5"#,
            r#"csv name|size Oak|1, 2 Elm|3"#,
            r#"yaml Oak Elm 2"#,
            r#"xml 1 1|-2|x &amp; y v text raw"#,
            r#"json 1|2.5|-3 here"#,
            r#"plain a note"#,
            r#"65"#,
            r#"literal 7 x"#,
            r#"gone not there"#,
            r#"theme of the theme"#,
            r#"bust https://example.org/files/js/app.js?h=3e5b7ab69fb7d67bbdc7 https://example.org/files/js/app.js/?h=3e5b7ab69fb7d67bbdc7"#,
            r#"hash Tc1KWaETWL9ZNn+TiVtHwsBd+yyFv2LCslp7PjwHT5aJCyBwpxnW7xtPA1RdtKbo"#,
            r#"hash 3e5b7ab69fb7d67bbdc7d8e88a24651a2d6a6de7672590af957aca8a3d72baa8"#,
            r#"hash f43f799324a27fbdf95f oXLO3K5HR0thXFTVEKXYSo3qMDLpWFh0MLQTU4vj8zM="#,
            r#"svg 120 60 svg text&#x2F;svg+xml"#,
            r#"gif 2 3 gif image&#x2F;gif"#,
            r#"no picture"#,
        ],
    );
}

/// What a build of `tests/sites/zola-files` says if this stands in its `templates/index.html`.
fn failure_of(template: &str, files: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    copy(&root("tests/sites/zola-files"), folder.path());
    copy(
        &root("tests/themes/tera1-small"),
        &folder.path().join("themes/tera1-small"),
    );
    for (path, text) in [("templates/index.html", template)].iter().chain(files) {
        fs::write(folder.path().join(path), text).unwrap();
    }
    let done = Command::new(env!("CARGO_BIN_EXE_dateline"))
        .arg("build")
        .current_dir(folder.path())
        .env("COLUMNS", "300")
        .env_remove("GITHUB_ACTIONS")
        .output()
        .unwrap();
    assert!(!done.status.success(), "{template}");
    String::from_utf8(done.stderr).unwrap()
}

/// What stands in a template, and what is said of it.
const WRONG_FILES: [(&str, &str); 16] = [
    (
        r#"{{ load_data(path="gone.toml") }}"#,
        "it was looked for at `gone.toml`, \
         `static/gone.toml`, `content/gone.toml`, `themes/tera1-small/static/gone.toml`",
    ),
    (
        r#"{{ get_url(path="gone.css", cachebust=true) }}"#,
        "there is no file `gone.css` in the site",
    ),
    (
        r#"{{ get_image_metadata(path="gone.png") }}"#,
        "there is no file `gone.png` in the site",
    ),
    (
        r#"{{ load_data(path="data/bad.toml") }}"#,
        "data/bad.toml:2:6: ",
    ),
    (
        r#"{{ load_data(path="data/bad.json") }}"#,
        "data/bad.json:3:1: trailing comma",
    ),
    (
        r#"{{ load_data(path="data/bad.csv") }}"#,
        "data/bad.csv:3: this record has 1 fields, the ones before it have 2",
    ),
    (r#"{{ load_data(path="data/bad.xml") }}"#, "data/bad.xml:2:"),
    (
        r#"{{ load_data(path="data/bad.bibtex") }}"#,
        "data/bad.bibtex:2:7: `=` was expected after `title`",
    ),
    (
        r#"{{ load_data(path="data/endless.bibtex") }}"#,
        "data/endless.bibtex:1:9: what `a` stands for has no end",
    ),
    (
        r#"{{ load_data(path="data/many.json") }}"#,
        "data/many.json: there are more than 2 million values in it",
    ),
    (
        r#"{{ "{{ nope() }}" | markdown }}"#,
        "`markdown`: there is no shortcode `nope`",
    ),
    (
        r#"{{ load_data(literal="[", format="json") }}"#,
        "literal:1:1: ",
    ),
    (
        r#"{{ load_data(path="../secret.toml", required=false) }}"#,
        "the path `../secret.toml` has a `..`",
    ),
    (
        r#"{{ load_data(url="https://example.org/x.json", required=false) }}"#,
        "the configuration does not let templates fetch `https://example.org/x.json`",
    ),
    (
        r#"{{ get_image_metadata(path="data/note.txt") }}"#,
        "`data/note.txt` is no picture to us",
    ),
    (
        r#"{{ get_hash(path="data/note.txt", sha_type=1) }}"#,
        "`sha_type` has to be 256, 384 or 512",
    ),
];

#[test]
fn what_is_wrong_with_a_file_that_a_template_reads_is_said() {
    let many = format!("[{}1]", "[],".repeat(1_500_000));
    let files = [
        ("data/bad.toml", "a = 1\nb = [\n"),
        ("data/bad.json", "{\n\"a\": 1,\n}\n"),
        ("data/bad.csv", "a,b\n1,2\n3\n"),
        ("data/bad.xml", "<a>\n<b></a>\n"),
        ("data/many.json", &*many),
        ("data/bad.bibtex", "@book{x,\ntitle {One}}\n"),
        (
            "data/endless.bibtex",
            "@string{a = b # b}\n@string{b = a # a}\n@book{x, title = a}\n",
        ),
    ];
    for (template, expected) in WRONG_FILES {
        let said = failure_of(template, &files);
        assert!(said.contains(expected), "{template}: {said}");
    }
}

/// What a site of one template shows at `/`.
fn shown_by(files: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let config = ("config.toml", "base_url = 'https://example.org'\n");
    for (path, text) in [config, ("content/_index.md", "+++\n+++\n")]
        .iter()
        .chain(files)
    {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let done = built(folder.path());
    let said = String::from_utf8(done.stderr).unwrap();
    assert!(done.status.success(), "{said}");
    fs::read_to_string(folder.path().join("public/index.html")).unwrap()
}

/// What Zola 0.22 gives for the same files.
#[test]
fn the_filter_markdown_expands_shortcodes_as_in_zola() {
    const INDEX: &str = r#"+++
[extra]
texts = [
    "x {{ a(n=1) }} y {{ a(n=2) }}",
    "{{ a(n=3) }}",
    "{% b() %} *in* {{ a(n=4) }} {% end %}",
    "x {{ m(n=5) }}",
    "{{/* a(n=1) */}}",
    "a\n\n{{ a(n=9) }}\n\nb",
]
+++
"#;
    let files = [
        ("content/_index.md", INDEX),
        (
            "templates/shortcodes/a.html",
            "<b>{{ nth }} {{ n }}{% if page %} page{% endif %}{% if config %} config{% endif %}</b>\n",
        ),
        ("templates/shortcodes/m.md", "*{{ n }}*\n"),
        ("templates/shortcodes/b.html", "[{{ body }}]\n"),
        (
            "templates/index.html",
            "{% for text in section.extra.texts %}{{ text | markdown | safe }}\n{% endfor %}{{ section.extra.texts[1] | markdown(inline=true) | safe }}",
        ),
    ];
    let expected = "<p>x <b>1 1</b>\n y <b>2 2</b>\n</p>\n\n<b>1 3</b>\n\n\
                    [*in* &lt;b&gt;1 4&lt;&#x2F;b&gt;]\n\n<p>x <em>5</em></p>\n\n\
                    <p>{{ a(n=1) }}</p>\n\n<p>a</p>\n<b>1 9</b>\n<p>b</p>\n\n<b>1 3</b>\n";
    assert_eq!(shown_by(&files), expected);
}

/// As Zola 0.22 reads it, except that names are the same in any letter case.
#[test]
fn bibliographies_are_read() {
    const PAPERS: &str = r#"Free text before, by a@b.org.

@preamble{ "A preamble" # " and more" }
@Comment{ A {nested} comment. }
@string ( Name = "Charles {V}andevoorde")
@STRING{early = late}
@string{late = "L"}

@misc {my_key,
    author= name,
    Title = "nom-{bibtex}",
    note = "By: " # Name,
    month = jan,
    year = 2020,
    odd = {  spaced  {inner} line },
    missing = nope,
    e = early,
}
@Article(Key:2-x, A = {x} # "y")
"#;
    let template = r#"{{ load_data(path="papers.bibtex") | json_encode | safe }}"#;
    let shown = shown_by(&[
        ("papers.bibtex", PAPERS),
        ("templates/index.html", template),
    ]);
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let expected = serde_json::json!({
        "preambles": ["A preamble and more"],
        "comments": ["Free text before, by a@b.org.", "A {nested} comment."],
        "variables": {"Name": "Charles {V}andevoorde", "early": "L", "late": "L"},
        "bibliographies": [
            {
                "entry_type": "misc",
                "citation_key": "my_key",
                "tags": {
                    "author": "Charles {V}andevoorde",
                    "title": "nom-{bibtex}",
                    "note": "By: Charles {V}andevoorde",
                    "month": "January",
                    "year": "2020",
                    "odd": "spaced  {inner} line",
                    "e": "L",
                },
            },
            {"entry_type": "Article", "citation_key": "Key:2-x", "tags": {"a": "xy"}},
        ],
    });
    assert_eq!(shown, expected);
}

/// A site with a picture and a template that has others made of it. The sizes are Zola's.
fn site_of_pictures(folder: &Path) {
    let picture = image::RgbImage::from_fn(60, 40, |x, y| {
        image::Rgb([(x * 4) as u8, (y * 6) as u8, 128])
    });
    fs::create_dir_all(folder.join("content/trees")).unwrap();
    fs::create_dir_all(folder.join("templates")).unwrap();
    picture
        .save(folder.join("content/trees/An oak.png"))
        .unwrap();
    fs::write(
        folder.join("config.toml"),
        "base_url = \"https://example.org/b\"\n",
    )
    .unwrap();
    let template = r#"
{%- for op in ["scale", "fit_width", "fit_height", "fit", "fill"] %}
{%- set made = resize_image(path="trees/An oak.png", op=op, width=30, height=30) %}
{{ op }} {{ made.width }} {{ made.height }} {{ made.orig_width }} {{ made.orig_height }} {{ made.url | safe }}
{%- endfor %}
{%- for format in ["jpg", "webp", "png"] %}
{%- set made = resize_image(path="@/trees/An oak.png", op="fit", width=90, height=90, format=format) %}
{{ format }} {{ made.width }} {{ made.height }} {{ made.url | safe }}
{%- endfor %}
{%- set made = resize_image(path="@/trees/An oak.png", width=9, height=8, format="webp", quality=50) %}
lossy {{ made.width }} {{ made.height }} {{ made.url | safe }}
{%- set made = resize_image(path="@/trees/An oak.png", op="fit_width", width=12, format="avif") %}
avif {{ made.width }} {{ made.height }} {{ made.url | safe }}
{%- set made = resize_image(path="@/trees/An oak.png", op="fit_width", width=12, format="avif", quality=9, speed=10) %}
coarse {{ made.width }} {{ made.height }} {{ made.url | safe }}
"#;
    fs::write(folder.join("templates/index.html"), template).unwrap();
}

fn built(folder: &Path) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_dateline"))
        .arg("build")
        .current_dir(folder)
        .env("SOURCE_DATE_EPOCH", "1777581000")
        .env("COLUMNS", "200")
        .env_remove("GITHUB_ACTIONS")
        .output()
        .unwrap()
}

/// Width and height of a picture.
fn size_of(file: &Path) -> (u32, u32) {
    if file.extension().is_some_and(|ending| ending == "avif") {
        let size = imagesize::size(file).unwrap();
        return (size.width as u32, size.height as u32);
    }
    image::image_dimensions(file).unwrap()
}

/// A repository of a stranger's may have a link in the place of our folder.
#[cfg(unix)]
#[test]
fn pictures_are_not_kept_behind_a_link() {
    let (site, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let folder = site.path();
    site_of_pictures(folder);
    fs::write(elsewhere.path().join("mine.txt"), "mine").unwrap();
    fs::create_dir(folder.join(".dateline")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), folder.join(".dateline/pictures")).unwrap();
    assert!(built(folder).status.success());
    let names = fs::read_dir(elsewhere.path()).unwrap();
    let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["mine.txt"]);
}

#[test]
fn pictures_that_only_a_shortcode_asks_for_are_made() {
    let site = tempfile::tempdir().unwrap();
    let folder = site.path();
    site_of_pictures(folder);
    fs::create_dir_all(folder.join("templates/shortcodes")).unwrap();
    let write = |file: &str, text: &str| fs::write(folder.join(file), text).unwrap();
    write("templates/index.html", "{{ section.content | safe }}");
    write(
        "templates/shortcodes/small.html",
        "{% set made = resize_image(path=path, width=9, op=\"fit_width\") %}{{ made.url | safe }}",
    );
    write(
        "content/_index.md",
        "+++\n+++\n{{ small(path=\"@/trees/An oak.png\") }}\n",
    );
    let done = built(folder);
    assert!(done.status.success(), "{done:?}");
    let page = fs::read_to_string(folder.join("public/index.html")).unwrap();
    let picture = page.trim().trim_start_matches("https://example.org/b/");
    assert!(picture.starts_with("processed_images/an-oak."), "{page}");
    assert!(folder.join("public").join(picture).is_file(), "{page}");
}

#[test]
fn a_page_without_a_title_has_none_in_feeds() {
    let config = fs::read_to_string(root("tests/sites/zola-small/config.toml")).unwrap();
    let config = config.replace("generate_feeds = false", "generate_feeds = true");
    let site = Built::zola_small(&[
        ("config.toml", &config),
        ("content/bare.md", "+++\ndate = 2026-01-02\n+++\nText.\n"),
    ]);
    let feed = site.read("atom.xml");
    assert!(
        feed.contains("<title></title>") && !feed.contains("bare.md"),
        "{feed}"
    );
}

#[test]
fn templates_that_a_theme_lacks_are_named() {
    let site = tempfile::tempdir().unwrap();
    let folder = site.path();
    let write = |file: &str, text: &str| {
        let file = folder.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    write("config.toml", "base_url = \"https://example.org\"\n");
    write("templates/index.html", "Home");
    write("templates/page.html", "Page");
    write("content/a/_index.md", "+++\n+++\n");
    write("content/b/_index.md", "+++\n+++\n");
    write("content/b/c.md", "+++\ntitle = \"C\"\n+++\n");
    let said = String::from_utf8(built(folder).stderr).unwrap();
    let expected = [
        "the theme has no `404.html`: who follows a wrong link sees a page without its look",
        "the theme has no `section.html`: `/a/` and one more page are laid out by the built-in theme",
    ];
    for expected in expected {
        assert!(said.contains(expected), "{said}");
    }
    assert_eq!(said.matches("theme-lacks-template").count(), 2, "{said}");
    assert!(folder.join("public/dateline.css").is_file());
}

#[test]
fn pictures_are_made_of_others_into_the_output_alone() {
    let site = tempfile::tempdir().unwrap();
    let folder = site.path();
    site_of_pictures(folder);
    let done = built(folder);
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let page = fs::read_to_string(folder.join("public/index.html")).unwrap();
    let lines: Vec<&str> = page.lines().filter(|line| !line.is_empty()).collect();
    let expected = [
        "scale 30 30 60 40",
        "fit_width 30 20 60 40",
        "fit_height 45 30 60 40",
        "fit 30 20 60 40",
        "fill 30 30 60 40",
        "jpg 60 40",
        "webp 60 40",
        "png 60 40",
        "lossy 9 8",
        "avif 12 8",
        "coarse 12 8",
    ];
    assert_eq!(lines.len(), expected.len(), "{page}");
    let mut made = Vec::new();
    for (line, expected) in lines.iter().zip(expected) {
        let (numbers, url) = line.rsplit_once(' ').unwrap();
        assert_eq!(numbers, expected);
        let path = url.strip_prefix("https://example.org/b/").unwrap();
        assert!(path.starts_with("processed_images/an-oak."), "{path}");
        let size = size_of(&folder.join("public").join(path));
        let numbers: Vec<&str> = numbers.split(' ').collect();
        assert_eq!(numbers[1..3], [size.0.to_string(), size.1.to_string()]);
        made.push(path.to_owned());
    }
    assert!(
        !folder.join("static").exists(),
        "the sources are the author's"
    );
    // What is kept costs time and nothing else: half of it is spoilt, then all of it is gone.
    let bytes = |made: &[String]| -> Vec<Vec<u8>> {
        made.iter()
            .map(|path| fs::read(folder.join("public").join(path)).unwrap())
            .collect()
    };
    let first = bytes(&made);
    let kept = folder.join(".dateline/pictures");
    for (number, entry) in fs::read_dir(&kept).unwrap().enumerate() {
        if number % 2 == 0 {
            fs::write(entry.unwrap().path(), "spoilt").unwrap();
        }
    }
    let said = String::from_utf8(built(folder).stdout).unwrap();
    assert!(said.contains("(0 written"), "{said}");
    fs::remove_dir_all(&kept).unwrap();
    fs::remove_dir_all(folder.join("public")).unwrap();
    assert!(built(folder).status.success());
    assert_eq!(bytes(&made), first);
}

#[test]
fn what_is_wrong_with_a_picture_is_said() {
    const CASES: &[(&str, &str)] = &[
        (
            r#"path="gone.png", width=1, height=1"#,
            "there is no file `gone.png` in the site",
        ),
        (
            r#"path="trees/An oak.png", width=1"#,
            "`op=\"fill\"` needs a `height`",
        ),
        (
            r#"path="trees/An oak.png", width=0, height=1"#,
            "`width` has to be a number of pixels from 1 on, not 0",
        ),
        (
            r#"path="trees/An oak.png", width=1.5, height=1"#,
            "`width` has to be a whole number of pixels, not 1.5",
        ),
        (
            r#"path="trees/An oak.png", height=1, op="fit_widht""#,
            "did you mean `fit_width`?",
        ),
        (
            r#"path="trees/An oak.png", width=1, height=1, format="gif""#,
            "`format` has to be `auto`, `jpg`, `png`, `webp` or `avif`, not `gif`",
        ),
        (
            r#"path="trees/An oak.png", width=20000, height=1, format="webp""#,
            "a side of a `webp` has at most 16383 pixels",
        ),
        (
            r#"path="trees/An oak.png", width=1, height=1, format="tiff""#,
            "`format` has to be `auto`, `jpg`, `png`, `webp` or `avif`, not `tiff`",
        ),
        (
            r#"path="trees/An oak.png", width=1, height=1, format="avif", speed=11"#,
            "`speed` has to be a number from 1 to 10",
        ),
        (
            r#"path="oak.avif", width=1, height=1"#,
            "`content/oak.avif` is AVIF, which cannot be resized",
        ),
        (r#"path="half.png", width=1, height=1"#, "content/half.png"),
        (
            r#"path="trees/An oak.png", width=90000, height=90000"#,
            "templates/index.html:1:4",
        ),
        (
            r#"path="trees/An oak.png", width=90000, height=90000"#,
            "the size would be 90000 × 90000, which is more than 120 million pixels",
        ),
    ];
    for (args, expected) in CASES {
        let site = tempfile::tempdir().unwrap();
        let folder = site.path();
        site_of_pictures(folder);
        let whole = fs::read(folder.join("content/trees/An oak.png")).unwrap();
        fs::write(folder.join("content/half.png"), &whole[..whole.len() / 2]).unwrap();
        let oak = image::RgbImage::new(16, 16);
        oak.save(folder.join("content/oak.avif")).unwrap();
        let template = format!("{{{{ resize_image({args}) | json_encode }}}}");
        fs::write(folder.join("templates/index.html"), template).unwrap();
        let done = built(folder);
        let said = String::from_utf8(done.stderr).unwrap();
        assert!(
            !done.status.success() && said.contains(expected),
            "{args}: {said}"
        );
        assert!(!folder.join("public").exists(), "{args}");
    }
}

/// A GIF up to the pixels, which is as far as it is read before others are made of it.
fn vast_gif(width: u16, height: u16) -> Vec<u8> {
    let size = [width.to_le_bytes(), height.to_le_bytes()].concat();
    let (two_colours, pixels) = ([0x80, 0, 0, 0, 255, 255, 255], [2, 0]);
    let screen = [b"GIF89a".as_slice(), &size, &[0, 0, 0]].concat();
    let frame = [b",\0\0\0\0".as_slice(), &size, &two_colours, &pixels, b";"].concat();
    [screen, frame].concat()
}

/// What is said of a home page, beside which there is a photograph of 24 million pixels.
fn said_of_pictures(template: &str) -> String {
    let site = tempfile::tempdir().unwrap();
    let folder = site.path();
    site_of_pictures(folder);
    fs::write(folder.join("content/photo.gif"), vast_gif(6000, 4000)).unwrap();
    fs::create_dir(folder.join(".dateline")).unwrap();
    fs::write(folder.join("templates/index.html"), template).unwrap();
    let done = built(folder);
    assert!(!done.status.success(), "{template}");
    assert!(!folder.join("public").exists(), "{template}");
    assert!(!folder.join(".dateline/pictures").exists(), "{template}");
    String::from_utf8(done.stderr).unwrap()
}

#[test]
fn a_page_asks_for_so_many_pictures_at_most() {
    const CASES: &[(&str, &str)] = &[
        (
            r#"{% for i in range(end=100000) %}
{% set made = resize_image(path="trees/An oak.png", op="scale", width=i + 1, height=1000) %}
{% endfor %}"#,
            "the pictures that this page asks for have more than 2,000 million pixels in all",
        ),
        (
            r#"{% for i in range(end=100000) %}
{% set made = resize_image(path="photo.gif", op="scale", width=1, height=i + 1) %}
{% endfor %}"#,
            "are made of more than 40,000 million pixels in all",
        ),
        (
            r#"{% for i in range(end=100000) %}
{% set made = resize_image(path="trees/An oak.png", op="scale", width=1, height=i % 30000 + 1) %}
{% endfor %}"#,
            "the pictures that this page asks for have more than 2,000 million pixels in all",
        ),
    ];
    for (template, expected) in CASES {
        let said = said_of_pictures(template);
        let at = "templates/index.html:2:15";
        let is_told = [*expected, at, "on the page `/`", "ask for fewer"]
            .iter()
            .all(|part| said.contains(part));
        assert!(is_told, "{template}: {said}");
    }
}

/// 500 photographs of 24 million pixels, in three sizes each, and each asked for twice.
#[test]
fn an_honest_gallery_is_within_the_limit() {
    let template = r#"{% for again in range(end=2) %}{% for i in range(end=500) %}
{% set made = resize_image(path="photo.gif", op="scale", width=480, height=320 - i % 250) %}
{% set made = resize_image(path="photo.gif", op="scale", width=960, height=640 - i) %}
{% set made = resize_image(path="photo.gif", op="scale", width=1920, height=1280 + i) %}
{% endfor %}{% endfor %}{{ throw(message="all of them") }}"#;
    let said = said_of_pictures(template);
    assert!(said.contains("all of them"), "{said}");
}

/// Pictures take long, and nothing is written where a page fails.
#[test]
fn no_pictures_are_made_if_a_page_fails() {
    let template = r#"{{ resize_image(path="trees/An oak.png", width=9, height=9) | json_encode }}
{{ throw(message="no page") }}"#;
    let said = said_of_pictures(template);
    assert!(said.contains("no page"), "{said}");
}

#[test]
fn a_template_reads_the_variables_that_the_configuration_allows() {
    let template =
        "{{ get_env(name=\"SOURCE_DATE_EPOCH\") }}|{{ get_env(name=\"HOME\", default=\"no\") }}\n";
    let site = tempfile::tempdir().unwrap();
    let folder = site.path();
    site_of_pictures(folder);
    fs::write(folder.join("templates/index.html"), template).unwrap();
    let said = String::from_utf8(built(folder).stderr).unwrap();
    let expected = "`env = [\"SOURCE_DATE_EPOCH\"]` under `[extra.dateline]` allows";
    assert!(said.contains(expected), "{said}");
    let config = "base_url = \"https://example.org\"\n[extra.dateline]\nenv = [\"SOURCE_DATE_EPOCH\"]\npages = []\n";
    fs::write(folder.join("config.toml"), config).unwrap();
    let done = built(folder);
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let page = fs::read_to_string(folder.join("public/index.html")).unwrap();
    assert_eq!(page, "1777581000|no\n");
}

#[cfg(unix)]
#[test]
fn no_link_leads_a_template_out_of_the_site() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.txt"), "secret").unwrap();
    let site = Built::new(
        "tests/sites/zola-files",
        &[("themes/tera1-small/static/note.txt", "")],
    );
    let folder = site.folder.path();
    std::os::unix::fs::symlink(outside.path(), folder.join("data/out")).unwrap();
    let template = r#"{{ load_data(path="data/out/secret.txt", required=false) }}"#;
    fs::write(folder.join("templates/index.html"), template).unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_dateline"))
        .arg("build")
        .current_dir(folder)
        .env("COLUMNS", "300")
        .output()
        .unwrap();
    let said = String::from_utf8(done.stderr).unwrap();
    assert!(
        !done.status.success() && !said.contains("secret\""),
        "{said}"
    );
    let expected = "cannot open `data/out/secret.txt`: a symbolic link leads out of the site";
    assert!(said.contains(expected), "{said}");
}
/// `tests/sites/shortcodes/expected` is what Zola 0.22.1 itself writes for that site.
#[test]
fn shortcodes_give_what_zola_makes_of_them() {
    let built = Built::new("tests/sites/shortcodes", &[]);
    let expected = root("tests/sites/shortcodes/expected");
    let pages = ["", "blog/", "blog/dock/", "blog/all/"];
    for page in pages.map(|folder| format!("{folder}index.html")) {
        let expected = fs::read_to_string(expected.join(&page)).unwrap();
        assert_eq!(built.read(&page), expected, "{page}");
    }
}

/// In a brief no output becomes part of a tag, and what a brief hands on to a template that prints
/// it as it is, is sanitised.
#[test]
fn shortcodes_open_no_way_around_the_sanitiser() {
    let body = "\
+++
title = \"A brief\"
date = 2026-01-08T09:00:00Z
[extra.brief]
id = \"aaaa22\"
+++
{{ frame(id=\"a\") }}

<b onclick=\"x()\">{{ frame(id=\"b\") }}</b>

<a href=\"{{ frame(id=\"c\") }}\" title=\"{{ frame(id=\"d\") }}\">tag</a>

`{{ frame(id=\"e\") }}` [link](https://example.com \"{{ frame(id=\"f\") }}\")

{% raw() %}
<i onclick=\"x()\">body</i><script>alert(1)</script>
{% end %}

{{ raw(body='\"><img src=x onerror=\"alert(1)\">') }}

{{ raw(body=\"<svg/onload=alert(2)>\") }} {{ markdown() }}

{{ wide(width=\"1 onload=alert(3)\") }} {{ wide(width=\"2\") }} {{ wide(width=\"/a?b=3 onload=alert(4)\") }}
";
    let built = Built::briefs(&[
        ("content/briefs/shortcodes.md", body),
        (
            "templates/shortcodes/frame.html",
            "<iframe src=\"{{ id }}\" onload=\"ours()\"></iframe>",
        ),
        (
            "templates/shortcodes/wide.html",
            "<img src=\"/a.png\" width={{ width }} data-of=ours>",
        ),
        (
            "templates/shortcodes/raw.html",
            "<q class=\"ours\">{{ body | safe }}</q>",
        ),
        (
            "templates/shortcodes/markdown.md",
            "*made* <u onclick=\"x()\">of</u> Markdown",
        ),
    ]);
    let html = built.read("briefs/shortcodes/index.html");
    // What the site's owner wrote is left as it is.
    for id in ["a", "b"] {
        let frame = format!("<iframe src=\"{id}\" onload=\"ours()\"></iframe>");
        assert!(html.contains(&frame), "{html}");
    }
    assert_eq!(html.matches("<iframe").count(), 2, "{html}");
    assert!(
        html.contains("<code>&lt;iframe src=&quot;e&quot;"),
        "{html}"
    );
    assert!(html.contains("<q class=\"ours\"><i>body</i></q>"), "{html}");
    assert!(html.contains("<em>made</em> <u>of</u> Markdown"), "{html}");
    assert!(html.contains("width=2 data-of=ours>"), "{html}");
    for never in ["onclick", "onerror", "alert", "onload=alert"] {
        assert!(!html.contains(never), "{never}: {html}");
    }
}

/// A shortcode may ask where a page is, though not what is in it.
#[test]
fn a_shortcode_follows_the_page_that_it_names() {
    let page = |path: &str| format!("+++\ntitle = \"Moved\"\npath = \"{path}\"\n+++\n");
    let call = "+++\ntitle = \"Calls\"\n+++\n{{ to(target=\"@/moved.md\") }}\n";
    for path in ["here", "there"] {
        let built = Built::zola_small(&[
            ("content/moved.md", &page(path)),
            ("content/calls.md", call),
            (
                "templates/shortcodes/to.html",
                "<a href=\"{{ get_url(path=target) }}\">to</a>",
            ),
            (
                "templates/page.html",
                "<main>{{ page.content | safe }}</main>",
            ),
        ]);
        let expected = format!("/{path}/\">to</a>");
        assert!(built.read("calls/index.html").contains(&expected));
    }
}

/// `tests/browser/search.test.mjs` compares what is found in the index with what Zola's index finds.
#[test]
fn the_search_index_holds_what_can_be_opened() {
    let site = Built::new("tests/sites/search", &[]);
    let index = site.read("search_index.en.js");
    let index = index.strip_prefix("window.searchIndex = ").unwrap();
    let index: serde_json::Value = serde_json::from_str(index).unwrap();
    let fields = serde_json::json!(["title", "description", "body"]);
    assert_eq!(index["fields"], fields);
    let docs = index["documentStore"]["docs"].as_object().unwrap();
    let urls: Vec<&str> = docs
        .keys()
        .map(|url| &url["https://example.org".len()..])
        .collect();
    let expected = [
        "/",
        "/away/",
        "/guide/",
        "/guide/knots/",
        "/guide/tides/",
        "/notes/",
        "/notes/first-storm/",
        "/notes/second-storm/",
    ];
    assert_eq!(urls, expected);
    // `forecast` in the index of the body: once in one note.
    let mut node = &index["index"]["body"]["root"];
    for letter in "forecast".chars() {
        node = &node[letter.to_string()];
    }
    assert_eq!(node["df"], 1);
    assert!(site.has("elasticlunr.min.js"));
}

#[test]
fn words_of_two_cells_do_not_run_together_in_the_search_index() {
    let table = "+++\ntitle = 'x'\n+++\n| left | right |\n|---|---|\n| one | two |\n";
    let fuse = fs::read_to_string(root("tests/sites/search/fuse.toml")).unwrap();
    let files = [("content/table.md", table), ("config.toml", fuse.as_str())];
    let site = Built::new("tests/sites/search", &files);
    let index: serde_json::Value =
        serde_json::from_str(&site.read("search_index.en.json")).unwrap();
    let mut pages = index.as_array().unwrap().iter();
    let page = pages.find(|page| page["path"] == "/table/").unwrap();
    assert_eq!(page["body"], "left right\none two");
    assert!(!site.has("elasticlunr.min.js"));
}

/// A page of `tests/sites/search` with a template of its own.
const FILTERS: &str = r###"<main>
{{ "# Hey *you*" | markdown | safe }}
{{ "Some `code` & [a tide](@/guide/tides.md#x) <https://example.net>" | markdown(inline=true) | safe }}
{{ "Ümläut" | base64_encode }} {{ "w5xtbMOkdXQ=" | base64_decode }}
{{ "2026-05-01" | regex_replace(pattern="(\d+)-(\d+)", rep="$2/$1") }}
{{ 1234567 | num_format }} {{ -1234567 | num_format(locale="de") }} {{ 1234567 | num_format(locale="en-IN") }}
{{ trans(key="hello") }} {{ trans(key="hello", lang="fr") }} {{ trans(key="hello", lang="en") }}
</main>"###;

const WITH_TRANSLATIONS: &str = "base_url = 'https://example.org'\n[translations]\nhello = 'Hello'\n\
    [languages.fr.translations]\nhello = 'Bonjour'\n";

#[test]
fn text_is_filtered_as_in_zola() {
    let page = "+++\ntemplate = 'filters.html'\n+++\n";
    let site = Built::new(
        "tests/sites/search",
        &[
            ("config.toml", WITH_TRANSLATIONS),
            ("templates/filters.html", FILTERS),
            ("content/filters.md", page),
        ],
    );
    let expected = [
        "<h1 id=\"hey-you\">Hey <em>you</em></h1>",
        "Some <code>code</code> &amp; <a href=\"https://example.org/guide/tides/#x\">a tide</a> \
         <a rel=\"external\" href=\"https://example.net\">https://example.net</a>",
        "w5xtbMOkdXQ= Ümläut",
        "05&#x2F;2026-01",
        "1,234,567 -1.234.567 12,34,567",
        "Hello Bonjour Hello",
    ];
    site.check("filters/index.html", &expected);
}

/// What a wrong call of a filter or function says, in a Tera template and in a Jinja template.
#[test]
fn a_wrong_call_says_what_is_wrong() {
    let calls = [
        ("{{ 1 | markdown }}", "it takes text, not a number"),
        ("{{ 'x' | base64_decode }}", "it takes text in base64"),
        (
            "{{ 'x' | num_format }}",
            "it takes a whole number, not text",
        ),
        (
            "{{ 1 | num_format(locale='xx') }}",
            "there is no locale `xx`",
        ),
        (
            "{{ 'x' | regex_replace(pattern='(', rep='') }}",
            "`(` is no regular expression",
        ),
        (
            "{{ 'x' | regex_replace(pattern='x') }}",
            "the argument `rep` is missing",
        ),
        (
            "{{ '[x](@/no.md)' | markdown }}",
            "there is no published page `no.md`",
        ),
        ("{{ trans(key='hallo') }}", "hint: did you mean `hello`?"),
        (
            "{{ trans(key='quite another', lang='fr') }}",
            "hint: it has `hello`",
        ),
    ];
    let jinja = ("themes/j/theme.toml", "name = 'j'\nengine = 'minijinja'\n");
    for (call, reason) in calls {
        for theme in ["", "theme = 'j'\n"] {
            let folder = tempfile::tempdir().unwrap();
            let config = format!("{theme}{WITH_TRANSLATIONS}");
            let template = format!("<!-- {{% if page %}}{{% endif %}} -->\n{call}\n");
            let files = [
                ("config.toml", config.as_str()),
                ("content/x.md", "+++\n+++\n"),
                ("templates/page.html", template.as_str()),
                ("templates/index.html", ""),
                jinja,
            ];
            for (path, text) in files {
                let path = folder.path().join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            let done = Command::new(env!("CARGO_BIN_EXE_dateline"))
                .arg("check")
                .current_dir(folder.path())
                .env("COLUMNS", "200")
                .env_remove("GITHUB_ACTIONS")
                .output()
                .unwrap();
            let said = String::from_utf8(done.stderr).unwrap();
            assert!(said.contains(reason), "{call} {theme}\n{said}");
        }
    }
}

/// A page with code, and an own page without.
fn with_code(highlighting: &str) -> Built {
    const CODE: &str = r####"+++
+++
```rust, linenos, linenostart=10, hl_lines=2, hide_lines=1, name=x.rs
fn hidden() {}
let x = "a<b>&'";

/* two
lines */
```

```py
import x
```

```klingon
qapla
```

    indented
"####;
    let config = format!("base_url = 'https://example.org'\n{highlighting}");
    let files = [("config.toml", &*config), ("content/code.md", CODE)];
    Built::new("tests/sites/search", &files)
}

/// The text of HTML and its tags but spans in lines.
fn without_colours(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, after) = after.split_once('>').unwrap();
        let is_marked = tag.contains("z-hl") || tag.contains("giallo-l\" style");
        match tag {
            _ if tag.contains("giallo-ln") => text.push('#'),
            _ if tag.contains("giallo-l") => text.push(if is_marked { '>' } else { '|' }),
            _ if tag.contains("span") => {}
            _ => text.push_str(&format!("<{}>", tag.split(" style=").next().unwrap())),
        }
        rest = after;
    }
    text + rest
}

/// Zola writes the same for them, but for the colours.
#[test]
fn code_is_coloured_in_zolas_markup() {
    let styles = [
        ("giallo", "[markdown.highlighting]\ntheme = 'dracula'\n"),
        (
            "giallo",
            "[markdown.highlighting]\nlight_theme = 'github-light'\ndark_theme = 'nord'\n",
        ),
        (
            "giallo z-code",
            "[markdown.highlighting]\ntheme = 'nord'\nstyle = 'class'\n",
        ),
        (
            "giallo",
            "[markdown]\nhighlight_code = true\nhighlight_theme = 'one-dark'\n",
        ),
    ];
    for (class, config) in styles {
        let site = with_code(config);
        let expected = format!(
            "<main><pre class=\"{class}\"><code data-lang=\"rust\" data-name=\"x.rs\">\
             >#11let x = &quot;a&lt;b&gt;&amp;&#39;&quot;;\n|#12\n|#13/* two\n|#14lines */</code></pre>\
             <pre class=\"{class}\"><code data-lang=\"python\">|import x</code></pre>\
             <pre class=\"{class}\"><code data-lang=\"plain\">|qapla</code></pre>\
             <pre class=\"{class}\"><code data-lang=\"plain\">|indented</code></pre></main>\n"
        );
        let html = site.read("code/index.html");
        assert_eq!(without_colours(&html), expected, "{config}");
        assert!(html.contains("<span class=\"z-") || html.contains("<span style=\"color: "));
        assert!(!site.said.contains("unknown-code-theme"), "{}", site.said);
    }
}

/// A language and colours as Zola up to 0.21 takes them.
/// The text between tags, and what is said, of a site with one block of code in a language of its own.
fn code_with(grammar: &str, style: &str, code: &str) -> (String, Built) {
    let config = format!(
        "base_url = 'https://example.org'\n[markdown.highlighting]\ntheme = 'base16-ocean-dark'\n\
         style = '{style}'\nextra_grammars = ['odd.json']\n"
    );
    let page = format!("+++\n+++\n```odd\n{code}```\n");
    let grammar =
        format!("{{\"name\": \"odd\", \"scopeName\": \"source.odd\", \"patterns\": [{grammar}]}}");
    let files = [
        ("config.toml", &*config),
        ("content/code.md", &page),
        ("odd.json", &grammar),
    ];
    let site = Built::new("tests/sites/search", &files);
    let html = site.read("code/index.html");
    let (_, block) = html.split_once("<pre class=\"giallo").unwrap();
    let (block, _) = block.split_once("</pre>").unwrap();
    let pieces = block
        .split('<')
        .map(|piece| piece.split_once('>').unwrap().1);
    (pieces.collect::<String>() + "\n", site)
}

/// Whatever a grammar asks for, the code is all there, and a build comes to its end.
#[test]
fn code_that_is_too_much_work_is_plain_from_there() {
    let many_ways =
        r#"{"match": "(a|a)+\\1!", "name": "keyword"}, {"match": "b", "name": "constant"}"#;
    let in_each_other = format!(
        r#"{{"begin": "\\(", "end": "\\)", "name": "{}", "patterns": [{{"include": "$self"}}]}}"#,
        "x".repeat(200)
    );
    let rules = (0..5_000).map(|i| format!(r#"{{"match": "\\b{i}a"}}"#));
    let many_rules = rules.collect::<Vec<_>>().join(",");
    let ends = r#"{"begin": "(\\w+)", "end": "(\\1|\\w{20}|\\pL{20})!", "name": "string"}"#;
    let long_line = "a".repeat(40);
    let cases = [
        (
            "inline",
            many_ways,
            format!("b\n{long_line}b\n").repeat(200),
        ),
        ("class", many_ways, format!("b\n{long_line}b\n").repeat(20)),
        // Only names make the rest of it costly.
        (
            "class",
            &*in_each_other,
            "(".repeat(150) + &"\n".repeat(30_000),
        ),
        ("inline", &*many_rules, "a a a a a a a a\n".repeat(3_000)),
        (
            "inline",
            ends,
            (0..4_000).map(|i| format!("w{i}\nw{i}!\n")).collect(),
        ),
    ];
    for (style, grammar, code) in cases {
        let begin = std::time::Instant::now();
        let (text, site) = code_with(grammar, style, &code);
        let short = &grammar[..40];
        assert!(begin.elapsed().as_secs() < 60, "{style}, {short}");
        assert_eq!(text, code, "{style}, {short}");
        let said = &site.said;
        let is_told = said.contains("costly-code") && said.contains("content/code.md:3:1");
        assert!(is_told, "{style}, {short}: {said}");
        assert_eq!(said.matches("costly-code").count(), 1, "{style}, {short}");
        let length = site.read("code/index.html").len();
        assert!(length < 16 << 20, "{style}, {short}: {length}");
    }
}

/// A file of one line, as it is put on the web.
#[test]
fn a_line_of_half_a_megabyte_is_not_coloured() {
    let code = "var a=function(b){return b&&'c'};".repeat(16_000) + "\n";
    let page = format!("+++\n+++\n```js\n{code}```\n");
    let site = Built::new("tests/sites/search", &[("content/code.md", &page)]);
    assert!(site.read("code/index.html").contains("{return b&amp;&amp;"));
}

#[test]
fn code_has_the_grammars_and_themes_of_a_folder() {
    let config = "base_url = 'https://example.org'\n[markdown]\nhighlight_code = true\n\
        highlight_theme = 'Dusk'\nextra_syntaxes_and_themes = ['syntaxes']\n";
    let grammar = "%YAML 1.2\n---\nname: Klingon\nfile_extensions: [klingon]\nscope: source.klingon\n\
        contexts:\n  main:\n    - match: \"\\\\b(Qapla)\\\\b\"\n      scope: keyword.klingon\n    \
        - match: '\"'\n      push:\n        - meta_scope: string.klingon\n        \
        - match: '\"'\n          pop: true\n";
    let style = |scope: &str, colour: &str| {
        let scope = match scope {
            "" => String::new(),
            scope => format!("<key>scope</key><string>{scope}</string>"),
        };
        format!(
            "<dict>{scope}<key>settings</key><dict><key>foreground</key><string>{colour}</string>\
             <key>background</key><string>#000000</string></dict></dict>"
        )
    };
    let theme = format!(
        "<plist version=\"1.0\"><dict><key>settings</key><array>{}{}{}</array></dict></plist>",
        style("", "#DDDDDD"),
        style("keyword", "#FF0000"),
        style("string", "#00FF00"),
    );
    let page = "+++\n+++\n```klingon\nQapla \"a Qapla\" Qapla\n```\n";
    let files = [
        ("config.toml", config),
        ("content/code.md", page),
        ("syntaxes/klingon.sublime-syntax", grammar),
        ("syntaxes/more/dusk.tmTheme", &theme),
    ];
    let site = Built::new("tests/sites/search", &files);
    let html = site.read("code/index.html");
    let expected = "<pre class=\"giallo\" style=\"color: #DDDDDD; background-color: #000000;\">\
        <code data-lang=\"klingon\"><span class=\"giallo-l\"><span style=\"color: #FF0000;\">Qapla</span>\
        <span style=\"color: #00FF00;\"> &quot;a Qapla&quot;</span>\
        <span style=\"color: #FF0000;\"> Qapla</span></span></code></pre>";
    assert!(html.contains(expected), "{html}");
}

#[test]
fn classes_of_code_have_style_sheets() {
    let css = |site: &Built, file: &str| {
        let css = site.read(file);
        assert!(
            css.contains(".z-code {") && css.contains(".z-string"),
            "{css}"
        );
        css
    };
    let single = with_code("[markdown.highlighting]\ntheme = 'nord'\nstyle = 'class'\n");
    css(&single, "giallo.css");
    let dual = "light_theme = 'github-light'\ndark_theme = 'nord'\nstyle = 'class'\n";
    let dual = with_code(&format!("[markdown.highlighting]\n{dual}"));
    let (light, dark) = (
        css(&dual, "giallo-light.css"),
        css(&dual, "giallo-dark.css"),
    );
    assert_ne!(light, dark);
    assert!(!dual.has("giallo.css"));
    let old = "highlight_code = true\nhighlight_theme = 'css'\n\
        highlight_themes_css = [{ theme = 'dracula', filename = 'syntax.css' }]\n";
    css(&with_code(&format!("[markdown]\n{old}")), "syntax.css");
    let inline = with_code("[markdown.highlighting]\ntheme = 'nord'\n");
    assert!(inline.files().iter().all(|file| !file.ends_with(".css")));
}

/// A brief with raw HTML is sanitised; its code keeps its colours all the same.
#[test]
fn code_of_a_brief_keeps_its_colours() {
    let body = "```rust, linenos, hl_lines=1, name=x\nlet a = \"b\";\n```\n";
    let raw = "<p style=\"color: #000\">Raw.</p> <span style=\"color: url(x)\">x</span>\n";
    let pre = |site: &Built, slug: &str| {
        let html = site.read(&format!("{slug}/index.html"));
        let at = html.find("<pre").unwrap();
        html[at..at + html[at..].find("</pre>").unwrap()].to_owned()
    };
    for style in [
        "theme = 'nord'",
        "light_theme = 'github-light'\ndark_theme = 'nord'",
    ] {
        for class in ["", "style = 'class'"] {
            let brief = |id: &str, body: &str| {
                format!(
                    "+++\ntitle = '{id}'\ndate = 2026-01-01\n[extra.brief]\nid = '{id}'\n+++\n{body}"
                )
            };
            let config = format!(
                "base_url = 'https://example.org'\n[markdown.highlighting]\n{style}\n{class}\n"
            );
            let (plain, with_raw) = (
                brief("7k3f9q", body),
                brief("h3w8kd", &format!("{body}\n{raw}")),
            );
            let files = [
                ("config.toml", &*config),
                ("content/plain.md", &*plain),
                ("content/raw.md", &*with_raw),
            ];
            let site = Built::new("tests/sites/search", &files);
            // The sanitiser writes quotation marks as they are.
            let plain = pre(&site, "plain").replace("&quot;", "\"");
            assert_eq!(plain, pre(&site, "raw"));
            let html = site.read("raw/index.html");
            assert!(html.contains("<p>Raw.</p> <span>x</span>"), "{html}");
        }
    }
}

#[test]
fn broken_links_are_warnings_if_the_configuration_says_so() {
    let config = "base_url = 'https://example.org'\n[link_checker]\ninternal_level = 'warn'\n";
    let page = "+++\n+++\n[a](@/nowhere.md) [b](@/links.md#nothing)\n";
    let files = [("config.toml", config), ("content/links.md", page)];
    let site = Built::new("tests/sites/search", &files);
    assert_eq!(site.said.matches("warning[").count(), 2, "{}", site.said);
}

#[test]
fn links_to_other_sites_are_marked_as_in_zola() {
    let page = "+++\n+++\n[a](https://example.net \"T\") <https://example.net>\n";
    let line = |keys: &str| {
        let config = format!("base_url = 'https://example.org'\n[markdown]\n{keys}");
        let files = [("config.toml", &*config), ("content/links.md", page)];
        let site = Built::new("tests/sites/search", &files);
        site.main("links/index.html").join("")
    };
    assert_eq!(
        line("external_links_external = false\n"),
        "<p><a href=\"https://example.net\" title=\"T\">a</a> \
         <a href=\"https://example.net\">https://example.net</a></p>"
    );
    assert_eq!(
        line("external_links_external = false\nexternal_links_class = 'out'\n"),
        "<p><a class=\"out\" title=\"T\" href=\"https://example.net\">a</a> \
         <a class=\"out\" href=\"https://example.net\">https://example.net</a></p>"
    );
    assert_eq!(
        line(
            "external_links_class = 'out'\nexternal_links_target_blank = true\n\
              external_links_no_follow = true\nexternal_links_no_referrer = true\n"
        ),
        "<p><a class=\"out\" rel=\"noopener nofollow noreferrer external\" target=\"_blank\" \
         title=\"T\" href=\"https://example.net\">a</a> <a class=\"out\" \
         rel=\"noopener nofollow noreferrer external\" target=\"_blank\" \
         href=\"https://example.net\">https://example.net</a></p>"
    );
}

/// Sass of a site and its theme: what the two have in common, what stands in the place of another,
/// what is taken in by others, and what is no style sheet.
const SASS: [(&str, &str); 11] = [
    (
        "themes/tera1-small/sass/theme.scss",
        "@use \"parts/colors\";\n\nbody {\n  color: colors.$text;\n  a:hover { background: url(\"/a.png\"); }\n}\n",
    ),
    (
        "themes/tera1-small/sass/parts/_colors.scss",
        "// Not seen.\n$text: lighten(#333, 20%);\n",
    ),
    ("themes/tera1-small/sass/both.scss", "a { b: theme; }\n"),
    ("sass/both.scss", "a { b: site; }\n"),
    (
        "sass/deep/own.sass",
        "@import '../../themes/tera1-small/sass/parts/colors'\n@import 'plain'\n\np\n  color: $text\n  &::after\n    content: \"\u{e9}\"\n",
    ),
    ("sass/deep/plain.css", "i { j: k; }\n"),
    ("sass/deep/_part.scss", "a { b: c; }\n"),
    ("sass/_parts/part.scss", "a { b: c; }\n"),
    ("sass/over.scss", "a { b: sass; }\n"),
    ("static/over.css", "a { b: static; }\n"),
    ("sass/readme.txt", "Nothing.\n"),
];

#[test]
fn sass_becomes_style_sheets_as_in_zola() {
    let config = fs::read_to_string(root("tests/sites/zola-small/config.toml")).unwrap();
    let config = config.replace("compile_sass = false", "compile_sass = true");
    let files = [&SASS[..], &[("config.toml", config.as_str())]].concat();
    let site = Built::zola_small(&files);
    let names = |site: &Built| -> Vec<String> {
        let mut names = site.files();
        names.retain(|name| name.ends_with(".css"));
        names
    };
    let all = [
        "both.css",
        "deep/own.css",
        "over.css",
        "style.css",
        "theme.css",
    ];
    assert_eq!(names(&site), all);
    assert_eq!(site.read("both.css"), "a{b:site}");
    assert_eq!(site.read("over.css"), "a { b: static; }\n");
    assert_eq!(
        site.read("deep/own.css"),
        "\u{feff}i{j:k}p{color:#666}p::after{content:\"\u{e9}\"}"
    );
    // As in static style sheets, addresses begin with the base path; Zola leaves that to authors.
    assert_eq!(
        site.read("theme.css"),
        "body{color:#666}body a:hover{background:url(\"/small/a.png\")}"
    );
    // Without the key, the theme's alone are made.
    let site = Built::zola_small(&SASS);
    assert_eq!(
        names(&site),
        ["both.css", "over.css", "style.css", "theme.css"]
    );
    assert_eq!(site.read("both.css"), "a{b:theme}");
}

#[test]
fn files_for_machines_are_made_with_templates_as_in_zola() {
    let config = fs::read_to_string(root("tests/sites/zola-small/config.toml")).unwrap();
    let config = config
        .replace(
            "generate_feeds = false",
            "generate_feeds = true\nfeed_filenames = [\"atom.xml\", \"plain.xml\"]",
        )
        .replace("paginate_by = 2 }", "paginate_by = 2, feed = true }");
    let site = Built::zola_small(&[
        ("config.toml", &config),
        (
            "themes/tera1-small/templates/robots.txt",
            "Sitemap: {{ get_url(path=\"sitemap.xml\") }}\n# {{ config.title }}\n",
        ),
        (
            "templates/sitemap.xml",
            "{% for e in entries %}{{ e.permalink | safe }} {{ e.updated }} {{ e.extra.mood | default(value=\"\") }}\n{% endfor %}",
        ),
        (
            "templates/plain.xml",
            "{{ feed_url | safe }} {{ last_updated }} {{ lang }} {{ config.title }}\
             {% if term %} {{ taxonomy.name }} {{ term.slug }} {{ term.permalink | safe }}{% endif %}\n\
             {% for page in pages %}{{ page.permalink | safe }} {{ page.date }}\n{% endfor %}",
        ),
    ]);
    assert_eq!(
        site.read("robots.txt"),
        "Sitemap: https://example.org/small/sitemap.xml\n# Small\n"
    );
    let sitemap = site.read("sitemap.xml");
    let first = "\nhttps://example.org/small/blog/first/ 2026-02-01 hopeful\n";
    assert!(sitemap.contains(first), "{sitemap}");
    let pages = "https://example.org/small/blog/third/ 2026-03-04T10:00:00+02:00\n\
                 https://example.org/small/blog/second/ 2026-02-03\n";
    let whole = site.read("plain.xml");
    let head = "https://example.org/small/plain.xml 2026-03-04T10:00:00+02:00 en Small\n";
    let rest = "https://example.org/small/between/ 2026-01-25\n";
    assert!(
        whole.starts_with(&format!("{head}{pages}{rest}")),
        "{whole}"
    );
    let news = "https://example.org/small/tags/news/";
    let rest = "https://example.org/small/blog/colocated/ 2026-01-20T12:00:00Z\n\
                https://example.org/small/blog/first/ 2026-01-05\n";
    assert_eq!(
        site.read("tags/news/plain.xml"),
        format!(
            "{news}plain.xml 2026-03-04T10:00:00+02:00 en Small tags news {news}\n{pages}{rest}"
        )
    );
    // What no template is there for is ours.
    assert!(site.read("atom.xml").contains("<title>Small</title>"));
    assert!(
        site.read("tags/news/atom.xml")
            .contains("<title>Small - News</title>")
    );
}

#[test]
fn a_language_has_a_home_page_and_a_taxonomy_its_address_as_in_zola() {
    let config = fs::read_to_string(root("tests/sites/zola-small/config.toml")).unwrap();
    let config = format!("{config}\n[languages.de]\ntitle = \"Klein\"\n");
    let site = Built::zola_small(&[
        ("config.toml", &config),
        ("content/_index.de.md", "+++\ntitle = \"Zuhause\"\n+++\n"),
        (
            "content/tags/_index.md",
            "+++\ntitle = \"Not the list\"\n+++\n",
        ),
        (
            "templates/index.html",
            "<main>home: {{ section.title }} {{ lang }} {{ config.title }}</main>\n",
        ),
    ]);
    site.check("de/index.html", &["home: Zuhause de Klein"]);
    assert_eq!(site.main("tags/index.html")[0], "<h1>Tags</h1>");
    assert!(
        site.said.contains("content-against-taxonomy"),
        "{}",
        site.said
    );
}
