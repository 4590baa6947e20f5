"""Decide against: send a proposal back to be checked again, or turn the case down. GET says what follows."""

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from linekey.domain.cases import CaseState
from linekey.domain.errors import CaseOver
from linekey.usecases import decide_case
from linekey.web import notices, session
from linekey.web.session import SignedInRequest, signed_in
from linekey.web.staff.cases.ask import ask, late, looked
from linekey.web.staff.cases.forms import RefuseForm, SendBackForm
from linekey.web.staff.cases.words import effects_told


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def send_back(request: SignedInRequest, reference: str) -> HttpResponseBase:
    now, page = looked(request, reference)
    form = SendBackForm(request.POST if request.method == "POST" else None)
    try:
        if page.row.state is not CaseState.PROPOSED:
            raise CaseOver()
        if form.is_valid():
            decide_case.send_back(
                actor=request.actor, reference=reference, words=form.cleaned_data["words"], now=now
            )
            notices.leave(request, "success", gettext_noop("The case is sent back to be checked again."))
            return session.to("case", reference)
    except CaseOver as over:
        return late(request, reference, over)
    shown = {
        "title": _("Send the case back"),
        "consequences": [
            _("What was proposed is dropped, and nothing takes effect."),
            _("The proofs stay as they are; agents check again. The applicant is not told."),
        ],
        "object": f"{reference} – {effects_told(page.proposed)}",
        "button": _("Send it back"),
        "tone": "primary",
    }
    return ask(request, reference, shown, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def refuse(request: SignedInRequest, reference: str) -> HttpResponseBase:
    now, page = looked(request, reference)
    form = RefuseForm(request.POST if request.method == "POST" else None)
    try:
        if not page.may_refuse:
            raise CaseOver()
        if form.is_valid():
            decide_case.refuse(
                actor=request.actor, reference=reference, words=form.cleaned_data["words"], now=now
            )
            notices.leave(
                request, "success", gettext_noop("The case is turned down; the applicant is told why.")
            )
            return session.to("case", reference)
    except CaseOver as over:
        return late(request, reference, over)
    consequences = [
        _("The account stays as it is."),
        _("The applicant reads your words, and may open a new case."),
        _("The documents are erased after seven days."),
    ]
    if page.row.state is CaseState.WAITING:
        consequences.insert(1, _("The owner was warned of the decision: they are told that it was given up."))
    shown = {
        "title": _("Turn the case down"),
        "consequences": consequences,
        "object": f"{reference} – {page.row.name}",
        "button": _("Turn it down"),
        "tone": "danger",
    }
    return ask(request, reference, shown, form=form)
