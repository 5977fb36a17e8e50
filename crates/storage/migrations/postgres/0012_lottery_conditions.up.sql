CREATE TABLE lottery_conditions (
    lottery_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    chat_id BIGINT,
    code TEXT,
    PRIMARY KEY (lottery_id, position)
);
CREATE INDEX lottery_conditions_by_chat ON lottery_conditions (chat_id) WHERE chat_id IS NOT NULL;
CREATE INDEX lottery_conditions_by_code ON lottery_conditions (code) WHERE code IS NOT NULL;
