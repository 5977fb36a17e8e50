//! The macros that run one SQL text on either database.
//!
//! Each takes the connection, the text, and its arguments in the order of `$1, $2, …`. Where the two
//! databases need different texts (batches, locks), it takes `pg: …, lite: …` with the arguments of
//! each in brackets.
//!
//! What waits for the database is boxed: it is kilobytes, and would be part of every task that might
//! ever ask for something.

use std::borrow::Cow;

/// A text as both databases take it: without U+0000, which PostgreSQL refuses in any text and which
/// would end a text early in SQLite's JSON. Every text that came from outside goes through here,
/// because a single such character would otherwise make its whole batch fail for ever.
pub(crate) fn text(value: &str) -> Cow<'_, str> {
    if value.contains('\0') { Cow::Owned(value.replace('\0', "")) } else { Cow::Borrowed(value) }
}

/// Runs a statement and returns the number of rows it touched.
macro_rules! execute {
    ($conn:expr, pg: $pg:literal [$($pa:expr),* $(,)?], lite: $lite:literal [$($la:expr),* $(,)?]) => {
        match &mut $conn {
            $crate::connection::Conn::Pg(c) => Box::pin(sqlx::query($pg)$(.bind($pa))*
                .execute(&mut **c)).await.map(|done| done.rows_affected()),
            $crate::connection::Conn::Lite(c) => Box::pin(sqlx::query($lite)$(.bind($la))*
                .execute(&mut **c)).await.map(|done| done.rows_affected()),
        }
        .map_err($crate::error::StorageError::from)
    };
    ($conn:expr, $sql:literal $(, $arg:expr)* $(,)?) => {
        execute!($conn, pg: $sql [$($arg),*], lite: $sql [$($arg),*])
    };
}

/// Runs a query and returns all of its rows.
macro_rules! fetch_all {
    ($conn:expr, $row:ty, pg: $pg:literal [$($pa:expr),* $(,)?], lite: $lite:literal [$($la:expr),* $(,)?]) => {
        match &mut $conn {
            $crate::connection::Conn::Pg(c) => Box::pin(sqlx::query_as::<_, $row>($pg)$(.bind($pa))*
                .fetch_all(&mut **c)).await,
            $crate::connection::Conn::Lite(c) => Box::pin(sqlx::query_as::<_, $row>($lite)$(.bind($la))*
                .fetch_all(&mut **c)).await,
        }
        .map_err($crate::error::StorageError::from)
    };
    ($conn:expr, $row:ty, $sql:literal $(, $arg:expr)* $(,)?) => {
        fetch_all!($conn, $row, pg: $sql [$($arg),*], lite: $sql [$($arg),*])
    };
}

/// Runs a query and returns its first row, if there is one.
macro_rules! fetch_optional {
    ($conn:expr, $row:ty, $sql:literal $(, $arg:expr)* $(,)?) => {
        match &mut $conn {
            $crate::connection::Conn::Pg(c) => Box::pin(sqlx::query_as::<_, $row>($sql)$(.bind($arg))*
                .fetch_optional(&mut **c)).await,
            $crate::connection::Conn::Lite(c) => Box::pin(sqlx::query_as::<_, $row>($sql)$(.bind($arg))*
                .fetch_optional(&mut **c)).await,
        }
        .map_err($crate::error::StorageError::from)
    };
}

pub(crate) use {execute, fetch_all, fetch_optional};
