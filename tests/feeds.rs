//! Outputs for machines, read back by parsers that others wrote: feeds, data files, sitemaps, JSON-LD.

use std::sync::Arc;

use dateline::address::Address;
use dateline::render::data;
use dateline::render::{escape, feeds, json_ld, sitemap, text};
use dateline::value::Value;
use feed_rs::model::Feed;
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

const SELF_URL: &str = "https://example.org/repo/atom.xml";
const BASE_URL: &str = "https://example.org/repo";

/// What tends to break feeds, pages and spreadsheets.
const HOSTILE: [&str; 14] = [
    "a ]]> b",
    "<![CDATA[ x ]]>",
    "nul \u{0} bell \u{7} escape \u{1b} end",
    "not characters \u{FFFE} and \u{FFFF}",
    "\"><script>alert(1)</script>",
    "' onmouseover='x",
    "</script><!-- <script>",
    "&amp; &lt; &#x3c; AT&T",
    "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467} \u{1F1E9}\u{1F1EA} \u{2764}\u{FE0F}",
    "\u{202E}\u{5E9}\u{5DC}\u{5D5}\u{5DD} \u{645}\u{631}\u{62D}\u{628}\u{627}\u{202C}",
    "line\u{2028}and\u{2029}paragraph",
    "=HYPERLINK(\"https://evil.example\")",
    "tab\tcarriage\rreturn\r\nfeed\n",
    "--> ?> %22 %zz \\",
];

fn map<const N: usize>(entries: [(&'static str, Value); N]) -> Value {
    Value::map(entries)
}

/// A feed of one entry, whose every text is `text`.
fn feed_of(text: &str) -> Value {
    let any = || Value::from(text);
    let item = map([
        ("title", any()),
        ("permalink", any()),
        ("description", any()),
    ]);
    let entry = map([
        ("id", any()),
        ("title", any()),
        ("permalink", any()),
        ("published", "2026-04-30T20:30:00Z".into()),
        ("updated", "2026-05-02T08:00:00Z".into()),
        ("summary", any()),
        ("content", Value::html(text)),
        ("authors", Value::list([any()])),
        ("source", any()),
        ("source_url", any()),
        ("categories", Value::list([any()])),
        ("items", Value::list([item])),
    ]);
    map([
        ("title", any()),
        ("description", any()),
        ("author", any()),
        ("language", any()),
        ("permalink", any()),
        ("entries", Value::list([entry])),
    ])
}

/// A feed as the site gives it, with a brief and an older page.
fn briefing() -> Value {
    let brief = map([
        ("id", "tag:example.org,2026:7k3f9q".into()),
        ("title", "Amazon & the cloud".into()),
        ("permalink", "https://example.org/repo/briefs/aws/".into()),
        ("published", "2026-04-30T20:30:00Z".into()),
        ("updated", "2026-05-02T08:00:00Z".into()),
        ("summary", "5 < 6 & more".into()),
        ("content", Value::html("<p><a href=\"/x/\">x</a></p>")),
        ("authors", Value::list([])),
        ("source", "Bloomberg Technology".into()),
        ("source_url", "https://bloomberg.example/a?b=1&c=2".into()),
        (
            "categories",
            Value::list(["cloud".into(), "earnings".into()]),
        ),
    ]);
    let page = map([
        ("id", "https://example.org/repo/about/".into()),
        ("title", "About".into()),
        ("permalink", "https://example.org/repo/about/".into()),
        ("published", "2025-01-01T00:00:00Z".into()),
        ("updated", "2025-01-01T00:00:00Z".into()),
        ("content", Value::html("<p>About</p>")),
        ("authors", Value::list(["Ann".into(), "Ben".into()])),
        ("source_url", "javascript:alert(1)".into()),
    ]);
    map([
        ("title", "Briefs".into()),
        ("description", "What happened".into()),
        ("author", "The Desk".into()),
        ("language", "en".into()),
        ("permalink", "https://example.org/repo/".into()),
        ("entries", Value::list([brief, page])),
    ])
}

fn absolute(html: &str) -> String {
    html.replace("href=\"/", "href=\"https://example.org/repo/")
}

fn unchanged(html: &str) -> String {
    html.to_owned()
}

fn parse(feed: &str) -> Feed {
    feed_rs::parser::parse(feed.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{feed}"))
}

/// Whether XML 1.0 allows a character (section 2.2).
fn is_of_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// What a text is after it went through XML.
fn of_xml(text: &str) -> String {
    text.chars().filter(|c| is_of_xml(*c)).collect()
}

/// Fails unless the XML is well-formed; gives all its text.
fn check_xml(xml: &str) -> String {
    assert!(
        xml.chars().all(is_of_xml),
        "a character that XML forbids in {xml:?}"
    );
    let mut reader = Reader::from_str(xml);
    let (mut depth, mut roots, mut all) = (0, 0, String::new());
    loop {
        match reader
            .read_event()
            .unwrap_or_else(|error| panic!("{error}\n{xml}"))
        {
            Event::Start(tag) => {
                roots += usize::from(depth == 0);
                depth += 1;
                check_attributes(tag.attributes());
            }
            Event::Empty(tag) => check_attributes(tag.attributes()),
            Event::End(_) => depth -= 1,
            Event::Text(text) => {
                assert!(!text.contains("]]>"), "the end of a CDATA section in text");
                all.push_str(&text.xml10_content());
            }
            Event::GeneralRef(reference) => match reference.resolve_char_ref().unwrap() {
                Some(c) => all.push(c),
                None => all.push_str(match &*reference.xml10_content() {
                    "amp" => "&",
                    "lt" => "<",
                    "gt" => ">",
                    "quot" => "\"",
                    other => panic!("XML has no entity {other}"),
                }),
            },
            Event::Decl(_) => {}
            Event::Eof => break,
            other => panic!("we write no {other:?}"),
        }
    }
    assert_eq!((depth, roots), (0, 1), "one root element in {xml}");
    all
}

fn check_attributes(attributes: quick_xml::events::attributes::Attributes<'_>) {
    for attribute in attributes {
        let attribute = attribute.unwrap();
        assert!(!attribute.value.contains('<'));
        attribute
            .normalized_value(quick_xml::XmlVersion::Implicit1_0)
            .unwrap();
    }
}

/// Fails unless it is JSON that cannot leave a `<script>` element.
fn check_script(json: &str) -> serde_json::Value {
    for end in ["<", ">", "&", "\u{2028}", "\u{2029}"] {
        assert!(!json.contains(end), "{end:?} in {json}");
    }
    serde_json::from_str(json).unwrap()
}

/// Reads CSV by RFC 4180 alone.
fn read_csv(csv: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut rest = csv.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' => {
                assert!(field.is_empty(), "a quote inside a bare field");
                loop {
                    match rest.next().expect("the quoted field ends") {
                        '"' if rest.peek() == Some(&'"') => field.extend(rest.next()),
                        '"' => break,
                        other => field.push(other),
                    }
                }
                assert!(
                    matches!(rest.peek(), Some(',' | '\r')),
                    "text after a quoted field"
                );
            }
            ',' => row.push(std::mem::take(&mut field)),
            '\r' => {
                assert_eq!(rest.next(), Some('\n'), "CR and LF end a row");
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            '\n' => panic!("a bare line feed"),
            other => field.push(other),
        }
    }
    assert!(row.is_empty() && field.is_empty(), "the last row is ended");
    rows
}

fn stated(value: &str, as_of: &str, path: &str) -> Value {
    Value::list([value.into(), as_of.into(), path.into()])
}

fn record(company: &str, feature: &str, value: &str) -> Value {
    Value::list([
        company.into(),
        "aws".into(),
        feature.into(),
        "custom-silicon".into(),
        stated(value, "2026-03-31", "/briefs/new/"),
        "Amazon's cloud".into(),
        Value::list([stated("Trainium1", "2026-Q1", "/briefs/old/")]),
        2usize.into(),
    ])
}

fn comparison_of(company: &str, feature: &str, value: &str) -> Value {
    map([
        ("companies", 1usize.into()),
        ("features", 1usize.into()),
        ("observations", 3usize.into()),
        ("pairs", 0usize.into()),
        ("cells", Value::list([record(company, feature, value)])),
    ])
}

fn prediction_of(text: &str) -> Value {
    let company = |name: &str| map([("name", name.into())]);
    map([
        ("slug", "run-rate".into()),
        ("text", text.into()),
        ("made_on", "2026-04-30".into()),
        ("due", map([("written", "2026-Q4".into())])),
        ("confidence", Value::from(60i64)),
        ("standing", "open".into()),
        ("outcome", "open".into()),
        (
            "companies",
            Value::list([company("AWS"), company("Google")]),
        ),
        ("brief_title", text.into()),
        ("brief_id", "7k3f9q".into()),
        ("brief_path", "/briefs/aws/".into()),
        ("path", "/briefs/aws/#run-rate".into()),
    ])
}

fn masthead_of(text: &str) -> Value {
    map([
        ("title", text.into()),
        ("base_url", BASE_URL.into()),
        ("language", "en".into()),
    ])
}

fn news_article_of(text: &str) -> String {
    let any = || Value::from(text);
    let page = map([
        ("title", any()),
        ("description", any()),
        ("permalink", any()),
        ("date", any()),
        ("lang", any()),
        ("authors", Value::list([any()])),
        ("taxonomies", map([("tags", Value::list([any()]))])),
    ]);
    let brief = map([
        (
            "source",
            map([("name", any()), ("url", format!("https://{text}").into())]),
        ),
        (
            "citations",
            Value::list([map([("title", any()), ("url", any())])]),
        ),
    ]);
    json_ld::news_article(&page, &brief, &masthead_of(text))
}

#[test]
fn atom_says_everything_once() {
    let xml = feeds::atom(&briefing(), SELF_URL, &absolute);
    check_xml(&xml);
    let feed = parse(&xml);
    assert_eq!(feed.id, SELF_URL);
    assert_eq!(feed.title.unwrap().content, "Briefs");
    assert_eq!(
        feed.updated.unwrap().to_rfc3339(),
        "2026-05-02T08:00:00+00:00"
    );
    assert_eq!(feed.authors[0].name.as_deref(), Some("The Desk"));
    let links: Vec<_> = feed
        .links
        .iter()
        .map(|l| (l.rel.as_deref().unwrap(), &*l.href))
        .collect();
    assert_eq!(
        links,
        [
            ("self", SELF_URL),
            ("alternate", "https://example.org/repo/")
        ]
    );

    let brief = &feed.entries[0];
    assert_eq!(brief.id, "tag:example.org,2026:7k3f9q");
    assert_eq!(brief.title.as_ref().unwrap().content, "Amazon & the cloud");
    assert_eq!(
        brief.published.unwrap().to_rfc3339(),
        "2026-04-30T20:30:00+00:00"
    );
    assert_eq!(brief.summary.as_ref().unwrap().content, "5 < 6 & more");
    let content = brief.content.as_ref().unwrap();
    assert_eq!(content.content_type.to_string(), "text/html");
    assert_eq!(
        content.body.as_deref(),
        Some("<p><a href=\"https://example.org/repo/x/\">x</a></p>")
    );
    assert_eq!(
        brief.authors[0].name.as_deref(),
        Some("Bloomberg Technology")
    );
    let terms: Vec<_> = brief
        .categories
        .iter()
        .map(|category| &*category.term)
        .collect();
    assert_eq!(terms, ["cloud", "earnings"]);
    assert!(
        brief
            .links
            .iter()
            .any(|link| link.rel.as_deref() == Some("via")
                && link.href == "https://bloomberg.example/a?b=1&c=2")
    );

    let page = &feed.entries[1];
    let names: Vec<_> = page
        .authors
        .iter()
        .filter_map(|author| author.name.as_deref())
        .collect();
    assert_eq!(names, ["Ann", "Ben"]);
    assert!(!xml.contains("javascript:"));
}

#[test]
fn rss_has_the_forms_that_readers_expect() {
    let xml = feeds::rss(&briefing(), "https://example.org/repo/rss.xml", &absolute);
    check_xml(&xml);
    assert!(xml.contains("<pubDate>Thu, 30 Apr 2026 20:30:00 +0000</pubDate>"));
    assert!(xml.contains("<guid isPermaLink=\"false\">tag:example.org,2026:7k3f9q</guid>"));
    assert!(xml.contains("<guid>https://example.org/repo/about/</guid>"));
    assert!(xml.contains("<dc:creator>Bloomberg Technology</dc:creator>"));
    assert!(!xml.contains("javascript:"));
    let feed = parse(&xml);
    assert_eq!(feed.language.as_deref(), Some("en"));
    let own = feed
        .links
        .iter()
        .find(|link| link.rel.as_deref() == Some("self"))
        .unwrap();
    assert_eq!(own.href, "https://example.org/repo/rss.xml");
    let brief = &feed.entries[0];
    assert_eq!(
        brief.content.as_ref().unwrap().body.as_deref(),
        Some("<p><a href=\"https://example.org/repo/x/\">x</a></p>")
    );
    // The description is HTML: a reader shows `5 < 6 & more`.
    assert_eq!(
        brief.summary.as_ref().unwrap().content,
        "5 &lt; 6 &amp; more"
    );
}

#[test]
fn json_feed_has_an_item_on_each_line() {
    let json = feeds::json_feed(&briefing(), "https://example.org/repo/feed.json", &absolute);
    assert_eq!(json.lines().count(), 4);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(value["home_page_url"], "https://example.org/repo/");
    let brief = &value["items"][0];
    assert_eq!(brief["id"], "tag:example.org,2026:7k3f9q");
    assert_eq!(brief["external_url"], "https://bloomberg.example/a?b=1&c=2");
    assert_eq!(
        brief["content_html"],
        "<p><a href=\"https://example.org/repo/x/\">x</a></p>"
    );
    assert_eq!(brief["date_modified"], "2026-05-02T08:00:00Z");
    assert_eq!(brief["tags"][1], "earnings");
    assert!(value["items"][1].get("external_url").is_none());
    assert_eq!(parse(&json).entries.len(), 2);
}

#[test]
fn recaps_list_their_briefs() {
    let items = Value::list([map([
        ("title", "A <b> & \"c\"".into()),
        ("permalink", "https://example.org/a/?x=1&y='2'".into()),
        ("description", "hook".into()),
    ])]);
    let entry = map([
        ("id", "tag:example.org,2026:weekly-2026-w18".into()),
        ("title", "Week 18".into()),
        ("permalink", "https://example.org/weekly/2026-w18/".into()),
        ("updated", "2026-05-01T00:00:00Z".into()),
        ("content", Value::html("<p>This week</p>")),
        ("items", items),
    ]);
    let feed = map([
        ("title", "Weekly".into()),
        ("entries", Value::list([entry])),
    ]);
    let parsed = parse(&feeds::atom(&feed, SELF_URL, &unchanged));
    assert_eq!(
        parsed.entries[0].content.as_ref().unwrap().body.as_deref(),
        Some(
            "<p>This week</p><ul>\n<li><a href=\"https://example.org/a/?x=1&amp;y=&#39;2&#39;\">\
             A &lt;b&gt; &amp; &quot;c&quot;</a>: hook</li>\n</ul>"
        )
    );
}

#[test]
fn an_empty_feed_has_a_fixed_time_and_a_wrong_time_breaks_nothing() {
    let atom = feeds::atom(&map([("title", "Briefs".into())]), SELF_URL, &unchanged);
    check_xml(&atom);
    assert!(atom.contains("<updated>1970-01-01T00:00:00Z</updated>"));
    for wrong in [
        "",
        "yesterday",
        "-009999-01-02T01:59:59Z",
        "2026-02-30T00:00:00Z",
    ] {
        let entry = map([
            ("title", "x".into()),
            ("published", wrong.into()),
            ("updated", wrong.into()),
        ]);
        let feed = map([
            ("title", "Briefs".into()),
            ("entries", Value::list([entry])),
        ]);
        let atom = feeds::atom(&feed, SELF_URL, &unchanged);
        assert_eq!(
            atom.matches("<updated>1970-01-01T00:00:00Z</updated>")
                .count(),
            2
        );
        assert!(!feeds::rss(&feed, SELF_URL, &unchanged).contains("pubDate"));
        assert!(!feeds::json_feed(&feed, SELF_URL, &unchanged).contains("date_"));
    }
}

#[test]
fn hostile_text_comes_back_as_it_was() {
    for hostile in HOSTILE {
        let feed = feed_of(hostile);
        let atom = feeds::atom(&feed, SELF_URL, &unchanged);
        let rss = feeds::rss(&feed, SELF_URL, &unchanged);
        check_xml(&atom);
        check_xml(&rss);
        let json = feeds::json_feed(&feed, SELF_URL, &unchanged);
        for (written, expected) in [
            (&atom, of_xml(hostile)),
            (&rss, of_xml(hostile)),
            (&json, hostile.to_owned()),
        ] {
            let parsed = parse(written);
            assert_eq!(parsed.title.unwrap().content, expected.trim());
            assert_eq!(
                parsed.entries[0].title.as_ref().unwrap().content,
                expected.trim()
            );
            let body = parsed.entries[0]
                .content
                .as_ref()
                .unwrap()
                .body
                .clone()
                .unwrap();
            assert!(
                body.trim().starts_with(expected.trim()),
                "{body:?} is {expected:?} and its list"
            );
        }
    }
}

#[test]
fn comparisons_are_written_in_a_fixed_order() {
    let comparison = comparison_of("AWS", "Custom silicon", "Trainium2, Inferentia3");
    assert_eq!(
        data::comparison_json(&comparison, BASE_URL),
        "{\"companies\":1,\"features\":1,\"observations\":3,\"pairs\":0,\"cells\":[\n\
         {\"company\":\"AWS\",\"company_slug\":\"aws\",\"feature\":\"Custom silicon\",\
         \"feature_slug\":\"custom-silicon\",\"value\":\"Trainium2, Inferentia3\",\"as_of\":\"2026-03-31\",\
         \"brief\":\"Amazon's cloud\",\"url\":\"https://example.org/repo/briefs/new/\",\"conflicts\":[\
         {\"value\":\"Trainium1\",\"as_of\":\"2026-Q1\",\"url\":\"https://example.org/repo/briefs/old/\"}],\
         \"earlier\":2}\n]}\n"
    );
    assert_eq!(
        data::comparison_csv(&comparison, BASE_URL),
        "company,feature,value,as_of,brief,url,conflicts\r\n\
         AWS,Custom silicon,\"Trainium2, Inferentia3\",2026-03-31,Amazon's cloud,\
         https://example.org/repo/briefs/new/,\
         \"Trainium1 (2026-Q1, https://example.org/repo/briefs/old/)\"\r\n"
    );
}

#[test]
fn a_pair_is_written_with_its_address() {
    let pair = map([
        ("title", "AWS and Azure".into()),
        ("path", "/compare/aws-vs-azure/".into()),
        ("companies", 2usize.into()),
        ("features", 1usize.into()),
        (
            "cells",
            Value::list([record("AWS", "Custom silicon", "Trainium2")]),
        ),
    ]);
    let json: serde_json::Value =
        serde_json::from_str(&data::comparison_json(&pair, BASE_URL)).unwrap();
    assert_eq!(
        json["url"],
        "https://example.org/repo/compare/aws-vs-azure/"
    );
    assert_eq!(
        (&json["companies"], &json["features"]),
        (&2.into(), &1.into())
    );
}

#[test]
fn predictions_are_named_by_brief_and_slug() {
    let predictions = Value::list([
        prediction_of("AWS reaches $150 billion"),
        prediction_of("No id").with([("brief_id", Value::None), ("confidence", Value::None)]),
    ]);
    let json = data::predictions_json(&predictions, BASE_URL);
    assert_eq!(
        json.lines().nth(1).unwrap(),
        "{\"id\":\"7k3f9q#run-rate\",\"text\":\"AWS reaches $150 billion\",\"made_on\":\"2026-04-30\",\
         \"due\":\"2026-Q4\",\"confidence\":60,\"standing\":\"open\",\"outcome\":\"open\",\"resolved_on\":null,\
         \"url\":\"https://example.org/repo/briefs/aws/#run-rate\",\"brief\":\"AWS reaches $150 billion\",\
         \"companies\":[\"AWS\",\"Google\"]},"
    );
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["predictions"][1]["id"], "/briefs/aws/#run-rate");
    let rows = read_csv(&data::predictions_csv(&predictions, BASE_URL));
    assert_eq!(rows[1][4], "60");
    assert_eq!(rows[1][10], "AWS; Google");
    assert_eq!(rows[2][4], "");
    assert_eq!(
        data::predictions_json(&Value::list([]), BASE_URL),
        "{\"predictions\":[\n]}\n"
    );
}

#[test]
fn spreadsheets_run_nothing() {
    let formulas = [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\u{FF1D}1",
        "\u{FF0B}1",
        "\u{FF0D}1",
        "\u{FF20}x",
    ];
    for formula in formulas {
        let comparison = comparison_of(formula, formula, formula);
        let rows = read_csv(&data::comparison_csv(&comparison, BASE_URL));
        for field in &rows[1][..3] {
            assert_eq!(*field, format!("'{formula}"));
        }
    }
    // Where the separator is a semicolon, this would begin a field.
    assert_eq!(escape::csv("a;=1+1"), "\"a;=1+1\"");
    assert_eq!(escape::csv("a \"b\""), "\"a \"\"b\"\"\"");
    assert_eq!(escape::csv("–"), "–");
}

#[test]
fn sitemaps_have_encoded_addresses() {
    let entries = [
        (
            Address::page("briefs/grün & <weiß>"),
            Some(Arc::from("2026-04-30")),
        ),
        (Address::page("a'b\"c/100%"), None),
    ];
    let xml = sitemap::sitemap("https://example.org", &entries.to_vec().into());
    assert_eq!(
        check_xml(&xml).split_whitespace().collect::<Vec<_>>(),
        [
            "https://example.org/briefs/gr%C3%BCn%20&%20%3Cwei%C3%9F%3E/2026-04-30",
            "https://example.org/a'b%22c/100%25/"
        ]
    );
    let index = sitemap::index(
        BASE_URL,
        &[Address::file("sitemap1.xml"), Address::file("sitemap2.xml")],
    );
    assert_eq!(
        check_xml(&index).split_whitespace().collect::<Vec<_>>(),
        [
            "https://example.org/repo/sitemap1.xml",
            "https://example.org/repo/sitemap2.xml"
        ]
    );
}

#[test]
fn robots_may_read_everything() {
    assert_eq!(
        text::robots(Some("https://example.org/sitemap.xml")),
        "User-agent: *\nDisallow:\nAllow: /\nSitemap: https://example.org/sitemap.xml\n"
    );
    assert_eq!(text::robots(None), "User-agent: *\nDisallow:\nAllow: /\n");
}

#[test]
fn llms_txt_is_a_list_of_links() {
    let brief = map([
        ("title", "A [trick](https://evil.example) *bold*".into()),
        ("permalink", "https://example.org/a(b)/".into()),
        ("description", "one\ntwo".into()),
    ]);
    let overview = map([
        ("title", "Briefs".into()),
        ("description", "What happened".into()),
        ("base_url", BASE_URL.into()),
        ("summary", "1 brief".into()),
        (
            "views",
            Value::list([map([
                ("name", "Weekly".into()),
                ("path", "/weekly/".into()),
            ])]),
        ),
        ("briefs", Value::list([brief])),
    ]);
    assert_eq!(
        text::llms(&overview),
        "# Briefs\n\n> What happened\n\n1 brief\n\n## Views\n\n\
         - [Weekly](https://example.org/repo/weekly/)\n\n## Newest briefs\n\n\
         - [A \\[trick\\](https://evil.example) \\*bold\\*](https://example.org/a%28b%29/): one two\n"
    );
}

#[test]
fn opml_lists_feeds_in_groups() {
    let feed = map([
        ("title", "R&D".into()),
        ("feed", "https://example.org/tags/r-d/atom.xml".into()),
        ("page", "https://example.org/tags/r-d/".into()),
    ]);
    let group = map([("title", "Tags".into()), ("feeds", Value::list([feed]))]);
    let xml = text::opml(&map([
        ("title", "Briefs".into()),
        ("groups", Value::list([group])),
    ]));
    check_xml(&xml);
    assert!(xml.contains(
        "<outline text=\"Tags\">\n<outline type=\"rss\" text=\"R&amp;D\" title=\"R&amp;D\" \
         xmlUrl=\"https://example.org/tags/r-d/atom.xml\" htmlUrl=\"https://example.org/tags/r-d/\"/>\n</outline>"
    ));
}

#[test]
fn search_engines_learn_what_a_brief_is() {
    let page = map([
        ("title", "Amazon's cloud grows".into()),
        ("permalink", "https://example.org/briefs/aws/".into()),
        ("date", "2026-04-30 20:30:00Z".into()),
        ("lang", "en".into()),
        ("authors", Value::list([])),
        ("taxonomies", map([("tags", Value::list(["cloud".into()]))])),
    ]);
    let citation = |url: &str| map([("title", "Results".into()), ("url", url.into())]);
    let source = map([
        ("name", "Bloomberg".into()),
        ("url", "https://bloomberg.example/".into()),
    ]);
    let citations = [
        citation("https://ir.example/q1"),
        citation("javascript:alert(1)"),
    ];
    let brief = map([("source", source), ("citations", Value::list(citations))]);
    let json = check_script(&json_ld::news_article(
        &page,
        &brief,
        &masthead_of("Briefs"),
    ));
    assert_eq!(json["@type"], "NewsArticle");
    assert_eq!(json["datePublished"], "2026-04-30T20:30:00Z");
    assert_eq!(json["dateModified"], "2026-04-30T20:30:00Z");
    assert_eq!(
        json["mainEntityOfPage"]["@id"],
        "https://example.org/briefs/aws/"
    );
    assert_eq!(json["author"][0]["@type"], "Organization");
    assert_eq!(json["publisher"]["name"], "Briefs");
    assert_eq!(json["isBasedOn"]["url"], "https://bloomberg.example/");
    assert_eq!(json["citation"].as_array().unwrap().len(), 1);
    assert_eq!(json["keywords"][0], "cloud");
    assert_eq!(json["inLanguage"], "en");
}

#[test]
fn headlines_are_cut_after_a_word() {
    let title = |title: &str| {
        let page = map([("title", title.into())]);
        let json = check_script(&json_ld::news_article(
            &page,
            &Value::None,
            &masthead_of("Briefs"),
        ));
        json["headline"].as_str().unwrap().to_owned()
    };
    let fits = "é".repeat(110);
    assert_eq!(title(&fits), fits);
    assert_eq!(title(&"é".repeat(111)), format!("{}…", "é".repeat(109)));
    assert_eq!(
        title(&"four ".repeat(40)),
        format!("{}…", "four ".repeat(22).trim_end())
    );
}

#[test]
fn nothing_breaks_out_of_a_script() {
    for hostile in HOSTILE {
        let json = check_script(&news_article_of(hostile));
        assert_eq!(json["publisher"]["name"], *hostile);
        let crumbs = json_ld::breadcrumbs(&[("Home", BASE_URL), (hostile, hostile)]).unwrap();
        assert_eq!(
            check_script(&crumbs)["itemListElement"][1]["name"],
            *hostile
        );
    }
    assert_eq!(json_ld::breadcrumbs(&[]), None);
}

/// The text of Markdown of one paragraph; fails if anything in it is marked up.
fn check_markdown(markdown: &str) -> String {
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
    let mut text = String::new();
    for event in Parser::new_ext(
        markdown,
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH,
    ) {
        match event {
            Event::Text(part) => text.push_str(&part),
            Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
            other => panic!("{other:?} in {markdown:?}"),
        }
    }
    text
}

/// Any text, often with the pieces that break formats.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        proptest::sample::select(&HOSTILE[..]).prop_map(str::to_owned),
        "[-+=#*>.0-9 `_~\\[\\]<&;a-z!|\\\\]{0,8}",
    ];
    proptest::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_feed_is_well_formed(text in any_text(), self_url in any_text()) {
        let feed = feed_of(&text);
        for xml in [feeds::atom(&feed, &self_url, &unchanged), feeds::rss(&feed, &self_url, &unchanged)] {
            check_xml(&xml);
            let parsed = parse(&xml);
            let title = parsed.entries[0].title.as_ref().map(|title| &*title.content).unwrap_or_default();
            let expected = of_xml(&text);
            prop_assert_eq!(title, expected.trim());
        }
        let json: serde_json::Value =
            serde_json::from_str(&feeds::json_feed(&feed, &self_url, &unchanged)).unwrap();
        prop_assert_eq!(&json["items"][0]["title"], &text);
    }

    #[test]
    fn any_data_file_is_well_formed(text in any_text()) {
        let comparison = comparison_of(&text, &text, &text);
        let json: serde_json::Value =
            serde_json::from_str(&data::comparison_json(&comparison, &text)).unwrap();
        prop_assert_eq!(&json["cells"][0]["value"], &text);
        let predictions = Value::list([prediction_of(&text)]);
        let json: serde_json::Value =
            serde_json::from_str(&data::predictions_json(&predictions, &text)).unwrap();
        prop_assert_eq!(&json["predictions"][0]["text"], &text);
        let comparison = read_csv(&data::comparison_csv(&comparison, &text));
        let predictions = read_csv(&data::predictions_csv(&predictions, &text));
        for field in [&comparison[1][2], &predictions[1][1]] {
            prop_assert_eq!(field.strip_prefix('\'').filter(|_| !text.starts_with('\'')).unwrap_or(field), &text);
            prop_assert!(!field.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
        }
    }

    #[test]
    fn any_list_for_machines_is_well_formed(text in any_text()) {
        let feed = map([("title", Value::from(&*text)), ("feed", Value::from(&*text)), ("page", Value::from(&*text))]);
        let group = map([("title", Value::from(&*text)), ("feeds", Value::list([feed]))]);
        let opml = map([("title", Value::from(&*text)), ("groups", Value::list([group]))]);
        check_xml(&text::opml(&opml));
        let address = Address::page(&text);
        let entries = [(address.clone(), Some(Arc::from(&*text)))];
        check_xml(&sitemap::sitemap(&text, &entries.to_vec().into()));
        check_xml(&sitemap::index(&text, &[address]));
        prop_assert!(text::robots(Some(&text)).lines().count() == 4);
    }

    #[test]
    fn any_text_is_safe_in_a_script(text in any_text()) {
        let json = check_script(&news_article_of(&text));
        prop_assert!(json["headline"].as_str().unwrap().chars().count() <= 110);
        let crumbs = json_ld::breadcrumbs(&[(&text, &text)]).unwrap();
        prop_assert_eq!(&check_script(&crumbs)["itemListElement"][0]["name"], &text);
    }

    #[test]
    fn any_text_is_only_text(text in any_text()) {
        prop_assert_eq!(check_xml(&format!("<x a=\"{0}\">{0}</x>", escape::xml(&text))), of_xml(&text));
        let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
        let line = words.collect::<Vec<_>>().join(" ");
        prop_assert_eq!(check_markdown(&escape::markdown(&text)), line);
        prop_assert_eq!(&*escape::html_of_tera(&text), tera::escape_html(&text));
        let html = escape::html(&text);
        prop_assert!(!html.contains(['<', '>', '"', '\'']));
        let address = escape::address(&text);
        prop_assert!(address.bytes().all(|byte| byte.is_ascii_graphic()));
        prop_assert_eq!(escape::address(&address), address.clone());
        prop_assert!(!address.contains(['<', '>', '"', ' ', '\\']));
    }
}
