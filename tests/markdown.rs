//! Markdown in, HTML and the typed parts of a brief out.
//!
//! `tests/markdown/pages/x.md` is rendered as a page and compared with `x.html` and `x.facts`;
//! `tests/markdown/briefs/x.md` as a brief, and with `x.parts` and `x.problems` as well. A word in
//! `x.config` switches a key of `[markdown]` on. `UPDATE=1 cargo test` writes what is expected.

#[path = "markdown/dump.rs"]
mod dump;
#[path = "markdown/pathological.rs"]
mod pathological;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use dateline::config::{Config, Overrides};
use dateline::content::markdown::{Rendered, Text, render};
use dateline::diagnostic::{Diagnostic, Diagnostics};
use dateline::value::Value;
use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

fn config() -> Config {
    let text = "base_url = \"https://example.org\"\n[extra.dateline]\n";
    let mut problems = Diagnostics::default();
    let overrides = Overrides::default();
    Config::parse(
        "config.toml".into(),
        text,
        &overrides,
        &Value::None,
        &mut problems,
    )
    .expect("the text is a configuration")
}

/// A configuration with some keys of `[markdown]` switched on.
fn config_with(keys: &str) -> Config {
    let mut config = config();
    let markdown = &mut config.markdown;
    for key in keys.split_whitespace() {
        *match key {
            "smart_punctuation" => &mut markdown.smart_punctuation,
            "render_emoji" => &mut markdown.render_emoji,
            "bottom_footnotes" => &mut markdown.bottom_footnotes,
            "external_links_target_blank" => &mut markdown.external_links_target_blank,
            "external_links_no_follow" => &mut markdown.external_links_no_follow,
            "external_links_no_referrer" => &mut markdown.external_links_no_referrer,
            "github_alerts" => &mut markdown.github_alerts,
            "definition_list" => &mut markdown.definition_list,
            "lazy_async_image" => &mut markdown.lazy_async_image,
            _ => panic!("no key of [markdown] is called {key}"),
        } = true;
    }
    config
}

fn rendered(text: &str, config: &Config, is_brief: bool) -> (Rendered, Vec<Diagnostic>) {
    let file: Arc<str> = "content/x.md".into();
    let mut problems = Diagnostics::default();
    let text = Text {
        file: &file,
        text,
        start: 0,
        expanded: None,
    };
    let rendered = render(&text, config, is_brief, &mut problems);
    (rendered, problems.sorted())
}

#[test]
fn fixtures() {
    let mut failed = Vec::new();
    for (folder, is_brief) in [("pages", false), ("briefs", true)] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/markdown")
            .join(folder);
        let files = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = files
            .filter(|f| f.extension().is_some_and(|e| e == "md"))
            .collect();
        files.sort();
        assert!(!files.is_empty(), "there are fixtures in {folder:?}");
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            let keys = fs::read_to_string(file.with_extension("config")).unwrap_or_default();
            let (rendered, problems) = rendered(&text, &config_with(&keys), is_brief);
            let content = dump::shown(rendered.body.slice(rendered.body.content));
            failed.extend(compare(&file.with_extension("html"), &content));
            failed.extend(compare(
                &file.with_extension("facts"),
                &dump::facts(&rendered.body),
            ));
            failed.extend(compare(
                &file.with_extension("problems"),
                &dump::problems(&text, &problems),
            ));
            let parts = rendered.parts.as_ref();
            let parts = parts.map(|parts| dump::parts(&rendered.body, parts));
            failed.extend(compare(
                &file.with_extension("parts"),
                &parts.unwrap_or_default(),
            ));
        }
    }
    assert!(
        failed.is_empty(),
        "these differ (UPDATE=1 writes them): {failed:#?}"
    );
}

/// The name of a file that is not what is expected; a file that is expected to be empty is absent.
fn compare(file: &Path, found: &str) -> Option<String> {
    let expected = fs::read_to_string(file).unwrap_or_default();
    if expected == found {
        return None;
    }
    if std::env::var_os("UPDATE").is_some() {
        if found.is_empty() {
            fs::remove_file(file).unwrap();
        } else {
            fs::write(file, found).unwrap();
        }
        return None;
    }
    Some(format!(
        "{}\n--- expected\n{expected}\n--- found\n{found}",
        file.display()
    ))
}

/// pulldown-cmark's own HTML of a text, with all that a page may have.
fn reference(text: &str) -> String {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_SMART_PUNCTUATION;
    let mut html = String::new();
    let mut code = None;
    let events = Parser::new_ext(text, options).filter_map(|event| as_zola(event, &mut code));
    pulldown_cmark::html::push_html(&mut html, events);
    html
}

/// Headings and blocks of code as Zola hands them to the renderer: as HTML, before which no line
/// begins. Without the attributes of headings that Zola drops.
fn as_zola<'a>(event: Event<'a>, code: &mut Option<String>) -> Option<Event<'a>> {
    match event {
        Event::Start(Tag::Heading { level, classes, .. }) => {
            let mut tag = format!("<{level}");
            if !classes.is_empty() {
                tag += &format!(" class=\"{}\"", escaped(&classes.join(" ")));
            }
            Some(Event::Html((tag + ">").into()))
        }
        Event::Start(Tag::CodeBlock(kind)) => {
            let mut html = "<pre><code".to_owned();
            if let CodeBlockKind::Fenced(info) = kind {
                let language = info.split([' ', '\t', ',', '{']).next().unwrap_or_default();
                if !language.is_empty() {
                    html += &format!(" class=\"language-{}\"", escaped(language));
                }
            }
            *code = Some(html + ">");
            None
        }
        Event::Text(text) if code.is_some() => {
            code.as_mut().unwrap().push_str(&escaped(&text));
            None
        }
        Event::End(TagEnd::CodeBlock) => {
            let html = code.take().unwrap() + "</code></pre>\n";
            Some(Event::Html(html.into()))
        }
        other => Some(other),
    }
}

/// Text escaped for an attribute.
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let text = text.replace('>', "&gt;").replace('"', "&quot;");
    text.replace('\'', "&#39;")
}

/// Takes out what we write and pulldown-cmark's renderer does not: ids of headings, `rel` of links
/// to the web, `data-lang` of code, and puts addresses back into their holes.
fn without_ours(html: &str, body: &dateline::content::article::Body) -> String {
    let mut html = dump::filled(html, body).replace(" rel=\"external\"", "");
    for level in 1..=6 {
        let begin = format!("<h{level} id=\"");
        while let Some(at) = html.find(&begin) {
            let end = at + begin.len() + html[at + begin.len()..].find('"').unwrap() + 1;
            html.replace_range(at + "<h1".len()..end, "");
        }
    }
    while let Some(at) = html.find(" data-lang=\"") {
        let from = at + " data-lang=\"".len();
        let end = from + html[from..].find('"').unwrap() + 1;
        html.replace_range(at..end, "");
    }
    html
}

fn assert_as_reference(text: &str) {
    let config = config_with("smart_punctuation github_alerts definition_list");
    let (rendered, _) = rendered(text, &config, false);
    let ours = without_ours(rendered.body.slice(rendered.body.content), &rendered.body);
    assert_eq!(ours, reference(text), "of {text:?}");
}

#[test]
fn everything_else_is_as_pulldown_cmark_writes_it() {
    let inputs = [
        "a *b* **c** ~~d~~ `e<` & < > \" ' \\* &copy; &#35;",
        "line  \nbreak\\\nagain\nsoft",
        "- a\n- b\n  - c\n\n    d\n1. e\n2. f\n",
        "3) x\n4) y\n\n- a\n\n- b\n",
        "> q\n> > r\n>\n> - s\n",
        "> [!NOTE]\n> n\n\n> [!CAUTION]\n> - c\n",
        "- [x] done\n- [ ] open\n\n  loose\n",
        "| a | b | c |\n|:--|:-:|--:|\n| *1* | `2` | 3\\|3 |\n| x |\n",
        "- a\n\n  | b |\n  |---|\n  | c |\n",
        "text\n\n| a |\n|---|\n\nmore\n",
        "```rust\nlet a = \"<\";\n```\n\n~~~\nplain\n~~~\n\n    indented\n",
        "- a\n  ```x\n  y\n  ```\n",
        "<div>\n<b>raw</b>\n\n</div>\n\na <i>b</i> <!-- c --> d\n\n<!-- comment -->\n",
        "a[^1] b[^x y] a[^1]\n\n[^1]: one\n\n    two\n\n[^x y]: - three\n",
        "[^1]: before\n\nafter[^1]\n",
        "![a *b* `c` <i>d</i>\ne](x.png \"t\") ![![n](m.png)](o.png) [![i](j.png)](k)",
        "[l](a.md) [m](/b?c#d) [n](#e) <mailto:f@g.h> <i@j.k> [o](p%20q 'r\"s')",
        "term\n: one\n: two\n\nother\n\n: - list\n",
        "a\n***\nb\n\n---\n- x\n---\n",
        "\"smart\" -- 'quotes' --- and...",
        "para\n# a\npara\n- # b\n> # c\n",
        "1. a\n\n   b\n2. c\n- d\n\n\n- e\n",
        "",
        "\n\n",
        "\u{0}a\u{0}",
        "* a\n\n      code\n* b\n  > c\n",
    ];
    for text in inputs {
        assert_as_reference(text);
    }
}

#[test]
fn spans_are_bytes_of_the_file() {
    let file: Arc<str> = "content/x.md".into();
    let text = "+++\ntitle = \"ä\"\n+++\n\n## Timeline\n\n- ö\n";
    let start = text.rfind("+++\n").unwrap() + 4;
    let mut problems = Diagnostics::default();
    let whole = Text {
        file: &file,
        text,
        start,
        expanded: None,
    };
    let rendered = render(&whole, &config(), true, &mut problems);
    assert_eq!(rendered.body.headings[0].line, 5);
    let found = dump::problems(text, &problems.sorted());
    assert_eq!(
        found,
        "7:1 error[timeline-without-date] `- ö`: an item of the timeline begins with its date\n  hint: write it as `- 2026-04: what happened`\n"
    );
}

#[test]
fn an_edit_of_the_marks_of_holes_leaves_no_hole() {
    for text in [
        "\u{FDD0}0\u{FDD1}",
        "&#xFDD0;0&#xfdd1;",
        "&#064976;0&#64977;",
        "<b title=\"&#xFDD00\">&#xFdD0</b>",
    ] {
        for is_brief in [false, true] {
            let (rendered, _) = rendered(text, &config(), is_brief);
            let html = &rendered.body.html;
            let has_mark = |html: &str| html.contains(['\u{FDD0}', '\u{FDD1}']);
            assert!(!has_mark(html) && !html.is_empty(), "of {text:?}: {html:?}");
        }
    }
}

/// What the sanitiser is given without need comes out as it went in, but for how it is written.
#[test]
fn what_we_write_passes_the_sanitiser() {
    let text = fs::read_to_string("tests/markdown/briefs/complete.md").unwrap();
    let (plain, _) = rendered(&text, &config(), true);
    let (sanitised, problems) = rendered(&format!("<wbr>\n\n{text}"), &config(), true);
    let expected = plain
        .body
        .slice(plain.body.content)
        .replace(" />", ">")
        .replace("\"/>", "\">");
    let expected = expected.replace("&quot;", "\"").replace("&#39;", "'");
    let found = sanitised
        .body
        .slice(sanitised.body.content)
        .replace("<wbr>", "");
    assert!(
        problems.iter().all(|p| p.code != "unsafe-address"),
        "{problems:?}"
    );
    similar(&found, &expected);
    let parts = |r: &Rendered| dump::parts(&r.body, r.parts.as_ref().unwrap());
    similar(&parts(&sanitised), &parts(&plain));
}

fn similar(found: &str, expected: &str) {
    let lines = |text: &str| -> Vec<String> {
        text.lines()
            .map(str::trim)
            .filter(|l| !l.is_empty())
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(lines(found), lines(expected));
}

/// Without raw HTML nothing is kept twice but a summary, which has no references to footnotes.
#[test]
fn parts_are_slices_of_the_body() {
    let text = fs::read_to_string("tests/markdown/briefs/complete.md").unwrap();
    let (rendered, _) = rendered(&text, &config(), true);
    let summary = rendered.body.summary.unwrap();
    assert_eq!(rendered.body.content.end, summary.start);
    assert_eq!(summary.end as usize, rendered.body.html.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_text_is_too_much(text in "(?s).{0,200}", is_brief: bool) {
        rendered(&text, &config(), is_brief);
    }

    #[test]
    fn no_markup_is_too_much(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60),
        is_brief: bool,
    ) {
        let text = pieces.concat();
        let keys = "smart_punctuation github_alerts definition_list";
        let (rendered, _) = rendered(&text, &config_with(keys), is_brief);
        // Each slice lies on the bounds of characters.
        if let Some(parts) = &rendered.parts {
            dump::parts(&rendered.body, parts);
        }
        dump::facts(&rendered.body);
    }

    #[test]
    fn random_markup_is_as_pulldown_cmark_writes_it(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40),
    ) {
        let text: String = pieces.into_iter().filter(|p| !p.contains("more") && !p.contains('{')).collect();
        let options = Options::all();
        prop_assume!(!Parser::new_ext(&text, options).any(|e| matches!(e, pulldown_cmark::Event::Html(_)) && text.contains("<h1")));
        assert_as_reference(&text);
    }
}

const PIECES: &[&str] = &[
    "\n",
    "\n\n",
    "  ",
    "    ",
    "- ",
    "1. ",
    "> ",
    "# ",
    "## ",
    "### ",
    "a",
    "b c",
    "ä",
    "日",
    "*",
    "**",
    "_",
    "`",
    "```\n",
    "|",
    "| a | b |\n|---|---|\n",
    "| 1 | 2 |\n",
    "[",
    "]",
    "](x)",
    "](https://e.org)",
    "](@/a.md#b)",
    "](javascript:x)",
    "![",
    "[^1]",
    "[^1]: ",
    "\n[^2]: [t](https://x.y), retrieved 2026-01-01. \"q\"\n",
    ":",
    ": ",
    "{#id}",
    " {.c}",
    "<b>",
    "</b>",
    "<div>",
    "</div>\n",
    "<br>",
    "<!-- more -->",
    "<!-- c -->",
    "&amp;",
    "&",
    "<",
    "\\",
    "\n## 30-Second TL;DR\n",
    "\n## Key Takeaways\n",
    "\n## Competitor Analysis\n",
    "\n## Future Implications\n",
    "\n## Timeline\n",
    "\n## Corrections\n",
    "**What changed:** ",
    "2026-04: ",
    "**2026-04** ",
    "As of: ",
    "Due: ",
    "Confidence: ",
    "60%",
    "Outcome: ",
    "yes",
    "Id: ",
    "- [x] ",
    "~~",
    "\"",
    "---\n",
    "...",
    "\r\n",
    "\t",
    "\u{0}",
    "As of: 2026-01\n",
    "2026-13",
    "    - Due: 2026\n",
    "[!NOTE]\n",
    "$",
    "http://a.b",
    "<a@b.c>",
];

#[test]
fn a_brief_has_no_thousands_of_dates() {
    let items = |count: usize| -> String {
        (0..count)
            .map(|n| format!("- {:04}-01-01: it happened\n", 1000 + n))
            .collect()
    };
    for part in ["Timeline", "Corrections"] {
        let (brief, problems) = rendered(&format!("## {part}\n\n{}", items(501)), &config(), true);
        let codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, ["too-many-terms"]);
        let parts = brief.parts.unwrap();
        assert_eq!(parts.timeline.len() + parts.corrections.len(), 500);
        let (_, problems) = rendered(&format!("## {part}\n\n{}", items(500)), &config(), true);
        assert_eq!(problems, []);
    }
}
