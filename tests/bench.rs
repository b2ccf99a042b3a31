//! How long the steps of a build take, at 1,000 and at 10,000 briefs: `cargo bench`.
//!
//! Nothing here can fail for being slow, for machines differ; the figures are for comparing two
//! versions side by side.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use dateline::config::{Config, Overrides};
use dateline::content::source::Source;
use dateline::diagnostic::Diagnostics;
use dateline::input::{Input, Preview};
use dateline::render::theme;
use dateline::value::Value;
use dateline::{Memo, disk};

fn main() {
    divan::main();
}

const BRIEFS: [usize; 2] = [1_000, 10_000];

/// A site of so many briefs, read from a folder that is made once.
fn site(briefs: usize) -> Input {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{briefs}"));
    if !folder.join("dateline").exists() {
        let made = Command::new("python3")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus"))
            .arg(briefs.to_string())
            .arg(&folder)
            .status();
        assert!(made.unwrap().success(), "the corpus could not be made");
    }
    let mut problems = Diagnostics::default();
    let source = disk::find_config(&folder.join("dateline"), None).unwrap();
    let config = Config::parse(
        source.file.clone(),
        &source.text,
        &Overrides::default(),
        &Value::None,
        &mut problems,
    );
    let reading = disk::Reading {
        root: &source.root,
        output_dir: &source.root.join("public"),
        embedded: &theme::embedded(),
        now: "2026-11-01T00:00:00Z".parse().unwrap(),
        preview: Preview::default(),
    };
    disk::read_site(Arc::new(config.unwrap()), &reading, &mut problems).unwrap()
}

/// From texts to a plan, with nothing remembered.
#[divan::bench(args = BRIEFS, sample_count = 5, sample_size = 1)]
fn plan(bencher: divan::Bencher<'_, '_>, briefs: usize) {
    let input = site(briefs);
    bencher.bench_local(|| {
        dateline::plan(&input, &mut Memo::default(), &mut Diagnostics::default()).is_some()
    });
}

/// The same after one word was added to the text of the newest brief.
#[divan::bench(args = BRIEFS, sample_count = 20, sample_size = 1)]
fn plan_after_an_edit(bencher: divan::Bencher<'_, '_>, briefs: usize) {
    edits(bencher, briefs, |input, text, number| {
        let last = input.sources.last_mut().unwrap();
        last.bytes = format!("{text}\nword{number}\n").into_bytes().into();
    });
}

/// The same after a brief was added.
#[divan::bench(args = BRIEFS, sample_count = 20, sample_size = 1)]
fn plan_after_a_new_brief(bencher: divan::Bencher<'_, '_>, briefs: usize) {
    edits(bencher, briefs, |input, text, number| {
        input.sources.push(Source {
            path: format!("briefs/new-{number:04}.md").into(),
            bytes: text
                .replace("id = \"", &format!("id = \"{number:04}"))
                .into_bytes()
                .into(),
        });
    });
}

fn edits(bencher: divan::Bencher<'_, '_>, briefs: usize, edit: impl Fn(&mut Input, &str, usize)) {
    let mut input = site(briefs);
    let newest = input.sources.last().unwrap();
    let text = String::from_utf8(newest.bytes.to_vec()).unwrap();
    let mut memo = Memo::default();
    dateline::plan(&input, &mut memo, &mut Diagnostics::default());
    let mut number = 0;
    bencher.bench_local(|| {
        number += 1;
        edit(&mut input, &text, number);
        dateline::plan(&input, &mut memo, &mut Diagnostics::default()).is_some()
    });
}
