//! Walks through the table, newest first, by way of the text index where it has a say.

use std::ops::ControlFlow;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::readers::{Abandoned, give_way};
use crate::query::Syntax;
use crate::store::{EventKey, SharedVisit, StoreError, Walk, Walked};

/// How FTS5 writes questions. A word is quoted: it holds letters and numbers only.
pub(super) const SYNTAX: Syntax = Syntax {
    word: |word| format!("\"{word}\""),
    prefix: |word| format!("\"{word}\"*"),
    and: " AND ",
    or: " OR ",
    and_not: " NOT ",
};

/// After how many rows the time is looked at.
const LOOK: usize = 32;
/// After this time a walk is a long one, which gives way to what is short.
const QUICK: Duration = Duration::from_millis(50);

/// See [`crate::store::EventStore::walk`].
pub(super) fn walk(
    connection: &mut Connection,
    walk: &Walk,
    visitor: &SharedVisit,
    abandoned: &Abandoned,
) -> Result<Walked, StoreError> {
    // One transaction: the watermark and the events are of the same moment.
    let tx = connection.transaction()?;
    let project: Option<(Option<i64>, Option<i64>, bool)> = tx
        .prepare_cached(
            "SELECT last_event_at, words_from, event_count * 20 >= 19 * (SELECT sum(event_count) FROM projects) \
             FROM projects WHERE id = ?1",
        )?
        .query_row([walk.project_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let (watermark, words_from, has_nearly_all) = project.unwrap_or_default();
    // Where no row is read, the words alone tell.
    let walk = walk.clone().of_project(has_nearly_all && !walk.columns.is_empty());
    let mut walked = Walked {
        last: None,
        out_of_time: false,
        watermark,
    };
    let mut visitor = visitor.lock().unwrap_or_else(PoisonError::into_inner);
    let mut looked_at = 0_usize;
    let mut quick_until = Some(Instant::now() + QUICK);
    for part in walk.clone().parts(words_from.map(EventKey)) {
        let (sql, values) = question(&part);
        let mut statement = tx.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            let key = EventKey(row.get(0)?);
            walked.last = Some(key);
            if visitor.visit(key, row)? == ControlFlow::Break(()) {
                return Ok(walked);
            }
            looked_at += 1;
            if looked_at.is_multiple_of(LOOK) {
                let now = Instant::now();
                if abandoned.is_set() || now >= walk.deadline {
                    walked.out_of_time = true;
                    return Ok(walked);
                }
                if quick_until.take_if(|until| now >= *until).is_some() {
                    give_way();
                }
            }
        }
    }
    Ok(walked)
}

/// The statement, whose first column is the key, and its values.
fn question(walk: &Walk) -> (String, Vec<Value>) {
    let mut values = Vec::new();
    let narrow = walk
        .narrow
        .as_ref()
        .filter(|_| walk.arrived_after.is_none() && walk.only.is_none());
    let columns = if walk.columns.is_empty() {
        String::new()
    } else {
        format!(", {}", walk.columns)
    };
    // The text index sorts everything it finds when it is asked for the table's key.
    let key = if narrow.is_some() { "t.rowid" } else { "e.key" };
    let mut sql = match narrow {
        Some(_) if walk.columns.is_empty() => format!("SELECT {key} AS key FROM event_text t WHERE 1"),
        // CROSS JOIN: the text index first, as it walks newest first and stops where we do.
        Some(_) => {
            format!("SELECT {key} AS key{columns} FROM event_text t CROSS JOIN events e ON e.key = t.rowid WHERE 1")
        }
        None if walk.only.is_some() => format!("SELECT {key} AS key{columns} FROM events e WHERE 1"),
        None if walk.arrived_after.is_some() => {
            format!("SELECT {key} AS key{columns} FROM events e INDEXED BY events_by_arrival WHERE 1")
        }
        None => format!("SELECT {key} AS key{columns} FROM events e INDEXED BY events_by_project WHERE 1"),
    };
    let mut condition = |text: &str, value: Value| {
        sql.push_str(&format!(" AND {text} ?"));
        values.push(value);
    };
    if let Some(narrow) = narrow {
        condition("t.event_text MATCH", Value::Text(narrow.write(&SYNTAX)));
    }
    if narrow.is_none() || !walk.columns.is_empty() {
        condition("e.project_id =", Value::Integer(walk.project_id));
    }
    let bounds = [
        (format!("{key} ="), walk.only),
        (format!("{key} >="), walk.from),
        (format!("{key} <"), walk.below),
    ];
    for (text, bound) in bounds {
        if let Some(bound) = bound {
            condition(&text, Value::Integer(bound.0));
        }
    }
    if let Some(after) = walk.arrived_after {
        condition("e.received_at >", Value::Integer(after));
        sql.push_str(" ORDER BY e.received_at DESC, e.key DESC");
    } else {
        sql.push_str(&format!(" ORDER BY {key} DESC"));
    }
    (sql, values)
}
