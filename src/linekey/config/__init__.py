"""Top of the street: settings, addresses and the command. May import every room; no room imports it."""
