//! Where the commands meet the steps of a build: what to read, and what comes back.
//!
//! Everything that a command needs of the rest of the program goes through the functions of this
//! file; nothing else in `commands/` calls a step.
#![expect(
    clippy::disallowed_methods,
    reason = "this module reads the configuration and the files of excerpts"
)]

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::Context;
use jiff::tz::TimeZone;

use super::about;
use super::clock::{self, Now};
use super::progress::Progress;
use super::sass;
use super::server::Snapshot;
use super::{held, variable};
use crate::Planned;
use crate::address::Address;
use crate::config::highlighting::CodeFiles;
use crate::config::{Config, Mode, Overrides, Vocabulary};
use crate::content::{self, Article};
use crate::diagnostic::{Diagnostics, Place};
use crate::disk::{self, Changes, Hints, How, Opener, Staging, State, Version};
use crate::input::{FileBytes, Input, Preview};
use crate::pages::Page;
use crate::render::{Made, Output, OutputBody, Sink, memo, pictures, theme};
use crate::site::Hidden;
use crate::value::Value;

/// What the command line says about the site.
#[derive(Clone, Debug)]
pub struct Options {
    pub root: PathBuf,
    pub config: Option<PathBuf>,
    pub base_url: Option<String>,
    pub output_dir: Option<PathBuf>,
    pub minify: bool,
    pub drafts: bool,
    /// Whether briefs that are dated after now are shown.
    pub scheduled: bool,
    pub mode: Mode,
    pub now: Option<Now>,
    /// The program itself, for what it does in a process of its own; without it, in this one.
    pub program: Option<PathBuf>,
}

/// Where a site lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// The folder of the configuration, which is the root of the site.
    pub root: PathBuf,
    pub config: PathBuf,
}

/// What `build` did.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// `None`: not a site of briefs.
    pub briefs: Option<usize>,
    pub pages: usize,
    pub scheduled: usize,
    pub drafts: usize,
    pub output_dir: String,
    pub written: usize,
    pub unchanged: usize,
    pub deleted: usize,
    /// Why the output was replaced file by file rather than as a whole.
    pub in_place: Option<String>,
}

/// What the preview shows, and what it does not.
pub struct Previewed {
    pub snapshot: Snapshot,
    pub check: Check,
    /// Drafts that are not shown.
    pub drafts: usize,
}

/// What a server keeps from one rebuild to the next.
#[derive(Default)]
pub struct Memo {
    desk: Desk,
    steps: crate::Memo,
    /// The configuration that `steps` belongs to.
    config: ConfigFiles,
    pages: Arc<Mutex<Remembered>>,
}

/// Pages that were rendered for the preview, while they are right.
#[derive(Default)]
struct Remembered {
    pages: HashMap<Address, (memo::Remembered, Arc<[u8]>)>,
    /// Pictures that were made; the address stands for all that they are made of.
    pictures: HashMap<Address, Arc<[u8]>>,
    bytes: usize,
}

/// Rendered pages that the preview keeps; beyond that it begins anew.
const REMEMBERED_BYTES_MAX: usize = 64 << 20;

/// The names of a configuration, in the order in which they are looked for.
const CONFIG_NAMES: [&str; 2] = ["zola.toml", "config.toml"];

/// Finds the site in a folder or above it, as Zola does: where the configuration is.
pub fn find(root: &Path, config: Option<&Path>) -> anyhow::Result<Folder> {
    let names: Vec<&Path> = match config {
        Some(config) => vec![config],
        None => CONFIG_NAMES.iter().map(Path::new).collect(),
    };
    let whole = std::path::absolute(root)
        .with_context(|| format!("cannot find the folder `{}`", root.display()))?;
    for folder in whole.ancestors() {
        // A relative path stays one, so that messages are as short as what was typed.
        let root = if folder == whole { root } else { folder };
        let found = names.iter().map(|name| root.join(name));
        if let Some(config) = found.into_iter().find(|config| config.is_file()) {
            let root = root.to_owned();
            return Ok(Folder { root, config });
        }
    }
    let names: Vec<String> = names.iter().map(|n| n.display().to_string()).collect();
    let names = names.join(" or ");
    anyhow::bail!(
        "there is no {names} in `{}` or above it (`dateline init DIR` writes a new site)",
        root.display()
    )
}

impl Folder {
    /// The site's time zone, read from the configuration alone: `new` works even where that has
    /// errors in other places.
    pub fn time_zone(&self) -> anyhow::Result<TimeZone> {
        let text = std::fs::read_to_string(&self.config)
            .with_context(|| format!("cannot read `{}`", self.config.display()))?;
        let table: toml::Table = text
            .parse()
            .with_context(|| format!("cannot read `{}`", self.config.display()))?;
        let name = table
            .get("extra")
            .and_then(|extra| extra.get("dateline"))
            .and_then(|dateline| dateline.get("time_zone"))
            .and_then(toml::Value::as_str);
        match name {
            None => Ok(TimeZone::UTC),
            Some(name) => {
                TimeZone::get(name).with_context(|| format!("`{}`", self.config.display()))
            }
        }
    }

    /// Finds the texts of the site's files for excerpts, each read once.
    pub fn texts(&self) -> impl Fn(&str) -> Option<Arc<str>> + use<> {
        let root = self.root.clone();
        let known: RefCell<HashMap<String, Option<Arc<str>>>> = RefCell::default();
        move |file| {
            if let Some(text) = known.borrow().get(file) {
                return text.clone();
            }
            // Not UTF-8: the bytes are still worth an excerpt, and offsets before the first wrong
            // byte are right.
            let bytes = std::fs::read(root.join(file)).ok();
            let text = bytes.map(|bytes| Arc::from(String::from_utf8_lossy(&bytes)));
            known.borrow_mut().insert(file.to_owned(), text.clone());
            text
        }
    }
}

impl Folder {
    /// The way from the root of the git repository to the site: empty, or ending with a slash.
    pub fn from_repository(&self) -> String {
        let Ok(root) = self.root.canonicalize() else {
            return String::new();
        };
        let repository = root.ancestors().find(|folder| folder.join(".git").exists());
        let way = repository.and_then(|repository| root.strip_prefix(repository).ok());
        let mut out = String::new();
        for part in way.into_iter().flat_map(Path::components) {
            out.push_str(&part.as_os_str().to_string_lossy());
            out.push('/');
        }
        out
    }
}

/// Whether a configuration would take a text for its `base_url`.
pub fn is_site_address(text: &str) -> bool {
    let overrides = Overrides {
        base_url: Some(text.into()),
        ..Overrides::default()
    };
    let mut unused = Diagnostics::default();
    Config::parse("".into(), "", &overrides, &Value::None, &mut unused).is_some()
}

/// What was read of a site, kept so that it need not be read again.
#[derive(Default)]
struct Desk {
    reader: disk::Reader,
    config: Option<Parsed>,
    /// Whether hints were given that the reader has not followed.
    is_behind: bool,
}

/// A configuration that was parsed.
struct Parsed {
    file: Arc<str>,
    text: String,
    problems: Diagnostics,
    config: Option<Arc<Config>>,
    /// With what other files say.
    whole: Option<Whole>,
}

/// A configuration with what files beside it say.
struct Whole {
    /// What the theme sets.
    extra: Value,
    /// For the colours of code.
    code: Option<CodeFiles>,
    config: Arc<Config>,
    /// What is wrong with those files.
    problems: Diagnostics,
}

/// A site as it was read.
pub struct ReadSite {
    input: Input,
    root: PathBuf,
    /// The configuration, not parsed.
    config: ConfigFiles,
}

/// The text of the configuration, and the files for the colours of code that it names.
type ConfigFiles = (String, Option<CodeFiles>);

impl Desk {
    /// Reads a site; nothing if its configuration cannot be used. What differs from what was read
    /// before is added to the changes.
    fn read(
        &mut self,
        options: &Options,
        hints: &Hints,
        changes: &mut Changes,
        problems: &mut Diagnostics,
    ) -> anyhow::Result<Option<ReadSite>> {
        let is_behind = std::mem::replace(&mut self.is_behind, true);
        let source = disk::find_config(&options.root, options.config.as_deref())?;
        let overrides = Overrides {
            base_url: options.base_url.as_deref().map(Into::into),
            minify: options.minify,
            mode: options.mode,
        };
        let parsed = match &mut self.config {
            Some(known) if known.file == source.file && known.text == source.text => known,
            known => {
                let before = known.as_ref().map(|known| version(&known.text));
                changes.add(source.file.clone(), before, version(&source.text));
                known.insert(Parsed::new(&source, &overrides))
            }
        };
        problems.extend(parsed.problems.clone().into_vec());
        let Some(config) = parsed.config.clone() else {
            return Ok(None);
        };
        let reading = disk::Reading {
            root: &source.root,
            output_dir: &output_folder(options, &source.root, &config),
            embedded: &theme::embedded(),
            now: clock::now(options.now, &config.dateline.time_zone)?,
            preview: Preview {
                drafts: options.drafts,
                scheduled: options.scheduled,
            },
        };
        if !source.root.join("content").is_dir() {
            problems.no_content(&source.file);
        }
        let hints = if is_behind { &Hints::All } else { hints };
        let changed = self.reader.refresh(&config, &reading, hints, problems)?;
        changes.extend(changed);
        let mut input = self.reader.input(config, &reading, problems);
        if !input.theme.extra.is_none() || input.code.is_some() {
            input.config = parsed.whole(&source, &overrides, &input, problems);
        }
        let names = input.config.dateline.env.iter();
        let set = names.filter_map(|name| Some((name.clone(), variable(name)?.into())));
        input.environment = Arc::new(set.collect());
        if let Some(program) = &options.program {
            input.sass_compiler = Arc::new(sass::Apart::new(program));
        }
        self.is_behind = false;
        Ok(Some(ReadSite {
            root: source.root,
            config: (source.text, input.code.clone()),
            input,
        }))
    }
}

/// The version of a configuration.
fn version(text: &str) -> Version {
    Version {
        state: match text.is_empty() {
            true => State::Empty,
            false => State::Text,
        },
        content: disk::Content::Bytes(text.as_bytes().into()),
    }
}

impl Parsed {
    fn new(source: &disk::ConfigSource, overrides: &Overrides) -> Parsed {
        let mut problems = Diagnostics::default();
        let (file, text) = (source.file.clone(), &source.text);
        let config = Config::parse(file, text, overrides, &Value::None, &mut problems);
        Parsed {
            file: source.file.clone(),
            text: source.text.clone(),
            problems,
            config: config.map(Arc::new),
            whole: None,
        }
    }

    /// The configuration with what the theme and files for the colours of code say, which is known
    /// only once they are read; what is wrong with the configuration itself was said before.
    fn whole(
        &mut self,
        source: &disk::ConfigSource,
        overrides: &Overrides,
        input: &Input,
        problems: &mut Diagnostics,
    ) -> Arc<Config> {
        let (extra, code) = (&input.theme.extra, &input.code);
        let known = self.whole.take();
        let known = known.filter(|known| known.extra == *extra && known.code == *code);
        let whole = known.unwrap_or_else(|| {
            let mut said = Diagnostics::default();
            let (file, text) = (source.file.clone(), &source.text);
            let config = Config::parse(file, text, overrides, extra, &mut said);
            let mut problems = Diagnostics::default();
            let config = match (config, code) {
                (Some(config), Some(code)) => config.with_code(code, &mut problems).into(),
                (Some(config), None) => config.into(),
                (None, _) => input.config.clone(),
            };
            Whole {
                extra: extra.clone(),
                code: code.clone(),
                config,
                problems,
            }
        });
        problems.extend(whole.problems.clone().into_vec());
        let config = whole.config.clone();
        self.whole = Some(whole);
        config
    }
}

/// Reads a site from nothing.
fn read(options: &Options, problems: &mut Diagnostics) -> anyhow::Result<Option<ReadSite>> {
    Desk::default().read(options, &Hints::All, &mut Changes::default(), problems)
}

/// All articles that parse, for `check --fix`, with the words that mark their parts.
pub fn articles(options: &Options) -> anyhow::Result<(Vec<Arc<Article>>, Vocabulary)> {
    let mut problems = Diagnostics::default();
    let Some(ReadSite { input, .. }) = read(options, &mut problems)? else {
        return Ok((Vec::new(), Vocabulary::default()));
    };
    let mut known = content::Known::default();
    known.follow(&input.sources, &input.config);
    let versions = known.versions().iter();
    let articles = versions.filter_map(|version| version.parsed.article.clone());
    Ok((articles.collect(), input.config.dateline.vocabulary.clone()))
}

/// Builds and writes the site; no summary if it has errors.
pub fn build(
    options: &Options,
    force: bool,
    progress: &Progress,
) -> anyhow::Result<(Option<Summary>, Diagnostics)> {
    let mut problems = Diagnostics::default();
    let Some(ReadSite {
        mut input, root, ..
    }) = read(options, &mut problems)?
    else {
        finish_without_config(options);
        return Ok((None, problems));
    };
    let output_dir = output_folder(options, &root, &input.config);
    let writing = disk::Options {
        root,
        force,
        ..disk::Options::default()
    };
    // If that fails, so does the writing, which says why; what is wrong with the site comes first.
    let _ = disk::finish_left_over(&output_dir, writing.clone());
    let Some(planned) = crate::plan(&input, &mut crate::Memo::default(), &mut problems) else {
        return Ok((None, problems));
    };
    // The texts are parsed; what they take up serves for pages from now on.
    input.sources = Arc::default();
    if problems.has_errors() {
        // Nothing is written, but what is wrong with templates is said all the same.
        render(&planned, &Nowhere, progress, &mut problems)?;
        return Ok((None, problems));
    }
    let staging = Staging::open(&output_dir, writing)?;
    render(&planned, &staging, progress, &mut problems)?;
    if problems.has_errors() {
        return Ok((None, problems));
    }
    let written = staging.commit()?;
    pictures::forget_others(&planned.site);
    let mut summary = summarise(&planned, &input);
    if let Some(stated) = &options.output_dir {
        summary.output_dir = stated.to_string_lossy().into();
    }
    summary.written = written.written;
    summary.unchanged = written.unchanged;
    summary.deleted = written.deleted;
    summary.in_place = match written.how {
        How::InPlace(why) => Some(why.to_string()),
        How::Exchanged | How::Untouched => None,
    };
    leave(planned);
    Ok((Some(summary), problems))
}

/// Finishes what a killed build left half done where the configuration cannot be used now. What it
/// says of the output may be read all the same.
fn finish_without_config(options: &Options) {
    let Ok(folder) = find(&options.root, options.config.as_deref()) else {
        return;
    };
    let stated = options.output_dir.clone();
    let output_dir = stated.unwrap_or_else(|| output_dir(&folder));
    let writing = disk::Options {
        root: folder.root,
        ..disk::Options::default()
    };
    // The build fails anyway, and says why.
    let _ = disk::finish_left_over(&output_dir, writing);
}

/// Everything that `build` does except writing; no summary if the site could not be made.
pub fn check(
    options: &Options,
    progress: &Progress,
) -> anyhow::Result<(Option<Summary>, Diagnostics)> {
    let mut problems = Diagnostics::default();
    let Some(ReadSite { input, .. }) = read(options, &mut problems)? else {
        return Ok((None, problems));
    };
    let Some(planned) = crate::plan(&input, &mut crate::Memo::default(), &mut problems) else {
        return Ok((None, problems));
    };
    render(&planned, &Nowhere, progress, &mut problems)?;
    let summary = summarise(&planned, &input);
    Ok((Some(summary), problems))
}

fn render(
    planned: &Planned,
    sink: &dyn Sink,
    progress: &Progress,
    problems: &mut Diagnostics,
) -> io::Result<()> {
    let all = planned.plan.pages().len();
    let done = AtomicUsize::new(0);
    let made = |made| match made {
        Made::Page => progress.show(done.fetch_add(1, Ordering::Relaxed) + 1, all, "files"),
        Made::Pictures { done, all } => progress.show(done, all, "pictures"),
    };
    crate::render(planned, sink, &made, problems)
}

/// Takes outputs and keeps nothing.
struct Nowhere;

impl Sink for Nowhere {
    fn put(&self, _output: Output) -> io::Result<()> {
        Ok(())
    }
}

fn summarise(planned: &Planned, input: &Input) -> Summary {
    let site = &planned.site;
    Summary {
        briefs: site.is_dateline.then_some(site.briefs.len()),
        pages: planned
            .plan
            .pages()
            .iter()
            .filter(|page| page.is_html())
            .count(),
        scheduled: site.hidden_count(Hidden::Scheduled),
        drafts: site.hidden_count(Hidden::Draft),
        output_dir: input.config.output_dir.to_string(),
        ..Summary::default()
    }
}

/// The process ends soon: giving back the memory of a large site piece by piece is lost time.
fn leave(planned: Planned) {
    std::mem::forget(planned);
}

/// Reads again what hints name, and says what differs.
pub fn look(
    options: &Options,
    memo: &mut Memo,
    hints: &Hints,
    changes: &mut Changes,
) -> anyhow::Result<Looked> {
    let mut problems = Diagnostics::default();
    let read = memo.desk.read(options, hints, changes, &mut problems)?;
    Ok(Looked { read, problems })
}

/// The folders in which a change may matter, that of the configuration among them.
pub fn folders(folder: &Folder, memo: &Memo) -> Vec<disk::Folder> {
    let mut folders = memo.desk.reader.folders();
    let config = folder.config.canonicalize().ok();
    if let Some(beside) = config.as_deref().and_then(Path::parent)
        && folders.iter().all(|known| known.path != beside)
        && let Ok(metadata) = beside.metadata()
    {
        folders.push(disk::Folder {
            path: beside.to_owned(),
            identity: disk::Identity::new(&metadata),
            is_deep: false,
        });
    }
    folders
}

/// A comparison of the site with what was read of it, to be made anywhere.
pub fn comparison(options: &Options, memo: &Memo) -> impl FnOnce() -> Vec<PathBuf> + use<> {
    let known = memo.desk.config.as_ref();
    let known = known.map(|known| (known.file.clone(), known.text.clone()));
    let comparison = memo.desk.reader.comparison();
    let (root, config) = (options.root.clone(), options.config.clone());
    move || {
        let mut different = comparison.run();
        let source = disk::find_config(&root, config.as_deref()).ok();
        let found = source.map(|source| (source.file, source.text));
        if found != known {
            // It is looked for whatever the hint is.
            different.push(config.unwrap_or_else(|| root.join(CONFIG_NAMES[1])));
        }
        different
    }
}

/// A site as it was read for the preview.
pub struct Looked {
    read: Option<ReadSite>,
    problems: Diagnostics,
}

/// Plans the site for the preview. No snapshot: nothing can be shown, the last one stays.
pub fn snapshot(
    looked: Looked,
    memo: &mut Memo,
) -> anyhow::Result<(Option<Previewed>, Diagnostics)> {
    let Looked { read, mut problems } = looked;
    let Some(ReadSite {
        input,
        root,
        config,
    }) = read
    else {
        return Ok((None, problems));
    };
    if memo.config != config {
        memo.config = config;
        memo.steps = crate::Memo::default();
        memo.pages = Arc::default();
    }
    let Some(planned) = crate::plan(&input, &mut memo.steps, &mut problems) else {
        return Ok((None, problems));
    };
    let drafts = planned.site.hidden_count(Hidden::Draft);
    let site = planned.site.clone();
    let (about, find_file) = about::of_site(&planned);
    let plan = planned.plan.clone();
    let check = Check {
        planned: planned.clone(),
        opener: Opener::new(&root)?,
        pages: memo.pages.clone(),
    };
    let opener = Opener::new(&root)?;
    let pages = memo.pages.clone();
    let render = Box::new(move |address: &Address| show(address, &planned, &opener, &pages));
    let snapshot = Snapshot {
        drafts: site.draft_addresses(),
        plan,
        render,
        about,
        find_file,
    };
    let previewed = Previewed {
        snapshot,
        check,
        drafts,
    };
    Ok((Some(previewed), problems))
}

/// Pages are tried for so long after a save, beside those that it changed.
const CHECK_MAX: Duration = Duration::from_secs(1);

/// A site whose pages are made to see whether that can be done.
pub struct Check {
    planned: Planned,
    opener: Opener,
    pages: Arc<Mutex<Remembered>>,
}

impl Check {
    /// Which pages cannot be made, one for each place of a mistake: those to be looked at first,
    /// then some of each kind, all of them in a site that is not large. Nothing if it is stopped.
    pub fn failing(&self, first: Vec<Address>, goes_on: &dyn Fn() -> bool) -> Option<Vec<Address>> {
        let Planned { site, plan, theme } = &self.planned;
        let first = first.iter().filter_map(|address| plan.get(address));
        let rest = self.some_of_each_kind();
        let end = Instant::now() + CHECK_MAX;
        let in_time = |_: &&Page| Instant::now() < end;
        let mut places = HashSet::new();
        let mut failing = Vec::new();
        for page in first.chain(rest.into_iter().take_while(in_time)) {
            if !goes_on() {
                return None;
            }
            let mut problems = Diagnostics::default();
            let is_made = if is_style_sheet(page) {
                // They cost much and change seldom.
                let made = show(&page.address, &self.planned, &self.opener, &self.pages);
                made.map_err(|why| problems = why).is_ok()
            } else {
                crate::render::page(page, site, theme, &mut problems).is_some()
            };
            if !is_made
                && let Some(problem) = problems.into_vec().into_iter().next()
                && places.insert(problem.place)
            {
                failing.push(page.address.clone());
            }
        }
        Some(failing)
    }

    /// The first page of each kind, then the second of each: a template that fails does so early.
    fn some_of_each_kind(&self) -> Vec<&Page> {
        /// More would take much memory for what they have in common.
        const PAGES_MAX: usize = 400;
        /// Lists of Zola's themes hold whole pages, which is costly if there are more than so many.
        const LISTED_MAX: usize = 1_000;
        let Planned { site, plan, theme } = &self.planned;
        let is_costly = |page: &&Page| {
            use crate::pages::View::{Home, Section, Term, Terms};
            let is_list = matches!(
                page.view,
                Home { .. } | Section { .. } | Term { .. } | Terms { .. }
            );
            is_list && !theme.is_ours() && site.entries.len() > LISTED_MAX
        };
        let mut of_kind: HashMap<_, usize> = HashMap::new();
        let mut pages: Vec<(usize, &Page)> = Vec::new();
        let all = plan.pages().iter();
        let tried = all.filter(|page| page.is_html() || is_style_sheet(page));
        for page in tried.filter(|page| !is_costly(page)) {
            let kind = std::mem::discriminant(&page.view);
            let count = of_kind.entry(kind).or_default();
            pages.push((*count, page));
            *count += 1;
        }
        pages.sort_by_key(|(number, _)| *number);
        let pages = pages.into_iter().take(PAGES_MAX);
        pages.map(|(_, page)| page).collect()
    }
}

fn is_style_sheet(page: &Page) -> bool {
    matches!(page.view, crate::pages::View::StyleSheet { .. })
}

/// The bytes of one address: those rendered before, if they are still right.
fn show(
    address: &Address,
    planned: &Planned,
    opener: &Opener,
    remembered: &Mutex<Remembered>,
) -> Result<Vec<u8>, Diagnostics> {
    let mut problems = Diagnostics::default();
    let Some(page) = planned.plan.get(address) else {
        return picture(address, planned, remembered);
    };
    let known = held(remembered).pages.remove(address);
    if let Some((known, bytes)) = known
        && known.is_fresh(page, planned.theme.hash, &planned.site)
    {
        let shown = bytes.to_vec();
        held(remembered)
            .pages
            .insert(address.clone(), (known, bytes));
        return Ok(shown);
    }
    let Some(rendered) = crate::render::page(page, &planned.site, &planned.theme, &mut problems)
    else {
        return Err(problems);
    };
    match &rendered.body {
        OutputBody::File(FileBytes::Embedded(bytes)) => Ok(bytes.to_vec()),
        OutputBody::File(FileBytes::Text { text, .. }) => Ok(text.as_bytes().to_vec()),
        OutputBody::File(FileBytes::OnDisk(path)) => read_static(path, opener),
        OutputBody::Made(bytes) => {
            let kept = memo::Remembered::new(page, planned.theme.hash, &rendered);
            let mut remembered = held(remembered);
            remembered.make_room(bytes.len());
            remembered
                .pages
                .insert(address.clone(), (kept, bytes.as_slice().into()));
            Ok(bytes.clone())
        }
    }
}

impl Remembered {
    /// Makes room for so many bytes.
    fn make_room(&mut self, bytes: usize) {
        if self.bytes > REMEMBERED_BYTES_MAX {
            *self = Remembered::default();
        }
        self.bytes += bytes;
    }
}

/// A picture that a page asked for. If there is none, nothing is wrong either.
fn picture(
    address: &Address,
    planned: &Planned,
    remembered: &Mutex<Remembered>,
) -> Result<Vec<u8>, Diagnostics> {
    if let Some(known) = held(remembered).pictures.get(address) {
        return Ok(known.to_vec());
    }
    let mut problems = Diagnostics::default();
    let Some(picture) = planned.site.pictures.get(address) else {
        return Err(problems);
    };
    match pictures::bytes(&picture, &planned.site) {
        Ok(bytes) => {
            let mut remembered = held(remembered);
            remembered.make_room(bytes.len());
            let kept = bytes.as_slice().into();
            remembered.pictures.insert(address.clone(), kept);
            Ok(bytes)
        }
        Err(reason) => {
            problems.unreadable(Place::whole(&picture.file), &reason);
            Err(problems)
        }
    }
}

/// A file that is empty or gone may be half-saved; it is waited for so long.
const SAVED_WITHIN: Duration = Duration::from_millis(500);

fn read_static(path: &Arc<str>, opener: &Opener) -> Result<Vec<u8>, Diagnostics> {
    let began = Instant::now();
    loop {
        let read = opener.open(path).map_err(io::Error::from);
        let read = read.and_then(|(mut file, metadata)| {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok((bytes, metadata.modified()?))
        });
        let is_half_saved = match &read {
            Ok((bytes, modified)) => {
                bytes.is_empty() && modified.elapsed().is_ok_and(|age| age < SAVED_WITHIN)
            }
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        };
        if is_half_saved && began.elapsed() < SAVED_WITHIN {
            std::thread::sleep(SAVED_WITHIN / 50);
            continue;
        }
        return read.map(|(bytes, _)| bytes).map_err(|error| {
            let mut problems = Diagnostics::default();
            problems.unreadable(Place::whole(path), &error.to_string());
            problems
        });
    }
}

/// Where the site is written. What the command line says is seen from where it was given, what the
/// configuration says from the root of the site.
fn output_folder(options: &Options, root: &Path, config: &Config) -> PathBuf {
    match &options.output_dir {
        Some(stated) => stated.clone(),
        None => root.join(&*config.output_dir),
    }
}

/// The folder that `build` would write to, as far as a configuration says it that may be broken.
pub fn output_dir(folder: &Folder) -> PathBuf {
    let stated = || {
        let text = std::fs::read_to_string(&folder.config).ok()?;
        let table: toml::Table = text.parse().ok()?;
        Some(PathBuf::from(table.get("output_dir")?.as_str()?))
    };
    let named = stated();
    folder.root.join(named.unwrap_or_else(|| "public".into()))
}
