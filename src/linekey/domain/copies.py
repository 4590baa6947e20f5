"""Copies of an element's tables at other sites: how far each has come, and when somebody must look.

Pure rules over what the centre's database tells. A site which is behind goes on with what it has: it refuses
new secrets and accepts those which were replaced. That is why one which stays behind is told of, too.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

TOLERATED = timedelta(seconds=30)
"""A site may be away, behind or silent for that long: a server which starts again is back sooner."""


@dataclass(frozen=True)
class SiteCopy:
    """One copy, as the centre tells. Positions are bytes of what the centre ever wrote, and only ascend."""

    site: str
    connected: bool
    written: int
    """Where the centre is."""
    reached: int
    """Up to where the site has confirmed that it has everything."""
    lag: timedelta | None
    """From being written here to being confirmed there; None when nobody may tell, or it was not measured."""
    lost: bool = False
    """The centre kept what the site lacks no longer: it can only be copied anew."""
    heard: bool | None = None
    """Does what its logins tell arrive at the centre? None where nobody fetches it."""


@dataclass(frozen=True)
class Mark:
    """What was written up to `at`. A copy which has it lacks nothing that is older."""

    position: int
    at: datetime


class CopyState(StrEnum):
    CURRENT = "current"
    BEHIND = "behind"
    AWAY = "away"
    LOST = "lost"


@dataclass(frozen=True)
class Known:
    """What is known of one copy since it is looked at."""

    seen_at: datetime
    connected: bool
    since: datetime
    """Since when `connected` has been what it is."""
    lacks_since: datetime | None
    """What was written up to then is not there yet; None when everything is."""
    lost: bool = False
    heard: bool | None = None
    heard_since: datetime | None = None

    @property
    def behind(self) -> timedelta:
        """How long the site has lacked something, at the last look. What is on its way at one look is not."""
        return self.seen_at - self.lacks_since if self.lacks_since else timedelta()

    @property
    def state(self) -> CopyState:
        if self.lost:
            return CopyState.LOST
        if not self.connected:
            return CopyState.AWAY
        return CopyState.BEHIND if self.behind else CopyState.CURRENT


def next_mark(before: Mark | None, copy: SiteCopy, now: datetime) -> Mark:
    """The mark the copy is to reach next. One the centre itself has not reached is of a server before it."""
    if before is None or not copy.reached < before.position <= copy.written:
        return Mark(copy.written, now)
    return before


def trouble_since(known: Known, now: datetime) -> datetime | None:
    """Since when somebody should look at this site; None when nobody need."""
    if known.lost:
        return known.since
    begun = [
        known.since if not known.connected else None,
        known.lacks_since if known.behind else None,
        known.heard_since if known.heard is False else None,
    ]
    return min((at for at in begun if at is not None and now - at >= TOLERATED), default=None)
