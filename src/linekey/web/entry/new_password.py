"""`/mot-de-passe-perdu/<token>`: prove whatever the account asks for, then choose a new password.

Looking consumes nothing, so that a mail scanner which follows the link harms nobody; the forms do.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from linekey.domain.errors import (
    FlowOver,
    LinkNotValid,
    PasswordRefused,
    TooManyAttempts,
    WrongAnswer,
    WrongCode,
    WrongKey,
)
from linekey.domain.flows import FlowState
from linekey.domain.questions import QUESTIONS
from linekey.domain.secret import Secret
from linekey.usecases import recover_account
from linekey.usecases.recover_account import Invitation
from linekey.web import notices, session
from linekey.web.components import conditions
from linekey.web.entry import links, ways
from linekey.web.entry.fields import NewPasswordForm
from linekey.web.forms import PlainForm, TypedSecretField, blame
from linekey.web.headers import token_page
from linekey.web.refusals import form_page
from linekey.web.visitor import visitor_of
from linekey.web.wording import filled


class QuestionForm(PlainForm):
    answer = TypedSecretField(label=_("Your answer"), missing=_("Type your answer."), autocomplete="off")


@token_page
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponseBase:
    now = timezone.now()
    try:
        invitation = recover_account.look(token=Secret(token), now=now)
        return STEPS[invitation.asks](request, token, invitation, now)
    except (LinkNotValid, FlowOver) as refusal:
        return links.over(request, refusal)


def _question(request: HttpRequest, token: str, invitation: Invitation, now: datetime) -> HttpResponseBase:
    form = QuestionForm(request.POST if "answer" in request.POST else None)
    if form.is_valid():
        typed = form.cleaned_data["answer"]
        try:
            recover_account.answer(token=Secret(token), typed=typed, visitor=visitor_of(request), now=now)
        except WrongAnswer as wrong:
            blame(form, "answer", wrong)
        else:
            return session.to("new-password", token)
    shown = {
        "form": form,
        "customer_id": invitation.customer_id,
        "question": filled(QUESTIONS[invitation.question], {}),
    }
    return form_page(request, "linekey/entry/recovery_question.html", shown)


def _factor(request: HttpRequest, token: str, invitation: Invitation, now: datetime) -> HttpResponseBase:
    answer, refusal = ways.Answer(request, ways.chosen(request, invitation.ways)), None
    if answer.proof is not None:
        try:
            recover_account.prove(
                token=Secret(token), proof=answer.proof, visitor=visitor_of(request), now=now
            )
        except (WrongCode, WrongKey, TooManyAttempts) as wrong:
            refusal = answer.refuse(wrong)
        else:
            return session.to("new-password", token)
    shown = answer.shown() | {
        "customer_id": invitation.customer_id,
        "others": ways.links(invitation.ways, answer.means),
        "key_address": reverse("new-password-key", args=[token]),
    }
    return form_page(request, "linekey/entry/recovery_factor.html", shown, refusal)


def _secret(request: HttpRequest, token: str, invitation: Invitation, now: datetime) -> HttpResponseBase:
    link, form = Secret(token), NewPasswordForm(request.POST if "password" in request.POST else None)
    judged: dict[str, Any] = {"conditions": invitation.conditions}
    if form.is_valid():
        new = form.cleaned_data["password"]
        try:
            recover_account.finish(token=link, new=new, visitor=visitor_of(request), now=now)
        except PasswordRefused:
            judged = {"verdicts": recover_account.verdicts(token=link, candidate=new, now=now)}
        else:
            return _changed(request)
    shown = judged | {
        "form": form,
        "customer_id": invitation.customer_id,
        "check_address": reverse("new-password-check", args=[token]),
    }
    return form_page(request, "linekey/entry/new_password.html", shown)


Step = Callable[[HttpRequest, str, Invitation, datetime], HttpResponseBase]
STEPS: dict[FlowState, Step] = {
    FlowState.ANSWER: _question,
    FlowState.FACTOR: _factor,
    FlowState.SECRET: _secret,
}


def _changed(request: HttpRequest) -> HttpResponseRedirect:
    session.end(request)
    notices.leave(
        request,
        "success",
        gettext_noop("Your password is changed."),
        gettext_noop("Every other session is closed. Sign in with the new password."),
    )
    return session.to("sign-in")


@token_page
@sensitive_post_parameters()
@require_POST
def check(request: HttpRequest, token: str) -> HttpResponseBase:
    """The conditions, ticked while typing, by the very rules the form is judged with."""
    link, now = Secret(token), timezone.now()
    invitation = recover_account.look(token=link, now=now)
    return conditions.answer(
        request,
        invitation.conditions,
        lambda candidate: recover_account.verdicts(token=link, candidate=candidate, now=now),
    )


@token_page
@require_POST
def ask_key(request: HttpRequest, token: str) -> HttpResponseBase:
    """The challenge for a security key, as JSON."""
    options = recover_account.ask_key(token=Secret(token), visitor=visitor_of(request), now=timezone.now())
    return JsonResponse({"options": options})
