//! What is derived from briefs is right: facts worked out by hand, counts made by another program,
//! and every address and every link of the output. All from outside, through the built program.
//!
//! `sites/derived/expected/BUILD/ADDRESS.txt` says what the page at an address must show. The form
//! is described in `sites/derived/README.md`; it holds whatever the theme looks like.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::text::{self, Token};

/// A build of the small site: its name under `expected/`, the arguments, and the predictions that
/// it warns of.
struct Case {
    name: &'static str,
    config: &'static str,
    now: &'static str,
    past_due: usize,
    /// How the prediction that is due in the fourth quarter of 2026 stands.
    standing: &'static str,
}

const CASES: [Case; 4] = [
    Case {
        name: "utc-before",
        config: "config.toml",
        now: "2026-09-30",
        past_due: 0,
        standing: "open",
    },
    // One instant: the last day of the quarter in UTC, the first after it in Tokyo.
    Case {
        name: "utc",
        config: "config.toml",
        now: "2026-12-31T16:00:00Z",
        past_due: 0,
        standing: "due",
    },
    Case {
        name: "tokyo",
        config: "tokyo.toml",
        now: "2026-12-31T16:00:00Z",
        past_due: 1,
        standing: "overdue",
    },
    Case {
        name: "utc-after",
        config: "config.toml",
        now: "2027-01-01",
        past_due: 1,
        standing: "overdue",
    },
];

#[test]
fn derived_pages_show_what_was_worked_out_by_hand() {
    let expected = folder("tests/sites/derived/expected");
    let mut builds: BTreeSet<String> = names_in(&expected);
    let mut wrong = Vec::new();
    for case in &CASES {
        assert!(
            builds.remove(case.name),
            "nothing is expected of {}",
            case.name
        );
        let site = Site::derived();
        let output = site.build(&["--now", case.now], case.config);
        let folder = expected.join(case.name);
        for file in files_below(&folder) {
            let name = format!("{}/{file}", case.name);
            let wanted = fs::read_to_string(folder.join(&file)).unwrap();
            wrong.extend(
                complaints_about(&output, &file, &wanted)
                    .into_iter()
                    .map(|complaint| format!("{name}: {complaint}")),
            );
        }
    }
    assert!(
        builds.is_empty(),
        "expected, but built by nobody: {builds:?}"
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_prediction_is_open_then_due_then_overdue() {
    for case in &CASES {
        let site = Site::derived();
        let output = site.build(&["--now", case.now], case.config);
        let ledger: Value = serde_json::from_str(&output.read("predictions.json")).unwrap();
        let found: BTreeMap<&str, (&str, &str, Option<&str>)> = records(&ledger)
            .iter()
            .map(|record| {
                let text = |key: &str| record[key].as_str();
                (
                    text("id").unwrap(),
                    (
                        text("standing").unwrap(),
                        text("outcome").unwrap(),
                        text("resolved_on"),
                    ),
                )
            })
            .collect();
        let expected = BTreeMap::from([
            ("aaaa33#two-chips", ("resolved", "no", Some("2026-04-28"))),
            ("aaaa44#night-shift", ("open", "open", None)),
            ("aaaag3#run-rate", (case.standing, "open", None)),
            (
                "aaaag3#eleventh-region",
                ("resolved", "yes", Some("2026-04-27")),
            ),
            ("aaaag5#a-chip-again", ("open", "open", None)),
        ]);
        assert_eq!(found, expected, "{}", case.name);
        let warned: Vec<(String, String)> = site.warnings(&["--now", case.now], case.config);
        let past_due = (
            "prediction-past-due".to_owned(),
            "content/briefs/2026-04-22-birch-builds.md".to_owned(),
        );
        assert_eq!(warned, vec![past_due; case.past_due], "{}", case.name);
    }
}

#[test]
fn counts_are_those_of_another_program() {
    let site = Site::derived();
    let output = site.build(&["--now", "2026-12-31"], "config.toml");
    let counted = site.count("2026-12-31");
    // These were counted by hand.
    let by_hand = serde_json::json!({
        "briefs": 17, "companies": 7, "features": 11, "observations": 37, "predictions": 5,
        "timeline_items": 5, "pairs": 3, "tag_pages": 4,
    });
    assert_eq!(counted, by_hand);
    assert_eq!(output.counts(), by_hand);
}

#[test]
fn counts_of_a_thousand_briefs_are_those_of_another_program() {
    let temporary = tempfile::tempdir().unwrap();
    let corpus = folder("tests/corpus");
    python(&[
        corpus.to_str().unwrap(),
        "1000",
        temporary.path().to_str().unwrap(),
    ]);
    let site = Site {
        root: temporary.path().join("dateline"),
        temporary,
    };
    let counted = site.count("2027-01-01");
    assert_eq!(counted["briefs"], 1000);
    let output = site.build(&["--now", "2027-01-01"], "config.toml");
    assert_eq!(output.counts(), counted);
    // Lists that are cut into pages link to each other.
    assert_no_dead_links(output.dead_links("https://example.org"));
}

/// Pages of the table of addresses, each with `<main>` and a link from another page.
const PAGES: &str = "
    / /tags/ /tags/clouds/ /audiences/ /audiences/builders/ /sources/ /sources/harbour-post/
    /companies/ /companies/alder/ /companies/alder/timeline/ /companies/cedar/
    /compare/ /compare/clouds/ /compare/alder-vs-birch/ /compare/alder-vs-elm/ /compare/cedar-vs-fir/
    /predictions/ /predictions/2025/ /weekly/ /weekly/2025-w52/ /weekly/2026-w18/
    /events/ /events/dock-strike/ /timeline/ /timeline/2023/ /corrections/ /archive/ /archive/2025/";

/// Files of the table, each linked from a page.
const FILES: &str = "
    /tags/clouds/atom.xml /audiences/builders/atom.xml /sources/harbour-post/atom.xml
    /compare/data.csv /compare/data.json /compare/clouds/data.csv /compare/clouds/data.json
    /compare/alder-vs-birch/data.csv /compare/alder-vs-birch/data.json
    /predictions.json /predictions.csv /atom.xml /rss.xml /feed.json /feeds.opml /llms.txt";

/// Files that programs and servers know where to find.
const UNLINKED: &str = "/sitemap.xml /robots.txt /404.html";

#[test]
fn data_files_have_the_cells_that_have_a_value() {
    let output = Site::derived().build(&["--now", "2026-12-31"], "config.toml");
    for address in ["/compare/clouds/", "/compare/alder-vs-birch/"] {
        let at = |name: &str| output.at(&format!("{address}{name}")).unwrap();
        let page = at("");
        let values = page.matches("<span class=\"value\">").count();
        assert!(values > 0, "{address} has values");
        let json: serde_json::Value = serde_json::from_str(&at("data.json")).unwrap();
        assert_eq!(json["cells"].as_array().unwrap().len(), values, "{address}");
        assert_eq!(at("data.csv").lines().count(), 1 + values, "{address}");
    }
}

#[test]
fn every_address_is_made_and_linked() {
    let site = Site::derived();
    let output = site.build(&["--now", "2026-12-31"], "config.toml");
    let links = output.links("https://example.org");
    let mut wrong = Vec::new();
    for address in format!("{PAGES} {FILES} {UNLINKED}").split_whitespace() {
        let Some(text) = output.at(address) else {
            wrong.push(format!("{address} is not made"));
            continue;
        };
        let is_page = address.ends_with('/') || address.ends_with(".html");
        let is_empty = match text::main_of(&text) {
            Some(main) => text::lines(&main).len() < 2,
            None => is_page || text.trim().is_empty(),
        };
        if is_empty {
            wrong.push(format!("{address} shows nothing"));
        }
        let file = file_of(address);
        let is_linked = links
            .iter()
            .any(|link| link.to.as_deref() == Some(file.as_str()) && link.from != file);
        if !is_linked && !UNLINKED.contains(address) {
            wrong.push(format!("no page links to {address}"));
        }
    }
    let latest = output.at("/weekly/latest/").unwrap_or_default();
    if !latest.contains("/weekly/2026-w18/") {
        wrong.push("/weekly/latest/ does not lead to the newest week".into());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_link_inside_the_site_leads_somewhere() {
    let mut wrong = Vec::new();
    for site in [Site::derived(), Site::repository()] {
        for base in ["https://example.org", "https://user.github.io/repo"] {
            let arguments = ["--now", "2026-12-31", "--base-url", base];
            let output = site.build(&arguments, "config.toml");
            let dead = output.dead_links(base);
            wrong.extend(dead.into_iter().map(|link| format!("{base} {link}")));
        }
    }
    assert_no_dead_links(wrong);
}

#[test]
fn every_id_is_there_once() {
    let mut wrong = Vec::new();
    for site in [Site::derived(), Site::repository()] {
        let output = site.build(&["--now", "2026-12-31"], "config.toml");
        for (name, tokens) in output.pages() {
            let mut seen = BTreeSet::new();
            for id in ids(&tokens) {
                if !seen.insert(id) {
                    wrong.push(format!("{name}: {id} is there twice"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn assert_no_dead_links(found: Vec<String>) {
    const SHOWN_MAX: usize = 50;
    let shown = found.iter().take(SHOWN_MAX).map(String::as_str);
    let shown: Vec<&str> = shown.collect();
    assert!(
        found.is_empty(),
        "{} dead links:\n{}",
        found.len(),
        shown.join("\n")
    );
}

/// The parts of the reference brief, in the order in which a reader meets them.
const REFERENCE: &str = "
Bloomberg Technology
^Fresh
^collected in 16m
^# Amazon's cloud grows faster than at any time since 2022
^AI labs such as OpenAI and Anthropic fill AWS: book capacity early
^# 30-Second TL;DR
^What changed
no quarter since 2022 has seen AWS grow as fast.
^Why it matters
customers treat AWS as a first choice for running AI.
^What to do next
reserve AWS instances for training runs
^Who should care
[Enterprise & Security Teams](/audiences/enterprise-security-teams/)
^Original source
Bloomberg Technology](https://www.bloomberg.com/technology)
^](/weekly/2026-w18/)
^AI-generated analysis for this event.
^# Key Takeaways
- AWS revenue for Q1 2026
- Much of the growth
- AWS is said to have spent
^# Competitor Analysis
<details>
>
| Feature | AWS (Bedrock/Trainium) | Microsoft Azure (OpenAI/Maia) | Google Cloud (Vertex/TPU) |
| Primary AI strategy | Model-agnostic platform | Exclusive OpenAI integration | Proprietary model focus (Gemini) |
| Custom silicon | Trainium2 / Inferentia3 | Maia 100 | TPU v5p |
| Market positioning | Enterprise flexibility | Rapid deployment/Integration | Data-centric/Research-heavy |
</details>
^# Technical Deep Dive
- Trainium2 is made for training
- New data centres
- Amazon Q, the assistant
^# Future Implications
^AI analysis grounded in cited sources
{#run-rate-150-billion}
^AWS reaches an annual revenue run rate of $150 billion by Q4 2026.
31 December 2026
95%
Demand for AI infrastructure speeds up
{#fewer-nvidia-gpus}
^Amazon depends 25% less on NVIDIA GPUs by the end of 2027.
35%
^# Timeline
April 2023
November 2023
March 2024
February 2025
April 2026
^All content rights belong to
^# Related
](/briefs/google-cloud-grows-63-percent/)
";

#[test]
fn the_reference_brief_has_all_parts_in_order() {
    let output = Site::repository().build(&["--now", "2026-06-01"], "config.toml");
    let file = "briefs/amazon-cloud-grows-fastest-since-2022.txt";
    let wrong = complaints_about(&output, file, REFERENCE);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn expectations_can_fail() {
    fn check(expected: &str, count: usize) {
        let page: Vec<String> = ["# A", "b c", "b d", "e"].map(str::to_owned).into();
        let found = complaints(expected, &page);
        assert_eq!(found.len(), count, "{expected:?}: {found:?}");
    }
    check("# A\nb\nc\nb\nd\ne\n// a comment", 0);
    check("c\nb d\n---\nb c", 0);
    check("c\nb c", 1);
    check("b d\n# A\ne", 1);
    check("x\ny\n---\nz", 2);
    check("^b\nb\nb", 1);
    check("b d\n^b", 1);
    check("c\n^d", 0);
    check("# A\n^c\n^d", 0);
    check("!x\n=2 b\n=1 c", 0);
    check("!d\n=1 b\n=1 x", 3);
}

/// A site in a folder of its own, since a build writes beside the content what it remembers.
struct Site {
    temporary: tempfile::TempDir,
    root: PathBuf,
}

/// The output of a build.
struct Built {
    root: PathBuf,
    /// Kept until the output has been looked at.
    _folder: tempfile::TempDir,
}

/// A link of a page.
struct Link {
    /// The file that has it, from the output's root.
    from: String,
    /// As it stands in the page.
    written: String,
    /// The file that it leads to, whether or not there is one; `None` if it leaves the site's path
    /// though it should not.
    to: Option<String>,
    fragment: Option<String>,
}

impl Site {
    fn derived() -> Site {
        Site::copy(
            &folder("tests/sites/derived"),
            &["config.toml", "tokyo.toml", "content"],
        )
    }

    /// The site of this repository, which demonstrates what a site can be.
    fn repository() -> Site {
        Site::copy(
            &folder(""),
            &["config.toml", "content", "themes", "static", "templates"],
        )
    }

    fn copy(from: &Path, names: &[&str]) -> Site {
        let temporary = tempfile::tempdir().unwrap();
        let root = temporary.path().join("site");
        for name in names.iter().filter(|name| from.join(name).exists()) {
            for entry in walkdir::WalkDir::new(from.join(name)) {
                let entry = entry.unwrap();
                let to = root.join(entry.path().strip_prefix(from).unwrap());
                if entry.file_type().is_file() {
                    fs::create_dir_all(to.parent().unwrap()).unwrap();
                    fs::copy(entry.path(), to).unwrap();
                }
            }
        }
        Site { temporary, root }
    }

    fn build(&self, arguments: &[&str], config: &str) -> Built {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("public");
        let ran = self
            .dateline(config)
            .arg("build")
            .args(arguments)
            .arg("--output-dir")
            .arg(&root)
            .output()
            .unwrap();
        assert!(
            ran.status.success(),
            "{}\n{}",
            self.temporary.path().display(),
            all_text(&ran)
        );
        Built {
            root,
            _folder: folder,
        }
    }

    /// Code and file of every warning and error that `check` finds.
    fn warnings(&self, arguments: &[&str], config: &str) -> Vec<(String, String)> {
        let ran = self
            .dateline(config)
            .args(["check", "--format", "json"])
            .args(arguments)
            .output()
            .unwrap();
        let found: Value = serde_json::from_slice(&ran.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", all_text(&ran)));
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        found
            .as_array()
            .unwrap()
            .iter()
            .filter(|problem| problem["severity"] != "note")
            .map(|problem| (text(&problem["code"]), text(&problem["file"])))
            .collect()
    }

    fn dateline(&self, config: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dateline"));
        command
            .current_dir(&self.root)
            .arg("--config")
            .arg(self.root.join(config))
            .env_remove("SOURCE_DATE_EPOCH")
            .env_remove("GITHUB_ACTIONS");
        command
    }

    /// What the other program counts.
    fn count(&self, now: &str) -> Value {
        let script = folder("tests/count.py");
        let printed = python(&[
            script.to_str().unwrap(),
            self.root.to_str().unwrap(),
            "--now",
            now,
        ]);
        serde_json::from_str(&printed).unwrap()
    }
}

impl Built {
    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    /// The text at an address, if there is any.
    fn at(&self, address: &str) -> Option<String> {
        fs::read_to_string(self.root.join(file_of(address))).ok()
    }

    /// Every HTML file, from the output's root, with its elements.
    fn pages(&self) -> impl Iterator<Item = (String, Vec<Token>)> {
        files_below(&self.root)
            .into_iter()
            .filter(|name| name.ends_with(".html"))
            .map(|name| {
                let tokens = text::tokens(&self.read(&name));
                (name, tokens)
            })
    }

    /// What [`Site::count`] counts, as the output has it.
    fn counts(&self) -> Value {
        let compare: Value = serde_json::from_str(&self.read("compare/data.json")).unwrap();
        let ledger: Value = serde_json::from_str(&self.read("predictions.json")).unwrap();
        let sitemap = self.read("sitemap.xml");
        let addresses: Vec<&str> = sitemap
            .split("<loc>")
            .skip(1)
            .filter_map(|part| part.split_once("</loc>"))
            .filter_map(|(address, _)| address.trim().strip_prefix("https://example.org"))
            .collect();
        let below = |folder: &str| -> Vec<&str> {
            addresses
                .iter()
                .filter_map(|address| address.strip_prefix(folder))
                .filter(|rest| !rest.is_empty())
                .collect()
        };
        let is_brief = |rest: &&&str| !rest.starts_with("page/");
        // An item is that of a list, and names a brief on one of its lines.
        let timeline_items: usize = files_below(&self.root)
            .iter()
            .filter(|name| name.starts_with("timeline/") && name.ends_with(".html"))
            .filter_map(|name| text::main_of(&self.read(name)))
            .flat_map(|main| {
                let page = format!("\n{}", text::lines(&main).join("\n"));
                let items = page.split("\n- ").skip(1).map(str::to_owned);
                items.collect::<Vec<String>>()
            })
            .filter(|item| item.contains("](/briefs/"))
            .count();
        serde_json::json!({
            "briefs": below("/briefs/").iter().filter(is_brief).count(),
            "companies": compare["companies"],
            "features": compare["features"],
            "observations": compare["observations"],
            "predictions": records(&ledger).len(),
            "timeline_items": timeline_items,
            "pairs": below("/compare/").iter().filter(|rest| rest.contains("-vs-")).count(),
            "tag_pages": below("/tags/").len(),
        })
    }

    /// Every link of every page to this site, however it is written; each once for a page.
    fn links(&self, base_url: &str) -> Vec<Link> {
        let mut found = Vec::new();
        for (from, tokens) in self.pages() {
            let mut written: BTreeSet<String> = BTreeSet::new();
            for token in &tokens {
                let Token::Start(element) = token else {
                    continue;
                };
                let refresh = element
                    .get("content")
                    .filter(|_| element.get("http-equiv").is_some())
                    .and_then(|content| content.split_once("url="))
                    .map(|(_, address)| address);
                let set = element.get("srcset").unwrap_or_default();
                let set = set
                    .split(',')
                    .filter_map(|image| image.split_whitespace().next());
                let single = ["href", "src", "action", "poster", "data", "cite"]
                    .into_iter()
                    .filter_map(|name| element.get(name));
                written.extend(single.chain(refresh).chain(set).map(str::to_owned));
            }
            let links = written
                .iter()
                .filter_map(|written| resolve(&from, written, base_url));
            found.extend(links);
        }
        found
    }

    /// What is wrong with each link that is wrong.
    fn dead_links(&self, base_url: &str) -> Vec<String> {
        let links = self.links(base_url);
        assert!(links.len() > 100, "the output has links");
        let mut anchors: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut wrong = Vec::new();
        for link in links {
            let Some(to) = &link.to else {
                wrong.push(format!(
                    "{}: {} leaves the site's path",
                    link.from, link.written
                ));
                continue;
            };
            let fragment = link.fragment.as_ref().filter(|f| !f.is_empty());
            let is_dead = match fragment {
                _ if !self.root.join(to).is_file() => true,
                None => false,
                Some(fragment) => {
                    let known = anchors.entry(to.clone()).or_insert_with(|| {
                        let tokens = text::tokens(&self.read(to));
                        ids(&tokens).map(str::to_owned).collect()
                    });
                    !known.contains(fragment)
                }
            };
            if is_dead {
                wrong.push(format!("{}: {} leads nowhere", link.from, link.written));
            }
        }
        wrong.sort();
        wrong.dedup();
        wrong
    }
}

/// The ids of a page.
fn ids(tokens: &[Token]) -> impl Iterator<Item = &str> {
    tokens.iter().filter_map(|token| match token {
        Token::Start(element) => element.get("id"),
        _ => None,
    })
}

/// Where a link of a page leads; `None` if it is meant to leave the site.
fn resolve(from: &str, written: &str, base_url: &str) -> Option<Link> {
    let base_path = base_url
        .split_once("://")
        .and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]))
        .unwrap_or_default();
    let page = format!("{base_path}/{}", from.trim_end_matches("index.html"));
    let here = url::Url::parse("https://this.site").and_then(|site| site.join(&page));
    let is_own = |rest: &&str| rest.is_empty() || rest.starts_with(['/', '#', '?']);
    // A full address of this site is as good as one from its root.
    let address = match written.strip_prefix(base_url).filter(is_own) {
        Some(rest) => format!("{base_path}{rest}"),
        None => written.to_owned(),
    };
    let to = here.unwrap().join(&address).ok()?;
    if to.host_str() != Some("this.site") {
        return None;
    }
    let decoded = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8_lossy()
            .into_owned()
    };
    let path = decoded(to.path());
    let below = path
        .strip_prefix(base_path)
        .filter(|rest| rest.starts_with('/'));
    Some(Link {
        from: from.to_owned(),
        written: written.to_owned(),
        to: below.map(file_of),
        fragment: to.fragment().map(decoded),
    })
}

/// What is wrong with the page that an expected file is about.
fn complaints_about(output: &Built, file: &str, expected: &str) -> Vec<String> {
    let name = file.strip_suffix(".txt").expect("expectations are .txt");
    if name == "absent" {
        let absent = expected.lines().filter(|line| line.starts_with('/'));
        let absent = absent.filter(|line| !line.starts_with("//"));
        return absent
            .filter(|address| output.at(address).is_some())
            .map(|address| format!("{address} is made"))
            .collect();
    }
    let address = match name {
        "index" => "/".to_owned(),
        _ => format!("/{name}/"),
    };
    let Some(html) = output.at(&address) else {
        return vec!["the page is not made".into()];
    };
    let Some(main) = text::main_of(&html) else {
        return vec!["the page has no <main>".into()];
    };
    let lines: Vec<String> = text::lines(&main)
        .into_iter()
        .map(|line| line.replace("](https://example.org/", "](/"))
        .collect();
    complaints(expected, &lines)
}

/// What of the expected does not hold for the lines of a page.
fn complaints(expected: &str, page: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for sequence in expected.split("\n---\n") {
        // Line and byte after what was found last.
        let mut position = (0, 0);
        // After the first that is missing, the rest of a sequence means nothing.
        let mut is_lost = false;
        for wanted in sequence.lines().map(str::trim_end) {
            if wanted.is_empty() || wanted.starts_with("//") {
                continue;
            }
            if let Some(unwanted) = wanted.strip_prefix('!') {
                if let Some((line, _)) = find(page, (0, 0), unwanted) {
                    found.push(format!("shows `{unwanted}`, in `{}`", page[line]));
                }
                continue;
            }
            if let Some((count, text)) = wanted.strip_prefix('=').and_then(|w| w.split_once(' ')) {
                let count: usize = count.parse().expect("`=` stands before a number");
                let lines = page.iter().filter(|line| line.contains(text)).count();
                if lines != count {
                    found.push(format!("shows `{text}` on {lines} lines, not on {count}"));
                }
                continue;
            }
            if is_lost {
                continue;
            }
            let text = wanted.strip_prefix('^').unwrap_or(wanted);
            match find(page, position, text) {
                None => {
                    let shown = page[position.0.min(page.len())..].join("\n    ");
                    found.push(format!("does not show `{text}` after:\n    {shown}"));
                    is_lost = true;
                }
                Some(at) if text != wanted && find(page, (0, 0), text) != Some(at) => {
                    found.push(format!("shows `{text}` too early"));
                }
                Some((line, byte)) => position = (line, byte + text.len()),
            }
        }
    }
    found
}

/// The first line and byte at or after a position where a text stands.
fn find(page: &[String], from: (usize, usize), text: &str) -> Option<(usize, usize)> {
    let (first, byte) = from;
    let in_first = page.get(first)?.get(byte..)?.find(text);
    in_first.map(|at| (first, byte + at)).or_else(|| {
        let rest = page.iter().enumerate().skip(first + 1);
        rest.filter_map(|(number, line)| Some((number, line.find(text)?)))
            .next()
    })
}

/// The records of `predictions.json`.
fn records(ledger: &Value) -> &Vec<Value> {
    ledger["predictions"].as_array().unwrap()
}

/// The file of the output that a browser gets for an address.
fn file_of(address: &str) -> String {
    let path = address.trim_start_matches('/');
    match path.is_empty() || path.ends_with('/') {
        true => format!("{path}index.html"),
        false => path.to_owned(),
    }
}

/// A file or folder of this repository.
fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// The files below a folder, from there, with `/`, sorted.
fn files_below(folder: &Path) -> Vec<String> {
    walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(folder).unwrap();
            path.to_str().unwrap().replace('\\', "/")
        })
        .collect()
}

/// Runs a script of ours and returns what it prints.
fn python(arguments: &[&str]) -> String {
    let name = if cfg!(windows) { "python" } else { "python3" };
    let ran = Command::new(name)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("this test needs {name}: {error}"));
    assert!(ran.status.success(), "{}", all_text(&ran));
    String::from_utf8(ran.stdout).unwrap()
}

fn all_text(ran: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&ran.stdout) + &text(&ran.stderr)
}
