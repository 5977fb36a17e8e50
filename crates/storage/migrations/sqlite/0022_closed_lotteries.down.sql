DROP INDEX lotteries_by_closing;
ALTER TABLE lotteries DROP COLUMN closed_at;
