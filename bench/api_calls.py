"""A program of a reseller reads services and changes their passwords, over the API, by its access key.

Beside each call: a bare Django view in the same server, which does one indexed read, or one insert, and
knows no caller, no rights, no other process, no trail and no promise to the network.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from uuid import uuid4

from bench import people
from bench.bare.running import bare
from bench.ground import Ground
from bench.load import Script, once, play, request
from bench.measure import Result, Target, in_turns
from bench.serving import Server, serving

CLIENTS = 16
_READ = (
    "half of the time in the process goes to three statements (key, service with all it belongs to, version) "
    "where the baseline has one; the other half to what every call goes through"
)
_CHANGED = {
    "sqlite": "16 statements under the one lock of SQLite where the baseline has one; with more clients the "
    "work of a change stays the same and the rate falls: who finds it taken sleeps (sqlite3_busy_timeout)",
    "postgresql": "17 statements, each a round trip, where the baseline has one; both wait for one flush",
}


def run(ground: Ground) -> Iterable[Result]:
    count, reads, changes = ground.size(200, 10), ground.size(2000, 20), ground.size(600, 20)
    people.migrated()
    customer = people.company()
    actor, key = people.program(customer)
    lines = people.lines(actor, customer, people.subscribers(customer, count))
    rows = [f"row-{each}" for each in range(count)]
    with ExitStack() as stack:
        ours = stack.enter_context(serving(ground.home, "linekey.config.wsgi"))
        bald = stack.enter_context(bare(ground, rows=count))
        yield in_turns(
            "API: read a service",
            "/s",
            ours=lambda: _rate(ours, _reads("/api/v1/services", lines, reads, key), reads),
            baseline=lambda: _rate(bald, _reads("/rows", rows, reads), reads),
            against="a bare view: one indexed read",
            target=Target(ratio_at_least=0.5, at_least=400),
            why=_READ,
        )
        yield in_turns(
            "API: reset a password",
            "/s",
            ours=lambda: _rate(ours, _resets(lines, changes, key), changes),
            baseline=lambda: _rate(bald, _inserts(changes), changes),
            against="a bare view: one insert",
            target=Target(ratio_at_least=0.5, at_least=150),
            why=_CHANGED[ground.engine],
        )


def _rate(server: Server, scripts: Iterator[Script], count: int) -> float:
    """A second."""
    return count / play(server.port, scripts, clients=CLIENTS)


def _reads(path: str, references: Sequence[str], count: int, key: str = "") -> Iterator[Script]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    for each in range(count):
        yield once(request("GET", f"{path}/{references[each % len(references)]}", headers=headers), 200)


def _resets(lines: Sequence[str], count: int, key: str) -> Iterator[Script]:
    for each in range(count):
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": uuid4().hex}
        path = f"/api/v1/services/{lines[each % len(lines)]}/reset"
        yield once(request("POST", path, headers=headers), 202)


def _inserts(count: int) -> Iterator[Script]:
    for _ in range(count):
        yield once(request("POST", "/rows"), 202)
