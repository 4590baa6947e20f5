"""What every refusal is made of: a stable code, a nature, one sentence, and what to do next.

Sentences are English and are translated by the door that shows them; `%(name)s` places take
`values`. A code never changes once published: scripts and support articles rely on it.
"""

from enum import Enum, auto
from typing import ClassVar


def N_(text: str) -> str:
    """Mark a sentence for translation without translating it: this room knows no language."""
    return text


class Nature(Enum):
    """What sort of no it is: each door has one answer per nature."""

    MISSING = auto()
    """Nothing is there for whoever asks."""
    FORBIDDEN = auto()
    UNKNOWN_CALLER = auto()
    WRONG = auto()
    """A proof which does not hold: password, code, key."""
    UNFIT = auto()
    """Readable, and not acceptable as it is."""
    UNREADABLE = auto()
    CONFLICT = auto()
    """Not as things stand."""
    OVER = auto()
    """It was possible once, and never will be again."""
    SHUT = auto()
    """Not before some moment."""


class Refusal(Exception):
    """The desk said no, for a reason the person can understand and act on."""

    code: ClassVar[str]
    nature: ClassVar[Nature]
    sentence: ClassVar[str]
    next_step: ClassVar[str]

    def __init__(self, **values: object) -> None:
        super().__init__(self.code)
        self.values = values
