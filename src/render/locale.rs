//! The words and forms of dates in a language, from the GNU C Library as Zola has them.

use pure_rust_locales::{Locale, locale_match};

use crate::content::date::MONTHS;
use crate::diagnostic::{with_guess, with_hint};

/// How a language writes dates.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// From Sunday on.
    pub days: &'static [&'static str],
    pub short_days: &'static [&'static str],
    pub months: &'static [&'static str],
    pub short_months: &'static [&'static str],
    /// Before and after noon; empty where there is no such thing.
    pub halves: &'static [&'static str],
    /// What `%c` is short for.
    pub moment: &'static str,
    /// What `%x` is short for.
    pub day: &'static str,
    /// What `%X` is short for.
    pub time: &'static str,
    /// What `%r` is short for.
    pub time_of_halves: &'static str,
}

/// What is written if no language is named.
pub const ENGLISH: Words = Words {
    days: &[
        "Sunday",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
    ],
    short_days: &["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
    months: &MONTHS,
    short_months: &[
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ],
    halves: &["AM", "PM"],
    moment: "%a %b %e %H:%M:%S %Y",
    day: "%m/%d/%y",
    time: "%H:%M:%S",
    time_of_halves: "%I:%M:%S %p",
};

impl Words {
    /// Those of a locale by its name, such as `de_DE`.
    pub fn of(name: &str) -> Result<Words, String> {
        let Ok(locale) = Locale::try_from(name) else {
            return Err(unknown(name));
        };
        let time = locale_match!(locale => LC_TIME::T_FMT);
        let time_of_halves = locale_match!(locale => LC_TIME::T_FMT_AMPM);
        Ok(Words {
            days: locale_match!(locale => LC_TIME::DAY),
            short_days: locale_match!(locale => LC_TIME::ABDAY),
            months: locale_match!(locale => LC_TIME::MON),
            short_months: locale_match!(locale => LC_TIME::ABMON),
            halves: locale_match!(locale => LC_TIME::AM_PM),
            moment: locale_match!(locale => LC_TIME::D_T_FMT),
            day: locale_match!(locale => LC_TIME::D_FMT),
            time,
            time_of_halves: match time_of_halves {
                "" => time,
                stated => stated,
            },
        })
    }
}

fn unknown(name: &str) -> String {
    // `de` and `de-DE` are what other programs call it.
    let known = |name: &str| Locale::try_from(name).is_ok();
    let language = name.split(['-', '_']).next().unwrap_or_default();
    let guesses = [
        name.replace('-', "_"),
        format!("{language}_{}", language.to_uppercase()),
    ];
    let about = format!("there is no locale `{name}`");
    match guesses.into_iter().find(|guess| known(guess)) {
        Some(guess) => with_guess(about, Some(&guess)),
        None => with_hint(about, "`locale` takes one such as `de_DE`"),
    }
}
