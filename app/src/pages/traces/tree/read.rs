//! Reads a trace as it came.

use eventglass_model::{PackedSkeleton, Skeleton, SpanSums, Status, Timestamp, TraceSummary, span_flags};
use serde::Deserialize;

use super::Role;
use crate::{
    format::{duration_ms, usd},
    json::from_text,
};

/// What of [`Trace`](eventglass_model::Trace) or
/// [`PackedTrace`](eventglass_model::PackedTrace) is not its head. Both are
/// read from the same text, one after the other: reading a flattened type
/// would be many kilobytes of code.
#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    truncated: bool,
    #[serde(default)]
    watermark: String,
    #[serde(default)]
    spans: Option<Skeleton>,
    #[serde(default)]
    packed: Option<PackedSkeleton>,
}

/// A trace in memory.
#[derive(Debug)]
pub(in super::super) struct Tree {
    /// The figures of the whole.
    pub(in super::super) head: TraceSummary,
    /// The spans, in pre-order.
    pub(in super::super) spans: Skeleton,
    /// Whether the server has more events than it gives.
    pub(in super::super) truncated: bool,
    /// What to ask for updates with.
    pub(in super::super) watermark: String,
    /// Whether these are only the first rows of the page.
    pub(in super::super) cut: bool,
    /// How long the whole takes, in microseconds; at least 1.
    pub(in super::super) total_us: i64,
    sums: Vec<SpanSums>,
    /// Of each span: which child it is, counted from 1, and of how many.
    places: Vec<(u32, u32)>,
    roles: Vec<Role>,
}

/// A trace that is not there yet.
impl Default for Tree {
    fn default() -> Self {
        let head = TraceSummary {
            trace_id: String::new(),
            name: String::new(),
            kind: String::new(),
            service: None,
            start: Timestamp::from_micros(0),
            duration_ms: 0.0,
            span_count: 0,
            event_count: 0,
            error_count: 0,
            tokens: 0,
            input_tokens: 0,
            output_tokens: 0,
            cost_usd: None,
            cost_complete: true,
            user_id: None,
            session_id: None,
            environment: None,
            status: Status::Unset,
            services: Vec::new(),
            models: Vec::new(),
            running: false,
        };
        Self::new(head, Skeleton::default(), false, String::new())
    }
}

impl Tree {
    /// Reads the answer of `/traces/{trace_id}`, in either form.
    pub(in super::super) fn read(json: &str) -> Option<Self> {
        let head: TraceSummary = from_text(json).ok()?;
        let body: Body = from_text(json).ok()?;
        let spans = match body.packed {
            Some(packed) => packed.unpack()?,
            None => body.spans?,
        };
        Some(Self::new(head, spans, body.truncated, body.watermark))
    }

    pub(super) fn new(head: TraceSummary, mut spans: Skeleton, truncated: bool, watermark: String) -> Self {
        let len = spans.len();
        let mut cut = false;
        for (at, size) in spans.size.iter_mut().enumerate() {
            let most = u32::try_from(len.saturating_sub(at)).unwrap_or(u32::MAX);
            cut |= *size > most;
            *size = (*size).clamp(1, most.max(1));
        }
        // Rows that end with a whole subtree are still not all.
        cut |= !truncated && i64::try_from(len).is_ok_and(|len| len < head.span_count);
        let by_string: Vec<Role> = spans.strings.iter().map(|kind| Role::of(kind)).collect();
        let roles: Vec<Role> = spans
            .kind
            .iter()
            .map(|kind| by_string.get(*kind as usize).copied().unwrap_or(Role::Span))
            .collect();
        // A score of tomorrow would make a hair of every bar of today.
        let is_score = |at: &usize| roles.get(*at) == Some(&Role::Score) && spans.has(*at, span_flags::MOMENT);
        let end = (0..len)
            .filter(|at| !is_score(at))
            .map(|at| {
                spans.start_us.get(at).copied().unwrap_or(0) + spans.duration_us.get(at).copied().flatten().unwrap_or(0)
            })
            .max();
        let sums = spans.sums();
        let mut places = vec![(1, 1); len];
        place(&spans, None, &mut places);
        for at in 0..len {
            if spans.size.get(at).is_some_and(|size| *size > 1) {
                place(&spans, Some(at), &mut places);
            }
        }
        Self {
            total_us: end.unwrap_or(0).max(whole_us(head.duration_ms)).max(1),
            head,
            spans,
            truncated,
            watermark,
            cut,
            sums,
            places,
            roles,
        }
    }

    pub(in super::super) const fn len(&self) -> usize {
        self.spans.len()
    }

    /// What sort of thing a span is.
    pub(in super::super) fn role(&self, span: usize) -> Role {
        self.roles.get(span).copied().unwrap_or(Role::Span)
    }

    /// What to call a span.
    pub(in super::super) fn name(&self, span: usize) -> &str {
        let name = self.spans.name.get(span).map_or("", |at| self.spans.string(*at));
        if name.is_empty() { self.kind(span) } else { name }
    }

    pub(in super::super) fn kind(&self, span: usize) -> &str {
        self.spans.kind.get(span).map_or("", |at| self.spans.string(*at))
    }

    pub(in super::super) fn model(&self, span: usize) -> &str {
        self.spans.model.get(span).map_or("", |at| self.spans.string(*at))
    }

    /// What its payload is asked for by.
    pub(in super::super) fn id(&self, span: usize) -> &str {
        self.spans.id.get(span).map_or("", String::as_str)
    }

    pub(in super::super) fn depth(&self, span: usize) -> u32 {
        self.spans.depth.get(span).copied().unwrap_or(0)
    }

    pub(in super::super) fn is_leaf(&self, span: usize) -> bool {
        self.spans.size.get(span).is_none_or(|size| *size <= 1)
    }

    pub(in super::super) fn start_us(&self, span: usize) -> i64 {
        self.spans.start_us.get(span).copied().unwrap_or(0)
    }

    /// How long it took, in microseconds; none for moments and what goes on.
    pub(in super::super) fn duration_us(&self, span: usize) -> Option<i64> {
        self.spans.duration_us.get(span).copied().flatten()
    }

    /// What a subtree adds up to.
    pub(in super::super) fn sums(&self, span: usize) -> SpanSums {
        self.sums.get(span).copied().unwrap_or_default()
    }

    /// Which child of its parent it is, counted from 1, and of how many.
    pub(in super::super) fn place(&self, span: usize) -> (u32, u32) {
        self.places.get(span).copied().unwrap_or((1, 1))
    }

    pub(in super::super) fn has(&self, span: usize, flag: u32) -> bool {
        self.spans.has(span, flag)
    }

    /// Its duration for people: empty for moments, `running` for what goes on.
    pub(in super::super) fn duration_text(&self, span: usize) -> String {
        match self.duration_us(span) {
            Some(us) => duration_ms(millis(us)),
            None if self.has(span, span_flags::UNFINISHED) => "running".to_owned(),
            None => String::new(),
        }
    }

    /// Its own tokens; of what is collapsed, those of the subtree.
    pub(in super::super) fn tokens(&self, span: usize, subtree: bool) -> i64 {
        let sums = self.sums(span);
        let own = |counts: &[i64]| counts.get(span).copied().unwrap_or(0);
        if subtree {
            sums.input_tokens.saturating_add(sums.output_tokens)
        } else {
            own(&self.spans.input_tokens).saturating_add(own(&self.spans.output_tokens))
        }
    }

    /// Its own cost for people, or that of its subtree: `unpriced` where it is not known.
    pub(in super::super) fn cost_text(&self, span: usize, subtree: bool) -> String {
        if !subtree {
            let own = self.spans.cost_nano_usd.get(span).copied().flatten();
            return match own {
                Some(nanos) => usd(dollars(nanos)),
                None if self.has(span, span_flags::UNPRICED) => "unpriced".to_owned(),
                None => String::new(),
            };
        }
        let sums = self.sums(span);
        match (sums.priced, sums.unpriced) {
            (0, 0) => String::new(),
            (0, _) => "unpriced".to_owned(),
            (_, 0) => usd(dollars(sums.cost_nano_usd)),
            (..) => format!("{}+", usd(dollars(sums.cost_nano_usd))),
        }
    }
}

/// Numbers the children of a span, or the roots.
fn place(spans: &Skeleton, parent: Option<usize>, places: &mut [(u32, u32)]) {
    let mut count = 0;
    for child in spans.children(parent) {
        count += 1;
        if let Some(place) = places.get_mut(child) {
            place.0 = count;
        }
    }
    for child in spans.children(parent) {
        if let Some(place) = places.get_mut(child) {
            place.1 = count;
        }
    }
}

/// Microseconds as milliseconds.
#[expect(clippy::cast_precision_loss, reason = "for showing")]
pub(in super::super) fn millis(us: i64) -> f64 {
    us as f64 / 1_000.0
}

/// Billionths of a dollar as dollars.
#[expect(clippy::cast_precision_loss, reason = "for showing")]
pub(in super::super) fn dollars(nanos: i64) -> f64 {
    nanos as f64 / 1e9
}

#[expect(clippy::cast_possible_truncation, reason = "saturates")]
fn whole_us(ms: f64) -> i64 {
    (ms * 1_000.0) as i64
}
