//! Forgets updates that are done, many at a time.

use async_trait::async_trait;
use qura_domain::ids::{MessageId, Seq, UserId};
use qura_storage::{Db, StorageError};

use crate::batcher::Group;

/// An update whose effect is committed and whose reply is sent.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    pub seq: Seq,
    /// The living message that its reply made.
    pub screen: Option<(UserId, MessageId)>,
}

/// Writes what is [`Done`].
pub struct DoneGroup {
    pub db: Db,
}

#[async_trait]
impl Group for DoneGroup {
    type Item = Done;
    type Output = ();

    async fn write(&self, done: &[Done]) -> Result<Vec<()>, StorageError> {
        // Of two screens of one person the later counts, and one statement touches a row once.
        let mut screens: Vec<_> = done.iter().filter_map(|d| d.screen).collect();
        screens.sort_unstable();
        screens.reverse();
        screens.dedup_by_key(|(user, _)| *user);
        let mut seqs: Vec<_> = done.iter().map(|d| d.seq).collect();
        seqs.sort_unstable();
        let mut tx = self.db.begin_for_many().await?;
        if !screens.is_empty() {
            tx.users().record_screens(&screens).await?;
        }
        tx.updates().finish(&seqs).await?;
        tx.commit().await?;
        Ok(vec![(); done.len()])
    }
}
