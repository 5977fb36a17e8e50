DROP INDEX lotteries_joinable;
ALTER TABLE lottery_counters DROP COLUMN examined;
