//! Books that the database keeps of every effect, with the transaction that it was in; and the switch that
//! takes its room away.

use crate::world::database::Database;

/// What a person's update brought about, each with the number of its transaction; the updates themselves
/// when they are stored and when they are applied.
const BOOKS: &str = "
    CREATE TABLE books (what TEXT NOT NULL, id BIGINT NOT NULL, seq BIGINT, tx BIGINT NOT NULL);
    CREATE FUNCTION note_seen() RETURNS TRIGGER LANGUAGE plpgsql AS
        'BEGIN INSERT INTO books VALUES (''seen'', NEW.id, NULL, txid_current()); RETURN NULL; END';
    CREATE FUNCTION note_stored() RETURNS TRIGGER LANGUAGE plpgsql AS
        'BEGIN INSERT INTO books VALUES (''stored'', NEW.key, NEW.seq & ((1::BIGINT << 40) - 1), txid_current());
         RETURN NULL; END';
    CREATE FUNCTION note_applied() RETURNS TRIGGER LANGUAGE plpgsql AS
        'BEGIN INSERT INTO books VALUES (''applied'', NEW.key, NEW.seq & ((1::BIGINT << 40) - 1), txid_current());
         RETURN NULL; END';
    CREATE FUNCTION note_ticket() RETURNS TRIGGER LANGUAGE plpgsql AS
        'BEGIN INSERT INTO books VALUES (''ticket'', NEW.user_id, NULL, txid_current()); RETURN NULL; END';
    CREATE TRIGGER seen AFTER INSERT OR UPDATE OF last_seen_at ON users
        FOR EACH ROW EXECUTE FUNCTION note_seen();
    CREATE TRIGGER stored AFTER INSERT ON updates FOR EACH ROW EXECUTE FUNCTION note_stored();
    CREATE TRIGGER applied AFTER UPDATE OF state ON updates
        FOR EACH ROW WHEN (NEW.state = 'applied') EXECUTE FUNCTION note_applied();
    CREATE TRIGGER ticket AFTER INSERT OR UPDATE OF state ON lottery_participants
        FOR EACH ROW EXECUTE FUNCTION note_ticket();";

/// A disk that is full, as PostgreSQL tells of it: code 53100. Switched by rows, one a fault, because a change of the
/// triggers would wait for everyone's transactions.
const NO_ROOM: &str = "
    CREATE TABLE no_room (fault BIGINT NOT NULL);
    CREATE FUNCTION need_room() RETURNS TRIGGER LANGUAGE plpgsql AS
        'BEGIN
            IF EXISTS (SELECT 1 FROM no_room) THEN
                RAISE EXCEPTION ''could not extend file: No space left on device'' USING ERRCODE = ''53100'';
            END IF;
            RETURN NULL;
         END';";

/// The tables that find no room.
const GROWING: [&str; 8] = [
    "updates",
    "users",
    "lotteries",
    "lottery_participants",
    "lottery_counters",
    "jobs",
    "outbox",
    "draw_receipts",
];

/// Opens the books in a database that has its schema.
pub async fn open(database: &Database) {
    database.runs(BOOKS).await;
    database.runs(NO_ROOM).await;
    for table in GROWING {
        let trigger = format!(
            "CREATE TRIGGER room BEFORE INSERT OR UPDATE ON {table}
             FOR EACH STATEMENT EXECUTE FUNCTION need_room()"
        );
        database.runs(&trigger).await;
    }
}

/// An entry: whose, the update's number where it is one, the transaction.
pub type Entry = (i64, i64, i64);

/// All entries of a kind.
pub async fn entries(database: &Database, what: &'static str) -> Vec<Entry> {
    let all: Vec<(String, i64, i64, i64)> =
        database.rows("SELECT what, id, COALESCE(seq, 0), tx FROM books ORDER BY id, seq").await;
    all.into_iter().filter(|(kind, ..)| kind == what).map(|(_, id, seq, tx)| (id, seq, tx)).collect()
}
