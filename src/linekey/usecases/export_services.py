"""Take a list of services away as a file: what the filters show, all of it. Who took what is written down."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from django.db import transaction

from linekey.domain import access
from linekey.domain.access import Action, Actor
from linekey.domain.inert import cell
from linekey.records import audit, pages
from linekey.records.pages import ServiceRow
from linekey.records.search_words import Filters, question

BATCH = 500
BOM = "\ufeff"
"""Without it a spreadsheet takes UTF-8 for the letters of the last century."""
Columns = Mapping[str, Callable[[ServiceRow], str]]
"""What stands above each column, and what of a row stands in it."""


def export(*, actor: Actor, filters: Filters, columns: Columns, now: datetime) -> Iterator[bytes]:
    """CSV as spreadsheets open it in France: UTF-8 with its mark, `;` between cells, no cell a formula.

    The file is made while it is sent, a batch of services at a time. Raises NotAllowed, ScopeNotGranted,
    Malformed.
    """
    access.require(actor, Action.SEE, owner_id=None, now=now)
    question(filters)
    narrowed = "; ".join(f"{name}={value}" for name, value in filters.given.items())
    with transaction.atomic(durable=True):
        audit.write(action="services.export", now=now, actor=actor, filters=narrowed)
    return _lines(actor, filters, columns)


def _lines(actor: Actor, filters: Filters, columns: Columns) -> Iterator[bytes]:
    yield (BOM + _written([list(columns)])).encode()
    rows = pages.services(actor, filters, limit=BATCH)
    while rows:
        yield _written([[of(row) for of in columns.values()] for row in rows]).encode()
        # A short batch may still not be the last: a row can have left the actor's branch meanwhile.
        rows = pages.services(actor, filters, after=rows[-1].reference, limit=BATCH)


def _written(rows: list[list[str]]) -> str:
    sheet = io.StringIO()
    csv.writer(sheet, delimiter=";").writerows([cell(text) for text in row] for row in rows)
    return sheet.getvalue()
