"""What a backup says, line by line: a heading, each table with its rows, and at the end what it all was.

    {"linekey": "backup", "format": 1, "version": …, "engine": …, "taken_at": …, "migrations": …, "files": …}
    {"table": "linekey_person", "columns": […], "bytes": […]}
    [[row], [row], …]
    {"rows": 1234, "last": 1250, "digest": "<SHA-256 of the rows of this table, hex>"}
    {"tables": {"linekey_person": 1234, …}, "sealed_by": {"k1": "<print of the key>"}, "digest": "<of all>"}

Digests find damage. They do not find forgery: keep backups where only you write.
"""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, NoReturn

from django.db import connection

from linekey.vault import keyring, signing
from linekey.worker.backups.locks import DAMAGED, BadBackup
from linekey.worker.backups.rows import Row, Snapshot, Table, tables
from linekey.worker.rotate_keys import SEALED

FORMAT = 1
_KEY_NAME = 32
"""So much of a sealed value in base64 holds the name of its key."""
_written = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


@dataclass(frozen=True)
class Heading:
    version: str
    engine: str
    taken_at: datetime
    migrations: list[tuple[str, str]]
    files: dict[str, bytes]


@dataclass(frozen=True)
class Ending:
    tables: dict[str, int]
    """Rows, by table."""
    sealed_by: dict[str, str]
    """The keys which sealed something, and their prints (`vault.keyring.prints`)."""


def lines(
    snapshot: Snapshot, files: Mapping[str, bytes], *, now: datetime, went_on: Callable[[int], None]
) -> Iterator[bytes]:
    """`went_on` is told how many rows were written."""
    whole, counted, sealed_by = hashlib.sha256(), dict[str, int](), set[str]()
    prints = keyring.prints()

    def line(said: object) -> bytes:
        written = f"{_written(said)}\n".encode()
        whole.update(written)
        return written

    yield line(
        {
            "linekey": "backup",
            "format": FORMAT,
            "version": version("linekey"),
            "engine": connection.vendor,
            "taken_at": now.astimezone(UTC).isoformat(),
            "migrations": snapshot.applied(),
            "files": {name: b64encode(content).decode() for name, content in files.items()},
        }
    )
    for table in tables():
        yield line({"table": table.name, "columns": table.columns, "bytes": table.in_bytes})
        count, digest, sealed = 0, hashlib.sha256(), _sealed_places(table)
        for batch in snapshot.rows(table):
            sealed_by |= {name for place in sealed for row in batch if (name := _key(row[place]))}
            count += len(batch)
            written = line(batch)
            digest.update(written)
            yield written
            went_on(len(batch))
        yield line({"rows": count, "last": snapshot.last(table), "digest": digest.hexdigest()})
        counted[table.name] = count
    prints |= keyring.prints()  # Of a rotation meanwhile.
    of_keys = {name: prints.get(name, "") for name in sorted(sealed_by | {signing.sealed_by()} - {""})}
    yield f"{_written({'tables': counted, 'sealed_by': of_keys, 'digest': whole.hexdigest()})}\n".encode()


def _sealed_places(table: Table) -> list[int]:
    sealed = {each.name for each in SEALED if each.model._meta.db_table == table.name}
    return [place for place, name in enumerate(table.columns) if name in sealed]


def _key(sealed: str | None) -> str:
    """Empty for what no key has sealed."""
    name = b64decode(sealed[:_KEY_NAME]).partition(b"\0")[0] if sealed else b""
    return name.decode() if name[:1] == b"k" and name[1:].isdigit() else ""


@dataclass
class Reading:
    """A backup from its first line on. Whoever takes the tables must take all of their rows, in order.

    Raises BadBackup for whatever is not as it was written.
    """

    _lines: Iterator[bytes]
    _whole: Any = field(default_factory=hashlib.sha256)
    ending: Ending | None = None
    """Once every table was read."""

    def __post_init__(self) -> None:
        said = self._next()
        if not isinstance(said, dict) or said.get("linekey") != "backup" or "version" not in said:
            raise BadBackup("this is no backup of Linekey")
        if said.get("format") != FORMAT:
            raise BadBackup(f"this backup was made by Linekey {said['version']}: use that one")
        try:
            self.heading = Heading(
                said["version"],
                said["engine"],
                datetime.fromisoformat(said["taken_at"]),
                [(app, name) for app, name in said["migrations"]],
                {name: b64decode(content) for name, content in said["files"].items()},
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            _damaged()

    def tables(self) -> Iterator[tuple[Table, Iterator[list[Row]], "Told"]]:
        """What is told of a table is known once its rows were taken."""
        counted = dict[str, int]()
        while isinstance(said := self._next(keep=True), dict) and "table" in said:
            table, told = Table(said["table"], said["columns"], said["bytes"]), Told()
            yield table, self._rows(told), told
            counted[table.name] = told.rows
        if not isinstance(said, dict) or said.get("tables") != counted or said["digest"] != self._before:
            _damaged()
        self.ending = Ending(said["tables"], said["sealed_by"])
        if next(self._lines, None) is not None:
            _damaged()

    def _rows(self, told: "Told") -> Iterator[list[Row]]:
        digest = hashlib.sha256()
        while isinstance(said := self._next(), list):
            digest.update(self._line)
            told.rows += len(said)
            yield said
        if said["rows"] != told.rows or said["digest"] != digest.hexdigest():
            _damaged()
        told.last = said["last"]

    def _next(self, *, keep: bool = False) -> Any:
        """`keep`: what was read before this line may be what it is to be compared with."""
        self._line = next(self._lines, b"")
        if keep:
            self._before = self._whole.hexdigest()
        self._whole.update(self._line)
        try:
            return json.loads(self._line)
        except ValueError:
            _damaged()


@dataclass
class Told:
    rows: int = 0
    last: int | None = None


def _damaged() -> NoReturn:
    raise BadBackup(DAMAGED)
