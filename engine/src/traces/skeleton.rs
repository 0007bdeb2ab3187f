//! From a tree to the arrays that travel.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use eventglass_model::{CostSource, Skeleton, span_flags};

use super::row::SCORE;
use super::state::start_of;
use super::usage::aggregates;
use super::{SpanRow, Tree};
use crate::store::EventKey;

/// The skeleton of a trace.
#[must_use]
pub fn skeleton(rows: &[SpanRow]) -> Skeleton {
    let tree = Tree::build(rows);
    skeleton_of(rows, &tree, &aggregates(rows, &tree))
}

/// The skeleton of a trace whose tree is known, and what is reported twice in it.
pub(super) fn skeleton_of(rows: &[SpanRow], tree: &Tree, aggregates: &[bool]) -> Skeleton {
    let start = start_of(rows);
    let mut strings = Strings::new();
    let mut skeleton = Skeleton {
        depth: tree.depth.clone(),
        size: tree.size.clone(),
        parent: tree.parent.clone(),
        ..with_capacity(rows.len())
    };
    let mut uses: Uses = Uses::with_capacity_and_hasher(rows.len(), RandomState::default());
    for id in rows.iter().filter_map(SpanRow::span) {
        *uses.entry(id).or_default() += 1;
    }
    for (place, row) in tree.rows.iter().enumerate() {
        let Some(row) = rows.get(*row as usize) else { continue };
        let mut flags = tree.flags.get(place).copied().unwrap_or(0);
        if aggregates.get(place).copied().unwrap_or(false) {
            flags |= span_flags::AGGREGATE;
        }
        skeleton.flags.push(flags | own_flags(row));
        skeleton.id.push(address(row, &uses, flags));
        skeleton.start_us.push(row.time.saturating_sub(start));
        skeleton.duration_us.push(row.duration_us);
        skeleton.kind.push(strings.index(&row.kind));
        skeleton.name.push(strings.index(row.title()));
        skeleton
            .service
            .push(strings.index(row.service.as_deref().unwrap_or_default()));
        skeleton
            .model
            .push(strings.index(row.model.as_deref().unwrap_or_default()));
        skeleton.status.push(u8::try_from(row.status.code()).unwrap_or(0));
        let tokens = row.token_counts();
        skeleton.input_tokens.push(tokens.input);
        skeleton.output_tokens.push(tokens.output);
        skeleton.cost_nano_usd.push(row.cost());
    }
    mark_scored(rows, tree, &mut skeleton.flags);
    skeleton.strings = strings.list;
    skeleton
}

fn own_flags(row: &SpanRow) -> u32 {
    [
        (row.is_error(), span_flags::ERROR),
        (row.is_unpriced(), span_flags::UNPRICED),
        (row.is_unfinished(), span_flags::UNFINISHED),
        (
            row.cost().is_some() && row.cost_source == Some(CostSource::Client),
            span_flags::CLIENT_COST,
        ),
    ]
    .into_iter()
    .filter_map(|(is, flag)| is.then_some(flag))
    .sum()
}

/// How many events have an id.
type Uses<'a> = HashMap<&'a str, u32, RandomState>;

/// What names this event and no other of the trace.
fn address(row: &SpanRow, uses: &Uses, flags: u32) -> String {
    let second = flags & (span_flags::DUPLICATE | span_flags::MOMENT) != 0;
    match row.span() {
        Some(id) if uses.get(id) == Some(&1) => id.to_owned(),
        // The first of several; the look-up of a span id finds this one.
        Some(id) if !second => id.to_owned(),
        _ => EventKey(row.key).id(&row.event_hash).to_string(),
    }
}

/// Marks what scores hang on.
fn mark_scored(rows: &[SpanRow], tree: &Tree, flags: &mut [u32]) {
    for (place, row) in tree.rows.iter().enumerate() {
        let scores = rows.get(*row as usize).is_some_and(|row| row.kind == SCORE);
        let parent = tree.parent.get(place).and_then(|parent| usize::try_from(*parent).ok());
        if let Some(flags) = parent.filter(|_| scores).and_then(|parent| flags.get_mut(parent)) {
            *flags |= span_flags::SCORED;
        }
    }
}

fn with_capacity(n: usize) -> Skeleton {
    Skeleton {
        id: Vec::with_capacity(n),
        start_us: Vec::with_capacity(n),
        duration_us: Vec::with_capacity(n),
        kind: Vec::with_capacity(n),
        name: Vec::with_capacity(n),
        service: Vec::with_capacity(n),
        model: Vec::with_capacity(n),
        status: Vec::with_capacity(n),
        input_tokens: Vec::with_capacity(n),
        output_tokens: Vec::with_capacity(n),
        cost_nano_usd: Vec::with_capacity(n),
        flags: Vec::with_capacity(n),
        ..Skeleton::default()
    }
}

/// Texts that occur again and again, each once.
struct Strings<'a> {
    list: Vec<String>,
    known: HashMap<&'a str, u32, RandomState>,
}

impl<'a> Strings<'a> {
    fn new() -> Self {
        let mut strings = Self {
            list: Vec::new(),
            known: HashMap::default(),
        };
        strings.index("");
        strings
    }

    fn index(&mut self, text: &'a str) -> u32 {
        *self.known.entry(text).or_insert_with(|| {
            self.list.push(text.to_owned());
            u32::try_from(self.list.len() - 1).unwrap_or(0)
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::traces::row::tests::{call, log, score, span};

    #[test]
    fn every_entry_can_be_asked_for() {
        let twin = SpanRow {
            event_id: "twin".into(),
            key: 5,
            time: 5_000_000,
            event_hash: vec![1; 16],
            ..span("a", None, 1)
        };
        let rows = [
            span("a", None, 1),
            twin,
            log("a", 2),
            log("a", 3),
            span("b", Some("a"), 2),
        ];
        let skeleton = skeleton(&rows);
        let mut ids = skeleton.id.clone();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 5, "{ids:?}");
        assert!(
            skeleton
                .position("a")
                .is_some_and(|n| !skeleton.has(n, span_flags::MOMENT))
        );
    }

    #[test]
    fn flags_and_figures() {
        let mut paid = call("b", Some("a"), 10, Some(5));
        paid.cost_source = Some(CostSource::Client);
        let unpriced = call("c", Some("a"), 20, None);
        let mut failed = span("d", Some("a"), 2);
        failed.status = eventglass_model::Status::Timeout;
        let score = score("b", 3);
        let skeleton = skeleton(&[span("a", None, 1), paid, unpriced, failed, score]);
        let at = |id: &str| skeleton.position(id).unwrap();
        assert!(skeleton.has(at("b"), span_flags::CLIENT_COST) && skeleton.has(at("b"), span_flags::SCORED));
        assert!(skeleton.has(at("c"), span_flags::UNPRICED) && skeleton.has(at("d"), span_flags::ERROR));
        assert_eq!(skeleton.string(skeleton.model[at("c")]), "gpt-4o");
        let sums = skeleton.sums()[0];
        assert_eq!(
            (sums.input_tokens, sums.cost_nano_usd, sums.unpriced, sums.errors),
            (30, 5, 1, 1)
        );
    }

    #[test]
    fn times_are_told_from_where_the_trace_begins_and_no_score_moves_that() {
        let skeleton = skeleton(&[span("a", None, 10), score("a", 2), score("a", 86_400)]);
        let mut starts = skeleton.start_us.clone();
        starts.sort_unstable();
        assert_eq!(starts, [-8_000_000, 0, 86_390_000_000]);
        assert_eq!(skeleton.start_us[skeleton.position("a").unwrap()], 0);
    }

    proptest! {
        /// Whatever hangs where, roots add up to what the calls report, with none twice.
        #[test]
        fn sums_of_roots_count_every_call_once(shape in proptest::collection::vec((0..8_usize, 0..3_u8, 1..9_i64), 1..8)) {
            let rows: Vec<SpanRow> = shape.iter().enumerate().map(|(n, (parent, kind, tokens))| {
                let parent = (*parent < n).then(|| parent.to_string());
                let mut row = call(&n.to_string(), parent.as_deref(), *tokens, Some(*tokens));
                row.kind = ["llm", "span", "agent_action"][usize::from(*kind)].into();
                row.time += n as i64;
                row
            }).collect();
            let skeleton = skeleton(&rows);
            let sums = skeleton.sums();
            let total: i64 = skeleton.children(None).map(|root| sums[root].input_tokens).sum();
            let counted: i64 = (0..skeleton.len())
                .filter(|n| !skeleton.has(*n, span_flags::AGGREGATE))
                .map(|n| skeleton.input_tokens[n])
                .sum();
            prop_assert_eq!(total, counted);
            // Leaves always count; an outer span with usage below never does.
            for n in 0..skeleton.len() {
                if skeleton.size[n] == 1 {
                    prop_assert!(!skeleton.has(n, span_flags::AGGREGATE));
                } else if skeleton.string(skeleton.kind[n]) != "llm" {
                    prop_assert!(skeleton.has(n, span_flags::AGGREGATE));
                }
            }
        }
    }
}
