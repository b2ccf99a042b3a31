//! `dateline serve`: shows the site in a browser, and each save at once.

use std::io;
use std::io::{IsTerminal, Write};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::Context;
use url::Url;

use super::editor::Editor;
use super::progress;
use super::report::{self, Problems, plural};
use super::server::{Preview, Published, Setup, Shows, Snapshot, origin};
use super::session::{self, Folder, Memo, Options};
use super::watch::{Waker, Watch};
use super::{Done, print_line, variable};
use crate::diagnostic::{Diagnostic, Severity};

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
type Wishes = Arc<Mutex<Shows>>;

/// Zola's port.
const PORT: u16 = 1111;
/// So many ports after the first are tried.
const PORTS_TRIED: u16 = 100;

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
    let watch = watch(&folder, &options);
    let preview = Preview::new(Setup {
        base_path,
        at,
        interface: wanted.interface,
        site,
        editor: Editor::new(&folder.root, wanted.editor.as_deref(), variable),
        report: report(folder.clone()),
        show: show(wishes.clone(), watch.waker()),
    });
    let runtime = tokio::runtime::Runtime::new().context("cannot start the server")?;
    let server = runtime.spawn(preview.clone().serve(listener));
    let navigate = wanted.navigate;
    std::thread::spawn(move || {
        let rebuild = Rebuild {
            folder,
            options,
            wishes,
            navigate,
        };
        rebuild.for_ever(&preview, watch);
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

/// Begins to watch the site.
fn watch(folder: &Folder, options: &Options) -> Watch {
    let output = session::output_dir(folder, options);
    let watch = Watch::new(&folder.root, &folder.config, &output);
    if !watch.is_told() {
        eprintln!("note: the system cannot tell of changes; files are looked at every second");
    }
    watch
}

/// What is done with mistakes that only making a page found.
fn report(folder: Folder) -> super::server::Report {
    Box::new(move |problems| {
        let problems = problems.sorted();
        print(&problems, &folder);
        Problems::new(&problems, &folder.texts())
    })
}

/// What is done when a page wants something else to be shown.
fn show(wishes: Wishes, waker: Waker) -> super::server::Show {
    Box::new(move |wish| {
        *wishes.lock().unwrap_or_else(PoisonError::into_inner) = wish;
        waker.wake();
    })
}

/// What each rebuild begins with.
struct Rebuild {
    folder: Folder,
    options: Options,
    wishes: Wishes,
    navigate: bool,
}

impl Rebuild {
    /// Makes the site, and makes it again after each change.
    fn for_ever(&self, preview: &Preview, mut watch: Watch) {
        let folder = &self.folder;
        let mut memo = Memo::default();
        let mut changed = Vec::new();
        let mut last = Vec::new();
        loop {
            let started = Instant::now();
            let shows = *self.wishes.lock().unwrap_or_else(PoisonError::into_inner);
            let made = session::snapshot(&self.options_for(shows), &mut memo);
            let (previewed, problems) = match made {
                Ok((previewed, problems)) => (previewed, problems.sorted()),
                Err(failure) => {
                    let failure = report::one_line(&format!("{failure:#}")).into_owned();
                    eprintln!("error: {failure}");
                    preview.publish(Published {
                        problems: Problems::failure(&failure),
                        shows,
                        ..Published::default()
                    });
                    changed = watch.wait();
                    continue;
                }
            };
            let drafts = not_shown(previewed.as_ref().map_or(0, |previewed| previewed.drafts));
            let snapshot = previewed.map(|previewed| previewed.snapshot);
            let line = line(folder, &changed, snapshot.as_ref());
            let took = progress::duration(started.elapsed());
            let (has_snapshot, has_errors) = (snapshot.is_some(), has_errors(&problems));
            preview.publish(Published {
                snapshot,
                problems: Problems::new(&problems, &folder.texts()),
                shows,
                saved: self.saved(&changed),
            });
            // Warnings that were there before this save are not said again after it.
            if has_errors || problems != last {
                print(&problems, folder);
            }
            match (has_snapshot, has_errors) {
                (true, false) => eprintln!("{line}, ready in {took}{drafts}"),
                (true, true) => {
                    eprintln!("{line}, ready in {took} except for what has errors{drafts}");
                }
                (false, _) => eprintln!("{line}, not shown because of errors ({took})"),
            }
            last = problems;
            changed = watch.wait();
        }
    }

    fn options_for(&self, shows: Shows) -> Options {
        Options {
            drafts: shows.drafts,
            scheduled: shows.scheduled,
            ..self.options.clone()
        }
    }

    /// The article whose page shall be opened, from the root of the site.
    fn saved(&self, changed: &[PathBuf]) -> Option<String> {
        let mut inside = changed.iter().filter_map(|path| {
            let inside = path.strip_prefix(&self.folder.root).unwrap_or(path);
            let is_article = inside.extension().is_some_and(|ending| ending == "md");
            is_article.then(|| inside.to_string_lossy().replace('\\', "/"))
        });
        self.navigate.then(|| inside.next()).flatten()
    }
}

/// What happened, in one line: `content/briefs/x.md and 2 more files changed`.
fn line(folder: &Folder, changed: &[PathBuf], snapshot: Option<&Snapshot>) -> String {
    let Some(first) = changed.first() else {
        return match snapshot {
            Some(snapshot) => plural(snapshot.addresses.len(), "file"),
            None => "the site".into(),
        };
    };
    let name = first.strip_prefix(&folder.root).unwrap_or(first);
    let name = report::one_line(&name.display().to_string()).into_owned();
    match changed.len() - 1 {
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

/// Prints diagnostics; a terminal that was closed does not end the preview.
fn print(problems: &[Diagnostic], folder: &Folder) {
    let stderr = io::stderr();
    let color = report::wants_color(stderr.is_terminal(), variable);
    let text = report::in_short(problems, &folder.texts(), color);
    let _ = stderr.lock().write_all(text.as_bytes());
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
