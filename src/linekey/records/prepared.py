"""Statements that every request needs, worked out once.

Django spends several times longer on writing such a statement than a database on carrying it out. What is
prepared stays a queryset, with `Given` wherever a value changes: the same SQL, the same rows, nothing cached
but the text. Knows the inside of one version of Django; `tests/records/test_prepared.py` compares the two.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.models.query import get_related_populators  # type: ignore[attr-defined]
from django.db.models.sql import UpdateQuery

M = TypeVar("M", bound=models.Model)
_LONGEST_NUMBER = 63
"""Bits which a column of whole numbers holds, beside the sign."""


class _Slot(str):
    """Stands among the parameters for the value of that name."""

    __slots__ = ()


class Given(models.Expression):
    """A value which is told when the statement is carried out. Never None: that is another statement."""

    def __init__(self, name: str, field: "models.Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: object, connection: object) -> tuple[str, list[str | int]]:
        return "%s", [_Slot(self.name)]


def text(name: str) -> Given:
    return Given(name, models.CharField())


def number(name: str) -> Given:
    return Given(name, models.BigIntegerField())


def moment(name: str) -> Given:
    return Given(name, models.DateTimeField())


@dataclass(frozen=True)
class _Statement:
    sql: str
    params: Sequence[Any]

    def run(self, cursor: Any, given: Mapping[str, Any], adapted: Callable[[datetime], Any]) -> None:
        """`adapted`: how this database takes a moment."""
        values = [given[each] if isinstance(each, _Slot) else each for each in self.params]
        cursor.execute(self.sql, [adapted(each) if isinstance(each, datetime) else each for each in values])


def _here() -> Any:
    """The connection of this thread itself: `django.db.connection` looks for it anew at each of its names."""
    return connections[DEFAULT_DB_ALIAS]


def planned() -> Any:
    """A cursor which keeps what comes often: on PostgreSQL its plan (PREPARE), on SQLite its text."""
    return _planned(_here())


def _planned(here: Any) -> Any:
    if here.vendor == "postgresql":
        from linekey.records import prepared_postgresql  # psycopg costs 10 MB, SQLite has no use for it

        return prepared_postgresql.cursor(here)
    from linekey.records import prepared_sqlite

    return prepared_sqlite.cursor(here)


class Question(Generic[M]):
    """Rows of a queryset, those it joins and what it tells beside them included."""

    def __init__(self, ask: "Callable[[], models.QuerySet[M]]") -> None:
        self._ask = ask
        self._plans: dict[str, _Plan[M]] = {}

    def all(self, **given: Any) -> list[M]:
        here = _here()
        plan = self._plans.get(here.vendor)
        if plan is None:
            plan = self._plans[here.vendor] = _Plan(self._ask())
        # A number which no column holds names no row.
        beyond = any(
            isinstance(value, int) and value.bit_length() > _LONGEST_NUMBER for value in given.values()
        )
        return [] if beyond else plan.rows(here, given)

    def first(self, **given: Any) -> M | None:
        return next(iter(self.all(**given)), None)


class _Plan(Generic[M]):
    """What `django.db.models.query.ModelIterable` finds out anew each time."""

    def __init__(self, asked: "models.QuerySet[M]") -> None:
        compiler = asked.query.get_compiler(using=asked.db)
        sql, params = compiler.as_sql()
        self.statement, self.locks = _Statement(sql, params), asked.query.select_for_update
        info: Any = compiler.klass_info
        select: Any = compiler.select
        fields = info["select_fields"]
        self.model, self.own = info["model"], slice(fields[0], fields[-1] + 1)
        self.names = [column[0].target.attname for column in select[self.own]]
        self.joined = get_related_populators(info, select, asked.db)
        self.beside: Sequence[tuple[str, int]] = list(compiler.annotation_col_map.items())
        found = compiler.get_converters([column[0] for column in select])
        self.converters = [(at, ways, of) for at, (ways, of) in found.items()]

    def rows(self, here: Any, given: Mapping[str, Any]) -> list[M]:
        if self.locks and not here.in_atomic_block:
            raise transaction.TransactionManagementError("a row is locked within a transaction")
        with _planned(here) as cursor:
            self.statement.run(cursor, given, here.ops.adapt_datetimefield_value)
            return [self._made(here, list(row)) for row in cursor.fetchall()]

    def _made(self, here: Any, row: list[Any]) -> M:
        for at, ways, of in self.converters:
            for way in ways:
                row[at] = way(row[at], of, here)
        made: M = self.model.from_db(here.alias, self.names, row[self.own])
        for each in self.joined:
            each.populate(row, made)
        for name, at in self.beside:
            setattr(made, name, row[at])
        return made


class Change:
    """An UPDATE of the rows of a queryset; how many there were."""

    def __init__(self, rows: "Callable[[], models.QuerySet[Any]]", **values: Any) -> None:
        self._rows, self._values = rows, values
        self._statements: dict[str, _Statement] = {}

    def __call__(self, **given: Any) -> int:
        here = _here()
        statement = self._statements.get(here.vendor)
        if statement is None:
            query = self._rows().query.chain(UpdateQuery)
            query.add_update_values(self._values)  # type: ignore[attr-defined]
            statement = _Statement(*query.get_compiler(using=here.alias).as_sql())
            self._statements[here.vendor] = statement
        with _planned(here) as cursor:
            statement.run(cursor, given, here.ops.adapt_datetimefield_value)
            return int(cursor.rowcount)


def insert(rows: Sequence[models.Model]) -> None:
    """New rows of one table in one statement, in order. No signal is sent.

    Where the table numbers them, each knows its key then.
    """
    if not rows:
        return
    here, counted = _here(), type(rows[0])._meta.auto_field
    keys = _insert(here, rows, f" RETURNING {here.ops.quote_name(counted.column)}" if counted else "")
    for row, (key,) in zip(rows, keys, strict=True) if counted else ():
        row.pk = key
    for row in rows:
        row._state.adding, row._state.db = False, here.alias


def insert_missing(rows: Sequence[models.Model]) -> None:
    """Those which are there already stay as they are. Of a table whose key is a word."""
    _insert(_here(), rows, " ON CONFLICT DO NOTHING")


def replace(rows: Sequence[models.Model]) -> None:
    """What is there becomes what is told. Of a table whose key is a word."""
    here, kind = _here(), type(rows[0])
    quoted = here.ops.quote_name
    told = ", ".join(f"{each} = excluded.{each}" for each in map(quoted, _columns(kind)))
    _insert(here, rows, f" ON CONFLICT ({quoted(kind._meta.pk.column)}) DO UPDATE SET {told}")


def _insert(here: Any, rows: Sequence[models.Model], ending: str) -> list[tuple[Any, ...]]:
    fields, start = _insertion(type(rows[0]))
    values = [field.get_db_prep_save(field.pre_save(row, True), here) for row in rows for field in fields]
    places = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * len(rows))
    with _planned(here) as cursor:
        cursor.execute(f"{start} VALUES {places}{ending}", values)
        return cursor.fetchall() if cursor.description else []


@cache
def _insertion(model: type[models.Model]) -> "tuple[list[models.Field[Any, Any]], str]":
    """Of every column but a key which the table counts by itself."""
    fields = [field for field in model._meta.concrete_fields if field is not model._meta.auto_field]
    quoted = _here().ops.quote_name
    columns = ", ".join(quoted(field.column) for field in fields)
    return fields, f"INSERT INTO {quoted(model._meta.db_table)} ({columns})"


def _columns(model: type[models.Model]) -> list[str]:
    return [field.column for field in _insertion(model)[0]]
