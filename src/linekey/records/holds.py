"""What an account holds open elsewhere: sessions, known browsers, flows, links, exchanged tokens."""

from datetime import datetime

from linekey.records import flows, keys, sessions, tickets
from linekey.records.models import Person


def end_all(person: Person, *, keep: int | None, now: datetime) -> None:
    """All of it ends; `keep` is the session that asked. Within a transaction."""
    sessions.end_others(person, keep=keep, now=now)
    flows.end_all(person)
    tickets.void_all(person, now=now)
    keys.end_tokens(person, now=now)
