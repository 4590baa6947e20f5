"""Linekey: the credential desk of a telecom operator."""
