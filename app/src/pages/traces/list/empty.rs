//! Where there are no rows.

use eventglass_model::TraceQuery;
use leptos::prelude::*;

use super::state::Page;
use crate::{
    browser,
    components::{Button, EmptyState, Glyph, Snippet, pulse},
    hydration::use_hydrated,
    pages::send_events::recall_key,
    view::{IntoPart, Part, el, show, text},
};

/// Why there are no rows, and what to do.
pub(super) fn nothing_here(page: Page) -> Part {
    let query = page.query.get_untracked();
    if query.is_filtered() || query.from.is_some() || query.to.is_some() {
        let clear = Callback::new(move |()| page.narrow(|query| *query = TraceQuery::default()));
        let body = vec![
            el("p", "", vec!["Every filter has to match.".part()]),
            view! { <Button label="Clear filters" on_press=clear/> }.part(),
        ]
        .part();
        return view! { <EmptyState glyph=Glyph::Search title="No trace matches" body/> }.part();
    }
    let hydrated = use_hydrated();
    let waiting = text(move || {
        if page.live.get() {
            "Waiting for the first one. It will appear here by itself.".to_owned()
        } else {
            "Paused: the first one will not appear by itself.".to_owned()
        }
    });
    let how = show(move || how_to_send(page, hydrated.get()));
    let body = vec![
        el("p", "waiting", vec![pulse(), waiting.part()]),
        el("div", "empty-snippets", vec![how.part()]),
    ]
    .part();
    view! { <EmptyState glyph=Glyph::Traces title="No traces yet" body/> }.part()
}

/// The two settings of any OpenTelemetry SDK, and a trace by hand.
fn how_to_send(page: Page, here: bool) -> Part {
    let (origin, key) = if here {
        (browser::origin(), recall_key(&page.slug.read_untracked()))
    } else {
        (String::new(), None)
    };
    let key = key.unwrap_or_else(|| "YOUR_KEY".to_owned());
    let otlp = format!(
        "export OTEL_EXPORTER_OTLP_ENDPOINT={origin}\nexport OTEL_EXPORTER_OTLP_HEADERS=\"x-api-key={key}\"\nexport OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"
    );
    let curl = format!(
        "curl -X POST {origin}/api/v1/events \\\n  -H 'X-API-Key: {key}' -H 'Content-Type: application/json' \\\n  -d '{{\"kind\": \"llm\", \"name\": \"hello\", \"model\": \"gpt-4o\", \"trace_id\": \"t1\", \"span_id\": \"s1\",\n       \"duration_ms\": 420, \"tokens\": {{\"input_total\": 12, \"output_total\": 40}},\n       \"input\": \"Say hello\", \"output\": \"Hello\"}}'"
    );
    let langfuse =
        format!("export LANGFUSE_HOST={origin}\nexport LANGFUSE_PUBLIC_KEY=any\nexport LANGFUSE_SECRET_KEY={key}");
    vec![
        view! { <Snippet title="Any OpenTelemetry SDK" code=otlp/> }.part(),
        view! { <Snippet title="Any Langfuse SDK" code=langfuse/> }.part(),
        view! { <Snippet title="A trace by hand" code=curl/> }.part(),
    ]
    .part()
}
