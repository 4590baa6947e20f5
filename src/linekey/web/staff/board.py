"""What the board of `/exploitation` shows: elements as cards, and changes with the steps which are not done.

Decides the words and the order: what a person must look at comes first, then what waits, oldest first.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linekey.domain.effects import StepState
from linekey.records.pages import ElementRow, OutboxRow, Step
from linekey.web.staff import findings, words
from linekey.web.staff.copies import CopyLine, lines_of
from linekey.web.staff.strip import Strip, is_stale, strip_of
from linekey.web.templatetags.desk import moment


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
    copies: tuple[CopyLine, ...]
    """Of its tables, at other sites."""

    @property
    def ill(self) -> bool:
        return self.tone != "success" or any(copy.ill for copy in self.copies)


@dataclass(frozen=True)
class StepLine:
    id: int
    title: str
    tone: str
    state: str
    trouble: str
    told: tuple[str, ...]
    """Since when, how often it was tried, and when it is tried next."""
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
    ill: int
    stopped: tuple[Change, ...]
    """A person must decide."""
    waiting: tuple[Change, ...]
    """Tried again by themselves."""


def board_of(elements: Iterable[ElementRow], rows: Iterable[OutboxRow], *, now: datetime) -> Board:
    cards = [_card(element, now) for element in elements]
    by_plan = groupby(sorted(rows, key=attrgetter("plan", "id")), key=attrgetter("plan"))
    changes = sorted((_change(list(group), now) for _plan, group in by_plan), key=attrgetter("asked_at"))
    return Board(
        drawn_at=now,
        cards=tuple(sorted(cards, key=lambda card: not card.ill)),
        ill=sum(card.ill for card in cards),
        stopped=tuple(change for change in changes if change.stopped),
        waiting=tuple(change for change in changes if not change.stopped),
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
        copies=lines_of(element.copies, now),
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
    return StepLine(
        id=row.id,
        title=words.step(step.kind),
        tone=tone,
        state=state,
        trouble=step.trouble,
        told=tuple(_told(step, now)),
        stopped=step.state is StepState.DEAD,
    )


def _told(step: Step, now: datetime) -> Iterator[str]:
    yield _("since %(at)s") % {"at": moment(step.since)}
    if not step.attempts:
        yield _("not tried yet")
        return
    yield ngettext("%(count)d attempt", "%(count)d attempts", step.attempts) % {"count": step.attempts}
    if step.state is StepState.WAITING:
        seconds = max(round((step.due - now) / timedelta(seconds=1)), 0)
        yield (
            ngettext("next try in %(count)d second", "next try in %(count)d seconds", seconds)
            % {"count": seconds}
            if seconds
            else _("next try now")
        )
