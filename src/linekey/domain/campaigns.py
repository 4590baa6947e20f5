"""Campaigns: a new secret for each of thousands of services after a leak (NEW-6).

Decides which states there are, how fast it goes and when it stops by itself. Knows no table and no clock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from linekey.domain.effects import Effect, EffectKind
from linekey.domain.errors import N_, Malformed
from linekey.domain.kinds import Kind, Mode, Verb
from linekey.domain.rotation import plan as plan_of_one


class CampaignState(StrEnum):
    DRAFTED = "drafted"
    """Which services take part is being written down; nothing has changed yet."""
    RUNNING = "running"
    PAUSED = "paused"
    """By a person. What was recorded before still becomes true."""
    STOPPED = "stopped"
    """By itself: too much failed, or its maker may run it no more."""
    DONE = "done"
    CANCELLED = "cancelled"
    """By a person. What was recorded stays; the others keep their secret."""


MOVES: dict[CampaignState, frozenset[CampaignState]] = {
    CampaignState.DRAFTED: frozenset(
        {CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.STOPPED, CampaignState.CANCELLED}
    ),
    CampaignState.RUNNING: frozenset(
        {CampaignState.PAUSED, CampaignState.STOPPED, CampaignState.DONE, CampaignState.CANCELLED}
    ),
    CampaignState.PAUSED: frozenset({CampaignState.DRAFTED, CampaignState.RUNNING, CampaignState.CANCELLED}),
    CampaignState.STOPPED: frozenset({CampaignState.DRAFTED, CampaignState.RUNNING, CampaignState.CANCELLED}),
    CampaignState.DONE: frozenset(),
    CampaignState.CANCELLED: frozenset(),
}
OVER = frozenset(state for state, moves in MOVES.items() if not moves)
AT_WORK = frozenset({CampaignState.DRAFTED, CampaignState.RUNNING})


class LineState(StrEnum):
    """Where one service of a campaign stands."""

    WAITING = "waiting"
    """Nothing has changed yet."""
    RECORDED = "recorded"
    """It has a new secret, which the element has not taken yet."""
    DONE = "done"
    """The element took it."""
    FAILED = "failed"
    """The element or the mail server refused: a person must look."""
    SKIPPED = "skipped"
    """Left as it was, for a reason."""


LINE_MOVES: dict[LineState, frozenset[LineState]] = {
    LineState.WAITING: frozenset({LineState.RECORDED, LineState.SKIPPED}),
    LineState.RECORDED: frozenset({LineState.DONE, LineState.FAILED}),
    LineState.DONE: frozenset(),
    # Somebody tried the refused step again, and it went through.
    LineState.FAILED: frozenset({LineState.DONE}),
    LineState.SKIPPED: frozenset(),
}


class CampaignMode(StrEnum):
    """What becomes of the old secrets."""

    GRACE = "grace"
    """Each is accepted until the new one is used, or until the deadline of its policy."""
    IMMEDIATE = "immediate"
    """Each is refused as soon as its owner holds what they need; connections are cut."""
    COMPROMISED = "compromised"
    """Each is refused at once, whether or not its owner can be told (law 4)."""


class HandOver(StrEnum):
    """How whoever uses a service comes by the new secret."""

    LINK = "link"
    """A one-time link to each owner, which draws the secret they keep."""
    FILE = "file"
    """One file, which only the maker of the campaign can open."""


class Reason(StrEnum):
    """Why a service was skipped, or what refused it."""

    NONE_TO_HAVE = "none_to_have"
    """A hosted PBX has none; its licences do."""
    NOT_ACTIVE = "not_active"
    MANAGED_PHONE = "managed_phone"
    """The handset fetches its password by itself (SIP-3)."""
    NOTHING_OLD = "nothing_old"
    """The network accepts no secret for it: none can have leaked."""
    NO_GRACE = "no_grace"
    """Its element holds one secret per name, and grace was asked for."""
    NO_CONTACT = "no_contact"
    """There is nobody to send a link to."""
    NOT_YOURS = "not_yours"
    """It left the maker's branch meanwhile."""
    OVERTAKEN = "overtaken"
    """Somebody made a newer secret before the element took this one: done, by that one."""
    REFUSED = "refused"
    """A step was refused outside; the page of the service tells which."""


class Why(StrEnum):
    """What stopped a campaign."""

    FAILURES = "failures"
    MAKER = "maker"
    """Its maker was disabled, or has another role."""


BATCH = 500
"""Services in one transaction: on SQLite, whoever changes one password waits for it to end, a tenth of a
second."""
LISTED_AT_ONCE = 500
IN_FLIGHT = 5000
"""Recorded and not yet taken by an element: a campaign waits for one which is down."""
CATCH_UP = timedelta(seconds=2)
"""After a standstill this much of the pace is made good, no more."""
FIRST_FEW = 20
"""A percentage says nothing of fewer."""
FASTEST = 10_000
"""Services per second somebody may ask for: more than one worker does."""
KEPT = timedelta(hours=72)
"""How long a new secret, sealed, waits for its file to be taken; then the file, for being fetched again."""


@dataclass(frozen=True)
class Pace:
    rate: int = 50
    """Services per second."""
    wave: int = 0
    """Services per wave; 0 for a single one."""
    pause: timedelta = timedelta(0)
    """Between the end of a wave and the next."""

    def allowed(self, *, since: datetime, now: datetime, in_wave: int, in_flight: int) -> int:
        """How many services may be recorded now. `since`: up to when the pace was used."""
        earned = int(min(now - since, CATCH_UP).total_seconds() * self.rate)
        room = [earned, BATCH, IN_FLIGHT - in_flight]
        return max(0, min([*room, self.wave - in_wave] if self.wave else room))

    def used(self, taken: int, *, since: datetime, now: datetime) -> datetime:
        """Up to when the pace is used, `taken` services later."""
        return max(since, now - CATCH_UP) + timedelta(seconds=taken / self.rate)

    def left(self, waiting: int, *, in_wave: int, speed: float) -> timedelta:
        """How long it takes still; `speed` in services per second, 0 where it was not measured yet."""
        waves = max(0, -(-(waiting + in_wave) // self.wave) - 1) if self.wave else 0
        return timedelta(seconds=round(waiting / min(speed or self.rate, self.rate))) + waves * self.pause


@dataclass(frozen=True)
class Brake:
    """When a campaign stops by itself; 0 asks for nothing."""

    percent: int = 5
    """Of those which were taken or refused."""
    count: int = 0

    def pulled(self, *, failed: int, settled: int) -> bool:
        if self.count and failed >= self.count:
            return True
        return bool(self.percent) and settled >= FIRST_FEW and failed * 100 >= self.percent * settled


@dataclass(frozen=True)
class Orders:
    """How a campaign is to be run, as somebody chose."""

    mode: CampaignMode
    hand_over: HandOver
    pace: Pace = Pace()
    brake: Brake = Brake()


_BOUNDS: dict[str, tuple[int, int]] = {
    "rate": (1, FASTEST),
    "wave": (0, 1_000_000),
    "pause": (0, 24 * 60),
    "stop_percent": (0, 100),
    "stop_count": (0, 1_000_000),
}


def orders(
    *, mode: str, hand_over: str, rate: int, wave: int, pause: int, stop_percent: int, stop_count: int
) -> Orders:
    """As somebody chose; `pause` in minutes. Raises Malformed, naming the value out of its bounds."""
    numbers = {
        "rate": rate,
        "wave": wave,
        "pause": pause,
        "stop_percent": stop_percent,
        "stop_count": stop_count,
    }
    for field, number in numbers.items():
        least, most = _BOUNDS[field]
        if not least <= number <= most:
            raise Malformed(field=field, why=N_("it is out of bounds"))
    if mode not in frozenset(CampaignMode):
        raise Malformed(field="mode", why=N_("it is none of those offered"))
    if hand_over not in frozenset(HandOver):
        raise Malformed(field="hand_over", why=N_("it is none of those offered"))
    pace = Pace(rate, wave, timedelta(minutes=pause))
    return Orders(CampaignMode(mode), HandOver(hand_over), pace, Brake(stop_percent, stop_count))


def plan(kind: Kind, mode: CampaignMode, hand_over: HandOver) -> list[Effect]:
    """The steps for one service of a campaign, in order.

    With links the service is not left with its old secret until the link is opened, as it is when one link
    is sent: it gets one nobody knows, and the link draws the one its owner keeps. That link goes first, so
    that one which cannot be sent cuts nobody off, unless the old secret is compromised (law 4). With a file
    nobody is mailed: whoever takes the file tells them.
    """
    one = plan_of_one(
        kind,
        Verb.RESET,
        mode=Mode.GRACE if mode is CampaignMode.GRACE else Mode.IMMEDIATE,
        compromised=mode is CampaignMode.COMPROMISED,
    )
    quiet = [effect for effect in one if effect.kind is not EffectKind.NOTIFY]
    if hand_over is HandOver.FILE:
        return quiet
    invite = Effect(EffectKind.INVITE, message=f"{kind.code}_campaign")
    if mode is not CampaignMode.COMPROMISED:
        return [invite, *quiet]
    ordered = [effect for effect in quiet if effect.ordered]
    return [*ordered, invite, *(effect for effect in quiet if not effect.ordered)]
