"""Which credentials need attention, why, and how badly (NEW-11).

Pure rules over what is known of one service: they never ask an element, never guess what nobody told, and
say nothing of a service which is not active. `docs/reference/health.md` says the same in words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from linekey.domain.attention import Attention
from linekey.domain.kinds import PPPOE_ACCESS, SIP_LINE, Kind, Stored
from linekey.domain.networks import parsed
from linekey.domain.password_rules import PRESETS

REFUSALS_KEPT = timedelta(days=30)
BURST_LASTS = timedelta(hours=24)
"""A line counts as attacked for that long after the last burst."""
GRACE_NEAR = timedelta(hours=24)
"""Nearer to its end than that, or past its half when it is shorter, an unused grace is told."""
UNUSED_AFTER = timedelta(days=14)
LOOK_AGAIN = timedelta(days=7)
"""How long a look says of a password nobody used that nobody uses it."""
BACK_AGAIN = timedelta(minutes=15)
"""How long a look says of a device which stays away that it does."""


@dataclass(frozen=True)
class Burst:
    """Refused logins of one clock hour, from sources that are not the owner's, which make an attack."""

    of_one: int | None
    """So many from one source, more than a device makes which retries with a password that was changed.

    None where one source alone says nothing.
    """
    spread: int
    """So many from all sources together, when there are at least `sources` of them."""
    sources: int

    def is_in(self, row: "Refusals") -> bool:
        alone = self.of_one is not None and row.most >= self.of_one
        return alone or (row.sources >= self.sources and row.count >= self.spread)


BURSTS: dict[Kind, Burst] = {
    # A phone which retries every 30 seconds, as most do, makes 120; Kamailio lets a source try five a minute.
    SIP_LINE: Burst(of_one=150, spread=50, sources=5),
    # A source is a circuit: the box itself, with a wrong password, redials for ever. FreeRADIUS tells of one
    # refusal per circuit and minute, so that a few are many.
    PPPOE_ACCESS: Burst(of_one=None, spread=20, sources=3),
}


@dataclass(frozen=True)
class Refusals:
    """Refused logins of one service within one hour, but those from where its own device was last seen."""

    hour: datetime
    count: int
    most: int
    """Of the source which tried most."""
    sources: int


@dataclass(frozen=True)
class Facts:
    """What is known of one service and of its newest secret. Moments are None for what never happened."""

    kind: Kind
    active: bool = True
    made_at: datetime | None = None
    """When the newest secret was made; None when there is none, or it is retired."""
    live_at: datetime | None = None
    replaced_at: datetime | None = None
    """Since when the secret before it is refused; None for the first, and while that is accepted too."""
    used: bool = False
    """Was anybody ever seen logged in with it?"""
    seen_at: datetime | None = None
    """When the element was last asked who is there."""
    online: bool = False
    """Was anybody there at that look?"""
    stayed_away_at: datetime | None = None
    """When the watch for the device ended without it."""
    retire_at: datetime | None = None
    """When the secret before it is refused, while it is still accepted."""
    rules: str = ""
    """Preset of rules it was chosen under; empty when it was drawn, or nobody knows."""
    rules_now: str = ""
    stopped_at: datetime | None = None
    """When a step of its change was refused for good."""
    refused: tuple[Refusals, ...] = ()
    sources: int = 0
    """How many different ones these came from."""


@dataclass(frozen=True)
class Found:
    what: Attention
    since: datetime
    count: int = 0
    """Refused logins of an attack."""
    sources: int = 0
    until: datetime | None = None
    """When the old secret ends."""


def judge(facts: Facts, now: datetime) -> list[Found]:
    """Everything that needs attention, the worst first."""
    if not facts.active or facts.kind.stored is Stored.NOTHING:
        return []
    return [found for rule in _RULES for found in rule(facts, now)]


def wants_look(facts: Facts, now: datetime) -> bool:
    """Must the element be asked before it can be said that nobody is there?"""
    if not facts.active or facts.live_at is None:
        return False
    if _stays_away(facts):
        return facts.seen_at is None or now - facts.seen_at > BACK_AGAIN
    if not _may_be_unused(facts, now):
        return False
    return (
        facts.seen_at is None
        or now - facts.seen_at > LOOK_AGAIN
        or facts.seen_at - facts.live_at < UNUSED_AFTER
    )


def weaker(made: str, now: str) -> bool:
    """Did rules `made` let secrets pass which are shorter, or simpler, than rules `now` do?"""
    if made not in PRESETS or now not in PRESETS:
        return False
    (short, simple), (least, kinds) = _demands(made), _demands(now)
    return short < least or (short == least and simple < kinds)


def _attacked(facts: Facts, now: datetime) -> Iterator[Found]:
    """A new secret ends it, and what was tried within the same hour still: guesses at the one before."""
    since = facts.replaced_at
    recent = [
        row for row in facts.refused if now - row.hour < BURST_LASTS and (since is None or row.hour >= since)
    ]
    hot = [row.hour for row in recent if BURSTS[facts.kind].is_in(row)]
    if hot:
        yield Found(Attention.ATTACKED, min(hot), sum(row.count for row in recent), facts.sources)


def host(source: str) -> str:
    """The address in `203.0.113.9:5060`, in one spelling; what is no address is itself."""
    found = parsed(source)
    return str(found) if found else source


def _stopped(facts: Facts, now: datetime) -> Iterator[Found]:
    if facts.stopped_at is not None:
        yield Found(Attention.STOPPED, facts.stopped_at)


def _not_back(facts: Facts, now: datetime) -> Iterator[Found]:
    if facts.stayed_away_at is not None and _stays_away(facts):
        yield Found(Attention.NOT_BACK, facts.stayed_away_at)


def _stays_away(facts: Facts) -> bool:
    """A look later than the watch may have found it after all."""
    away = facts.stayed_away_at
    if away is None or facts.used or facts.made_at is None:
        return False
    return not (facts.online and facts.seen_at is not None and facts.seen_at > away)


def _grace_ending(facts: Facts, now: datetime) -> Iterator[Found]:
    end, live = facts.retire_at, facts.live_at
    if end is None or live is None or facts.used or end <= now:
        return
    near = min(GRACE_NEAR, (end - live) / 2)
    if end - now <= near:
        yield Found(Attention.GRACE_ENDING, end - near, until=end)


def _outdated(facts: Facts, now: datetime) -> Iterator[Found]:
    if facts.made_at is not None and weaker(facts.rules, facts.rules_now):
        yield Found(Attention.OUTDATED, facts.made_at)


def _old(facts: Facts, now: datetime) -> Iterator[Found]:
    most = timedelta(days=facts.kind.renew_after_days)
    if facts.made_at is not None and now - facts.made_at >= most:
        yield Found(Attention.OLD, facts.made_at + most)


def _never_used(facts: Facts, now: datetime) -> Iterator[Found]:
    """Only after a look: silence of an element nobody asked says nothing."""
    live, seen = facts.live_at, facts.seen_at
    if live is None or seen is None or not _may_be_unused(facts, now) or facts.stayed_away_at is not None:
        return
    if seen - live >= UNUSED_AFTER:
        yield Found(Attention.NEVER_USED, live + UNUSED_AFTER)


def _may_be_unused(facts: Facts, now: datetime) -> bool:
    if facts.live_at is None or facts.made_at is None or facts.used or facts.online:
        return False
    return now - facts.live_at >= UNUSED_AFTER


def _demands(preset: str) -> tuple[int, int]:
    """Least length, and kinds of characters, which the rules of a preset want."""
    values = {rule.code: dict(rule.values).get("least", 0) for rule in PRESETS[preset]}
    return int(str(values.get("length", 0))), int(str(values.get("classes", 0)))


_RULES = (_attacked, _stopped, _not_back, _grace_ending, _outdated, _old, _never_used)
