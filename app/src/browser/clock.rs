//! Time as the viewer has it.

use std::time::Duration;

use eventglass_model::Timestamp;
use js_sys::{Array, Date, Object, Reflect};
use leptos::prelude::set_timeout;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::format::Civil;

/// Milliseconds since the epoch, by the viewer's clock.
#[must_use]
pub(crate) fn now_millis() -> i64 {
    whole(Date::now())
}

/// A moment in the viewer's zone.
#[must_use]
pub(crate) fn local(time: Timestamp) -> Civil {
    let date = date_of(time);
    Civil {
        year: i32::try_from(date.get_full_year()).unwrap_or(0),
        month: date.get_month() + 1,
        day: date.get_date(),
        hour: date.get_hours(),
        minute: date.get_minutes(),
        second: date.get_seconds(),
        micros: u32::try_from(time.micros().rem_euclid(1_000_000)).unwrap_or(0),
    }
}

/// How far east of UTC the viewer's zone is at a moment, in minutes.
#[must_use]
pub(crate) fn zone_offset(time: Timestamp) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "at most a day's worth of minutes")]
    let minutes = date_of(time).get_timezone_offset() as i32;
    -minutes
}

/// The zone's name, such as `Europe/Berlin`.
#[must_use]
pub(crate) fn zone_name() -> Option<String> {
    let options = js_sys::Intl::DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    Reflect::get(&options, &JsValue::from_str("timeZone")).ok()?.as_string()
}

/// What `<input type="datetime-local">` holds, as a moment.
#[must_use]
pub(crate) fn local_to_timestamp(input: &str) -> Option<Timestamp> {
    // Without an offset, JavaScript reads it in the viewer's zone, which is what is meant.
    let millis = Date::parse(input);
    millis
        .is_finite()
        .then(|| Timestamp::from_micros(whole(millis).saturating_mul(1_000)))
}

/// Waits.
pub(crate) async fn sleep(duration: Duration) {
    let promise = js_sys::Promise::new(&mut |resolve, _reject| {
        set_timeout(
            move || {
                let _ = resolve.call0(&JsValue::UNDEFINED);
            },
            duration,
        );
    });
    // A promise that is only ever resolved.
    let _ = JsFuture::from(promise).await;
}

fn date_of(time: Timestamp) -> Date {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds fit a double for 285,000 years")]
    let millis = time.millis() as f64;
    Date::new(&JsValue::from_f64(millis))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "milliseconds since the epoch are far below 2^63"
)]
const fn whole(millis: f64) -> i64 {
    millis as i64
}
