"""When a migration may run: while the old program serves, the new one, or none (decision 0018).

*Before*: it only adds, so the old program goes on beside it. *After*: it takes away what the new program does
not use. What can be neither is run while nothing serves. A migration says so itself, by `phase`, where its
operations cannot be read, which makes its author answer for it. Nothing here asks a database.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any

from django.db.migrations import Migration, RunPython, RunSQL, SeparateDatabaseAndState
from django.db.migrations.operations import (
    AddField,
    AlterField,
    AlterModelManagers,
    AlterModelOptions,
    CreateModel,
    DeleteModel,
    RemoveConstraint,
    RemoveField,
    RemoveIndex,
    RenameField,
    RenameModel,
)
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from linekey.records.alongside import AddCheckAlongside, AddIndexAlongside

_UNSEEN = frozenset({"blank", "choices", "default", "editable", "error_messages", "help_text", "validators"})
_UNSEEN_RELATION = frozenset({"limit_choices_to", "on_delete", "related_name", "related_query_name"})
_SILENT = (AlterModelManagers, AlterModelOptions)
_REMOVING = (RemoveField, DeleteModel, RemoveIndex, RemoveConstraint, AddCheckAlongside)
_VOUCHED_FOR = (RunPython, RunSQL, RemoveIndex, RemoveConstraint)
"""Their author knows whether the old program needs what goes; written down by a `phase` of its own."""


class Phase(StrEnum):
    BEFORE = "before"
    AFTER = "after"
    STOPPED = "stopped"
    """Neither: nothing may serve while it runs."""


def phase_of(migration: Migration, state: ProjectState) -> Phase:
    """`state`: what it finds. A migration of another application than ours is taken to add."""
    if (said := getattr(migration, "phase", None)) is not None:
        return Phase(said)
    found = list(_read(migration, state))
    if all(sort is Phase.BEFORE for _, sort in found):
        return Phase.BEFORE
    return Phase.AFTER if all(sort is Phase.AFTER for _, sort in found) else Phase.STOPPED


def faults(migration: Migration, state: ProjectState) -> list[str]:
    """What contradicts the phase the migration has, one sentence each; none where nothing must serve."""
    phase = phase_of(migration, state)
    if phase is Phase.STOPPED:
        return []
    found = [*_alone_and_bare(migration), *_one_table(migration)]
    for operation, sort in _read(migration, state):
        told = f"{migration.name}: « {operation.describe()} »"
        if phase is Phase.BEFORE and sort is not Phase.BEFORE and not isinstance(operation, _VOUCHED_FOR):
            found.append(f"{told} is not something the old program can live beside.")
        if phase is Phase.AFTER and isinstance(operation, (CreateModel, AddField, RenameField, RenameModel)):
            found.append(f"{told} comes too late: the new program serves already.")
    return found


def _alone_and_bare(migration: Migration) -> Iterator[str]:
    """What waits for others must neither hold a transaction open, nor be begun again with what is done."""
    slow = [each for each in migration.operations if isinstance(each, (AddIndexAlongside, AddCheckAlongside))]
    if slow and (migration.atomic or len(slow) < len(migration.operations)):
        yield f"{migration.name}: what is made alongside wants a migration of its own, with atomic = False."


def _one_table(migration: Migration) -> Iterator[str]:
    """Whoever writes two tables in the other order would be in a deadlock with it, and may lose."""
    made = {each.name_lower for each in migration.operations if isinstance(each, CreateModel)}
    tables = {_table(part) for each in migration.operations for part in _parts(each)} - made - {""}
    if len(tables) > 1:
        yield f"{migration.name}: {' and '.join(sorted(tables))} want a migration each."


def _table(operation: Operation) -> str:
    """Of the model it changes; empty for what has none."""
    if isinstance(operation, (RunPython, RunSQL, *_SILENT)):
        return ""
    named: str = getattr(operation, "model_name_lower", "") or getattr(operation, "name_lower", "")
    return named


def _read(migration: Migration, state: ProjectState) -> Iterator[tuple[Operation, Phase]]:
    """Each operation and its sort; `STOPPED` also for what cannot be read."""
    state, made = state.clone(), set[str]()
    for operation in migration.operations:
        for part in _parts(operation):
            yield part, _sort(part, migration.app_label, state, made)
        operation.state_forwards(migration.app_label, state)


def _parts(operation: Operation) -> Iterable[Operation]:
    if isinstance(operation, SeparateDatabaseAndState):
        return operation.database_operations
    return [operation]


def _sort(operation: Operation, label: str, state: ProjectState, made: set[str]) -> Phase:
    """`made`: tables this migration has made, of which no program knows yet."""
    if isinstance(operation, CreateModel):
        made.add(operation.name_lower)
        return Phase.BEFORE
    if getattr(operation, "model_name_lower", None) in made:
        return Phase.BEFORE
    if isinstance(operation, _REMOVING):
        return Phase.AFTER
    adds = (
        isinstance(operation, (AddIndexAlongside, *_SILENT))
        or (isinstance(operation, AddField) and _adds(operation.field))
        or (isinstance(operation, AlterField) and _loosens(operation, label, state))
    )
    return Phase.BEFORE if adds else Phase.STOPPED


def _adds(field: Any) -> bool:
    """The old program's INSERT does not name it, and no index is made under a lock that keeps writers out."""
    if field.many_to_many:
        return True
    bare = field.null or field.has_db_default()
    return bare and not field.unique and not field.db_index and not field.generated


def _loosens(operation: AlterField, label: str, state: ProjectState) -> bool:
    """Both programs can write it: it may be empty, or the database gives it a value.

    Its type stays, its length too: a statement which a process has prepared fails when what it reads changes
    (« cached plan must not change result type »).
    """
    old = state.models[label, operation.model_name_lower].get_field(operation.name)
    was, becomes = old.deconstruct(), operation.field.deconstruct()
    if was[1] != becomes[1]:
        return False
    for name in was[3].keys() | becomes[3].keys():
        before, after = was[3].get(name), becomes[3].get(name)
        if before == after or name in _UNSEEN | _UNSEEN_RELATION:
            continue
        if not ((name == "null" and after) or (name == "db_default" and before is None)):
            return False
    return True
