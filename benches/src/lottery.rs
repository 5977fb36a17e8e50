//! An open lottery, made by SQL: with as many participants as a scenario wants.

use anyhow::ensure;
use serde_json::{Value, json};

use crate::setup::{Database, Ground};
use crate::stage::CHANNEL;

const ID: i64 = 5;
const CODE: &str = "Bench001";
const ORGANIZER: i64 = 7;
/// Who is in already: others than those who come.
pub const FIRST_PARTICIPANT: i64 = 5_000_000_000;
/// So high that no organizer hears of it.
pub const MILESTONE: i64 = 1_000_000_000;

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
    let tickets = series(ground, "tickets", participants);
    let sql = format!(
        "INSERT INTO users (id, first_name, is_premium, first_seen_at, last_seen_at)
         VALUES ({ORGANIZER}, 'Owner', FALSE, 1, 1);
         INSERT INTO channels (chat_id, kind, title, username, bot, checked_at)
         VALUES ({CHANNEL}, 'channel', 'Gate', 'bench_gate', '\"member\"', 1);
         INSERT INTO lotteries (id, code, organizer_id, chat_id, state, template, settings, message_id, draw_mode,
                                commitment, created_at, published_at)
         VALUES ({ID}, '{CODE}', {ORGANIZER}, {CHANNEL}, 'open', '{{\"text\":{{\"text\":\"lottery\"}}}}',
                 '{{\"challenge\":null}}', {post}, 0, '{commitment}', 1, 1);
         INSERT INTO draw_secrets (lottery_id, secret, salt_key) VALUES ({ID}, '{commitment}', '{commitment}');
         INSERT INTO lottery_counters (lottery_id, entrance, tickets, participants, milestone, has_post, shown, shown_at,
                                       examined)
         VALUES ({ID}, 'open', {participants}, {participants}, {MILESTONE}, TRUE, {participants}, 1, {participants});
         WITH RECURSIVE {tickets}
         INSERT INTO lottery_participants (lottery_id, user_id, ticket, joined_at, changed_at, source)
         SELECT {ID}, {FIRST_PARTICIPANT} + n, n, 1, 1, 'post' FROM tickets WHERE n <= {participants};"
    );
    ground.run(sql).await?;
    settle(ground).await
}

/// A table of this name with the numbers `n` from 1 to `last`, for `WITH RECURSIVE`.
pub fn series(ground: &Ground, name: &str, last: u32) -> String {
    match &ground.database {
        Database::Postgres(_) => format!("{name} (n) AS (SELECT generate_series(1, {last}))"),
        Database::Sqlite(_) | Database::None => {
            format!("{name} (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM {name} WHERE n < {last})")
        }
    }
}

/// What a database owes for so many rows is paid before anything is measured.
pub async fn settle(ground: &Ground) -> anyhow::Result<()> {
    if let Database::Postgres(_) = ground.database {
        for statement in ["VACUUM ANALYZE lottery_participants", "ANALYZE", "CHECKPOINT"] {
            ground.run(statement.to_owned()).await?;
        }
    }
    Ok(())
}

/// Fails unless everyone who came got a ticket of their own, without a gap.
pub async fn everyone_is_in(ground: &Ground, people: u32) -> anyhow::Result<()> {
    let of_them = |what: &str| {
        let who = format!("lottery_id = {ID} AND user_id < {FIRST_PARTICIPANT}");
        ground.number(format!("SELECT {what} FROM lottery_participants WHERE {who}"))
    };
    let joined = of_them("COUNT(*)").await?;
    let tickets = of_them("COALESCE(MAX(ticket) - MIN(ticket) + 1, 0)").await?;
    let people = i64::from(people);
    ensure!(joined == people && tickets == people, "{joined} of {people} joined, with {tickets} tickets");
    Ok(())
}
