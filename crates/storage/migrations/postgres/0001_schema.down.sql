DROP TABLE schema_support;
