"""End what an old password, factor or address still holds open. Inside another use-case's transaction."""

from datetime import datetime

from linekey.records import flows, keys, sessions, tickets
from linekey.records.models import Person


def end_access(person: Person, *, keep: int | None, now: datetime) -> None:
    """Every session, known browser, flow, link and exchanged token ends; `keep` is the session that asked.

    Access keys stay: they are programs' own, listed and revoked on a page of their own (TEAM-5).
    """
    sessions.end_others(person, keep=keep, now=now)
    flows.end_all(person)
    tickets.void_all(person, now=now)
    keys.end_tokens(person, now=now)
