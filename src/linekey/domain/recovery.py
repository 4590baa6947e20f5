"""Which links may recover or deliver something, and for how long."""

from datetime import timedelta
from enum import StrEnum


class Purpose(StrEnum):
    """What a link was made for. A link of one purpose is refused everywhere else (law 8)."""

    RESET_PASSWORD = "reset_password"
    REVEAL_SECRET = "reveal_secret"


LASTS: dict[Purpose, timedelta] = {
    Purpose.RESET_PASSWORD: timedelta(hours=1),
    Purpose.REVEAL_SECRET: timedelta(days=3),
}
