//! Asks for new events.

use std::time::Duration;

use eventglass_model::{EventPage, EventQuery};
use leptos::prelude::*;

use super::{
    super::{address::Tail, state::Page},
    rows::MOST_ARRIVALS,
};
use crate::{api, live::Question};

/// The pause between two questions.
const PAUSE: Duration = Duration::from_millis(700);

/// Asks for new events while the list is live and somebody can see it.
pub(in super::super) fn keep_live(page: Page) {
    page.asking.keep_asking(Question {
        every: PAUSE,
        on: Box::new(move || {
            page.list.generation.track();
            page.tail.get() != Tail::Off
        }),
        path: Box::new(move || {
            let query = EventQuery {
                arrived_after: Some(page.list.watermark()?),
                limit: Some(MOST_ARRIVALS),
                cursor: None,
                ..page.question_now()
            };
            Some(api::events_path(&page.slug.read_untracked(), &query))
        }),
        take: Box::new(move |text| {
            page.list.arrived(page, api::read::<EventPage>(text)?);
            Ok(())
        }),
    });
}
