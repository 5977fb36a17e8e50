//! `users`: everyone who passed the gate.

use std::collections::BTreeMap;

use qura_domain::ids::{MessageId, UserId};
use qura_domain::language::Language;
use qura_domain::person::Person;
use qura_domain::time::Timestamp;
use qura_domain::timezone::Timezone;

use super::repository;
use crate::error::StorageError;
use crate::sql::{execute, fetch_all, fetch_optional, text};

repository! {
    /// People.
    UsersRepo
}

/// A person who passed the gate, as Telegram just introduced them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub person: Person,
    /// Who invited them; kept only the first time.
    pub referrer: Option<UserId>,
    pub at: Timestamp,
}

/// What Qura knows of a person beside their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserRecord {
    pub id: UserId,
    /// Chosen in the settings.
    pub language: Option<Language>,
    pub timezone: Option<Timezone>,
    /// Their living message: the last screen that was sent.
    pub screen: Option<MessageId>,
    pub first_seen_at: Timestamp,
    pub banned: bool,
}

type Row = (i64, Option<String>, Option<String>, Option<i64>, i64, Option<i64>);

fn record((id, language, timezone, screen, first_seen_at, banned_at): Row) -> UserRecord {
    UserRecord {
        id: UserId::new(id),
        language: language.as_deref().and_then(Language::from_code),
        timezone: timezone.and_then(|name| name.parse().ok()),
        screen: screen.map(MessageId::new),
        first_seen_at: Timestamp::from_micros(first_seen_at),
        banned: banned_at.is_some(),
    }
}

impl UsersRepo<'_> {
    /// The highest number of a person that was ever seen; numbers rise with time.
    pub async fn newest(&mut self) -> Result<Option<UserId>, StorageError> {
        let row = fetch_optional!(self.conn, (Option<i64>,), "SELECT MAX(id) FROM users")?;
        Ok(row.and_then(|(id,)| id).map(UserId::new))
    }

    /// Inserts or updates people, as if one after the other: of two with the same id the last has
    /// the names, the first the referrer. Returns what is known of each, in no order.
    pub async fn see(&mut self, seen: &[Seen]) -> Result<Vec<UserRecord>, StorageError> {
        let seen = sightings(seen);
        let rows = fetch_all!(self.conn, Row,
            pg: "INSERT INTO users (id, first_name, last_name, username, language_code, is_premium, referrer_id,
                                    first_seen_at, last_seen_at)
                 SELECT id, first_name, last_name, username, language_code, is_premium, referrer_id, first_at, last_at
                 FROM UNNEST($1::BIGINT[], $2::TEXT[], $3::TEXT[], $4::TEXT[], $5::TEXT[], $6::BOOLEAN[],
                             $7::BIGINT[], $8::BIGINT[], $9::BIGINT[])
                   AS new (id, first_name, last_name, username, language_code, is_premium, referrer_id, first_at,
                           last_at)
                 ON CONFLICT (id) DO UPDATE SET first_name = excluded.first_name, last_name = excluded.last_name,
                   username = excluded.username, language_code = excluded.language_code,
                   is_premium = excluded.is_premium, last_seen_at = excluded.last_seen_at, blocked_at = NULL
                 RETURNING id, language, timezone, screen_message_id, first_seen_at, banned_at"
            [column(&seen, |s| s.person.id.get()), column(&seen, |s| text(&s.person.first_name)),
             column(&seen, |s| s.person.last_name.as_deref().map(text)),
             column(&seen, |s| s.person.username.as_deref().map(text)),
             column(&seen, |s| s.person.language_code.as_deref().map(text)),
             column(&seen, |s| s.person.is_premium), column(&seen, |s| s.referrer.map(UserId::get)),
             column(&seen, |s| s.first_at.micros()), column(&seen, |s| s.last_at.micros())],
            lite: "INSERT INTO users (id, first_name, last_name, username, language_code, is_premium, referrer_id,
                                      first_seen_at, last_seen_at)
                   SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                          value ->> 7, value ->> 8
                   FROM json_each($1) WHERE TRUE
                   ON CONFLICT (id) DO UPDATE SET first_name = excluded.first_name, last_name = excluded.last_name,
                     username = excluded.username, language_code = excluded.language_code,
                     is_premium = excluded.is_premium, last_seen_at = excluded.last_seen_at, blocked_at = NULL
                   RETURNING id, language, timezone, screen_message_id, first_seen_at, banned_at"
            [rows(&seen)])?;
        Ok(rows.into_iter().map(record).collect())
    }

    pub async fn get(&mut self, id: UserId) -> Result<Option<UserRecord>, StorageError> {
        let row = fetch_optional!(
            self.conn,
            Row,
            "SELECT id, language, timezone, screen_message_id, first_seen_at, banned_at FROM users WHERE id = $1",
            id.get()
        )?;
        Ok(row.map(record))
    }

    /// Whether a person had Telegram Premium when they were last seen; `false` for one who never was.
    pub async fn is_premium(&mut self, id: UserId) -> Result<bool, StorageError> {
        let row =
            fetch_optional!(self.conn, (bool,), "SELECT is_premium FROM users WHERE id = $1", id.get())?;
        Ok(row.is_some_and(|(is_premium,)| is_premium))
    }

    pub async fn choose_language(&mut self, id: UserId, language: Language) -> Result<(), StorageError> {
        execute!(self.conn, "UPDATE users SET language = $2 WHERE id = $1", id.get(), language.code())?;
        Ok(())
    }

    pub async fn choose_timezone(&mut self, id: UserId, timezone: Timezone) -> Result<(), StorageError> {
        execute!(self.conn, "UPDATE users SET timezone = $2 WHERE id = $1", id.get(), timezone.name())?;
        Ok(())
    }

    /// Remembers each person's living message; of two of one person the last counts.
    pub async fn record_screens(&mut self, screens: &[(UserId, MessageId)]) -> Result<(), StorageError> {
        let screens: BTreeMap<UserId, MessageId> = screens.iter().copied().collect();
        execute!(self.conn,
            pg: "UPDATE users SET screen_message_id = ($2::BIGINT[])[array_position($1::BIGINT[], id)]
                 WHERE id = ANY($1)"
            [screens.keys().map(|id| id.get()).collect::<Vec<_>>(),
             screens.values().map(|message| message.get()).collect::<Vec<_>>()],
            lite: "UPDATE users SET screen_message_id = shown.value ->> 1 FROM json_each($1) AS shown
                   WHERE users.id = shown.value ->> 0"
            [serde_json::json!(screens.into_iter().collect::<Vec<_>>()).to_string()])?;
        Ok(())
    }

    /// Remembers that the person blocked the bot, or with `None` that they no longer do.
    pub async fn set_blocked(&mut self, id: UserId, at: Option<Timestamp>) -> Result<(), StorageError> {
        let at = at.map(Timestamp::micros);
        execute!(self.conn, "UPDATE users SET blocked_at = $2 WHERE id = $1", id.get(), at)?;
        Ok(())
    }

    pub async fn count(&mut self) -> Result<u64, StorageError> {
        let row = fetch_optional!(self.conn, (i64,), "SELECT COUNT(*) FROM users")?;
        Ok(row.map_or(0, |(count,)| u64::try_from(count).unwrap_or(0)))
    }
}

/// What one batch tells of a person.
struct Sighting<'a> {
    person: &'a Person,
    referrer: Option<UserId>,
    first_at: Timestamp,
    last_at: Timestamp,
}

/// One a person, because PostgreSQL refuses a statement that touches a row twice; by rising id,
/// because an order avoids deadlocks.
fn sightings(seen: &[Seen]) -> Vec<Sighting<'_>> {
    let mut by_id: BTreeMap<UserId, Sighting<'_>> = BTreeMap::new();
    for Seen { person, referrer, at } in seen {
        by_id
            .entry(person.id)
            .and_modify(|sighting| (sighting.person, sighting.last_at) = (person, *at))
            .or_insert(Sighting { person, referrer: *referrer, first_at: *at, last_at: *at });
    }
    by_id.into_values().collect()
}

fn column<'a, T>(seen: &[Sighting<'a>], value: impl Fn(&Sighting<'a>) -> T) -> Vec<T> {
    seen.iter().map(value).collect()
}

fn rows(seen: &[Sighting<'_>]) -> String {
    let rows: Vec<_> = seen
        .iter()
        .map(|s| {
            let p = s.person;
            (
                p.id,
                text(&p.first_name),
                p.last_name.as_deref().map(text),
                p.username.as_deref().map(text),
                p.language_code.as_deref().map(text),
                i64::from(p.is_premium),
                s.referrer,
                s.first_at,
                s.last_at,
            )
        })
        .collect();
    serde_json::json!(rows).to_string()
}
