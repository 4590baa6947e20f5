"""A list of services as a file: complete, inert in a spreadsheet, and written down."""

import csv
from dataclasses import replace
from datetime import datetime

import pytest

from linekey.domain.access import Scope
from linekey.domain.errors import Malformed, ScopeNotGranted
from linekey.records.models import AuditEntry
from linekey.records.search_words import Filters
from linekey.usecases import export_services
from linekey.usecases.export_services import BATCH, export
from tests.build import Cast, actor, sip_line

COLUMNS: export_services.Columns = {
    "Réf.": lambda row: row.reference,
    "Nom": lambda row: row.name,
    "SDA": lambda row: row.number,
}


def read(cast: Cast, now: datetime, **filters: str) -> list[list[str]]:
    lines = export(actor=actor(cast.chen), filters=Filters(**filters), columns=COLUMNS, now=now)
    text = b"".join(lines).decode("utf-8-sig")
    return list(csv.reader(text.splitlines(), delimiter=";"))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "'  =1"),
        ('a;b"c', 'a;b"c'),
        ("Œuvre d’Été", "Œuvre d’Été"),
    ],
)
def test_no_cell_is_a_formula(cast: Cast, now: datetime, name: str, shown: str) -> None:
    cast.licence.name = name
    cast.licence.save()
    assert read(cast, now, reference="FPC172947") == [
        ["Réf.", "Nom", "SDA"],
        ["FPC172947", shown, "'+33184780117"],
    ]


def test_a_name_of_several_lines_stays_one_row(cast: Cast, now: datetime) -> None:
    cast.licence.name = "\t=1\r\n=2\u202e"
    cast.licence.save()
    assert len(read(cast, now, reference="FPC172947")) == 2


def test_every_service_is_in_it_however_many(cast: Cast, now: datetime) -> None:
    for number in range(BATCH + 3):
        sip_line(f"FPC6{number:05}", cast.lumen, now, owner=None)
    rows = read(cast, now, reference="FPC6")
    assert len(rows) == 1 + BATCH + 3 and len({row[0] for row in rows}) == len(rows)


def test_nothing_found_is_a_file_with_headings(cast: Cast, now: datetime) -> None:
    assert read(cast, now, reference="0033972202020") == [["Réf.", "Nom", "SDA"]]


def test_what_cannot_be_asked_is_refused_before_anything_is_sent(cast: Cast, now: datetime) -> None:
    with pytest.raises(Malformed):
        export(actor=actor(cast.chen), filters=Filters(address="x"), columns=COLUMNS, now=now)
    blind = replace(actor(cast.chen), scopes=frozenset({Scope.CREDENTIALS}))
    with pytest.raises(ScopeNotGranted):
        export(actor=blind, filters=Filters(), columns=COLUMNS, now=now)
    assert not AuditEntry.objects.filter(action="services.export").exists()
