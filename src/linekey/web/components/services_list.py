"""A list of services of one kind, by reference, a page at a time (keyset: no counting, no skipping)."""

from typing import Any

from linekey.records import pages
from linekey.web import asked
from linekey.web.session import SignedInRequest

ROWS = 50


def listed(request: SignedInRequest, kind: str) -> dict[str, Any]:
    text, after = asked.text(request, "texte"), asked.text(request, "apres")
    found = pages.services(request.actor, kind=kind, text=text, after=after, limit=ROWS + 1)
    rows, more = found[:ROWS], len(found) > ROWS
    return {"rows": rows, "text": text, "after": after, "next_after": rows[-1].reference if more else ""}
