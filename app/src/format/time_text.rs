//! Spans of time as one writes them: `last 3h`, `yesterday`, `10:00..11:00`,
//! `2026-08-01..now`. A moment without a zone is in the viewer's.

use eventglass_model::{TimeBound, TimeRange, Timestamp};

use super::Civil;

/// Reads what `2026-08-01T10:00` means in some zone.
pub(crate) type Zone<'a> = &'a dyn Fn(&str) -> Option<Timestamp>;

/// Reads a span of time; `today` is the viewer's, as `2026-08-01`.
///
/// # Errors
/// A sentence for people.
pub(crate) fn read(text: &str, today: &str, zone: Zone<'_>) -> Result<TimeRange, &'static str> {
    let text = match text.split_once("..") {
        Some((from, to)) => format!("{}..{}", dated(from, today), dated(to, today)),
        None => dated(text, today),
    };
    let text = text.as_str();
    if let Some((from, to)) = text.split_once("..") {
        let (from, to) = (from.trim(), to.trim());
        let (start, end) = (moment(from, zone), moment(to, zone));
        if start.is_none() && end.is_none() {
            return TimeRange::parse(text);
        }
        return Ok(TimeRange {
            from: bound(from, start)?,
            to: bound(to, end)?,
        });
    }
    match moment(text, zone) {
        Some(from) => Ok(TimeRange {
            from: Some(TimeBound::At(from)),
            to: after(text, from, zone).map(TimeBound::At),
        }),
        None => TimeRange::parse(text),
    }
}

/// The date that a word or a time of day stands for.
fn dated(text: &str, today: &str) -> String {
    let text = text.trim();
    let (hour, rest) = text.split_once(':').unwrap_or((text, ""));
    let is_clock = matches!(hour.len(), 1 | 2)
        && matches!(rest.len(), 2 | 5)
        && [hour, rest]
            .concat()
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b':');
    if is_clock {
        return format!("{today} {hour:0>2}:{rest}");
    }
    match text.to_ascii_lowercase().as_str() {
        "today" => today.to_owned(),
        "yesterday" => day_after(today, -1).unwrap_or_default(),
        _ => text.to_owned(),
    }
}

/// A day so many days later, by the calendar: not every day has 24 hours.
fn day_after(day: &str, days: i64) -> Option<String> {
    let day = Timestamp::parse(&format!("{day}T00:00:00Z")).ok()?;
    let other = Civil::utc(day.plus_micros(days * 86_400_000_000)).minute_text();
    other.get(..10).map(str::to_owned)
}

fn bound(text: &str, moment: Option<Timestamp>) -> Result<Option<TimeBound>, &'static str> {
    match moment {
        Some(time) => Ok(Some(TimeBound::At(time))),
        None if text.is_empty() => Ok(None),
        None => TimeBound::parse(text).map(Some),
    }
}

/// A day or a moment of one, without a zone.
fn moment(text: &str, zone: Zone<'_>) -> Option<Timestamp> {
    let (day, clock) = text.split_at_checked(10)?;
    let is_day = day.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if !is_day || clock.contains(['Z', 'z', '+', '-']) {
        return None;
    }
    match clock.get(1..) {
        None => zone(&format!("{day}T00:00")),
        Some(clock) => zone(&format!("{day}T{clock}")),
    }
}

/// The end of the day, the minute or the second that begins at a moment.
fn after(text: &str, from: Timestamp, zone: Zone<'_>) -> Option<Timestamp> {
    match text.len() {
        ..=10 => zone(&format!("{}T00:00", day_after(text, 1)?)),
        11..=16 => Some(from.plus_micros(60_000_000)),
        _ => Some(from.plus_micros(1_000_000)),
    }
}

/// Writes a span as [`TimeRange::parse`] reads it; nothing for all time.
pub(crate) fn write(from: Option<TimeBound>, to: Option<TimeBound>) -> String {
    match (from, to) {
        (None, None) => String::new(),
        (Some(from @ TimeBound::Ago(_)), None) => from.to_string(),
        (from, to) => {
            let text = |bound: Option<TimeBound>| bound.map(|bound| bound.to_string()).unwrap_or_default();
            format!("{}..{}", text(from), text(to))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An hour east of UTC.
    fn east(text: &str) -> Option<Timestamp> {
        let seconds = if text.len() == 16 { ":00" } else { "" };
        Timestamp::parse(&format!("{text}{seconds}+01:00")).ok()
    }

    fn at(text: &str) -> Option<TimeBound> {
        Some(TimeBound::At(Timestamp::parse(text).unwrap()))
    }

    #[test]
    fn what_has_no_zone_is_in_the_viewers() {
        for (text, from, to) in [
            ("2026-08-01", at("2026-07-31T23:00:00Z"), at("2026-08-01T23:00:00Z")),
            (
                "2026-08-01 10:30",
                at("2026-08-01T09:30:00Z"),
                at("2026-08-01T09:31:00Z"),
            ),
            (
                "2026-08-01T10:30:05",
                at("2026-08-01T09:30:05Z"),
                at("2026-08-01T09:30:06Z"),
            ),
            ("2026-08-01..now", at("2026-07-31T23:00:00Z"), Some(TimeBound::Ago(0))),
            (
                "2026-08-01 .. 2026-08-02 12:00",
                at("2026-07-31T23:00:00Z"),
                at("2026-08-02T11:00:00Z"),
            ),
            ("..2026-08-01T00:00:00Z", None, at("2026-08-01T00:00:00Z")),
            ("last 3h", Some(TimeBound::Ago(10_800)), None),
            ("last day", Some(TimeBound::Ago(86_400)), None),
            ("today", at("2026-08-01T23:00:00Z"), at("2026-08-02T23:00:00Z")),
            ("Yesterday", at("2026-07-31T23:00:00Z"), at("2026-08-01T23:00:00Z")),
            ("yesterday..now", at("2026-07-31T23:00:00Z"), Some(TimeBound::Ago(0))),
            ("10:00..11:30", at("2026-08-02T09:00:00Z"), at("2026-08-02T10:30:00Z")),
            ("9:05", at("2026-08-02T08:05:00Z"), at("2026-08-02T08:06:00Z")),
            ("-7d..-1d", Some(TimeBound::Ago(604_800)), Some(TimeBound::Ago(86_400))),
        ] {
            assert_eq!(read(text, "2026-08-02", &east), Ok(TimeRange { from, to }), "{text}");
        }
        for bad in ["", "soon", "2026-13-01", "2026-08-01..soon", "..", "10:", "1:2", "a:00"] {
            assert!(read(bad, "2026-08-02", &east).is_err(), "{bad}");
        }
    }

    #[test]
    fn is_read_again_as_it_was_written() {
        for text in [
            "",
            "-3h",
            "-7d..-1d",
            "..-1d",
            "2026-08-01T00:00:00.000000Z..",
            "2026-08-01T00:00:00.000000Z..now",
        ] {
            let range = TimeRange::parse(text).unwrap_or_default();
            assert_eq!(write(range.from, range.to), text);
        }
    }
}
