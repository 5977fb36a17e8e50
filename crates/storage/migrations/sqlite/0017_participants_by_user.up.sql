-- A person who shares a lottery is offered those that they take part in.
CREATE INDEX lottery_participants_by_user ON lottery_participants (user_id, lottery_id);
