"""The PIN of an account: digits asked for beside the password when that changes (TEAM-1)."""

from itertools import pairwise

from linekey.domain.errors import PinRefused
from linekey.domain.secret import Secret

LENGTHS = range(6, 11)
_RUNS = ({0}, {1}, {9})
"""Steps, modulo ten, between the digits of 777777, 890123 and 987654."""


def require_good(pin: Secret) -> None:
    """6 to 10 ASCII digits, not all the same and not a run. Raises PinRefused."""
    clear = pin.reveal()
    if len(clear) not in LENGTHS or not (clear.isascii() and clear.isdigit()):
        raise PinRefused()
    if {(int(after) - int(before)) % 10 for before, after in pairwise(clear)} in _RUNS:
        raise PinRefused()
