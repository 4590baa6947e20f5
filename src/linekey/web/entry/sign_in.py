"""`/connexion` and sign-out. Everything that fails to sign in gets one neutral answer (law 7)."""

from typing import cast

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from linekey.domain.errors import WrongCredentials
from linekey.usecases import sign_in
from linekey.web import notices, session
from linekey.web.forms import LONGEST_IDENTIFIER, TYPED_NAME, PlainForm, SecretField
from linekey.web.refusals import STATUS
from linekey.web.session import DeskRequest
from linekey.web.wording import next_step_of, sentence_of

LONGEST_DEVICE = 200


class SignInForm(PlainForm):
    identifier = forms.CharField(
        label=_("Customer ID or e-mail address"),
        max_length=LONGEST_IDENTIFIER,
        error_messages={"required": _("Type your customer ID or your e-mail address.")},
        widget=forms.TextInput(attrs=TYPED_NAME),
    )
    password = SecretField(label=_("Password"), autocomplete="current-password")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponseBase:
    onward = session.local(request.POST.get("next") or request.GET.get("next") or "/")
    if cast(DeskRequest, request).actor is not None and request.method != "POST":
        return HttpResponseRedirect(onward)
    form = SignInForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            who = sign_in.enter(
                identifier=form.cleaned_data["identifier"],
                password=form.cleaned_data["password"],
                now=now,
                device=_device(request),
                address=request.META.get("REMOTE_ADDR", ""),
            )
        except WrongCredentials as wrong:
            refusal = wrong
        else:
            session.begin(request, who, now)
            return HttpResponseRedirect(onward, status=303)
    return _form_page(request, form, onward, refusal)


def _form_page(
    request: HttpRequest, form: SignInForm, onward: str, refusal: WrongCredentials | None
) -> HttpResponse:
    shown = {"form": form, "next": onward}
    if refusal:
        shown |= {"refused": sentence_of(refusal), "next_step": next_step_of(refusal)}
    status = STATUS[WrongCredentials] if request.method == "POST" else 200
    return render(request, "linekey/entry/sign_in.html", shown, status=status)


def _device(request: HttpRequest) -> str:
    """What the browser says it is, for the sign-in notice: somebody else's words, so printable and short."""
    told = request.headers.get("User-Agent", "")
    return "".join(character for character in told if character.isprintable())[:LONGEST_DEVICE]


@require_POST
def leave(request: HttpRequest) -> HttpResponseBase:
    actor = cast(DeskRequest, request).actor
    if actor is not None:
        sign_in.leave(actor=actor, now=timezone.now())
    session.end(request)
    notices.leave(request, "success", gettext_noop("You are signed out."))
    return session.to("sign-in")
