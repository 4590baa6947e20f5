"""Support cases, for whoever cannot sign in: ask for help, follow it, take it back, or stop it."""
