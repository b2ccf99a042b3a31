//! Work that nobody waits for.

use std::thread;
use std::time::Duration;

/// What a browser asks for after a rebuild comes first.
const PAUSE: Duration = Duration::from_millis(100);

/// Does something on a thread of its own that gives way to all others: what a browser has asked for
/// comes first, also where there are few processors.
pub fn spawn(run: impl FnOnce() + Send + 'static) {
    thread::spawn(|| {
        give_way();
        run();
    });
}

/// The same of what follows on a rebuild, a little later.
pub fn spawn_later(run: impl FnOnce() + Send + 'static) {
    spawn(|| {
        thread::sleep(PAUSE);
        run();
    });
}

/// On Linux niceness is a thread's own (nice(2)); elsewhere it is that of the whole program, which
/// is left as it is.
#[cfg(target_os = "linux")]
fn give_way() {
    const NICER: i32 = 10;
    // Whoever may not be nice goes on as before.
    let _ = rustix::process::nice(NICER);
}

#[cfg(not(target_os = "linux"))]
fn give_way() {}
