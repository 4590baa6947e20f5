"""`linekey migrate [--before | --after]`: bring the tables up to date, at once or around what serves."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate

from linekey.records import schema
from linekey.records.patience import StillInUse, patiently, short_waits
from linekey.records.phases import Phase


class Command(migrate.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        one = parser.add_mutually_exclusive_group()
        one.add_argument(
            "--before",
            dest="phase",
            action="store_const",
            const=Phase.BEFORE,
            help="Only what the running program can live beside: before the new program starts.",
        )
        one.add_argument(
            "--after",
            dest="phase",
            action="store_const",
            const=Phase.AFTER,
            help="Only what takes away: once no process of the old program is left.",
        )
        parser.set_defaults(phase=None)

    def handle(self, *args: Any, phase: Phase | None = None, **options: Any) -> None:
        with short_waits():
            if phase is None or schema.empty():
                self._patiently(partial(super().handle, *args, **options))
                return
            self._one_phase(phase, args, options)

    def _one_phase(self, phase: Phase, args: tuple[Any, ...], options: dict[str, Any]) -> None:
        if options["app_label"]:
            raise CommandError("A phase is one of everything: name no application with it.")
        found = schema.waiting()
        try:
            ours = schema.chosen(phase, found)
        except schema.CannotRun as why:
            raise CommandError(str(why)) from None
        # Ours first: what listens to the end of a migration reads our tables as this program knows them.
        targets = [(each.app, each.name) for each in ours[-1:]]
        if phase is Phase.BEFORE:
            targets += sorted({each.app: each.name for each in found if each.app != schema.LABEL}.items())
        if not targets:
            self.stdout.write(f"Nothing to do {phase} an upgrade.")
        for app, name in targets:
            aim = {**options, "app_label": app, "migration_name": name}
            self._patiently(partial(super().handle, *args, **aim))

    def _patiently(self, run: Callable[[], object]) -> None:
        try:
            patiently(run, say=self.stdout.write)
        except StillInUse as why:
            raise CommandError(str(why)) from None
