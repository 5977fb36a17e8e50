//! `channels`: the channels and groups that somebody linked or made a condition.

use qura_domain::channel::Channel;
use qura_domain::chat::ChatKind;
use qura_domain::ids::ChatId;
use qura_domain::membership::Membership;
use qura_domain::time::Timestamp;

use super::repository;
use crate::error::StorageError;
use crate::sql::{execute, fetch_all, fetch_optional, text};

repository! {
    /// Channels and groups.
    ChannelRepo
}

type Row = (i64, String, String, Option<String>, Option<String>, Option<i64>, Option<i64>, String, i64);

fn channel(
    (chat, kind, title, username, invite_link, linked, members, bot, checked_at): Row,
) -> Result<Channel, StorageError> {
    Ok(Channel {
        chat: ChatId::new(chat),
        kind: kind_of(&kind).ok_or(StorageError::Unreadable("kind of a chat"))?,
        title,
        username,
        invite_link,
        linked: linked.map(ChatId::new),
        members: members.and_then(|n| u32::try_from(n).ok()),
        bot: serde_json::from_str(&bot).map_err(|_| StorageError::Unreadable("membership"))?,
        checked_at: Timestamp::from_micros(checked_at),
    })
}

const fn kind_name(kind: ChatKind) -> &'static str {
    match kind {
        ChatKind::Private => "private",
        ChatKind::Group => "group",
        ChatKind::Supergroup => "supergroup",
        ChatKind::Channel => "channel",
    }
}

fn kind_of(name: &str) -> Option<ChatKind> {
    let kinds = [ChatKind::Private, ChatKind::Group, ChatKind::Supergroup, ChatKind::Channel];
    kinds.into_iter().find(|kind| kind_name(*kind) == name)
}

impl ChannelRepo<'_> {
    /// Inserts or replaces what is known of a chat. What was learned before `checked_at` of what is
    /// there stays out: `false`.
    pub async fn save(&mut self, channel: &Channel) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "INSERT INTO channels (chat_id, kind, title, username, invite_link, linked_chat_id, members, bot,
                                   checked_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (chat_id) DO UPDATE SET kind = excluded.kind, title = excluded.title,
               username = excluded.username, invite_link = excluded.invite_link,
               linked_chat_id = excluded.linked_chat_id, members = excluded.members, bot = excluded.bot,
               checked_at = excluded.checked_at
             WHERE channels.checked_at <= excluded.checked_at",
            channel.chat.get(),
            kind_name(channel.kind),
            text(&channel.title),
            channel.username.as_deref().map(text),
            channel.invite_link.as_deref().map(text),
            channel.linked.map(ChatId::get),
            channel.members.map(i64::from),
            membership_json(channel.bot),
            channel.checked_at.micros()
        )?;
        Ok(rows > 0)
    }

    pub async fn get(&mut self, chat: ChatId) -> Result<Option<Channel>, StorageError> {
        let row = fetch_optional!(
            self.conn,
            Row,
            "SELECT chat_id, kind, title, username, invite_link, linked_chat_id, members, bot, checked_at
             FROM channels WHERE chat_id = $1",
            chat.get()
        )?;
        row.map(channel).transpose()
    }

    /// The same, and nobody else changes it before the transaction ends.
    pub async fn lock(&mut self, chat: ChatId) -> Result<Option<Channel>, StorageError> {
        let rows = fetch_all!(self.conn, Row,
            pg: "SELECT chat_id, kind, title, username, invite_link, linked_chat_id, members, bot, checked_at
                 FROM channels WHERE chat_id = $1 FOR UPDATE"
            [chat.get()],
            lite: "SELECT chat_id, kind, title, username, invite_link, linked_chat_id, members, bot, checked_at
                   FROM channels WHERE chat_id = $1"
            [chat.get()])?;
        rows.into_iter().next().map(channel).transpose()
    }

    /// Those of these chats that are known, in no order.
    pub async fn get_all(&mut self, chats: &[ChatId]) -> Result<Vec<Channel>, StorageError> {
        let rows = fetch_all!(self.conn, Row,
            pg: "SELECT chat_id, kind, title, username, invite_link, linked_chat_id, members, bot, checked_at
                 FROM channels WHERE chat_id = ANY($1)"
            [chats.iter().map(|chat| chat.get()).collect::<Vec<_>>()],
            lite: "SELECT chat_id, kind, title, username, invite_link, linked_chat_id, members, bot, checked_at
                   FROM channels WHERE chat_id IN (SELECT value FROM json_each($1))"
            [serde_json::json!(chats).to_string()])?;
        rows.into_iter().map(channel).collect()
    }

    /// What the bot is in the chat, as Telegram told at `at`. `false` for an unknown chat, and for
    /// what is older than what is known.
    pub async fn record_bot(
        &mut self,
        chat: ChatId,
        bot: Membership,
        at: Timestamp,
    ) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "UPDATE channels SET bot = $2, checked_at = $3 WHERE chat_id = $1 AND checked_at <= $3",
            chat.get(),
            membership_json(bot),
            at.micros()
        )?;
        Ok(rows > 0)
    }

    /// A group became a supergroup: what is known of it goes over to the new number, unless that is
    /// known already.
    pub async fn migrate(&mut self, from: ChatId, to: ChatId) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "INSERT INTO channels (chat_id, kind, title, username, invite_link, linked_chat_id, members, bot,
                                   checked_at)
             SELECT $2, 'supergroup', title, username, NULL, linked_chat_id, members, bot, checked_at
             FROM channels WHERE chat_id = $1
             ON CONFLICT (chat_id) DO NOTHING",
            from.get(),
            to.get()
        )?;
        execute!(self.conn, "DELETE FROM channels WHERE chat_id = $1", from.get())?;
        Ok(())
    }

    /// Forgets those of these chats that nobody links, that no lottery is in, and that no condition is
    /// about. Returns how many.
    pub async fn purge(&mut self, chats: &[ChatId]) -> Result<u64, StorageError> {
        execute!(self.conn,
            pg: "DELETE FROM channels WHERE chat_id = ANY($1)
                 AND NOT EXISTS (SELECT 1 FROM user_channels WHERE user_channels.chat_id = channels.chat_id)
                 AND NOT EXISTS (SELECT 1 FROM lotteries WHERE lotteries.chat_id = channels.chat_id)
                 AND NOT EXISTS (SELECT 1 FROM lottery_conditions
                                 WHERE lottery_conditions.chat_id = channels.chat_id)"
            [chats.iter().map(|chat| chat.get()).collect::<Vec<_>>()],
            lite: "DELETE FROM channels WHERE chat_id IN (SELECT value FROM json_each($1))
                   AND NOT EXISTS (SELECT 1 FROM user_channels WHERE user_channels.chat_id = channels.chat_id)
                   AND NOT EXISTS (SELECT 1 FROM lotteries WHERE lotteries.chat_id = channels.chat_id)
                   AND NOT EXISTS (SELECT 1 FROM lottery_conditions
                                   WHERE lottery_conditions.chat_id = channels.chat_id)"
            [serde_json::json!(chats).to_string()])
    }
}

/// Cannot fail: a membership is an enum of names and switches.
fn membership_json(membership: Membership) -> String {
    serde_json::json!(membership).to_string()
}
