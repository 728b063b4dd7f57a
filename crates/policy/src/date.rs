//! Points in time as policies write them.

use time::{Date, Month, Time, UtcOffset};

/// Seconds since 1970, from W3C's profile of ISO 8601 (`2026-01-31`, `2026-01-31T12:00:00Z`) or a number of seconds.
///
/// `None` for anything else. Fractions of a second are kept.
pub(crate) fn epoch_seconds(text: &str) -> Option<f64> {
    if text.len() > 4 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok();
    }
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let midnight = day(date)?.midnight().assume_utc().unix_timestamp();
    let seconds = time.map_or(Some(0.0), seconds_of_day)?;
    Some(midnight as f64 + seconds)
}

/// `2026`, `2026-01` or `2026-01-31`.
fn day(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |part| digits(part, 2))?;
    let day = parts.next().map_or(Some(1), |part| digits(part, 2))?;
    if parts.next().is_some() {
        return None;
    }
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok()
}

/// `12:00`, `12:00:00.5`, followed by `Z` or an offset `+01:00`.
fn seconds_of_day(text: &str) -> Option<f64> {
    let zone = text.find(['Z', 'z', '+', '-'])?;
    let (time, zone) = text.split_at_checked(zone)?;
    let mut parts = time.split(':');
    let mut next = || digits(parts.next()?, 2).and_then(|number| u8::try_from(number).ok());
    let (hours, minutes) = (next()?, next()?);
    let (whole, fraction) = match parts.next() {
        None => (0, 0.0),
        Some(part) => seconds(part)?,
    };
    if parts.next().is_some() {
        return None;
    }
    let (hours, minutes, seconds) = Time::from_hms(hours, minutes, whole).ok()?.as_hms();
    let of_day = f64::from(hours) * 3600.0 + f64::from(minutes) * 60.0 + f64::from(seconds);
    Some(of_day + fraction - f64::from(offset(zone)?.whole_seconds()))
}

/// `07` or `07.25`, as whole seconds and their fraction.
fn seconds(text: &str) -> Option<(u8, f64)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    digits(fraction, fraction.len())?;
    Some((u8::try_from(digits(whole, 2)?).ok()?, format!("0.{fraction}").parse().ok()?))
}

/// How far a zone is ahead of UTC.
fn offset(zone: &str) -> Option<UtcOffset> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(UtcOffset::UTC);
    }
    let (sign, rest) = match zone.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, zone.strip_prefix('+')?),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let part = |text| digits(text, 2).and_then(|number| i8::try_from(number).ok());
    UtcOffset::from_hms(sign * part(hours)?, sign * part(minutes)?, 0).ok()
}

/// A number of exactly so many digits.
fn digits(text: &str, count: usize) -> Option<i32> {
    let is_number = text.len() == count && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests;
