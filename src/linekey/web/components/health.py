"""What needs attention, drawn (NEW-11): dots by kind, thirty days of refused logins as bars, and the list.

The drawing is SVG in the page: attributes and classes only, as the content security policy wants it. Whatever
it shows stands beside it in words, or in the table below.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linekey.domain.access import Actor
from linekey.domain.attention import TABLE
from linekey.records import pages
from linekey.records.pages import DayCount, FailedLoginsPage, HealthPage, SourceRow
from linekey.web.components.attention import SLUGS, Item, counted, item_of

MOST_DOTS, STRIDE = 12, 14
"""Of the dots of a kind: how many at most, and how far apart."""
HEIGHT, STEP, GAP = 56, 10, 2
LEAST = 3
"""A day with a single refused login must still be seen."""


@dataclass(frozen=True)
class KindLine:
    tone: str
    title: str
    meaning: str
    count: str
    dots: tuple[int, ...]
    """Where each dot lies, from the left."""
    more: bool
    """There are more things than dots."""
    address: str


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    height: int
    told: str
    """Day and number, in words."""


@dataclass(frozen=True)
class Days:
    bars: tuple[Bar, ...]
    rows: tuple[tuple[str, str], ...]
    """Day and number of each day which has any, the last first: the drawing as a table."""
    total: str
    first: str
    last: str
    peak: str
    """The worst day, in words; empty when there is none."""
    width: int = 0
    height: int = HEIGHT
    bar: int = STEP - GAP


@dataclass(frozen=True)
class Block:
    kinds: tuple[KindLine, ...]
    items: tuple[Item, ...]
    days: Days
    headline: str
    more: bool
    """There is more than the list shows."""


@dataclass(frozen=True)
class Source:
    name: str
    agent: str
    count: str
    last_at: datetime
    width: int
    """Of a hundred: the share of the source which tried most."""
    familiar: bool


@dataclass(frozen=True)
class Refused:
    """Refused logins of one service."""

    attack: Item | None
    days: Days
    sources: tuple[Source, ...]
    more: str
    """How many sources are not named; empty when all are."""


def block_of(page: HealthPage, actor: Actor, now: datetime) -> Block:
    total = sum(kind.count for kind in page.counts)
    items = tuple(item_of(row, actor, now) for row in page.rows)
    return Block(
        kinds=tuple(
            KindLine(
                TABLE[kind.what].tone,
                _(TABLE[kind.what].title),
                _(TABLE[kind.what].meaning),
                counted(kind.count, more=kind.more),
                tuple(range(6, 6 + STRIDE * min(kind.count, MOST_DOTS), STRIDE)),
                kind.count > MOST_DOTS,
                reverse("health-kind", args=[SLUGS[kind.what]]),
            )
            for kind in page.counts
        ),
        items=items,
        days=days_of(page.days),
        headline=_headline(total, more=any(kind.more for kind in page.counts)),
        more=total > len(items),
    )


def shown(actor: Actor, reference: str, now: datetime) -> dict[str, Refused]:
    """What the page of a service adds to its own. Raises NotFound."""
    return {"refused": refused_of(pages.failed_logins(actor, reference, now=now), actor, now)}


def refused_of(page: FailedLoginsPage, actor: Actor, now: datetime) -> Refused:
    most = max((source.count for source in page.sources), default=1)
    left = page.source_count - len(page.sources)
    return Refused(
        attack=item_of(page.attack, actor, now) if page.attack else None,
        days=days_of(page.days),
        sources=tuple(_source(source, most) for source in page.sources),
        more=ngettext("and %(count)s more source", "and %(count)s more sources", left)
        % {"count": counted(left)}
        if left
        else "",
    )


def days_of(days: Sequence[DayCount]) -> Days:
    most = max((day.count for day in days), default=0)
    worst = max(days, key=lambda day: day.count, default=None)
    told = [_on(day) for day in days]
    return Days(
        bars=tuple(
            Bar(number * STEP, HEIGHT - tall, tall, told[number])
            for number, day in enumerate(days)
            if (tall := _height(day.count, most))
        ),
        rows=tuple((_day(day), counted(day.count)) for day in reversed(days) if day.count),
        total=counted(sum(day.count for day in days)),
        first=_day(days[0]) if days else "",
        last=_("today"),
        peak=_on(worst) if worst and worst.count else "",
        width=len(days) * STEP - GAP,
    )


def _height(count: int, most: int) -> int:
    return max(round(HEIGHT * count / most), LEAST) if count else 0


def _day(day: DayCount) -> str:
    return date_format(day.day, "j\u00a0N")


def _on(day: DayCount) -> str:
    return _("%(day)s: %(count)s") % {"day": _day(day), "count": counted(day.count)}


def _source(source: SourceRow, most: int) -> Source:
    return Source(
        name=source.source or _("unknown"),
        agent=source.agent,
        count=counted(source.count),
        last_at=source.last_at,
        width=max(round(100 * source.count / most), 1),
        familiar=source.familiar,
    )


def _headline(total: int, *, more: bool) -> str:
    if not total:
        return _("Nothing needs your attention.")
    return ngettext(
        "%(count)s thing needs your attention.", "%(count)s things need your attention.", total
    ) % {"count": counted(total, more=more)}
