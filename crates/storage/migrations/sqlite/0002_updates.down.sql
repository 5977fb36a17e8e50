DROP TABLE poller;
DROP TABLE updates;
