"""The people's door: pages. Asks the desk and reads `records.pages`; never a table, the safe or a wire."""
