//! Sessions and users: what their traces add up to.

use eventglass_model::{Activity, ActivityBucket, DEFAULT_PAGE, Group, GroupPage, GroupQuery, Timestamp};

use super::Traces;
use crate::store::{GroupBy, GroupTotals, GroupWalk, StoreError, TracePlace};

/// Traces of one session or user that are added up.
const MOST_TRACES: usize = 20_000;
/// The most buckets of a chart.
const BUCKETS: i64 = 120;
/// Lengths of a bucket, in seconds.
const LENGTHS: &[i64] = &[60, 300, 900, 3_600, 21_600, 86_400, 604_800];

type Times = (Option<i64>, Option<i64>);

impl Traces {
    /// A page of sessions or users.
    ///
    /// # Errors
    /// [`StoreError::BadToken`] for a foreign cursor; when the store fails.
    pub async fn groups(&self, project_id: i64, by: GroupBy, query: GroupQuery) -> Result<GroupPage, StoreError> {
        self.catch_up(project_id).await?;
        let limit = query.limit.unwrap_or(DEFAULT_PAGE);
        let times = self.times(&query);
        let walk = GroupWalk {
            by,
            from: times.0,
            to: times.1,
            contains: query.q,
            user: query.user,
            after: query.cursor.as_deref().map(TracePlace::parse).transpose()?,
            limit,
            most: self.limits.scan.max(limit + 1),
        };
        let mut found = self.store.trace_groups(project_id, &walk).await?;
        let more = found.items.len() > limit;
        found.items.truncate(limit);
        let last = found.items.last().map(|(_, place)| *place);
        let next = if more { last } else { found.stopped };
        let mut items = Vec::with_capacity(found.items.len());
        for (id, _) in found.items {
            items.extend(self.totals(project_id, by, id, times).await?);
        }
        Ok(GroupPage {
            items,
            next_cursor: next.map(|place| place.token()),
        })
    }

    /// One session or user over time; `None` when it has no traces in that time.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn activity(
        &self,
        project_id: i64,
        by: GroupBy,
        id: &str,
        query: GroupQuery,
    ) -> Result<Option<Activity>, StoreError> {
        self.catch_up(project_id).await?;
        let times = self.times(&query);
        let Some(group) = self.totals(project_id, by, id.to_owned(), times).await? else {
            return Ok(None);
        };
        let from = times.0.unwrap_or_else(|| group.first.micros());
        let to = times.1.unwrap_or_else(|| group.last.micros());
        let span = to.saturating_sub(from).max(0) / 1_000_000;
        let fits = |length: &&i64| span / **length < BUCKETS;
        let bucket_secs = LENGTHS.iter().find(fits).or(LENGTHS.last()).copied().unwrap_or(86_400);
        let length = bucket_secs.saturating_mul(1_000_000);
        let found = self
            .store
            .group_buckets(project_id, by, id, times, length, MOST_TRACES)
            .await?;
        #[expect(clippy::cast_precision_loss, reason = "shown to people")]
        let bucket = |found: crate::store::GroupBucket| ActivityBucket {
            start: Timestamp::from_micros(found.number.saturating_mul(length)),
            traces: found.traces,
            errors: found.errors,
            tokens: found.tokens,
            cost_usd: found.cost_nano_usd as f64 / 1e9,
        };
        Ok(Some(Activity {
            group,
            bucket_secs,
            buckets: found.into_iter().map(bucket).collect(),
        }))
    }

    async fn totals(
        &self,
        project_id: i64,
        by: GroupBy,
        id: String,
        times: Times,
    ) -> Result<Option<Group>, StoreError> {
        let totals = self.store.group_totals(project_id, by, &id, times, MOST_TRACES).await?;
        Ok(totals.map(|totals| group(by, id, totals)))
    }

    fn times(&self, query: &GroupQuery) -> Times {
        let now = self.clock.now();
        let micros = |bound: Option<eventglass_model::TimeBound>| bound.map(|bound| bound.resolve(now).micros());
        (micros(query.from), micros(query.to))
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "shown to people; sums are made of the integers"
)]
fn group(by: GroupBy, id: String, totals: GroupTotals) -> Group {
    Group {
        id,
        traces: totals.traces,
        failed_traces: totals.failed,
        spans: totals.spans,
        errors: totals.errors,
        tokens: totals.tokens,
        cost_usd: totals.cost_nano_usd as f64 / 1e9,
        cost_complete: totals.unpriced == 0,
        first: Timestamp::from_micros(totals.first),
        last: Timestamp::from_micros(totals.last),
        users: totals.users,
        sessions: (by == GroupBy::User).then_some(totals.sessions),
        partial: usize::try_from(totals.traces).is_ok_and(|traces| traces >= MOST_TRACES),
    }
}
