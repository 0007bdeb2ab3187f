//! What the chart shows, in words.

use eventglass_model::Timestamp;

use crate::{
    browser,
    format::{Civil, grouped},
};

/// What each outcome is called, in the order of the stack.
pub(super) const LABELS: [&str; 4] = ["Accepted", "Duplicates", "Refused", "Limited"];
/// What each outcome is, in the order of the stack.
pub(super) const MEANINGS: [&str; 4] = [
    "events that were stored",
    "events that were stored before",
    "events that were refused for what they are",
    "requests that were refused for being too many",
];
/// The same in the middle of a sentence.
const WORDS: [&str; 4] = ["accepted", "duplicates", "refused", "limited"];

/// A minute since the epoch, as a calendar and a clock show it.
pub(super) fn civil(minute: i64, here: bool) -> Civil {
    let time = Timestamp::from_micros(minute.saturating_mul(60_000_000));
    if here { browser::local(time) } else { Civil::utc(time) }
}

/// `14:05`.
pub(super) fn clock(minute: i64, here: bool) -> String {
    let text = civil(minute, here).minute_text();
    text.get(11..).unwrap_or_default().to_owned()
}

/// `120 accepted, 3 refused`, also of what the chart leaves out; `nothing`
/// where there is nothing.
pub(super) fn counts(outcomes: &[i64; 4]) -> String {
    let mut text = String::new();
    for (n, word) in outcomes.iter().zip(WORDS) {
        if *n > 0 {
            if !text.is_empty() {
                text.push_str(", ");
            }
            text.push_str(&grouped(*n));
            text.push(' ');
            text.push_str(word);
        }
    }
    if text.is_empty() { "nothing".to_owned() } else { text }
}

/// `each bar is 5 minutes`.
pub(super) fn each_bar(step: i64) -> String {
    if step == 1 {
        "each bar is a minute".to_owned()
    } else {
        format!("each bar is {step} minutes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks() {
        assert_eq!(counts(&[1_200, 0, 3, 0]), "1,200 accepted, 3 refused");
        assert_eq!(counts(&[0; 4]), "nothing");
        assert_eq!(clock(29_399_045, false), "00:05");
        assert_eq!(each_bar(15), "each bar is 15 minutes");
    }
}
