//! A site on the disk that follows a site in memory.

use std::path::Path;

use tempfile::TempDir;

use super::edit::Files;
use super::save::{Save, Way};

/// A folder that vanishes after the test.
pub struct Folder {
    folder: TempDir,
    /// What it holds. Files that others put there are not touched.
    held: Files,
}

impl Folder {
    pub fn new() -> Folder {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() {
            tempfile::tempdir_in(memory)
        } else {
            tempfile::tempdir()
        };
        Folder {
            folder: folder.unwrap(),
            held: Files::new(),
        }
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// What has to be done until it holds these files: what is gone is deleted and what is new is
    /// saved, nothing else. Whoever asks does it.
    pub fn saves(
        &mut self,
        files: &Files,
        mut way: impl FnMut(Option<&[u8]>, &[u8]) -> Way,
    ) -> Vec<Save> {
        let gone = self.held.keys().filter(|file| !files.contains_key(*file));
        let mut saves: Vec<Save> = gone.map(|file| Save::removal(file)).collect();
        for (file, bytes) in files {
            let old = self.held.get(file).map(Vec::as_slice);
            if old != Some(bytes.as_slice()) {
                saves.push(Save::new(file, old, bytes, way(old, bytes)));
            }
        }
        self.held.clone_from(files);
        saves
    }

    /// What saves a file as it is, if it is there.
    pub fn save_again(&self, file: &str, way: impl FnOnce(&[u8]) -> Way) -> Option<Save> {
        let bytes = self.held.get(file)?;
        Some(Save::new(file, Some(bytes), bytes, way(bytes)))
    }

    /// Holds these files from now on.
    pub fn hold(&mut self, files: &Files) {
        for save in self.saves(files, |_, _| Way::InPlace) {
            self.run(&save);
        }
    }

    /// Saves a file as it is.
    pub fn touch(&mut self, file: &str) {
        if let Some(save) = self.save_again(file, |_| Way::InPlace) {
            self.run(&save);
        }
    }

    fn run(&self, save: &Save) {
        for operation in &save.operations {
            operation.run(self.root());
        }
    }

    /// Has a link to another folder, where the system has such links for everybody.
    pub fn link(&self, name: &str, to: &Folder) {
        #[cfg(unix)]
        std::os::unix::fs::symlink(to.root(), self.root().join(name)).unwrap();
        #[cfg(not(unix))]
        let _ = (name, to);
    }
}
