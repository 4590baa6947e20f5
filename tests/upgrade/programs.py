"""Two releases of the program side by side, as two trees on the disk: this one, edited into made-up ones.

The *old* release has a column which its every INSERT names, and which nobody else fills. The *new* one has
forgotten that column, and has another of its own. Between them stand four migrations.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import linekey

HERE = Path(linekey.__file__).parent
_MIGRATION = """
from django.db import migrations, models
from linekey.records.alongside import AddIndexAlongside

class Migration(migrations.Migration):
    dependencies = [("linekey", "{behind}")]
    operations = [{operations}]
    {more}
"""
_NOTE = 'migrations.AddField("outboxeffect", "note", models.CharField(max_length=12, default="old"))'
_ORIGIN = """migrations.AddField(
    "credentialversion", "origin", models.CharField(max_length=12, default="new", db_default="desk"))"""
_LOOSENED = """migrations.AlterField(
    "outboxeffect", "note", models.CharField(max_length=12, default="old", db_default=""))"""
_INDEX = 'AddIndexAlongside("credentialversion", models.Index(fields=["origin"], name="by_origin"))'
_GONE = 'migrations.RemoveField("outboxeffect", "note")'
INSTALLED, AFTER = "9000_note", "9004_no_note"


@dataclass(frozen=True)
class Program:
    """One release."""

    folder: Path

    @property
    def package(self) -> Path:
        return self.folder / "linekey"

    def edit(self, file: str, model: str, line: str) -> None:
        """One more column for a model."""
        path = self.package / "records" / "models" / file
        before, found, after = path.read_text().partition(f"class {model}(")
        body, meta, rest = after.partition("\n    class Meta:")
        assert found and meta, f"{model} of {file} is not as this test knows it"
        path.write_text(f"{before}{found}{body}    {line}\n{meta}{rest}")

    def migrate(self, name: str, operations: str, more: str = "") -> None:
        """One more migration, behind the last there is."""
        folder = self.package / "records" / "migrations"
        last = max(file.stem for file in folder.glob("[0-9]*.py"))
        text = _MIGRATION.format(behind=last, operations=operations, more=more)
        (folder / f"{name}.py").write_text(text)


def old_program(folder: Path) -> Program:
    program = _copied(folder)
    program.migrate(INSTALLED, _NOTE)
    program.edit("outbox.py", "OutboxEffect", 'note = models.CharField(max_length=12, default="old")')
    return program


def new_program(folder: Path) -> Program:
    program = _copied(folder)
    program.migrate(INSTALLED, _NOTE)
    # One table each: with a migration of both, whoever holds one and waits for the other is in a deadlock.
    program.migrate("9001_origin", _ORIGIN)
    program.migrate("9002_loose_note", _LOOSENED)
    program.migrate("9003_index", _INDEX, "atomic = False")
    program.migrate(AFTER, _GONE)
    program.edit(
        "credentials.py",
        "CredentialVersion",
        'origin = models.CharField(max_length=12, default="new", db_default="desk")',
    )
    return program


def _copied(folder: Path) -> Program:
    # What is compiled already goes along: each tree is begun with several times.
    shutil.copytree(HERE, folder / "linekey", ignore=shutil.ignore_patterns("*.po"))
    return Program(folder)
