"""Puts the rows of a backup into the database, in one transaction: all of it, or nothing has happened.

Tables are made as they were when the backup was taken, filled, and only then given their indexes and foreign
keys: as fast as the engine can, and every reference is checked. `linekey migrate` brings them forward later.
"""

from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from linekey.worker.backups import rows
from linekey.worker.backups.lines import Reading
from linekey.worker.backups.locks import BadBackup
from linekey.worker.backups.rows import Row, Table

_DJANGOS = ("auth_", "django_")
_WORDS = ("linekey_search_words",)
"""The index of words takes the tables along in which SQLite keeps it."""
_TRIGGERS = (
    "SELECT tgrelid::regclass::text, tgfoid::regprocedure::text FROM pg_trigger WHERE NOT tgisinternal"
)
_PATIENCE_MS = 2000


def refuse_others() -> None:
    """Raises BadBackup while somebody else is connected, whose changes would be lost."""
    if connection.vendor == "postgresql":
        [(count,)] = _ask(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND usename = current_user AND pid <> pg_backend_pid()"
        )
        if count:
            raise BadBackup(
                f"{count} others are connected to the database: stop the pages and the workers first"
            )
        return
    _ask(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
    try:
        # Only who is alone may leave WAL; without it, rows go straight to where they belong.
        _ask("PRAGMA journal_mode = DELETE")
    except OperationalError:
        raise BadBackup("others have the database open: stop the pages and the workers first") from None


def filled() -> list[str]:
    """Tables of ours which hold rows."""
    names = [table.name for table in rows.tables()]
    return [name for name in names if _ask(f"SELECT 1 FROM {name} LIMIT 1")]  # noqa: S608 (our own tables)


def unknown_migrations(applied: list[tuple[str, str]]) -> list[str]:
    """Those this program has never heard of: it is older than the backup."""
    known = MigrationExecutor(connection).loader.disk_migrations
    return [f"{app}.{name}" for app, name in applied if (app, name) not in known]


def restore(reading: Reading, *, went_on: Callable[[int], None], then: Callable[[], None]) -> dict[str, int]:
    """Rows that stand there now, by table. `then` belongs to the same transaction.

    Raises BadBackup; DatabaseError for rows the database does not take.
    """
    # SQLite makes tables anew only without them, and asks for that outside of a transaction.
    connection.disable_constraint_checking()
    with transaction.atomic(durable=True):
        _forget_all()
        _make(reading.heading.migrations)
        with _bare():
            known = {table.name: table for table in rows.tables()}
            for table, batches, told in reading.tables():
                if table.name not in known or not {*table.columns} <= {*known[table.name].columns}:
                    raise BadBackup(f"the backup holds {table.name} as no release of Linekey has it")
                _fill(table, batches, went_on)
                _number_from(table, told.last)
        connection.check_constraints()
        then()
        return {name: int(_ask(f"SELECT count(*) FROM {name}")[0][0]) for name in known}  # noqa: S608 (as above)


def _forget_all() -> None:
    """What belongs to others in the same database stays."""
    ours, quoted = {*rows.known(), *_WORDS}, connection.ops.quote_name
    on_postgresql = connection.vendor == "postgresql"
    triggers = _ask(_TRIGGERS) if on_postgresql else []
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            if name in ours or name.startswith(_DJANGOS):
                cursor.execute(f"DROP TABLE {quoted(name)}{' CASCADE' if on_postgresql else ''}")
        for function in {function for table, function in triggers if table in ours}:
            cursor.execute(f"DROP FUNCTION {function}")


def _make(applied: list[tuple[str, str]]) -> None:
    """The tables as they were after these migrations, with no row."""
    executor = MigrationExecutor(connection)
    nodes = executor.loader.graph.node_map
    followed = {parent.key for node in applied for parent in nodes[node].parents if parent.key[0] == node[0]}
    executor.migrate([node for node in applied if node not in followed])


@contextmanager
def _bare() -> Iterator[None]:
    """Without indexes and references; what was taken off is put back as it was, and checks what it finds."""
    again = []
    with connection.cursor() as cursor:
        for drop, make in _postgresql_extras() if connection.vendor == "postgresql" else _sqlite_extras():
            cursor.execute(drop)
            again.append(make)
    yield
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        # References were the first to go: they are checked by means of the indexes.
        for make in reversed(again):
            cursor.execute(make)


def _postgresql_extras() -> list[tuple[str, str]]:
    references = _ask(
        "SELECT conrelid::regclass::text,"
        " format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),"
        " format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,"
        " pg_get_constraintdef(oid)) FROM pg_constraint WHERE contype = 'f' ORDER BY oid"
    )
    indexes = _ask(
        "SELECT indrelid::regclass::text, format('DROP INDEX %s', indexrelid::regclass),"
        " pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid) ORDER BY indexrelid"
    )
    ours = rows.known()
    return [(drop, make) for table, drop, make in (*references, *indexes) if table in ours]


def _sqlite_extras() -> list[tuple[str, str]]:
    made = _ask("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    ours, quoted = rows.known(), connection.ops.quote_name
    return [(f"DROP INDEX {quoted(name)}", make) for table, name, make in made if table in ours]


def _fill(table: Table, batches: Iterator[list[Row]], went_on: Callable[[int], None]) -> None:
    names = ", ".join(map(connection.ops.quote_name, table.columns))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
                for batch in batches:
                    for row in _with_bytes(table, batch):
                        copy.write_row(row)
                    went_on(len(batch))
            return
        places = ", ".join("?" for _ in table.columns)
        statement = f"INSERT INTO {table.name} ({names}) VALUES ({places})"  # noqa: S608 (names of our own tables)
        for batch in batches:
            # Past Django, which would read every row for placeholders of its own.
            cursor.connection.executemany(statement, _with_bytes(table, batch))
            went_on(len(batch))


def _with_bytes(table: Table, batch: list[Row]) -> list[Row]:
    for place in table.in_bytes:
        for row in batch:
            if row[place] is not None:
                row[place] = b64decode(row[place])
    return batch


def _number_from(table: Table, last: int | None) -> None:
    """No number is given twice, not even that of a row which is gone."""
    if last is None:
        return
    key = table.columns[0]
    if connection.vendor == "postgresql":
        [(sequence,)] = _ask(f"SELECT pg_get_serial_sequence('{table.name}', '{key}')")
        if sequence:
            most = f"greatest({int(last)}, max({connection.ops.quote_name(key)}))"
            _ask(f"SELECT setval('{sequence}', {most}) FROM {table.name}")  # noqa: S608 (names of our own tables)
        return
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sqlite_sequence SET seq = max(seq, %s) WHERE name = %s", [last, table.name])
        if not cursor.rowcount:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table.name, last])


def _ask(question: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return list(cursor.fetchall())
