//! Files of the site that templates name: where they are looked for, and what is read out of them.

use std::borrow::Cow;
use std::sync::Arc;

use sha2::{Digest, Sha256, Sha384, Sha512};

use super::loaded::{self, Notation};
use super::pictures::{self, Resize};
use super::question::Answer;
use crate::diagnostic::with_hint;
use crate::input::{AskedFile, FileBytes, Shelved};
use crate::site::Site;
use crate::value::{Hash, Value};

/// What is asked of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// A digest, in hexadecimal digits.
    Digest(Sha),
    /// Its data, as the one item of a list, for data may be nothing.
    Data(Option<Notation>),
    /// Size and kind of a picture.
    Picture,
    /// A picture made of it.
    Resized(Resize),
}

/// The digests that browsers know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sha {
    Sha256,
    Sha384,
    Sha512,
}

impl Sha {
    /// The digest of some bytes, in hexadecimal digits.
    pub fn hex(self, bytes: &[u8]) -> String {
        match self {
            Sha::Sha256 => hex(&Sha256::digest(bytes)),
            Sha::Sha384 => hex(&Sha384::digest(bytes)),
            Sha::Sha512 => hex(&Sha512::digest(bytes)),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Larger files are not read.
pub const BYTES_MAX: u64 = 512 << 20;

/// What is wanted of the file that a template names; absent if there is no such file.
pub fn answer(site: &Site, path: &str, wanted: Wanted) -> Answer {
    let Some(file) = find(site, path)? else {
        return Ok(Value::None);
    };
    let read = || bytes(site, &file, BYTES_MAX);
    match wanted {
        Wanted::Digest(sha) => file.fact(&format!("{sha:?}"), || Ok(sha.hex(&read()?).into())),
        Wanted::Data(notation) => {
            let notation = notation.unwrap_or_else(|| Notation::of_file(&file.path));
            file.fact(&format!("{notation:?}"), || {
                let bytes = bytes(site, &file, loaded::BYTES_MAX)?;
                let data = loaded::parse(&bytes, notation);
                let data = data.map_err(|mistake| mistake.in_file(&file.path))?;
                Ok(Value::list([data]))
            })
        }
        Wanted::Picture => picture(site, &file),
        Wanted::Resized(resize) => {
            let picture = picture(site, &file)?;
            let digest = file.fact("digest", || {
                let digest = Hash::of(&read()?);
                Ok(format!("{:032x}", digest.0).into())
            })?;
            pictures::resized(site, &file.path, (&picture, &digest), resize)
        }
    }
}

fn picture(site: &Site, file: &AskedFile) -> Answer {
    file.fact("picture", || {
        let found = pictures::metadata(&file.path, &bytes(site, file, BYTES_MAX)?);
        found.map_err(|reason| format!("`{}` is no picture to us: {reason}", file.path))
    })
}

/// Why a path leads to no file, in words: where it was looked for.
pub fn not_found(path: &str, theme_folder: Option<&str>) -> String {
    let Ok(inside) = inside(path) else {
        return format!("there is no file `{path}`");
    };
    let places: Vec<String> = places(&inside, theme_folder)
        .map(|place| format!("`{place}`"))
        .collect();
    with_hint(
        format_args!("there is no file `{path}` in the site"),
        format_args!("it was looked for at {}", places.join(", ")),
    )
}

/// Looks for a file in Zola's order.
fn find(site: &Site, path: &str) -> Result<Option<Arc<AskedFile>>, String> {
    let inside = inside(path)?;
    let theme_folder = site.theme_folder.as_deref();
    let in_theme = theme_folder.map(|theme| static_of(theme, &inside));
    for place in places(&inside, theme_folder) {
        if in_theme.as_ref() == Some(&place)
            && let Some(planned) = site.not_on_disk.get(&*inside)
        {
            return Ok(Some(planned.clone()));
        }
        match site.shelf.find(&place) {
            Shelved::File(file) => return Ok(Some(file)),
            Shelved::Refused(reason) => return Err(format!("cannot open `{place}`: {reason}")),
            Shelved::Nothing => {}
        }
    }
    if let Some(planned) = site.not_on_disk.get(&*inside) {
        return Ok(Some(planned.clone()));
    }
    // Zola looks into the output, where a translated page has a copy of what lies beside it.
    let source = site.files.sources.get(&*inside);
    match source.map(|source| site.shelf.find(&format!("content/{source}"))) {
        Some(Shelved::File(file)) => Ok(Some(file)),
        _ => Ok(None),
    }
}

/// Where a path may lead, from the root of the site.
fn places<'a>(inside: &'a str, theme_folder: Option<&str>) -> impl Iterator<Item = String> + 'a {
    let own = ["", "static/", "content/"];
    let own = own
        .into_iter()
        .map(move |folder| format!("{folder}{inside}"));
    own.chain(theme_folder.map(|theme| static_of(theme, inside)))
}

fn static_of(theme: &str, inside: &str) -> String {
    format!("{theme}/static/{inside}")
}

/// A path as a template has it, from whichever folder it is looked for in.
fn inside(path: &str) -> Result<Cow<'_, str>, String> {
    if path.starts_with("http://") || path.starts_with("https://") {
        return Err(with_hint(
            format_args!("`{path}` is an address, not a file of the site"),
            "`load_data(url=…)` alone fetches",
        ));
    }
    let path = match path.strip_prefix("@/") {
        Some(rest) => Cow::from(format!("content/{rest}")),
        None => Cow::from(path),
    };
    let parts = || path.split('/').filter(|part| !matches!(*part, "" | "."));
    if parts().any(|part| part == "..") {
        return Err(with_hint(
            format_args!("the path `{path}` has a `..`"),
            "files of the site are named from its root",
        ));
    }
    let plain: Vec<&str> = parts().collect();
    if plain.is_empty() {
        return Err("the path of the file is empty".to_owned());
    }
    Ok(plain.join("/").into())
}

/// The bytes of a file that was found.
fn bytes<'a>(site: &Site, file: &'a AskedFile, max: u64) -> Result<Cow<'a, [u8]>, String> {
    match &file.bytes {
        Some(FileBytes::Embedded(bytes)) => Ok(Cow::Borrowed(bytes)),
        Some(FileBytes::Text { text, .. }) => Ok(Cow::Borrowed(text.as_bytes())),
        Some(FileBytes::OnDisk(path)) => site.shelf.read(path, max).map(Cow::Owned),
        None => site.shelf.read(&file.path, max).map(Cow::Owned),
    }
}
