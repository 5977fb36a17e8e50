//! Attempts at a challenge are one person's at one contest, and last over restarts.

use qura_domain::challenge::{Attempts, ChallengeKind, Puzzle, Verdict};
use qura_domain::ids::UserId;
use qura_storage::Db;

use crate::database::at;

on_both_databases! {
    attempts_come_back_as_they_were,
    attempts_belong_to_a_person_and_a_contest,
    old_attempts_are_forgotten,
}

fn puzzle(kind: ChallengeKind) -> Puzzle {
    let mut byte = 0u8;
    Puzzle::make(kind, &mut |bytes| {
        for slot in bytes {
            byte = byte.wrapping_mul(31).wrapping_add(17);
            *slot = byte;
        }
    })
}

async fn attempts_come_back_as_they_were(db: Db) {
    let user = UserId::new(1);
    assert_eq!(read!(db, challenges().get(user, 7)), Attempts::default());
    for kind in ChallengeKind::ALL {
        let mut attempts = Attempts::default();
        assert!(attempts.open(u32::MAX, puzzle(kind), at(1)));
        committed!(db, challenges().save(user, 7, &attempts, at(1)));
        assert_eq!(read!(db, challenges().get(user, 7)), attempts);
    }
    let mut attempts = Attempts::default();
    for number in 1..=3 {
        attempts.open(number, puzzle(ChallengeKind::Math), at(2));
        attempts.answer(number, 99, at(3));
    }
    committed!(db, challenges().save(user, 7, &attempts, at(3)));
    let mut stored = read!(db, challenges().get(user, 7));
    assert_eq!(stored, attempts);
    assert_eq!(stored.answer(3, 0, at(4)), Verdict::LockedUntil(at(603)));
    attempts.locked_until = None;
    attempts.solved_at = Some(at(9));
    committed!(db, challenges().save(user, 7, &attempts, at(9)));
    assert_eq!(read!(db, challenges().get(user, 7)), attempts);
}

async fn attempts_belong_to_a_person_and_a_contest(db: Db) {
    let solved = Attempts { solved_at: Some(at(1)), ..Attempts::default() };
    committed!(db, challenges().save(UserId::new(1), 7, &solved, at(1)));
    assert_eq!(read!(db, challenges().get(UserId::new(1), 8)), Attempts::default());
    assert_eq!(read!(db, challenges().get(UserId::new(2), 7)), Attempts::default());
}

async fn old_attempts_are_forgotten(db: Db) {
    let wrong = Attempts { wrong: 1, ..Attempts::default() };
    for (user, secs) in [(1, 10), (2, 20), (3, 30)] {
        committed!(db, challenges().save(UserId::new(user), 7, &wrong, at(secs)));
    }
    assert_eq!(committed!(db, challenges().purge(at(10), 9)), 0);
    assert_eq!(committed!(db, challenges().purge(at(30), 1)), 1);
    assert_eq!(committed!(db, challenges().purge(at(30), 9)), 1);
    assert_eq!(read!(db, challenges().get(UserId::new(1), 7)), Attempts::default());
    assert_eq!(read!(db, challenges().get(UserId::new(3), 7)), wrong);
}
