"""How long the search takes at a million services, by hand: `python -m bench.search postgresql`.

Mixed questions through `pages.services`, first pages of 51 rows, next to what the same questions cost over
ordinary indexes, each of those stopped after a second. Time on the clock, and time of this process and of
the database's together: the second does not move with whatever else the machine does.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests import postgres

if TYPE_CHECKING:
    from bench.questions import Question

LIMIT = 51
STOP = 1.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=("sqlite", "postgresql"))
    parser.add_argument("--database", help="address of one which was filled before; it is left as it is")
    parser.add_argument("--services", type=int, default=1_000_000)
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--baseline", type=int, default=90, help="how many of them over ordinary indexes")
    asked = parser.parse_args()
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory(prefix="linekey-bench-"))
        os.environ |= {"LINEKEY_HOME": home, "DJANGO_SETTINGS_MODULE": "linekey.config.settings"}
        if asked.database:
            os.environ["LINEKEY_DATABASE_URL"] = asked.database
        elif asked.engine == "postgresql":
            os.environ["LINEKEY_DATABASE_URL"] = stack.enter_context(postgres.cluster())
        import django

        django.setup()
        if not asked.database:
            _fill(asked.services)
        _measure(asked.services, asked.questions, asked.baseline)
    return 0


def _fill(services: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    from bench import town
    from linekey.records import search

    call_command("migrate", verbosity=0)
    for what, step in (("rows", lambda: town.build(services)), ("words of every service", search.rebuild)):
        before = time.perf_counter()
        step()
        _say(f"{what}: {time.perf_counter() - before:.0f} s")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _measure(services: int, questions: int, baseline: int) -> None:
    from bench.questions import plainly, questions_about
    from linekey.records import pages
    from linekey.records.models import Service

    asked = questions_about(services, questions)

    def by_words(question: "Question") -> object:
        return pages.services(question.actor, question.filters, limit=LIMIT)

    for question in asked[:40]:
        by_words(question)
    for sort in ("known", "unselective", "contradicting", ""):
        _figures(sort or "all", [each for each in asked if sort in ("", each.sort)], by_words)
    some = random.Random(3).sample(asked, min(baseline, len(asked)))
    _figures("ordinary indexes", some, lambda question: plainly(question, LIMIT, STOP))

    def rename(service: Service) -> object:
        service.name = f"{service.name} bis"
        service.save()
        return None

    _figures("a service renamed", Service.objects.filter(pk__lte=200), rename)


def _figures(what: str, each: Iterable[Any], ask: Callable[..., object]) -> None:
    clock, work = [], []
    for one in list(each):
        began, worked = time.perf_counter(), _worked()
        ask(one)
        clock.append(1000 * (time.perf_counter() - began))
        work.append(1000 * (_worked() - worked))
    told = " | ".join(
        f"{name} p50 {_part(took, 0.5):7.2f}  p99 {_part(took, 0.99):8.2f}  worst {max(took):8.2f} ms"
        for name, took in (("clock", clock), ("work", work))
    )
    _say(f"{what:18} {len(clock):4} × {told}")


def _part(took: list[float], part: float) -> float:
    return sorted(took)[int(len(took) * part)]


def _worked() -> float:
    """Seconds of processor time so far: ours, and those of the server's process that works for us."""
    from django.db import connection

    ours = time.process_time()
    if connection.vendor != "postgresql":
        return ours
    connection.ensure_connection()
    server = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return ours + int(server.read_text().split()[0]) / 1e9


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
