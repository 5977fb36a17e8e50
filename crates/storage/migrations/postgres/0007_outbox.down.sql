DROP TABLE operator_alerts;
DROP TABLE outbox;
