//! From a save to a changed input: when the preview acts, what it reads again, what it hears of.
#![expect(
    clippy::disallowed_methods,
    reason = "these tests write the files that are watched"
)]

use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use dateline::commands::editor::Editor;
use dateline::commands::pace::{Act, Heard, Pace, Verdict};
use dateline::commands::report::Problems;
use dateline::commands::serve::{Asked, Said, Showing, Wishes};
use dateline::commands::server;
use dateline::commands::session::{self, Memo, Options};
use dateline::commands::watch::Watch;
use dateline::config::{Config, Mode, Overrides};
use dateline::diagnostic::{Diagnostic, Diagnostics};
use dateline::disk::{Changes, Hints, Reader, Reading, read_site};
use dateline::input::{EmbeddedTheme, Input, Preview};
use dateline::value::Value;

fn paths(names: &[&str]) -> Vec<PathBuf> {
    names.iter().map(PathBuf::from).collect()
}

/// A pace, and a clock in milliseconds.
struct Clock {
    pace: Pace,
    begin: Instant,
}

impl Clock {
    /// A site that was read, watched and compared.
    fn new() -> Clock {
        let begin = Instant::now();
        let mut clock = Clock {
            pace: Pace::new(begin),
            begin,
        };
        assert_eq!(clock.tick(0), Some(Act::Compare));
        clock.compared(0, &[]);
        assert_eq!(clock.tick(0), None);
        clock
    }

    fn at(&self, at: u64) -> Instant {
        self.begin + Duration::from_millis(at)
    }

    fn hear(&mut self, at: u64, names: &[&str]) {
        let heard = Heard::Paths(paths(names));
        self.pace.on_event(self.at(at), heard);
    }

    fn lose(&mut self, at: u64) {
        self.pace.on_event(self.at(at), Heard::Lost);
    }

    fn tick(&mut self, at: u64) -> Option<Act> {
        self.pace.on_tick(self.at(at))
    }

    fn tried(&mut self, at: u64, verdict: Verdict) {
        self.pace.on_tried(self.at(at), verdict);
    }

    fn compared(&mut self, at: u64, names: &[&str]) {
        self.pace.on_compared(self.at(at), paths(names));
    }

    /// Milliseconds until there is something to do.
    fn wakeup(&self) -> Option<u64> {
        let wakeup = self.pace.next_wakeup()?;
        Some(u64::try_from((wakeup - self.begin).as_millis()).unwrap())
    }
}

fn attempt(names: &[&str]) -> Option<Act> {
    Some(Act::Try(paths(names)))
}

fn settle(names: &[&str]) -> Option<Act> {
    Some(Act::Settle(Hints::Paths(paths(names))))
}

#[test]
fn a_save_is_acted_on_at_once_and_compared_when_things_are_quiet() {
    let mut clock = Clock::new();
    clock.hear(5000, &["a"]);
    assert_eq!(clock.wakeup(), Some(5000));
    assert_eq!(clock.tick(5000), attempt(&["a"]));
    // Until it is known what came of it nothing else begins.
    clock.hear(5001, &["a", "b"]);
    assert_eq!((clock.tick(5001), clock.wakeup()), (None, None));
    clock.tried(5002, Verdict::Good);
    assert_eq!(clock.tick(5002), attempt(&["a", "b"]));
    clock.tried(5003, Verdict::Good);
    assert_eq!(clock.tick(5003), None);
    assert_eq!(clock.wakeup(), Some(5303));
    assert_eq!(clock.tick(5302), None);
    assert_eq!(clock.tick(5303), Some(Act::Compare));
    assert_eq!((clock.tick(5304), clock.wakeup()), (None, None));
    // What was lost is found, and looked for again, in case that was the middle of it.
    clock.compared(5310, &["c"]);
    assert_eq!(clock.tick(5310), attempt(&["c"]));
    clock.tried(5311, Verdict::Good);
    assert_eq!(clock.tick(5611), Some(Act::Compare));
    clock.compared(5620, &[]);
    // From now on only every second, for where nothing is told.
    assert_eq!(clock.wakeup(), Some(6620));
    assert_eq!(clock.tick(6620), Some(Act::Compare));
    // A site that takes long to compare is compared less often.
    clock.compared(6820, &[]);
    assert_eq!(clock.wakeup(), Some(6820 + 50 * 200));
}

#[test]
fn what_is_doubtful_is_tried_again_with_each_event_and_judged_when_things_are_quiet() {
    let mut clock = Clock::new();
    clock.hear(0, &["a"]);
    assert_eq!(clock.tick(0), attempt(&["a"]));
    clock.tried(1, Verdict::Doubtful);
    assert_eq!(clock.tick(1), None);
    assert_eq!(clock.wakeup(), Some(100));
    clock.hear(50, &["b"]);
    assert_eq!(clock.tick(50), attempt(&["a", "b"]));
    clock.tried(51, Verdict::Doubtful);
    assert_eq!(clock.tick(149), None);
    assert_eq!(clock.tick(150), settle(&["a", "b"]));
    assert_eq!(clock.tick(150), None);
    assert_eq!(clock.tick(450), Some(Act::Compare));
    // Something that is never quiet is judged all the same.
    clock.compared(460, &[]);
    let mut judged = None;
    for at in (1000..4000).step_by(50) {
        clock.hear(at, &["log"]);
        match clock.tick(at) {
            Some(Act::Try(_)) => clock.tried(at, Verdict::Doubtful),
            Some(Act::Settle(_)) => {
                judged = Some(at);
                break;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(judged, Some(3000));
}

#[test]
fn a_burst_waits_until_it_is_over() {
    let names: Vec<String> = (0..30).map(|number| format!("{number:02}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut clock = Clock::new();
    clock.hear(0, &names);
    assert_eq!(clock.tick(0), None);
    clock.hear(80, &["x"]);
    assert_eq!(clock.tick(150), None);
    assert_eq!(clock.wakeup(), Some(180));
    let Some(Act::Settle(Hints::Paths(all))) = clock.tick(180) else {
        panic!("it is quiet")
    };
    assert_eq!(all.len(), 31);

    // One after the other as well: twenty are shown as they come, the others together.
    let mut tries = 0;
    for (at, name) in (1000..).zip(&names) {
        clock.hear(at, &[name]);
        if let Some(Act::Try(_)) = clock.tick(at) {
            tries += 1;
            clock.tried(at, Verdict::Good);
        }
    }
    assert_eq!(tries, 20);
    assert_eq!(clock.tick(1129), settle(&names[20..]));
    // The next save is none of it.
    clock.hear(2000, &["a"]);
    assert_eq!(clock.tick(2000), attempt(&["a"]));
}

#[test]
fn lost_events_are_made_up_for_by_looking_at_everything() {
    let mut clock = Clock::new();
    clock.hear(0, &["a"]);
    clock.lose(10);
    assert_eq!(clock.tick(10), None);
    assert_eq!(clock.tick(110), Some(Act::Settle(Hints::All)));
    // What was named may look the same and be another all the same.
    assert_eq!(clock.tick(111), settle(&["a"]));
    assert_eq!(clock.tick(411), Some(Act::Compare));
    // A comparison that something happened during says nothing of that.
    clock.hear(415, &["b"]);
    assert_eq!(clock.tick(415), attempt(&["b"]));
    clock.tried(416, Verdict::Good);
    clock.compared(420, &[]);
    assert_eq!(clock.wakeup(), Some(716));
    // What was heard long ago is quiet by now.
    clock.hear(500, &["c"]);
    assert_eq!(clock.tick(600), settle(&["c"]));
}

const EMBEDDED: EmbeddedTheme = EmbeddedTheme {
    theme_toml: "engine = \"minijinja\"\n[extra]\ncolour = \"red\"\n",
    templates: &[("base.html", "embedded"), ("page.html", "embedded")],
    files: &[("dateline.css", b"body {}")],
};

/// A site in a folder, read by one reader all the time.
struct Site {
    folder: tempfile::TempDir,
    reader: Reader,
    config: String,
}

impl Site {
    fn new() -> Site {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("site/content")).unwrap();
        fs::create_dir_all(folder.path().join("outside")).unwrap();
        fs::write(folder.path().join("outside/secret.md"), "secret").unwrap();
        let mut site = Site {
            folder,
            reader: Reader::default(),
            config: String::new(),
        };
        site.refresh(&Hints::All);
        site
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("site")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn config(&self) -> Arc<Config> {
        let text = format!("base_url = \"https://example.org\"\n{}", self.config);
        let mut problems = Diagnostics::default();
        let overrides = Overrides::default();
        let file = "config.toml".into();
        let config = Config::parse(file, &text, &overrides, &Value::None, &mut problems);
        Arc::new(config.expect("the text is a configuration"))
    }

    /// Reads what is hinted at, and checks that it is what a reading from nothing gives.
    fn refresh(&mut self, hints: &Hints) -> Changes {
        let root = self.root();
        let reading = Reading {
            root: &root,
            output_dir: &root.join("content/public"),
            embedded: &EMBEDDED,
            now: jiff::Timestamp::UNIX_EPOCH,
            preview: Preview::default(),
        };
        let config = self.config();
        let mut problems = Diagnostics::default();
        let changes = self
            .reader
            .refresh(&config, &reading, hints, &mut problems)
            .unwrap();
        let input = self.reader.input(config.clone(), &reading, &mut problems);
        let mut expected_problems = Diagnostics::default();
        let expected = read_site(config, &reading, &mut expected_problems).unwrap();
        assert_same(&input, problems, &expected, expected_problems);
        changes
    }

    fn refresh_at(&mut self, names: &[&str]) -> Vec<String> {
        let paths = names.iter().map(|name| self.path(name)).collect();
        let changes = self.refresh(&Hints::Paths(paths));
        changes.files().map(|file| file.to_string()).collect()
    }
}

fn assert_same(input: &Input, found: Diagnostics, expected: &Input, expected_found: Diagnostics) {
    let names = |input: &Input| -> Vec<Arc<str>> {
        let sources = input.sources.iter().map(|source| source.path.clone());
        let files = input.files.iter().map(|file| file.path.clone());
        sources.chain(files).collect()
    };
    assert_eq!(names(input), names(expected));
    assert!(input.sources == expected.sources);
    assert_eq!(input.files, expected.files);
    assert_eq!(input.theme, expected.theme);
    let sorted = |found: Diagnostics| -> Vec<Diagnostic> { found.sorted() };
    assert_eq!(sorted(found), sorted(expected_found));
}

#[test]
fn hints_are_read_and_nothing_else() {
    let mut site = Site::new();
    site.write("content/a.md", "one");
    site.write("content/b.md", "one");
    site.write("static/c.css", "one");
    let all = ["content/a.md", "content/b.md", "static/c.css"];
    assert_eq!(site.refresh_at(&["content", "static"]), all);
    assert_eq!(site.refresh_at(&all), [""; 0]);
    assert!(!site.refresh(&Hints::All).is_doubtful());

    // Same length, same time of modification: a hint is followed whatever the file looks like.
    let times = fs::metadata(site.path("content/a.md")).unwrap();
    let times = fs::FileTimes::new().set_modified(times.modified().unwrap());
    for (name, text) in [("content/a.md", "two"), ("static/c.css", "two")] {
        fs::write(site.path(name), text).unwrap();
        let file = fs::File::options().write(true).open(site.path(name));
        file.unwrap().set_times(times).unwrap();
        assert_eq!(site.refresh_at(&[name]), [name]);
        assert_eq!(site.refresh_at(&[name]), [""; 0]);
    }
    // A clock that is set back makes files older.
    site.write("content/a.md", "2nd");
    let old = fs::FileTimes::new().set_modified(std::time::UNIX_EPOCH);
    let file = fs::File::options()
        .write(true)
        .open(site.path("content/a.md"));
    file.unwrap().set_times(old).unwrap();
    let changes = site.refresh(&Hints::All);
    assert_eq!(
        changes.files().map(|f| &**f).collect::<Vec<_>>(),
        ["content/a.md"]
    );

    // What came and went was never there.
    let mut changes = Changes::default();
    site.write("content/a.md.tmp", "three");
    changes.extend(site.refresh(&Hints::Paths(vec![site.path("content/a.md.tmp")])));
    assert!(changes.is_doubtful());
    fs::rename(site.path("content/a.md.tmp"), site.path("content/a.md")).unwrap();
    let both = ["content/a.md", "content/a.md.tmp"].map(|name| site.path(name));
    changes.extend(site.refresh(&Hints::Paths(both.to_vec())));
    assert!(!changes.is_doubtful());
    assert_eq!(changes.files().len(), 1);
    // A file that is gone or empty may be back soon.
    site.write("content/a.md", "");
    let now = site.refresh(&Hints::Paths(vec![site.path("content/a.md")]));
    assert!(now.is_doubtful());
    changes.extend(now);
    site.write("content/a.md", "four");
    changes.extend(site.refresh(&Hints::Paths(vec![site.path("content/a.md")])));
    assert!(!changes.is_doubtful());
    // It is back, and nobody has seen that it was away.
    let mut changes = Changes::default();
    fs::remove_file(site.path("content/a.md")).unwrap();
    changes.extend(site.refresh(&Hints::Paths(vec![site.path("content/a.md")])));
    site.write("content/a.md", "four");
    changes.extend(site.refresh(&Hints::Paths(vec![site.path("content/a.md")])));
    assert!(changes.is_empty());
}

#[test]
fn a_comparison_finds_what_nobody_told() {
    let mut site = Site::new();
    for name in ["content/a.md", "content/b/c.md", "static/d.css"] {
        site.write(name, "one");
    }
    site.config = "theme = \"x\"".into();
    site.refresh(&Hints::All);
    // Until clocks can tell a later write from the one that was read.
    std::thread::sleep(Duration::from_millis(150));
    site.refresh(&Hints::All);
    assert_eq!(site.reader.comparison().run(), Vec::<PathBuf>::new());
    fs::write(site.path("content/a.md"), "two").unwrap();
    fs::remove_dir_all(site.path("content/b")).unwrap();
    site.write("static/e/f.css", "one");
    site.write("themes/x/templates/page.html", "one");
    let different = site.reader.comparison().run();
    let root = fs::canonicalize(site.root()).unwrap();
    let names = different
        .iter()
        .map(|path| path.strip_prefix(&root).unwrap());
    let expected = [
        "content/a.md",
        "content/b",
        "content/b/c.md",
        "static/e",
        "static/e/f.css",
        "themes/x",
    ];
    assert_eq!(names.collect::<Vec<_>>(), expected.map(Path::new));
    site.refresh(&Hints::Paths(different));
    let folders: Vec<PathBuf> = site.reader.folders().into_iter().map(|f| f.path).collect();
    let expected = [
        "",
        "content",
        "static",
        "static/e",
        "themes",
        "themes/x",
        "themes/x/templates",
    ];
    assert_eq!(
        folders,
        expected.map(|name| match name {
            "" => root.clone(),
            name => root.join(name),
        })
    );
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len())]
    }
}

const FOLDERS: [&str; 12] = [
    "content",
    "content/a",
    "content/a/b",
    "content/public",
    "content/.hidden",
    "static",
    "static/a",
    "templates",
    "themes/x",
    "themes/x/templates",
    "themes/x/static",
    "shared",
];
const FILES: [&str; 9] = [
    "a.md",
    "A.md",
    "b.md",
    "b.css",
    "page.html",
    "index.html",
    "theme.toml",
    "c.md~",
    ".d.swp",
];
const CONFIGS: [&str; 6] = [
    "",
    "theme = \"x\"",
    "theme = \"dateline\"",
    "ignored_content = [\"a/*.md\"]",
    "ignored_static = [\"*.css\", \"[\"]",
    "# under a base path",
];
const TEXTS: [&str; 4] = ["", "one", "two", "extends = \"dateline\"\n[extra]\na = 1"];

/// Does something to a site, and says where.
fn edit(site: &mut Site, dice: &mut Dice) -> Vec<PathBuf> {
    let folder = dice.pick(&FOLDERS);
    let name = format!("{folder}/{}", dice.pick(&FILES));
    let path = site.path(&name);
    let other = dice.pick(&FOLDERS);
    let _ = match dice.roll(9) {
        0..3 => {
            let _ = fs::create_dir_all(site.path(folder));
            let _ = fs::write(&path, dice.pick(&TEXTS));
            // Folders were made perhaps, and what is written through a link happens where it leads.
            let root = fs::canonicalize(site.root()).unwrap();
            let real = fs::canonicalize(&path).unwrap_or_default();
            let inside = |at: &&Path| at.starts_with(&root) && **at != root;
            let folders = real.ancestors().take_while(inside).map(Path::to_owned);
            return folders
                .chain([site.path(folder.split('/').next().unwrap()), path])
                .collect();
        }
        3 => fs::remove_file(&path),
        4 => fs::remove_dir_all(site.path(folder)),
        5 => {
            let _ = fs::rename(site.path(folder), site.path(other));
            return vec![site.path(folder), site.path(other)];
        }
        6 => {
            let to = site.path(other).join(dice.pick(&FILES));
            let to = match dice.roll(3) {
                0 => site.folder.path().join("outside/secret.md"),
                _ => to,
            };
            link(&to, &path)
        }
        7 => {
            let link_path = site.path(folder).join("link");
            let _ = link(&site.path(other), &link_path);
            return vec![link_path];
        }
        _ => {
            site.config = dice.pick(&CONFIGS).into();
            Ok(())
        }
    };
    vec![path, site.path(folder)]
}

#[cfg(unix)]
fn link(to: &Path, at: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(to, at)
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> std::io::Result<()> {
    Ok(())
}

#[test]
fn whatever_is_edited_reading_again_is_reading_from_nothing() {
    for seed in 0..40 {
        let mut site = Site::new();
        let mut dice = Dice(seed);
        let mut hints = Vec::new();
        for _ in 0..40 {
            hints.extend(edit(&mut site, &mut dice));
            match dice.roll(6) {
                0 => site.refresh(&Hints::All),
                1 => {
                    let different = site.reader.comparison().run();
                    site.refresh(&Hints::Paths(different))
                }
                2 | 3 => continue,
                _ => site.refresh(&Hints::Paths(hints.clone())),
            };
            hints.clear();
        }
    }
}

const SOURCE: &str = "+++\ntitle = \"A\"\n+++\n\ntext\n";

#[test]
fn nothing_half_saved_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let write = |name: &str, text: &str| {
        fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
        fs::write(root.join(name), text).unwrap();
        Hints::Paths(vec![root.join(name)])
    };
    let config = "base_url = \"https://example.org\"\n";
    write("config.toml", config);
    write("content/a.md", SOURCE);
    let site = session::find(root, None).unwrap();
    let preview = server::Preview::new(server::Setup {
        base_path: String::new(),
        at: (Ipv4Addr::LOCALHOST, 0).into(),
        interface: Ipv4Addr::LOCALHOST.into(),
        site: None,
        editor: Editor::new(root, None, |_| None),
        patience: Duration::ZERO,
        report: Box::new(|_| Problems::default()),
        show: Box::new(|_| ()),
    });
    let asked = Asked {
        folder: site,
        options: options(root),
        wishes: Wishes::default(),
        said: Said::default(),
        navigate: false,
        tell: |_| (),
    };
    let mut showing = Showing::new(&asked, &preview);
    showing.settle(&Hints::All);

    let half = &SOURCE[..10];
    for (name, whole) in [("content/a.md", SOURCE), ("config.toml", config)] {
        for broken in ["", half, "+++\ntitle = 1\n+++\n"] {
            let hints = write(name, broken);
            assert_eq!(
                showing.attempt(&hints),
                Verdict::Doubtful,
                "{name}: {broken}"
            );
            // Heard of twice, it is no better.
            assert_eq!(
                showing.attempt(&hints),
                Verdict::Doubtful,
                "{name}: {broken}"
            );
            let hints = write(name, whole);
            assert_eq!(showing.attempt(&hints), Verdict::Good, "{name}: {broken}");
        }
        // What stays away is believed, and so is what comes back.
        fs::remove_file(root.join(name)).unwrap();
        let hints = Hints::Paths(vec![root.join(name)]);
        assert_eq!(showing.attempt(&hints), Verdict::Doubtful, "{name}");
        showing.settle(&hints);
        assert_eq!(
            showing.attempt(&write(name, whole)),
            Verdict::Good,
            "{name}"
        );
    }
    // A mistake that was shown is no reason to wait any more.
    let hints = write("content/a.md", half);
    assert_eq!(showing.attempt(&hints), Verdict::Doubtful);
    showing.settle(&hints);
    let hints = write("content/b.md", SOURCE);
    assert_eq!(showing.attempt(&hints), Verdict::Good);
}

/// A site that is watched in the background, and what was found to have changed, as it is shown.
struct Watched {
    folder: tempfile::TempDir,
    changes: Receiver<Vec<String>>,
}

impl Watched {
    fn new(files: &[&str]) -> Watched {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_owned();
        let config = "base_url = \"https://example.org\"\ntheme = \"x\"\n";
        fs::write(root.join("config.toml"), config).unwrap();
        for file in files {
            fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            fs::write(root.join(file), "one").unwrap();
        }
        let (sender, changes) = mpsc::channel();
        std::thread::spawn(move || follow(&root, |changed| sender.send(changed).is_ok()));
        let watched = Watched { folder, changes };
        assert!(watched.changes.recv_timeout(PATIENCE).unwrap().is_empty());
        watched
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The next changes are of these files and no others, perhaps one after the other.
    fn expect(&self, files: &[&str]) {
        self.expect_amid(files, &[]);
    }

    /// As [`Watched::expect`], where these files are there for a moment and may be seen.
    fn expect_amid(&self, files: &[&str], passing: &[&str]) {
        let is_known = |file: &String| files.contains(&&**file) || passing.contains(&&**file);
        let mut missing = files.to_vec();
        while !missing.is_empty() {
            let changed = self.changes.recv_timeout(PATIENCE).unwrap();
            assert!(changed.iter().all(is_known), "{changed:?}");
            missing.retain(|missing| !changed.iter().any(|file| file == missing));
        }
        // A save may be seen twice, while it is made and when it is done.
        while let Ok(more) = self.changes.recv_timeout(Duration::from_millis(50)) {
            assert!(more.iter().all(is_known), "{more:?}");
        }
    }

    fn expect_nothing(&self) {
        let change = self.changes.recv_timeout(Duration::from_millis(700));
        assert!(change.is_err(), "{change:?}");
    }
}

/// Machines that run tests may be slow.
const PATIENCE: Duration = Duration::from_secs(20);

fn options(root: &Path) -> Options {
    Options {
        root: root.to_owned(),
        config: None,
        base_url: None,
        output_dir: None,
        minify: false,
        drafts: false,
        scheduled: true,
        mode: Mode::Serve,
        now: None,
        program: None,
    }
}

/// Tells what changes in a site, as long as somebody listens.
fn follow(root: &Path, tell: impl Fn(Vec<String>) -> bool) {
    let options = options(root);
    let folder = session::find(root, None).unwrap();
    let mut watch = Watch::new(root, &root.join("public"));
    assert!(watch.is_told());
    let mut memo = Memo::default();
    session::look(&options, &mut memo, &Hints::All, &mut Changes::default()).unwrap();
    watch.follow(session::folders(&folder, &memo));
    let mut is_listening = tell(Vec::new());
    let mut changes = Changes::default();
    while is_listening {
        let act = watch.wait();
        let hints = match &act {
            Act::Try(paths) => Hints::Paths(paths.clone()),
            Act::Settle(hints) => hints.clone(),
            Act::Compare => {
                watch.compare(session::comparison(&options, &memo));
                continue;
            }
        };
        let looked = session::look(&options, &mut memo, &hints, &mut changes);
        let is_try = matches!(act, Act::Try(_));
        let is_doubtful = looked.is_err() || changes.is_doubtful();
        if is_try {
            watch.tried(match is_doubtful {
                true => Verdict::Doubtful,
                false => Verdict::Good,
            });
        }
        let is_told = !is_try || !is_doubtful;
        if is_told && !changes.is_empty() {
            let files = changes.files().map(|file| file.to_string()).collect();
            is_listening = tell(files);
            changes = Changes::default();
        }
        watch.follow(session::folders(&folder, &memo));
    }
}

#[test]
fn saves_are_heard_of_however_an_editor_makes_them() {
    let site = Watched::new(&["content/a.md", "content/b.md", "static/deep/c.css"]);
    site.write("content/a.md", "two, in place");
    site.expect(&["content/a.md"]);

    let root = site.folder.path();
    site.write("content/a.tmp", "three, put in the place of the file");
    fs::rename(root.join("content/a.tmp"), root.join("content/a.md")).unwrap();
    site.expect_amid(&["content/a.md"], &["content/a.tmp"]);

    site.write("config.toml", "base_url = \"https://example.com\"");
    site.expect(&["config.toml"]);

    site.write("content/a.md", "four");
    site.write("content/b.md", "four");
    fs::remove_file(root.join("static/deep/c.css")).unwrap();
    site.expect(&["content/a.md", "content/b.md", "static/deep/c.css"]);

    // The same bytes are no change.
    site.write("content/b.md", "four");
    site.expect_nothing();
}

#[test]
fn folders_may_come_and_go() {
    let site = Watched::new(&["content/a.md"]);
    site.write("templates/page.html", "a folder that was not there");
    site.expect(&["templates/page.html"]);
    site.write("templates/page.html", "is watched from now on");
    site.expect(&["templates/page.html"]);
    site.write("content/new/deep/b.md", "and so is one below another");
    site.expect(&["content/new/deep/b.md"]);
    site.write("content/new/deep/b.md", "again");
    site.expect(&["content/new/deep/b.md"]);
    site.write("themes/x/static/a.css", "a theme that was named before");
    site.expect(&["themes/x/static/a.css"]);

    // As a version control system changes branches.
    let root = site.folder.path();
    fs::rename(root.join("content"), root.join("away")).unwrap();
    site.expect(&["content/a.md", "content/new/deep/b.md"]);
    site.write("content/c.md", "another content");
    site.expect(&["content/c.md"]);
    site.write("content/c.md", "which is watched");
    site.expect(&["content/c.md"]);
    fs::rename(root.join("content/c.md"), root.join("content/C.md")).unwrap();
    site.expect(&["content/C.md", "content/c.md"]);
}

#[test]
fn what_no_build_reads_is_no_change() {
    let site = Watched::new(&["content/a.md", "themes/x/static/public/a.css"]);
    site.write("public/index.html", "the output");
    site.write(".git/index", "git");
    site.write("target/debug/x.md", "a tool's");
    site.write(".dateline/output.list", "ours");
    site.write("content/.a.md.swp", "an editor's");
    site.write("static/.a.css.swp", "an editor's");
    site.write("content/a.md~", "an editor's");
    site.write("themes/x/node_modules/y/z.js", "a theme's tools");
    site.write("themes/y/templates/page.html", "a theme that is not used");
    site.write("README.md", "not part of the site");
    site.expect_nothing();
    // Another `public` than the output is part of the site.
    site.write("themes/x/static/public/a.css", "changed");
    site.expect(&["themes/x/static/public/a.css"]);
    site.write("static/.well-known/security.txt", "goes out");
    site.expect(&["static/.well-known/security.txt"]);
}

#[cfg(unix)]
#[test]
fn links_inside_of_the_site_are_followed() {
    let site = Watched::new(&["content/a.md", "shared/b.md", "other/c.md"]);
    let root = site.folder.path();
    link(Path::new("../shared/b.md"), &root.join("content/b.md")).unwrap();
    site.expect(&["content/b.md"]);
    site.write("shared/b.md", "where the link leads");
    site.expect(&["content/b.md"]);
    link(Path::new("../other"), &root.join("content/other")).unwrap();
    site.expect(&["content/other/c.md"]);
    site.write("other/c.md", "two");
    site.expect(&["content/other/c.md"]);
    site.write("other/d.md", "two");
    site.expect(&["content/other/d.md"]);
}

#[test]
fn a_wait_ends_when_it_is_woken() {
    let folder = tempfile::tempdir().unwrap();
    let mut watch = Watch::new(folder.path(), &folder.path().join("public"));
    let waker = watch.waker();
    std::thread::spawn(move || waker.wake());
    let woken = Act::Settle(Hints::Paths(Vec::new()));
    // A comparison may come first: the site is new.
    let acts = [watch.wait(), watch.wait()];
    assert!(acts.contains(&woken), "{acts:?}");
}
