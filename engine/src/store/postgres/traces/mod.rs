//! Traces in Postgres.

mod fold;
mod groups;
mod list;
mod rows;
mod shares;

use async_trait::async_trait;
use eventglass_model::Event;

use super::PostgresStore;
use super::bounded::{UPKEEP, within};
use super::in_order;
use crate::store::{
    FoldInput, FoldOutput, GroupBucket, GroupBy, GroupTotals, GroupWalk, GroupsFound, ShareRow, StoreError, TraceRows,
    TraceStore, TraceWalk, TracesFound,
};
use crate::traces::TraceState;

pub(super) use fold::mark;

#[async_trait]
impl TraceStore for PostgresStore {
    async fn trace_rows(
        &self,
        project_id: i64,
        trace_id: &str,
        most: usize,
        upto: Option<i64>,
    ) -> Result<TraceRows, StoreError> {
        let mut tx = self.readers.begin().await?;
        let rows = rows::of_trace(&mut tx, &self.partitions, project_id, trace_id, most, upto).await?;
        tx.commit().await?;
        Ok(rows)
    }

    async fn trace_events(
        &self,
        project_id: i64,
        trace_id: &str,
        said_in: Option<&[String]>,
        most: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let mut tx = self.readers.begin().await?;
        let events = rows::events(&mut tx, &self.partitions, project_id, trace_id, said_in, most).await?;
        tx.commit().await?;
        Ok(events)
    }

    async fn trace_grew(&self, project_id: i64, trace_id: &str, after: i64) -> Result<(bool, i64), StoreError> {
        let mut tx = self.readers.begin().await?;
        let grew = rows::grew(&mut tx, &self.partitions, project_id, trace_id, after).await?;
        tx.commit().await?;
        Ok(grew)
    }

    async fn projects_to_fold(&self, most: usize) -> Result<Vec<i64>, StoreError> {
        fold::projects(&self.readers, most).await
    }

    async fn fold_input(&self, project_id: i64, most: usize) -> Result<Option<FoldInput>, StoreError> {
        within(UPKEEP, async {
            let mut tx = in_order::begin(&self.readers).await?;
            let input = fold::input(&mut tx, &self.partitions, project_id, most).await?;
            tx.commit().await?;
            Ok(input)
        })
        .await
    }

    async fn fold_output(&self, project_id: i64, output: FoldOutput) -> Result<bool, StoreError> {
        within(UPKEEP, async {
            let mut tx = self.writers.begin().await?;
            // What can be made again need not be on the disk at once.
            sqlx::query("SET LOCAL synchronous_commit = off")
                .execute(&mut *tx)
                .await?;
            let counts = fold::output(&mut tx, project_id, &output).await?;
            tx.commit().await?;
            Ok(counts)
        })
        .await
    }

    async fn mark_traces(&self, project_id: i64, trace_ids: &[String]) -> Result<(), StoreError> {
        within(UPKEEP, async {
            let mut tx = self.writers.begin().await?;
            fold::lock(&mut tx, project_id).await?;
            mark(&mut tx, project_id, trace_ids.iter().map(String::as_str)).await?;
            tx.commit().await?;
            Ok(())
        })
        .await
    }

    async fn traces(&self, project_id: i64, walk: &TraceWalk) -> Result<TracesFound, StoreError> {
        let mut tx = self.readers.begin().await?;
        let found = list::find(&mut tx, project_id, walk).await?;
        tx.commit().await?;
        Ok(found)
    }

    async fn traces_by_id(&self, project_id: i64, trace_ids: &[String]) -> Result<Vec<TraceState>, StoreError> {
        let mut tx = self.readers.begin().await?;
        let found = list::by_id(&mut tx, project_id, trace_ids.iter().map(String::as_str)).await?;
        tx.end();
        Ok(found)
    }

    async fn trace_groups(&self, project_id: i64, walk: &GroupWalk) -> Result<GroupsFound, StoreError> {
        let mut tx = self.readers.begin().await?;
        let found = groups::find(&mut tx, project_id, walk).await?;
        tx.commit().await?;
        Ok(found)
    }

    async fn group_totals(
        &self,
        project_id: i64,
        by: GroupBy,
        id: &str,
        times: (Option<i64>, Option<i64>),
        most: usize,
    ) -> Result<Option<GroupTotals>, StoreError> {
        let mut tx = self.readers.begin().await?;
        let totals = groups::totals(&mut tx, project_id, by, id, times, most).await?;
        tx.commit().await?;
        Ok(totals)
    }

    async fn group_buckets(
        &self,
        project_id: i64,
        by: GroupBy,
        id: &str,
        times: (Option<i64>, Option<i64>),
        bucket_us: i64,
        most: usize,
    ) -> Result<Vec<GroupBucket>, StoreError> {
        groups::buckets(&self.readers, project_id, by, id, times, bucket_us, most).await
    }

    async fn add_share(&self, token_hash: [u8; 32], share: &ShareRow) -> Result<(), StoreError> {
        shares::add(&self.writers, &token_hash, share).await
    }

    async fn shares_of(&self, project_id: i64, trace_id: &str) -> Result<Vec<ShareRow>, StoreError> {
        shares::of_trace(&self.readers, project_id, trace_id).await
    }

    async fn remove_shares(&self, project_id: i64, trace_id: &str, id: Option<&str>) -> Result<u64, StoreError> {
        shares::remove(&self.writers, project_id, trace_id, id).await
    }

    async fn share_by_token(&self, token_hash: [u8; 32]) -> Result<Option<ShareRow>, StoreError> {
        shares::by_token(&self.readers, &token_hash).await
    }
}
