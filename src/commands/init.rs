//! `dateline init`: writes a small site to begin with.
#![expect(
    clippy::disallowed_methods,
    reason = "this command writes a new site, which no build is about to read"
)]

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Context;

use super::{Done, print_line};

/// Every file of the starter site with its text.
const STARTER: &[(&str, &str)] = &[
    ("config.toml", include_str!("starter/config.toml")),
    (
        "content/_index.md",
        include_str!("starter/content/_index.md"),
    ),
    (
        "content/briefs/_index.md",
        include_str!("starter/content/briefs/_index.md"),
    ),
    (
        "content/briefs/2026-01-05-example-cloud-opens-a-second-region.md",
        include_str!("starter/content/briefs/2026-01-05-example-cloud-opens-a-second-region.md"),
    ),
    (
        "content/briefs/2026-01-07-sample-systems-cuts-its-price.md",
        include_str!("starter/content/briefs/2026-01-07-sample-systems-cuts-its-price.md"),
    ),
    (
        "content/briefs/2026-01-09-a-brief-can-be-short.md",
        include_str!("starter/content/briefs/2026-01-09-a-brief-can-be-short.md"),
    ),
    (
        "content/companies/example-cloud.md",
        include_str!("starter/content/companies/example-cloud.md"),
    ),
    (
        "content/weekly/2026-W02.md",
        include_str!("starter/content/weekly/2026-W02.md"),
    ),
    (".gitignore", "/public/\n/.dateline/\n"),
];

/// How many files in the way are named.
const NAMED_MAX: usize = 3;

/// Writes the starter site. Refuses if anything would be overwritten, and then writes nothing.
pub fn run(directory: &Path) -> anyhow::Result<Done> {
    let in_the_way: Vec<&str> = STARTER
        .iter()
        .map(|(file, _)| *file)
        .filter(|file| fs::symlink_metadata(directory.join(file)).is_ok())
        .chain(other_config(directory))
        .collect();
    if !in_the_way.is_empty() {
        let named = in_the_way[..in_the_way.len().min(NAMED_MAX)].join(", ");
        let more = match in_the_way.len().saturating_sub(NAMED_MAX) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        anyhow::bail!(
            "`{}` has files that would be in the way: {named}{more}",
            directory.display()
        );
    }
    for (file, text) in STARTER {
        write_new(&directory.join(file), text)?;
    }
    print_line(&format!(
        "wrote a site of three example briefs to {}",
        directory.display()
    ))?;
    print_line("next:")?;
    if directory != Path::new(".") {
        print_line(&format!("  cd {}", quoted(directory)))?;
    }
    print_line("  dateline serve --open")?;
    print_line("  dateline new \"Title of your first brief\"")?;
    Ok(Done::Clean)
}

/// A site of Zola's in the same folder would hide ours: its configuration is looked for first.
fn other_config(directory: &Path) -> Option<&'static str> {
    directory.join("zola.toml").exists().then_some("zola.toml")
}

fn write_new(path: &Path, text: &str) -> anyhow::Result<()> {
    let written = (|| {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::File::create_new(path)?.write_all(text.as_bytes())
    })();
    written.with_context(|| format!("cannot write `{}`", path.display()))
}

/// A path as a shell takes it for one word.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+,@".contains(c);
    if text.chars().all(is_plain) {
        return text;
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
