"""The copies of an element's tables at other sites, in words and as a line from the centre to each.

The line is solid as far as the site has come, by the time it is behind: a second is seen, and an hour, too.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log

from django.template.defaultfilters import filesizeformat
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from linekey.domain.copies import CopyState, trouble_since
from linekey.records.pages import CopyRow
from linekey.web.staff.strip import STALE

WIDTH = 360
FIRST, LAST = 20, WIDTH - 20
"""Where the line begins and ends, between the two dots."""
LONGEST = timedelta(hours=1)


@dataclass(frozen=True)
class CopyLine:
    site: str
    look: str
    """`current`, `behind`, `away` or `unknown`."""
    tone: str
    state: str
    reach: int
    """Where the solid part of the line ends."""
    told: tuple[str, ...]
    remedies: tuple[str, ...]
    ill: bool
    """Somebody should look."""
    width: int = WIDTH


def lines_of(copies: Iterable[CopyRow], now: datetime) -> tuple[CopyLine, ...]:
    """The worst first."""
    lines = [line_of(copy, now) for copy in copies]
    return tuple(sorted(lines, key=lambda line: ("danger", "warning", "success").index(line.tone)))


def line_of(copy: CopyRow, now: datetime) -> CopyLine:
    known = copy.known
    if now - known.seen_at > STALE:
        told = _("Nobody has looked for %(time)s: the worker may be stopped.")
        since = timesince(known.seen_at, now, depth=1)
        return CopyLine(
            copy.site, "unknown", "warning", _("Not looked at"), FIRST, (told % {"time": since},), (), True
        )
    ill = trouble_since(known, now) is not None
    look, state = _STATES[known.state]
    tone = "danger" if ill else "success" if look == "current" else "warning"
    if ill and look == "current":
        # It has everything; it is we who do not hear it.
        state = gettext_noop("Not heard")
    return CopyLine(
        site=copy.site,
        look=look,
        tone=tone,
        state=_(state),
        reach=_reach(look, known.behind),
        told=tuple(_told(copy, now)),
        remedies=tuple(_remedies(copy)),
        ill=ill,
    )


_STATES = {
    CopyState.CURRENT: ("current", gettext_noop("Up to date")),
    CopyState.BEHIND: ("behind", gettext_noop("Behind")),
    CopyState.AWAY: ("away", gettext_noop("Not connected")),
    CopyState.LOST: ("away", gettext_noop("To be copied anew")),
}


def _told(copy: CopyRow, now: datetime) -> Iterator[str]:
    known, facts = copy.known, {"size": filesizeformat(copy.missing)}
    match known.state:
        case CopyState.CURRENT if copy.lag is not None:
            yield _("Has everything. A change is there after %(time)s.") % {"time": brief(copy.lag)}
        case CopyState.CURRENT:
            yield _("Has everything. How fast a change is there, nobody tells.")
        case CopyState.BEHIND:
            late = facts | {"time": lasting(known.behind, now)}
            yield _("%(time)s behind: %(size)s are still to come.") % late
        case CopyState.AWAY:
            away = facts | {"time": lasting(now - known.since, now)}
            yield _("Not connected for %(time)s: %(size)s are kept for it.") % away
        case CopyState.LOST:
            yield _("What this site lacks is kept no longer.")
    if known.heard is False and known.heard_since:
        silent = {"time": lasting(now - known.heard_since, now)}
        yield _("Who logs in there has not been heard of for %(time)s.") % silent


def _remedies(copy: CopyRow) -> Iterator[str]:
    match copy.known.state:
        case CopyState.BEHIND:
            yield _(
                "Look at the log of its PostgreSQL. Until it has caught up, new passwords may be refused "
                "there, and replaced ones are accepted."
            )
        case CopyState.AWAY:
            yield _(
                "Start its PostgreSQL, or its network: it catches up by itself. Until then new passwords "
                "are refused there, and replaced ones are accepted."
            )
        case CopyState.LOST:
            yield _(
                "Stop its registrar or RADIUS server, and copy the site anew: new passwords are refused "
                "there, and replaced ones are accepted."
            )
    if copy.known.heard is False:
        yield _(
            "Start the subscription to its events at the centre. Until then an old password, kept beside a "
            "new one which is used there, stays good at the other sites up to its deadline."
        )


def _reach(look: str, behind: timedelta) -> int:
    if look == "current":
        return LAST
    if look == "away":
        return (FIRST + LAST) // 2 - 14
    share = log(1 + min(behind, LONGEST).total_seconds()) / log(1 + LONGEST.total_seconds())
    return round(LAST - (LAST - FIRST) * share)


def lasting(time: timedelta, now: datetime) -> str:
    """In seconds below a minute, else as everywhere."""
    seconds = max(round(time.total_seconds()), 0)
    if seconds >= 60:
        return timesince(now - time, now, depth=1)
    return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}


def brief(lag: timedelta) -> str:
    """A lag of milliseconds."""
    seconds = lag.total_seconds()
    if seconds >= 1:
        return _("%(count)d\u00a0s") % {"count": round(seconds)}
    return _("%(count)d\u00a0ms") % {"count": max(round(seconds * 1000), 1)}
