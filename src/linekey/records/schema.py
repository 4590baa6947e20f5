"""What this program and its database lack of each other: which migrations wait, and which may run now.

A database may be ahead: columns this program does not know are filled by the database itself. It may be
behind by what is removed *after* an upgrade. It must not be behind by anything else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from linekey.records.phases import Phase, phase_of

LABEL = "linekey"


class CannotRun(Exception):
    """A sentence for whoever runs the migrations: nothing was begun, and what to do instead."""


@dataclass(frozen=True)
class Waiting:
    """A migration that has not run."""

    app: str
    name: str
    phase: Phase


def waiting() -> list[Waiting]:
    """In the order in which they can run. Raises DatabaseError, InterfaceError."""
    applied = MigrationRecorder(connection).applied_migrations()
    return [Waiting(*key, phase) for key, phase in phases().items() if key not in applied]


def lacking() -> list[str]:
    """Migrations without which this program cannot serve; those which only remove may still wait.

    Raises DatabaseError, InterfaceError.
    """
    return [each.name for each in waiting() if each.phase is not Phase.AFTER]


@cache
def phases() -> dict[tuple[str, str], Phase]:
    """Every migration of this program, in the order in which they can run; read from the code once."""
    loader = MigrationLoader(None)
    found: dict[tuple[str, str], Phase] = {}
    state = ProjectState()
    for leaf in loader.graph.leaf_nodes():
        for key in loader.graph.forwards_plan(leaf):
            if key in found:
                continue
            migration = loader.graph.nodes[key]
            found[key] = phase_of(migration, state) if key[0] == LABEL else Phase.BEFORE
            state = migration.mutate_state(state, preserve=False)
    return found


def refusal() -> str:
    """Why a process must not start on this database; empty when it may. Raises as `lacking`."""
    missing = lacking()
    if not missing:
        return ""
    return (
        f"the database is older than this program: {missing[0]} has not run"
        f"{f', nor {len(missing) - 1} others' if len(missing) > 1 else ''}."
        " Run `linekey migrate --before`, then start it again."
    )


def empty() -> bool:
    """Nobody can be disturbed: none of our tables is there yet."""
    return all(app != LABEL for app, _ in MigrationRecorder(connection).applied_migrations())


def chosen(phase: Phase, found: Sequence[Waiting]) -> list[Waiting]:
    """Those of ours which may run in this phase, all at the front of those that wait. Raises CannotRun."""
    ours = [each for each in found if each.app == LABEL]
    run = []
    for each in ours:
        if each.phase is not phase:
            break
        run.append(each)
    rest = ours[len(run) :]
    if phase is Phase.AFTER:
        if not run and rest:
            raise CannotRun(f"{rest[0].name} comes first. Run `linekey migrate --before`.")
        return run
    for each in rest:
        if each.phase is Phase.STOPPED:
            raise CannotRun(
                f"{each.name} cannot run while Linekey serves. Stop every web process and worker, then run"
                " `linekey migrate`."
            )
        if each.phase is Phase.BEFORE:
            raise CannotRun(
                f"{rest[0].name} has been left out at the end of the last upgrade, and {each.name} comes"
                " behind it. Run `linekey migrate --after` first, while only the last release serves."
            )
    return run
