"""The anchor: every checkpoint once more, in a file outside the database, one JSON line each.

Whoever cuts the end off a chain can cut the checkpoints too, where both lie in one database. The file can be
made append-only, or be shipped to another machine line by line as it grows.
"""

import json
import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Line:
    """One checkpoint, in the order of its names in the file."""

    chain: int
    number: int
    digest: str
    at: str
    """As `domain.trail.moment` writes it."""
    key: str
    signature: str


def append(lines: Iterable[Line]) -> None:
    """On the disk when this returns. Raises OSError."""
    text = "".join(f"{json.dumps(asdict(line), separators=(',', ':'))}\n" for line in lines)
    handle = os.open(_file(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        with os.fdopen(handle, "ab", closefd=False) as file:
            file.write(text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def lines(chains: Collection[int] | None = None) -> Iterator[tuple[int, Line | None]]:
    """Each line with its place, from 1: those of some chains, or all; None for what cannot be read.

    Nothing when there is no file.
    """
    if not _file().exists():
        return
    with _file().open(encoding="utf-8", errors="replace") as file:
        for place, text in enumerate(file, start=1):
            line = _line(text)
            if line is None or chains is None or line.chain in chains:
                yield place, line


def _line(text: str) -> Line | None:
    try:
        line = Line(**json.loads(text))
    except (ValueError, TypeError, RecursionError):
        return None
    whole = all(type(each) is int and 0 < each < 2**63 for each in (line.chain, line.number))
    texts = (line.digest, line.at, line.key, line.signature)
    return line if whole and all(isinstance(each, str) for each in texts) else None


def _file() -> Path:
    return Path(settings.LINEKEY_AUDIT_ANCHOR)
