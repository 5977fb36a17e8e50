//! A large database, made by SQL in minutes: a thousand lotteries with ten million participants.

use crate::lottery::{self, FIRST_PARTICIPANT, MILESTONE};
use crate::setup::{Database, Ground};
use crate::stage::CHANNEL;

/// The others, beside the lottery that is joined.
const OTHERS: u32 = 999;
/// Of each lottery, that one too.
const PARTICIPANTS: u32 = 10_000;
/// Each takes part in ten.
const PEOPLE: u32 = 1_000_000;
/// The ids of the others follow this.
const FIRST_ID: i64 = 1_000;
/// In one transaction.
const AT_ONCE: u32 = 100;

/// Opens the lottery under this post among all the others.
pub async fn open(ground: &Ground, post: i64) -> anyhow::Result<()> {
    // Nobody cuts the power while the ground is made.
    let hurry = match &ground.database {
        Database::Sqlite(_) => "PRAGMA synchronous = OFF; PRAGMA cache_size = -262144;",
        Database::Postgres(_) | Database::None => "SET synchronous_commit = off;",
    };
    let people = lottery::series(ground, "people", PEOPLE);
    let people = format!(
        "{hurry} WITH RECURSIVE {people}
         INSERT INTO users (id, first_name, username, is_premium, first_seen_at, last_seen_at)
         SELECT {FIRST_PARTICIPANT} + n, 'P' || n, 'user' || n, FALSE, 1, 1 FROM people;"
    );
    ground.run(people).await?;
    let (others, commitment) = (lottery::series(ground, "others", OTHERS), "0".repeat(64));
    let lotteries = format!(
        "WITH RECURSIVE {others}
         INSERT INTO lotteries (id, code, organizer_id, chat_id, state, template, settings, message_id, draw_mode,
                                commitment, created_at, published_at)
         SELECT {FIRST_ID} + n, 'Lot' || (10000 + n), {FIRST_PARTICIPANT} + n, {CHANNEL} - n, 'open',
                '{{\"text\":{{\"text\":\"lottery\"}}}}', '{{\"challenge\":null}}', n, 0, '{commitment}', n, n FROM others;
         WITH RECURSIVE {others}
         INSERT INTO channels (chat_id, kind, title, bot, checked_at)
         SELECT {CHANNEL} - n, 'channel', 'C' || n, '\"member\"', 1 FROM others;
         WITH RECURSIVE {others}
         INSERT INTO draw_secrets (lottery_id, secret, salt_key)
         SELECT {FIRST_ID} + n, '{commitment}', '{commitment}' FROM others;
         WITH RECURSIVE {others}
         INSERT INTO lottery_counters (lottery_id, entrance, tickets, participants, milestone, has_post, shown, shown_at,
                                       examined)
         SELECT {FIRST_ID} + n, 'open', {PARTICIPANTS}, {PARTICIPANTS}, {MILESTONE}, TRUE, {PARTICIPANTS}, 1,
                {PARTICIPANTS} FROM others;"
    );
    ground.run(lotteries).await?;
    let tickets = lottery::series(ground, "tickets", PARTICIPANTS);
    for first in (0..OTHERS).step_by(AT_ONCE as usize) {
        let last = (first + AT_ONCE).min(OTHERS);
        let participants = format!(
            "{hurry} WITH RECURSIVE {others}, {tickets}
             INSERT INTO lottery_participants (lottery_id, user_id, ticket, joined_at, changed_at, source)
             SELECT {FIRST_ID} + others.n, {FIRST_PARTICIPANT} + 1 + (others.n * {PARTICIPANTS} + tickets.n) % {PEOPLE},
                    tickets.n, 1, 1, 'post'
             FROM others CROSS JOIN tickets WHERE others.n > {first} AND others.n <= {last};"
        );
        ground.run(participants).await?;
    }
    lottery::open(ground, post, PARTICIPANTS).await
}
