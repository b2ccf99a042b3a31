//! `dateline serve`: shows the site in a browser, and each save at once.

use std::collections::HashSet;
use std::io;
use std::io::{IsTerminal, Write};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::Context;
use url::Url;

use super::checking::Checker;
use super::editor::{self, Editor};
use super::pace::{Act, Verdict};
use super::progress;
use super::report::{self, Problems, Shown, plural};
use super::server::{Preview, Published, Setup, Shows, Snapshot, origin};
use super::session::{self, Folder, Looked, Memo, Options, Previewed};
use super::watch::{Waker, Watch};
use super::{Done, held, print_line, variable};
use crate::address::Address;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::disk::{Changes, Hints};

/// What was asked of `serve`.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub interface: IpAddr,
    pub port: Option<u16>,
    pub base_url: Option<String>,
    pub open: bool,
    /// Whether the page of a file that is saved is opened.
    pub navigate: bool,
    /// The command of an editor.
    pub editor: Option<String>,
}

/// What is shown before its time: as the command line says, until a page wants it otherwise.
pub type Wishes = Arc<Mutex<Shows>>;

/// What was found wrong with what is shown, and with what kept it from being shown, as the terminal
/// was told.
pub type Said = Arc<Mutex<Vec<Diagnostic>>>;

/// Zola's port.
const PORT: u16 = 1111;
/// So many ports after the first are tried.
const PORTS_TRIED: u16 = 100;
/// A site that takes longer to be read has a page that says so.
const PATIENCE: Duration = Duration::from_secs(5);

/// Serves until Ctrl-C.
pub fn run(options: Options, wanted: &Wanted) -> anyhow::Result<Done> {
    let folder = session::find(&options.root, options.config.as_deref())?;
    let site = site_address(wanted.base_url.as_deref())?;
    let base_path = site.as_ref().map_or("", |site| site.path());
    let base_path = base_path.trim_end_matches('/').to_owned();
    let listener = listen(wanted.interface, wanted.port)?;
    let at = listener.local_addr()?;
    let origin = origin(at);
    let address = format!("{origin}{base_path}/");
    let options = Options {
        base_url: Some(format!("{origin}{base_path}")),
        ..options
    };
    let wishes = Wishes::new(Mutex::new(Shows {
        drafts: options.drafts,
        scheduled: options.scheduled,
    }));
    let said = Said::default();
    let watch = Watch::new(&folder.root, &session::output_dir(&folder));
    let preview = Preview::new(Setup {
        base_path,
        at,
        interface: wanted.interface,
        site,
        editor: Editor::new(&folder.root, wanted.editor.as_deref(), variable),
        patience: PATIENCE,
        report: report(folder.clone(), said.clone()),
        show: show(wishes.clone(), watch.waker()),
    });
    let runtime = tokio::runtime::Runtime::new().context("cannot start the server")?;
    let server = runtime.spawn(preview.clone().serve(listener));
    let navigate = wanted.navigate;
    std::thread::spawn(move || {
        let asked = Asked {
            folder,
            options,
            wishes,
            said,
            navigate,
            tell,
        };
        rebuild_for_ever(&asked, &preview, watch);
    });
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

/// What is done with mistakes that only making a page found.
fn report(folder: Folder, said: Said) -> super::server::Report {
    Box::new(move |problems| {
        let problems = problems.sorted();
        let said = held(&said);
        let is_new = |p: &Diagnostic| {
            !said
                .iter()
                .any(|s| (s.code, &s.place) == (p.code, &p.place))
        };
        let new: Vec<Diagnostic> = problems.iter().filter(|p| is_new(p)).cloned().collect();
        drop(said);
        tell(&in_short(&new, &folder));
        Problems::new(&problems, &folder.texts())
    })
}

/// What is done when a page wants something else to be shown.
fn show(wishes: Wishes, waker: Waker) -> super::server::Show {
    Box::new(move |wish| {
        *held(&wishes) = wish;
        waker.wake();
    })
}

/// What each rebuild begins with.
pub struct Asked {
    pub folder: Folder,
    pub options: Options,
    pub wishes: Wishes,
    pub said: Said,
    /// Whether the page of a file that is saved is opened.
    pub navigate: bool,
    /// Takes what is said in the terminal, in whole lines.
    pub tell: fn(&str),
}

/// Makes the site, and makes it again after each change.
fn rebuild_for_ever(asked: &Asked, preview: &Preview, mut watch: Watch) {
    let mut showing = Showing::new(asked, preview);
    showing.checker = Some(Checker::new(watch.waker()));
    showing.settle(&Hints::All);
    let mut was_told = true;
    loop {
        watch.follow(session::folders(&asked.folder, &showing.memo));
        if was_told && !watch.is_told() {
            tell("note: the system cannot tell of changes; files are looked at every second\n");
        }
        was_told = watch.is_told();
        match watch.wait() {
            Act::Try(paths) => watch.tried(showing.attempt(&Hints::Paths(paths))),
            Act::Settle(hints) => showing.settle(&hints),
            Act::Compare => watch.compare(showing.comparison()),
        }
    }
}

/// What is shown, and what is known of what is not shown yet.
///
/// Hints come in, and what comes of them goes to the preview and is told in one line. It does not
/// matter who gives the hints, or when.
pub struct Showing<'a> {
    /// What the next rebuild begins with.
    pub asked: &'a Asked,
    preview: &'a Preview,
    memo: Memo,
    /// What is shown before its time.
    shows: Shows,
    /// Makes pages that nobody has opened, if that is wanted.
    checker: Option<Checker>,
    /// Pages that could not be made, one for each mistake.
    failing: Vec<Address>,
    /// Whether `failing` was found after the site was shown.
    has_news: bool,
    /// Why the disk kept the site from being read, if it did.
    failure: Option<String>,
    /// Read since something was shown.
    changes: Changes,
    /// Made of all the changes, and doubtful.
    held: Option<Made>,
    /// Whether a page wants something else to be shown than what is.
    has_other_wishes: bool,
    is_first: bool,
    shown: Shown,
}

/// A site that can be shown, if there is one, and what is wrong with it.
struct Made {
    previewed: Option<Previewed>,
    problems: Vec<Diagnostic>,
}

impl<'a> Showing<'a> {
    /// Shows nothing yet: [`Showing::settle`] with [`Hints::All`] is to follow.
    pub fn new(asked: &'a Asked, preview: &'a Preview) -> Showing<'a> {
        Showing {
            asked,
            preview,
            memo: Memo::default(),
            shows: asked.shows(),
            checker: None,
            failing: Vec::new(),
            has_news: false,
            failure: None,
            changes: Changes::default(),
            held: None,
            has_other_wishes: false,
            is_first: true,
            shown: Shown::default(),
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
        if has_new_error(&made.problems, &held(&self.asked.said)) {
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

    /// A comparison of the site with what was read of it, to be made anywhere.
    pub fn comparison(&self) -> impl FnOnce() -> Vec<PathBuf> + use<> {
        session::comparison(&self.asked.options, &self.memo)
    }

    fn look(&mut self, hints: &Hints) -> anyhow::Result<Looked> {
        if let Some(failing) = self.checker.as_ref().and_then(Checker::news) {
            self.failing = failing;
            self.has_news = true;
            self.held = None;
        }
        let mut changes = Changes::default();
        let shows = self.asked.shows();
        if shows != self.shows {
            self.shows = shows;
            self.has_other_wishes = true;
            self.held = None;
        }
        let options = Options {
            drafts: shows.drafts,
            scheduled: shows.scheduled,
            ..self.asked.options.clone()
        };
        let looked = session::look(&options, &mut self.memo, hints, &mut changes);
        if !changes.is_empty() {
            self.held = None;
        }
        self.changes.extend(changes);
        looked
    }

    fn is_up_to_date(&self) -> bool {
        let is_same = self.changes.is_empty() && !self.has_other_wishes && !self.has_news;
        is_same && self.failure.is_none() && !self.is_first
    }

    fn make(&mut self, looked: Looked) -> anyhow::Result<Made> {
        if let Some(made) = self.held.take() {
            return Ok(made);
        }
        if let Some(checker) = &self.checker {
            checker.stop();
        }
        let (previewed, mut problems) = session::snapshot(looked, &mut self.memo)?;
        if let Some(Previewed { snapshot, .. }) = &previewed {
            // What failed and still does is wrong from the start, so that it never flickers.
            self.failing.retain(|address| {
                let failed = (snapshot.render)(address).err();
                let is_failing = failed.as_ref().is_some_and(Diagnostics::has_errors);
                problems.extend(failed.into_iter().flat_map(Diagnostics::into_vec));
                is_failing
            });
        }
        Ok(Made {
            previewed,
            problems: problems.sorted(),
        })
    }

    fn fail(&mut self, failure: &anyhow::Error) {
        let failure = report::one_line(&format!("{failure:#}")).into_owned();
        if self.failure.as_ref() != Some(&failure) {
            (self.asked.tell)(&format!("error: {failure}\n"));
            self.preview.publish(Published {
                problems: Problems::failure(&failure),
                shows: self.shows,
                ..Published::default()
            });
        }
        self.failure = Some(failure);
    }

    fn show(&mut self, made: Made, started: Instant) {
        let Made {
            previewed,
            problems,
        } = made;
        let drafts = not_shown(previewed.as_ref().map_or(0, |previewed| previewed.drafts));
        let (snapshot, check) = previewed.map(|p| (p.snapshot, p.check)).unzip();
        let is_news = self.has_news && self.changes.is_empty() && !self.has_other_wishes;
        let changes = match std::mem::take(&mut self.is_first) {
            true => Changes::default(),
            false => std::mem::take(&mut self.changes),
        };
        let line = line(&changes, snapshot.as_ref());
        let of_changes = snapshot.as_ref().map(|s| pages_of(&changes, s));
        let took = progress::duration(started.elapsed());
        let (has_snapshot, has_errors) = (snapshot.is_some(), has_errors(&problems));
        let folder = &self.asked.folder;
        let has_changed = |file: &str| changes.has(file);
        let shown = self.shown.follow(&problems, has_changed, &folder.texts());
        self.preview.publish(Published {
            snapshot,
            problems: shown,
            shows: self.shows,
            saved: self.asked.saved(&changes),
        });
        // Warnings that were there before this save are not said again after it.
        let mut said = held(&self.asked.said);
        if is_news {
            let is_new = |problem: &&Diagnostic| !said.contains(problem);
            let new: Vec<Diagnostic> = problems.iter().filter(is_new).cloned().collect();
            (self.asked.tell)(&in_short(&new, folder));
        } else if has_errors || problems != *said {
            (self.asked.tell)(&in_short(&problems, folder));
        }
        let outcome = match (has_snapshot, has_errors) {
            (true, false) => format!("{line}, ready in {took}{drafts}\n"),
            (true, true) => format!("{line}, ready in {took} except for what has errors{drafts}\n"),
            (false, _) => format!("{line}, not shown because of errors ({took})\n"),
        };
        if !is_news {
            (self.asked.tell)(&outcome);
        }
        if let (Some(checker), Some(check)) = (&self.checker, check) {
            checker.start(check, &self.failing, of_changes.unwrap_or_default());
        }
        *said = problems;
        drop(said);
        self.failure = None;
        self.has_news = false;
        self.changes = Changes::default();
        self.has_other_wishes = false;
    }
}

impl Asked {
    fn shows(&self) -> Shows {
        *held(&self.wishes)
    }

    /// The article whose page shall be opened, from the root of the site.
    fn saved(&self, changes: &Changes) -> Option<String> {
        let mut articles = changes.files().filter(|file| file.ends_with(".md"));
        let saved = articles.next().map(ToString::to_string);
        saved.filter(|_| self.navigate)
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

/// The pages of the files that changed, as far as a file has one of its own.
fn pages_of(changes: &Changes, snapshot: &Snapshot) -> Vec<Address> {
    let found = changes
        .files()
        .filter_map(|file| (snapshot.find_file)(file));
    found.filter_map(|file| file.address).collect()
}

/// What happened, in one line: `content/briefs/x.md and 2 more files changed`.
fn line(changes: &Changes, snapshot: Option<&Snapshot>) -> String {
    let mut files = changes.files();
    let Some(first) = files.next() else {
        return match snapshot {
            Some(snapshot) => plural(snapshot.plan.pages().len(), "file"),
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

fn has_errors(problems: &[Diagnostic]) -> bool {
    problems.iter().any(|p| p.severity == Severity::Error)
}

/// Diagnostics as the terminal shows them.
fn in_short(problems: &[Diagnostic], folder: &Folder) -> String {
    let color = report::wants_color(io::stderr().is_terminal(), variable);
    report::in_short(problems, &folder.texts(), color)
}

/// Says something in the terminal; one that was closed does not end the preview.
fn tell(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// The address that the site is shown at, of which the server takes the path.
fn site_address(base_url: Option<&str>) -> anyhow::Result<Option<Url>> {
    let Some(given) = base_url else {
        return Ok(None);
    };
    // Zola takes addresses without a scheme, and a path alone is clear enough.
    let whole = match given {
        given if given.contains("://") => given.to_owned(),
        given if given.starts_with('/') => format!("http://localhost{given}"),
        given => format!("http://{given}"),
    };
    let url = Url::parse(&whole).with_context(|| format!("`{given}` is not an address"))?;
    Ok(Some(url))
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

/// Opens the browser, or says why it cannot.
fn open(address: &str) {
    let program = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    if let Err(error) = editor::start(program, &[address.to_owned()]) {
        eprintln!("note: cannot open the browser with `{program}`: {error}");
    }
}
