"""A cursor of psycopg which lets the server keep the plan of what comes often (PREPARE).

Else PostgreSQL plans anew each time, which for a row with all it belongs to takes longer than reading it.
"""

from typing import Any

import psycopg
from django.db import connection


class Preparing(psycopg.Cursor[Any]):
    """How often makes often is `prepare_threshold` of the connection."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> "Preparing":
        super().execute(query, params, **how)
        if connection.queries_logged and self._query is None:
            # Of what was prepared before, psycopg keeps no text, and Django's log would say nothing.
            self._query = self._convert_query(query, params)
        return self


def cursor() -> Any:
    """Wrapped by Django like every other: logged where queries are, its errors Django's."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return connection._prepare_cursor(Preparing(connection.connection))  # type: ignore[attr-defined]
