//! The page of two traces.

use eventglass_model::{decode_pairs, encode_pairs};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::{choose::choose, prompts::prompts, rows::comparison};
use crate::{
    api::{self, ApiError, Fetched},
    components::{ErrorView, Record, SkeletonRows, wait},
    session::project_slug,
    view::{IntoPart, Part, el, memo, show, show_some},
};

/// What the address names.
#[derive(Clone, Copy)]
pub(super) struct Sides {
    /// The project.
    pub(super) slug: Memo<String>,
    /// The one trace.
    pub(super) a: Memo<String>,
    /// The other; empty until one is chosen.
    pub(super) b: Memo<String>,
    /// The span of each whose prompts are compared; empty for none.
    pub(super) spans: Memo<(String, String)>,
}

impl Sides {
    /// The address with other sides or spans.
    pub(super) fn href(self, a: &str, b: &str, spans: Option<(&str, &str)>) -> String {
        let mut pairs = vec![("a", a), ("b", b)];
        if let Some((a_span, b_span)) = spans {
            pairs.extend([("a_span", a_span), ("b_span", b_span)]);
        }
        format!(
            "/p/{}/traces/compare?{}",
            self.slug.read_untracked(),
            encode_pairs(pairs)
        )
    }
}

/// Two traces, aligned by their structure.
#[component]
pub(crate) fn ComparePage() -> impl IntoView {
    let search = use_location().search;
    let parameter = move |name: &'static str| {
        memo(move |_| {
            let pairs = search.with(|search| decode_pairs(search)).into_iter();
            let mut values = pairs.filter(|(known, _)| known == name).map(|(_, value)| value);
            values.next().unwrap_or_default()
        })
    };
    let (a_span, b_span) = (parameter("a_span"), parameter("b_span"));
    let sides = Sides {
        slug: project_slug(),
        a: parameter("a"),
        b: parameter("b"),
        spans: memo(move |_| (a_span.get(), b_span.get())),
    };
    let body = show(move || {
        if sides.a.read().is_empty() || sides.b.read().is_empty() {
            choose(sides)
        } else {
            compared(sides)
        }
    });
    let title = move || format!("Compare traces · {}", sides.slug.read());
    view! {
        <Title text=title/>
        <div class="compare">
            <h1 class="sr-only">"Compare traces"</h1>
            {body}
        </div>
    }
    .part()
}

fn compared(sides: Sides) -> Part {
    let answer = Fetched::one(move || api::compare_path(&sides.slug.read(), &sides.a.read(), &sides.b.read()));
    let retry = Callback::new(move |()| answer.refetch());
    let body = show_some(move || {
        let read = answer
            .text()?
            .and_then(|text| Record::read(&text).ok_or(ApiError::Unreadable(200)));
        Some(match read {
            Ok(record) => comparison(sides, &record),
            Err(error) => view! { <ErrorView error retry/> }.part(),
        })
    });
    let is_open = memo(move |_| !sides.spans.read().0.is_empty());
    let panel = show_some(move || is_open.get().then(|| prompts(sides)));
    let meanwhile = view! { <SkeletonRows count=20/> }.part();
    let main = el("div", "compare-main", vec![wait(meanwhile, body, RwSignal::new(false))]);
    el("div", "trace-body", vec![main, panel.part()])
}
