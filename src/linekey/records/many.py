"""Rows by the thousand, in the transaction of the caller: values go to the database as they are.

An object per row, which nobody reads again, costs ten times the row. No signal is sent and nothing is checked
but by the database: for whoever writes rows of their own making.
"""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models import Lookup, Q

Row = Sequence[Any]


class _Among(Lookup):  # type: ignore[type-arg] # Django has no brackets here.
    """One value for the database to take apart, where `__in` has Django look at each of thousands."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        lhs, values = self.process_lhs(compiler, connection)
        found = f"{lhs} IN (SELECT value FROM json_each(%s))"  # noqa: S608 (a column)
        return found, [*values, json.dumps(list(self.rhs))]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        lhs, values = self.process_lhs(compiler, connection)
        return f"{lhs} = ANY(%s)", [*values, list(self.rhs)]


models.Field.register_lookup(_Among)
models.ForeignKey.register_lookup(_Among)


def among(name: str, values: Collection[int] | Collection[str]) -> Q:
    """`name__in=values`, however many: a field of numbers or of words, `service_id` or `pk`."""
    # No list: Django would look at each of it.
    return Q(**{f"{name}__among": frozenset(values)})


def numbers(model: type[models.Model], count: int) -> list[int]:
    """Fresh primary keys in ascending order, for rows which others are to name before they are written."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            drawn = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
            cursor.execute(drawn, [table, count])
            return [row[0] for row in cursor.fetchall()]
        # Nobody else writes meanwhile; what is written with these keys counts them as used.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()
        first = (last[0] if last else 0) + 1
        return list(range(first, first + count))


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row], **alike: Any) -> None:
    """`columns` name what differs from row to row, `alike` what does not; anything else is as by default.

    Both are names of attributes, as `service_id`.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    same = [name for name in fields if name not in columns and not fields[name].primary_key]
    told = [
        fields[name].get_db_prep_save(alike.get(name, fields[name].get_default()), connection)
        for name in same
    ]
    made = [(at, adapt) for at, name in enumerate(columns) if (adapt := _adapting(fields[name]))]
    names = ", ".join(fields[name].column for name in (*columns, *same))
    whole = ((*_adapted(row, made), *told) for row in rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            copy_in(cursor, f"{model._meta.db_table} ({names})", whole)
            return
        places = ", ".join(["%s"] * (len(columns) + len(same)))
        statement = f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({places})"  # noqa: S608 (ours)
        cursor.executemany(statement, list(whole))


def copy_in(cursor: Any, table: str, rows: Iterable[Row]) -> None:
    """PostgreSQL's own way in for many rows; `table` with its columns. Raises Django's database errors."""
    with connection.wrap_database_errors, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _adapted(row: Row, made: Sequence[tuple[int, Callable[[Any], Any]]]) -> Row:
    if not made:
        return row
    values = list(row)
    for at, adapt in made:
        values[at] = adapt(values[at])
    return values


def _adapting(field: "models.Field[Any, Any]") -> Callable[[Any], Any] | None:
    """How the column takes a value; None where it takes it as it is. Thousands of rows have few moments."""
    if isinstance(field, models.JSONField):
        return json.dumps
    if isinstance(field, models.DateTimeField) and connection.vendor != "postgresql":
        return cache(_moment)
    return None


def _moment(value: datetime | None) -> Any:
    return connection.ops.adapt_datetimefield_value(value)
