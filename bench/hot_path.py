"""What a network asks all day: REGISTER and Access-Request, of the elements with Linekey's tables and
configuration, beside the same programs as Debian ships them. As many lines, the same engine, in turns.

Once at rest, and twice while a rotation in grace is in progress on one line in a hundred, which are asked in
proportion: with the new password, whose first use is written down, and with the old one. The stock servers
know one password per line, and are asked with it.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Protocol

from bench import access_servers, registrars, stores
from bench.ground import Ground
from bench.measure import ROUNDS, Result, Target, spread
from linekey.domain.secret import Secret

IN_GRACE = 100
"""One line in so many."""
NEW = "vert"


class Server(Protocol):
    store: str

    def answer(self, ground: Ground, asked: Iterable[tuple[str, str]]) -> tuple[float, float]: ...


@dataclass(frozen=True)
class _Kind:
    name: str
    of: ModuleType
    lines: int
    asked: int
    """Lines asked in one round."""
    rotate: Callable[[Server, list[int], str], None]
    profile: str


def run(ground: Ground) -> Iterable[Result]:
    lines = ground.size(100_000, 5_000)
    kinds = (
        _Kind("REGISTER", registrars, lines, ground.size(1_000, 50), _rotate_lines, _OF_REGISTER),
        _Kind("Access-Request", access_servers, lines, ground.size(4_000, 200), _rotate_accesses, _OF_ACCESS),
    )
    for kind in kinds:
        with kind.of.linekeys(ground, lines) as ours, kind.of.debians(ground, lines) as stock:
            yield from _measured(ground, kind, ours, stock)


def _measured(ground: Ground, kind: _Kind, ours: Server, stock: Server) -> Iterator[Result]:
    rotated = random.sample(range(kind.lines), kind.lines // IN_GRACE)
    cases: tuple[tuple[str, dict[int, str], float], ...] = (
        ("at rest", {}, 0.95),
        ("new password in grace", dict.fromkeys(rotated, NEW), 0.9),
        ("old password in grace", {}, 0.9),
    )
    for told, slots, least in cases:

        def turn(slots: dict[int, str] = slots, told: str = told) -> tuple[float, float]:
            if told != "at rest":
                # Anew each time: the first use of a new password ends it.
                kind.rotate(ours, rotated, f"{random.getrandbits(64):x}")
            return ours.answer(ground, kind.of.some(kind.lines, kind.asked, slots))

        pairs = [
            (turn(), stock.answer(ground, kind.of.some(kind.lines, kind.asked, {})))
            for _ in range(ROUNDS + 1)
        ]
        yield from _results(f"{kind.name}, {told}", pairs[1:], least, kind.profile)


def _results(
    name: str, pairs: list[tuple[tuple[float, float], tuple[float, float]]], least: float, profile: str
) -> Iterator[Result]:
    rates, used = ([[side[part] for side in pair] for pair in pairs] for part in (0, 1))
    for told, unit, each, target, why in (
        ("", "/s", rates, Target(ratio_at_least=least), profile),
        (", processor time", "µs", used, Target(), ""),
    ):
        mine, theirs = ([pair[side] for pair in each] for side in (0, 1))
        yield Result(
            f"{name}{told}",
            unit,
            sorted(mine)[len(mine) // 2],
            sorted(theirs)[len(theirs) // 2],
            "Debian's own configuration",
            spread(mine),
            target,
            why,
        )


def _rotate_lines(server: Server, lines: list[int], name: str) -> None:
    """As an adapter writes it; in the table of the new passwords stands the second of each line."""
    from bench.digests import digests

    until = time.time() + 3600
    rows = [(registrars.name(line), f"{name}x{line}", line) for line in lines]

    def ha1s(line: int, slot: str) -> tuple[str, str]:
        return digests(registrars.name(line), registrars.REALM, registrars.password(line, slot))

    stores.each(
        server.store,
        "UPDATE subscriber SET ha1 = ?, ha1b = ?, rotation = ? WHERE username = ?",
        [(*ha1s(line, NEW), rotation, user) for user, rotation, line in rows],
    )
    stores.each(server.store, "DELETE FROM linekey_previous", [()])
    stores.fill(
        server.store,
        "linekey_previous",
        ("username", "domain", "ha1", "ha1b", "rotation", "not_after"),
        [(user, registrars.REALM, *ha1s(line, "bleu"), rotation, until) for user, rotation, line in rows],
    )


def _rotate_accesses(server: Server, accesses: list[int], name: str) -> None:
    """As an adapter writes it."""
    from linekey.vault.radius import seal_for_radius

    key, until = getattr(server, "key"), int(time.time()) + 3600  # noqa: B009 (the protocol knows no key)
    logins = [access_servers.login(access) for access in accesses]
    stores.each(server.store, "DELETE FROM radcheck WHERE username = ?", [(login,) for login in logins])
    rows: list[tuple[str, str, str, str]] = []
    for access, login in zip(accesses, logins, strict=True):
        rotation = f"{name}x{access}"
        new, old = (Secret(registrars.password(access, slot)) for slot in (NEW, "bleu"))
        before = seal_for_radius(login, old, key, before=(rotation, until))
        rows += [
            (login, "Linekey-Sealed-Password", ":=", seal_for_radius(login, new, key)),
            (login, "Linekey-Sealed-Previous", ":=", before),
            (login, "Linekey-Previous-Until", ":=", str(until)),
            (login, "Linekey-Rotation", ":=", rotation),
        ]
    stores.fill(server.store, "radcheck", ("username", "attribute", "op", "value"), rows)


_OF_REGISTER = (
    "half of a REGISTER is the memory manager Debian starts Kamailio with, and how long that looks for room "
    "differs by a third from one start to the next; where both use -x fm, ours needs 4 % more instructions: "
    "of its 22 µs, the name of a rotation read beside the password takes 2.4, the domain in that question "
    "0.9, the count of wrong passwords 0.5, the digest bound to URI and source address 0.3"
)
_OF_ACCESS = (
    "the password is sealed here and in clear there: opening it in the Python module is a sixth of the "
    "instructions, 6 µs of AES-GCM by cryptography and the rest the embedding; reading radreply is an "
    "eighth, the index by which the answers to a login are found a twelfth; the stock configuration asks for "
    "groups instead"
)
