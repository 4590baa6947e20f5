"""The words of services in one contentless FTS5 table: a question is the AND of its words, newest first.

Asked in the order of `rowid`, FTS5 stops as soon as the page is full, and leaps from word to word where
they rarely meet; an index per column would walk all of one. Without `contentless_delete` (SQLite 3.43) the
old words of a row must be told to be forgotten: they are made again of its old entry.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from django.db import connection

from linekey.records.search_words import CACHED, Condition, Entry, words_of

MAKE = (
    "CREATE VIRTUAL TABLE linekey_search_words USING fts5(words, content='', detail='none', columnsize=0)",
)
UNMAKE = ("DROP TABLE linekey_search_words",)


def write(fresh: Mapping[int, Entry], old: Mapping[int, Entry]) -> None:
    """`old`: what was written before, of those which were."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO linekey_search_words(linekey_search_words, rowid, words) VALUES ('delete', %s, %s)",
            [(key, _tokens(words_of(entry))) for key, entry in old.items()],
        )
        cursor.executemany(
            "INSERT OR REPLACE INTO linekey_searchentry(service_id, branch, keys, client, end_client, text)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [
                (key, entry.branch, entry.keys, entry.client, entry.end_client, entry.text)
                for key, entry in fresh.items()
            ],
        )
        cursor.executemany(
            "INSERT INTO linekey_search_words(rowid, words) VALUES (%s, %s)",
            [(key, _tokens(words_of(entry))) for key, entry in fresh.items()],
        )


def forget_all() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM linekey_searchentry")
        cursor.execute("INSERT INTO linekey_search_words(linekey_search_words) VALUES ('delete-all')")


def all_written() -> None:
    """Segments are merged into one, which every question reads faster."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO linekey_search_words(linekey_search_words) VALUES ('optimize')")


def found(
    tenant: Condition, asked: list[Condition], *, beyond: int | None, newer: bool, limit: int
) -> list[int]:
    """Services, the nearest to `beyond` first: older ones, or newer ones."""
    words = {word for condition in asked for word in condition.words}
    # Everything is below the operator: its word would only be walked along.
    if not words or tenant.part.count(".") != 1:
        words.update(tenant.words)
    wheres = ["linekey_search_words MATCH %s"]
    values: list[str | int] = [_tokens(sorted(words))]
    if beyond is not None:
        wheres.append(f"words.rowid {'>' if newer else '<'} %s")
        values.append(beyond)
    for condition in (tenant, *asked):
        wheres.append(f"instr(entry.{condition.column}, %s) > 0")
        values.append(condition.part)
    with connection.cursor() as cursor:
        cursor.execute(
            # CROSS JOIN keeps the order: words first, then the row (sqlite.org/optoverview.html).
            "SELECT words.rowid FROM linekey_search_words AS words"  # noqa: S608 (columns named here)
            " CROSS JOIN linekey_searchentry AS entry ON entry.service_id = words.rowid"
            f" WHERE {' AND '.join(wheres)} ORDER BY words.rowid {'ASC' if newer else 'DESC'} LIMIT %s",
            [*values, limit],
        )
        return [row[0] for row in cursor.fetchall()]


def _tokens(words: Iterable[str]) -> str:
    """Letters and digits only: nothing a tokenizer could split, fold or take for an operator."""
    return " ".join(map(_token, words))


@lru_cache(4 * CACHED)
def _token(word: str) -> str:
    return word[0] + word[1:].encode().hex()
