//! Rules of this repository that no compiler checks.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dateline::render::theme;

use crate::check::folder;
use crate::docs;

/// The modules, each using only itself and those before it.
const ORDER: [&str; 15] = [
    "chunks",
    "maps",
    "shares",
    "value",
    "address",
    "diagnostic",
    "data",
    "config",
    "content",
    "input",
    "site",
    "pages",
    "render",
    "disk",
    "commands",
];

/// Problems that no fixture shows, each with the file and the test that does.
const SHOWN_ELSEWHERE: [(&str, &str, &str); 7] = [
    // It takes another host.
    (
        "outdated-data",
        "remote.rs",
        "data_of_an_allowed_host_is_fetched_once_an_hour_and_kept_for_a_failure",
    ),
    // It takes a theme, which stands beside that test.
    (
        "theme-page-failed",
        "zola.rs",
        "a_theme_that_fails_on_our_views_is_replaced_with_one_warning",
    ),
    // Windows has no such names, and git cannot be relied on to keep links and rights.
    (
        "file-name",
        "disk/read.rs",
        "names_that_no_address_can_hold_are_reported",
    ),
    (
        "outside-site",
        "disk/read.rs",
        "links_lead_about_the_site_but_not_out_of_it",
    ),
    (
        "unreadable",
        "disk/read.rs",
        "what_is_no_file_is_reported_and_hangs_nothing",
    ),
    // They would be megabytes.
    ("too-large", "problems.rs", "what_is_too_large_is_named"),
    (
        "too-large-table",
        "problems.rs",
        "what_is_too_large_is_named",
    ),
];

#[test]
fn modules_use_only_what_stands_before_them() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let module = path.split(['/', '.']).next().unwrap();
        if ["lib", "main"].contains(&module) {
            continue;
        }
        let own = position(module).unwrap_or_else(|| panic!("`{module}` is not in the order"));
        for used in used_modules(&without_comments(&text)) {
            match position(&used) {
                Some(other) if other <= own => {}
                // What `lib.rs` itself defines joins the steps, and only commands call it.
                None if module == "commands" => {}
                _ => wrong.push(format!("src/{path} uses `crate::{used}`")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn uses_are_found_in_groups_too() {
    let text = "use crate::{a, b::{self, c as d}, e::*};\nfn f(x: crate::g::H) -> pub(crate) {}\n\
                use crate::i;";
    let found: Vec<String> = used_modules(text);
    assert_eq!(found, ["a", "b", "e", "g", "i"]);
}

#[test]
fn every_kind_of_problem_is_shown_by_a_fixture() {
    let mut shown = String::new();
    for (path, text) in files_below(&folder("")) {
        if path.ends_with("problems") {
            shown.push_str(&text);
        }
    }
    let mut missing = Vec::new();
    for code in codes() {
        if shown.contains(&format!("[{code}]")) {
            continue;
        }
        let elsewhere = SHOWN_ELSEWHERE.iter().find(|(other, ..)| *other == code);
        let is_tested = elsewhere.is_some_and(|(_, file, test)| {
            let text = fs::read_to_string(folder(file)).unwrap();
            let body = text
                .split_once(&format!("fn {test}()"))
                .map(|(_, rest)| rest);
            let body = body.and_then(|rest| rest.split("\n}\n").next());
            body.is_some_and(|body| body.contains(&code))
        });
        if !is_tested {
            missing.push(code);
        }
    }
    assert_eq!(missing, [""; 0]);
    for (code, ..) in SHOWN_ELSEWHERE {
        let is_shown = shown.contains(&format!("[{code}]"));
        assert!(!is_shown, "a fixture shows `{code}` by now");
    }
}

#[test]
fn every_problem_can_happen() {
    let others: String = sources()
        .into_iter()
        .filter(|(path, _)| path != "diagnostic.rs")
        .map(|(_, text)| text)
        .collect();
    let text = source("diagnostic.rs");
    let constructors = text.split("    pub fn ").skip(1).filter_map(|rest| {
        let (name, parameters) = rest.split_once('(')?;
        parameters
            .trim_start()
            .starts_with("&mut self")
            .then_some(name)
    });
    let never: Vec<&str> = constructors
        .filter(|name| !others.contains(&format!(".{name}(")))
        .collect();
    assert_eq!(never, [""; 0]);
}

#[test]
fn the_theme_in_the_program_is_the_one_in_the_repository() {
    let embedded = theme::embedded();
    let mut inside: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    inside.insert("theme.toml".into(), embedded.theme_toml.into());
    for (name, text) in embedded.templates {
        inside.insert(format!("templates/{name}"), (*text).into());
    }
    for (name, bytes) in embedded.files {
        inside.insert(format!("static/{name}"), (*bytes).into());
    }
    let on_disk: BTreeMap<String, Vec<u8>> = paths_below(&folder("../themes/dateline"))
        .into_iter()
        // What is for people who look at the folder is not in the program.
        .filter(|(name, _)| name != "README.md" && !name.starts_with("screenshots/"))
        .map(|(name, path)| (name, fs::read(path).unwrap()))
        .collect();
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&inside), names(&on_disk));
    assert!(inside == on_disk, "a file differs; build again");
}

#[test]
fn nothing_unfinished_is_left() {
    let mut found = Vec::new();
    for (path, text) in sources() {
        let code = without_comments(&text);
        let code = code.split("#[cfg(test)]\nmod ").next().unwrap();
        for word in [".unwrap()", "todo!(", "unimplemented!(", "dbg!("] {
            if code.contains(word) {
                found.push(format!("src/{path}: {word}"));
            }
        }
    }
    assert_eq!(found, [""; 0]);
}

#[test]
fn every_dependency_has_a_reason() {
    let text = fs::read_to_string(folder("../Cargo.toml")).unwrap();
    let mut without = Vec::new();
    let mut count = 0;
    let mut is_list = false;
    let mut before = "";
    for line in text.lines() {
        if line.starts_with('[') {
            is_list = line.ends_with("dependencies]");
        } else if is_list && !line.starts_with('#') && line.contains('=') {
            count += 1;
            // Three words are the least that say what for.
            if !(before.starts_with("# ") && before.split(' ').count() > 3) {
                without.push(line);
            }
        }
        before = line;
    }
    assert_eq!(without, [""; 0]);
    assert!(count > 20, "the list was not found");
}

#[test]
fn the_readme_and_the_documentation_speak_of_the_commands_that_there_are() {
    let readme = fs::read_to_string(folder("../README.md")).unwrap();
    let page = docs::page("commands.md");
    let commands = commands_of(&help(&["--help"]));
    let named = |text: &str| -> BTreeSet<String> {
        let after = text.split("`dateline ").skip(1);
        let names = after.map(|rest| rest.split([' ', '`']).next().unwrap());
        let is_command = |name: &&str| !name.starts_with('-') && *name != "COMMAND";
        names.filter(is_command).map(str::to_owned).collect()
    };
    let of_table = |line: &&str| line.starts_with("| `dateline ");
    let table: Vec<&str> = page.lines().filter(of_table).collect();
    assert_eq!(named(&table.join("\n")), commands);
    for (file, text) in files_below(&folder("../content/docs")) {
        let others: Vec<String> = named(&text).difference(&commands).cloned().collect();
        assert_eq!(others, [""; 0], "{file}");
    }
    let others: Vec<String> = named(&readme).difference(&commands).cloned().collect();
    assert_eq!(others, [""; 0]);
}

#[test]
fn the_documentation_lists_the_flags_of_each_command() {
    let page = docs::page("commands.md");
    let of_all = flags(
        &docs::listed(&page, "For every command")
            .into_iter()
            .collect::<Vec<_>>(),
    );
    let own = |command: &str| -> BTreeSet<String> {
        let help = help(&[command, "--help"]);
        let options = help.split("Options:\n").nth(1).unwrap();
        let options = options.split("\nExamples:").next().unwrap();
        let begins = options.lines().map(str::trim_start);
        let begins: Vec<String> = begins
            .filter(|line| line.starts_with('-') && !line.starts_with("- "))
            .map(|line| line.split("  ").next().unwrap().to_owned())
            .collect();
        flags(&begins).difference(&of_all).cloned().collect()
    };
    for command in commands_of(&help(&["--help"])) {
        let heading = format!("dateline {command}");
        let section = page.split(&format!("\n## {heading}\n")).nth(1);
        let section = section.unwrap_or_else(|| panic!("no heading `{heading}`"));
        let section = section.split("\n## ").next().unwrap();
        let stated: BTreeSet<String> = match section.contains("| flag |") {
            true => {
                let whole = format!("## {heading}\n{section}");
                flags(
                    &docs::listed(&whole, &heading)
                        .into_iter()
                        .collect::<Vec<_>>(),
                )
            }
            false => BTreeSet::new(),
        };
        assert_eq!(stated, own(&command), "{heading}");
    }
    let shells = help(&["completion", "--help"]);
    let shells = shells.split("[possible values: ").nth(1).unwrap();
    for shell in shells.split(']').next().unwrap().split(' ') {
        assert!(page.contains(&format!("`{shell}`")), "{shell}");
    }
}

/// The flags among some names and usages: `--port`, `-p`.
fn flags(texts: &[String]) -> BTreeSet<String> {
    let words = texts.iter().flat_map(|text| text.split_whitespace());
    let flags = words.filter(|word| word.starts_with('-'));
    flags.map(str::to_owned).collect()
}

/// The literals that stand first in calls of `error`, `warning` and `note`.
fn codes() -> BTreeSet<String> {
    let text = source("diagnostic.rs");
    let mut codes = BTreeSet::new();
    for call in ["self.error(", "self.warning(", "self.note("] {
        for rest in text.split(call).skip(1) {
            let literal = rest.trim_start().strip_prefix('"').expect("a code");
            codes.insert(literal.split('"').next().unwrap().to_owned());
        }
    }
    assert!(codes.len() > 50, "{codes:?}");
    codes
}

/// The modules of the crate that a text names, in order, each as often as it does.
fn used_modules(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let is_whole = !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let rest = &text[at + "crate::".len()..];
        if is_whole && let Some(group) = rest.strip_prefix('{') {
            found.extend(first_names(group));
        } else if is_whole {
            found.push(name_at(rest));
        }
    }
    found
}

/// The names at the begin of each item of a `use` group, up to its closing brace.
fn first_names(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut depth, mut is_begin) = (0, true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return names,
            '}' => depth -= 1,
            ',' => is_begin |= depth == 0,
            c if is_begin && !c.is_whitespace() => {
                names.push(name_at(&group[at..]));
                is_begin = false;
            }
            _ => {}
        }
    }
    names
}

fn name_at(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

fn position(module: &str) -> Option<usize> {
    ORDER.iter().position(|other| *other == module)
}

/// A text without the lines that are comments, documentation among them.
fn without_comments(text: &str) -> String {
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The commands that a help lists, but `help` itself.
fn commands_of(help: &str) -> BTreeSet<String> {
    let list = help.split("Commands:\n").nth(1).unwrap();
    let list = list.split("\n\n").next().unwrap();
    let names = list
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

fn help(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_dateline"))
        .args(arguments)
        .output();
    String::from_utf8(output.unwrap().stdout)
        .unwrap()
        .replace(',', "")
}

/// The files of `src/`, from there, with their texts.
fn sources() -> Vec<(String, String)> {
    let mut files = files_below(&folder("../src"));
    files.retain(|(path, _)| path.ends_with(".rs"));
    assert!(!files.is_empty());
    files
}

fn source(path: &str) -> String {
    fs::read_to_string(folder("../src").join(path)).unwrap()
}

/// The texts of a folder and of those below it, by their paths from there.
fn files_below(folder: &Path) -> Vec<(String, String)> {
    paths_below(folder)
        .into_iter()
        .filter_map(|(name, path)| Some((name, fs::read_to_string(path).ok()?)))
        .collect()
}

fn paths_below(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name();
    let files = entries
        .into_iter()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().is_file());
    let named = files.map(|entry| {
        let name = entry.path().strip_prefix(folder).unwrap();
        let name = name.to_str().unwrap().replace('\\', "/");
        (name, entry.into_path())
    });
    named.collect()
}
