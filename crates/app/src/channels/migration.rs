//! A basic group became a supergroup: all that is known of it follows to the new number.

use qura_domain::ids::{ChatId, JobId, NoticeId};
use qura_domain::time::Timestamp;
use qura_ports::random::Random;
use qura_storage::{StorageError, Tx};

use crate::lotteries::order_post;
use crate::outbox::{Notice, write_notice};

/// Follows, in the caller's transaction. The posts of the old group are not in the new one: what runs is
/// published there anew and its organizer told, once, however often and by whom it is found out. Wake
/// `Topic::Jobs` and `Topic::Outbox` after the commit.
pub async fn follow(
    tx: &mut Tx,
    random: &dyn Random,
    from: ChatId,
    to: ChatId,
    now: Timestamp,
) -> Result<(), StorageError> {
    tx.channels().migrate(from, to).await?;
    tx.user_channels().migrate(from, to).await?;
    tx.conditions().migrate(from, to).await?;
    tx.membership_events().migrate(from, to).await?;
    for lottery in tx.lotteries().migrate(from, to).await? {
        let Some(lottery) = tx.lotteries().get(lottery).await? else { continue };
        order_post(tx, JobId::new(random.id()), &lottery, None, now).await?;
        let notice = Notice::LotteryMoved { person: lottery.organizer, code: lottery.code };
        write_notice(tx, NoticeId::new(random.id()), &notice, now).await?;
    }
    Ok(())
}
