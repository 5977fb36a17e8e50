//! What happened last is what counts, in whatever order it is heard; and how somebody came in or out.

use qura_domain::condition::Condition;
use qura_domain::ids::{ChatId, Seq, UserId};
use qura_domain::lottery::LotteryState;
use qura_domain::membership::{Membership, Rights};
use qura_domain::time::Timestamp;
use qura_storage::{Db, MembershipEvent, Recorded};

use crate::database::at;
use crate::lotteries::{opened, step};

on_both_databases! {
    the_newest_counts_in_whatever_order_it_is_heard,
    who_acted_is_kept,
    a_lifted_ban_says_nothing_of_how_somebody_went,
    a_ban_after_leaving_is_not_a_removal,
    what_was_at_a_moment_can_be_asked,
    each_is_asked_about_at_a_moment_of_their_own,
    ways_in_are_told_from_ways_out_and_from_changes,
    what_came_first_tells_where_somebody_was,
    a_history_is_one_persons_in_one_chat,
    old_events_are_forgotten,
    what_happened_in_a_group_happened_in_its_supergroup,
    events_are_kept_as_long_as_a_lottery_rests_on_their_chat,
}

const CHAT: ChatId = ChatId::new(-5);
const END: Timestamp = Timestamp::from_micros(i64::MAX);

fn event(user: i64, secs: i64, seq: i64, after: Membership) -> MembershipEvent {
    MembershipEvent {
        chat: CHAT,
        user: UserId::new(user),
        at: at(secs),
        seq: Seq::new(seq),
        actor: UserId::new(user),
        before: if after.is_inside() { Membership::Left } else { Membership::Member },
        after,
    }
}

async fn crossing(db: &Db, user: i64) -> Option<MembershipEvent> {
    let found = read!(db, membership_events().crossings(CHAT, &[UserId::new(user)], END));
    assert!(found.len() <= 1, "{found:?}");
    found.into_iter().next()
}

async fn the_newest_counts_in_whatever_order_it_is_heard(db: Db) {
    let joined = event(1, 10, 100, Membership::Member);
    let left = event(1, 20, 101, Membership::Left);
    let back = event(1, 20, 102, Membership::Administrator(Rights::ALL));
    assert_eq!(committed!(db, membership_events().record(&left)), Recorded::Newest);
    assert_eq!(committed!(db, membership_events().record(&joined)), Recorded::Late);
    assert_eq!(crossing(&db, 1).await, Some(left));
    // In the same second the number of the update decides.
    assert_eq!(committed!(db, membership_events().record(&back)), Recorded::Newest);
    for again in [joined, left, back] {
        assert_eq!(committed!(db, membership_events().record(&again)), Recorded::Again);
    }
    assert_eq!(crossing(&db, 1).await, Some(back));
    // An event of somebody else, or elsewhere, does not make it late.
    let elsewhere = MembershipEvent { chat: ChatId::new(-6), ..event(1, 5, 90, Membership::Member) };
    assert_eq!(committed!(db, membership_events().record(&elsewhere)), Recorded::Newest);
    let other = event(2, 1, 80, Membership::Member);
    assert_eq!(committed!(db, membership_events().record(&other)), Recorded::Newest);
}

async fn who_acted_is_kept(db: Db) {
    let by =
        |actor: i64| MembershipEvent { actor: UserId::new(actor), ..event(1, 10, 100, Membership::Kicked) };
    let removed = by(99);
    committed!(db, membership_events().record(&removed));
    assert_eq!(crossing(&db, 1).await, Some(removed));
    assert!(removed.was_removed() && !removed.has_left());
    assert!(by(1).has_left() && !by(1).was_removed());
    assert!(!MembershipEvent { after: Membership::Restricted { is_member: true }, ..by(1) }.has_left());
    assert!(!MembershipEvent { before: Membership::Left, ..by(1) }.has_left());
}

async fn a_lifted_ban_says_nothing_of_how_somebody_went(db: Db) {
    let admin = UserId::new(99);
    let banned = MembershipEvent { actor: admin, ..event(1, 10, 100, Membership::Kicked) };
    let lifted =
        MembershipEvent { actor: admin, before: Membership::Kicked, ..event(1, 20, 101, Membership::Left) };
    committed!(db, membership_events().record(&banned));
    assert_eq!(committed!(db, membership_events().record(&lifted)), Recorded::Newest);
    assert_eq!(crossing(&db, 1).await, Some(banned));
}

async fn a_ban_after_leaving_is_not_a_removal(db: Db) {
    let left = event(1, 10, 100, Membership::Left);
    let banned = MembershipEvent {
        actor: UserId::new(99),
        before: Membership::Left,
        ..event(1, 20, 101, Membership::Kicked)
    };
    committed!(db, membership_events().record(&left));
    committed!(db, membership_events().record(&banned));
    assert!(crossing(&db, 1).await.is_some_and(|event| event.has_left()));
    // A new right is no way in.
    let inside = event(1, 30, 102, Membership::Member);
    let promoted = MembershipEvent {
        before: Membership::Member,
        ..event(1, 40, 103, Membership::Administrator(Rights::ALL))
    };
    committed!(db, membership_events().record(&inside));
    committed!(db, membership_events().record(&promoted));
    assert_eq!(crossing(&db, 1).await, Some(inside));
}

async fn what_was_at_a_moment_can_be_asked(db: Db) {
    for (user, secs, seq, after) in [
        (1, 10, 1, Membership::Member),
        (1, 30, 2, Membership::Left),
        (2, 20, 3, Membership::Member),
        (3, 40, 4, Membership::Member),
    ] {
        committed!(db, membership_events().record(&event(user, secs, seq, after)));
    }
    let inside = |secs: i64| {
        let db = db.clone();
        async move {
            let users = [1, 2, 3, 4].map(UserId::new);
            let mut found = read!(db, membership_events().crossings(CHAT, &users, at(secs)));
            found.retain(|event| event.after.is_inside());
            found.sort_by_key(|event| event.user);
            found.iter().map(|event| event.user.get()).collect::<Vec<_>>()
        }
    };
    assert_eq!(inside(9).await, Vec::<i64>::new());
    assert_eq!(inside(10).await, [1]);
    assert_eq!(inside(29).await, [1, 2]);
    assert_eq!(inside(30).await, [2]);
    assert_eq!(inside(40).await, [2, 3]);
    assert_eq!(read!(db, membership_events().crossings(CHAT, &[], END)), []);
}

async fn a_history_is_one_persons_in_one_chat(db: Db) {
    let mine = [event(1, 30, 5, Membership::Left), event(1, 20, 9, Membership::Member)];
    let others = [
        event(2, 25, 6, Membership::Left),
        MembershipEvent { chat: ChatId::new(-6), ..event(1, 25, 7, Membership::Left) },
    ];
    for known in mine.iter().chain(&others) {
        committed!(db, membership_events().record(known));
    }
    let history = async |since| read!(db, membership_events().history(CHAT, UserId::new(1), at(since)));
    assert_eq!(history(20).await, [mine[1], mine[0]]);
    assert_eq!(history(21).await, [mine[0]]);
    assert_eq!(history(31).await, []);
}

async fn old_events_are_forgotten(db: Db) {
    for (user, secs) in [(1, 10), (2, 20), (3, 30)] {
        committed!(db, membership_events().record(&event(user, secs, secs, Membership::Member)));
    }
    assert_eq!(committed!(db, membership_events().purge(at(10), END, 9)), 0);
    assert_eq!(committed!(db, membership_events().purge(at(30), END, 1)), 1);
    assert_eq!(committed!(db, membership_events().purge(at(30), END, 9)), 1);
    let users = [1, 2, 3].map(UserId::new);
    let left = read!(db, membership_events().crossings(CHAT, &users, END));
    assert_eq!(left.iter().map(|event| event.user.get()).collect::<Vec<_>>(), [3]);
}

async fn what_happened_in_a_group_happened_in_its_supergroup(db: Db) {
    let (from, to) = (CHAT, ChatId::new(-1_000_005));
    let removed = MembershipEvent { actor: UserId::new(99), ..event(1, 10, 100, Membership::Kicked) };
    let elsewhere = MembershipEvent { chat: ChatId::new(-6), ..event(1, 11, 101, Membership::Left) };
    let there = MembershipEvent { chat: to, ..event(1, 10, 102, Membership::Left) };
    for known in [removed, elsewhere, there] {
        committed!(db, membership_events().record(&known));
    }
    assert_eq!(committed!(db, membership_events().migrate(from, to)), 1);
    // Told twice: in the old chat and in the new one.
    assert_eq!(committed!(db, membership_events().migrate(from, to)), 0);
    assert_eq!(read!(db, membership_events().crossings(from, &[UserId::new(1)], END)), []);
    assert_eq!(read!(db, membership_events().crossings(to, &[UserId::new(1)], END)), [there]);
    assert_eq!(committed!(db, membership_events().purge(at(11), END, 10)), 2);
    assert_eq!(
        read!(db, membership_events().crossings(ChatId::new(-6), &[UserId::new(1)], END)),
        [elsewhere]
    );
}

async fn events_are_kept_as_long_as_a_lottery_rests_on_their_chat(db: Db) {
    use LotteryState::{Announced, Cancelled, Drawing, Drawn, Frozen, Open};
    let (own, asked) = (opened(&db, 1).await, opened(&db, 2).await);
    let chat = read!(db, lotteries().get(own)).unwrap().chat;
    committed!(db, conditions().replace(asked, &[Condition::Channel { chat: CHAT }]));
    for chat in [chat, CHAT] {
        committed!(
            db,
            membership_events().record(&MembershipEvent { chat, ..event(1, 10, 1, Membership::Left) })
        );
    }
    assert_eq!(committed!(db, membership_events().purge(at(30), END, 9)), 0);
    assert!(committed!(db, lotteries().advance(asked, step(Open, Frozen), None, at(40))));
    assert_eq!(committed!(db, membership_events().purge(at(30), END, 9)), 0);
    assert!(committed!(db, lotteries().advance(own, step(Open, Cancelled), None, at(50))));
    // One closed at 40, the other at 50: as long as somebody asks who stayed, all is kept.
    assert_eq!(committed!(db, membership_events().purge(at(30), at(40), 9)), 0);
    assert_eq!(committed!(db, membership_events().purge(at(30), at(51), 9)), 0, "one is not drawn yet");
    for (from, to) in [(Frozen, Drawing), (Drawing, Drawn), (Drawn, Announced)] {
        assert!(committed!(db, lotteries().advance(asked, step(from, to), None, at(60))));
    }
    assert_eq!(committed!(db, membership_events().purge(at(30), at(40), 9)), 0);
    assert_eq!(committed!(db, membership_events().purge(at(30), at(41), 9)), 1);
    assert_eq!(committed!(db, membership_events().purge(at(30), at(51), 9)), 1);
}

/// The seconds of what was found.
fn seconds(found: Vec<Option<MembershipEvent>>) -> Vec<Option<i64>> {
    found.into_iter().map(|event| event.map(|event| event.at.secs())).collect()
}

async fn each_is_asked_about_at_a_moment_of_their_own(db: Db) {
    for (user, secs, seq, after) in [
        (1, 10, 1, Membership::Member),
        (1, 30, 2, Membership::Left),
        (2, 20, 3, Membership::Member),
        (2, 20, 4, Membership::Left),
    ] {
        committed!(db, membership_events().record(&event(user, secs, seq, after)));
    }
    let elsewhere = MembershipEvent { chat: ChatId::new(-6), ..event(1, 15, 9, Membership::Left) };
    committed!(db, membership_events().record(&elsewhere));
    // The same person more than once, in any order, and somebody of whom nothing was heard.
    let asked =
        [(1, 30), (3, 99), (1, 9), (2, 20), (1, 29)].map(|(user, secs)| (UserId::new(user), at(secs)));
    let found = read!(db, membership_events().newest_crossings(CHAT, &asked));
    assert!(found[3].is_some_and(|event| event.has_left()), "the later of one second");
    assert_eq!(seconds(found), [Some(30), None, None, Some(20), Some(10)]);
    assert_eq!(read!(db, membership_events().newest_crossings(CHAT, &[])), []);
}

async fn ways_in_are_told_from_ways_out_and_from_changes(db: Db) {
    let restricted = |is_member| Membership::Restricted { is_member };
    let outside = [Membership::Left, Membership::Kicked, restricted(false)];
    let inside =
        [Membership::Member, restricted(true), Membership::Creator, Membership::Administrator(Rights::ALL)];
    let pairs = |from: &[Membership], to: &[Membership]| {
        let to = to.to_vec();
        from.iter()
            .flat_map(move |before| to.clone().into_iter().map(|after| (*before, after)))
            .collect::<Vec<_>>()
    };
    let ways_in = pairs(&outside, &inside);
    let others = [pairs(&inside, &outside), pairs(&inside, &inside), pairs(&outside, &outside)].concat();
    let count = ways_in.len() + others.len();
    for (user, (before, after)) in (1..).zip(ways_in.iter().chain(&others)) {
        let moved = MembershipEvent { before: *before, ..event(user, 10, user, *after) };
        committed!(db, membership_events().record(&moved));
    }
    let asked: Vec<_> = (1..=count).map(|user| (UserId::new(user as i64), at(10))).collect();
    let found = read!(db, membership_events().newest_entries(CHAT, &asked));
    let came: Vec<bool> = found.iter().map(Option::is_some).collect();
    assert_eq!(came, (0..count).map(|place| place < ways_in.len()).collect::<Vec<_>>());
    // Who left since came in all the same, at the latest time that is asked about.
    for (secs, after) in [(20, Membership::Left), (30, Membership::Member), (40, Membership::Left)] {
        committed!(db, membership_events().record(&event(1, secs, 1_000 + secs, after)));
    }
    let asked = [9, 10, 29, 30, 99].map(|secs| (UserId::new(1), at(secs)));
    let found = read!(db, membership_events().newest_entries(CHAT, &asked));
    assert_eq!(seconds(found), [None, Some(10), Some(10), Some(30), Some(30)]);
    assert_eq!(read!(db, membership_events().newest_entries(CHAT, &[])), []);
}

async fn what_came_first_tells_where_somebody_was(db: Db) {
    for (user, secs, seq, after) in [
        (1, 10, 2, Membership::Member),
        (1, 20, 4, Membership::Left),
        (1, 20, 3, Membership::Member),
        (2, 30, 5, Membership::Left),
    ] {
        committed!(db, membership_events().record(&event(user, secs, seq, after)));
    }
    let promoted = MembershipEvent { before: Membership::Member, ..event(2, 25, 6, Membership::Creator) };
    committed!(db, membership_events().record(&promoted));
    let users = [3, 2, 1].map(UserId::new);
    let first = async |secs| read!(db, membership_events().first_crossings(CHAT, &users, at(secs)));
    assert_eq!(seconds(first(9).await), [None, Some(30), Some(10)]);
    let found = first(10).await;
    assert!(found[2].is_some_and(|event| event.after.is_inside()), "the earlier of one second");
    assert!(found[1].is_some_and(|event| event.before.is_inside()));
    assert_eq!(seconds(found), [None, Some(30), Some(20)]);
    assert_eq!(seconds(first(30).await), [None, None, None]);
}
