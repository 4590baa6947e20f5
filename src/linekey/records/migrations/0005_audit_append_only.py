"""The audit trail is append-only in the database itself: a mistake, or a script, cannot change what was written.

Only the place in the chain is filled in once, moments after the entry; from then on nothing changes and
nothing goes. Whoever owns the tables can take these triggers away: that is what the chain is for.
A migration which makes the table anew on SQLite loses them there, and a test says so.
"""

from typing import Any

from django.db import migrations

TABLE = "linekey_auditentry"
KEPT = ("id", "at", "actor_id", "door", "action", "service_id", "person_id", "path", "facts")
REFUSAL = "the audit trail is append-only"

POSTGRESQL = f"""
CREATE FUNCTION linekey_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$;
CREATE TRIGGER linekey_audit_no_update BEFORE UPDATE ON {TABLE} FOR EACH ROW
WHEN (OLD.chain IS NOT NULL OR {" OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in KEPT)})
EXECUTE FUNCTION linekey_audit_append_only();
CREATE TRIGGER linekey_audit_no_delete BEFORE DELETE ON {TABLE} FOR EACH ROW
WHEN (OLD.chain IS NOT NULL)
EXECUTE FUNCTION linekey_audit_append_only();
"""
POSTGRESQL_BACK = f"""
DROP TRIGGER linekey_audit_no_update ON {TABLE};
DROP TRIGGER linekey_audit_no_delete ON {TABLE};
DROP FUNCTION linekey_audit_append_only();
"""
SQLITE = (
    f"""CREATE TRIGGER linekey_audit_no_update BEFORE UPDATE ON {TABLE}
WHEN OLD.chain IS NOT NULL OR {" OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in KEPT)}
BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    f"""CREATE TRIGGER linekey_audit_no_delete BEFORE DELETE ON {TABLE}
WHEN OLD.chain IS NOT NULL
BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
)
SQLITE_BACK = ("DROP TRIGGER linekey_audit_no_update", "DROP TRIGGER linekey_audit_no_delete")


def lock(apps: Any, editor: Any) -> None:
    _execute(editor, POSTGRESQL, SQLITE)


def unlock(apps: Any, editor: Any) -> None:
    _execute(editor, POSTGRESQL_BACK, SQLITE_BACK)


def _execute(editor: Any, postgresql: str, sqlite: tuple[str, ...]) -> None:
    for statement in (postgresql,) if editor.connection.vendor == "postgresql" else sqlite:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("linekey", "0004_search")]
    operations = [migrations.RunPython(lock, unlock)]
