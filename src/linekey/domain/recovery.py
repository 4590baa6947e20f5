"""Which links may recover or deliver something, and for how long."""

from datetime import timedelta
from enum import StrEnum


class Purpose(StrEnum):
    """What a link was made for. A link of one purpose is refused everywhere else (law 8)."""

    RECOVER = "recover"
    REVEAL = "reveal"


LASTS: dict[Purpose, timedelta] = {
    Purpose.RECOVER: timedelta(hours=1),
    Purpose.REVEAL: timedelta(days=3),
}
