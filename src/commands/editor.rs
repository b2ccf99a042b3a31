//! Opens places in files in the author's editor.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use url::Url;

/// The editor, and where the files are.
pub struct Editor {
    /// Absolute.
    root: PathBuf,
    /// A program and its arguments; empty if there is none that has a window of its own.
    command: Vec<String>,
}

/// A place in a file of the site.
pub struct Spot<'a> {
    /// From the root of the site, taken from a table of its files.
    pub file: &'a str,
    /// Both from 1.
    pub line: u32,
    pub column: u32,
}

/// Editors with a window of their own, and how each is told a place.
const KNOWN: [(&str, &[&str]); 27] = [
    ("code", &["--goto", "{file}:{line}:{column}"]),
    ("code-insiders", &["--goto", "{file}:{line}:{column}"]),
    ("codium", &["--goto", "{file}:{line}:{column}"]),
    ("vscodium", &["--goto", "{file}:{line}:{column}"]),
    ("cursor", &["--goto", "{file}:{line}:{column}"]),
    ("windsurf", &["--goto", "{file}:{line}:{column}"]),
    ("zed", &["{file}:{line}:{column}"]),
    ("zeditor", &["{file}:{line}:{column}"]),
    ("subl", &["{file}:{line}:{column}"]),
    ("sublime_text", &["{file}:{line}:{column}"]),
    ("atom", &["{file}:{line}:{column}"]),
    ("pulsar", &["{file}:{line}:{column}"]),
    ("idea", &["--line", "{line}", "{file}"]),
    ("webstorm", &["--line", "{line}", "{file}"]),
    ("pycharm", &["--line", "{line}", "{file}"]),
    ("rustrover", &["--line", "{line}", "{file}"]),
    ("fleet", &["{file}:{line}"]),
    ("gvim", &["+{line}", "{file}"]),
    ("mvim", &["+{line}", "{file}"]),
    ("neovide", &["{file}", "--", "+{line}"]),
    ("emacsclient", &["--no-wait", "+{line}:{column}", "{file}"]),
    ("gedit", &["+{line}", "{file}"]),
    ("gnome-text-editor", &["{file}"]),
    ("kate", &["--line", "{line}", "{file}"]),
    ("kwrite", &["--line", "{line}", "{file}"]),
    ("bbedit", &["+{line}", "{file}"]),
    ("mate", &["--line", "{line}:{column}", "{file}"]),
];

/// What to do where no editor is known.
const NONE: &str = "no editor is known: start `dateline serve --editor COMMAND`";

impl Editor {
    /// The editor that was given; or that of `VISUAL` or `EDITOR`, if it has a window of its own,
    /// for one in a terminal has no terminal here.
    pub fn new(
        root: &Path,
        given: Option<&str>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Editor {
        let of_environment = || {
            let names = ["VISUAL", "EDITOR"];
            let mut commands = names.into_iter().filter_map(variable).map(|c| words(&c));
            commands.find(|command| known(command).is_some())
        };
        let command = given.map(words).or_else(of_environment);
        Editor {
            root: root.canonicalize().unwrap_or_else(|_| root.to_owned()),
            command: command.unwrap_or_default(),
        }
    }

    /// Starts the editor, without a shell.
    pub fn open(&self, spot: &Spot<'_>) -> Result<(), String> {
        let path = self.path(spot)?;
        let Some(program) = self.command.first() else {
            return Err(NONE.into());
        };
        let arguments = arguments(&self.command, &path, spot);
        start(program, &arguments).map_err(|error| format!("cannot start `{program}`: {error}"))
    }

    /// The address by which a program opens the place: `vscode://file/…`.
    pub fn address(&self, program: &str, spot: &Spot<'_>) -> Result<String, String> {
        let path = self.path(spot)?;
        let url = Url::from_file_path(&path).map_err(|()| "the path has no address".to_owned())?;
        let Spot { line, column, .. } = spot;
        match program {
            "vscode" => Ok(format!("vscode://file{}:{line}:{column}", url.path())),
            "jetbrains" => {
                let path = url.path();
                Ok(format!(
                    "idea://open?file={path}&line={line}&column={column}"
                ))
            }
            other => Err(format!("`{other}` is not known")),
        }
    }

    fn path(&self, spot: &Spot<'_>) -> Result<PathBuf, String> {
        let path = self.root.join(spot.file);
        match path.is_file() {
            true => Ok(path),
            false => Err(format!("`{}` is not a file on this disk", spot.file)),
        }
    }
}

/// Starts a program that goes on by itself, without a shell and without our terminal.
pub fn start(program: &str, arguments: &[String]) -> io::Result<()> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    // It is waited for elsewhere, so that it does not stay behind as a zombie.
    std::thread::spawn(move || child.wait());
    Ok(())
}

/// The arguments of a command: its own, with the place where it names it or where its program
/// wants it.
fn arguments(command: &[String], path: &Path, spot: &Spot<'_>) -> Vec<String> {
    let filled = |text: &str| {
        text.replace("{line}", &spot.line.to_string())
            .replace("{column}", &spot.column.to_string())
            .replace("{file}", &path.to_string_lossy())
    };
    let own = &command[1..];
    let mut arguments: Vec<String> = own.iter().map(|text| filled(text)).collect();
    if !own.iter().any(|text| text.contains("{file}")) {
        let place = known(command).unwrap_or(&["{file}"]);
        let has = |flag: &str| flag.starts_with("--") && own.iter().any(|given| given == flag);
        let place = place.iter().filter(|text| !has(text));
        arguments.extend(place.map(|text| filled(text)));
    }
    arguments
}

/// How the program of a command is told a place, if it is known.
fn known(command: &[String]) -> Option<&'static [&'static str]> {
    let name = Path::new(command.first()?).file_stem()?.to_str()?;
    let found = KNOWN.iter().find(|(known, _)| *known == name);
    found.map(|(_, arguments)| *arguments)
}

/// A command line in words, those in quotes as they are.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = None;
    let mut quote = None;
    for c in line.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => word.get_or_insert_with(String::new).push(c),
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_with(String::new);
            }
            None if c.is_whitespace() => words.extend(word.take()),
            None => word.get_or_insert_with(String::new).push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::{Path, Spot, arguments, words};

    fn check(command: &str, expected: &[&str]) {
        let spot = Spot {
            file: "content/x.md",
            line: 3,
            column: 7,
        };
        let found = arguments(&words(command), Path::new("/site/content/x.md"), &spot);
        assert_eq!(found, expected, "{command}");
    }

    #[test]
    fn an_editor_is_told_the_place() {
        check("code", &["--goto", "/site/content/x.md:3:7"]);
        check("code --goto", &["--goto", "/site/content/x.md:3:7"]);
        check(
            "/usr/bin/code -n",
            &["-n", "--goto", "/site/content/x.md:3:7"],
        );
        check("idea", &["--line", "3", "/site/content/x.md"]);
        check("unknown --x", &["--x", "/site/content/x.md"]);
        check(
            "my 'a b' {file} \"+{line}\"",
            &["a b", "/site/content/x.md", "+3"],
        );
        check("sh -c 'x; $(y)'", &["-c", "x; $(y)", "/site/content/x.md"]);
    }
}
