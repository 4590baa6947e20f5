"""Where the rows of an import come from: a table of an element's store, or a file. Opened here, and read."""

import getpass
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from linekey.domain import imported_csv
from linekey.domain.imported import Found
from linekey.network import existing, existing_radius
from linekey.network.store import open_store
from linekey.usecases.import_services import BATCH

DATABASES = ("sqlite", "postgresql", "mysql", "mariadb")


class BadSource(Exception):
    """One sentence for whoever typed the command."""


@dataclass(frozen=True)
class Source:
    name: str
    total: int
    with_realm: bool
    batches: Iterable[list[Found]]


def kamailio(where: str, *, details: str, variable: Callable[[str], str]) -> Source:
    """Raises BadSource, Malformed, Unreachable, Rejected."""
    store = open_store(_address(where, settings.LINEKEY_REGISTRAR_STORE, variable))
    return Source(
        name="kamailio",
        total=existing.how_many_lines(store),
        with_realm=existing.several_domains(store),
        batches=_with_details(existing.lines(store), details),
    )


def radius(where: str, *, details: str, variable: Callable[[str], str]) -> Source:
    """Raises BadSource, Malformed, Unreachable, Rejected."""
    store = open_store(_address(where, settings.LINEKEY_RADIUS_STORE, variable))
    return Source(
        name="radius",
        total=existing_radius.how_many_logins(store),
        with_realm=False,
        batches=_with_details(existing_radius.logins(store), details),
    )


def csv_file(path: str, *, domain: str) -> Source:
    """Raises BadSource, Malformed."""
    rows = imported_csv.read(_content(Path(path)), domain=domain)
    return Source(
        name="csv",
        total=len(rows),
        with_realm=imported_csv.several_domains(rows),
        batches=(rows[start : start + BATCH] for start in range(0, len(rows), BATCH)),
    )


def _with_details(batches: Iterator[list[Found]], path: str) -> Iterator[list[Found]]:
    """A line is looked up with its domain first, then by its name alone."""
    if not path:
        return batches
    told = imported_csv.details(_content(Path(path)))

    def of(found: Found) -> Found:
        said = told.get((found.name, found.realm)) or told.get((found.name, ""))
        return replace(found, details=said) if said else found

    return ([of(found) for found in batch] for batch in batches)


def _address(where: str, ours: str, variable: Callable[[str], str]) -> str:
    word, _, rest = where.partition(":")
    match word:
        case "":
            return ours
        case "env":
            address = variable(rest)
        case "file":
            address = _text(Path(rest))
        case "ask":
            address = getpass.getpass("Address of the database: ", stream=sys.stderr).strip()
        case _:
            address = where
    try:
        url = make_url(address)
    except ArgumentError:
        raise BadSource("that is no address of a database: dialect://user:password@host/name") from None
    if url.password is not None and address == where:
        raise BadSource("an address with a password must not be an argument: see --from in the help")
    if url.get_backend_name() not in DATABASES:
        raise BadSource(f"the database can be {', '.join(DATABASES)}")
    return address


def _text(path: Path) -> str:
    try:
        return _content(path).decode().strip()
    except UnicodeDecodeError:
        raise BadSource(f"{path} holds no address") from None


def _content(path: Path) -> bytes:
    try:
        with path.expanduser().open("rb") as file:
            return file.read(imported_csv.LARGEST + 1)
    except OSError as why:
        raise BadSource(f"{path} cannot be read ({type(why).__name__})") from None
