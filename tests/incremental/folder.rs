//! A site on the disk that follows a site in memory.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::edit::Files;

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

    /// Deletes what is gone and saves what is new, nothing else. Every save truncates and writes:
    /// this is the place for the other ways in which editors save.
    pub fn hold(&mut self, files: &Files) {
        for file in self.held.keys().filter(|file| !files.contains_key(*file)) {
            let path = self.root().join(file);
            fs::remove_file(&path).unwrap();
            // Folders go with their last file, as in git.
            for folder in path.ancestors().skip(1) {
                if folder == self.root() || fs::remove_dir(folder).is_err() {
                    break;
                }
            }
        }
        for (file, bytes) in files {
            if self.held.get(file) != Some(bytes) {
                self.save(file, bytes);
            }
        }
        self.held.clone_from(files);
    }

    /// Has a link to another folder, where the system has such links for everybody.
    pub fn link(&self, name: &str, to: &Folder) {
        #[cfg(unix)]
        std::os::unix::fs::symlink(to.root(), self.root().join(name)).unwrap();
        #[cfg(not(unix))]
        let _ = (name, to);
    }

    /// Saves a file as it is.
    pub fn touch(&self, file: &str) {
        if let Some(bytes) = self.held.get(file) {
            self.save(file, bytes);
        }
    }

    fn save(&self, file: &str, bytes: &[u8]) {
        let path = self.root().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}
