//! Style sheets of Sass files. What a compilation reads, it asks for: a sheet is made again when
//! one of the files that it took in changes, or one comes that it looked for.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, PoisonError};
use std::thread;

use grass::{ErrorKind, Fs, NullLogger, Options, OutputStyle};

use crate::diagnostic::TemplateError;
use crate::input::{Compiled, SassCompiler, SassFiles};
use crate::pages::question::{Asker, Question};
use crate::site;

/// The text of the style sheet that a Sass file is, compressed as Zola does it.
///
/// # Errors
/// What is wrong with the file, or one that it takes in.
pub fn style_sheet(
    file: &Arc<str>,
    site: &site::Site,
    asker: &Rc<Asker>,
) -> Result<String, TemplateError> {
    let compiled = site.sass_compiler.compile(file, &site.sass);
    for file in compiled.read {
        let _ = asker.ask(Question::SassFile { file });
    }
    compiled.css
}

/// The compiler, as it is: what never ends goes on for ever, and what nests without end ends the
/// program.
#[derive(Debug)]
pub struct InThisProcess;

/// The compiler calls itself for whatever stands in something else. What is not used costs nothing.
const STACK_BYTES: usize = 128 << 20;

impl SassCompiler for InThisProcess {
    fn compile(&self, file: &Arc<str>, files: &SassFiles) -> Compiled {
        let compiled = thread::scope(|scope| {
            let compiling = thread::Builder::new()
                .name("sass".into())
                .stack_size(STACK_BYTES)
                .spawn_scoped(scope, || {
                    let site = Site::new(files.clone());
                    let css = compile(file, &site);
                    let read = site.read.into_inner();
                    Compiled { css, read }
                });
            let compiling = compiling.map_err(|error| error.to_string())?;
            // The compiler panics on some mistakes.
            compiling.join().map_err(|_| UNREADABLE.to_owned())
        });
        compiled.unwrap_or_else(|reason| unmade(file, files, &reason, None))
    }
}

const UNREADABLE: &str = "the Sass compiler cannot read this file";

/// A compilation that did not end as it should. Nobody knows what it read.
pub fn unmade(file: &Arc<str>, files: &SassFiles, reason: &str, hint: Option<&str>) -> Compiled {
    let hint = hint.map(str::to_owned);
    Compiled {
        css: Err(TemplateError {
            hint,
            ..error_in(file, reason)
        }),
        read: files.all().iter().map(|file| file.file.clone()).collect(),
    }
}

/// The text of the style sheet at an address, for templates that ask about it; of one that cannot
/// be made, which is reported of itself, nothing. It is made once for all pages.
pub fn sheet_at(address: &str, asker: &Asker) -> Option<Arc<str>> {
    let question = Question::SheetAt {
        address: address.into(),
    };
    let found = asker.ask(question).ok()?;
    let file: Arc<str> = found.as_str()?.into();
    let (files, compiler, sheets) = asker.sass()?;
    // Who comes while it is made waits rather than make it too.
    let mut sheets = sheets.lock().unwrap_or_else(PoisonError::into_inner);
    let (text, read) = sheets.entry(file.clone()).or_insert_with(|| {
        let compiled = compiler.compile(&file, files);
        let read = compiled.read.into_iter().collect();
        (compiled.css.unwrap_or_default().into(), read)
    });
    for file in read {
        let _ = asker.ask(Question::SassFile { file: file.clone() });
    }
    Some(text.clone())
}

fn compile(file: &Arc<str>, site: &Site) -> Result<String, TemplateError> {
    let options = Options::default()
        .style(OutputStyle::Compressed)
        .logger(&NullLogger)
        .fs(site);
    grass::from_path(&**file, &options).map_err(|error| match error.kind() {
        ErrorKind::ParseError { message, loc, .. } => TemplateError {
            line: loc.begin.line + 1,
            column: loc.begin.column + 1,
            hint: hint(&message).map(str::to_owned),
            ..error_in(
                &name_of(Path::new(loc.file.name())).unwrap_or(file.clone()),
                &message,
            )
        },
        ErrorKind::IoError(error) => error_in(file, &error.to_string()),
        ErrorKind::FromUtf8Error(message) => error_in(file, &message),
        _ => error_in(file, UNREADABLE),
    })
}

fn hint(message: &str) -> Option<&'static str> {
    let is_not_found = message.starts_with("Can't find stylesheet");
    is_not_found.then_some("only the folders `sass/` of the site and its theme are looked into")
}

/// What is wrong with a file, in words that begin and end as ours do.
fn error_in(file: &Arc<str>, message: &str) -> TemplateError {
    let message = message.trim_end_matches('.');
    let mut letters = message.chars();
    let message = match letters.next() {
        Some(first) if first.is_uppercase() && letters.as_str().starts_with(char::is_lowercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => message.to_owned(),
    };
    TemplateError {
        file: file.clone(),
        line: 0,
        column: 0,
        message,
        hint: None,
    }
}

/// The Sass of a site, as the compiler sees files: there are no others.
#[derive(Debug)]
struct Site {
    files: SassFiles,
    /// Where files were looked for, whether or not there were any.
    read: RefCell<BTreeSet<Arc<str>>>,
    /// How often a file was read.
    count: RefCell<usize>,
}

/// A sheet that takes itself in again and again ends here.
const READ_MAX: usize = 10_000;

impl Site {
    fn new(files: SassFiles) -> Site {
        Site {
            files,
            read: RefCell::default(),
            count: RefCell::default(),
        }
    }

    fn find(&self, path: &Path) -> Option<Arc<str>> {
        let name = name_of(path)?;
        self.read.borrow_mut().insert(name.clone());
        self.files.find(&name).map(|file| file.text.clone())
    }
}

impl Fs for Site {
    /// A folder matters only for the files in it, which are looked for by themselves.
    fn is_dir(&self, path: &Path) -> bool {
        name_of(path).is_some()
    }

    fn is_file(&self, path: &Path) -> bool {
        self.find(path).is_some()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut count = self.count.borrow_mut();
        *count += 1;
        if *count > READ_MAX {
            let message = format!("more than {READ_MAX} files are taken in");
            return Err(io::Error::other(message));
        }
        let text = self.find(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(text.as_bytes().to_vec())
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        let name = name_of(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(PathBuf::from(&*name))
    }
}

/// A path from the root of the site with `/`, without `.` and `..`; nothing leads out of the site.
fn name_of(path: &Path) -> Option<Arc<str>> {
    let mut parts = Vec::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => parts.push(name.to_str()?),
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop()?;
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/").into())
}
