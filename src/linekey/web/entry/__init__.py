"""Pages for somebody not signed in yet, or proving again that it is them."""
