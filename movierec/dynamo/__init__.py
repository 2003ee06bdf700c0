"""DynamoDB: one connection, one base table, one registry of tables."""
