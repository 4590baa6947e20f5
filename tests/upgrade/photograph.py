"""Every row of every table of ours as the database itself tells it, past all models."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from tests.upgrade.filled import LABEL


@dataclass(frozen=True)
class Photograph:
    rows: dict[str, dict[Any, dict[str, Any]]]
    """Table › key › column."""
    files: dict[str, int]
    """PostgreSQL: the file each table is kept in. A table that is written anew gets another."""


def photograph() -> Photograph:
    tables = [name for name in connection.introspection.table_names() if name.startswith(f"{LABEL}_")]
    return Photograph({table: _rows(table) for table in sorted(tables) if not _shadow(table)}, _files())


def _shadow(table: str) -> bool:
    """What SQLite keeps behind a virtual table of words."""
    return table.startswith("linekey_search_words")


def _rows(table: str) -> dict[Any, dict[str, Any]]:
    with connection.cursor() as cursor:
        key = connection.introspection.get_primary_key_column(cursor, table)
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - names of ours
        columns = [column[0] for column in cursor.description]
        rows = [dict(zip(columns, map(_plain, row), strict=True)) for row in cursor.fetchall()]
    return {row[key]: row for row in rows}


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _files() -> dict[str, int]:
    if connection.vendor != "postgresql":
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relfilenode FROM pg_class WHERE relkind = 'r' AND relname LIKE 'linekey%'"
        )
        return dict(cursor.fetchall())
