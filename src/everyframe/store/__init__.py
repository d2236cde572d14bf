"""The only SQL: tables, named migrations and queries of a case."""
