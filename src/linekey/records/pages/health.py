"""What needs attention, as one actor may know it (NEW-11): counts up to a thousand, and the worst by name.

Whoever looks after others reads the marks the worker keeps; what is then shown by name is judged again, so
that nothing is shown which is no longer so. A subscriber has few services: they are judged right away.
"""

from collections.abc import Collection, Container, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import QuerySet

from linekey.domain.access import MAY, SCOPE_OF, Action, Actor, Role
from linekey.domain.attention import TABLE, WORST_FIRST, About, Attention
from linekey.records import copies, find, health, members
from linekey.records.models import ElementHealth, HealthMark, Person
from linekey.records.pages.attention import AttentionRow, person_row, service_row
from linekey.records.pages.failed_logins import OWN_SERVICES, DayCount, refused_days

MOST_COUNTED = 1000
MOST_SHOWN = 8
ROWS = 50
STALE = timedelta(seconds=30)
"""The worker looks at an element every five seconds."""


@dataclass(frozen=True)
class AttentionCount:
    what: Attention
    count: int
    more: bool = False
    """There are more than were counted."""


@dataclass(frozen=True)
class HealthPage:
    counts: tuple[AttentionCount, ...]
    """The worst kind first; kinds of which there is nothing are left out."""
    rows: tuple[AttentionRow, ...]
    days: tuple[DayCount, ...]
    """Refused logins of each of the last thirty days, today last."""

    @property
    def refused(self) -> int:
        return sum(day.count for day in self.days)


@dataclass(frozen=True)
class AttentionPage:
    rows: tuple[AttentionRow, ...]
    next: int | None
    """`after` of the next page; None at the end."""


def health_of(actor: Actor, *, now: datetime) -> HealthPage:
    """What the home page opens on."""
    days = refused_days(actor, now=now)
    if actor.role is Role.SUBSCRIBER:
        rows = [*_own_rows(actor, now), *_own_account(actor)]
        counts = [AttentionCount(what, n) for what in WORST_FIRST if (n := _of(rows, what))]
        return HealthPage(tuple(counts), tuple(_worst_first(rows)[:MOST_SHOWN]), days)
    elements, marked = _elements(actor, now), _marked(actor)
    for what in (Attention.ELEMENT_DOWN, Attention.SITE_BEHIND):
        if ill := _of(elements, what):
            marked[what] = ill
    rows = [*elements, *_own_account(actor), *_worst(actor, marked, now)]
    counts = [
        AttentionCount(what, min(marked[what], MOST_COUNTED), more=marked[what] > MOST_COUNTED)
        for what in WORST_FIRST
        if what in marked
    ]
    return HealthPage(tuple(counts), tuple(_worst_first(rows)[:MOST_SHOWN]), days)


def attention(
    actor: Actor, what: Attention, *, now: datetime, after: int | None = None, limit: int = ROWS
) -> AttentionPage:
    """Everything of one kind, marked last first; `after` is the `next` of the page before."""
    if TABLE[what].about is About.ELEMENT:
        return AttentionPage(tuple(row for row in _elements(actor, now) if row.what is what), None)
    if actor.role is Role.SUBSCRIBER:
        rows = [*_own_rows(actor, now), *_own_account(actor)]
        return AttentionPage(tuple(row for row in rows if row.what is what), None)
    if what not in _kinds(actor):
        return AttentionPage((), None)
    marks = health.marks(actor, what).order_by("-id")
    if after is not None:
        marks = marks.filter(id__lt=after)
    found = list(marks[: limit + 1])
    shown = found[:limit]
    return AttentionPage(tuple(_rows(actor, shown, now)), shown[-1].pk if len(found) > limit else None)


def _may(actor: Actor, action: Action) -> bool:
    """Without a proof: nothing is changed. A key which leaves an action out does not learn of it either."""
    if actor.role not in MAY[action]:
        return False
    return actor.scopes is None or SCOPE_OF.get(action) in actor.scopes


def _kinds(actor: Actor) -> list[Attention]:
    """Kinds there are marks of, and which this actor may know about."""
    people = _may(actor, Action.SEE_MEMBERS)
    return [
        what
        for what in WORST_FIRST
        if TABLE[what].about is About.SERVICE or (people and TABLE[what].about is About.PERSON)
    ]


def _marked(actor: Actor) -> dict[Attention, int]:
    """How many there are of each kind, at most one more than are told; kinds of which there is none left out.

    One question for all kinds. Each stops counting at its limit: a million old passwords cost a thousand.
    """
    column, branch = health.branch(actor)
    one = f"SELECT what FROM {HealthMark._meta.db_table} WHERE what = %s AND {column} = %s LIMIT %s"  # noqa: S608 - names of ours
    each = f"SELECT what, COUNT(*) FROM ({one}) AS bounded GROUP BY what"  # noqa: S608 - as above
    kinds = _kinds(actor)
    with connection.cursor() as cursor:
        values = [value for what in kinds for value in (what.value, branch, MOST_COUNTED + 1)]
        cursor.execute(" UNION ALL ".join([each] * len(kinds)), values)
        return {Attention(what): count for what, count in cursor.fetchall()}


def _worst(actor: Actor, marked: Container[Attention], now: datetime) -> list[AttentionRow]:
    """As many as are shown, of the worst kinds; a few more, as some may be settled meanwhile."""
    marks: list[HealthMark] = []
    for what in WORST_FIRST:
        of_element = TABLE[what].about is About.ELEMENT
        if what in marked and not of_element and len(marks) < 2 * MOST_SHOWN:
            marks += health.marks(actor, what).order_by("-id")[:MOST_SHOWN]
    return [row for row in _rows(actor, marks, now) if not row.own]


def _rows(actor: Actor, marks: Collection[HealthMark], now: datetime) -> Iterator[AttentionRow]:
    """In the order of the marks. What may be seen is asked of services and people themselves."""
    keys = {mark.service_id for mark in marks if mark.service_id}
    services = find.visible_services(actor).in_bulk(keys) if keys else {}
    judged = health.judged(list(services.values()), now=now) if services else {}
    found = {(key, one.what): one for key, those in judged.items() for one in those}
    whose = {mark.person_id for mark in marks if mark.person_id}
    people = _seen_people(actor).in_bulk(whose) if whose else {}
    for mark in marks:
        if mark.person_id in people:
            yield person_row(actor, people[mark.person_id], mark.since)
        elif one := found.get((mark.service_id or 0, Attention(mark.what))):
            yield service_row(actor, services[mark.service_id or 0], one)


def _seen_people(actor: Actor) -> QuerySet[Person]:
    return health.without_second_factor(members.visible(actor))


def _own_account(actor: Actor) -> list[AttentionRow]:
    """Not for a program: a key is no browser, and whoever holds it cannot add a factor."""
    if actor.scopes is not None:
        return []
    own = health.without_second_factor(Person.objects.filter(pk=actor.person_id))
    return [person_row(actor, person, person.created_at) for person in own.select_related("organisation")]


def _own_rows(actor: Actor, now: datetime) -> list[AttentionRow]:
    services = list(find.visible_services(actor).order_by("pk")[:OWN_SERVICES])
    found = health.judged(services, now=now)
    return [service_row(actor, service, one) for service in services for one in found.get(service.pk, [])]


def _elements(actor: Actor, now: datetime) -> list[AttentionRow]:
    if not _may(actor, Action.SEE_ELEMENTS):
        return []
    rows = ElementHealth.objects.order_by("name")
    down = [
        AttentionRow(Attention.ELEMENT_DOWN, row.since if not row.good else row.seen_at, name=row.name)
        for row in rows
        if not row.good or now - row.seen_at > STALE
    ]
    behind = [
        AttentionRow(Attention.SITE_BEHIND, since, name=f"{element} · {site}")
        for element, site, since in copies.in_trouble(now)
    ]
    return [*down, *behind]


def _worst_first(rows: Collection[AttentionRow]) -> list[AttentionRow]:
    return sorted(rows, key=lambda row: WORST_FIRST.index(row.what))


def _of(rows: Collection[AttentionRow], what: Attention) -> int:
    return sum(row.what is what for row in rows)
