"""How often may somebody be wrong, and for how long is the door shut then (laws 7 and 10).

Attempts are counted before they are made, so that a hundred at once are no more than a hundred in turn.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Limit:
    """`most` attempts within `within`; the one that fills it shuts the door for `shut`."""

    most: int
    within: timedelta = timedelta(hours=1)
    shut: timedelta = timedelta(hours=1)


PERSON = Limit(10)
"""Wrong attempts of one person, across identifiers and doors (TEAM-4). Its number is a policy."""
NETWORK = Limit(100)
"""Wrong attempts from one /24 or /64, whoever they aim at."""
GLOBAL = Limit(2000, within=timedelta(minutes=10), shut=timedelta(minutes=10))
"""Wrong attempts of everybody: fifty networks against fifty accounts are 2500."""
SECOND_FACTOR = Limit(10)
PASSKEYS = Limit(300)
"""Passkey sign-ins begun from one network: none can be guessed, and each writes a row."""
SESSION = Limit(10)
"""Wrong passwords or PINs typed inside one open session: a stolen one must not be a guessing place."""
SENT = Limit(6)
"""Codes sent again to whoever already proved their password or holds the session."""
ASKED = Limit(3)
"""Mails a stranger can make us send to one person within an hour: links and codes."""
ASKED_BY_NETWORK = Limit(60)

FETCHES = Limit(300)
"""Configurations asked for in vain from one network: handsets look for other files first, at every start."""
FETCHES_IN_ALL = Limit(10_000, within=timedelta(minutes=10), shut=timedelta(minutes=10))

CASES = Limit(3, within=timedelta(days=1), shut=timedelta(days=1))
"""Support cases from one network, and for one contact address: each writes to a mailbox nobody checked."""
CASES_ABOUT = Limit(10, within=timedelta(days=1), shut=timedelta(days=1))
"""Support cases about one identifier, from wherever; wide enough that one stranger does not use it up."""
CASES_IN_ALL = Limit(500, within=timedelta(hours=1), shut=timedelta(minutes=10))
CASE_ANSWERS = Limit(10, within=timedelta(days=1), shut=timedelta(days=1))
"""Times one applicant sends something more."""


@dataclass(frozen=True)
class Tally:
    """Attempts counted so far."""

    count: int
    since: datetime
    until: datetime | None
    """Shut until then."""


def counted(before: Tally, limit: Limit, now: datetime) -> tuple[Tally, datetime | None]:
    """The tally after one more attempt, and until when that attempt is refused; None when it may be made.

    An attempt at a shut door neither counts nor prolongs. A clock that jumped back shuts for one whole
    length from now, never longer, and never opens early.
    """
    if before.until is not None and now < before.until:
        until = min(before.until, now + limit.shut)
        return Tally(before.count, before.since, until), until
    if before.until is not None or now >= before.since + limit.within:
        before = Tally(0, now, None)
    # Of two at once the later is often counted first: an earlier moment is no new hour, and forgets nothing.
    count, since = before.count + 1, min(before.since, now)
    return Tally(count, since, now + limit.shut if count >= limit.most else None), None
