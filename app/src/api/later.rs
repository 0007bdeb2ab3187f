//! What a page shows a moment later: fetched by the browser alone.

use leptos::{prelude::*, task::spawn_local};

use super::{error::ApiResult, send::get_text};
use crate::view::effect;

/// The answer to the path of a `GET`, once it is there. The browser asks when
/// the page is alive, and again whenever the path changes; what the server
/// renders goes without. For what is shown inside of something that was itself
/// waited for, where [`Fetched`](super::Fetched) has no place: the server draws
/// such parts more than once, and would ask each time.
pub(crate) fn later(path: impl Fn() -> Option<String> + 'static) -> RwSignal<Option<ApiResult<String>>> {
    let answer = RwSignal::new(None);
    // Each run of the effect voids the question that the run before it asked.
    let run = StoredValue::new(0_u32);
    effect(move || {
        run.update_value(|run| *run += 1);
        let Some(path) = path() else { return };
        let this = run.get_value();
        spawn_local(async move {
            let text = get_text(path).await;
            if run.try_get_value() == Some(this) {
                answer.try_set(Some(text));
            }
        });
    });
    answer
}
