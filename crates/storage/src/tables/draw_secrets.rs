//! `draw_secrets`: what each draw rests on, away from what is read for screens.

use qura_domain::draw::commitment::{SaltKey, Secret};
use qura_domain::draw::hash::Hash;
use qura_domain::ids::LotteryId;

use super::repository;
use crate::error::StorageError;
use crate::sql::{execute, fetch_optional};

repository! {
    /// Secrets of draws.
    DrawSecretRepo
}

impl DrawSecretRepo<'_> {
    /// Whether it was kept: a lottery's first secrets stay, because they are committed to.
    pub async fn insert(
        &mut self,
        lottery: LotteryId,
        secret: &Secret,
        salt_key: &SaltKey,
    ) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "INSERT INTO draw_secrets (lottery_id, secret, salt_key) VALUES ($1, $2, $3)
             ON CONFLICT (lottery_id) DO NOTHING",
            lottery.get(),
            hex(secret.expose()),
            hex(salt_key.expose())
        )?;
        Ok(rows > 0)
    }

    pub async fn get(&mut self, lottery: LotteryId) -> Result<Option<(Secret, SaltKey)>, StorageError> {
        let row = fetch_optional!(
            self.conn,
            (String, String),
            "SELECT secret, salt_key FROM draw_secrets WHERE lottery_id = $1",
            lottery.get()
        )?;
        let Some((secret, salt_key)) = row else { return Ok(None) };
        let bytes = |hex: &str| {
            Hash::parse(hex).map(|hash| *hash.as_bytes()).ok_or(StorageError::Unreadable("secret of a draw"))
        };
        Ok(Some((Secret::new(bytes(&secret)?), SaltKey::new(bytes(&salt_key)?))))
    }
}

fn hex(bytes: &[u8; 32]) -> String {
    String::from(Hash::from_bytes(*bytes))
}
