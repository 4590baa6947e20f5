"""`…/cle`: add a security key, or the device itself as a passkey (ACC-2, NEW-8).

The challenge is drawn when the button is pressed, so that looking at the page begins nothing.
"""

from django import forms
from django.http import JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from linekey.domain.errors import FlowOver, WrongKey
from linekey.usecases import enrol_factor
from linekey.web.account.enrolled import enrolled, over
from linekey.web.account.fields import NameField
from linekey.web.account.frame import frame
from linekey.web.forms import PlainForm, blame, key_answer
from linekey.web.refusals import form_page
from linekey.web.session import SignedInRequest, require_recent, signed_in
from linekey.web.visitor import visitor_of


class KeyForm(PlainForm):
    name: forms.Field = NameField(
        label=gettext_lazy("Name of the key"),
        help_text=gettext_lazy("So that you recognise it later: “Blue key”, “This laptop”."),
        required=False,
    )
    flow = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def page(request: SignedInRequest) -> HttpResponseBase:
    now = timezone.now()
    require_recent(request, now)
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = enrol_factor.confirm_key(
                actor=request.actor,
                reference=form.cleaned_data["flow"],
                response=key_answer(request),
                name=form.cleaned_data["name"],
                visitor=visitor_of(request),
                now=now,
            )
        except WrongKey as wrong:
            blame(form, "name", wrong)
        except FlowOver as refusal:
            return over(request, refusal, "account-key")
        else:
            return enrolled(request, made)
    shown = frame("account-two-step", leaf=_("Add a key or passkey")) | {"form": form}
    return form_page(request, "linekey/account/key.html", shown)


@require_POST
@signed_in
def begin(request: SignedInRequest) -> HttpResponseBase:
    """Options for `navigator.credentials.create()`, for the script of the page."""
    now = timezone.now()
    require_recent(request, now)
    offer = enrol_factor.begin_key(actor=request.actor, visitor=visitor_of(request), now=now)
    return JsonResponse({"flow": offer.flow, "options": offer.options})
