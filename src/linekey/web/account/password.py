"""`/compte/mot-de-passe`: a new account password, after the current one and any PIN there is (TEAM-1).

The current password is the proof: no other is asked for. This session goes on, every other one ends (TEAM-3).
"""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from linekey.domain.errors import MustChangePassword, PasswordRefused, WrongPassword, WrongPin
from linekey.domain.secret import Secret
from linekey.records import pages
from linekey.usecases import change_password
from linekey.usecases.change_password import PasswordForm as Asked
from linekey.web import notices, session
from linekey.web.account.fields import PinField
from linekey.web.account.frame import frame
from linekey.web.components import conditions
from linekey.web.ended import guessed_too_often
from linekey.web.forms import LONGEST_PASSWORD, PlainForm, SecretField, blame
from linekey.web.refusals import form_page
from linekey.web.session import SignedInRequest, signed_in
from linekey.web.wording import next_step_of, sentence_of


class PasswordForm(PlainForm):
    current = SecretField(label=_("Current password"), autocomplete="current-password")
    password = SecretField(
        label=_("New password"), autocomplete="new-password", **{"aria-describedby": "conditions"}
    )
    pin = PinField(label=_("PIN of your account"))

    def __init__(self, data: Any, asked: Asked) -> None:
        super().__init__(data)
        if not asked.pin_asked:
            del self.fields["pin"]


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponseBase:
    return _page(request)


@signed_in
def _page(request: SignedInRequest) -> HttpResponseBase:
    asked, now = change_password.look(actor=request.actor), timezone.now()
    form: forms.Form = PasswordForm(request.POST or None, asked)
    judged: dict[str, Any] = {"conditions": asked.conditions}
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            stamp = change_password.change(
                actor=request.actor,
                current=typed["current"],
                new=typed["password"],
                pin=typed.get("pin"),
                now=now,
            )
        except WrongPassword as wrong:
            blame(form, "current", wrong)
        except WrongPin as wrong:
            blame(form, "pin", wrong)
        except PasswordRefused:
            judged = {
                "verdicts": change_password.verdicts(
                    actor=request.actor, candidate=typed["password"], current=typed["current"]
                )
            }
        else:
            session.renew(request, stamp)
            notices.leave(
                request,
                "success",
                gettext_noop("Your password is changed."),
                gettext_noop(
                    "You stay signed in here. Every other session and every trusted browser has ended."
                ),
            )
            return session.to("home" if request.actor.must_change_password else "account-password")
        if not session.lives(request):
            return guessed_too_often(request)
    shown = frame("account-password") | judged
    shown |= {
        "form": form,
        "page": pages.account(request.actor),
        "check_address": reverse("account-password-check"),
    }
    if request.actor.must_change_password:
        must = MustChangePassword()
        shown |= {"must": sentence_of(must), "what_now": next_step_of(must)}
    return form_page(request, "linekey/account/password.html", shown)


@sensitive_post_parameters()
@require_POST
def check(request: HttpRequest) -> HttpResponseBase:
    return _check(request)


@signed_in
def _check(request: SignedInRequest) -> HttpResponseBase:
    """The conditions, ticked while typing, by the very rules the form is judged with."""
    current = Secret(request.POST.get("current", "")[:LONGEST_PASSWORD])
    return conditions.answer(
        request,
        change_password.look(actor=request.actor).conditions,
        lambda typed: change_password.verdicts(actor=request.actor, candidate=typed, current=current),
    )
