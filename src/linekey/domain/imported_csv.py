"""Read a file of lines and logins, as spreadsheets and databases write them: row by row, nothing guessed.

UTF-8, or the Windows code page of Western Europe; `;` or `,` between cells; the first line names the columns,
in French or English. A row that cannot be read is refused with its line number, and its neighbours go on.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from linekey.domain.errors import N_, Malformed
from linekey.domain.imported import Check, Columns, Details, Found, Reason, Unfit
from linekey.domain.secret import Secret

LARGEST = 20 * 1024 * 1024
"""Bytes; whoever has more makes several files of it, or imports from the table."""
MOST_ROWS = 100_000
LONGEST_CELL = 500
COLUMNS: dict[str, tuple[str, ...]] = {
    "username": ("username", "identifiant_sip", "utilisateur_sip", "user"),
    "domain": ("domain", "domaine", "realm"),
    "login": ("login", "identifiant_pppoe", "login_pppoe"),
    "password": ("password", "mot_de_passe"),
    "ha1": ("ha1",),
    "ha1b": ("ha1b",),
    "organisation": ("organisation", "organization", "client", "ref_client"),
    "reference": ("reference", "ref_service", "service"),
    "name": ("name", "nom"),
    "number": ("number", "numero", "sda"),
    "owner": ("owner", "e_mail", "email", "courriel"),
    "phone": ("phone", "poste"),
    "technology": ("technology", "technologie"),
}
"""What each column may be called, without accents and capitals; blanks and hyphens are `_`."""
_NAMES = {name: column for column, names in COLUMNS.items() for name in names}
_SECRET = ("password", "ha1", "ha1b")
Cells = dict[str, str] | None
"""By column; None for a row that is none."""
_FORMULA = re.compile(r"[=@\t\r]|[+\-](?![0-9 ().]*\Z)")
"""A cell a spreadsheet computes (OWASP, CSV injection); a phone number may begin with its +."""


def read(content: bytes, *, domain: str = "") -> list[Found]:
    """Every row, the unreadable ones included. `domain`: of the lines, where no column says so.

    Raises Malformed for a file that is none.
    """
    rows: list[Found] = []
    first: dict[tuple[str, str, bool], str] = {}
    for place, cells in _rows(content):
        found = _found(place, cells, domain)
        key = (found.name, found.realm, found.columns is None)
        if found.unfit is None and first.setdefault(key, place) != place:
            found = replace(found, unfit=Unfit(Reason.TWICE, first=first[key]))
        rows.append(found)
    return rows


def details(content: bytes) -> dict[tuple[str, str], Details]:
    """What a file says of lines and logins whose secrets stand elsewhere: by user name and domain.

    For an import from a table, which knows no customers. A line without a domain, like a login, is told by
    its name alone. Raises Malformed, for a row that is unfit too.
    """
    told = {}
    for found in read(content):
        secrets = [check.value for check in found.checks]
        if found.columns is not None:
            secrets = [found.columns.password, found.columns.ha1, found.columns.ha1b]
        if found.unfit is not None or any(map(len, secrets)):
            raise Malformed(
                field=found.place, why=N_("the row cannot be read, comes twice or holds a password")
            )
        told[found.name, found.realm] = found.details
    return told


def several_domains(rows: list[Found]) -> bool:
    """Is one user name several lines here?"""
    return len({found.realm for found in rows if found.columns is not None and found.realm}) > 1


def _rows(content: bytes) -> Iterator[tuple[str, Cells]]:
    if len(content) > LARGEST:
        raise Malformed(field="file", why=N_("it is larger than 20 MB"))
    rows = _numbered(_decoded(content))
    _, titles = next(rows, ("", []))
    columns = _columns(titles or [])
    for number, (place, cells) in enumerate(rows):
        if number == MOST_ROWS:
            raise Malformed(field="file", why=N_("it has more than 100,000 rows"))
        # Spreadsheets leave empty cells at the end of a row away, or put some there.
        fits = cells is not None and not any(cells[len(columns) :])
        yield place, dict(zip(columns, cells or [], strict=False)) if fits else None


def _numbered(text: str) -> Iterator[tuple[str, list[str] | None]]:
    """Each row with the line it begins on, as an editor counts; empty lines are passed over."""
    titles = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in titles else ",", strict=True)
    while True:
        place = f"line {reader.line_num + 1}"
        try:
            cells = next(reader)
        except csv.Error:
            yield place, None
        except StopIteration:
            return
        else:
            if any(cells):
                yield place, cells


def _found(place: str, cells: Cells, domain: str) -> Found:
    if cells is None:
        return Found(place, "", unfit=Unfit(Reason.UNREADABLE))
    said = {name: cells.get(name, "") for name in COLUMNS}
    # A blank may be part of a password, and is none of anything else.
    said = {name: text if name == "password" else text.strip() for name, text in said.items()}
    is_line = bool(said["username"])
    name = said["username"] or said["login"]
    columns = Columns(*(Secret(said[each]) for each in _SECRET)) if is_line else None
    checks = (Check("Cleartext-Password", ":=", Secret(said["password"])),)
    plain = {each: said[each] for each in Details.__dataclass_fields__}
    return Found(
        place=place,
        name=name[:LONGEST_CELL],
        realm=(said["domain"] or domain) if is_line else "",
        columns=columns,
        checks=() if is_line else checks,
        details=Details(**plain),
        typed=True,
        unfit=_fault(said),
    )


def _fault(said: dict[str, str]) -> Unfit | None:
    for field, text in said.items():
        if len(text) > LONGEST_CELL:
            return Unfit(Reason.TOO_LONG, field=field, most=LONGEST_CELL)
        if field not in _SECRET and _FORMULA.match(text):
            return Unfit(Reason.FORMULA, field=field)
    if said["username"] and said["login"]:
        return Unfit(Reason.TWO_NAMES)
    return None if said["username"] or said["login"] else Unfit(Reason.NO_NAME)


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Malformed(field="file", why=N_("it is a text neither in UTF-8 nor in Windows-1252"))


def _columns(titles: list[str]) -> list[str]:
    columns: list[str] = []
    while titles and not titles[-1].strip():
        titles.pop()
    for title in titles:
        column = _NAMES.get(_folded(title))
        if column is None or column in columns:
            raise Malformed(field=title[:40], why=N_("no column is called so, or it is there twice"))
        columns.append(column)
    if not {"username", "login"} & set(columns):
        raise Malformed(field="file", why=N_("its first line names no column “username” or “login”"))
    return columns


def _folded(title: str) -> str:
    apart = unicodedata.normalize("NFKD", title.strip().lower())
    return re.sub(r"[\s.\-]+", "_", "".join(each for each in apart if not unicodedata.combining(each)))
