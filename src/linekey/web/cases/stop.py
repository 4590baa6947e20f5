"""`/dossier/<token>/arreter`: “it was not me”, for whoever reads a mailbox or phone of the account.

The link only explains: mail scanners follow links. The button stops the decision, and nobody has to sign in.
"""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linekey.domain.cases import CaseState
from linekey.domain.errors import CaseOver
from linekey.domain.secret import Secret
from linekey.usecases import stop_case
from linekey.usecases.stop_case import StoppableCase
from linekey.web.cases.links import case_link
from linekey.web.components.case_words import following
from linekey.web.templatetags.desk import moment
from linekey.web.visitor import visitor_of


@case_link
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponseBase:
    now, link = timezone.now(), Secret(token)
    case = stop_case.look(token=link, now=now)
    if request.method == "POST":
        try:
            stop_case.stop(token=link, visitor=visitor_of(request), now=now)
        except CaseOver:
            case = stop_case.look(token=link, now=now)
        else:
            return _told(request, _("It is stopped"), _("The account stays exactly as it was."), _after())
    if not case.may_stop:
        return _too_late(request, case)
    consequences = following(case.effects)
    if case.new_email:
        consequences.insert(0, _("The new main address would be %(address)s.") % {"address": case.new_email})
    shown = {
        "title": _("It was not me"),
        "lead": _(
            "Somebody showed our support proofs that this account is theirs, and it was decided in their "
            "favour. It takes effect %(at)s, unless you stop it now."
        )
        % {"at": moment(case.effective_at)},
        "object": _("Account %(customer_id)s, case %(reference)s")
        % {"customer_id": case.customer_id, "reference": case.reference},
        "consequences": consequences,
        "button": _("It was not me: stop it"),
        "cancel": reverse("sign-in"),
    }
    return render(request, "linekey/cases/ask.html", shown)


def _too_late(request: HttpRequest, case: StoppableCase) -> HttpResponseBase:
    if case.state is CaseState.STOPPED:
        return _told(request, _("It is stopped"), _("The account stays exactly as it was."), _after())
    if case.state is CaseState.DONE:
        lead = _("It took effect %(at)s, and cannot be stopped here.") % {"at": moment(case.effective_at)}
        call = _("If it was not you, call support at once, and say the reference %(reference)s.")
        return _told(request, _("It is too late to stop it"), lead, [call % {"reference": case.reference}])
    return _told(
        request, _("There is nothing to stop"), _("The case was given up, and nothing was changed."), []
    )


def _after() -> list[str]:
    return [
        _("Support knows, and so does whoever opened the case."),
        _("If you did not open it, somebody tried to take the account: choose a new password."),
        _("Check the addresses, and the phone number, of your account."),
    ]


def _told(request: HttpRequest, title: str, lead: str, steps: list[str]) -> HttpResponseBase:
    return render(request, "linekey/cases/told.html", {"title": title, "lead": lead, "steps": steps})
