//! Texts that people send to break things come back unharmed; only U+0000, which PostgreSQL cannot
//! hold, is left out, on both databases alike.

use qura_domain::channel::Channel;
use qura_domain::ids::{BotId, ChatId, JobId, NoticeId, Seq, UserId};
use qura_domain::lottery::Lottery;
use qura_domain::person::Person;
use qura_domain::template::{Media, MediaKind, Template};
use qura_domain::text::RichText;
use qura_storage::{Applied, AuditEntry, Batch, Db, NewJob, NewUpdate, Seen, Session};

use crate::channels::channel;
use crate::database::at;
use crate::lotteries::{draft, opened};
use crate::participants::newcomer;
use crate::users::person;

on_both_databases! {
    names_come_back_unharmed,
    nobody_spoils_the_batch_of_the_others,
    the_update_log_keeps_any_text,
    jobs_and_messages_keep_any_text,
    wizards_settings_and_audit_keep_any_text,
    titles_templates_and_reasons_keep_any_text,
}

const HOSTILE: [&str; 10] = [
    "",
    "O'Brien \"; DROP TABLE users; --",
    "\\ \\u0000 \\n \\\\",
    "line\nbreak\ttab\r\u{1b}[31m\u{7f}",
    "\u{202e}gnp.exe\u{202c} \u{200f}\u{2066}عربي\u{2069}",
    "👨‍👩‍👧‍👦🏳️‍🌈𝔘\u{10ffff}\u{fffe}",
    "null",
    "[1,2,{\"a\":null}]",
    "%s $1 ?1 :name @x {} ${HOME}",
    "e\u{301}\u{feff}\u{200b}",
];

/// With the character that PostgreSQL refuses.
const WITH_NUL: &str = "\0Sa\0ra\0";
const WITHOUT_NUL: &str = "Sara";

/// Every hostile text, and what is to be read after it was written.
fn texts() -> Vec<(&'static str, &'static str)> {
    let mut texts: Vec<_> = HOSTILE.iter().map(|text| (*text, *text)).collect();
    texts.push((WITH_NUL, WITHOUT_NUL));
    texts
}

pub async fn names_of(db: &Db, id: i64) -> Person {
    type Row = (String, Option<String>, Option<String>, Option<String>, bool);
    const SQL: &str =
        "SELECT first_name, last_name, username, language_code, is_premium FROM users WHERE id = $1";
    let row: Row = match db {
        Db::Pg { pool, .. } => sqlx::query_as(SQL).bind(id).fetch_one(pool).await.unwrap(),
        Db::Lite { read, .. } => sqlx::query_as(SQL).bind(id).fetch_one(read).await.unwrap(),
    };
    let (first_name, last_name, username, language_code, is_premium) = row;
    Person { id: UserId::new(id), first_name, last_name, username, language_code, is_premium, is_bot: false }
}

fn seen(id: i64, name: &str) -> Seen {
    let person = Person {
        last_name: Some(name.into()),
        username: Some(name.into()),
        language_code: Some(name.into()),
        ..person(id, name)
    };
    Seen { person, referrer: None, at: at(1) }
}

async fn names_come_back_unharmed(db: Db) {
    // Twice: inserted, then updated.
    for _ in 0..2 {
        for (id, (written, read)) in (1..).zip(texts()) {
            committed!(db, users().see(&[seen(id, written)]));
            let names = names_of(&db, id).await;
            assert_eq!(names, seen(id, read).person);
        }
    }
}

async fn nobody_spoils_the_batch_of_the_others(db: Db) {
    let batch: Vec<_> = (1..).zip(texts()).map(|(id, (written, _))| seen(id, written)).collect();
    assert_eq!(committed!(db, users().see(&batch)).len(), batch.len());
    for (id, (_, read)) in (1..).zip(texts()) {
        assert_eq!(names_of(&db, id).await.first_name, read);
    }
}

async fn the_update_log_keeps_any_text(db: Db) {
    let bot = BotId::new(1);
    let fence = committed!(db, updates().take_over(bot, "u")).fence;
    let new: Vec<_> = (1..)
        .zip(texts())
        .map(|(seq, (raw, _))| NewUpdate { seq: Seq::new(seq), partition: 0, key: 0, raw: raw.into() })
        .collect();
    let batch = Batch { bot, api_url: "u", fence, updates: &new, received_at: at(1) };
    assert_eq!(committed!(db, updates().append(&batch)), new.len() as u64);
    let replies: Vec<_> =
        new.iter().map(|update| Applied { seq: update.seq, reply: Some(update.raw.clone()) }).collect();
    committed!(db, updates().apply(&replies));
    let rows = read!(db, updates().undone(Seq::new(0), &[0], 100));
    assert_eq!(rows.len(), new.len());
    for (row, (_, expected)) in rows.iter().zip(texts()) {
        assert_eq!((row.raw.as_str(), row.reply.as_deref()), (expected, Some(expected)));
    }
    for (row, (error, _)) in rows.iter().zip(texts()) {
        committed!(db, updates().record_failure(row.seq, error));
        committed!(db, updates().bury(row.seq, error));
    }
    let errors: Vec<_> = read!(db, updates().dead(100)).into_iter().map(|(_, error)| error).collect();
    assert_eq!(errors, texts().iter().map(|(_, read)| *read).collect::<Vec<_>>());
}

async fn jobs_and_messages_keep_any_text(db: Db) {
    for (id, (written, read)) in (1..).zip(texts()) {
        let job =
            NewJob { id: JobId::new(id), kind: "k", payload: written, run_at: at(1), dedupe: Some(written) };
        assert!(committed!(db, jobs().enqueue(&job, at(1))));
        let claimed = committed!(db, jobs().claim(&["k"], at(1), at(2), 1)).remove(0);
        assert_eq!(claimed.payload, read);
        committed!(db, jobs().retry(&claimed, at(1), written));
        let claimed = committed!(db, jobs().claim(&["k"], at(1), at(2), 1)).remove(0);
        assert_eq!((claimed.payload.as_str(), claimed.attempt), (read, 2));
        committed!(db, jobs().bury(&claimed, written));

        let notice = NoticeId::new(id);
        committed!(db, outbox().add(notice, written, at(1)));
        assert_eq!(committed!(db, outbox().claim(at(1), at(2), 1)).remove(0).notice, read);
        committed!(db, outbox().retry(notice, at(1), written));
        committed!(db, outbox().bury(notice, written));
    }
}

async fn wizards_settings_and_audit_keep_any_text(db: Db) {
    for (id, (written, read)) in (1..).zip(texts()) {
        let user = UserId::new(id);
        committed!(db, sessions().save(&Session { user, state: written.into(), expires_at: at(1) }));
        assert_eq!(read!(db, sessions().get(user)).unwrap().state, read);

        committed!(db, settings().set("name", written, None, at(1)));
        assert_eq!(read!(db, settings().get("name")).as_deref(), Some(read));

        let entry = |text: &str| AuditEntry {
            id,
            at: at(id),
            actor: None,
            action: text.into(),
            subject: text.into(),
            before: Some(text.into()),
            after: Some(text.into()),
        };
        committed!(db, audit().record(&entry(written)));
        assert_eq!(read!(db, audit().list(at(id + 1), 1)), [entry(read)]);
    }
}

async fn titles_templates_and_reasons_keep_any_text(db: Db) {
    for (id, (written, read)) in (1..).zip(texts()) {
        let titled = |text: &str| Channel {
            title: text.into(),
            username: Some(text.into()),
            invite_link: Some(text.into()),
            ..channel(-id)
        };
        committed!(db, channels().save(&titled(written)));
        assert_eq!(read!(db, channels().get(ChatId::new(-id))), Some(titled(read)));

        // Inside of JSON every character has a form that any database can hold.
        let media = |text: &str| Some(Media::new(MediaKind::Photo, text));
        let posted = |text: &str| Lottery {
            template: Template::new(RichText::plain(text), media(text)).unwrap(),
            ..draft(id)
        };
        committed!(db, lotteries().insert(&posted(written)));
        assert_eq!(read!(db, lotteries().get(draft(id).id)).unwrap().template.text().text(), written);
        committed!(db, lotteries().edit(&posted(written)));
        let template = read!(db, lotteries().get(draft(id).id)).unwrap().template;
        assert_eq!(template.media().unwrap().file_id, written);

        let (lottery, user) = (opened(&db, 100 + id).await, UserId::new(id));
        committed!(db, participants().join(lottery, &[newcomer(id)]));
        committed!(db, participants().exclude(lottery, &[user], user, written, at(1)));
        assert_eq!(read!(db, participants().get(lottery, user)).unwrap().reason.as_deref(), Some(read));
        committed!(db, participants().find_by_username(lottery, written, 9));
    }
}
