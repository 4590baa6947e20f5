"""What is made beside everybody: begun again after an interruption, and never in anybody's way."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection
from django.db.migrations.operations.base import Operation
from psycopg import sql

from linekey.records.alongside import AddCheckAlongside, AddIndexAlongside
from linekey.records.patience import StillInUse, patiently, short_waits
from linekey.records.schema import LABEL
from tests.upgrade.databases import empty_database
from tests.upgrade.test_phases import CHECK, INDEX, state


@pytest.fixture
def things(own_database: None, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A table of its own, with one row."""
    with empty_database(request.node.name, tmp_path):
        model = state().apps.get_model(LABEL, "Thing")
        with connection.schema_editor() as editor:
            editor.create_model(model)
        model.objects.create(name="one")
        yield model


def carry_out(operation: Operation, *, atomic: bool = False) -> None:
    before, after = state(), state()
    operation.state_forwards(LABEL, after)
    with connection.schema_editor(atomic=atomic) as editor:
        operation.database_forwards(LABEL, editor, before, after)


def _columns_of(name: str, table: str) -> list[str]:
    with connection.cursor() as cursor:
        found: list[str] = connection.introspection.get_constraints(cursor, table)[name]["columns"]
    return found


def test_an_index_left_half_made_is_made_anew(things: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX {INDEX.name} ON linekey_thing (id)")
    carry_out(AddIndexAlongside("thing", INDEX))
    assert _columns_of(INDEX.name, "linekey_thing") == ["name"]


def test_a_check_judges_the_rows_that_are_there_and_those_to_come(things: Any) -> None:
    empty = things.objects.create(name="")
    with pytest.raises(IntegrityError):
        carry_out(AddCheckAlongside("thing", CHECK))
    empty.delete()
    carry_out(AddCheckAlongside("thing", CHECK))
    with pytest.raises(IntegrityError):
        things.objects.create(name="")


def test_in_the_transaction_of_a_restore_it_is_made_plainly(things: Any) -> None:
    carry_out(AddIndexAlongside("thing", INDEX), atomic=True)
    assert _columns_of(INDEX.name, "linekey_thing") == ["name"]
    carry_out(AddCheckAlongside("thing", CHECK), atomic=True)
    with pytest.raises(IntegrityError):
        things.objects.create(name="")


def test_a_table_in_use_is_asked_for_again_and_nobody_waits_behind(things: Any) -> None:
    if connection.vendor != "postgresql":
        return  # Whoever writes waits for whoever writes, and readers for nobody.
    said: list[str] = []
    with _held("linekey_thing") as holder, short_waits(50):

        def say(words: str) -> None:
            said.append(words)
            holder.rollback()  # The report is through.

        patiently(_alter, say=say, pause=0)
    assert said == ["A table is in use, trying again."]
    things.objects.get()


def test_a_table_in_use_all_the_time_is_told_in_a_sentence(things: Any) -> None:
    if connection.vendor != "postgresql":
        return
    with _held("linekey_thing"), short_waits(50), pytest.raises(StillInUse, match="run the command again"):
        patiently(_alter, say=lambda words: None, tries=2, pause=0)


def _alter() -> None:
    with connection.schema_editor() as editor:
        editor.execute("ALTER TABLE linekey_thing ADD COLUMN colour text NULL")


@contextmanager
def _held(table: str) -> Iterator["psycopg.Connection[Any]"]:
    """Somebody reads it, in a transaction that stays open."""
    known = connection.settings_dict
    with psycopg.connect(
        host=known["HOST"],
        port=known["PORT"],
        user=known["USER"],
        password=known["PASSWORD"],
        dbname=known["NAME"],
    ) as holder:
        holder.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
        yield holder
        holder.rollback()
