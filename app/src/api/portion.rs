//! How much of an answer the server writes into a page.

/// How many spans a page carries from the server. The rest is fetched by the
/// browser: nothing of a large trace is sent twice.
pub(crate) const FIRST_ROWS: usize = 120;
/// The longest answer that a page carries, where it may do without.
#[cfg(feature = "ssr")]
const SMALL: usize = 64 * 1_024;

/// How much of an answer the server writes into a page. The browser, when it
/// asks by itself, always gets the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Portion {
    /// All of it.
    Whole,
    /// Of a trace, the first rows.
    FirstRows,
    /// All of it if it is small, else [`LATER`].
    IfSmall,
}

/// Stands for an answer that the browser is to ask for.
pub(crate) const LATER: &str = "{\"later\":true}";

#[cfg(feature = "ssr")]
impl Portion {
    /// The portion of an answer.
    pub(super) fn of(self, json: String) -> String {
        match self {
            Self::FirstRows => first_rows(json),
            Self::IfSmall if json.len() > SMALL => LATER.to_owned(),
            Self::Whole | Self::IfSmall => json,
        }
    }
}

/// The trace less all but its first rows, as a page carries it. What cannot be
/// read is handed on: the page will say so.
#[cfg(feature = "ssr")]
fn first_rows(json: String) -> String {
    let Ok(mut trace) = serde_json::from_str::<eventglass_model::Trace>(&json) else {
        return json;
    };
    let spans = &mut trace.spans;
    if spans.len() <= FIRST_ROWS {
        return json;
    }
    spans.id.truncate(FIRST_ROWS);
    spans.parent.truncate(FIRST_ROWS);
    spans.depth.truncate(FIRST_ROWS);
    spans.size.truncate(FIRST_ROWS);
    spans.start_us.truncate(FIRST_ROWS);
    spans.duration_us.truncate(FIRST_ROWS);
    spans.kind.truncate(FIRST_ROWS);
    spans.name.truncate(FIRST_ROWS);
    spans.service.truncate(FIRST_ROWS);
    spans.model.truncate(FIRST_ROWS);
    spans.status.truncate(FIRST_ROWS);
    spans.input_tokens.truncate(FIRST_ROWS);
    spans.output_tokens.truncate(FIRST_ROWS);
    spans.cost_nano_usd.truncate(FIRST_ROWS);
    spans.flags.truncate(FIRST_ROWS);
    // Texts that no row shows are left out; the indices stay as they are.
    let mut used = vec![false; spans.strings.len()];
    for index in [&spans.kind, &spans.name, &spans.service, &spans.model]
        .into_iter()
        .flatten()
    {
        if let Some(used) = used.get_mut(*index as usize) {
            *used = true;
        }
    }
    for (text, used) in spans.strings.iter_mut().zip(used) {
        if !used {
            text.clear();
        }
    }
    let last = spans.strings.iter().rposition(|text| !text.is_empty()).unwrap_or(0);
    spans.strings.truncate(last + 1);
    serde_json::to_string(&trace).unwrap_or(json)
}
