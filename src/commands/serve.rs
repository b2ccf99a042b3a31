//! `dateline serve`: shows the site in a browser, and each save at once.

use std::collections::HashSet;
use std::io;
use std::io::{IsTerminal, Write};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::Context;
use url::Url;

use super::pace::{Act, Verdict};
use super::progress;
use super::report::{self, plural};
use super::server::{Preview, Snapshot};
use super::session::{self, Folder, Looked, Memo, Options, Previewed};
use super::watch::Watch;
use super::{Done, print_line, variable};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::disk::{Changes, Hints};

/// What was asked of `serve`.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub interface: IpAddr,
    pub port: Option<u16>,
    pub base_url: Option<String>,
    pub open: bool,
}

/// Zola's port.
const PORT: u16 = 1111;
/// So many ports after the first are tried.
const PORTS_TRIED: u16 = 100;

/// Serves until Ctrl-C.
pub fn run(options: Options, wanted: &Wanted) -> anyhow::Result<Done> {
    let folder = session::find(&options.root, options.config.as_deref())?;
    let base_path = base_path(wanted.base_url.as_deref())?;
    let listener = listen(wanted.interface, wanted.port)?;
    let origin = origin(listener.local_addr()?);
    let options = Options {
        base_url: Some(format!("{origin}{base_path}")),
        ..options
    };
    let preview = {
        let folder = folder.clone();
        let report = move |problems: Diagnostics| {
            let problems = problems.sorted();
            print(&problems, &folder);
            for_browser(&problems, &folder)
        };
        Preview::new(&base_path, wanted.interface, Box::new(report))
    };
    let runtime = tokio::runtime::Runtime::new().context("cannot start the server")?;
    let server = runtime.spawn(preview.clone().serve(listener));
    let address = format!("{origin}{base_path}/");
    std::thread::spawn(move || rebuild_for_ever(&folder, &options, &preview));
    print_line(&format!("serving {address} (Ctrl-C ends it)"))?;
    if wanted.open {
        open(&address);
    }
    let ended = runtime.block_on(async {
        tokio::select! {
            ended = server => ended.map_err(io::Error::other).and_then(|served| served),
            pressed = tokio::signal::ctrl_c() => pressed,
        }
    });
    // Browsers keep their event streams open; nothing is lost by cutting them off.
    runtime.shutdown_background();
    ended.context("the server failed")?;
    Ok(Done::Clean)
}

/// Makes the site, and makes it again after each change.
fn rebuild_for_ever(folder: &Folder, options: &Options, preview: &Preview) {
    let output = session::output_dir(folder, options);
    let mut watch = Watch::new(&folder.root, &output);
    let mut showing = Showing::new(folder, options, preview);
    showing.settle(&Hints::All);
    let mut was_told = true;
    loop {
        watch.follow(session::folders(folder, &showing.memo));
        if was_told && !watch.is_told() {
            eprintln!("note: the system cannot tell of changes; files are looked at every second");
        }
        was_told = watch.is_told();
        match watch.wait() {
            Act::Try(paths) => watch.tried(showing.attempt(&Hints::Paths(paths))),
            Act::Settle(hints) => showing.settle(&hints),
            Act::Compare => watch.compare(session::comparison(options, &showing.memo)),
        }
    }
}

/// What is shown, and what is known of what is not shown yet.
///
/// Hints come in, and what comes of them goes to the preview and is told in one line. It does not
/// matter who gives the hints, or when.
pub struct Showing<'a> {
    folder: &'a Folder,
    options: &'a Options,
    preview: &'a Preview,
    memo: Memo,
    /// What was found wrong with what is shown, and with what kept it from being shown.
    last: Vec<Diagnostic>,
    /// Why the disk kept the site from being read, if it did.
    failure: Option<String>,
    /// Read since something was shown.
    changes: Changes,
    /// Made of all the changes, and doubtful.
    held: Option<Made>,
    is_first: bool,
}

/// A site that can be shown, if there is one, and what is wrong with it.
struct Made {
    previewed: Option<Previewed>,
    problems: Vec<Diagnostic>,
}

impl<'a> Showing<'a> {
    /// Shows nothing yet: [`Showing::settle`] with [`Hints::All`] is to follow.
    pub fn new(folder: &'a Folder, options: &'a Options, preview: &'a Preview) -> Showing<'a> {
        Showing {
            folder,
            options,
            preview,
            memo: Memo::default(),
            last: Vec::new(),
            failure: None,
            changes: Changes::default(),
            held: None,
            is_first: true,
        }
    }

    /// Shows what became of the site unless that may be the middle of a save.
    pub fn attempt(&mut self, hints: &Hints) -> Verdict {
        let started = Instant::now();
        let Ok(looked) = self.look(hints) else {
            return Verdict::Doubtful;
        };
        if self.changes.is_doubtful() {
            return Verdict::Doubtful;
        }
        if self.is_up_to_date() {
            return Verdict::Good;
        }
        let Ok(made) = self.make(looked) else {
            return Verdict::Doubtful;
        };
        if has_new_error(&made.problems, &self.last) {
            self.held = Some(made);
            return Verdict::Doubtful;
        }
        self.show(made, started);
        Verdict::Good
    }

    /// Shows what became of the site, whatever that is.
    pub fn settle(&mut self, hints: &Hints) {
        let started = Instant::now();
        let looked = self.look(hints);
        if looked.is_ok() && self.is_up_to_date() {
            return;
        }
        match looked.and_then(|looked| self.make(looked)) {
            Ok(made) => self.show(made, started),
            Err(failure) => self.fail(&failure),
        }
    }

    fn look(&mut self, hints: &Hints) -> anyhow::Result<Looked> {
        let mut changes = Changes::default();
        let looked = session::look(self.options, &mut self.memo, hints, &mut changes);
        if !changes.is_empty() {
            self.held = None;
        }
        self.changes.extend(changes);
        looked
    }

    fn is_up_to_date(&self) -> bool {
        self.changes.is_empty() && self.failure.is_none() && !self.is_first
    }

    fn make(&mut self, looked: Looked) -> anyhow::Result<Made> {
        match self.held.take() {
            Some(made) => Ok(made),
            None => session::snapshot(looked, &mut self.memo).map(Made::from),
        }
    }

    fn fail(&mut self, failure: &anyhow::Error) {
        let failure = format!("error: {}\n", report::one_line(&format!("{failure:#}")));
        if self.failure.as_ref() != Some(&failure) {
            eprint!("{failure}");
            self.preview.publish(None, Some(failure.clone()));
        }
        self.failure = Some(failure);
    }

    fn show(&mut self, made: Made, started: Instant) {
        let Made {
            previewed,
            problems,
        } = made;
        let errors = errors(&problems);
        // Warnings that were there before this save are not said again after it.
        if !errors.is_empty() || problems != self.last {
            print(&problems, self.folder);
        }
        let drafts = not_shown(previewed.as_ref().map_or(0, |previewed| previewed.drafts));
        let snapshot = previewed.map(|previewed| previewed.snapshot);
        let changes = match std::mem::take(&mut self.is_first) {
            true => Changes::default(),
            false => std::mem::take(&mut self.changes),
        };
        let line = line(&changes, snapshot.as_ref());
        let took = progress::duration(started.elapsed());
        match (&snapshot, errors.is_empty()) {
            (Some(_), true) => eprintln!("{line}, ready in {took}{drafts}"),
            (Some(_), false) => {
                eprintln!("{line}, ready in {took} except for what has errors{drafts}");
            }
            (None, _) => eprintln!("{line}, not shown because of errors ({took})"),
        }
        let shown = (!errors.is_empty()).then(|| for_browser(&errors, self.folder));
        self.preview.publish(snapshot, shown);
        self.last = problems;
        self.failure = None;
        self.changes = Changes::default();
    }
}

impl From<(Option<Previewed>, Diagnostics)> for Made {
    fn from((previewed, problems): (Option<Previewed>, Diagnostics)) -> Made {
        Made {
            previewed,
            problems: problems.sorted(),
        }
    }
}

/// Whether there is an error that was not there before; it may have moved.
fn has_new_error(problems: &[Diagnostic], before: &[Diagnostic]) -> bool {
    let key = |d: &Diagnostic| (d.code, d.place.file.clone(), d.message.clone());
    let is_error = |d: &&Diagnostic| d.severity == Severity::Error;
    let known: HashSet<_> = before.iter().filter(is_error).map(key).collect();
    let mut errors = problems.iter().filter(is_error);
    errors.any(|error| !known.contains(&key(error)))
}

/// What happened, in one line: `content/briefs/x.md and 2 more files changed`.
fn line(changes: &Changes, snapshot: Option<&Snapshot>) -> String {
    let mut files = changes.files();
    let Some(first) = files.next() else {
        return match snapshot {
            Some(snapshot) => plural(snapshot.addresses.len(), "file"),
            None => "the site".into(),
        };
    };
    let name = report::one_line(first);
    match files.len() {
        0 => format!("{name} changed"),
        more => format!("{name} and {} changed", plural(more, "more file")),
    }
}

/// What is left out unless `--drafts` is given: nothing, or `; 1 draft not shown, …`.
fn not_shown(drafts: usize) -> String {
    match drafts {
        0 => String::new(),
        1 => "; 1 draft not shown, --drafts shows it".into(),
        more => format!("; {} not shown, --drafts shows them", plural(more, "draft")),
    }
}

fn errors(problems: &[Diagnostic]) -> Vec<Diagnostic> {
    let errors = problems.iter().filter(|p| p.severity == Severity::Error);
    errors.cloned().collect()
}

/// Prints diagnostics; a terminal that was closed does not end the preview.
fn print(problems: &[Diagnostic], folder: &Folder) {
    let stderr = io::stderr();
    let color = report::wants_color(stderr.is_terminal(), variable);
    let text = report::in_short(problems, &folder.texts(), color);
    let _ = stderr.lock().write_all(text.as_bytes());
}

fn for_browser(problems: &[Diagnostic], folder: &Folder) -> String {
    report::for_people(problems, &folder.texts(), false)
}

/// The path under which the site is served: that of the address given, or none.
fn base_path(base_url: Option<&str>) -> anyhow::Result<String> {
    let Some(given) = base_url else {
        return Ok(String::new());
    };
    // Zola takes addresses without a scheme, and a path alone is clear enough.
    let whole = match given {
        given if given.contains("://") => given.to_owned(),
        given if given.starts_with('/') => format!("http://localhost{given}"),
        given => format!("http://{given}"),
    };
    let url = Url::parse(&whole).with_context(|| format!("`{given}` is not an address"))?;
    Ok(url.path().trim_end_matches('/').to_owned())
}

fn listen(interface: IpAddr, port: Option<u16>) -> anyhow::Result<TcpListener> {
    let first = port.unwrap_or(PORT);
    let last = match port {
        Some(port) => port,
        None => first + PORTS_TRIED,
    };
    for port in first..=last {
        match TcpListener::bind(SocketAddr::new(interface, port)) {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && port < last => {}
            Err(error) => {
                let at = SocketAddr::new(interface, port);
                return Err(error).with_context(|| format!("cannot listen on {at}"));
            }
        }
    }
    unreachable!("the last port was bound or refused")
}

/// The address that a browser on this machine uses.
fn origin(at: SocketAddr) -> String {
    let port = at.port();
    match at.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => format!("http://127.0.0.1:{port}"),
        IpAddr::V6(ip) if ip.is_unspecified() => format!("http://[::1]:{port}"),
        ip => format!("http://{}", SocketAddr::new(ip, port)),
    }
}

/// Opens the browser, or says why it cannot.
fn open(address: &str) {
    let program = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    let started = Command::new(program)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    match started {
        // It is waited for elsewhere, so that it does not stay behind as a zombie.
        Ok(mut child) => drop(std::thread::spawn(move || child.wait())),
        Err(error) => eprintln!("note: cannot open the browser with `{program}`: {error}"),
    }
}
