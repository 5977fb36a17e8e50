DROP INDEX lotteries_by_organizer;
CREATE INDEX lotteries_by_organizer ON lotteries (organizer_id, created_at, id) WHERE deleted_at IS NULL;
