"""The last hour of one element as a picture: since when it is well or ill, and whether anybody looked.

Only what is known is drawn. The desk keeps the moment of the last turn, not a history: what came before it is
left pale. So is nothing promised about the time since the last look.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from linekey.records.pages import ElementRow

SPAN = timedelta(hours=1)
WIDTH = 360
STALE = timedelta(seconds=30)
"""The worker looks every five seconds: longer than this without a look, and nobody knows."""


@dataclass(frozen=True)
class Piece:
    """One stretch of the strip, in its own units from the left."""

    look: str
    """`good`, `bad`, `before` or `unseen`."""
    x: int
    width: int


@dataclass(frozen=True)
class Strip:
    pieces: tuple[Piece, ...]
    width: int = WIDTH


def is_stale(element: ElementRow, now: datetime) -> bool:
    return now - element.seen_at > STALE


def strip_of(element: ElementRow, now: datetime) -> Strip:
    turn, seen = _place(element.since, now), _place(element.seen_at, now)
    end = seen if is_stale(element, now) else WIDTH
    # What turned a second ago must still be seen.
    turn = min(turn, max(end - 4, 0))
    drawn = (
        Piece("before", 0, turn),
        Piece("good" if element.good else "bad", turn, end - turn),
        Piece("unseen", end, WIDTH - end),
    )
    return Strip(tuple(piece for piece in drawn if piece.width > 0))


def _place(moment: datetime, now: datetime) -> int:
    """Where a moment lies: 0 an hour ago or before, WIDTH now."""
    return round(WIDTH * (1 - min(max((now - moment) / SPAN, 0), 1)))
