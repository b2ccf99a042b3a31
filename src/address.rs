//! Where something stands on the site: an address, relative to its root.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

/// An address from the root of the site, without the base path: `/briefs/x/` or `/atom.xml`.
///
/// It begins with a slash; a page's address ends with one, a file's does not. It holds neither
/// `.` and `..` segments nor control characters. It is not percent-encoded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address(Arc<str>);

/// File systems take names of 255 bytes; what is written beside a file needs some of them.
const PART_BYTES_MAX: usize = 200;

/// Systems take paths of at least 1024 bytes, and the folder of the output needs some of them.
const BYTES_MAX: usize = 900;

impl Address {
    /// The root of the site.
    pub fn root() -> Address {
        Address("/".into())
    }

    /// The address of a page at these segments (`briefs/x` or `/briefs/x/`), in folder style.
    pub fn page(path: &str) -> Address {
        let path = path.trim_matches('/');
        if path.is_empty() {
            return Address::root();
        }
        Address(format!("/{path}/").into())
    }

    /// The address of a file. That of an `index.html` is its folder's, as servers have it.
    pub fn file(path: &str) -> Address {
        let path = path.trim_matches('/');
        match path.strip_suffix("index.html") {
            Some(folder) if folder.is_empty() || folder.ends_with('/') => Address::page(folder),
            _ => Address(format!("/{path}").into()),
        }
    }

    /// A file or a page below this page: `join("data.json")`, `join("page/2/")`.
    pub fn join(&self, rest: &str) -> Address {
        debug_assert!(self.0.ends_with('/'), "only a page has something below it");
        Address(format!("{}{rest}", self.0).into())
    }

    /// Why no file can stand at the address, if none can: what a file system, a server or git
    /// would take for something else.
    pub fn fault(&self) -> Option<&'static str> {
        let path = self.0[1..].strip_suffix('/').unwrap_or(&self.0[1..]);
        if path.is_empty() {
            return (self.0.len() > 1).then_some("a part of it is empty");
        }
        if path.len() > BYTES_MAX {
            return Some("it is longer than 900 bytes");
        }
        let is_folder = self.0.ends_with('/');
        let mut parts = path.split('/').peekable();
        std::iter::from_fn(|| Some((parts.next()?, is_folder || parts.peek().is_some()))).find_map(
            |(part, is_folder)| match part {
                _ if is_folder && part.eq_ignore_ascii_case("index.html") => {
                    Some("`index.html` is the page of a folder, and no folder")
                }
                "" => Some("a part of it is empty"),
                "." | ".." => Some("it has a part `.` or `..`"),
                _ if part.eq_ignore_ascii_case(".git") => Some("`.git` belongs to git"),
                _ if part.contains(|c: char| c.is_control() || c == '\\') => {
                    Some("it has a control character or a backslash")
                }
                _ if part.len() > PART_BYTES_MAX => Some("a part of it is longer than 200 bytes"),
                _ => None,
            },
        )
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands after the last slash but that at the end.
    pub fn last_part(&self) -> &str {
        let parts = self.0.trim_matches('/').rsplit('/');
        parts.into_iter().next().unwrap_or_default()
    }

    /// The file in the output folder, with `/` between its parts: `briefs/x/index.html`.
    pub fn output_file(&self) -> String {
        let path = &self.0[1..];
        if self.0.ends_with('/') {
            format!("{path}index.html")
        } else {
            path.to_owned()
        }
    }

    /// What two addresses share when some file system or server takes them for one: NFC, with
    /// case folded (design: "the same if they are equal after NFC and case folding").
    pub fn folded(&self) -> Cow<'_, str> {
        if self.0.is_ascii() {
            let has_upper = self.0.bytes().any(|b| b.is_ascii_uppercase());
            return match has_upper {
                true => self.0.to_ascii_lowercase().into(),
                false => (&*self.0).into(),
            };
        }
        let folded: String = self
            .0
            .nfc()
            .flat_map(char::to_lowercase)
            .flat_map(char::to_uppercase)
            .flat_map(char::to_lowercase)
            .nfc()
            .collect();
        folded.into()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&Address> for crate::value::Value {
    fn from(address: &Address) -> Self {
        Self::Text(address.0.clone())
    }
}
