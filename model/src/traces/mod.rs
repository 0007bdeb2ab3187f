//! Traces: what the pages of traces, sessions and users ask for and get.

mod compare;
mod group;
mod list;
mod packed;
mod query;
mod share;
mod skeleton;
mod span;
mod steps;

pub use compare::{PromptDiff, TextChange, TextPiece, TraceComparison, ValueDiff};
pub use group::{Activity, ActivityBucket, Group, GroupPage, GroupQuery};
pub use list::{Trace, TracePage, TraceSummary, TraceUpdate};
pub use packed::{PackedSkeleton, PackedTrace, PackedTraceUpdate};
pub use query::TraceQuery;
pub use share::{CreatedShare, Share, ShareList};
pub use skeleton::{Skeleton, SpanSums, span_flags};
pub use span::{SpanLog, SpanScore, TraceSpan};
pub use steps::{Step, TraceSteps};
