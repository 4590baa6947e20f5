"""What people ask a desk for: a service they know, too much at once, and things which exclude each other."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace

from django.db import OperationalError, connection, transaction
from django.db.models import Q

from linekey.domain.access import Actor, Role
from linekey.records import find
from linekey.records.models import Service
from linekey.records.search_words import Filters

LOOKUPS = {
    "reference": "reference__istartswith",
    "client": "organisation__name__icontains",
    "client_reference": "organisation__reference__istartswith",
    "end_client": "end_client__icontains",
    "kind": "kind",
    "product": "product__istartswith",
    "accountcode": "accountcode__istartswith",
    "state": "state",
}


@dataclass(frozen=True)
class Question:
    sort: str
    actor: Actor
    filters: Filters


def questions_about(services: int, count: int) -> list[Question]:
    chance = random.Random(11)
    sorts = ("known", "unselective", "contradicting")
    return [_question(chance, services, sorts[number % 3]) for number in range(count)]


def _question(chance: random.Random, services: int, sort: str) -> Question:
    known, other = (
        Service.objects.select_related("organisation").get(pk=chance.randrange(1, services + 1)) for _ in "12"
    )
    levels = known.path.split(".")
    # The operator, a reseller of any size, now and then a customer.
    path = "".join(f"{level}." for level in levels[: chance.choice((1, 2, 2, 2, 3))])
    actor = Actor(0, "", Role.OPERATOR_ADMIN if path.count(".") == 1 else Role.RESELLER, path)
    facts, others = _facts(chance, known), _facts(chance, other)
    broad = ["kind", "state", "product", "client", "end_client", "text"]
    if sort == "known":
        names = chance.sample(
            [each for each in facts if each not in ("kind", "state")], chance.randrange(1, 4)
        )
        return Question(sort, actor, Filters(**{name: facts[name] for name in names}))
    if sort == "unselective":
        short = {**facts, "client": facts["client"][:4], "end_client": facts["end_client"][:3], "text": "33"}
        names = chance.sample(broad, chance.randrange(0, 3))
        return Question(sort, actor, Filters(**{name: short[name] for name in names}))
    mine, theirs = chance.sample(broad, 2)
    asked = Filters(**{mine: facts[mine], theirs: others[theirs]})
    return Question(sort, actor, replace(asked, state=chance.choice(("", "active", "closed"))))


def _facts(chance: random.Random, service: Service) -> dict[str, str]:
    return {
        "reference": service.reference[: chance.randrange(8, 14)],
        "client": service.organisation.name.split()[chance.randrange(3)],
        "client_reference": service.organisation.reference,
        "end_client": service.end_client[: chance.randrange(5, 20)],
        "kind": service.kind,
        "product": service.product,
        "accountcode": service.accountcode[:6],
        "state": service.state,
        "text": service.name,
    }


def plainly(question: Question, limit: int, stop: float) -> int:
    """The same question over ordinary indexes; how many rows came before it was stopped."""
    rows = find.visible_services(question.actor)
    for field in fields(Filters):
        value = getattr(question.filters, field.name)
        if value and field.name == "text":
            rows = rows.filter(
                Q(name__icontains=value) | Q(reference__icontains=value) | Q(sip__number__icontains=value)
            )
        elif value:
            rows = rows.filter(**{LOOKUPS[field.name]: value})
    asked = rows.order_by("-pk")[:limit]
    try:
        with _stopped(stop):
            return len(asked)
    except OperationalError:
        return 0


@contextmanager
def _stopped(seconds: float) -> Iterator[None]:
    """Whatever is asked within ends by then. Raises OperationalError when it did not end by itself."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
            yield
        return
    ends = time.monotonic() + seconds
    connection.connection.set_progress_handler(lambda: time.monotonic() > ends, 1000)
    try:
        yield
    finally:
        connection.connection.set_progress_handler(None, 0)
