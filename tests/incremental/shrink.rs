//! The short list of steps that still fails.

use std::time::{Duration, Instant};

use super::edit::{Look, Step};

/// Who waits for a list that is shorter still would rather read the one that there is.
const TIME_MAX: Duration = Duration::from_secs(120);

/// Leaves out what is not needed for `fails` to be true: long runs of steps first, then single
/// steps, then odd ways of saving and looks between them.
pub fn shrink(mut steps: Vec<Step>, fails: impl Fn(&[Step]) -> bool) -> Vec<Step> {
    let stop = Instant::now() + TIME_MAX;
    let mut length = steps.len().div_ceil(2);
    loop {
        let before = steps.len();
        let mut at = 0;
        while at < steps.len() && Instant::now() < stop {
            let end = (at + length).min(steps.len());
            let mut fewer = steps.clone();
            fewer.drain(at..end);
            // What was looked at after them may be what fails.
            let mut seen = fewer.clone();
            if at > 0 {
                seen[at - 1].then = steps[end - 1].then;
            }
            if fails(&fewer) {
                steps = fewer;
            } else if at > 0 && fails(&seen) {
                steps = seen;
            } else {
                at += length;
            }
        }
        if length == 1 && steps.len() == before || Instant::now() >= stop {
            break;
        }
        length = length.div_ceil(2);
    }
    for at in 0..steps.len() {
        let mut plainer = steps.clone();
        plainer[at].chance = None;
        if Instant::now() < stop && steps[at].chance.is_some() && fails(&plainer) {
            steps = plainer;
        }
        for then in [Look::Away, Look::AtAll] {
            let mut simpler = steps.clone();
            simpler[at].then = then;
            if Instant::now() < stop && steps[at].then != then && fails(&simpler) {
                steps = simpler;
                break;
            }
        }
    }
    steps
}
