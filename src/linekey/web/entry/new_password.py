"""`/mot-de-passe-perdu/<token>`: choose a new account password. Looking consumes nothing; the form does."""

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from linekey.domain.errors import PasswordRefused
from linekey.domain.secret import Secret
from linekey.usecases import recover_account
from linekey.web import notices, session
from linekey.web.components.conditions import answer
from linekey.web.forms import PlainForm, SecretField
from linekey.web.headers import token_page


class NewPasswordForm(PlainForm):
    password = SecretField(
        label=_("New password"),
        autocomplete="new-password",
        autofocus="autofocus",
        **{"aria-describedby": "conditions"},
    )


@token_page
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponseBase:
    link, now = Secret(token), timezone.now()
    invitation = recover_account.look(token=link, now=now)
    form: forms.Form = NewPasswordForm(request.POST or None)
    verdicts = None
    if request.method == "POST" and form.is_valid():
        new = form.cleaned_data["password"]
        try:
            recover_account.finish(token=link, new=new, now=now)
        except PasswordRefused:
            verdicts = recover_account.verdicts(token=link, candidate=new, now=now)
        else:
            session.end(request)
            notices.leave(
                request,
                "success",
                gettext_noop("Your password is changed."),
                gettext_noop("Every other session is closed. Sign in with the new password."),
            )
            return session.to("sign-in")
    shown = {
        "form": form,
        "customer_id": invitation.customer_id,
        "conditions": None if verdicts else invitation.conditions,
        "verdicts": verdicts,
        "check_address": reverse("new-password-check", args=[token]),
    }
    return render(
        request, "linekey/entry/new_password.html", shown, status=422 if request.method == "POST" else 200
    )


@token_page
@sensitive_post_parameters()
@require_POST
def check(request: HttpRequest, token: str) -> HttpResponseBase:
    """The conditions, ticked while typing, by the very rules the form is judged with."""
    link, now = Secret(token), timezone.now()
    invitation = recover_account.look(token=link, now=now)
    return answer(
        request,
        invitation.conditions,
        lambda candidate: recover_account.verdicts(token=link, candidate=candidate, now=now),
    )
