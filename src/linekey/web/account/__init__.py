"""Pages of one's own account: password, second factors, sessions, contacts, access keys, activity."""
