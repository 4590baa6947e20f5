"""What the worker saw of copies at other sites, kept between two looks.

A copy is behind when it has not reached by one look what was written by the one before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from linekey.domain.copies import Known, Mark, SiteCopy, next_mark, trouble_since
from linekey.records.models import ElementCopy


@dataclass(frozen=True)
class CopyRow:
    element: str
    site: str
    known: Known
    missing: int
    """Bytes which are not there yet."""
    lag: timedelta | None
    """As in `SiteCopy`."""


def keep(element: str, told: Sequence[SiteCopy], *, now: datetime) -> None:
    """One look. Sites which are told no more were given up, and leave the board."""
    before = {row.site: row for row in ElementCopy.objects.filter(element=element)}
    if gone := before.keys() - {copy.site for copy in told}:
        ElementCopy.objects.filter(element=element, site__in=gone).delete()
    for copy in told:
        last = before.get(copy.site)
        mark = next_mark(Mark(last.mark, last.mark_at) if last else None, copy, now)
        ElementCopy.objects.update_or_create(
            element=element,
            site=copy.site,
            defaults={
                "seen_at": now,
                "connected": copy.connected,
                "since": last.since if last and last.connected == copy.connected else now,
                "written": copy.written,
                "reached": copy.reached,
                "mark": mark.position,
                "mark_at": mark.at,
                "lag": copy.lag.total_seconds() if copy.lag is not None else None,
                "lost": copy.lost,
                "heard": copy.heard,
                "heard_since": last.heard_since if last and last.heard == copy.heard else now,
            },
        )


def all_known() -> list[CopyRow]:
    """By element and site."""
    return [_row(row) for row in ElementCopy.objects.order_by("element", "site")]


def in_trouble(now: datetime) -> Iterator[tuple[str, str, datetime]]:
    """Element, site, and since when somebody should look."""
    for copy in all_known():
        if since := trouble_since(copy.known, now):
            yield copy.element, copy.site, since


def _row(row: ElementCopy) -> CopyRow:
    known = Known(
        seen_at=row.seen_at,
        connected=row.connected,
        since=row.since,
        lacks_since=row.mark_at if row.reached < row.mark else None,
        lost=row.lost,
        heard=row.heard,
        heard_since=row.heard_since,
    )
    lag = timedelta(seconds=row.lag) if row.lag is not None else None
    return CopyRow(row.element, row.site, known, max(row.written - row.reached, 0), lag)
