//! Where the links of articles lead: addresses for the holes in their HTML, and what is broken.

use std::borrow::Cow;
use std::sync::Arc;

use rayon::prelude::*;

use super::held_back::HeldBack;
use super::kept::{Change, Earlier};
use super::{Entries, Entry, Hidden, Index, Site, addresses};
use crate::address::Address;
use crate::config::Config;
use crate::content::article::{Fragment, HOLE_END, HOLE_START, Link, Table, Target};
use crate::content::escape::push_address;
use crate::content::expanded::push_filled;
use crate::content::html::without_references;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, nearest, with_guess};
use crate::input::{StaticFile, StaticKind};
use crate::maps::HashMap;

/// HTML of ours, or sanitised, without the ids of its elements, which are those of another page.
fn without_ids(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(" id=\"") {
        text.push_str(before);
        // In text, quotation marks are escaped or no `<` stands open before them.
        let is_in_tag = before.rfind('<') > before.rfind('>');
        match after.split_once('"').filter(|_| is_in_tag) {
            Some((_, after)) => rest = after,
            None => {
                text.push_str(" id=\"");
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

/// Where static files go.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Placed {
    /// Those beside content by their path from `content/`, those of `static/` by their path behind
    /// a slash.
    pub files: HashMap<Arc<str>, Address>,
    /// The same files beside the translations of a page, sorted.
    pub copies: Vec<(Arc<str>, Address)>,
    /// The files beside content by where they are in the output.
    pub sources: HashMap<String, Arc<str>>,
}

/// Where each static file goes.
///
/// A file beside content belongs to the page or section of the nearest folder above it that is one,
/// in each of its languages; below a draft it is not published. A file in a folder that is neither
/// keeps its path.
pub fn place_files(
    files: &[StaticFile],
    entries: &Entries,
    held_back: &HeldBack,
    config: &Config,
) -> Placed {
    let mut placed = Placed::default();
    for file in files {
        if file.kind != StaticKind::Content {
            let address = Address::file(&file.path);
            let path = format!("/{}", file.path).into();
            placed.files.insert(path, address);
            continue;
        }
        let mut folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let addresses = loop {
            let slash = if folder.is_empty() { "" } else { "/" };
            let of = |name: &str| format!("{folder}{slash}{name}.md");
            let is_held_back = |name| held_back.reason(&of(name)).is_some();
            if ["index", "_index"].into_iter().any(is_held_back) {
                break Vec::new();
            }
            let codes = config.languages.iter().map(|code| format!(".{code}"));
            let codes: Vec<String> = std::iter::once(String::new()).chain(codes).collect();
            let owners = |name: &str| -> Vec<Index> {
                let paths = codes.iter().map(|code| of(&format!("{name}{code}")));
                paths.filter_map(|path| entries.find(&path)).collect()
            };
            let mut owners = ["index", "_index"].into_iter().map(owners);
            if let Some(owners) = owners.find(|owners| !owners.is_empty()) {
                let rest = file.path[folder.len()..].trim_start_matches('/');
                let addresses = owners.into_iter().map(|owner| {
                    let owner = entries[owner].address.join(rest);
                    Address::file(owner.as_str())
                });
                break addresses.collect();
            }
            if folder.is_empty() {
                break vec![Address::file(&file.path)];
            }
            folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
        };
        let outputs = addresses.iter().map(Address::output_file);
        placed
            .sources
            .extend(outputs.map(|output| (output, file.path.clone())));
        let mut addresses = addresses.into_iter();
        if let Some(address) = addresses.next() {
            placed.files.insert(file.path.clone(), address);
        }
        let copies = addresses.map(|address| (file.path.clone(), address));
        placed.copies.extend(copies);
    }
    placed.copies.sort();
    placed
}

/// Whether the links of either entry lead to the same targets.
pub fn is_same(a: &Entry, b: &Entry) -> bool {
    let (a, b) = (&a.article.body.links, &b.article.body.links);
    a.iter()
        .map(|link| &link.target)
        .eq(b.iter().map(|link| &link.target))
}

/// Whether links find the same fragments in either entry.
fn has_same_fragments(a: &Entry, b: &Entry) -> bool {
    let predictions = |entry: &'_ Entry| -> Vec<Arc<str>> {
        let all = entry
            .brief()
            .into_iter()
            .flat_map(|brief| &brief.predictions);
        all.map(|prediction| prediction.slug.clone()).collect()
    };
    (&a.article.body.anchors, a.article.body.is_unread)
        == (&b.article.body.anchors, b.article.body.is_unread)
        && predictions(a) == predictions(b)
}

/// Which entries name an entry in their text by its path (`@/path.md`), in the order of paths.
pub fn backlinks(entries: &Entries) -> HashMap<Index, Vec<Index>> {
    let mut found: HashMap<Index, Vec<Index>> = HashMap::default();
    for (from, entry) in entries.iter() {
        for link in &entry.article.body.links {
            let Target::Internal { path, .. } = &link.target else {
                continue;
            };
            let Some(to) = entries.find(path) else {
                continue;
            };
            let sources = found.entry(to).or_default();
            if sources.last() != Some(&from) {
                sources.push(from);
            }
        }
    }
    found
}

/// Where a link leads.
#[derive(Debug, PartialEq, Eq)]
enum Found<'s> {
    Entry(&'s Entry),
    File(&'s Address),
    /// The file is there, but not published.
    Hidden(Hidden),
    /// To be compared with the addresses of all pages, as a browser resolves it.
    Address(String),
    Nothing,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Entry) -> bool {
        self.article.path == other.article.path
    }
}

impl Eq for Entry {}

impl Site {
    /// A slice of an entry's HTML with all of its links resolved to full addresses.
    pub fn html(&self, entry: &Entry, fragment: Fragment) -> Arc<str> {
        let html = entry.article.body.slice(fragment);
        let outputs = &entry.article.body.outputs;
        if !html.contains(HOLE_START) && outputs.is_empty() {
            let whole = &entry.article.body.html;
            // The content of most pages: shared, not copied.
            return match html.len() == whole.len() {
                true => whole.clone(),
                false => html.into(),
            };
        }
        let mut resolved = String::with_capacity(html.len() + 64);
        let push = |html: &str, resolved: &mut String| match outputs.is_empty() {
            true => resolved.push_str(html),
            false => push_filled(html, outputs, resolved),
        };
        let mut rest = html;
        while let Some((before, after)) = rest.split_once(HOLE_START) {
            push(before, &mut resolved);
            // Only the renderer makes holes; should a text imitate one all the same, it is dropped.
            let (number, after) = after.split_once(HOLE_END).unwrap_or((after, ""));
            let link = number
                .parse::<usize>()
                .ok()
                .and_then(|n| entry.article.body.links.get(n));
            if let Some(link) = link {
                self.push_address(entry, link, &mut resolved);
            }
            rest = after;
        }
        push(rest, &mut resolved);
        resolved.into()
    }

    /// The same for another page: without the marks of footnotes, which do not stand there, and
    /// with fragments that lead to the entry's own page.
    pub fn html_elsewhere(&self, entry: &Entry, fragment: Fragment) -> Arc<str> {
        let html = self.html(entry, fragment);
        let text = without_references(&html);
        let is_same = matches!(text, Cow::Borrowed(_));
        if is_same && !text.contains("href=\"#") && !text.contains(" id=\"") {
            return html;
        }
        let text = text.replace("href=\"#", &format!("href=\"{}#", entry.permalink));
        without_ids(&text).into()
    }

    fn push_address(&self, entry: &Entry, link: &Link, into: &mut String) {
        let found = self.follow(entry, &link.target);
        if !self.is_dateline && self.push_as_zola(entry, link, &found, into) {
            return;
        }
        match found {
            Found::Entry(target) => {
                into.push_str(&target.permalink);
                match &link.target {
                    Target::Internal {
                        fragment: Some(fragment),
                        ..
                    } => {
                        into.push('#');
                        push_escaped(fragment, into);
                    }
                    Target::Relative { suffix, .. } => push_escaped(suffix, into),
                    _ => {}
                }
            }
            Found::File(address) => {
                push_escaped(&addresses::permalink(&self.config, address), into);
                if let Target::Relative { suffix, .. } = &link.target {
                    push_escaped(suffix, into);
                }
            }
            // A link must not be dead until its target is published: it leads to the section.
            Found::Hidden(_) => into.push_str(&self.permalink_above(entry)),
            Found::Address(_) | Found::Nothing => match &link.target {
                Target::Relative { path, suffix, .. } | Target::Rooted { path, suffix, .. } => {
                    push_escaped(path, into);
                    push_escaped(suffix, into);
                }
                Target::Here { fragment } => {
                    into.push('#');
                    push_address(into, fragment);
                }
                Target::Internal { .. } => into.push_str(&self.permalink_above(entry)),
            },
        }
    }

    /// Writes an address as Zola does: behind the permalink of the page, unless it begins with
    /// `..`. `false` if it leads to a file that Zola would not find; then nothing is written.
    fn push_as_zola(
        &self,
        entry: &Entry,
        link: &Link,
        found: &Found<'_>,
        into: &mut String,
    ) -> bool {
        let (path, suffix) = match &link.target {
            Target::Here { fragment } => {
                into.push_str(&entry.permalink);
                into.push('#');
                push_address(into, fragment);
                return true;
            }
            Target::Relative { path, suffix, .. } => (path, suffix),
            Target::Internal { .. } | Target::Rooted { .. } => return false,
        };
        match found {
            Found::Entry(_) | Found::Hidden(_) => return false,
            Found::File(address) => {
                let folder = entry.address.as_str().trim_matches('/');
                let here = join(folder, path).map(|path| format!("/{path}"));
                let is_static = |here: &String| self.files.files.contains_key(here.as_str());
                if here.is_none_or(|here| here != address.as_str() && !is_static(&here)) {
                    return false;
                }
            }
            Found::Address(_) | Found::Nothing => {}
        }
        if !path.starts_with("..") {
            into.push_str(&entry.permalink);
        }
        push_address(into, path);
        push_address(into, suffix);
        true
    }

    fn permalink_above(&self, entry: &Entry) -> Arc<str> {
        let index = self.find(&entry.article.path);
        let above = index.and_then(|index| self.sections.ancestors(index).last());
        above.map_or_else(
            || addresses::permalink(&self.config, &Address::root()),
            |i| self.entry(*i).permalink.clone(),
        )
    }

    /// The permalink of a content file named as in `@/path.md#fragment`, without the `@/`.
    pub fn permalink_of(&self, target: &str) -> Result<String, String> {
        let (path, fragment) = target
            .split_once('#')
            .map_or((target, None), |(p, f)| (p, Some(f)));
        let Some(index) = self.find(path) else {
            let near = self.near_path(path).map(|near| format!("@/{near}"));
            let about = format!("there is no published page `{path}`");
            return Err(with_guess(about, near.as_deref()));
        };
        let permalink = &self.entry(index).permalink;
        Ok(fragment.map_or_else(
            || permalink.to_string(),
            |fragment| format!("{permalink}#{fragment}"),
        ))
    }

    /// The path of the content file that a person most likely meant: named from elsewhere, without
    /// its ending, nearly, or in another folder.
    pub fn near_path(&self, path: &str) -> Option<&str> {
        let trimmed = path.trim_start_matches(['@', '.', '/']);
        let trimmed = trimmed.strip_prefix("content/").unwrap_or(trimmed);
        let stem = trimmed.trim_end_matches('/');
        let endings = ["", ".md", "/index.md", "/_index.md"];
        let found = endings.iter().find_map(|ending| {
            let path = format!("{stem}{ending}");
            self.find(&path)
        });
        if let Some(index) = found {
            return Some(&self.entry(index).article.path);
        }
        let paths = || self.entries.all().map(|entry| &*entry.article.path);
        nearest(trimmed, paths()).or_else(|| {
            // Each folder has its `_index.md`, and a bundle its `index.md`.
            let name = trimmed.rsplit('/').next()?;
            let is_telling = !matches!(name, "" | "_index.md" | "index.md");
            let same = |path: &&str| path.rsplit('/').next() == Some(name);
            let mut same = paths().filter(same);
            let only = same.next().filter(|_| is_telling)?;
            same.next().is_none().then_some(only)
        })
    }

    fn follow<'s>(&'s self, entry: &Entry, target: &Target) -> Found<'s> {
        match target {
            Target::Internal { path, .. } => self.content_file(path),
            Target::Relative { path, .. } => {
                let folder = entry
                    .article
                    .path
                    .rsplit_once('/')
                    .map_or("", |(folder, _)| folder);
                if let Some(beside) = join(folder, path) {
                    match self.content_file(&beside) {
                        Found::Nothing => {}
                        found => return found,
                    }
                }
                match join(entry.address.as_str().trim_matches('/'), path) {
                    Some(address) => Found::Address(format!("/{address}")),
                    None => Found::Nothing,
                }
            }
            Target::Rooted { path, .. } => Found::Address(path.to_string()),
            Target::Here { .. } => Found::Address(entry.address.as_str().to_owned()),
        }
    }

    fn content_file(&self, path: &str) -> Found<'_> {
        if let Some(index) = self.find(path) {
            return Found::Entry(self.entry(index));
        }
        if let Some(address) = self.files.files.get(path) {
            return Found::File(address);
        }
        self.hidden(path).map_or(Found::Nothing, Found::Hidden)
    }
}

/// A relative path below a folder, `.` and `..` resolved; `None` if it leads out of the site.
fn join(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    let slash = if path.ends_with('/') && !parts.is_empty() {
        "/"
    } else {
        ""
    };
    Some(parts.join("/") + slash)
}

pub(super) fn push_escaped(text: &str, into: &mut String) {
    for c in text.chars() {
        match c {
            '&' => into.push_str("&amp;"),
            '"' => into.push_str("&quot;"),
            '<' => into.push_str("%3C"),
            '>' => into.push_str("%3E"),
            ' ' => into.push_str("%20"),
            c => into.push(c),
        }
    }
}

/// What is wrong with links to content files, fragments and files beside content. Links of entries
/// that are as before to entries that have the fragments of before are not looked at again.
pub fn check(site: &Site, before: Option<Earlier<'_>>) -> Vec<Diagnostic> {
    let check = |entry: &Entry| {
        let mut problems = Diagnostics::default();
        for link in &entry.article.body.links {
            check_link(site, entry, link, &mut problems);
        }
        problems.into_vec()
    };
    let before = before.filter(|before| before.site.files == site.files);
    match before.filter(|before| before.change.are_all(has_same_fragments)) {
        Some(before) => before.change.recheck(&before.site.link_problems, check),
        None => each_entry(site, check),
    }
}

/// What is wrong with each entry by itself.
fn each_entry(site: &Site, check: impl Fn(&Entry) -> Vec<Diagnostic> + Sync) -> Vec<Diagnostic> {
    let entries = site.entries.par_iter();
    entries.flat_map_iter(|entry| check(entry)).collect()
}

fn check_link(site: &Site, entry: &Entry, link: &Link, problems: &mut Diagnostics) {
    let link_checker = site.config.value.get("link_checker");
    let level = link_checker.map_or("", |keys| keys.text_of("internal_level"));
    if site.is_dateline || level != "warn" {
        return check_link_strictly(site, entry, link, problems);
    }
    let mut found = Diagnostics::default();
    check_link_strictly(site, entry, link, &mut found);
    problems.extend(found.into_vec().into_iter().map(|problem| Diagnostic {
        severity: Severity::Warning,
        ..problem
    }));
}

fn check_link_strictly(site: &Site, entry: &Entry, link: &Link, problems: &mut Diagnostics) {
    let found = site.follow(entry, &link.target);
    match (&link.target, &found) {
        (
            Target::Internal {
                fragment: Some(fragment),
                ..
            },
            Found::Entry(target),
        ) => {
            check_fragment(target, fragment, link, problems);
        }
        (Target::Relative { suffix, .. }, Found::Entry(target)) => {
            if let Some(fragment) = suffix.split_once('#').map(|(_, fragment)| fragment) {
                check_fragment(target, fragment, link, problems);
            }
        }
        (Target::Here { fragment }, _) => {
            let mut found = Diagnostics::default();
            check_fragment(entry, fragment, link, &mut found);
            let found = found.into_vec();
            if site.is_dateline {
                problems.extend(found);
            } else if !found.is_empty() {
                // Few of them are dead by intent, so a plain Zola site builds with them.
                problems.broken_link_warning(&format!("#{fragment}"), link.place.clone());
            }
        }
        (_, Found::Hidden(Hidden::Draft)) => problems.link_to_draft(link.place.clone()),
        (_, Found::Hidden(Hidden::Scheduled)) => problems.link_to_scheduled(link.place.clone()),
        (Target::Internal { path, .. }, Found::Nothing) => {
            let near = nearest(path, site.entries.all().map(|e| &*e.article.path));
            let near = near.map(|near| format!("@/{near}"));
            problems.broken_link(&format!("@/{path}"), link.place.clone(), near.as_deref());
        }
        (Target::Relative { path, image, .. }, Found::Nothing) => {
            report_missing(site, entry, (path, *image, None), link, problems);
        }
        _ => {}
    }
}

fn check_fragment(target: &Entry, fragment: &str, link: &Link, problems: &mut Diagnostics) {
    let anchors = &target.article.body.anchors;
    if fragment.is_empty()
        || fragment == "top"
        || target.article.body.is_unread
        || anchors.binary_search_by(|a| (**a).cmp(fragment)).is_ok()
    {
        return;
    }
    // The predictions of a brief are fragments too, wherever the theme prints them.
    let is_prediction = target
        .brief()
        .is_some_and(|brief| brief.predictions.iter().any(|p| &*p.slug == fragment));
    if !is_prediction && !matches!(target.article.table, Table::Comparison(_)) {
        let near = nearest(fragment, anchors.iter().map(|a| &**a));
        problems.broken_fragment(fragment, &target.article.file, link.place.clone(), near);
    }
}

/// What is wrong with links and images that name an address of the site: nothing is planned there.
/// `before` is what changed since the site of the same plan, and what was wrong with that.
pub fn check_addresses(
    site: &Site,
    planned: &dyn Planned,
    before: Option<(&Change<'_>, &[Diagnostic])>,
) -> Vec<Diagnostic> {
    let held_back = site.held_back.addresses(&site.config);
    let check = |entry: &Entry| {
        let mut problems = Diagnostics::default();
        for link in &entry.article.body.links {
            check_address(site, planned, &held_back, (entry, link), &mut problems);
        }
        problems.into_vec()
    };
    if let Some((change, known)) = before {
        return change.recheck(known, check);
    }
    let mut problems = Diagnostics::default();
    for (address, place) in site.config.dateline.look.addresses() {
        let path = address.split(['#', '?']).next().unwrap_or_default();
        if !planned.has(path) && !planned.has(&format!("{path}/")) {
            problems.broken_link(address, place.clone(), planned.nearest(path));
        }
    }
    problems.extend(each_entry(site, check));
    problems.into_vec()
}

fn check_address(
    site: &Site,
    planned: &dyn Planned,
    held_back: &HashMap<String, Hidden>,
    (entry, link): (&Entry, &Link),
    problems: &mut Diagnostics,
) {
    let (Target::Relative { path, image, .. } | Target::Rooted { path, image, .. }) = &link.target
    else {
        return;
    };
    let Found::Address(address) = site.follow(entry, &link.target) else {
        return;
    };
    let decoded = percent_encoding::percent_decode_str(&address).decode_utf8_lossy();
    if planned.has(&decoded) || planned.has(&format!("{decoded}/")) {
        return;
    }
    match held_back.get(&*Address::page(&decoded).folded()) {
        Some(Hidden::Draft) => problems.link_to_draft(link.place.clone()),
        Some(_) => problems.address_of_scheduled(path, link.place.clone()),
        // What is missing may be in a file that could not be read, or made of it.
        None if site.held_back.is_any_broken() && !image => {}
        None => {
            let near = planned.nearest(&decoded);
            let near = near.filter(|_| path.starts_with('/'));
            report_missing(site, entry, (path, *image, near), link, problems);
        }
    }
}

/// What there will be on the site, as far as links want to know.
pub trait Planned: Sync {
    /// Whether a browser that asks for this address gets something other than the 404 page.
    fn has(&self, address: &str) -> bool;

    /// The address in the same folder that was most likely meant.
    fn nearest(&self, address: &str) -> Option<&str>;
}

/// Reports a target as the file states it, with whether it is an image and what may be meant.
fn report_missing(
    site: &Site,
    entry: &Entry,
    (target, image, near): (&str, bool, Option<&str>),
    link: &Link,
    problems: &mut Diagnostics,
) {
    let place = link.place.clone();
    match (image, entry.brief().is_some(), site.is_dateline) {
        (true, true, _) => problems.missing_image(target, place),
        (true, false, _) => problems.missing_image_elsewhere(target, place),
        (false, _, true) => {
            let folder = entry
                .article
                .path
                .rfind('/')
                .map_or("", |slash| &entry.article.path[..=slash]);
            let beside = site
                .entries
                .all()
                .filter_map(|e| e.article.path.strip_prefix(folder));
            let near = near.or_else(|| nearest(target, beside.filter(|name| !name.contains('/'))));
            problems.broken_link(target, place, near);
        }
        // Zola leaves such links alone, so a plain Zola site builds with them.
        (false, _, false) => problems.broken_link_warning(target, place),
    }
}
