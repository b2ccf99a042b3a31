//! How far a build is, on a terminal only and not before it has taken a second.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::held;

/// A build that ends sooner is not worth a bar that flickers.
const QUIET: Duration = Duration::from_secs(1);

/// Shows how many of how many things are done; several threads may report at once.
#[derive(Debug)]
pub struct Progress {
    started: Instant,
    shown: Arc<Mutex<Shown>>,
}

/// What the bar shows, or will show once there is one.
#[derive(Debug, Default)]
struct Shown {
    done: usize,
    all: usize,
    /// What there are so many of.
    things: &'static str,
    bar: Option<ProgressBar>,
    is_over: bool,
}

impl Progress {
    /// Progress that begins now.
    pub fn start() -> Progress {
        let shown: Arc<Mutex<Shown>> = Arc::default();
        // A large picture may take half a minute, in which nobody reports anything.
        let later = shown.clone();
        thread::spawn(move || {
            thread::sleep(QUIET);
            held(&later).draw();
        });
        Progress {
            started: Instant::now(),
            shown,
        }
    }

    /// Says that so many of all files, or of other things, are made. Cheap enough to be called for
    /// every page.
    pub fn show(&self, done: usize, all: usize, things: &'static str) {
        // A thread that finds another one drawing has nothing newer to say.
        let Ok(mut shown) = self.shown.try_lock() else {
            return;
        };
        (shown.done, shown.all, shown.things) = (done, all, things);
        if self.started.elapsed() >= QUIET {
            shown.draw();
        }
    }

    /// Takes the bar away and says how long it took.
    pub fn finish(self) -> Duration {
        let mut shown = held(&self.shown);
        shown.is_over = true;
        if let Some(bar) = shown.bar.take() {
            bar.finish_and_clear();
        }
        self.started.elapsed()
    }
}

impl Shown {
    fn draw(&mut self) {
        if self.is_over || self.all == 0 {
            return;
        }
        let (done, all) = (self.done as u64, self.all as u64);
        let bar = self.bar.get_or_insert_with(|| {
            // indicatif draws to standard error, and only if that is a terminal.
            let bar = ProgressBar::new(all);
            let style = ProgressStyle::with_template("{wide_bar} {pos} of {len} {msg}");
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        if bar.message() != self.things {
            bar.set_message(self.things);
        }
        bar.set_length(all);
        bar.set_position(done);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What the bar shows: how many of how many of what.
    fn check(progress: &Progress, expected: Option<(u64, u64, &str)>) {
        let shown = held(&progress.shown);
        let bar = shown.bar.as_ref();
        let found = bar.map(|bar| (bar.position(), bar.length().unwrap(), bar.message()));
        let found = found
            .as_ref()
            .map(|(done, all, things)| (*done, *all, &**things));
        assert_eq!(found, expected);
    }

    #[test]
    fn pictures_are_shown_before_the_first_is_made() {
        let progress = Progress::start();
        progress.show(7, 7, "files");
        progress.show(0, 3, "pictures");
        check(&progress, None);
        thread::sleep(QUIET + QUIET);
        check(&progress, Some((0, 3, "pictures")));
        progress.show(1, 3, "pictures");
        check(&progress, Some((1, 3, "pictures")));
    }
}
