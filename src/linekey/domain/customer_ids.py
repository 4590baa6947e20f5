"""The customer ID, `ab12345-lk`: drawn at random, so that nobody counts the customers or guesses the next."""

import secrets

LETTERS = "abcdefghjkmnpqrstuvwxyz"
"""No i, l or o: it is read aloud and typed by hand."""


def draw(suffix: str) -> str:
    """One of 50 million. Who has it already is another's question."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(2))
    return f"{letters}{secrets.randbelow(100_000):05d}-{suffix}"


def suffix_of(customer_id: str) -> str:
    return customer_id.rpartition("-")[2]
