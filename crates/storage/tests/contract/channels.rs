//! Channels are what Telegram last told of them; each person has a link of their own to them.

use qura_domain::channel::Channel;
use qura_domain::chat::ChatKind;
use qura_domain::condition::Condition;
use qura_domain::ids::{ChatId, UserId};
use qura_domain::membership::{Membership, Rights};
use qura_storage::Db;

use crate::database::at;
use crate::lotteries::{CHAT, opened};

on_both_databases! {
    a_channel_comes_back_as_it_was_saved,
    what_is_older_does_not_overwrite,
    the_bots_place_changes_alone,
    links_are_each_persons_own,
    a_list_of_chats_is_paged,
    links_taken_away_are_purged_in_their_time,
    a_channel_goes_when_nothing_needs_it,
    a_group_becomes_a_supergroup,
    a_locked_channel_waits_for_one_after_the_other,
}

pub fn channel(id: i64) -> Channel {
    Channel {
        chat: ChatId::new(id),
        kind: ChatKind::Channel,
        title: "قناة السحوبات".into(),
        username: Some("qura_news".into()),
        invite_link: None,
        linked: Some(ChatId::new(-77)),
        members: Some(1_200),
        bot: Membership::Administrator(Rights { post_messages: true, ..Rights::NONE }),
        checked_at: at(10),
    }
}

async fn a_channel_comes_back_as_it_was_saved(db: Db) {
    let group = Channel {
        kind: ChatKind::Supergroup,
        username: None,
        invite_link: Some("https://t.me/+x".into()),
        linked: None,
        members: None,
        bot: Membership::Restricted { is_member: true },
        ..channel(-6)
    };
    for saved in [channel(-5), group.clone()] {
        assert!(committed!(db, channels().save(&saved)));
        assert_eq!(read!(db, channels().get(saved.chat)), Some(saved));
    }
    assert_eq!(read!(db, channels().get(ChatId::new(-7))), None);
    let mut found = read!(db, channels().get_all(&[-7, -6, -5, -6].map(ChatId::new)));
    found.sort_by_key(|channel| channel.chat);
    assert_eq!(found, [group, channel(-5)]);
    assert_eq!(read!(db, channels().get_all(&[])), []);
}

async fn what_is_older_does_not_overwrite(db: Db) {
    committed!(db, channels().save(&channel(-5)));
    let named = |title: &str, secs| Channel { title: title.into(), checked_at: at(secs), ..channel(-5) };
    assert!(!committed!(db, channels().save(&named("old", 9))));
    assert_eq!(read!(db, channels().get(ChatId::new(-5))), Some(channel(-5)));
    assert!(committed!(db, channels().save(&named("new", 10))));
    assert_eq!(read!(db, channels().get(ChatId::new(-5))), Some(named("new", 10)));
}

async fn the_bots_place_changes_alone(db: Db) {
    let chat = ChatId::new(-5);
    committed!(db, channels().save(&channel(-5)));
    assert!(committed!(db, channels().record_bot(chat, Membership::Kicked, at(20))));
    let expected = Channel { bot: Membership::Kicked, checked_at: at(20), ..channel(-5) };
    assert_eq!(read!(db, channels().get(chat)), Some(expected.clone()));
    assert!(!committed!(db, channels().record_bot(chat, Membership::Creator, at(19))));
    assert!(!committed!(db, channels().record_bot(ChatId::new(-6), Membership::Creator, at(30))));
    assert_eq!(read!(db, channels().get(chat)), Some(expected));
}

async fn links_are_each_persons_own(db: Db) {
    let (chat, [sara, omar]) = (ChatId::new(-5), [1, 2].map(UserId::new));
    assert!(committed!(db, user_channels().link(sara, chat, at(1))));
    assert!(!committed!(db, user_channels().link(sara, chat, at(2))));
    assert!(committed!(db, user_channels().link(omar, chat, at(3))));
    assert_eq!(read!(db, user_channels().linked_by(chat, 9)), [sara, omar]);
    assert_eq!(read!(db, user_channels().linked_by(chat, 1)), [sara]);
    assert!(committed!(db, user_channels().unlink(sara, chat, at(4))));
    assert!(!committed!(db, user_channels().unlink(sara, chat, at(5))));
    assert!(!read!(db, user_channels().is_linked(sara, chat)));
    assert!(read!(db, user_channels().is_linked(omar, chat)));
    assert_eq!(read!(db, user_channels().linked_by(chat, 9)), [omar]);
    // And back.
    assert!(committed!(db, user_channels().link(sara, chat, at(6))));
    assert!(read!(db, user_channels().is_linked(sara, chat)));
}

async fn a_list_of_chats_is_paged(db: Db) {
    let sara = UserId::new(1);
    for id in 1..=12 {
        committed!(db, user_channels().link(sara, ChatId::new(-id), at(1)));
    }
    committed!(db, user_channels().link(UserId::new(2), ChatId::new(-99), at(1)));
    committed!(db, user_channels().unlink(sara, ChatId::new(-3), at(1)));
    let ids = |chats: Vec<ChatId>| chats.iter().map(|chat| -chat.get()).collect::<Vec<_>>();
    assert_eq!(ids(read!(db, user_channels().list(sara, None, 8))), [12, 11, 10, 9, 8, 7, 6, 5]);
    assert_eq!(ids(read!(db, user_channels().list(sara, Some(ChatId::new(-5)), 8))), [4, 2, 1]);
    assert_eq!(ids(read!(db, user_channels().list(sara, Some(ChatId::new(-1)), 8))), Vec::<i64>::new());
}

async fn links_taken_away_are_purged_in_their_time(db: Db) {
    for (user, chat, secs) in [(1, -5, 10), (2, -5, 20), (1, -6, 30)] {
        committed!(db, user_channels().link(UserId::new(user), ChatId::new(chat), at(1)));
        committed!(db, user_channels().unlink(UserId::new(user), ChatId::new(chat), at(secs)));
    }
    committed!(db, user_channels().link(UserId::new(3), ChatId::new(-5), at(1)));
    assert_eq!(committed!(db, user_channels().purge(at(10), 9)), []);
    assert_eq!(committed!(db, user_channels().purge(at(30), 1)), [ChatId::new(-5)]);
    assert_eq!(committed!(db, user_channels().purge(at(30), 9)), [ChatId::new(-5)]);
    assert_eq!(committed!(db, user_channels().purge(at(31), 9)), [ChatId::new(-6)]);
    assert!(read!(db, user_channels().is_linked(UserId::new(3), ChatId::new(-5))));
}

async fn a_channel_goes_when_nothing_needs_it(db: Db) {
    let chats = [-5, -6, -7, -8].map(ChatId::new);
    let lottery = opened(&db, 1).await;
    for id in [-5, -6, -7, -8] {
        committed!(db, channels().save(&channel(id)));
    }
    committed!(db, channels().save(&channel(CHAT.get())));
    committed!(db, user_channels().link(UserId::new(1), chats[0], at(1)));
    committed!(db, conditions().replace(lottery, &[Condition::Boost { chat: chats[1] }]));
    let all = [chats.as_slice(), &[CHAT]].concat();
    assert_eq!(committed!(db, channels().purge(&all)), 2);
    let left = [chats[0], chats[1], CHAT];
    let mut found: Vec<_> = read!(db, channels().get_all(&all)).iter().map(|channel| channel.chat).collect();
    found.sort_by_key(|chat| std::cmp::Reverse(*chat));
    assert_eq!(found, left);
}

async fn a_group_becomes_a_supergroup(db: Db) {
    let (from, to) = (ChatId::new(-5), ChatId::new(-1_000_005));
    let [sara, omar] = [1, 2].map(UserId::new);
    let old = Channel {
        kind: ChatKind::Group,
        username: None,
        invite_link: Some("https://t.me/+old".into()),
        ..channel(-5)
    };
    committed!(db, channels().save(&old));
    for user in [sara, omar] {
        committed!(db, user_channels().link(user, from, at(1)));
    }
    committed!(db, user_channels().unlink(omar, from, at(2)));
    // Twice: in the old chat and in the new one Telegram tells the same.
    for _ in 0..2 {
        committed!(db, channels().migrate(from, to));
        committed!(db, user_channels().migrate(from, to));
    }
    let new = Channel { chat: to, kind: ChatKind::Supergroup, invite_link: None, ..old };
    assert_eq!(read!(db, channels().get(to)), Some(new));
    assert_eq!(read!(db, channels().get(from)), None);
    assert_eq!(read!(db, user_channels().linked_by(to, 9)), [sara]);
    assert_eq!(read!(db, user_channels().linked_by(from, 9)), []);
}

async fn a_locked_channel_waits_for_one_after_the_other(db: Db) {
    let chat = ChatId::new(-5);
    committed!(db, channels().save(&Channel { members: Some(0), ..channel(-5) }));
    assert_eq!(committed!(db, channels().lock(ChatId::new(-6))), None);
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut tx = db.begin().await.unwrap();
                let now = tx.channels().lock(chat).await.unwrap().unwrap();
                let next = Channel { members: now.members.map(|members| members + 1), ..now };
                tx.channels().save(&next).await.unwrap();
                tx.commit().await.unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(read!(db, channels().get(chat)).unwrap().members, Some(10));
}
