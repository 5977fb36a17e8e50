DROP INDEX users_by_username;
DROP TABLE lottery_participants;
