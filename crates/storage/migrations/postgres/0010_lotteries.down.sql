DROP TABLE lottery_counters;
DROP TABLE draw_secrets;
DROP TABLE lotteries;
