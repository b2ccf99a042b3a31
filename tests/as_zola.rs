//! Sites as people make them for Zola: what comes out is what Zola 0.22 makes of them.
//!
//! `tests/themes/as-zola/NAME` is a site, and each `config*.toml` in it is built by itself. What Zola
//! made of it lies in `expected/`: the texts, and the names of all files. `tests/themes/regenerate`
//! writes that with the real program. Where ours is another text, `differences/` says so, line by
//! line, with the reason before it. `UPDATE=1 cargo test` writes the lines; reasons are for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::check::folder;

#[test]
fn what_zola_makes() {
    let mut failed = Vec::new();
    for site in folders(&folder("themes/as-zola")) {
        for config in configs(&site) {
            let built = Built::new(&site, &config, &[]);
            let wanted = texts(&site.join("expected").join(stem(&config)));
            let names = &wanted["files.txt"];
            let found = differences(&wanted, &built.texts(), names, &built.names());
            let file = site.join("differences").join(stem(&config) + ".txt");
            failed.extend(compare(&file, &found));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// The demonstration of a theme, as it stands on GitHub Pages.
#[test]
fn nothing_is_dead_under_a_base_path() {
    let site = folder("themes/as-zola/theme");
    let base_url = ["--base-url", "https://user.github.io/repo/"];
    let built = Built::new(&site, "config.toml", &base_url);
    let names = built.names();
    let mut count = 0;
    for (page, text) in built.texts() {
        if !page.ends_with(".html") && !page.ends_with(".css") {
            continue;
        }
        for link in links(&text) {
            let address = link.split(['?', '#']).next().unwrap();
            let on_host = address.strip_prefix("https://user.github.io");
            let path = match (on_host, address.starts_with('/')) {
                (Some(path), _) => path.to_owned(),
                (None, true) => address.to_owned(),
                (None, false) => format!("/repo/{}{address}", folder_of(&page)),
            };
            let inside = format!("{path}/");
            let inside = inside.strip_prefix("/repo/");
            let inside = inside.unwrap_or_else(|| panic!("{page} leads out of the site: {link}"));
            let file = inside.trim_end_matches('/');
            let index = format!("{file}/index.html");
            let index = index.trim_start_matches('/');
            let is_there = names.contains(file) || names.contains(index);
            assert!(is_there, "{page} leads to {link}, and nothing is there");
            count += 1;
        }
    }
    assert!(count > 20, "only {count} links were found");
}

/// What is in quotation marks or brackets as an address.
fn links(text: &str) -> Vec<&str> {
    let begins = [("href=\"", '"'), ("src=\"", '"'), ("url(", ')')];
    let each = |(begin, end): (&'static str, char)| {
        let pieces = text.split(begin).skip(1);
        pieces.filter_map(move |piece| Some(piece.split_once(end)?.0.trim_matches('"')))
    };
    begins.into_iter().flat_map(each).collect()
}

fn folder_of(file: &str) -> &str {
    file.rfind('/').map_or("", |slash| &file[..=slash])
}

/// A copy of a site, built with one of its configurations.
struct Built {
    folder: TempDir,
}

impl Built {
    fn new(site: &Path, config: &str, arguments: &[&str]) -> Built {
        let folder = tempfile::tempdir().unwrap();
        copy(site, folder.path());
        let done = Command::new(env!("CARGO_BIN_EXE_dateline"))
            .args(["--config", config, "build", "--output-dir", "public"])
            .args(arguments)
            .current_dir(folder.path())
            .env("COLUMNS", "100")
            .env_remove("GITHUB_ACTIONS")
            .output()
            .unwrap();
        let said = String::from_utf8(done.stderr).unwrap();
        assert!(
            done.status.success(),
            "{}, {config}: {said}",
            site.display()
        );
        Built { folder }
    }

    fn output(&self) -> PathBuf {
        self.folder.path().join("public")
    }

    fn texts(&self) -> BTreeMap<String, String> {
        texts(&self.output())
    }

    /// The names of all files, without the digests of pictures.
    fn names(&self) -> BTreeSet<String> {
        let names = files(&self.output()).into_iter();
        names.map(|(name, _)| without_digests(&name)).collect()
    }
}

fn copy(from: &Path, to: &Path) {
    for (name, path) in files(from) {
        if !name.starts_with("expected/") && !name.starts_with("differences/") {
            let target = to.join(name);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::copy(path, target).unwrap();
        }
    }
}

/// The files in a folder, by their paths from it.
fn files(folder: &Path) -> BTreeMap<String, PathBuf> {
    let entries = walkdir::WalkDir::new(folder).into_iter();
    let entries = entries.map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file());
    let named = files.map(|file| {
        let name = file.path().strip_prefix(folder).unwrap();
        let name = name.to_str().unwrap().replace('\\', "/");
        (name, file.into_path())
    });
    named.collect()
}

/// The texts in a folder, in the form in which they are compared.
fn texts(folder: &Path) -> BTreeMap<String, String> {
    let is_text = |name: &str| {
        let endings = [".css", ".html", ".js", ".json", ".txt", ".xml"];
        endings.iter().any(|ending| name.ends_with(ending))
    };
    let texts = files(folder).into_iter().filter(|(name, _)| is_text(name));
    let texts = texts.map(|(name, path)| {
        let text = compared(&name, &fs::read_to_string(path).unwrap());
        (name, text)
    });
    texts.collect()
}

/// A text without what does not count: white space around lines, the digests of pictures, the class
/// that scripts of older themes know languages by; of a redirect only where it leads.
fn compared(name: &str, text: &str) -> String {
    let is_page = name.ends_with(".html");
    if let Some((_, target)) = text.split_once("<meta http-equiv=\"refresh\" content=\"0; url=")
        && is_page
    {
        let target = target.split('"').next().unwrap();
        let path = target.split_once("://").map_or(target, |(_, rest)| {
            rest.find('/').map_or("/", |slash| &rest[slash..])
        });
        return format!("leads to {path}\n");
    }
    let mut text = without_digests(text);
    if name.ends_with(".xml") {
        text = text.replace("encoding=\"utf-8\"", "encoding=\"UTF-8\"");
    }
    if name.ends_with("sitemap.xml") {
        text = text.lines().map(str::trim).collect();
        text = text
            .replace("<url>", "\n<url>")
            .replace("</urlset>", "\n</urlset>");
    }
    if is_page {
        text = without_language_classes(&text);
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| format!("{line}\n")).collect()
}

/// The digest in the name of a processed picture is the program's own affair.
fn without_digests(text: &str) -> String {
    const LENGTH: usize = 16;
    let is_digest =
        |piece: &&str| piece.len() == LENGTH && piece.bytes().all(|b| b.is_ascii_hexdigit());
    let pieces: Vec<&str> = text.split('.').collect();
    let pieces = pieces
        .iter()
        .map(|piece| if is_digest(piece) { "#" } else { piece });
    pieces.collect::<Vec<_>>().join(".")
}

fn without_language_classes(text: &str) -> String {
    const BEGIN: &str = "<pre><code class=\"language-";
    let mut pieces = text.split(BEGIN);
    let mut out = pieces.next().unwrap().to_owned();
    for piece in pieces {
        let (_, rest) = piece.split_once('"').unwrap();
        out.extend(["<pre><code", rest]);
    }
    out
}

/// What differs, file by file: lines that only Zola has after `-`, those that only we have after `+`.
fn differences(
    wanted: &BTreeMap<String, String>,
    found: &BTreeMap<String, String>,
    wanted_names: &str,
    found_names: &BTreeSet<String>,
) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let wanted_names: BTreeSet<&str> = wanted_names.lines().collect();
    for name in found_names {
        if !wanted_names.contains(&**name) {
            all.insert(name.clone(), "+ (the file)\n".to_owned());
        }
    }
    for name in wanted_names {
        if !found_names.contains(name) {
            all.insert(name.to_owned(), "- (the file)\n".to_owned());
        }
    }
    for (name, text) in wanted {
        let Some(found) = found.get(name).filter(|found| *found != text) else {
            continue;
        };
        all.insert(name.clone(), line_by_line(text, found));
    }
    all
}

/// Two texts by their longest common sequence of lines.
fn line_by_line(wanted: &str, found: &str) -> String {
    let (a, b): (Vec<&str>, Vec<&str>) = (wanted.lines().collect(), found.lines().collect());
    let mut common = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i][j] = match a[i] == b[j] {
                true => common[i + 1][j + 1] + 1,
                false => common[i + 1][j].max(common[i][j + 1]),
            };
        }
    }
    let (mut i, mut j, mut out) = (0, 0, String::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || (i < a.len() && common[i + 1][j] >= common[i][j + 1]) {
            writeln!(out, "- {}", a[i]).unwrap();
            i += 1;
        } else {
            writeln!(out, "+ {}", b[j]).unwrap();
            j += 1;
        }
    }
    out
}

/// What stands for a reason that nobody has given yet.
const NO_REASON: &str = "# Why?\n";

/// Compares what differs with what may differ: paragraphs of a reason, the name of a file, lines.
fn compare(file: &Path, found: &BTreeMap<String, String>) -> Option<String> {
    let known = fs::read_to_string(file).unwrap_or_default();
    let mut reasons: BTreeMap<&str, String> = BTreeMap::new();
    for paragraph in known.split("\n\n") {
        let is_reason = |line: &&str| line.starts_with('#');
        let reason = paragraph.lines().take_while(is_reason);
        let reason: String = reason.map(|line| format!("{line}\n")).collect();
        if let Some(name) = paragraph.lines().find(|line| !is_reason(line)) {
            reasons.insert(name, reason);
        }
    }
    let paragraphs: Vec<String> = found
        .iter()
        .map(|(name, lines)| {
            let reason = reasons.get(&**name).filter(|reason| !reason.is_empty());
            let reason = reason.map_or(NO_REASON, |reason| reason);
            format!("{reason}{name}\n{lines}")
        })
        .collect();
    let text = paragraphs.join("\n");
    if text != known && std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        match text.is_empty() {
            true => fs::remove_file(file).unwrap(),
            false => fs::write(file, &text).unwrap(),
        }
    } else if text != known {
        return Some(format!("{} is not\n{text}", file.display()));
    }
    let is_explained = !text.contains(NO_REASON);
    (!is_explained).then(|| format!("{} lacks reasons", file.display()))
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn configs(site: &Path) -> Vec<String> {
    let names = files(site).into_keys();
    let is_config = |name: &String| name.starts_with("config") && name.ends_with(".toml");
    names.filter(is_config).collect()
}

fn stem(config: &str) -> String {
    config.trim_end_matches(".toml").to_owned()
}
