"""`…/codes`: a sheet of recovery codes, shown once, and proven by typing one of them back (ACC-2, ACC-8).

POST answers the page itself, without a redirect: the codes exist in that answer and nowhere else.
"""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from linekey.domain.errors import NeedsAFactor, WrongCode
from linekey.domain.factors import CODES, FEW_CODES
from linekey.records import pages
from linekey.usecases import make_recovery_codes
from linekey.web import notices, session
from linekey.web.account.frame import frame
from linekey.web.account.once import spend
from linekey.web.components import operation
from linekey.web.forms import PlainForm, TypedSecretField, blame, read_first
from linekey.web.session import SignedInRequest, require_recent, signed_in


class ProofForm(PlainForm):
    code = TypedSecretField(
        label=gettext_lazy("One of the codes of the new sheet"),
        missing=gettext_lazy("Type the code."),
        autocomplete="off",
        autocapitalize="characters",
        **{"class": "code long"},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        read_first(self.fields["code"])


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def page(request: SignedInRequest) -> HttpResponseBase:
    now = timezone.now()
    require_recent(request, now)
    if not pages.factors(request.actor):
        raise NeedsAFactor()
    if request.method != "POST":
        return _state(request, ProofForm())
    if not spend(request):
        title = gettext_noop("These codes were already shown once, and cannot be shown again.")
        notices.leave(request, "warning", title, gettext_noop("If you did not keep them, generate new ones."))
        return session.to("account-codes")
    drawn = make_recovery_codes.draw(actor=request.actor, now=now)
    shown = frame("account-two-step", leaf=_("Recovery codes")) | {
        "drawn": drawn,
        "made_at": now,
        "form": ProofForm(),
    }
    return render(request, "linekey/account/codes_drawn.html", shown)


@sensitive_post_parameters()
@require_POST
def prove(request: HttpRequest) -> HttpResponseBase:
    return _prove(request)


@signed_in
def _prove(request: SignedInRequest) -> HttpResponseBase:
    now = timezone.now()
    require_recent(request, now)
    form = ProofForm(request.POST)
    if form.is_valid():
        try:
            make_recovery_codes.prove(actor=request.actor, typed=form.cleaned_data["code"], now=now)
        except WrongCode as wrong:
            blame(form, "code", wrong)
        else:
            notices.leave(
                request,
                "success",
                gettext_noop("Your new recovery codes are in force."),
                gettext_noop("Any earlier sheet opens nothing any more: throw it away."),
            )
            return session.to("account-two-step")
    return _state(request, form, status=422)


def _state(request: SignedInRequest, form: ProofForm, *, status: int = 200) -> HttpResponseBase:
    """How many are left, and whether a sheet waits to be proven. Never a code."""
    shown = frame("account-two-step", leaf=_("Recovery codes")) | {
        "codes": pages.codes(request.actor),
        "most": CODES,
        "few": FEW_CODES,
        "form": form,
        "operation": operation.fresh(),
    }
    return render(request, "linekey/account/codes.html", shown, status=status)
