"""The words of services as an array of numbers with a GIN index; a question is what contains its words.

GIN answers with everything that matches, in no order. What a word of the question makes few (a customer, most
of a reference) is looked at row by row. So that « active » of a million is no work either, a service also has
its tenant's words once more per *span* of identifiers: spans are asked one after the other, those nearest to
where the page begins first, and the narrow ones before the wide, until the page is full. The planner is not
told the words: it would take them for independent, expect rows that do not exist, and walk the table.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from django.db import connection

from linekey.records.many import copy_in
from linekey.records.search_entries import Entries, is_short, number
from linekey.records.search_words import CACHED, Condition, Entry, words_of

SPANS = (12, 14, 16, 20)
"""In bits: 4,096 identifiers, then 16,384, 65,536 and about a million."""
# Without a pending list, which every question would have to read through.
INDEX = "CREATE INDEX linekey_search_words ON linekey_searchentry USING gin (words) WITH (fastupdate = off)"
PROBED = 2
"""Spans that are looked at before it is decided how to look at the rest."""
RARE = "rdai"
"""Letters of the columns which tell services apart, once enough of them is known."""
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
        cursor.execute("ANALYZE linekey_searchentry")


def found(
    tenant: Condition, asked: list[Condition], *, beyond: int | None, newer: bool, limit: int
) -> list[int]:
    """Services, the nearest to `beyond` first: older ones, or newer ones."""
    entries, key = Entries(tenant, asked, beyond, newer), tenant.words[0]
    words = [word for condition in asked for word in condition.words]
    levels = key.count(".")
    # A person's own services and a customer's are few; the operator's, and those of a reseller, are many.
    mine = [] if levels in (1, 2) else [key]
    rare = [*(word for word in words if word[0] in RARE), *mine]
    few = entries.few([*rare, *filter(is_short, words)]) if rare else None
    if few is not None:
        return few[:limit]
    if mine:
        return entries.holding([*words, *mine], limit)
    branch = int(key.split(".")[1]) if levels == 2 else None
    if not words:
        return entries.walked(branch, limit)
    oldest, newest = entries.ends(branch)
    if oldest is None or newest is None:
        return []
    ends = (oldest, newest) if newer else (newest, oldest)
    spans = [_in_span(key, *span) for span in _spans(*ends)]
    if all(condition.column == "keys" for condition in asked):
        return entries.holding_in_spans(words, spans, limit)
    near = entries.holding_in_spans(words, spans[:PROBED], limit)
    if len(near) == limit or len(spans) <= PROBED:
        return near
    # The words of a name are many and rarely meet: all at once unless there are plenty of them near.
    if len(near) > limit // 8:
        return near + entries.holding_in_spans(words, spans[PROBED:], limit - len(near))
    return entries.holding([*words, key] if branch else words, limit)


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


def _all_numbers(service_id: int, entry: Entry) -> str:
    """As the database writes an array: a list of numbers would be looked at number by number."""
    words = words_of(entry)
    tenants = [word for word in words if word.startswith("p")]
    spans = [_in_span(word, bits, service_id >> bits) for word in tenants for bits in SPANS]
    return f"{{{','.join(map(_digits, (*words, *spans)))}}}"


def _in_span(word: str, bits: int, span: int) -> str:
    return f"{word}@{bits}:{span}"


@lru_cache(4 * CACHED)
def _digits(word: str) -> str:
    return str(number(word))
