"""Rows of every kind in every table, the same at every call: for proofs about upgrades, backups, copies.

`fill(models)` takes the models of any release, in any order. Every nullable column is set in some rows and
empty in others, every choice is taken, texts reach their full length in letters of many scripts, moments go
back a century, numbers to their ends. A column whose words mean something to the program takes them in turn
(`tests.upgrade.meant`), so that it can be let loose on what was filled.

For the tables of today, everything else that reads rows included (chains, search): `fill_today(now=…)`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import connection, models

from linekey.usecases import chain_audit
from tests.upgrade.meant import COMPUTED, MEANT, Row

LABEL = "linekey"
ROWS = 6
"""At least so many in each table; more where a column has more words."""
LETTERS = "Œuvre d’Été ￼ Ægir Žižek Ελλάς 漢字テスト العربية 🏳️‍🌈 "
OLDEST, NEWEST = (
    datetime(1901, 12, 13, 20, 45, 52, tzinfo=UTC),
    datetime(9998, 12, 31, 23, 59, 59, 999999, UTC),
)
MADE_APART = frozenset({"AuditChain", "AuditCheckpoint", "SearchEntry"})
"""What is computed from the other tables; an invention would be a forgery."""
_MOST_TWISTS = 200


def fill_today(*, now: datetime) -> dict[str, list[models.Model]]:
    """Every table of the release this is, by name of its model; chained, signed, and found by the search."""
    made = fill(apps.get_app_config(LABEL).get_models())
    chain_audit.chain_audit(now=now)
    return made


def fill(tables: Iterable[type[models.Model]]) -> dict[str, list[models.Model]]:
    """Rows in each table, by name of its model; those which are `MADE_APART` are left as they are.

    Tables which hold rows already keep them, and what is filled refers to them too.
    """
    wanted = [table for table in tables if table.__name__ not in MADE_APART]
    made: dict[str, list[models.Model]] = {}
    for table in _referred_first(wanted):
        made[table.__name__] = list(table._default_manager.order_by("pk"))
        first = _next_key(table)
        for number in range(_rows(table, made)):
            made[table.__name__].append(_saved(table, number, first, made))
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), wanted):
            cursor.execute(statement)
    return made


def _referred_first(tables: Sequence[type[models.Model]]) -> list[type[models.Model]]:
    """Ends because no two tables of ours refer to each other."""
    rest, ordered = sorted(tables, key=lambda table: table.__name__), list[type[models.Model]]()
    while rest:
        ready = [table for table in rest if not _referred(table) & {each.__name__ for each in rest}]
        ordered += ready
        rest = [table for table in rest if table not in ready]
    return ordered


def _referred(table: type[models.Model]) -> set[str]:
    columns: Sequence[Any] = table._meta.concrete_fields
    targets = {each.related_model.__name__ for each in columns if each.is_relation}
    return targets - {table.__name__}


def _next_key(table: type[models.Model]) -> int:
    if not isinstance(table._meta.pk, models.AutoField):
        return 0
    return (table._default_manager.aggregate(last=models.Max("pk"))["last"] or 0) + 1


def _rows(table: type[models.Model], made: Mapping[str, Sequence[models.Model]]) -> int:
    most = max([ROWS, *(len(_words(table, each)) for each in table._meta.concrete_fields)])
    one_each = [each for each in table._meta.concrete_fields if each.is_relation and each.unique]
    free = [len(_free(table, each, made)) for each in one_each]
    return min([most, *free])


def _free(
    table: type[models.Model], column: Any, made: Mapping[str, Sequence[models.Model]]
) -> list[models.Model]:
    """Rows no other row of this table belongs to yet."""
    taken = {getattr(each, column.attname) for each in made[table.__name__]}
    return [each for each in made[column.related_model.__name__] if each.pk not in taken]


def _words(table: type[models.Model], column: Any) -> Sequence[Any]:
    known = MEANT.get(f"{table.__name__}.{column.name}")
    return known if known is not None else [value for value, _ in column.flatchoices]


def _saved(
    table: type[models.Model], number: int, first: int, made: Mapping[str, Sequence[models.Model]]
) -> models.Model:
    for twist in range(_MOST_TWISTS):
        row = Row(number, twist, made)
        # What the row belongs to comes first: what it keeps of it follows from that.
        columns = sorted(
            table._meta.concrete_fields, key=lambda each: not (each.primary_key or each.is_relation)
        )
        for place, column in enumerate(columns):
            row.values[column.name] = _value(table, column, place, row, first)
        instance = table(**row.values)
        try:
            instance.validate_constraints()
        except ValidationError:
            continue
        instance.save(force_insert=True)
        return instance
    raise AssertionError(f"no row {number} keeps the constraints of {table.__name__}")


def _value(table: type[models.Model], column: Any, place: int, row: Row, first: int) -> Any:
    if isinstance(column, models.AutoField):
        return first + row.number
    if (computed := COMPUTED.get(f"{table.__name__}.{column.name}")) is not None:
        return computed(row)
    if column.is_relation and column.unique:
        return _free(table, column, row.made)[0]
    if column.null and (row.number + place + row.twist) % 2:
        return None
    if column.is_relation:
        targets = row.made[column.related_model.__name__]
        if not targets:
            return None  # The first of a table which refers to itself.
        # Columns part ways at each round: two of them together are to be something new.
        rounds = row.twist // 2 + row.number // len(targets)
        return targets[(row.number + rounds * place) % len(targets)]
    if words := _words(table, column):
        return words[(row.number + row.twist // 2) % len(words)]
    return _INVENTED[column.get_internal_type()](column, row.number)


def _text(column: Any, number: int) -> str:
    if column.blank and not column.unique and number % 3 == 2:
        return ""
    if number % 3 == 1:
        return f"{column.name}-{number}"[-(column.max_length or 200) :]
    return (f"{number}.{LETTERS * 200}")[: column.max_length or 4000]


def _address(column: Any, number: int) -> str:
    name = f"{number}{'ö' * column.max_length}"[: column.max_length - len("@exämple.org")]
    return "" if column.blank and number % 3 == 2 else f"{name}@exämple.org"


def _integer(column: Any, number: int) -> int:
    _, most = connection.ops.integer_field_range(column.get_internal_type())
    return int((0, number, most)[number % 3])


def _moment(column: Any, number: int) -> datetime:
    middle = datetime(2024, 2, 29, 23, 59, 59, 123456, UTC) + timedelta(days=number)
    return (middle, OLDEST + timedelta(seconds=number), NEWEST - timedelta(days=number))[number % 3]


def _day(column: Any, number: int) -> date:
    return _moment(column, number).date()


def _json(column: Any, number: int) -> Any:
    thing = {"é": [number, None, True, 1.5, {"漢": LETTERS}], "": "", "n": 2**53}
    empty = column.default()
    return empty if number % 2 else [thing] if isinstance(empty, list) else thing


_INVENTED: dict[str, Callable[[Any, int], Any]] = {
    "BigIntegerField": _integer,
    "BinaryField": lambda column, number: bytes(range(256)) * number,
    "BooleanField": lambda column, number: bool(number % 2),
    "CharField": lambda column, number: (
        _address(column, number) if isinstance(column, models.EmailField) else _text(column, number)
    ),
    "DateField": _day,
    "DateTimeField": _moment,
    "FloatField": lambda column, number: (0.0, -1.5e-300, 1.7976931348623157e308)[number % 3],
    "GenericIPAddressField": lambda column, number: f"192.0.2.{number}",
    "IntegerField": _integer,
    "JSONField": _json,
    "PositiveBigIntegerField": _integer,
    "PositiveIntegerField": _integer,
    "PositiveSmallIntegerField": _integer,
    "TextField": _text,
}
