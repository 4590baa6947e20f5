"""`/mot-de-passe-perdu`: ask for a link by identifier, and learn nothing about who has an account (law 7)."""

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from linekey.domain.recovery import LASTS, Purpose
from linekey.usecases import recover_account
from linekey.web.forms import LONGEST_IDENTIFIER, TYPED_NAME, PlainForm


class LostPasswordForm(PlainForm):
    identifier = forms.CharField(
        label=_("Customer ID or e-mail address"),
        max_length=LONGEST_IDENTIFIER,
        error_messages={"required": _("Type your customer ID or your e-mail address.")},
        widget=forms.TextInput(attrs=TYPED_NAME),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponseBase:
    form = LostPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        recover_account.ask(identifier=form.cleaned_data["identifier"], now=timezone.now())
        hours = LASTS[Purpose.RECOVER].total_seconds() // 3600
        return render(request, "linekey/entry/link_asked.html", {"hours": int(hours)})
    status = 422 if request.method == "POST" else 200
    return render(request, "linekey/entry/lost_password.html", {"form": form}, status=status)
