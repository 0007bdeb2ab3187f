//! What the parts of the page share.

use eventglass_model::{decode_pairs, encode_pairs};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use super::traffic::Traffic;
use crate::{
    api::{ApiError, ApiResult},
    browser,
    components::{Record, Tick},
    hydration::use_hydrated,
    json::members,
    live::Live,
    session::project_slug,
    view::memo,
};

/// The spans one can choose from, in minutes, and what to call them.
pub(super) const SPANS: [(i64, &str, &str); 3] = [
    (60, "1 h", "the last hour"),
    (360, "6 h", "the last 6 hours"),
    (1_440, "24 h", "the last 24 hours"),
];

/// What the parts of the page share. What was answered is kept as text, part
/// by part, and read where it is shown: only what changed is drawn again.
#[derive(Clone, Copy)]
pub(super) struct Page {
    /// The project.
    pub(super) slug: Memo<String>,
    /// The span that is shown, in minutes.
    pub(super) span: Memo<i64>,
    /// What the chart leaves out: outcomes and doors, each with a comma after it.
    hidden: Memo<String>,
    /// For which reason items are shown; empty for none.
    pub(super) reason: Memo<String>,
    /// What came, by minute and door.
    pub(super) traffic: Memo<Traffic>,
    /// Who sent, as JSON.
    pub(super) senders: RwSignal<String>,
    /// Why what was refused, as JSON.
    pub(super) reasons: RwSignal<String>,
    /// All else of the answer, as JSON.
    pub(super) vitals: RwSignal<String>,
    /// How it stands with the asking.
    pub(super) asking: Live,
    minutes: RwSignal<String>,
    /// Raised by each answer.
    tick: RwSignal<u32>,
    go: Callback<(String, bool)>,
}

impl Page {
    /// Makes it and offers it to all that is below.
    pub(super) fn provide() -> Self {
        let navigate = use_navigate();
        let slug = project_slug();
        let (span, hidden, reason) = (parameter("minutes"), parameter("hide"), parameter("reason"));
        let span = memo(move |_| {
            let asked = span.read().parse::<i64>().ok();
            let known = SPANS.iter().find(|(minutes, ..)| Some(*minutes) == asked);
            known.map_or(SPANS[0].0, |(minutes, ..)| *minutes)
        });
        let minutes = RwSignal::new("[]".to_owned());
        let tick = RwSignal::new(0);
        let here = use_hydrated();
        let page = Self {
            slug,
            span,
            hidden,
            reason,
            traffic: memo(move |_| {
                tick.track();
                // The server does not know how late it is where it draws: there,
                // the chart ends with what came last.
                let now = if here.get() { browser::now_millis() / 60_000 } else { 0 };
                Traffic::read(&minutes.read(), &hidden.read(), span.get(), now)
            }),
            senders: RwSignal::new(String::new()),
            reasons: RwSignal::new(String::new()),
            vitals: RwSignal::new(String::new()),
            asking: Live::new(),
            minutes,
            tick,
            go: Callback::new(move |(path, replace): (String, bool)| {
                let options = NavigateOptions {
                    replace,
                    scroll: false,
                    ..NavigateOptions::default()
                };
                navigate(&path, options);
            }),
        };
        provide_context(page);
        provide_context(Tick(tick));
        page
    }

    /// What [`Self::provide`] made.
    pub(super) fn from_context() -> Self {
        expect_context()
    }

    /// Takes an answer in ([`IngestHealth`](eventglass_model::IngestHealth)).
    pub(super) fn load(self, text: &str) -> ApiResult<()> {
        let mut vitals = String::from("{\"of\":0");
        for (key, value) in members(text).ok_or(ApiError::Unreadable(200))? {
            let part = match key.as_str() {
                "minutes" => self.minutes,
                "senders" => self.senders,
                "reasons" => self.reasons,
                // The other names of the answer have nothing in them to escape.
                _ => {
                    vitals.push_str(&format!(",\"{key}\":{value}"));
                    continue;
                }
            };
            set(part, value);
        }
        vitals.push('}');
        set(self.vitals, vitals);
        self.tick.update(|n| *n = n.wrapping_add(1));
        Ok(())
    }

    /// Whether nothing has ever come.
    pub(super) fn is_untouched(self) -> bool {
        let nothing = |part: RwSignal<String>| part.read().len() <= 2;
        let last = Record::read(&self.vitals.read()).is_some_and(|vitals| vitals.raw("last_event_at").is_some());
        !last && nothing(self.minutes) && nothing(self.senders) && nothing(self.reasons)
    }

    /// Whether the chart leaves out an outcome or a door.
    pub(super) fn hides(self, name: &str) -> bool {
        hides(&self.hidden.read(), name)
    }

    /// Leaves an outcome or a door out of the chart, or no longer.
    pub(super) fn toggle(self, name: &str) {
        let hidden = self.hidden.get_untracked();
        let mut names: Vec<&str> = hidden.split(',').filter(|known| !known.is_empty()).collect();
        match names.iter().position(|known| *known == name) {
            Some(at) => drop(names.remove(at)),
            None => names.push(name),
        }
        let path = self.path(
            self.span.get_untracked(),
            &names.join(","),
            &self.reason.read_untracked(),
        );
        self.go.run((path, true));
    }

    /// The address of this page with another span; changes with the rest of it.
    pub(super) fn span_path(self, span: i64) -> String {
        self.path(span, &self.hidden.read(), &self.reason.read())
    }

    /// The address of this page with the items that were refused for a reason.
    pub(super) fn reason_path(self, reason: &str) -> String {
        self.path(self.span.get_untracked(), &self.hidden.read_untracked(), reason)
    }

    /// Closes the refused items.
    pub(super) fn close(self) {
        self.go.run((self.reason_path(""), false));
    }

    fn path(self, span: i64, hidden: &str, reason: &str) -> String {
        let span = if span == SPANS[0].0 {
            String::new()
        } else {
            span.to_string()
        };
        let pairs = [("minutes", span.as_str()), ("hide", hidden), ("reason", reason)];
        let query = encode_pairs(pairs.into_iter().filter(|(_, value)| !value.is_empty()));
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/p/{}/ingest{mark}{query}", self.slug.read_untracked())
    }
}

/// Whether a list of names holds one.
pub(super) fn hides(hidden: &str, name: &str) -> bool {
    hidden.split(',').any(|known| known == name)
}

fn set(part: RwSignal<String>, value: String) {
    if *part.read_untracked() != value {
        part.set(value);
    }
}

/// A parameter of the address; empty where it is not given. On the way to
/// another page the address changes before this page is gone: what it says
/// then is not about this one.
fn parameter(name: &'static str) -> Memo<String> {
    let location = use_location();
    memo(move |before: Option<&String>| {
        let here = location.pathname.with(|path| path.ends_with("/ingest"));
        match before {
            Some(before) if !here => before.clone(),
            _ => {
                let pairs = location.search.with(|search| decode_pairs(search));
                let found = pairs.into_iter().find(|(known, _)| known == name);
                found.map(|(_, value)| value).unwrap_or_default()
            }
        }
    })
}
