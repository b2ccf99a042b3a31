//! What people do to a site, as data: it can be printed, done again, and left out.

use std::collections::BTreeMap;
use std::io::Cursor;

/// The files of a site, by path from its root.
pub type Files = BTreeMap<String, Vec<u8>>;

/// One change. What it names may be gone, for steps before it may be left out: then it does nothing.
#[derive(Clone, Debug)]
pub enum Edit {
    /// The first place of `old` in a file is `new` from now on.
    Replace {
        file: String,
        old: String,
        new: String,
    },
    /// A new file, or a file of which nothing is left.
    Write {
        file: String,
        text: String,
    },
    /// A picture in one shade of grey, of a width and a height, in the place of what was there.
    Paint {
        file: String,
        shade: u8,
        size: (u32, u32),
    },
    /// A file, or a folder with all that is in it.
    Delete {
        path: String,
    },
    /// A file, over another one if there is one, or a folder to where nothing is.
    Move {
        from: String,
        to: String,
    },
    /// Saved as it was.
    Touch {
        file: String,
    },
    Break {
        file: String,
        how: Damage,
    },
    /// What stood there before it was broken.
    Repair {
        file: String,
    },
    /// All is as it was before the last edit but this kind.
    Undo,
    /// All is as it was in the beginning: many files at once, as git does it.
    Reset,
    /// Time goes on, or back.
    Clock {
        now: &'static str,
    },
}

/// How a file is half-saved, or wrong.
#[derive(Clone, Copy, Debug)]
pub enum Damage {
    Emptied,
    Halved,
    NotUtf8,
    Ends(&'static str),
}

/// A change, and what is looked at after it.
#[derive(Clone, Debug)]
pub struct Step {
    pub edit: Edit,
    pub then: Look,
    /// What decides how editors save it and what a watcher tells of it; the plainest way if nothing.
    pub chance: Option<u64>,
}

/// Which pages are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// None: the next change comes before anything is rebuilt.
    Away,
    /// Some, by chance: the others were rendered several steps ago when it is their turn.
    AtSome(u64),
    AtAll,
}

/// A site in the middle of its history.
#[derive(Clone, Debug)]
pub struct World {
    pub now: &'static str,
    state: State,
    first: State,
    previous: State,
}

/// The files that lie there.
#[derive(Clone, Debug, Default)]
struct State {
    files: Files,
    /// What files were before they were broken.
    whole: Files,
}

impl World {
    pub fn new(files: Files, now: &'static str) -> World {
        let whole = Files::new();
        let state = State { files, whole };
        World {
            now,
            first: state.clone(),
            previous: state.clone(),
            state,
        }
    }

    pub fn files(&self) -> &Files {
        &self.state.files
    }

    /// The files that are broken.
    pub fn broken(&self) -> Vec<&String> {
        self.state.whole.keys().collect()
    }

    pub fn apply(&mut self, edit: &Edit) {
        match edit {
            Edit::Undo => self.state.clone_from(&self.previous),
            Edit::Reset => self.state.clone_from(&self.first),
            Edit::Clock { now } => self.now = now,
            _ => {
                self.previous.clone_from(&self.state);
                self.state.apply(edit);
            }
        }
    }
}

impl State {
    fn apply(&mut self, edit: &Edit) {
        match edit {
            Edit::Replace { file, old, new } => self.replace(file, old, new),
            Edit::Write { file, text } => {
                if self.takes_file(file) {
                    self.whole.remove(file);
                    self.files.insert(file.clone(), text.clone().into_bytes());
                }
            }
            Edit::Paint { file, shade, size } => {
                if self.takes_file(file) {
                    self.whole.remove(file);
                    self.files.insert(file.clone(), picture(*shade, *size));
                }
            }
            Edit::Delete { path } => {
                let stays = |file: &String| !is_at_or_below(file, path);
                self.files.retain(|file, _| stays(file));
                self.whole.retain(|file, _| stays(file));
            }
            Edit::Move { from, to } => self.rename(from, to),
            Edit::Break { file, how } => {
                if let Some(bytes) = self.files.get_mut(file) {
                    let whole = bytes.clone();
                    damage(bytes, *how);
                    self.whole.entry(file.clone()).or_insert(whole);
                }
            }
            Edit::Repair { file } => {
                if let Some(whole) = self.whole.remove(file) {
                    self.files.insert(file.clone(), whole);
                }
            }
            Edit::Touch { .. } | Edit::Undo | Edit::Reset | Edit::Clock { .. } => {}
        }
    }

    fn replace(&mut self, file: &str, old: &str, new: &str) {
        let Some(bytes) = self.files.get_mut(file) else {
            return;
        };
        if let Ok(text) = str::from_utf8(bytes) {
            *bytes = text.replacen(old, new, 1).into_bytes();
        }
    }

    fn rename(&mut self, from: &str, to: &str) {
        let is_file = self.files.contains_key(from);
        let is_taken = self.files.keys().any(|file| is_at_or_below(file, to));
        if is_at_or_below(to, from) || !self.takes_file(to) || (is_taken && !is_file) {
            return;
        }
        self.whole.remove(to);
        for files in [&mut self.files, &mut self.whole] {
            let moved: Vec<String> = files
                .keys()
                .filter(|file| is_at_or_below(file, from))
                .cloned()
                .collect();
            for file in moved {
                let bytes = files.remove(&file).expect("it was listed");
                files.insert(to.to_owned() + &file[from.len()..], bytes);
            }
        }
    }

    /// Whether a path can be a file: it is no folder, and nothing above it is a file.
    fn takes_file(&self, path: &str) -> bool {
        let mut others = self.files.keys().filter(|file| *file != path);
        !others.any(|other| is_at_or_below(other, path) || is_at_or_below(path, other))
    }
}

/// The bytes of a picture.
pub fn picture(shade: u8, (width, height): (u32, u32)) -> Vec<u8> {
    let picture = image::GrayImage::from_pixel(width, height, image::Luma([shade]));
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

fn is_at_or_below(file: &str, path: &str) -> bool {
    file.strip_prefix(path)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn damage(bytes: &mut Vec<u8>, how: Damage) {
    match how {
        Damage::Emptied => bytes.clear(),
        Damage::Halved => bytes.truncate(bytes.len() / 2),
        Damage::NotUtf8 => bytes.push(0xff),
        Damage::Ends(text) => bytes.extend(text.bytes()),
    }
}
