"""`/compte/double-authentification`: what proves that it is you beside the password; rename it, remove it."""

from django import forms
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from linekey.domain.errors import NotFound
from linekey.domain.factors import CODES, FEW_CODES, MOST_FACTORS, Factor
from linekey.records import pages
from linekey.records.pages import FactorRow
from linekey.usecases import remove_factor
from linekey.web import notices, session
from linekey.web.account.ask import ask
from linekey.web.account.fields import NameField
from linekey.web.account.frame import frame
from linekey.web.forms import PlainForm
from linekey.web.refusals import form_page
from linekey.web.session import SignedInRequest, require_recent, signed_in


class NameForm(PlainForm):
    name: forms.Field = NameField(label=gettext_lazy("Name"))


@require_safe
@signed_in
def page(request: SignedInRequest) -> HttpResponseBase:
    factors = pages.factors(request.actor)
    shown = frame("account-two-step") | {
        "factors": factors,
        "codes": pages.codes(request.actor),
        "most": CODES,
        "few": FEW_CODES,
        "room": len(factors) < MOST_FACTORS,
    }
    return render(request, "linekey/account/two_step.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def rename(request: SignedInRequest, uid: str) -> HttpResponseBase:
    now = timezone.now()
    found = _find(request, uid)
    require_recent(request, now)
    form = NameForm(request.POST or None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        remove_factor.rename(actor=request.actor, uid=uid, name=form.cleaned_data["name"], now=now)
        notices.leave(request, "success", gettext_noop("The name is changed."))
        return session.to("account-two-step")
    shown = frame("account-two-step", leaf=_("Rename")) | {"form": form, "factor": found}
    return form_page(request, "linekey/account/factor_name.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def remove(request: SignedInRequest, uid: str) -> HttpResponseBase:
    now = timezone.now()
    found = _find(request, uid)
    require_recent(request, now)
    if request.method == "POST":
        remove_factor.remove(actor=request.actor, uid=uid, now=now)
        notices.leave(request, "success", gettext_noop("“%(name)s” is removed."), name=found.name)
        return session.to("account-two-step")
    totp = found.kind == Factor.TOTP
    told = {
        "title": _("Remove the application") if totp else _("Remove the key"),
        "object": found.name,
        "consequences": _consequences(request, found),
        "button": _("Remove the application") if totp else _("Remove the key"),
        "cancel": reverse("account-two-step"),
    }
    return ask(request, "account-two-step", told)


def _consequences(request: SignedInRequest, found: FactorRow) -> list[str]:
    refused = (
        _("Its codes are refused from now on. Delete the entry in the application too.")
        if found.kind == Factor.TOTP
        else _("It signs you in no more. Delete the passkey on the device too, if it offers one.")
    )
    told = [refused, _("Every other session and every trusted browser ends.")]
    if len(pages.factors(request.actor)) == 1:
        told.append(
            _("It is your last one: two-step verification is then off, and your recovery codes open nothing.")
        )
    return told


def _find(request: SignedInRequest, uid: str) -> FactorRow:
    """Raises NotFound, for somebody else's too."""
    found = next((row for row in pages.factors(request.actor) if row.uid == uid), None)
    if found is None:
        raise NotFound()
    return found
