"""Decision 0018: what a migration may be run beside is read from it, and the commands keep to it."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, migrations, models
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ModelState, ProjectState

from linekey.records import schema
from linekey.records.alongside import AddCheckAlongside, AddIndexAlongside
from linekey.records.phases import Phase, faults, phase_of
from linekey.records.schema import LABEL, CannotRun, Waiting, chosen
from linekey.worker import upgrade, work
from linekey.worker.rounds import Watchdog

LAST_WITHOUT_A_PHASE = "0006_rotation"
"""Until then every upgrade stopped everything."""
TEXT: Any = models.CharField(max_length=20)
INDEX = models.Index(fields=["name"], name="things_by_name")
CHECK = models.CheckConstraint(condition=~models.Q(name=""), name="a_thing_has_a_name")


def state() -> ProjectState:
    found = ProjectState()
    fields = [("id", models.BigAutoField(primary_key=True)), ("name", TEXT)]
    found.add_model(ModelState(LABEL, "Thing", fields))
    return found


def two() -> ProjectState:
    found = state()
    found.add_model(
        ModelState(LABEL, "Other", [("id", models.BigAutoField(primary_key=True)), ("name", TEXT)])
    )
    return found


def migration(*operations: Operation, **said: Any) -> Migration:
    kind = type("Migration", (Migration,), {"operations": list(operations), **said})
    made: Migration = kind("9000_made_up", LABEL)
    return made


def added(field: "models.Field[Any, Any]") -> Operation:
    return migrations.AddField("thing", "colour", field)


def altered(**more: Any) -> Operation:
    return migrations.AlterField("thing", "name", models.CharField(**({"max_length": 20} | more)))


@pytest.mark.parametrize(
    ("operations", "phase"),
    [
        ([migrations.CreateModel("Other", [("id", models.BigAutoField(primary_key=True))])], Phase.BEFORE),
        ([added(models.CharField(max_length=9, db_default="red"))], Phase.BEFORE),
        ([added(models.DateTimeField(null=True))], Phase.BEFORE),
        # The old program's INSERT does not name it, and nobody else fills it.
        ([added(models.CharField(max_length=9, default="red"))], Phase.STOPPED),
        # Made under a lock that keeps writers out.
        ([added(models.CharField(max_length=9, null=True, db_index=True))], Phase.STOPPED),
        ([migrations.AddIndex("thing", INDEX)], Phase.STOPPED),
        ([AddIndexAlongside("thing", INDEX)], Phase.BEFORE),
        ([altered(db_default="")], Phase.BEFORE),
        ([altered(null=True, choices=[("a", "A")])], Phase.BEFORE),
        ([altered(max_length=10)], Phase.STOPPED),
        # What a process has prepared on PostgreSQL fails when a column it reads changes its length.
        ([altered(max_length=30)], Phase.STOPPED),
        ([altered(unique=True)], Phase.STOPPED),
        ([migrations.AlterField("thing", "name", models.TextField())], Phase.STOPPED),
        ([migrations.RenameField("thing", "name", "title")], Phase.STOPPED),
        ([migrations.RunPython(migrations.RunPython.noop)], Phase.STOPPED),
        ([migrations.RemoveField("thing", "name")], Phase.AFTER),
        ([migrations.DeleteModel("Thing")], Phase.AFTER),
        # Rows of the old program might not keep it.
        ([AddCheckAlongside("thing", CHECK)], Phase.AFTER),
        ([added(models.TextField(null=True)), migrations.RemoveField("thing", "name")], Phase.STOPPED),
    ],
)
def test_a_phase_is_read_from_the_operations(operations: list[Operation], phase: Phase) -> None:
    assert phase_of(migration(*operations), state()) is phase


def test_what_a_migration_makes_itself_no_program_knows_yet() -> None:
    made = migrations.CreateModel("Other", [("id", models.BigAutoField(primary_key=True))])
    more = migrations.AddField("other", "name", models.CharField(max_length=9, default="", db_index=True))
    assert phase_of(migration(made, more), state()) is Phase.BEFORE


def test_a_migration_that_contradicts_its_phase_is_named() -> None:
    removing = migrations.RemoveField("thing", "name")
    filling = migrations.RunPython(migrations.RunPython.noop)
    empty = added(models.TextField(null=True))
    index = AddIndexAlongside("thing", INDEX)
    assert "not something the old program" in faults(migration(removing, phase="before"), state())[0]
    assert "too late" in faults(migration(empty, phase="after"), state())[0]
    assert "of its own" in faults(migration(index), state())[0]
    assert "of its own" in faults(migration(index, empty, atomic=False), state())[0]
    loosened = migrations.AlterField("other", "name", models.TextField(null=True))
    assert (
        "other and thing want a migration each"
        in faults(migration(empty, loosened, phase="before"), two())[0]
    )
    # Whoever says so answers for it: nobody else can read what a script does.
    assert faults(migration(filling, phase="before"), state()) == []
    assert faults(migration(index, atomic=False), state()) == []


def test_every_migration_runs_beside_a_program() -> None:
    """Else the upgrade to this release would stop everything. How to write one: CONTRIBUTING.md."""
    loader = MigrationLoader(None)
    found = []
    for key, phase in schema.phases().items():
        if key[0] != LABEL or key[1] <= LAST_WITHOUT_A_PHASE:
            continue
        node = loader.graph.nodes[key]
        found += faults(node, loader.project_state(key, at_end=False))
        if phase is Phase.STOPPED:
            found.append(f"{key[1]} can run neither before nor after: divide it.")
    assert found == []


def test_what_the_database_fills_in_the_program_can_fill_in_too() -> None:
    """Rows are also written by statements of our own, which name every column."""
    columns: list[Any] = [
        each for model in apps.get_app_config(LABEL).get_models() for each in model._meta.concrete_fields
    ]
    assert [each.name for each in columns if each.has_db_default() and not each.has_default()] == []


def line(phases: str) -> list[Waiting]:
    kinds = {"b": Phase.BEFORE, "a": Phase.AFTER, "s": Phase.STOPPED}
    return [Waiting(LABEL, f"{number:04d}_{each}", kinds[each]) for number, each in enumerate(phases)]


def names(found: Sequence[Waiting]) -> str:
    return "".join(each.name[-1] for each in found)


@pytest.mark.parametrize(
    ("waits", "before", "after"),
    [
        ("", "", ""),
        ("bba", "bb", "comes first"),
        ("a", "", "a"),
        ("aa", "", "aa"),
        # The last upgrade was not brought to its end: that is done first.
        ("ab", "left out at the end of the last upgrade", "a"),
        ("bab", "left out at the end of the last upgrade", "comes first"),
        ("bs", "Stop every web process", "comes first"),
        ("as", "Stop every web process", "a"),
    ],
)
def test_each_half_of_an_upgrade_runs_what_is_its_own_or_says_why_not(
    waits: str, before: str, after: str
) -> None:
    for phase, expected in ((Phase.BEFORE, before), (Phase.AFTER, after)):
        if " " in expected:
            with pytest.raises(CannotRun, match=expected):
                chosen(phase, line(waits))
        else:
            assert names(chosen(phase, line(waits))) == expected


@pytest.mark.django_db
def test_a_worker_does_not_start_on_a_database_that_is_behind(capsys: pytest.CaptureFixture[str]) -> None:
    needed = [key for key, phase in schema.phases().items() if phase is not Phase.AFTER]
    newest = max(name for app, name in needed if app == LABEL)
    MigrationRecorder(connection).record_unapplied(LABEL, newest)
    assert upgrade.refusal().startswith(f"the database is older than this program: {newest} has not run")
    assert work.main(Watchdog("", 0)) == 2
    assert "Run `linekey migrate --before`" in capsys.readouterr().err
