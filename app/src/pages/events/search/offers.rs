//! What is offered below the box while one types.

use std::time::Duration;

use eventglass_model::{EventQuery, Facets, search};
use leptos::{prelude::*, task::spawn_local};

use super::{
    super::state::Page,
    choice::{self, Choice},
    history,
};
use crate::api;

/// How long one may pause while typing before values are asked for.
const PAUSE: Duration = Duration::from_millis(120);

/// What is offered below the box.
#[derive(Clone, Copy)]
pub(super) struct Offers {
    /// The text of the box.
    pub(super) text: RwSignal<String>,
    /// What may be chosen.
    pub(super) choices: RwSignal<Vec<Choice>>,
    /// Whether they are shown.
    pub(super) open: RwSignal<bool>,
    /// The one that the keyboard is at.
    pub(super) active: RwSignal<Option<usize>>,
    page: Page,
    /// The values that were asked for last, by what was asked.
    known: StoredValue<(String, Facets)>,
    ask: Callback<(String, String, usize)>,
}

impl Offers {
    pub(super) fn new(page: Page) -> Self {
        let known = StoredValue::new((String::new(), Facets::default()));
        let offers = StoredValue::new(None::<Self>);
        let ask = move |(path, text, cursor): (String, String, usize)| {
            spawn_local(async move {
                let answer = api::get_text(path.clone()).await.and_then(|text| api::read(&text));
                let Ok(facets) = answer else { return };
                // By now the page may be gone.
                known.try_set_value((path, facets));
                if let Some(Some(offers)) = offers.try_get_value()
                    && offers.open.try_get_untracked() == Some(true)
                    && *offers.text.read_untracked() == text
                {
                    offers.look(cursor);
                }
            });
        };
        let turn = StoredValue::new(0_u32);
        let made = Self {
            text: RwSignal::new(page.query.with_untracked(|query| query.q.clone())),
            choices: RwSignal::new(Vec::new()),
            open: RwSignal::new(false),
            active: RwSignal::new(None),
            page,
            known,
            // The last question of several in short time is asked.
            ask: Callback::new(move |question: (String, String, usize)| {
                turn.update_value(|turn| *turn += 1);
                let this = turn.get_value();
                set_timeout(
                    move || {
                        if turn.try_get_value() == Some(this) {
                            ask(question);
                        }
                    },
                    PAUSE,
                );
            }),
        };
        offers.set_value(Some(made));
        made
    }

    /// Looks for what may stand at the cursor, a byte of the text.
    pub(super) fn look(self, cursor: usize) {
        let text = self.text.get_untracked();
        let completion = choice::at(&text, cursor);
        let choices = match choice::field_to_ask(&completion) {
            Some(field) => {
                let without = choice::without_term(&text, &completion);
                let path = self.values_path(field, without);
                let is_known = self.known.with_value(|(known, _)| *known == path);
                if is_known {
                    self.known.with_value(|(_, facets)| {
                        let found = facets.facets.get(field);
                        choice::values(&completion, field, found.map_or(&[], Vec::as_slice))
                    })
                } else {
                    self.ask.run((path, text, cursor));
                    Vec::new()
                }
            }
            None => {
                let mut choices = choice::names(&completion);
                if choices.is_empty() || text.trim().is_empty() {
                    let slug = self.page.slug.get_untracked();
                    choices.extend(choice::before(history::recall(&slug), &text));
                }
                choices
            }
        };
        self.active.set(None);
        self.choices.set(choices);
        self.open.set(true);
    }

    /// Where the values of a field are asked for: among the events that match
    /// the rest of the text, or all of them while it cannot be read.
    fn values_path(self, field: &str, rest: String) -> String {
        let query = EventQuery {
            q: if search::parse(&rest).is_ok() {
                rest
            } else {
                String::new()
            },
            cursor: None,
            ..self.page.query.get_untracked()
        };
        api::facets_path(&self.page.slug.read_untracked(), &[field], &query)
    }

    /// Goes to another choice; beyond the ends is none.
    pub(super) fn step(self, by: isize) {
        let count = self.choices.read_untracked().len();
        if count == 0 {
            return;
        }
        let at = match (self.active.get_untracked(), by > 0) {
            (None, true) => Some(0),
            (None, false) => count.checked_sub(1),
            (Some(at), _) => at.checked_add_signed(by).filter(|at| *at < count),
        };
        self.active.set(at);
    }

    /// The choice that the keyboard is at.
    pub(super) fn chosen(self) -> Option<Choice> {
        let at = self.active.get_untracked()?;
        self.choices.read_untracked().get(at).cloned()
    }

    pub(super) fn close(self) {
        if self.open.get_untracked() {
            self.open.set(false);
        }
        self.active.set(None);
    }
}
