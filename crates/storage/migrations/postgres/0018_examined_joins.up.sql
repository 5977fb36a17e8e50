-- Up to which ticket a lottery was looked through for signs of fraud.
ALTER TABLE lottery_counters ADD COLUMN examined BIGINT NOT NULL DEFAULT 0;
CREATE INDEX lotteries_joinable ON lotteries (id) WHERE state IN ('open', 'paused');
