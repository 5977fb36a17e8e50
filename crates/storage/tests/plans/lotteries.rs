//! The calls about chats, lotteries and their participants, on tables that are full of them.

use std::collections::BTreeSet;

use qura_domain::challenge::Attempts;
use qura_domain::channel::Channel;
use qura_domain::chat::ChatKind;
use qura_domain::code::Code;
use qura_domain::condition::Condition;
use qura_domain::draw::beacon::Signature;
use qura_domain::draw::commitment::{Mode, SaltKey, Secret};
use qura_domain::draw::hash::Hash;
use qura_domain::draw::receipt::{FreezeRecord, Post};
use qura_domain::draw::seconds::UnixSeconds;
use qura_domain::draw::terms::Terms;
use qura_domain::ids::{ChatId, LotteryId, MessageId, Seq, UserId};
use qura_domain::lottery::{
    Commitment, JoinSource, Lottery, LotterySettings, LotteryState, Signals, Ticket, Transition, Winner,
    WinnerRole,
};
use qura_domain::membership::Membership;
use qura_domain::template::Template;
use qura_storage::{Db, DrawDocument, LotteryKey, MembershipEvent, NewParticipant, Page, ParticipantFilter};

use crate::database::at;
use crate::{allow_scans, scan_counts, scanned, statements};

/// Lotteries 1 and 52, which is cancelled, have 20,000 participants each, and there are 20,000 lotteries;
/// each has a participant, so that no partition is empty.
pub const FILL: [&str; 17] = [
    "INSERT INTO channels (chat_id, kind, title, bot, checked_at) SELECT i, 'channel', 'a', '\"member\"', 0 FROM n",
    "INSERT INTO user_channels (user_id, chat_id, linked_at, deleted_at)
       SELECT i / 10, i, 0, CASE WHEN i % 100 = 0 THEN i * 1000000 END FROM n",
    "INSERT INTO lotteries (id, code, organizer_id, chat_id, state, template, settings, publish_at, draw_at, created_at,
                            message_id, deleted_at, closed_at)
       SELECT i, CAST(10000000 + i AS TEXT), i % 100, i % 100,
         CASE WHEN i % 50 = 0 THEN 'scheduled' WHEN i % 50 = 1 THEN 'open' WHEN i % 50 = 2 THEN 'cancelled'
              ELSE 'announced' END,
         '{\"text\":{\"text\":\"a\"}}', '{}', i * 1000000, i * 1000000, i, i,
         CASE WHEN i % 50 = 2 THEN i * 1000000 END, CASE WHEN i % 50 > 1 THEN i * 1000000 END FROM n",
    "INSERT INTO draw_secrets (lottery_id, secret, salt_key) SELECT i + 1, 'a', 'a' FROM n",
    "INSERT INTO lottery_counters (lottery_id, entrance, tickets, participants, has_post, shown, shown_at)
       SELECT i, CASE WHEN i % 50 = 1 THEN 'open' ELSE 'closed' END, 20000, 20000, TRUE,
         CASE WHEN i % 100 = 1 THEN 1 ELSE 20000 END, i FROM n",
    "INSERT INTO lottery_participants (lottery_id, user_id, ticket, joined_at, changed_at, source, is_suspicious)
       SELECT lottery, i, i, i, i, 'post', i % 100 = 0 FROM n CROSS JOIN (SELECT 1 AS lottery UNION SELECT 52) AS l",
    "INSERT INTO lottery_participants (lottery_id, user_id, ticket, joined_at, changed_at, source)
       SELECT i, i + 100000, i + 40000, i, i, 'post' FROM n",
    "INSERT INTO lottery_conditions (lottery_id, position, kind, chat_id, code)
       SELECT i, 1, CASE WHEN i % 2 = 0 THEN 'channel' ELSE 'lottery' END, CASE WHEN i % 2 = 0 THEN i END,
         CASE WHEN i % 2 = 1 THEN CAST(10000000 + i + 1 AS TEXT) END FROM n",
    "INSERT INTO membership_events (chat_id, user_id, happened_at, seq, actor_id, before, after, crosses)
       SELECT i % 3, i, i * 1000000, i, i, '\"left\"', '\"member\"', TRUE FROM n",
    "INSERT INTO challenges (user_id, subject_id, wrong_in_a_row, wrong, changed_at)
       SELECT i, i % 7, 0, 0, i * 1000000 FROM n",
    "UPDATE users SET username = 'U' || id",
    "INSERT INTO draws (lottery_id, tickets, terms, frozen_at)
       SELECT i, 1, '{\"reserves\":0,\"winners\":1}', 0 FROM n",
    "INSERT INTO draw_freezes (lottery_id, attempt, hash, made_at)
       SELECT i, 0, '0000000000000000000000000000000000000000000000000000000000000000', 0 FROM n",
    "INSERT INTO draw_receipts (lottery_id, number, digest, content, made_at)
       SELECT i, 0, '0000000000000000000000000000000000000000000000000000000000000000', '{}', 0 FROM n",
    "INSERT INTO draw_openings (lottery_id, user_id, asked_at) SELECT i, i, 0 FROM n",
    "INSERT INTO draw_walks (lottery_id, number, candidates) SELECT i, 0, '[]' FROM n",
    "INSERT INTO lottery_winners (lottery_id, ticket, user_id, role, place, hold_until, changed_at)
       SELECT i, 1, i, 'winner', 1, CASE WHEN i % 100 = 0 THEN i * 1000000 END, 0 FROM n",
];

pub fn newcomers(users: impl IntoIterator<Item = i64>) -> Vec<NewParticipant> {
    let newcomer = |user| NewParticipant {
        user: UserId::new(user),
        joined_at: at(1),
        source: JoinSource::Post,
        challenge: None,
        signals: Signals::NONE,
    };
    users.into_iter().map(newcomer).collect()
}

fn lottery(id: i64) -> Lottery {
    Lottery {
        id: LotteryId::new(id),
        code: Code::from_random(i128::from(id).to_be_bytes()),
        organizer: UserId::new(5),
        chat: ChatId::new(5),
        state: LotteryState::Draft,
        pause: None,
        template: Template::new("a".into(), None).unwrap(),
        settings: LotterySettings::default(),
        post: None,
        commitment: None,
        reopens: None,
        created_at: at(1),
        published_at: None,
        deleted_at: None,
    }
}

fn step(from: LotteryState, to: LotteryState) -> Transition {
    from.to(to).unwrap()
}

/// What the calls about lotteries themselves read as a whole.
pub async fn of_lotteries(db: Db) -> BTreeSet<String> {
    let (id, cancelled, user) = (LotteryId::new(1), LotteryId::new(52), UserId::new(5));
    let (chat, post) = (ChatId::new(4), MessageId::new(1));
    let (new, code) = (lottery(90_000), Code::parse("10000001").unwrap());
    let key = LotteryKey { created_at: at(0), id };
    let states = [LotteryState::Open, LotteryState::Announced];
    let pause = step(LotteryState::Open, LotteryState::Paused);
    let commitment = Commitment { mode: Mode::Beacon, hash: Hash::from_bytes([1; 32]) };
    let (secret, salt_key) = (Secret::new([1; 32]), SaltKey::new([1; 32]));
    let conditions = [Condition::Channel { chat }, Condition::Lottery { code: code.clone() }];
    let dirty = db.read().await.unwrap().lottery_counters().dirty(None, 1).await.unwrap().remove(0);
    scans! { db,
        lotteries.insert(&new);
        lotteries.get(id);
        lotteries.find_by_code(&code);
        lotteries.find_id(&code);
        lotteries.in_sight(user, 20);
        lotteries.edit(&lottery(1));
        lotteries.commit_to(id, &commitment);
        lotteries.take_over(id, user, UserId::new(6));
        lotteries.advance(id, pause, None, at(1));
        lotteries.is_carried_on(id);
        lotteries.record_post(id, post, 5, at(1));
        lotteries.lose_post(id, post);
        lottery_counters.rest(id);
        lottery_counters.go_on(id);
        lotteries.migrate(chat, ChatId::new(-9));
        lotteries.due_draws(at(500), 10);
        lotteries.deleted_before(at(500), 10);
        lotteries.erase(cancelled);
        lotteries.list(user, &states, Page::First, 8);
        lotteries.list(user, &states, Page::After(key), 8);
        lotteries.list(user, &states, Page::Before(key), 8);
        lotteries.in_chat(chat, &states, 10);
        lotteries.watch(chat, at(5_000));
        draw_secrets.insert(id, &secret, &salt_key);
        draw_secrets.get(id);
        conditions.list(id);
        conditions.replace(id, &conditions);
        conditions.about_chat(chat, 10);
        conditions.about_code(&code, 10);
        conditions.behind(LotteryId::new(19_001));
        conditions.migrate(chat, ChatId::new(-9));
        lottery_counters.get(id);
        lottery_counters.reach(id, 10);
        lottery_counters.dirty(None, 10);
        lottery_counters.dirty(Some((dirty.shown_at, dirty.lottery)), 10);
        lottery_counters.claim(&dirty, at(1));
        lottery_counters.record_shown(&dirty, at(1));
        lottery_counters.redraw(id);
        lottery_counters.redraw_in(chat);
        lottery_counters.unexamined(Some(id), 10);
        lottery_counters.record_examined(id, 5);
        users.newest();
        lotteries.lock(&code);
    }
}

fn channel(chat: ChatId) -> Channel {
    Channel {
        chat,
        kind: ChatKind::Channel,
        title: "a".into(),
        username: None,
        invite_link: None,
        linked: None,
        members: None,
        bot: Membership::Creator,
        checked_at: at(1),
    }
}

/// What the calls about chats and people in lotteries read as a whole.
pub async fn of_participants(db: Db) -> BTreeSet<String> {
    let (id, cancelled, user, chat) = (LotteryId::new(1), LotteryId::new(52), UserId::new(5), ChatId::new(4));
    let people = newcomers([5, 500, 50_000, 50_001]);
    let users = [UserId::new(5), UserId::new(500)];
    let (all, suspicious) = (ParticipantFilter::Everyone, ParticipantFilter::Suspicious);
    let ticket = Ticket::new(9_000);
    let channel = channel(chat);
    scans! { db,
        participants.join(id, &people);
        participants.application(id, user);
        participants.lock_terms(id);
        participants.tickets(id, &users);
        participants.withdraw(id, user, at(1));
        participants.exclude(id, &users, user, "r", at(1));
        participants.exclude_suspicious(id, ticket, 10, user, "r", at(1));
        participants.flag(id, user, Signals::NONE);
        participants.joins(id, ticket, 10);
        participants.near(id, user, 1_000, 5);
        participants.of_chat(chat, user, at(1));
        participants.purge(cancelled, 10);
        participants.list(id, all, Page::First, 8);
        participants.list(id, all, Page::After(ticket), 8);
        participants.list(id, all, Page::Before(ticket), 8);
        participants.list(id, suspicious, Page::First, 8);
        participants.list(id, suspicious, Page::After(ticket), 8);
        participants.list(id, suspicious, Page::Before(ticket), 8);
        participants.for_draw(id, Some(ticket), 1000);
        participants.with_tickets(id, &[ticket]);
        participants.carry(id, LotteryId::new(77), ticket, 10, at(1));
        participants.ticket(id, user);
        participants.get(id, user);
        participants.find_by_username(id, "U77", 5);
        participants.neighbours(id, user, 1_000, 5);
        participants.count_suspicious(id, 100);
        channels.save(&channel);
        channels.get(chat);
        channels.get_all(&[chat]);
        channels.lock(chat);
        channels.record_bot(chat, Membership::Left, at(1));
        channels.migrate(chat, ChatId::new(-9));
        channels.purge(&[chat]);
        user_channels.link(user, chat, at(1));
        user_channels.unlink(user, chat, at(1));
        user_channels.is_linked(user, chat);
        user_channels.list(user, None, 8);
        user_channels.list(user, Some(chat), 8);
        user_channels.list_before(user, chat, 8);
        user_channels.linked_by(chat, 8);
        user_channels.migrate(chat, ChatId::new(-9));
        user_channels.purge(at(500), 10);
        challenges.get(user, 5);
        challenges.save(user, 5, &Attempts::default(), at(1));
        challenges.purge(at(500), 10);
    }
}

/// What the calls about those who come and go read as a whole.
pub async fn of_memberships(db: Db) -> BTreeSet<String> {
    let (chat, user) = (ChatId::new(1), UserId::new(5));
    let users = [UserId::new(5), UserId::new(500)];
    let moments = users.map(|user| (user, at(9_000)));
    let event = MembershipEvent {
        chat,
        user,
        at: at(1),
        seq: Seq::new(1),
        actor: user,
        before: Membership::Left,
        after: Membership::Member,
    };
    scans! { db,
        membership_events.record(&event);
        membership_events.crossings(chat, &users, at(9_000));
        membership_events.newest_crossings(chat, &moments);
        membership_events.newest_entries(chat, &moments);
        membership_events.first_crossings(chat, &users, at(1));
        membership_events.history(chat, users[0], at(1));
        membership_events.migrate(ChatId::new(4), ChatId::new(-9));
        membership_events.purge(at(500), at(5_000), 10);
    }
}

/// What the calls about draws read as a whole.
pub async fn of_draws(db: Db) -> BTreeSet<String> {
    let (id, new, user) = (LotteryId::new(5_000), LotteryId::new(90_000), UserId::new(5_000));
    let (hash, ticket) = (Hash::of(&[]), Ticket::new(1));
    let terms = Terms::new(&serde_json::json!({"winners": 1, "reserves": 0})).unwrap();
    let freeze = FreezeRecord { attempt: 3, hash, round: None, post: None };
    let signature = Signature::parse(&"ab".repeat(48)).unwrap();
    let date = UnixSeconds::new(1);
    let post = Post { chat: ChatId::new(-1), message: MessageId::new(1), date };
    let document = DrawDocument { number: 9, digest: hash, content: "{}".into(), made_at: at(1) };
    let winner =
        Winner { ticket, user, role: WinnerRole::Winner, place: 1, hold_until: None, confirmed_at: None };
    scans! { db,
        draws.begin(new, 1, &terms, at(1));
        draws.get(id);
        draws.record_root(id, &hash);
        draws.record_beacon(id, &signature);
        draws.record_walk(id, 0, &[]);
        draws.complain(id, "a");
        draws.complains_of(id, "a");
        draws.content(id);
        draws.add_freeze(id, &freeze, at(1));
        draws.record_post(id, 0, &post);
        draws.freezes(id);
        draw_receipts.insert(id, &document);
        draw_receipts.count(id);
        draw_receipts.list(id);
        draw_openings.ask(id, user, at(1));
        draw_openings.list(id, 10);
        draw_openings.answer(id, user);
        winners.put(id, &winner, at(1));
        winners.list(id);
        winners.winners(id);
        winners.get(id, user);
        winners.confirm(id, user, at(1));
        winners.hold(id, at(1));
        winners.prolong(id, at(1));
        winners.settle(id, ticket);
        winners.replace(id, ticket, at(1));
        winners.is_held_in(ChatId::new(77));
        winners.on_hold(None, 10);
        winners.on_hold(Some((at(5_000), id, ticket)), 10);
    }
}
