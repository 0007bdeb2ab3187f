//! Connections that nobody waits for without end.
//!
//! Postgres ends a statement that takes too long, and says so. But a network
//! that swallows the answer says nothing, and the driver would wait for it
//! for ever, with its connection. So each wait has an end on this side, too, a
//! little after that of Postgres; the connection is closed then, and whoever
//! waits hears that it is not known what became of the statement. That is what
//! a broken connection says, and it is treated as such: a commit is tried
//! again, and finds what it wrote.
//!
//! To ask a connection whether it is well takes a third of the time of a look-up. So where nothing
//! can be changed, only one that was idle for a while is asked before it is used; what
//! finds that its connection has been cut is begun again on another one.
//!
//! A transaction that only reads is begun together with its first question, and ended when its
//! connection goes back, for which nobody waits. The driver would wait for each.

use std::io;
use std::ops::{Deref, DerefMut};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use sqlx::error::BoxDynError;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{
    PgArguments, PgConnectOptions, PgPool, PgPoolOptions, PgQueryResult, PgRow, PgStatement, PgTransactionManager,
    PgTypeInfo,
};
use sqlx::{AssertSqlSafe, Connection, Either, Execute, Executor, PgConnection, Postgres, SqlSafeStr, SqlStr};
use sqlx_core::transaction::TransactionManager;
use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::store::StoreError;

/// How much later than Postgres this side gives up.
pub(super) const MARGIN: Duration = Duration::from_secs(5);

/// A transaction of upkeep, which nobody waits for, takes no longer than this.
pub(super) const UPKEEP: Duration = Duration::from_mins(2);

/// A connection for reads that was idle for less is taken for well.
pub(super) const IDLE: Duration = Duration::from_secs(1);

/// Nothing is begun again after that: what has been under way for so long may have been cut
/// for what it did.
const AGAIN: Duration = Duration::from_secs(1);

tokio::task_local! {
    /// Whether a connection that goes back to a pool for reads is in a transaction.
    static IN_TRANSACTION: bool;
}

/// A pool, each statement on which takes a bounded time. What is done on its
/// connections otherwise has no bound of its own; see [`within`].
#[derive(Clone, Debug)]
pub(super) struct Bounded {
    pool: PgPool,
    limit: Duration,
    let_go: Duration,
    /// Whether its statements change nothing, so that one may be run twice.
    reads: bool,
}

/// A pool of so many connections, for which is waited so long. Those that were idle for so
/// long are asked whether they are well before they are used.
pub(super) fn pool(connections: u32, acquire: Duration, idle: Duration) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(acquire)
        .test_before_acquire(false)
        .before_acquire(move |connection, metadata| {
            Box::pin(async move {
                if metadata.idle_for >= idle {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
}

impl Bounded {
    /// Of a pool where Postgres ends a statement after `timeout`, and whose
    /// connections are let go of within `let_go`, whatever their state.
    pub(super) fn new(pool: PgPool, timeout: Duration, let_go: Duration) -> Self {
        Self {
            pool,
            limit: timeout + MARGIN,
            let_go,
            reads: false,
        }
    }

    /// The same of a pool where nothing can be changed.
    pub(super) fn reading(pool: PgPoolOptions, options: PgConnectOptions, timeout: Duration, let_go: Duration) -> Self {
        let pool = pool.after_release(|connection, _| {
            Box::pin(async move {
                if IN_TRANSACTION.try_with(|is_in| *is_in).unwrap_or(true) {
                    connection.execute("COMMIT").await?;
                }
                Ok(true)
            })
        });
        Self {
            reads: true,
            ..Self::new(pool.connect_lazy_with(options), timeout, let_go)
        }
    }

    /// On how many connections may be begun again: one after all of the pool is a new one.
    fn tries(&self) -> u32 {
        self.pool.options().get_max_connections()
    }

    /// A connection of the pool.
    pub(super) async fn acquire(&self) -> sqlx::Result<Held> {
        Ok(Held {
            connection: self.pool.acquire().await?,
            is_lost: false,
            is_in_transaction: false,
            let_go: self.let_go,
        })
    }

    /// A transaction.
    pub(super) async fn begin(&self) -> sqlx::Result<Tx> {
        self.begin_with("BEGIN").await
    }

    /// A transaction that begins with this statement.
    pub(super) async fn begin_with(&self, statement: &'static str) -> sqlx::Result<Tx> {
        let limit = self.pool.options().get_acquire_timeout();
        Ok(self.begin_by(statement.into_sql_str(), limit).await?.0)
    }

    /// A transaction that only reads, which begins with these statements, and the rows that
    /// they give: all of that is one wait.
    pub(super) async fn begin_asking(&self, statements: String) -> sqlx::Result<(Tx, Vec<PgRow>)> {
        self.begin_by(AssertSqlSafe(statements).into_sql_str(), self.limit)
            .await
    }

    async fn begin_by(&self, statement: SqlStr, limit: Duration) -> sqlx::Result<(Tx, Vec<PgRow>)> {
        let mut tries = self.tries();
        let mut begun = None;
        loop {
            let mut tx = Tx {
                held: self.acquire().await?,
                is_open: false,
            };
            let begun = begun.get_or_insert_with(Instant::now);
            let open = async {
                if self.reads {
                    tx.ask(statement.clone()).await
                } else {
                    tx.open(statement.clone()).await.map(|()| Vec::new())
                }
            };
            match timeout(limit, open).await {
                Ok(Ok(rows)) => return Ok((tx, rows)),
                Ok(Err(error)) if tries > 0 && is_cut(&error) && begun.elapsed() < AGAIN => tries -= 1,
                Ok(Err(error)) => return Err(error),
                Err(_) => {
                    tx.held.lose();
                    return Err(silent());
                }
            }
        }
    }

    /// Closes its connections.
    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

/// A connection, which goes back to its pool in a bounded time or is closed. The
/// driver would wait for the answer to what was given up, without end, and the
/// pool would have one connection less for good.
pub(super) struct Held {
    connection: PoolConnection<Postgres>,
    is_lost: bool,
    /// The driver does not know of it.
    is_in_transaction: bool,
    let_go: Duration,
}

impl Held {
    /// It is closed, not given back: what became of its last statement is not known.
    pub(super) const fn lose(&mut self) {
        self.is_lost = true;
    }
}

impl Deref for Held {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Held {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.is_lost {
            self.connection.close_on_drop();
            return;
        }
        let (back, let_go) = (self.connection.return_to_pool(), self.let_go);
        let is_in_transaction = self.is_in_transaction;
        if let Ok(runtime) = Handle::try_current() {
            // Given up, it is closed.
            runtime.spawn(async move {
                let back = IN_TRANSACTION.scope(is_in_transaction, back);
                timeout(let_go, back).await.is_ok()
            });
        }
    }
}

/// A transaction on a connection of the pool; dropped, it is rolled back.
pub(super) struct Tx {
    held: Held,
    /// The driver knows of it.
    is_open: bool,
}

impl Tx {
    /// Given up, or without success, it leaves nobody a connection that may be in a transaction.
    async fn open(&mut self, statement: SqlStr) -> sqlx::Result<()> {
        self.held.is_lost = true;
        PgTransactionManager::begin(&mut self.held, Some(statement)).await?;
        self.held.is_lost = false;
        self.is_open = true;
        Ok(())
    }

    /// Of a pool where nothing can be changed: whatever becomes of it, it ends when its
    /// connection goes back.
    async fn ask(&mut self, statements: SqlStr) -> sqlx::Result<Vec<PgRow>> {
        self.held.is_in_transaction = true;
        let asked = self.held.fetch_all(sqlx::raw_sql(statements)).await;
        self.held.is_lost = asked.is_err();
        asked
    }

    /// Commits it. One that only reads is over when its connection is back.
    pub(super) async fn commit(mut self) -> sqlx::Result<()> {
        PgTransactionManager::commit(&mut self.held).await?;
        self.is_open = false;
        Ok(())
    }

    /// Ends one that only read: nobody waits for that.
    pub(super) fn end(self) {
        drop(self);
    }

    /// Takes back what it did.
    pub(super) async fn rollback(mut self) -> sqlx::Result<()> {
        PgTransactionManager::rollback(&mut self.held).await?;
        self.is_open = false;
        Ok(())
    }
}

impl Deref for Tx {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.held
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.held
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if self.is_open {
            PgTransactionManager::start_rollback(&mut self.held);
        }
    }
}

/// Ends what takes longer than `limit`. Given up, it drops its connection, which
/// is closed unless it answers soon.
///
/// # Errors
/// Those of `work`; [`StoreError::Database`] when it took too long.
pub(super) async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, StoreError>> + Send,
) -> Result<T, StoreError> {
    timeout(limit, work).await.unwrap_or_else(|_| Err(silent().into()))
}

/// What is said when the database says nothing.
pub(super) fn silent() -> sqlx::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the database did not answer in time").into()
}

/// Whether a connection was cut before or while it was used.
fn is_cut(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() != io::ErrorKind::TimedOut,
        // By an administrator, by a crash.
        sqlx::Error::Database(error) => matches!(error.code().as_deref(), Some("57P01" | "57P02")),
        _ => false,
    }
}

/// A statement that may be run again.
#[derive(Clone)]
struct Again {
    sql: SqlStr,
    arguments: Option<PgArguments>,
    is_persistent: bool,
}

impl Again {
    fn new<'q>(mut query: impl Execute<'q, Postgres>) -> sqlx::Result<Self> {
        let arguments = query.take_arguments().map_err(sqlx::Error::Encode)?;
        let is_persistent = query.persistent();
        Ok(Self {
            sql: query.sql(),
            arguments,
            is_persistent,
        })
    }
}

impl Execute<'_, Postgres> for Again {
    fn sql(self) -> SqlStr {
        self.sql
    }

    fn statement(&self) -> Option<&PgStatement> {
        None
    }

    fn take_arguments(&mut self) -> Result<Option<PgArguments>, BoxDynError> {
        Ok(self.arguments.take())
    }

    fn persistent(&self) -> bool {
        self.is_persistent
    }
}

/// Runs a statement, and closes the connection if that takes too long.
macro_rules! bounded {
    ($pool:expr, $connection:ident => $statement:expr) => {{
        let pool = $pool.clone();
        async move {
            let mut tries = if pool.reads { pool.tries() } else { 0 };
            let mut begun = None;
            loop {
                let mut held = pool.acquire().await?;
                let begun = begun.get_or_insert_with(Instant::now);
                let $connection: &mut PgConnection = &mut held;
                match timeout(pool.limit, $statement).await {
                    Ok(Err(error)) if tries > 0 && is_cut(&error) && begun.elapsed() < AGAIN => held.lose(),
                    Ok(done) => return done,
                    Err(_) => {
                        held.lose();
                        return Err(silent());
                    }
                }
                tries -= 1;
            }
        }
    }};
}

impl<'p> Executor<'p> for &'_ Bounded {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, sqlx::Result<Either<PgQueryResult, PgRow>>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let (pool, again) = (self.clone(), Again::new(query));
        let all = async move {
            let again = again?;
            bounded!(pool, connection => connection.fetch_many(again.clone()).try_collect::<Vec<_>>()).await
        };
        stream::once(all)
            .map_ok(|all| stream::iter(all.into_iter().map(Ok)))
            .try_flatten()
            .boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, sqlx::Result<Option<PgRow>>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let (pool, again) = (self.clone(), Again::new(query));
        Box::pin(async move {
            let again = again?;
            bounded!(pool, connection => connection.fetch_optional(again.clone())).await
        })
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [PgTypeInfo]) -> BoxFuture<'e, sqlx::Result<PgStatement>>
    where
        'p: 'e,
    {
        Box::pin(bounded!(self, connection => connection.prepare_with(sql.clone(), parameters)))
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use sqlx::FromRow;
    use sqlx::postgres::PgConnectOptions;

    use super::super::cluster;
    use super::super::proxy::Proxy;
    use super::*;

    const LIMIT: Duration = Duration::from_millis(300);
    /// As good as at once, on a machine that has much else to do; what is not
    /// bounded takes for ever.
    const SOON: Duration = Duration::from_secs(20);

    async fn ask(bounded: &Bounded) -> Result<i32, StoreError> {
        Ok(sqlx::query_scalar("SELECT 1").fetch_one(bounded).await?)
    }

    /// The same pool for questions that are to be answered, whose end is too far
    /// away for a thread that sleeps a while to miss the answer.
    fn patient(bounded: &Bounded) -> Bounded {
        Bounded {
            limit: 10 * SOON,
            ..bounded.clone()
        }
    }

    /// Begins to swallow when the connection is back in its pool.
    async fn swallow(proxy: &Proxy, bounded: &Bounded) {
        while bounded.pool.num_idle() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        proxy.swallow(true);
    }

    #[tokio::test]
    async fn what_is_swallowed_is_given_up_with_its_connection() {
        let cluster = cluster::shared();
        let proxy = Proxy::start(cluster.port()).await.unwrap();
        let url = cluster.over_tcp(&cluster.database());
        let options = PgConnectOptions::from_str(&url).unwrap().port(proxy.port());
        // One connection: if it is not given back, there is none.
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(SOON)
            .test_before_acquire(false)
            .connect_lazy_with(options);
        let bounded = Bounded {
            pool,
            limit: LIMIT,
            let_go: LIMIT,
            reads: false,
        };
        let patient = patient(&bounded);
        assert_eq!(ask(&patient).await.unwrap(), 1);

        let started = Instant::now();
        swallow(&proxy, &bounded).await;
        let error = ask(&bounded).await.unwrap_err();
        assert!(error.is_passing(), "{error}");
        assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
        proxy.swallow(false);
        assert_eq!(ask(&patient).await.unwrap(), 1, "by another connection");

        let started = Instant::now();
        let mut tx = bounded.begin().await.unwrap();
        proxy.swallow(true);
        let lost = async move {
            sqlx::query("SELECT 1").execute(&mut *tx).await?;
            Ok(tx.commit().await?)
        };
        let error = within(LIMIT, lost).await.unwrap_err();
        assert!(error.is_passing(), "{error}");
        proxy.swallow(false);
        assert_eq!(ask(&patient).await.unwrap(), 1, "it was let go of");
        assert!(started.elapsed() < SOON, "{:?}", started.elapsed());

        // What nobody waits for any more is no reason to wait either.
        swallow(&proxy, &bounded).await;
        let asking = tokio::time::timeout(LIMIT, ask(&patient)).await;
        assert!(asking.is_err(), "{asking:?}");
        proxy.swallow(false);
        assert_eq!(ask(&patient).await.unwrap(), 1);
    }

    /// On its way back a connection is asked whether it is well, by the driver,
    /// which would wait for the answer for ever.
    #[tokio::test]
    async fn what_is_swallowed_on_its_way_back_leaves_its_place() {
        let cluster = cluster::shared();
        let proxy = Proxy::start(cluster.port()).await.unwrap();
        let url = cluster.over_tcp(&cluster.database());
        let options = PgConnectOptions::from_str(&url).unwrap().port(proxy.port());
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(SOON)
            .connect_lazy_with(options);
        let bounded = Bounded {
            pool,
            limit: LIMIT,
            let_go: LIMIT,
            reads: false,
        };
        for round in 0..3 {
            let tx = bounded.begin().await.unwrap();
            tx.commit().await.unwrap();
            // It is on its way back.
            proxy.swallow(true);
            tokio::time::sleep(LIMIT / 3).await;
            proxy.swallow(false);
            assert_eq!(ask(&patient(&bounded)).await.unwrap(), 1, "{round}");
        }
    }

    #[tokio::test]
    async fn an_error_of_the_database_costs_no_connection() {
        let options = PgConnectOptions::from_str(&cluster::shared().database()).unwrap();
        let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(options);
        let bounded = Bounded {
            pool,
            limit: SOON,
            let_go: LIMIT,
            reads: false,
        };
        let pid = async || {
            let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
                .fetch_one(&bounded)
                .await
                .unwrap();
            pid
        };
        let before = pid().await;
        let error = sqlx::query("SELECT 1 / 0").execute(&bounded).await.unwrap_err();
        assert!(error.as_database_error().is_some(), "{error}");
        assert_eq!(pid().await, before);
    }

    #[tokio::test]
    async fn what_changes_nothing_is_asked_again_when_connections_were_cut() {
        let url = cluster::shared().database();
        let options = PgConnectOptions::from_str(&url).unwrap();
        let bounded = Bounded::reading(pool(3, SOON, SOON), options, SOON, SOON);
        let cut = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        for round in 0..2 {
            // All of them have just been used.
            let held = [(); 3].map(|()| bounded.acquire());
            drop(futures::future::try_join_all(held).await.unwrap());
            while bounded.pool.num_idle() < 3 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            assert_eq!(cluster::shared().execute(&url, cut).unwrap(), "3");
            if round == 0 {
                assert_eq!(ask(&bounded).await.unwrap(), 1);
            } else {
                let mut tx = bounded.begin().await.unwrap();
                let one: i32 = sqlx::query_scalar("SELECT 1").fetch_one(&mut *tx).await.unwrap();
                assert_eq!(one, 1);
            }
        }
    }

    #[tokio::test]
    async fn what_may_change_something_is_not_run_again() {
        let url = cluster::shared().database();
        let options = PgConnectOptions::from_str(&url).unwrap();
        let bounded = Bounded::new(pool(1, SOON, Duration::ZERO).connect_lazy_with(options), SOON, SOON);
        assert_eq!(ask(&bounded).await.unwrap(), 1);
        // It ends the connection that runs it.
        let suicide = "SELECT pg_terminate_backend(pg_backend_pid())";
        let error = sqlx::query(suicide).execute(&bounded).await.unwrap_err();
        assert!(is_cut(&error) && StoreError::from(error).is_passing());
        assert_eq!(ask(&bounded).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn what_is_cut_again_and_again_comes_to_an_end() {
        let options = PgConnectOptions::from_str(&cluster::shared().database()).unwrap();
        let bounded = Bounded::reading(pool(2, SOON, IDLE), options, SOON, SOON);
        let suicide = "SELECT pg_terminate_backend(pg_backend_pid())";
        let error = sqlx::query(suicide).execute(&bounded).await.unwrap_err();
        assert!(is_cut(&error), "{error}");
        let late = "SELECT pg_sleep(1.2), pg_terminate_backend(pg_backend_pid())";
        let started = Instant::now();
        assert!(is_cut(&sqlx::query(late).execute(&bounded).await.unwrap_err()));
        let all = started.elapsed();
        assert!(all < Duration::from_millis(2_400), "once: {all:?}");
    }

    #[tokio::test]
    async fn a_transaction_begins_with_its_question_and_ends_with_its_connection() {
        let options = PgConnectOptions::from_str(&cluster::shared().database()).unwrap();
        let bounded = Bounded::reading(pool(1, SOON, IDLE), options, SOON, SOON);
        let state = "SELECT pg_backend_pid(), nullif(current_setting('eventglass.here', true), '')";
        let mut pids = Vec::new();
        for end in 0..4 {
            let begin =
                "BEGIN; SET LOCAL eventglass.here = 'it'; SELECT 1::bigint, ARRAY[2, 3]::bigint[], NULL::bigint";
            let (mut tx, rows) = bounded.begin_asking(begin.to_owned()).await.unwrap();
            let rows: Vec<(i64, Vec<i64>, Option<i64>)> =
                rows.iter().map(|row| FromRow::from_row(row).unwrap()).collect();
            assert_eq!(rows, [(1, vec![2, 3], None)]);
            let (pid, is_in): (i32, Option<String>) = sqlx::query_as(state).fetch_one(&mut *tx).await.unwrap();
            assert_eq!(is_in.as_deref(), Some("it"));
            pids.push(pid);
            match end {
                0 => tx.end(),
                1 => tx.commit().await.unwrap(),
                2 => {
                    assert!(sqlx::query("SELECT 1 / 0").execute(&mut *tx).await.is_err());
                    drop(tx);
                }
                _ => {
                    let long = sqlx::query("SELECT pg_sleep(0.05)").execute(&mut *tx);
                    assert!(timeout(Duration::from_millis(1), long).await.is_err());
                    drop(tx);
                }
            }
            let (pid, is_in): (i32, Option<String>) = sqlx::query_as(state).fetch_one(&bounded).await.unwrap();
            assert_eq!(is_in, None, "{end}");
            pids.push(pid);
        }
        assert!(
            pids.iter().all(|pid| Some(pid) == pids.first()),
            "one connection: {pids:?}"
        );
    }

    #[tokio::test]
    async fn a_beginning_that_is_given_up_leaves_no_transaction() {
        let options = PgConnectOptions::from_str(&cluster::shared().database()).unwrap();
        given_up(&Bounded::new(
            pool(1, SOON, Duration::ZERO).connect_lazy_with(options.clone()),
            SOON,
            SOON,
        ))
        .await;
        given_up(&Bounded::reading(pool(1, SOON, IDLE), options, SOON, SOON)).await;
    }

    async fn given_up(bounded: &Bounded) {
        for micros in (0..2_000).step_by(50) {
            let begun = timeout(
                Duration::from_micros(micros),
                bounded.begin_with("BEGIN; SELECT pg_sleep(0.001)"),
            )
            .await;
            drop(begun);
            let set = sqlx::query("SELECT set_config('eventglass.in', $1, true)").bind(micros.to_string());
            set.execute(bounded).await.unwrap();
            let left: Option<String> = sqlx::query_scalar("SELECT nullif(current_setting('eventglass.in', true), '')")
                .fetch_one(bounded)
                .await
                .unwrap();
            assert_eq!(left, None, "what is set for a transaction ends with its statement");
        }
    }
}
