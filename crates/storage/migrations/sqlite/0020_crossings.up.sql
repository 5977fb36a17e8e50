-- Whether an event took the person in or out: a ban that is lifted, or a new right, changes neither.
ALTER TABLE membership_events ADD COLUMN crosses BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE membership_events SET crosses = TRUE
WHERE (before IN ('"creator"', '"member"', '{"restricted":{"is_member":true}}')
       OR before LIKE '{"administrator":%')
   <> (after IN ('"creator"', '"member"', '{"restricted":{"is_member":true}}')
       OR after LIKE '{"administrator":%');
