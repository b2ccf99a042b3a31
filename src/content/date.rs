//! Dates as people write them: `2023`, `2023-04`, `2023-04-12`, `2026-Q4`, `2026-H1`, and moments.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, ISOWeekDate, Weekday};
use jiff::tz::TimeZone;

/// The English names of the months.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

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

impl Moment {
    /// Whether it is surely before another: a day without a time may be any time of the day.
    pub fn is_before(&self, other: &Moment) -> bool {
        let is_time = |moment: &Moment| moment.text.contains(':');
        if is_time(self) && is_time(other) {
            self.instant < other.instant
        } else {
            self.day < other.day
        }
    }

    /// Reads a day, a local time or an RFC 3339 time; `None` for anything else and for a date
    /// that does not exist.
    pub fn parse(text: &str, zone: &TimeZone) -> Option<Moment> {
        let text = text.trim();
        // The parsers below read more than people and Zola's templates do: weeks, basic formats.
        let day_text = text.get(..10)?;
        let is_day = |(i, b): (usize, u8)| match i {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        };
        if !day_text.bytes().enumerate().all(is_day) || text.contains('[') {
            return None;
        }
        if text.len() == 10 {
            let day: Date = text.parse().ok()?;
            let instant = day.to_zoned(zone.clone()).ok()?.timestamp();
            return Some(Moment {
                text: text.into(),
                instant,
                day,
            });
        }
        let (Some(b'T' | b't' | b' '), Some(b'0'..=b'9')) =
            (text.as_bytes().get(10), text.as_bytes().get(11))
        else {
            return None;
        };
        let text: Arc<str> = format!("{day_text}T{}", &text[11..]).into();
        let instant = match text.parse::<Timestamp>() {
            Ok(instant) => instant,
            // Without an offset it is in the site's zone. A `Z` that a local time cannot have
            // would be dropped in silence, so it is refused here.
            Err(_) if !text[11..].contains(['Z', 'z', '+', '-']) => {
                let local: DateTime = text.parse().ok()?;
                local.to_zoned(zone.clone()).ok()?.timestamp()
            }
            Err(_) => return None,
        };
        let day = instant.to_zoned(zone.clone()).date();
        Some(Moment { text, instant, day })
    }
}

/// The year and week of `2026-W18`; `None` for anything else and for a week that does not exist.
pub fn parse_week(text: &str) -> Option<(i16, i8)> {
    let (year, week) = text.split_once("-W").or_else(|| text.split_once("-w"))?;
    let digits = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|b| b.is_ascii_digit())
    };
    if !digits(year, 4) || !digits(week, 2) {
        return None;
    }
    let (year, week) = (year.parse().ok()?, week.parse().ok()?);
    ISOWeekDate::new(year, week, Weekday::Monday).ok()?;
    Some((year, week))
}

/// Splits a file name's stem at the date that it begins with: `2026-04-30-slug`,
/// `2026-04-30_slug`, `2026-04-30T20:30:00Z-slug`. The date exists, the slug is not empty.
pub fn split_date(stem: &str) -> Option<(&str, &str)> {
    let length = 10 + time_length(stem.get(10..)?);
    let (date, rest) = stem.split_at_checked(length)?;
    let slug = rest.trim_start().strip_prefix(['-', '_'])?.trim();
    (!slug.is_empty() && Moment::parse(date, &TimeZone::UTC).is_some()).then_some((date, slug))
}

/// The bytes of an RFC 3339 time at the begin of a text, its `T` and offset included, or 0.
fn time_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is = |at: usize, pattern: &str| {
        pattern.bytes().enumerate().all(|(i, p)| {
            bytes
                .get(at + i)
                .is_some_and(|b| b.is_ascii_digit() && p == b'0' || *b == p && p != b'0')
        })
    };
    if !is(0, "T00:00:00") {
        return 0;
    }
    let mut length = 9;
    if is(length, ".0") {
        let digits = bytes[length + 1..].iter();
        length += 1 + digits.take_while(|b| b.is_ascii_digit()).count();
    }
    if is(length, "Z") {
        length + 1
    } else if is(length, "+00:00") || is(length, "-00:00") {
        length + 6
    } else {
        // A local time in front of a slug is no form of Zola's.
        0
    }
}
