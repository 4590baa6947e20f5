"""What is asked of the entries on PostgreSQL: an index proposes them by their words, the row decides.

Which words, and in what order to look, is for `search_postgresql` to say.
"""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from linekey.records.prepared import planned
from linekey.records.search_words import NAMES, Condition

TELLING = 4
"""Words of names asked for within a span: few rows are left to check, and each is a list to walk along."""
FEW = 250
"""Services that are looked at one by one, rather than walk along the lists of more words to spare some."""
_NAMED = ("client", "end_client", "text")
_PROPOSED = "FROM linekey_searchentry WHERE words @>"
# Nothing, which is anywhere, stands for a name that is not asked for.
_PASSES = " AND ".join(("keys LIKE ALL (%s)", *(f"strpos({column}, %s) > 0" for column in _NAMED)))
# The thousand most common words as the server last counted them (ANALYZE). None of the others is on more
# than some hundredths of the rows.
_ALL_COMMON = (
    "SELECT FROM pg_stats WHERE schemaname = current_schema() AND tablename = 'linekey_searchentry'"
    " AND attname = 'words' AND most_common_elems::text::int[] @> %s::int[]"
)
_LITERAL = str.maketrans({sign: f"\\{sign}" for sign in "\\%_"})


class Entries:
    """The entries on one side of where the page begins, nearest first.

    The statements are few, whatever is asked, so that the server soon keeps the plan of each; and none tells
    the planner how many there are of anything, or it would plan anew each time in the hope of a better one.
    """

    def __init__(self, tenant: Condition, asked: list[Condition], beyond: int | None, newer: bool) -> None:
        self._tenant, self._newer = tenant.part, newer
        self._beyond = [] if beyond is None else [beyond]
        self._side = f" AND service_id {'>' if newer else '<'} %s" * len(self._beyond)
        self._order = f"ORDER BY service_id {'ASC' if newer else 'DESC'} LIMIT (SELECT %s)"
        self._passes = f"{_PASSES}{self._side}"
        keys = [_anywhere(each.part) for each in (tenant, *asked) if each.column == "keys"]
        parts = {each.column: each.part for each in asked}
        self._values = [keys, *(parts.get(column, "") for column in _NAMED), *self._beyond]

    def ends(self, branch: int | None) -> tuple[int | None, int | None]:
        """The oldest and the newest of a branch, or of all."""
        within, values = self._within(branch)
        (row,) = _rows(f"SELECT min(service_id), max(service_id) {within}", values)
        return row[0], row[1]

    def walked(self, branch: int | None, limit: int) -> list[int]:
        """Of a branch, or of all: an ordinary index has them in order."""
        within, values = self._within(branch)
        return _ids(f"SELECT service_id {within} {self._order}", [*values, limit])

    def few(self, words: list[str]) -> list[int] | None:
        """Those among what has all the words; None when that is, or may be, more than is worth looking at."""
        proposed = f"{_PROPOSED} (SELECT %s::int[]) LIMIT (SELECT %s)"
        rows_of = f"FROM (SELECT service_id, {self._passes} AS passes {proposed}) AS looked_at"
        select = f"SELECT count(*), array_agg(service_id) FILTER (WHERE passes) {rows_of}"
        numbers = _numbers(words)
        # Without GROUP BY, this is asked before anything is looked at.
        unless = f"HAVING NOT EXISTS ({_ALL_COMMON})"
        rows = _rows(f"{select} {unless}", [*self._values, numbers, FEW, numbers])
        if not rows or rows[0][0] == FEW:
            return None
        return sorted(rows[0][1] or [], reverse=not self._newer)

    def holding(self, words: list[str], limit: int) -> list[int]:
        """Those which have all the words."""
        return _ids(self._found("(SELECT %s::int[])"), [_numbers(words), *self._values, limit])

    def holding_in_spans(self, words: list[str], spans: list[str], limit: int) -> list[int]:
        """The same, span by span: the outer limit ends the walk as soon as there are enough.

        The row decides, so a few of a name's words are enough to propose it.
        """
        in_span = self._found("(%s::int[] || span)")
        spanned = f"unnest((SELECT %s::int[])) AS span CROSS JOIN LATERAL ({in_span}) AS near"
        select = f"SELECT service_id FROM {spanned} LIMIT (SELECT %s)"  # noqa: S608 (columns named here)
        return _ids(select, [_numbers(spans), _numbers(_telling(words)), *self._values, limit, limit])

    def _within(self, branch: int | None) -> tuple[str, list[Any]]:
        within = f"FROM linekey_searchentry WHERE strpos(keys, %s) > 0{self._side}"
        values = [self._tenant, *self._beyond]
        return (within, values) if branch is None else (f"{within} AND branch = %s", [*values, branch])

    def _found(self, words: str) -> str:
        # Materialized: else the limit tempts the planner to walk in order until it has enough.
        proposed = f"SELECT service_id {_PROPOSED} {words} AND {self._passes}"
        found = f"SELECT service_id FROM proposed {self._order}"  # noqa: S608 (columns named here)
        return f"WITH proposed AS MATERIALIZED ({proposed}) {found}"


def number(word: str) -> int:
    """Two words with one number would only propose too much: the row decides."""
    return int.from_bytes(blake2b(word.encode(), digest_size=4).digest(), signed=True)


def is_short(word: str) -> bool:
    """One letter or two, where a word of a name begins: the row would find them anywhere in it."""
    return word[0] in NAMES and word[1] == "^"


def _numbers(words: Iterable[str]) -> list[int]:
    return [number(word) for word in words]


def _anywhere(part: str) -> str:
    """A pattern of LIKE."""
    return f"%{part.translate(_LITERAL)}%"


def _telling(words: list[str]) -> list[str]:
    """Every word of a key, and what the row would find elsewhere too; of the others `TELLING` at most, from
    all over the names.
    """
    names = [word for word in words if word[0] in NAMES and not is_short(word)]
    some = names[:: max(1, -(-len(names) // TELLING))]
    return [*(word for word in words if word[0] not in NAMES or is_short(word)), *some]


def _ids(select: str, values: list[Any]) -> list[int]:
    return [row[0] for row in _rows(select, values)]


def _rows(select: str, values: list[Any]) -> list[tuple[Any, ...]]:
    # Planning one of these takes longer than most answers; no plan depends on the words.
    with planned() as cursor:
        cursor.execute(select, values)
        return list(cursor.fetchall())
