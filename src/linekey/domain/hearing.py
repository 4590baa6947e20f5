"""What network elements tell by themselves: who logged in with what, and who was refused."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Heard(StrEnum):
    USED = "used"
    """The new secret of a rotation in grace was accepted for the first time: the old one is refused now."""
    OLD = "old"
    """The old secret of a rotation in grace was accepted, for the first time since."""
    REFUSED = "refused"
    """A wrong secret, or an unknown name."""


@dataclass(frozen=True)
class ElementEvent:
    """One line an element wrote. Names come from strangers: they may be anything, of any length."""

    number: int
    """Ascending within the element."""
    at: datetime
    what: Heard
    name: str
    """`user@realm` of a line, login of an access."""
    rotation: str = ""
    """Name of the rotation, when there is one."""
    source: str = ""
    """Address the request came from; for an access what the access server says of the caller."""
    agent: str = ""
    """User-Agent of a phone, or the access server which asked."""
