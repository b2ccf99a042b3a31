//! The command line: what it accepts, and which file answers it.
//!
//! One file for each command. `session` is where the commands meet the steps of a build; `report`
//! is how diagnostics are shown; `server` and `watch` are the two halves of `serve`, and `pace` says
//! when it acts.

use std::ffi::OsString;
use std::io::{self, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

pub mod about;
mod background;
pub mod build;
pub mod check;
pub mod checking;
pub mod clock;
pub mod editor;
pub mod fix;
pub mod ids;
pub mod init;
pub mod new;
pub mod pace;
pub mod progress;
pub mod report;
mod sass;
pub mod serve;
pub mod server;
pub mod session;
pub mod watch;

use clock::Now;

use crate::config::Mode;
use crate::content::highlight;

/// A static site generator for news briefings
///
/// Dateline turns a folder of news briefs, one Markdown file each, into a static site: brief
/// pages, tag and company pages, a comparison read out of the briefs, a ledger of predictions, and
/// a weekly recap. A Dateline site is a Zola site: names and flags are Zola's where Zola has them.
#[derive(Debug, Parser)]
#[command(name = "dateline", version, after_help = EXAMPLES, arg_required_else_help = true)]
pub struct CommandLine {
    /// Folder of the site
    #[arg(short, long, global = true, display_order = 100, value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
    root: PathBuf,

    /// Configuration file, instead of zola.toml or config.toml in the folder or above it
    #[arg(short, long, global = true, display_order = 101, value_name = "FILE", value_hint = ValueHint::FilePath)]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  dateline init briefing                 write a new site into the folder briefing
  dateline new \"Cloud prices fall\"       begin a brief
  dateline serve --open                  see every save in the browser at once
  dateline check --fix                   add the ids that are missing
  dateline build                         write the site to public/

Exit status: 0 done; 1 the site has errors, or the disk or the network failed; 2 bad usage.";

const BUILD_EXAMPLES: &str = "\
Examples:
  dateline build
  dateline build --base-url https://user.github.io/repo --output-dir dist
  dateline build --now 2026-05-01        as if it were the first of May

Errors keep the output folder as it was. Briefs dated after now are left out; a draft is left out
unless --drafts is given.";

const SERVE_EXAMPLES: &str = "\
Examples:
  dateline serve --open
  dateline serve --drafts --port 8000
  dateline serve --base-url https://user.github.io/repo     under /repo/, as GitHub Pages will

Nothing is written. Scheduled briefs are shown. Ctrl-C ends it.";

const CHECK_EXAMPLES: &str = "\
Examples:
  dateline check
  dateline check --fix --strict
  dateline check --format json > problems.json

Does everything that build does except writing. On GitHub Actions each problem is also annotated
at its line.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a new site into a folder
    Init {
        /// Folder, made if it does not exist
        #[arg(value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
        directory: PathBuf,
        /// Copy the built-in theme to themes/NAME, to be changed; into a site that exists, that alone
        #[arg(long, value_name = "NAME")]
        theme: Option<String>,
    },
    /// Begin a brief: a draft with every part to fill in, under content/briefs/
    New {
        /// Title of the brief; its file name is made from it
        #[arg(value_name = "TITLE")]
        title: String,
    },
    /// Write the site to the output folder
    #[command(after_help = BUILD_EXAMPLES)]
    Build(BuildArguments),
    /// Show the site in a browser, and each save at once
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(ServeArguments),
    /// Find everything that is wrong with the site
    #[command(after_help = CHECK_EXAMPLES)]
    Check(CheckArguments),
    /// Make a style sheet of what is on standard input: for this program's own use
    #[command(hide = true, name = sass::COMMAND)]
    CompileSass,
    /// Print the completions of a shell
    Completion {
        /// Shell that they are for
        shell: Shell,
    },
    /// Print the licences of the grammars and colour schemes in this program
    Licenses,
}

#[derive(Debug, Args)]
struct BuildArguments {
    /// Address of the site, instead of base_url of the configuration
    #[arg(short = 'u', long, value_name = "URL", value_parser = site_address)]
    base_url: Option<String>,
    /// Folder to write to, seen from where you are, instead of output_dir
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    output_dir: Option<PathBuf>,
    /// Build around files in the output folder that are not Dateline's, and leave them
    #[arg(short, long)]
    force: bool,
    /// Write pages without what a browser does not miss
    #[arg(long)]
    minify: bool,
    #[command(flatten)]
    time: TimeArguments,
}

/// Refuses what the configuration would refuse, before a file is blamed for it.
fn site_address(text: &str) -> Result<String, String> {
    match session::is_site_address(text) {
        true => Ok(text.to_owned()),
        false => {
            Err("write a whole address without `?` and `#`: `https://example.org/news`".into())
        }
    }
}

#[derive(Debug, Args)]
struct CheckArguments {
    /// Write the ids that briefs and predictions lack
    #[arg(long)]
    fix: bool,
    /// Take every warning for an error
    #[arg(long)]
    strict: bool,
    /// How to print what is found
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    #[command(flatten)]
    time: TimeArguments,
    #[arg(long, hide = true)]
    skip_external_links: bool,
}

/// How `check` prints what it found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, with an excerpt of the file
    Text,
    /// One JSON array on standard output
    Json,
}

#[derive(Debug, Args)]
struct TimeArguments {
    /// Include drafts
    #[arg(long)]
    drafts: bool,
    /// Date (its first moment in the site's time zone) or moment to take for now; SOURCE_DATE_EPOCH
    /// is the default, the clock if that is not set
    #[arg(long, value_name = "TIME", value_parser = Now::parse)]
    now: Option<Now>,
}

#[derive(Debug, Args)]
struct ServeArguments {
    /// Address of the network interface to listen on
    #[arg(short, long, value_name = "IP", default_value = "127.0.0.1")]
    interface: IpAddr,
    /// Port to listen on; without it 1111, or the next one that is free
    #[arg(short, long, value_name = "PORT")]
    port: Option<u16>,
    /// Serve under the path of this address
    #[arg(short = 'u', long, value_name = "URL")]
    base_url: Option<String>,
    /// Open the site in the browser
    #[arg(short = 'O', long)]
    open: bool,
    /// Show the page of the file that was saved, whichever page is open
    #[arg(long)]
    navigate: bool,
    /// Program that opens files from the browser, `code` for example; without it VISUAL or EDITOR, if
    /// that has a window of its own. {file}, {line} and {column} stand for the place
    #[arg(long, value_name = "COMMAND")]
    editor: Option<String>,
    #[command(flatten)]
    time: TimeArguments,
    #[command(flatten)]
    unneeded: UnneededServeArguments,
}

/// Flags that `zola serve` has and that mean nothing here.
#[derive(Debug, Args)]
struct UnneededServeArguments {
    #[arg(short, long, hide = true)]
    fast: bool,
    #[arg(long, hide = true)]
    store_html: bool,
    #[arg(long, hide = true)]
    no_port_append: bool,
    #[arg(long, hide = true)]
    force: bool,
    #[arg(short, long, hide = true, value_name = "MILLISECONDS")]
    debounce: Option<u64>,
    #[arg(short, long, hide = true, value_name = "DIR")]
    output_dir: Option<PathBuf>,
    #[arg(long, hide = true, value_name = "PATH")]
    extra_watch_path: Vec<PathBuf>,
}

impl UnneededServeArguments {
    /// Each flag that was given, with the reason why it does nothing.
    fn given(&self) -> Vec<(&'static str, &'static str)> {
        let all = [
            (self.fast, "--fast", "only what changed is ever made again"),
            (self.store_html, "--store-html", "`serve` writes nothing"),
            (self.force, "--force", "`serve` writes nothing"),
            (
                self.output_dir.is_some(),
                "--output-dir",
                "`serve` writes nothing",
            ),
            (
                self.no_port_append,
                "--no-port-append",
                "links lead to the address that is served",
            ),
            (
                self.debounce.is_some(),
                "--debounce",
                "a rebuild waits only until files are quiet",
            ),
            (
                !self.extra_watch_path.is_empty(),
                "--extra-watch-path",
                "everything that a build reads is watched",
            ),
        ];
        let given = all.into_iter().filter(|(given, ..)| *given);
        given.map(|(_, flag, reason)| (flag, reason)).collect()
    }
}

/// Runs the program and says its exit status: 0 done, 1 errors, 2 bad usage.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let line = match CommandLine::try_parse_from(arguments) {
        Ok(line) => line,
        Err(usage) => {
            // Nothing is left to be told if the terminal is gone.
            let _ = usage.print();
            return ExitCode::from(u8::from(usage.use_stderr()) * 2);
        }
    };
    match dispatch(line) {
        Ok(Done::Clean) => ExitCode::SUCCESS,
        Ok(Done::SiteHasErrors) => ExitCode::from(1),
        Err(failure) if is_broken_pipe(&failure) => ExitCode::SUCCESS,
        Err(failure) => {
            let reason = format!("{failure:#}");
            eprintln!("error: {}", report::one_line(&reason));
            ExitCode::from(1)
        }
    }
}

/// How a command ended that the world did not stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Clean,
    /// They were printed, and nothing was written.
    SiteHasErrors,
}

fn dispatch(line: CommandLine) -> anyhow::Result<Done> {
    let CommandLine {
        root,
        config,
        command,
    } = line;
    let options = |mode, time: TimeArguments| session::Options {
        root: root.clone(),
        config: config.clone(),
        base_url: None,
        output_dir: None,
        minify: false,
        drafts: time.drafts,
        scheduled: false,
        mode,
        now: time.now,
        program: sass::program(),
    };
    match command {
        Command::Init { directory, theme } => {
            let directory = within(&root, directory);
            match theme {
                None => init::run(&directory),
                Some(theme) => init::run_with_theme(&directory, &theme),
            }
        }
        Command::New { title } => new::run(&session::find(&root, config.as_deref())?, &title),
        Command::Build(given) => {
            let options = session::Options {
                base_url: given.base_url,
                output_dir: given.output_dir,
                minify: given.minify,
                ..options(Mode::Build, given.time)
            };
            build::run(&options, given.force)
        }
        Command::Check(given) => {
            if given.skip_external_links {
                note_unneeded("--skip-external-links", "`check` never uses the network");
            }
            let wanted = check::Wanted {
                fix: given.fix,
                strict: given.strict,
                json: given.format == Format::Json,
            };
            check::run(&options(Mode::Check, given.time), wanted)
        }
        Command::Serve(given) => {
            for (flag, reason) in given.unneeded.given() {
                note_unneeded(flag, reason);
            }
            let wanted = serve::Wanted {
                interface: given.interface,
                port: given.port,
                base_url: given.base_url,
                open: given.open,
                navigate: given.navigate,
                editor: given.editor,
            };
            let options = session::Options {
                scheduled: true,
                ..options(Mode::Serve, given.time)
            };
            serve::run(options, &wanted)
        }
        Command::CompileSass => sass::run(),
        Command::Completion { shell } => completion(shell),
        Command::Licenses => licenses(),
    }
}

/// A path below the root, as a user would write it.
fn within(root: &Path, path: PathBuf) -> PathBuf {
    match root == Path::new(".") {
        true => path,
        false => root.join(path),
    }
}

fn note_unneeded(flag: &str, reason: &str) {
    eprintln!("note: `{flag}` is Zola's and not needed: {reason}");
}

fn licenses() -> anyhow::Result<Done> {
    print_line(highlight::licenses().trim_end())?;
    Ok(Done::Clean)
}

fn completion(shell: Shell) -> anyhow::Result<Done> {
    // Made in memory first: the generator panics where a pipe is closed.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut CommandLine::command(), "dateline", &mut script);
    io::stdout().write_all(&script)?;
    Ok(Done::Clean)
}

/// A variable of the environment, if it is set and text.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the environment is read"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Prints a line that is the result of a command.
fn print_line(line: &str) -> anyhow::Result<()> {
    writeln!(io::stdout(), "{line}")?;
    Ok(())
}

/// `dateline check | head` ends quietly.
fn is_broken_pipe(failure: &anyhow::Error) -> bool {
    failure
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// What a lock guards. A thread that panicked while it held the lock left nothing half done: what
/// goes in goes in whole.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
