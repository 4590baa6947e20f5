"""`/confirmer`: a recent proof of the password before a guarded action, then back to where the person was."""

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from linekey.domain.errors import WrongCredentials
from linekey.usecases import sign_in
from linekey.web import session
from linekey.web.forms import PlainForm, SecretField
from linekey.web.refusals import STATUS
from linekey.web.session import SignedInRequest, signed_in


class ConfirmForm(PlainForm):
    password = SecretField(
        label=_("Your account password"), autocomplete="current-password", autofocus="autofocus"
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponseBase:
    return _page(request)


@signed_in
def _page(request: SignedInRequest) -> HttpResponseBase:
    onward = session.local(request.POST.get("next") or request.GET.get("next") or "/")
    form = ConfirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            sign_in.confirm(actor=request.actor, password=form.cleaned_data["password"], now=now)
        except WrongCredentials:
            form.add_error("password", _("This is not the password of your account."))
        else:
            session.confirm(request, now)
            return HttpResponseRedirect(onward, status=303)
    shown = {"form": form, "next": onward}
    status = STATUS[WrongCredentials] if request.method == "POST" else 200
    return render(request, "linekey/entry/confirm.html", shown, status=status)
