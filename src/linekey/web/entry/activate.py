"""`/activation/<token>`: choose the first password, and be in (TEAM-10). Looking consumes nothing."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from linekey.domain.errors import FlowOver, LinkNotValid, PasswordRefused
from linekey.domain.secret import Secret
from linekey.usecases import activate_account
from linekey.usecases.sign_in import SignedIn
from linekey.web import notices, session
from linekey.web.components import conditions
from linekey.web.entry import links
from linekey.web.entry.fields import NewPasswordForm
from linekey.web.headers import token_page
from linekey.web.refusals import form_page
from linekey.web.visitor import visitor_of


@token_page
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponseBase:
    try:
        return _page(request, token)
    except (LinkNotValid, FlowOver) as refusal:
        return links.over(request, refusal, activates=True)


def _page(request: HttpRequest, token: str) -> HttpResponseBase:
    link, now = Secret(token), timezone.now()
    welcome = activate_account.look(token=link, now=now)
    form = NewPasswordForm(request.POST or None)
    judged: dict[str, Any] = {"conditions": welcome.conditions}
    if request.method == "POST" and form.is_valid():
        new = form.cleaned_data["password"]
        try:
            who = activate_account.finish(token=link, new=new, visitor=visitor_of(request), now=now)
        except PasswordRefused:
            judged = {"verdicts": activate_account.verdicts(token=link, candidate=new, now=now)}
        else:
            return _welcomed(request, who)
    shown = judged | {
        "form": form,
        "customer_id": welcome.customer_id,
        "name": welcome.name,
        "check_address": reverse("activate-check", args=[token]),
    }
    return form_page(request, "linekey/entry/activate.html", shown)


def _welcomed(request: HttpRequest, who: SignedIn) -> HttpResponseBase:
    session.begin(request, who)
    notices.leave(
        request,
        "success",
        gettext_noop("Welcome: your account is active."),
        gettext_noop("Turn on two-step verification in your account: a stolen password then opens nothing."),
    )
    return session.to("home")


@token_page
@sensitive_post_parameters()
@require_POST
def check(request: HttpRequest, token: str) -> HttpResponseBase:
    """The conditions, ticked while typing, by the very rules the form is judged with."""
    link, now = Secret(token), timezone.now()
    welcome = activate_account.look(token=link, now=now)
    return conditions.answer(
        request,
        welcome.conditions,
        lambda candidate: activate_account.verdicts(token=link, candidate=candidate, now=now),
    )
