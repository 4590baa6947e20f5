"""A list of services of one kind, newest first, a page at a time (keyset: no counting, no skipping)."""

from typing import Any

from linekey.records import pages
from linekey.records.search_words import Filters
from linekey.web import asked
from linekey.web.session import SignedInRequest

ROWS = 50


def listed(request: SignedInRequest, kind: str) -> dict[str, Any]:
    text, after = asked.text(request, "texte"), asked.text(request, "apres")
    filters = Filters(kind=kind, text=text)
    found = pages.services(request.actor, filters, after=after, limit=ROWS + 1)
    rows, more = found[:ROWS], len(found) > ROWS
    return {"rows": rows, "text": text, "after": after, "next_after": rows[-1].reference if more else ""}
