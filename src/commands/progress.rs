//! How far a build is, on a terminal only and not before it has taken a second.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// A build that ends sooner is not worth a bar that flickers.
const QUIET: Duration = Duration::from_secs(1);

/// Shows how many of how many things are done; several threads may report at once.
#[derive(Debug)]
pub struct Progress {
    started: Instant,
    bar: Mutex<Option<ProgressBar>>,
}

impl Progress {
    /// Progress that begins now.
    pub fn start() -> Progress {
        Progress {
            started: Instant::now(),
            bar: Mutex::new(None),
        }
    }

    /// Says that `done` of `all` pages are made. Cheap enough to be called for every page.
    pub fn show(&self, done: usize, all: usize) {
        if self.started.elapsed() < QUIET {
            return;
        }
        // A thread that finds another one drawing has nothing newer to say.
        let Ok(mut bar) = self.bar.try_lock() else {
            return;
        };
        let bar = bar.get_or_insert_with(|| {
            // indicatif draws to standard error, and only if that is a terminal.
            let bar = ProgressBar::new(all as u64);
            let style = ProgressStyle::with_template("{wide_bar} {pos} of {len} files");
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    }

    /// Takes the bar away and says how long it took.
    pub fn finish(self) -> Duration {
        if let Ok(Some(bar)) = self.bar.into_inner() {
            bar.finish_and_clear();
        }
        self.started.elapsed()
    }
}

/// A duration for people: `35 ms`, `2.1 s`, `3 min 20 s`.
pub fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds >= 100 {
        return format!("{} min {} s", seconds / 60, seconds % 60);
    }
    if duration >= Duration::from_millis(995) {
        return format!("{:.1} s", duration.as_secs_f64());
    }
    format!("{} ms", duration.as_millis())
}
