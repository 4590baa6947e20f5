"""The words of services as an array of numbers with a GIN index; a question is what contains its words.

GIN answers with everything that matches, in no order. So that « active » of a million is no work, a service
also has its tenant's words once more per *span* of identifiers. Spans are asked one after the other, those
nearest to where the page begins first, and the narrow ones before the wide, until the page is full. The
planner is not told the words: it would take them for independent, expect rows that do not exist, and walk the
table.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from django.db import connection

from linekey.records.many import copy_in
from linekey.records.prepared import planned
from linekey.records.search_words import CACHED, NAMES, Condition, Entry, words_of

SPANS = (12, 14, 16, 20)
"""In bits: 4,096 identifiers, then 16,384, 65,536 and about a million."""
# Without a pending list, which every question would have to read through.
INDEX = "CREATE INDEX linekey_search_words ON linekey_searchentry USING gin (words) WITH (fastupdate = off)"
PROBED = 2
"""Spans that are looked at before it is decided how to look at the rest."""
TELLING = 4
"""Words of names asked for within a span: few rows are left to check, and each is a list to walk along."""
MAKE = (
    "ALTER TABLE linekey_searchentry ADD COLUMN words int[] NOT NULL DEFAULT '{}'",
    INDEX,
)
_COLUMNS = "service_id, branch, keys, client, end_client, text, words"
UNMAKE = ("ALTER TABLE linekey_searchentry DROP COLUMN words",)


def write(fresh: Mapping[int, Entry], old: Mapping[int, Entry]) -> None:
    """`old` goes by itself: the words stand in the row."""
    rows = (
        (key, entry.branch, entry.keys, entry.client, entry.end_client, entry.text, _all_numbers(key, entry))
        for key, entry in fresh.items()
    )
    with connection.cursor() as cursor:
        if not old:
            copy_in(cursor, f"linekey_searchentry ({_COLUMNS})", rows)
            return
        cursor.executemany(
            f"INSERT INTO linekey_searchentry ({_COLUMNS})"  # noqa: S608 (columns named here)
            " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (service_id) DO UPDATE SET"
            " (branch, keys, client, end_client, text, words) = (EXCLUDED.branch, EXCLUDED.keys,"
            " EXCLUDED.client, EXCLUDED.end_client, EXCLUDED.text, EXCLUDED.words)",
            list(rows),
        )


def forget_all() -> None:
    """Until `all_written`, there is no index either: made at the end, it costs a fifth."""
    with connection.cursor() as cursor:
        # Neither is done to a table while foreign keys of this transaction are still to be checked.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE linekey_searchentry")
        cursor.execute("DROP INDEX linekey_search_words")


def all_written() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute(INDEX)


def found(
    tenant: Condition, asked: list[Condition], *, beyond: int | None, newer: bool, limit: int
) -> list[int]:
    """Services, the nearest to `beyond` first: older ones, or newer ones."""
    table, key = _Table((tenant, *asked), beyond, newer), tenant.words[0]
    words = [word for condition in asked for word in condition.words]
    levels = key.count(".")
    # A person's own services and a customer's are few; the operator's, and those of a reseller, are many.
    if levels not in (1, 2):
        return table.holding([*words, key], limit)
    branch = int(key.split(".")[1]) if levels == 2 else None
    if not words:
        return table.walked(branch, limit)
    oldest, newest = _Table([tenant], beyond, newer).ends(branch)
    if oldest is None or newest is None:
        return []
    ends = (oldest, newest) if newer else (newest, oldest)
    spans = [_in_span(key, *span) for span in _spans(*ends)]
    if all(condition.column == "keys" for condition in asked):
        return table.holding_in_spans(words, spans, limit)
    near = table.holding_in_spans(words, spans[:PROBED], limit)
    if len(near) == limit or len(spans) <= PROBED:
        return near
    # The words of a name are many and rarely meet: all at once unless there are plenty of them near.
    if len(near) > limit // 8:
        return near + table.holding_in_spans(words, spans[PROBED:], limit - len(near))
    return table.holding([*words, key] if branch else words, limit)


class _Table:
    """The entries on one side of where the page begins, nearest first."""

    def __init__(self, conditions: Iterable[Condition], beyond: int | None, newer: bool) -> None:
        wheres, self._values = [], list[Any]()
        for each in conditions:
            wheres.append(f"strpos({each.column}, %s) > 0")
            self._values.append(each.part)
        if beyond is not None:
            wheres.append(f"service_id {'>' if newer else '<'} %s")
            self._values.append(beyond)
        self._passing = f"FROM linekey_searchentry WHERE {' AND '.join(wheres)}"
        self._order = f"ORDER BY service_id {'ASC' if newer else 'DESC'} LIMIT %s"

    def ends(self, branch: int | None) -> tuple[int | None, int | None]:
        """The oldest and the newest of a branch, or of all."""
        within, values = self._within(branch)
        (row,) = _rows(f"SELECT min(service_id), max(service_id) {within}", values)
        return row[0], row[1]

    def walked(self, branch: int | None, limit: int) -> list[int]:
        """Of a branch, or of all: an ordinary index has them in order."""
        within, values = self._within(branch)
        return _ids(f"SELECT service_id {within} {self._order}", [*values, limit])

    def holding(self, words: list[str], limit: int) -> list[int]:
        """Those which have all the words."""
        return _ids(self._proposed("(SELECT %s::int[])"), [*self._values, _numbers(words), limit])

    def holding_in_spans(self, words: list[str], spans: list[str], limit: int) -> list[int]:
        """The same, span by span: the outer limit ends the walk as soon as there are enough.

        The row decides, so a few of a name's words are enough to propose it.
        """
        in_span = self._proposed("(%s::int[] || span)")
        spanned = f"unnest(%s::int[]) AS span CROSS JOIN LATERAL ({in_span}) AS near"
        select = f"SELECT service_id FROM {spanned} LIMIT %s"  # noqa: S608 (columns named here)
        return _ids(select, [_numbers(spans), *self._values, _numbers(_telling(words)), limit, limit])

    def _within(self, branch: int | None) -> tuple[str, list[Any]]:
        if branch is None:
            return self._passing, self._values
        return f"{self._passing} AND branch = %s", [*self._values, branch]

    def _proposed(self, words: str) -> str:
        # Materialized: else the limit tempts the planner to walk in order until it has enough.
        proposed = f"SELECT service_id {self._passing} AND words @> {words}"
        found = f"SELECT service_id FROM proposed {self._order}"  # noqa: S608 (columns named here)
        return f"WITH proposed AS MATERIALIZED ({proposed}) {found}"


def _spans(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Width in bits and number of the spans from one identifier to another, in that order.

    Each begins where the one before it ended; they grow as soon as they can, one width at a time.
    """
    up, width, at = end >= start, 0, start
    while at <= end if up else at >= end:
        span = at >> SPANS[width]
        yield SPANS[width], span
        at = (span + 1) << SPANS[width] if up else (span << SPANS[width]) - 1
        wider = SPANS[min(width + 1, len(SPANS) - 1)]
        if (at if up else at + 1) % (1 << wider) == 0:
            width = min(width + 1, len(SPANS) - 1)


def _telling(words: list[str]) -> list[str]:
    """Every word of a key; of the words of names `TELLING` at most, from all over them."""
    names = [word for word in words if word[0] in NAMES]
    some = names[:: max(1, -(-len(names) // TELLING))]
    return [*(word for word in words if word[0] not in NAMES), *some]


def _ids(select: str, values: list[Any]) -> list[int]:
    return [row[0] for row in _rows(select, values)]


def _rows(select: str, values: list[Any]) -> list[tuple[Any, ...]]:
    # Planning one of these takes longer than most answers; no plan depends on the words.
    with planned() as cursor:
        cursor.execute(select, values)
        return list(cursor.fetchall())


def _all_numbers(service_id: int, entry: Entry) -> str:
    """As the database writes an array: a list of numbers would be looked at number by number."""
    words = words_of(entry)
    tenants = [word for word in words if word.startswith("p")]
    spans = [_in_span(word, bits, service_id >> bits) for word in tenants for bits in SPANS]
    return f"{{{','.join(map(_digits, (*words, *spans)))}}}"


def _in_span(word: str, bits: int, span: int) -> str:
    return f"{word}@{bits}:{span}"


def _numbers(words: Iterable[str]) -> list[int]:
    return [_number(word) for word in words]


@lru_cache(4 * CACHED)
def _digits(word: str) -> str:
    return str(_number(word))


def _number(word: str) -> int:
    """Two words with one number would only propose too much: the row decides."""
    return int.from_bytes(blake2b(word.encode(), digest_size=4).digest(), signed=True)
