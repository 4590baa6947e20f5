"""Processor time of servers: of a process, its children, and of the PostgreSQL which works for them."""

import os
from collections import defaultdict
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def seconds(*roots: int) -> float:
    """Of these processes and everything they started that still lives."""
    children, used = defaultdict[int, list[int]](list), dict[int, float]()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # It ended meanwhile.
        children[int(told[1])].append(int(process.name))
        used[int(process.name)] = (int(told[11]) + int(told[12])) / _TICK
    wanted, total = list(roots), 0.0
    while wanted:
        one = wanted.pop()
        total += used.get(one, 0.0)
        wanted += children[one]
    return total


def postmaster() -> list[int]:
    """The private cluster of this bench, if it has one."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "stat").read_text()
        except OSError:
            continue
        if "(postgres)" in told and int(told.rpartition(")")[2].split()[1]) == os.getpid():
            found.append(int(process.name))
    return found
