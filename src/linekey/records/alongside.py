"""Operations of migrations which let everybody go on reading and writing, however large the table.

Each stands alone in a migration with `atomic = False`, and can be begun again after it was interrupted. They
are the plain ones on SQLite, where whoever writes waits for whoever writes, and within a transaction: whoever
opens one around migrations, as a restore does, fills tables which nobody reads yet.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddConstraint, AddIndex
from django.db.migrations.state import ProjectState
from django.db.models import CheckConstraint
from django.db.transaction import Atomic


class AddIndexAlongside(AddIndex):
    """`CREATE INDEX CONCURRENTLY`. One left half made by an interrupted attempt is dropped first."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        name = schema_editor.quote_name(self.index.name)
        if not _has_others(schema_editor):
            with _at_once(schema_editor):
                schema_editor.execute(f"DROP INDEX IF EXISTS {name}")
                super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        # It waits for transactions to end, and nobody waits for it.
        with _without_timeout(schema_editor):
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            schema_editor.add_index(model, self.index, concurrently=True)


class AddCheckAlongside(AddConstraint):
    """`NOT VALID`, so that rows from now on keep it, then `VALIDATE`, which reads the others in peace."""

    constraint: CheckConstraint
    model_name: str

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if not _has_others(schema_editor):
            with _at_once(schema_editor):
                super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        table, name = map(schema_editor.quote_name, (model._meta.db_table, self.constraint.name))
        schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
        added = self.constraint.create_sql(model, schema_editor)
        schema_editor.execute(f"{added} NOT VALID", params=None)
        with _without_timeout(schema_editor):
            schema_editor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def _has_others(editor: BaseDatabaseSchemaEditor) -> bool:
    return editor.connection.vendor == "postgresql" and not editor.connection.in_atomic_block


def _at_once(editor: BaseDatabaseSchemaEditor) -> Atomic:
    """The migration is not a transaction, and on SQLite a table is made anew in several steps."""
    return transaction.atomic(editor.connection.alias)


@contextmanager
def _without_timeout(editor: Any) -> Iterator[None]:
    with editor.connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        (before,) = cursor.fetchone()
        cursor.execute("SET lock_timeout = 0")
        try:
            yield
        finally:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [before])
