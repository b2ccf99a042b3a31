//! `dateline init`: writes a small site to begin with, or a copy of the built-in theme.
#![expect(
    clippy::disallowed_methods,
    reason = "this command writes a new site, which no build is about to read"
)]

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Context;

use super::{Done, print_line};
use crate::disk::{Opener, is_plain};
use crate::render::theme;

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

/// A file to be written: path from the folder of the site, and bytes.
type File<'a> = (String, std::borrow::Cow<'a, [u8]>);

/// Writes the starter site. Refuses if anything would be overwritten, and then writes nothing.
pub fn run(directory: &Path) -> anyhow::Result<Done> {
    write_all(directory, &starter(None))?;
    print_line(&format!(
        "wrote a site of three example briefs to {}",
        directory.display()
    ))?;
    print_next(directory)
}

/// Copies the built-in theme to `themes/NAME`: with the starter site around it, or alone where there
/// is a site already. Refuses if anything would be overwritten, and then writes nothing.
pub fn run_with_theme(directory: &Path, name: &str) -> anyhow::Result<Done> {
    // It goes into a TOML text as it is.
    let is_safe = |c: char| c.is_alphanumeric() || " -_.".contains(c);
    if !is_plain(name) || !name.chars().all(is_safe) {
        anyhow::bail!("`{name}` cannot be the name of a theme, which is that of a folder");
    }
    let copy = theme_copy(name);
    let has_site = ["config.toml", "zola.toml"]
        .iter()
        .any(|config| directory.join(config).exists());
    let folder = directory.join("themes").join(name);
    if has_site {
        write_all(directory, &copy)?;
        print_line(&format!(
            "copied the built-in theme to {}",
            folder.display()
        ))?;
        print_line("next: in the configuration, under [extra.dateline]")?;
        print_line(&format!("  theme = \"{name}\""))?;
        return Ok(Done::Clean);
    }
    let mut files = starter(Some(name));
    files.extend(copy);
    write_all(directory, &files)?;
    print_line(&format!(
        "wrote a site of three example briefs to {}, and its theme to {}",
        directory.display(),
        folder.display()
    ))?;
    print_next(directory)
}

fn print_next(directory: &Path) -> anyhow::Result<Done> {
    print_line("next:")?;
    if directory != Path::new(".") {
        print_line(&format!("  cd {}", quoted(directory)))?;
    }
    print_line("  dateline serve --open")?;
    print_line("  dateline new \"Title of your first brief\"")?;
    Ok(Done::Clean)
}

/// The files of the starter site, which uses the built-in theme or a copy of it.
fn starter(theme: Option<&str>) -> Vec<File<'static>> {
    let files = STARTER.iter().map(|(file, text)| {
        let bytes = match theme {
            Some(name) if *file == "config.toml" => {
                let built_in = format!("theme = \"{}\"", theme::BUILT_IN);
                let text = text.replace(&built_in, &format!("theme = \"{name}\""));
                text.into_bytes().into()
            }
            _ => text.as_bytes().into(),
        };
        ((*file).to_owned(), bytes)
    });
    files.collect()
}

/// The files of the built-in theme as a theme of another name.
fn theme_copy(name: &str) -> Vec<File<'static>> {
    let theme = theme::embedded();
    let folder = format!("themes/{name}");
    let about = if name == theme::BUILT_IN {
        theme.theme_toml.to_owned()
    } else {
        format!(
            "name = \"{name}\"\n\
             description = \"A copy of the built-in theme of Dateline\"\n\
             license = \"MIT OR Apache-2.0\"\n\
             # What you delete here is taken from the built-in theme, and so follows its new versions.\n\
             extends = \"{}\"\n",
            theme::BUILT_IN
        )
    };
    let about = (format!("{folder}/theme.toml"), about.into_bytes().into());
    let templates = theme
        .templates
        .iter()
        .map(|(path, text)| (format!("{folder}/templates/{path}"), text.as_bytes().into()));
    let files = theme
        .files
        .iter()
        .map(|(path, bytes)| (format!("{folder}/static/{path}"), (*bytes).into()));
    std::iter::once(about)
        .chain(templates)
        .chain(files)
        .collect()
}

/// Writes files, or refuses all of them if one is there already.
fn write_all(directory: &Path, files: &[File<'_>]) -> anyhow::Result<()> {
    let brings_config = files.iter().any(|(file, _)| file == "config.toml");
    let in_the_way: Vec<&str> = files
        .iter()
        .map(|(file, _)| file.as_str())
        .filter(|file| fs::symlink_metadata(directory.join(file)).is_ok())
        .chain(other_config(directory).filter(|_| brings_config))
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
    if directory.exists() {
        let opener = Opener::new(directory)?;
        for (file, _) in files {
            let checked = opener.check_new(file);
            checked
                .with_context(|| format!("cannot write `{}`", directory.join(file).display()))?;
        }
    }
    for (file, bytes) in files {
        write_new(&directory.join(file), bytes)?;
    }
    Ok(())
}

/// A site of Zola's in the same folder would hide ours: its configuration is looked for first.
fn other_config(directory: &Path) -> Option<&'static str> {
    directory.join("zola.toml").exists().then_some("zola.toml")
}

fn write_new(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let written = (|| {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::File::create_new(path)?.write_all(bytes)
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
