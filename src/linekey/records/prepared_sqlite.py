"""A cursor of SQLite which translates the text of a statement once.

Django looks for every `%s` in it anew each time, which for a row with all it belongs to takes as long as
reading it.
"""

from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3.base import FORMAT_QMARK_REGEX, SQLiteCursorWrapper


class _Remembering(SQLiteCursorWrapper):
    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        """What is prepared names no parameters: they come in order."""
        return _translated(query)


@lru_cache(maxsize=256)
def _translated(query: str) -> str:
    translated: str = FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")
    return translated


def cursor(here: Any) -> Any:
    """Of Django's connection `here`, wrapped like every other: queries logged, its errors Django's."""
    here.ensure_connection()
    with here.wrap_database_errors:
        return here._prepare_cursor(here.connection.cursor(factory=_Remembering))
