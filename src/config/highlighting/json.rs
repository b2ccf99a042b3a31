//! JSON of which it is known where each value stands.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::value::RawValue;

use crate::diagnostic::Place;

/// The text of a value, in the text of the file.
pub type Raw<'a> = &'a RawValue;

/// A file of JSON.
#[derive(Clone, Copy, Debug)]
pub struct Json<'a> {
    pub file: &'a Arc<str>,
    pub text: &'a str,
}

impl<'a> Json<'a> {
    /// The file as a whole, if it is an object.
    ///
    /// # Errors
    /// Where it is none, and why.
    pub fn object(&self) -> Result<BTreeMap<String, Raw<'a>>, (Place, String)> {
        serde_json::from_str(self.text).map_err(|error| {
            let place = Place::line(self.file, error.line().max(1), error.column().max(1));
            let message = error.to_string();
            let reason = message.rsplit_once(" at line ").map(|(reason, _)| reason);
            (place, reason.unwrap_or(&message).to_owned())
        })
    }

    /// Where a value stands.
    pub fn place(&self, value: Raw<'a>) -> Place {
        let start = value.get().as_ptr().addr() - self.text.as_ptr().addr();
        Place::bytes(self.file, start..start + value.get().len())
    }
}

/// The members of an object.
pub fn object(value: Raw<'_>) -> Option<BTreeMap<String, Raw<'_>>> {
    serde_json::from_str(value.get()).ok()
}

/// The items of a list.
pub fn list(value: Raw<'_>) -> Option<Vec<Raw<'_>>> {
    serde_json::from_str(value.get()).ok()
}

pub fn text(value: Raw<'_>) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

/// Whether it is `true`, or the 1 that some write for it.
pub fn is_true(value: Raw<'_>) -> bool {
    matches!(value.get(), "true" | "1")
}
