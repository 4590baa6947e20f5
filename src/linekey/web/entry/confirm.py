"""`/confirmer`: a recent proof of the password or of a factor before a guarded action, then back to it."""

from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from linekey.domain.errors import FlowOver, Refusal, TooManyAttempts, WrongCode, WrongKey, WrongPassword
from linekey.domain.flows import FlowKind
from linekey.usecases import confirm_identity, prove_factor
from linekey.usecases.prove_factor import FlowPage
from linekey.web import session
from linekey.web.ended import guessed_too_often
from linekey.web.entry import ways
from linekey.web.entry.sign_in import onward_of
from linekey.web.forms import PlainForm, SecretField, blame
from linekey.web.refusals import form_page
from linekey.web.session import SignedInRequest, signed_in
from linekey.web.visitor import visitor_of


class ConfirmForm(PlainForm):
    password = SecretField(
        label=gettext_lazy("Your account password"), autocomplete="current-password", autofocus="autofocus"
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponseBase:
    return _page(request)


@signed_in
def _page(request: SignedInRequest) -> HttpResponseBase:
    now = timezone.now()
    if request.method == "POST" and "way" not in request.POST:
        return _by_password(request, now)
    try:
        return _by_factor(request, now)
    except FlowOver as over:
        return _password_page(request, ConfirmForm(), now, over)


def _by_password(request: SignedInRequest, now: datetime) -> HttpResponseBase:
    form, refusal = ConfirmForm(request.POST), None
    if form.is_valid():
        try:
            confirm_identity.by_password(actor=request.actor, password=form.cleaned_data["password"], now=now)
        except WrongPassword as wrong:
            blame(form, "password", wrong)
        except TooManyAttempts as shut:
            refusal = shut
        else:
            return _confirmed(request)
        if not session.lives(request):
            return guessed_too_often(request, onward_of(request))
    return _password_page(request, form, now, refusal)


def _by_factor(request: SignedInRequest, now: datetime) -> HttpResponseBase:
    flow, found = _flow(request, request.POST.get("flow", ""), now)
    means = ways.named(request, ways.offered(found.ways)) if found else None
    if found is None or means is None:
        return _password_page(request, ConfirmForm(), now)
    answer, refusal = ways.Answer(request, means), None
    if answer.proof is not None:
        try:
            confirm_identity.prove(
                actor=request.actor, reference=flow, proof=answer.proof, visitor=visitor_of(request), now=now
            )
        except (WrongCode, WrongKey, TooManyAttempts) as wrong:
            refusal = answer.refuse(wrong)
        else:
            return _confirmed(request)
    onward = onward_of(request)
    password = ways.Way("lock", gettext("Account password"), f"?{urlencode({'next': onward})}")
    others = [password, *ways.links(ways.offered(found.ways), means, next=onward)]
    shown = answer.shown(flow=flow, next=onward) | {"others": others, "names": found.names.get(means, ())}
    return form_page(request, "linekey/entry/confirm.html", shown, refusal)


def _password_page(
    request: SignedInRequest, form: ConfirmForm, now: datetime, refusal: Refusal | None = None
) -> HttpResponseBase:
    onward, (_, found) = onward_of(request), _flow(request, "", now)
    others = ways.links(ways.offered(found.ways), None, next=onward) if found else []
    shown = {"form": form, "next": onward, "others": others}
    return form_page(request, "linekey/entry/confirm.html", shown, refusal)


def _flow(request: SignedInRequest, reference: str, now: datetime) -> tuple[str, FlowPage | None]:
    """The flow of the form, else a new one; None for somebody who has no factor. Raises FlowOver."""
    actor, visitor = request.actor, visitor_of(request)
    reference = reference or confirm_identity.begin(actor=actor, visitor=visitor, now=now) or ""
    if not reference:
        return "", None
    found = prove_factor.look(
        kind=FlowKind.STEP_UP, reference=reference, visitor=visitor, now=now, actor=actor
    )
    return reference, found


def _confirmed(request: SignedInRequest) -> HttpResponseBase:
    session.renew(request)
    return HttpResponseRedirect(onward_of(request), status=303)


@require_POST
def ask_key(request: HttpRequest) -> HttpResponseBase:
    return _ask_key(request)


@signed_in
def _ask_key(request: SignedInRequest) -> HttpResponseBase:
    """The challenge for a security key, as JSON."""
    options = confirm_identity.ask_key(
        actor=request.actor,
        reference=request.POST.get("flow", ""),
        visitor=visitor_of(request),
        now=timezone.now(),
    )
    return JsonResponse({"options": options})
