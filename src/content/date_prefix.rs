//! Dates at the begin of a file name: `2026-04-30-title.md` (Zola's documentation, "Page").

use jiff::civil::Date;

/// A name without the date that it begins with; the whole name if nothing else is left.
pub fn without_date(name: &str) -> &str {
    split(name).map_or(name, |(_, rest)| rest)
}

/// The date that a name begins with, as written, and the rest.
pub fn split(name: &str) -> Option<(&str, &str)> {
    let date = name.get(..10)?;
    let rest = name.get(10..)?;
    if date.as_bytes()[4] != b'-' || date.parse::<Date>().is_err() {
        return None;
    }
    // A time may follow the day: `2026-04-30T20:30:00Z-title`.
    let time = if rest.starts_with('T') {
        let end = rest
            .find(['-', '_'])
            .filter(|_| rest.contains('Z'))
            .or_else(|| rest.find('_'))?;
        end
    } else {
        0
    };
    let title = rest[time..].strip_prefix(['-', '_'])?;
    (!title.trim().is_empty()).then_some((&name[..10 + time], title.trim()))
}
