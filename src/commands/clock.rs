//! What time it is: the command line's `--now`, else `SOURCE_DATE_EPOCH`, else the clock.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::variable;

/// A `--now`: a day or a time without an offset is meant in the site's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Now {
    Instant(Timestamp),
    Local(DateTime),
}

impl Now {
    /// Reads `2026-04-30`, `2026-04-30T20:30:00` or `2026-04-30T20:30:00Z`.
    pub fn parse(text: &str) -> Result<Now, String> {
        let text = text.trim();
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Ok(Now::Instant(instant));
        }
        if let Ok(day) = text.parse::<Date>()
            && text.len() == "2026-04-30".len()
        {
            return Ok(Now::Local(day.at(0, 0, 0, 0)));
        }
        // A moment with an impossible offset would be read as a local time without it.
        let tail = text.get("2026-04-30".len()..).unwrap_or_default();
        match text.parse::<DateTime>() {
            Ok(local) if !tail.contains(['Z', 'z', '+', '-', '[']) => Ok(Now::Local(local)),
            _ => Err("write a date (2026-04-30) or a moment (2026-04-30T20:30:00Z)".into()),
        }
    }

    /// The instant that is meant; a time that a clock change skips is the first one after it.
    pub fn instant(self, zone: &TimeZone) -> Result<Timestamp, jiff::Error> {
        match self {
            Now::Instant(instant) => Ok(instant),
            Now::Local(local) => Ok(zone.to_zoned(local)?.timestamp()),
        }
    }
}

/// The instant to take for now.
pub fn now(chosen: Option<Now>, zone: &TimeZone) -> anyhow::Result<Timestamp> {
    match chosen {
        Some(now) => Ok(now.instant(zone)?),
        None => match source_date_epoch(variable("SOURCE_DATE_EPOCH").as_deref())? {
            Some(instant) => Ok(instant),
            None => Ok(Timestamp::now()),
        },
    }
}

/// The same in the site's time zone.
pub fn now_in(zone: &TimeZone) -> anyhow::Result<Zoned> {
    Ok(now(None, zone)?.to_zoned(zone.clone()))
}

/// Reads seconds since 1970, as <https://reproducible-builds.org/specs/source-date-epoch/> says:
/// what is set but wrong is an error, for the build would not be the one that was asked for.
fn source_date_epoch(value: Option<&str>) -> anyhow::Result<Option<Timestamp>> {
    let Some(value) = value.filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let seconds = value.parse::<i64>().ok();
    match seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()) {
        Some(instant) => Ok(Some(instant)),
        None => anyhow::bail!("SOURCE_DATE_EPOCH is `{value}`, not seconds since 1970"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let instant = Now::parse(text).ok().map(|now| now.instant(&zone).unwrap());
        assert_eq!(
            instant.map(|i| i.to_string()).as_deref(),
            expected,
            "{text}"
        );
    }

    #[test]
    fn now_is_a_day_or_a_moment() {
        check("2026-04-30", Some("2026-04-29T22:00:00Z"));
        check("2026-04-30T20:30:00Z", Some("2026-04-30T20:30:00Z"));
        check("2026-04-30T20:30:00+02:00", Some("2026-04-30T18:30:00Z"));
        check("2026-04-30T20:30:00", Some("2026-04-30T18:30:00Z"));
        check("2026-02-30", None);
        check("2026-04-30T20:30:00+99:00", None);
        check("tomorrow", None);
        check("", None);
    }

    #[test]
    fn a_wrong_source_date_epoch_is_refused() {
        assert_eq!(source_date_epoch(None).unwrap(), None);
        assert_eq!(source_date_epoch(Some("")).unwrap(), None);
        let set = source_date_epoch(Some("1777581000")).unwrap().unwrap();
        assert_eq!(set.to_string(), "2026-04-30T20:30:00Z");
        assert!(source_date_epoch(Some("yesterday")).is_err());
    }
}
