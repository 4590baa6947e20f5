"""A cursor of psycopg which lets the server keep the plan of what comes often (PREPARE).

Else PostgreSQL plans anew each time, which for a row with all it belongs to takes longer than reading it.
"""

from typing import Any

import psycopg


class _Telling(psycopg.Cursor[Any]):
    """Of what was prepared before, psycopg keeps no text, and Django's log would say nothing."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> "_Telling":
        super().execute(query, params, **how)
        if self._query is None:
            self._query = self._convert_query(query, params)
        return self


def cursor(here: Any) -> Any:
    """Of Django's connection `here`, wrapped like every other: queries logged, its errors Django's.

    How often makes often is `prepare_threshold` of the connection.
    """
    here.close_if_health_check_failed()
    here.ensure_connection()
    with here.wrap_database_errors:
        kind = _Telling if here.queries_logged else psycopg.Cursor
        return here._prepare_cursor(kind(here.connection))
