//! Style sheets are compiled in a process of their own. A sheet can run for ever, nest without end or
//! take all memory, and only a process can be kept from that.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Done;
use crate::input::{Compiled, SassCompiler, SassFile, SassFiles};
use crate::render::sass::{InThisProcess, unmade};

/// The command by which the program calls itself.
pub const COMMAND: &str = "compile-sass";

/// Processor time for one sheet. The largest frameworks take seconds of a slow machine.
const SECONDS_MAX: u64 = 10;

/// Of the clock on the wall, which goes on while other programs work.
const WAIT_MAX: Duration = Duration::from_secs(3 * SECONDS_MAX);

/// Memory for one sheet; a large framework takes a tenth.
const MEMORY_BYTES_MAX: u64 = 512 << 20;

/// Largest style sheet; the largest frameworks are a hundredth.
const SHEET_BYTES_MAX: u64 = 32 << 20;

/// This program, to be started again.
pub fn program() -> Option<PathBuf> {
    // It leads to what runs, also after another version was put in its place.
    const RUNNING: &str = "/proc/self/exe";
    match Path::new(RUNNING).exists() {
        true => Some(RUNNING.into()),
        false => std::env::current_exe().ok(),
    }
}

/// Compiles in a process of its own.
#[derive(Debug)]
pub struct Apart {
    program: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Task {
    file: Arc<str>,
    files: Vec<SassFile>,
}

impl Apart {
    pub fn new(program: &Path) -> Apart {
        Apart {
            program: program.to_owned(),
        }
    }

    fn start(&self, task: &Task) -> io::Result<Child> {
        let mut child = Command::new(&self.program)
            .arg(COMMAND)
            // What our allocator only reserves would count as memory taken.
            .env("MIMALLOC_ARENA_EAGER_COMMIT", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // Whatever ends the child before it has read all is said of the child.
            let _ = stdin.write_all(&serde_json::to_vec(task)?);
        }
        Ok(child)
    }
}

impl SassCompiler for Apart {
    fn compile(&self, file: &Arc<str>, files: &SassFiles) -> Compiled {
        let task = Task {
            file: file.clone(),
            files: files.all().to_vec(),
        };
        let ended = self.start(&task).and_then(Ended::of);
        let (reason, hint) = match ended {
            Ok(ended) => match serde_json::from_slice(&ended.output) {
                Ok(compiled) if ended.status.success() => return compiled,
                _ => ended.reason(),
            },
            Err(error) => (
                format!("the Sass compiler cannot be started: {error}"),
                None,
            ),
        };
        unmade(file, files, &reason, hint)
    }
}

/// A process that has ended, by itself or not.
struct Ended {
    status: ExitStatus,
    output: Vec<u8>,
    complaint: String,
    is_late: bool,
}

impl Ended {
    fn of(mut child: Child) -> io::Result<Ended> {
        let (hand_over, read) = mpsc::channel();
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        thread::spawn(move || {
            let mut output = Vec::new();
            // One more than is taken shows that there is more; then nobody reads, and the child ends.
            let all = stdout.map(|out| out.take(SHEET_BYTES_MAX + 1).read_to_end(&mut output));
            let _ = hand_over.send((all.transpose(), output));
        });
        let read = read.recv_timeout(WAIT_MAX);
        let is_late = read.is_err();
        if is_late {
            child.kill()?;
        }
        let status = child.wait()?;
        let mut complaint = String::new();
        if let Some(mut stderr) = stderr {
            let _ = stderr.read_to_string(&mut complaint);
        }
        let (all, output) = read.unwrap_or((Ok(None), Vec::new()));
        all?;
        Ok(Ended {
            status,
            output,
            complaint,
            is_late,
        })
    }

    /// Why there is no style sheet, and what to do.
    fn reason(&self) -> (String, Option<&'static str>) {
        if self.is_late || is_out_of_time(self.status) {
            let message = format!("the style sheet is not made after {SECONDS_MAX} seconds");
            let hint = "look for an `@while`, `@for` or `@function` that does not end";
            return (message, Some(hint));
        }
        if self.output.len() as u64 > SHEET_BYTES_MAX {
            let message = format!(
                "the style sheet is larger than {} MB",
                SHEET_BYTES_MAX >> 20
            );
            return (message, Some("look for a loop that repeats itself"));
        }
        if self.complaint.contains("overflowed its stack") {
            let message = "what stands in this style sheet is nested without end";
            let hint = "look for a mixin or function that calls itself and never stops";
            return (message.to_owned(), Some(hint));
        }
        // An allocator that gets no memory ends the process in one way or another.
        if self.status.code().is_none() {
            let megabytes = MEMORY_BYTES_MAX >> 20;
            let message =
                format!("making the style sheet takes more than {megabytes} MB of memory");
            return (
                message,
                Some("look for a text or list that grows in a loop"),
            );
        }
        let message = format!("the Sass compiler ended without a result ({})", self.status);
        (message, None)
    }
}

#[cfg(unix)]
fn is_out_of_time(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;

    status.signal() == Some(rustix::process::Signal::XCPU.as_raw())
}

#[cfg(not(unix))]
fn is_out_of_time(_: ExitStatus) -> bool {
    false
}

/// The process: a task comes in, what was compiled goes out.
pub fn run() -> anyhow::Result<Done> {
    keep_within_limits();
    let mut task = Vec::new();
    io::stdin().lock().read_to_end(&mut task)?;
    let task: Task = serde_json::from_slice(&task)?;
    let compiled = InThisProcess.compile(&task.file, &SassFiles::new(task.files));
    io::stdout().write_all(&serde_json::to_vec(&compiled)?)?;
    Ok(Done::Clean)
}

/// What the system holds this process to; where it does not, whoever waits ends it after some time.
#[cfg(unix)]
fn keep_within_limits() {
    use rustix::process::{Resource, Rlimit, setrlimit};

    let limits = [
        (Resource::Cpu, SECONDS_MAX),
        (Resource::Data, MEMORY_BYTES_MAX),
        // What a process leaves behind that was ended.
        (Resource::Core, 0),
    ];
    for (resource, limit) in limits {
        let limit = Rlimit {
            current: Some(limit),
            // At the greater one the system does not say why it ends a process.
            maximum: Some(limit + 1),
        };
        let _ = setrlimit(resource, limit);
    }
}

#[cfg(not(unix))]
fn keep_within_limits() {}
