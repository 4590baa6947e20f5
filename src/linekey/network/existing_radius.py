"""Read the logins of an existing FreeRADIUS: the rows of `radcheck` name by name, as its server reads them.

A name is told by the first of its rows: the database itself says which rows are of one name, as it will say
to FreeRADIUS. Read only; nothing is judged here but what a value means.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, column, exists, func, inspect, select, table

from linekey.domain.imported import Check, Found, Reason, Unfit
from linekey.domain.secret import Secret
from linekey.network.existing import BATCH, WHERE, reading, said
from linekey.network.radcheck import PASSWORDS
from linekey.network.store import asking

RADCHECK = table(
    "radcheck", column("id"), column("username"), column("attribute"), column("op"), column("value")
)
RADUSERGROUP = table("radusergroup", column("username"), column("groupname"))
RADGROUPCHECK = table("radgroupcheck", column("groupname"), column("attribute"))
FIRST = RADCHECK.alias("first_of_name")
EARLIER = RADCHECK.alias("earlier")
QUOTES = "'\"`"
_ESCAPES = {"\\": "\\", '"': '"', "n": "\n", "r": "\r", "t": "\t"}


def logins(store: Engine, batch: int = BATCH) -> Iterator[list[Found]]:
    """Every name of `radcheck`, in the order of its first `id`, a batch at a time."""
    groups, after = _has_groups(store), 0
    while True:
        with reading(store) as connection:
            behind = _firsts.where(FIRST.c.id > after).limit(batch)
            firsts: Sequence[int] = connection.execute(behind).scalars().all()
            rows = _rows(connection, firsts)
            in_groups = _in_groups(connection, firsts) if groups else set()
        if not firsts:
            return
        yield [
            _login(first, list(of_name), in_groups)
            for first, of_name in groupby(rows, key=lambda row: row["first"])
        ]
        after = firsts[-1]


def how_many_logins(store: Engine) -> int:
    with reading(store) as connection:
        question = select(func.count()).select_from(select(RADCHECK.c.username).distinct().subquery())
        return int(connection.execute(question).scalar_one())


def as_read(value: str) -> str:
    """What FreeRADIUS 3 takes for the password. Raises Unfit where that is a command, or open to doubt.

    It takes the quotes off a value wholly in quotes, and interprets backslashes; `radcheck.as_written` is
    the other way round.
    """
    if len(value) > 1 and value[0] == value[-1] and value[0] in QUOTES:
        if value[0] == "`":
            raise Unfit(Reason.EXPANDED)
        if "\\" in value or value[0] in value[1:-1]:
            raise Unfit(Reason.ESCAPED)
        return value[1:-1]
    parts, letters = [], iter(value)
    for letter in letters:
        if letter == "\\":
            escaped = _ESCAPES.get(next(letters, ""))
            if escaped is None:
                raise Unfit(Reason.ESCAPED)
            letter = escaped
        parts.append(letter)
    return "".join(parts)


_firsts = (
    select(FIRST.c.id)
    .where(~exists().where(EARLIER.c.username == FIRST.c.username, EARLIER.c.id < FIRST.c.id))
    .order_by(FIRST.c.id)
)


def _rows(connection: Connection, firsts: Sequence[int]) -> Sequence[Any]:
    together = select(FIRST.c.id.label("first"), RADCHECK).join_from(
        FIRST, RADCHECK, RADCHECK.c.username == FIRST.c.username
    )
    ordered = together.where(FIRST.c.id.in_(firsts)).order_by(FIRST.c.id, RADCHECK.c.id)
    return connection.execute(ordered).mappings().all()


def _in_groups(connection: Connection, firsts: Sequence[int]) -> set[int]:
    """Those whose groups bear a password, which would count for everybody in them."""
    of_groups = (
        select(FIRST.c.id)
        .join_from(FIRST, RADUSERGROUP, RADUSERGROUP.c.username == FIRST.c.username)
        .join(RADGROUPCHECK, RADGROUPCHECK.c.groupname == RADUSERGROUP.c.groupname)
        .where(FIRST.c.id.in_(firsts), func.lower(RADGROUPCHECK.c.attribute).in_(sorted(PASSWORDS)))
    )
    return set(connection.execute(of_groups).scalars())


def _has_groups(store: Engine) -> bool:
    with asking(WHERE):
        tables = inspect(store)
        return tables.has_table(RADUSERGROUP.name) and tables.has_table(RADGROUPCHECK.name)


def _login(first: int, rows: list[Any], in_groups: set[int]) -> Found:
    names = sorted({said(row["username"]) for row in rows})
    checks, unfit = [], Unfit(Reason.IN_GROUP) if first in in_groups else None
    if len(names) > 1:
        unfit = Unfit(Reason.ALIKE, name=names[0], other=names[1])
    for row in rows:
        if said(row["attribute"]).lower() in PASSWORDS:
            try:
                value = as_read(said(row["value"]))
            except Unfit as why:
                unfit, value = why, ""
            checks.append(Check(said(row["attribute"]), said(row["op"]), Secret(value)))
    return Found(place=f"id {first}", name=names[0], checks=tuple(checks), unfit=unfit)
