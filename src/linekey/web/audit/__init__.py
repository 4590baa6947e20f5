"""Pages of the audit trail: who did what, and whether it is still what was sealed (NEW-7)."""
