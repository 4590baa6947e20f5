"""What must be true afterwards, as pure functions over rows: what clients were told, what three books say.

The books are the desk's versions with their trail, its outbox, and the registrar's own table. Each proof
tells how many things it looked at and names what it found wrong; nothing here reads a database or a clock.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

SETTLED = frozenset({"done", "skipped"})
LOOKS = frozenset({"watch", "release"})
"""Steps which wait for a device to come back: these lines have none."""


@dataclass(frozen=True)
class Asked:
    """One change, and what its client was told. Moments are seconds of one clock."""

    key: str
    line: str
    verb: str
    first_sent: float
    answered: float | None
    """When it was accepted; None when it never was."""
    version: int | None
    """The number in the receipt; None where a repeated reset was told « already shown »."""


@dataclass(frozen=True)
class Version:
    line: str
    number: int
    key: str
    """Of the request which made it, as its plan tells; empty for another maker's."""
    digest: str


@dataclass(frozen=True)
class Effect:
    id: int
    line: str
    version: int
    step: int
    kind: str
    state: str
    settled_at: datetime | None


@dataclass(frozen=True)
class Proof:
    name: str
    looked_at: int
    faults: Sequence[str]

    @property
    def holds(self) -> bool:
        """Over nothing nothing is proven."""
        return self.looked_at > 0 and not self.faults


def nothing_lost(asked: Iterable[Asked], versions: Iterable[Version]) -> Proof:
    made = {each.key: each for each in versions if each.key}
    accepted = [each for each in asked if each.answered is not None]
    faults = []
    for each in accepted:
        found = made.get(each.key)
        if found is None:
            faults.append(f"{each.key} on {each.line} was accepted, and is nowhere")
        elif found.line != each.line or each.version not in (None, found.number):
            faults.append(
                f"{each.key} was told version {each.version}, and is {found.number} of {found.line}"
            )
    return Proof("every change answered « done » is recorded, as told", len(accepted), faults)


def once_per_key(versions: Iterable[Version]) -> Proof:
    times = Counter(each.key for each in versions if each.key)
    faults = [f"{key} was recorded {count} times" for key, count in times.items() if count > 1]
    return Proof("each Idempotency-Key made one version", len(times), faults)


def numbered_without_gap(versions: Iterable[Version]) -> Proof:
    numbers = defaultdict[str, list[int]](list)
    for each in versions:
        numbers[each.line].append(each.number)
    faults = [
        f"{line} has versions {sorted(found)}"
        for line, found in numbers.items()
        if sorted(found) != list(range(1, len(found) + 1))
    ]
    return Proof("the versions of a line are 1, 2, 3…", sum(map(len, numbers.values())), faults)


def in_the_order_people_saw(asked: Iterable[Asked], versions: Iterable[Version]) -> Proof:
    """Whoever asked after somebody else was answered has the later version."""
    numbers = {each.key: each.number for each in versions if each.key}
    of_line = defaultdict[str, list[tuple[int, Asked]]](list)
    looked_at = 0
    for each in asked:
        if each.answered is not None and each.key in numbers:
            of_line[each.line].append((numbers[each.key], each))
            looked_at += 1
    faults = []
    for line, found in of_line.items():
        soonest, who = float("inf"), ""
        for number, each in sorted(found, key=lambda pair: -pair[0]):
            if soonest < each.first_sent:
                faults.append(f"{line}: {each.key} is version {number}, and was asked for after {who}")
            if each.answered is not None and each.answered < soonest:
                soonest, who = each.answered, f"{each.key} was answered as {number}"
    return Proof("versions follow the order in which people were answered", looked_at, faults)


def outbox_settled(effects: Sequence[Effect], versions: Iterable[Version]) -> Proof:
    """One row per step of each version, all of them settled but the looks for a device."""
    times = Counter((each.line, each.version, each.step) for each in effects)
    faults = [
        f"step {step} of {line} {number} stands {count} times"
        for (line, number, step), count in times.items()
        if count > 1
    ]
    faults += [
        f"{each.kind} of {each.line} {each.version} is {each.state}"
        for each in effects
        if each.state not in SETTLED and (each.kind not in LOOKS or each.state in ("dead", "blocked"))
    ]
    pushed = {(each.line, each.version) for each in effects if each.kind == "push"}
    faults += [
        f"nothing was promised for {each.line} {each.number}"
        for each in versions
        if (each.line, each.number) not in pushed
    ]
    return Proof("the outbox is settled: one row per step, none dead, none waiting", len(effects), faults)


def settled_in_order(effects: Iterable[Effect]) -> Proof:
    """Law 1: within a line the network is written in the order of the versions."""
    pushes = defaultdict[str, list[Effect]](list)
    for each in effects:
        if each.kind == "push" and each.settled_at is not None:
            pushes[each.line].append(each)
    faults = []
    for line, found in pushes.items():
        by_version = sorted(found, key=lambda each: each.version)
        for before, after in pairwise(by_version):
            if before.id > after.id or _moment(before) > _moment(after):
                faults.append(f"{line}: {after.version} was settled before {before.version}")
    return Proof("pushes of a line were settled in its order", sum(map(len, pushes.values())), faults)


def element_has_the_newest(versions: Iterable[Version], table: Mapping[str, str]) -> Proof:
    newest: dict[str, Version] = {}
    for each in versions:
        if each.line not in newest or newest[each.line].number < each.number:
            newest[each.line] = each
    faults = [
        f"{line}: the registrar does not have version {each.number}"
        for line, each in newest.items()
        if table.get(line) != each.digest
    ]
    faults += [f"{line} is on the registrar alone" for line in table.keys() - newest.keys()]
    return Proof("the registrar has the newest password of every line", len(newest), faults)


def element_took_each_once(
    history: Iterable[tuple[str, str]], versions: Iterable[Version], effects: Iterable[Effect]
) -> Proof:
    """`history`: line and digest, as the registrar's own table took them, in that order."""
    numbers = {(each.line, each.digest): each.number for each in versions}
    written = defaultdict[str, list[int]](list)
    faults = []
    for line, digest in history:
        number = numbers.get((line, digest))
        if number is None:
            faults.append(f"{line}: the registrar took a password which is no version")
        else:
            written[line].append(number)
    for line, found in written.items():
        if found != sorted(set(found)):
            faults.append(f"{line}: the registrar took versions {found}")
    for each in effects:
        if each.kind == "push" and each.state == "done" and each.version not in written[each.line]:
            faults.append(
                f"{each.line}: version {each.version} is called done, and never reached the registrar"
            )
    return Proof(
        "the registrar took each applied version once, and none after a later one",
        sum(map(len, written.values())),
        faults,
    )


def in_the_trail(versions: Iterable[Version], trail: Mapping[tuple[str, int], int]) -> Proof:
    """`trail`: how many entries tell of a version of a line."""
    wanted = {(each.line, each.number) for each in versions}
    faults = [
        f"{line} {number} is told {trail.get((line, number), 0)} times in the trail"
        for line, number in sorted(wanted)
        if trail.get((line, number), 0) != 1
    ]
    faults += [
        f"the trail tells of {line} {number}, which is no version" for line, number in trail.keys() - wanted
    ]
    return Proof("the trail tells of each version once", len(wanted), faults)


def rotated_once(states: Mapping[str, str], versions: Iterable[Version]) -> Proof:
    """Each line of the campaign, which had one password, has two. `states`: of its lines, by line."""
    count = Counter(each.line for each in versions)
    faults = [f"{line} is {state}" for line, state in states.items() if state != "done"]
    faults += [f"{line} has {count[line]} passwords" for line in states if count[line] != 2]
    return Proof("every line of the campaign was rotated once", len(states), faults)


def _moment(effect: Effect) -> datetime:
    assert effect.settled_at is not None
    return effect.settled_at
