"""Memory: the only tables, one migration line. Decides nothing; talks to nobody outside the database."""
