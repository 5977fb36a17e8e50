//! Who came to a chat and who stayed, asked of many people at once: each of them by a key of their own, however
//! often they came and went.

use qura_domain::ids::{ChatId, UserId};
use qura_domain::time::Timestamp;

use super::{MembershipEvent, MembershipEventRepo, Row, event};
use crate::error::StorageError;
use crate::sql::fetch_all;

/// The place of the question, from 0, and its answer.
type Answer = (i64, i64, i64, i64, i64, i64, String, String);

fn in_order(asked: usize, answers: Vec<Answer>) -> Result<Vec<Option<MembershipEvent>>, StorageError> {
    let mut events = vec![None; asked];
    for (place, chat, user, at, seq, actor, before, after) in answers {
        let row: Row = (chat, user, at, seq, actor, before, after);
        if let Some(found) = usize::try_from(place).ok().and_then(|place| events.get_mut(place)) {
            *found = Some(event(row)?);
        }
    }
    Ok(events)
}

fn columns(asked: &[(UserId, Timestamp)]) -> (Vec<i64>, Vec<i64>) {
    asked.iter().map(|(user, at)| (user.get(), at.micros())).unzip()
}

impl MembershipEventRepo<'_> {
    /// What was heard of one person in a chat since a moment, the oldest first.
    pub async fn history(
        &mut self,
        chat: ChatId,
        user: UserId,
        since: Timestamp,
    ) -> Result<Vec<MembershipEvent>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            Row,
            "SELECT chat_id, user_id, happened_at, seq, actor_id, before, after FROM membership_events
             WHERE chat_id = $1 AND user_id = $2 AND happened_at >= $3 ORDER BY happened_at, seq",
            chat.get(),
            user.get(),
            since.micros()
        )?;
        rows.into_iter().map(event).collect()
    }

    /// The newest event that took each person into a chat or out of it, up to and with a moment of their own. One
    /// answer a question, in their order; `None` where nothing was heard. A few thousand are a good size.
    pub async fn newest_crossings(
        &mut self,
        chat: ChatId,
        asked: &[(UserId, Timestamp)],
    ) -> Result<Vec<Option<MembershipEvent>>, StorageError> {
        let (users, moments) = columns(asked);
        let answers = fetch_all!(self.conn, Answer,
            pg: "SELECT wanted.place - 1, found.* FROM UNNEST($2::BIGINT[], $3::BIGINT[])
                   WITH ORDINALITY AS wanted (id, until, place) CROSS JOIN LATERAL
                 (SELECT chat_id, user_id, happened_at, seq, actor_id, before, after FROM membership_events
                  WHERE chat_id = $1 AND user_id = wanted.id AND happened_at <= wanted.until AND crosses
                  ORDER BY happened_at DESC, seq DESC LIMIT 1) AS found"
            [chat.get(), users, moments],
            lite: "SELECT wanted.key, membership_events.chat_id, membership_events.user_id,
                     membership_events.happened_at, membership_events.seq, actor_id, before, after
                   FROM json_each($2) AS wanted CROSS JOIN membership_events
                   WHERE chat_id = $1 AND user_id = wanted.value ->> 0 AND (happened_at, seq) =
                     (SELECT found.happened_at, found.seq FROM membership_events AS found
                      WHERE found.chat_id = $1 AND found.user_id = wanted.value ->> 0
                        AND found.happened_at <= wanted.value ->> 1 AND found.crosses
                      ORDER BY found.happened_at DESC, found.seq DESC LIMIT 1)"
            [chat.get(), serde_json::json!(asked).to_string()])?;
        in_order(asked.len(), answers)
    }

    /// The same of the events that took them in.
    pub async fn newest_entries(
        &mut self,
        chat: ChatId,
        asked: &[(UserId, Timestamp)],
    ) -> Result<Vec<Option<MembershipEvent>>, StorageError> {
        let (users, moments) = columns(asked);
        // Who was outside before an event that crosses came in by it.
        let answers = fetch_all!(self.conn, Answer,
            pg: "SELECT wanted.place - 1, found.* FROM UNNEST($2::BIGINT[], $3::BIGINT[])
                   WITH ORDINALITY AS wanted (id, until, place) CROSS JOIN LATERAL
                 (SELECT chat_id, user_id, happened_at, seq, actor_id, before, after FROM membership_events
                  WHERE chat_id = $1 AND user_id = wanted.id AND happened_at <= wanted.until AND crosses
                    AND before IN ('\"left\"', '\"kicked\"', '{\"restricted\":{\"is_member\":false}}')
                  ORDER BY happened_at DESC, seq DESC LIMIT 1) AS found"
            [chat.get(), users, moments],
            lite: "SELECT wanted.key, membership_events.chat_id, membership_events.user_id,
                     membership_events.happened_at, membership_events.seq, actor_id, before, after
                   FROM json_each($2) AS wanted CROSS JOIN membership_events
                   WHERE chat_id = $1 AND user_id = wanted.value ->> 0 AND (happened_at, seq) =
                     (SELECT found.happened_at, found.seq FROM membership_events AS found
                      WHERE found.chat_id = $1 AND found.user_id = wanted.value ->> 0
                        AND found.happened_at <= wanted.value ->> 1 AND found.crosses
                        AND found.before IN ('\"left\"', '\"kicked\"', '{\"restricted\":{\"is_member\":false}}')
                      ORDER BY found.happened_at DESC, found.seq DESC LIMIT 1)"
            [chat.get(), serde_json::json!(asked).to_string()])?;
        in_order(asked.len(), answers)
    }

    /// The first event after a moment that took each of these people in or out: its `before` tells where they
    /// were at that moment. One answer a person, in their order.
    pub async fn first_crossings(
        &mut self,
        chat: ChatId,
        users: &[UserId],
        after: Timestamp,
    ) -> Result<Vec<Option<MembershipEvent>>, StorageError> {
        let answers = fetch_all!(self.conn, Answer,
            pg: "SELECT wanted.place - 1, found.* FROM UNNEST($2::BIGINT[]) WITH ORDINALITY AS wanted (id, place)
                   CROSS JOIN LATERAL
                 (SELECT chat_id, user_id, happened_at, seq, actor_id, before, after FROM membership_events
                  WHERE chat_id = $1 AND user_id = wanted.id AND happened_at > $3 AND crosses
                  ORDER BY happened_at, seq LIMIT 1) AS found"
            [chat.get(), users.iter().map(|user| user.get()).collect::<Vec<_>>(), after.micros()],
            lite: "SELECT wanted.key, membership_events.chat_id, membership_events.user_id,
                     membership_events.happened_at, membership_events.seq, actor_id, before, after
                   FROM json_each($2) AS wanted CROSS JOIN membership_events
                   WHERE chat_id = $1 AND user_id = wanted.value AND (happened_at, seq) =
                     (SELECT found.happened_at, found.seq FROM membership_events AS found
                      WHERE found.chat_id = $1 AND found.user_id = wanted.value AND found.happened_at > $3
                        AND found.crosses ORDER BY found.happened_at, found.seq LIMIT 1)"
            [chat.get(), serde_json::json!(users).to_string(), after.micros()])?;
        in_order(users.len(), answers)
    }
}
