"""One number per request, carried along wherever the request leads: into logs, the trail, the outbox.

Whoever calls may name the request themselves, in a shape that can stand in any log and any column.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LONGEST = 64
_SHAPE = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_-]{{7,{LONGEST - 1}}}", re.ASCII)

_current: ContextVar[str] = ContextVar("linekey_request", default="")


def current() -> str:
    """The number of the request this very thread answers or carries out; empty for none."""
    return _current.get()


@contextmanager
def carried(number: str) -> Iterator[None]:
    """Within, everything done is done for this request."""
    token = _current.set(number)
    try:
        yield
    finally:
        _current.reset(token)


def is_fit(typed: str) -> bool:
    """May a caller's own number be taken over as it is?"""
    return _SHAPE.fullmatch(typed) is not None
