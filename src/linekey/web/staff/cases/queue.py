"""`/dossiers`: support cases, the newest first, by state; for each its age and whom it waits for."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from linekey.domain.cases import CaseState
from linekey.records import pages
from linekey.records.pages import CaseRow
from linekey.web import asked
from linekey.web.components.case_words import STATES, kind_name, state_badge
from linekey.web.session import SignedInRequest, signed_in
from linekey.web.staff.cases.words import documents_told, waits_for

ROWS = 50
ALL = "tous"
_OPEN, _EVERY = gettext_noop("Not over yet"), gettext_noop("All cases")


@dataclass(frozen=True)
class Line:
    """One row of the table, in words."""

    row: CaseRow
    kind: str
    tone: str
    state: str
    waits_for: str
    documents: str


@require_safe
@signed_in
def page(request: SignedInRequest) -> HttpResponseBase:
    wanted, after = asked.text(request, "etat"), asked.text(request, "apres")
    state = CaseState(wanted) if wanted in set(CaseState) else None
    rows = pages.cases(
        request.actor,
        state=state,
        open_only=state is None and wanted != ALL,
        after=after,
        limit=ROWS + 1,
        now=timezone.now(),
    )
    shown = {
        "lines": [_line(row) for row in rows[:ROWS]],
        "states": _states(wanted),
        "narrowed": bool(wanted),
        "first": _address(wanted, "") if after else "",
        "next": _address(wanted, rows[ROWS - 1].reference) if len(rows) > ROWS else "",
    }
    return render(request, "linekey/staff/cases/queue.html", shown)


def _line(row: CaseRow) -> Line:
    tone, word = state_badge(row.state)
    return Line(row, kind_name(row.kind), tone, word, waits_for(row), documents_told(row.documents))


def _states(wanted: str) -> list[tuple[str, str, bool]]:
    """Code, name, and whether it is chosen."""
    offered = {
        "": _(_OPEN),
        **{state.value: _(word) for state, (_tone, word) in STATES.items()},
        ALL: _(_EVERY),
    }
    chosen = wanted if wanted in offered else ""
    return [(code, name, code == chosen) for code, name in offered.items()]


def _address(state: str, after: str) -> str:
    asked_for = {name: value for name, value in (("etat", state), ("apres", after)) if value}
    return reverse("cases") + (f"?{urlencode(asked_for)}" if asked_for else "")
