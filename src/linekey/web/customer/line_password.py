"""`…/gestion/mot-de-passe`: a new SIP password of the owner's choice, judged while typing (SIP-2)."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from linekey.domain.access import Role
from linekey.domain.errors import PasswordRefused
from linekey.domain.kinds import Verb
from linekey.usecases import judge_secret, rotate_credential
from linekey.web.components import conditions, live, operation
from linekey.web.components.choice import choice_of, mode_of
from linekey.web.components.drops import connected_of
from linekey.web.components.reasons import refuse_if_impossible
from linekey.web.customer.line import find, frame
from linekey.web.forms import PlainForm, SecretField
from linekey.web.session import SignedInRequest, require_recent, signed_in


class LinePasswordForm(PlainForm):
    password = SecretField(
        label=gettext_lazy("New password"),
        autocomplete="new-password",
        autofocus="autofocus",
        **{"aria-describedby": "conditions"},
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, reference: str) -> HttpResponseBase:
    return _page(request, reference)


@signed_in
def _page(request: SignedInRequest, reference: str) -> HttpResponseBase:
    actor, now = request.actor, timezone.now()
    found = find(request, reference, now)
    refuse_if_impossible(found, actor, Verb.CHANGE)
    if actor.role is not Role.SUBSCRIBER:
        # An administrator sees other people's lines: the proof is asked before the form is filled.
        require_recent(request, now)
    form: forms.Form = LinePasswordForm(request.POST or None)
    judged: dict[str, Any] = {"conditions": judge_secret.conditions(actor=actor, reference=reference)}
    if request.method == "POST" and form.is_valid():
        new = form.cleaned_data["password"]
        try:
            rotate_credential.change(
                actor=actor,
                reference=reference,
                new=new,
                operation=operation.of(request),
                now=now,
                mode=mode_of(request),
            )
        except PasswordRefused:
            judged = {
                "verdicts": judge_secret.verdicts(actor=actor, reference=reference, candidate=new, now=now)
            }
        else:
            return HttpResponseRedirect(f"{reverse('line-manage', args=[reference])}#story", status=303)
    shown = frame(found, "line-manage", leaf=_("SIP password")) | judged
    shown |= {
        "form": form,
        "operation": operation.of(request) if request.method == "POST" else operation.fresh(),
        "check_address": reverse("line-password-check", args=[reference]),
        "back": reverse("line-manage", args=[reference]),
        "choice": choice_of(found.rotation, found.row.kind, now, request),
        "connected": connected_of(found),
        "live": live.at_rest(found, reverse("line-state", args=[reference]), now, brief=True),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "linekey/customer/line_password.html", shown, status=status)


@sensitive_post_parameters()
@require_POST
def check(request: HttpRequest, reference: str) -> HttpResponseBase:
    return _check(request, reference)


@signed_in
def _check(request: SignedInRequest, reference: str) -> HttpResponseBase:
    actor, now = request.actor, timezone.now()
    return conditions.answer(
        request,
        judge_secret.conditions(actor=actor, reference=reference),
        lambda typed: judge_secret.verdicts(actor=actor, reference=reference, candidate=typed, now=now),
    )
