//! What `serve` shows while files are saved in all the ways that editors have and a watcher tells of
//! it in all the ways that watchers have, by a clock that nobody waits for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dateline::commands::editor::Editor;
use dateline::commands::pace::{Act, Heard, Pace, Verdict};
use dateline::commands::report::Problems;
use dateline::commands::serve::{Asked, Said, Showing, Wishes};
use dateline::commands::server::{Preview, Setup, Shows, Snapshot};
use dateline::commands::session::{self, Options};
use dateline::diagnostic::{Diagnostic, Severity};
use dateline::disk::Hints;

use super::author::{NOWS, Random};
use super::edit::{Edit, Look, Step, World};
use super::folder::Folder;
use super::save::{Operation, Save, Way};

/// Within one save an editor pauses less, in milliseconds. What is quiet for longer is judged.
const PAUSE_MAX: usize = 40;
/// From one file to the next it may take longer, in milliseconds.
const PAUSES: &[u64] = &[0, 0, 0, 10, 60, 250, 400];
/// After so long without a pause `serve` would judge what it sees, quiet or not.
const RESTLESS_MAX: Duration = Duration::from_millis(1200);
/// So late is an event at most, in milliseconds.
const LATE_MAX: usize = 50;
/// So long does it take to try, and to compare. The world goes on meanwhile.
const TRYING: Duration = Duration::from_millis(5);
const COMPARING: Duration = Duration::from_millis(30);
/// More for one pause is a state machine that never rests.
const ACTS_MAX: usize = 500;

/// What a preview needs that outlives it.
pub struct Stage {
    preview: Arc<Preview>,
    /// What is asked for at each time of a history.
    asked: BTreeMap<&'static str, Asked>,
    wishes: Wishes,
    said: Said,
}

impl Stage {
    pub fn new(options: &Options) -> Stage {
        let folder = session::find(&options.root, None).unwrap();
        let (wishes, said) = (Wishes::default(), Said::default());
        *wishes.lock().unwrap() = Shows {
            drafts: options.drafts,
            scheduled: options.scheduled,
        };
        let asked = |now: &&'static str| {
            let asked = Asked {
                folder: folder.clone(),
                options: super::at(options, now),
                wishes: wishes.clone(),
                said: said.clone(),
                navigate: false,
                tell: |_| (),
            };
            (*now, asked)
        };
        Stage {
            preview: Preview::new(Setup {
                base_path: String::new(),
                at: (Ipv4Addr::LOCALHOST, 0).into(),
                interface: Ipv4Addr::LOCALHOST.into(),
                site: None,
                editor: Editor::new(&options.root, None, |_| None),
                patience: Duration::ZERO,
                report: Box::new(|_| Problems::default()),
                show: Box::new(|_| ()),
            }),
            asked: NOWS.iter().map(asked).collect(),
            wishes,
            said,
        }
    }
}

/// What `serve` is told by others.
enum Told {
    Heard(Heard),
    Compared(Vec<PathBuf>),
}

/// A preview of a folder, and the time that passes there.
pub struct Served<'a> {
    stage: &'a Stage,
    showing: Showing<'a>,
    folder: Folder,
    now: &'static str,
    pace: Pace,
    begin: Instant,
    clock: Instant,
    /// When there was a pause that was long enough for everything.
    last_pause: Instant,
    /// What is told in a while.
    late: Vec<(Instant, Told)>,
    /// Whether a comparison has to come before all is known.
    must_compare: bool,
    /// Saved since things were at rest.
    saved: BTreeSet<String>,
    /// What happened since then, for people.
    log: String,
}

impl<'a> Served<'a> {
    /// Shows what lies in the folder.
    pub fn new(stage: &'a Stage, folder: Folder, now: &'static str) -> Served<'a> {
        let begin = Instant::now();
        let mut showing = Showing::new(&stage.asked[now], &stage.preview);
        showing.settle(&Hints::All);
        Served {
            stage,
            showing,
            folder,
            now,
            pace: Pace::new(begin),
            begin,
            clock: begin,
            last_pause: begin,
            late: Vec::new(),
            must_compare: false,
            saved: BTreeSet::new(),
            log: String::new(),
        }
    }

    /// The site that a browser gets.
    pub fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.stage.preview.snapshot()
    }

    /// What is wrong with it.
    pub fn problems(&self) -> Vec<Diagnostic> {
        self.stage.said.lock().unwrap().clone()
    }

    pub fn shows(&self) -> Shows {
        *self.stage.wishes.lock().unwrap()
    }

    /// What happened since things were at rest, one line for each thing.
    pub fn log(&self) -> &str {
        &self.log
    }

    /// Does a step, and waits until all is known unless nobody looks after it.
    pub fn step(&mut self, world: &World, step: &Step) -> Result<(), String> {
        if self.saved.is_empty() {
            self.log.clear();
        }
        let was_away = !self.saved.is_empty();
        let mut random = step.chance.map(Random::new);
        let saves = self.saves(world, step, &mut random);
        self.saved
            .extend(saves.iter().map(|save| save.file.clone()));
        // Which version of an article is its last good one depends on the configuration under which
        // it was seen. So that there is one answer, both are seen at the same time.
        let is_checkout = self.saved.contains("config.toml") && self.saved.len() > 1;
        let acts_between = step.then != Look::Away && !was_away && !is_checkout;
        for save in &saves {
            self.save(save, acts_between, random.as_mut())?;
        }
        if step.then == Look::Away {
            return Ok(());
        }
        if is_checkout {
            self.hear(Heard::Lost);
        }
        self.must_compare |= random.is_some_and(|mut random| random.chance(50));
        self.rest()?;
        self.turn_clock(world.now);
        self.saved.clear();
        Ok(())
    }

    fn saves(&mut self, world: &World, step: &Step, random: &mut Option<Random>) -> Vec<Save> {
        let mut way = |old: Option<&[u8]>, new: &[u8]| match random {
            Some(random) => Way::of(old, new, random),
            None => Way::InPlace,
        };
        let mut saves = self.folder.saves(world.files(), &mut way);
        if let Edit::Touch { file } = &step.edit {
            saves.extend(
                self.folder
                    .save_again(file, |bytes| way(Some(bytes), bytes)),
            );
        }
        saves
    }

    /// Saves a file, and lets time pass meanwhile.
    fn save(
        &mut self,
        save: &Save,
        acts_between: bool,
        mut random: Option<&mut Random>,
    ) -> Result<(), String> {
        for (number, operation) in (1..).zip(&save.operations) {
            let told = operation.run(self.folder.root());
            self.note(&short(operation));
            let is_heard = match &mut random {
                // Nothing but this event would say that something happened.
                Some(random) if !operation.may_look_the_same() => self.tell(told, random),
                _ => {
                    self.hear(Heard::Paths(told));
                    true
                }
            };
            let Some(random) = random.as_mut().filter(|_| acts_between) else {
                continue;
            };
            let pause = if number == save.operations.len() {
                let is_restless = self.clock > self.last_pause + RESTLESS_MAX;
                let longest = PAUSES[PAUSES.len() - 1];
                if is_restless {
                    longest
                } else {
                    *random.one(PAUSES)
                }
            } else if is_heard {
                random.below(PAUSE_MAX) as u64
            } else {
                // Nobody can know that this is the middle of a save: it is as if it were fast.
                continue;
            };
            let is_half_done = save.is_half_done(self.folder.root());
            let half_done = (number < save.operations.len() && is_half_done).then_some(save);
            self.wait(Duration::from_millis(pause), half_done)?;
        }
        Ok(())
    }

    /// What the watcher makes of an event. Whether it is known by now that something happened.
    fn tell(&mut self, told: Vec<PathBuf>, random: &mut Random) -> bool {
        let later = self.clock + Duration::from_millis(1 + random.below(LATE_MAX) as u64);
        match random.below(20) {
            0..9 => self.hear(Heard::Paths(told)),
            9 | 10 => {
                self.hear_later(later, Heard::Paths(told.clone()));
                self.hear(Heard::Paths(told));
            }
            // Some systems tell the folder only.
            11 => {
                let folders = told.iter().filter_map(|path| path.parent());
                let folders = folders.map(Path::to_owned).collect();
                self.hear(Heard::Paths(folders));
            }
            12 => self.hear(Heard::Lost),
            13 => {
                self.hear_later(later, Heard::Lost);
                return false;
            }
            14..17 => {
                self.hear_later(later, Heard::Paths(told));
                return false;
            }
            _ => {
                self.must_compare = true;
                return false;
            }
        }
        true
    }

    fn hear_later(&mut self, at: Instant, heard: Heard) {
        self.late.push((at, Told::Heard(heard)));
    }

    fn hear(&mut self, heard: Heard) {
        self.note(&match &heard {
            Heard::Paths(paths) => format!("heard of {}", self.names(paths)),
            Heard::Lost => "heard that events were lost".into(),
        });
        self.pace.on_event(self.clock, heard);
    }

    /// Lets time pass.
    fn wait(&mut self, pause: Duration, half_done: Option<&Save>) -> Result<(), String> {
        let end = self.clock + pause;
        let mut acts = 0..ACTS_MAX;
        while let Some(next) = self.next().filter(|next| *next <= end) {
            acts.next().ok_or("it never rests")?;
            self.go_on(next, half_done)?;
        }
        self.clock = self.clock.max(end);
        if pause.as_millis() > 200 {
            self.last_pause = self.clock;
        }
        Ok(())
    }

    /// Lets time pass until nothing is left but to compare once more. If no event was lost, what is
    /// shown has to be right without any comparison.
    fn rest(&mut self) -> Result<(), String> {
        for _ in 0..ACTS_MAX {
            let next = self.next().ok_or("it waits for ever")?.max(self.clock);
            let is_all_known = self.late.is_empty() && !self.must_compare;
            if is_all_known && self.pace.clone().on_tick(next) == Some(Act::Compare) {
                self.last_pause = self.clock;
                return Ok(());
            }
            self.go_on(next, None)?;
        }
        Err("it never rests".into())
    }

    /// When something happens next, if no file is saved before.
    fn next(&self) -> Option<Instant> {
        let late = self.late.iter().map(|(at, _)| *at);
        late.chain(self.pace.next_wakeup()).min()
    }

    fn go_on(&mut self, next: Instant, half_done: Option<&Save>) -> Result<(), String> {
        self.clock = self.clock.max(next);
        self.hear_what_is_due();
        match self.pace.on_tick(self.clock) {
            Some(act) => self.act(act, half_done),
            None => Ok(()),
        }
    }

    fn hear_what_is_due(&mut self) {
        let now = self.clock;
        let due: Vec<_> = self.late.extract_if(.., |(at, _)| *at <= now).collect();
        for (_, told) in due {
            match told {
                Told::Heard(heard) => self.hear(heard),
                Told::Compared(different) => {
                    self.note(&format!("compared, different: {}", self.names(&different)));
                    self.pace.on_compared(now, different);
                }
            }
        }
    }

    fn act(&mut self, act: Act, half_done: Option<&Save>) -> Result<(), String> {
        match act {
            Act::Try(paths) => {
                let verdict = self.attempt(paths, half_done)?;
                self.clock += TRYING;
                self.hear_what_is_due();
                self.pace.on_tried(self.clock, verdict);
            }
            Act::Settle(hints) => {
                self.note(&match &hints {
                    Hints::Paths(paths) => format!("settled {}", self.names(paths)),
                    Hints::All => "settled everything".into(),
                });
                self.showing.settle(&hints);
                if let Some(save) = half_done {
                    return Err(format!("{} was judged while it was saved", save.file));
                }
            }
            Act::Compare => {
                let different = Told::Compared(self.showing.comparison()());
                self.late.push((self.clock + COMPARING, different));
                // Events that are lost from now on need another one.
                self.must_compare = false;
            }
        }
        Ok(())
    }

    /// A try shows neither an error that was not there before nor a file that is half saved.
    fn attempt(
        &mut self,
        paths: Vec<PathBuf>,
        half_done: Option<&Save>,
    ) -> Result<Verdict, String> {
        let tried = self.names(&paths);
        let before = (self.snapshot(), errors(&self.problems()));
        let verdict = self.showing.attempt(&Hints::Paths(paths));
        self.note(&format!("tried {tried}: {verdict:?}"));
        let after = (self.snapshot(), errors(&self.problems()));
        if let Some(new) = after.1.iter().find(|error| !before.1.contains(*error)) {
            return Err(format!("a try shows an error: {new:?}"));
        }
        let Some((save, (before, after))) = half_done.zip(before.0.zip(after.0)) else {
            return Ok(verdict);
        };
        if !Arc::ptr_eq(&before, &after) && is_part(&before, &save.file) {
            return Err(format!("{} is shown while it is saved", save.file));
        }
        Ok(verdict)
    }

    /// It is another time, and what is shown before its time changes too, or nobody would look.
    fn turn_clock(&mut self, now: &'static str) {
        if now == self.now {
            return;
        }
        self.now = now;
        self.showing.asked = &self.stage.asked[now];
        let mut shows = self.stage.wishes.lock().unwrap();
        shows.drafts = !shows.drafts;
        drop(shows);
        self.showing.settle(&Hints::Paths(Vec::new()));
    }

    fn note(&mut self, what: &str) {
        let at = (self.clock - self.begin).as_millis();
        writeln!(self.log, "{at:>8} ms: {what}").unwrap();
    }

    fn names(&self, paths: &[PathBuf]) -> String {
        let root = self.folder.root();
        let names = paths
            .iter()
            .map(|path| path.strip_prefix(root).unwrap_or(path));
        let names: Vec<String> = names.map(|name| name.display().to_string()).collect();
        names.join(", ")
    }
}

fn short(operation: &Operation) -> String {
    match operation {
        Operation::Write { file, bytes, time } => {
            format!("{} bytes written to {file}, {time:?}", bytes.len())
        }
        Operation::Rename { from, to } => format!("{from} renamed to {to}"),
        Operation::Remove { file } => format!("{file} removed"),
    }
}

/// What does not change when a file is edited elsewhere.
fn errors(problems: &[Diagnostic]) -> Vec<String> {
    let errors = problems.iter();
    let errors = errors.filter(|problem| problem.severity == Severity::Error);
    errors
        .map(|error| format!("{:?} {} {}", error.code, error.place.file, error.message))
        .collect()
}

/// Whether the site that is shown is made of a file.
fn is_part(snapshot: &Snapshot, file: &str) -> bool {
    let is_template = file.starts_with("templates/") && file.ends_with(".html");
    let is_static = file.starts_with("static/") && file.ends_with(".css");
    is_template || is_static || (snapshot.find_file)(file).is_some()
}
