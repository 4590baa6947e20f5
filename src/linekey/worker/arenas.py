"""Few places to take memory from, in a process of many threads which mostly wait.

The C library gives each thread one of its own (mallopt(3), M_ARENA_MAX), and what one thread has freed helps
no other: a worker would keep a fifth more than it ever needs at once.
"""

import ctypes

_ARENA_MAX = -8  # malloc.h
_ARENAS = 2


def share() -> None:
    """Before the first thread begins. Does nothing where the library is not GNU's."""
    choose = getattr(ctypes.CDLL(None), "mallopt", None)
    if choose is not None:
        choose(_ARENA_MAX, _ARENAS)
