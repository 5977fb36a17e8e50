//! Lotteries: from the draft to the announcement, by allowed steps, each taken once.

use qura_domain::code::Code;
use qura_domain::draw::commitment::{Mode, SaltKey, Secret};
use qura_domain::draw::hash::Hash;
use qura_domain::ids::{ChatId, LotteryId, MessageId, UserId};
use qura_domain::lottery::{
    AutoDraw, Commitment, Lottery, LotterySettings, LotteryState, PauseReason, Publication, Transition,
};
use qura_domain::template::{Media, MediaKind, Template};
use qura_domain::text::{EntityKind, RichText};
use qura_storage::{Db, LotteryKey, PAGE_ROWS, Page};

use crate::database::at;

on_both_databases! {
    a_draft_comes_back_as_it_was_written,
    a_code_belongs_to_one_lottery,
    a_draft_is_edited_until_it_is_frozen,
    a_step_is_taken_once_and_only_from_its_own_state,
    of_several_steps_at_once_one_is_taken,
    to_cancel_is_to_delete_softly,
    one_is_carried_on_with_for_good_once_the_other_is_published,
    the_commitment_and_the_secrets_are_fixed_once,
    a_lost_post_is_told_of_once,
    times_that_have_come_are_found_in_their_order,
    an_organizer_pages_through_what_is_theirs,
    in_sight_is_what_is_open_and_ones_own_or_joined,
    a_chat_knows_what_runs_in_it,
    a_group_takes_its_lotteries_along,
    another_administrator_takes_over_once,
    what_was_deleted_is_purged_when_it_is_empty,
}

pub const ORGANIZER: UserId = UserId::new(500);
pub const CHAT: ChatId = ChatId::new(-1_000_700);

/// A draft. Its code is made of its id.
pub fn draft(id: i64) -> Lottery {
    Lottery {
        id: LotteryId::new(id),
        code: Code::from_random(i128::from(id).to_be_bytes()),
        organizer: ORGANIZER,
        chat: CHAT,
        state: LotteryState::Draft,
        pause: None,
        template: Template::new("سحب على 🎁".into(), None).unwrap(),
        settings: LotterySettings::default(),
        post: None,
        commitment: None,
        reopens: None,
        created_at: at(id),
        published_at: None,
        deleted_at: None,
    }
}

pub fn step(from: LotteryState, to: LotteryState) -> Transition {
    from.to(to).unwrap()
}

/// Takes a lottery through the given states, from the draft on.
pub async fn advance(db: &Db, id: LotteryId, states: &[LotteryState]) {
    let mut from = LotteryState::Draft;
    for to in states {
        assert!(committed!(db, lotteries().advance(id, step(from, *to), None, at(50))), "{from:?} {to:?}");
        from = *to;
    }
}

/// An open lottery.
pub async fn opened(db: &Db, id: i64) -> LotteryId {
    assert!(committed!(db, lotteries().insert(&draft(id))));
    advance(db, LotteryId::new(id), &[LotteryState::Open]).await;
    LotteryId::new(id)
}

async fn a_draft_comes_back_as_it_was_written(db: Db) {
    let mut text = RichText::plain("أهلاً 🎉 ");
    text.push_styled(EntityKind::CustomEmoji { custom_emoji_id: "53".into() }, "🎁");
    text.push_styled(EntityKind::Pre { language: Some("rust".into()) }, "x");
    let media = Media { has_spoiler: true, ..Media::new(MediaKind::Animation, "AgAD\"'\\") };
    let written = Lottery {
        template: Template::new(text, Some(media)).unwrap(),
        settings: LotterySettings {
            winners: 7,
            reserves: Some(0),
            challenge: None,
            publication: Publication::At(at(100)),
            auto_draw: AutoDraw::AtCount(99),
            ..LotterySettings::default()
        },
        reopens: Some(LotteryId::new(3)),
        ..draft(4)
    };
    assert!(committed!(db, lotteries().insert(&written)));
    assert_eq!(read!(db, lotteries().get(written.id)), Some(written.clone()));
    assert_eq!(read!(db, lotteries().find_by_code(&written.code)), Some(written));
    assert_eq!(read!(db, lotteries().get(LotteryId::new(5))), None);
    assert_eq!(read!(db, lotteries().find_by_code(&draft(5).code)), None);
}

async fn a_code_belongs_to_one_lottery(db: Db) {
    assert!(committed!(db, lotteries().insert(&draft(1))));
    let same_code = Lottery { code: draft(1).code, ..draft(2) };
    assert!(!committed!(db, lotteries().insert(&same_code)));
    assert_eq!(read!(db, lotteries().get(LotteryId::new(2))), None);
    // Codes tell capitals from small letters.
    let [small, capital] = ["abcdefgh", "ABCDEFGH"].map(|code| Code::parse(code).unwrap());
    assert!(committed!(db, lotteries().insert(&Lottery { code: small.clone(), ..draft(3) })));
    assert!(committed!(db, lotteries().insert(&Lottery { code: capital, ..draft(4) })));
    assert_eq!(read!(db, lotteries().find_by_code(&small)).unwrap().id, LotteryId::new(3));
}

async fn one_is_carried_on_with_for_good_once_the_other_is_published(db: Db) {
    use LotteryState::{Announced, Cancelled, Draft, Drawing, Drawn, Frozen, Open, Reopened, Scheduled};
    let old = LotteryId::new(1);
    committed!(db, lotteries().insert(&draft(1)));
    advance(&db, old, &[Open, Frozen, Drawing, Drawn, Announced]).await;
    assert!(!read!(db, lotteries().is_carried_on(old)));
    for (id, outcome) in [(2, Cancelled), (3, Open)] {
        let new = Lottery { reopens: Some(old), ..draft(id) };
        committed!(db, lotteries().insert(&new));
        committed!(db, lotteries().advance(old, step(Announced, Reopened), None, at(60)));
        assert!(!read!(db, lotteries().is_carried_on(old)));
        advance(&db, new.id, &[Scheduled]).await;
        assert!(!read!(db, lotteries().is_carried_on(old)));
        committed!(db, lotteries().advance(new.id, step(Scheduled, Draft), None, at(60)));
        committed!(db, lotteries().advance(new.id, step(Draft, outcome), None, at(60)));
        if outcome == Cancelled {
            committed!(db, lotteries().advance(old, step(Reopened, Announced), None, at(60)));
        }
        assert_eq!(read!(db, lotteries().is_carried_on(old)), outcome == Open);
    }
}

async fn a_draft_is_edited_until_it_is_frozen(db: Db) {
    use LotteryState::{Frozen, Open};
    committed!(db, lotteries().insert(&draft(1)));
    let edited = Lottery {
        chat: ChatId::new(-9),
        template: Template::new("جديد".into(), None).unwrap(),
        settings: LotterySettings { winners: 3, ..LotterySettings::default() },
        ..draft(1)
    };
    assert!(committed!(db, lotteries().edit(&edited)));
    assert_eq!(read!(db, lotteries().get(edited.id)), Some(edited.clone()));
    advance(&db, edited.id, &[Open]).await;
    assert!(committed!(db, lotteries().edit(&draft(1))));
    assert!(committed!(db, lotteries().advance(edited.id, step(Open, Frozen), None, at(60))));
    assert!(!committed!(db, lotteries().edit(&edited)));
    assert_eq!(read!(db, lotteries().get(edited.id)).unwrap().settings, LotterySettings::default());
}

async fn a_step_is_taken_once_and_only_from_its_own_state(db: Db) {
    use LotteryState::{Draft, Open, Paused};
    committed!(db, lotteries().insert(&draft(1)));
    let id = LotteryId::new(1);
    let go = |from, to| (id, step(from, to), Some(PauseReason::RightsLost));
    let (id, publish, reason) = go(Draft, Open);
    assert!(committed!(db, lotteries().advance(id, publish, reason, at(10))));
    assert!(!committed!(db, lotteries().advance(id, publish, reason, at(11))));
    let lottery = read!(db, lotteries().get(id)).unwrap();
    assert_eq!((lottery.state, lottery.pause, lottery.published_at), (Open, None, Some(at(10))));

    let (id, pause, reason) = go(Open, Paused);
    assert!(committed!(db, lotteries().advance(id, pause, reason, at(20))));
    let lottery = read!(db, lotteries().get(id)).unwrap();
    assert_eq!((lottery.state, lottery.pause), (Paused, Some(PauseReason::RightsLost)));

    assert!(committed!(db, lotteries().advance(id, step(Paused, Open), None, at(30))));
    let lottery = read!(db, lotteries().get(id)).unwrap();
    // When it was published does not change by a pause.
    assert_eq!((lottery.state, lottery.pause, lottery.published_at), (Open, None, Some(at(10))));
    let nobody = LotteryId::new(99);
    assert!(!committed!(db, lotteries().advance(nobody, publish, None, at(40))));
}

async fn of_several_steps_at_once_one_is_taken(db: Db) {
    use LotteryState::{Cancelled, Frozen, Open, Paused};
    for round in 0..5 {
        let id = opened(&db, 10 + round).await;
        let tasks: Vec<_> = [Frozen, Cancelled, Paused, Frozen]
            .into_iter()
            .map(|to| {
                let db = db.clone();
                tokio::spawn(async move {
                    committed!(db, lotteries().advance(id, step(Open, to), None, at(60))).then_some(to)
                })
            })
            .collect();
        let mut taken = Vec::new();
        for task in tasks {
            taken.extend(task.await.unwrap());
        }
        assert_eq!(taken.len(), 1, "{taken:?}");
        assert_eq!(read!(db, lotteries().get(id)).unwrap().state, taken[0]);
    }
}

async fn to_cancel_is_to_delete_softly(db: Db) {
    use LotteryState::{Cancelled, Draft, Open};
    let id = opened(&db, 1).await;
    assert!(committed!(db, lotteries().advance(id, step(Open, Cancelled), None, at(70))));
    let lottery = read!(db, lotteries().find_by_code(&draft(1).code)).unwrap();
    assert_eq!((lottery.state, lottery.deleted_at), (Cancelled, Some(at(70))));
    // What people saw stays among what has ended; a draft that nobody saw is gone.
    committed!(db, lotteries().insert(&draft(2)));
    assert!(committed!(db, lotteries().advance(LotteryId::new(2), step(Draft, Cancelled), None, at(71))));
    let listed = read!(db, lotteries().list(ORGANIZER, &LotteryState::ALL, Page::First, 8));
    assert_eq!(listed.iter().map(|lottery| lottery.id).collect::<Vec<_>>(), [id]);
}

async fn the_commitment_and_the_secrets_are_fixed_once(db: Db) {
    committed!(db, lotteries().insert(&draft(1)));
    let id = LotteryId::new(1);
    let commitment = |byte| Commitment { mode: Mode::Beacon, hash: Hash::from_bytes([byte; 32]) };
    assert!(committed!(db, lotteries().commit_to(id, &commitment(0xa1))));
    assert!(!committed!(db, lotteries().commit_to(id, &commitment(0xb2))));
    assert_eq!(read!(db, lotteries().get(id)).unwrap().commitment, Some(commitment(0xa1)));

    let keys = |byte| (Secret::new([byte; 32]), SaltKey::new([byte + 1; 32]));
    let (secret, salt_key) = keys(7);
    assert_eq!(read!(db, draw_secrets().get(id)), None);
    assert!(committed!(db, draw_secrets().insert(id, &secret, &salt_key)));
    let (other, other_key) = keys(9);
    assert!(!committed!(db, draw_secrets().insert(id, &other, &other_key)));
    assert_eq!(read!(db, draw_secrets().get(id)), Some((secret, salt_key)));
}

async fn a_lost_post_is_told_of_once(db: Db) {
    let id = opened(&db, 1).await;
    let (old, new) = (MessageId::new(11), MessageId::new(12));
    committed!(db, lotteries().record_post(id, old, 0, at(1)));
    assert_eq!(read!(db, lotteries().get(id)).unwrap().post, Some(old));
    committed!(db, lotteries().record_post(id, new, 0, at(2)));
    // An edit of the old one, which was under way, failed: the new one stands.
    assert!(!committed!(db, lotteries().lose_post(id, old)));
    assert!(committed!(db, lotteries().lose_post(id, new)));
    assert!(!committed!(db, lotteries().lose_post(id, new)));
    assert_eq!(read!(db, lotteries().get(id)).unwrap().post, None);
    committed!(db, lottery_counters().redraw(id));
    assert_eq!(read!(db, lottery_counters().dirty(None, 9)), []);
}

async fn times_that_have_come_are_found_in_their_order(db: Db) {
    use LotteryState::{Draft, Open, Paused, Scheduled};
    let timed = |id: i64, publish: i64, draw: i64| Lottery {
        settings: LotterySettings {
            publication: Publication::At(at(publish)),
            auto_draw: AutoDraw::At(at(draw)),
            ..LotterySettings::default()
        },
        ..draft(id)
    };
    for (id, publish, draw) in [(1, 300, 900), (2, 100, 800), (3, 200, 700), (4, 100, 600)] {
        committed!(db, lotteries().insert(&timed(id, publish, draw)));
        if id < 4 {
            advance(&db, LotteryId::new(id), &[Scheduled]).await;
        }
    }
    let ids = |ids: &[i64]| ids.iter().copied().map(LotteryId::new).collect::<Vec<_>>();
    // The fourth is still a draft.
    for id in ids(&[1, 2, 3]) {
        assert!(committed!(db, lotteries().advance(id, step(Scheduled, Open), None, at(400))));
    }
    assert_eq!(read!(db, lotteries().due_draws(at(699), 9)), []);
    assert_eq!(read!(db, lotteries().due_draws(at(900), 9)), ids(&[3, 2, 1]));
    let [first] = [LotteryId::new(3)];
    assert!(committed!(db, lotteries().advance(first, step(Open, Paused), None, at(500))));
    assert_eq!(read!(db, lotteries().due_draws(at(900), 9)), ids(&[2, 1]));
    assert!(committed!(db, lotteries().advance(LotteryId::new(4), step(Draft, Open), None, at(500))));
    // Edited: the time is another one, or none.
    assert!(committed!(db, lotteries().edit(&timed(4, 100, 950))));
    assert!(committed!(db, lotteries().edit(&draft(2))));
    assert_eq!(read!(db, lotteries().due_draws(at(960), 9)), ids(&[1, 4]));
}

async fn an_organizer_pages_through_what_is_theirs(db: Db) {
    use LotteryState::{Draft, Open};
    for id in 1..=20 {
        // Pairs of the same moment.
        committed!(db, lotteries().insert(&Lottery { created_at: at(id / 2), ..draft(id) }));
    }
    committed!(db, lotteries().insert(&Lottery { organizer: UserId::new(501), ..draft(21) }));
    advance(&db, LotteryId::new(7), &[Open]).await;
    let list = |states: &'static [LotteryState], page| {
        let db = db.clone();
        async move { read!(db, lotteries().list(ORGANIZER, states, page, PAGE_ROWS)) }
    };
    let ids = |page: &[Lottery]| page.iter().map(|lottery| lottery.id.get()).collect::<Vec<_>>();
    let first = list(&[Draft, Open], Page::First).await;
    assert_eq!(ids(&first), (13..=20).rev().collect::<Vec<_>>());
    let second = list(&[Draft, Open], Page::After(LotteryKey::of(&first[7]))).await;
    assert_eq!(ids(&second), (5..=12).rev().collect::<Vec<_>>());
    let third = list(&[Draft, Open], Page::After(LotteryKey::of(&second[7]))).await;
    assert_eq!(ids(&third), [4, 3, 2, 1]);
    assert_eq!(list(&[Draft, Open], Page::After(LotteryKey::of(&third[3]))).await, []);
    let back = list(&[Draft, Open], Page::Before(LotteryKey::of(&third[0]))).await;
    assert_eq!(back, second);
    assert_eq!(list(&[Draft, Open], Page::Before(LotteryKey::of(&back[0]))).await, first);
    assert_eq!(ids(&list(&[Open], Page::First).await), [7]);
    let drafts = list(&[Draft], Page::After(LotteryKey::of(&first[7]))).await;
    assert_eq!(ids(&drafts), [12, 11, 10, 9, 8, 6, 5, 4]);
    assert_eq!(list(&[], Page::First).await, []);
}

async fn in_sight_is_what_is_open_and_ones_own_or_joined(db: Db) {
    use LotteryState::{Cancelled, Frozen, Open, Paused};
    let somebody = UserId::new(7);
    let foreign = |id: i64| Lottery { organizer: UserId::new(501), ..draft(id) };
    for id in 1..=4 {
        committed!(db, lotteries().insert(&draft(id)));
    }
    for id in 11..=15 {
        committed!(db, lotteries().insert(&foreign(id)));
        advance(&db, LotteryId::new(id), &[Open]).await;
    }
    // Of the own ones 1 is a draft, 3 paused and 4 cancelled.
    for (id, states) in [(2, &[Open][..]), (3, &[Open, Paused]), (4, &[Open, Cancelled])] {
        advance(&db, LotteryId::new(id), states).await;
    }
    // Both are in 2, which is the organizer's own, and in 11 to 14; 15 is nobody's.
    let people = [ORGANIZER, somebody].map(|user| crate::participants::newcomer(user.get()));
    for id in [2, 11, 12, 13, 14] {
        committed!(db, participants().join(LotteryId::new(id), &people)).unwrap();
    }
    committed!(db, participants().withdraw(LotteryId::new(12), somebody, at(60)));
    let excluded = [somebody];
    committed!(db, participants().exclude(LotteryId::new(13), &excluded, ORGANIZER, "r", at(60)));
    committed!(db, lotteries().advance(LotteryId::new(14), step(Open, Frozen), None, at(60)));

    let sight = async |person: UserId, limit: u32| {
        let lotteries = read!(db, lotteries().in_sight(person, limit));
        lotteries.iter().map(|lottery| lottery.id.get()).collect::<Vec<_>>()
    };
    assert_eq!(sight(somebody, 9).await, [11, 2]);
    assert_eq!(sight(ORGANIZER, 9).await, [13, 12, 11, 2]);
    assert_eq!(sight(ORGANIZER, 2).await, [13, 12]);
    assert!(sight(UserId::new(8), 9).await.is_empty());
}

async fn a_chat_knows_what_runs_in_it(db: Db) {
    use LotteryState::{Draft, Open, Scheduled};
    for id in [3, 1, 2] {
        committed!(db, lotteries().insert(&draft(id)));
    }
    committed!(db, lotteries().insert(&Lottery { chat: ChatId::new(-8), ..draft(4) }));
    advance(&db, LotteryId::new(3), &[Open]).await;
    advance(&db, LotteryId::new(1), &[Scheduled]).await;
    let found = read!(db, lotteries().in_chat(CHAT, &[Open, Scheduled], 9));
    let found: Vec<_> = found.iter().map(|l| (l.id.get(), l.state, l.organizer, l.code.clone())).collect();
    let expected = |id, state| (id, state, ORGANIZER, draft(id).code);
    assert_eq!(found, [expected(1, Scheduled), expected(3, Open)]);
    assert_eq!(read!(db, lotteries().in_chat(CHAT, &[Draft, Open, Scheduled], 1)).len(), 1);
    assert_eq!(read!(db, lotteries().in_chat(ChatId::new(-9), &LotteryState::ALL, 9)), []);
}

async fn a_group_takes_its_lotteries_along(db: Db) {
    use LotteryState::{Cancelled, Open};
    let to = ChatId::new(-1_000_701);
    for id in 1..=3 {
        opened(&db, id).await;
    }
    for id in [1, 3] {
        committed!(db, lotteries().record_post(LotteryId::new(id), MessageId::new(id), 5, at(1)));
    }
    assert!(committed!(db, lotteries().advance(LotteryId::new(3), step(Open, Cancelled), None, at(9))));
    assert_eq!(committed!(db, lotteries().migrate(CHAT, to)), [LotteryId::new(1)]);
    for id in 1..=3 {
        let lottery = read!(db, lotteries().get(LotteryId::new(id))).unwrap();
        assert_eq!((lottery.chat, lottery.post), (to, None));
    }
    // Nothing is edited in the old chat.
    assert_eq!(read!(db, lottery_counters().dirty(None, 9)), []);
    assert_eq!(committed!(db, lotteries().migrate(CHAT, to)), []);
}

async fn another_administrator_takes_over_once(db: Db) {
    committed!(db, lotteries().insert(&draft(1)));
    let id = LotteryId::new(1);
    let [a, b] = [501, 502].map(UserId::new);
    assert!(committed!(db, lotteries().take_over(id, ORGANIZER, a)));
    assert!(!committed!(db, lotteries().take_over(id, ORGANIZER, b)));
    assert_eq!(read!(db, lotteries().get(id)).unwrap().organizer, a);
}

async fn what_was_deleted_is_purged_when_it_is_empty(db: Db) {
    use LotteryState::{Cancelled, Open};
    let (id, other) = (opened(&db, 1).await, opened(&db, 2).await);
    let people: Vec<_> = (1..=5).map(crate::participants::newcomer).collect();
    committed!(db, participants().join(id, &people)).unwrap();
    committed!(db, participants().join(other, &people)).unwrap();
    assert_eq!(committed!(db, participants().purge(id, 9)), 0);
    assert_eq!(committed!(db, lotteries().erase(id)), None);
    assert!(committed!(db, lotteries().advance(id, step(Open, Cancelled), None, at(70))));
    let ended = read!(db, lotteries().list(ORGANIZER, &[Cancelled], Page::First, 9));
    assert_eq!(ended.iter().map(|lottery| lottery.id).collect::<Vec<_>>(), [id]);
    assert_eq!(read!(db, lotteries().deleted_before(at(70), 9)), []);
    assert_eq!(read!(db, lotteries().deleted_before(at(71), 9)), [id]);
    assert_eq!(committed!(db, lotteries().erase(id)), None);
    assert_eq!(committed!(db, participants().purge(id, 3)), 3);
    assert_eq!(committed!(db, participants().purge(id, 3)), 2);
    assert_eq!(committed!(db, lotteries().erase(id)), Some(vec![CHAT]));
    assert_eq!(read!(db, lotteries().get(id)), None);
    assert_eq!(read!(db, lottery_counters().get(id)), None);
    assert_eq!(read!(db, lottery_counters().get(other)).unwrap().participants, 5);
}
