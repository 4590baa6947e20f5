"""From click to effect: a POST of `reset` by an access key, until the element itself refuses the old password
and takes the new one. Beside it, a bare UPDATE of the element's own row, followed by the same questions.

A whole Linekey runs for it, as `linekey run` starts it. Each change has its own moment, so that nothing waits
behind the one before.
"""

import random
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, text

from bench.desk import Desk, desk
from bench.digests import digests
from bench.ground import Ground
from bench.measure import Result, Target, part, spread
from bench.probes import AccessServer, Probe, Telephone, until_changed

ROUNDS = 5
AGAINST = "a bare UPDATE of the element's row"
_LINE = text("UPDATE subscriber SET ha1 = :ha1, ha1b = :ha1b WHERE username = :name")
_ACCESS = text(
    "UPDATE radcheck SET value = :value WHERE username = :name AND attribute = 'Linekey-Sealed-Password'"
)
_QUIET_SECONDS = (0.02, 0.08)
"""Between two changes; the moments of what a worker does by the clock are met by chance."""


@dataclass
class Element:
    name: str
    reference: Callable[[int], str]
    probe: Callable[[str], Probe]
    row: Callable[[str, str], dict[str, str]]
    update: object
    store: Connection
    known: dict[str, str] = field(default_factory=dict)
    """The password in force, by reference."""
    probes: dict[str, Probe] = field(default_factory=dict)


def run(ground: Ground) -> Iterable[Result]:
    samples = ground.size(40, 2)
    with desk(ground, count=ground.size(20, 4)) as running, _elements(running) as elements:
        for element in elements:
            _first_passwords(running, element)
            yield from _results(element.name, [_round(running, element, samples) for _ in range(ROUNDS)])


def _round(running: Desk, element: Element, samples: int) -> tuple[list[float], list[float]]:
    """How many ms each change took, ours and the bare ones, in turns."""
    ours: list[float] = []
    bare: list[float] = []
    for reference in random.choices(sorted(element.known), k=samples):
        for took, change in ((ours, running.reset), (bare, partial(_bare, element))):
            time.sleep(random.uniform(*_QUIET_SECONDS))
            probe, old = element.probes[reference], element.known[reference]
            element.known[reference], ms = until_changed(probe, old, partial(change, reference))
            took.append(ms)
    return ours, bare


def _bare(element: Element, reference: str) -> str:
    new = secrets.token_hex(8)
    element.store.execute(element.update, element.row(reference, new))  # type: ignore[call-overload]
    return new


def _results(name: str, rounds: list[tuple[list[float], list[float]]]) -> Iterator[Result]:
    ours, bare = ([ms for each in rounds for ms in each[side]] for side in (0, 1))
    for of, most, told in ((0.5, 30.0, "p50"), (0.99, 100.0, "p99")):
        yield Result(
            f"click to effect, {name}, {told}",
            "ms",
            part(ours, of),
            part(bare, of),
            AGAINST,
            spread([part(each, of) for each, _ in rounds]),
            Target(at_most=most),
            why=(
                "the POST, the worker's claim and what it reads and unseals are each a few ms of Python, and "
                "the element's store is synced to the disk; a machine with other work multiplies each"
            ),
        )


def _first_passwords(running: Desk, element: Element) -> None:
    for number in range(running.count):
        reference = element.reference(number)
        probe, new = element.probe(reference), running.reset(reference)
        deadline = time.monotonic() + 10
        while not probe.accepted(new):
            if time.monotonic() > deadline:
                raise RuntimeError(f"{reference}: the first password never came")
            # As seldom as a person would, or the registrar would take it for guessing.
            time.sleep(0.1)
        element.known[reference], element.probes[reference] = new, probe


@contextmanager
def _elements(running: Desk) -> Iterator[list[Element]]:
    from linekey.domain.secret import Secret
    from linekey.network.store import open_store
    from linekey.vault import radius

    sip, access = running.product.facts["sip"], running.product.facts["radius"]
    home = running.product.home / "elements"
    key = radius.sealing_key(home / "etc" / "radius.key")
    env = running.product.env

    def store(variable: str, file: str) -> str:
        return env.get(variable) or f"sqlite:///{Path(home / 'data' / file)}"

    def line_row(name: str, password: str) -> dict[str, str]:
        one, two = digests(name, sip["realm"], password)
        return {"name": name, "ha1": one, "ha1b": two}

    def access_row(login: str, password: str) -> dict[str, str]:
        return {"name": login, "value": radius.seal_for_radius(login, Secret(password), key=key)}

    engines = [
        open_store(store("LINEKEY_REGISTRAR_STORE", "sip.db")),
        open_store(store("LINEKEY_RADIUS_STORE", "radius.db")),
    ]
    stores = [engine.connect().execution_options(isolation_level="AUTOCOMMIT") for engine in engines]
    try:
        yield [
            Element(
                "Kamailio",
                running.line,
                partial(Telephone, sip["host"], sip["port"], sip["realm"]),
                line_row,
                _LINE,
                stores[0],
            ),
            Element(
                "FreeRADIUS",
                running.access,
                partial(AccessServer, access["host"], access["auth_port"], access["secret"]),
                access_row,
                _ACCESS,
                stores[1],
            ),
        ]
    finally:
        for one, engine in zip(stores, engines, strict=True):
            one.close()
            engine.dispose()
