DROP TABLE lottery_winners;
DROP TABLE draw_receipts;
DROP TABLE draw_freezes;
DROP TABLE draws;
