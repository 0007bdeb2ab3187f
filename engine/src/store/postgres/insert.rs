//! Events as rows.

use std::collections::BTreeSet;

use sqlx::PgConnection;

use super::append::Keyed;
use super::copy::Rows;
use super::words::words;
use crate::ingest::PendingEvent;
use crate::store::row::INSERT_COLUMNS;
use crate::store::transfer::EventRow;
use crate::store::{EventKey, StoreError};

/// Inserts rows whose ids and keys no other has.
pub(super) async fn insert_events(
    tx: &mut PgConnection,
    rows: &[Keyed<'_>],
    received_at: i64,
) -> Result<(), StoreError> {
    let mut encoded = Rows::with_capacity(rows.len() * 1_200);
    for (key, row) in rows {
        encode(&mut encoded, *key, row, received_at, &words(&row.text))?;
    }
    copy_in(tx, encoded, rows.len()).await
}

/// As [`insert_events`], of events that another store had.
pub(super) async fn insert_copies(tx: &mut PgConnection, events: &[EventRow]) -> Result<(), StoreError> {
    let mut encoded = Rows::with_capacity(events.len() * 1_200);
    for event in events {
        encode(&mut encoded, event.key, &event.event, event.received_at, &event.words)?;
    }
    copy_in(tx, encoded, events.len()).await
}

async fn copy_in(tx: &mut PgConnection, encoded: Rows, rows: usize) -> Result<(), StoreError> {
    if rows == 0 {
        return Ok(());
    }
    let statement = format!(
        "COPY events ({}, words) FROM STDIN (FORMAT binary)",
        INSERT_COLUMNS.join(", ")
    );
    let mut copy = tx.copy_in_raw(&statement).await?;
    copy.send(encoded.finish()).await?;
    let stored = copy.finish().await?;
    if usize::try_from(stored) != Ok(rows) {
        return Err(StoreError::Inconsistent(format!(
            "{stored} of {rows} events were stored"
        )));
    }
    Ok(())
}

/// Writes one row, in the order of [`INSERT_COLUMNS`].
fn encode(
    rows: &mut Rows,
    key: EventKey,
    row: &PendingEvent,
    received_at: i64,
    words: &BTreeSet<String>,
) -> Result<(), StoreError> {
    let event = &row.event;
    let tokens = event
        .tokens
        .as_ref()
        .and_then(|tokens| serde_json::to_string(tokens).ok());
    rows.row(i16::try_from(INSERT_COLUMNS.len() + 1).unwrap_or(i16::MAX));
    rows.int(key.0);
    rows.int(row.project_id);
    rows.text(&event.event_id)?;
    rows.field(&row.event_hash)?;
    rows.int(event.time.micros());
    rows.int(received_at);
    rows.text(&event.kind)?;
    rows.maybe_text(event.name.as_deref())?;
    rows.maybe_text(event.message.as_deref())?;
    rows.int(event.severity.code());
    rows.int(event.status.code());
    for text in [
        &event.service,
        &event.endpoint,
        &event.method,
        &event.version,
        &event.environment,
        &event.topic,
        &event.user_id,
        &event.session_id,
        &event.request_id,
        &event.trace_id,
        &event.span_id,
        &event.parent_span_id,
    ] {
        rows.maybe_text(text.as_deref())?;
    }
    rows.maybe_int(event.duration_us);
    rows.maybe_int(event.status_code);
    rows.maybe_text(event.provider.as_deref())?;
    rows.maybe_text(event.model.as_deref())?;
    rows.maybe_text(tokens.as_deref())?;
    rows.maybe_int(event.cost_nano_usd);
    rows.maybe_int(event.cost_source.map(eventglass_model::CostSource::code));
    for text in [&event.country, &event.city, &event.region, &event.device] {
        rows.maybe_text(text.as_deref())?;
    }
    rows.maybe_bytes(row.payload.as_deref())?;
    rows.words(words)
}
