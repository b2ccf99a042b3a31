//! How editors save a file: the same bytes lie there in the end, other things on the way.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::author::Random;

/// One file that becomes another, or none, step by step.
pub struct Save {
    pub file: String,
    /// Whether something was there, and something will be.
    pub is_replaced: bool,
    pub operations: Vec<Operation>,
}

/// A way of saving.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    InPlace,
    /// In place, and nothing is there for a moment.
    Truncated,
    /// Beside the old one, and then put in its place.
    Renamed,
    /// The old one is `name~` until the new one is there.
    BackedUp,
    /// In place, and then once more.
    Twice,
    /// In place, with the time that the old one had.
    TimePutBack,
    /// In place, by a clock that is set back.
    InThePast,
}

/// One call of the system.
#[derive(Clone, Debug)]
pub enum Operation {
    Write {
        file: String,
        bytes: Vec<u8>,
        time: Time,
    },
    Rename {
        from: String,
        to: String,
    },
    /// With the folders in which nothing is left, as in git.
    Remove {
        file: String,
    },
}

/// When a file is said to have been modified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    Now,
    /// As that which was there.
    Kept,
    Past,
}

impl Way {
    const ALL: &[Way] = &[
        Way::InPlace,
        Way::Truncated,
        Way::Renamed,
        Way::BackedUp,
        Way::Twice,
        Way::TimePutBack,
        Way::InThePast,
    ];

    /// Any way, but a length that stays the same is an occasion to keep the time as well.
    pub fn of(old: Option<&[u8]>, new: &[u8], random: &mut Random) -> Way {
        if old.is_some_and(|old| old.len() == new.len()) && random.chance(50) {
            return Way::TimePutBack;
        }
        *random.one(Way::ALL)
    }
}

impl Save {
    pub fn new(file: &str, old: Option<&[u8]>, new: &[u8], way: Way) -> Save {
        let write = |file: &str, bytes: &[u8], time| Operation::Write {
            file: file.to_owned(),
            bytes: bytes.to_owned(),
            time,
        };
        let rename = |from: &str, to: &str| Operation::Rename {
            from: from.to_owned(),
            to: to.to_owned(),
        };
        let in_place = |time| write(file, new, time);
        let operations = match way {
            Way::Truncated => vec![write(file, &[], Time::Now), in_place(Time::Now)],
            Way::Renamed => {
                let beside = format!("{file}.new");
                vec![write(&beside, new, Time::Now), rename(&beside, file)]
            }
            Way::BackedUp if old.is_some() => {
                let backup = format!("{file}~");
                vec![
                    rename(file, &backup),
                    in_place(Time::Now),
                    Operation::Remove { file: backup },
                ]
            }
            Way::Twice => vec![in_place(Time::Now), in_place(Time::Now)],
            Way::TimePutBack => vec![in_place(Time::Kept)],
            Way::InThePast => vec![in_place(Time::Past)],
            Way::InPlace | Way::BackedUp => vec![in_place(Time::Now)],
        };
        Save {
            file: file.to_owned(),
            is_replaced: old.is_some_and(|old| !old.is_empty()) && !new.is_empty(),
            operations,
        }
    }

    pub fn removal(file: &str) -> Save {
        let file = file.to_owned();
        Save {
            file: file.clone(),
            is_replaced: false,
            operations: vec![Operation::Remove { file }],
        }
    }

    /// Whether it is in the middle, where an editor would rather not be seen.
    pub fn is_half_done(&self, root: &Path) -> bool {
        let found = fs::metadata(root.join(&self.file));
        self.is_replaced && found.map_or(true, |found| found.len() == 0)
    }
}

impl Operation {
    /// Does it, and says where something happened.
    pub fn run(&self, root: &Path) -> Vec<PathBuf> {
        match self {
            Operation::Write { file, bytes, time } => write(root, &root.join(file), bytes, *time),
            Operation::Rename { from, to } => {
                let both = [from, to].map(|file| root.join(file));
                fs::rename(&both[0], &both[1]).unwrap();
                both.into()
            }
            Operation::Remove { file } => {
                let path = root.join(file);
                fs::remove_file(&path).unwrap();
                let folders = path.ancestors().skip(1);
                let gone = folders.take_while(|at| *at != root && fs::remove_dir(at).is_ok());
                std::iter::once(&*path)
                    .chain(gone)
                    .map(Path::to_owned)
                    .collect()
            }
        }
    }

    /// Whether only the bytes tell what lies there from what lay there before. A comparison looks at
    /// no bytes, so the event must not be lost then. Where the system notes when a file was changed,
    /// whatever time the file is given, a comparison always sees it.
    pub fn may_look_the_same(&self) -> bool {
        let keeps = |time: Time| time != Time::Now;
        !cfg!(unix) && matches!(self, Operation::Write { time, .. } if keeps(*time))
    }
}

fn write(root: &Path, path: &Path, bytes: &[u8], time: Time) -> Vec<PathBuf> {
    let folders = path.ancestors().skip(1);
    let new = folders.take_while(|at| *at != root && !at.exists());
    let mut told: Vec<PathBuf> = new.map(Path::to_owned).collect();
    told.push(path.to_owned());
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let before = fs::metadata(path).and_then(|found| found.modified());
    fs::write(path, bytes).unwrap();
    let modified = match time {
        Time::Now => None,
        Time::Kept => before.ok(),
        Time::Past => Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)),
    };
    if let Some(modified) = modified {
        let file = File::options().write(true).open(path).unwrap();
        file.set_modified(modified).unwrap();
    }
    told
}
