"""What the search reads beside its table: an index of words, made as each engine does it best."""

from types import ModuleType

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from linekey.records import search_postgresql, search_sqlite


def make(apps: StateApps, schema: BaseDatabaseSchemaEditor) -> None:
    for statement in _of(schema).MAKE:
        schema.execute(statement)


def unmake(apps: StateApps, schema: BaseDatabaseSchemaEditor) -> None:
    for statement in _of(schema).UNMAKE:
        schema.execute(statement)


def _of(schema: BaseDatabaseSchemaEditor) -> ModuleType:
    return search_postgresql if schema.connection.vendor == "postgresql" else search_sqlite


class Migration(migrations.Migration):
    dependencies = [("linekey", "0003_desk")]

    # Services that are there already are read after the last migration (`records.apps`), as models of today.
    operations = [migrations.RunPython(make, unmake)]
