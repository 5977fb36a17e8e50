DROP TABLE lottery_conditions;
