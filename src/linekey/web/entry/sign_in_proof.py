"""`/connexion/<flow>`: the second step of signing in: a factor, or a code sent to the person (ACC-9)."""

from datetime import datetime

from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from linekey.domain.errors import FlowOver, NoSms, Refusal, TooManyAttempts, WrongCode, WrongKey
from linekey.domain.factors import Means
from linekey.domain.flows import FlowKind, FlowState
from linekey.usecases import prove_factor, sign_in
from linekey.usecases.prove_factor import FlowPage
from linekey.web import notices, session
from linekey.web.entry import ways
from linekey.web.entry.sign_in import start_again
from linekey.web.refusals import form_page
from linekey.web.visitor import visitor_of
from linekey.web.wording import until


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, reference: str) -> HttpResponseBase:
    try:
        return _page(request, reference, timezone.now())
    except FlowOver:
        return start_again()


def _page(request: HttpRequest, reference: str, now: datetime) -> HttpResponseBase:
    visitor = visitor_of(request)
    found = prove_factor.look(kind=FlowKind.SIGN_IN, reference=reference, visitor=visitor, now=now)
    answer = ways.Answer(request, found.sent_by or ways.chosen(request, ways.offered(found.ways)))
    try:
        if "send" in request.POST:
            return _sent(request, reference, now)
        if answer.proof is None:
            return _shown(request, reference, found, answer)
        trust = found.state is FlowState.CODE and "trust" in request.POST
        who = sign_in.prove(reference=reference, proof=answer.proof, visitor=visitor, trust=trust, now=now)
    except (WrongCode, WrongKey, NoSms, TooManyAttempts) as refusal:
        return _shown(request, reference, found, answer, answer.refuse(refusal))
    session.begin(request, who)
    return HttpResponseRedirect(session.local(found.onward), status=303)


def _sent(request: HttpRequest, reference: str, now: datetime) -> HttpResponseBase:
    """A new code is on its way, as often as one may ask. Raises FlowOver, NoSms, TooManyAttempts."""
    means = Means.SMS if request.POST["send"] == Means.SMS else Means.MAIL
    if means not in ways.offered([means]):
        raise NoSms()
    prove_factor.send_code(
        kind=FlowKind.SIGN_IN, reference=reference, means=means, visitor=visitor_of(request), now=now
    )
    notices.leave(
        request,
        "success",
        gettext_noop("A new code is on its way."),
        gettext_noop("The one before no longer works."),
    )
    return session.to("sign-in-proof", reference)


def _shown(
    request: HttpRequest,
    reference: str,
    found: FlowPage,
    answer: ways.Answer,
    refusal: Refusal | None = None,
) -> HttpResponseBase:
    offered, sent = ways.offered(found.ways), found.state is FlowState.CODE
    shown = answer.shown() | {
        "sent": sent,
        "sent_to": found.shown.get(answer.means, ""),
        "names": found.names.get(answer.means, ()),
        "by_sms": Means.SMS in offered and answer.means is not Means.SMS,
        "others": [] if sent else ways.links(offered, answer.means),
        "key_address": reverse("sign-in-proof-key", args=[reference]),
        "until": until(found.expires_at),
    }
    return form_page(request, "linekey/entry/sign_in_proof.html", shown, refusal)


@never_cache
@require_POST
def ask_key(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The challenge for a security key, as JSON."""
    options = sign_in.ask_key(reference=reference, visitor=visitor_of(request), now=timezone.now())
    return JsonResponse({"options": options})
