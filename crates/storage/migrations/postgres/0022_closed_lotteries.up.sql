-- When nobody could join any more: for a month after it, it matters who leaves the chats that people came to.
ALTER TABLE lotteries ADD COLUMN closed_at BIGINT;
UPDATE lotteries SET closed_at = (SELECT frozen_at FROM draws WHERE lottery_id = lotteries.id)
WHERE state IN ('frozen', 'drawing', 'drawn', 'announced', 'reopened');
UPDATE lotteries SET closed_at = deleted_at WHERE state = 'cancelled' AND published_at IS NOT NULL;
CREATE INDEX lotteries_by_closing ON lotteries (chat_id, closed_at) WHERE closed_at IS NOT NULL;
