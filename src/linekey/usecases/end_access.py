"""End what an old password, factor or address still holds open. Inside another use-case's transaction."""

from datetime import datetime

from linekey.records import holds
from linekey.records.models import Person


def end_access(person: Person, *, keep: int | None, now: datetime) -> None:
    """Every session, known browser, flow, link and exchanged token ends; `keep` is the session that asked.

    Access keys stay: they are programs' own, listed and revoked on a page of their own (TEAM-5).
    """
    holds.end_all(person, keep=keep, now=now)
