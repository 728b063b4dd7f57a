//! A second in time, as CloudTrail writes it in keys and digests.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, Time};

/// Seconds since 1970, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

/// An hour: how long a digest's period is.
pub(crate) const HOUR: i64 = 3600;

impl Moment {
    /// That many seconds after 1970 began.
    pub const fn from_unix(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970.
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// `2026-11-28T02:00:00Z`, with any offset; a date alone is its first second in UTC.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(moment) = OffsetDateTime::parse(text, &Rfc3339) {
            return Some(Self(moment.unix_timestamp()));
        }
        match text.as_bytes() {
            [y @ .., b'-', m0, m1, b'-', d0, d1] if y.len() == 4 => {
                civil([number(y)?, number(&[*m0, *m1])?, number(&[*d0, *d1])?], [0; 3])
            }
            _ => None,
        }
    }

    /// `20261128T020000Z`, as in the name of a digest, or `20261128T0200Z`, as in that of a log.
    pub fn parse_compact(text: &str) -> Option<Self> {
        let (date, clock) = text.strip_suffix('Z')?.split_once('T')?;
        let (date, clock) = (date.as_bytes(), clock.as_bytes());
        let (8, 4 | 6) = (date.len(), clock.len()) else { return None };
        let part = |bytes: &[u8], at: usize, length: usize| number(bytes.get(at..at + length)?);
        let second = if clock.len() == 6 { part(clock, 4, 2)? } else { 0 };
        let day = [part(date, 0, 4)?, part(date, 4, 2)?, part(date, 6, 2)?];
        civil(day, [part(clock, 0, 2)?, part(clock, 2, 2)?, second])
    }

    /// So many seconds later, or earlier when negative.
    #[must_use]
    pub const fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// `20261128T020000Z`.
    pub fn compact(self) -> String {
        let at = self.date_time();
        format!(
            "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute(),
            at.second()
        )
    }

    /// `20261128T0200Z`.
    pub fn compact_minute(self) -> String {
        let mut text = self.compact();
        text.truncate(13);
        text.push('Z');
        text
    }

    /// `2026/11/28`, the folder of a day.
    pub fn day(self) -> String {
        let at = self.date_time();
        format!("{:04}/{:02}/{:02}", at.year(), u8::from(at.month()), at.day())
    }

    fn date_time(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.0).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0u32, |sum, digit| {
        digit.is_ascii_digit().then(|| sum.wrapping_mul(10).wrapping_add(u32::from(digit - b'0')))
    })
}

fn civil([year, month, day]: [u32; 3], [hour, minute, second]: [u32; 3]) -> Option<Moment> {
    let small = |number: u32| u8::try_from(number).ok();
    let month = Month::try_from(small(month)?).ok()?;
    let date = Date::from_calendar_date(i32::try_from(year).ok()?, month, small(day)?).ok()?;
    let clock = Time::from_hms(small(hour)?, small(minute)?, small(second)?).ok()?;
    Some(Moment(date.with_time(clock).assume_utc().unix_timestamp()))
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.date_time();
        write!(
            formatter,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute(),
            at.second()
        )
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a time"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_the_same_second() {
        let moment = Moment::parse("2026-11-28T02:03:04Z").unwrap();
        assert_eq!(Moment::parse_compact("20261128T020304Z"), Some(moment));
        assert_eq!(Moment::parse("2026-11-28T03:03:04+01:00"), Some(moment));
        assert_eq!(moment.compact(), "20261128T020304Z");
        assert_eq!(moment.compact_minute(), "20261128T0203Z");
        assert_eq!(moment.to_string(), "2026-11-28T02:03:04Z");
        assert_eq!(moment.day(), "2026/11/28");
        assert_eq!(Moment::parse("2026-11-28").unwrap().to_string(), "2026-11-28T00:00:00Z");
        assert_eq!(Moment::parse_compact("20261128T0203Z"), Some(moment.plus(-4)));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in
            ["", "x", "20261128", "20261328T020304Z", "20261128T0203", "2026112éT020304Z", "20261128T02030Z"]
        {
            assert_eq!(Moment::parse_compact(text), None, "{text}");
        }
        for text in ["2026-13-01", "26-1-1", "yesterday", "2026-02-30"] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }
}
