//! What people did lately is counted, each person and act apart.

use qura_domain::ids::UserId;
use qura_storage::Db;

use crate::database::at;

on_both_databases! {
    acts_are_counted_from_a_moment_on,
    what_is_too_old_is_forgotten_of_this_act_only,
}

const SARA: UserId = UserId::new(11);
const OMAR: UserId = UserId::new(12);

async fn acts_are_counted_from_a_moment_on(db: Db) {
    assert_eq!(read!(db, limited_acts().since(SARA, "a", at(0))), (0, None));
    for (id, second) in [(1, 10), (2, 10), (3, 20)] {
        committed!(db, limited_acts().record(SARA, "a", at(second), id, at(0)));
    }
    committed!(db, limited_acts().record(OMAR, "a", at(1), 1, at(0)));
    committed!(db, limited_acts().record(SARA, "b", at(1), 1, at(0)));
    assert_eq!(read!(db, limited_acts().since(SARA, "a", at(0))), (3, Some(at(10))));
    assert_eq!(read!(db, limited_acts().since(SARA, "a", at(10))), (3, Some(at(10))));
    assert_eq!(read!(db, limited_acts().since(SARA, "a", at(11))), (1, Some(at(20))));
    assert_eq!(read!(db, limited_acts().since(SARA, "a", at(21))), (0, None));
    assert_eq!(read!(db, limited_acts().since(OMAR, "a", at(0))), (1, Some(at(1))));
}

async fn what_is_too_old_is_forgotten_of_this_act_only(db: Db) {
    committed!(db, limited_acts().record(SARA, "a", at(1), 1, at(0)));
    committed!(db, limited_acts().record(SARA, "b", at(1), 2, at(0)));
    committed!(db, limited_acts().record(SARA, "a", at(5), 3, at(1)));
    assert_eq!(read!(db, limited_acts().since(SARA, "a", at(0))), (2, Some(at(1))));
    committed!(db, limited_acts().record(SARA, "a", at(6), 4, at(5)));
    assert_eq!(read!(db, limited_acts().since(SARA, "a", at(0))), (2, Some(at(5))));
    assert_eq!(read!(db, limited_acts().since(SARA, "b", at(0))), (1, Some(at(1))));
}
