//! How long the steps of a build take, at 1,000 and at 10,000 briefs: `cargo bench`.
//!
//! Nothing here can fail for being slow, for machines differ; the figures are for comparing two
//! versions side by side.

#![expect(
    clippy::disallowed_methods,
    reason = "the steps that are measured begin with a save"
)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use dateline::config::{Config, Overrides};
use dateline::content::source::Source;
use dateline::diagnostic::Diagnostics;
use dateline::disk::{Hints, Reader};
use dateline::input::{Input, Preview};
use dateline::render::theme;
use dateline::value::Value;
use dateline::{Memo, disk};

fn main() {
    divan::main();
}

const BRIEFS: [usize; 2] = [1_000, 10_000];

/// The folder of a site of so many briefs, which is made once.
fn folder(briefs: usize) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{briefs}"));
    if !folder.join("dateline").exists() {
        let made = Command::new("python3")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus"))
            .arg(briefs.to_string())
            .arg(&folder)
            .status();
        assert!(made.unwrap().success(), "the corpus could not be made");
    }
    folder.join("dateline")
}

/// Reads a site of so many briefs, with what was read of it before.
fn read(briefs: usize, reader: &mut Reader, hints: &Hints) -> Input {
    let mut problems = Diagnostics::default();
    let source = disk::find_config(&folder(briefs), None).unwrap();
    let config = Config::parse(
        source.file.clone(),
        &source.text,
        &Overrides::default(),
        &Value::None,
        &mut problems,
    );
    let config = Arc::new(config.unwrap());
    let reading = disk::Reading {
        root: &source.root,
        output_dir: &source.root.join("public"),
        embedded: &theme::embedded(),
        now: "2026-11-01T00:00:00Z".parse().unwrap(),
        preview: Preview::default(),
    };
    reader
        .refresh(&config, &reading, hints, &mut problems)
        .unwrap();
    reader.input(config, &reading, &mut problems)
}

/// A site of so many briefs, read from nothing.
fn site(briefs: usize) -> Input {
    read(briefs, &mut Reader::default(), &Hints::All)
}

#[divan::bench(args = BRIEFS, sample_count = 10, sample_size = 1)]
fn read_from_nothing(bencher: divan::Bencher<'_, '_>, briefs: usize) {
    bencher.bench_local(|| site(briefs));
}

/// From the hint that a brief was saved to an input.
#[divan::bench(args = BRIEFS, sample_count = 100, sample_size = 1)]
fn read_after_an_edit(bencher: divan::Bencher<'_, '_>, briefs: usize) {
    let input = site(briefs);
    let newest = input.sources.last().unwrap();
    let path = folder(briefs).join("content").join(&*newest.path);
    let mut reader = Reader::default();
    read(briefs, &mut reader, &Hints::All);
    let mut number = 0;
    let save = || {
        number += 1;
        let text = [&*newest.bytes, format!("word{number}\n").as_bytes()].concat();
        fs::write(&path, text).unwrap();
        Hints::Paths(vec![path.clone()])
    };
    bencher
        .with_inputs(save)
        .bench_local_values(|hints| read(briefs, &mut reader, &hints));
    fs::write(&path, &newest.bytes).unwrap();
}

/// The same of a brief that is new.
#[divan::bench(args = BRIEFS, sample_count = 100, sample_size = 1)]
fn read_a_new_brief(bencher: divan::Bencher<'_, '_>, briefs: usize) {
    let input = site(briefs);
    let newest = input.sources.last().unwrap();
    let beside = folder(briefs).join("content").join(&*newest.path);
    let mut reader = Reader::default();
    read(briefs, &mut reader, &Hints::All);
    let mut made = Vec::new();
    let save = || {
        let path = beside.with_file_name(format!("new-{}.md", made.len()));
        fs::write(&path, &newest.bytes).unwrap();
        made.push(path.clone());
        Hints::Paths(vec![path])
    };
    bencher
        .with_inputs(save)
        .bench_local_values(|hints| read(briefs, &mut reader, &hints));
    for path in made {
        fs::remove_file(path).unwrap();
    }
}

/// What finds a change that nobody told of, in the background.
#[divan::bench(args = BRIEFS, sample_count = 20, sample_size = 1)]
fn compare(bencher: divan::Bencher<'_, '_>, briefs: usize) {
    let mut reader = Reader::default();
    read(briefs, &mut reader, &Hints::All);
    bencher.bench_local(|| reader.comparison().run());
}

/// The same, with what it finds read as well, of which there is nothing.
#[divan::bench(args = BRIEFS, sample_count = 20, sample_size = 1)]
fn read_all_again(bencher: divan::Bencher<'_, '_>, briefs: usize) {
    let mut reader = Reader::default();
    read(briefs, &mut reader, &Hints::All);
    bencher.bench_local(|| read(briefs, &mut reader, &Hints::All));
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
        let last = Arc::make_mut(&mut input.sources).last_mut().unwrap();
        last.bytes = format!("{text}\nword{number}\n").into_bytes().into();
    });
}

/// The same after a brief was added.
#[divan::bench(args = BRIEFS, sample_count = 20, sample_size = 1)]
fn plan_after_a_new_brief(bencher: divan::Bencher<'_, '_>, briefs: usize) {
    edits(bencher, briefs, |input, text, number| {
        Arc::make_mut(&mut input.sources).push(Source {
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
