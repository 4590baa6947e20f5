"""The tables as one moment saw them, in a form that belongs to no engine: what SQLite gave, PostgreSQL takes.

Of each value: a whole number, a fraction, a text, or nothing. Moments are texts in UTC, as Django writes them
on SQLite; yes and no are 1 and 0; bytes are base64, in the columns that say so. Columns are those of the
database itself: it may wait for migrations. Memory does not grow with a table.
"""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from sqlite3 import connect
from typing import Any
from urllib.parse import quote

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

Row = list[Any]
LABEL = "linekey"
LEFT_OUT = "linekey_searchentry"
"""What services are found by is made anew of the services."""
ROWS_AT_ONCE, BYTES_AT_ONCE = 200, 1 << 20

_PLAIN = frozenset({"smallint", "integer", "bigint", "double precision"})


@dataclass(frozen=True)
class Table:
    name: str
    columns: list[str]
    """The first is the primary key."""
    in_bytes: list[int]
    """Places of those that hold bytes."""


def tables() -> list[Table]:
    """Those a backup holds, by name."""
    return [_table(name) for name in sorted(known()) if name != LEFT_OUT]


def known() -> set[str]:
    """Our tables, as the applied migrations made them: those of an element may be beside, called alike."""
    loader = MigrationLoader(connection)
    applied = [node for node in loader.applied_migrations if node in loader.graph.nodes and node[0] == LABEL]
    models = loader.project_state(applied).models.items()
    ours = {name: model.options for (app, name), model in models if app == LABEL}
    return {options.get("db_table") or f"{LABEL}_{name}" for name, options in ours.items()}


@dataclass(frozen=True)
class Snapshot:
    """One moment; what is committed later is not in it."""

    _cursor: Any

    def rows(self, table: Table) -> Iterator[list[Row]]:
        """In the order of the primary key, some at a time."""
        batch, size = list[Row](), 0
        for found in self._read(table):
            row = list(found)
            for place in table.in_bytes:
                if row[place] is not None:
                    size += len(row[place])
                    row[place] = b64encode(row[place]).decode()
            batch.append(row)
            if len(batch) == ROWS_AT_ONCE or size > BYTES_AT_ONCE:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def count(self, table: Table) -> int:
        [(count,)] = self._ask(f"SELECT count(*) FROM {table.name}")  # noqa: S608 (names of our own tables)
        return int(count)

    def last(self, table: Table) -> int | None:
        """The highest number ever given to a row; None where no sequence gives them."""
        if connection.vendor == "postgresql":
            [(sequence,)] = self._ask(f"SELECT pg_get_serial_sequence('{table.name}', '{table.columns[0]}')")
            question = f"SELECT last_value FROM {sequence}" if sequence else ""  # noqa: S608 (as above)
        else:
            question = f"SELECT seq FROM sqlite_sequence WHERE name = '{table.name}'"  # noqa: S608 (as above)
        found = self._ask(question) if question else []
        return int(found[0][0]) if found else None

    def applied(self) -> list[list[str]]:
        """The migrations, in the order they were applied."""
        return [list(row) for row in self._ask("SELECT app, name FROM django_migrations ORDER BY id")]

    def bytes_in_all(self) -> int:
        """What the database takes of its disk."""
        if connection.vendor == "postgresql":
            [(size,)] = self._ask("SELECT pg_database_size(current_database())")
            return int(size)
        return int(self._ask("PRAGMA page_count")[0][0]) * int(self._ask("PRAGMA page_size")[0][0])

    def _ask(self, question: str) -> list[Any]:
        return list(self._cursor.execute(question).fetchall())

    def _read(self, table: Table) -> Iterator[Any]:
        first = _quoted(table.columns[0])
        if connection.vendor != "postgresql":
            names = ", ".join(map(_quoted, table.columns))
            question = f"SELECT {names} FROM {table.name} ORDER BY {first}"  # noqa: S608 (as above)
            yield from self._cursor.execute(question)
            return
        forms = _forms(table.name)
        told = ", ".join(_told(name, forms[name]) for name in table.columns)
        question = f"SELECT {told} FROM {table.name} ORDER BY {first}"  # noqa: S608 (as above)
        with self._cursor.copy(f"COPY ({question}) TO STDOUT") as copy:
            copy.set_types([_type(forms[name]) for name in table.columns])
            yield from copy.rows()


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """While the product runs: nobody waits for it."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT count(*) FROM pg_class")  # The first question makes the moment.
            yield Snapshot(cursor.cursor)
        return
    # A connection of its own: it reads what stands there, untranslated.
    name = quote(str(connection.settings_dict["NAME"]))
    with closing(connect(f"file:{name}?mode=ro", uri=True, isolation_level=None)) as raw:
        raw.execute("BEGIN")
        raw.execute("SELECT count(*) FROM sqlite_master").fetchall()  # The first question makes the moment.
        yield Snapshot(raw.cursor())


def _table(name: str) -> Table:
    forms = _forms(name)
    in_bytes = [place for place, form in enumerate(forms.values()) if form in ("BLOB", "bytea")]
    return Table(name, list(forms), in_bytes)


def _forms(name: str) -> dict[str, str]:
    """By column, the primary key first: its type as the database calls it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute LEFT JOIN pg_index"
                " ON indrelid = attrelid AND indisprimary AND attnum = ANY (indkey)"
                " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
                " ORDER BY indrelid IS NULL, attnum",
                [name],
            )
        else:
            cursor.execute("SELECT name, type FROM pragma_table_info(%s) ORDER BY pk = 0, cid", [name])
        return dict(cursor.fetchall())


def _told(name: str, form: str) -> str:
    column = _quoted(name)
    match form:
        case "timestamp with time zone":
            # Without a fraction where there is none, as SQLite has it: its moments are compared as texts.
            text = f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
            return f"regexp_replace({text}, '[.]000000$', '')"
        case "boolean":
            return f"{column}::int"
        case "inet":
            return f"host({column})"
        case "bytea":
            return column
    return column if form in _PLAIN else f"{column}::text"


def _type(form: str) -> str:
    if form == "boolean":
        return "int4"
    return {"smallint": "int2", "integer": "int4", "bigint": "int8", "double precision": "float8"}.get(
        form, "bytea" if form == "bytea" else "text"
    )


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
