"""The words of `linekey backup` and `linekey restore`. Errors of usage leave with status 2."""

import argparse
from pathlib import Path

BACKUP = """
Write a copy of Linekey's database into one file, as one moment saw it, while everything runs. The copy is the
same for SQLite and PostgreSQL: either restores on the other.

It holds names, addresses, the mail archive and password hashes, so it is encrypted to public keys of age or
SSH; whoever holds a private key restores it. The keyring is not in it, unless --with-keys: what is sealed
stays sealed, and the keyring is kept elsewhere.
"""
BACKUP_EPILOG = (
    "Exit status: 0 it is there, and was read back; 2 usage, nothing was written; 5 disk or database."
)
RESTORE = """
Put a backup into the database this Linekey is set up with, which must be empty, and which nobody may use
meanwhile: stop the pages and the workers first. All or nothing: what fails changes nothing.

What was promised and not done when the backup was taken may have been done since. It waits for a person, and
campaigns are paused, unless --go-on says that nothing has happened since: for a move to another database.
"""
RESTORE_EPILOG = """
Exit status: 0 restored, and all is well; 1 restored, and something wants attention; 2 refused, nothing was
changed; 5 disk or database.
"""


def backup(words: list[str]) -> argparse.Namespace:
    parser = _parser("backup", BACKUP, BACKUP_EPILOG)
    parser.add_argument(
        "where", type=Path, metavar="FOLDER-OR-FILE", help="in a folder it is named by its moment"
    )
    locks = parser.add_mutually_exclusive_group(required=True)
    locks.add_argument(
        "--recipient", action="append", default=[], metavar="KEY", help="age1… or ssh-…; repeatable"
    )
    locks.add_argument("--in-clear", action="store_true", help="do not encrypt it")
    parser.add_argument(
        "--with-keys", action="store_true", help="the keyring and the RADIUS key as well; encrypted"
    )
    parser.add_argument("--force", action="store_true", help="replace a file which is there")
    asked = parser.parse_args(words)
    if asked.with_keys and asked.in_clear:
        parser.error("--with-keys needs --recipient: database and keys in clear open everything there is")
    return asked


def restore(words: list[str]) -> argparse.Namespace:
    parser = _parser("restore", RESTORE, RESTORE_EPILOG)
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument(
        "--identity", action="append", default=[], type=Path, metavar="FILE", help="a private key; repeatable"
    )
    parser.add_argument(
        "--check", action="store_true", help="read it all, tell what it holds, and change nothing"
    )
    parser.add_argument("--replace", action="store_true", help="the rows which are there go")
    parser.add_argument("--go-on", action="store_true", help="nothing happened since: keep every promise now")
    parser.add_argument(
        "--without-keys", action="store_true", help="although the keyring lacks keys it needs"
    )
    return parser.parse_args(words)


def _parser(name: str, told: str, epilog: str) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        prog=f"linekey {name}",
        description=told,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
