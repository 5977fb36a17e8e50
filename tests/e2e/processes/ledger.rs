//! Books that the database keeps of every effect, so that nothing can happen twice unseen.

use sqlx::PgPool;

use crate::world::World;
use crate::world::builder::WorldBuilder;
use crate::world::database::Database;

/// Each time that somebody was seen, and each update that was stored, by Telegram's number.
const BOOKS: &str = "
    CREATE TABLE books (what TEXT NOT NULL, id BIGINT NOT NULL);
    CREATE FUNCTION note_seen() RETURNS TRIGGER LANGUAGE plpgsql AS
        'BEGIN INSERT INTO books VALUES (''seen'', NEW.id); RETURN NULL; END';
    CREATE FUNCTION note_stored() RETURNS TRIGGER LANGUAGE plpgsql AS
        'BEGIN INSERT INTO books VALUES (''stored'', NEW.seq & ((1::BIGINT << 40) - 1)); RETURN NULL; END';
    CREATE TRIGGER seen AFTER INSERT OR UPDATE OF last_seen_at ON users
        FOR EACH ROW EXECUTE FUNCTION note_seen();
    CREATE TRIGGER stored AFTER INSERT ON updates FOR EACH ROW EXECUTE FUNCTION note_stored();";

impl WorldBuilder {
    /// A world without a program yet, with books in its database.
    pub async fn with_books(self) -> World {
        let w = self.idle().start().await;
        w.runs(&["migrate", "up"]).await.lines();
        w.sql(BOOKS).await;
        w
    }
}

impl World {
    /// Every entry of this kind in the books, in the order of the numbers.
    pub async fn books(&self, what: &'static str) -> Vec<i64> {
        let entries = sqlx::query_as("SELECT id FROM books WHERE what = $1 ORDER BY id").bind(what);
        let rows: Vec<(i64,)> = entries.fetch_all(self.postgres()).await.unwrap();
        rows.into_iter().map(|(id,)| id).collect()
    }

    /// Commands that no program knows of.
    pub async fn sql(&self, commands: &'static str) {
        sqlx::raw_sql(commands).execute(self.postgres()).await.unwrap();
    }

    fn postgres(&self) -> &PgPool {
        let Database::Postgres(pool) = &self.database else { panic!("several programs are on PostgreSQL") };
        pool
    }
}
