"""Services are found by what they are, at once among a million: any mix of filters, newest first.

What is found is kept true in the transaction of the change. Saving a service, its line or access, or the
organisation it belongs to does it by itself; whoever changes rows without saving them calls `index`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from itertools import islice
from types import ModuleType
from typing import Any

from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import QuerySet

from linekey.domain.access import Actor
from linekey.records import many, search_postgresql, search_sqlite
from linekey.records.models import Organisation, Person, SearchEntry, Service
from linekey.records.search_words import Entry, Facts, Filters, entry_of, question, seen_by

BATCH = 500
_COLUMNS = [field.name for field in fields(Entry)]
_FACTS = [field.name for field in fields(Facts)]


def engine() -> ModuleType:
    return search_postgresql if connection.vendor == "postgresql" else search_sqlite


def found(
    actor: Actor, filters: Filters, *, beyond: int | None = None, newer: bool = False, limit: int
) -> list[int]:
    """Primary keys of services the actor sees, newest first. Raises Malformed.

    Those older than `beyond`, or with `newer` the ones right above it.
    """
    ids: list[int] = engine().found(
        seen_by(actor), question(filters), beyond=beyond, newer=newer, limit=limit
    )
    return ids[::-1] if newer else ids


def entries_of(services: QuerySet[Service]) -> dict[int, Entry]:
    """What each should be found by, by its key, as the tables are now."""
    return {key: entry_of(Facts(*facts)) for key, *facts in services.values_list("pk", *_FACTS)}


def kept(rows: QuerySet[SearchEntry]) -> dict[int, Entry]:
    """What each is found by, by the key of its service."""
    return {key: Entry(*columns) for key, *columns in rows.values_list("pk", *_COLUMNS)}


def index(*services: Service) -> None:
    _index({service.pk for service in services})


def index_missing() -> int:
    """Services nothing finds yet: rows from before there was a search. How many they were."""
    return _index_all(Service.objects.filter(search_entry=None))


def rebuild() -> int:
    """Forget everything and read it anew. How many services there are."""
    with transaction.atomic():
        engine().forget_all()
        count = index_missing()
        engine().all_written()
        return count


def index_saved(instance: Any, **_: object) -> None:
    """A service was saved, or the line or access it is."""
    _index({instance.pk})


def index_renamed(instance: Organisation | Person, created: bool, update_fields: Any, **_: object) -> None:
    """What services belong to was saved. A person is saved all the time, their name hardly ever."""
    if isinstance(instance, Organisation) and not created:
        _index_all(Service.objects.filter(organisation=instance))
    elif update_fields and "last_name" in update_fields:
        _index_all(Service.objects.filter(owner_id=instance.pk))


def index_migrated(**_: object) -> None:
    """After the last migration, so that models are those of today."""
    if ("linekey", "0004_search") in MigrationRecorder(connection).applied_migrations():
        if SearchEntry.objects.exists():
            index_missing()
        else:
            rebuild()


def _index_all(services: QuerySet[Service]) -> int:
    """A batch is one transaction, unless the caller's is open: a change of many must not stop all others."""
    keys = services.order_by("pk").values_list("pk", flat=True)
    done = 0
    for batch in _batches(list(keys)):
        _index(set(batch))
        done += len(batch)
    return done


def _batches(keys: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(keys)
    while batch := list(islice(rest, BATCH)):
        yield batch


@transaction.atomic
def _index(keys: set[int]) -> None:
    # Two transactions which change what one service is found by must not each write half of it.
    services = Service.objects.filter(many.among("pk", keys))
    list(services.select_for_update().order_by("pk").values_list("pk", flat=True))
    new = entries_of(services)
    old = kept(SearchEntry.objects.filter(many.among("pk", keys)))
    changed = [key for key, entry in new.items() if old.get(key) != entry]
    if not changed:
        return
    engine().write({key: new[key] for key in changed}, {key: old[key] for key in changed if key in old})
