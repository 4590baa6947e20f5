"""Backups nobody took: made by hand, or changed afterwards, with digests that hold."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from linekey.worker.backups import archive

HEADING: dict[str, Any] = {
    "linekey": "backup",
    "format": 1,
    "version": "0.1.0",
    "engine": "sqlite",
    "taken_at": "2026-03-02T09:30:00+00:00",
    "migrations": [["linekey", "0001_initial"]],
    "files": {},
}


def made(path: Path, *, sealed_by: dict[str, str] | None = None, **heading: Any) -> Path:
    """One without a single table."""
    ending = {"tables": {}, "sealed_by": sealed_by or {}}
    archive.write(path, _lines([HEADING | heading, ending]))
    return path


def spoil(path: Path, to: Path, *, table: str, column: str, value: Any) -> None:
    """The same, with another value in the first row of a table."""
    with archive.opened(path) as lines:
        said = [json.loads(line) for line in lines]
    named = [each.get("table") if isinstance(each, dict) else None for each in said]
    place = named.index(table)
    said[place + 1][0][said[place]["columns"].index(column)] = value
    archive.write(to, _lines(said))


def _lines(said: Iterable[Any]) -> Iterator[bytes]:
    whole, table = hashlib.sha256(), hashlib.sha256()
    for each in said:
        if isinstance(each, dict) and "rows" in each:
            each = each | {"digest": table.hexdigest()}
        if isinstance(each, dict) and "tables" in each:
            each = each | {"digest": whole.hexdigest()}
        line = f"{json.dumps(each)}\n".encode()
        whole.update(line)
        if isinstance(each, list):
            table.update(line)
        else:
            table = hashlib.sha256()
        yield line
