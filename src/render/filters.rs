//! The filters that are ours, written once for every engine. All others are the engine's own.

use std::fmt::Write;
use std::sync::OnceLock;

use jiff::civil::{Date, DateTime};
use jiff::fmt::temporal::Pieces;
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, civil};

use super::functions::{Args, kind_of};
use super::locale::{self, Words};
use super::markdown::markdown;
use super::text_filters::{base64_decode, base64_encode, num_format, regex_replace};
use crate::value::Value;

/// A filter as each engine binds it.
#[derive(Clone, Copy)]
pub struct Filter {
    pub name: &'static str,
    /// In the order in which an engine with positional arguments takes them.
    pub parameters: &'static [&'static str],
    /// Takes the value that is filtered and the arguments.
    pub apply: fn(&Value, &Args) -> Result<Value, String>,
}

/// All filters of ours, by name.
pub const FILTERS: &[Filter] = &[
    Filter {
        name: "base64_decode",
        parameters: &[],
        apply: base64_decode,
    },
    Filter {
        name: "base64_encode",
        parameters: &[],
        apply: base64_encode,
    },
    Filter {
        name: "date",
        parameters: &["format", "timezone", "locale"],
        apply: date,
    },
    Filter {
        name: "markdown",
        parameters: &["inline"],
        apply: markdown,
    },
    Filter {
        name: "num_format",
        parameters: &["locale"],
        apply: num_format,
    },
    Filter {
        name: "regex_replace",
        parameters: &["pattern", "rep"],
        apply: regex_replace,
    },
];

/// Filters that Tera has and MiniJinja lacks, under Tera's names and with its results.
pub const JINJA_FILTERS: &[Filter] = &[
    Filter {
        name: "slugify",
        parameters: &[],
        apply: slugify,
    },
    Filter {
        name: "striptags",
        parameters: &[],
        apply: strip_tags,
    },
    Filter {
        name: "truncate",
        parameters: &["length", "end"],
        apply: truncate,
    },
];

/// Text without tags and comments. Character references stay as they are, so what comes out is
/// still HTML.
fn strip_tags(value: &Value, _: &Args) -> Result<Value, String> {
    let html = value
        .as_str()
        .ok_or_else(|| format!("it takes text, not {}", kind_of(value)))?;
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        let tag = &rest[at..];
        let end = if tag.starts_with("<!--") { "-->" } else { ">" };
        rest = match tag.find(end) {
            Some(length) => &tag[length + end.len()..],
            None => "",
        };
    }
    text.push_str(rest);
    Ok(match value {
        Value::Html(_) => Value::html(text),
        _ => text.into(),
    })
}

/// `truncate(length?, end?)`: the first characters, with an ellipsis if there are more. HTML
/// becomes text, for a tag may be cut in two.
fn truncate(value: &Value, args: &Args) -> Result<Value, String> {
    /// Tera's default.
    const LENGTH: i64 = 255;
    let text = value
        .as_str()
        .ok_or_else(|| format!("it takes text, not {}", kind_of(value)))?;
    let length = match args.get("length") {
        None => LENGTH,
        Some(Value::Int(length)) if *length >= 0 => *length,
        Some(_) => return Err("`length` has to be a number of characters".into()),
    };
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    Ok(match text.char_indices().nth(length) {
        Some((at, _)) => (text[..at].to_owned() + args.text("end")?.unwrap_or("…")).into(),
        None => text.into(),
    })
}

fn slugify(value: &Value, _: &Args) -> Result<Value, String> {
    match value.as_str() {
        Some(text) => Ok(slug::slugify(text).into()),
        None => Err(format!("it takes text, not {}", kind_of(value))),
    }
}

/// `date(format?, timezone?, locale?)`: a date in the formats of the crate chrono, which Zola's themes
/// use. It takes a day, a time with or without offset, and seconds since 1970.
fn date(value: &Value, args: &Args) -> Result<Value, String> {
    let format = args.text("format")?.unwrap_or("%Y-%m-%d");
    let mut moment = Moment::of(value)?;
    if let Some(locale) = args.text("locale")? {
        moment.words = Words::of(locale)?;
    }
    if let Some(name) = args.text("timezone")? {
        let zone = zones()
            .get(name)
            .map_err(|_| format!("there is no time zone `{name}`"))?;
        moment = moment.in_zone(&zone);
    }
    let mut text = String::with_capacity(format.len() + 16);
    moment.write(format, &mut text)?;
    Ok(text.into())
}

/// The bundled time zones: a site looks the same on a machine with other ones.
fn zones() -> &'static TimeZoneDatabase {
    static ZONES: OnceLock<TimeZoneDatabase> = OnceLock::new();
    ZONES.get_or_init(TimeZoneDatabase::bundled)
}

/// A time as it is shown, with where it is shown.
#[derive(Debug)]
struct Moment {
    local: DateTime,
    offset: Offset,
    /// What `%Z` prints.
    zone: String,
    /// A day without a time is the same day in every zone.
    is_day: bool,
    words: Words,
}

impl Moment {
    fn of(value: &Value) -> Result<Moment, String> {
        match value {
            Value::Int(seconds) => {
                let instant = Timestamp::from_second(*seconds)
                    .map_err(|_| format!("`{seconds}` is out of the range of times"))?;
                Ok(Moment {
                    local: Offset::UTC.to_datetime(instant),
                    offset: Offset::UTC,
                    zone: "UTC".into(),
                    is_day: false,
                    words: locale::ENGLISH,
                })
            }
            Value::Text(text) | Value::Html(text) => Moment::parse(text.trim())
                .ok_or_else(|| format!("`{text}` is neither a date nor a time")),
            other => Err(format!(
                "it takes a date or a number of seconds, not {}",
                kind_of(other)
            )),
        }
    }

    fn parse(text: &str) -> Option<Moment> {
        let pieces = Pieces::parse(text).ok()?;
        let offset = pieces.to_numeric_offset();
        Some(Moment {
            local: pieces
                .date()
                .to_datetime(pieces.time().unwrap_or(civil::Time::midnight())),
            offset: offset.unwrap_or(Offset::UTC),
            zone: match offset {
                Some(offset) => offset_text(offset, ":"),
                None => "UTC".into(),
            },
            is_day: pieces.time().is_none(),
            words: locale::ENGLISH,
        })
    }

    fn in_zone(self, zone: &TimeZone) -> Moment {
        if self.is_day {
            return self;
        }
        let Ok(instant) = self.offset.to_timestamp(self.local) else {
            return self;
        };
        let info = zone.to_offset_info(instant);
        Moment {
            local: info.offset().to_datetime(instant),
            offset: info.offset(),
            zone: info.abbreviation().to_owned(),
            is_day: false,
            words: self.words,
        }
    }

    fn write(&self, format: &str, out: &mut String) -> Result<(), String> {
        let mut rest = format;
        while let Some(at) = rest.find('%') {
            out.push_str(&rest[..at]);
            rest = self.write_item(&rest[at + 1..], out).ok_or_else(|| {
                format!(
                    "`{format}` is no format for dates: look at `%{}`",
                    head(&rest[at + 1..])
                )
            })?;
        }
        out.push_str(rest);
        Ok(())
    }

    /// Writes what an item stands for, from after its `%`; gives what follows the item.
    fn write_item<'a>(&self, item: &'a str, out: &mut String) -> Option<&'a str> {
        if let Some((digits, with_point, rest)) = fraction(item) {
            self.write_fraction(digits, with_point, out);
            return Some(rest);
        }
        let colons = item.len() - item.trim_start_matches(':').len();
        if colons > 0 {
            let rest = item[colons..].strip_prefix('z')?;
            let text = match colons {
                1 => offset_text(self.offset, ":"),
                2 => offset_text(self.offset, ":") + ":00",
                3 => offset_text(self.offset, "")[..3].to_owned(),
                _ => return None,
            };
            out.push_str(&text);
            return Some(rest);
        }
        let (padding, item) = match item.as_bytes().first()? {
            b'-' => (Some(Padding::None), &item[1..]),
            b'_' => (Some(Padding::Space), &item[1..]),
            b'0' => (Some(Padding::Zero), &item[1..]),
            _ => (None, item),
        };
        let letter = item.chars().next()?;
        let rest = &item[letter.len_utf8()..];
        if let Some((number, width, usual)) = self.number(letter) {
            match padding.unwrap_or(usual) {
                Padding::None => write!(out, "{number}"),
                Padding::Space => write!(out, "{number:width$}"),
                Padding::Zero => write!(out, "{number:0width$}"),
            }
            .ok()?;
            return Some(rest);
        }
        if padding.is_some() {
            return None;
        }
        if let Some(longer) = self.expansion(letter) {
            self.write(longer, out).ok()?;
            return Some(rest);
        }
        out.push_str(&self.word(letter)?);
        Some(rest)
    }

    /// The numeric items: value, width and what fills it.
    fn number(&self, letter: char) -> Option<(i64, usize, Padding)> {
        use Padding::{None, Space, Zero};
        let (date, time) = (self.local.date(), self.local.time());
        let iso = || date.iso_week_date();
        let hour12 = match time.hour() % 12 {
            0 => 12,
            hour => hour,
        };
        Some(match letter {
            'Y' => (date.year().into(), 4, Zero),
            'C' => (i64::from(date.year()).div_euclid(100), 2, Zero),
            'y' => (i64::from(date.year()).rem_euclid(100), 2, Zero),
            'q' => ((i64::from(date.month()) + 2) / 3, 1, None),
            'm' => (date.month().into(), 2, Zero),
            'd' => (date.day().into(), 2, Zero),
            'e' => (date.day().into(), 2, Space),
            'w' => (date.weekday().to_sunday_zero_offset().into(), 1, None),
            'u' => (date.weekday().to_monday_one_offset().into(), 1, None),
            'U' => (
                week_of(date, date.weekday().to_sunday_zero_offset()),
                2,
                Zero,
            ),
            'W' => (
                week_of(date, date.weekday().to_monday_zero_offset()),
                2,
                Zero,
            ),
            'G' => (iso().year().into(), 4, Zero),
            'g' => (i64::from(iso().year()).rem_euclid(100), 2, Zero),
            'V' => (iso().week().into(), 2, Zero),
            'j' => (date.day_of_year().into(), 3, Zero),
            'H' => (time.hour().into(), 2, Zero),
            'k' => (time.hour().into(), 2, Space),
            'I' => (hour12.into(), 2, Zero),
            'l' => (hour12.into(), 2, Space),
            'M' => (time.minute().into(), 2, Zero),
            'S' => (time.second().into(), 2, Zero),
            's' => (self.seconds()?, 1, None),
            _ => return Option::None,
        })
    }

    /// Since 1970, rounded down, where jiff rounds towards it.
    fn seconds(&self) -> Option<i64> {
        let instant = self.offset.to_timestamp(self.local).ok()?;
        i64::try_from(instant.as_nanosecond().div_euclid(1_000_000_000)).ok()
    }

    /// The items that are words.
    fn word(&self, letter: char) -> Option<String> {
        let of = |words: &[&str], number: i8| {
            let word = words.get(usize::from(number.unsigned_abs()));
            word.map_or_else(String::new, |word| (*word).to_owned())
        };
        let (words, month) = (&self.words, self.local.month() - 1);
        let day = self.local.weekday().to_sunday_zero_offset();
        let half = self.local.hour() / 12;
        Some(match letter {
            'B' => of(words.months, month),
            'b' | 'h' => of(words.short_months, month),
            'A' => of(words.days, day),
            'a' => of(words.short_days, day),
            'p' => of(words.halves, half),
            'P' => of(words.halves, half).to_lowercase(),
            'Z' => self.zone.clone(),
            'z' => offset_text(self.offset, ""),
            't' => "\t".to_owned(),
            'n' => "\n".to_owned(),
            '%' => "%".to_owned(),
            _ => return None,
        })
    }

    /// The items that are short for others.
    fn expansion(&self, letter: char) -> Option<&'static str> {
        Some(match letter {
            'D' => "%m/%d/%y",
            'F' => "%Y-%m-%d",
            'v' => "%e-%b-%Y",
            'R' => "%H:%M",
            'T' => "%H:%M:%S",
            '+' => "%Y-%m-%dT%H:%M:%S%.f%:z",
            'x' => self.words.day,
            'X' => self.words.time,
            'r' => self.words.time_of_halves,
            'c' => self.words.moment,
            _ => return None,
        })
    }

    /// Parts of a second: with a point and no number of digits, as many as it takes, in threes.
    fn write_fraction(&self, digits: Option<usize>, with_point: bool, out: &mut String) {
        let nanoseconds = self.local.subsec_nanosecond();
        let digits = match digits {
            Some(digits) => digits,
            None if !with_point => 9,
            None if nanoseconds == 0 => return,
            None if nanoseconds % 1_000_000 == 0 => 3,
            None if nanoseconds % 1_000 == 0 => 6,
            None => 9,
        };
        if with_point {
            out.push('.');
        }
        let all = format!("{nanoseconds:09}");
        out.push_str(&all[..digits]);
    }
}

/// What fills a number up to its width.
#[derive(Clone, Copy)]
enum Padding {
    None,
    Space,
    Zero,
}

/// Reads `f`, `.f`, `3f`, `.3f` and so on: digits, whether there is a point, what follows.
fn fraction(item: &str) -> Option<(Option<usize>, bool, &str)> {
    let (with_point, item) = match item.strip_prefix('.') {
        Some(item) => (true, item),
        None => (false, item),
    };
    for (text, digits) in [("3", 3), ("6", 6), ("9", 9)] {
        if let Some(rest) = item.strip_prefix(text) {
            return Some((Some(digits), with_point, rest.strip_prefix('f')?));
        }
    }
    Some((None, with_point, item.strip_prefix('f')?))
}

/// The week of the year, counted from the first day of which `weekday` is the distance.
fn week_of(date: Date, weekday: i8) -> i64 {
    (i64::from(date.day_of_year()) - 1 + 7 - i64::from(weekday)) / 7
}

fn offset_text(offset: Offset, between: &str) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    format!("{sign}{:02}{between}{:02}", minutes / 60, minutes % 60)
}

/// The begin of what could not be read, for a message.
fn head(text: &str) -> &str {
    let end = text.char_indices().nth(2).map_or(text.len(), |(at, _)| at);
    &text[..end]
}
