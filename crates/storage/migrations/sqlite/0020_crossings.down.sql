ALTER TABLE membership_events DROP COLUMN crosses;
