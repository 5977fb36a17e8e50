//! An open lottery, made by SQL: with as many participants as a scenario wants.

use anyhow::{bail, ensure};
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use crate::scenario::CHANNEL;
use crate::setup::{Database, Ground};

const ID: i64 = 5;
const CODE: &str = "Bench001";
const ORGANIZER: i64 = 7;
/// Who is in already: others than those who come.
const FIRST_PARTICIPANT: i64 = 5_000_000_000;

/// The post that the bot sends to the channel.
pub fn post() -> Value {
    let button = |text: &str, data: String| json!([{"text": text, "callback_data": data}]);
    let keyboard =
        json!([button("count", format!("post:count:{CODE}")), button("join", format!("post:join:{CODE}")),]);
    json!({"chat_id": CHANNEL, "text": "lottery", "reply_markup": {"inline_keyboard": keyboard}})
}

/// The button that a crowd presses, as the simulator wants it.
pub fn button(chat: i64, message: i64) -> Value {
    json!({"chat": chat, "message": message, "data": format!("post:join:{CODE}")})
}

/// Opens the lottery under this post, for members, without a challenge.
pub async fn open(ground: &Ground, post: i64, participants: u32) -> anyhow::Result<()> {
    let commitment = "0".repeat(64);
    let mut sql = format!(
        "INSERT INTO users (id, first_name, is_premium, first_seen_at, last_seen_at)
         VALUES ({ORGANIZER}, 'Owner', FALSE, 1, 1);
         INSERT INTO channels (chat_id, kind, title, username, bot, checked_at)
         VALUES ({CHANNEL}, 'channel', 'Gate', 'bench_gate', '\"member\"', 1);
         INSERT INTO lotteries (id, code, organizer_id, chat_id, state, template, settings, message_id, draw_mode,
                                commitment, created_at, published_at)
         VALUES ({ID}, '{CODE}', {ORGANIZER}, {CHANNEL}, 'open', '{{\"text\":{{\"text\":\"lottery\"}}}}',
                 '{{\"challenge\":null}}', {post}, 0, '{commitment}', 1, 1);
         INSERT INTO draw_secrets (lottery_id, secret, salt_key) VALUES ({ID}, '{commitment}', '{commitment}');
         INSERT INTO lottery_counters (lottery_id, entrance, tickets, participants, milestone, has_post, shown, shown_at)
         VALUES ({ID}, 'open', {participants}, {participants}, 1000000000, TRUE, {participants}, 1);"
    );
    let columns =
        "INSERT INTO lottery_participants (lottery_id, user_id, ticket, joined_at, changed_at, source)
                   SELECT 5, 5000000000 + n, n, 1, 1, 'post'";
    match &ground.database {
        Database::None => bail!("there is no database to open a lottery in"),
        Database::Sqlite(file) => {
            sql += &format!(
                "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {participants})
                 {columns} FROM numbers WHERE n <= {participants};"
            );
            let mut connection = SqliteConnectOptions::new().filename(file).connect().await?;
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
            connection.close().await?;
        }
        Database::Postgres(url) => {
            sql += &format!("{columns} FROM generate_series(1, {participants}) AS n;");
            let mut connection = PgConnection::connect(url).await?;
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
            // What it owes for so many rows is paid before anything is measured.
            for statement in ["VACUUM ANALYZE lottery_participants", "CHECKPOINT"] {
                sqlx::raw_sql(statement).execute(&mut connection).await?;
            }
            connection.close().await?;
        }
    }
    Ok(())
}

/// Fails unless everyone who came got a ticket of their own, without a gap.
pub async fn everyone_is_in(ground: &Ground, people: u32) -> anyhow::Result<()> {
    let count = AssertSqlSafe(format!(
        "SELECT COUNT(*), COALESCE(MAX(ticket) - MIN(ticket) + 1, 0) FROM lottery_participants
         WHERE lottery_id = {ID} AND user_id < {FIRST_PARTICIPANT}"
    ));
    let (joined, tickets): (i64, i64) = match &ground.database {
        Database::None => bail!("there is no database to look into"),
        Database::Sqlite(file) => {
            let mut connection = SqliteConnectOptions::new().filename(file).connect().await?;
            sqlx::query_as(count).fetch_one(&mut connection).await?
        }
        Database::Postgres(url) => {
            let mut connection = PgConnection::connect(url).await?;
            sqlx::query_as(count).fetch_one(&mut connection).await?
        }
    };
    let people = i64::from(people);
    ensure!(joined == people && tickets == people, "{joined} of {people} joined, with {tickets} tickets");
    Ok(())
}
