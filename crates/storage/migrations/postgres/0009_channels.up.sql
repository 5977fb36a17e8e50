-- Channels and groups that somebody linked or made a condition, as Telegram last told of them.
CREATE TABLE channels (
    chat_id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    username TEXT,
    invite_link TEXT,
    linked_chat_id BIGINT,
    members BIGINT,
    bot TEXT NOT NULL,
    checked_at BIGINT NOT NULL
);
-- Who linked what. Each administrator has a link of their own.
CREATE TABLE user_channels (
    user_id BIGINT NOT NULL,
    chat_id BIGINT NOT NULL,
    linked_at BIGINT NOT NULL,
    deleted_at BIGINT,
    PRIMARY KEY (user_id, chat_id)
);
CREATE INDEX user_channels_by_chat ON user_channels (chat_id, user_id);
CREATE INDEX user_channels_deleted ON user_channels (deleted_at) WHERE deleted_at IS NOT NULL;
