"""`/connexion` and sign-out. Everything that fails to sign in gets one neutral answer (law 7)."""

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from linekey.domain.errors import FlowOver, Refusal, TooManyAttempts, WrongCredentials
from linekey.usecases import sign_in
from linekey.web import notices, session
from linekey.web.entry.fields import WhoForm
from linekey.web.forms import SecretField
from linekey.web.refusals import form_page
from linekey.web.session import DeskRequest
from linekey.web.visitor import visitor_of
from linekey.web.wording import next_step_of, sentence_of

STEP_OVER = "etape-finie"


class SignInForm(WhoForm):
    password = SecretField(label=_("Password"), autocomplete="current-password")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponseBase:
    onward = onward_of(request)
    if cast(DeskRequest, request).actor is not None and request.method != "POST":
        return HttpResponseRedirect(onward)
    form = SignInForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return shown(request, form, onward)
    try:
        who = sign_in.enter(
            identifier=form.cleaned_data["identifier"],
            extension=form.cleaned_data["extension"],
            password=form.cleaned_data["password"],
            visitor=visitor_of(request),
            onward=onward,
            now=timezone.now(),
        )
    except (WrongCredentials, TooManyAttempts) as refusal:
        return shown(request, form, onward, refusal)
    if isinstance(who, sign_in.ProofWanted):
        return session.to("sign-in-proof", who.flow)
    session.begin(request, who)
    return HttpResponseRedirect(onward, status=303)


def onward_of(request: HttpRequest) -> str:
    """Where the person wanted to go: a path of this portal, whatever the address says."""
    return session.local(request.POST.get("next") or request.GET.get("next") or "/")


def shown(
    request: HttpRequest, form: SignInForm, onward: str, refusal: Refusal | None = None
) -> HttpResponse:
    known = {"form": form, "kept": {"next": onward, "flow": ""}}
    if STEP_OVER in request.GET:
        over = FlowOver()
        known |= {"over": sentence_of(over), "what_now": next_step_of(over)}
    return form_page(request, "linekey/entry/sign_in.html", known, refusal)


def start_again() -> HttpResponseRedirect:
    """Back to the first page, which says why. The address tells it: no stranger's visit writes a session."""
    return HttpResponseRedirect(f"{reverse('sign-in')}?{STEP_OVER}=1", status=303)


@require_POST
def leave(request: HttpRequest) -> HttpResponseBase:
    actor = cast(DeskRequest, request).actor
    if actor is not None:
        sign_in.leave(actor=actor, now=timezone.now())
    session.end(request)
    notices.leave(request, "success", gettext_noop("You are signed out."))
    return session.to("sign-in")
