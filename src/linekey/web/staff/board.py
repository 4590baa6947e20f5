"""What the board of `/exploitation` shows: elements as cards, and changes with the steps which are not done.

Decides the words and the order: what a person must look at comes first, then what waits, oldest first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linekey.records.pages import ElementRow, OutboxRow
from linekey.web.staff import findings, words
from linekey.web.staff.strip import Strip, is_stale, strip_of


@dataclass(frozen=True)
class Finding:
    good: bool
    title: str
    detail: str
    language: str
    """`en` when the detail is not in the person's language."""
    remedy: str


@dataclass(frozen=True)
class Card:
    """One element."""

    name: str
    icon: str
    role: str
    tone: str
    state: str
    strip: Strip
    picture: str
    """What the strip shows, in words."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class StepLine:
    id: int
    title: str
    tone: str
    state: str
    since: datetime
    trouble: str
    next_try: str
    attempts: str
    stopped: bool


@dataclass(frozen=True)
class Change:
    """One plan, with those of its steps which are not done."""

    object: str
    reference: str
    asked_at: datetime
    stopped: bool
    steps: tuple[StepLine, ...]


@dataclass(frozen=True)
class Board:
    drawn_at: datetime
    cards: tuple[Card, ...]
    changes: tuple[Change, ...]
    ill: int
    waiting: int
    stopped: int


def board_of(elements: Iterable[ElementRow], rows: Iterable[OutboxRow], *, now: datetime) -> Board:
    cards = tuple(_card(element, now) for element in elements)
    by_plan = groupby(sorted(rows, key=attrgetter("plan", "id")), key=attrgetter("plan"))
    changes = [_change(list(group), now) for _plan, group in by_plan]
    changes.sort(key=lambda change: (not change.stopped, change.asked_at))
    stopped = sum(change.stopped for change in changes)
    return Board(
        drawn_at=now,
        cards=cards,
        changes=tuple(changes),
        ill=sum(card.tone != "success" for card in cards),
        waiting=len(changes) - stopped,
        stopped=stopped,
    )


def concerned(row: OutboxRow) -> str:
    """The service, else the person, a step is about."""
    return row.reference or row.customer_id or _("no service")


def _card(element: ElementRow, now: datetime) -> Card:
    icon, role = words.role_of(element.role)
    since = timesince(element.since, now, depth=1)
    if is_stale(element, now):
        tone, state = "warning", _("Not looked at")
        picture = _("Nobody has looked for %(time)s: the worker may be stopped.")
        since = timesince(element.seen_at, now, depth=1)
    elif element.good:
        tone, state, picture = "success", _("Well"), _("Well for %(time)s.")
    else:
        tone, state, picture = "danger", _("Ill"), _("Ill for %(time)s.")
    return Card(
        name=element.name,
        icon=icon,
        role=role,
        tone=tone,
        state=state,
        strip=strip_of(element, now),
        picture=picture % {"time": since},
        findings=tuple(_finding(found, element.name) for found in element.findings),
    )


def _finding(found: dict[str, Any], element: str) -> Finding:
    detail, language = findings.detail_of(found, element)
    return Finding(
        good=bool(found.get("good")),
        title=findings.title_of(found),
        detail=detail,
        language=language,
        remedy=findings.remedy_of(found),
    )


def _change(rows: list[OutboxRow], now: datetime) -> Change:
    steps = tuple(_step(row, now) for row in rows)
    first = rows[0]
    return Change(
        object=concerned(first),
        reference=first.reference,
        asked_at=first.asked_at,
        stopped=any(step.stopped for step in steps),
        steps=steps,
    )


def _step(row: OutboxRow, now: datetime) -> StepLine:
    step = row.step
    tone, state = words.step_state(step.state, troubled=bool(step.trouble))
    attempts = ngettext("%(count)d attempt", "%(count)d attempts", step.attempts) % {"count": step.attempts}
    return StepLine(
        id=row.id,
        title=words.step(step.kind),
        tone=tone,
        state=state,
        since=step.since,
        trouble=step.trouble,
        next_try=_next_try(step.due, now) if step.state == "waiting" else "",
        attempts=attempts if step.attempts else "",
        stopped=step.state == "dead",
    )


def _next_try(due: datetime, now: datetime) -> str:
    seconds = round((due - now) / timedelta(seconds=1))
    if seconds <= 1:
        return _("next try now")
    return ngettext("next try in %(count)d second", "next try in %(count)d seconds", seconds) % {
        "count": seconds
    }
