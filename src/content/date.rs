//! Dates as people write them: `2023`, `2023-04`, `2023-04-12`, `2026-Q4`, `2026-H1`, and moments.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

/// A date of some precision: an interval of days. Sorted by its first day, then by its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartialDate {
    /// The first day of the interval.
    pub first: Date,
    /// The last day of the interval, included.
    pub last: Date,
}

impl PartialDate {
    /// Reads one of the five forms; `None` for anything else and for an impossible date.
    pub fn parse(text: &str) -> Option<PartialDate> {
        let text = text.trim();
        let digits = |range: std::ops::Range<usize>| -> Option<i16> {
            let part = text.get(range)?;
            part.bytes()
                .all(|b| b.is_ascii_digit())
                .then(|| part.parse().ok())
                .flatten()
        };
        let year = digits(0..4)?;
        if text.len() == 4 {
            return PartialDate::months(year, 1, 12);
        }
        if text.as_bytes()[4] != b'-' {
            return None;
        }
        match (text.len(), text.as_bytes().get(5)?) {
            (7, b'Q' | b'q') => {
                let quarter = i8::try_from(digits(6..7)?).ok()?;
                (1..=4).contains(&quarter).then_some(())?;
                PartialDate::months(year, quarter * 3 - 2, quarter * 3)
            }
            (7, b'H' | b'h') => {
                let half = i8::try_from(digits(6..7)?).ok()?;
                (1..=2).contains(&half).then_some(())?;
                PartialDate::months(year, half * 6 - 5, half * 6)
            }
            (7, _) => {
                let month = i8::try_from(digits(5..7)?).ok()?;
                PartialDate::months(year, month, month)
            }
            (10, _) if text.as_bytes()[7] == b'-' => {
                let (month, day) = (digits(5..7)?, digits(8..10)?);
                let day = Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()?;
                Some(PartialDate::day(day))
            }
            _ => None,
        }
    }

    /// One day.
    pub fn day(day: Date) -> PartialDate {
        PartialDate {
            first: day,
            last: day,
        }
    }

    fn months(year: i16, from: i8, to: i8) -> Option<PartialDate> {
        let first = Date::new(year, from, 1).ok()?;
        let last = Date::new(year, to, 1).ok()?.last_of_month();
        Some(PartialDate { first, last })
    }

    /// Whether the two intervals share a day.
    pub fn overlaps(self, other: PartialDate) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// Whether a day lies in the interval.
    pub fn contains(self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }
}

/// The shortest of the five forms: `2026-Q4`. What [`PartialDate::parse`] reads back as the same.
impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = (self.first, self.last);
        let year = first.year();
        match (first == last, first.month(), last.month()) {
            (true, ..) => write!(f, "{first}"),
            (_, 1, 12) => write!(f, "{year:04}"),
            (_, 1, 6) => write!(f, "{year:04}-H1"),
            (_, 7, 12) => write!(f, "{year:04}-H2"),
            (_, from, to) if from == to => write!(f, "{year:04}-{from:02}"),
            (_, from, _) => write!(f, "{year:04}-Q{}", (from + 2) / 3),
        }
    }
}

/// A point in time as the front matter states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// As written, which is what Zola gives to templates: `2026-04-30T20:30:00Z`, `2026-04-30`.
    pub text: Arc<str>,
    /// The instant; a time without an offset, or a day without a time, is in the site's zone.
    pub instant: Timestamp,
    /// The day in the site's time zone.
    pub day: Date,
}
