"""`…/application`: add an authenticator application. A name, then the QR code and a first good code (ACC-2).

The seed stays in the flow until that code came: shown again on reload until then, and never after.
"""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from linekey.domain.errors import FlowOver, WrongCode
from linekey.usecases import enrol_factor
from linekey.web import session
from linekey.web.account.enrolled import enrolled, over
from linekey.web.account.fields import NameField
from linekey.web.account.frame import frame
from linekey.web.forms import PlainForm, TypedSecretField, blame, read_first
from linekey.web.refusals import form_page
from linekey.web.session import SignedInRequest, require_recent, signed_in
from linekey.web.visitor import visitor_of


class BeginForm(PlainForm):
    name: forms.Field = NameField(
        label=gettext_lazy("Name of the device"),
        help_text=gettext_lazy("So that you recognise it later: “My phone”, “Tablet at the office”."),
        required=False,
    )


class ProofForm(PlainForm):
    code = TypedSecretField(
        label=gettext_lazy("Code shown by the application"),
        missing=gettext_lazy("Type the code."),
        inputmode="numeric",
        autocomplete="one-time-code",
        **{"class": "code"},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        read_first(self.fields["code"])


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def begin(request: SignedInRequest) -> HttpResponseBase:
    now = timezone.now()
    require_recent(request, now)
    form = BeginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        offer = enrol_factor.begin_totp(
            actor=request.actor, name=form.cleaned_data["name"], visitor=visitor_of(request), now=now
        )
        return session.to("account-totp-proof", offer.flow)
    shown = frame("account-two-step", leaf=_("Add an application")) | {"form": form}
    return form_page(request, "linekey/account/totp.html", shown)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: HttpRequest, reference: str) -> HttpResponseBase:
    return _prove(request, reference)


@signed_in
def _prove(request: SignedInRequest, reference: str) -> HttpResponseBase:
    actor, visitor, now = request.actor, visitor_of(request), timezone.now()
    require_recent(request, now)
    form = ProofForm(request.POST or None)
    try:
        if request.method == "POST" and form.is_valid():
            try:
                made = enrol_factor.confirm_totp(
                    actor=actor,
                    reference=reference,
                    code=form.cleaned_data["code"],
                    visitor=visitor,
                    now=now,
                )
            except WrongCode as wrong:
                blame(form, "code", wrong)
            else:
                return enrolled(request, made)
        offer = enrol_factor.look_totp(actor=actor, reference=reference, visitor=visitor, now=now)
    except FlowOver as refusal:
        return over(request, refusal, "account-totp")
    shown = frame("account-two-step", leaf=_("Add an application")) | {"form": form, "offer": offer}
    return form_page(request, "linekey/account/totp_proof.html", shown)
