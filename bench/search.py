"""How long the search takes at a million services: any mix of filters, first pages of 51 rows.

Beside it some of the same questions over ordinary indexes, each of those stopped after a second. In the
database alone, and with what the page makes of it. And how fast everything is read anew.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bench.ground import Ground
from bench.measure import Result, Target, part

if TYPE_CHECKING:
    from bench.questions import Question

LIMIT = 51
STOP = 1.0
SLOW = "unrelated parts of names, each of them common, are long lists of words to walk along"
Milliseconds = list[float]


def run(ground: Ground) -> Iterator[Result]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bench import town
    from linekey.records import search

    services = ground.size(1_000_000, 5_000)
    call_command("migrate", verbosity=0)
    town.build(services)
    began = time.perf_counter()
    search.rebuild()
    anew = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    yield from _asked(services, ground.size(500, 60), ground.size(90, 15))
    yield Result(f"{services:,} services read anew", "/s", services / anew)


def _asked(services: int, questions: int, beside: int) -> Iterator[Result]:
    from bench.questions import plainly, questions_about
    from linekey.records import pages, search
    from linekey.records.models import Service

    asked = questions_about(services, questions)
    some = random.Random(3).sample(asked, beside)

    def found(question: "Question") -> None:
        search.found(question.actor, question.filters, limit=LIMIT)

    def page(question: "Question") -> None:
        pages.services(question.actor, question.filters, limit=LIMIT)

    def rename(service: Service) -> None:
        service.name = f"{service.name} bis"
        service.save()

    for question in asked[:40]:
        page(question)
    # In turns: the same questions over words and, of some, over ordinary indexes.
    words, plain, whole = list[float](), list[float](), list[float]()
    for question in asked:
        words += _in_database([question], found)
        whole += _took([question], page)
        if question in some:
            plain += _took([question], lambda each: plainly(each, LIMIT, STOP))
    name = f"search of {services:,}"
    for told, of, most in (("p50", 0.5, 1), ("p99", 0.99, 20)):
        target = Target(at_most=most)
        against = "ordinary indexes, stopped after a second"
        yield Result(
            f"{name}, {told}", "ms", part(words, of), part(plain, of), against, target=target, why=SLOW
        )
    for told, of in (("p50", 0.5), ("p99", 0.99)):
        yield Result(f"{name} with its page, {told}", "ms", part(whole, of), part(plain, of), "the same")
    renamed = _took(Service.objects.filter(pk__lte=200), rename)
    yield Result("a service renamed, p50", "ms", part(renamed, 0.5))


def _took(each: Iterable[Any], ask: Callable[[Any], object]) -> Milliseconds:
    took = []
    for one in list(each):
        began = time.perf_counter()
        ask(one)
        took.append(1000 * (time.perf_counter() - began))
    return took


def _in_database(questions: Sequence["Question"], ask: Callable[["Question"], object]) -> Milliseconds:
    """Spent carrying statements out and taking their rows."""
    took = []
    for question in questions:
        with _watched() as spent:
            ask(question)
        took.append(1000 * sum(spent))
    return took


@contextmanager
def _watched() -> Iterator[list[float]]:
    """Seconds of each call which waits for the database."""
    from django.db import connection
    from django.db.backends.utils import CursorWrapper

    spent = list[float]()

    class Watched(CursorWrapper):
        def execute(self, sql: Any, params: Any = None) -> Any:
            return self._timed(super().execute, sql, params)

        def fetchall(self) -> Any:
            return self._timed(self.cursor.fetchall)

        def _timed(self, call: Callable[..., Any], *values: Any) -> Any:
            began = time.perf_counter()
            try:
                return call(*values)
            finally:
                spent.append(time.perf_counter() - began)

    plain = connection.make_cursor
    connection.make_cursor = lambda cursor: Watched(cursor, connection)  # type: ignore[method-assign]
    try:
        yield spent
    finally:
        connection.make_cursor = plain  # type: ignore[method-assign]
