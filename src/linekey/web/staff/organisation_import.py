"""`/revendeur/organisations/<id>/importer`: lines and accesses of a customer, from a file; tried first.

The file holds passwords: it is read once, and kept nowhere. Whoever tried it sends it again to import it.
"""

from collections import Counter
from typing import Any

from django import forms
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linekey.domain import imported_csv
from linekey.domain.errors import Malformed
from linekey.domain.imported import NOTES, SENTENCES, Outcome, Run, Told
from linekey.domain.inert import inert
from linekey.records import pages
from linekey.usecases import import_services
from linekey.web.forms import PlainForm, blame
from linekey.web.session import SignedInRequest, require_recent
from linekey.web.staff.doors import desk_only
from linekey.web.staff.organisation_forms import frame
from linekey.web.uploads import takes_documents

MOST_ROWS = 2_000
"""What one request imports in a few seconds; the command on the server takes any number."""
LARGEST = 1024 * 1024
MOST_SHOWN = 500
LONGEST_SHOWN = 80
TRY, IMPORT = "try", "import"


class ImportForm(PlainForm):
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy("At most 2,000 rows. The first line names the columns."),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("This file is empty."),
        },
    )
    domain = forms.CharField(
        label=gettext_lazy("SIP domain"),
        help_text=gettext_lazy("Of the lines, where the file has no such column."),
        required=False,
        max_length=64,
    )
    what = forms.ChoiceField(
        label=gettext_lazy("What to do"),
        choices=[(TRY, gettext_lazy("Try it: nothing is written")), (IMPORT, gettext_lazy("Import"))],
        widget=forms.RadioSelect,
        initial=TRY,
    )

    def __init__(self, request: SignedInRequest) -> None:
        sent = request.method == "POST"
        super().__init__(request.POST if sent else None, files=request.FILES if sent else None)
        self.fields["file"].widget.attrs["accept"] = ".csv,text/csv"
        self.fields["domain"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}

    def clean_file(self) -> bytes:
        sent = self.cleaned_data["file"]
        if sent.size is None or sent.size > LARGEST:
            raise forms.ValidationError(_("This file is too large: 1 MB at most."))
        content: bytes = sent.read()
        return content


@require_http_methods(["GET", "HEAD", "POST"])
@takes_documents
@desk_only
def page(request: SignedInRequest, reference: str) -> HttpResponseBase:
    now = timezone.now()
    found = pages.organisation(request.actor, reference, now=now)
    require_recent(request, now)
    elements = pages.import_elements(request.actor, now=now)
    form = ImportForm(request)
    told, dry = None, True
    if elements is not None and request.method == "POST" and form.is_valid():
        dry = form.cleaned_data["what"] == TRY
        run = Run(*elements, organisation=f"#{reference}", dry=dry)
        try:
            told = import_services.import_file(
                actor=request.actor,
                content=form.cleaned_data["file"],
                run=run,
                domain=form.cleaned_data["domain"].strip(),
                most=MOST_ROWS,
                now=now,
            )
        except Malformed as refusal:
            blame(form, "file", _about(refusal))
    shown = frame(found, _("Import services")) | {
        "form": form,
        "elements": elements,
        "columns": imported_csv.COLUMNS.values(),
        "dry": dry,
        "sums": _sums(told or []),
        "rows": [_row(each) for each in sorted(told or [], key=_urgency)[:MOST_SHOWN]],
        "hidden": max(0, len(told or []) - MOST_SHOWN),
    }
    return render(
        request, "linekey/staff/organisation_import.html", shown, status=422 if form.errors else 200
    )


_OUTCOMES = {
    Outcome.REFUSED: ("danger", gettext_lazy("Refused")),
    Outcome.CONFLICT: ("warning", gettext_lazy("Conflict")),
    Outcome.NEW: ("success", gettext_lazy("New")),
    Outcome.CHANGED: ("info", gettext_lazy("Changed")),
    Outcome.SAME: ("neutral", gettext_lazy("The same")),
}
"""Tone and word of each, what wants attention first."""


def _sums(told: list[Told]) -> list[dict[str, Any]]:
    counted = Counter(each.outcome for each in told)
    return [
        {"tone": tone, "word": word, "count": counted[outcome]}
        for outcome, (tone, word) in _OUTCOMES.items()
        if counted[outcome]
    ]


def _row(told: Told) -> dict[str, Any]:
    tone, word = _OUTCOMES[told.outcome]
    notes = [_(NOTES[note]) for note in told.notes]
    return {
        "line": _line(told.place),
        "name": inert(told.name[:LONGEST_SHOWN]),
        "tone": tone,
        "word": word,
        "says": [_reason(told), *notes] if told.reason else notes,
    }


def _reason(told: Told) -> str:
    assert told.reason is not None  # noqa: S101 - as asked above
    # Names of columns stay as they are written in the file.
    values = {name: _line(value) if name == "first" else value for name, value in told.values.items()}
    return _(SENTENCES[told.reason]) % values


def _line(place: object) -> str:
    """`line 12` as a person reads it."""
    return _("line %(number)s") % {"number": str(place).removeprefix("line ")}


def _urgency(told: Told) -> int:
    return list(_OUTCOMES).index(told.outcome)


def _about(refusal: Malformed) -> Malformed:
    """Beside the one field of the page: which part of the file, and what is wrong with it."""
    field, why = str(refusal.values["field"]), str(refusal.values["why"])
    return refusal if field == "file" else Malformed(field="file", why=f"“{inert(field)}”: {_(why)}")
