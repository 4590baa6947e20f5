"""`/journal/export`: what the filter shows, as a table for a spreadsheet or as lines an outsider can verify.

Streamed: memory does not grow with the trail. Taking it out is an entry of the trail itself.
"""

import csv
import json
from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linekey.domain.errors import Malformed
from linekey.domain.inert import cell
from linekey.domain.trail import moment
from linekey.usecases import read_audit
from linekey.usecases.read_audit import Taken
from linekey.web import asked
from linekey.web.account.happenings import told
from linekey.web.audit import asked_for, words
from linekey.web.session import SignedInRequest
from linekey.web.staff.doors import desk_only

FORMS = {"csv": "text/csv; charset=utf-8", "json": "application/jsonl; charset=utf-8"}
_BYTE_ORDER_MARK = "\ufeff"
"""Without it a spreadsheet reads UTF-8 as something else."""


class _Echo:
    """A file which gives back what is written, for `csv`."""

    def write(self, text: str) -> str:
        return text


@require_safe
@desk_only
def download(request: SignedInRequest) -> HttpResponseBase:
    found, form = asked_for.read(request), asked.text(request, "format") or "csv"
    if form not in FORMS:
        raise Malformed(field="format", why="csv / json")
    now = timezone.now()
    if form == "csv":
        taken = read_audit.export(actor=request.actor, narrowed=found.narrowed, form="csv", now=now)
        lines = _csv(taken, translation.get_language() or "fr")
    else:
        told_lines = read_audit.export_lines(actor=request.actor, narrowed=found.narrowed, now=now)
        lines = (f"{json.dumps(line)}\n" for line in told_lines)
    name = f"journal-{timezone.localtime(now):%Y-%m-%d-%H%M}.{'csv' if form == 'csv' else 'jsonl'}"
    response = StreamingHttpResponse(lines, content_type=FORMS[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _csv(taken: Iterable[Taken], language: str) -> Iterator[str]:
    writer = csv.writer(_Echo())
    with translation.override(language):
        heads = [
            _("Moment (UTC)"),
            _("Organisation"),
            _("What happened"),
            _("Code"),
            _("By"),
            _("Customer ID"),
            _("Way"),
            _("Service ref."),
            _("About"),
            _("Facts"),
            _("Number in the chain"),
            _("Seal"),
        ]
    yield _BYTE_ORDER_MARK + writer.writerow(heads)
    for each in taken:
        # The pages' language is over by the time this is read.
        with translation.override(language):
            yield writer.writerow([cell(text) for text in _cells(each)])


def _cells(taken: Taken) -> list[str]:
    row = taken.row
    return [
        moment(row.at),
        row.organisation,
        told(row.action, row.service, row.facts).sentence,
        row.action,
        row.by,
        row.by_id,
        words.door(row.door),
        row.service,
        row.person,
        json.dumps(row.facts, ensure_ascii=False),
        str(row.number or ""),
        row.digest,
    ]
