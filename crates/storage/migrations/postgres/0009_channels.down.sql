DROP TABLE user_channels;
DROP TABLE channels;
