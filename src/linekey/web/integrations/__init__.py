"""Pages about programs that act for a person: grant, create, take back, and try calls by hand."""
